/* SPDX-License-Identifier: MIT */
/*
 * The loop. It owns the time of a run and decides only what comes next; see run.h for its four
 * lines. Nothing here knows whether the clock is virtual.
 */
#include "sim/run.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "sim/contracts.h"
#include "sim/run_int.h"
#include "wire/text.h"

#define QUEUE_SLOTS_MIN 256 /* the queue grows by doubling from here */

int64_t sq_run_add_cost(const struct sq_run *run, int64_t sum, uint16_t model,
                        const struct sq_bill *bill)
{
    int64_t cost = sq_bill_cost(bill, &run->setup->scenario->script.models[model].price);
    return cost > INT64_MAX - sum ? INT64_MAX : sum + cost;
}

/* No further call where somebody pays for it. */
static void keep_limits(struct sq_run *run)
{
    const struct sq_run_setup *setup = run->setup;
    bool enough = setup->max_calls > 0 && run->calls_started >= setup->max_calls;
    bool dear =
        setup->max_cost > 0 && (run->spent >= setup->max_cost || run->planned >= setup->max_cost);
    if (enough || dear) {
        sq_intents_stop(&run->intents);
    }
}

static uint8_t rule_of(const struct sq_run *run, uint32_t prompt)
{
    return run->rule_of_prompt == NULL || prompt == SQ_NO_PROMPT ? 0 : run->rule_of_prompt[prompt];
}

static enum sq_status begin_call(struct sq_run *run, struct sq_error *err)
{
    const struct sq_scenario *scenario = run->setup->scenario;
    const struct sq_intent *intent = sq_intents_next(&run->intents);
    const struct sq_workload_request *request = &scenario->workload.requests[intent->request];
    uint32_t slot;
    enum sq_status status = sq_calls_take(&run->calls, &slot, err);
    if (status == SQ_OK && slot >= run->queue.n_slots) {
        status = sq_queue_reserve(&run->queue, 2 * slot + QUEUE_SLOTS_MIN, err);
    }
    if (status == SQ_OK && run->setup->paths != NULL) {
        status =
            sq_paths_add(run->setup->paths, intent->id, &sq_calls_at(&run->calls, slot)->path, err);
    }
    if (status != SQ_OK) {
        return status;
    }
    struct sq_call_slot *call = sq_calls_at(&run->calls, slot);
    call->intent = *intent;
    call->whose = sq_identities_next(&run->identities, intent->id);
    call->started_at = run->now;
    call->first_token_at = SQ_NEVER;
    run->calls_started++;
    sq_meter_call_started(run->setup->meter, intent->at, run->now);
    sq_intents_advance(&run->intents);
    keep_limits(run);
    struct sq_call_request start = {
        .id = call->intent.id,
        .owner = slot,
        .role = request->role,
        .stream = request->stream,
        .contract = request->contract != 0,
        .rule = rule_of(run, call->intent.prompt),
        .deadline = sq_time_add(call->intent.at, request->deadline),
    };
    struct sq_event event = {.at = run->now, .kind = SQ_EVENT_START, .request = &start};
    return sq_run_feed(run, slot, &event, err);
}

static void take_bill(struct sq_run *run, const struct sq_arrival *arrival)
{
    run->bills++;
    sq_meter_bill(run->setup->meter, arrival->role, arrival->model, &arrival->bill,
                  arrival->reached_at);
    if (run->setup->max_cost > 0) {
        run->spent = sq_run_add_cost(run, run->spent, arrival->model, &arrival->bill);
        keep_limits(run);
    }
    for (uint32_t i = 0; i < SQ_FAMILIES; i++) {
        if (arrival->fired[i] != 0) {
            sq_meter_struck(run->setup->meter, (uint16_t)(arrival->fired[i] - 1),
                            arrival->reached_at);
        }
    }
}

/* An event of the call in flight there; one of a call that has ended is dropped (in live it may
 * come late). */
static enum sq_status take_event(struct sq_run *run, const struct sq_arrival *arrival,
                                 struct sq_error *err)
{
    struct sq_call_slot *call = sq_calls_at(&run->calls, arrival->slot);
    if (arrival->billed) {
        take_bill(run, arrival);
    }
    if (!call->used || call->intent.id != arrival->call || !call->in_flight ||
        call->attempts != arrival->attempt) {
        return SQ_OK;
    }
    if (arrival->billed) {
        call->bill = arrival->bill;
        call->bill_reached_at = arrival->reached_at;
        call->billed_attempt = arrival->attempt;
    }
    if (arrival->event.kind == SQ_EVENT_FIRST_TOKEN) {
        call->first_token_at = arrival->event.at;
    }
    return sq_run_feed(run, arrival->slot, &arrival->event, err);
}

static enum sq_status wake(struct sq_run *run, uint32_t slot, struct sq_error *err)
{
    struct sq_event event = {.at = run->now, .kind = SQ_EVENT_WAKE};
    return sq_run_feed(run, slot, &event, err);
}

static enum sq_status take(struct sq_run *run, const struct sq_arrival *arrival,
                           struct sq_error *err)
{
    const struct sq_queue_entry *head;
    switch (arrival->kind) {
    case SQ_ARRIVAL_EVENT:
        return take_event(run, arrival, err);
    case SQ_ARRIVAL_BILL:
        take_bill(run, arrival);
        return SQ_OK;
    case SQ_ARRIVAL_NONE:
        break;
    }
    if (arrival->slot != SQ_NO_SLOT) {
        sq_run_requeue(run, arrival->slot);
        return SQ_OK;
    }
    head = sq_queue_head(&run->queue);
    if (head != NULL && head->at <= run->now) {
        return wake(run, head->slot, err);
    }
    if (run->intents.at <= run->now) {
        return begin_call(run, err);
    }
    return SQ_OK;
}

/* One turn: wait for what comes next, and take it. */
static enum sq_status step(struct sq_run *run, sq_time until, struct sq_error *err)
{
    const struct sq_carrier *carrier = &run->setup->carrier;
    const struct sq_queue_entry *head = sq_queue_head(&run->queue);
    uint32_t due = SQ_NO_SLOT;
    if (head != NULL && head->at <= until) {
        until = head->at;
        due = head->slot;
    }
    until = sq_time_max(sq_time_min(until, run->intents.at), run->now);
    if (head != NULL && head->at > until) {
        due = SQ_NO_SLOT;
    }
    struct sq_arrival *arrival = &run->arrival;
    arrival->kind = SQ_ARRIVAL_NONE;
    arrival->slot = SQ_NO_SLOT;
    arrival->billed = false;
    enum sq_status status = carrier->does->wait(carrier->self, until, due, &run->now, arrival, err);
    if (status == SQ_OK) {
        status = take(run, arrival, err);
    }
#ifdef SQ_CHECK_INVARIANTS
    if (status == SQ_OK) {
        sq_run_check_invariants(run);
    }
#endif
    return status;
}

static enum sq_status leave_where(struct sq_run *run, bool in_flight, struct sq_error *err)
{
    for (uint32_t slot = 0; slot < run->calls.n_slots; slot++) {
        const struct sq_call_slot *call = sq_calls_at(&run->calls, slot);
        if (call->used && (call->in_flight != 0) == in_flight) {
            struct sq_event event = {.at = run->now, .kind = SQ_EVENT_LEAVE};
            enum sq_status status = sq_run_feed(run, slot, &event, err);
            if (status != SQ_OK) {
                return status;
            }
        }
    }
    return SQ_OK;
}

/* The drain is over: whoever still waits gets nothing more. Those in flight leave last, so that
 * their connections are given to nobody. */
static enum sq_status leave_all(struct sq_run *run, struct sq_error *err)
{
    enum sq_status status = leave_where(run, false, err);
    return status == SQ_OK ? leave_where(run, true, err) : status;
}

/* Bills of attempts that were given up may come after the last call. */
static enum sq_status collect_bills(struct sq_run *run, struct sq_run_end *end,
                                    struct sq_error *err)
{
    sq_time until = sq_time_add(run->now, run->setup->bill_patience);
    enum sq_status status = SQ_OK;
    while (status == SQ_OK && run->bills < run->sends) {
        bool last = run->now >= until;
        uint64_t before = run->bills;
        status = step(run, until, err);
        if (last && run->bills == before) {
            end->inconclusive = "bills of some attempts never came";
            break;
        }
    }
    return status;
}

static bool over(const struct sq_run *run)
{
    return run->intents.at == SQ_NEVER && run->calls.n_used == 0;
}

static enum sq_status loop(struct sq_run *run, struct sq_run_end *end, struct sq_error *err)
{
    const struct sq_run_setup *setup = run->setup;
    uint32_t steps = 0;
    while (!over(run)) {
        if (run->calls.n_used > setup->scenario->max_in_flight) {
            end->inconclusive = "max_in_flight was reached";
            break;
        }
        if (setup->tick != NULL && ++steps % setup->tick_steps == 0 &&
            !setup->tick(setup->tick_context, run->now, run->calls_over)) {
            end->interrupted = true;
            break;
        }
        if (run->now >= run->drain_end) {
            break;
        }
        enum sq_status status = step(run, run->drain_end, err);
        if (status == SQ_INTERRUPTED) {
            end->interrupted = true;
            break;
        }
        if (status != SQ_OK) {
            return status;
        }
    }
    sq_intents_stop(&run->intents);
    enum sq_status status = leave_all(run, err);
    return status == SQ_OK ? collect_bills(run, end, err) : status;
}

static const struct sq_layer_settings *layer_with_rules(const struct sq_settings *policy)
{
    for (uint8_t i = 0; i < policy->n_layers; i++) {
        if (policy->layers[i].n_rules > 0) {
            return &policy->layers[i];
        }
    }
    return NULL;
}

static enum sq_status find_phrase(const struct sq_strbuf *question,
                                  const struct sq_answer_rule *rule, bool *fits)
{
    struct sq_strbuf phrase = {0};
    enum sq_status status = sq_text_fold(rule->contains, strlen(rule->contains), &phrase);
    *fits = status == SQ_OK &&
            sq_text_find(sq_strbuf_text(question), question->length, sq_strbuf_text(&phrase),
                         phrase.length, rule->word ? SQ_TEXT_WORD : SQ_TEXT_ANYWHERE);
    sq_strbuf_clear(&phrase);
    return status;
}

/* The first rule that fits counts. */
static enum sq_status find_rule(const struct sq_layer_settings *layer,
                                const struct sq_prompt *prompt, uint8_t *rule)
{
    struct sq_strbuf question = {0};
    enum sq_status status = sq_text_fold(prompt->text, prompt->length, &question);
    bool fits = false;
    *rule = 0;
    for (uint8_t i = 0; status == SQ_OK && !fits && i < layer->n_rules; i++) {
        status = find_phrase(&question, &layer->rules[i], &fits);
        *rule = fits ? (uint8_t)(i + 1) : 0;
    }
    sq_strbuf_clear(&question);
    return status;
}

static bool has_texts(const struct sq_workload *workload)
{
    for (uint8_t i = 0; i < workload->n_streams; i++) {
        if (workload->streams[i].prompts.texts != NULL) {
            return true;
        }
    }
    return false;
}

/* Questions come back, so each is compared once. */
static enum sq_status match_rules(struct sq_run *run)
{
    const struct sq_workload *workload = &run->setup->scenario->workload;
    const struct sq_layer_settings *layer = layer_with_rules(run->setup->policy);
    if (layer == NULL || !has_texts(workload)) {
        return SQ_OK;
    }
    run->rule_of_prompt = sq_memory_new(workload->n_prompts, sizeof(*run->rule_of_prompt));
    enum sq_status status = run->rule_of_prompt == NULL ? SQ_NO_MEMORY : SQ_OK;
    for (uint32_t i = 0; status == SQ_OK && i < workload->n_prompts; i++) {
        const struct sq_prompt *prompt = sq_workload_prompt(workload, i);
        status = prompt == NULL ? SQ_OK : find_rule(layer, prompt, &run->rule_of_prompt[i]);
    }
    return status;
}

static enum sq_status prepare(struct sq_run *run, struct sq_error *err)
{
    const struct sq_run_setup *setup = run->setup;
    size_t bytes = sq_engine_size(setup->policy);
    run->engine_memory = sq_memory_new(1, bytes);
    if (run->engine_memory == NULL || match_rules(run) != SQ_OK) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    run->engine = sq_engine_init(run->engine_memory, bytes, setup->policy, setup->seed);
    run->drain_end = sq_time_add(setup->scenario->duration, setup->scenario->drain);
    run->own_contract = sq_contracts_own(setup->policy);
    sq_calls_init(&run->calls);
    for (uint8_t i = 0; i < setup->scenario->n_roles; i++) {
        uint8_t first = 0;
        while (setup->scenario->roles[first].model != setup->scenario->roles[i].model) {
            first++;
        }
        run->first_role[i] = first;
    }
    enum sq_status status =
        sq_identities_init(&run->identities, &setup->scenario->workload, setup->seed, err);
    return status == SQ_OK ? sq_intents_init(&run->intents, setup->scenario, setup->seed, err)
                           : status;
}

static void close_books(struct sq_run *run, struct sq_run_end *end)
{
    sq_run_check_invariants(run);
    end->ended_at = sq_time_max(run->now, run->setup->scenario->duration);
    end->calls = run->calls_started;
    end->attempts = run->sends;
    end->events = run->events;
    end->decision_digest = sq_digest_value(&run->decisions);
    end->outcome_digest = run->outcomes;
    sq_meter_close(run->setup->meter, end->ended_at, end->decision_digest, end->outcome_digest);
}

enum sq_status sq_run(const struct sq_run_setup *setup, struct sq_run_end *end,
                      struct sq_error *err)
{
    struct sq_run run = {.setup = setup};
    *end = (struct sq_run_end){0};
    enum sq_status status = prepare(&run, err);
    if (status == SQ_OK) {
        status = loop(&run, end, err);
    }
    if (status == SQ_OK) {
        close_books(&run, end);
    }
    sq_identities_clear(&run.identities);
    sq_intents_clear(&run.intents);
    sq_queue_clear(&run.queue);
    sq_calls_clear(&run.calls);
    sq_memory_free(run.engine_memory);
    sq_memory_free(run.rule_of_prompt);
    return status;
}
