/* SPDX-License-Identifier: MIT */
/*
 * Drives mockprovider/provider.h in virtual time. One visit a call slot, on a slab, since the
 * provider links visits by address. Bills of attempts that were given up wait in a ring until the
 * loop takes them.
 */
#include "sim/virtual.h"

#include "base/assert.h"
#include "base/memory.h"
#include "base/slab.h"
#include "mockprovider/connection.h"
#include "sim/readings.h"
#include "sim/request/own_request.h"

/* One feed gives up at most one attempt a layer before the loop waits again; at the end of the
 * drain, or when a run is interrupted, everything in flight is given up at once. */
#define BILLS_MIN 8

struct journey {
    struct sq_visit visit;
    struct sq_connection_plan way; /* one that is not made never visits the provider */
    struct sq_attempt attempt;
    sq_time sent_at;
    sq_time reported_at; /* the last byte the engine was told of */
    uint8_t step;        /* the next of the plan's steps */
    bool connected;      /* CONNECTED was handed out */
    bool under_way;
};

struct sq_virtual {
    const struct sq_scenario *scenario;
    struct sq_provider *provider;
    void *provider_memory;
    struct sq_connections *connections; /* NULL: the script lets none fail */
    void *connections_memory;
    struct sq_own_requests *own_requests; /* NULL: the script has no clauses */
    struct sq_contracts contracts;
    struct sq_readings *readings;
    struct sq_slab journeys; /* by call slot */
    sq_time now;
    struct sq_hints hints; /* of the event handed out last */
    struct sq_arrival *bills;
    uint32_t n_bills;
    uint32_t bills_room;
    bool bill_lost; /* no memory to keep one: the next wait says so */
};

static struct journey *journey_at(const struct sq_virtual *carrier, uint32_t slot)
{
    return sq_slab_at(&carrier->journeys, slot);
}

/* Plan steps that a client can see; the others only shape the tokens between. */
static bool is_event(enum sq_step_kind kind)
{
    return kind != SQ_STEP_STALL && kind != SQ_STEP_RESUME;
}

static const struct sq_step *next_step(struct journey *journey)
{
    const struct sq_plan *plan = &journey->visit.plan;
    while (journey->step < plan->n_steps && !is_event(plan->steps[journey->step].kind)) {
        journey->step++;
    }
    return journey->step < plan->n_steps ? &plan->steps[journey->step] : NULL;
}

/* Notices of the provider: a start or refusal needs nothing, the plan is already in the visit; a
 * break changes what comes next. */
static uint32_t take_notices(struct sq_virtual *carrier, sq_time now)
{
    struct sq_notice notice;
    uint32_t changed = SQ_NO_SLOT;
    while (changed == SQ_NO_SLOT && sq_provider_next(carrier->provider, now, &notice)) {
        const struct journey *journey = notice.visit->owner;
        if (notice.kind == SQ_NOTICE_BROKEN) {
            changed = journey->attempt.slot;
        }
    }
    return changed;
}

static enum sq_status virtual_send(void *self, const struct sq_attempt *attempt, sq_time now,
                                   struct sq_error *err)
{
    struct sq_virtual *carrier = self;
    enum sq_status status = sq_slab_reserve(&carrier->journeys, attempt->slot + 1, err);
    if (status != SQ_OK) {
        return status;
    }
    struct journey *journey = journey_at(carrier, attempt->slot);
    sq_assert(!journey->under_way);
    *journey = (struct journey){.attempt = *attempt, .sent_at = now, .under_way = true};
    journey->visit.owner = journey;
    struct sq_plan_request request;
    status = sq_own_request(carrier->own_requests, attempt, &request, err);
    if (status != SQ_OK) {
        return status;
    }
    if (carrier->connections != NULL) {
        journey->way = sq_plan_connection(carrier->connections, &request, now);
    }
    if (journey->way.fate != SQ_CONNECTION_MADE) {
        return SQ_OK;
    }
    sq_provider_arrive(carrier->provider, &journey->visit, &request, now);
    uint32_t changed = take_notices(carrier, now);
    sq_assert(changed == SQ_NO_SLOT);
    return SQ_OK;
}

/* The attempt's end at the provider, with its bill. */
static void leave(struct sq_virtual *carrier, struct journey *journey, sq_time now,
                  struct sq_arrival *arrival)
{
    arrival->bill = (struct sq_bill){0}; /* it may be another's: what goes astray costs nothing */
    if (journey->way.fate == SQ_CONNECTION_MADE) {
        sq_provider_leave(carrier->provider, &journey->visit, now, &arrival->bill);
    }
    arrival->slot = journey->attempt.slot;
    arrival->call = journey->attempt.call;
    arrival->attempt = journey->attempt.attempt;
    arrival->model = journey->attempt.model;
    arrival->role = journey->attempt.role;
    arrival->billed = true;
    arrival->reached_at = journey->sent_at;
    for (uint32_t i = 0; i < SQ_FAMILIES; i++) {
        arrival->fired[i] = journey->visit.plan.fired[i];
    }
    arrival->fired[SQ_FAMILY_CONNECTION] = journey->way.fired;
    journey->under_way = false;
}

static bool make_room_for_bill(struct sq_virtual *carrier)
{
    if (carrier->n_bills < carrier->bills_room) {
        return true;
    }
    uint32_t room = carrier->bills_room == 0 ? BILLS_MIN : carrier->bills_room * 2;
    struct sq_arrival *bills = sq_memory_resize(carrier->bills, room, sizeof(*bills));
    if (bills == NULL) {
        return false;
    }
    carrier->bills = bills;
    carrier->bills_room = room;
    return true;
}

static void virtual_cancel(void *self, uint32_t slot, uint16_t attempt, sq_time now)
{
    struct sq_virtual *carrier = self;
    struct journey *journey = journey_at(carrier, slot);
    sq_assert(journey->under_way && journey->attempt.attempt == attempt);
    struct sq_arrival bill = {.kind = SQ_ARRIVAL_BILL};
    leave(carrier, journey, now, &bill);
    if (make_room_for_bill(carrier)) {
        carrier->bills[carrier->n_bills++] = bill;
    } else {
        carrier->bill_lost = true;
    }
}

/* When something can be seen of a connection that was not made as it should; SQ_NEVER: no more. */
static sq_time next_on_the_way(const struct journey *journey)
{
    bool ends = sq_connection_transport(journey->way.fate) != SQ_TRANSPORT_OK;
    bool connects = journey->way.fate == SQ_CONNECTION_UNSERVED && !journey->connected;
    return ends || connects ? journey->sent_at : SQ_NEVER;
}

static sq_time virtual_next(void *self, uint32_t slot)
{
    struct sq_virtual *carrier = self;
    struct journey *journey = journey_at(carrier, slot);
    sq_assert(journey->under_way);
    if (journey->way.fate != SQ_CONNECTION_MADE) {
        return next_on_the_way(journey);
    }
    if (!journey->connected) {
        return journey->sent_at;
    }
    const struct sq_step *step = next_step(journey);
    return step == NULL ? SQ_NEVER : step->at;
}

static enum sq_status fill_done(struct sq_virtual *carrier, struct journey *journey, sq_time now,
                                struct sq_event *event, struct sq_error *err)
{
    const struct sq_visit *visit = &journey->visit;
    event->kind = SQ_EVENT_DONE;
    event->transport = sq_plan_transport(&visit->plan);
    event->status = visit->plan.steps[0].kind == SQ_STEP_HEADERS ? visit->plan.status : 0;
    if (event->transport != SQ_TRANSPORT_OK) {
        return SQ_OK;
    }
    if (event->status >= 300) {
        event->hints = &carrier->hints;
        enum sq_status status =
            sq_readings_hints(&carrier->scenario->script, visit, now, &carrier->hints, err);
        if (status != SQ_OK) {
            return status;
        }
    }
    return sq_readings_get(carrier->readings, visit, &event->reading, err);
}

/* What the client sees of one step. */
static enum sq_status hand_out_step(struct sq_virtual *carrier, struct journey *journey,
                                    const struct sq_step *step, struct sq_arrival *arrival,
                                    struct sq_error *err)
{
    struct sq_event *event = &arrival->event;
    journey->step++;
    switch (step->kind) {
    case SQ_STEP_HEADERS:
        event->kind = SQ_EVENT_HEADERS;
        event->status = journey->visit.plan.status;
        journey->reported_at = carrier->now;
        return SQ_OK;
    case SQ_STEP_FIRST_TOKEN:
        event->kind = SQ_EVENT_FIRST_TOKEN;
        journey->reported_at = carrier->now;
        return SQ_OK;
    case SQ_STEP_END:
    case SQ_STEP_BROKEN: {
        enum sq_status status = fill_done(carrier, journey, carrier->now, event, err);
        leave(carrier, journey, carrier->now, arrival);
        return status;
    }
    case SQ_STEP_STALL:
    case SQ_STEP_RESUME:
    case SQ_STEPS:
        break;
    }
    sq_assert(false && "a step no client sees");
    return SQ_OK;
}

/* Tokens that came since the engine last heard of any; told before its own limits are judged. */
static bool hand_out_progress(struct sq_virtual *carrier, struct journey *journey,
                              struct sq_arrival *arrival)
{
    if (!journey->visit.plan.stream || journey->step == 0) {
        return false;
    }
    sq_time last = sq_plan_last_token_by(&journey->visit.plan, carrier->now);
    if (last == SQ_NEVER || last <= journey->reported_at) {
        return false;
    }
    journey->reported_at = last;
    arrival->event.kind = SQ_EVENT_PROGRESS;
    arrival->event.last_byte_at = last;
    return true;
}

/* What the client sees of such a connection: that it was made, or how it failed. */
static void hand_out_way(struct sq_virtual *carrier, struct journey *journey,
                         struct sq_arrival *arrival)
{
    if (journey->way.fate == SQ_CONNECTION_UNSERVED) {
        journey->connected = true;
        arrival->event.kind = SQ_EVENT_CONNECTED;
        return;
    }
    arrival->event.kind = SQ_EVENT_DONE;
    arrival->event.transport = sq_connection_transport(journey->way.fate);
    leave(carrier, journey, carrier->now, arrival);
}

static enum sq_status hand_out(struct sq_virtual *carrier, uint32_t slot,
                               struct sq_arrival *arrival, struct sq_error *err)
{
    if (slot >= sq_slab_capacity(&carrier->journeys)) {
        return SQ_OK;
    }
    struct journey *journey = journey_at(carrier, slot);
    if (!journey->under_way) {
        return SQ_OK;
    }
    enum sq_status status = SQ_OK;
    const struct sq_step *step = next_step(journey);
    arrival->event = (struct sq_event){.at = carrier->now, .attempt = journey->attempt.attempt};
    if (journey->way.fate != SQ_CONNECTION_MADE) {
        if (next_on_the_way(journey) == SQ_NEVER) {
            return SQ_OK;
        }
        hand_out_way(carrier, journey, arrival);
    } else if (!journey->connected) {
        journey->connected = true;
        arrival->event.kind = SQ_EVENT_CONNECTED;
    } else if (step != NULL && step->at <= carrier->now) {
        status = hand_out_step(carrier, journey, step, arrival, err);
    } else if (!hand_out_progress(carrier, journey, arrival)) {
        return SQ_OK;
    }
    arrival->kind = SQ_ARRIVAL_EVENT;
    arrival->slot = slot;
    arrival->call = journey->attempt.call;
    arrival->attempt = journey->attempt.attempt;
    return status;
}

static enum sq_status virtual_wait(void *self, sq_time until, uint32_t head, sq_time *now,
                                   struct sq_arrival *arrival, struct sq_error *err)
{
    struct sq_virtual *carrier = self;
    if (carrier->bill_lost) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    if (carrier->n_bills > 0) {
        *arrival = carrier->bills[--carrier->n_bills];
        return SQ_OK;
    }
    sq_time deadline = sq_provider_deadline(carrier->provider);
    if (deadline <= until) {
        carrier->now = sq_time_max(carrier->now, deadline);
        *now = carrier->now;
        arrival->slot = take_notices(carrier, carrier->now);
        return SQ_OK;
    }
    sq_assert(until != SQ_NEVER);
    carrier->now = until;
    *now = until;
    return head == SQ_NO_SLOT ? SQ_OK : hand_out(carrier, head, arrival, err);
}

static const struct sq_carrier_row virtual_row = {
    .send = virtual_send,
    .cancel = virtual_cancel,
    .next = virtual_next,
    .wait = virtual_wait,
};

struct sq_carrier sq_virtual_carrier(struct sq_virtual *carrier)
{
    return (struct sq_carrier){.does = &virtual_row, .self = carrier};
}

static bool open_connections(struct sq_virtual *carrier, const struct sq_provider_bounds *bounds,
                             uint64_t seed)
{
    const struct sq_script *script = &carrier->scenario->script;
    if (!sq_connections_may_fail(script)) {
        return true;
    }
    size_t bytes = sq_connections_size(script, bounds);
    carrier->connections_memory = sq_memory_new(1, bytes);
    if (carrier->connections_memory == NULL) {
        return false;
    }
    carrier->connections =
        sq_connections_init(carrier->connections_memory, bytes, script, bounds, seed);
    return true;
}

struct sq_virtual *sq_virtual_new(const struct sq_scenario *scenario,
                                  const struct sq_settings *policy, uint64_t seed)
{
    struct sq_virtual *carrier = sq_memory_new(1, sizeof(*carrier));
    if (carrier == NULL) {
        return NULL;
    }
    struct sq_provider_bounds bounds = {0};
    size_t bytes = sq_provider_size(&scenario->script, &bounds);
    carrier->scenario = scenario;
    sq_contracts_init(&carrier->contracts, scenario, policy);
    carrier->readings = sq_readings_new(&scenario->script, &carrier->contracts);
    carrier->provider_memory = sq_memory_new(1, bytes);
    sq_slab_init(&carrier->journeys, sizeof(struct journey));
    if (scenario->script.n_clauses > 0) {
        carrier->own_requests = sq_own_requests_new(scenario);
    }
    if (carrier->readings == NULL || carrier->provider_memory == NULL ||
        (scenario->script.n_clauses > 0 && carrier->own_requests == NULL) ||
        !open_connections(carrier, &bounds, seed)) {
        sq_virtual_free(carrier);
        return NULL;
    }
    carrier->provider =
        sq_provider_init(carrier->provider_memory, bytes, &scenario->script, &bounds, seed);
    return carrier;
}

void sq_virtual_free(struct sq_virtual *carrier)
{
    if (carrier == NULL) {
        return;
    }
    sq_slab_clear(&carrier->journeys);
    sq_readings_free(carrier->readings);
    sq_memory_free(carrier->bills);
    sq_own_requests_free(carrier->own_requests);
    sq_memory_free(carrier->provider_memory);
    sq_memory_free(carrier->connections_memory);
    sq_memory_free(carrier);
}
