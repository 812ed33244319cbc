/* SPDX-License-Identifier: MIT */
/*
 * The fault windows of a script in order of time, and the phase a time belongs to: the line of time
 * is cut where a window begins or ends, and the scenario is asked once for each piece.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "sim/meter/meter_int.h"

static int compare_times(sq_time a, sq_time b)
{
    return (a > b) - (a < b);
}

static int compare_windows(const void *left, const void *right)
{
    const struct meter_window *a = left;
    const struct meter_window *b = right;
    int order = compare_times(a->from, b->from);
    if (order == 0) {
        order = compare_times(a->to, b->to);
    }
    return order == 0 ? compare_times(a->rule, b->rule) : order;
}

static int compare_segments(const void *left, const void *right)
{
    const struct meter_segment *a = left;
    const struct meter_segment *b = right;
    return compare_times(a->from, b->from);
}

/* Puts the windows of all rules into `windows` (NULL: only counts them), at most
 * METER_WINDOWS_MAX. */
static uint32_t gather(const struct sq_scenario *scenario, struct meter_window *windows)
{
    uint32_t n = 0;
    for (uint16_t rule = 0; rule < scenario->script.n_rules; rule++) {
        if (!scenario->script.rules[rule].windowed) {
            continue;
        }
        struct meter_window window = {.rule = rule};
        for (uint32_t k = 0;
             n < METER_WINDOWS_MAX && sq_rule_window(&scenario->script.rules[rule], k,
                                                     scenario->duration, &window.from, &window.to);
             k++) {
            if (windows != NULL) {
                windows[n] = window;
            }
            n++;
        }
    }
    return n;
}

/* Asks the scenario for each piece and keeps those that differ from the one before. */
static void name_segments(struct meter_phases *phases, uint32_t n_cuts)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_cuts; i++) {
        struct meter_segment segment = phases->segments[i];
        enum sq_phase_index phase = SQ_PHASE_BEFORE;
        bool known = sq_scenario_phase_at(phases->scenario, segment.from, &phase);
        segment.phase = known ? (uint8_t)phase : METER_NO_PHASE;
        if (n == 0 || phases->segments[n - 1].phase != segment.phase) {
            phases->segments[n++] = segment;
        }
    }
    phases->n_segments = n;
}

static bool cut(struct meter_phases *phases)
{
    uint32_t n_cuts = 2 * phases->n_windows + 1;
    phases->segments = sq_memory_new(n_cuts, sizeof *phases->segments);
    if (phases->segments == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < phases->n_windows; i++) {
        phases->segments[2 * i + 1].from = phases->windows[i].from;
        phases->segments[2 * i + 2].from = phases->windows[i].to;
    }
    qsort(phases->segments, n_cuts, sizeof *phases->segments, compare_segments);
    name_segments(phases, n_cuts);
    return true;
}

bool meter_phases_init(struct meter_phases *phases, const struct sq_scenario *scenario)
{
    *phases = (struct meter_phases){.scenario = scenario};
    phases->n_windows = gather(scenario, NULL);
    phases->windows = sq_memory_new(phases->n_windows, sizeof *phases->windows);
    if (phases->windows == NULL) {
        return false;
    }
    gather(scenario, phases->windows);
    qsort(phases->windows, phases->n_windows, sizeof *phases->windows, compare_windows);
    return phases->n_windows == METER_WINDOWS_MAX || cut(phases);
}

void meter_phases_clear(struct meter_phases *phases)
{
    sq_memory_free(phases->windows);
    sq_memory_free(phases->segments);
    *phases = (struct meter_phases){0};
}

static bool is_within(const struct meter_phases *phases, uint32_t i, sq_time at)
{
    return phases->segments[i].from <= at &&
           (i + 1 == phases->n_segments || at < phases->segments[i + 1].from);
}

/* The last segment that begins at or before `at`. */
static uint32_t find(const struct meter_phases *phases, sq_time at)
{
    uint32_t low = 0;
    uint32_t high = phases->n_segments;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (phases->segments[middle].from <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

sq_dur meter_phases_overlap(const struct meter_phases *phases, uint8_t phase, sq_time from,
                            sq_time to)
{
    sq_dur sum = 0;
    if (phases->n_segments == 0 || from >= to) {
        return 0;
    }
    for (uint32_t i = find(phases, from); i < phases->n_segments && phases->segments[i].from < to;
         i++) {
        bool last = i + 1 == phases->n_segments;
        sq_time begins = sq_time_max(phases->segments[i].from, from);
        sq_time ends = last ? to : sq_time_min(phases->segments[i + 1].from, to);
        sum += phases->segments[i].phase == phase ? ends - begins : 0;
    }
    return sum;
}

uint8_t meter_phases_at(struct meter_phases *phases, sq_time at)
{
    if (phases->n_segments == 0) {
        enum sq_phase_index phase = SQ_PHASE_BEFORE;
        return sq_scenario_phase_at(phases->scenario, at, &phase) ? (uint8_t)phase : METER_NO_PHASE;
    }
    if (!is_within(phases, phases->current, at)) {
        phases->current = find(phases, at);
    }
    return phases->segments[phases->current].phase;
}
