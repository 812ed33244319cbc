/* SPDX-License-Identifier: MIT */
/*
 * The numbers every report shows of a column, in one order, with one label and one definition each:
 * text, page and JSON iterate over these rows, so no face can leave one out or explain it
 * otherwise. A row looks values up with sq_result_value and sq_result_quantile; it computes
 * nothing.
 */
#ifndef SQ_REPORTS_ROWS_H
#define SQ_REPORTS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "sim/result.h"

#define SQ_ROW_PARTS_MAX 4

/* One number of a row: a metric and how it is aggregated. */
struct sq_row_part {
    enum sq_metric metric;
    enum sq_aggregation aggregation;
    uint32_t per_million;
    const char *name;   /* beside the row's label where the number stands alone: "p95", or "" */
    const char *before; /* words around it where the row is one line: "  p95 " */
    const char *after;
    bool mean; /* of the seeds' own values, not that of all seeds together */
};

enum sq_row_kind {
    SQ_ROW_PLAIN,
    SQ_ROW_DISTRIBUTION, /* the note ends with how many values there are */
    SQ_ROW_OF_SEEDS      /* says something only where several seeds ran */
};

struct sq_row {
    const char *label;
    const char *note; /* the definition in brief */
    enum sq_row_kind kind;
    size_t n_parts;
    struct sq_row_part parts[SQ_ROW_PARTS_MAX];
};

size_t sq_rows(void);
const struct sq_row *sq_row(size_t index);

/* Whether the row says something of this column: a distribution that has values, a row of several
 * seeds where several ran, any other row. */
bool sq_row_applies(const struct sq_row *row, const struct sq_result *result,
                    const struct sq_column *column);

/* Whether a distribution has any value in this column (its percentiles may still be dashes). */
bool sq_row_has_count(const struct sq_row *row, const struct sq_result *result,
                      const struct sq_column *column);

/* "p50 812ms  p95 2.90s  p99 \u2014": SQ_FORMAT_NONE for what has no data. */
/* What to ask sq_result_value for. */
struct sq_threshold sq_row_threshold(const struct sq_row_part *part);

/* The number; false: no data. */
bool sq_row_part_value(const struct sq_row_part *part, const struct sq_result *result,
                       const struct sq_column *column, int64_t *value);
enum sq_metric_kind sq_row_part_kind(const struct sq_row_part *part);

/* One number alone: "2.90s". */
void sq_row_add_part(struct sq_strbuf *out, const struct sq_row_part *part,
                     const struct sq_result *result, const struct sq_column *column);

void sq_row_add_value(struct sq_strbuf *out, const struct sq_row *row,
                      const struct sq_result *result, const struct sq_column *column);

/* "n 6,000"; false, and nothing, for what is no distribution or has no value. */
bool sq_row_add_count(struct sq_strbuf *out, const struct sq_row *row,
                      const struct sq_result *result, const struct sq_column *column);

/* The note, and for a distribution how many values it has. */
void sq_row_add_note(struct sq_strbuf *out, const struct sq_row *row,
                     const struct sq_result *result, const struct sq_column *column);

#endif
