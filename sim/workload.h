/* SPDX-License-Identifier: MIT */
/*
 * One stream of the workload: which calls are intended when, and what they ask for. A stream of
 * calls in order of time, each a function of (seed, call id) and the scenario alone; but for a
 * closed one nothing that happens in the run changes it.
 *
 * Open arrivals by time change: the next call comes where the area under the rate curve has grown
 * by one call (constant) or by an exponential draw of mean one call (Poisson). The area carries
 * over from phase to phase. Where the rate is flat the area is kept as an offset and what is left
 * over, which needs no wide division; the times are the same to the nanosecond.
 *
 * A trace is replayed instead: times and tokens are its rows', in their order. In a closed stream
 * users (users.h) make the calls: what each asks is drawn as everywhere, when depends on the calls
 * before it.
 */
#ifndef SQ_SIM_WORKLOAD_H
#define SQ_SIM_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/int128.h"
#include "base/time.h"
#include "scenarios/scenario.h"
#include "sim/users.h"

/* A call as the application intends it. */
struct sq_intent {
    uint64_t id; /* see SQ_CALL_STREAM_SHIFT */
    sq_time at;  /* SQ_NEVER: the stream is over; a closed one: for now */
    uint8_t phase;
    uint8_t request; /* index among the workload's */
    uint32_t prompt; /* index among the questions; SQ_NO_PROMPT: asked by nobody else */
    uint32_t input_tokens;
    uint32_t output_tokens; /* at least 1 */
};

#define SQ_NO_PROMPT UINT32_MAX

struct sq_workload_stream {
    const struct sq_scenario *scenario;
    const struct sq_stream_spec *spec;
    const struct sq_workload_request *requests; /* its own */
    uint64_t seed;
    uint64_t first_id;
    uint8_t phase;
    uint8_t end_phase;
    sq_uint128 area;    /* under this phase's rate where the next call comes; not while flat_rate */
    uint64_t flat_rate; /* this phase's one rate, where it has one; else 0 */
    sq_dur offset;      /* while flat_rate: of the next call in the phase, and by how much its */
    uint64_t surplus;   /* area is more than the next call's, below flat_rate */
    uint32_t row;       /* of a trace: the next one, and when */
    sq_time round_at;   /* the present round through it began */
    struct sq_users users; /* of a closed one */
    struct sq_intent next;
};

/* Begins stream `index` of the scenario: stream->next is its first call. SQ_NO_MEMORY, SQ_LIMIT:
 * only of a closed one; cleared then. */
SQ_MUST_USE enum sq_status sq_workload_init(struct sq_workload_stream *stream,
                                            const struct sq_scenario *scenario, uint8_t index,
                                            uint64_t seed, struct sq_error *err);

/* Moves on: stream->next is the call after the present one; its `at` is SQ_NEVER after the last. */
void sq_workload_advance(struct sq_workload_stream *stream);

/* A call of a closed stream is over, and its user thinks. */
void sq_workload_call_over(struct sq_workload_stream *stream, uint64_t call, sq_time intended_at,
                           sq_time now);

void sq_workload_clear(struct sq_workload_stream *stream);

#endif
