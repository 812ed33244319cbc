/* SPDX-License-Identifier: MIT */
/* Distributions: sweeping all lanes evenly is integrating over the law, so moments and quantiles
 * are compared with closed forms without any chance in it. */
#include "base/dist.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "tests/support/memory_torture.h"

#define NO_MAX     INT64_MAX
#define MEAN_NS    INT64_C(1000000000)
#define MEDIAN_NS  INT64_C(100000000)
#define LANES      4294967296.0
#define NORMAL_P99 2.3263478740408408

static struct sq_dist compiled(struct sq_arena *arena, struct sq_dist_spec spec)
{
    struct sq_dist dist = {0};
    struct sq_error err = {0};
    enum sq_status status = sq_dist_compile(&spec, arena, &dist, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    return dist;
}

static struct sq_dist exponential(struct sq_arena *arena, int64_t mean)
{
    return compiled(arena,
                    (struct sq_dist_spec){.kind = SQ_DIST_EXPONENTIAL, .a = mean, .max = NO_MAX});
}

static struct sq_dist lognormal(struct sq_arena *arena, int64_t median, double sigma)
{
    int64_t p99 = sq_dist_lognormal_p99(median, (uint64_t)(sigma * LANES));
    return compiled(arena, (struct sq_dist_spec){
                               .kind = SQ_DIST_LOGNORMAL, .a = median, .b = p99, .max = NO_MAX});
}

static struct sq_dist uniform(struct sq_arena *arena, int64_t low, int64_t high)
{
    return compiled(
        arena, (struct sq_dist_spec){.kind = SQ_DIST_UNIFORM, .a = low, .b = high, .max = NO_MAX});
}

static double value_at(const struct sq_dist *dist, double share)
{
    return (double)sq_dist_value(dist, (uint32_t)(share * LANES));
}

struct moments {
    double mean;
    double deviation;
};

/* Over 2^22 lanes, evenly spaced. */
static struct moments moments_of(const struct sq_dist *dist)
{
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (uint64_t lane = 512; lane < UINT64_C(1) << 32; lane += 1024) {
        double value = (double)sq_dist_value(dist, (uint32_t)lane);
        n += 1;
        sum += value;
        squares += value * value;
    }
    double mean = sum / n;
    return (struct moments){.mean = mean, .deviation = sqrt(squares / n - mean * mean)};
}

static void assert_near(double value, double expected, double relative)
{
    ck_assert_msg(fabs(value - expected) <= relative * fabs(expected), "%.9g, expected %.9g", value,
                  expected);
}

START_TEST(test_fixed_when_drawn_then_is_always_the_value)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = compiled(&arena, (struct sq_dist_spec){.a = 42, .max = NO_MAX});
    ck_assert_int_eq(sq_dist_value(&dist, 0), 42);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 42);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_law_when_it_has_no_spread_then_is_a_fixed_value)
{
    struct sq_arena arena = {0};
    ck_assert_int_eq(uniform(&arena, 5, 5).fixed, 5);
    ck_assert_int_eq(exponential(&arena, 0).fixed, 0);
    struct sq_dist_spec narrow = {.kind = SQ_DIST_LOGNORMAL, .a = 7, .b = 7, .max = NO_MAX};
    ck_assert_int_eq(compiled(&arena, narrow).fixed, 7);
    struct sq_dist_spec pinned = {.kind = SQ_DIST_EXPONENTIAL, .a = 7, .min = 9, .max = 9};
    ck_assert_int_eq(compiled(&arena, pinned).fixed, 9);
    ck_assert_ptr_null(compiled(&arena, pinned).knots);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_uniform_when_drawn_then_equals_the_exact_spread)
{
    struct sq_arena arena = {0};
    const int64_t bounds[][2] = {{0, 1}, {0, 3}, {7, 1007}, {0, MEAN_NS}, {MEAN_NS, 3 * MEAN_NS}};
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        struct sq_dist dist = uniform(&arena, bounds[i][0], bounds[i][1]);
        uint64_t span = (uint64_t)(bounds[i][1] - bounds[i][0]);
        bool equal = true;
        for (uint64_t lane = 0; lane <= UINT32_MAX; lane += 104729) {
            int64_t exact = bounds[i][0] + (int64_t)((span * lane) >> 32);
            equal = equal && sq_dist_value(&dist, (uint32_t)lane) == exact;
        }
        ck_assert(equal);
        ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), bounds[i][1] - 1);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_uniform_when_widest_then_stays_within)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = uniform(&arena, 0, SQ_DIST_VALUE_MAX);
    ck_assert_int_eq(sq_dist_value(&dist, 0), 0);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 31), SQ_DIST_VALUE_MAX / 2);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX),
                     SQ_DIST_VALUE_MAX - (SQ_DIST_VALUE_MAX >> 32));
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_exponential_when_swept_then_has_its_moments)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = exponential(&arena, MEAN_NS);
    struct moments moments = moments_of(&dist);
    assert_near(moments.mean, 1e9, 1e-5);
    assert_near(moments.deviation, 1e9, 1e-4);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_exponential_when_asked_for_quantiles_then_gives_logarithms)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = exponential(&arena, MEAN_NS);
    const double shares[] = {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999};
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        assert_near(value_at(&dist, shares[i]), -1e9 * log1p(-shares[i]),
                    shares[i] < 0.5 ? 1e-3 : 2e-4);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_exponential_when_lane_is_extreme_then_is_where_the_header_says)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = exponential(&arena, MEAN_NS);
    ck_assert_int_eq(sq_dist_value(&dist, 0), 0);
    ck_assert_int_eq(sq_dist_value(&dist, 0 - (UINT32_C(1) << 12)), 13862943611); /* 20 ln 2 */
    assert_near((double)sq_dist_value(&dist, UINT32_MAX), 1e9 * (20 * log(2) + 2), 5e-3);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_exponential_when_values_are_few_then_is_rounded_not_cut)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = exponential(&arena, 10);
    struct moments moments = moments_of(&dist);
    /* The mean of the nearest whole number to an exponential of mean 10 is 1 / (2 sinh(1/20)). */
    assert_near(moments.mean, 1 / (2 * sinh(0.05)), 2e-4);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_swept_then_has_its_moments)
{
    struct sq_arena arena = {0};
    const double cases[][3] = {
        {0.04, 1e-5, 1e-3}, {0.3, 1e-5, 1e-4}, {1, 1e-4, 1e-3}, {2, 1e-4, 0.05}, {3, 2e-4, 0.5}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double sigma = cases[i][0];
        struct sq_dist dist = lognormal(&arena, MEDIAN_NS, sigma);
        struct moments moments = moments_of(&dist);
        double mean = 1e8 * exp(sigma * sigma / 2);
        assert_near(moments.mean, mean, cases[i][1]);
        assert_near(moments.deviation, mean * sqrt(expm1(sigma * sigma)), cases[i][2]);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_asked_for_quantiles_then_gives_those_of_the_law)
{
    struct sq_arena arena = {0};
    /* Normal quantiles of the shares beside them. */
    const double quantiles[][2] = {{0.01, -2.3263478740},  {0.5, 0},
                                   {0.9, 1.2815515655},    {0.99, 2.3263478740},
                                   {0.999, 3.0902323062},  {0.9999, 3.7190164855},
                                   {0.99999, 4.2648907939}};
    const double sigmas[] = {0.04, 0.3, 0.66, 1};
    for (size_t s = 0; s < sizeof(sigmas) / sizeof(sigmas[0]); s++) {
        struct sq_dist dist = lognormal(&arena, MEDIAN_NS, sigmas[s]);
        for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
            double expected = 1e8 * exp(sigmas[s] * quantiles[i][1]);
            assert_near(value_at(&dist, quantiles[i][0]), expected,
                        quantiles[i][0] < 0.5 || quantiles[i][0] > 0.9999 ? 1e-3 : 2e-4);
        }
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_given_tokens_then_meets_p50_and_p99)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = compiled(
        &arena,
        (struct sq_dist_spec){.kind = SQ_DIST_LOGNORMAL, .a = 129, .b = 601, .max = NO_MAX});
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 31), 129);
    ck_assert_int_eq((int64_t)value_at(&dist, 0.99), 601);
    double sigma = log(601.0 / 129.0) / NORMAL_P99;
    assert_near(moments_of(&dist).mean, 129 * exp(sigma * sigma / 2), 1e-3);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_lognormal_when_narrow_then_lowest_values_stay_near)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = lognormal(&arena, MEDIAN_NS, 0.04);
    ck_assert_int_gt(sq_dist_value(&dist, 0), 80000000);
    ck_assert_int_lt(sq_dist_value(&dist, UINT32_MAX), 130000000);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_value_when_lane_rises_then_never_falls)
{
    struct sq_arena arena = {0};
    const struct sq_dist dists[] = {exponential(&arena, MEAN_NS), exponential(&arena, 3),
                                    lognormal(&arena, MEDIAN_NS, 2),
                                    lognormal(&arena, MEDIAN_NS, 0.001), uniform(&arena, 3, 10)};
    for (size_t i = 0; i < sizeof(dists) / sizeof(dists[0]); i++) {
        int64_t before = 0;
        bool rising = true;
        for (uint64_t lane = 0; lane <= UINT32_MAX; lane += 1021) {
            int64_t value = sq_dist_value(&dists[i], (uint32_t)lane);
            rising = rising && value >= before;
            before = value;
        }
        ck_assert(rising);
    }
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_value_when_clamped_then_stays_within_min_and_max)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = {.kind = SQ_DIST_EXPONENTIAL, .a = 1000, .min = 200, .max = 3000};
    struct sq_dist dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, 0), 200);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), 3000);
    ck_assert_int_eq((int64_t)value_at(&dist, 0.17), 200); /* -ln(1 - 0.17) = 0.186 */
    ck_assert_int_eq((int64_t)value_at(&dist, 0.5), 693);
    ck_assert_int_eq((int64_t)value_at(&dist, 0.96), 3000);
    ck_assert_int_eq(compiled(&arena, (struct sq_dist_spec){.a = 5, .min = 9, .max = 20}).fixed, 9);
    ck_assert_int_eq(compiled(&arena, (struct sq_dist_spec){.a = 50, .min = 9, .max = 20}).fixed,
                     20);
    sq_arena_clear(&arena);
}
END_TEST

struct refusal {
    struct sq_dist_spec spec;
    const char *text;
};

static const struct refusal refusals[] = {
    {{.kind = SQ_DIST_FIXED, .a = -1, .b = 0, .min = 0, .max = NO_MAX},
     "value out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_FIXED, .a = SQ_DIST_VALUE_MAX + 1, .b = 0, .min = 0, .max = NO_MAX},
     "value out of range: \"1152921504606846977\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_UNIFORM, .a = -1, .b = 5, .min = 0, .max = NO_MAX},
     "lower bound out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_UNIFORM, .a = 6, .b = 5, .min = 0, .max = NO_MAX},
     "upper bound out of range: \"5\", allowed: 6 to 1152921504606846976"},
    {{.kind = SQ_DIST_EXPONENTIAL, .a = -1, .b = 0, .min = 0, .max = NO_MAX},
     "mean out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_LOGNORMAL, .a = 0, .b = 5, .min = 0, .max = NO_MAX},
     "median out of range: \"0\", allowed: 1 to 1152921504606846976"},
    {{.kind = SQ_DIST_LOGNORMAL, .a = 6, .b = 5, .min = 0, .max = NO_MAX},
     "p99 out of range: \"5\", allowed: 6 to 1152921504606846976"},
    {{.kind = SQ_DIST_EXPONENTIAL, .a = 5, .b = 0, .min = -1, .max = NO_MAX},
     "min out of range: \"-1\", allowed: 0 to 1152921504606846976"},
    {{.kind = SQ_DIST_EXPONENTIAL, .a = 5, .b = 0, .min = 10, .max = 9},
     "max out of range: \"9\", allowed: 10 to 9223372036854775807"},
    {{.kind = SQ_DIST_EXPONENTIAL, .a = INT64_C(1) << 56, .b = 0, .min = 0, .max = NO_MAX},
     "values above \"1152921504606846976\" are possible, allowed: up to it"},
    {{.kind = SQ_DIST_LOGNORMAL, .a = 1000, .b = INT64_C(1) << 50, .min = 0, .max = NO_MAX},
     "values above \"1152921504606846976\" are possible, allowed: up to it"},
};

START_TEST(test_compile_when_spec_is_wrong_then_says_what_is_allowed)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = {.fixed = 77};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_dist_compile(&refusals[_i].spec, &arena, &dist, &err), SQ_INVALID);
    ck_assert_int_eq(err.status, SQ_INVALID);
    ck_assert_str_eq(err.text, refusals[_i].text);
    ck_assert_int_eq(dist.fixed, 77);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_law_reaches_too_far_then_a_max_helps)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_LOGNORMAL, .a = 1000, .b = INT64_C(1) << 50, .max = NO_MAX};
    struct sq_dist dist = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_dist_compile(&spec, &arena, &dist, &err), SQ_INVALID);
    ck_assert_str_eq(err.hint, "set a max, or make the distribution narrower");
    spec.max = SQ_DIST_VALUE_MAX;
    dist = compiled(&arena, spec);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_MAX), SQ_DIST_VALUE_MAX);
    ck_assert_int_eq(sq_dist_value(&dist, UINT32_C(1) << 31), 1000);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_mean_is_as_large_as_the_tail_allows_then_succeeds)
{
    struct sq_arena arena = {0};
    struct sq_dist dist = exponential(&arena, SQ_DIST_VALUE_MAX / 24);
    ck_assert_int_gt(sq_dist_value(&dist, UINT32_MAX), SQ_DIST_VALUE_MAX / 2);
    ck_assert_int_le(sq_dist_value(&dist, UINT32_MAX), SQ_DIST_VALUE_MAX);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_memory_runs_out_then_says_so)
{
    struct sq_arena arena = {0};
    struct sq_dist_spec spec = {.kind = SQ_DIST_EXPONENTIAL, .a = 5, .max = NO_MAX};
    struct sq_dist dist = {.fixed = 77};
    struct sq_error err = {0};
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_dist_compile(&spec, &arena, &dist, &err), SQ_NO_MEMORY);
    ck_assert_str_eq(err.text, "no memory for the table of a distribution");
    ck_assert_int_eq(dist.fixed, 77);
    sq_memory_torture_fail(0);
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_lognormal_p99_when_sigma_is_given_then_is_the_closed_form)
{
    ck_assert_int_eq(sq_dist_lognormal_p99(1000, 0), 1000);
    const double sigmas[] = {0.1, 0.5, 1, 3, 8};
    for (size_t i = 0; i < sizeof(sigmas) / sizeof(sigmas[0]); i++) {
        double expected = 1e8 * exp(sigmas[i] * NORMAL_P99);
        int64_t p99 = sq_dist_lognormal_p99(MEDIAN_NS, (uint64_t)(sigmas[i] * LANES));
        assert_near((double)p99, expected, 1e-8);
    }
    ck_assert_int_eq(sq_dist_lognormal_p99(INT64_MAX, (uint64_t)LANES), INT64_MAX);
}
END_TEST

START_TEST(test_lognormal_p99_when_sigma_is_above_eight_then_is_our_bug)
{
    (void)sq_dist_lognormal_p99(1000, (UINT64_C(8) << 32) + 1);
}
END_TEST

static TCase *law_case(void)
{
    TCase *tcase = tcase_create("laws");
    tcase_add_test(tcase, test_fixed_when_drawn_then_is_always_the_value);
    tcase_add_test(tcase, test_law_when_it_has_no_spread_then_is_a_fixed_value);
    tcase_add_test(tcase, test_uniform_when_drawn_then_equals_the_exact_spread);
    tcase_add_test(tcase, test_uniform_when_widest_then_stays_within);
    tcase_add_test(tcase, test_exponential_when_swept_then_has_its_moments);
    tcase_add_test(tcase, test_exponential_when_asked_for_quantiles_then_gives_logarithms);
    tcase_add_test(tcase, test_exponential_when_lane_is_extreme_then_is_where_the_header_says);
    tcase_add_test(tcase, test_exponential_when_values_are_few_then_is_rounded_not_cut);
    tcase_add_test(tcase, test_lognormal_when_swept_then_has_its_moments);
    tcase_add_test(tcase, test_lognormal_when_asked_for_quantiles_then_gives_those_of_the_law);
    tcase_add_test(tcase, test_lognormal_when_given_tokens_then_meets_p50_and_p99);
    tcase_add_test(tcase, test_lognormal_when_narrow_then_lowest_values_stay_near);
    tcase_add_test(tcase, test_value_when_lane_rises_then_never_falls);
    tcase_add_test(tcase, test_value_when_clamped_then_stays_within_min_and_max);
    return tcase;
}

static TCase *compile_case(void)
{
    TCase *tcase = tcase_create("compile");
    tcase_add_loop_test(tcase, test_compile_when_spec_is_wrong_then_says_what_is_allowed, 0,
                        (int)(sizeof(refusals) / sizeof(refusals[0])));
    tcase_add_test(tcase, test_compile_when_law_reaches_too_far_then_a_max_helps);
    tcase_add_test(tcase, test_compile_when_mean_is_as_large_as_the_tail_allows_then_succeeds);
    tcase_add_test(tcase, test_compile_when_memory_runs_out_then_says_so);
    tcase_add_test(tcase, test_lognormal_p99_when_sigma_is_given_then_is_the_closed_form);
    tcase_add_exit_test(tcase, test_lognormal_p99_when_sigma_is_above_eight_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("dist");
    suite_add_tcase(suite, law_case());
    suite_add_tcase(suite, compile_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
