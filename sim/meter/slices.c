/* SPDX-License-Identifier: MIT */
/*
 * Slices: what the checks of a scenario ask of a part of the run, and no more. A check on
 * {phase:faulty} of a metric that is otherwise only known of the whole run, or a probe of the
 * steady state after the last fault, makes one; without such checks nothing here is touched.
 *
 * When the last fault was recovered from is known only in the end, so that slice is kept in spans
 * from the fault's end on. At the close the spans since the recovery are added up. Where a run is
 * so long that a span holds several recovery windows, the recovery counts from the next span on.
 */
#include "base/assert.h"
#include "base/memory.h"
#include "sim/meter/meter_int.h"

/* ---- which slices there are */

static struct meter_slice *find(struct meter_slices *slices, struct sq_slice_key key)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        struct meter_slice *slice = &slices->list[i];
        if (slice->key.phase == key.phase && slice->key.outcome == key.outcome) {
            return slice;
        }
    }
    return NULL;
}

static void want(struct meter_slices *slices, const struct sq_threshold *threshold)
{
    struct sq_slice_key key = sq_slice_key_of(threshold);
    struct meter_slice *slice = find(slices, key);
    enum sq_slice_histogram histogram;
    if (slice == NULL) {
        slice = &slices->list[slices->n_list++];
        slice->key = key;
        slice->n_parts = 1;
    }
    if (key.phase == SQ_SLICE_RECOVERED && slices->n_spans > 0) {
        slice->n_parts = slices->n_spans;
    }
    if (sq_slice_histogram_of(threshold->metric, &histogram)) {
        slice->kept[histogram] = true;
    }
}

static uint32_t count_wanted(const struct sq_scenario *scenario)
{
    uint32_t n = 0;
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        n += sq_slice_needed(&scenario->thresholds[i]);
    }
    return n;
}

/* Spans of whole recovery windows; what is left over belongs to the last. */
static void cut_spans(struct meter_slices *slices)
{
    const struct sq_scenario *scenario = slices->scenario;
    sq_dur width = slices->windows->grid.width;
    slices->after = scenario->last_fault_end;
    if (!scenario->has_fault_windows || slices->after >= scenario->duration) {
        return;
    }
    sq_dur n_windows = (scenario->duration - slices->after) / width;
    if (n_windows < SQ_RECOVERY_WINDOWS) {
        return;
    }
    sq_dur each = (n_windows + METER_SLICE_SPANS_MAX - 1) / METER_SLICE_SPANS_MAX;
    slices->span = each * width;
    slices->n_spans = (uint32_t)((n_windows + each - 1) / each);
}

static uint32_t count_kept(const struct meter_slice *slice)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        n += slice->kept[i];
    }
    return n;
}

static bool take_memory(const struct meter_slices *slices, struct meter_slice *slice)
{
    uint32_t n_kept = count_kept(slice);
    slice->parts = sq_memory_new(slice->n_parts, sizeof *slice->parts);
    slice->histograms = sq_memory_new((size_t)slice->n_parts * n_kept, sizeof *slice->histograms);
    slice->open_time =
        sq_memory_new((size_t)slice->n_parts * slices->n_breakers, sizeof *slice->open_time);
    if (slice->parts == NULL || slice->histograms == NULL || slice->open_time == NULL) {
        return false;
    }
    struct sq_histogram *next = slice->histograms;
    for (uint32_t i = 0; i < slice->n_parts; i++) {
        slice->parts[i].key = slice->key;
        slice->parts[i].open_time = &slice->open_time[(size_t)i * slices->n_breakers];
        slice->parts[i].n_open_time = slices->n_breakers;
        for (uint32_t k = 0; k < SQ_SLICE_HISTOGRAMS; k++) {
            slice->parts[i].histograms[k] = slice->kept[k] ? next++ : NULL;
        }
    }
    return true;
}

bool meter_slices_init(struct meter_slices *slices, const struct sq_scenario *scenario,
                       struct meter_phases *phases, const struct meter_windows *windows,
                       uint32_t n_breakers)
{
    *slices = (struct meter_slices){
        .scenario = scenario, .phases = phases, .windows = windows, .n_breakers = n_breakers};
    uint32_t n_wanted = count_wanted(scenario);
    slices->list = sq_memory_new(n_wanted, sizeof *slices->list);
    if (slices->list == NULL) {
        return false;
    }
    cut_spans(slices);
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        if (sq_slice_needed(&scenario->thresholds[i])) {
            want(slices, &scenario->thresholds[i]);
        }
    }
    for (uint32_t i = 0; i < slices->n_list; i++) {
        if (!take_memory(slices, &slices->list[i])) {
            return false;
        }
    }
    return true;
}

void meter_slices_clear(struct meter_slices *slices)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        sq_memory_free(slices->list[i].parts);
        sq_memory_free(slices->list[i].histograms);
        sq_memory_free(slices->list[i].open_time);
    }
    sq_memory_free(slices->list);
    *slices = (struct meter_slices){0};
}

/* ---- which part a time belongs to */

static const struct sq_workload_phase *workload_phase(const struct meter_slices *slices,
                                                      const struct meter_slice *slice)
{
    uint8_t index = (uint8_t)(slice->key.phase - SQ_PHASE_WORKLOAD_0);
    sq_assert(index < slices->scenario->workload.n_phases);
    return &slices->scenario->workload.phases[index];
}

static bool is_workload_phase(const struct meter_slice *slice)
{
    return slice->key.phase >= SQ_PHASE_WORKLOAD_0 && slice->key.phase < SQ_SLICE_RECOVERED;
}

static struct sq_slice *span_at(const struct meter_slices *slices, const struct meter_slice *slice,
                                sq_time at)
{
    if (slices->n_spans == 0 || at < slices->after) {
        return NULL;
    }
    sq_dur index = (at - slices->after) / slices->span;
    return &slice->parts[index < slices->n_spans ? index : slices->n_spans - 1];
}

/* NULL: it does not belong to the slice. */
static struct sq_slice *part_at(const struct meter_slices *slices, const struct meter_slice *slice,
                                sq_time at)
{
    at = sq_time_min(at, slices->scenario->duration - 1);
    bool within = slice->key.phase == SQ_SLICE_ANY;
    if (slice->key.phase == SQ_SLICE_RECOVERED) {
        return span_at(slices, slice, at);
    }
    if (is_workload_phase(slice)) {
        const struct sq_workload_phase *phase = workload_phase(slices, slice);
        within = phase->from <= at && at - phase->from < phase->duration;
    } else if (!within) {
        within = meter_phases_at(slices->phases, at) == slice->key.phase;
    }
    return within ? &slice->parts[0] : NULL;
}

static sq_dur common(sq_time from, sq_time to, sq_time begins, sq_time ends)
{
    from = sq_time_max(from, begins);
    to = sq_time_min(to, ends);
    return to > from ? to - from : 0;
}

/* How much of [from, to), which lies within the duration, belongs to the part. */
static sq_dur overlap(const struct meter_slices *slices, const struct meter_slice *slice,
                      uint32_t part, sq_time from, sq_time to)
{
    if (slice->key.phase == SQ_SLICE_ANY) {
        return common(from, to, 0, slices->scenario->duration);
    }
    if (slice->key.phase == SQ_SLICE_RECOVERED) {
        sq_time begins = slices->after + part * slices->span;
        sq_time ends =
            part + 1 < slices->n_spans ? begins + slices->span : slices->scenario->duration;
        return slices->n_spans == 0 ? 0 : common(from, to, begins, ends);
    }
    if (is_workload_phase(slice)) {
        const struct sq_workload_phase *phase = workload_phase(slices, slice);
        return common(from, to, phase->from, sq_time_add(phase->from, phase->duration));
    }
    return meter_phases_overlap(slices->phases, slice->key.phase, from, to);
}

/* ---- what happens */

/* Calls know their phase of the workload themselves. */
static struct sq_slice *part_of_call(const struct meter_slices *slices,
                                     const struct meter_slice *slice,
                                     const struct sq_call_record *record)
{
    if (is_workload_phase(slice)) {
        bool own = SQ_PHASE_WORKLOAD_0 + record->workload_phase == slice->key.phase;
        return own ? &slice->parts[0] : NULL;
    }
    return part_at(slices, slice, record->intended_at);
}

static void record_in(struct sq_slice *part, enum sq_slice_histogram which, sq_dur span)
{
    if (part != NULL && part->histograms[which] != NULL) {
        sq_histogram_record(part->histograms[which], span);
    }
}

static void record_durations(struct sq_slice *part, const struct sq_call_record *record)
{
    sq_dur ttft;
    sq_dur tpot;
    record_in(part, SQ_SLICE_CALL_DURATION, record->ended_at - record->intended_at);
    if (meter_call_stream_times(record, &ttft, &tpot)) {
        record_in(part, SQ_SLICE_TTFT, ttft);
        if (tpot >= 0) {
            record_in(part, SQ_SLICE_TPOT, tpot);
        }
    }
}

static void count_call(struct sq_slice *part, const struct sq_call_record *record,
                       enum sq_outcome outcome)
{
    enum sq_strategy strategy;
    meter_tally_count(&part->tally, outcome);
    part->call_attempts += record->attempts;
    if (meter_strategy_of(outcome, record->by_rule, &strategy)) {
        part->strategy[strategy]++;
    }
    if (outcome != SQ_OUTCOME_EXCLUDED) {
        record_durations(part, record);
    }
}

void meter_slices_call_over(struct meter_slices *slices, const struct sq_call_record *record,
                            enum sq_outcome outcome, int64_t cost)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        const struct meter_slice *slice = &slices->list[i];
        struct sq_slice *part = part_of_call(slices, slice, record);
        bool chosen = slice->key.outcome == SQ_SLICE_ANY || slice->key.outcome == outcome;
        if (part != NULL && chosen) {
            count_call(part, record, outcome);
        }
        struct sq_slice *billed =
            record->answered ? part_at(slices, slice, record->used_reached_at) : NULL;
        if (billed != NULL) {
            meter_tokens_add(&billed->used, &record->used_bill, cost);
        }
    }
}

void meter_slices_sent(struct meter_slices *slices, sq_time at)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        struct sq_slice *part = part_at(slices, &slices->list[i], at);
        if (part != NULL) {
            part->sent++;
        }
    }
}

void meter_slices_span(struct meter_slices *slices, enum sq_slice_histogram which, sq_time at,
                       sq_dur span)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        if (slices->list[i].kept[which]) {
            record_in(part_at(slices, &slices->list[i], at), which, span);
        }
    }
}

void meter_slices_bill(struct meter_slices *slices, const struct sq_bill *bill, int64_t cost,
                       sq_time at)
{
    for (uint32_t i = 0; i < slices->n_list; i++) {
        struct sq_slice *part = part_at(slices, &slices->list[i], at);
        if (part != NULL) {
            meter_tokens_add(&part->billed, bill, cost);
        }
    }
}

static void keep_peaks(struct sq_slice *part, uint64_t attempts, int64_t amplification)
{
    part->peak_attempts = attempts > part->peak_attempts ? attempts : part->peak_attempts;
    if (amplification > part->peak_amplification) {
        part->peak_amplification = amplification;
    }
}

void meter_slices_window(struct meter_slices *slices, sq_time from, uint64_t attempts,
                         uint64_t calls)
{
    int64_t amplification = calls == 0 ? 0 : (int64_t)(attempts * (uint64_t)SQ_FACTOR_ONE / calls);
    for (uint32_t i = 0; i < slices->n_list; i++) {
        struct sq_slice *part = part_at(slices, &slices->list[i], from);
        if (part != NULL) {
            keep_peaks(part, attempts, amplification);
        }
    }
}

void meter_slices_open(struct meter_slices *slices, uint32_t breaker, sq_time from, sq_time to)
{
    sq_time end = slices->scenario->duration;
    for (uint32_t i = 0; i < slices->n_list; i++) {
        const struct meter_slice *slice = &slices->list[i];
        for (uint32_t k = 0; k < slice->n_parts; k++) {
            slice->parts[k].open_time[breaker] +=
                overlap(slices, slice, k, from, sq_time_min(to, end));
        }
        struct sq_slice *last = to > end ? part_at(slices, slice, end) : NULL;
        if (last != NULL) {
            last->open_time[breaker] += to - sq_time_max(from, end);
        }
    }
}

/* ---- close, merge, fill */

static void merge_part(struct sq_slice *into, const struct sq_slice *from)
{
    meter_tally_merge(&into->tally, &from->tally);
    for (uint32_t i = 0; i < SQ_STRATEGIES; i++) {
        into->strategy[i] += from->strategy[i];
    }
    into->call_attempts += from->call_attempts;
    into->sent += from->sent;
    meter_tokens_merge(&into->billed, &from->billed);
    meter_tokens_merge(&into->used, &from->used);
    keep_peaks(into, from->peak_attempts, from->peak_amplification);
    into->span += from->span;
    into->counted_span += from->counted_span;
    into->n_unrecovered += from->n_unrecovered;
    into->n_unjudged += from->n_unjudged;
    for (uint32_t i = 0; i < into->n_open_time; i++) {
        into->open_time[i] += from->open_time[i];
    }
    for (uint32_t i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        if (into->histograms[i] != NULL) {
            sq_histogram_merge(into->histograms[i], from->histograms[i]);
        }
    }
}

/* The first part that begins at or after the recovery; n_spans: none does. */
static uint32_t first_recovered(const struct meter_slices *slices, bool *recovered)
{
    sq_dur recovery = meter_windows_recovery(slices->windows, slices->after);
    *recovered = recovery >= 0;
    return *recovered ? (uint32_t)((recovery + slices->span - 1) / slices->span) : 0;
}

/* Never recovered: all that came after the fault is told, and that it was not. The spans before the
 * recovery are dropped: the whole becomes the first part. */
static void join_spans(const struct meter_slices *slices, struct meter_slice *slice)
{
    bool recovered = false;
    uint32_t first = slices->n_spans == 0 ? 0 : first_recovered(slices, &recovered);
    if (slices->n_spans == 0 || first >= slices->n_spans) {
        slice->parts[0].n_unjudged = 1;
        return;
    }
    struct sq_slice whole = slice->parts[first];
    for (uint32_t i = first + 1; i < slice->n_parts; i++) {
        merge_part(&whole, &slice->parts[i]);
    }
    whole.n_unrecovered = !recovered;
    slice->parts[0] = whole;
}

void meter_slices_close(struct meter_slices *slices)
{
    sq_time end = slices->scenario->duration;
    for (uint32_t i = 0; i < slices->n_list; i++) {
        struct meter_slice *slice = &slices->list[i];
        for (uint32_t k = 0; k < slice->n_parts; k++) {
            slice->parts[k].span = overlap(slices, slice, k, 0, end);
            slice->parts[k].counted_span = overlap(slices, slice, k, slices->scenario->warmup, end);
        }
        if (slice->key.phase == SQ_SLICE_RECOVERED) {
            join_spans(slices, slice);
        }
    }
}

void meter_slices_merge(struct meter_slices *into, const struct meter_slices *from)
{
    sq_assert(into->n_list == from->n_list);
    for (uint32_t i = 0; i < into->n_list; i++) {
        merge_part(&into->list[i].parts[0], &from->list[i].parts[0]);
    }
}

static bool copy_part(const struct sq_slice *part, struct sq_slice *slice)
{
    *slice = *part;
    slice->open_time = sq_memory_new(part->n_open_time, sizeof *slice->open_time);
    bool copied = slice->open_time != NULL;
    for (uint32_t i = 0; copied && i < part->n_open_time; i++) {
        slice->open_time[i] = part->open_time[i];
    }
    for (uint32_t i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        slice->histograms[i] = NULL; /* the column owns only what it got */
        if (copied && part->histograms[i] != NULL) {
            slice->histograms[i] = sq_memory_new(1, sizeof *slice->histograms[i]);
            copied = slice->histograms[i] != NULL;
        }
        if (slice->histograms[i] != NULL) {
            *slice->histograms[i] = *part->histograms[i];
        }
    }
    return copied;
}

bool meter_slices_fill(const struct meter_slices *slices, struct sq_column *column)
{
    column->slices = sq_memory_new(slices->n_list, sizeof *column->slices);
    if (column->slices == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < slices->n_list; i++) {
        column->n_slices = i + 1;
        if (!copy_part(&slices->list[i].parts[0], &column->slices[i])) {
            return false;
        }
    }
    return true;
}
