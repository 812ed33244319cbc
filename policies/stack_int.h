/* SPDX-License-Identifier: MIT */
/*
 * The stack: how the layers of a policy work together, and the only file that knows there is more
 * than one. A layer's send is the start of a call in the layer below, the innermost one's reaches
 * the wire; how a layer ended is how an attempt of the layer above ended.
 *
 * Each function is one event of a call that is not over. Afterwards sq_stack_run goes on with what
 * is due at once, and sq_due_deadline says when to come back.
 */
#ifndef SQ_POLICIES_STACK_INT_H
#define SQ_POLICIES_STACK_INT_H

#include "base/time.h"
#include "policies/engine_int.h"

void sq_stack_start(struct sq_engine *engine, struct sq_call *call,
                    const struct sq_call_request *request, sq_time now);

/* The attempt on the wire got as far; from here on its answer may be the caller's. */
void sq_stack_advance(struct sq_engine *engine, struct sq_call *call, enum sq_progress progress,
                      sq_time now);

/* The attempt on the wire is done. */
void sq_stack_done(struct sq_engine *engine, struct sq_call *call, const struct sq_event *event);

/* The earliest limit that has passed, if any, ends what it limits. */
void sq_stack_wake(struct sq_engine *engine, struct sq_call *call, sq_time now);

/* The caller gave up: everything in flight is cancelled, the call is over. */
void sq_stack_leave(struct sq_engine *engine, struct sq_call *call, sq_time now);

/* Sends what is ready and ends waits that are over, while the list of actions has room. */
void sq_stack_run(struct sq_engine *engine, struct sq_call *call, sq_time now);

#endif
