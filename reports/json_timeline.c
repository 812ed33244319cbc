/* SPDX-License-Identifier: MIT */
/* Histograms, fault windows, breakers and the timeline of a column in result.json. */
#include <inttypes.h>

#include "base/assert.h"
#include "base/int128.h"
#include "reports/json_column_int.h"
#include "reports/json_parts_int.h"

/* A sum may pass 64 bits: as two halves of decimal digits. */
static void write_sum(struct sq_json_writer *json, sq_uint128 sum)
{
    const uint64_t half = UINT64_C(1000000000000000000);
    struct sq_strbuf digits = {0};
    uint64_t high = (uint64_t)(sum / half);
    uint64_t low = (uint64_t)(sum % half);
    if (high > 0) {
        sq_strbuf_add_format(&digits, "%" PRIu64 "%018" PRIu64, high, low);
    } else {
        sq_strbuf_add_format(&digits, "%" PRIu64, low);
    }
    sq_json_write_key(json, "sum_ns");
    if (!sq_strbuf_failed(&digits)) {
        sq_json_write_raw(json, sq_strbuf_text(&digits));
    } else {
        sq_json_write_null(json);
        json->out->failed = true;
    }
    sq_strbuf_clear(&digits);
}

static void write_buckets(struct sq_json_writer *json, const struct sq_histogram *histogram)
{
    sq_json_key_array(json, "buckets");
    json->compact = true;
    for (size_t i = 0; i < SQ_HISTOGRAM_BUCKETS; i++) {
        if (histogram->bucket[i] > 0) {
            sq_json_write_array_begin(json);
            sq_json_write_uint(json, i);
            sq_json_write_uint(json, histogram->bucket[i]);
            sq_json_write_array_end(json);
        }
    }
    sq_json_write_array_end(json);
    json->compact = false;
}

/* One histogram as an element of "durations"; what never happened is left out. */
static void write_histogram(struct sq_json_writer *json, const char *metric, const char *selector,
                            const char *selected, const struct sq_histogram *histogram)
{
    if (histogram == NULL || histogram->count == 0) {
        return;
    }
    sq_json_write_object_begin(json);
    sq_json_key_text(json, "metric", metric);
    if (selector != NULL) {
        sq_json_key_text(json, selector, selected);
    }
    sq_json_key_uint(json, "count", histogram->count);
    write_sum(json, histogram->sum);
    sq_json_key_int(json, "min_ns", histogram->min);
    sq_json_key_int(json, "max_ns", histogram->max);
    write_buckets(json, histogram);
    sq_json_write_object_end(json);
}

static void write_metric(struct sq_json_writer *json, enum sq_metric metric,
                         const struct sq_histogram *histogram)
{
    write_histogram(json, sq_metric_row(metric)->name, NULL, NULL, histogram);
}

static void write_selected(struct sq_json_writer *json, const struct sq_scenario *scenario,
                           const struct sq_column *column)
{
    const char *metric = sq_metric_row(SQ_METRIC_CALL_DURATION)->name;
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        write_histogram(json, metric, "outcome", sq_outcome_row((enum sq_outcome)i)->name,
                        column->duration_by_outcome[i]);
    }
    for (size_t i = 0; i < (size_t)SQ_PHASE_WORKLOAD_0 + scenario->workload.n_phases; i++) {
        write_histogram(json, metric, "phase", sq_json_phase_name(scenario, i),
                        column->duration_by_phase[i]);
    }
}

void sq_json_durations(struct sq_json_writer *json, const struct sq_scenario *scenario,
                       const struct sq_column *column)
{
    sq_json_key_array(json, "durations");
    write_metric(json, SQ_METRIC_CALL_DURATION, column->call_duration);
    write_selected(json, scenario, column);
    write_metric(json, SQ_METRIC_ATTEMPT_DURATION, column->attempt_duration);
    write_metric(json, SQ_METRIC_TTFT, column->ttft);
    write_metric(json, SQ_METRIC_TPOT, column->tpot);
    write_metric(json, SQ_METRIC_BACKOFF_WAIT, column->backoff_wait);
    if (column->pool_wait != NULL && column->pool_wait->count > 0) {
        write_metric(json, SQ_METRIC_POOL_WAIT, column->pool_wait);
    }
    write_metric(json, SQ_METRIC_TIME_TO_OPEN, column->time_to_open);
    write_metric(json, SQ_METRIC_TIME_TO_RECOVER, column->time_to_recover);
    write_histogram(json, "start_delay", NULL, NULL, column->start_delay);
    sq_json_write_array_end(json);
}

/* -1 in the result: it did not happen. */
static void write_reached(struct sq_json_writer *json, const char *key, sq_dur span)
{
    sq_json_key_span(json, key, span < 0 ? SQ_NEVER : span);
}

static void write_windows(struct sq_json_writer *json, const struct sq_scenario *scenario,
                          const struct sq_column *column)
{
    sq_json_key_array(json, "fault_windows");
    for (uint32_t i = 0; i < column->n_windows; i++) {
        const struct sq_fault_window *window = &column->windows[i];
        sq_assert(window->rule < scenario->script.n_rules);
        sq_json_line_begin(json);
        sq_json_key_text(json, "fault", scenario->script.rules[window->rule].name);
        sq_json_key_int(json, "from_ns", window->from);
        sq_json_key_int(json, "to_ns", window->to);
        sq_json_key_uint(json, "struck", window->struck);
        write_reached(json, "time_to_open_ns", window->time_to_open);
        write_reached(json, "time_to_recover_ns", window->time_to_recover);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
    sq_json_key_uint(json, "windows_not_recovered", column->windows_not_recovered);
}

static void write_transitions(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_array(json, "transitions");
    for (uint32_t i = 0; i < column->n_transitions; i++) {
        const struct sq_transition *transition = &column->transitions[i];
        sq_json_line_begin(json);
        sq_json_key_int(json, "at_ns", transition->at);
        sq_json_key_uint(json, "breaker", transition->breaker);
        sq_json_key_uint(json, "layer", transition->layer);
        sq_json_key_text(json, "from",
                         sq_breaker_state_name((enum sq_breaker_state)transition->from));
        sq_json_key_text(json, "to", sq_breaker_state_name((enum sq_breaker_state)transition->to));
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
    sq_json_key_uint(json, "transitions_counted", column->transitions_counted);
}

void sq_json_weather(struct sq_json_writer *json, const struct sq_scenario *scenario,
                     const struct sq_column *column)
{
    write_windows(json, scenario, column);
    sq_json_key_array(json, "breakers");
    for (uint32_t i = 0; i < column->n_breakers; i++) {
        sq_json_line_begin(json);
        sq_json_key_text(json, "name", column->breakers[i].name);
        sq_json_key_uint(json, "layer", column->breakers[i].layer);
        sq_json_key_uint(json, "opened", column->breakers[i].opened);
        sq_json_key_int(json, "open_time_ns", column->breakers[i].open_time);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
    write_transitions(json, column);
}

static void write_timeline_window(struct sq_json_writer *json,
                                  const struct sq_timeline_window *window)
{
    sq_json_line_begin(json);
    sq_json_key_uint(json, "calls", window->calls);
    sq_json_key_uint(json, "attempts", window->attempts);
    sq_json_key_object(json, "outcomes");
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (window->outcome[i] > 0) {
            sq_json_key_uint(json, sq_outcome_row((enum sq_outcome)i)->name, window->outcome[i]);
        }
    }
    sq_json_write_object_end(json);
    if (window->p50 >= 0) {
        sq_json_key_int(json, "p50_ns", window->p50);
        sq_json_key_int(json, "p95_ns", window->p95);
        sq_json_key_int(json, "max_ns", window->max);
    }
    sq_json_line_end(json);
}

void sq_json_timeline(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_object(json, "timeline");
    sq_json_key_int(json, "width_ns", column->timeline_width);
    sq_json_key_array(json, "windows");
    for (uint32_t i = 0; i < column->n_timeline; i++) {
        write_timeline_window(json, &column->timeline[i]);
    }
    sq_json_write_array_end(json);
    sq_json_write_object_end(json);
}
