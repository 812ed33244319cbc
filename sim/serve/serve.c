/* SPDX-License-Identifier: MIT */
/* See serve.h: server, joiner and meter, put together. */
#include "sim/serve/serve.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "host/clock.h"
#include "mockprovider/server.h"
#include "policies/engine.h"
#include "sim/contracts.h"
#include "sim/judge.h"
#include "sim/meter.h"
#include "sim/readings.h"
#include "sim/serve/joiner.h"

struct sq_serve {
    struct sq_scenario *scenario;
    struct sq_clock clock;
    struct sq_server *server;
    struct sq_joiner *joiner;
    struct sq_meter *meter;
    struct sq_contracts contracts; /* nothing is repaired: the client is a stranger */
    struct sq_readings *readings;
    struct sq_serve_door door;
    uint8_t role_of_model[SQ_MODELS_MAX];
};

/* Roles */

static bool has_role(const struct sq_scenario *scenario, uint16_t model, uint8_t *role)
{
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        if (scenario->roles[i].model == model) {
            *role = i;
            return true;
        }
    }
    return false;
}

static void add_role(struct sq_scenario *scenario, uint16_t model)
{
    struct sq_role *role = &scenario->roles[scenario->n_roles++];
    const char *label = scenario->script.models[model].label;
    size_t length = strlen(label);
    size_t room = sizeof role->name - 1;
    *role = (struct sq_role){.model = model};
    memcpy(role->name, label, length < room ? length : room);
}

void sq_serve_prepare(struct sq_scenario *scenario)
{
    struct sq_settings *policy = scenario->policies[0];
    _Static_assert(sizeof SQ_SERVE_POLICY <= sizeof policy->name, "the name fits");
    memcpy(policy->name, SQ_SERVE_POLICY, sizeof SQ_SERVE_POLICY);
    scenario->n_policies = 1;
    for (uint16_t model = 0; model < scenario->script.n_models; model++) {
        uint8_t role;
        if (!has_role(scenario, model, &role) && scenario->n_roles < SQ_ROLES_MAX) {
            add_role(scenario, model);
        }
    }
}

/* Life */

static enum sq_status open_parts(struct sq_serve *serve, const struct sq_serve_options *options,
                                 struct sq_error *err)
{
    const struct sq_scenario *scenario = serve->scenario;
    serve->joiner = sq_joiner_new(0);
    serve->meter = sq_meter_new(scenario, scenario->policies[0], SQ_MODE_LIVE);
    sq_contracts_init(&serve->contracts, scenario, NULL);
    serve->readings = sq_readings_new(&scenario->script, &serve->contracts);
    if (serve->joiner == NULL || serve->meter == NULL || serve->readings == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    for (uint16_t model = 0; model < scenario->script.n_models; model++) {
        (void)has_role(scenario, model, &serve->role_of_model[model]);
    }
    struct sq_server_options server = {
        .script = &scenario->script,
        .clock = &serve->clock,
        .seed = scenario->seed,
        .strangers = true,
        .ports = options->ports,
    };
    sq_clock_start(&serve->clock, options->speed_milli);
    return sq_server_start(&server, &serve->server, err);
}

enum sq_status sq_serve_start(const struct sq_serve_options *options, struct sq_serve **serve,
                              struct sq_error *err)
{
    struct sq_serve *made = sq_memory_new(1, sizeof *made);
    if (made == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    made->scenario = options->scenario;
    enum sq_status status = open_parts(made, options, err);
    if (status != SQ_OK) {
        sq_serve_free(made);
        return status;
    }
    *serve = made;
    return SQ_OK;
}

void sq_serve_free(struct sq_serve *serve)
{
    if (serve == NULL) {
        return;
    }
    sq_server_stop(serve->server);
    sq_readings_free(serve->readings);
    sq_meter_free(serve->meter);
    sq_joiner_free(serve->joiner);
    sq_memory_free(serve);
}

uint16_t sq_serve_port(const struct sq_serve *serve, uint8_t provider)
{
    return sq_server_port(serve->server, provider);
}

int sq_serve_fd(const struct sq_serve *serve)
{
    return sq_journal_fd(sq_server_journal(serve->server));
}

int64_t sq_serve_real_span_ns(const struct sq_serve *serve, sq_dur span)
{
    return sq_clock_real_span_ns(&serve->clock, span);
}

struct sq_serve_door sq_serve_door(const struct sq_serve *serve)
{
    return serve->door;
}

uint64_t sq_serve_strays(const struct sq_serve *serve, uint16_t *status)
{
    return sq_server_strays(serve->server, status);
}

/* From the journal to the meter */

/* The visit again, as far as a reading asks for it. */
static enum sq_status read_answer(struct sq_serve *serve, const struct sq_journal_entry *entry,
                                  struct sq_reading *reading, struct sq_error *err)
{
    struct sq_visit visit = {
        .request = {.call = entry->call,
                    .model = entry->model,
                    .stream = entry->stream,
                    .include_usage = entry->include_usage,
                    .contract = entry->contract},
        .plan = {.stream = entry->streamed,
                 .status = entry->status,
                 .ending = SQ_ENDING_COMPLETE,
                 .rule = entry->rule,
                 .stall_token = SQ_UNSET_U32,
                 .sent_tokens = entry->body.output_tokens,
                 .sent_bytes = SQ_UNSET_U32,
                 .limits = {.refused = entry->refused},
                 .body = entry->body},
    };
    memcpy(visit.plan.fired, entry->fired, sizeof visit.plan.fired);
    return sq_readings_get(serve->readings, &visit, reading, err);
}

static enum sq_status classify(struct sq_serve *serve, const struct sq_journal_entry *entry,
                               enum sq_class *klass, struct sq_error *err)
{
    struct sq_event done = {
        .kind = SQ_EVENT_DONE, .status = entry->status, .transport = entry->transport};
    if (entry->abandoned) {
        *klass = SQ_CLASS_CANCELLED;
        return SQ_OK;
    }
    enum sq_status status = SQ_OK;
    if (entry->transport == SQ_TRANSPORT_OK) {
        status = read_answer(serve, entry, &done.reading, err);
    }
    *klass = sq_event_class(&done);
    return status;
}

/* At the door */

/* As it looks from the client: what it gave up itself has the class of that. */
static enum sq_class class_at_the_door(const struct sq_journal_entry *entry)
{
    const struct sq_event done = {.kind = SQ_EVENT_DONE, .transport = entry->transport};
    return entry->abandoned ? SQ_CLASS_CANCELLED : sq_event_class(&done);
}

static void count_struck(struct sq_serve *serve, const struct sq_journal_entry *entry)
{
    uint32_t fired = entry->fired[SQ_FAMILY_CONNECTION];
    sq_assert(fired != 0);
    sq_meter_struck(serve->meter, (uint16_t)(fired - 1), entry->reached_at);
}

static void take_struck(struct sq_serve *serve, const struct sq_journal_entry *entry)
{
    serve->door.struck++;
    count_struck(serve, entry);
    const struct sq_strike strike = {.at = entry->reached_at,
                                     .ended_at = entry->ended_at,
                                     .klass = class_at_the_door(entry),
                                     .seen = true};
    if (!entry->dropped) {
        sq_strikes_add(sq_joiner_strikes(serve->joiner), entry->provider, &strike);
    }
}

static void take_shut(struct sq_serve *serve, const struct sq_journal_entry *entry)
{
    bool refused = entry->fate == SQ_CONNECTION_REFUSED;
    const struct sq_strike shut = {.at = entry->reached_at,
                                   .ended_at = entry->ended_at,
                                   .klass = refused ? SQ_CLASS_CONNECT : SQ_CLASS_TIMEOUT_CONNECT};
    sq_strikes_shut(sq_joiner_strikes(serve->joiner), entry->provider, &shut);
    if (entry->ended_at != SQ_NEVER) {
        serve->door.shut++;
        serve->door.shut_for += entry->ended_at - entry->reached_at;
    }
}

/* From the journal to the meter */

static void take_joined(struct sq_serve *serve, const struct sq_joined_strike *joined)
{
    serve->door.joined++;
    if (joined->waited) {
        sq_meter_wait(serve->meter, joined->wait, joined->record.sent_at - joined->wait);
    }
    sq_meter_attempt_learnt(serve->meter, joined->record.sent_at);
    sq_meter_attempt_ended(serve->meter, &joined->record);
}

static enum sq_status take_arrival(struct sq_serve *serve, const struct sq_journal_entry *entry,
                                   struct sq_error *err)
{
    struct sq_joined joined;
    enum sq_status status =
        sq_joiner_arrived(serve->joiner, entry, serve->role_of_model[entry->model], &joined, err);
    if (status != SQ_OK) {
        return status;
    }
    if (joined.begins) {
        sq_meter_call_started(serve->meter, entry->reached_at, entry->reached_at);
    }
    for (uint32_t i = 0; i < joined.n_strikes; i++) {
        take_joined(serve, &joined.strikes[i]);
    }
    if (joined.waited) {
        sq_meter_wait(serve->meter, joined.wait, entry->reached_at - joined.wait);
    }
    sq_meter_attempt_sent(serve->meter, entry->reached_at);
    return SQ_OK;
}

static enum sq_status take_end(struct sq_serve *serve, const struct sq_journal_entry *entry,
                               struct sq_error *err)
{
    enum sq_class klass;
    struct sq_attempt_record record;
    enum sq_status status = classify(serve, entry, &klass, err);
    if (status != SQ_OK || !sq_joiner_over(serve->joiner, entry, klass, &record)) {
        return status;
    }
    sq_meter_attempt_ended(serve->meter, &record);
    sq_meter_bill(serve->meter, record.role, entry->model, &entry->bill, entry->reached_at);
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        if (entry->fired[family] != 0) {
            uint16_t rule = (uint16_t)(entry->fired[family] - 1);
            sq_meter_struck(serve->meter, rule, entry->reached_at);
        }
    }
    return SQ_OK;
}

/* Nobody knows which stream a stranger is: he is counted with the first. */
static uint8_t workload_phase_at(const struct sq_workload *workload, sq_time at)
{
    uint8_t phase = 0;
    while (phase + 1 < workload->streams[0].n_phases && workload->phases[phase + 1].from <= at) {
        phase++;
    }
    return phase;
}

static void take_calls(struct sq_serve *serve)
{
    struct sq_call_record record;
    while (sq_joiner_take(serve->joiner, &record)) {
        record.workload_phase = workload_phase_at(&serve->scenario->workload, record.intended_at);
        sq_meter_call_over(serve->meter, &record);
    }
}

static enum sq_status take_entry(struct sq_serve *serve, const struct sq_journal_entry *entry,
                                 struct sq_error *err)
{
    switch (entry->kind) {
    case SQ_JOURNAL_OVER:
        return take_end(serve, entry, err);
    case SQ_JOURNAL_ARRIVED:
        return take_arrival(serve, entry, err);
    case SQ_JOURNAL_STRUCK:
        take_struck(serve, entry);
        return SQ_OK;
    case SQ_JOURNAL_SHUT:
        take_shut(serve, entry);
        return SQ_OK;
    }
    sq_assert(false && "an entry of no kind");
    return SQ_OK;
}

enum sq_status sq_serve_take(struct sq_serve *serve, struct sq_error *err)
{
    struct sq_journal *journal = sq_server_journal(serve->server);
    struct sq_journal_entry entry;
    enum sq_status status = SQ_OK;
    while (status == SQ_OK && sq_journal_take(journal, &entry)) {
        status = take_entry(serve, &entry, err);
        take_calls(serve);
    }
    return status;
}

/* The end */

static enum sq_status replay(struct sq_serve *serve, struct sq_column *column, struct sq_error *err)
{
    bool same;
    enum sq_status status = sq_server_replay(serve->server, &same, &column->replayed_events, err);
    if (status == SQ_OK && !same) {
        column->replay_differs = true;
        column->inconclusive = "the replay of the provider gave other plans";
    }
    return status;
}

static enum sq_status fill(struct sq_serve *serve, struct sq_result *result, struct sq_error *err)
{
    *result = (struct sq_result){.scenario = serve->scenario};
    struct sq_column *column = &result->columns[0];
    enum sq_status status = sq_meter_fill(serve->meter, column, err);
    if (status != SQ_OK) {
        return status;
    }
    result->n_columns = 1;
    column->policy = serve->scenario->policies[0];
    column->mode = SQ_MODE_LIVE;
    column->n_seeds = 1;
    if (sq_journal_lost(sq_server_journal(serve->server)) > 0) {
        column->inconclusive = "requests came faster than they could be counted";
    }
    status = replay(serve, column, err);
    if (status == SQ_OK) {
        sq_judge_column(result, column, NULL, 0);
        sq_judge_result(result);
    }
    return status;
}

enum sq_status sq_serve_finish(struct sq_serve *serve, struct sq_result *result,
                               struct sq_error *err)
{
    enum sq_status status = sq_serve_take(serve, err);
    if (status != SQ_OK) {
        return status;
    }
    sq_server_finish(serve->server);
    sq_time now = sq_clock_now(&serve->clock);
    status = sq_serve_take(serve, err);
    if (status == SQ_OK) {
        status = sq_server_health(serve->server, err);
    }
    if (status != SQ_OK) {
        return status;
    }
    sq_joiner_end(serve->joiner);
    take_calls(serve);
    sq_meter_close(serve->meter, now, 0, sq_joiner_outcomes(serve->joiner));
    serve->scenario->duration = (now + SQ_MS - 1) / SQ_MS * SQ_MS;
    return fill(serve, result, err);
}
