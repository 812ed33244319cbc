/* SPDX-License-Identifier: MIT */
/*
 * A closed meter as JSON and back, for parts of a series that ran elsewhere. Counts by place are
 * rows [index, count, index, count, ...] of what is not 0, in the order of the program's own
 * tables: only the same version reads them. A number that is added to the meter belongs into a
 * table here; tests/sim/shards.sh compares whole results and fails until it is.
 */
#include <inttypes.h>

#include "base/assert.h"
#include "sim/meter/meter_int.h"
#include "sim/meter/state_int.h"

/* ---- rows of counts ---- */

void meter_state_write_rows(struct sq_json_writer *json, const char *key, const uint64_t *counts,
                            uint32_t n)
{
    sq_json_write_key(json, key);
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < n; i++) {
        if (counts[i] > 0) {
            sq_json_write_uint(json, i);
            sq_json_write_uint(json, counts[i]);
        }
    }
    sq_json_write_array_end(json);
}

/* The next pair of a row; false at its end or after a complaint. */
static bool read_pair(struct sq_json_taker *taker, const struct sq_json **node, uint32_t n,
                      uint64_t pair[2])
{
    const struct sq_json *index = *node;
    const struct sq_json *count = index == NULL ? NULL : sq_json_next(index);
    if (index != NULL && count == NULL) {
        sq_json_take_complain(taker, index, "expected a count after this index");
    }
    if (count == NULL || n == 0) {
        return false;
    }
    pair[0] = sq_json_take_whole(taker, index, n - 1);
    pair[1] = sq_json_take_whole(taker, count, INT64_MAX);
    *node = sq_json_next(count);
    return sq_json_taken(taker) == SQ_OK;
}

const struct sq_json *meter_state_first(struct sq_json_taker *taker, const struct sq_json *object,
                                        const char *key)
{
    const struct sq_json *list = sq_json_take(taker, object, key, SQ_JSON_ARRAY);
    return list == NULL ? NULL : sq_json_first(list);
}

void meter_state_read_rows(struct sq_json_taker *taker, const struct sq_json *object,
                           const char *key, uint64_t *counts, uint32_t n)
{
    const struct sq_json *node = meter_state_first(taker, object, key);
    uint64_t pair[2];
    while (read_pair(taker, &node, n, pair)) {
        counts[pair[0]] = pair[1];
    }
}

/* ---- the column's counts ---- */

/* Structs of counts only are rows as they lie: tallies, token sums (the cost of what was billed is
 * never below 0). */
#define ROW(key, member)                                                                           \
    {                                                                                              \
        key, offsetof(struct sq_column, member),                                                   \
            sizeof(((struct sq_column *)NULL)->member) / METER_COUNT_BYTES                         \
    }

static const struct count_row {
    const char *key;
    size_t offset;
    uint32_t n;
} count_rows[] = {
    ROW("total", total),
    ROW("phases", phase),
    ROW("strategy_total", strategy_total),
    ROW("strategies", strategy),
    ROW("attempts", attempts),
    ROW("refused_locally", refused_locally),
    ROW("attempts_per_call", attempts_per_call),
    ROW("layer_sends", layer_sends),
    ROW("repaired", repaired),
    ROW("classes_by_role", class_by_role),
    ROW("classes_by_outcome", outcome_by_class),
    ROW("answers_by_role", answers_by_role),
    ROW("billed", billed),
    ROW("billed_by_role", billed_by_role),
};

#define N_COUNT_ROWS (sizeof(count_rows) / sizeof(count_rows[0]))

static void write_hex(struct sq_json_writer *json, const char *key, uint64_t value)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "%016" PRIx64, value);
    sq_json_write_key(json, key);
    sq_json_write_text(json, sq_strbuf_text(&text));
    json->out->failed |= sq_strbuf_failed(&text);
    sq_strbuf_clear(&text);
}

static void write_sum(struct sq_json_writer *json, const struct sq_column *sum)
{
    sq_json_write_key(json, "seeds");
    sq_json_write_uint(json, sum->n_seeds);
    write_hex(json, "decision_digest", sum->decision_digest);
    write_hex(json, "outcome_digest", sum->outcome_digest);
    for (size_t i = 0; i < N_COUNT_ROWS; i++) {
        const void *place = (const char *)sum + count_rows[i].offset;
        meter_state_write_rows(json, count_rows[i].key, place, count_rows[i].n);
    }
}

static void read_sum(struct sq_json_taker *taker, const struct sq_json *node, struct sq_column *sum)
{
    sum->n_seeds = (uint32_t)sq_json_take_count(taker, node, "seeds", SQ_SEEDS_MAX);
    if (sum->n_seeds == 0) { /* means are divided by it */
        sq_json_take_complain(taker, node, "a meter of no seed");
    }
    sum->decision_digest = sq_json_take_hex(taker, node, "decision_digest");
    sum->outcome_digest = sq_json_take_hex(taker, node, "outcome_digest");
    for (size_t i = 0; i < N_COUNT_ROWS; i++) {
        void *place = (char *)sum + count_rows[i].offset;
        meter_state_read_rows(taker, node, count_rows[i].key, place, count_rows[i].n);
    }
}

/* ---- single numbers ---- */

void meter_state_write_uint(struct sq_json_writer *json, const char *key, uint64_t value)
{
    sq_json_write_key(json, key);
    sq_json_write_uint(json, value);
}

void meter_state_write_int(struct sq_json_writer *json, const char *key, int64_t value)
{
    sq_json_write_key(json, key);
    sq_json_write_int(json, value);
}

/* A sum may pass 64 bits: as two halves of decimal digits. */
static void write_wide(struct sq_json_writer *json, const char *key, sq_uint128 value)
{
    const uint64_t half = UINT64_C(1000000000000000000);
    struct sq_strbuf digits = {0};
    uint64_t high = (uint64_t)(value / half);
    uint64_t low = (uint64_t)(value % half);
    if (high > 0) {
        sq_strbuf_add_format(&digits, "%" PRIu64 "%018" PRIu64, high, low);
    } else {
        sq_strbuf_add_format(&digits, "%" PRIu64, low);
    }
    sq_json_write_key(json, key);
    sq_json_write_raw(json, sq_strbuf_failed(&digits) ? "0" : sq_strbuf_text(&digits));
    json->out->failed |= sq_strbuf_failed(&digits);
    sq_strbuf_clear(&digits);
}

/* ---- histograms and tokens ---- */

void meter_state_write_histogram(struct sq_json_writer *json, uint32_t index,
                                 const struct sq_histogram *histogram)
{
    sq_json_write_object_begin(json);
    meter_state_write_uint(json, "index", index);
    meter_state_write_uint(json, "count", histogram->count);
    write_wide(json, "sum", histogram->sum);
    meter_state_write_int(json, "min", histogram->min);
    meter_state_write_int(json, "max", histogram->max);
    meter_state_write_rows(json, "buckets", histogram->bucket, SQ_HISTOGRAM_BUCKETS);
    sq_json_write_object_end(json);
}

void meter_state_read_histogram(struct sq_json_taker *taker, const struct sq_json *node,
                                struct sq_histogram *histogram)
{
    histogram->count = sq_json_take_count(taker, node, "count", INT64_MAX);
    histogram->sum = sq_json_take_wide(taker, node, "sum");
    histogram->min = sq_json_take_int(taker, node, "min");
    histogram->max = sq_json_take_int(taker, node, "max");
    meter_state_read_rows(taker, node, "buckets", histogram->bucket, SQ_HISTOGRAM_BUCKETS);
    if (sq_histogram_count_to(histogram, INT64_MAX) != histogram->count) {
        sq_json_take_complain(taker, node, "the buckets do not add up to the count");
    }
    if (histogram->min < 0 || histogram->min > histogram->max) {
        sq_json_take_complain(taker, node, "the least value is above the greatest, or below 0");
    }
}

static void write_calls(struct sq_json_writer *json, const struct meter_calls *calls)
{
    meter_state_write_uint(json, "used_input", calls->used.input);
    meter_state_write_uint(json, "used_cached", calls->used.cached);
    meter_state_write_uint(json, "used_output", calls->used.output);
    meter_state_write_int(json, "used_cost", calls->used.cost);
    sq_json_write_key(json, "histograms");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < calls->n_histograms; i++) {
        if (calls->histograms[i].count > 0) {
            meter_state_write_histogram(json, i, &calls->histograms[i]);
        }
    }
    sq_json_write_array_end(json);
}

static void read_calls(struct sq_json_taker *taker, const struct sq_json *node,
                       const struct sq_column *sum, struct meter_calls *calls)
{
    struct sq_token_sum *used = &calls->used;
    used->input = sq_json_take_count(taker, node, "used_input", sum->billed.input);
    used->cached = sq_json_take_count(taker, node, "used_cached", sum->billed.cached);
    used->output = sq_json_take_count(taker, node, "used_output", sum->billed.output);
    used->cost = sq_json_take_int(taker, node, "used_cost");
    for (const struct sq_json *item = meter_state_first(taker, node, "histograms"); item != NULL;
         item = sq_json_next(item)) {
        uint64_t index = sq_json_take_count(taker, item, "index", calls->n_histograms - 1);
        meter_state_read_histogram(taker, item, &calls->histograms[index]);
    }
}

/* ---- the timeline ---- */

static void write_latency(struct sq_json_writer *json, const struct meter_timeline_latency *latency)
{
    meter_state_write_uint(json, "valid", latency->count);
    meter_state_write_int(json, "max", latency->max);
    sq_json_write_key(json, "latencies");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; latency->count > 0 && i < METER_TIMELINE_BUCKETS; i++) {
        if (latency->bucket[i] > 0) {
            sq_json_write_uint(json, i);
            sq_json_write_uint(json, latency->bucket[i]);
        }
    }
    sq_json_write_array_end(json);
}

static void read_latency(struct sq_json_taker *taker, const struct sq_json *object,
                         struct meter_timeline_latency *latency)
{
    latency->count = (uint32_t)sq_json_take_count(taker, object, "valid", UINT32_MAX);
    latency->max = sq_json_take_int(taker, object, "max");
    const struct sq_json *node = meter_state_first(taker, object, "latencies");
    uint64_t pair[2];
    while (read_pair(taker, &node, METER_TIMELINE_BUCKETS, pair)) {
        latency->bucket[pair[0]] = (uint32_t)pair[1];
    }
}

/* Every window up to the last one, so that the place in the list is the window's. */
static void write_timeline(struct sq_json_writer *json, const struct meter_timeline *timeline)
{
    sq_json_write_key(json, "timeline");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < timeline->grid.n; i++) {
        const struct sq_timeline_window *window = &timeline->windows[i];
        sq_json_write_object_begin(json);
        meter_state_write_uint(json, "calls", window->calls);
        meter_state_write_uint(json, "attempts", window->attempts);
        meter_state_write_rows(json, "outcomes", window->outcome, SQ_OUTCOMES);
        write_latency(json, &timeline->latencies[i]);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void read_timeline(struct sq_json_taker *taker, const struct sq_json *object,
                          struct meter_timeline *timeline)
{
    const struct sq_json *node = meter_state_first(taker, object, "timeline");
    uint32_t i = 0;
    for (; node != NULL && i < timeline->grid.n; node = sq_json_next(node), i++) {
        struct sq_timeline_window *window = &timeline->windows[i];
        window->calls = sq_json_take_count(taker, node, "calls", INT64_MAX);
        window->attempts = sq_json_take_count(taker, node, "attempts", INT64_MAX);
        meter_state_read_rows(taker, node, "outcomes", window->outcome, SQ_OUTCOMES);
        read_latency(taker, node, &timeline->latencies[i]);
    }
    if (node != NULL || i != timeline->grid.n) {
        sq_json_take_complain(taker, object, "the timeline has not %u windows", timeline->grid.n);
    }
}

/* ---- peaks, breakers, fault windows ---- */

static void write_rates(struct sq_json_writer *json, const struct meter_rates *rates)
{
    meter_state_write_uint(json, "peak_attempts", rates->peak_attempts);
    meter_state_write_uint(json, "peak_attempts_sum", rates->peak_sum);
    meter_state_write_uint(json, "peak_ratio_attempts", rates->ratio_attempts);
    meter_state_write_uint(json, "peak_ratio_calls", rates->ratio_calls);
}

static void read_rates(struct sq_json_taker *taker, const struct sq_json *node,
                       struct meter_rates *rates)
{
    rates->peak_attempts = sq_json_take_count(taker, node, "peak_attempts", INT64_MAX);
    rates->peak_sum = sq_json_take_count(taker, node, "peak_attempts_sum", INT64_MAX);
    rates->ratio_attempts = sq_json_take_count(taker, node, "peak_ratio_attempts", INT64_MAX);
    rates->ratio_calls = sq_json_take_count(taker, node, "peak_ratio_calls", INT64_MAX);
}

static void write_transitions(struct sq_json_writer *json, const struct meter_breakers *breakers)
{
    sq_json_write_key(json, "transitions");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < breakers->n_transitions; i++) {
        const struct sq_transition *transition = &breakers->transitions[i];
        sq_json_write_object_begin(json);
        meter_state_write_int(json, "at", transition->at);
        meter_state_write_uint(json, "layer", transition->layer);
        meter_state_write_uint(json, "breaker", transition->breaker);
        meter_state_write_uint(json, "from", transition->from);
        meter_state_write_uint(json, "to", transition->to);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void read_transitions(struct sq_json_taker *taker, const struct sq_json *object,
                             struct meter_breakers *breakers)
{
    const struct sq_json *node = meter_state_first(taker, object, "transitions");
    for (; node != NULL && breakers->n_transitions < SQ_TRANSITIONS_MAX;
         node = sq_json_next(node)) {
        struct sq_transition transition = {
            .at = sq_json_take_int(taker, node, "at"),
            .layer = (uint8_t)sq_json_take_count(taker, node, "layer", SQ_LAYERS_MAX - 1),
            .breaker = (uint16_t)sq_json_take_count(taker, node, "breaker", UINT16_MAX),
            .from = (uint8_t)sq_json_take_count(taker, node, "from", SQ_BREAKER_STATES - 1),
            .to = (uint8_t)sq_json_take_count(taker, node, "to", SQ_BREAKER_STATES - 1),
        };
        const struct sq_settings *policy = breakers->policy;
        if (transition.layer >= policy->n_layers ||
            transition.breaker >= policy->layers[transition.layer].n_breakers) {
            sq_json_take_complain(taker, node, "the policy has no such breaker");
            return;
        }
        breakers->transitions[breakers->n_transitions++] = transition;
    }
}

static void write_breakers(struct sq_json_writer *json, const struct meter_breakers *breakers)
{
    meter_state_write_uint(json, "transitions_counted", breakers->counted);
    sq_json_write_key(json, "breakers");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < breakers->n_list; i++) {
        sq_json_write_object_begin(json);
        meter_state_write_uint(json, "opened", breakers->list[i].opened);
        meter_state_write_int(json, "open_time", breakers->list[i].open_time);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void read_breakers(struct sq_json_taker *taker, const struct sq_json *object,
                          struct meter_breakers *breakers)
{
    breakers->counted = sq_json_take_count(taker, object, "transitions_counted", INT64_MAX);
    const struct sq_json *node = meter_state_first(taker, object, "breakers");
    uint32_t i = 0;
    for (; node != NULL && i < breakers->n_list; node = sq_json_next(node), i++) {
        breakers->list[i].opened = sq_json_take_count(taker, node, "opened", INT64_MAX);
        breakers->list[i].open_time = sq_json_take_int(taker, node, "open_time");
    }
    if (node != NULL || i != breakers->n_list) {
        sq_json_take_complain(taker, object, "there are not %u breakers", breakers->n_list);
    }
}

static void write_windows(struct sq_json_writer *json, const struct meter_windows *windows,
                          bool with_first)
{
    meter_state_write_uint(json, "not_recovered", windows->not_recovered);
    sq_json_write_key(json, "fault_windows");
    sq_json_write_array_begin(json);
    for (uint32_t i = 0; i < windows->n_list; i++) {
        const struct sq_fault_window *window = &windows->list[i];
        sq_json_write_object_begin(json);
        meter_state_write_uint(json, "struck", window->struck);
        meter_state_write_int(json, "time_to_open", with_first ? window->time_to_open : -1);
        meter_state_write_int(json, "time_to_recover", with_first ? window->time_to_recover : -1);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void read_windows(struct sq_json_taker *taker, const struct sq_json *object,
                         struct meter_windows *windows)
{
    windows->not_recovered = sq_json_take_count(taker, object, "not_recovered", INT64_MAX);
    const struct sq_json *node = meter_state_first(taker, object, "fault_windows");
    uint32_t i = 0;
    for (; node != NULL && i < windows->n_list; node = sq_json_next(node), i++) {
        windows->list[i].struck = sq_json_take_count(taker, node, "struck", INT64_MAX);
        windows->list[i].time_to_open = sq_json_take_int(taker, node, "time_to_open");
        windows->list[i].time_to_recover = sq_json_take_int(taker, node, "time_to_recover");
    }
    if (node != NULL || i != windows->n_list) {
        sq_json_take_complain(taker, object, "there are not %u fault windows", windows->n_list);
    }
}

/* ---- the whole ---- */

void sq_meter_write(const struct sq_meter *meter, bool with_first, struct sq_json_writer *json)
{
    sq_assert(meter->closed);
    sq_json_write_object_begin(json);
    write_sum(json, &meter->sum);
    write_calls(json, &meter->calls);
    write_timeline(json, &meter->timeline);
    write_rates(json, &meter->rates);
    write_breakers(json, &meter->breakers);
    write_windows(json, &meter->windows, with_first);
    meter_state_write_slices(json, &meter->slices);
    if (with_first) {
        write_transitions(json, &meter->breakers);
    }
    sq_json_write_object_end(json);
}

void sq_meter_read(struct sq_meter *meter, const struct sq_json *node, struct sq_json_taker *taker)
{
    sq_assert(!meter->closed);
    meter->closed = true;
    read_sum(taker, node, &meter->sum);
    read_calls(taker, node, &meter->sum, &meter->calls);
    read_timeline(taker, node, &meter->timeline);
    read_rates(taker, node, &meter->rates);
    read_breakers(taker, node, &meter->breakers);
    read_windows(taker, node, &meter->windows);
    meter_state_read_slices(taker, node, &meter->slices);
    if (sq_json_take_if(taker, node, "transitions", SQ_JSON_ARRAY) != NULL) {
        read_transitions(taker, node, &meter->breakers);
    }
}
