/* SPDX-License-Identifier: MIT */
/*
 * Distributions, compiled at load into tables so that drawing is integer arithmetic only: the
 * inverse cumulative distribution at 1,024 equal steps of probability, the top 1/32 again at 1,024
 * steps and the top 1/1024 once more, linear between. A value is a whole number in the caller's
 * unit (nanoseconds, tokens, micro-tokens/s). One 32-bit lane makes one value, a larger lane never
 * a smaller one; the same lane and table give the same value on every machine. Compiling uses
 * base/fixed.h, no libm, and takes a fraction of a millisecond.
 *
 * How far the tails reach: quantiles are those of the law up to 1 - 2^-20, about one draw in a
 * million; beyond, the value goes on linearly to a last knot placed so that the mean of that last
 * piece is the law's up to 1 - 2^-33 (15.8 means for an exponential law). The lowest 1/1024 of
 * lognormal, normal, gamma and mixture laws is handled like that too. Quantiles from p50 to p99.99
 * are right to 0.02 % for exponential and normal laws, lognormal ones with sigma up to 1, gamma
 * ones with cv up to 2 and Pareto ones with alpha from 1 on; for wider gamma laws to 0.1 %, or to
 * 10^-5 of the mean where they are near 0; for mixtures to 0.05 %. Means are right to 0.01 % for
 * lognormal laws with sigma up to 3, gamma laws and Pareto laws with alpha from 2 on (1.5: 0.1 %);
 * below, most of the mean comes from rarer values than are drawn. Deviations of lognormal laws come
 * out small from sigma 2 (3 %) on for the same reason.
 *
 * A mixture is composed into one such table, exactly, from the tables of its parts, so that one
 * lane is enough. Its weights hold to the step of the table: where it jumps from one hump of values
 * to another with nothing between, 1/1024 of the draws (1/32,768 in the top 1/32, 2^-20 in the top
 * 1/1024) fall into the gap.
 */
#ifndef SQ_BASE_DIST_H
#define SQ_BASE_DIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/int128.h"

enum sq_dist_kind {
    SQ_DIST_FIXED,           /* a */
    SQ_DIST_UNIFORM,         /* [a, b); a when they are equal */
    SQ_DIST_EXPONENTIAL,     /* a: mean */
    SQ_DIST_LOGNORMAL,       /* a: median, not 0; b: p99, in the same unit, b >= a */
    SQ_DIST_LOGNORMAL_SIGMA, /* a: median, not 0; shape: sigma of the logarithm, 0 to 8 */
    SQ_DIST_NORMAL,          /* a: mean, may be negative; b: standard deviation */
    SQ_DIST_GAMMA,           /* a: mean; shape: cv = deviation / mean, 0.05 to 10 */
    SQ_DIST_PARETO,          /* a: smallest value, not 0; shape: alpha, 0.5 to 64 */
    SQ_DIST_MIXTURE,         /* parts */
    SQ_DIST_EMPIRICAL        /* samples */
};

struct sq_dist_part;

#define SQ_DIST_PARTS_MAX   16
#define SQ_DIST_SAMPLES_MAX (1u << 24)

/* What a file says, in whole caller's units. Draws are clamped, not drawn again: everything outside
 * [min, max] falls on its border. The loader's defaults are 0 and INT64_MAX. Only a min below 0
 * lets negative values through, and only normal, empirical and mixture laws accept one. */
struct sq_dist_spec {
    enum sq_dist_kind kind;
    int64_t a;
    int64_t b;
    int64_t min;
    int64_t max;
    uint64_t shape_q32; /* sigma, cv or alpha as a share of 2^32 */
    const struct sq_dist_part *parts;
    uint32_t n_parts; /* 1 to SQ_DIST_PARTS_MAX */
    uint32_t n_samples;
    /* Sorted, 1 to SQ_DIST_SAMPLES_MAX of them, each -2^60 to 2^60. The first is p0, the last p100,
     * linear between neighbours (the seventh definition of Hyndman and Fan, "Sample quantiles in
     * statistical packages", 1996; NumPy's default). */
    const int64_t *samples;
};

/* A component of a mixture; parts and samples need to live only while compiling. */
struct sq_dist_part {
    int64_t weight;           /* 1 to 2^32; its share is weight / sum of weights */
    struct sq_dist_spec spec; /* with its own min and max; not a mixture */
};

#define SQ_DIST_WEIGHT_MAX ((int64_t)1 << 32)

#define SQ_DIST_KNOTS 1024

struct sq_dist {
    int64_t fixed; /* the value when knots is NULL */
    const int64_t
        *knots; /* value * 2^fraction_bits, never falling; in the arena. Three tables of
                   SQ_DIST_KNOTS + 1: all lanes, those of the shoulder, those of the tail */
    uint32_t fraction_bits;
};

/* The first lanes of the top 1/32 and of the top 1/1024. */
#define SQ_DIST_SHOULDER_LANE UINT32_C(0xF8000000)
#define SQ_DIST_TAIL_LANE     UINT32_C(0xFFC00000)

/* Largest value a distribution may reach: 2^60 (36 years in nanoseconds); beyond, SQ_INVALID. */
#define SQ_DIST_VALUE_MAX ((int64_t)1 << 60)

/* Checks the spec and makes the table. SQ_INVALID: a parameter is out of its range, or the law
 * reaches beyond SQ_DIST_VALUE_MAX and no max stops it. The result lives as long as the arena. */
SQ_MUST_USE enum sq_status sq_dist_compile(const struct sq_dist_spec *spec, struct sq_arena *arena,
                                           struct sq_dist *dist, struct sq_error *err);

/* Rounded to nearest; for a uniform law (and a uniform part of a mixture) floor, so that every
 * whole number of [a, b) is equally likely. */
static inline int64_t sq_dist_value(const struct sq_dist *dist, uint32_t lane)
{
    if (dist->knots == NULL) {
        return dist->fixed;
    }
    const int64_t *knots = dist->knots;
    uint32_t within_q32 = lane;
    if (lane >= SQ_DIST_TAIL_LANE) {
        knots += 2 * (SQ_DIST_KNOTS + 1);
        within_q32 = lane << 10;
    } else if (lane >= SQ_DIST_SHOULDER_LANE) {
        knots += SQ_DIST_KNOTS + 1;
        within_q32 = lane << 5;
    }
    knots += within_q32 >> 22;
    uint32_t weight_q32 = within_q32 << 10;
    uint64_t step = (uint64_t)knots[1] - (uint64_t)knots[0];
    return (knots[0] + (int64_t)(((sq_uint128)step * weight_q32) >> 32)) >> dist->fraction_bits;
}

/* How SQ_DIST_LOGNORMAL says what SQ_DIST_LOGNORMAL_SIGMA does; a small median is better left to
 * the latter, since p99 is a whole number. The p99 of a lognormal with this median and sigma (sigma
 * as a share of 2^32, at most 8.0). Rounded to nearest, saturates at INT64_MAX. median >= 0. */
int64_t sq_dist_lognormal_p99(int64_t median, uint64_t sigma_q32);

#endif
