/* SPDX-License-Identifier: MIT */
/*
 * Traces: events kept in slabs, hints and requests in slabs of their own since few events have
 * them. Replay finds a call's storage by its id in a table made for all calls of the trace; storage
 * is used again after FINISH.
 */
#include "sim/trace.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/slab.h"

#define NOTHING UINT32_MAX

struct entry {
    uint64_t call;
    struct sq_event event; /* its pointers are NULL */
    uint32_t hints;        /* index, or NOTHING */
    uint32_t request;
    struct sq_digest actions;
};

struct sq_trace {
    struct sq_slab entries;
    struct sq_slab hints;
    struct sq_slab requests;
    uint32_t n_entries;
    uint32_t n_hints;
    uint32_t n_requests;
    bool full; /* what comes now is not kept */
};

struct sq_trace *sq_trace_new(void)
{
    struct sq_trace *trace = sq_memory_new(1, sizeof *trace);
    if (trace != NULL) {
        sq_slab_init(&trace->entries, sizeof(struct entry));
        sq_slab_init(&trace->hints, sizeof(struct sq_hints));
        sq_slab_init(&trace->requests, sizeof(struct sq_call_request));
    }
    return trace;
}

void sq_trace_free(struct sq_trace *trace)
{
    if (trace == NULL) {
        return;
    }
    sq_slab_clear(&trace->entries);
    sq_slab_clear(&trace->hints);
    sq_slab_clear(&trace->requests);
    sq_memory_free(trace);
}

/* Room for one more of each, so that keeping an event cannot fail half way. */
static enum sq_status make_room(struct sq_trace *trace, struct sq_error *err)
{
    enum sq_status status = sq_slab_reserve(&trace->entries, trace->n_entries + 1, err);
    if (status == SQ_OK) {
        status = sq_slab_reserve(&trace->hints, trace->n_hints + 1, err);
    }
    if (status == SQ_OK) {
        status = sq_slab_reserve(&trace->requests, trace->n_requests + 1, err);
    }
    return status;
}

enum sq_status sq_trace_event(struct sq_trace *trace, uint64_t call, const struct sq_event *event,
                              struct sq_error *err)
{
    trace->full = trace->n_entries == SQ_TRACE_EVENTS_MAX;
    if (trace->full) {
        return SQ_OK;
    }
    enum sq_status status = make_room(trace, err);
    if (status != SQ_OK) {
        return status;
    }
    struct entry entry = {.call = call, .event = *event, .hints = NOTHING, .request = NOTHING};
    entry.event.hints = NULL;
    entry.event.request = NULL;
    if (event->hints != NULL) {
        entry.hints = trace->n_hints++;
        *(struct sq_hints *)sq_slab_at(&trace->hints, entry.hints) = *event->hints;
    }
    if (event->request != NULL) {
        entry.request = trace->n_requests++;
        *(struct sq_call_request *)sq_slab_at(&trace->requests, entry.request) = *event->request;
    }
    *(struct entry *)sq_slab_at(&trace->entries, trace->n_entries++) = entry;
    return SQ_OK;
}

static void add_action(struct sq_digest *digest, const struct sq_action *action)
{
    sq_digest_add(digest, action->call == NULL ? 0 : action->call->id);
    sq_digest_add(digest, sq_trace_action_hash(action));
}

void sq_trace_action(struct sq_trace *trace, const struct sq_action *action)
{
    if (trace->full) {
        return;
    }
    sq_assert(trace->n_entries > 0);
    struct entry *entry = sq_slab_at(&trace->entries, trace->n_entries - 1);
    add_action(&entry->actions, action);
}

uint64_t sq_trace_action_hash(const struct sq_action *action)
{
    uint64_t what = (uint64_t)action->kind | (uint64_t)action->attempt << 8 |
                    (uint64_t)action->status << 24 | (uint64_t)action->layer << 40 |
                    (uint64_t)action->role << 48 | (uint64_t)action->rung << 56;
    uint64_t how = (uint64_t)action->klass | (uint64_t)action->outcome << 8 |
                   (uint64_t)action->breaker << 16 | (uint64_t)action->from << 32 |
                   (uint64_t)action->to << 40 | (uint64_t)action->hinted << 48 |
                   (uint64_t)action->reask << 49;
    /* Three mixes side by side: this is on the path of every action. The constants keep equal words
     * in different places apart. */
    return sq_digest_mix(what + UINT64_C(0x9e3779b97f4a7c15)) +
           sq_digest_mix(how + UINT64_C(0x3c6ef372fe94f82a)) +
           sq_digest_mix((uint64_t)action->span + UINT64_C(0xdaa66d2c7ddf743f));
}

/* ---- replay */

struct place {
    uint64_t id;
    uint32_t slot; /* NOTHING: the call is over */
    bool used;
};

struct replay {
    const struct sq_trace *trace;
    void *engine_memory;
    struct sq_engine *engine;
    struct place *places; /* open addressing, at most half full */
    uint64_t mask;
    struct sq_slab calls;
    uint32_t n_calls;
    uint32_t *unused; /* slots of calls that are over */
    uint32_t n_unused;
    bool same;
};

static struct place *place_of(const struct replay *replay, uint64_t id)
{
    uint64_t at = sq_digest_mix(id) & replay->mask;
    while (replay->places[at].used && replay->places[at].id != id) {
        at = (at + 1) & replay->mask;
    }
    return &replay->places[at];
}

static enum sq_status prepare(struct replay *replay, const struct sq_settings *settings,
                              uint64_t seed, struct sq_error *err)
{
    uint64_t n_places = 2;
    while (n_places < 2 * ((uint64_t)replay->trace->n_requests + 1)) {
        n_places *= 2;
    }
    replay->mask = n_places - 1;
    size_t bytes = sq_engine_size(settings);
    replay->engine_memory = sq_memory_new(1, bytes);
    replay->places = sq_memory_new(n_places, sizeof *replay->places);
    replay->unused = sq_memory_new(replay->trace->n_requests, sizeof *replay->unused);
    if (replay->engine_memory == NULL || replay->places == NULL || replay->unused == NULL) {
        sq_error_set(err, SQ_NO_MEMORY, "out of memory");
        return SQ_NO_MEMORY;
    }
    replay->engine = sq_engine_init(replay->engine_memory, bytes, settings, seed);
    sq_slab_init(&replay->calls, sizeof(struct sq_call));
    return SQ_OK;
}

static void finish(struct replay *replay)
{
    sq_memory_free(replay->engine_memory);
    sq_memory_free(replay->places);
    sq_memory_free(replay->unused);
    sq_slab_clear(&replay->calls);
}

/* Zeroed storage for a call that starts. */
static enum sq_status start(struct replay *replay, struct place *place, uint64_t id,
                            struct sq_error *err)
{
    uint32_t slot = replay->n_calls;
    if (replay->n_unused > 0) {
        slot = replay->unused[--replay->n_unused];
    } else {
        enum sq_status status = sq_slab_reserve(&replay->calls, slot + 1, err);
        if (status != SQ_OK) {
            return status;
        }
        replay->n_calls++;
    }
    *(struct sq_call *)sq_slab_at(&replay->calls, slot) = (struct sq_call){0};
    *place = (struct place){.id = id, .slot = slot, .used = true};
    return SQ_OK;
}

static void end(struct replay *replay, uint64_t id)
{
    struct place *place = place_of(replay, id);
    sq_assert(place->used);
    replay->unused[replay->n_unused++] = place->slot;
    place->slot = NOTHING;
}

/* Feeds one event and hashes the actions it causes. */
static uint64_t feed(struct replay *replay, const struct entry *entry, uint32_t slot)
{
    struct sq_event event = entry->event;
    if (entry->hints != NOTHING) {
        event.hints = sq_slab_at(&replay->trace->hints, entry->hints);
    }
    if (entry->request != NOTHING) {
        event.request = sq_slab_at(&replay->trace->requests, entry->request);
    }
    sq_engine_feed(replay->engine, sq_slab_at(&replay->calls, slot), &event);
    struct sq_digest actions = {0};
    struct sq_action action;
    while (sq_engine_next(replay->engine, &action)) {
        add_action(&actions, &action);
        if (action.kind == SQ_ACTION_FINISH) {
            end(replay, action.call->id);
        }
    }
    return sq_digest_value(&actions);
}

static enum sq_status feed_entry(struct replay *replay, const struct entry *entry,
                                 struct sq_error *err)
{
    struct place *place = place_of(replay, entry->call);
    if (entry->event.kind == SQ_EVENT_START && !place->used) {
        enum sq_status status = start(replay, place, entry->call, err);
        if (status != SQ_OK) {
            return status;
        }
    }
    if (!place->used || place->slot == NOTHING) {
        replay->same = false; /* here the call is over, or never began */
        return SQ_OK;
    }
    uint64_t actions = feed(replay, entry, place->slot);
    replay->same = replay->same && actions == sq_digest_value(&entry->actions);
    return SQ_OK;
}

enum sq_status sq_trace_replay(const struct sq_trace *trace, const struct sq_settings *settings,
                               uint64_t seed, bool *same, uint64_t *n_events, struct sq_error *err)
{
    struct replay replay = {.trace = trace, .same = true};
    *n_events = 0;
    enum sq_status status = prepare(&replay, settings, seed, err);
    for (uint32_t i = 0; status == SQ_OK && i < trace->n_entries; i++) {
        status = feed_entry(&replay, sq_slab_at(&trace->entries, i), err);
        *n_events += status == SQ_OK;
    }
    *same = status == SQ_OK && replay.same;
    finish(&replay);
    return status;
}
