/* SPDX-License-Identifier: MIT */
/*
 * Compiling distributions: check the spec, evaluate the inverse of the law at every knot. Values on
 * the way are unsigned Q32 in 128 bits (a value below 2^60 with 32 bits of fraction); the table has
 * as many bits of fraction as its largest knot leaves room for, so that a law of a few tokens is as
 * smooth as one of many nanoseconds.
 */
#include "base/dist.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/assert.h"
#include "base/fixed.h"

/* Probabilities are shares of 2^64. */
#define BODY_STEP_Q64     (UINT64_C(1) << 54)
#define SHOULDER_STEP_Q64 (UINT64_C(1) << 49)
#define TAIL_STEP_Q64     (UINT64_C(1) << 44)
#define VALUE_LIMIT_Q32   ((sq_uint128)SQ_DIST_VALUE_MAX << 32)
/* Stands for every value that a table cannot hold. */
#define BEYOND_Q32 (VALUE_LIMIT_Q32 + 1)

/* The largest knot is below 2^62, so that rounding cannot overflow 63 bits. */
#define KNOT_BITS         62
#define FRACTION_BITS_MAX 32

/* An end piece is averaged over halves of halves; what the 12th leaves out holds 2^-12 of it. */
#define END_PIECES 12

#define NORMAL_P99_Q32 INT64_C(9991588038) /* 2.32634787404 */
#define SIGMA_MAX_Q32  (8 * SQ_Q32_ONE)

struct law {
    const struct sq_dist_spec *spec;
    int64_t sigma_q32; /* lognormal only */
};

static enum sq_status check_range(const char *name, int64_t value, int64_t low, int64_t high,
                                  struct sq_error *err)
{
    if (value >= low && value <= high) {
        return SQ_OK;
    }
    return sq_error_set(err, SQ_INVALID,
                        "%s out of range: \"%" PRId64 "\", allowed: %" PRId64 " to %" PRId64, name,
                        value, low, high);
}

static enum sq_status check_parameters(const struct sq_dist_spec *spec, struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    switch (spec->kind) {
    case SQ_DIST_FIXED:
        return check_range("value", spec->a, 0, SQ_DIST_VALUE_MAX, err);
    case SQ_DIST_UNIFORM:
        status = check_range("lower bound", spec->a, 0, SQ_DIST_VALUE_MAX, err);
        return status != SQ_OK
                   ? status
                   : check_range("upper bound", spec->b, spec->a, SQ_DIST_VALUE_MAX, err);
    case SQ_DIST_EXPONENTIAL:
        return check_range("mean", spec->a, 0, SQ_DIST_VALUE_MAX, err);
    case SQ_DIST_LOGNORMAL:
        status = check_range("median", spec->a, 1, SQ_DIST_VALUE_MAX, err);
        return status != SQ_OK ? status
                               : check_range("p99", spec->b, spec->a, SQ_DIST_VALUE_MAX, err);
    }
    sq_assert(false);
    return SQ_INVALID;
}

static enum sq_status check_spec(const struct sq_dist_spec *spec, struct sq_error *err)
{
    enum sq_status status = check_parameters(spec, err);
    if (status == SQ_OK) {
        status = check_range("min", spec->min, 0, SQ_DIST_VALUE_MAX, err);
    }
    if (status == SQ_OK) {
        status = check_range("max", spec->max, spec->min, INT64_MAX, err);
    }
    return status;
}

static sq_uint128 uniform_q32(const struct sq_dist_spec *spec, uint64_t p_q64)
{
    uint64_t span = (uint64_t)(spec->b - spec->a);
    return ((sq_uint128)(uint64_t)spec->a << 32) + (((sq_uint128)span * p_q64) >> 32);
}

/* -ln(1 - p) means. */
static sq_uint128 exponential_q32(const struct sq_dist_spec *spec, uint64_t p_q64)
{
    if (p_q64 == 0) {
        return 0;
    }
    int64_t minus_log_q32 = sq_fixed_log(UINT64_MAX) - sq_fixed_log(0 - p_q64);
    return (sq_uint128)(uint64_t)spec->a * (uint64_t)minus_log_q32;
}

/* median * e^(sigma z). */
static sq_uint128 lognormal_q32(const struct law *law, uint64_t p_q64)
{
    int64_t z_q32 = sq_fixed_normal_quantile(p_q64);
    uint64_t factor_q32 = sq_fixed_exp(sq_fixed_mul(law->sigma_q32, z_q32));
    if (factor_q32 == UINT64_MAX) {
        return BEYOND_Q32;
    }
    return (sq_uint128)(uint64_t)law->spec->a * factor_q32;
}

static sq_uint128 unclamped_q32(const struct law *law, uint64_t p_q64)
{
    switch (law->spec->kind) {
    case SQ_DIST_UNIFORM:
        return uniform_q32(law->spec, p_q64);
    case SQ_DIST_EXPONENTIAL:
        return exponential_q32(law->spec, p_q64);
    case SQ_DIST_LOGNORMAL:
        return lognormal_q32(law, p_q64);
    case SQ_DIST_FIXED:
        break;
    }
    sq_assert(false);
    return 0;
}

static sq_uint128 clamp_q32(const struct sq_dist_spec *spec, sq_uint128 value_q32)
{
    sq_uint128 min_q32 = (sq_uint128)(uint64_t)spec->min << 32;
    sq_uint128 max_q32 = (sq_uint128)(uint64_t)spec->max << 32;
    if (value_q32 < min_q32) {
        return min_q32;
    }
    if (value_q32 > max_q32) {
        return max_q32;
    }
    return value_q32 > VALUE_LIMIT_Q32 ? BEYOND_Q32 : value_q32;
}

static sq_uint128 quantile_q32(const struct law *law, uint64_t p_q64)
{
    return clamp_q32(law->spec, unclamped_q32(law, p_q64));
}

/* The mean over the lowest (or highest) share of the law, by halving: half of it, a quarter, ...,
 * each counted with the value at its middle. */
static sq_uint128 end_mean_q32(const struct law *law, uint64_t share_q64, bool upper)
{
    sq_uint128 sum = 0;
    for (int i = 1; i <= END_PIECES; i++) {
        uint64_t outer = share_q64 >> i;
        uint64_t at = outer + outer / 2;
        sum += quantile_q32(law, upper ? 0 - at : at) >> i;
    }
    uint64_t rest = (share_q64 >> END_PIECES) / 2;
    return sum + (quantile_q32(law, upper ? 0 - rest : rest) >> END_PIECES);
}

/* The value that a straight piece from `inner` has to end at for this mean; 0 at the least. */
static sq_uint128 end_of_line_q32(sq_uint128 inner_q32, sq_uint128 mean_q32)
{
    return 2 * mean_q32 > inner_q32 ? 2 * mean_q32 - inner_q32 : 0;
}

static sq_uint128 lowest_q32(const struct law *law)
{
    if (law->spec->kind != SQ_DIST_LOGNORMAL) {
        return quantile_q32(law, 0);
    }
    sq_uint128 inner_q32 = quantile_q32(law, BODY_STEP_Q64);
    sq_uint128 mean_q32 = end_mean_q32(law, BODY_STEP_Q64, false);
    return clamp_q32(law->spec, end_of_line_q32(inner_q32, mean_q32));
}

static sq_uint128 highest_q32(const struct law *law)
{
    if (law->spec->kind == SQ_DIST_UNIFORM) {
        return clamp_q32(law->spec, (sq_uint128)(uint64_t)law->spec->b << 32);
    }
    uint64_t outermost = (TAIL_STEP_Q64 >> END_PIECES) / 2;
    if (quantile_q32(law, 0 - outermost) > VALUE_LIMIT_Q32) {
        return BEYOND_Q32;
    }
    sq_uint128 inner_q32 = quantile_q32(law, 0 - TAIL_STEP_Q64);
    sq_uint128 mean_q32 = end_mean_q32(law, TAIL_STEP_Q64, true);
    return clamp_q32(law->spec, end_of_line_q32(inner_q32, mean_q32));
}

static uint32_t fraction_bits_for(sq_uint128 highest_q32)
{
    uint64_t whole = (uint64_t)(highest_q32 >> 32);
    uint32_t bits = whole == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(whole);
    uint32_t room = KNOT_BITS - bits;
    return room < FRACTION_BITS_MAX ? room : FRACTION_BITS_MAX;
}

/* What an arena table is filled with. */
struct filling {
    const struct law *law;
    uint32_t fraction_bits;
    int64_t rounding; /* added to every knot, since drawing takes the floor */
};

static int64_t knot_of(const struct filling *filling, sq_uint128 value_q32)
{
    return (int64_t)(value_q32 >> (32 - filling->fraction_bits)) + filling->rounding;
}

/* SQ_DIST_KNOTS + 1 knots, step_q64 of probability apart, the last one at 1. Kept from falling and
 * from passing the last one: neighbours may be closer than the error of the quantile. */
static void fill_knots(const struct filling *filling, uint64_t step_q64, sq_uint128 last_q32,
                       int64_t *knots)
{
    uint64_t start_q64 = 0 - step_q64 * SQ_DIST_KNOTS;
    int64_t last = knot_of(filling, last_q32);
    int64_t before = 0;
    for (uint32_t i = 0; i < SQ_DIST_KNOTS; i++) {
        uint64_t p_q64 = start_q64 + i * step_q64;
        sq_uint128 value_q32 =
            p_q64 == 0 ? lowest_q32(filling->law) : quantile_q32(filling->law, p_q64);
        int64_t knot = knot_of(filling, value_q32);
        knot = knot > last ? last : knot;
        knots[i] = knot < before ? before : knot;
        before = knots[i];
    }
    knots[SQ_DIST_KNOTS] = last;
}

static enum sq_status compile_table(const struct law *law, struct sq_arena *arena,
                                    struct sq_dist *dist, struct sq_error *err)
{
    sq_uint128 last_q32 = highest_q32(law);
    if (last_q32 > VALUE_LIMIT_Q32) {
        (void)sq_error_set(err, SQ_INVALID,
                           "values above \"%" PRId64 "\" are possible, "
                           "allowed: up to it",
                           SQ_DIST_VALUE_MAX);
        return sq_error_hint(err, "set a max, or make the distribution narrower");
    }
    int64_t *knots = sq_arena_new(arena, 3 * (SQ_DIST_KNOTS + 1), sizeof(*knots));
    if (knots == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the table of a distribution");
    }
    struct filling filling = {.law = law, .fraction_bits = fraction_bits_for(last_q32)};
    if (law->spec->kind != SQ_DIST_UNIFORM && filling.fraction_bits > 0) {
        filling.rounding = (int64_t)1 << (filling.fraction_bits - 1);
    }
    fill_knots(&filling, BODY_STEP_Q64, last_q32, knots);
    fill_knots(&filling, SHOULDER_STEP_Q64, last_q32, knots + SQ_DIST_KNOTS + 1);
    fill_knots(&filling, TAIL_STEP_Q64, last_q32, knots + 2 * (SQ_DIST_KNOTS + 1));
    *dist = (struct sq_dist){.knots = knots, .fraction_bits = filling.fraction_bits};
    return SQ_OK;
}

/* Laws without any spread need no table. */
static bool is_constant(const struct sq_dist_spec *spec)
{
    bool spread = spec->kind == SQ_DIST_EXPONENTIAL ? spec->a > 0 : spec->a != spec->b;
    return spec->kind == SQ_DIST_FIXED || spec->min == spec->max || !spread;
}

static int64_t clamp(const struct sq_dist_spec *spec, int64_t value)
{
    if (value < spec->min) {
        return spec->min;
    }
    return value > spec->max ? spec->max : value;
}

enum sq_status sq_dist_compile(const struct sq_dist_spec *spec, struct sq_arena *arena,
                               struct sq_dist *dist, struct sq_error *err)
{
    enum sq_status status = check_spec(spec, err);
    if (status != SQ_OK) {
        return status;
    }
    if (is_constant(spec)) {
        *dist = (struct sq_dist){.fixed = clamp(spec, spec->a)};
        return SQ_OK;
    }
    struct law law = {.spec = spec};
    if (spec->kind == SQ_DIST_LOGNORMAL) {
        int64_t log_q32 = sq_fixed_log((uint64_t)spec->b) - sq_fixed_log((uint64_t)spec->a);
        law.sigma_q32 = sq_fixed_div(log_q32, NORMAL_P99_Q32);
    }
    return compile_table(&law, arena, dist, err);
}

int64_t sq_dist_lognormal_p99(int64_t median, uint64_t sigma_q32)
{
    sq_assert(median >= 0);
    sq_assert(sigma_q32 <= SIGMA_MAX_Q32);
    uint64_t factor_q32 = sq_fixed_exp(sq_fixed_mul((int64_t)sigma_q32, NORMAL_P99_Q32));
    sq_uint128 p99 = ((sq_uint128)(uint64_t)median * factor_q32 + ((uint64_t)1 << 31)) >> 32;
    return p99 > INT64_MAX ? INT64_MAX : (int64_t)p99;
}
