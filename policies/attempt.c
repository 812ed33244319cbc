/* SPDX-License-Identifier: MIT */
/* The attempt on the wire: progress, the limit of its phase, and what is said about it. */
#include "policies/attempt_int.h"

#include "base/assert.h"
#include "policies/timeouts_int.h"

static const struct sq_call_layer *wire_part(const struct sq_engine *engine,
                                             const struct sq_call *call)
{
    return &call->layer[sq_engine_innermost(engine)];
}

static void set_limit(struct sq_engine *engine, struct sq_call *call)
{
    uint8_t role = wire_part(engine, call)->role;
    struct sq_phase phase = {.progress = (enum sq_progress)call->progress,
                             .stream = (call->flags & SQ_CALL_STREAM) != 0,
                             .sent_at = call->sent_at,
                             .last_byte_at = call->last_byte_at};
    struct sq_limit limit = sq_timeouts_limit(
        &sq_engine_role(engine, sq_engine_innermost(engine), role)->timeouts, &phase);
    call->limit_at = limit.at;
    call->limit_class = (uint8_t)limit.klass;
}

void sq_attempt_send(struct sq_engine *engine, struct sq_call *call, sq_time now)
{
    sq_assert(call->progress == SQ_PROGRESS_NONE);
    sq_assert(call->attempt < SQ_ATTEMPT_SENDS_MAX);
    call->attempt++;
    call->status = 0;
    call->sent_at = now;
    call->last_byte_at = now;
    call->progress = SQ_PROGRESS_SENT;
    set_limit(engine, call);
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_SEND, call);
    action->attempt = call->attempt;
    action->layer = sq_engine_innermost(engine);
    action->role = wire_part(engine, call)->role;
    action->rung = wire_part(engine, call)->rung;
}

bool sq_attempt_advance(struct sq_engine *engine, struct sq_call *call, enum sq_progress progress,
                        sq_time at)
{
    if (progress <= call->progress) {
        return false;
    }
    call->progress = (uint8_t)progress;
    call->last_byte_at = at;
    set_limit(engine, call);
    return true;
}

void sq_attempt_hear(struct sq_engine *engine, struct sq_call *call, sq_time at)
{
    if (at > call->last_byte_at) {
        call->last_byte_at = at;
        set_limit(engine, call);
    }
}

void sq_attempt_end(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                    uint16_t status)
{
    sq_assert(call->progress != SQ_PROGRESS_NONE);
    call->progress = SQ_PROGRESS_NONE;
    call->limit_at = SQ_NEVER;
    call->status = status;
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_ATTEMPT, call);
    action->attempt = call->attempt;
    action->status = status;
    action->layer = sq_engine_innermost(engine);
    action->role = wire_part(engine, call)->role;
    action->rung = wire_part(engine, call)->rung;
    action->klass = klass;
}

void sq_attempt_cancel(struct sq_engine *engine, struct sq_call *call, enum sq_class klass)
{
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_CANCEL, call);
    action->attempt = call->attempt;
    action->layer = sq_engine_innermost(engine);
    action->role = wire_part(engine, call)->role;
    sq_attempt_end(engine, call, klass, call->status);
}

void sq_attempt_refuse(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                       enum sq_class klass)
{
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_ATTEMPT, call);
    action->layer = layer;
    action->role = call->layer[layer].role;
    action->rung = call->layer[layer].rung;
    action->klass = klass;
}
