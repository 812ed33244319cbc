/* SPDX-License-Identifier: MIT */
/* The sliding window: what still counts after which time. */
#include "policies/window_int.h"

#include <check.h>

#define SPAN (10 * SQ_SECOND)

START_TEST(test_count_within_the_span_adds_up)
{
    struct sq_window window = {0};
    for (int i = 0; i < 10; i++) {
        sq_window_count(&window, SPAN, i % 2 == 0, i * SQ_SECOND);
    }
    ck_assert_uint_eq(window.total, 10);
    ck_assert_uint_eq(window.failed, 5);
}
END_TEST

START_TEST(test_count_a_span_later_has_dropped_the_oldest_bucket)
{
    struct sq_window window = {0};
    sq_window_count(&window, SPAN, true, 0);
    sq_window_count(&window, SPAN, true, SQ_SECOND - 1);
    sq_window_count(&window, SPAN, false, SPAN - 1);
    ck_assert_uint_eq(window.total, 3);
    ck_assert_uint_eq(window.failed, 2);
    sq_window_count(&window, SPAN, false, SPAN);
    ck_assert_uint_eq(window.total, 2);
    ck_assert_uint_eq(window.failed, 0);
}
END_TEST

START_TEST(test_count_long_after_knows_only_itself)
{
    struct sq_window window = {0};
    sq_window_count(&window, SPAN, true, 3 * SQ_SECOND);
    sq_window_count(&window, SPAN, true, 1000 * SQ_SECOND);
    ck_assert_uint_eq(window.total, 1);
    ck_assert_uint_eq(window.failed, 1);
}
END_TEST

START_TEST(test_count_from_any_start_falls_into_the_same_buckets)
{
    struct sq_window early = {0};
    struct sq_window late = {0};
    sq_window_count(&early, SPAN, false, 0);
    sq_window_count(&early, SPAN, true, 25500 * SQ_MS);
    sq_window_count(&late, SPAN, true, 25500 * SQ_MS);
    sq_window_count(&early, SPAN, false, 34999 * SQ_MS);
    sq_window_count(&late, SPAN, false, 34999 * SQ_MS);
    ck_assert_uint_eq(early.total, 2);
    ck_assert_uint_eq(late.total, 2);
    sq_window_count(&early, SPAN, false, 35000 * SQ_MS);
    sq_window_count(&late, SPAN, false, 35000 * SQ_MS);
    ck_assert_uint_eq(early.failed, 0);
    ck_assert_uint_eq(late.failed, 0);
}
END_TEST

START_TEST(test_count_in_a_span_shorter_than_its_buckets_still_forgets)
{
    struct sq_window window = {0};
    sq_window_count(&window, 3, true, 0);
    sq_window_count(&window, 3, true, 9);
    ck_assert_uint_eq(window.total, 2);
    sq_window_count(&window, 3, true, 10);
    ck_assert_uint_eq(window.total, 2);
}
END_TEST

START_TEST(test_count_of_many_equals_a_plain_sum_over_the_last_ten_buckets)
{
    struct sq_window window = {0};
    uint32_t per_second[200] = {0};
    for (uint32_t i = 0; i < 2000; i++) {
        sq_time now = (sq_time)i * 97 * SQ_MS;
        sq_window_count(&window, SPAN, false, now);
        unsigned second = (unsigned)(now / SQ_SECOND);
        per_second[second]++;
        uint32_t sum = 0;
        for (unsigned j = 0; j < 10 && j <= second; j++) {
            sum += per_second[second - j];
        }
        ck_assert_uint_eq(window.total, sum);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("window");
    tcase_add_test(tests, test_count_within_the_span_adds_up);
    tcase_add_test(tests, test_count_a_span_later_has_dropped_the_oldest_bucket);
    tcase_add_test(tests, test_count_long_after_knows_only_itself);
    tcase_add_test(tests, test_count_from_any_start_falls_into_the_same_buckets);
    tcase_add_test(tests, test_count_in_a_span_shorter_than_its_buckets_still_forgets);
    tcase_add_test(tests, test_count_of_many_equals_a_plain_sum_over_the_last_ten_buckets);
    Suite *suite = suite_create("window");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
