/* SPDX-License-Identifier: MIT */
/*
 * A metric's value over a column, as thresholds ask for it. Integers only; quotients are rounded
 * down, averages and attempts per 250 ms to the nearest. Totals of several seeds are totals;
 * goodput and attempt_rate are per run.
 */
#include <stddef.h>

#include "base/assert.h"
#include "sim/result.h"

#define MILLION    1000000
#define MEDIAN     500000
#define RATE_WIDTH (250 * SQ_MS) /* of attempt_rate */

/* What a look-up has to go on. */
struct look {
    const struct sq_column *column;
    const struct sq_threshold *what;
    struct sq_slice part; /* a view: it owns nothing */
    int64_t *value;
    const char **reason;
};

static bool none(const struct look *look, const char *reason)
{
    *look->reason = reason;
    return false;
}

static bool found(const struct look *look, int64_t value)
{
    *look->value = value;
    return true;
}

static bool no_selection(const struct look *look)
{
    return none(look, "this metric has no such selection or aggregation");
}

/* value * numerator / denominator, rounded down, saturating. */
static bool quotient(const struct look *look, uint64_t value, uint64_t numerator,
                     uint64_t denominator)
{
    sq_uint128 result = (sq_uint128)value * numerator / denominator;
    return found(look, result > INT64_MAX ? INT64_MAX : (int64_t)result);
}

/* ---- the part of the run that is asked for */

static sq_dur counted_span(const struct sq_scenario *scenario)
{
    return scenario->duration > scenario->warmup ? scenario->duration - scenario->warmup : 0;
}

static struct sq_slice whole(const struct sq_scenario *scenario, const struct sq_column *column)
{
    struct sq_slice part = {
        .tally = column->total,
        .call_attempts = column->attempts,
        .sent = column->attempts,
        .billed = column->billed,
        .used = {.input = column->billed.input - column->wasted.input,
                 .output = column->billed.output - column->wasted.output},
        .peak_attempts = column->peak_attempts_per_250ms,
        .peak_amplification = column->peak_amplification,
        .span = scenario->duration * column->n_seeds,
        .counted_span = counted_span(scenario) * column->n_seeds,
        .histograms = {[SQ_SLICE_CALL_DURATION] = column->call_duration,
                       [SQ_SLICE_ATTEMPT_DURATION] = column->attempt_duration,
                       [SQ_SLICE_TTFT] = column->ttft,
                       [SQ_SLICE_TPOT] = column->tpot,
                       [SQ_SLICE_BACKOFF_WAIT] = column->backoff_wait,
                       [SQ_SLICE_POOL_WAIT] = column->pool_wait,
                       [SQ_SLICE_TIME_TO_OPEN] = column->time_to_open,
                       [SQ_SLICE_TIME_TO_RECOVER] = column->time_to_recover},
    };
    for (uint32_t i = 0; i < SQ_STRATEGIES; i++) {
        part.strategy[i] = column->strategy[i];
    }
    return part;
}

/* What the column keeps of every phase and outcome: outcomes and durations of calls. */
static struct sq_slice kept_anyway(const struct sq_column *column, struct sq_slice_key key)
{
    struct sq_slice part = {0};
    if (key.phase != SQ_SLICE_ANY) {
        part.tally = column->phase[key.phase];
        part.histograms[SQ_SLICE_CALL_DURATION] = column->duration_by_phase[key.phase];
    } else {
        part.histograms[SQ_SLICE_CALL_DURATION] = column->duration_by_outcome[key.outcome];
    }
    return part;
}

static bool find_part(struct look *look, const struct sq_scenario *scenario)
{
    struct sq_slice_key key = sq_slice_key_of(look->what);
    if (sq_slice_needed(look->what)) {
        const struct sq_slice *slice = sq_column_slice(look->column, look->what);
        look->part = slice == NULL ? (struct sq_slice){0} : *slice;
        return slice != NULL;
    }
    look->part = key.phase == SQ_SLICE_ANY && key.outcome == SQ_SLICE_ANY
                     ? whole(scenario, look->column)
                     : kept_anyway(look->column, key);
    return true;
}

/* ---- ratios of calls */

static bool strategy_ratio(const struct look *look)
{
    uint64_t valid = sq_tally_valid(&look->part.tally);
    if (look->what->selected >= SQ_STRATEGIES) {
        return no_selection(look);
    }
    if (valid == 0) {
        return none(look, "no valid calls");
    }
    return quotient(look, look->part.strategy[look->what->selected], SQ_RATIO_ONE, valid);
}

static bool call_ratio(const struct look *look)
{
    if (look->what->selector == SQ_SELECT_STRATEGY) {
        return look->what->metric == SQ_METRIC_FALLBACK_RATIO ? strategy_ratio(look)
                                                              : no_selection(look);
    }
    if (look->what->selector == SQ_SELECT_OUTCOME) {
        return no_selection(look);
    }
    int64_t ratio = sq_result_ratio(look->column, &look->part.tally, look->what->metric);
    return ratio < 0 ? none(look, "no valid calls") : found(look, ratio);
}

/* ---- distributions */

/* Recorded values, and how many more are later than any time. */
struct spread {
    const struct sq_histogram *histogram; /* NULL: nothing was recorded */
    uint64_t never;
};

static bool spread_of(const struct look *look, struct spread *spread)
{
    enum sq_slice_histogram histogram;
    *spread = (struct spread){0};
    if (look->what->selector == SQ_SELECT_STRATEGY ||
        !sq_slice_histogram_of(look->what->metric, &histogram)) {
        return false;
    }
    spread->histogram = look->part.histograms[histogram];
    if (look->what->metric == SQ_METRIC_TIME_TO_RECOVER) {
        spread->never = look->column->windows_not_recovered;
    }
    return true;
}

/* The quantile over both: what is never comes last. */
static bool quantile(const struct look *look, const struct spread *spread, uint32_t per_million)
{
    uint64_t count = spread->histogram == NULL ? 0 : spread->histogram->count;
    uint64_t n = count + spread->never;
    if (n == 0) {
        return none(look, "no data");
    }
    if (!sq_result_quantile_counts(n, per_million)) {
        return none(look, "too few values: a percentile counts where 10 lie beyond it");
    }
    uint64_t rank = (uint64_t)(((sq_uint128)n * per_million + MILLION - 1) / MILLION);
    rank = rank == 0 ? 1 : rank;
    if (rank > count) {
        return found(look, SQ_NEVER);
    }
    uint32_t share = spread->never == 0 ? per_million : (uint32_t)(rank * MILLION / count);
    return found(look, sq_histogram_quantile(spread->histogram, share));
}

static bool extreme(const struct look *look, const struct spread *spread)
{
    const struct sq_histogram *histogram = spread->histogram;
    uint64_t count = histogram == NULL ? 0 : histogram->count;
    bool lowest = look->what->aggregation == SQ_AGGREGATION_MIN;
    if (count + spread->never == 0) {
        return none(look, "no data");
    }
    if (count == 0 || (spread->never > 0 && !lowest)) {
        return found(look, SQ_NEVER);
    }
    if (look->what->aggregation == SQ_AGGREGATION_AVG) {
        return found(look, sq_histogram_mean(histogram));
    }
    return found(look, lowest ? histogram->min : histogram->max);
}

static bool distribution(const struct look *look)
{
    struct spread spread;
    if (!spread_of(look, &spread)) {
        return no_selection(look);
    }
    switch (look->what->aggregation) {
    case SQ_AGGREGATION_COUNT:
        return found(look, spread.histogram == NULL ? 0 : (int64_t)spread.histogram->count);
    case SQ_AGGREGATION_AVG:
    case SQ_AGGREGATION_MIN:
    case SQ_AGGREGATION_MAX:
        return extreme(look, &spread);
    case SQ_AGGREGATION_MED:
        return quantile(look, &spread, MEDIAN);
    case SQ_AGGREGATION_P:
        return quantile(look, &spread, look->what->per_million);
    case SQ_AGGREGATION_VALUE:
    case SQ_AGGREGATION_RATE:
    case SQ_AGGREGATIONS:
        break;
    }
    return no_selection(look);
}

/* ---- totals and quotients */

static bool goodput(const struct look *look)
{
    if (look->part.counted_span <= 0) {
        return none(look, "no time after the warm-up");
    }
    sq_uint128 good =
        (sq_uint128)sq_tally_good(&look->part.tally) * (uint64_t)SQ_RATE_ONE * (uint64_t)SQ_SECOND;
    return found(look, (int64_t)(good / (sq_uint128)(uint64_t)look->part.counted_span));
}

static bool attempt_rate(const struct look *look)
{
    if (look->what->aggregation == SQ_AGGREGATION_MAX) {
        return found(look, (int64_t)look->part.peak_attempts);
    }
    sq_uint128 span = (sq_uint128)(uint64_t)look->part.span;
    if (span == 0) {
        return none(look, "no time");
    }
    sq_uint128 attempts = (sq_uint128)look->part.sent * (uint64_t)RATE_WIDTH;
    return found(look, (int64_t)((attempts + span / 2) / span));
}

static bool amplification(const struct look *look)
{
    if (look->part.tally.calls == 0) {
        return none(look, "no calls");
    }
    if (look->what->aggregation == SQ_AGGREGATION_MAX) {
        return found(look, look->part.peak_amplification);
    }
    return quotient(look, look->part.call_attempts, SQ_FACTOR_ONE, look->part.tally.calls);
}

static bool wasted_ratio(const struct look *look)
{
    uint64_t billed = look->part.billed.input + look->part.billed.output;
    uint64_t used = look->part.used.input + look->part.used.output;
    if (billed == 0) {
        return none(look, "no billed tokens");
    }
    return quotient(look, billed - used, SQ_RATIO_ONE, billed);
}

static bool cost_of_good_calls(const struct look *look)
{
    uint64_t good = sq_tally_good(&look->part.tally);
    if (good == 0) {
        return none(look, "no good calls");
    }
    return quotient(look, (uint64_t)look->part.billed.cost, 1000, good);
}

static sq_dur open_time_of(const struct look *look, uint32_t breaker)
{
    return sq_slice_needed(look->what) ? look->part.open_time[breaker]
                                       : look->column->breakers[breaker].open_time;
}

static bool breaker_open_time(const struct look *look)
{
    sq_dur sum = 0;
    sq_dur most = 0;
    for (uint32_t i = 0; i < look->column->n_breakers; i++) {
        sq_dur open_time = open_time_of(look, i);
        sum += open_time;
        most = open_time > most ? open_time : most;
    }
    return found(look, look->what->aggregation == SQ_AGGREGATION_MAX ? most : sum);
}

static bool total(const struct look *look)
{
    const struct sq_token_sum *billed = &look->part.billed;
    if (look->what->metric == SQ_METRIC_COST_USD) {
        return found(look, billed->cost);
    }
    sq_assert(look->what->metric == SQ_METRIC_TOKENS);
    return found(look, (int64_t)(billed->input + billed->output));
}

struct quotient_row {
    bool (*value)(const struct look *look);
    bool has_max;
};

/* Metrics that are neither ratios of calls nor distributions. */
static const struct quotient_row quotients[SQ_METRICS] = {
    [SQ_METRIC_GOODPUT] = {goodput, false},
    [SQ_METRIC_ATTEMPT_RATE] = {attempt_rate, true},
    [SQ_METRIC_RETRY_AMPLIFICATION] = {amplification, true},
    [SQ_METRIC_TOKENS] = {total, false},
    [SQ_METRIC_WASTED_TOKENS_RATIO] = {wasted_ratio, false},
    [SQ_METRIC_COST_USD] = {total, false},
    [SQ_METRIC_COST_PER_1K_GOOD_CALLS] = {cost_of_good_calls, false},
    [SQ_METRIC_BREAKER_OPEN_TIME] = {breaker_open_time, true},
};

/* At the level of totals only what holds for the run as a whole is known. */
static bool is_kept(const struct look *look)
{
    enum sq_metric metric = look->what->metric;
    bool of_windows = metric == SQ_METRIC_TIME_TO_OPEN || metric == SQ_METRIC_TIME_TO_RECOVER ||
                      metric == SQ_METRIC_BREAKER_OPEN_TIME;
    bool peak = quotients[metric].has_max && look->what->aggregation == SQ_AGGREGATION_MAX;
    bool part = look->what->selector == SQ_SELECT_PHASE ||
                (look->what->selector == SQ_SELECT_OUTCOME && sq_metric_row(metric)->distribution);
    return look->column->level != SQ_LEVEL_TOTALS || !(of_windows || peak || part);
}

/* Neither a ratio of calls nor a distribution. */
static bool quantity(const struct look *look)
{
    const struct quotient_row *row = &quotients[look->what->metric];
    bool is_max = row->has_max && look->what->aggregation == SQ_AGGREGATION_MAX;
    if (look->what->aggregation != SQ_AGGREGATION_VALUE && !is_max) {
        return no_selection(look);
    }
    if (row->value == NULL) {
        return call_ratio(look);
    }
    bool selected =
        look->what->selector == SQ_SELECT_ALL || look->what->selector == SQ_SELECT_PHASE;
    return selected ? row->value(look) : no_selection(look);
}

bool sq_result_value(const struct sq_result *result, const struct sq_column *column,
                     const struct sq_threshold *what, int64_t *value, const char **reason)
{
    struct look look = {.column = column, .what = what, .reason = reason};
    look.value = value;
    *reason = "";
    if (!is_kept(&look)) {
        return none(&look, "not kept at the level of totals");
    }
    if (!find_part(&look, result->scenario)) {
        return none(&look, "this part of the run was not kept apart");
    }
    if (look.part.n_unjudged > 0) {
        return none(&look, "too little of the run was left after the last fault");
    }
    if (sq_slice_needed(what) && look.part.span <= 0) {
        return none(&look, "no time of the run belongs to it");
    }
    return sq_metric_row(what->metric)->distribution ? distribution(&look) : quantity(&look);
}
