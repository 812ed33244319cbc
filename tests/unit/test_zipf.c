/* SPDX-License-Identifier: MIT */
/* Zipf's law: shares against their closed form, the ends of the lanes, the bounds. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/zipf.h"

static struct sq_arena arena;

static struct sq_zipf compiled(uint32_t n_items, uint64_t exponent_q32)
{
    struct sq_zipf zipf;
    struct sq_error err;
    ck_assert_int_eq(sq_zipf_compile(n_items, exponent_q32, &arena, &zipf, &err), SQ_OK);
    return zipf;
}

static void tear_down(void)
{
    sq_arena_clear(&arena);
}

START_TEST(test_item_when_exponent_is_0_then_all_are_alike)
{
    struct sq_zipf zipf = compiled(4, 0);
    ck_assert_uint_eq(sq_zipf_item(&zipf, 0), 0);
    ck_assert_uint_eq(sq_zipf_item(&zipf, (1u << 30) - 1), 0);
    ck_assert_uint_eq(sq_zipf_item(&zipf, 1u << 30), 1);
    ck_assert_uint_eq(sq_zipf_item(&zipf, 3u << 30), 3);
    ck_assert_uint_eq(sq_zipf_item(&zipf, UINT32_MAX), 3);
}
END_TEST

START_TEST(test_item_when_there_is_one_then_always_that)
{
    struct sq_zipf zipf = compiled(1, SQ_ZIPF_EXPONENT_MAX);
    ck_assert_uint_eq(sq_zipf_item(&zipf, 0), 0);
    ck_assert_uint_eq(sq_zipf_item(&zipf, UINT32_MAX), 0);
}
END_TEST

static void check_shares(uint32_t n_items, double exponent)
{
    struct sq_zipf zipf = compiled(n_items, (uint64_t)(exponent * 4294967296.0));
    double sum = 0;
    double below = 0;
    for (uint32_t k = 1; k <= n_items; k++) {
        sum += pow(k, -exponent);
    }
    for (uint32_t k = 1; k < n_items; k++) {
        below += pow(k, -exponent);
        double error = fabs(zipf.ends[k - 1] - below / sum * 4294967296.0);
        ck_assert_msg(error < 2.5, "n %u s %f k %u: off by %f", n_items, exponent, k, error);
    }
}

START_TEST(test_shares_when_compared_with_the_formula_then_equal)
{
    check_shares(2, 1);
    check_shares(10, 0.5);
    check_shares(1000, 1.1);
    check_shares(SQ_ZIPF_ITEMS_MAX, 1.1);
    check_shares(1000, 4);
}
END_TEST

START_TEST(test_item_when_lanes_rise_then_never_falls_and_every_end_is_exact)
{
    struct sq_zipf zipf = compiled(1000, UINT64_C(11) * (UINT64_C(1) << 32) / 10);
    for (uint32_t i = 0; i + 1 < zipf.n_items; i++) {
        ck_assert_uint_eq(sq_zipf_item(&zipf, zipf.ends[i] - 1), i);
        ck_assert_uint_eq(sq_zipf_item(&zipf, zipf.ends[i]), i + 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zipf");
    TCase *tests = tcase_create("zipf");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, test_item_when_exponent_is_0_then_all_are_alike);
    tcase_add_test(tests, test_item_when_there_is_one_then_always_that);
    tcase_add_test(tests, test_shares_when_compared_with_the_formula_then_equal);
    tcase_add_test(tests, test_item_when_lanes_rise_then_never_falls_and_every_end_is_exact);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
