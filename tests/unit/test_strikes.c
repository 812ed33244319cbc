/* SPDX-License-Identifier: MIT */
/* Which struck connections a retry may claim. Times in milliseconds. */
#include "sim/serve/strikes.h"

#include <check.h>
#include <stdlib.h>

static struct sq_strikes *strikes;
static struct sq_strike taken[SQ_STRIKES_CLAIM_MAX];

static void set_up(void)
{
    strikes = calloc(1, sizeof *strikes);
    ck_assert_ptr_nonnull(strikes);
}

static void tear_down(void)
{
    free(strikes);
}

static void add(uint8_t provider, int64_t at_ms)
{
    struct sq_strike strike = {.at = at_ms * SQ_MS,
                               .ended_at = (at_ms + 1) * SQ_MS,
                               .klass = SQ_CLASS_RESET,
                               .seen = true};
    sq_strikes_add(strikes, provider, &strike);
}

static void shut(int64_t from_ms, sq_time to)
{
    struct sq_strike strike = {.at = from_ms * SQ_MS, .ended_at = to, .klass = SQ_CLASS_CONNECT};
    sq_strikes_shut(strikes, 0, &strike);
}

static uint32_t take(uint8_t provider, uint32_t n, int64_t after_ms, int64_t before_ms)
{
    struct sq_strikes_claim claim = {
        .provider = provider, .n = n, .after = after_ms * SQ_MS, .before = before_ms * SQ_MS};
    return sq_strikes_take(strikes, &claim, taken);
}

START_TEST(test_strikes_when_claimed_then_the_latest_come_in_order_of_time_and_once)
{
    add(0, 10);
    add(0, 20);
    add(0, 30);
    ck_assert_uint_eq(take(0, 2, 0, 100), 2);
    ck_assert_int_eq(taken[0].at, 20 * SQ_MS);
    ck_assert_int_eq(taken[1].at, 30 * SQ_MS);
    ck_assert_uint_eq(take(0, 2, 0, 100), 1);
    ck_assert_int_eq(taken[0].at, 10 * SQ_MS);
    ck_assert_uint_eq(take(0, 2, 0, 100), 0);
}
END_TEST

START_TEST(test_strikes_when_before_the_last_attempt_or_elsewhere_then_not_claimed)
{
    add(0, 10);
    add(1, 30);
    ck_assert_uint_eq(take(0, 1, 11, 100), 0);
    ck_assert_uint_eq(take(0, 1, 10, 100), 1);
    ck_assert_uint_eq(take(1, 1, 0, 100), 1);
}
END_TEST

START_TEST(test_strikes_when_too_old_then_nobodys)
{
    const int64_t age_ms = SQ_STRIKES_AGE_MAX / SQ_MS;
    add(0, 10);
    ck_assert_uint_eq(take(0, 1, 0, 11 + age_ms), 0);
    ck_assert_uint_eq(take(0, 1, 0, 10 + age_ms), 1);
}
END_TEST

START_TEST(test_strikes_when_there_are_too_many_then_the_oldest_makes_room)
{
    for (int64_t i = 0; i <= SQ_STRIKES_MAX; i++) {
        add(0, i);
    }
    uint32_t n = 0;
    while (take(0, 1, 0, 2000) == 1) {
        n++;
    }
    ck_assert_uint_eq(n, SQ_STRIKES_MAX);
    ck_assert_int_eq(taken[0].at, SQ_MS);
}
END_TEST

START_TEST(test_strikes_when_the_port_was_shut_then_the_rest_is_spread_over_that_time)
{
    add(0, 500);
    shut(100, 400 * SQ_MS);
    ck_assert_uint_eq(take(0, 3, 0, 1000), 3);
    ck_assert_int_eq(taken[0].at, 200 * SQ_MS);
    ck_assert_int_eq(taken[1].at, 300 * SQ_MS);
    ck_assert(!taken[1].seen);
    ck_assert_int_eq(taken[1].klass, SQ_CLASS_CONNECT);
    ck_assert_int_eq(taken[2].at, 500 * SQ_MS);
    ck_assert(taken[2].seen);
}
END_TEST

START_TEST(test_strikes_when_the_port_is_still_shut_then_up_to_the_claimant)
{
    shut(100, SQ_NEVER);
    ck_assert_uint_eq(take(0, 1, 0, 300), 1);
    ck_assert_int_eq(taken[0].at, 200 * SQ_MS);
    ck_assert_uint_eq(take(0, 1, 0, 100), 0);
    shut(100, 200 * SQ_MS);
    ck_assert_uint_eq(take(0, 1, 200, 300), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strikes");
    TCase *tests = tcase_create("strikes");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_strikes_when_claimed_then_the_latest_come_in_order_of_time_and_once);
    tcase_add_test(tests, test_strikes_when_before_the_last_attempt_or_elsewhere_then_not_claimed);
    tcase_add_test(tests, test_strikes_when_too_old_then_nobodys);
    tcase_add_test(tests, test_strikes_when_there_are_too_many_then_the_oldest_makes_room);
    tcase_add_test(tests,
                   test_strikes_when_the_port_was_shut_then_the_rest_is_spread_over_that_time);
    tcase_add_test(tests, test_strikes_when_the_port_is_still_shut_then_up_to_the_claimant);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
