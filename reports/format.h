/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people read them, in one place, so that every report prints the same number the same
 * way. Integers in, text out: nothing is computed here but digits, nothing goes through floating
 * point.
 *
 * Units in: those of scenarios/metrics.h (parts per billion, nanoseconds, pico-dollars, millionths,
 * thousandths per second).
 */
#ifndef SQ_REPORTS_FORMAT_H
#define SQ_REPORTS_FORMAT_H

#include <stdint.h>

#include "base/strbuf.h"
#include "scenarios/scenario.h"

#define SQ_FORMAT_NONE "\xe2\x80\x94" /* a dash: no data, or too few values for p(q) */

/* "99.50%". Two decimals; more where two would claim all or nothing: 999,999,000 is "99.9999%",
 * "100%" and "0%" are exact. */
void sq_format_ratio(struct sq_strbuf *out, int64_t ppb);

/* "12,345". */
void sq_format_count(struct sq_strbuf *out, uint64_t count);

/* "$1,234.56"; below a dollar three significant digits: "$0.0123"; exact zero is "$0". */
void sq_format_money(struct sq_strbuf *out, int64_t picodollars);

/* A quotient: "1.25". */
void sq_format_factor(struct sq_strbuf *out, int64_t millionths);

/* A value of a metric's kind: "99.50%", "1.23s", "8.40/s", "1.25", "$4.20", "12,345". */
void sq_format_value(struct sq_strbuf *out, enum sq_metric_kind kind, int64_t value);

/* How far a value is from its limit, without a sign: as sq_format_value, a ratio in "points". */
void sq_format_distance(struct sq_strbuf *out, enum sq_metric_kind kind, int64_t margin);

/* The kind of what a threshold compares: a count of a distribution is a count whatever it is of. */
enum sq_metric_kind sq_format_kind(const struct sq_threshold *what);

#endif
