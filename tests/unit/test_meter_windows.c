/* SPDX-License-Identifier: MIT */
/* Fault windows: strikes, the first breaker to open, and the recovery after each. */
#include <check.h>
#include <stdlib.h>

#include "tests/support/meter_world.h"

/* A call a second over [from, to), bad ones within [bad_from, bad_to). */
static void calls(struct sq_meter *meter, sq_time to, sq_time bad_from, sq_time bad_to)
{
    for (sq_time at = 0; at < to; at += SQ_SECOND) {
        bool bad = bad_from <= at && at < bad_to;
        meter_world_call(meter, at, SQ_MS, bad ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FIRST_TRY);
    }
}

START_TEST(test_recovery_when_calls_fail_after_the_fault_then_first_of_three_good_windows)
{
    /* 10 min, so windows of 10 s from the end of the fault on. */
    static const struct {
        sq_time fault_to;
        sq_time bad_to;
        sq_dur time_to_recover;
    } cases[] = {
        {120 * SQ_SECOND, 120 * SQ_SECOND, 0},
        {120 * SQ_SECOND, 121 * SQ_SECOND, 10 * SQ_SECOND},
        {120 * SQ_SECOND, 130 * SQ_SECOND, 10 * SQ_SECOND},
        {123 * SQ_SECOND, 133 * SQ_SECOND, 10 * SQ_SECOND}, /* windows begin at 123 s */
        {123 * SQ_SECOND, 134 * SQ_SECOND, 20 * SQ_SECOND},
        {120 * SQ_SECOND, 570 * SQ_SECOND, 450 * SQ_SECOND}, /* the last three windows */
        {120 * SQ_SECOND, 571 * SQ_SECOND, -1},
        {590 * SQ_SECOND, 590 * SQ_SECOND, -1}, /* no room for three */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
        meter_world_fault(world, SQ_MINUTE, cases[i].fault_to - SQ_MINUTE);
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        calls(meter, 10 * SQ_MINUTE, SQ_MINUTE, cases[i].bad_to);
        struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
        ck_assert_uint_eq(column.n_windows, 1);
        ck_assert_msg(column.windows[0].time_to_recover == cases[i].time_to_recover,
                      "case %zu: %lld", i, (long long)column.windows[0].time_to_recover);
        ck_assert_uint_eq(column.windows_not_recovered, cases[i].time_to_recover < 0);
        ck_assert_uint_eq(column.time_to_recover->count, cases[i].time_to_recover >= 0);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_recovery_when_one_good_window_among_bad_ones_then_it_does_not_count)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    meter_world_fault(world, SQ_MINUTE, SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_time at = 0; at < 10 * SQ_MINUTE; at += SQ_SECOND) {
        /* good: 120..140, bad: 140..150, good again */
        bool bad = 140 * SQ_SECOND <= at && at < 150 * SQ_SECOND;
        meter_world_call(meter, at, SQ_MS, bad ? SQ_OUTCOME_APOLOGY : SQ_OUTCOME_RECOVERED);
    }
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, 30 * SQ_SECOND);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_recovery_when_the_run_is_short_then_windows_are_a_thirtieth_of_it)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE); /* windows of 2 s */
    meter_world_fault(world, 10 * SQ_SECOND, 10 * SQ_SECOND);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, SQ_MINUTE, 10 * SQ_SECOND, 25 * SQ_SECOND);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, 6 * SQ_SECOND);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_recovery_when_no_calls_come_then_windows_are_good)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    meter_world_fault(world, SQ_MINUTE, SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_recovery_when_the_fault_lasts_to_the_end_then_nothing_is_judged)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    meter_world_fault(world, SQ_MINUTE, SQ_NEVER);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, 10 * SQ_MINUTE, SQ_MINUTE, SQ_NEVER);
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].to, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, -1);
    ck_assert_uint_eq(column.windows_not_recovered, 0);
    ck_assert_uint_eq(column.time_to_recover->count, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_recovery_when_one_fault_lasts_to_the_end_then_only_the_other_is_judged)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    meter_world_fault(world, SQ_MINUTE, SQ_MINUTE);
    meter_world_fault(world, 9 * SQ_MINUTE, SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, 10 * SQ_MINUTE, 0, 0);
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, 0);
    ck_assert_int_eq(column.windows[1].time_to_recover, -1);
    ck_assert_uint_eq(column.windows_not_recovered, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

/* One bad call in ten after the fault, so that availability is 90 %. */
static sq_dur recovery_at_90_percent(struct meter_world *world)
{
    meter_world_fault(world, SQ_MINUTE, SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_time at = 0; at < 10 * SQ_MINUTE; at += SQ_SECOND) {
        bool bad = at / SQ_SECOND % 10 == 0;
        meter_world_call(meter, at, SQ_MS, bad ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FALLBACK);
    }
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    sq_dur time_to_recover = column.windows[0].time_to_recover;
    sq_column_clear(&column);
    return time_to_recover;
}

START_TEST(test_recovery_when_availability_has_a_threshold_then_it_is_the_target)
{
    static const struct {
        int64_t limit; /* 0: no threshold */
        enum sq_operator operation;
        enum sq_selector selector;
        sq_dur time_to_recover;
    } cases[] = {
        {0, SQ_OPERATOR_GE, SQ_SELECT_ALL, -1}, /* 99 % */
        {SQ_RATIO_ONE / 10 * 9, SQ_OPERATOR_GE, SQ_SELECT_ALL, 0},
        {SQ_RATIO_ONE / 10 * 9 + 1, SQ_OPERATOR_GT, SQ_SELECT_ALL, -1},
        {SQ_RATIO_ONE / 10 * 9, SQ_OPERATOR_LT, SQ_SELECT_ALL, -1},
        {SQ_RATIO_ONE / 10 * 9, SQ_OPERATOR_GE, SQ_SELECT_PHASE, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
        if (cases[i].limit != 0) {
            meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE,
                                  cases[i].operation, cases[i].limit)
                ->selector = cases[i].selector;
        }
        ck_assert_msg(recovery_at_90_percent(world) == cases[i].time_to_recover, "case %zu", i);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_recovery_when_faults_end_at_odd_times_then_each_has_its_own_windows)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    meter_world_fault(world, SQ_MINUTE, 63 * SQ_SECOND);     /* to 123 s */
    meter_world_fault(world, 4 * SQ_MINUTE, 68 * SQ_SECOND); /* to 308 s */
    meter_world_fault(world, 6 * SQ_MINUTE, 60 * SQ_SECOND); /* to 420 s */
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_time at = 0; at < 10 * SQ_MINUTE; at += SQ_SECOND) {
        bool bad = at == 132 * SQ_SECOND || at == 317 * SQ_SECOND || at == 318 * SQ_SECOND ||
                   at == 439 * SQ_SECOND;
        meter_world_call(meter, at, SQ_MS, bad ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FIRST_TRY);
    }
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_int_eq(column.windows[0].time_to_recover, 10 * SQ_SECOND);
    ck_assert_int_eq(column.windows[1].time_to_recover, 20 * SQ_SECOND);
    ck_assert_int_eq(column.windows[2].time_to_recover, 20 * SQ_SECOND);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_windows_when_struck_or_opened_inside_then_counted_half_open)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_fault(world, 10 * SQ_SECOND, 5 * SQ_SECOND)->every = 20 * SQ_SECOND;
    world->rules[world->scenario.script.n_rules++] = (struct sq_rule){.span = SQ_NEVER};
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    sq_meter_struck(meter, 0, 10 * SQ_SECOND - 1);
    sq_meter_struck(meter, 0, 10 * SQ_SECOND);
    sq_meter_struck(meter, 0, 15 * SQ_SECOND - 1);
    sq_meter_struck(meter, 0, 15 * SQ_SECOND);
    sq_meter_struck(meter, 0, 31 * SQ_SECOND);
    sq_meter_struck(meter, 1, 12 * SQ_SECOND); /* a rule without a window */
    sq_meter_transition(meter, 12 * SQ_SECOND, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 13 * SQ_SECOND, 1, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 35 * SQ_SECOND, 0, 0, SQ_BREAKER_OPEN, SQ_BREAKER_CLOSED);
    sq_meter_transition(meter, 35 * SQ_SECOND, 1, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 50 * SQ_SECOND, 1, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_OPEN);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.n_windows, 3);
    ck_assert_uint_eq(column.windows[0].struck, 2);
    ck_assert_int_eq(column.windows[0].time_to_open, 2 * SQ_SECOND);
    ck_assert_uint_eq(column.windows[1].struck, 1);
    ck_assert_int_eq(column.windows[1].time_to_open, -1); /* its end is no longer in it */
    ck_assert_int_eq(column.windows[2].time_to_open, 0);
    ck_assert_uint_eq(column.time_to_open->count, 2);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_windows_when_more_than_reported_then_the_first_by_time)
{
    struct meter_world *world = meter_world_new(10 * SQ_MINUTE);
    for (int i = 0; i < SQ_FAULT_WINDOWS_MAX + 2; i++) {
        meter_world_fault(world, (200 - i) * SQ_SECOND, SQ_SECOND);
    }
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, 10 * SQ_MINUTE, 0, 0);
    sq_meter_struck(meter, 0, 200 * SQ_SECOND);
    struct sq_column column = meter_world_column(meter, 10 * SQ_MINUTE);
    ck_assert_uint_eq(column.n_windows, SQ_FAULT_WINDOWS_MAX);
    ck_assert_int_eq(column.windows[0].from, (200 - SQ_FAULT_WINDOWS_MAX - 1) * SQ_SECOND);
    ck_assert_uint_eq(column.time_to_recover->count, SQ_FAULT_WINDOWS_MAX);
    for (uint32_t i = 0; i < column.n_windows; i++) {
        ck_assert_uint_eq(column.windows[i].struck, 0); /* the one that was is not listed */
    }
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter_windows");
    TCase *tcase = tcase_create("meter_windows");
    tcase_add_test(tcase,
                   test_recovery_when_calls_fail_after_the_fault_then_first_of_three_good_windows);
    tcase_add_test(tcase, test_recovery_when_one_good_window_among_bad_ones_then_it_does_not_count);
    tcase_add_test(tcase, test_recovery_when_the_run_is_short_then_windows_are_a_thirtieth_of_it);
    tcase_add_test(tcase, test_recovery_when_no_calls_come_then_windows_are_good);
    tcase_add_test(tcase, test_recovery_when_the_fault_lasts_to_the_end_then_nothing_is_judged);
    tcase_add_test(tcase,
                   test_recovery_when_one_fault_lasts_to_the_end_then_only_the_other_is_judged);
    tcase_add_test(tcase, test_recovery_when_availability_has_a_threshold_then_it_is_the_target);
    tcase_add_test(tcase, test_recovery_when_faults_end_at_odd_times_then_each_has_its_own_windows);
    tcase_add_test(tcase, test_windows_when_struck_or_opened_inside_then_counted_half_open);
    tcase_add_test(tcase, test_windows_when_more_than_reported_then_the_first_by_time);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
