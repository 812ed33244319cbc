/* SPDX-License-Identifier: MIT */
/*
 * Distributions, compiled at load into tables so that drawing is integer arithmetic only: 1,024
 * knots of the inverse cumulative distribution, the last (and first, for laws unbounded below)
 * interval refined again by 1,024 knots for the tail, linear between. A value is a whole number in
 * the caller's unit (nanoseconds, tokens, micro-tokens/s). One 32-bit lane makes one value; the
 * same lane and table give the same value on every machine. Compiling uses fixed-point logarithm,
 * exponential and normal quantile of base/fixed.h, no libm.
 */
#ifndef SQ_BASE_DIST_H
#define SQ_BASE_DIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum sq_dist_kind {
    SQ_DIST_FIXED,       /* a */
    SQ_DIST_UNIFORM,     /* [a, b) */
    SQ_DIST_EXPONENTIAL, /* a: mean */
    SQ_DIST_LOGNORMAL    /* a: median; b: p99, in the same unit, b >= a */
};

/* What a file says, in whole caller's units. {"lognormal": {"median", "sigma"}} is brought to p99
 * by the loader with sq_dist_lognormal_p99. */
struct sq_dist_spec {
    enum sq_dist_kind kind;
    int64_t a;
    int64_t b;
    int64_t min; /* values are clamped to [min, max]; defaults 0 and INT64_MAX */
    int64_t max;
};

#define SQ_DIST_KNOTS 1024

struct sq_dist {
    int64_t fixed;        /* the value when knots is NULL */
    const int64_t *knots; /* SQ_DIST_KNOTS + 1 values of the body, then SQ_DIST_KNOTS + 1 of the
                             upper tail; in the arena */
};

/* Longest value a distribution may reach: 2^60 (36 years in nanoseconds); beyond, SQ_INVALID. */
#define SQ_DIST_VALUE_MAX ((int64_t)1 << 60)

SQ_MUST_USE enum sq_status sq_dist_compile(const struct sq_dist_spec *spec, struct sq_arena *arena,
                                           struct sq_dist *dist, struct sq_error *err);
int64_t sq_dist_value(const struct sq_dist *dist, uint32_t lane);

/* The p99 of a lognormal with this median and sigma (sigma as a share of 2^32, at most 8.0). */
int64_t sq_dist_lognormal_p99(int64_t median, uint64_t sigma_q32);

#endif
