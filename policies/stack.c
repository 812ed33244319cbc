/* SPDX-License-Identifier: MIT */
/* The stack of layers: results flow up, sends flow down, limits cut. */
#include "policies/stack_int.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"
#include "policies/attempt_int.h"
#include "policies/classify_int.h"
#include "policies/due_int.h"
#include "policies/layer_int.h"
#include "policies/lease_int.h"
#include "policies/outcome_int.h"
#include "policies/retry_int.h"

/* The most one step says: what is in flight is given up (CANCEL, ATTEMPT, and the SEND of a call
 * that waited for the connection), each layer is settled (its breaker moves twice, its budget is
 * spent or it waits, and an attempt is refused), then FINISH. */
#define STEP_ACTIONS_MAX (5 * SQ_LAYERS_MAX + 4)

/* ---- results flow up -------------------------------------------------------------------------*/

static void finish(struct sq_engine *engine, struct sq_call *call, const struct sq_result *result,
                   enum sq_outcome outcome)
{
    bool answered = result->klass == SQ_CLASS_NONE;
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_FINISH, call);
    action->outcome = outcome;
    action->klass = result->klass;
    action->status = result->status;
    action->role = call->layer[answered ? sq_engine_innermost(engine) : 0].role;
    action->attempt = answered ? call->attempt : 0;
    for (uint8_t i = 0; i <= sq_engine_innermost(engine) && action->rung == 0; i++) {
        action->rung = call->layer[i].rung;
    }
    call->flags |= SQ_CALL_OVER;
}

static uint8_t wanted_role(const struct sq_call *call, uint8_t layer)
{
    return layer == 0 ? call->wanted_role : call->layer[layer - 1].role;
}

static struct sq_retry_case case_of(const struct sq_engine *engine, const struct sq_call *call,
                                    uint8_t layer, sq_time now)
{
    const struct sq_call_layer *part = &call->layer[layer];
    return (struct sq_retry_case){
        .settings = &engine->settings->layers[layer],
        .role = part->role,
        .rung = part->rung,
        .attempts = part->attempts,
        .retries = part->retries,
        .reasks = part->reasks,
        .rule = call->rule,
        .committed = part->committed != 0,
        .time_left = part->total_at == SQ_NEVER ? SQ_NEVER : part->total_at - now,
        .now = now,
        .epoch_s = engine->settings->epoch_s,
        .seed = engine->seed,
        .call_id = call->id,
        .layer = layer,
        .waits = part->waits,
    };
}

/* A retry of what was never sent adds no load: it is free. */
static bool is_paid(const struct sq_engine *engine, const struct sq_call *call, uint8_t layer,
                    const struct sq_result *result, sq_time now)
{
    uint8_t role = call->layer[layer].role;
    const struct sq_retry_budget *budget = &sq_engine_role(engine, layer, role)->retry.budget;
    return !budget->on || result->refused ||
           sq_budget_withdraw(sq_engine_budget(engine, layer, role), budget, now);
}

static struct sq_decision decide(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                                 const struct sq_result *result, sq_time now)
{
    struct sq_retry_case here = case_of(engine, call, layer, now);
    struct sq_decision decision = sq_retry_decide(&here, result);
    if (decision.verdict == SQ_VERDICT_RETRY && !is_paid(engine, call, layer, result, now)) {
        sq_attempt_refuse(engine, call, layer, SQ_CLASS_BUDGET_SPENT);
        return sq_retry_give_up(&here, result);
    }
    return decision;
}

static void begin_wait(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                       const struct sq_decision *decision, sq_time now)
{
    struct sq_call_layer *part = &call->layer[layer];
    sq_layer_enter(part, SQ_LAYER_WAITING);
    part->wake_at = sq_time_add(now, decision->wait);
    struct sq_action *action = sq_engine_emit(engine, SQ_ACTION_WAIT, call);
    action->layer = layer;
    action->role = part->role;
    action->span = decision->wait;
    action->hinted = decision->hinted;
}

/* Returns whether the layer is over: a rung that is a fixed text ends it. */
static bool take_rung(const struct sq_engine *engine, struct sq_call_layer *part,
                      const struct sq_layer_settings *settings, uint8_t number,
                      struct sq_result *result)
{
    const struct sq_rung *rung = &settings->rungs[number - 1];
    switch (rung->kind) {
    case SQ_RUNG_ROLE:
        sq_assert(rung->role < engine->settings->n_roles);
        sq_layer_climb(part, number, rung->role);
        return false;
    case SQ_RUNG_ANSWER:
        part->rung = number;
        result->fixed = rung->counts_as_answer ? SQ_FIXED_SUBSTITUTE : SQ_FIXED_APOLOGY;
        sq_layer_enter(part, SQ_LAYER_OVER);
        return true;
    case SQ_RUNG_RULES:
        part->rung = number;
        result->fixed = SQ_FIXED_SUBSTITUTE;
        sq_layer_enter(part, SQ_LAYER_OVER);
        return true;
    }
    sq_assert(false);
    return true;
}

/* Whose error the layer tells upwards. */
static void report(const struct sq_engine *engine, const struct sq_call *call, uint8_t layer,
                   struct sq_result *result)
{
    const struct sq_call_layer *part = &call->layer[layer];
    const struct sq_role_settings *wanted = sq_engine_role(engine, layer, wanted_role(call, layer));
    result->refused = false;
    if (wanted->retry.report == SQ_REPORT_LAST || part->committed != 0) {
        return;
    }
    if (part->attempts > 1 || part->rung > 0) {
        result->hints = NULL; /* they came with another answer */
    }
    result->klass = (enum sq_class)part->first_class;
    result->status = part->first_status;
}

/* The question goes out again at once, with the bad answer behind it. */
static void ask_again(struct sq_call_layer *part)
{
    sq_layer_enter(part, SQ_LAYER_READY);
    part->reasks++;
    part->attempts--; /* it is not one of max_attempts */
}

/* True: the layer is over, and *result is what it tells upwards. */
static bool obey(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                 const struct sq_decision *decision, struct sq_result *result, sq_time now)
{
    struct sq_call_layer *part = &call->layer[layer];
    switch (decision->verdict) {
    case SQ_VERDICT_ACCEPT:
        sq_layer_enter(part, SQ_LAYER_OVER);
        return true;
    case SQ_VERDICT_REASK:
        ask_again(part);
        return false;
    case SQ_VERDICT_RETRY:
        begin_wait(engine, call, layer, decision, now);
        part->retries++;
        part->waits += result->refused ? 0 : 1;
        return false;
    case SQ_VERDICT_SLEEP:
        begin_wait(engine, call, layer, decision, now);
        part->giving_up = true;
        return false;
    case SQ_VERDICT_NEXT_RUNG:
        if (!take_rung(engine, part, &engine->settings->layers[layer], decision->rung, result)) {
            return false;
        }
        report(engine, call, layer, result);
        return true;
    case SQ_VERDICT_FAIL:
        sq_layer_enter(part, SQ_LAYER_OVER);
        report(engine, call, layer, result);
        return true;
    }
    sq_assert(false);
    return true;
}

/* Judges an attempt of the layer. True: the layer is over, and *result is what it tells upwards. */
static bool settle(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                   struct sq_result *result, sq_time now)
{
    sq_lease_settle(engine, call, layer, result->klass, now);
    if (result->klass != SQ_CLASS_NONE) {
        sq_layer_note(&call->layer[layer], result->klass, result->status);
    }
    struct sq_decision decision = decide(engine, call, layer, result, now);
    return obey(engine, call, layer, &decision, result, now);
}

/* The layer is over, which ends an attempt of the one above. */
static void pass_up(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                    struct sq_result result, sq_time now)
{
    bool over = true;
    while (over && layer > 0) {
        layer--;
        over = settle(engine, call, layer, &result, now);
    }
    if (over) {
        uint8_t role = call->layer[sq_engine_innermost(engine)].role;
        finish(engine, call, &result, sq_outcome_of(call, &result, role));
    }
}

/* An attempt of the layer ended. */
static void tell(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                 struct sq_result result, sq_time now)
{
    if (settle(engine, call, layer, &result, now)) {
        pass_up(engine, call, layer, result, now);
    }
}

/* The hint of a failure that is not retried was slept. */
static void give_up(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    struct sq_call_layer *part = &call->layer[layer];
    struct sq_result result = {.klass = (enum sq_class)part->last_class,
                               .status = part->last_status};
    struct sq_retry_case here = case_of(engine, call, layer, now);
    struct sq_decision decision = sq_retry_give_up(&here, &result);
    part->giving_up = false;
    if (obey(engine, call, layer, &decision, &result, now)) {
        pass_up(engine, call, layer, result, now);
    }
}

/* ---- limits cut ------------------------------------------------------------------------------*/

/* Ends whatever the layer and those below it are doing; nobody is told. */
static void cut(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    if (call->progress != SQ_PROGRESS_NONE) {
        sq_attempt_cancel(engine, call, SQ_CLASS_CANCELLED, now);
    }
    for (uint8_t i = engine->settings->n_layers; i-- > layer;) {
        sq_lease_release(engine, call, i, SQ_MARK_CANCELLED, now);
        if (sq_layer_is_active(&call->layer[i])) {
            sq_layer_enter(&call->layer[i], SQ_LAYER_OVER);
        }
    }
}

/* To the layer above, a layer whose total passed is an attempt that took too long. */
static void end_total(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    cut(engine, call, layer, now);
    if (layer == 0) {
        struct sq_result result = {.klass = SQ_CLASS_CANCELLED};
        finish(engine, call, &result, SQ_OUTCOME_TIMED_OUT);
        return;
    }
    tell(engine, call, (uint8_t)(layer - 1), (struct sq_result){.klass = SQ_CLASS_TIMEOUT_ATTEMPT},
         now);
}

static void end_wire(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                     sq_time now)
{
    bool sent = sq_attempt_cancel(engine, call, klass, now);
    tell(engine, call, sq_engine_innermost(engine),
         (struct sq_result){.klass = klass, .status = call->status, .refused = !sent}, now);
}

static void end_attempt(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    if (layer == sq_engine_innermost(engine)) {
        end_wire(engine, call, SQ_CLASS_TIMEOUT_ATTEMPT, now);
        return;
    }
    cut(engine, call, (uint8_t)(layer + 1), now);
    tell(engine, call, layer, (struct sq_result){.klass = SQ_CLASS_TIMEOUT_ATTEMPT}, now);
}

void sq_stack_wake(struct sq_engine *engine, struct sq_call *call, sq_time now)
{
    struct sq_due due = sq_due_find(engine, call);
    if (now < due.at) {
        return;
    }
    switch (due.kind) {
    case SQ_DUE_NOTHING:
        return;
    case SQ_DUE_TOTAL:
        end_total(engine, call, due.layer, now);
        return;
    case SQ_DUE_ATTEMPT:
        end_attempt(engine, call, due.layer, now);
        return;
    case SQ_DUE_PHASE:
        end_wire(engine, call, (enum sq_class)call->limit_class, now);
        return;
    }
    sq_assert(false);
}

void sq_stack_leave(struct sq_engine *engine, struct sq_call *call, sq_time now)
{
    end_total(engine, call, 0, now);
}

/* ---- sends flow down -------------------------------------------------------------------------*/

static void start_layer(const struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                        sq_time now)
{
    uint8_t role = wanted_role(call, layer);
    sq_dur total = sq_engine_role(engine, layer, role)->timeouts.total;
    sq_layer_start(&call->layer[layer], role, sq_time_add(now, total));
}

static bool has_contract(const struct sq_engine *engine, const struct sq_call_request *request)
{
    bool required = false;
    for (uint8_t i = 0; i < engine->settings->n_layers; i++) {
        required = required || engine->settings->layers[i].contract.required;
    }
    return required || request->contract;
}

void sq_stack_start(struct sq_engine *engine, struct sq_call *call,
                    const struct sq_call_request *request, sq_time now)
{
    sq_assert(call->layer[0].phase == SQ_LAYER_IDLE);
    sq_assert(request->role < engine->settings->n_roles);
    call->id = request->id;
    call->owner = request->owner;
    call->wanted_role = request->role;
    call->rule = request->rule;
    call->limit_at = SQ_NEVER;
    call->flags = (uint8_t)((request->stream ? SQ_CALL_STREAM : 0) |
                            (has_contract(engine, request) ? SQ_CALL_CONTRACT : 0));
    start_layer(engine, call, 0, now);
    if (request->deadline < call->layer[0].total_at) {
        call->layer[0].total_at = request->deadline;
        call->flags |= SQ_CALL_DEADLINE;
    }
}

static void refuse(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                   enum sq_class klass, sq_time now)
{
    sq_attempt_refuse(engine, call, layer, klass);
    tell(engine, call, layer, (struct sq_result){.klass = klass, .refused = true}, now);
}

/* A call that begins on a role pays into its retry budget. */
static void pay_in(const struct sq_engine *engine, const struct sq_call_layer *part, uint8_t layer,
                   sq_time now)
{
    const struct sq_retry_budget *budget = &sq_engine_role(engine, layer, part->role)->retry.budget;
    if (budget->on && part->attempts == 1 && part->reasks == 0) {
        sq_budget_deposit(sq_engine_budget(engine, layer, part->role), budget, now);
    }
}

static void send_layer(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    struct sq_call_layer *part = &call->layer[layer];
    part->attempts++;
    pay_in(engine, part, layer, now);
    if (call->attempt == SQ_ATTEMPT_SENDS_MAX) {
        refuse(engine, call, layer, SQ_CLASS_LIMIT_LOCAL, now);
        return;
    }
    if (!sq_lease_take(engine, call, layer, now)) {
        refuse(engine, call, layer, SQ_CLASS_BREAKER_OPEN, now);
        return;
    }
    if (!sq_lease_enter(engine, call, layer)) {
        refuse(engine, call, layer, SQ_CLASS_LIMIT_LOCAL, now);
        return;
    }
    sq_layer_enter(part, SQ_LAYER_SENT);
    part->attempt_at =
        sq_time_add(now, sq_engine_role(engine, layer, part->role)->timeouts.attempt);
    if (layer < sq_engine_innermost(engine)) {
        part->sends++;
        start_layer(engine, call, (uint8_t)(layer + 1), now);
    } else if (!sq_attempt_begin(engine, call, now)) {
        refuse(engine, call, layer, SQ_CLASS_POOL_TIMEOUT, now);
    }
}

/* Nothing is sent after a total has passed, not even by a late driver. */
static void step(struct sq_engine *engine, struct sq_call *call, uint8_t layer, sq_time now)
{
    for (uint8_t i = 0; i <= layer; i++) {
        if (now >= call->layer[i].total_at) {
            end_total(engine, call, i, now);
            return;
        }
    }
    if (call->layer[layer].giving_up) {
        give_up(engine, call, layer, now);
        return;
    }
    if (call->layer[layer].phase == SQ_LAYER_WAITING) {
        sq_layer_enter(&call->layer[layer], SQ_LAYER_READY);
    }
    send_layer(engine, call, layer, now);
}

/* The layer that has something to do now: the innermost active one, those above wait for it. */
static bool find_ready(const struct sq_engine *engine, const struct sq_call *call, sq_time now,
                       uint8_t *layer)
{
    for (uint8_t i = engine->settings->n_layers; i-- > 0;) {
        const struct sq_call_layer *part = &call->layer[i];
        if (sq_layer_is_active(part)) {
            *layer = i;
            return part->phase == SQ_LAYER_READY ||
                   (part->phase == SQ_LAYER_WAITING && now >= part->wake_at);
        }
    }
    return false;
}

void sq_stack_run(struct sq_engine *engine, struct sq_call *call, sq_time now)
{
    uint8_t layer;
    while (find_ready(engine, call, now, &layer)) {
        if (sq_engine_room(engine) < STEP_ACTIONS_MAX) {
            return;
        }
        step(engine, call, layer, now);
    }
}

/* ---- what the wire says ----------------------------------------------------------------------*/

/* An outer layer cannot have passed on what an inner one still holds back. */
static void commit(const struct sq_engine *engine, struct sq_call *call)
{
    for (uint8_t i = engine->settings->n_layers; i-- > 0;) {
        struct sq_call_layer *part = &call->layer[i];
        if (!sq_outcome_is_committed(call,
                                     sq_engine_role(engine, i, part->role)->retry.commit_at)) {
            return;
        }
        part->committed = true;
    }
}

void sq_stack_advance(struct sq_engine *engine, struct sq_call *call, enum sq_progress progress,
                      sq_time now)
{
    if (sq_attempt_advance(engine, call, progress, now)) {
        commit(engine, call);
    }
}

void sq_stack_done(struct sq_engine *engine, struct sq_call *call, const struct sq_event *event)
{
    uint8_t innermost = sq_engine_innermost(engine);
    enum sq_class klass = sq_classify(&engine->settings->layers[innermost], event);
    sq_attempt_end(engine, call, klass, event->status, event->at);
    tell(engine, call, innermost,
         (struct sq_result){.klass = klass, .status = event->status, .hints = event->hints},
         event->at);
}
