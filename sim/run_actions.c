/* SPDX-License-Identifier: MIT */
/*
 * What the loop does with the engine's actions: sends and cancels go to the carrier, everything
 * that happened goes to the meter, the digests and, where kept, the path and the trace.
 */
#include "base/assert.h"
#include "sim/run_int.h"

/* The error that a re-ask tells the model: a sentence or two. */
#define REASK_ERROR_TOKENS 50u

static void digest_action(struct sq_run *run, const struct sq_action *action)
{
    sq_digest_add(&run->decisions, (uint64_t)run->now);
    sq_digest_add(&run->decisions, action->call == NULL ? 0 : action->call->id);
    sq_digest_add(&run->decisions, sq_trace_action_hash(action));
}

/* A re-ask repeats the question with each bad answer and what was wrong with it. */
static uint32_t input_tokens_of(const struct sq_intent *intent, uint8_t reask)
{
    uint64_t tokens = intent->input_tokens +
                      (uint64_t)reask * ((uint64_t)intent->output_tokens + REASK_ERROR_TOKENS);
    return tokens < UINT32_MAX ? (uint32_t)tokens : UINT32_MAX;
}

static void meter_pool(struct sq_run *run, const struct sq_action *action)
{
    const struct sq_settings *policy = run->setup->policy;
    if (policy->layers[action->layer].role[action->role].limits.connections > 0) {
        sq_meter_pool_wait(run->setup->meter, action->span, run->now);
    }
}

static enum sq_status apply_send(struct sq_run *run, struct sq_call_slot *slot,
                                 const struct sq_action *action, struct sq_error *err)
{
    const struct sq_scenario *scenario = run->setup->scenario;
    const struct sq_workload_request *request = &scenario->workload.requests[slot->intent.request];
    sq_assert(!slot->in_flight);
    uint8_t *sends = &slot->sends_to[run->first_role[action->role]];
    sq_assert(*sends < UINT8_MAX);
    ++*sends;
    slot->attempts++;
    slot->in_flight = true;
    slot->role = action->role;
    slot->model = scenario->roles[action->role].model;
    slot->sent_at = run->now;
    slot->first_token_at = SQ_NEVER;
    run->sends++;
    sq_meter_attempt_sent(run->setup->meter, run->now);
    if (run->setup->max_cost > 0) {
        struct sq_bill planned = {.input_tokens = slot->intent.input_tokens,
                                  .output_tokens = slot->intent.output_tokens};
        run->planned = sq_run_add_cost(run, run->planned, slot->model, &planned);
    }
    meter_pool(run, action);
    struct sq_attempt attempt = {
        .call = slot->intent.id,
        .slot = slot->call.owner,
        .attempt = action->attempt,
        .nth = *sends,
        .model = slot->model,
        .role = action->role,
        .stream = request->stream,
        .contract = run->own_contract != 0 ? run->own_contract : request->contract,
        .prompt = slot->intent.prompt,
        .input_tokens = input_tokens_of(&slot->intent, action->reask),
        .output_tokens = slot->intent.output_tokens,
        .whose = slot->whose,
    };
    const struct sq_carrier *carrier = &run->setup->carrier;
    return carrier->does->send(carrier->self, &attempt, run->now, err);
}

static void apply_cancel(struct sq_run *run, const struct sq_call_slot *slot,
                         const struct sq_action *action)
{
    const struct sq_carrier *carrier = &run->setup->carrier;
    sq_assert(slot->in_flight);
    carrier->does->cancel(carrier->self, slot->call.owner, action->attempt, run->now);
}

/* An outer layer's attempt is a whole call of the layer below; only the innermost layer's were on
 * the wire. */
static bool was_on_wire(const struct sq_run *run, const struct sq_action *action)
{
    return action->attempt != 0 && action->layer + 1 == run->setup->policy->n_layers;
}

static void apply_attempt(struct sq_run *run, struct sq_call_slot *slot,
                          const struct sq_action *action)
{
    bool on_wire = was_on_wire(run, action);
    if (!on_wire && action->attempt != 0) {
        return;
    }
    struct sq_attempt_record record = {
        .call = slot->intent.id,
        .attempt = action->attempt,
        .status = action->status,
        .layer = action->layer,
        .role = action->role,
        .klass = action->klass,
        .repaired = on_wire && action->klass == SQ_CLASS_NONE ? slot->repaired : 0,
        .sent_at = on_wire ? slot->sent_at : run->now,
        .ended_at = run->now,
    };
    if (on_wire) {
        sq_assert(slot->in_flight);
        slot->in_flight = false;
        run->attempts_over++;
    } else if (action->span > 0) {
        meter_pool(run, action);
    }
    struct sq_digest digest = {.state = slot->path_digest};
    sq_digest_add(&digest, (uint64_t)action->role << 8 | (uint64_t)action->klass);
    slot->path_digest = digest.state;
    sq_meter_attempt_ended(run->setup->meter, &record);
    if (run->setup->paths != NULL) {
        struct sq_path_step step = {.role = action->role,
                                    .klass = (uint8_t)action->klass,
                                    .sent_at = record.sent_at,
                                    .ended_at = record.ended_at};
        sq_paths_step(run->setup->paths, slot->path, &step);
    }
}

static enum sq_status apply_transition(struct sq_run *run, const struct sq_action *action,
                                       struct sq_error *err)
{
    sq_meter_transition(run->setup->meter, run->now, action->layer, action->breaker, action->from,
                        action->to);
    if (run->setup->paths == NULL) {
        return SQ_OK;
    }
    struct sq_path_transition transition = {.at = run->now,
                                            .breaker = action->breaker,
                                            .layer = action->layer,
                                            .to = (uint8_t)action->to};
    return sq_paths_transition(run->setup->paths, &transition, err);
}

static void close_path(struct sq_run *run, const struct sq_call_slot *slot, enum sq_outcome outcome,
                       uint64_t digest)
{
    if (run->setup->paths == NULL) {
        return;
    }
    struct sq_path *path = &run->setup->paths->list[slot->path];
    path->digest = digest;
    path->outcome = (uint8_t)outcome;
    path->duration = run->now - slot->intent.at;
}

/* The rung of a FINISH is of the outermost layer that left its wanted role. */
static bool is_by_rule(const struct sq_run *run, const struct sq_call *call,
                       const struct sq_action *action)
{
    const struct sq_settings *policy = run->setup->policy;
    uint8_t layer = 0;
    if (action->outcome != SQ_OUTCOME_SUBSTITUTE) {
        return false;
    }
    while (call->layer[layer].rung == 0) {
        layer++;
    }
    return policy->layers[layer].rungs[action->rung - 1].kind == SQ_RUNG_RULES;
}

static void apply_finish(struct sq_run *run, struct sq_call_slot *slot,
                         const struct sq_action *action)
{
    const struct sq_scenario *scenario = run->setup->scenario;
    bool answered = action->attempt != 0 && slot->billed_attempt == action->attempt;
    struct sq_call_record record = {
        .id = slot->intent.id,
        .intended_at = slot->intent.at,
        .started_at = slot->started_at,
        .ended_at = run->now,
        .first_token_at = action->attempt != 0 ? slot->first_token_at : SQ_NEVER,
        .outcome = action->outcome,
        .klass = action->klass,
        .status = action->status,
        .attempts = slot->attempts,
        .role = action->role,
        .rung = action->rung,
        .workload_phase = slot->intent.phase,
        .stream = scenario->workload.requests[slot->intent.request].stream,
        .by_rule = is_by_rule(run, &slot->call, action),
        .answered = answered,
        .used_bill = slot->bill,
        .used_model = slot->model,
        .used_reached_at = slot->bill_reached_at,
    };
    for (uint8_t i = 0; i < run->setup->policy->n_layers; i++) {
        record.layer_sends[i] = slot->call.layer[i].sends;
    }
    struct sq_digest digest = {.state = slot->path_digest};
    sq_digest_add(&digest, slot->intent.id);
    sq_digest_add(&digest, (uint64_t)action->outcome);
    run->outcomes += sq_digest_value(&digest);
    run->calls_over++;
    sq_meter_call_over(run->setup->meter, &record);
    sq_intents_call_over(&run->intents, slot->intent.id, slot->intent.at, run->now);
    close_path(run, slot, action->outcome, sq_digest_value(&digest));
}

static enum sq_status apply(struct sq_run *run, struct sq_call_slot *slot,
                            const struct sq_action *action, struct sq_error *err)
{
    switch (action->kind) {
    case SQ_ACTION_SEND:
        return apply_send(run, slot, action, err);
    case SQ_ACTION_CANCEL:
        apply_cancel(run, slot, action);
        return SQ_OK;
    case SQ_ACTION_ATTEMPT:
        apply_attempt(run, slot, action);
        return SQ_OK;
    case SQ_ACTION_WAIT:
        sq_meter_wait(run->setup->meter, action->span, run->now);
        return SQ_OK;
    case SQ_ACTION_TRANSITION:
        return apply_transition(run, action, err);
    case SQ_ACTION_FINISH:
        apply_finish(run, slot, action);
        return SQ_OK;
    case SQ_ACTIONS:
        break;
    }
    sq_assert(false && "an action of no kind");
    return SQ_OK;
}

void sq_run_requeue(struct sq_run *run, uint32_t slot)
{
    const struct sq_carrier *carrier = &run->setup->carrier;
    const struct sq_call_slot *call = sq_calls_at(&run->calls, slot);
    sq_time at = sq_call_deadline(&call->call);
    if (call->in_flight) {
        at = sq_time_min(at, carrier->does->next(carrier->self, slot));
    }
    sq_queue_set(&run->queue, slot, call->intent.id, at);
}

/* An action of another call than the one that was fed (in `fed`) changes what that one waits for.
 */
static enum sq_status take_action(struct sq_run *run, uint32_t fed, const struct sq_action *action,
                                  struct sq_error *err)
{
    uint32_t slot = action->call == NULL ? fed : action->call->owner;
    struct sq_call_slot *call = sq_calls_at(&run->calls, slot);
    sq_assert(call->used);
    digest_action(run, action);
    if (run->setup->trace != NULL) {
        sq_trace_action(run->setup->trace, action);
    }
    enum sq_status status = apply(run, call, action, err);
    if (status == SQ_OK && slot != fed) {
        sq_assert(action->kind != SQ_ACTION_FINISH);
        sq_run_requeue(run, slot);
    }
    return status;
}

enum sq_status sq_run_feed(struct sq_run *run, uint32_t slot, const struct sq_event *event,
                           struct sq_error *err)
{
    struct sq_call_slot *call = sq_calls_at(&run->calls, slot);
    struct sq_trace *trace = run->setup->trace;
    enum sq_status status =
        trace == NULL ? SQ_OK : sq_trace_event(trace, call->intent.id, event, err);
    if (status != SQ_OK) {
        return status;
    }
    call->repaired = event->kind == SQ_EVENT_DONE ? event->reading.repaired : 0;
    sq_engine_feed(run->engine, &call->call, event);
    run->events++;
    struct sq_action action;
    bool over = false;
    while (sq_engine_next(run->engine, &action)) {
        status = take_action(run, slot, &action, err);
        if (status != SQ_OK) {
            return status;
        }
        over = over || action.kind == SQ_ACTION_FINISH;
    }
    if (over) {
        sq_assert(!call->in_flight);
        sq_queue_remove(&run->queue, slot);
        sq_calls_give_back(&run->calls, slot);
    } else {
        sq_run_requeue(run, slot);
    }
    return SQ_OK;
}

void sq_run_check_invariants(const struct sq_run *run)
{
    sq_assert(run->calls_started == run->calls_over + run->calls.n_used);
    sq_assert(run->queue.n_entries <= run->calls.n_used);
    sq_assert(run->bills <= run->sends);
    sq_assert(run->attempts_over <= run->sends);
    sq_assert(run->sends - run->attempts_over <= run->calls.n_used);
    sq_assert(run->calls.n_used > 0 || sq_engine_leases(run->engine) == 0);
}
