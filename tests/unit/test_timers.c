/* SPDX-License-Identifier: MIT */
/* When connections are woken, and how long the thread sleeps. */
#include "mockprovider/timers_int.h"

#include <check.h>
#include <stdlib.h>

static struct sq_timers timers;
static const struct sq_clock twice_as_fast = {.start_ns = 0, .speed_milli = 2000};

static void set_up(void)
{
    timers = (struct sq_timers){0};
    ck_assert_int_eq(sq_timers_reserve(&timers, 4, NULL), SQ_OK);
}

static void tear_down(void)
{
    sq_timers_clear(&timers);
}

START_TEST(test_take_gives_due_slots_by_time_and_only_once)
{
    uint32_t slot = 9;
    sq_timers_set(&timers, 2, 30);
    sq_timers_set(&timers, 0, 20);
    sq_timers_set(&timers, 1, 40);
    ck_assert(!sq_timers_take(&timers, 19, &slot));
    ck_assert(sq_timers_take(&timers, 30, &slot));
    ck_assert_uint_eq(slot, 0);
    ck_assert(sq_timers_take(&timers, 30, &slot));
    ck_assert_uint_eq(slot, 2);
    ck_assert(!sq_timers_take(&timers, 39, &slot));
    sq_timers_set(&timers, 1, SQ_NEVER);
    ck_assert(!sq_timers_take(&timers, SQ_NEVER - 1, &slot));
}
END_TEST

START_TEST(test_sleep_lasts_to_the_earliest_in_real_time)
{
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, SQ_NEVER, 0), SQ_NEVER);
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, 50, 10), 20);
    sq_timers_set(&timers, 3, 30);
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, 50, 10), 10);
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, SQ_NEVER, 29), 1);
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, SQ_NEVER, 30), 0);
    ck_assert_int_eq(sq_timers_sleep_ns(&timers, &twice_as_fast, SQ_NEVER, 99), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timers");
    TCase *tests = tcase_create("timers");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_take_gives_due_slots_by_time_and_only_once);
    tcase_add_test(tests, test_sleep_lasts_to_the_earliest_in_real_time);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
