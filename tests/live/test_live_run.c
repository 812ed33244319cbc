/* SPDX-License-Identifier: MIT */
/*
 * The whole loop in both clocks: engine, workload and weather are the same, so the calls must take
 * the same paths, every attempt must be billed, and what live did must replay.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"
#include "mockprovider/server.h"
#include "sim/agreement.h"
#include "sim/live.h"
#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

#define SEED 3

static struct small_scenario *small;
static struct sq_paths in_virtual;
static struct sq_paths in_live;
static struct sq_result *result;
static struct sq_run_end virtual_end;
static struct sq_run_end live_end;

/* 100 streamed calls a second for 2 s, three attempts each, a limit of 80 ms for one. */
static void set_up(void)
{
    small = small_scenario_new();
    small->scenario.duration = 2 * SQ_SECOND;
    small->scenario.drain = 10 * SQ_SECOND;
    small->scenario.workload.phases[0].duration = 2 * SQ_SECOND;
    small->scenario.workload.requests[0].stream = true;
    small->rate.value = 100 * 1000000;
    small->scenario.script.models[0].ttft.fixed = 20 * SQ_MS;
    small->scenario.script.models[0].pace.fixed = 2 * SQ_MS;
    struct sq_role_settings *role = small_scenario_role(small);
    role->timeouts.attempt = 80 * SQ_MS;
    role->retry.max_attempts = 3;
    role->retry.delay.initial = 10 * SQ_MS;
    result = calloc(1, sizeof(*result));
    result->scenario = &small->scenario;
}

static void tear_down(void)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_column_clear(&result->columns[i]);
    }
    free(result);
    sq_paths_clear(&in_virtual);
    sq_paths_clear(&in_live);
    small_scenario_free(small);
}

static void run_over(struct sq_run_setup *setup, enum sq_mode mode, struct sq_run_end *end)
{
    struct sq_error err = {0};
    setup->scenario = &small->scenario;
    setup->policy = &small->policy;
    setup->seed = SEED;
    setup->bill_patience = 5 * SQ_SECOND;
    setup->meter = sq_meter_new(&small->scenario, &small->policy, mode);
    ck_assert_msg(sq_run(setup, end, &err) == SQ_OK, "%s", err.text);
    ck_assert_msg(end->inconclusive == NULL, "%s", end->inconclusive);
    struct sq_column *column = &result->columns[result->n_columns++];
    ck_assert_int_eq(sq_meter_fill(setup->meter, column, &err), SQ_OK);
    sq_meter_free(setup->meter);
}

static void run_virtual(void)
{
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, SEED);
    struct sq_run_setup setup = {.carrier = sq_virtual_carrier(carrier), .paths = &in_virtual};
    run_over(&setup, SQ_MODE_VIRTUAL, &virtual_end);
    sq_virtual_free(carrier);
}

static void check_replay(struct sq_server *server, struct sq_trace *trace)
{
    struct sq_error err = {0};
    bool same = false;
    uint64_t n_events;
    ck_assert_int_eq(sq_trace_replay(trace, &small->policy, SEED, &same, &n_events, &err), SQ_OK);
    ck_assert(same);
    ck_assert_uint_eq(n_events, live_end.events);
    ck_assert_int_eq(sq_server_replay(server, &same, &n_events, &err), SQ_OK);
    ck_assert(same);
    ck_assert_int_eq(sq_server_health(server, &err), SQ_OK);
}

static void run_live(void)
{
    struct sq_error err = {0};
    struct sq_clock clock;
    struct sq_server *server;
    struct sq_live *live;
    struct sq_trace *trace = sq_trace_new();
    sq_clock_start(&clock, SQ_CLOCK_SPEED_MILLI_REAL);
    struct sq_server_options far_side = {
        .script = &small->scenario.script, .clock = &clock, .seed = SEED};
    ck_assert_int_eq(sq_server_start(&far_side, &server, &err), SQ_OK);
    struct sq_live_options options = {
        .scenario = &small->scenario, .clock = &clock, .server = server, .stop_fd = -1};
    ck_assert_int_eq(sq_live_new(&options, &live, &err), SQ_OK);
    struct sq_run_setup setup = {
        .carrier = sq_live_carrier(live), .paths = &in_live, .trace = trace};
    run_over(&setup, SQ_MODE_LIVE, &live_end);
    sq_live_free(live);
    check_replay(server, trace);
    sq_server_stop(server);
    sq_trace_free(trace);
}

static struct sq_rule *add_weather(enum sq_fault_kind kind, uint32_t percent)
{
    struct sq_rule *rule = small_scenario_rule(small, kind);
    rule->share_q32 = SQ_DRAW_ALWAYS / 100 * percent;
    rule->effect.after_tokens = 5;
    rule->effect.status = 503;
    rule->effect.ending = SQ_ENDING_FIN;
    return rule;
}

/* Latencies are left out: a busy machine is late, and that is another test's business. */
static void check_agreement(void)
{
    static struct sq_agreement agreement;
    agreement.live_column = 1;
    sq_agreement_compare(result, &in_virtual, &in_live, &agreement);
    ck_assert_uint_eq(agreement.calls, 200);
    for (uint32_t i = 0; i < agreement.n_differences; i++) {
        const struct sq_difference *difference = &agreement.differences[i];
        ck_assert_msg(strcmp(difference->cause, "timing") == 0, "%s | %s | %s",
                      difference->virtual_path, difference->live_path, difference->cause);
    }
    ck_assert_uint_le(agreement.differing, agreement.compared / 10);
}

START_TEST(test_run_when_all_is_well_then_both_clocks_tell_the_same)
{
    run_virtual();
    run_live();
    ck_assert_uint_eq(virtual_end.outcome_digest, live_end.outcome_digest);
    ck_assert_uint_eq(result->columns[0].billed.input, result->columns[1].billed.input);
    ck_assert_uint_eq(result->columns[0].billed.output, result->columns[1].billed.output);
    ck_assert_uint_eq(result->columns[1].wasted.output, 0);
}
END_TEST

START_TEST(test_run_when_the_weather_is_bad_then_both_clocks_take_the_same_paths)
{
    add_weather(SQ_FAULT_STATUS, 20);
    add_weather(SQ_FAULT_HANG, 10);
    add_weather(SQ_FAULT_RESET, 10)->effect.after_tokens = SQ_UNSET_U32;
    add_weather(SQ_FAULT_CUT, 20);
    add_weather(SQ_FAULT_STALL, 10);
    run_virtual();
    run_live();
    ck_assert_uint_gt(result->columns[1].wasted.output, 0);
    check_agreement();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live_run");
    TCase *cases = tcase_create("run");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_run_when_all_is_well_then_both_clocks_tell_the_same);
    tcase_add_test(cases, test_run_when_the_weather_is_bad_then_both_clocks_take_the_same_paths);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
