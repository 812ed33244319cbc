/* SPDX-License-Identifier: MIT */
/*
 * What is due: the earliest limit of a call over all its layers, and when the engine wants to hear
 * of the call again. Pure; what a limit ends is decided in stack.c.
 */
#ifndef SQ_POLICIES_DUE_INT_H
#define SQ_POLICIES_DUE_INT_H

#include <stdint.h>

#include "base/time.h"
#include "policies/engine_int.h"

enum sq_due_kind {
    SQ_DUE_NOTHING,
    SQ_DUE_TOTAL,   /* timeouts.total of the layer */
    SQ_DUE_ATTEMPT, /* timeouts.attempt of the layer */
    SQ_DUE_PHASE    /* of the attempt on the wire, or limits.pool_wait before it */
};

struct sq_due {
    enum sq_due_kind kind;
    uint8_t layer;
    sq_time at; /* SQ_NEVER: nothing is due */
};

/* At equal times totals before attempts before the phase, outer layers before inner ones. */
struct sq_due sq_due_find(const struct sq_engine *engine, const struct sq_call *call);

/* Waits included. Never before now; now itself when a layer has something to do at once. */
sq_time sq_due_deadline(const struct sq_engine *engine, const struct sq_call *call, sq_time now);

#endif
