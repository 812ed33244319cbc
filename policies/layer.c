/* SPDX-License-Identifier: MIT */
/* One layer's part of a call: table of moves, one enter function. */
#include "policies/layer_int.h"

#include "base/assert.h"

#define PHASES (SQ_LAYER_OVER + 1)

/* moves_allowed[from][to] */
static const bool moves_allowed[PHASES][PHASES] = {
    [SQ_LAYER_IDLE] = {[SQ_LAYER_READY] = true},
    [SQ_LAYER_READY] = {[SQ_LAYER_READY] = true, /* refused, next rung */
                        [SQ_LAYER_WAITING] = true,
                        [SQ_LAYER_SENT] = true,
                        [SQ_LAYER_OVER] = true},
    [SQ_LAYER_WAITING] = {[SQ_LAYER_READY] = true, [SQ_LAYER_OVER] = true},
    [SQ_LAYER_SENT] = {[SQ_LAYER_READY] = true, [SQ_LAYER_WAITING] = true, [SQ_LAYER_OVER] = true},
    [SQ_LAYER_OVER] = {[SQ_LAYER_READY] = true}, /* the layer above sends again */
};

void sq_layer_enter(struct sq_call_layer *part, enum sq_layer_phase phase)
{
    sq_assert(part->phase < PHASES);
    sq_assert(moves_allowed[part->phase][phase]);
    part->phase = (uint8_t)phase;
}

void sq_layer_climb(struct sq_call_layer *part, uint8_t rung, uint8_t role)
{
    sq_layer_enter(part, SQ_LAYER_READY);
    part->rung = rung;
    part->role = role;
    part->attempts = 0;
    part->retries = 0;
    part->reasks = 0;
    part->giving_up = false;
}

void sq_layer_start(struct sq_call_layer *part, uint8_t role, sq_time total_at)
{
    sq_layer_climb(part, 0, role);
    part->total_at = total_at;
    part->first_class = SQ_CLASS_NONE;
    part->first_status = 0;
    part->last_class = SQ_CLASS_NONE;
    part->last_status = 0;
    part->committed = false;
}

void sq_layer_note(struct sq_call_layer *part, enum sq_class klass, uint16_t status)
{
    if (part->first_class == SQ_CLASS_NONE) {
        part->first_class = (uint8_t)klass;
        part->first_status = status;
    }
    part->last_class = (uint8_t)klass;
    part->last_status = status;
}
