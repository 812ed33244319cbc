/* SPDX-License-Identifier: MIT */
/*
 * Curves: a value that changes over time, counted from the curve's own start. Piecewise linear
 * between points; constant before the first and after the last. Values are whole numbers in the
 * caller's unit (share of 2^32, micro-calls per second).
 */
#ifndef SQ_BASE_CURVE_H
#define SQ_BASE_CURVE_H

#include <stdint.h>

#include "base/int128.h"
#include "base/time.h"

struct sq_curve_point {
    sq_dur offset; /* rising strictly */
    int64_t value;
};

#define SQ_CURVE_POINTS_MAX 256

struct sq_curve {
    const struct sq_curve_point *points; /* not owned; at least one */
    uint32_t n_points;
};

int64_t sq_curve_value(const struct sq_curve *curve, sq_dur offset);

/* The area under the curve over [0, offset), in value x nanoseconds. Values 0..2^40, offsets up to
 * 2^60. */
sq_uint128 sq_curve_area(const struct sq_curve *curve, sq_dur offset);

/* The earliest offset at which the area reaches `area`; SQ_NEVER when it never does. Values must be
 * >= 0. */
sq_dur sq_curve_reaches(const struct sq_curve *curve, sq_uint128 area);

#endif
