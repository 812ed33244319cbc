/* SPDX-License-Identifier: MIT */
/*
 * Leases: what an attempt of a layer holds while it is out: one of its breaker, and a place among
 * limits.concurrency. Each is released exactly once, with a mark; here the counting is done and the
 * breaker's moves become TRANSITION actions. (The connection is the wire's: attempt.c.)
 */
#ifndef SQ_POLICIES_LEASE_INT_H
#define SQ_POLICIES_LEASE_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/engine_int.h"

/* For an attempt of the layer with its present role. False: the breaker admits nothing now. A role
 * without a breaker needs no lease. */
bool sq_lease_take(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now);

/* A place among limits.concurrency. False: there is none. */
bool sq_lease_enter(struct sq_engine *engine, struct sq_call *call, uint8_t layer);

/* Gives back what the layer holds; nothing happens when it holds nothing. */
void sq_lease_release(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                      enum sq_mark mark, sq_time now);

/* With the mark that the breaker's map gives to the class. */
void sq_lease_settle(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                     enum sq_class klass, sq_time now);

#endif
