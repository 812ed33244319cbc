/* SPDX-License-Identifier: MIT */
/*
 * Fault windows: how many attempts each one struck, when a breaker first opened within it, and when
 * availability was back after it.
 *
 * The target is the lowest value of the steady state's tolerance of availability, else the
 * threshold on availability, else 99 %. Recovery: from the end of a fault on, windows of 10 s (or a
 * thirtieth of the duration, where that is less) hold the valid calls intended in them. The fault
 * is over when three in a row have the target's availability; a window without calls has. The value
 * is the start of the first of the three, counted from the fault's end. Windows lie wholly within
 * the duration. A fault that lasts to the end of the run has nothing to judge; one that ends
 * earlier and sees no three good windows is not recovered.
 */
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "sim/meter/meter_int.h"

/* The lowest availability that a probe of the steady state takes; false: none probes it. */
static bool tolerated(const struct sq_scenario *scenario, int64_t *target)
{
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        const struct sq_threshold *probe = &scenario->thresholds[i];
        if (probe->when != SQ_WHEN_ALL && probe->metric == SQ_METRIC_AVAILABILITY) {
            *target = probe->limit;
            return true;
        }
    }
    return false;
}

static int64_t target_of(const struct sq_scenario *scenario)
{
    int64_t target;
    if (tolerated(scenario, &target)) {
        return target;
    }
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        const struct sq_threshold *threshold = &scenario->thresholds[i];
        if (threshold->metric == SQ_METRIC_AVAILABILITY && threshold->selector == SQ_SELECT_ALL &&
            (threshold->operation == SQ_OPERATOR_GE || threshold->operation == SQ_OPERATOR_GT)) {
            return threshold->limit;
        }
    }
    return METER_RECOVERY_TARGET;
}

/* How many of the ends lie at or before rest. */
static uint32_t ends_to(const struct meter_windows *windows, sq_dur rest)
{
    uint32_t n = 0;
    while (n < windows->n_ends && windows->ends[n] <= rest) {
        n++;
    }
    return n;
}

static bool is_end(const struct meter_windows *windows, sq_dur rest)
{
    uint32_t n = ends_to(windows, rest);
    return n > 0 && windows->ends[n - 1] == rest;
}

/* One more span at the end, for windows that reach beyond the last whole one. */
static uint64_t cells_with(const struct meter_windows *windows, uint32_t n_ends)
{
    return ((uint64_t)windows->grid.n + 1) * (n_ends + 1);
}

static void add_end(struct meter_windows *windows, sq_time to)
{
    sq_dur rest = to % windows->grid.width;
    if (is_end(windows, rest) ||
        cells_with(windows, windows->n_ends + 1) > METER_RECOVERY_CELLS_MAX) {
        return;
    }
    uint32_t at = ends_to(windows, rest);
    memmove(&windows->ends[at + 1], &windows->ends[at],
            (windows->n_ends - at) * sizeof windows->ends[0]);
    windows->ends[at] = rest;
    windows->n_ends++;
}

static bool is_probed_after(const struct sq_scenario *scenario)
{
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        if (scenario->thresholds[i].when == SQ_WHEN_AFTER) {
            return true;
        }
    }
    return false;
}

static void list_windows(struct meter_windows *windows, const struct meter_phases *phases)
{
    for (uint32_t i = 0; i < windows->n_list; i++) {
        const struct meter_window *window = &phases->windows[i];
        windows->list[i] = (struct sq_fault_window){.rule = window->rule,
                                                    .from = window->from,
                                                    .to = window->to,
                                                    .time_to_open = -1,
                                                    .time_to_recover = -1};
        if (window->to < windows->duration) {
            add_end(windows, window->to);
        }
    }
}

bool meter_windows_init(struct meter_windows *windows, const struct meter_phases *phases,
                        const struct sq_scenario *scenario)
{
    *windows = (struct meter_windows){
        .grid =
            meter_grid_over(scenario->duration, sq_scenario_recovery_window(scenario->duration)),
        .target = target_of(scenario),
        .duration = scenario->duration,
        .n_list =
            phases->n_windows < SQ_FAULT_WINDOWS_MAX ? phases->n_windows : SQ_FAULT_WINDOWS_MAX,
    };
    windows->list = sq_memory_new(windows->n_list, sizeof *windows->list);
    if (windows->list == NULL) {
        return false;
    }
    if (is_probed_after(scenario)) {
        add_end(windows, scenario->last_fault_end); /* it may be of a window beyond the list */
    }
    list_windows(windows, phases);
    windows->n_cells = windows->n_ends == 0 ? 0 : (uint32_t)cells_with(windows, windows->n_ends);
    windows->cells = sq_memory_new(windows->n_cells, sizeof *windows->cells);
    return windows->cells != NULL;
}

void meter_windows_clear(struct meter_windows *windows)
{
    sq_memory_free(windows->list);
    sq_memory_free(windows->cells);
    *windows = (struct meter_windows){0};
}

static bool is_within(const struct sq_fault_window *window, sq_time at)
{
    return window->from <= at && at < window->to;
}

/* Where windows of one rule overlap, the newest one is the present one. */
void meter_windows_struck(struct meter_windows *windows, uint16_t rule, sq_time at)
{
    struct sq_fault_window *present = NULL;
    for (uint32_t i = 0; i < windows->n_list && windows->list[i].from <= at; i++) {
        if (windows->list[i].rule == rule && at < windows->list[i].to) {
            present = &windows->list[i];
        }
    }
    if (present != NULL) {
        present->struck++;
    }
}

void meter_windows_opened(struct meter_windows *windows, sq_time at)
{
    for (uint32_t i = 0; i < windows->n_list; i++) {
        struct sq_fault_window *window = &windows->list[i];
        if (is_within(window, at) && window->time_to_open < 0) {
            window->time_to_open = at - window->from;
        }
    }
}

/* The cell of a time: spans of one width, cut at the ends. */
static uint32_t cell_of(const struct meter_windows *windows, sq_time at)
{
    uint32_t span = meter_grid_index(&windows->grid, at);
    sq_dur rest = at - (sq_time)span * windows->grid.width;
    return span * (windows->n_ends + 1) + ends_to(windows, rest);
}

void meter_windows_call_over(struct meter_windows *windows, sq_time intended_at, bool good)
{
    if (windows->n_cells == 0) {
        return;
    }
    struct meter_cell *cell = &windows->cells[cell_of(windows, intended_at)];
    cell->valid++;
    cell->good += good;
}

/* Whether the window that begins with this cell has the target's availability. */
static bool is_good(const struct meter_windows *windows, uint32_t cell)
{
    uint64_t valid = 0;
    uint64_t good = 0;
    for (uint32_t i = 0; i <= windows->n_ends; i++) {
        valid += windows->cells[cell + i].valid;
        good += windows->cells[cell + i].good;
    }
    return (sq_uint128)good * (uint64_t)SQ_RATIO_ONE >=
           (sq_uint128)valid * (uint64_t)windows->target;
}

/* -1: not within the run. */
static sq_dur recovery_after(const struct meter_windows *windows, sq_time end)
{
    sq_dur width = windows->grid.width;
    uint32_t cell = cell_of(windows, end);
    uint32_t good = 0;
    for (sq_time from = end; from + width <= windows->duration; from += width) {
        good = is_good(windows, cell) ? good + 1 : 0;
        if (good == SQ_RECOVERY_WINDOWS) {
            return from - end - (SQ_RECOVERY_WINDOWS - 1) * width;
        }
        cell += windows->n_ends + 1;
    }
    return -1;
}

sq_dur meter_windows_recovery(const struct meter_windows *windows, sq_time end)
{
    sq_assert(is_end(windows, end % windows->grid.width));
    return recovery_after(windows, end);
}

static void judge_recovery(struct meter_windows *windows, struct sq_fault_window *window,
                           struct sq_histogram *time_to_recover)
{
    if (window->to >= windows->duration || !is_end(windows, window->to % windows->grid.width)) {
        return;
    }
    window->time_to_recover = recovery_after(windows, window->to);
    if (window->time_to_recover < 0) {
        windows->not_recovered++;
        return;
    }
    sq_histogram_record(time_to_recover, window->time_to_recover);
}

void meter_windows_close(struct meter_windows *windows, struct sq_histogram *time_to_open,
                         struct sq_histogram *time_to_recover)
{
    for (uint32_t i = 0; i < windows->n_list; i++) {
        if (windows->list[i].time_to_open >= 0) {
            sq_histogram_record(time_to_open, windows->list[i].time_to_open);
        }
        judge_recovery(windows, &windows->list[i], time_to_recover);
    }
}

void meter_windows_merge(struct meter_windows *into, const struct meter_windows *from)
{
    for (uint32_t i = 0; i < into->n_list; i++) {
        into->list[i].struck += from->list[i].struck;
    }
    into->not_recovered += from->not_recovered;
}

bool meter_windows_fill(const struct meter_windows *windows, struct sq_column *column)
{
    column->windows = sq_memory_new(windows->n_list, sizeof *column->windows);
    if (column->windows == NULL) {
        return false;
    }
    column->n_windows = windows->n_list;
    memcpy(column->windows, windows->list, windows->n_list * sizeof *column->windows);
    column->windows_not_recovered = windows->not_recovered;
    return true;
}
