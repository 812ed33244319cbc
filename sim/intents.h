/* SPDX-License-Identifier: MIT */
/*
 * The workload as the loop sees it: the calls of all streams, merged by time, then call id. A
 * stream's calls do not depend on the streams beside it: draws are keyed by call id, and the
 * stream's number is a part of that.
 */
#ifndef SQ_SIM_INTENTS_H
#define SQ_SIM_INTENTS_H

#include "sim/workload.h"

struct sq_intents {
    sq_time at; /* of the next call; SQ_NEVER: none, as far as is known now */
    struct sq_workload_stream *streams;
    uint8_t n_streams;
    uint8_t current; /* the stream of the next call */
    bool closed;     /* at least one stream is */
    bool stopped;
};

/* Begins all streams of the scenario. SQ_NO_MEMORY, SQ_LIMIT: cleared. */
SQ_MUST_USE enum sq_status sq_intents_init(struct sq_intents *intents,
                                           const struct sq_scenario *scenario, uint64_t seed,
                                           struct sq_error *err);

/* The next call, unless `at` is SQ_NEVER. Valid until the next change. */
static inline const struct sq_intent *sq_intents_next(const struct sq_intents *intents)
{
    return &intents->streams[intents->current].next;
}

/* That call starts. */
void sq_intents_advance(struct sq_intents *intents);

/* A call of a workload with users is over. */
void sq_intents_hear(struct sq_intents *intents, uint64_t call, sq_time intended_at, sq_time now);

/* A call is over: of interest where a user waited for it. */
static inline void sq_intents_call_over(struct sq_intents *intents, uint64_t call,
                                        sq_time intended_at, sq_time now)
{
    if (intents->closed && !intents->stopped) {
        sq_intents_hear(intents, call, intended_at, now);
    }
}

/* No further call, whatever ends. */
void sq_intents_stop(struct sq_intents *intents);

void sq_intents_clear(struct sq_intents *intents);

#endif
