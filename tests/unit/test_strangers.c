/* SPDX-License-Identifier: MIT */
/* Numbers of requests that nobody numbered. */
#include "mockprovider/strangers_int.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct sq_strangers strangers;

static void set_up(void)
{
    memset(&strangers, 0, sizeof strangers);
}

static uint64_t ask(uint64_t api_key, uint64_t body, uint16_t retry_count)
{
    struct sq_stranger stranger = {.api_key = api_key, .body = body, .retry_count = retry_count};
    return sq_strangers_call(&strangers, &stranger);
}

START_TEST(test_first_tries_are_calls_of_their_own_above_those_of_runs)
{
    uint64_t first = ask(1, 10, 0);
    uint64_t second = ask(1, 10, 0);
    ck_assert_uint_ne(first, second);
    ck_assert_uint_ge(first, SQ_STRANGERS_CALLS);
    ck_assert_uint_ge(second, SQ_STRANGERS_CALLS);
}
END_TEST

START_TEST(test_number_does_not_depend_on_other_keys)
{
    uint64_t alone[3];
    for (int i = 0; i < 3; i++) {
        alone[i] = ask(1, 10, 0);
    }
    set_up();
    for (int i = 0; i < 3; i++) {
        (void)ask(2, 10, 0);
        (void)ask(0, 10, 0);
        ck_assert_uint_eq(ask(1, 11, 0), alone[i]);
    }
}
END_TEST

START_TEST(test_retry_keeps_the_number_of_the_latest_with_its_key_and_body)
{
    (void)ask(1, 10, 0);
    uint64_t latest = ask(1, 10, 0);
    uint64_t other = ask(1, 11, 0);
    ck_assert_uint_eq(ask(1, 10, 1), latest);
    ck_assert_uint_eq(ask(1, 10, 2), latest);
    ck_assert_uint_eq(ask(1, 11, 1), other);
}
END_TEST

START_TEST(test_retry_of_another_key_or_of_nothing_is_a_call_of_its_own)
{
    uint64_t first = ask(1, 10, 0);
    ck_assert_uint_ne(ask(2, 10, 1), first);
    ck_assert_uint_ne(ask(1, 12, 1), first);
    ck_assert_uint_eq(ask(1, 12, 2), ask(1, 12, 3));
}
END_TEST

START_TEST(test_more_keys_than_are_told_apart_still_get_numbers)
{
    uint64_t first = ask(1, 0, 0);
    for (uint64_t key = 2; key <= SQ_STRANGERS_MAX; key++) {
        (void)ask(key, 0, 0);
    }
    ck_assert_uint_eq(strangers.n_keys, SQ_STRANGERS_MAX);
    uint64_t a = ask(SQ_STRANGERS_MAX + 1, 0, 0);
    uint64_t b = ask(SQ_STRANGERS_MAX + 2, 0, 0);
    ck_assert_uint_ne(a, b);
    ck_assert_uint_eq(strangers.n_keys, SQ_STRANGERS_MAX);
    ck_assert_uint_ne(ask(1, 0, 0), first);
    ck_assert_uint_eq(strangers.n_others, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strangers");
    TCase *tests = tcase_create("strangers");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, test_first_tries_are_calls_of_their_own_above_those_of_runs);
    tcase_add_test(tests, test_number_does_not_depend_on_other_keys);
    tcase_add_test(tests, test_retry_keeps_the_number_of_the_latest_with_its_key_and_body);
    tcase_add_test(tests, test_retry_of_another_key_or_of_nothing_is_a_call_of_its_own);
    tcase_add_test(tests, test_more_keys_than_are_told_apart_still_get_numbers);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
