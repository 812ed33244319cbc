/* SPDX-License-Identifier: MIT */
/* Streams side by side. They are few: the earliest is found by looking at all. */
#include "sim/intents.h"

#include "base/assert.h"
#include "base/memory.h"

/* Of equals the first: its call ids are the lower ones. */
static void choose(struct sq_intents *intents)
{
    uint8_t earliest = 0;
    for (uint8_t i = 1; i < intents->n_streams; i++) {
        if (intents->streams[i].next.at < intents->streams[earliest].next.at) {
            earliest = i;
        }
    }
    intents->current = earliest;
    intents->at = intents->streams[earliest].next.at;
}

enum sq_status sq_intents_init(struct sq_intents *intents, const struct sq_scenario *scenario,
                               uint64_t seed, struct sq_error *err)
{
    uint8_t n = scenario->workload.n_streams;
    sq_assert(n > 0);
    *intents = (struct sq_intents){.streams = sq_memory_new(n, sizeof(*intents->streams))};
    if (intents->streams == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    for (uint8_t i = 0; i < n; i++) {
        enum sq_status status = sq_workload_init(&intents->streams[i], scenario, i, seed, err);
        if (status != SQ_OK) {
            sq_intents_clear(intents);
            return status;
        }
        intents->n_streams++;
        intents->closed |= scenario->workload.streams[i].kind == SQ_STREAM_CLOSED;
    }
    choose(intents);
    return SQ_OK;
}

void sq_intents_advance(struct sq_intents *intents)
{
    struct sq_workload_stream *stream = &intents->streams[intents->current];
    sq_assert(!intents->stopped);
    sq_workload_advance(stream);
    if (intents->n_streams == 1) {
        intents->at = stream->next.at;
        return;
    }
    choose(intents);
}

void sq_intents_hear(struct sq_intents *intents, uint64_t call, sq_time intended_at, sq_time now)
{
    struct sq_workload_stream *stream = &intents->streams[sq_call_stream(call)];
    if (stream->spec->kind == SQ_STREAM_CLOSED) {
        sq_workload_call_over(stream, call, intended_at, now);
        choose(intents);
    }
}

void sq_intents_stop(struct sq_intents *intents)
{
    intents->stopped = true;
    intents->at = SQ_NEVER;
}

void sq_intents_clear(struct sq_intents *intents)
{
    for (uint8_t i = 0; i < intents->n_streams; i++) {
        sq_workload_clear(&intents->streams[i]);
    }
    sq_memory_free(intents->streams);
    *intents = (struct sq_intents){.at = SQ_NEVER};
}
