/* SPDX-License-Identifier: MIT */
/*
 * The meter as a whole: hands each record to the parts it concerns, closes, merges and fills.
 *
 * Calls intended before the end of the warm-up become `excluded` here: they count as calls, and
 * their attempts, waits and bills count, but ratios and durations of calls leave them out;
 * attempt_duration leaves out attempts sent before the end of the warm-up.
 */
#include "sim/meter.h"

#include "base/assert.h"
#include "base/memory.h"
#include "sim/meter/meter_int.h"

/* The load generator fell behind when more than 1 % of the calls started later than max(5 ms, 5 %
 * of the median call) after they were intended: by the clock, or when their user was ready. */
#define BEHIND_CALLS_PERCENT 1
#define BEHIND_FLOOR         (5 * SQ_MS)
#define BEHIND_MEDIAN_PART   20

struct sq_meter *sq_meter_new(const struct sq_scenario *scenario, const struct sq_settings *policy,
                              enum sq_mode mode)
{
    struct sq_meter *meter = sq_memory_new(1, sizeof *meter);
    if (meter == NULL) {
        return NULL;
    }
    meter->scenario = scenario;
    meter->warmup = scenario->warmup;
    meter->sum.policy = policy;
    meter->sum.mode = mode;
    meter->sum.n_seeds = 1;
    if (meter_phases_init(&meter->phases, scenario) && meter_calls_init(&meter->calls, scenario) &&
        meter_timeline_init(&meter->timeline, scenario) &&
        meter_breakers_init(&meter->breakers, policy) &&
        meter_windows_init(&meter->windows, &meter->phases, scenario) &&
        meter_slices_init(&meter->slices, scenario, &meter->phases, &meter->windows,
                          meter->breakers.n_list)) {
        struct meter_slices *slices = meter->slices.n_list > 0 ? &meter->slices : NULL;
        meter_rates_init(&meter->rates, &meter->phases, slices);
        meter->breakers.slices = slices;
        return meter;
    }
    sq_meter_free(meter);
    return NULL;
}

void sq_meter_free(struct sq_meter *meter)
{
    if (meter == NULL) {
        return;
    }
    meter_phases_clear(&meter->phases);
    meter_calls_clear(&meter->calls);
    meter_timeline_clear(&meter->timeline);
    meter_breakers_clear(&meter->breakers);
    meter_windows_clear(&meter->windows);
    meter_slices_clear(&meter->slices);
    sq_memory_free(meter);
}

static struct sq_histogram *histogram(struct sq_meter *meter, enum meter_histogram which)
{
    return &meter->calls.histograms[which];
}

static struct sq_timeline_window *window_at(struct sq_meter *meter, sq_time at)
{
    return &meter->timeline.windows[meter_grid_index(&meter->timeline.grid, at)];
}

void sq_meter_call_started(struct sq_meter *meter, sq_time intended_at, sq_time started_at)
{
    sq_assert(!meter->closed);
    meter->sum.total.calls++;
    window_at(meter, intended_at)->calls++;
    meter_rates_call(&meter->rates, started_at);
    sq_histogram_record(histogram(meter, METER_START_DELAY), started_at - intended_at);
}

void sq_meter_attempt_sent(struct sq_meter *meter, sq_time now)
{
    sq_assert(!meter->closed);
    meter->sum.attempts++;
    window_at(meter, now)->attempts++;
    meter_rates_attempt(&meter->rates, now);
    if (meter->slices.n_list > 0) {
        meter_slices_sent(&meter->slices, now);
    }
}

/* In the histogram of the run and in those of its slices. */
static void record_span(struct sq_meter *meter, enum sq_slice_histogram which, sq_time at,
                        sq_dur span)
{
    static const enum meter_histogram of_run[SQ_SLICE_HISTOGRAMS] = {
        [SQ_SLICE_ATTEMPT_DURATION] = METER_ATTEMPT_DURATION,
        [SQ_SLICE_BACKOFF_WAIT] = METER_BACKOFF_WAIT,
        [SQ_SLICE_POOL_WAIT] = METER_POOL_WAIT,
    };
    sq_histogram_record(histogram(meter, of_run[which]), span);
    if (meter->slices.n_list > 0) {
        meter_slices_span(&meter->slices, which, at, span);
    }
}

void sq_meter_attempt_learnt(struct sq_meter *meter, sq_time sent_at)
{
    sq_assert(!meter->closed);
    meter->sum.attempts++;
    window_at(meter, sent_at)->attempts++;
    if (meter->slices.n_list > 0) {
        meter_slices_sent(&meter->slices, sent_at);
    }
}

void sq_meter_attempt_ended(struct sq_meter *meter, const struct sq_attempt_record *record)
{
    sq_assert(record->role < SQ_ROLES_MAX);
    meter->sum.class_by_role[record->role][record->klass]++;
    if (record->attempt == 0) {
        meter->sum.refused_locally++;
        return;
    }
    if (record->sent_at >= meter->warmup) {
        record_span(meter, SQ_SLICE_ATTEMPT_DURATION, record->sent_at,
                    record->ended_at - record->sent_at);
    }
    if (record->repaired != 0) {
        sq_assert(record->repaired <= SQ_REPAIR_STEPS);
        meter->sum.repaired[record->repaired - 1]++;
    }
}

void sq_meter_wait(struct sq_meter *meter, sq_dur span, sq_time now)
{
    record_span(meter, SQ_SLICE_BACKOFF_WAIT, now, span);
}

void sq_meter_pool_wait(struct sq_meter *meter, sq_dur span, sq_time now)
{
    record_span(meter, SQ_SLICE_POOL_WAIT, now - span, span);
}

static int64_t cost_of(const struct sq_meter *meter, uint16_t model, const struct sq_bill *bill)
{
    sq_assert(model < meter->scenario->script.n_models);
    return sq_bill_cost(bill, &meter->scenario->script.models[model].price);
}

void sq_meter_bill(struct sq_meter *meter, uint8_t role, uint16_t model, const struct sq_bill *bill,
                   sq_time reached_at)
{
    sq_assert(role < SQ_ROLES_MAX);
    int64_t cost = cost_of(meter, model, bill);
    meter_tokens_add(&meter->sum.billed, bill, cost);
    meter_tokens_add(&meter->sum.billed_by_role[role], bill, cost);
    if (meter->slices.n_list > 0) {
        meter_slices_bill(&meter->slices, bill, cost, reached_at);
    }
}

void sq_meter_struck(struct sq_meter *meter, uint16_t rule, sq_time at)
{
    meter_windows_struck(&meter->windows, rule, at);
}

void sq_meter_transition(struct sq_meter *meter, sq_time at, uint8_t layer, uint16_t breaker,
                         enum sq_breaker_state from, enum sq_breaker_state to)
{
    struct sq_transition transition = {
        .at = at, .layer = layer, .breaker = breaker, .from = (uint8_t)from, .to = (uint8_t)to};
    meter_breakers_transition(&meter->breakers, &transition);
    if (to == SQ_BREAKER_OPEN) {
        meter_windows_opened(&meter->windows, at);
    }
}

void sq_meter_call_over(struct sq_meter *meter, const struct sq_call_record *record)
{
    enum sq_outcome outcome =
        record->intended_at < meter->warmup ? SQ_OUTCOME_EXCLUDED : record->outcome;
    uint8_t phase = meter_phases_at(&meter->phases, record->intended_at);
    sq_assert(outcome < SQ_OUTCOMES);
    sq_assert(record->klass < SQ_CLASSES);
    sq_assert(record->role < SQ_ROLES_MAX);
    meter_calls_over(&meter->calls, &meter->sum, record, outcome, phase);
    meter_timeline_call_over(&meter->timeline, record->intended_at, outcome,
                             record->ended_at - record->intended_at);
    if (outcome != SQ_OUTCOME_EXCLUDED) {
        meter_windows_call_over(&meter->windows, record->intended_at,
                                sq_outcome_row(outcome)->available);
    }
    int64_t cost = record->answered ? cost_of(meter, record->used_model, &record->used_bill) : 0;
    if (record->answered) {
        meter_tokens_add(&meter->calls.used, &record->used_bill, cost);
    }
    if (meter->slices.n_list > 0) {
        meter_slices_call_over(&meter->slices, record, outcome, cost);
    }
}

void sq_meter_close(struct sq_meter *meter, sq_time now, uint64_t decision_digest,
                    uint64_t outcome_digest)
{
    sq_assert(!meter->closed);
    meter->closed = true;
    meter->sum.decision_digest = decision_digest;
    meter->sum.outcome_digest = outcome_digest;
    meter_rates_close(&meter->rates, now);
    meter_breakers_close(&meter->breakers, now);
    meter_windows_close(&meter->windows, histogram(meter, METER_TIME_TO_OPEN),
                        histogram(meter, METER_TIME_TO_RECOVER));
    meter_calls_close(&meter->calls);
    meter_slices_close(&meter->slices);
}

void sq_meter_merge(struct sq_meter *into, const struct sq_meter *from)
{
    sq_assert(into->closed);
    sq_assert(from->closed);
    sq_assert(into->scenario == from->scenario);
    sq_assert(into->sum.policy == from->sum.policy);
    meter_sum_merge(&into->sum, &from->sum);
    meter_calls_merge(&into->calls, &from->calls);
    meter_timeline_merge(&into->timeline, &from->timeline);
    meter_rates_merge(&into->rates, &from->rates);
    meter_breakers_merge(&into->breakers, &from->breakers);
    meter_windows_merge(&into->windows, &from->windows);
    meter_slices_merge(&into->slices, &from->slices);
}

static bool fell_behind(const struct sq_column *column)
{
    if (column->mode != SQ_MODE_LIVE) {
        return false;
    }
    sq_dur patience = sq_histogram_quantile(column->call_duration, 500000) / BEHIND_MEDIAN_PART;
    patience = patience > BEHIND_FLOOR ? patience : BEHIND_FLOOR;
    uint64_t late =
        column->start_delay->count - sq_histogram_count_to(column->start_delay, patience);
    return late * 100 > column->start_delay->count * BEHIND_CALLS_PERCENT;
}

/* Billed tokens whose answer nobody used. */
static struct sq_token_sum waste_of(const struct sq_token_sum *billed,
                                    const struct sq_token_sum *used)
{
    sq_assert(used->input <= billed->input);
    sq_assert(used->cached <= billed->cached);
    sq_assert(used->output <= billed->output);
    return (struct sq_token_sum){.input = billed->input - used->input,
                                 .cached = billed->cached - used->cached,
                                 .output = billed->output - used->output,
                                 .cost = billed->cost - used->cost};
}

static void fill_derived(const struct sq_meter *meter, struct sq_column *column)
{
    column->wasted = waste_of(&column->billed, &meter->calls.used);
    column->peak_attempts_per_250ms = meter->rates.peak_attempts;
    column->peak_attempts_sum = meter->rates.peak_sum;
    column->peak_attempts_mean =
        (int64_t)(meter->rates.peak_sum * (uint64_t)SQ_FACTOR_ONE / meter->sum.n_seeds);
    column->peak_amplification = meter_rates_peak_amplification(&meter->rates);
    column->fell_behind = fell_behind(column);
    if (column->fell_behind) {
        column->inconclusive = SQ_RESULT_FELL_BEHIND;
    }
}

enum sq_status sq_meter_fill(const struct sq_meter *meter, struct sq_column *column,
                             struct sq_error *err)
{
    sq_assert(meter->closed);
    *column = meter->sum;
    if (!meter_calls_fill(&meter->calls, column) ||
        !meter_timeline_fill(&meter->timeline, column) ||
        !meter_breakers_fill(&meter->breakers, column) ||
        !meter_windows_fill(&meter->windows, column) ||
        !meter_slices_fill(&meter->slices, column)) {
        sq_column_clear(column);
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    fill_derived(meter, column);
    return SQ_OK;
}
