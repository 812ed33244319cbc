/* SPDX-License-Identifier: MIT */
/* Grid, phases, timeline, rates, breakers: the parts of the meter one by one. */
#include <check.h>
#include <stdlib.h>

#include "base/histogram.h"
#include "sim/meter/meter_int.h"
#include "tests/support/meter_world.h"

START_TEST(test_grid_when_any_width_then_index_is_the_exact_quotient)
{
    static const sq_dur widths[] = {1, 3, 7, 1000, 250 * SQ_MS, SQ_SECOND / 3, SQ_DAY};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct meter_grid grid = meter_grid_over(INT64_MAX, widths[i]);
        for (sq_time k = 0; k < 5000; k++) {
            sq_time edge = k * widths[i];
            ck_assert_int_eq(meter_grid_index(&grid, edge), k);
            ck_assert_int_eq(meter_grid_index(&grid, edge + widths[i] - 1), k);
        }
    }
}
END_TEST

START_TEST(test_grid_when_past_the_end_then_last_window)
{
    struct meter_grid grid = meter_grid_over(10, 3);
    ck_assert_uint_eq(grid.n, 4);
    ck_assert_uint_eq(meter_grid_index(&grid, 11), 3);
    ck_assert_uint_eq(meter_grid_index(&grid, 12), 3);
    ck_assert_uint_eq(meter_grid_index(&grid, SQ_NEVER), 3);
}
END_TEST

START_TEST(test_phases_when_between_two_windows_then_none)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_fault(world, 30, 10);
    meter_world_fault(world, 10, 10);
    meter_world_fault(world, 15, 10); /* overlaps the one before */
    struct meter_phases phases;
    ck_assert(meter_phases_init(&phases, &world->scenario));
    ck_assert_uint_eq(phases.n_windows, 3);
    ck_assert_int_eq(phases.windows[0].from, 10);
    ck_assert_uint_eq(phases.windows[0].rule, 1);
    static const struct {
        sq_time at;
        uint8_t phase;
    } cases[] = {{0, SQ_PHASE_BEFORE},  {9, SQ_PHASE_BEFORE},  {10, SQ_PHASE_FAULTY},
                 {24, SQ_PHASE_FAULTY}, {25, METER_NO_PHASE},  {29, METER_NO_PHASE},
                 {30, SQ_PHASE_FAULTY}, {39, SQ_PHASE_FAULTY}, {40, SQ_PHASE_AFTER},
                 {12, SQ_PHASE_FAULTY}, {5, SQ_PHASE_BEFORE},  {SQ_MINUTE, SQ_PHASE_AFTER}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(meter_phases_at(&phases, cases[i].at) == cases[i].phase, "case %zu", i);
    }
    meter_phases_clear(&phases);
    meter_world_free(world);
}
END_TEST

START_TEST(test_phases_when_more_windows_than_kept_then_the_scenario_is_asked)
{
    struct meter_world *world = meter_world_new(4 * SQ_SECOND);
    struct sq_rule *rule = meter_world_fault(world, SQ_SECOND, 10 * SQ_US);
    rule->every = 20 * SQ_US;
    struct meter_phases phases;
    ck_assert(meter_phases_init(&phases, &world->scenario));
    ck_assert_uint_eq(phases.n_windows, METER_WINDOWS_MAX);
    ck_assert_uint_eq(meter_phases_at(&phases, 0), SQ_PHASE_BEFORE);
    ck_assert_uint_eq(meter_phases_at(&phases, SQ_SECOND + 200 * SQ_US), SQ_PHASE_FAULTY);
    meter_phases_clear(&phases);
    meter_world_free(world);
}
END_TEST

START_TEST(test_width_when_span_grows_then_at_most_300_windows)
{
    static const struct {
        sq_dur span;
        sq_dur width;
    } cases[] = {
        {1, 100 * SQ_MS},
        {30 * SQ_SECOND, 100 * SQ_MS},
        {30 * SQ_SECOND + 1, 200 * SQ_MS},
        {5 * SQ_MINUTE, SQ_SECOND},
        {11 * SQ_MINUTE, 5 * SQ_SECOND},
        {SQ_DAY + SQ_MINUTE, 5 * SQ_MINUTE},
        {SQ_DAY + 2 * SQ_HOUR, 10 * SQ_MINUTE},
        {300 * SQ_DAY, SQ_DAY},
        {300 * SQ_DAY + 1, 2 * SQ_DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(meter_timeline_width(cases[i].span, UINT64_MAX) == cases[i].width, "case %zu",
                      i);
    }
}
END_TEST

START_TEST(test_timeline_width_when_calls_are_few_then_windows_still_say_a_median)
{
    ck_assert_int_eq(meter_timeline_width(54 * SQ_SECOND, 1200), SQ_SECOND);
    ck_assert_int_eq(meter_timeline_width(54 * SQ_SECOND, 5400), 500 * SQ_MS);
    ck_assert_int_eq(meter_timeline_width(54 * SQ_SECOND, 0), SQ_SECOND);
}
END_TEST

START_TEST(test_timeline_when_filled_then_trimmed_and_quantiles_close)
{
    struct meter_world *world = meter_world_new(4 * SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_dur i = 1; i <= 200; i++) {
        meter_world_call(meter, 3 * SQ_SECOND, i * SQ_MS, SQ_OUTCOME_FIRST_TRY);
    }
    for (sq_dur i = 1; i <= 20; i++) {
        meter_world_call(meter, 4 * SQ_SECOND, i * SQ_SECOND, SQ_OUTCOME_FIRST_TRY);
    }
    for (sq_dur i = 1; i <= 19; i++) {
        meter_world_call(meter, 5 * SQ_SECOND - 1, SQ_SECOND, SQ_OUTCOME_EXCLUDED);
    }
    meter_world_call(meter, 6 * SQ_SECOND, SQ_SECOND, SQ_OUTCOME_EXCLUDED);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_int_eq(column.timeline_width, SQ_SECOND);
    ck_assert_uint_eq(column.n_timeline, 7);
    const struct sq_timeline_window *full = &column.timeline[3];
    ck_assert_uint_eq(full->calls, 200);
    ck_assert_uint_eq(full->attempts, 200);
    ck_assert_int_le(llabs(full->p50 - 100 * SQ_MS) * 1000, 100 * SQ_MS * 32);
    ck_assert_int_le(llabs(full->p95 - 190 * SQ_MS) * 1000, 190 * SQ_MS * 32);
    ck_assert_int_eq(full->max, 200 * SQ_MS);
    ck_assert_int_ge(column.timeline[4].p50, 0); /* n = 20 */
    ck_assert_int_eq(column.timeline[4].p95, -1);
    ck_assert_uint_eq(column.timeline[4].outcome[SQ_OUTCOME_EXCLUDED], 19);
    ck_assert_int_eq(column.timeline[5].max, -1);
    ck_assert_int_eq(column.timeline[6].max, -1);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_timeline_when_durations_of_all_sizes_then_within_the_stated_error)
{
    for (sq_dur value = 1100; value < (sq_dur)1 << 43; value += value / 7) {
        struct meter_world *world = meter_world_new(SQ_SECOND);
        struct meter_timeline timeline;
        ck_assert(meter_timeline_init(&timeline, &world->scenario));
        for (int i = 0; i < 20; i++) {
            meter_timeline_call_over(&timeline, 0, SQ_OUTCOME_FIRST_TRY, value);
        }
        meter_timeline_call_over(&timeline, 0, SQ_OUTCOME_FIRST_TRY, 2 * value);
        struct sq_column column = {0};
        ck_assert(meter_timeline_fill(&timeline, &column));
        ck_assert_int_le(llabs(column.timeline[0].p50 - value), value / 1000 * 32 + 32);
        sq_column_clear(&column);
        meter_timeline_clear(&timeline);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_timeline_when_durations_are_tiny_or_huge_then_kept_within_max)
{
    static const sq_dur durations[] = {0, 1, 1023, ((sq_dur)1 << 43) + 1, INT64_MAX / 4};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        struct meter_world *world = meter_world_new(SQ_SECOND);
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        for (int k = 0; k < 20; k++) {
            meter_world_call(meter, 0, durations[i], SQ_OUTCOME_FIRST_TRY);
        }
        struct sq_column column = meter_world_column(meter, SQ_SECOND);
        ck_assert_int_le(column.timeline[0].p50, durations[i]);
        ck_assert_int_ge(column.timeline[0].p50, 0);
        ck_assert_int_eq(column.timeline[0].max, durations[i]);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

static void send_many(struct sq_meter *meter, sq_time at, int n)
{
    for (int i = 0; i < n; i++) {
        sq_meter_attempt_sent(meter, at);
    }
}

/* The peaks of a meter that saw attempts and calls in some windows. */
static struct sq_column peaks(struct sq_meter *meter)
{
    struct sq_column column;
    sq_meter_close(meter, SQ_MINUTE, 0, 0);
    ck_assert_int_eq(sq_meter_fill(meter, &column, NULL), SQ_OK);
    sq_meter_free(meter);
    return column;
}

START_TEST(test_peaks_when_windows_differ_then_greatest_of_each)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    sq_meter_call_started(meter, 0, 0);
    sq_meter_call_started(meter, 0, 0);
    send_many(meter, 0, 5);
    send_many(meter, 250 * SQ_MS - 1, 4); /* 9 attempts, 2 calls */
    sq_meter_call_started(meter, 250 * SQ_MS, 250 * SQ_MS);
    send_many(meter, 250 * SQ_MS, 7);    /* 7 attempts, 1 call */
    send_many(meter, 10 * SQ_SECOND, 8); /* no call: no quotient */
    struct sq_column column = peaks(meter);
    ck_assert_uint_eq(column.peak_attempts_per_250ms, 9);
    ck_assert_int_eq(column.peak_amplification, 7 * SQ_FACTOR_ONE);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_peaks_when_a_fault_begins_then_its_first_500_ms_are_left_out)
{
    static const struct {
        sq_time at;
        uint64_t peak;
    } cases[] = {
        {750 * SQ_MS - 1, 9},                    /* the window before */
        {750 * SQ_MS, 0},                        /* touches the fault's start at 900 ms */
        {1000 * SQ_MS, 0},    {1250 * SQ_MS, 0}, /* up to 1,400 ms */
        {1500 * SQ_MS, 9},    {5000 * SQ_MS, 0}, /* the second fault */
        {5500 * SQ_MS, 9},    {4750 * SQ_MS, 9}, /* ends as the second fault begins */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(SQ_MINUTE);
        meter_world_fault(world, 5 * SQ_SECOND, SQ_SECOND);
        meter_world_fault(world, 900 * SQ_MS, SQ_SECOND);
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        sq_meter_call_started(meter, cases[i].at, cases[i].at);
        send_many(meter, cases[i].at, 9);
        struct sq_column column = peaks(meter);
        ck_assert_msg(column.peak_attempts_per_250ms == cases[i].peak, "case %zu", i);
        ck_assert_int_eq(column.peak_amplification, (int64_t)cases[i].peak * SQ_FACTOR_ONE);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_breaker_when_half_open_then_still_counts_as_open)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    sq_meter_transition(meter, 10, 1, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 20, 1, 0, SQ_BREAKER_OPEN, SQ_BREAKER_HALF_OPEN);
    sq_meter_transition(meter, 25, 1, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 35, 1, 0, SQ_BREAKER_OPEN, SQ_BREAKER_HALF_OPEN);
    sq_meter_transition(meter, 40, 1, 0, SQ_BREAKER_HALF_OPEN, SQ_BREAKER_CLOSED);
    sq_meter_transition(meter, 90, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    struct sq_column column = meter_world_column(meter, 100);
    ck_assert_uint_eq(column.n_breakers, 2);
    ck_assert_str_eq(column.breakers[0].name, "outer");
    ck_assert_int_eq(column.breakers[0].open_time, 10); /* open when the run ended */
    ck_assert_str_eq(column.breakers[1].name, "inner");
    ck_assert_uint_eq(column.breakers[1].layer, 1);
    ck_assert_uint_eq(column.breakers[1].opened, 2);
    ck_assert_int_eq(column.breakers[1].open_time, 30);
    ck_assert_uint_eq(column.n_transitions, 6);
    ck_assert_uint_eq(column.transitions[1].to, SQ_BREAKER_HALF_OPEN);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_transitions_when_more_than_kept_then_all_are_counted)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_time at = 0; at < SQ_TRANSITIONS_MAX + 2; at += 2) {
        sq_meter_transition(meter, at, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
        sq_meter_transition(meter, at + 1, 0, 0, SQ_BREAKER_OPEN, SQ_BREAKER_CLOSED);
    }
    struct sq_column column = meter_world_column(meter, SQ_SECOND);
    ck_assert_uint_eq(column.n_transitions, SQ_TRANSITIONS_MAX);
    ck_assert_uint_eq(column.transitions_counted, SQ_TRANSITIONS_MAX + 2);
    ck_assert_int_eq(column.breakers[0].open_time, SQ_TRANSITIONS_MAX / 2 + 1);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter_parts");
    TCase *tcase = tcase_create("meter_parts");
    tcase_add_test(tcase, test_grid_when_any_width_then_index_is_the_exact_quotient);
    tcase_add_test(tcase, test_grid_when_past_the_end_then_last_window);
    tcase_add_test(tcase, test_phases_when_between_two_windows_then_none);
    tcase_add_test(tcase, test_phases_when_more_windows_than_kept_then_the_scenario_is_asked);
    tcase_add_test(tcase, test_timeline_width_when_calls_are_few_then_windows_still_say_a_median);
    tcase_add_test(tcase, test_width_when_span_grows_then_at_most_300_windows);
    tcase_add_test(tcase, test_timeline_when_filled_then_trimmed_and_quantiles_close);
    tcase_add_test(tcase, test_timeline_when_durations_of_all_sizes_then_within_the_stated_error);
    tcase_add_test(tcase, test_timeline_when_durations_are_tiny_or_huge_then_kept_within_max);
    tcase_add_test(tcase, test_peaks_when_windows_differ_then_greatest_of_each);
    tcase_add_test(tcase, test_peaks_when_a_fault_begins_then_its_first_500_ms_are_left_out);
    tcase_add_test(tcase, test_breaker_when_half_open_then_still_counts_as_open);
    tcase_add_test(tcase, test_transitions_when_more_than_kept_then_all_are_counted);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
