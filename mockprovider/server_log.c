/* SPDX-License-Identifier: MIT */
/* See server_log_int.h. */
#include "mockprovider/server_log_int.h"

#include "base/assert.h"
#include "base/memory.h"
#include "mockprovider/door/gates.h"

void sq_log_init(struct sq_log *log)
{
    *log = (struct sq_log){0};
    sq_slab_init(&log->events, sizeof(struct sq_log_event));
}

void sq_log_clear(struct sq_log *log)
{
    sq_slab_clear(&log->events);
    log->n_events = 0;
}

enum sq_status sq_log_add(struct sq_log *log, const struct sq_log_event *event,
                          struct sq_error *err)
{
    if (log->n_events == SQ_SERVER_LOG_EVENTS_MAX) {
        return SQ_OK;
    }
    enum sq_status status = sq_slab_reserve(&log->events, log->n_events + 1, err);
    if (status != SQ_OK) {
        return status;
    }
    struct sq_log_event *place = sq_slab_at(&log->events, log->n_events);
    *place = *event;
    log->n_events++;
    if (event->slot >= log->n_slots) {
        log->n_slots = event->slot + 1;
    }
    return SQ_OK;
}

static void digest_body(struct sq_digest *digest, const struct sq_body *body)
{
    sq_digest_add(digest, (uint64_t)body->kind);
    sq_digest_add(digest, (uint64_t)body->seed << 32 | body->output_tokens);
    sq_digest_add(digest, body->input_tokens);
}

static void digest_limits(struct sq_digest *digest, const struct sq_plan_limits *limits)
{
    sq_digest_add(digest, (uint64_t)limits->refused << 16 | (uint64_t)limits->requests.quota << 8 |
                              limits->tokens.quota);
    sq_digest_add(digest, (uint64_t)limits->requests.remaining << 32 | limits->tokens.remaining);
    sq_digest_add(digest, (uint64_t)limits->requests.reset);
    sq_digest_add(digest, (uint64_t)limits->tokens.reset);
    sq_digest_add(digest, (uint64_t)limits->refill);
}

static void digest_plan(struct sq_digest *digest, const struct sq_plan *plan)
{
    for (uint8_t i = 0; i < plan->n_steps; i++) {
        sq_digest_add(digest, (uint64_t)plan->steps[i].at);
        sq_digest_add(digest, (uint64_t)plan->steps[i].kind);
    }
    sq_digest_add(digest, plan->stream);
    sq_digest_add(digest, (uint64_t)plan->status << 16 | plan->rule);
    sq_digest_add(digest, (uint64_t)plan->ending);
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        sq_digest_add(digest, plan->fired[family]);
    }
    sq_digest_add(digest, (uint64_t)plan->first_token_at);
    sq_digest_add(digest, (uint64_t)plan->pace);
    sq_digest_add(digest, (uint64_t)plan->stall);
    sq_digest_add(digest, (uint64_t)plan->stall_token << 32 | plan->sent_tokens);
    sq_digest_add(digest, (uint64_t)plan->mute << 32 | plan->sent_bytes);
    digest_limits(digest, &plan->limits);
    digest_body(digest, &plan->body);
}

void sq_log_digest_notice(struct sq_digest *digest, const struct sq_notice *notice, uint32_t slot)
{
    sq_digest_add(digest, (uint64_t)notice->kind << 32 | slot);
    digest_plan(digest, &notice->visit->plan);
}

uint64_t sq_log_digest_bill(const struct sq_bill *bill)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, bill->input_tokens);
    sq_digest_add(&digest, bill->cached_tokens);
    sq_digest_add(&digest, bill->output_tokens);
    return sq_digest_value(&digest);
}

uint64_t sq_log_digest_way(const struct sq_connection_plan *way)
{
    return (uint64_t)way->fate << 32 | way->fired;
}

/* A machine being fed again, and the visits by slot. */
struct rerun {
    struct sq_provider *provider;
    struct sq_gates *gates;
    struct sq_visit *visits;
};

static uint64_t rerun_notices(const struct rerun *rerun, sq_time now)
{
    struct sq_digest digest = {0};
    struct sq_notice notice;
    while (sq_provider_next(rerun->provider, now, &notice)) {
        sq_log_digest_notice(&digest, &notice, (uint32_t)(notice.visit - rerun->visits));
    }
    return sq_digest_value(&digest);
}

static bool rerun_event(const struct rerun *rerun, const struct sq_log_event *event)
{
    struct sq_visit *visit = &rerun->visits[event->slot];
    struct sq_bill bill;
    struct sq_connection_plan way;
    switch (event->kind) {
    case SQ_LOG_ARRIVE:
        *visit = (struct sq_visit){0};
        sq_provider_arrive(rerun->provider, visit, &event->request, event->at);
        return rerun_notices(rerun, event->at) == event->digest;
    case SQ_LOG_NEXT:
        return rerun_notices(rerun, event->at) == event->digest;
    case SQ_LOG_LEAVE:
        sq_provider_leave(rerun->provider, visit, event->at, &bill);
        return sq_log_digest_bill(&bill) == event->digest;
    case SQ_LOG_CONNECT:
        way = sq_gates_judge(rerun->gates, (uint8_t)event->slot, event->at);
        return sq_log_digest_way(&way) == event->digest;
    }
    sq_assert(false && "an event of no kind");
    return false;
}

enum sq_status sq_log_replay(const struct sq_log *log, const struct sq_script *script,
                             uint64_t seed, bool *same, struct sq_error *err)
{
    size_t size = sq_provider_size(script, NULL);
    void *memory = sq_memory_new(1, size);
    struct rerun rerun = {.visits = sq_memory_new(log->n_slots, sizeof(struct sq_visit))};
    enum sq_status status = SQ_OK;
    rerun.gates = sq_gates_new(script, seed, err);
    if (memory == NULL || rerun.visits == NULL || rerun.gates == NULL) {
        status = sq_error_set(err, SQ_NO_MEMORY, "no memory to feed the provider again");
        goto out;
    }
    rerun.provider = sq_provider_init(memory, size, script, NULL, seed);
    *same = true;
    for (uint32_t i = 0; i < log->n_events && *same; i++) {
        *same = rerun_event(&rerun, sq_slab_at(&log->events, i));
    }
out:
    sq_gates_free(rerun.gates);
    sq_memory_free(rerun.visits);
    sq_memory_free(memory);
    return status;
}
