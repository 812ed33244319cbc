/* SPDX-License-Identifier: MIT */
/*
 * Curves in files: [[offset, value], ...], or a wave that repeats for ever, of calls per second and
 * of ratios. Waves are compiled while they are read; tables live in the scenario's arena.
 */
#ifndef SQ_SCENARIOS_CURVES_INT_H
#define SQ_SCENARIOS_CURVES_INT_H

#include "base/curve.h"
#include "scenarios/reader_int.h"

/* Calls per second: a million is more than any run can hold. In millionths it stays below 2^40,
 * what the area under a curve can take. */
#define SQ_RATE_MAX INT64_C(1000000000000)

extern const struct sq_shape sq_shape_rate; /* millionths of calls per second */
extern const struct sq_shape sq_shape_rate_curve;
extern const struct sq_shape sq_shape_ratio_curve; /* shares of 2^32 */

/* The curve of a draft that was given, with its points in the arena. False: out of memory. */
bool sq_curve_keep(struct sq_reader *reader, const struct sq_curve_draft *draft,
                   struct sq_curve *curve);

/* One value for ever, or a straight line from the start to `to` at the end of `duration`. False:
 * out of memory. */
bool sq_curve_line(struct sq_reader *reader, int64_t from, int64_t to, sq_dur duration,
                   struct sq_curve *curve);

#endif
