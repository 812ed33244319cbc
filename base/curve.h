/* SPDX-License-Identifier: MIT */
/*
 * Curves: a value that changes over time, counted from the curve's own start. Piecewise linear
 * between points; constant before the first and after the last, so the area under a curve grows for
 * ever unless its last value is 0. Values are whole numbers in the caller's unit (share of 2^32,
 * micro-calls per second). Areas are those of the exact straight lines, not of rounded values: an
 * area and its inverse agree to the nanosecond, whatever the number of questions asked.
 *
 * A curve may be a wave instead (base/wave.h), which repeats for ever; before its start it has the
 * value it starts with.
 */
#ifndef SQ_BASE_CURVE_H
#define SQ_BASE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/int128.h"
#include "base/time.h"

struct sq_curve_point {
    sq_dur offset; /* rising strictly, from 0 on */
    int64_t value;
};

#define SQ_CURVE_POINTS_MAX 256

/* What area and reaches accept, so that products fit 128 bits. */
#define SQ_CURVE_VALUE_MAX  ((int64_t)1 << 40)
#define SQ_CURVE_OFFSET_MAX ((sq_dur)1 << 60)

struct sq_wave;

struct sq_curve {
    const struct sq_curve_point *points; /* not owned; at least one unless there is a wave */
    uint32_t n_points;
    const struct sq_wave *wave; /* not owned; when there is one, points are not looked at */
};

/* A zeroed curve: neither points nor a wave. It has no value; its owner says what holds then. */
static inline bool sq_curve_is_empty(const struct sq_curve *curve)
{
    return curve->n_points == 0 && curve->wave == NULL;
}

/* Rounded to nearest, halves away from zero. Any values and offsets. */
int64_t sq_curve_value(const struct sq_curve *curve, sq_dur offset);

/* The area under the curve over [0, offset), in value x nanoseconds, rounded down. Values 0..2^40,
 * offsets 0..2^60. */
sq_uint128 sq_curve_area(const struct sq_curve *curve, sq_dur offset);

/* The earliest offset at which sq_curve_area is at least `area`; SQ_NEVER when it never is, or not
 * within the range of sq_dur. Values and points as for sq_curve_area. Time linear in the number of
 * points, logarithmic in the pieces of a wave. */
sq_dur sq_curve_reaches(const struct sq_curve *curve, sq_uint128 area);

#endif
