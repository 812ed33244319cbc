/* SPDX-License-Identifier: MIT */
/* Reading `p(95) < 2500ms`. What may stand there depends on the kind of the metric. */
#include "scenarios/threshold_int.h"

#include <string.h>

#include "base/duration.h"
#include "scenarios/values_int.h"

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " ");
}

/* "p(99.9)": N with at most four decimals becomes millionths. */
static const char *read_percentile(const char **text, struct sq_threshold *threshold)
{
    const char *close = strchr(*text, ')');
    int64_t value;
    if ((*text)[1] != '(' || close == NULL ||
        !sq_decimal_read(*text + 2, (size_t)(close - *text) - 2, 4, &value) || value <= 0 ||
        value >= 1000000) {
        return "a percentile is p(N) with N above 0 and below 100";
    }
    threshold->aggregation = SQ_AGGREGATION_P;
    threshold->per_million = (uint32_t)value;
    *text = close + 1;
    return NULL;
}

static const char *read_aggregation(const char **text, struct sq_threshold *threshold)
{
    static const enum sq_aggregation plain[] = {
        SQ_AGGREGATION_VALUE, SQ_AGGREGATION_COUNT, SQ_AGGREGATION_RATE, SQ_AGGREGATION_AVG,
        SQ_AGGREGATION_MIN,   SQ_AGGREGATION_MED,   SQ_AGGREGATION_MAX};
    if ((*text)[0] == 'p') {
        return read_percentile(text, threshold);
    }
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        const char *name = sq_aggregation_name(plain[i]);
        if (strncmp(*text, name, strlen(name)) == 0) {
            threshold->aggregation = plain[i];
            *text += strlen(name);
            return NULL;
        }
    }
    return "no such aggregation";
}

static const char *read_operator(const char **text, struct sq_threshold *threshold)
{
    /* The longer ones first. */
    static const enum sq_operator order[] = {SQ_OPERATOR_LE, SQ_OPERATOR_GE, SQ_OPERATOR_EQ,
                                             SQ_OPERATOR_LT, SQ_OPERATOR_GT};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const char *name = sq_operator_name(order[i]);
        if (strncmp(*text, name, strlen(name)) == 0) {
            threshold->operation = order[i];
            *text += strlen(name);
            return NULL;
        }
    }
    return "an operator is missing: <, <=, >, >= or ==";
}

static bool has_maximum(enum sq_metric metric)
{
    return metric == SQ_METRIC_ATTEMPT_RATE || metric == SQ_METRIC_RETRY_AMPLIFICATION ||
           metric == SQ_METRIC_BREAKER_OPEN_TIME;
}

/* `rate` of a ratio or a rate, and `count` of a count, are its value. */
static bool is_value(enum sq_metric_kind kind, enum sq_aggregation aggregation)
{
    if (aggregation == SQ_AGGREGATION_RATE) {
        return kind == SQ_METRIC_RATIO || kind == SQ_METRIC_RATE;
    }
    return aggregation == SQ_AGGREGATION_VALUE ||
           (aggregation == SQ_AGGREGATION_COUNT && kind == SQ_METRIC_COUNT);
}

static const char *check_aggregation(struct sq_threshold *threshold, bool given, const char **hint)
{
    const struct sq_metric_row *row = sq_metric_row(threshold->metric);
    if (row->distribution) {
        *hint = "it takes avg, min, med, max, p(N) and count";
        if (!given) {
            return "an aggregation is missing, since this metric has many values";
        }
        return threshold->aggregation == SQ_AGGREGATION_VALUE ||
                       threshold->aggregation == SQ_AGGREGATION_RATE
                   ? "this metric has no such aggregation"
                   : NULL;
    }
    *hint = has_maximum(threshold->metric) ? "it takes value and max" : "it takes its value only";
    if (!given || is_value(row->kind, threshold->aggregation)) {
        threshold->aggregation = SQ_AGGREGATION_VALUE;
        return NULL;
    }
    return threshold->aggregation == SQ_AGGREGATION_MAX && has_maximum(threshold->metric)
               ? NULL
               : "this metric has no such aggregation";
}

static const char *read_ratio(const char *text, size_t length, int64_t *limit, const char **hint)
{
    bool percent = length > 1 && text[length - 1] == '%';
    if (percent && !sq_decimal_read(text, length - 1, 7, limit)) {
        return "the limit is not a ratio";
    }
    if (!percent && !sq_decimal_read(text, length, 9, limit)) {
        *hint = "write 99.5% or 0.995";
        return "the limit is not a ratio";
    }
    if (*limit > SQ_RATIO_ONE) {
        *hint = percent ? NULL : "ratios are 0 to 1: did you forget the %?";
        return "the limit is above 100%";
    }
    return NULL;
}

static const char *read_plain(const char *text, size_t length, int scale, int64_t *limit)
{
    return sq_decimal_read(text, length, scale, limit) ? NULL : "the limit is not a number";
}

const char *sq_threshold_limit(const char *text, const struct sq_threshold *threshold,
                               int64_t *limit, const char **hint)
{
    size_t length = strlen(text);
    size_t bad;
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    *hint = NULL;
    if (length == 0) {
        return "the limit is missing";
    }
    if (threshold->aggregation == SQ_AGGREGATION_COUNT) {
        return read_plain(text, length, 0, limit);
    }
    switch (sq_metric_row(threshold->metric)->kind) {
    case SQ_METRIC_RATIO:
        return read_ratio(text, length, limit, hint);
    case SQ_METRIC_DURATION:
        *hint = "durations need a unit, such as 2500ms or 2.5s";
        return sq_duration_read(text, length, limit, &bad) ? NULL : "the limit is not a duration";
    case SQ_METRIC_RATE:
        return read_plain(text, length, 3, limit);
    case SQ_METRIC_FACTOR:
        return read_plain(text, length, 6, limit);
    case SQ_METRIC_MONEY:
        *hint = "write US dollars without a sign, such as 4.20";
        return read_plain(text, length, 12, limit);
    case SQ_METRIC_COUNT:
        return read_plain(text, length, 0, limit);
    }
    return "the metric is of no known kind";
}

const char *sq_threshold_aggregation(const char *text, struct sq_threshold *threshold,
                                     const char **hint)
{
    const char *problem = NULL;
    *hint = NULL;
    if (text != NULL) {
        *hint = "aggregations are count, rate, value, avg, min, med, max and p(N)";
        problem = read_aggregation(&text, threshold);
        if (problem == NULL && text[0] != '\0') {
            problem = "no such aggregation";
        }
    }
    return problem != NULL ? problem : check_aggregation(threshold, text != NULL, hint);
}

const char *sq_threshold_parse(const char *text, struct sq_threshold *threshold, const char **hint)
{
    const char *problem = NULL;
    bool given = false;
    *hint = "a threshold is [aggregation] operator value, such as p(95)<2500ms";
    text = skip_spaces(text);
    if (text[0] != '\0' && strchr("<>=!", text[0]) == NULL) {
        given = true;
        problem = read_aggregation(&text, threshold);
    }
    if (problem != NULL) {
        return problem;
    }
    text = skip_spaces(text);
    problem = read_operator(&text, threshold);
    if (problem == NULL) {
        problem = check_aggregation(threshold, given, hint);
    }
    return problem != NULL
               ? problem
               : sq_threshold_limit(skip_spaces(text), threshold, &threshold->limit, hint);
}

/* ---- guessing ---- */

static bool reads(const struct sq_strbuf *text, const struct sq_threshold *metric)
{
    struct sq_threshold threshold = *metric;
    const char *hint = NULL;
    return sq_threshold_parse(sq_strbuf_text(text), &threshold, &hint) == NULL;
}

/* "p95<1" as "p(95)<1", "<1" of many values as "p(95)<1", "avg<1" of one value as "<1". */
static void guess_aggregation(const char *text, bool distribution, struct sq_strbuf *guess)
{
    size_t digits = text[0] == 'p' ? strspn(text + 1, "0123456789.") : 0;
    const char *operator= text + strcspn(text, "<>=");
    if (!distribution) {
        sq_strbuf_add(guess, operator);
    } else if (digits > 0) {
        sq_strbuf_add_format(guess, "p(%.*s)%s", (int)digits, text + 1, text + 1 + digits);
    } else if (operator== text) {
        sq_strbuf_add_format(guess, "p(95)%s", text);
    } else {
        sq_strbuf_add(guess, text);
    }
}

static const char *unit_of(enum sq_metric_kind kind)
{
    return kind == SQ_METRIC_DURATION ? "ms" : kind == SQ_METRIC_RATIO ? "%" : "";
}

bool sq_threshold_guess(const char *text, const struct sq_threshold *metric,
                        struct sq_strbuf *guess)
{
    const struct sq_metric_row *row = sq_metric_row(metric->metric);
    sq_strbuf_add_format(guess, "%s%s", text, unit_of(row->kind));
    if (reads(guess, metric)) {
        return true;
    }
    sq_strbuf_reset(guess);
    guess_aggregation(text, row->distribution, guess);
    if (reads(guess, metric)) {
        return true;
    }
    sq_strbuf_add(guess, unit_of(row->kind));
    return reads(guess, metric);
}
