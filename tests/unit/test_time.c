/* SPDX-License-Identifier: MIT */
/* Sums of points and spans saturate at both ends. */
#include "base/time.h"

#include <check.h>

START_TEST(test_add_in_range_is_the_sum)
{
    ck_assert_int_eq(sq_time_add(2 * SQ_SECOND, 500 * SQ_MS), 2500000000);
    ck_assert_int_eq(sq_time_add(2 * SQ_SECOND, -SQ_SECOND), SQ_SECOND);
    ck_assert_int_eq(sq_time_add(SQ_SECOND, -SQ_SECOND), 0);
}
END_TEST

START_TEST(test_add_when_too_late_is_never)
{
    ck_assert_int_eq(sq_time_add(SQ_NEVER - 2, 1), SQ_NEVER - 1);
    ck_assert_int_eq(sq_time_add(SQ_NEVER - 2, 2), SQ_NEVER);
    ck_assert_int_eq(sq_time_add(SQ_NEVER - 2, 3), SQ_NEVER);
    ck_assert_int_eq(sq_time_add(SQ_NEVER - 1, SQ_NEVER - 1), SQ_NEVER);
}
END_TEST

START_TEST(test_add_with_never_is_never)
{
    ck_assert_int_eq(sq_time_add(SQ_NEVER, -SQ_DAY), SQ_NEVER);
    ck_assert_int_eq(sq_time_add(0, SQ_NEVER), SQ_NEVER);
}
END_TEST

START_TEST(test_add_when_before_zero_is_zero)
{
    ck_assert_int_eq(sq_time_add(SQ_SECOND, -SQ_SECOND - 1), 0);
    ck_assert_int_eq(sq_time_add(0, INT64_MIN), 0);
}
END_TEST

START_TEST(test_min_and_max_of_two_points_keep_never_last)
{
    ck_assert_int_eq(sq_time_min(SQ_NEVER, 5), 5);
    ck_assert_int_eq(sq_time_min(4, 5), 4);
    ck_assert_int_eq(sq_time_max(SQ_NEVER, 5), SQ_NEVER);
    ck_assert_int_eq(sq_time_max(4, 5), 5);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("time");
    tcase_add_test(tests, test_add_in_range_is_the_sum);
    tcase_add_test(tests, test_add_when_too_late_is_never);
    tcase_add_test(tests, test_add_with_never_is_never);
    tcase_add_test(tests, test_add_when_before_zero_is_zero);
    tcase_add_test(tests, test_min_and_max_of_two_points_keep_never_last);
    Suite *suite = suite_create("time");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
