/* SPDX-License-Identifier: MIT */
/* Windows of rules: edges, repetition, the list of windows of a run. */
#include "mockprovider/script.h"

#include <check.h>

static struct sq_rule window(sq_time at, sq_dur span, sq_dur every)
{
    return (struct sq_rule){.windowed = true, .at = at, .span = span, .every = every};
}

static bool open_at(const struct sq_rule *rule, sq_time now, sq_time wanted_start)
{
    sq_time start = -7;
    bool open = sq_rule_open(rule, now, &start);
    ck_assert_int_eq(start, open ? wanted_start : -7);
    return open;
}

START_TEST(test_window_is_open_from_its_start_to_just_before_its_end)
{
    struct sq_rule rule = window(100, 50, 0);
    ck_assert(!open_at(&rule, 0, 0));
    ck_assert(!open_at(&rule, 99, 0));
    ck_assert(open_at(&rule, 100, 100));
    ck_assert(open_at(&rule, 149, 100));
    ck_assert(!open_at(&rule, 150, 0));
    ck_assert(!open_at(&rule, SQ_NEVER - 1, 0));
}
END_TEST

START_TEST(test_rule_without_a_window_is_always_open)
{
    struct sq_rule rule = {.at = 5, .span = 1};
    ck_assert(open_at(&rule, 0, 0));
    ck_assert(open_at(&rule, SQ_NEVER - 1, 0));
    ck_assert_int_eq(sq_rule_next_opening(&rule, 0), 0);
    ck_assert_int_eq(sq_rule_next_opening(&rule, 1), SQ_NEVER);
}
END_TEST

START_TEST(test_window_without_an_end_stays_open)
{
    struct sq_rule rule = window(100, SQ_NEVER, 0);
    ck_assert(!open_at(&rule, 99, 0));
    ck_assert(open_at(&rule, SQ_NEVER - 1, 100));
}
END_TEST

START_TEST(test_repeated_window_opens_again_and_again)
{
    struct sq_rule rule = window(100, 50, 200);
    ck_assert(!open_at(&rule, 299, 0));
    ck_assert(open_at(&rule, 300, 300));
    ck_assert(open_at(&rule, 349, 300));
    ck_assert(!open_at(&rule, 350, 0));
    ck_assert(open_at(&rule, 200000100, 200000100));
}
END_TEST

START_TEST(test_overlapping_windows_never_close_and_start_anew)
{
    struct sq_rule rule = window(100, 300, 200);
    ck_assert(open_at(&rule, 299, 100));
    ck_assert(open_at(&rule, 300, 300));
    ck_assert(open_at(&rule, 450, 300));
    ck_assert(open_at(&rule, 600, 500));
}
END_TEST

START_TEST(test_next_opening_is_at_or_after_now)
{
    struct sq_rule once = window(100, 50, 0);
    ck_assert_int_eq(sq_rule_next_opening(&once, 0), 100);
    ck_assert_int_eq(sq_rule_next_opening(&once, 100), 100);
    ck_assert_int_eq(sq_rule_next_opening(&once, 101), SQ_NEVER);
    struct sq_rule repeated = window(100, 50, 200);
    ck_assert_int_eq(sq_rule_next_opening(&repeated, 101), 300);
    ck_assert_int_eq(sq_rule_next_opening(&repeated, 300), 300);
    ck_assert_int_eq(sq_rule_next_opening(&repeated, 301), 500);
    ck_assert_int_eq(sq_rule_next_opening(&repeated, SQ_NEVER), SQ_NEVER);
}
END_TEST

START_TEST(test_windows_of_a_run_end_with_the_run)
{
    struct sq_rule rule = window(100, 50, 200);
    sq_time from;
    sq_time to;
    ck_assert(sq_rule_window(&rule, 0, 320, &from, &to));
    ck_assert_int_eq(from, 100);
    ck_assert_int_eq(to, 150);
    ck_assert(sq_rule_window(&rule, 1, 320, &from, &to));
    ck_assert_int_eq(from, 300);
    ck_assert_int_eq(to, 320);
    ck_assert(!sq_rule_window(&rule, 2, 320, &from, &to));
    ck_assert(!sq_rule_window(&rule, 1, 300, &from, &to));
    ck_assert(!sq_rule_window(&rule, UINT32_MAX, 320, &from, &to));
}
END_TEST

START_TEST(test_rule_without_a_window_has_the_whole_run_for_one)
{
    struct sq_rule rule = {.at = 0, .span = SQ_NEVER};
    sq_time from;
    sq_time to;
    ck_assert(sq_rule_window(&rule, 0, 1000, &from, &to));
    ck_assert_int_eq(from, 0);
    ck_assert_int_eq(to, 1000);
    ck_assert(!sq_rule_window(&rule, 1, 1000, &from, &to));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("script");
    tcase_add_test(tests, test_window_is_open_from_its_start_to_just_before_its_end);
    tcase_add_test(tests, test_rule_without_a_window_is_always_open);
    tcase_add_test(tests, test_window_without_an_end_stays_open);
    tcase_add_test(tests, test_repeated_window_opens_again_and_again);
    tcase_add_test(tests, test_overlapping_windows_never_close_and_start_anew);
    tcase_add_test(tests, test_next_opening_is_at_or_after_now);
    tcase_add_test(tests, test_windows_of_a_run_end_with_the_run);
    tcase_add_test(tests, test_rule_without_a_window_has_the_whole_run_for_one);
    Suite *suite = suite_create("script");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
