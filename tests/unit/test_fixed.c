/* SPDX-License-Identifier: MIT */
/* Fixed-point mathematics: against values computed with 50 digits, and along sweeps against libm,
 * whose doubles are exact enough for 32 bits of fraction. */
#include "base/fixed.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/draw.h"

#define Q32 4294967296.0

struct log_reference {
    uint64_t x_q32;
    int64_t log_q32;
};

static const struct log_reference logs[] = {
    {UINT64_C(1), INT64_C(-95265423098)},
    {UINT64_C(2), INT64_C(-92288378626)},
    {UINT64_C(3), INT64_C(-90546919247)},
    {UINT64_C(1000), INT64_C(-65596840086)},
    {UINT64_C(1048576), INT64_C(-35724533662)},
    {UINT64_C(4294967295), INT64_C(-1)},
    {UINT64_C(4294967296), INT64_C(0)},
    {UINT64_C(4294967297), INT64_C(1)},
    {UINT64_C(11674931554), INT64_C(4294967296)},
    {UINT64_C(12884901888), INT64_C(4718503851)},
    {UINT64_C(42949672960), INT64_C(9889527671)},
    {UINT64_C(4294967296000000), INT64_C(59337166024)},
    {UINT64_C(81985529216486895), INT64_C(72003448999)},
    {UINT64_C(9223372036854775808), INT64_C(92288378626)},
    {UINT64_MAX, INT64_C(95265423098)},
};

struct exp_reference {
    int64_t x_q32;
    uint64_t exp_q32;
};

static const struct exp_reference exps[] = {
    {INT64_MIN, UINT64_C(0)},
    {INT64_C(-98784247809), UINT64_C(0)},
    {INT64_C(-94489280512), UINT64_C(1)},
    {INT64_C(-42949672960), UINT64_C(194991)},
    {INT64_C(-22548578304), UINT64_C(22537920)},
    {INT64_C(-4294967296), UINT64_C(1580030169)},
    {INT64_C(-123456789), UINT64_C(4173267981)},
    {INT64_C(0), UINT64_C(4294967296)},
    {INT64_C(1), UINT64_C(4294967297)},
    {INT64_C(123456789), UINT64_C(4420215562)},
    {INT64_C(2147483648), UINT64_C(7081203938)},
    {INT64_C(2977044471), UINT64_C(8589934590)},
    {INT64_C(4294967296), UINT64_C(11674931555)},
    {INT64_C(42949672960), UINT64_C(94602950235157)},
    {INT64_C(66571993088), UINT64_C(23148578690936570)},
    {INT64_C(94489280512), UINT64_C(15397083433145465870)},
    {INT64_C(95265423098), UINT64_C(18446744072737573511)},
    {INT64_C(95265423099), UINT64_MAX},
    {INT64_MAX, UINT64_MAX},
};

struct quantile_reference {
    uint64_t p_q64;
    int64_t z_q32;
};

/* On both sides of each change of formula: 0.075, 0.925 and e^-25. */
static const struct quantile_reference quantiles[] = {
    {UINT64_C(1), INT64_C(-38998969304)},
    {UINT64_C(2), INT64_C(-38673620578)},
    {UINT64_C(1000), INT64_C(-35627530063)},
    {UINT64_C(4294967296), INT64_C(-26758763538)},
    {UINT64_C(1099511627776), INT64_C(-22740580886)},
    {UINT64_C(17592186044416), INT64_C(-20456933673)},
    {UINT64_C(18014398509481984), INT64_C(-13302669398)},
    {UINT64_C(1152921504606846976), INT64_C(-6588997566)},
    {UINT64_C(1383505805528215371), INT64_C(-6182740589)},
    {UINT64_C(1383505805528216371), INT64_C(-6182740589)},
    {UINT64_C(4611686018427387904), INT64_C(-2896911419)},
    {UINT64_C(9223372036854775807), INT64_C(0)},
    {UINT64_C(9223372036854775808), INT64_C(0)},
    {UINT64_C(9224497936761618432), INT64_C(657098)},
    {UINT64_C(16602069666338596454), INT64_C(5504222062)},
    {UINT64_C(17063238268181336244), INT64_C(6182740589)},
    {UINT64_C(18262276632972456099), INT64_C(9991588038)},
    {UINT64_C(18428297329635842064), INT64_C(13272446692)},
    {UINT64_C(18446726481523507200), INT64_C(20456933673)},
    {UINT64_C(18446744069414584320), INT64_C(26758763538)},
    {UINT64_MAX, INT64_C(38998969304)},
};

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A keyed 64-bit number with a random number of leading zeros, so that all sizes come up. */
static uint64_t any_size(uint64_t subject)
{
    struct sq_draw draw = sq_draw_block(7, SQ_DRAW_RULE, subject, 0, 0);
    return ((uint64_t)draw.lane[0] << 32 | draw.lane[1]) >> (draw.lane[2] & 63);
}

START_TEST(test_log_when_compared_with_exact_values_then_is_the_nearest)
{
    int64_t error = sq_fixed_log(logs[_i].x_q32) - logs[_i].log_q32;
    ck_assert_int_eq(error, 0);
}
END_TEST

START_TEST(test_log_when_swept_then_agrees_with_libm)
{
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t x = any_size(i) | 1;
        double expected = (log((double)x) - 32 * log(2)) * Q32;
        ck_assert_double_le(fabs((double)sq_fixed_log(x) - expected), 0.6);
    }
}
END_TEST

START_TEST(test_log_when_zero_then_is_our_bug)
{
    (void)sq_fixed_log(0);
}
END_TEST

START_TEST(test_exp_when_compared_with_exact_values_then_is_the_nearest)
{
    uint64_t value = sq_fixed_exp(exps[_i].x_q32);
    uint64_t expected = exps[_i].exp_q32;
    uint64_t error = value > expected ? value - expected : expected - value;
    ck_assert_uint_le(error, expected >> 40);
}
END_TEST

START_TEST(test_exp_when_swept_then_agrees_with_libm)
{
    for (int64_t i = -22000; i < 22000; i++) {
        int64_t x_q32 = i * INT64_C(4321987);
        double expected = exp((double)x_q32 / Q32) * Q32;
        double error = fabs((double)sq_fixed_exp(x_q32) - expected);
        ck_assert_double_le(error, 0.51 + expected * 0x1p-40);
    }
}
END_TEST

START_TEST(test_exp_when_input_rises_then_never_falls)
{
    uint64_t before = 0;
    for (int64_t x_q32 = -3000; x_q32 < 3000; x_q32++) {
        uint64_t value = sq_fixed_exp(x_q32 + INT64_C(1488522236)); /* about ln 2 / 2 */
        ck_assert_uint_ge(value, before);
        before = value;
    }
}
END_TEST

START_TEST(test_normal_quantile_when_compared_with_exact_values_then_is_within_two_units)
{
    int64_t error = sq_fixed_normal_quantile(quantiles[_i].p_q64) - quantiles[_i].z_q32;
    ck_assert_int_ge(error, -2);
    ck_assert_int_le(error, 2);
}
END_TEST

START_TEST(test_normal_quantile_when_swept_then_erfc_leads_back)
{
    for (uint64_t i = 1; i < 20000; i++) {
        uint64_t p_q64 = i * (UINT64_MAX / 40000);
        double z = (double)sq_fixed_normal_quantile(p_q64) / Q32;
        double p = erfc(-z / sqrt(2)) / 2;
        double slope = exp(-z * z / 2) / sqrt(2 * acos(-1));
        double error = fabs(p - (double)p_q64 / 0x1p64) / slope;
        ck_assert_double_le(error, 0x1p-30);
    }
}
END_TEST

START_TEST(test_normal_quantile_when_mirrored_then_changes_sign_only)
{
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t p_q64 = any_size(i) | 1;
        ck_assert_int_eq(sq_fixed_normal_quantile(p_q64), -sq_fixed_normal_quantile(0 - p_q64));
    }
}
END_TEST

START_TEST(test_normal_quantile_when_zero_then_is_our_bug)
{
    (void)sq_fixed_normal_quantile(0);
}
END_TEST

START_TEST(test_sqrt_when_around_squares_then_is_the_floor)
{
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t root = any_size(i);
        sq_uint128 square = (sq_uint128)root * root;
        ck_assert_uint_eq(sq_fixed_sqrt(square), root);
        ck_assert_uint_eq(sq_fixed_sqrt(square + root), root);
        ck_assert_uint_eq(sq_fixed_sqrt(square + 2 * (sq_uint128)root), root);
        if (root > 0) {
            ck_assert_uint_eq(sq_fixed_sqrt(square - 1), root - 1);
        }
    }
}
END_TEST

START_TEST(test_sqrt_when_small_or_largest_then_is_the_floor)
{
    for (uint64_t x = 0; x < 20000; x++) {
        uint64_t root = sq_fixed_sqrt(x);
        ck_assert_uint_le(root * root, x);
        ck_assert_uint_gt((root + 1) * (root + 1), x);
    }
    sq_uint128 largest = ~(sq_uint128)0;
    ck_assert_uint_eq(sq_fixed_sqrt(largest), UINT64_MAX);
    ck_assert_uint_eq(sq_fixed_sqrt((sq_uint128)UINT64_MAX * UINT64_MAX), UINT64_MAX);
    ck_assert_uint_eq(sq_fixed_sqrt((sq_uint128)UINT64_MAX * UINT64_MAX - 1), UINT64_MAX - 1);
}
END_TEST

START_TEST(test_mul_when_half_way_then_rounds_away_from_zero)
{
    ck_assert_int_eq(sq_fixed_mul(3 * SQ_Q32_ONE, -2 * SQ_Q32_ONE), -6 * SQ_Q32_ONE);
    ck_assert_int_eq(sq_fixed_mul(1, SQ_Q32_ONE / 2), 1);
    ck_assert_int_eq(sq_fixed_mul(1, SQ_Q32_ONE / 2 - 1), 0);
    ck_assert_int_eq(sq_fixed_mul(-1, SQ_Q32_ONE / 2), -1);
    ck_assert_int_eq(sq_fixed_mul(-1, SQ_Q32_ONE / 2 - 1), 0);
}
END_TEST

START_TEST(test_mul_when_too_large_then_saturates)
{
    ck_assert_int_eq(sq_fixed_mul(INT64_MAX, SQ_Q32_ONE), INT64_MAX);
    ck_assert_int_eq(sq_fixed_mul(INT64_MAX, SQ_Q32_ONE + 1), INT64_MAX);
    ck_assert_int_eq(sq_fixed_mul(INT64_MIN, INT64_MIN), INT64_MAX);
    ck_assert_int_eq(sq_fixed_mul(INT64_MIN, INT64_MAX), INT64_MIN);
    ck_assert_int_eq(sq_fixed_mul(INT64_MIN, SQ_Q32_ONE), INT64_MIN);
}
END_TEST

START_TEST(test_div_when_not_exact_then_rounds_to_nearest)
{
    ck_assert_int_eq(sq_fixed_div(6 * SQ_Q32_ONE, -4 * SQ_Q32_ONE), -SQ_Q32_ONE - SQ_Q32_ONE / 2);
    ck_assert_int_eq(sq_fixed_div(1, 2 * SQ_Q32_ONE), 1);
    ck_assert_int_eq(sq_fixed_div(-1, 2 * SQ_Q32_ONE), -1);
    ck_assert_int_eq(sq_fixed_div(1, 2 * SQ_Q32_ONE + 1), 0);
    ck_assert_int_eq(sq_fixed_div(2 * SQ_Q32_ONE, 3 * SQ_Q32_ONE), INT64_C(2863311531));
    ck_assert_int_eq(sq_fixed_div(INT64_MIN, -1), INT64_MAX);
    ck_assert_int_eq(sq_fixed_div(INT64_MAX, -1), INT64_MIN);
    ck_assert_int_eq(sq_fixed_div(INT64_MIN, INT64_MIN), SQ_Q32_ONE);
}
END_TEST

START_TEST(test_div_when_by_zero_then_is_our_bug)
{
    (void)sq_fixed_div(1, 0);
}
END_TEST

START_TEST(test_scale_when_not_exact_then_rounds_half_away_from_zero)
{
    ck_assert_int_eq(sq_fixed_scale(7, 1, 2), 4);
    ck_assert_int_eq(sq_fixed_scale(-7, 1, 2), -4);
    ck_assert_int_eq(sq_fixed_scale(7, 1, 3), 2);
    ck_assert_int_eq(sq_fixed_scale(8, 1, 3), 3);
    ck_assert_int_eq(sq_fixed_scale(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
    ck_assert_int_eq(sq_fixed_scale(INT64_MAX, 2, 1), INT64_MAX);
    ck_assert_int_eq(sq_fixed_scale(INT64_MAX, -2, 1), INT64_MIN);
    ck_assert_int_eq(sq_fixed_scale(INT64_MIN, INT64_MIN, 1), INT64_MAX);
}
END_TEST

START_TEST(test_scale_when_denominator_is_zero_then_is_our_bug)
{
    (void)sq_fixed_scale(1, 1, 0);
}
END_TEST

static TCase *transcendental_case(void)
{
    TCase *tcase = tcase_create("transcendental");
    tcase_add_loop_test(tcase, test_log_when_compared_with_exact_values_then_is_the_nearest, 0,
                        COUNT_OF(logs));
    tcase_add_test(tcase, test_log_when_swept_then_agrees_with_libm);
    tcase_add_exit_test(tcase, test_log_when_zero_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_loop_test(tcase, test_exp_when_compared_with_exact_values_then_is_the_nearest, 0,
                        COUNT_OF(exps));
    tcase_add_test(tcase, test_exp_when_swept_then_agrees_with_libm);
    tcase_add_test(tcase, test_exp_when_input_rises_then_never_falls);
    tcase_add_loop_test(
        tcase, test_normal_quantile_when_compared_with_exact_values_then_is_within_two_units, 0,
        COUNT_OF(quantiles));
    tcase_add_test(tcase, test_normal_quantile_when_swept_then_erfc_leads_back);
    tcase_add_test(tcase, test_normal_quantile_when_mirrored_then_changes_sign_only);
    tcase_add_exit_test(tcase, test_normal_quantile_when_zero_then_is_our_bug, SQ_EXIT_OUR_BUG);
    return tcase;
}

static TCase *arithmetic_case(void)
{
    TCase *tcase = tcase_create("arithmetic");
    tcase_add_test(tcase, test_sqrt_when_around_squares_then_is_the_floor);
    tcase_add_test(tcase, test_sqrt_when_small_or_largest_then_is_the_floor);
    tcase_add_test(tcase, test_mul_when_half_way_then_rounds_away_from_zero);
    tcase_add_test(tcase, test_mul_when_too_large_then_saturates);
    tcase_add_test(tcase, test_div_when_not_exact_then_rounds_to_nearest);
    tcase_add_exit_test(tcase, test_div_when_by_zero_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_test(tcase, test_scale_when_not_exact_then_rounds_half_away_from_zero);
    tcase_add_exit_test(tcase, test_scale_when_denominator_is_zero_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("fixed");
    suite_add_tcase(suite, transcendental_case());
    suite_add_tcase(suite, arithmetic_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
