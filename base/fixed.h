/* SPDX-License-Identifier: MIT */
/*
 * Fixed-point mathematics: the same result on every machine, exact to the documented error. No
 * floating point, no libm, nothing owned. Numbers are signed Q32.32 (value * 2^32, suffix _q32)
 * unless a name says otherwise; the result itself is rounded to nearest, which alone costs up to
 * 2^-33.
 */
#ifndef SQ_BASE_FIXED_H
#define SQ_BASE_FIXED_H

#include <stdint.h>

#include "base/int128.h"

#define SQ_Q32_ONE ((int64_t)1 << 32)

/* floor of the square root, exact. */
uint64_t sq_fixed_sqrt(sq_uint128 x);

/* Rounded to nearest, halves away from zero; saturate at INT64_MIN and INT64_MAX. b != 0. */
int64_t sq_fixed_mul(int64_t a_q32, int64_t b_q32);
int64_t sq_fixed_div(int64_t a_q32, int64_t b_q32);

/* Natural logarithm of x > 0; error below 2^-32. ln(x / 2^32), so for whole numbers a and b the
 * logarithm of a / b is sq_fixed_log(a) - sq_fixed_log(b) without bringing them to Q32. */
int64_t sq_fixed_log(uint64_t x_q32);

/* e^x, unsigned Q32.32. Error below one part in 2^40 of the value plus half a unit (2^-33); for x
 * >= 0 that is a relative error below 2^-32. UINT64_MAX from 32 ln 2 = 22.18 on, 0 below -22.88. */
uint64_t sq_fixed_exp(int64_t x_q32);

/* The standard normal value that a share p_q64 / 2^64 of all draws lies below; 0 < p. Error below
 * 2^-30. From -9.08 (p_q64 = 1) to 9.08. */
int64_t sq_fixed_normal_quantile(uint64_t p_q64);

/* value * numerator / denominator, rounded to nearest, halves away from zero, saturating;
 * denominator > 0. */
int64_t sq_fixed_scale(int64_t value, int64_t numerator, int64_t denominator);

#endif
