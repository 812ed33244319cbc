/* SPDX-License-Identifier: MIT */
/* The table of numbers and its look-ups. */
#include "reports/rows.h"

#include "base/assert.h"
#include "reports/format.h"

#define VALUE(metric)                                                                              \
    {                                                                                              \
        SQ_METRIC_##metric, SQ_AGGREGATION_VALUE, 0, "", "", "", false                             \
    }
#define QUANTILES(metric)                                                                          \
    {                                                                                              \
        {SQ_METRIC_##metric, SQ_AGGREGATION_P, 500000, "p50", "p50 ", "", false},                  \
            {SQ_METRIC_##metric, SQ_AGGREGATION_P, 950000, "p95", "  p95 ", "", false},            \
            {SQ_METRIC_##metric, SQ_AGGREGATION_P, 990000, "p99", "  p99 ", "", false},            \
    }

static const struct sq_row rows[] = {
    {"availability",
     "any answer but an apology / valid calls",
     SQ_ROW_PLAIN,
     1,
     {VALUE(AVAILABILITY)}},
    {"  by a model",
     "first_try + recovered + fallback",
     SQ_ROW_PLAIN,
     1,
     {VALUE(AVAILABILITY_MODEL)}},
    {"  as wanted", "first_try + recovered", SQ_ROW_PLAIN, 1, {VALUE(AVAILABILITY_STRICT)}},
    {"latency", "from intended start", SQ_ROW_DISTRIBUTION, 3, QUANTILES(CALL_DURATION)},
    {"first token", "from intended start", SQ_ROW_DISTRIBUTION, 3, QUANTILES(TTFT)},
    {"attempts",
     "on the wire, per call",
     SQ_ROW_PLAIN,
     2,
     {{SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_VALUE, 0, "per call", "", " per call", false},
      {SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_MAX, 0, "peak", "  peak ", "", false}}},
    {"peak rate",
     "attempts in 250 ms; mean of each seed's highest",
     SQ_ROW_OF_SEEDS,
     2,
     {{SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_MAX, 0, "highest", "", "", false},
      {SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_MAX, 0, "mean", "  mean ", "", true}}},
    {"money",
     "of all attempts",
     SQ_ROW_PLAIN,
     3,
     {{SQ_METRIC_COST_USD, SQ_AGGREGATION_VALUE, 0, "spent", "", "", false},
      {SQ_METRIC_COST_PER_1K_GOOD_CALLS, SQ_AGGREGATION_VALUE, 0, "per 1k good", "  ",
       " per 1k good", false},
      {SQ_METRIC_WASTED_TOKENS_RATIO, SQ_AGGREGATION_VALUE, 0, "tokens wasted", "  wasted ",
       " of tokens", false}}},
};

size_t sq_rows(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct sq_row *sq_row(size_t index)
{
    sq_assert(index < sq_rows());
    return &rows[index];
}

struct sq_threshold sq_row_threshold(const struct sq_row_part *part)
{
    return (struct sq_threshold){.metric = part->metric,
                                 .selector = SQ_SELECT_ALL,
                                 .aggregation = part->aggregation,
                                 .per_million = part->per_million};
}

bool sq_row_part_value(const struct sq_row_part *part, const struct sq_result *result,
                       const struct sq_column *column, int64_t *value)
{
    if (part->mean) {
        sq_assert(part->metric == SQ_METRIC_ATTEMPT_RATE);
        *value = column->peak_attempts_mean;
        return true;
    }
    struct sq_threshold what = sq_row_threshold(part);
    const char *reason;
    return sq_result_value(result, column, &what, value, &reason);
}

/* A mean of counts has decimals. */
enum sq_metric_kind sq_row_part_kind(const struct sq_row_part *part)
{
    struct sq_threshold what = sq_row_threshold(part);
    return part->mean ? SQ_METRIC_FACTOR : sq_format_kind(&what);
}

static bool row_count(const struct sq_row *row, const struct sq_result *result,
                      const struct sq_column *column, int64_t *count)
{
    struct sq_row_part counting = row->parts[0];
    counting.aggregation = SQ_AGGREGATION_COUNT;
    return row->kind == SQ_ROW_DISTRIBUTION &&
           sq_row_part_value(&counting, result, column, count) && *count > 0;
}

bool sq_row_has_count(const struct sq_row *row, const struct sq_result *result,
                      const struct sq_column *column)
{
    int64_t count;
    return row_count(row, result, column, &count);
}

bool sq_row_applies(const struct sq_row *row, const struct sq_result *result,
                    const struct sq_column *column)
{
    switch (row->kind) {
    case SQ_ROW_PLAIN:
        return true;
    case SQ_ROW_DISTRIBUTION:
        return sq_row_has_count(row, result, column);
    case SQ_ROW_OF_SEEDS:
        return column->n_seeds > 1;
    }
    sq_assert(false && "a row of no kind");
    return true;
}

void sq_row_add_part(struct sq_strbuf *out, const struct sq_row_part *part,
                     const struct sq_result *result, const struct sq_column *column)
{
    int64_t value;
    if (sq_row_part_value(part, result, column, &value)) {
        sq_format_value(out, sq_row_part_kind(part), value);
    } else {
        sq_strbuf_add(out, SQ_FORMAT_NONE);
    }
}

void sq_row_add_value(struct sq_strbuf *out, const struct sq_row *row,
                      const struct sq_result *result, const struct sq_column *column)
{
    for (size_t i = 0; i < row->n_parts; i++) {
        int64_t value;
        sq_strbuf_add(out, row->parts[i].before);
        sq_row_add_part(out, &row->parts[i], result, column);
        if (sq_row_part_value(&row->parts[i], result, column, &value)) {
            sq_strbuf_add(out, row->parts[i].after);
        }
    }
}

bool sq_row_add_count(struct sq_strbuf *out, const struct sq_row *row,
                      const struct sq_result *result, const struct sq_column *column)
{
    int64_t count;
    if (!row_count(row, result, column, &count)) {
        return false;
    }
    sq_strbuf_add(out, "n ");
    sq_format_value(out, SQ_METRIC_COUNT, count);
    return true;
}

void sq_row_add_note(struct sq_strbuf *out, const struct sq_row *row,
                     const struct sq_result *result, const struct sq_column *column)
{
    sq_strbuf_add(out, row->note);
    if (sq_row_has_count(row, result, column)) {
        sq_strbuf_add(out, ", ");
        sq_row_add_count(out, row, result, column);
    }
}
