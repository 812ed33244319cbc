/* SPDX-License-Identifier: MIT */
/*
 * The engine's storage: settings, the list of actions of the current event, then the breakers and
 * the limits of all layers and the retry budgets, each one array. The memory is the caller's.
 */
#ifndef SQ_POLICIES_ENGINE_INT_H
#define SQ_POLICIES_ENGINE_INT_H

#include <stdint.h>

#include "policies/breaker_int.h"
#include "policies/budget_int.h"
#include "policies/call.h"
#include "policies/engine.h"
#include "policies/pool_int.h"
#include "policies/settings.h"

struct sq_engine {
    const struct sq_settings *settings;
    uint64_t seed;
    uint64_t leases;
    uint32_t n_actions; /* of this event; the driver took all before it feeds again */
    uint32_t n_taken;
    uint32_t first_breaker[SQ_LAYERS_MAX]; /* a layer's breakers in the array below */
    uint32_t first_pool[SQ_LAYERS_MAX];    /* likewise */
    struct sq_pool_cell *pools;            /* one an object of limits */
    struct sq_budget_cell *budgets;        /* by layer and role; NULL: no role has one */
    struct sq_action actions[SQ_ENGINE_ACTIONS_MAX];
    struct sq_breaker_cell breakers[];
};

/* Appends an action of the call, zeroed but for its kind; the rest is the caller's to fill. */
struct sq_action *sq_engine_emit(struct sq_engine *engine, enum sq_action_kind kind,
                                 struct sq_call *call);

static inline uint32_t sq_engine_room(const struct sq_engine *engine)
{
    return SQ_ENGINE_ACTIONS_MAX - engine->n_actions;
}

static inline uint8_t sq_engine_innermost(const struct sq_engine *engine)
{
    return (uint8_t)(engine->settings->n_layers - 1);
}

static inline const struct sq_role_settings *sq_engine_role(const struct sq_engine *engine,
                                                            uint8_t layer, uint8_t role)
{
    return &engine->settings->layers[layer].role[role];
}

static inline struct sq_pool_cell *sq_engine_pool(const struct sq_engine *engine, uint8_t layer,
                                                  uint16_t key)
{
    return &engine->pools[engine->first_pool[layer] + key];
}

static inline struct sq_budget_cell *sq_engine_budget(const struct sq_engine *engine, uint8_t layer,
                                                      uint8_t role)
{
    return &engine->budgets[layer * engine->settings->n_roles + role];
}

#endif
