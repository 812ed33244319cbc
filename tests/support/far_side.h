/* SPDX-License-Identifier: MIT */
/*
 * A small far side for tests: two providers with three models in round numbers, rules added one by
 * one, and a provider machine over them. There is one at a time: init it, clear it.
 *
 * "openai/gpt-4o" (0): 100 ms to the first token, 10 ms a token. "openai/mini" (1): the same.
 * "inhouse/llama" (2): 200 ms, 20 ms.
 */
#ifndef SQ_TESTS_FAR_SIDE_H
#define SQ_TESTS_FAR_SIDE_H

#include "base/strbuf.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"

#define FAR_SIDE_TTFT (100 * SQ_MS)
#define FAR_SIDE_PACE (10 * SQ_MS)

struct far_side {
    struct sq_script script;
    struct sq_rule rules[SQ_RULES_MAX];
    struct sq_provider_bounds bounds;
    void *memory;
    struct sq_provider *provider;
    struct sq_strbuf text; /* for what a test renders */
};

struct far_side *far_side(void);
void far_side_init(void);
void far_side_clear(void);

/* Adds a rule that strikes every attempt everywhere, for the test to narrow. The name keys its
 * draws. */
struct sq_rule *far_side_rule(enum sq_fault_kind kind, const char *name);
void far_side_window(struct sq_rule *rule, sq_time at, sq_dur span, sq_dur every);

/* Builds the machine; again for a fresh one. */
void far_side_start(uint64_t seed);

/* A streamed first attempt of a call at model 0: 100 tokens in, 20 out. */
struct sq_plan_request far_side_request(uint64_t call);

/* Lets the visit (which is zeroed first) arrive and takes its own notice. */
enum sq_notice_kind far_side_arrive(struct sq_visit *visit, const struct sq_plan_request *request,
                                    sq_time now);

/* Arrives, leaves at once: whether a status fault struck. */
bool far_side_refuses(const struct sq_plan_request *request, sq_time now);

/* The plan of one attempt that arrives at a fresh machine, with nobody else there. */
struct sq_plan far_side_plan(const struct sq_plan_request *request, sq_time now);

#endif
