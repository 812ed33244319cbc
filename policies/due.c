/* SPDX-License-Identifier: MIT */
/* The earliest limit of a call. */
#include "policies/due_int.h"

#include "policies/layer_int.h"

static void keep_earlier(struct sq_due *due, enum sq_due_kind kind, uint8_t layer, sq_time at)
{
    if (at < due->at) {
        *due = (struct sq_due){.kind = kind, .layer = layer, .at = at};
    }
}

struct sq_due sq_due_find(const struct sq_engine *engine, const struct sq_call *call)
{
    struct sq_due due = {.kind = SQ_DUE_NOTHING, .at = SQ_NEVER};
    uint8_t n_layers = engine->settings->n_layers;
    for (uint8_t i = 0; i < n_layers; i++) {
        if (sq_layer_is_active(&call->layer[i])) {
            keep_earlier(&due, SQ_DUE_TOTAL, i, call->layer[i].total_at);
        }
    }
    for (uint8_t i = 0; i < n_layers; i++) {
        if (call->layer[i].phase == SQ_LAYER_SENT) {
            keep_earlier(&due, SQ_DUE_ATTEMPT, i, call->layer[i].attempt_at);
        }
    }
    keep_earlier(&due, SQ_DUE_PHASE, (uint8_t)(n_layers - 1), call->limit_at);
    return due;
}

sq_time sq_due_deadline(const struct sq_engine *engine, const struct sq_call *call, sq_time now)
{
    if ((call->flags & SQ_CALL_OVER) != 0) {
        return SQ_NEVER;
    }
    sq_time at = sq_due_find(engine, call).at;
    for (uint8_t i = 0; i < engine->settings->n_layers; i++) {
        if (call->layer[i].phase == SQ_LAYER_READY) {
            return now;
        }
        if (call->layer[i].phase == SQ_LAYER_WAITING) {
            at = sq_time_min(at, call->layer[i].wake_at);
        }
    }
    return sq_time_max(at, now);
}
