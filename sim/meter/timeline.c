/* SPDX-License-Identifier: MIT */
/*
 * The timeline: at most SQ_TIMELINE_WINDOWS_MAX equal windows over duration and drain, with counts
 * and the latency of the calls intended in each. What happens later than that is counted in the
 * last window.
 */
#include <string.h>

#include "base/memory.h"
#include "sim/meter/meter_int.h"

static const sq_dur widths[] = {
    100 * SQ_MS,    200 * SQ_MS,    500 * SQ_MS, SQ_SECOND,     2 * SQ_SECOND, 5 * SQ_SECOND,
    10 * SQ_SECOND, 30 * SQ_SECOND, SQ_MINUTE,   2 * SQ_MINUTE, 5 * SQ_MINUTE, 10 * SQ_MINUTE,
    30 * SQ_MINUTE, SQ_HOUR,        2 * SQ_HOUR, 6 * SQ_HOUR,   12 * SQ_HOUR,  SQ_DAY,
};

#define N_WIDTHS     (sizeof widths / sizeof widths[0])
#define WINDOW_CALLS 25 /* p50 is said from 20 on */
#define WINDOWS_MIN  60

static uint64_t windows_of(sq_dur span, sq_dur width)
{
    return (uint64_t)span / (uint64_t)width + (span % width != 0);
}

struct meter_grid meter_grid_over(sq_dur span, sq_dur width)
{
    uint64_t n = windows_of(span, width);
    return (struct meter_grid){
        .width = width,
        .inverse = UINT64_MAX / (uint64_t)width,
        .n = n == 0 ? 1 : (uint32_t)(n < UINT32_MAX ? n : UINT32_MAX),
    };
}

/* Windows that hold about WINDOW_CALLS calls each, so that a median can be said of most; few calls
 * still give a picture. */
static uint64_t windows_wanted(uint64_t calls)
{
    uint64_t n = calls / WINDOW_CALLS;
    return n < WINDOWS_MIN               ? WINDOWS_MIN
           : n < SQ_TIMELINE_WINDOWS_MAX ? n
                                         : SQ_TIMELINE_WINDOWS_MAX;
}

sq_dur meter_timeline_width(sq_dur span, uint64_t calls)
{
    uint64_t wanted = windows_wanted(calls);
    for (size_t i = 0; i < N_WIDTHS; i++) {
        if (windows_of(span, widths[i]) <= wanted) {
            return widths[i];
        }
    }
    sq_dur width = widths[N_WIDTHS - 1];
    while (windows_of(span, width) > SQ_TIMELINE_WINDOWS_MAX) {
        width *= 2;
    }
    return width;
}

/* The area under the rates, in calls. */
static uint64_t expected_calls(const struct sq_workload *workload)
{
    sq_uint128 area = 0;
    for (uint8_t i = 0; i < workload->n_phases; i++) {
        area += sq_curve_area(&workload->phases[i].rate, workload->phases[i].duration);
    }
    sq_uint128 calls = area / (sq_uint128)(uint64_t)SQ_WORKLOAD_GAP_ONE;
    return calls < UINT64_MAX ? (uint64_t)calls : UINT64_MAX;
}

bool meter_timeline_init(struct meter_timeline *timeline, const struct sq_scenario *scenario)
{
    sq_dur span = sq_time_add(scenario->duration, scenario->drain);
    uint64_t calls = expected_calls(&scenario->workload);
    *timeline =
        (struct meter_timeline){.grid = meter_grid_over(span, meter_timeline_width(span, calls))};
    timeline->windows = sq_memory_new(timeline->grid.n, sizeof *timeline->windows);
    timeline->latencies = sq_memory_new(timeline->grid.n, sizeof *timeline->latencies);
    return timeline->windows != NULL && timeline->latencies != NULL;
}

void meter_timeline_clear(struct meter_timeline *timeline)
{
    sq_memory_free(timeline->windows);
    sq_memory_free(timeline->latencies);
    *timeline = (struct meter_timeline){0};
}

static uint32_t bucket_of(sq_dur duration)
{
    uint64_t value = (uint64_t)duration >> METER_TIMELINE_LOW_BIT;
    if (value == 0) {
        return 0;
    }
    uint32_t octave = 63 - (uint32_t)__builtin_clzll(value);
    if (octave >= METER_TIMELINE_OCTAVES) {
        return METER_TIMELINE_BUCKETS - 1;
    }
    uint32_t shift = octave + METER_TIMELINE_LOW_BIT - METER_TIMELINE_SUB_BITS;
    uint32_t sub = (uint32_t)((uint64_t)duration >> shift) & ((1u << METER_TIMELINE_SUB_BITS) - 1);
    return (octave << METER_TIMELINE_SUB_BITS) + sub;
}

static sq_dur middle_of(uint32_t bucket)
{
    uint32_t shift =
        (bucket >> METER_TIMELINE_SUB_BITS) + METER_TIMELINE_LOW_BIT - METER_TIMELINE_SUB_BITS;
    sq_dur sub = bucket & ((1u << METER_TIMELINE_SUB_BITS) - 1);
    return (((sq_dur)(1 << METER_TIMELINE_SUB_BITS) + sub) << shift) + ((sq_dur)1 << shift) / 2;
}

void meter_timeline_call_over(struct meter_timeline *timeline, sq_time intended_at,
                              enum sq_outcome outcome, sq_dur duration)
{
    uint32_t index = meter_grid_index(&timeline->grid, intended_at);
    timeline->windows[index].outcome[outcome]++;
    if (outcome == SQ_OUTCOME_EXCLUDED) {
        return;
    }
    struct meter_timeline_latency *latency = &timeline->latencies[index];
    latency->count++;
    latency->bucket[bucket_of(duration)]++;
    if (duration > latency->max) {
        latency->max = duration;
    }
}

static void merge_latency(struct meter_timeline_latency *into,
                          const struct meter_timeline_latency *from)
{
    if (from->count == 0) {
        return;
    }
    into->count += from->count;
    into->max = from->max > into->max ? from->max : into->max;
    for (uint32_t i = 0; i < METER_TIMELINE_BUCKETS; i++) {
        into->bucket[i] += from->bucket[i];
    }
}

void meter_timeline_merge(struct meter_timeline *into, const struct meter_timeline *from)
{
    for (uint32_t i = 0; i < into->grid.n; i++) {
        into->windows[i].calls += from->windows[i].calls;
        into->windows[i].attempts += from->windows[i].attempts;
        for (uint32_t outcome = 0; outcome < SQ_OUTCOMES; outcome++) {
            into->windows[i].outcome[outcome] += from->windows[i].outcome[outcome];
        }
        merge_latency(&into->latencies[i], &from->latencies[i]);
    }
}

static int64_t quantile(const struct meter_timeline_latency *latency, uint32_t percent)
{
    if (!sq_result_quantile_counts(latency->count, percent * 10000)) {
        return -1;
    }
    uint64_t rank = ((uint64_t)latency->count * percent + 99) / 100;
    uint64_t seen = 0;
    uint32_t bucket = 0;
    while (bucket < METER_TIMELINE_BUCKETS - 1 && seen + latency->bucket[bucket] < rank) {
        seen += latency->bucket[bucket++];
    }
    sq_dur middle = middle_of(bucket);
    return middle < latency->max ? middle : latency->max;
}

static bool is_empty(const struct sq_timeline_window *window)
{
    uint64_t sum = window->calls + window->attempts;
    for (uint32_t outcome = 0; outcome < SQ_OUTCOMES; outcome++) {
        sum += window->outcome[outcome];
    }
    return sum == 0;
}

bool meter_timeline_fill(const struct meter_timeline *timeline, struct sq_column *column)
{
    uint32_t n = timeline->grid.n;
    while (n > 0 && is_empty(&timeline->windows[n - 1])) {
        n--;
    }
    column->timeline = sq_memory_new(n, sizeof *column->timeline);
    if (column->timeline == NULL) {
        return false;
    }
    column->timeline_width = timeline->grid.width;
    column->n_timeline = n;
    memcpy(column->timeline, timeline->windows, n * sizeof *column->timeline);
    for (uint32_t i = 0; i < n; i++) {
        const struct meter_timeline_latency *latency = &timeline->latencies[i];
        column->timeline[i].p50 = quantile(latency, 50);
        column->timeline[i].p95 = quantile(latency, 95);
        column->timeline[i].max = latency->count == 0 ? -1 : latency->max;
    }
    return true;
}
