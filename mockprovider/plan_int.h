/* SPDX-License-Identifier: MIT */
/* How the provider makes a plan: what is known when an attempt reaches it, and the helpers that
 * plan.c and plan_make.c share. */
#ifndef SQ_MOCKPROVIDER_PLAN_INT_H
#define SQ_MOCKPROVIDER_PLAN_INT_H

#include <stdint.h>

#include "mockprovider/plan.h"

struct sq_plan_making {
    const struct sq_script *script;
    const struct sq_plan_request *request;
    uint64_t seed;                       /* of the run: keys the draws */
    const uint32_t *fired;               /* SQ_FAMILIES of them: rule + 1, hidden ones left out */
    const struct sq_plan_limits *limits; /* what the quotas said */
    sq_time now;
};

/* Fills *plan, whatever it held. */
void sq_plan_make(struct sq_plan *plan, const struct sq_plan_making *making);

/* The time of token k, whether or not something cuts it off. */
sq_time sq_plan_uncut_token_at(const struct sq_plan *plan, uint32_t k);

/* Puts a step in its place by time and kind; nothing for SQ_NEVER. */
void sq_plan_add_step(struct sq_plan *plan, enum sq_step_kind kind, sq_time at);

#endif
