/* SPDX-License-Identifier: MIT */
/* The attempt on the wire: its connection, progress, the limit of its phase, and what is said. */
#include "policies/attempt_int.h"

#include <stddef.h>

#include "base/assert.h"
#include "policies/due_int.h"
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

static const struct sq_limits *wire_limits(const struct sq_engine *engine,
                                           const struct sq_call *call)
{
    uint8_t innermost = sq_engine_innermost(engine);
    return &sq_engine_role(engine, innermost, call->layer[innermost].role)->limits;
}

static uint8_t count_reasks(const struct sq_engine *engine, const struct sq_call *call)
{
    unsigned reasks = 0;
    for (uint8_t i = 0; i < engine->settings->n_layers; i++) {
        reasks += call->layer[i].reasks;
    }
    return (uint8_t)reasks;
}

static void send(struct sq_engine *engine, struct sq_call *call, sq_dur waited, sq_time now)
{
    sq_assert(call->attempt < SQ_ATTEMPT_SENDS_MAX);
    call->attempt++;
    call->layer[sq_engine_innermost(engine)].sends++;
    call->sent_at = now;
    call->last_byte_at = now;
    call->progress = SQ_PROGRESS_SENT;
    set_limit(engine, call);
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_SEND, call);
    action->attempt = call->attempt;
    action->layer = sq_engine_innermost(engine);
    action->role = wire_part(engine, call)->role;
    action->rung = wire_part(engine, call)->rung;
    action->reask = count_reasks(engine, call);
    action->span = waited;
}

static void wait_for_connection(struct sq_call *call, const struct sq_limits *limits,
                                struct sq_pool_cell *pool, sq_time now)
{
    sq_pool_queue(pool, call);
    call->progress = SQ_PROGRESS_POOLED;
    call->sent_at = now;
    call->limit_at = sq_time_add(now, limits->pool_wait);
    call->limit_class = SQ_CLASS_POOL_TIMEOUT;
}

bool sq_attempt_begin(struct sq_engine *engine, struct sq_call *call, sq_time now)
{
    sq_assert(call->progress == SQ_PROGRESS_NONE);
    const struct sq_limits *limits = wire_limits(engine, call);
    call->status = 0;
    if (limits->connections == 0) {
        send(engine, call, 0, now);
        return true;
    }
    struct sq_pool_cell *pool = sq_engine_pool(engine, sq_engine_innermost(engine), limits->key);
    if (sq_pool_connect(pool, limits)) {
        engine->leases++;
        send(engine, call, 0, now);
        return true;
    }
    if (limits->pool_wait == 0) {
        return false;
    }
    wait_for_connection(call, limits, pool, now);
    return true;
}

/* The first in the queue that has time left; those before it whose time is over stand back, since
 * their wake-up is due. */
static struct sq_call *next_in_queue(const struct sq_engine *engine, struct sq_pool_cell *pool,
                                     sq_time now)
{
    while (pool->first != NULL) {
        struct sq_call *call = pool->first;
        sq_pool_unqueue(pool, call);
        if (sq_due_find(engine, call).at > now) {
            return call;
        }
    }
    return NULL;
}

static void give_back_connection(struct sq_engine *engine, const struct sq_call *call, sq_time now)
{
    const struct sq_limits *limits = wire_limits(engine, call);
    if (limits->connections == 0) {
        return;
    }
    struct sq_pool_cell *pool = sq_engine_pool(engine, sq_engine_innermost(engine), limits->key);
    struct sq_call *next = next_in_queue(engine, pool, now);
    if (next == NULL) {
        sq_pool_disconnect(pool);
        engine->leases--;
        return;
    }
    send(engine, next, now - next->sent_at, now);
    next->next_at = sq_due_deadline(engine, next, now);
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
                    uint16_t status, sq_time now)
{
    sq_assert(call->progress >= SQ_PROGRESS_SENT);
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
    give_back_connection(engine, call, now);
}

struct sq_action *sq_attempt_refuse(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                                    enum sq_class klass)
{
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_ATTEMPT, call);
    action->layer = layer;
    action->role = call->layer[layer].role;
    action->rung = call->layer[layer].rung;
    action->klass = klass;
    return action;
}

static void leave_queue(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                        sq_time now)
{
    uint8_t innermost = sq_engine_innermost(engine);
    sq_pool_unqueue(sq_engine_pool(engine, innermost, wire_limits(engine, call)->key), call);
    call->progress = SQ_PROGRESS_NONE;
    call->limit_at = SQ_NEVER;
    sq_attempt_refuse(engine, call, innermost, klass)->span = now - call->sent_at;
}

bool sq_attempt_cancel(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                       sq_time now)
{
    if (call->progress == SQ_PROGRESS_POOLED) {
        leave_queue(engine, call, klass, now);
        return false;
    }
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_CANCEL, call);
    action->attempt = call->attempt;
    action->layer = sq_engine_innermost(engine);
    action->role = wire_part(engine, call)->role;
    sq_attempt_end(engine, call, klass, call->status, now);
    return true;
}
