/* SPDX-License-Identifier: MIT */
/*
 * Both clocks on one script: the virtual carrier and the live one, towards the real server, must
 * tell the same events in the same order, with the same words and the same bills.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mockprovider/server.h"
#include "sim/live.h"
#include "sim/virtual.h"
#include "tests/support/carrier_driver.h"
#include "tests/support/small_scenario.h"
#include "wire/repair.h"

#define SEED     7
#define PATIENCE (30 * SQ_SECOND)

static struct small_scenario *small;
static struct sq_clock real_clock;
static struct sq_server *server;
static struct sq_virtual *virtual_carrier;
static struct sq_live *live_carrier;
static struct carrier_driver *in_virtual;
static struct carrier_driver *in_live;

static void set_up(void)
{
    small = small_scenario_new();
    small->scenario.script.models[0].ttft.fixed = 20 * SQ_MS;
    small->scenario.script.models[0].pace.fixed = 2 * SQ_MS;
}

/* After the test has added its rules. */
static void start(void)
{
    struct sq_error err = {0};
    sq_clock_start(&real_clock, SQ_CLOCK_SPEED_MILLI_REAL);
    struct sq_server_options far_side = {
        .script = &small->scenario.script, .clock = &real_clock, .seed = SEED};
    ck_assert_msg(sq_server_start(&far_side, &server, &err) == SQ_OK, "%s", err.text);
    struct sq_live_options options = {.scenario = &small->scenario,
                                      .policy = &small->policy,
                                      .clock = &real_clock,
                                      .server = server,
                                      .stop_fd = -1};
    ck_assert_msg(sq_live_new(&options, &live_carrier, &err) == SQ_OK, "%s", err.text);
    virtual_carrier = sq_virtual_new(&small->scenario, &small->policy, SEED);
    sq_virtual_be_prompt(virtual_carrier); /* as live is: the two logs are compared */
    in_virtual = carrier_driver_new(sq_virtual_carrier(virtual_carrier));
    in_live = carrier_driver_new(sq_live_carrier(live_carrier));
}

static void stop(void)
{
    struct sq_error err = {0};
    bool same = false;
    uint64_t n_events;
    ck_assert_msg(sq_server_health(server, &err) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_server_replay(server, &same, &n_events, &err), SQ_OK);
    ck_assert(same);
    ck_assert_uint_eq(sq_journal_lost(sq_server_journal(server)), 0);
    sq_live_free(live_carrier);
    sq_server_stop(server);
    sq_virtual_free(virtual_carrier);
    carrier_driver_free(in_virtual);
    carrier_driver_free(in_live);
    small_scenario_free(small);
}

static void finish(void)
{
    ck_assert(carrier_driver_finish(in_virtual, PATIENCE));
    ck_assert(carrier_driver_finish(in_live, PATIENCE));
}

static void send_both(uint32_t slot, uint64_t call, bool stream)
{
    carrier_driver_send(in_virtual, slot, call, stream);
    carrier_driver_send(in_live, slot, call, stream);
}

/* Logs, and the newest bill. */
static void check_same(uint32_t slot)
{
    const struct carrier_slot *a = &in_virtual->slots[slot];
    const struct carrier_slot *b = &in_live->slots[slot];
    ck_assert_str_eq(carrier_driver_log(in_virtual, slot), carrier_driver_log(in_live, slot));
    ck_assert_uint_eq(a->n_billed, b->n_billed);
    ck_assert_uint_eq(a->bill.input_tokens, b->bill.input_tokens);
    ck_assert_uint_eq(a->bill.output_tokens, b->bill.output_tokens);
    ck_assert_uint_eq(a->fired_status, b->fired_status);
    ck_assert_str_eq(a->hints.retry_after, b->hints.retry_after);
    ck_assert_int_eq(a->reading.klass, b->reading.klass);
    ck_assert_int_eq(a->reading.meaning, b->reading.meaning);
    ck_assert_uint_eq(a->reading.code_key, b->reading.code_key);
    ck_assert_uint_eq(a->reading.type_key, b->reading.type_key);
}

/* One attempt in both clocks; what came of it. Live may be late, never early. */
static const char *try_both(uint64_t call, bool stream)
{
    sq_strbuf_reset(&in_virtual->slots[0].log);
    sq_strbuf_reset(&in_live->slots[0].log);
    send_both(0, call, stream);
    finish();
    check_same(0);
    sq_dur span = in_virtual->slots[0].done_at - in_virtual->slots[0].sent_at;
    ck_assert_int_ge(in_live->slots[0].done_at - in_live->slots[0].sent_at, span);
    return carrier_driver_log(in_live, 0);
}

START_TEST(test_clocks_when_all_is_well_then_the_same_story)
{
    set_up();
    start();
    ck_assert_str_eq(try_both(1, false), "connected headers:200 done:ok:200:none");
    ck_assert(in_live->slots[0].billed_with_done);
    ck_assert_str_eq(try_both(2, true), "connected headers:200 first_token done:ok:200:none");
    ck_assert(in_live->slots[0].billed_with_done);
    ck_assert_uint_eq(in_live->slots[0].bill.output_tokens, 11);
    stop();
}
END_TEST

/* A rule of its own for each case, for everybody. */
static void check_rule(struct sq_rule rule, bool stream, const char *log)
{
    set_up();
    struct sq_rule *added = small_scenario_rule(small, rule.kind);
    added->effect = rule.effect;
    start();
    ck_assert_str_eq(try_both(1, stream), log);
    ck_assert_str_eq(try_both(2, stream), log);
    stop();
}

static struct sq_effect nothing_set(void)
{
    return (struct sq_effect){.after_tokens = SQ_UNSET_U32,
                              .after_bytes = SQ_UNSET_U32,
                              .for_each = SQ_NEVER,
                              .factor_q32 = UINT64_C(1) << 32};
}

START_TEST(test_clocks_when_a_status_is_answered_then_the_same_story)
{
    struct sq_rule rule = {.kind = SQ_FAULT_STATUS, .effect = nothing_set()};
    rule.effect.status = 429;
    rule.effect.n_retry_after = 1;
    rule.effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = 3 * SQ_SECOND};
    check_rule(rule, false, "connected headers:429 done:ok:429:none");
    check_rule(rule, true, "connected headers:429 done:ok:429:none");
    ck_assert_int_eq(rule.effect.status, 429);
    rule.effect.status = 503;
    rule.effect.body_form = SQ_BODY_HTML;
    check_rule(rule, false, "connected headers:503 done:ok:503:none");
}
END_TEST

START_TEST(test_clocks_when_the_connection_is_reset_then_the_same_story)
{
    struct sq_rule rule = {.kind = SQ_FAULT_RESET, .effect = nothing_set()};
    check_rule(rule, false, "connected done:reset:0:none");
    check_rule(rule, true, "connected done:reset:0:none");
    rule.effect.after_bytes = 600;
    check_rule(rule, true, "connected headers:200 first_token done:reset:200:none");
    rule.effect.after_bytes = 20;
    check_rule(rule, false, "connected headers:200 done:reset:200:none");
}
END_TEST

START_TEST(test_clocks_when_a_stream_is_cut_then_the_same_story)
{
    struct sq_rule rule = {.kind = SQ_FAULT_CUT, .effect = nothing_set()};
    rule.effect.after_tokens = 4;
    rule.effect.ending = SQ_ENDING_FIN;
    check_rule(rule, true, "connected headers:200 first_token done:cut:200:none");
    rule.effect.ending = SQ_ENDING_RST;
    check_rule(rule, true, "connected headers:200 first_token done:reset:200:none");
}
END_TEST

START_TEST(test_clocks_when_a_stream_stalls_for_a_while_then_the_same_story)
{
    struct sq_rule rule = {.kind = SQ_FAULT_STALL, .effect = nothing_set()};
    rule.effect.after_tokens = 3;
    rule.effect.for_each = 30 * SQ_MS;
    check_rule(rule, true, "connected headers:200 first_token done:ok:200:none");
}
END_TEST

/* Gives up when nothing more will come; the bill says how far it had come. */
START_TEST(test_clocks_when_a_silent_attempt_is_given_up_then_the_same_bill)
{
    set_up();
    struct sq_rule *stall = small_scenario_rule(small, SQ_FAULT_STALL);
    stall->effect.after_tokens = 3;
    start();
    send_both(0, 1, true);
    sq_time until = in_live->now + 150 * SQ_MS;
    while (in_live->now < until) {
        (void)carrier_driver_step(in_live, until, SQ_NO_SLOT);
    }
    for (int i = 0; i < 3; i++) {
        sq_time at = in_virtual->carrier.does->next(in_virtual->carrier.self, 0);
        (void)carrier_driver_step(in_virtual, at, 0);
    }
    in_virtual->now = until;
    (void)carrier_driver_step(in_virtual, until, SQ_NO_SLOT);
    carrier_driver_cancel(in_virtual, 0);
    carrier_driver_cancel(in_live, 0);
    finish();
    ck_assert_str_eq(carrier_driver_log(in_live, 0), "connected headers:200 first_token cancelled");
    check_same(0);
    ck_assert_uint_eq(in_live->slots[0].bill.output_tokens, 3);
    stop();
}
END_TEST

static void add_weather(enum sq_fault_kind kind, uint32_t percent, uint32_t after_tokens)
{
    struct sq_rule *rule = small_scenario_rule(small, kind);
    rule->share_q32 = (UINT64_C(1) << 32) / 100 * percent;
    rule->effect.after_tokens = after_tokens;
    rule->effect.status = 500;
    rule->effect.ending = SQ_ENDING_FIN;
    rule->effect.for_each = 10 * SQ_MS;
}

START_TEST(test_clocks_when_500_attempts_meet_the_same_weather_then_the_same_stories)
{
    set_up();
    add_weather(SQ_FAULT_STATUS, 15, SQ_UNSET_U32);
    add_weather(SQ_FAULT_RESET, 10, SQ_UNSET_U32);
    add_weather(SQ_FAULT_CUT, 20, 5);
    add_weather(SQ_FAULT_STALL, 20, 2);
    start();
    for (uint64_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 500; i++) {
            send_both(i, 1000 * round + i, i % 2 == 0);
        }
        finish();
        for (uint32_t i = 0; i < 500; i++) {
            check_same(i);
        }
    }
    stop();
}
END_TEST

/* A contract for an object with a text `answer`; the policy takes JSON out of fences. */
static void add_contract(void)
{
    static const char text[] = "{\"type\":\"object\",\"required\":[\"answer\"]}";
    struct sq_scenario_contract *contract = &small->scenario.contracts[0];
    struct sq_error err = {0};
    contract->json = true;
    ck_assert_int_eq(sq_json_read(text, strlen(text), NULL, &contract->source, &err), SQ_OK);
    ck_assert_int_eq(
        sq_schema_compile(sq_json_root(contract->source), NULL, &contract->schema, &err), SQ_OK);
    small->scenario.script.contracts[0] =
        (struct sq_script_contract){.sample = "{\"answer\":\"\"}", .fill_at = 11};
    small->scenario.script.n_contracts = 1;
    small->policy.layers[0].contract.repair = 1u << SQ_REPAIR_FENCES;
}

static void drop_contract(void)
{
    sq_schema_free(small->scenario.contracts[0].schema);
    sq_json_free(small->scenario.contracts[0].source);
}

/* The contract's class and repair, one answer plain and one streamed, the same on both clocks. */
static void check_contract(struct sq_rule *rule, enum sq_class klass, uint8_t repaired)
{
    set_up();
    add_contract();
    if (rule != NULL) {
        struct sq_rule *added = small_scenario_rule(small, rule->kind);
        added->effect.shape = rule->effect.shape;
    }
    start();
    in_virtual->contract = 1;
    in_live->contract = 1;
    for (int stream = 0; stream < 2; stream++) {
        (void)try_both((uint64_t)stream + 1, stream == 1);
        ck_assert_int_eq(in_live->slots[0].reading.klass, klass);
        ck_assert_uint_eq(in_live->slots[0].reading.repaired, repaired);
        ck_assert_uint_eq(in_virtual->slots[0].reading.repaired, repaired);
    }
    drop_contract();
    stop();
}

START_TEST(test_clocks_when_there_is_a_contract_then_the_same_readings)
{
    struct sq_rule fenced = {.kind = SQ_FAULT_INVALID_JSON,
                             .effect = {.shape = SQ_JSON_SHAPE_FENCED}};
    struct sq_rule comma = {.kind = SQ_FAULT_INVALID_JSON,
                            .effect = {.shape = SQ_JSON_SHAPE_TRAILING_COMMA}};
    struct sq_rule other = {.kind = SQ_FAULT_WRONG_SCHEMA};
    check_contract(NULL, SQ_CLASS_NONE, 0);
    check_contract(&fenced, SQ_CLASS_NONE, SQ_REPAIR_FENCES + 1);
    check_contract(&comma, SQ_CLASS_INVALID_JSON, 0);
    check_contract(&other, SQ_CLASS_SCHEMA, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live_clocks");
    TCase *cases = tcase_create("clocks");
    tcase_add_test(cases, test_clocks_when_all_is_well_then_the_same_story);
    tcase_add_test(cases, test_clocks_when_a_status_is_answered_then_the_same_story);
    tcase_add_test(cases, test_clocks_when_the_connection_is_reset_then_the_same_story);
    tcase_add_test(cases, test_clocks_when_a_stream_is_cut_then_the_same_story);
    tcase_add_test(cases, test_clocks_when_a_stream_stalls_for_a_while_then_the_same_story);
    tcase_add_test(cases, test_clocks_when_a_silent_attempt_is_given_up_then_the_same_bill);
    tcase_add_test(cases,
                   test_clocks_when_500_attempts_meet_the_same_weather_then_the_same_stories);
    tcase_add_test(cases, test_clocks_when_there_is_a_contract_then_the_same_readings);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
