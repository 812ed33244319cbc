/* SPDX-License-Identifier: MIT */
/*
 * Fixed-point mathematics, exact to the documented error on every machine: no floating point, no
 * libm. Numbers are signed Q32.32 (sq_q32: value * 2^32) unless a name says otherwise.
 */
#ifndef SQ_BASE_FIXED_H
#define SQ_BASE_FIXED_H

#include <stdint.h>

#include "base/int128.h"

#define SQ_Q32_ONE ((int64_t)1 << 32)

/* floor of the square root. */
uint64_t sq_fixed_sqrt(sq_uint128 x);
int64_t sq_fixed_mul(int64_t a_q32, int64_t b_q32); /* rounds to nearest, saturates */
int64_t sq_fixed_div(int64_t a_q32, int64_t b_q32); /* b != 0; saturates */
int64_t sq_fixed_log(uint64_t x_q32);               /* natural; x > 0; error below 2^-30 */
uint64_t sq_fixed_exp(int64_t x_q32);               /* saturates; relative error below 2^-28 */
int64_t
sq_fixed_normal_quantile(uint64_t p_q64); /* p in (0, 1) as a share of 2^64; error below 2^-24 */
/* value * numerator / denominator, rounded to nearest, saturating; denominator > 0. */
int64_t sq_fixed_scale(int64_t value, int64_t numerator, int64_t denominator);

#endif
