/* SPDX-License-Identifier: MIT */
/*
 * Faults on the way, quotas and broken contents in both clocks: the virtual carrier and the live
 * one, towards the real server and its decoys, tell the same events and the same bills.
 */
#include <check.h>
#include <string.h>

#include "mockprovider/server.h"
#include "sim/live.h"
#include "sim/virtual.h"
#include "tests/support/carrier_driver.h"
#include "tests/support/small_scenario.h"

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
    struct sq_script *script = &small->scenario.script;
    script->models[0].ttft.fixed = 20 * SQ_MS;
    script->models[0].pace.fixed = 2 * SQ_MS;
    script->n_contracts = 1;
    small->scenario.contracts[0].json = true;
    script->contracts[0] =
        (struct sq_script_contract){.sample = "{\"answer\":\"\"}", .fill_at = 11};
}

/* After the test has added its rules. */
static void start(void)
{
    struct sq_error err = {0};
    sq_clock_start(&real_clock, SQ_CLOCK_SPEED_MILLI_REAL);
    struct sq_server_options far_side = {
        .script = &small->scenario.script, .clock = &real_clock, .seed = SEED};
    ck_assert_msg(sq_server_start(&far_side, &server, &err) == SQ_OK, "%s", err.text);
    struct sq_live_options options = {
        .scenario = &small->scenario, .clock = &real_clock, .server = server, .stop_fd = -1};
    ck_assert_msg(sq_live_new(&options, &live_carrier, &err) == SQ_OK, "%s", err.text);
    virtual_carrier = sq_virtual_new(&small->scenario, &small->policy, SEED);
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

static void send_both(uint64_t call, bool stream)
{
    sq_strbuf_reset(&in_virtual->slots[0].log);
    sq_strbuf_reset(&in_live->slots[0].log);
    carrier_driver_send(in_virtual, 0, call, stream);
    carrier_driver_send(in_live, 0, call, stream);
}

static void check_same(void)
{
    const struct carrier_slot *a = &in_virtual->slots[0];
    const struct carrier_slot *b = &in_live->slots[0];
    ck_assert_str_eq(carrier_driver_log(in_virtual, 0), carrier_driver_log(in_live, 0));
    ck_assert_uint_eq(a->n_billed, b->n_billed);
    ck_assert_uint_eq(a->bill.input_tokens, b->bill.input_tokens);
    ck_assert_uint_eq(a->bill.output_tokens, b->bill.output_tokens);
    ck_assert_mem_eq(a->fired, b->fired, sizeof(a->fired));
    ck_assert_str_eq(a->hints.retry_after, b->hints.retry_after);
    ck_assert_int_eq(a->reading.klass, b->reading.klass);
    ck_assert_int_eq(a->reading.meaning, b->reading.meaning);
    ck_assert_int_eq(a->reading.finish, b->reading.finish);
    ck_assert_uint_eq(a->reading.code_key, b->reading.code_key);
    ck_assert_uint_eq(a->reading.type_key, b->reading.type_key);
}

static const char *try_both(uint64_t call, bool stream)
{
    send_both(call, stream);
    finish();
    check_same();
    return carrier_driver_log(in_live, 0);
}

/* What a fault makes of a plain and of a streamed answer, each with a contract or without. */
struct content_case {
    enum sq_fault_kind kind;
    uint8_t contract;
    const char *klass;
    bool tokens; /* any can be seen in a stream */
    uint32_t input_tokens;
    uint32_t output_tokens;
};

static void check_content(const struct content_case *expected, enum sq_json_shape shape)
{
    static const bool streams[] = {false, true};
    set_up();
    small_scenario_rule(small, expected->kind)->effect.shape = shape;
    start();
    in_virtual->contract = expected->contract;
    in_live->contract = expected->contract;
    for (int i = 0; i < 2; i++) {
        struct sq_strbuf log = {0};
        sq_strbuf_add_format(&log, "connected headers:200%s done:ok:200:%s",
                             streams[i] && expected->tokens ? " first_token" : "", expected->klass);
        ck_assert_str_eq(try_both(1 + (uint64_t)i, streams[i]), sq_strbuf_text(&log));
        ck_assert_uint_eq(in_live->slots[0].bill.input_tokens, expected->input_tokens);
        ck_assert_uint_eq(in_live->slots[0].bill.output_tokens, expected->output_tokens);
        ck_assert_uint_eq(in_live->slots[0].fired[SQ_FAMILY_CONTENT], 1);
        sq_strbuf_clear(&log);
    }
    stop();
}

START_TEST(test_clocks_when_a_content_is_broken_then_the_same_story)
{
    static const struct content_case list[] = {
        {SQ_FAULT_WRONG_SCHEMA, 1, "none", true, 100, 11},
        {SQ_FAULT_EMPTY, 0, "empty", false, 100, 11},
        {SQ_FAULT_NULL_CONTENT, 0, "empty", false, 100, 11},
        {SQ_FAULT_NULL_CONTENT, 1, "empty", false, 100, 11},
        {SQ_FAULT_LENGTH, 0, "none", true, 100, 5},
        {SQ_FAULT_LENGTH, 1, "truncated", true, 100, 5},
        {SQ_FAULT_CONTENT_FILTER, 0, "content_filter", true, 100, 5},
        {SQ_FAULT_REFUSAL, 0, "refusal", false, 100, 12},
        {SQ_FAULT_WRONG_CONTENT_TYPE, 0, "malformed", false, 0, 0},
    };
    check_content(&list[_i], SQ_JSON_SHAPE_FENCED);
}
END_TEST

START_TEST(test_clocks_when_json_is_broken_then_only_a_contract_minds)
{
    uint32_t output = _i == SQ_JSON_SHAPE_PROSE ? 13 : 11;
    struct content_case expected = {SQ_FAULT_INVALID_JSON, 1, "invalid_json", true, 100, output};
    check_content(&expected, (enum sq_json_shape)_i);
    expected.contract = 0;
    expected.klass = "none";
    check_content(&expected, (enum sq_json_shape)_i);
}
END_TEST

START_TEST(test_clocks_when_a_contract_is_met_then_all_is_well)
{
    set_up();
    start();
    in_virtual->contract = 1;
    in_live->contract = 1;
    ck_assert_str_eq(try_both(1, false), "connected headers:200 done:ok:200:none");
    ck_assert_str_eq(try_both(2, true), "connected headers:200 first_token done:ok:200:none");
    stop();
}
END_TEST

START_TEST(test_clocks_when_a_connection_fails_at_once_then_the_same_story)
{
    static const struct {
        enum sq_fault_kind kind;
        const char *log;
    } list[] = {{SQ_FAULT_DNS_FAIL, "done:dns:0:none"},
                {SQ_FAULT_REFUSE, "done:refused:0:none"},
                {SQ_FAULT_TLS_FAIL, "done:tls:0:none"}};
    set_up();
    struct sq_rule *rule = small_scenario_rule(small, list[_i].kind);
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    start();
    for (uint64_t call = 1; call <= 3; call++) {
        ck_assert_str_eq(try_both(call, true), list[_i].log);
        ck_assert_uint_eq(in_live->slots[0].fired[SQ_FAMILY_CONNECTION], 1);
        ck_assert_uint_eq(in_live->slots[0].bill.input_tokens, 0);
        ck_assert_str_eq(try_both(call, true),
                         "connected headers:200 first_token done:ok:200:none");
        ck_assert_uint_eq(in_live->slots[0].fired[SQ_FAMILY_CONNECTION], 0);
    }
    stop();
}
END_TEST

static void wait_both(sq_dur span)
{
    sq_time until = in_live->now + span;
    while (in_live->now < until) {
        (void)carrier_driver_step(in_live, until, SQ_NO_SLOT);
    }
    sq_time virtual_until = in_virtual->now + span;
    (void)carrier_driver_step(in_virtual, in_virtual->now, 0);
    (void)carrier_driver_step(in_virtual, virtual_until, 0);
}

START_TEST(test_clocks_when_a_connection_hangs_then_silence_until_it_is_given_up)
{
    static const struct {
        enum sq_fault_kind kind;
        const char *log;
    } list[] = {{SQ_FAULT_CONNECT_HANG, "cancelled"},
                {SQ_FAULT_ACCEPT_HANG, "connected cancelled"}};
    set_up();
    struct sq_rule *rule = small_scenario_rule(small, list[_i].kind);
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    start();
    for (uint64_t call = 1; call <= 3; call++) {
        send_both(call, false);
        wait_both(120 * SQ_MS);
        carrier_driver_cancel(in_virtual, 0);
        carrier_driver_cancel(in_live, 0);
        finish();
        check_same();
        ck_assert_str_eq(carrier_driver_log(in_live, 0), list[_i].log);
        ck_assert_uint_eq(in_live->slots[0].fired[SQ_FAMILY_CONNECTION], 1);
        ck_assert_uint_eq(in_live->slots[0].bill.input_tokens, 0);
        ck_assert_str_eq(try_both(call, false), "connected headers:200 done:ok:200:none");
    }
    stop();
}
END_TEST

START_TEST(test_clocks_when_a_quota_refuses_then_the_same_story_and_hint)
{
    set_up();
    struct sq_provider_spec *spec = &small->scenario.script.providers[0];
    spec->n_quotas = 1;
    spec->quotas[0] = (struct sq_quota){.requests_per_minute = 1, .window = SQ_MINUTE};
    start();
    ck_assert_str_eq(try_both(1, true), "connected headers:200 first_token done:ok:200:none");
    ck_assert_str_eq(try_both(2, true), "connected headers:429 done:ok:429:none");
    ck_assert_int_eq(in_live->slots[0].reading.meaning, SQ_MEANING_RATE);
    ck_assert_str_eq(in_live->slots[0].hints.retry_after, "60");
    ck_assert_uint_eq(in_live->slots[0].bill.input_tokens, 0);
    ck_assert_str_eq(try_both(3, false), "connected headers:429 done:ok:429:none");
    stop();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("live_faults");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_clocks_when_a_content_is_broken_then_the_same_story, 0, 9);
    tcase_add_loop_test(tests, test_clocks_when_json_is_broken_then_only_a_contract_minds, 0,
                        SQ_JSON_SHAPES);
    tcase_add_test(tests, test_clocks_when_a_contract_is_met_then_all_is_well);
    tcase_add_loop_test(tests, test_clocks_when_a_connection_fails_at_once_then_the_same_story, 0,
                        3);
    tcase_add_loop_test(
        tests, test_clocks_when_a_connection_hangs_then_silence_until_it_is_given_up, 0, 2);
    tcase_add_test(tests, test_clocks_when_a_quota_refuses_then_the_same_story_and_hint);
    Suite *suite = suite_create("live_faults");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
