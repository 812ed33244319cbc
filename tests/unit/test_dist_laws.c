/* SPDX-License-Identifier: MIT */
/* Normal, gamma, Pareto, mixed and observed laws: sweeping all lanes evenly is integrating over the
 * law, so moments and quantiles are compared with closed forms without any chance in it. Constants
 * were computed with 30 digits. */
#include "base/dist.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/support/memory_torture.h"

#define NO_MAX INT64_MAX
#define LANES  4294967296.0
#define UNIT   INT64_C(1000000000)
#define N(a)   (sizeof(a) / sizeof((a)[0]))

static struct sq_dist compiled(struct sq_arena *arena, struct sq_dist_spec spec)
{
    struct sq_dist dist = {0};
    struct sq_error err = {0};
    enum sq_status status = sq_dist_compile(&spec, arena, &dist, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    return dist;
}

static uint64_t shape(double value)
{
    return (uint64_t)(value * LANES + 0.5);
}

static struct sq_dist_spec shaped(enum sq_dist_kind kind, double value)
{
    return (struct sq_dist_spec){.kind = kind, .a = UNIT, .shape_q32 = shape(value), .max = NO_MAX};
}

/* In units of 10^9. */
static double value_at(const struct sq_dist *dist, double share)
{
    return (double)sq_dist_value(dist, (uint32_t)(share * LANES)) / 1e9;
}

struct moments {
    double mean;
    double deviation;
};

/* Over 2^22 lanes, evenly spaced. In units of 10^9. */
static struct moments moments_of(const struct sq_dist *dist)
{
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (uint64_t lane = 512; lane < UINT64_C(1) << 32; lane += 1024) {
        double value = (double)sq_dist_value(dist, (uint32_t)lane) / 1e9;
        n += 1;
        sum += value;
        squares += value * value;
    }
    double mean = sum / n;
    return (struct moments){.mean = mean, .deviation = sqrt(squares / n - mean * mean)};
}

static void assert_within(double value, double expected, double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance, "%.9g, expected %.9g", value, expected);
}

static void assert_near(double value, double expected, double relative)
{
    assert_within(value, expected, relative * fabs(expected));
}

static void assert_never_falls(const struct sq_dist *dist)
{
    int64_t before = INT64_MIN;
    bool rising = true;
    for (uint64_t lane = 0; lane <= UINT32_MAX; lane += 4093) {
        int64_t value = sq_dist_value(dist, (uint32_t)lane);
        rising = rising && value >= before;
        before = value;
    }
    ck_assert(rising && sq_dist_value(dist, UINT32_MAX) >= before);
}

static const double shares[] = {0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999};

/* Standard normal values below which those shares lie. */
static const double normals[] = {-2.32634787404, -1.28155156554, 0,
                                 1.28155156554,  2.32634787404,  3.09023230617,
                                 3.71901648546,  4.26489079392};

static struct sq_dist_spec normal(int64_t mean, int64_t deviation, int64_t min)
{
    return (struct sq_dist_spec){
        .kind = SQ_DIST_NORMAL, .a = mean, .b = deviation, .min = min, .max = NO_MAX};
}

START_TEST(test_normal_when_swept_then_has_its_quantiles_and_moments)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = compiled(&arena, normal(10 * UNIT, UNIT, 0));
    for (size_t i = 0; i < N(shares); i++) {
        assert_within(value_at(&dist, shares[i]), 10 + normals[i], 1e-3);
    }
    struct moments moments = moments_of(&dist);
    assert_near(moments.mean, 10, 1e-5);
    assert_near(moments.deviation, 1, 1e-3);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_normal_when_min_is_zero_then_the_lower_part_falls_on_it)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = compiled(&arena, normal(UNIT / 2, UNIT, 0));
    ck_assert_int_eq(sq_dist_value(&dist, 0), 0);
    assert_within(value_at(&dist, 0.308), 0, 1e-3); /* 0.3085 of the draws would be negative */
    assert_within(value_at(&dist, 0.5), 0.5, 1e-3);
    assert_near(moments_of(&dist).mean, 0.697796557, 1e-4);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_normal_when_min_is_negative_then_values_may_be)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = compiled(&arena, normal(-2 * UNIT, 3 * UNIT, -20 * UNIT));
    struct moments moments = moments_of(&dist);
    assert_near(moments.mean, -2, 1e-4);
    assert_near(moments.deviation, 3, 1e-3);
    for (size_t i = 0; i < N(shares); i++) {
        assert_within(value_at(&dist, shares[i]), -2 + 3 * normals[i], 3e-3);
    }
    assert_never_falls(&dist);
    struct sq_dist tokens = compiled(&arena, normal(0, 10, -1000));
    ck_assert_int_eq(sq_dist_value(&tokens, UINT32_C(1) << 31), 0);
    ck_assert_int_eq((int64_t)sq_dist_value(&tokens, (uint32_t)(0.1 * LANES)), -13);
    ck_assert_int_eq((int64_t)sq_dist_value(&tokens, (uint32_t)(0.9 * LANES)), 13);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_normal_when_widest_then_stays_within)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = normal(0, SQ_DIST_VALUE_MAX, -SQ_DIST_VALUE_MAX);
    spec.max = SQ_DIST_VALUE_MAX;
    struct sq_dist dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, 0), -SQ_DIST_VALUE_MAX);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 31), 0);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), SQ_DIST_VALUE_MAX);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

/* Inverses of the regularised incomplete gamma function at the shares, mean 1. */
struct gamma_row {
    double cv;
    double values[8];
};

static const struct gamma_row gamma_rows[] = {
    {0.05,
     {0.887371142817, 0.936481546401, 0.999166790236, 1.06458902214, 1.11998031957, 1.16166115043,
      1.1967266959, 1.22772637635}},
    {0.3,
     {0.435914394244, 0.639914559993, 0.970165292442, 1.3985511684, 1.8265424016, 2.18670043496,
      2.51415444145, 2.82166323384}},
    {0.7,
     {0.0772983708648, 0.270988565419, 0.842258918025, 1.93565639795, 3.28993970215, 4.56653173915,
      5.80662595383, 7.02509372087}},
    {1,
     {0.0100503358535, 0.105360515658, 0.69314718056, 2.30258509299, 4.60517018599, 6.90775527898,
      9.21034037198, 11.512925465}},
    {2,
     {0.0000000269987917182, 0.000270002495425, 0.174695209411, 3.00157148895, 9.73554168879,
      17.5057770315, 25.7132575169, 34.1581889484}},
    {5,
     {0, 0, 0.000000432041170986, 1.08460338323, 23.6323697745, 63.7501421667, 110.418832176,
      160.190873872}},
    {10, {0, 0, 0, 0.00150359362307, 26.5052550252, 150.908414769, 322.603866592, 513.812665777}},
};

START_TEST(test_gamma_when_swept_then_has_its_quantiles)
{
    struct sq_arena arena = {0};
    const struct gamma_row *row = &gamma_rows[_i];
    struct sq_dist dist = compiled(&arena, shaped(SQ_DIST_GAMMA, row->cv));
    for (size_t i = 0; i < N(shares); i++) {
        bool middle = shares[i] >= 0.1 && shares[i] <= 0.9999;
        double tolerance = !middle ? 1e-3 : row->cv <= 2 ? 2e-4 : 1e-3;
        assert_within(value_at(&dist, shares[i]), row->values[i],
                      tolerance * row->values[i] + 1e-5);
    }
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_gamma_when_swept_then_has_its_moments)
{
    struct sq_arena arena = {0};
    const struct gamma_row *row = &gamma_rows[_i];
    struct sq_dist dist = compiled(&arena, shaped(SQ_DIST_GAMMA, row->cv));
    struct moments moments = moments_of(&dist);
    assert_near(moments.mean, 1, 1e-4);
    assert_near(moments.deviation, row->cv, 1e-3);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_gamma_when_cv_is_one_then_is_exponential)
{
    struct sq_arena arena = {0};
    struct sq_dist gamma = compiled(&arena, shaped(SQ_DIST_GAMMA, 1));
    struct sq_dist_spec spec = {.kind = SQ_DIST_EXPONENTIAL, .a = UNIT, .max = NO_MAX};
    struct sq_dist exponential = compiled(&arena, spec);
    for (int i = 1; i < 700; i++) {
        double share = 0.0006 + i * 0.00142;
        assert_near(value_at(&gamma, share), value_at(&exponential, share), 4e-6);
    }
    for (int i = 1; i < 19; i++) {
        double rest = pow(3, -i);
        assert_near(value_at(&gamma, 1 - rest), value_at(&exponential, 1 - rest), 4e-6);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_gamma_when_shape_is_whole_then_the_sum_of_exponentials_leads_back)
{
    struct sq_arena arena = {0};
    /* cv = 1/2: shape 4, P(Y > y) = e^-4y (1 + 4y + 8y^2 + 32y^3/3). */
    struct sq_dist dist = compiled(&arena, shaped(SQ_DIST_GAMMA, 0.5));
    for (int i = 0; i < 60; i++) {
        double rest = 0.99 * pow(0.83, i);
        double x = 4 * value_at(&dist, 1 - rest);
        double outside = exp(-x) * (1 + x + x * x / 2 + x * x * x / 6);
        assert_near(outside, rest, 2e-3);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_pareto_when_swept_then_has_its_quantiles)
{
    struct sq_arena arena = {0};
    const double alphas[] = {1, 1.5, 2, 3, 10, 64};
    for (size_t a = 0; a < N(alphas); a++) {
        struct sq_dist_spec spec = shaped(SQ_DIST_PARETO, alphas[a]);
        spec.max = SQ_DIST_VALUE_MAX;
        struct sq_dist dist = compiled(&arena, spec);
        ck_assert_int_eq(sq_dist_value(&dist, 0), UNIT);
        for (size_t i = 0; i < N(shares); i++) {
            double expected = pow(1 - shares[i], -1 / alphas[a]);
            assert_near(value_at(&dist, shares[i]), expected, shares[i] > 0.9999 ? 3e-3 : 2e-4);
        }
        assert_never_falls(&dist);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_pareto_when_swept_then_has_its_moments)
{
    struct sq_arena arena = {0};
    const double cases[][2] = {{1.5, 1e-3}, {2, 1e-4}, {3, 1e-4}, {10, 1e-5}};
    for (size_t i = 0; i < N(cases); i++) {
        double alpha = cases[i][0];
        struct sq_dist dist = compiled(&arena, shaped(SQ_DIST_PARETO, alpha));
        struct moments moments = moments_of(&dist);
        assert_near(moments.mean, alpha / (alpha - 1), cases[i][1]);
        if (alpha > 4) {
            assert_near(moments.deviation, sqrt(alpha / (alpha - 2)) / (alpha - 1), 1e-3);
        }
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_pareto_when_tail_is_heavy_then_needs_a_max)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = shaped(SQ_DIST_PARETO, 0.5);
    struct sq_dist dist = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_dist_compile(&spec, &arena, &dist, &err), SQ_INVALID);
    ck_assert_str_eq(err.hint, "set a max, or make the distribution narrower");
    spec.max = 5000 * UNIT;
    dist = compiled(&arena, spec);
    assert_near(value_at(&dist, 0.5), 4, 2e-4);
    assert_near(value_at(&dist, 0.9), 100, 2e-4);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 5000 * UNIT);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_median_is_small_then_sigma_loses_nothing)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_LOGNORMAL_SIGMA, .a = 3, .shape_q32 = shape(0.1), .max = NO_MAX};
    struct sq_dist dist = compiled(&arena, spec);
    /* Rounded to 3 or to 4 (or, rarely, 2): 3.5 is ln(3.5/3)/0.1 = 1.5415 deviations up. */
    ck_assert_int_eq(sq_dist_value(&dist, (uint32_t)(0.938 * LANES)), 3);
    ck_assert_int_eq(sq_dist_value(&dist, (uint32_t)(0.939 * LANES)), 4);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_given_sigma_then_has_its_quantiles_and_mean)
{
    struct sq_arena arena = {0};
    const double sigmas[] = {0.04, 0.5, 1};
    for (size_t s = 0; s < N(sigmas); s++) {
        struct sq_dist dist = compiled(&arena, shaped(SQ_DIST_LOGNORMAL_SIGMA, sigmas[s]));
        for (size_t i = 0; i < N(shares); i++) {
            bool middle = shares[i] >= 0.1 && shares[i] <= 0.9999;
            assert_near(value_at(&dist, shares[i]), exp(sigmas[s] * normals[i]),
                        middle ? 2e-4 : 1e-3);
        }
        assert_near(moments_of(&dist).mean, exp(sigmas[s] * sigmas[s] / 2), 1e-4);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_far_above_its_median_then_is_still_the_law)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_LOGNORMAL_SIGMA, .a = 10, .shape_q32 = shape(7), .max = SQ_DIST_VALUE_MAX};
    struct sq_dist dist = compiled(&arena, spec);
    double value = (double)sq_dist_value(&dist, (uint32_t)(0.9999 * LANES)); /* 2 * 10^12 */
    assert_near(value, 10 * exp(7 * 3.71901648546), 1e-2);
    ck_assert_int_lt(sq_dist_value(&dist, UINT32_MAX - 8192), SQ_DIST_VALUE_MAX);
    sq_arena_clear(&arena);
}
END_TEST

static const struct sq_dist_part chat_parts[] = {
    {.weight = 7, .spec = {.kind = SQ_DIST_EXPONENTIAL, .a = UNIT, .max = NO_MAX}},
    {.weight = 3,
     .spec = {.kind = SQ_DIST_LOGNORMAL_SIGMA,
              .a = 10 * UNIT,
              .shape_q32 = UINT64_C(1) << 31,
              .max = NO_MAX}},
};

static struct sq_dist_spec mixture(const struct sq_dist_part *parts, uint32_t n_parts)
{
    return (struct sq_dist_spec){
        .kind = SQ_DIST_MIXTURE, .parts = parts, .n_parts = n_parts, .max = NO_MAX};
}

START_TEST(test_mixture_when_swept_then_has_the_quantiles_of_the_sum)
{
    struct sq_arena arena = {0};
    /* Where 0.7 (1 - e^-x) + 0.3 Phi(2 ln(x / 10)) is the share beside it. */
    const double expected[][2] = {
        {0.01, 0.0143887374521}, {0.1, 0.154150679827}, {0.5, 1.25273851949},
        {0.65, 2.61726953866},   {0.7, 4.11779691692},  {0.75, 6.22183157098},
        {0.9, 12.4032919153},    {0.99, 25.0166702117}, {0.999, 38.826811935},
        {0.9999, 54.8198037344},
    };
    struct sq_dist dist = compiled(&arena, mixture(chat_parts, 2));
    for (size_t i = 0; i < N(expected); i++) {
        assert_near(value_at(&dist, expected[i][0]), expected[i][1], 5e-4);
    }
    struct moments moments = moments_of(&dist);
    assert_near(moments.mean, 4.0994453592, 1e-4);
    assert_near(moments.deviation, 5.83576780449, 1e-3);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_mixture_when_it_has_one_part_then_is_that_part)
{
    struct sq_arena arena = {0};
    struct sq_dist alone = compiled(&arena, chat_parts[1].spec);
    struct sq_dist mixed = compiled(&arena, mixture(&chat_parts[1], 1));
    for (int i = 1; i < 584; i++) {
        double share = 0.0003 + i * 0.00171;
        assert_near(value_at(&mixed, share), value_at(&alone, share), 1e-7);
    }
    assert_near(moments_of(&mixed).mean, moments_of(&alone).mean, 1e-6);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_mixture_when_parts_are_uniform_then_whole_numbers_are_equally_likely)
{
    struct sq_arena arena = {0};
    const struct sq_dist_part halves[] = {
        {.weight = 1, .spec = {.kind = SQ_DIST_UNIFORM, .a = 0, .b = 4, .max = NO_MAX}},
        {.weight = 1, .spec = {.kind = SQ_DIST_UNIFORM, .a = 4, .b = 8, .max = NO_MAX}}};
    struct sq_dist dist = compiled(&arena, mixture(halves, 2));
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_int_eq(sq_dist_value(&dist, (i << 29) + (1 << 22)), i);
        ck_assert_int_eq(sq_dist_value(&dist, (i << 29) + (127u << 22)), i);
    }
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 7);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_mixture_when_parts_are_fixed_then_weights_hold_to_a_step)
{
    struct sq_arena arena = {0};
    const struct sq_dist_part two[] = {{.weight = 999, .spec = {.a = 5, .max = NO_MAX}},
                                       {.weight = 1, .spec = {.a = 700, .max = NO_MAX}}};
    struct sq_dist dist = compiled(&arena, mixture(two, 2));
    ck_assert_int_eq(sq_dist_value(&dist, 0), 5);
    ck_assert_int_eq(sq_dist_value(&dist, (uint32_t)((0.999 - 1.0 / 32768) * LANES)), 5);
    ck_assert_int_eq(sq_dist_value(&dist, (uint32_t)((0.999 + 1.0 / 32768) * LANES)), 700);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 700);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_mixture_when_parts_are_many_then_its_mean_is_theirs)
{
    struct sq_arena arena = {0};
    struct sq_dist_part parts[SQ_DIST_PARTS_MAX];
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < SQ_DIST_PARTS_MAX; i++) {
        const enum sq_dist_kind kinds[] = {SQ_DIST_FIXED, SQ_DIST_EXPONENTIAL, SQ_DIST_NORMAL,
                                           SQ_DIST_GAMMA};
        parts[i] = (struct sq_dist_part){.weight = 1 + i * 3,
                                         .spec = {.kind = kinds[i % 4],
                                                  .a = UNIT * (1 + i),
                                                  .b = UNIT / 20,
                                                  .shape_q32 = shape(0.4),
                                                  .max = NO_MAX}};
        sum += (1 + i * 3) * (1 + i);
        weights += 1 + i * 3;
    }
    struct sq_dist dist = compiled(&arena, mixture(parts, SQ_DIST_PARTS_MAX));
    assert_near(moments_of(&dist).mean, sum / weights, 2e-4);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_mixture_when_sizes_differ_widely_then_both_parts_keep_their_share)
{
    struct sq_arena arena = {0};
    const struct sq_dist_part parts[] = {
        {.weight = 1, .spec = {.kind = SQ_DIST_NORMAL, .b = 10, .min = -100, .max = 100}},
        {.weight = SQ_DIST_WEIGHT_MAX,
         .spec = {.kind = SQ_DIST_UNIFORM, .a = 1000, .b = SQ_DIST_VALUE_MAX, .max = NO_MAX}}};
    struct sq_dist_spec spec = mixture(parts, 2);
    spec.min = -100;
    struct sq_dist dist = compiled(&arena, spec);
    double half = (double)sq_dist_value(&dist, UINT32_C(1) << 31);
    assert_near(half, (double)SQ_DIST_VALUE_MAX / 2, 1e-6);
    ck_assert_int_ge(sq_dist_value(&dist, 0), -100);
    ck_assert_int_le(sq_dist_value(&dist, UINT32_MAX), SQ_DIST_VALUE_MAX);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_empirical_when_drawn_then_is_linear_between_observed_values)
{
    struct sq_arena arena = {0};
    const int64_t samples[] = {100, 200, 200, 1000, 5000};
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_EMPIRICAL, .samples = samples, .n_samples = 5, .max = NO_MAX};
    struct sq_dist dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, 0), 100);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 29), 150);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 30), 200);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 31), 200);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(5) << 29), 600);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(3) << 30), 1000);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(7) << 29), 3000);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 5000);
    /* (sum - (first + last) / 2) / 4 */
    assert_near(moments_of(&dist).mean * 1e9, 987.5, 1e-4);
    assert_never_falls(&dist);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_empirical_when_values_are_negative_then_min_decides)
{
    struct sq_arena arena = {0};
    const int64_t samples[] = {-50, 50};
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_EMPIRICAL, .samples = samples, .n_samples = 2, .max = NO_MAX};
    struct sq_dist dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, 0), 0);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(3) << 30), 25);
    spec.min = -40;
    dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, 0), -40);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 30), -25);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_law_when_it_has_no_spread_then_is_a_fixed_value)
{
    struct sq_arena arena = {0};
    const int64_t same[] = {7, 7, 7};
    const struct sq_dist_spec specs[] = {
        {.kind = SQ_DIST_NORMAL, .a = 7, .max = NO_MAX},
        {.kind = SQ_DIST_LOGNORMAL_SIGMA, .a = 7, .max = NO_MAX},
        {.kind = SQ_DIST_EMPIRICAL, .samples = same, .n_samples = 3, .max = NO_MAX},
        {.kind = SQ_DIST_EMPIRICAL, .samples = same, .n_samples = 1, .max = NO_MAX},
        {.kind = SQ_DIST_NORMAL, .a = -9, .min = 7, .max = NO_MAX},
    };
    for (size_t i = 0; i < N(specs); i++) {
        struct sq_dist dist = compiled(&arena, specs[i]);
        ck_assert_ptr_null(dist.knots);
        ck_assert_int_eq(dist.fixed, 7);
    }
    struct sq_dist_spec nothing = shaped(SQ_DIST_GAMMA, 1);
    nothing.a = 0;
    ck_assert_int_eq(compiled(&arena, nothing).fixed, 0);
    sq_arena_clear(&arena);
}
END_TEST

struct refusal {
    struct sq_dist_spec spec;
    const char *text;
};

static const int64_t unsorted[] = {1, 5, 4};
static const int64_t too_large[] = {SQ_DIST_VALUE_MAX + 1};

static const struct sq_dist_part bad_weight[] = {{.weight = 1, .spec = {.a = 1, .max = NO_MAX}},
                                                 {.weight = 0, .spec = {.a = 1, .max = NO_MAX}}};
static const struct sq_dist_part bad_part[] = {
    {.weight = 1, .spec = {.kind = SQ_DIST_UNIFORM, .a = 3, .b = 2, .max = NO_MAX}}};
static const struct sq_dist_part nested[] = {
    {.weight = 1,
     .spec = {.kind = SQ_DIST_MIXTURE, .parts = bad_weight, .n_parts = 1, .max = NO_MAX}}};

static const struct refusal refusals[] = {
    {{.kind = SQ_DIST_NORMAL, .a = -SQ_DIST_VALUE_MAX - 1, .max = NO_MAX},
     "mean out of range: \"-1152921504606846977\", "
     "allowed: -1152921504606846976 to 1152921504606846976"},
    {{.kind = SQ_DIST_NORMAL, .a = 5, .b = -1, .max = NO_MAX},
     "stddev out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_NORMAL, .a = 5, .min = -SQ_DIST_VALUE_MAX - 1, .max = NO_MAX},
     "min out of range: \"-1152921504606846977\", "
     "allowed: -1152921504606846976 to 1152921504606846976"},
    {{.kind = SQ_DIST_GAMMA, .a = -1, .shape_q32 = UINT64_C(1) << 32, .max = NO_MAX},
     "mean out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_GAMMA, .a = 5, .shape_q32 = 214748363, .max = NO_MAX},
     "cv out of range: \"0.049\", allowed: 0.05 to 10"},
    {{.kind = SQ_DIST_GAMMA, .a = 5, .shape_q32 = UINT64_C(21) << 31, .max = NO_MAX},
     "cv out of range: \"10.500\", allowed: 0.05 to 10"},
    {{.kind = SQ_DIST_GAMMA, .a = 5, .shape_q32 = UINT64_C(1) << 32, .min = -1, .max = NO_MAX},
     "min out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_PARETO, .a = 0, .shape_q32 = UINT64_C(1) << 32, .max = NO_MAX},
     "smallest value out of range: \"0\", allowed: 1 to 1152921504606846976"},
    {{.kind = SQ_DIST_PARETO, .a = 1, .shape_q32 = (UINT64_C(1) << 31) - 1, .max = NO_MAX},
     "alpha out of range: \"0.499\", allowed: 0.5 to 64"},
    {{.kind = SQ_DIST_PARETO, .a = 1, .shape_q32 = UINT64_C(65) << 32, .max = NO_MAX},
     "alpha out of range: \"65.000\", allowed: 0.5 to 64"},
    {{.kind = SQ_DIST_LOGNORMAL_SIGMA, .a = 0, .shape_q32 = 1, .max = NO_MAX},
     "median out of range: \"0\", allowed: 1 to 1152921504606846976"},
    {{.kind = SQ_DIST_LOGNORMAL_SIGMA, .a = 1, .shape_q32 = UINT64_C(9) << 32, .max = NO_MAX},
     "sigma out of range: \"9.000\", allowed: 0 to 8"},
    {{.kind = SQ_DIST_EMPIRICAL, .samples = unsorted, .n_samples = 0, .max = NO_MAX},
     "number of values out of range: \"0\", allowed: 1 to 16777216"},
    {{.kind = SQ_DIST_EMPIRICAL, .samples = unsorted, .n_samples = 3, .max = NO_MAX},
     "sorted value out of range: \"4\", allowed: 5 to 1152921504606846976"},
    {{.kind = SQ_DIST_EMPIRICAL, .samples = too_large, .n_samples = 1, .max = NO_MAX},
     "sorted value out of range: \"1152921504606846977\", "
     "allowed: -1152921504606846976 to 1152921504606846976"},
    {{.kind = SQ_DIST_MIXTURE, .parts = bad_weight, .n_parts = 0, .max = NO_MAX},
     "number of parts out of range: \"0\", allowed: 1 to 16"},
    {{.kind = SQ_DIST_MIXTURE, .parts = bad_weight, .n_parts = 17, .max = NO_MAX},
     "number of parts out of range: \"17\", allowed: 1 to 16"},
    {{.kind = SQ_DIST_MIXTURE, .parts = bad_weight, .n_parts = 2, .max = NO_MAX},
     "weight of part 2 out of range: \"0\", allowed: 1 to 4294967296"},
    {{.kind = SQ_DIST_MIXTURE, .parts = bad_part, .n_parts = 1, .max = NO_MAX},
     "part 1: upper bound out of range: \"2\", allowed: 3 to 1152921504606846976"},
    {{.kind = SQ_DIST_MIXTURE, .parts = nested, .n_parts = 1, .max = NO_MAX},
     "part 1 is a \"mixture\", allowed: every other distribution"},
};

START_TEST(test_compile_when_spec_is_wrong_then_says_what_is_allowed)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = {.fixed = 77};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_dist_compile(&refusals[_i].spec, &arena, &dist, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, refusals[_i].text);
    ck_assert_int_eq(dist.fixed, 77);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_shape_is_at_its_bounds_then_succeeds)
{
    struct sq_arena arena = {0};
    const struct {
        enum sq_dist_kind kind;
        uint64_t shape_q32;
    } bounds[] = {
        {SQ_DIST_GAMMA, 214748364},          {SQ_DIST_GAMMA, UINT64_C(10) << 32},
        {SQ_DIST_PARETO, UINT64_C(1) << 31}, {SQ_DIST_PARETO, UINT64_C(64) << 32},
        {SQ_DIST_LOGNORMAL_SIGMA, 1},        {SQ_DIST_LOGNORMAL_SIGMA, UINT64_C(8) << 32},
    };
    for (size_t i = 0; i < N(bounds); i++) {
        struct sq_dist_spec spec = {.kind = bounds[i].kind,
                                    .a = 1000,
                                    .shape_q32 = bounds[i].shape_q32,
                                    .max = SQ_DIST_VALUE_MAX};
        struct sq_dist dist = compiled(&arena, spec);
        assert_never_falls(&dist);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_memory_runs_out_then_says_so)
{
    const struct sq_dist_spec specs[] = {shaped(SQ_DIST_GAMMA, 1), mixture(chat_parts, 2)};
    for (size_t i = 0; i < N(specs); i++) {
        enum sq_status status = SQ_NO_MEMORY;
        int n_failed = 0;
        for (uint64_t nth = 1; status == SQ_NO_MEMORY; nth++) {
            struct sq_arena arena = {0};
            struct sq_dist dist = {.fixed = 77};
            struct sq_error err = {0};
            sq_memory_torture_fail(nth);
            status = sq_dist_compile(&specs[i], &arena, &dist, &err);
            sq_memory_torture_fail(0);
            if (status == SQ_NO_MEMORY) {
                n_failed += 1;
                ck_assert_int_eq(dist.fixed, 77);
                ck_assert_int_eq(err.status, SQ_NO_MEMORY);
            }
            sq_arena_clear(&arena);
            ck_assert_uint_eq(sq_memory_torture_live(), 0);
        }
        ck_assert_int_eq(status, SQ_OK);
        ck_assert_int_ge(n_failed, 2);
    }
}
END_TEST

static TCase *law_case(void)
{
    TCase *tcase = tcase_create("laws");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, test_normal_when_swept_then_has_its_quantiles_and_moments);
    tcase_add_test(tcase, test_normal_when_min_is_zero_then_the_lower_part_falls_on_it);
    tcase_add_test(tcase, test_normal_when_min_is_negative_then_values_may_be);
    tcase_add_test(tcase, test_normal_when_widest_then_stays_within);
    tcase_add_loop_test(tcase, test_gamma_when_swept_then_has_its_quantiles, 0, (int)N(gamma_rows));
    tcase_add_loop_test(tcase, test_gamma_when_swept_then_has_its_moments, 0, (int)N(gamma_rows));
    tcase_add_test(tcase, test_gamma_when_cv_is_one_then_is_exponential);
    tcase_add_test(tcase, test_gamma_when_shape_is_whole_then_the_sum_of_exponentials_leads_back);
    tcase_add_test(tcase, test_pareto_when_swept_then_has_its_quantiles);
    tcase_add_test(tcase, test_pareto_when_swept_then_has_its_moments);
    tcase_add_test(tcase, test_pareto_when_tail_is_heavy_then_needs_a_max);
    tcase_add_test(tcase, test_lognormal_when_median_is_small_then_sigma_loses_nothing);
    tcase_add_test(tcase, test_lognormal_when_given_sigma_then_has_its_quantiles_and_mean);
    tcase_add_test(tcase, test_lognormal_when_far_above_its_median_then_is_still_the_law);
    tcase_add_test(tcase, test_mixture_when_swept_then_has_the_quantiles_of_the_sum);
    tcase_add_test(tcase, test_mixture_when_it_has_one_part_then_is_that_part);
    tcase_add_test(tcase,
                   test_mixture_when_parts_are_uniform_then_whole_numbers_are_equally_likely);
    tcase_add_test(tcase, test_mixture_when_parts_are_fixed_then_weights_hold_to_a_step);
    tcase_add_test(tcase, test_mixture_when_parts_are_many_then_its_mean_is_theirs);
    tcase_add_test(tcase, test_mixture_when_sizes_differ_widely_then_both_parts_keep_their_share);
    tcase_add_test(tcase, test_empirical_when_drawn_then_is_linear_between_observed_values);
    tcase_add_test(tcase, test_empirical_when_values_are_negative_then_min_decides);
    tcase_add_test(tcase, test_law_when_it_has_no_spread_then_is_a_fixed_value);
    return tcase;
}

static TCase *compile_case(void)
{
    TCase *tcase = tcase_create("compile");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, test_compile_when_spec_is_wrong_then_says_what_is_allowed, 0,
                        (int)N(refusals));
    tcase_add_test(tcase, test_compile_when_shape_is_at_its_bounds_then_succeeds);
    tcase_add_test(tcase, test_compile_when_memory_runs_out_then_says_so);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("dist_laws");
    suite_add_tcase(suite, law_case());
    suite_add_tcase(suite, compile_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
