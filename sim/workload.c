/* SPDX-License-Identifier: MIT */
/*
 * Arrivals from rate curves, a trace or users, and the draws of each call: one block a call gives
 * its request, its sizes and the gap before it, another its question where there are any. Units:
 * nanoseconds; areas in micro-calls/s x ns, SQ_WORKLOAD_GAP_ONE a call.
 */
#include "sim/workload.h"

#include "base/assert.h"
#include "base/draw.h"

static const struct sq_workload_phase *phase_of(const struct sq_workload_stream *stream)
{
    return &stream->scenario->workload.phases[stream->phase];
}

/* ---- when ---- */

/* The area is rate x offset less the surplus: the offset is the first whole nanosecond at which it
 * is reached. */
static void begin_flat(struct sq_workload_stream *stream, sq_dur offset, uint64_t rate)
{
    stream->flat_rate = rate;
    stream->offset = offset;
    stream->surplus = (uint64_t)((sq_uint128)rate * (uint64_t)offset - stream->area);
}

/* Area that is still wanted in the next phase. A call that falls into the last nanosecond of a
 * phase comes with the next one's beginning. */
static sq_uint128 carry_over(sq_uint128 wanted, sq_uint128 had)
{
    return wanted > had ? wanted - had : 0;
}

static void end_flat(struct sq_workload_stream *stream)
{
    sq_uint128 rest = (sq_uint128)(uint64_t)(stream->offset - phase_of(stream)->duration);
    stream->area = carry_over(rest * stream->flat_rate, stream->surplus);
    stream->flat_rate = 0;
    stream->phase++;
}

static sq_time in_scenario(const struct sq_workload_stream *stream, sq_dur offset)
{
    sq_time at = sq_time_add(phase_of(stream)->from, offset);
    return at < stream->scenario->duration ? at : SQ_NEVER;
}

static uint64_t flat_rate_of(const struct sq_curve *rate)
{
    return rate->wave == NULL && rate->n_points == 1 ? (uint64_t)rate->points[0].value : 0;
}

/* Where in the scenario the wanted area is reached, going through phases; SQ_NEVER after the last
 * one or the duration. */
static sq_time settle(struct sq_workload_stream *stream)
{
    while (stream->phase < stream->end_phase) {
        const struct sq_workload_phase *phase = phase_of(stream);
        sq_dur offset = sq_curve_reaches(&phase->rate, stream->area);
        if (offset < phase->duration) {
            uint64_t flat_rate = flat_rate_of(&phase->rate);
            if (flat_rate > 0) {
                begin_flat(stream, offset, flat_rate);
            }
            return in_scenario(stream, offset);
        }
        stream->area = carry_over(stream->area, sq_curve_area(&phase->rate, phase->duration));
        stream->phase++;
    }
    return SQ_NEVER;
}

/* One gap further, where the rate is flat: the same offset that sq_curve_reaches gives, from the
 * last one. A gap of less than the surplus ends in the same nanosecond. */
static sq_time move_flat(struct sq_workload_stream *stream, uint64_t gap)
{
    if (gap <= stream->surplus) {
        stream->surplus -= gap;
        return in_scenario(stream, stream->offset);
    }
    uint64_t missing = gap - stream->surplus;
    uint64_t steps = (missing - 1) / stream->flat_rate + 1;
    stream->surplus = steps * stream->flat_rate - missing;
    stream->offset = sq_time_add(stream->offset, (sq_dur)steps);
    if (stream->offset < phase_of(stream)->duration) {
        return in_scenario(stream, stream->offset);
    }
    end_flat(stream);
    return settle(stream);
}

static uint64_t gap_of(const struct sq_workload_stream *stream, uint32_t lane, bool first)
{
    const struct sq_workload_phase *phase = phase_of(stream);
    switch (phase->arrivals) {
    case SQ_ARRIVALS_CONSTANT:
        return first ? 0 : (uint64_t)SQ_WORKLOAD_GAP_ONE;
    case SQ_ARRIVALS_POISSON:
        return (uint64_t)sq_dist_value(&stream->scenario->workload.gap, lane);
    case SQ_ARRIVALS_GAMMA:
        return (uint64_t)sq_dist_value(&phase->gap, lane);
    }
    sq_assert(false && "arrivals of no kind");
    return 0;
}

static sq_time next_at(struct sq_workload_stream *stream, uint32_t lane, bool first)
{
    uint64_t gap = gap_of(stream, lane, first);
    if (stream->flat_rate > 0) {
        return move_flat(stream, gap);
    }
    stream->area += gap;
    return settle(stream);
}

/* ---- what ---- */

/* Index among the stream's own. */
static uint8_t pick_request(const struct sq_workload_stream *stream, uint32_t lane)
{
    uint8_t last = (uint8_t)(stream->spec->n_requests - 1);
    uint64_t share = 0;
    for (uint8_t i = 0; i < last; i++) {
        share += stream->requests[i].weight_q32;
        if (lane < share) {
            return i;
        }
    }
    return last;
}

static uint32_t tokens(const struct sq_dist *dist, uint32_t lane)
{
    int64_t value = sq_dist_value(dist, lane);
    return value < 1 ? 1 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void pick_prompt(const struct sq_workload_stream *stream, struct sq_intent *next)
{
    const struct sq_prompts *prompts = &stream->spec->prompts;
    next->prompt = SQ_NO_PROMPT;
    if (prompts->zipf.n_items == 0) {
        return;
    }
    struct sq_draw draw = sq_draw_block(stream->seed, SQ_DRAW_PROMPT, next->id, 0, 0);
    uint32_t item = sq_zipf_item(&prompts->zipf, draw.lane[0]);
    next->prompt = stream->spec->first_prompt + item;
    if (prompts->texts != NULL) {
        next->input_tokens = prompts->texts[item].tokens;
    }
}

static inline void draw_what(struct sq_workload_stream *stream, struct sq_draw draw)
{
    struct sq_intent *next = &stream->next;
    uint8_t picked = pick_request(stream, draw.lane[0]);
    const struct sq_workload_request *request = &stream->requests[picked];
    next->request = (uint8_t)(stream->spec->first_request + picked);
    next->input_tokens = tokens(&request->input_tokens, draw.lane[1]);
    next->output_tokens = tokens(&request->output_tokens, draw.lane[2]);
    pick_prompt(stream, next);
}

static void draw_next(struct sq_workload_stream *stream, uint64_t id)
{
    struct sq_draw draw = sq_draw_block(stream->seed, SQ_DRAW_REQUEST, id, 0, 0);
    struct sq_intent *next = &stream->next;
    next->id = id;
    next->at = next_at(stream, draw.lane[3], id == stream->first_id);
    next->phase = stream->phase;
    draw_what(stream, draw);
}

/* ---- a trace ---- */

static sq_time row_at(struct sq_workload_stream *stream)
{
    const struct sq_replay *replay = &stream->spec->replay;
    if (stream->row == replay->n_rows) {
        if (replay->period == 0) {
            return SQ_NEVER;
        }
        stream->row = 0;
        stream->round_at = sq_time_add(stream->round_at, replay->period);
    }
    sq_time at = sq_time_add(stream->round_at, replay->rows[stream->row].at);
    return at < stream->scenario->duration ? at : SQ_NEVER;
}

static void replay_next(struct sq_workload_stream *stream, uint64_t id)
{
    struct sq_intent *next = &stream->next;
    next->id = id;
    next->at = row_at(stream);
    if (next->at == SQ_NEVER) {
        return;
    }
    const struct sq_replay_row *row = &stream->spec->replay.rows[stream->row++];
    struct sq_draw draw = sq_draw_block(stream->seed, SQ_DRAW_REQUEST, id, 0, 0);
    next->phase = stream->phase;
    next->request = (uint8_t)(stream->spec->first_request + pick_request(stream, draw.lane[0]));
    /* A request without tokens was recorded as one; here every text has some. */
    next->input_tokens = row->input_tokens == 0 ? 1 : row->input_tokens;
    next->output_tokens = row->output_tokens == 0 ? 1 : row->output_tokens;
    pick_prompt(stream, next);
}

/* ---- users ---- */

/* Whoever is ready first: he may be another one than before, each time a call ends. */
static void look_at_users(struct sq_workload_stream *stream)
{
    const struct sq_queue_entry *head = sq_users_next(&stream->users);
    struct sq_intent *next = &stream->next;
    if (head == NULL) {
        next->at = SQ_NEVER;
        return;
    }
    if (next->at == head->at && next->id == head->id) {
        return;
    }
    struct sq_draw draw = sq_draw_block(stream->seed, SQ_DRAW_REQUEST, head->id, 0, 0);
    next->id = head->id;
    next->at = head->at;
    next->phase = stream->phase;
    draw_what(stream, draw);
}

/* ---- the stream ---- */

static void make_next(struct sq_workload_stream *stream, uint64_t id)
{
    switch (stream->spec->kind) {
    case SQ_STREAM_OPEN:
        draw_next(stream, id);
        return;
    case SQ_STREAM_REPLAY:
        replay_next(stream, id);
        return;
    case SQ_STREAM_CLOSED:
        look_at_users(stream);
        return;
    }
    sq_assert(false && "a stream of no kind");
}

enum sq_status sq_workload_init(struct sq_workload_stream *stream,
                                const struct sq_scenario *scenario, uint8_t index, uint64_t seed,
                                struct sq_error *err)
{
    sq_assert(index < scenario->workload.n_streams);
    const struct sq_stream_spec *spec = &scenario->workload.streams[index];
    sq_assert(spec->n_phases > 0);
    sq_assert(spec->n_requests > 0);
    *stream = (struct sq_workload_stream){
        .scenario = scenario,
        .spec = spec,
        .requests = &scenario->workload.requests[spec->first_request],
        .seed = seed,
        .first_id = ((uint64_t)index << SQ_CALL_STREAM_SHIFT) + 1,
        .phase = spec->first_phase,
        .end_phase = (uint8_t)(spec->first_phase + spec->n_phases),
    };
    enum sq_status status = SQ_OK;
    if (spec->kind == SQ_STREAM_CLOSED) {
        status =
            sq_users_init(&stream->users, spec, stream->first_id, seed, scenario->duration, err);
    }
    if (status == SQ_OK) {
        make_next(stream, stream->first_id);
    }
    return status;
}

void sq_workload_advance(struct sq_workload_stream *stream)
{
    if (stream->next.at == SQ_NEVER) {
        return;
    }
    if (stream->spec->kind == SQ_STREAM_CLOSED) {
        sq_users_take(&stream->users);
    }
    make_next(stream, stream->next.id + 1);
}

void sq_workload_call_over(struct sq_workload_stream *stream, uint64_t call, sq_time intended_at,
                           sq_time now)
{
    sq_assert(stream->spec->kind == SQ_STREAM_CLOSED);
    sq_users_over(&stream->users, call, intended_at, now);
    look_at_users(stream);
}

void sq_workload_clear(struct sq_workload_stream *stream)
{
    sq_users_clear(&stream->users);
}
