/* SPDX-License-Identifier: MIT */
/* Slices: every metric told apart by phase, and the steady state before and after the faults. */
#include <check.h>
#include <stdlib.h>

#include "sim/judge.h"
#include "tests/support/meter_world.h"

#define MINUTES(n) ((n)*SQ_MINUTE)

/* Ten minutes, a fault in [2, 4), workload phases [0, 3) and [3, 10). */
static struct meter_world *ten_minutes(void)
{
    struct meter_world *world = meter_world_new(MINUTES(10));
    struct sq_workload *workload = &world->scenario.workload;
    workload->n_phases = 2;
    workload->phases[1] = workload->phases[0];
    workload->phases[0].duration = MINUTES(3);
    workload->phases[1].from = MINUTES(3);
    workload->phases[1].duration = MINUTES(7);
    meter_world_fault(world, MINUTES(2), MINUTES(2));
    return world;
}

static struct sq_threshold *by_phase(struct meter_world *world, enum sq_metric metric,
                                     enum sq_aggregation aggregation, uint8_t phase)
{
    struct sq_threshold *threshold =
        meter_world_threshold(world, metric, aggregation, SQ_OPERATOR_GE, 0);
    threshold->selector = SQ_SELECT_PHASE;
    threshold->selected = phase;
    return threshold;
}

static struct sq_threshold *probe(struct meter_world *world, enum sq_metric metric,
                                  enum sq_aggregation aggregation, enum sq_when when)
{
    struct sq_threshold *threshold =
        meter_world_threshold(world, metric, aggregation, SQ_OPERATOR_WITHIN, 0);
    threshold->when = when;
    threshold->upper = INT64_MAX;
    return threshold;
}

/* What each phase got: n calls of 2 s, each with a wait and a wait for a connection. */
static void calls(struct sq_meter *meter, sq_time from, int n, uint8_t phase)
{
    for (int i = 0; i < n; i++) {
        sq_time at = from + i * SQ_SECOND;
        struct sq_bill bill = {.input_tokens = 10, .output_tokens = 5};
        struct sq_bill lost = {.input_tokens = 15};
        struct sq_attempt_record attempt = {
            .attempt = 1, .sent_at = at, .ended_at = at + 2 * SQ_SECOND};
        struct sq_call_record call = {.intended_at = at,
                                      .started_at = at,
                                      .ended_at = at + 2 * SQ_SECOND,
                                      .first_token_at = at + SQ_SECOND,
                                      .outcome = SQ_OUTCOME_RECOVERED,
                                      .attempts = 2,
                                      .stream = true,
                                      .answered = true,
                                      .workload_phase = phase,
                                      .used_bill = bill,
                                      .used_reached_at = at};
        sq_meter_call_started(meter, at, at);
        sq_meter_attempt_sent(meter, at);
        sq_meter_wait(meter, 100 * SQ_MS, at);
        sq_meter_pool_wait(meter, 50 * SQ_MS, at);
        sq_meter_attempt_sent(meter, at);
        sq_meter_attempt_ended(meter, &attempt);
        sq_meter_attempt_ended(meter, &attempt);
        sq_meter_bill(meter, 0, 0, &lost, at);
        sq_meter_bill(meter, 0, 0, &bill, at);
        sq_meter_call_over(meter, &call);
    }
}

/* 10 calls before, 20 within, 30 after; a breaker is open from 3:30 to 4:30. */
static struct sq_column ten_twenty_thirty(struct meter_world *world)
{
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, MINUTES(1), 10, 0);
    calls(meter, MINUTES(2) + SQ_SECOND, 20, 0);
    sq_meter_transition(meter, MINUTES(3) + 30 * SQ_SECOND, 0, 0, SQ_BREAKER_CLOSED,
                        SQ_BREAKER_OPEN);
    sq_meter_transition(meter, MINUTES(4) + 30 * SQ_SECOND, 0, 0, SQ_BREAKER_OPEN,
                        SQ_BREAKER_CLOSED);
    calls(meter, MINUTES(5), 30, 1);
    return meter_world_column(meter, MINUTES(10));
}

static const struct {
    enum sq_metric metric;
    enum sq_aggregation aggregation;
    int64_t before;
    int64_t faulty;
    int64_t after;
    int64_t first; /* phase of the workload */
    int64_t second;
} rows[] = {
    {SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE, SQ_RATIO_ONE, SQ_RATIO_ONE,
     SQ_RATIO_ONE, SQ_RATIO_ONE},
    {SQ_METRIC_AVAILABILITY_MODEL, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE, SQ_RATIO_ONE, SQ_RATIO_ONE,
     SQ_RATIO_ONE, SQ_RATIO_ONE},
    {SQ_METRIC_AVAILABILITY_STRICT, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE, SQ_RATIO_ONE, SQ_RATIO_ONE,
     SQ_RATIO_ONE, SQ_RATIO_ONE},
    {SQ_METRIC_ERROR_RATIO, SQ_AGGREGATION_VALUE, 0, 0, 0, 0, 0},
    {SQ_METRIC_APOLOGY_RATIO, SQ_AGGREGATION_VALUE, 0, 0, 0, 0, 0},
    {SQ_METRIC_FALLBACK_RATIO, SQ_AGGREGATION_VALUE, 0, 0, 0, 0, 0},
    {SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_COUNT, 10, 20, 30, 30, 30},
    {SQ_METRIC_ATTEMPT_DURATION, SQ_AGGREGATION_COUNT, 20, 40, 60, 60, 60},
    {SQ_METRIC_TTFT, SQ_AGGREGATION_COUNT, 10, 20, 30, 30, 30},
    {SQ_METRIC_TPOT, SQ_AGGREGATION_MAX, SQ_SECOND / 4, SQ_SECOND / 4, SQ_SECOND / 4, SQ_SECOND / 4,
     SQ_SECOND / 4},
    {SQ_METRIC_BACKOFF_WAIT, SQ_AGGREGATION_COUNT, 10, 20, 30, 30, 30},
    {SQ_METRIC_POOL_WAIT, SQ_AGGREGATION_AVG, 50 * SQ_MS, 50 * SQ_MS, 50 * SQ_MS, 50 * SQ_MS,
     50 * SQ_MS},
    /* Thousandths a second, over 2, 2, 6, 3 and 7 minutes. */
    {SQ_METRIC_GOODPUT, SQ_AGGREGATION_VALUE, 83, 166, 83, 166, 71},
    {SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_MAX, 2, 2, 2, 2, 2},
    {SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_VALUE, 0, 0, 0, 0, 0},
    {SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_VALUE, 2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE,
     2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE},
    {SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_MAX, 2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE,
     2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE, 2 * SQ_FACTOR_ONE},
    {SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, 300, 600, 900, 900, 900},
    {SQ_METRIC_WASTED_TOKENS_RATIO, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE / 2, SQ_RATIO_ONE / 2,
     SQ_RATIO_ONE / 2, SQ_RATIO_ONE / 2, SQ_RATIO_ONE / 2},
    {SQ_METRIC_COST_USD, SQ_AGGREGATION_VALUE, 1000, 2000, 3000, 3000, 3000},
    {SQ_METRIC_COST_PER_1K_GOOD_CALLS, SQ_AGGREGATION_VALUE, 100000, 100000, 100000, 100000,
     100000},
    {SQ_METRIC_BREAKER_OPEN_TIME, SQ_AGGREGATION_VALUE, 0, 30 * SQ_SECOND, 30 * SQ_SECOND, 0,
     60 * SQ_SECOND},
    {SQ_METRIC_BREAKER_OPEN_TIME, SQ_AGGREGATION_MAX, 0, 30 * SQ_SECOND, 30 * SQ_SECOND, 0,
     60 * SQ_SECOND},
};

static void assert_value(const struct meter_world *world, const struct sq_column *column,
                         uint32_t index, int64_t expected)
{
    int64_t value = -1;
    const char *reason = "";
    const struct sq_threshold *what = &world->scenario.thresholds[index];
    bool known = sq_result_value(&world->result, column, what, &value, &reason);
    ck_assert_msg(known, "%s of phase %u: %s", sq_metric_row(what->metric)->name, what->selected,
                  reason);
    ck_assert_msg(value == expected, "%s of phase %u is %lld, not %lld",
                  sq_metric_row(what->metric)->name, what->selected, (long long)value,
                  (long long)expected);
}

START_TEST(test_metric_when_of_a_phase_then_only_what_belongs_to_it)
{
    struct meter_world *world = ten_minutes();
    uint8_t first = SQ_PHASE_WORKLOAD_0;
    by_phase(world, rows[_i].metric, rows[_i].aggregation, SQ_PHASE_BEFORE);
    by_phase(world, rows[_i].metric, rows[_i].aggregation, SQ_PHASE_FAULTY);
    by_phase(world, rows[_i].metric, rows[_i].aggregation, SQ_PHASE_AFTER);
    by_phase(world, rows[_i].metric, rows[_i].aggregation, first);
    by_phase(world, rows[_i].metric, rows[_i].aggregation, (uint8_t)(first + 1));
    struct sq_column column = ten_twenty_thirty(world);
    assert_value(world, &column, 0, rows[_i].before);
    assert_value(world, &column, 1, rows[_i].faulty);
    assert_value(world, &column, 2, rows[_i].after);
    assert_value(world, &column, 3, rows[_i].first);
    assert_value(world, &column, 4, rows[_i].second);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_slice_when_nobody_asks_then_none_is_kept)
{
    struct meter_world *world = ten_minutes();
    meter_world_threshold(world, SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE, 0);
    by_phase(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_PHASE_FAULTY);
    by_phase(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_MAX, SQ_PHASE_FAULTY);
    struct sq_column column = ten_twenty_thirty(world);
    ck_assert_uint_eq(column.n_slices, 0);
    struct sq_threshold *asked =
        by_phase(world, SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, SQ_PHASE_FAULTY);
    int64_t value;
    const char *reason;
    ck_assert(!sq_result_value(&world->result, &column, asked, &value, &reason));
    ck_assert_str_eq(reason, "this part of the run was not kept apart");
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_metric_when_no_time_belongs_to_the_phase_then_no_data)
{
    struct meter_world *world = meter_world_new(MINUTES(10));
    by_phase(world, SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, SQ_PHASE_FAULTY);
    by_phase(world, SQ_METRIC_GOODPUT, SQ_AGGREGATION_VALUE, SQ_PHASE_BEFORE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    calls(meter, 0, 60, 0);
    struct sq_column column = meter_world_column(meter, MINUTES(10));
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(column.checks[0].reason, "no time of the run belongs to it");
    ck_assert_int_eq(column.checks[1].value, 100);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_attempt_when_sent_in_the_drain_then_it_belongs_to_the_last_phase)
{
    struct meter_world *world = ten_minutes();
    uint8_t second = SQ_PHASE_WORKLOAD_0 + 1;
    by_phase(world, SQ_METRIC_BACKOFF_WAIT, SQ_AGGREGATION_COUNT, SQ_PHASE_AFTER);
    by_phase(world, SQ_METRIC_BACKOFF_WAIT, SQ_AGGREGATION_COUNT, second);
    by_phase(world, SQ_METRIC_BREAKER_OPEN_TIME, SQ_AGGREGATION_VALUE, SQ_PHASE_AFTER);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    sq_meter_wait(meter, SQ_SECOND, MINUTES(10) + SQ_SECOND);
    sq_meter_transition(meter, MINUTES(9), 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    struct sq_column column = meter_world_column(meter, MINUTES(11));
    assert_value(world, &column, 0, 1);
    assert_value(world, &column, 1, 1);
    assert_value(world, &column, 2, MINUTES(2));
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_ttft_when_of_an_outcome_then_only_its_calls)
{
    struct meter_world *world = ten_minutes();
    static const enum sq_outcome outcomes[] = {SQ_OUTCOME_RECOVERED, SQ_OUTCOME_FIRST_TRY};
    for (size_t i = 0; i < 2; i++) {
        struct sq_threshold *threshold =
            meter_world_threshold(world, SQ_METRIC_TTFT, SQ_AGGREGATION_COUNT, SQ_OPERATOR_GE, 0);
        threshold->selector = SQ_SELECT_OUTCOME;
        threshold->selected = (uint8_t)outcomes[i];
    }
    struct sq_column column = ten_twenty_thirty(world);
    assert_value(world, &column, 0, 60);
    assert_value(world, &column, 1, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

/* A call a second; those in [2:00, bad_to) fail. */
static void seconds(struct sq_meter *meter, sq_time to, sq_time bad_to)
{
    for (sq_time at = 0; at < to; at += SQ_SECOND) {
        bool bad = MINUTES(2) <= at && at < bad_to;
        meter_world_call(meter, at, bad ? SQ_SECOND : SQ_MS,
                         bad ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FIRST_TRY);
    }
}

START_TEST(test_after_when_recovered_then_judged_from_there_to_the_end)
{
    /* The fault ends at 4:00; windows of 10 s begin there. */
    static const struct {
        sq_time bad_to;
        int64_t calls; /* judged after */
        enum sq_verdict verdict;
        int64_t slowest;
    } cases[] = {
        {MINUTES(4), 360, SQ_VERDICT_PASSED, SQ_MS},
        {MINUTES(4) + 5 * SQ_SECOND, 350, SQ_VERDICT_PASSED, SQ_MS},
        {MINUTES(5), 300, SQ_VERDICT_PASSED, SQ_MS},
        {MINUTES(9) + 30 * SQ_SECOND, 30, SQ_VERDICT_PASSED, SQ_MS}, /* the last three windows */
        {MINUTES(9) + 31 * SQ_SECOND, 360, SQ_VERDICT_FAILED, SQ_SECOND}, /* never */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = ten_minutes();
        probe(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_COUNT, SQ_WHEN_AFTER);
        probe(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_MAX, SQ_WHEN_AFTER);
        probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_AFTER)->limit =
            SQ_RATIO_ONE / 100 * 99;
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        seconds(meter, MINUTES(10), cases[i].bad_to);
        struct sq_column column = meter_world_column(meter, MINUTES(10));
        sq_judge_column(&world->result, &column, NULL, 0);
        assert_value(world, &column, 0, cases[i].calls);
        assert_value(world, &column, 1, cases[i].slowest);
        ck_assert_msg(column.checks[1].verdict == cases[i].verdict, "case %zu", i);
        ck_assert_msg(column.checks[2].verdict == cases[i].verdict, "case %zu", i);
        ck_assert_int_eq(column.verdict, cases[i].verdict);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_after_when_never_recovered_then_failed_even_where_the_number_looks_well)
{
    struct meter_world *world = ten_minutes();
    probe(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_MAX, SQ_WHEN_AFTER);
    probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_AFTER)->limit = SQ_RATIO_ONE;
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    seconds(meter, MINUTES(10), MINUTES(10));
    struct sq_column column = meter_world_column(meter, MINUTES(10));
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_FAILED);
    ck_assert(!column.checks[0].has_value);
    ck_assert_str_eq(column.checks[0].reason,
                     "availability was not back for three windows after the last fault");
    ck_assert_int_eq(column.checks[1].verdict, SQ_VERDICT_FAILED);
    ck_assert_int_eq(column.checks[1].value, 0);
    ck_assert_int_eq(column.checks[1].margin, -SQ_RATIO_ONE);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_after_when_nothing_is_left_or_nothing_broke_then_inconclusive)
{
    /* Three windows of 10 s need half a minute; the minute after it is the last phase. */
    static const struct {
        sq_time fault_to;
        enum sq_verdict verdict;
    } cases[] = {{MINUTES(9) + 30 * SQ_SECOND, SQ_VERDICT_PASSED},
                 {MINUTES(9) + 31 * SQ_SECOND, SQ_VERDICT_INCONCLUSIVE},
                 {MINUTES(10), SQ_VERDICT_INCONCLUSIVE},
                 {0, SQ_VERDICT_INCONCLUSIVE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(MINUTES(10));
        if (cases[i].fault_to > 0) {
            meter_world_fault(world, MINUTES(2), cases[i].fault_to - MINUTES(2));
        }
        probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_AFTER)->limit = 1;
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        seconds(meter, MINUTES(10), MINUTES(3));
        struct sq_column column = meter_world_column(meter, MINUTES(10));
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert_msg(column.checks[0].verdict == cases[i].verdict, "case %zu", i);
        ck_assert_str_eq(column.checks[0].reason,
                         cases[i].verdict == SQ_VERDICT_PASSED
                             ? ""
                             : "too little of the run was left after the last fault");
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_before_when_not_met_then_inconclusive_and_never_failed)
{
    for (int good = 0; good <= 1; good++) {
        struct meter_world *world = ten_minutes();
        probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_BEFORE)->limit =
            SQ_RATIO_ONE;
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        meter_world_call(meter, 0, SQ_MS, good ? SQ_OUTCOME_FIRST_TRY : SQ_OUTCOME_FAILED);
        struct sq_column column = meter_world_column(meter, MINUTES(10));
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert_int_eq(column.verdict, good ? SQ_VERDICT_PASSED : SQ_VERDICT_INCONCLUSIVE);
        ck_assert_str_eq(column.checks[0].reason,
                         good ? "" : "the state was not steady before the first fault");
        ck_assert(column.checks[0].has_value);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_after_when_the_run_is_long_then_the_recovery_counts_from_the_next_span)
{
    /* 1,000 minutes: 5,976 windows after the fault in 64 spans of 94 windows. */
    struct meter_world *world = meter_world_new(MINUTES(1000));
    meter_world_fault(world, MINUTES(2), MINUTES(2));
    probe(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_COUNT, SQ_WHEN_AFTER);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    seconds(meter, MINUTES(1000), MINUTES(4) + SQ_SECOND);
    struct sq_column column = meter_world_column(meter, MINUTES(1000));
    assert_value(world, &column, 0, 996 * 60 - 940);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_slices_when_seeds_are_merged_then_they_add_up)
{
    struct meter_world *world = ten_minutes();
    probe(world, SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_COUNT, SQ_WHEN_AFTER);
    probe(world, SQ_METRIC_GOODPUT, SQ_AGGREGATION_VALUE, SQ_WHEN_AFTER);
    by_phase(world, SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, SQ_PHASE_FAULTY);
    struct sq_meter *first = meter_world_meter(world, SQ_MODE_VIRTUAL);
    struct sq_meter *second = meter_world_meter(world, SQ_MODE_VIRTUAL);
    seconds(first, MINUTES(10), MINUTES(4));
    seconds(second, MINUTES(10), MINUTES(5));
    sq_meter_close(first, MINUTES(10), 1, 2);
    sq_meter_close(second, MINUTES(10), 1, 2);
    sq_meter_merge(first, second);
    struct sq_column column;
    ck_assert_int_eq(sq_meter_fill(first, &column, NULL), SQ_OK);
    sq_meter_free(first);
    sq_meter_free(second);
    assert_value(world, &column, 0, 360 + 300);
    assert_value(world, &column, 1, SQ_RATE_ONE);
    assert_value(world, &column, 2, 2 * 120 * 15);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_after_when_one_seed_never_recovers_then_failed)
{
    struct meter_world *world = ten_minutes();
    probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_AFTER)->limit = 1;
    struct sq_meter *first = meter_world_meter(world, SQ_MODE_VIRTUAL);
    struct sq_meter *second = meter_world_meter(world, SQ_MODE_VIRTUAL);
    seconds(first, MINUTES(10), MINUTES(4));
    seconds(second, MINUTES(10), MINUTES(10));
    sq_meter_close(first, MINUTES(10), 1, 2);
    sq_meter_close(second, MINUTES(10), 1, 2);
    sq_meter_merge(first, second);
    struct sq_column column;
    ck_assert_int_eq(sq_meter_fill(first, &column, NULL), SQ_OK);
    sq_meter_free(first);
    sq_meter_free(second);
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_FAILED);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_recovery_when_the_steady_state_tolerates_less_then_sooner)
{
    /* 5 of 10 calls of a window fail until 5:00: 50 % is back at once for a tolerance of 50 %. */
    static const struct {
        int64_t lowest;
        int64_t threshold;
        sq_dur time_to_recover;
    } cases[] = {{SQ_RATIO_ONE / 2, SQ_RATIO_ONE, 0},
                 {SQ_RATIO_ONE / 2 + 1, 0, MINUTES(1)},
                 {SQ_RATIO_ONE, 0, MINUTES(1)}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = ten_minutes();
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                              cases[i].threshold);
        probe(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_WHEN_BEFORE)->limit =
            cases[i].lowest;
        struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
        for (sq_time at = MINUTES(4); at < MINUTES(10); at += SQ_SECOND) {
            bool bad = at < MINUTES(5) && at / SQ_SECOND % 2 == 1;
            meter_world_call(meter, at, SQ_MS, bad ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FIRST_TRY);
        }
        struct sq_column column = meter_world_column(meter, MINUTES(10));
        ck_assert_msg(column.windows[0].time_to_recover == cases[i].time_to_recover, "case %zu", i);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter_slices");
    TCase *tcase = tcase_create("slices");
    tcase_add_loop_test(tcase, test_metric_when_of_a_phase_then_only_what_belongs_to_it, 0,
                        sizeof rows / sizeof rows[0]);
    tcase_add_test(tcase, test_slice_when_nobody_asks_then_none_is_kept);
    tcase_add_test(tcase, test_metric_when_no_time_belongs_to_the_phase_then_no_data);
    tcase_add_test(tcase, test_attempt_when_sent_in_the_drain_then_it_belongs_to_the_last_phase);
    tcase_add_test(tcase, test_ttft_when_of_an_outcome_then_only_its_calls);
    tcase_add_test(tcase, test_after_when_recovered_then_judged_from_there_to_the_end);
    tcase_add_test(tcase,
                   test_after_when_never_recovered_then_failed_even_where_the_number_looks_well);
    tcase_add_test(tcase, test_after_when_nothing_is_left_or_nothing_broke_then_inconclusive);
    tcase_add_test(tcase, test_before_when_not_met_then_inconclusive_and_never_failed);
    tcase_add_test(tcase,
                   test_after_when_the_run_is_long_then_the_recovery_counts_from_the_next_span);
    tcase_add_test(tcase, test_slices_when_seeds_are_merged_then_they_add_up);
    tcase_add_test(tcase, test_after_when_one_seed_never_recovers_then_failed);
    tcase_add_test(tcase, test_recovery_when_the_steady_state_tolerates_less_then_sooner);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
