/* SPDX-License-Identifier: MIT */
/*
 * Results made by hand, for tests of what reads results: a calm one, a stormy one, and one whose
 * names are hostile. The counts add up. Everything is the caller's until result_world_clear.
 */
#ifndef SQ_TESTS_RESULT_WORLD_H
#define SQ_TESTS_RESULT_WORLD_H

#include "sim/result.h"

struct result_world {
    struct sq_scenario scenario;
    struct sq_rule rules[2];
    struct sq_settings policies[3];
    struct sq_result *result; /* heap: a column has big arrays */
};

/* One policy in virtual time, 10 minutes, 6,000 calls; two minutes of 429; two checks failed of
 * five, one of them not strict, one inconclusive. */
struct result_world *result_world_new(void);
void result_world_free(struct result_world *world);

/* Names, titles and reasons of people who want to break readers. */
void result_world_make_hostile(struct result_world *world);
/* Vietnamese everywhere, also with marks as characters of their own, and labels. */
void result_world_make_vietnamese(struct result_world *world);
/* Several seeds, and answers that only repairs made usable. */
void result_world_make_seeds(struct result_world *world);
/* Every check holds; exit code 0. */
void result_world_make_passed(struct result_world *world);
/* No thresholds at all. */
void result_world_make_unjudged(struct result_world *world);
/* Two more columns: other policies on the same weather. */
void result_world_add_policies(struct result_world *world);
/* The same policy live, and what the two clocks say of each other. */
void result_world_add_live(struct result_world *world, bool agree);
/* Nothing happened: no calls, no windows, no values. */
void result_world_make_empty(struct result_world *world);

#endif
