/* SPDX-License-Identifier: MIT */
/* One layer's part of a call: its phases and the moves between them (diagram in call.h). */
#ifndef SQ_POLICIES_LAYER_INT_H
#define SQ_POLICIES_LAYER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/call.h"
#include "policies/words.h"

/* The one place where a phase changes; asserts that the move is allowed. */
void sq_layer_enter(struct sq_call_layer *part, enum sq_layer_phase phase);

/* READY on the wanted role, with everything fresh but the counts of sends and waits. */
void sq_layer_start(struct sq_call_layer *part, uint8_t role, sq_time total_at);

/* READY on another rung: attempts and retries begin anew, total_at stays. */
void sq_layer_climb(struct sq_call_layer *part, uint8_t rung, uint8_t role);

/* Remembers a failed attempt, for retry.report. */
void sq_layer_note(struct sq_call_layer *part, enum sq_class klass, uint16_t status);

/* Started and not over: has leases, limits or a wait. */
static inline bool sq_layer_is_active(const struct sq_call_layer *part)
{
    return part->phase != SQ_LAYER_IDLE && part->phase != SQ_LAYER_OVER;
}

#endif
