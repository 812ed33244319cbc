/* SPDX-License-Identifier: MIT */
/* Scenario time is scaled real time: both ways, at both ends of the range. */
#include "host/clock.h"

#include <check.h>

#include "base/assert.h"

static struct sq_clock clock_at_speed(int64_t speed_milli)
{
    return (struct sq_clock){.start_ns = 5 * SQ_SECOND, .speed_milli = speed_milli};
}

START_TEST(test_at_real_speed_is_the_time_since_the_start)
{
    struct sq_clock clock = clock_at_speed(SQ_CLOCK_SPEED_MILLI_REAL);
    ck_assert_int_eq(sq_clock_at(&clock, 5 * SQ_SECOND), 0);
    ck_assert_int_eq(sq_clock_at(&clock, 5 * SQ_SECOND + 1), 1);
    ck_assert_int_eq(sq_clock_at(&clock, 7 * SQ_SECOND), 2 * SQ_SECOND);
}
END_TEST

START_TEST(test_at_before_the_start_is_zero)
{
    struct sq_clock clock = clock_at_speed(SQ_CLOCK_SPEED_MILLI_REAL);
    ck_assert_int_eq(sq_clock_at(&clock, 5 * SQ_SECOND - 1), 0);
    ck_assert_int_eq(sq_clock_at(&clock, 0), 0);
}
END_TEST

START_TEST(test_at_other_speeds_is_scaled)
{
    struct sq_clock fast = clock_at_speed(60000);
    struct sq_clock slow = clock_at_speed(1);
    ck_assert_int_eq(sq_clock_at(&fast, 6 * SQ_SECOND), SQ_MINUTE);
    ck_assert_int_eq(sq_clock_at(&slow, 6 * SQ_SECOND), SQ_MS);
    ck_assert_int_eq(sq_clock_at(&slow, 5 * SQ_SECOND + 999), 0);
    ck_assert_int_eq(sq_clock_at(&slow, 5 * SQ_SECOND + 1000), 1);
}
END_TEST

START_TEST(test_at_past_the_range_stays_below_never)
{
    struct sq_clock clock = clock_at_speed(SQ_CLOCK_SPEED_MILLI_MAX);
    ck_assert_int_eq(sq_clock_at(&clock, INT64_MAX), SQ_NEVER - 1);
}
END_TEST

START_TEST(test_real_span_is_rounded_up)
{
    struct sq_clock clock = clock_at_speed(3000);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, 3), 1);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, 4), 2);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, 1), 1);
}
END_TEST

START_TEST(test_real_span_of_nothing_is_zero_and_of_never_is_never)
{
    struct sq_clock clock = clock_at_speed(1);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, 0), 0);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, -1), 0);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, SQ_NEVER), SQ_NEVER);
    ck_assert_int_eq(sq_clock_real_span_ns(&clock, SQ_NEVER / 1000 + 1), SQ_NEVER);
}
END_TEST

START_TEST(test_real_span_when_waited_out_has_passed)
{
    int64_t speeds[] = {1, 7, 999, 1000, 1001, 33333, 1000000};
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        struct sq_clock clock = clock_at_speed(speeds[i]);
        for (int64_t real_ns = 5 * SQ_SECOND; real_ns < 5 * SQ_SECOND + 5000; real_ns += 37) {
            sq_time now = sq_clock_at(&clock, real_ns);
            sq_dur span = (real_ns * 31) % 10007;
            int64_t woken_ns = real_ns + sq_clock_real_span_ns(&clock, span);
            ck_assert_int_ge(sq_clock_at(&clock, woken_ns), now + span);
        }
    }
}
END_TEST

START_TEST(test_now_begins_near_zero_and_never_goes_back)
{
    struct sq_clock clock;
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_REAL);
    sq_time before = sq_clock_now(&clock);
    ck_assert_int_lt(before, SQ_MINUTE);
    for (int i = 0; i < 10000; i++) {
        sq_time now = sq_clock_now(&clock);
        ck_assert_int_ge(now, before);
        before = now;
    }
    ck_assert_int_gt(before, 0);
}
END_TEST

START_TEST(test_start_at_the_limits_of_speed_is_taken)
{
    struct sq_clock clock;
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_MIN);
    ck_assert_int_eq(clock.speed_milli, SQ_CLOCK_SPEED_MILLI_MIN);
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_MAX);
    ck_assert_int_eq(clock.speed_milli, SQ_CLOCK_SPEED_MILLI_MAX);
}
END_TEST

START_TEST(test_start_below_the_slowest_speed_asserts)
{
    struct sq_clock clock;
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_MIN - 1);
}
END_TEST

START_TEST(test_start_above_the_fastest_speed_asserts)
{
    struct sq_clock clock;
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_MAX + 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("clock");
    tcase_add_test(tests, test_at_real_speed_is_the_time_since_the_start);
    tcase_add_test(tests, test_at_before_the_start_is_zero);
    tcase_add_test(tests, test_at_other_speeds_is_scaled);
    tcase_add_test(tests, test_at_past_the_range_stays_below_never);
    tcase_add_test(tests, test_real_span_is_rounded_up);
    tcase_add_test(tests, test_real_span_of_nothing_is_zero_and_of_never_is_never);
    tcase_add_test(tests, test_real_span_when_waited_out_has_passed);
    tcase_add_test(tests, test_now_begins_near_zero_and_never_goes_back);
    tcase_add_test(tests, test_start_at_the_limits_of_speed_is_taken);
    tcase_add_exit_test(tests, test_start_below_the_slowest_speed_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_start_above_the_fastest_speed_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("clock");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
