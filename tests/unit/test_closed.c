/* SPDX-License-Identifier: MIT */
/*
 * Whole runs of users, in virtual time, against closed forms: the interactive response time law
 * X = N / (R + Z), and the machine repairman (M/M/1//N) where they queue for one connection.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "sim/meter.h"
#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

static struct small_scenario *small;
static struct sq_stream_spec *users;
static struct sq_run_setup setup;
static struct sq_run_end end;
static struct sq_column column;

static void set_up(void)
{
    small = small_scenario_new();
    users = &small->scenario.workload.streams[0];
    users->kind = SQ_STREAM_CLOSED;
    setup = (struct sq_run_setup){.scenario = &small->scenario, .policy = &small->policy};
}

static void tear_down(void)
{
    sq_column_clear(&column);
    small_scenario_free(small);
}

static void run(uint64_t seed)
{
    struct sq_error err = {0};
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, seed);
    sq_column_clear(&column);
    setup.seed = seed;
    setup.carrier = sq_virtual_carrier(carrier);
    setup.meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    ck_assert_int_eq(sq_run(&setup, &end, &err), SQ_OK);
    ck_assert_int_eq(sq_meter_fill(setup.meter, &column, &err), SQ_OK);
    sq_meter_free(setup.meter);
    sq_virtual_free(carrier);
}

static void last(sq_dur duration)
{
    small->scenario.duration = duration;
    small->scenario.workload.phases[0].duration = duration;
}

static struct sq_dist exponential(sq_dur mean)
{
    struct sq_error err;
    struct sq_dist dist;
    struct sq_dist_spec spec = {.kind = SQ_DIST_EXPONENTIAL, .a = mean, .max = SQ_DIST_VALUE_MAX};
    ck_assert_int_eq(sq_dist_compile(&spec, &small->scenario.arena, &dist, &err), SQ_OK);
    return dist;
}

/* An answer takes its ttft and nothing else. */
static void answer_in(struct sq_dist ttft)
{
    small->scenario.workload.requests[0].output_tokens.fixed = 1;
    small->scenario.script.models[0].ttft = ttft;
}

START_TEST(test_throughput_when_all_times_are_fixed_then_is_the_response_time_law)
{
    users->n_users = 10;
    users->think.fixed = 900 * SQ_MS;
    answer_in((struct sq_dist){.fixed = 100 * SQ_MS});
    last(100 * SQ_SECOND);
    run(1);
    ck_assert_uint_eq(column.total.calls, 10 * 100);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 10 * 100);
    ck_assert_int_eq(column.call_duration->max, 100 * SQ_MS);
    ck_assert_int_eq(column.start_delay->max, 0);
}
END_TEST

START_TEST(test_throughput_when_users_think_by_chance_then_is_the_response_time_law)
{
    users->n_users = 50;
    users->think = exponential(4 * SQ_SECOND);
    answer_in(exponential(SQ_SECOND));
    last(10000 * SQ_SECOND);
    run(1);
    double throughput = (double)column.total.calls / 10000;
    ck_assert_double_eq_tol(throughput, 50 / (1.0 + 4.0), 0.1);
}
END_TEST

/* Throughput of N users who think for Z and queue for one server that needs S: Markov's birth and
 * death, P0 = 1 / sum of N! / (N - k)! (S / Z)^k, X = (1 - P0) / S. */
static double repairman(unsigned n, double service, double think)
{
    double sum = 0;
    double term = 1;
    for (unsigned k = 0; k <= n; k++) {
        sum += term;
        term *= (n - k) * service / think;
    }
    return (1 - 1 / sum) / service;
}

static void check_repairman(unsigned n)
{
    users->n_users = n;
    users->think = exponential(2 * SQ_SECOND);
    answer_in(exponential(SQ_SECOND / 2));
    small->policy.layers[0].n_limits = 1;
    small_scenario_role(small)->limits =
        (struct sq_limits){.connections = 1, .pool_wait = SQ_NEVER};
    last(40000 * SQ_SECOND);
    run(1);
    double expected = repairman(n, 0.5, 2);
    double throughput = (double)column.total.calls / 40000;
    ck_assert_double_eq_tol(throughput / expected, 1, 0.015);
    /* Little's law on the whole circle: what is not thinking is waiting or served. */
    double response = (double)sq_histogram_mean(column.call_duration) / 1e9;
    ck_assert_double_eq_tol(response / (n / expected - 2), 1, 0.04);
}

START_TEST(test_throughput_when_users_queue_for_one_connection_then_is_the_repairmans)
{
    check_repairman(1);
    check_repairman(4);
    check_repairman(12);
}
END_TEST

START_TEST(test_users_when_calls_fail_at_once_then_each_makes_a_thousand_a_second)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 500;
    users->n_users = 2;
    small->scenario.script.models[0].ttft.fixed = 0;
    small->scenario.script.models[0].pace.fixed = 0;
    last(SQ_SECOND);
    run(1);
    ck_assert_uint_eq(column.total.calls, 2 * 1000);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FAILED], 2 * 1000);
}
END_TEST

START_TEST(test_users_when_the_end_comes_then_open_calls_are_waited_for_and_nothing_starts)
{
    users->n_users = 7;
    answer_in((struct sq_dist){.fixed = 30 * SQ_SECOND});
    last(10 * SQ_SECOND);
    run(1);
    ck_assert_uint_eq(column.total.calls, 7);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 7);
    ck_assert_int_eq(end.ended_at, 30 * SQ_SECOND);
}
END_TEST

START_TEST(test_users_when_calls_are_limited_then_those_that_end_start_no_more)
{
    users->n_users = 5;
    setup.max_calls = 12;
    run(1);
    ck_assert_uint_eq(column.total.calls, 12);
}
END_TEST

static bool never(void *context, sq_time now, uint64_t calls_over)
{
    (void)context;
    (void)now;
    (void)calls_over;
    return false;
}

START_TEST(test_users_when_the_run_is_interrupted_then_those_who_leave_start_no_more)
{
    users->n_users = 5;
    setup.tick = never;
    setup.tick_steps = 4;
    run(1);
    ck_assert(end.interrupted);
    ck_assert_uint_le(column.total.calls, 5);
}
END_TEST

START_TEST(test_digests_when_run_twice_then_are_equal_and_differ_by_seed)
{
    uint64_t digests[3];
    users->n_users = 20;
    users->think = exponential(SQ_SECOND);
    for (uint64_t i = 0; i < 3; i++) {
        run(i == 2 ? 2 : 1);
        digests[i] = end.decision_digest;
    }
    ck_assert_uint_eq(digests[0], digests[1]);
    ck_assert_uint_ne(digests[0], digests[2]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closed");
    TCase *tests = tcase_create("closed");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_throughput_when_all_times_are_fixed_then_is_the_response_time_law);
    tcase_add_test(tests, test_throughput_when_users_think_by_chance_then_is_the_response_time_law);
    tcase_add_test(tests,
                   test_throughput_when_users_queue_for_one_connection_then_is_the_repairmans);
    tcase_add_test(tests, test_users_when_calls_fail_at_once_then_each_makes_a_thousand_a_second);
    tcase_add_test(tests,
                   test_users_when_the_end_comes_then_open_calls_are_waited_for_and_nothing_starts);
    tcase_add_test(tests, test_users_when_calls_are_limited_then_those_that_end_start_no_more);
    tcase_add_test(tests,
                   test_users_when_the_run_is_interrupted_then_those_who_leave_start_no_more);
    tcase_add_test(tests, test_digests_when_run_twice_then_are_equal_and_differ_by_seed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
