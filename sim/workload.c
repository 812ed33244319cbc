/* SPDX-License-Identifier: MIT */
/*
 * Open arrivals from rate curves, and the draws of each call: one block a call gives its request,
 * its sizes and the gap before it. Units: nanoseconds; areas in micro-calls/s x ns,
 * SQ_WORKLOAD_GAP_ONE a call.
 */
#include "sim/workload.h"

#include "base/assert.h"
#include "base/draw.h"

static const struct sq_workload_phase *phase_of(const struct sq_workload_stream *stream)
{
    return &stream->scenario->workload.phases[stream->phase];
}

static uint8_t pick_request(const struct sq_workload *workload, uint32_t lane)
{
    uint64_t share = 0;
    for (uint8_t i = 0; i + 1 < workload->n_requests; i++) {
        share += workload->requests[i].weight_q32;
        if (lane < share) {
            return i;
        }
    }
    return (uint8_t)(workload->n_requests - 1);
}

static uint32_t tokens(const struct sq_dist *dist, uint32_t lane)
{
    int64_t value = sq_dist_value(dist, lane);
    return value < 1 ? 1 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Where in the scenario the wanted area is reached, going through phases; SQ_NEVER after the last
 * one or the duration. */
static sq_time settle(struct sq_workload_stream *stream)
{
    const struct sq_workload *workload = &stream->scenario->workload;
    while (stream->phase < workload->n_phases) {
        const struct sq_workload_phase *phase = phase_of(stream);
        sq_dur offset = sq_curve_reaches(&phase->rate, stream->area);
        if (offset < phase->duration) {
            sq_time at = sq_time_add(phase->from, offset);
            return at < stream->scenario->duration ? at : SQ_NEVER;
        }
        stream->area -= sq_curve_area(&phase->rate, phase->duration);
        stream->phase++;
    }
    return SQ_NEVER;
}

static void draw_next(struct sq_workload_stream *stream, uint64_t id, bool first)
{
    const struct sq_workload *workload = &stream->scenario->workload;
    struct sq_draw draw = sq_draw_block(stream->seed, SQ_DRAW_REQUEST, id, 0, 0);
    bool constant = phase_of(stream)->arrivals == SQ_ARRIVALS_CONSTANT;
    if (!constant) {
        stream->area += (sq_uint128)(uint64_t)sq_dist_value(&workload->gap, draw.lane[3]);
    } else if (!first) {
        stream->area += (sq_uint128)(uint64_t)SQ_WORKLOAD_GAP_ONE;
    }
    struct sq_intent *next = &stream->next;
    next->id = id;
    next->at = settle(stream);
    next->phase = stream->phase;
    next->request = pick_request(workload, draw.lane[0]);
    const struct sq_workload_request *request = &workload->requests[next->request];
    next->input_tokens = tokens(&request->input_tokens, draw.lane[1]);
    next->output_tokens = tokens(&request->output_tokens, draw.lane[2]);
}

void sq_workload_init(struct sq_workload_stream *stream, const struct sq_scenario *scenario,
                      uint64_t seed)
{
    sq_assert(scenario->workload.n_phases > 0);
    sq_assert(scenario->workload.n_requests > 0);
    *stream = (struct sq_workload_stream){.scenario = scenario, .seed = seed};
    draw_next(stream, 1, true);
}

void sq_workload_advance(struct sq_workload_stream *stream)
{
    if (stream->next.at == SQ_NEVER) {
        return;
    }
    draw_next(stream, stream->next.id + 1, false);
}
