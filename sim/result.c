/* SPDX-License-Identifier: MIT */
/* The result's words, quotients of tallies, the test that its counts add up, and its end. */
#include "sim/result.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/memory.h"

#define MILLION     1000000
#define NO_STRATEGY SQ_STRATEGIES

const char *sq_mode_name(enum sq_mode mode)
{
    return mode == SQ_MODE_LIVE ? "live" : "virtual";
}

const char *sq_verdict_name(enum sq_verdict verdict)
{
    static const char *const names[] = {"passed", "failed", "inconclusive"};
    sq_assert(verdict <= SQ_VERDICT_INCONCLUSIVE);
    return names[verdict];
}

bool sq_outcome_strategy(enum sq_outcome outcome, enum sq_strategy *strategy)
{
    static const enum sq_strategy strategies[SQ_OUTCOMES] = {
        [SQ_OUTCOME_FIRST_TRY] = NO_STRATEGY,
        [SQ_OUTCOME_RECOVERED] = NO_STRATEGY,
        [SQ_OUTCOME_FALLBACK] = SQ_STRATEGY_SWITCH_MODEL,
        [SQ_OUTCOME_SUBSTITUTE] = SQ_STRATEGY_FINAL, /* a fixed text that counts as an answer */
        [SQ_OUTCOME_LATE] = SQ_STRATEGY_ASYNC,
        [SQ_OUTCOME_LOST] = SQ_STRATEGY_ASYNC,
        [SQ_OUTCOME_APOLOGY] = SQ_STRATEGY_FINAL,
        [SQ_OUTCOME_REJECTED] = NO_STRATEGY,
        [SQ_OUTCOME_TIMED_OUT] = NO_STRATEGY,
        [SQ_OUTCOME_FAILED] = NO_STRATEGY,
        [SQ_OUTCOME_INVALID] = NO_STRATEGY,
        [SQ_OUTCOME_EXCLUDED] = NO_STRATEGY,
    };
    sq_assert(outcome < SQ_OUTCOMES);
    *strategy = strategies[outcome];
    return *strategy != NO_STRATEGY;
}

static uint64_t sum_of(const uint64_t *counts, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += counts[i];
    }
    return sum;
}

uint64_t sq_tally_valid(const struct sq_tally *tally)
{
    return sum_of(tally->outcome, SQ_OUTCOMES) - tally->outcome[SQ_OUTCOME_EXCLUDED];
}

uint64_t sq_tally_good(const struct sq_tally *tally)
{
    uint64_t good = 0;
    for (uint32_t i = 0; i < SQ_OUTCOMES; i++) {
        good += sq_outcome_row((enum sq_outcome)i)->available ? tally->outcome[i] : 0;
    }
    return good;
}

static uint64_t answered_by_strategy(const struct sq_tally *tally)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < SQ_OUTCOMES; i++) {
        enum sq_strategy strategy;
        sum += sq_outcome_strategy((enum sq_outcome)i, &strategy) ? tally->outcome[i] : 0;
    }
    return sum;
}

static uint64_t numerator_of(const struct sq_tally *tally, enum sq_metric metric)
{
    uint64_t strict = tally->outcome[SQ_OUTCOME_FIRST_TRY] + tally->outcome[SQ_OUTCOME_RECOVERED];
    if (metric == SQ_METRIC_AVAILABILITY_STRICT) {
        return strict;
    }
    if (metric == SQ_METRIC_AVAILABILITY_MODEL) {
        return strict + tally->outcome[SQ_OUTCOME_FALLBACK];
    }
    if (metric == SQ_METRIC_APOLOGY_RATIO) {
        return tally->outcome[SQ_OUTCOME_APOLOGY];
    }
    if (metric == SQ_METRIC_FALLBACK_RATIO) {
        return answered_by_strategy(tally);
    }
    sq_assert(metric == SQ_METRIC_AVAILABILITY || metric == SQ_METRIC_ERROR_RATIO);
    return sq_tally_good(tally);
}

int64_t sq_result_ratio(const struct sq_column *column, const struct sq_tally *tally,
                        enum sq_metric metric)
{
    (void)column; /* outcomes mean the same under every policy */
    uint64_t valid = sq_tally_valid(tally);
    if (valid == 0) {
        return -1;
    }
    sq_uint128 scaled = (sq_uint128)numerator_of(tally, metric) * (uint64_t)SQ_RATIO_ONE;
    int64_t ratio = (int64_t)(scaled / valid);
    return metric == SQ_METRIC_ERROR_RATIO ? SQ_RATIO_ONE - ratio : ratio;
}

bool sq_result_quantile_counts(uint64_t n, uint32_t per_million)
{
    sq_assert(per_million <= MILLION);
    return (sq_uint128)n * (MILLION - per_million) >= (uint64_t)SQ_QUANTILE_TAIL * MILLION;
}

bool sq_result_quantile(const struct sq_histogram *histogram, uint32_t per_million, int64_t *value)
{
    if (histogram == NULL || !sq_result_quantile_counts(histogram->count, per_million)) {
        return false;
    }
    *value = sq_histogram_quantile(histogram, per_million);
    return true;
}

/* ---- do the counts add up? */

static bool tally_adds_up(const struct sq_tally *tally)
{
    return tally->calls == sum_of(tally->outcome, SQ_OUTCOMES);
}

static bool phases_add_up(const struct sq_column *column)
{
    uint64_t reserved = 0;
    uint64_t workload = 0;
    for (uint32_t i = 0; i < SQ_RESULT_PHASES_MAX; i++) {
        if (!tally_adds_up(&column->phase[i])) {
            return false;
        }
        *(i < SQ_PHASE_WORKLOAD_0 ? &reserved : &workload) += column->phase[i].calls;
    }
    return workload == column->total.calls && reserved <= column->total.calls;
}

static bool strategies_add_up(const struct sq_column *column)
{
    return tally_adds_up(&column->strategy_total) &&
           sum_of(column->strategy, SQ_STRATEGIES) == column->strategy_total.calls &&
           answered_by_strategy(&column->total) == column->strategy_total.calls;
}

static bool attempts_per_call_add_up(const struct sq_column *column)
{
    return sum_of(column->attempts_per_call, SQ_ATTEMPTS_SHOWN_MAX) == column->total.calls;
}

static bool classes_add_up(const struct sq_column *column)
{
    uint64_t sum = 0;
    for (uint32_t role = 0; role < SQ_ROLES_MAX; role++) {
        sum += sum_of(column->class_by_role[role], SQ_CLASSES);
    }
    return sum == column->attempts + column->refused_locally;
}

static bool reported_classes_add_up(const struct sq_column *column)
{
    for (uint32_t i = 0; i < SQ_OUTCOMES; i++) {
        if (sum_of(column->outcome_by_class[i], SQ_CLASSES) != column->total.outcome[i]) {
            return false;
        }
    }
    return sum_of(column->answers_by_role, SQ_ROLES_MAX) <= column->total.calls;
}

static bool bills_add_up(const struct sq_column *column)
{
    struct sq_token_sum sum = {0};
    for (uint32_t role = 0; role < SQ_ROLES_MAX; role++) {
        sum.input += column->billed_by_role[role].input;
        sum.cached += column->billed_by_role[role].cached;
        sum.output += column->billed_by_role[role].output;
        sum.cost += column->billed_by_role[role].cost;
    }
    return sum.input == column->billed.input && sum.cached == column->billed.cached &&
           sum.output == column->billed.output && sum.cost == column->billed.cost;
}

static bool waste_is_billed(const struct sq_column *column)
{
    return column->wasted.input <= column->billed.input &&
           column->wasted.cached <= column->billed.cached &&
           column->wasted.output <= column->billed.output;
}

static bool durations_add_up(const struct sq_column *column)
{
    return column->call_duration == NULL ||
           column->call_duration->count == sq_tally_valid(&column->total);
}

static bool timeline_adds_up(const struct sq_column *column)
{
    struct sq_tally sum = {0};
    uint64_t attempts = 0;
    for (uint32_t i = 0; i < column->n_timeline; i++) {
        sum.calls += column->timeline[i].calls;
        attempts += column->timeline[i].attempts;
        for (uint32_t outcome = 0; outcome < SQ_OUTCOMES; outcome++) {
            sum.outcome[outcome] += column->timeline[i].outcome[outcome];
        }
    }
    return sum.calls == column->total.calls && attempts == column->attempts && tally_adds_up(&sum);
}

static bool total_adds_up(const struct sq_column *column)
{
    return tally_adds_up(&column->total);
}

bool sq_column_adds_up(const struct sq_column *column, const char **what)
{
    static const struct {
        bool (*holds)(const struct sq_column *column);
        const char *what;
    } sums[] = {
        {total_adds_up, "outcomes of all calls"},
        {phases_add_up, "calls by phase"},
        {strategies_add_up, "calls by fallback strategy"},
        {attempts_per_call_add_up, "calls by number of attempts"},
        {classes_add_up, "attempts by role and class"},
        {reported_classes_add_up, "outcomes by reported class"},
        {bills_add_up, "bills by role"},
        {waste_is_billed, "wasted tokens"},
        {durations_add_up, "durations of valid calls"},
        {timeline_adds_up, "the timeline"},
    };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        if (!sums[i].holds(column)) {
            *what = sums[i].what;
            return false;
        }
    }
    return true;
}

/* ---- the end */

void sq_column_clear(struct sq_column *column)
{
    if (column == NULL) {
        return;
    }
    sq_memory_free(column->call_duration);
    for (uint32_t i = 0; i < SQ_OUTCOMES; i++) {
        sq_memory_free(column->duration_by_outcome[i]);
    }
    for (uint32_t i = 0; i < SQ_RESULT_PHASES_MAX; i++) {
        sq_memory_free(column->duration_by_phase[i]);
    }
    sq_memory_free(column->attempt_duration);
    sq_memory_free(column->ttft);
    sq_memory_free(column->tpot);
    sq_memory_free(column->backoff_wait);
    sq_memory_free(column->pool_wait);
    sq_memory_free(column->time_to_open);
    sq_memory_free(column->time_to_recover);
    sq_memory_free(column->start_delay);
    sq_memory_free(column->timeline);
    sq_memory_free(column->transitions);
    sq_memory_free(column->breakers);
    sq_memory_free(column->windows);
    for (uint32_t i = 0; column->slices != NULL && i < column->n_slices; i++) {
        sq_slice_clear(&column->slices[i]);
    }
    sq_memory_free(column->slices);
    *column = (struct sq_column){0};
}

void sq_columns_free(struct sq_column *columns, uint32_t n)
{
    for (uint32_t i = 0; columns != NULL && i < n; i++) {
        sq_column_clear(&columns[i]);
    }
    sq_memory_free(columns);
}

void sq_result_clear(struct sq_result *result)
{
    if (result == NULL) {
        return;
    }
    for (uint32_t i = 0; i < SQ_COLUMNS_MAX; i++) {
        sq_column_clear(&result->columns[i]);
    }
    sq_part_free(result->part);
    *result = (struct sq_result){0};
}
