/* SPDX-License-Identifier: MIT */
/*
 * A scenario built by hand, for tests of the loop: one provider with one model (100 ms to the first
 * token, 10 ms a token), one role, 10 constant calls a second for 10 s, plain requests of 100
 * tokens in and 11 out: each takes 200 ms. The policy has everything off. Change what the test is
 * about, then use it.
 */
#ifndef SQ_TESTS_SMALL_SCENARIO_H
#define SQ_TESTS_SMALL_SCENARIO_H

#include "scenarios/scenario.h"

#define SMALL_SCENARIO_RULES 8

struct small_scenario {
    struct sq_scenario scenario;
    struct sq_settings policy;
    struct sq_rule rules[SMALL_SCENARIO_RULES];
    struct sq_curve_point rate;
};

/* On the heap, since it is large; small_scenario_free frees. */
struct small_scenario *small_scenario_new(void);
void small_scenario_free(struct small_scenario *small);

/* A rule that strikes every attempt, for the test to narrow. */
struct sq_rule *small_scenario_rule(struct small_scenario *small, enum sq_fault_kind kind);

/* The settings of the one role. */
struct sq_role_settings *small_scenario_role(struct small_scenario *small);

#endif
