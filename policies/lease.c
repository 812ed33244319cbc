/* SPDX-License-Identifier: MIT */
/* Leases of a call's layers on the engine's breakers and limits. */
#include "policies/lease_int.h"

#include "base/assert.h"

static const struct sq_breaker *breaker_settings(const struct sq_engine *engine,
                                                 const struct sq_call *call, uint8_t layer)
{
    return &sq_engine_role(engine, layer, call->layer[layer].role)->breaker;
}

static struct sq_breaker_cell *find_cell(struct sq_engine *engine, uint8_t layer, uint16_t key)
{
    sq_assert(key < engine->settings->layers[layer].n_breakers);
    return &engine->breakers[engine->first_breaker[layer] + key];
}

static void report_moves(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                         const struct sq_breaker_moves *moves)
{
    for (uint8_t i = 0; i < moves->count; i++) {
        struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_TRANSITION, call);
        action->layer = layer;
        action->role = call->layer[layer].role;
        action->breaker = breaker_settings(engine, call, layer)->key;
        action->from = moves->states[i];
        action->to = moves->states[i + 1];
    }
}

bool sq_lease_take(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    const struct sq_breaker *settings = breaker_settings(engine, call, layer);
    struct sq_call_layer *part = &call->layer[layer];
    sq_assert(part->lease == SQ_LEASE_NONE);
    if (!settings->on) {
        return true;
    }
    struct sq_breaker_moves moves;
    struct sq_breaker_lease lease =
        sq_breaker_admit(find_cell(engine, layer, settings->key), settings, &moves, now);
    report_moves(engine, call, layer, &moves);
    if (lease.kind == SQ_LEASE_NONE) {
        return false;
    }
    part->lease = (uint8_t)lease.kind;
    part->generation = lease.generation;
    part->probe = lease.slot;
    engine->leases++;
    return true;
}

bool sq_lease_enter(struct sq_engine *engine, struct sq_call *call, uint8_t layer)
{
    struct sq_call_layer *part = &call->layer[layer];
    const struct sq_limits *limits = &sq_engine_role(engine, layer, part->role)->limits;
    sq_assert(!part->running);
    if (limits->concurrency == 0) {
        return true;
    }
    if (!sq_pool_enter(sq_engine_pool(engine, layer, limits->key), limits)) {
        return false;
    }
    part->running = true;
    engine->leases++;
    return true;
}

static void leave_place(struct sq_engine *engine, struct sq_call *call, uint8_t layer)
{
    struct sq_call_layer *part = &call->layer[layer];
    if (part->running) {
        uint16_t key = sq_engine_role(engine, layer, part->role)->limits.key;
        sq_pool_leave(sq_engine_pool(engine, layer, key));
        part->running = false;
        engine->leases--;
    }
}

void sq_lease_release(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                      enum sq_mark mark, sq_time now)
{
    struct sq_call_layer *part = &call->layer[layer];
    leave_place(engine, call, layer);
    if (part->lease == SQ_LEASE_NONE) {
        return;
    }
    const struct sq_breaker *settings = breaker_settings(engine, call, layer);
    struct sq_breaker_lease lease = {
        .kind = (enum sq_lease)part->lease, .generation = part->generation, .slot = part->probe};
    part->lease = SQ_LEASE_NONE;
    engine->leases--;
    struct sq_breaker_moves moves =
        sq_breaker_release(find_cell(engine, layer, settings->key), settings, lease, mark, now);
    report_moves(engine, call, layer, &moves);
}

void sq_lease_settle(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                     enum sq_class klass, sq_time now)
{
    enum sq_mark mark = SQ_MARK_SUCCESS;
    if (klass != SQ_CLASS_NONE) {
        mark = (enum sq_mark)breaker_settings(engine, call, layer)->mark[klass];
    }
    sq_lease_release(engine, call, layer, mark, now);
}
