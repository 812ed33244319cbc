/* SPDX-License-Identifier: MIT */
/*
 * The engine's face: events in, actions out, storage. What an event means for a call is decided in
 * stack.c; here events of an attempt that is no longer on the wire are dropped, and nowhere else.
 */
#include "policies/engine.h"

#include <string.h>

#include "base/assert.h"
#include "policies/attempt_int.h"
#include "policies/due_int.h"
#include "policies/engine_int.h"
#include "policies/stack_int.h"

static const char *const event_names[SQ_EVENTS] = {
    "start", "connected", "headers", "first_token", "progress", "done", "wake", "leave"};

static const char *const action_names[SQ_ACTIONS] = {"send", "cancel",     "attempt",
                                                     "wait", "transition", "finish"};

static const char *const breaker_state_names[SQ_BREAKER_STATES] = {"closed", "open", "half_open"};

/* The arrays behind the engine, in bytes from its start; all begin on eight. */
struct plan {
    size_t pools;
    size_t budgets;
    size_t end;
    bool has_budgets;
};

static size_t count_breakers(const struct sq_settings *settings)
{
    size_t count = 0;
    for (uint8_t i = 0; i < settings->n_layers; i++) {
        count += settings->layers[i].n_breakers;
    }
    return count;
}

static size_t count_pools(const struct sq_settings *settings)
{
    size_t count = 0;
    for (uint8_t i = 0; i < settings->n_layers; i++) {
        count += settings->layers[i].n_limits;
    }
    return count;
}

static bool has_budgets(const struct sq_settings *settings)
{
    for (uint8_t i = 0; i < settings->n_layers; i++) {
        for (uint8_t role = 0; role < settings->n_roles; role++) {
            if (settings->layers[i].role[role].retry.budget.on) {
                return true;
            }
        }
    }
    return false;
}

static struct plan make_plan(const struct sq_settings *settings)
{
    struct plan plan = {.has_budgets = has_budgets(settings)};
    size_t n_budgets = plan.has_budgets ? (size_t)settings->n_layers * settings->n_roles : 0;
    plan.pools =
        sizeof(struct sq_engine) + count_breakers(settings) * sizeof(struct sq_breaker_cell);
    plan.budgets = plan.pools + count_pools(settings) * sizeof(struct sq_pool_cell);
    plan.end = plan.budgets + n_budgets * sizeof(struct sq_budget_cell);
    return plan;
}

size_t sq_engine_size(const struct sq_settings *settings)
{
    return make_plan(settings).end;
}

static void check_role(const struct sq_layer_settings *layer, const struct sq_role_settings *role)
{
    sq_assert(role->retry.max_attempts <= SQ_ATTEMPTS_MAX);
    sq_assert(role->retry.budget.ratio_q32 <= UINT64_C(1) << 32);
    sq_assert(role->retry.budget.floor_per_second <= SQ_BUDGET_FLOOR_MAX);
    if (role->limits.concurrency > 0 || role->limits.connections > 0) {
        sq_assert(role->limits.key < layer->n_limits);
    }
    if (role->breaker.on) {
        sq_assert(role->breaker.key < layer->n_breakers);
        sq_assert(role->breaker.admit > 0);
        sq_assert(role->breaker.admit <= SQ_BREAKER_ADMIT_MAX);
        sq_assert(role->breaker.trip.minimum_attempts == 0 || role->breaker.trip.window > 0);
    }
}

/* What scenarios/ promises; asserted here because it was made far away. */
static void check_settings(const struct sq_settings *settings)
{
    sq_assert(settings->n_layers > 0);
    sq_assert(settings->n_layers <= SQ_LAYERS_MAX);
    sq_assert(settings->n_roles <= SQ_ROLES_MAX);
    for (uint8_t i = 0; i < settings->n_layers; i++) {
        const struct sq_layer_settings *layer = &settings->layers[i];
        sq_assert(layer->n_rungs <= SQ_RUNGS_MAX);
        sq_assert(layer->n_classify <= SQ_CLASSIFY_RULES_MAX);
        sq_assert(layer->n_breakers <= SQ_BREAKER_KEYS_MAX);
        sq_assert(layer->n_limits <= SQ_LIMITS_MAX);
        sq_assert(layer->contract.reask_max <= SQ_REASKS_MAX);
        for (uint8_t role = 0; role < settings->n_roles; role++) {
            check_role(layer, &layer->role[role]);
        }
    }
}

struct sq_engine *sq_engine_init(void *memory, size_t size, const struct sq_settings *settings,
                                 uint64_t seed)
{
    check_settings(settings);
    struct plan plan = make_plan(settings);
    sq_assert(size >= plan.end);
    struct sq_engine *engine = memory;
    memset(engine, 0, plan.end);
    engine->pools = (struct sq_pool_cell *)((char *)memory + plan.pools);
    engine->budgets =
        plan.has_budgets ? (struct sq_budget_cell *)((char *)memory + plan.budgets) : NULL;
    engine->settings = settings;
    engine->seed = seed;
    for (uint8_t i = 1; i < settings->n_layers; i++) {
        engine->first_breaker[i] =
            engine->first_breaker[i - 1] + settings->layers[i - 1].n_breakers;
        engine->first_pool[i] = engine->first_pool[i - 1] + settings->layers[i - 1].n_limits;
    }
    return engine;
}

struct sq_action *sq_engine_emit(struct sq_engine *engine, enum sq_action_kind kind,
                                 struct sq_call *call)
{
    sq_assert(engine->n_actions < SQ_ENGINE_ACTIONS_MAX);
    struct sq_action *action = &engine->actions[engine->n_actions++];
    *action = (struct sq_action){.kind = kind, .call = call};
    return action;
}

static bool is_of_an_attempt(enum sq_event_kind kind)
{
    return kind >= SQ_EVENT_CONNECTED && kind <= SQ_EVENT_DONE;
}

/* The attempt goes on: it moves its limits, and nothing becomes ready to be sent. */
static bool is_progress(enum sq_event_kind kind)
{
    return kind >= SQ_EVENT_CONNECTED && kind < SQ_EVENT_DONE;
}

/* Live, the last bytes of an attempt that was cut off can still be on their way. */
static bool is_stale(const struct sq_call *call, const struct sq_event *event)
{
    if (event->kind == SQ_EVENT_START) {
        return false;
    }
    if ((call->flags & SQ_CALL_OVER) != 0 || call->layer[0].phase == SQ_LAYER_IDLE) {
        return true;
    }
    return is_of_an_attempt(event->kind) &&
           (call->progress < SQ_PROGRESS_SENT || event->attempt != call->attempt);
}

/* How far the attempt had come by its end counts also where no event told of it. */
static void catch_up(struct sq_engine *engine, struct sq_call *call, const struct sq_event *done)
{
    enum sq_progress reached = SQ_PROGRESS_SENT;
    if (done->first_token) {
        reached = SQ_PROGRESS_TOKENS;
    } else if (done->status != 0) {
        reached = SQ_PROGRESS_HEADERS;
    }
    if (reached > call->progress) {
        call->status = done->status;
        sq_stack_advance(engine, call, reached, done->at);
    }
}

static void dispatch(struct sq_engine *engine, struct sq_call *call, const struct sq_event *event)
{
    switch (event->kind) {
    case SQ_EVENT_START:
        sq_stack_start(engine, call, event->request, event->at);
        return;
    case SQ_EVENT_CONNECTED:
        sq_stack_advance(engine, call, SQ_PROGRESS_CONNECTED, event->at);
        return;
    case SQ_EVENT_HEADERS:
        call->status = event->status;
        sq_stack_advance(engine, call, SQ_PROGRESS_HEADERS, event->at);
        return;
    case SQ_EVENT_FIRST_TOKEN:
        sq_stack_advance(engine, call, SQ_PROGRESS_TOKENS, event->at);
        return;
    case SQ_EVENT_PROGRESS:
        sq_attempt_hear(engine, call, event->last_byte_at);
        return;
    case SQ_EVENT_DONE:
        catch_up(engine, call, event);
        sq_stack_done(engine, call, event);
        return;
    case SQ_EVENT_WAKE:
        sq_stack_wake(engine, call, event->at);
        return;
    case SQ_EVENT_LEAVE:
        sq_stack_leave(engine, call, event->at);
        return;
    case SQ_EVENTS:
        break;
    }
    sq_assert(false);
}

void sq_engine_feed(struct sq_engine *engine, struct sq_call *call, const struct sq_event *event)
{
    sq_assert(engine->n_taken == engine->n_actions);
    engine->n_actions = 0;
    engine->n_taken = 0;
    if (is_stale(call, event)) {
        call->next_at = sq_time_max(call->next_at, event->at); /* what was due is due now */
        return;
    }
    dispatch(engine, call, event);
    if (!is_progress(event->kind)) {
        sq_stack_run(engine, call, event->at);
    }
    call->next_at = sq_due_deadline(engine, call, event->at);
}

bool sq_engine_next(struct sq_engine *engine, struct sq_action *action)
{
    if (engine->n_taken == engine->n_actions) {
        return false;
    }
    *action = engine->actions[engine->n_taken++];
    return true;
}

enum sq_breaker_state sq_engine_breaker_state(const struct sq_engine *engine, uint8_t layer,
                                              uint16_t breaker)
{
    sq_assert(layer < engine->settings->n_layers);
    sq_assert(breaker < engine->settings->layers[layer].n_breakers);
    return engine->breakers[engine->first_breaker[layer] + breaker].state;
}

uint64_t sq_engine_leases(const struct sq_engine *engine)
{
    return engine->leases;
}

const char *sq_event_name(enum sq_event_kind kind)
{
    sq_assert((unsigned)kind < SQ_EVENTS);
    return event_names[kind];
}

const char *sq_action_name(enum sq_action_kind kind)
{
    sq_assert((unsigned)kind < SQ_ACTIONS);
    return action_names[kind];
}

const char *sq_breaker_state_name(enum sq_breaker_state state)
{
    sq_assert((unsigned)state < SQ_BREAKER_STATES);
    return breaker_state_names[state];
}
