/* SPDX-License-Identifier: MIT */
/*
 * The metrics that thresholds can speak of, one row each. The meter computes them, the judge looks
 * them up, reports, schema, `list` and docs print the rows.
 *
 * A value is a 64-bit integer in the unit of its kind: a ratio in parts per billion, a duration in
 * nanoseconds, a rate in thousandths per second, a factor in millionths, money in pico-dollars, a
 * count as it is.
 */
#ifndef SQ_SCENARIOS_METRICS_H
#define SQ_SCENARIOS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQ_RATIO_ONE  INT64_C(1000000000)
#define SQ_FACTOR_ONE INT64_C(1000000)
#define SQ_RATE_ONE   INT64_C(1000)
#define SQ_MONEY_ONE  INT64_C(1000000000000)

enum sq_metric_kind {
    SQ_METRIC_RATIO,
    SQ_METRIC_DURATION,
    SQ_METRIC_RATE,   /* per second, or per 250 ms for attempt_rate */
    SQ_METRIC_FACTOR, /* a quotient that may exceed 1: attempts per call */
    SQ_METRIC_MONEY,
    SQ_METRIC_COUNT
};

/* Which aggregations a metric has; the first listed bit is the default when a threshold names none.
 */
enum sq_aggregation {
    SQ_AGGREGATION_VALUE, /* the ratio, total or quotient itself */
    SQ_AGGREGATION_COUNT,
    SQ_AGGREGATION_RATE,
    SQ_AGGREGATION_AVG,
    SQ_AGGREGATION_MIN,
    SQ_AGGREGATION_MED,
    SQ_AGGREGATION_MAX,
    SQ_AGGREGATION_P, /* p(N) */
    SQ_AGGREGATIONS
};

/* X(enumerator, name, kind, distribution, sentence): a distribution has avg min med max p(N) count;
 * others their value (and max, where the sentence says so). */
#define SQ_METRIC_LIST(X)                                                                          \
    X(AVAILABILITY, "availability", RATIO, false,                                                  \
      "(first_try + recovered + fallback + substitute + late) / valid calls")                      \
    X(AVAILABILITY_MODEL, "availability_model", RATIO, false,                                      \
      "(first_try + recovered + fallback) / valid calls")                                          \
    X(AVAILABILITY_STRICT, "availability_strict", RATIO, false,                                    \
      "(first_try + recovered) / valid calls")                                                     \
    X(ERROR_RATIO, "error_ratio", RATIO, false,                                                    \
      "1 - availability: apologies and lost answers are errors")                                   \
    X(APOLOGY_RATIO, "apology_ratio", RATIO, false, "apologies / valid calls")                     \
    X(FALLBACK_RATIO, "fallback_ratio", RATIO, false,                                              \
      "calls answered by a fallback strategy / valid calls; {strategy:switch_model} or "           \
      "{strategy:final}")                                                                          \
    X(CALL_DURATION, "call_duration", DURATION, true,                                              \
      "from the intended start of a call to its end")                                              \
    X(ATTEMPT_DURATION, "attempt_duration", DURATION, true,                                        \
      "from the send of an attempt to its end")                                                    \
    X(TTFT, "ttft", DURATION, true,                                                                \
      "from the intended start to the first token of the attempt that answered")                   \
    X(TPOT, "tpot", DURATION, true,                                                                \
      "time per output token after the first, of the attempt that answered")                       \
    X(BACKOFF_WAIT, "backoff_wait", DURATION, true, "each wait between two attempts")              \
    X(POOL_WAIT, "pool_wait", DURATION, true,                                                      \
      "for a free connection, of each attempt under limits.connections")                           \
    X(GOODPUT, "goodput", RATE, false,                                                             \
      "good calls per second of the scenario's duration after warm-up")                            \
    X(ATTEMPT_RATE, "attempt_rate", COUNT, false,                                                  \
      "attempts per 250 ms; max is the peak, without the first 500 ms of a phase that begins "     \
      "with a fault")                                                                              \
    X(RETRY_AMPLIFICATION, "retry_amplification", FACTOR, false,                                   \
      "attempts on the wire per call; max over windows of 250 ms")                                 \
    X(TOKENS, "tokens", COUNT, false, "billed tokens, input and output")                           \
    X(WASTED_TOKENS_RATIO, "wasted_tokens_ratio", RATIO, false,                                    \
      "billed tokens of attempts whose answer nobody used / billed tokens")                        \
    X(COST_USD, "cost_usd", MONEY, false, "the bills of all attempts")                             \
    X(COST_PER_1K_GOOD_CALLS, "cost_per_1k_good_calls", MONEY, false,                              \
      "cost of the run / good calls x 1,000")                                                      \
    X(BREAKER_OPEN_TIME, "breaker_open_time", DURATION, false,                                     \
      "time breakers were open or half open, summed over breakers; max: of one breaker")           \
    X(TIME_TO_OPEN, "time_to_open", DURATION, true,                                                \
      "from the start of a fault window to the first breaker that opens within it")                \
    X(TIME_TO_RECOVER, "time_to_recover", DURATION, true,                                          \
      "from the end of a fault window until availability is back for three windows")

#define SQ_METRICS_ENUM(id, name, kind, distribution, sentence) SQ_METRIC_##id,
enum sq_metric { SQ_METRIC_LIST(SQ_METRICS_ENUM) SQ_METRICS };
#undef SQ_METRICS_ENUM

struct sq_metric_row {
    const char *name;
    enum sq_metric_kind kind;
    bool distribution;
    const char *sentence;
};

const struct sq_metric_row *sq_metric_row(enum sq_metric metric);
bool sq_metric_by_name(const char *name, size_t length, enum sq_metric *metric);
const char *sq_aggregation_name(enum sq_aggregation aggregation);

#endif
