/* SPDX-License-Identifier: MIT */
/*
 * The laws: what their parameters may be, and their inverse cumulative distributions where there is
 * a closed form. Gamma laws and mixtures have files of their own.
 */
#include <inttypes.h>

#include "base/assert.h"
#include "base/dist_int.h"
#include "base/fixed.h"

#define THIRTY_TWO_LN2_Q32 INT64_C(95265423098)
#define SIXTEEN_LN2_Q32    INT64_C(47632711549)
#define NORMAL_P99_Q32     INT64_C(9991588038) /* 2.32634787404 */

/* The largest share below each bound, so that a decimal cut to 32 bits is within. */
#define SIGMA_MAX_Q32 ((uint64_t)8 << 32)
#define CV_MIN_Q32    UINT64_C(214748364) /* 0.05 */
#define CV_MAX_Q32    ((uint64_t)10 << 32)
#define ALPHA_MIN_Q32 ((uint64_t)1 << 31)
#define ALPHA_MAX_Q32 ((uint64_t)64 << 32)

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

/* A range of shares of 2^32, with the words for it. */
struct shape_range {
    const char *name;
    uint64_t low_q32;
    uint64_t high_q32;
    const char *allowed;
};

static const struct shape_range sigma_range = {"sigma", 0, SIGMA_MAX_Q32, "0 to 8"};
static const struct shape_range cv_range = {"cv", CV_MIN_Q32, CV_MAX_Q32, "0.05 to 10"};
static const struct shape_range alpha_range = {"alpha", ALPHA_MIN_Q32, ALPHA_MAX_Q32, "0.5 to 64"};

static enum sq_status check_shape(const struct shape_range *range, uint64_t shape_q32,
                                  struct sq_error *err)
{
    if (shape_q32 >= range->low_q32 && shape_q32 <= range->high_q32) {
        return SQ_OK;
    }
    uint64_t thousandths = ((shape_q32 & UINT32_MAX) * 1000) >> 32;
    return sq_error_set(err, SQ_INVALID,
                        "%s out of range: \"%" PRIu64 ".%03" PRIu64 "\", allowed: %s", range->name,
                        shape_q32 >> 32, thousandths, range->allowed);
}

/* The first parameter and then the second, each a value; name_b NULL: there is no second. */
static enum sq_status check_pair(const struct sq_dist_spec *spec, const char *name_a, int64_t low_a,
                                 const char *name_b, int64_t low_b, struct sq_error *err)
{
    enum sq_status status = check_range(name_a, spec->a, low_a, SQ_DIST_VALUE_MAX, err);
    if (status != SQ_OK || name_b == NULL) {
        return status;
    }
    return check_range(name_b, spec->b, low_b, SQ_DIST_VALUE_MAX, err);
}

static enum sq_status check_shaped(const struct sq_dist_spec *spec, const char *name_a,
                                   int64_t low_a, const struct shape_range *range,
                                   struct sq_error *err)
{
    enum sq_status status = check_range(name_a, spec->a, low_a, SQ_DIST_VALUE_MAX, err);
    return status != SQ_OK ? status : check_shape(range, spec->shape_q32, err);
}

static enum sq_status check_samples(const struct sq_dist_spec *spec, struct sq_error *err)
{
    enum sq_status status =
        check_range("number of values", spec->n_samples, 1, SQ_DIST_SAMPLES_MAX, err);
    int64_t before = -SQ_DIST_VALUE_MAX;
    for (uint32_t i = 0; i < spec->n_samples && status == SQ_OK; i++) {
        int64_t sample = spec->samples[i];
        status = check_range("sorted value", sample, before, SQ_DIST_VALUE_MAX, err);
        before = sample;
    }
    return status;
}

static enum sq_status check_parameters(const struct sq_dist_spec *spec, struct sq_error *err)
{
    switch (spec->kind) {
    case SQ_DIST_FIXED:
        return check_pair(spec, "value", 0, NULL, 0, err);
    case SQ_DIST_UNIFORM:
        return check_pair(spec, "lower bound", 0, "upper bound", spec->a, err);
    case SQ_DIST_EXPONENTIAL:
        return check_pair(spec, "mean", 0, NULL, 0, err);
    case SQ_DIST_LOGNORMAL:
        return check_pair(spec, "median", 1, "p99", spec->a, err);
    case SQ_DIST_LOGNORMAL_SIGMA:
        return check_shaped(spec, "median", 1, &sigma_range, err);
    case SQ_DIST_NORMAL:
        return check_pair(spec, "mean", -SQ_DIST_VALUE_MAX, "stddev", 0, err);
    case SQ_DIST_GAMMA:
        return check_shaped(spec, "mean", 0, &cv_range, err);
    case SQ_DIST_PARETO:
        return check_shaped(spec, "smallest value", 1, &alpha_range, err);
    case SQ_DIST_MIXTURE:
        return check_range("number of parts", spec->n_parts, 1, SQ_DIST_PARTS_MAX, err);
    case SQ_DIST_EMPIRICAL:
        return check_samples(spec, err);
    }
    sq_assert(false && "a distribution of no kind");
    return SQ_INVALID;
}

static bool may_be_negative(enum sq_dist_kind kind)
{
    return kind == SQ_DIST_NORMAL || kind == SQ_DIST_EMPIRICAL || kind == SQ_DIST_MIXTURE;
}

enum sq_status sq_dist_law_check(const struct sq_dist_spec *spec, struct sq_error *err)
{
    enum sq_status status = check_parameters(spec, err);
    if (status == SQ_OK) {
        int64_t low = may_be_negative(spec->kind) ? -SQ_DIST_VALUE_MAX : 0;
        status = check_range("min", spec->min, low, SQ_DIST_VALUE_MAX, err);
    }
    if (status == SQ_OK) {
        status = check_range("max", spec->max, spec->min, INT64_MAX, err);
    }
    return status;
}

static bool has_spread(const struct sq_dist_spec *spec)
{
    switch (spec->kind) {
    case SQ_DIST_FIXED:
        return false;
    case SQ_DIST_UNIFORM:
    case SQ_DIST_LOGNORMAL:
        return spec->a != spec->b;
    case SQ_DIST_LOGNORMAL_SIGMA:
        return spec->shape_q32 != 0;
    case SQ_DIST_NORMAL:
        return spec->b != 0;
    case SQ_DIST_EXPONENTIAL:
    case SQ_DIST_GAMMA:
        return spec->a != 0;
    case SQ_DIST_EMPIRICAL:
        return spec->samples[0] != spec->samples[spec->n_samples - 1];
    case SQ_DIST_PARETO:
    case SQ_DIST_MIXTURE:
        return true;
    }
    sq_assert(false && "a distribution of no kind");
    return false;
}

bool sq_dist_law_is_constant(const struct sq_dist_spec *spec)
{
    return spec->min == spec->max || !has_spread(spec);
}

int64_t sq_dist_law_constant(const struct sq_dist_spec *spec)
{
    int64_t value = spec->kind == SQ_DIST_EMPIRICAL ? spec->samples[0] : spec->a;
    if (value < spec->min) {
        return spec->min;
    }
    return value > spec->max ? spec->max : value;
}

enum sq_status sq_dist_law_init(struct sq_dist_law *law, const struct sq_dist_spec *spec,
                                struct sq_arena *scratch, struct sq_error *err)
{
    *law = (struct sq_dist_law){.spec = spec, .sigma_q32 = (int64_t)spec->shape_q32};
    if (spec->kind == SQ_DIST_LOGNORMAL) {
        int64_t log_q32 = sq_fixed_log((uint64_t)spec->b) - sq_fixed_log((uint64_t)spec->a);
        law->sigma_q32 = sq_fixed_div(log_q32, NORMAL_P99_Q32);
    }
    if (spec->kind == SQ_DIST_GAMMA) {
        law->gamma = sq_dist_gamma_new(spec->shape_q32, scratch);
        if (law->gamma == NULL) {
            return sq_error_set(err, SQ_NO_MEMORY, "no memory for a gamma distribution");
        }
    }
    if (spec->kind == SQ_DIST_MIXTURE) {
        return sq_dist_mixture_new(spec, scratch, &law->mixture, err);
    }
    return SQ_OK;
}

/* scale * e^x, scale >= 0. Beyond what sq_fixed_exp can hold, powers of 2^16 are taken out. */
static sq_int128 scaled_exp_q32(int64_t scale, int64_t x_q32)
{
    int shift = 0;
    while (x_q32 > SIXTEEN_LN2_Q32) {
        x_q32 -= SIXTEEN_LN2_Q32;
        shift += 16;
    }
    sq_int128 value_q32 = (sq_int128)scale * sq_fixed_exp(x_q32);
    if (shift >= 96 || value_q32 > SQ_DIST_LIMIT_Q32 >> shift) {
        return SQ_DIST_BEYOND_Q32;
    }
    return value_q32 << shift;
}

/* -ln(1 - p) */
static int64_t minus_log_of_rest_q32(uint64_t p_q64)
{
    return p_q64 == 0 ? 0 : THIRTY_TWO_LN2_Q32 - sq_fixed_log(0 - p_q64);
}

/* p = 0 gives the value of the lowest p there is. */
static int64_t normal_q32(uint64_t p_q64)
{
    return sq_fixed_normal_quantile(p_q64 == 0 ? 1 : p_q64);
}

static sq_int128 empirical_q32(const struct sq_dist_spec *spec, uint64_t p_q64)
{
    sq_uint128 place_q64 = (sq_uint128)p_q64 * (spec->n_samples - 1);
    const int64_t *sample = &spec->samples[place_q64 >> 64];
    uint32_t weight_q32 = (uint32_t)((uint64_t)place_q64 >> 32);
    return (sq_int128)sample[0] * SQ_Q32_ONE + (sq_int128)(sample[1] - sample[0]) * weight_q32;
}

static sq_int128 unclamped_q32(const struct sq_dist_law *law, uint64_t p_q64)
{
    const struct sq_dist_spec *spec = law->spec;
    switch (spec->kind) {
    case SQ_DIST_UNIFORM:
        return (sq_int128)spec->a * SQ_Q32_ONE + (((sq_int128)(spec->b - spec->a) * p_q64) >> 32);
    case SQ_DIST_EXPONENTIAL:
        return (sq_int128)spec->a * minus_log_of_rest_q32(p_q64);
    case SQ_DIST_LOGNORMAL:
    case SQ_DIST_LOGNORMAL_SIGMA:
        return scaled_exp_q32(spec->a, sq_fixed_mul(law->sigma_q32, normal_q32(p_q64)));
    case SQ_DIST_NORMAL:
        return (sq_int128)spec->a * SQ_Q32_ONE + (sq_int128)spec->b * normal_q32(p_q64);
    case SQ_DIST_GAMMA:
        return (sq_int128)spec->a * sq_dist_gamma_quantile(law->gamma, p_q64);
    case SQ_DIST_PARETO:
        return scaled_exp_q32(spec->a,
                              sq_fixed_div(minus_log_of_rest_q32(p_q64), (int64_t)spec->shape_q32));
    case SQ_DIST_MIXTURE:
        return sq_dist_mixture_quantile(law->mixture, p_q64);
    case SQ_DIST_EMPIRICAL:
        return empirical_q32(spec, p_q64);
    case SQ_DIST_FIXED:
        break;
    }
    sq_assert(false && "a law without a quantile");
    return 0;
}

sq_int128 sq_dist_law_clamp(const struct sq_dist_law *law, sq_int128 value_q32)
{
    sq_int128 min_q32 = (sq_int128)law->spec->min * SQ_Q32_ONE;
    sq_int128 max_q32 = (sq_int128)law->spec->max * SQ_Q32_ONE;
    if (law->mixture != NULL) {
        value_q32 = sq_dist_mixture_clamp(law->mixture, value_q32);
    }
    if (value_q32 < min_q32) {
        return min_q32;
    }
    if (value_q32 > max_q32) {
        return max_q32;
    }
    return value_q32 > SQ_DIST_LIMIT_Q32 ? SQ_DIST_BEYOND_Q32 : value_q32;
}

sq_int128 sq_dist_law_quantile(struct sq_dist_law *law, uint64_t p_q64)
{
    return sq_dist_law_clamp(law, unclamped_q32(law, p_q64));
}

int64_t sq_dist_lognormal_p99(int64_t median, uint64_t sigma_q32)
{
    sq_assert(median >= 0);
    sq_assert(sigma_q32 <= SIGMA_MAX_Q32);
    uint64_t factor_q32 = sq_fixed_exp(sq_fixed_mul((int64_t)sigma_q32, NORMAL_P99_Q32));
    sq_uint128 p99 = ((sq_uint128)(uint64_t)median * factor_q32 + ((uint64_t)1 << 31)) >> 32;
    return p99 > INT64_MAX ? INT64_MAX : (int64_t)p99;
}
