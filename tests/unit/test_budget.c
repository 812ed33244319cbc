/* SPDX-License-Identifier: MIT */
/* The retry budget: what calls pay for, the floor, and how entries expire. */
#include "policies/budget_int.h"

#include <check.h>

#define SHARE(percent) ((UINT64_C(1) << 32) * (percent) / 100)

static struct sq_budget_cell cell;

static void set_up(void)
{
    cell = (struct sq_budget_cell){0};
}

static void deposit(const struct sq_retry_budget *settings, unsigned n, sq_time now)
{
    for (unsigned i = 0; i < n; i++) {
        sq_budget_deposit(&cell, settings, now);
    }
}

static unsigned withdraw_all(const struct sq_retry_budget *settings, sq_time now)
{
    unsigned n = 0;
    while (n < 10000 && sq_budget_withdraw(&cell, settings, now)) {
        n++;
    }
    return n;
}

START_TEST(test_withdraw_with_a_fifth_pays_one_retry_for_five_calls)
{
    struct sq_retry_budget settings = {.on = true, .ratio_q32 = SHARE(20)};
    deposit(&settings, 4, 0);
    ck_assert(!sq_budget_withdraw(&cell, &settings, 0));
    deposit(&settings, 1, 0);
    ck_assert(sq_budget_withdraw(&cell, &settings, 0));
    ck_assert(!sq_budget_withdraw(&cell, &settings, 0));
    deposit(&settings, 5000, 0);
    ck_assert_uint_eq(withdraw_all(&settings, 0), 1000);
}
END_TEST

START_TEST(test_withdraw_with_a_ratio_of_one_pays_as_many_retries_as_calls)
{
    struct sq_retry_budget settings = {.on = true, .ratio_q32 = UINT64_C(1) << 32};
    deposit(&settings, 7, 0);
    ck_assert_uint_eq(withdraw_all(&settings, 0), 7);
}
END_TEST

START_TEST(test_withdraw_with_a_floor_pays_ten_seconds_of_it_at_once)
{
    struct sq_retry_budget settings = {.on = true, .ratio_q32 = SHARE(20), .floor_per_second = 10};
    ck_assert_uint_eq(withdraw_all(&settings, 0), 100);
    deposit(&settings, 10, 0);
    ck_assert_uint_eq(withdraw_all(&settings, 0), 2);
    /* withdrawals expire like deposits, bucket by bucket */
    ck_assert_uint_eq(withdraw_all(&settings, 10 * SQ_SECOND - 1), 0);
    ck_assert_uint_eq(withdraw_all(&settings, 10 * SQ_SECOND), 100);
}
END_TEST

START_TEST(test_withdraw_without_a_ratio_has_only_the_floor)
{
    struct sq_retry_budget settings = {.on = true, .floor_per_second = 1};
    deposit(&settings, 1000, 0);
    ck_assert_uint_eq(withdraw_all(&settings, 0), 10);
}
END_TEST

START_TEST(test_withdraw_without_ratio_and_floor_never_pays)
{
    struct sq_retry_budget settings = {.on = true};
    deposit(&settings, 1000, 0);
    ck_assert(!sq_budget_withdraw(&cell, &settings, 0));
}
END_TEST

START_TEST(test_deposit_expires_after_ten_seconds)
{
    struct sq_retry_budget settings = {.on = true, .ratio_q32 = SHARE(100)};
    deposit(&settings, 3, 500 * SQ_MS);
    struct sq_budget_cell before = cell;
    ck_assert_uint_eq(withdraw_all(&settings, 10 * SQ_SECOND - 1), 3);
    cell = before;
    ck_assert_uint_eq(withdraw_all(&settings, 10 * SQ_SECOND), 0);
    cell = before;
    ck_assert_uint_eq(withdraw_all(&settings, 1000 * SQ_SECOND), 0);
}
END_TEST

START_TEST(test_balance_of_the_smallest_ratio_and_the_largest_floor_does_not_overflow)
{
    struct sq_retry_budget settings = {
        .on = true, .ratio_q32 = 1, .floor_per_second = SQ_BUDGET_FLOOR_MAX};
    deposit(&settings, 1000, 0);
    ck_assert_uint_eq(withdraw_all(&settings, 0), 10000);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("budget");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, test_withdraw_with_a_fifth_pays_one_retry_for_five_calls);
    tcase_add_test(tests, test_withdraw_with_a_ratio_of_one_pays_as_many_retries_as_calls);
    tcase_add_test(tests, test_withdraw_with_a_floor_pays_ten_seconds_of_it_at_once);
    tcase_add_test(tests, test_withdraw_without_a_ratio_has_only_the_floor);
    tcase_add_test(tests, test_withdraw_without_ratio_and_floor_never_pays);
    tcase_add_test(tests, test_deposit_expires_after_ten_seconds);
    tcase_add_test(tests,
                   test_balance_of_the_smallest_ratio_and_the_largest_floor_does_not_overflow);
    Suite *suite = suite_create("budget");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
