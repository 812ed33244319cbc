/* SPDX-License-Identifier: MIT */
/* A raw client against a served scenario, and the result that comes of it. */
#include "sim/serve/serve.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/socket.h"
#include "tests/support/http_client.h"
#include "tests/support/small_scenario.h"

#define PATH "/v1/chat/completions"
#define PLAIN                                                                                      \
    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":"  \
    "5}"
#define STREAM                                                                                     \
    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":"  \
    "5,"                                                                                           \
    "\"stream\":true}"

static struct small_scenario *small;
static struct sq_serve *serve;
static struct sq_result *result;

static void set_up(void)
{
    small = small_scenario_new();
    result = calloc(1, sizeof *result);
    ck_assert_ptr_nonnull(result);
    small->scenario.script.models[0].ttft.fixed = 2 * SQ_MS;
    small->scenario.script.models[0].pace.fixed = SQ_MS;
}

static void tear_down(void)
{
    sq_serve_free(serve);
    serve = NULL;
    sq_result_clear(result);
    free(result);
    small_scenario_free(small);
}

static void start(void)
{
    struct sq_serve_options options = {.scenario = &small->scenario, .speed_milli = 1000};
    struct sq_error err = {0};
    sq_serve_prepare(&small->scenario);
    ck_assert_msg(sq_serve_start(&options, &serve, &err) == SQ_OK, "%s", err.text);
}

static struct http_client ask(const char *headers, const char *body)
{
    struct http_client client = http_client_open(sq_serve_port(serve, 0));
    http_client_post(&client, PATH, headers, body);
    return client;
}

static int status_of(const char *headers, const char *body)
{
    struct http_client client = ask(headers, body);
    struct http_answer answer = http_client_read_all(&client);
    int status = answer.has_headers ? answer.status : 0;
    http_answer_clear(&answer);
    http_client_close(&client);
    return status;
}

static const struct sq_column *finish(void)
{
    struct sq_error err = {0};
    const char *what = NULL;
    ck_assert_msg(sq_serve_finish(serve, result, &err) == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(result->n_columns, 1);
    const struct sq_column *column = &result->columns[0];
    ck_assert_msg(sq_column_adds_up(column, &what), "%s", what);
    ck_assert(!column->replay_differs);
    ck_assert_str_eq(column->policy->name, SQ_SERVE_POLICY);
    return column;
}

/* Waits until something was written to the journal, and takes it. */
static void take_some(void)
{
    struct sq_error err = {0};
    struct pollfd ready = {.fd = sq_serve_fd(serve), .events = POLLIN};
    ck_assert_int_eq(poll(&ready, 1, 20000), 1);
    ck_assert_int_eq(sq_serve_take(serve, &err), SQ_OK);
}

static struct sq_rule *first_requests(enum sq_fault_kind kind, uint32_t n)
{
    struct sq_rule *rule = small_scenario_rule(small, kind);
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = n};
    return rule;
}

START_TEST(test_plain_and_streamed_answers_are_first_tries)
{
    start();
    ck_assert_int_eq(status_of("", PLAIN), 200);
    ck_assert_int_eq(status_of("", STREAM), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 2);
    ck_assert_uint_eq(column->attempts, 2);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FIRST_TRY], 2);
    ck_assert_uint_eq(column->ttft->count, 1);
    ck_assert_uint_gt(column->billed.output, 0);
    ck_assert_uint_eq(column->wasted.output, 0);
    ck_assert_int_eq(result->exit_code, 0);
    ck_assert_uint_gt(column->replayed_events, 0);
}
END_TEST

START_TEST(test_retries_that_say_so_are_one_call_with_its_wait)
{
    first_requests(SQ_FAULT_STATUS, 2)->effect.status = 429;
    start();
    ck_assert_int_eq(status_of("authorization: Bearer a\r\nx-stainless-retry-count: 0\r\n", PLAIN),
                     429);
    ck_assert_int_eq(status_of("authorization: Bearer a\r\nx-stainless-retry-count: 1\r\n", PLAIN),
                     429);
    ck_assert_int_eq(status_of("authorization: Bearer a\r\nx-stainless-retry-count: 2\r\n", PLAIN),
                     200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 1);
    ck_assert_uint_eq(column->attempts, 3);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_RECOVERED], 1);
    ck_assert_uint_eq(column->class_by_role[0][SQ_CLASS_RATE_LIMITED], 2);
    ck_assert_uint_eq(column->backoff_wait->count, 2);
}
END_TEST

/* A fault per call strikes every attempt of what the client takes for one call, and no other. */
START_TEST(test_fault_counted_by_call_follows_the_retries)
{
    struct sq_rule *rule = first_requests(SQ_FAULT_STATUS, 2);
    rule->effect.status = 500;
    rule->per = SQ_PER_CALL;
    start();
    ck_assert_int_eq(status_of("x-stainless-retry-count: 0\r\n", PLAIN), 500);
    ck_assert_int_eq(status_of("x-stainless-retry-count: 0\r\n", STREAM), 500);
    ck_assert_int_eq(status_of("x-stainless-retry-count: 1\r\n", PLAIN), 500);
    ck_assert_int_eq(status_of("x-stainless-retry-count: 2\r\n", PLAIN), 200);
    ck_assert_int_eq(status_of("x-stainless-retry-count: 0\r\n", PLAIN), 500);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 3);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_RECOVERED], 1);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FAILED], 2);
}
END_TEST

START_TEST(test_retries_without_the_header_are_calls_of_their_own)
{
    first_requests(SQ_FAULT_STATUS, 1)->effect.status = 503;
    start();
    ck_assert_int_eq(status_of("", PLAIN), 503);
    ck_assert_int_eq(status_of("", PLAIN), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 2);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FAILED], 1);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FIRST_TRY], 1);
}
END_TEST

START_TEST(test_our_header_names_the_call)
{
    first_requests(SQ_FAULT_STATUS, 1)->effect.status = 503;
    start();
    ck_assert_int_eq(status_of("x-squall-attempt: 9/1/1\r\n", PLAIN), 503);
    ck_assert_int_eq(status_of("x-squall-attempt: 9/2/2\r\n", STREAM), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 1);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_RECOVERED], 1);
}
END_TEST

START_TEST(test_calls_are_counted_in_the_phase_of_the_first_stream)
{
    struct sq_workload *workload = &small->scenario.workload;
    workload->n_phases = 3;
    workload->streams[0].n_phases = 3;
    workload->phases[1] = workload->phases[0];
    workload->phases[1].from = 1; /* begun when the first request comes */
    workload->phases[2] = workload->phases[0];
    workload->phases[2].from = SQ_DAY;
    start();
    ck_assert_int_eq(status_of("", PLAIN), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->phase[SQ_PHASE_WORKLOAD_0].calls, 0);
    ck_assert_uint_eq(column->phase[SQ_PHASE_WORKLOAD_0 + 1].calls, 1);
}
END_TEST

START_TEST(test_client_that_leaves_is_cancelled_and_its_call_failed)
{
    first_requests(SQ_FAULT_HANG, 1);
    start();
    struct http_client client = ask("", PLAIN);
    take_some(); /* its arrival: it is in service */
    http_client_close(&client);
    take_some(); /* its end */
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FAILED], 1);
    ck_assert_uint_eq(column->class_by_role[0][SQ_CLASS_CANCELLED], 1);
}
END_TEST

START_TEST(test_what_our_own_end_drops_is_excluded)
{
    first_requests(SQ_FAULT_HANG, 1);
    start();
    struct http_client client = ask("", PLAIN);
    take_some();
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_EXCLUDED], 1);
    ck_assert_uint_eq(column->total.calls, 1);
    http_client_close(&client);
}
END_TEST

/* _i: a stream that is cut (FIN), one that is reset, a reset before the headers. */
START_TEST(test_broken_transports_have_the_class_the_engine_gives_them)
{
    const enum sq_class expected[] = {SQ_CLASS_CUT, SQ_CLASS_RESET, SQ_CLASS_RESET};
    struct sq_rule *rule = first_requests(_i == 2 ? SQ_FAULT_RESET : SQ_FAULT_CUT, 1);
    if (_i < 2) {
        rule->effect.after_tokens = 2;
        rule->effect.ending = _i == 0 ? SQ_ENDING_FIN : SQ_ENDING_RST;
    }
    start();
    (void)status_of("", STREAM);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->class_by_role[0][expected[_i]], 1);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_FAILED], 1);
}
END_TEST

START_TEST(test_what_reaches_no_model_is_counted_apart)
{
    uint16_t last = 0;
    start();
    ck_assert_int_eq(status_of("", "{\"model\":\"gpt-9\",\"messages\":[]}"), 404);
    ck_assert_int_eq(status_of("", "not json"), 400);
    ck_assert_uint_eq(sq_serve_strays(serve, &last), 2);
    ck_assert_uint_eq(last, 400);
    ck_assert_uint_eq(finish()->total.calls, 0);
}
END_TEST

START_TEST(test_duration_is_the_time_served)
{
    start();
    ck_assert_int_eq(status_of("", PLAIN), 200);
    (void)finish();
    ck_assert_int_gt(small->scenario.duration, 0);
    ck_assert_int_lt(small->scenario.duration, 10 * SQ_SECOND);
    ck_assert_int_eq(small->scenario.duration % SQ_MS, 0);
}
END_TEST

START_TEST(test_models_without_a_role_get_one)
{
    struct sq_scenario *scenario = &small->scenario;
    scenario->script.models[1] = scenario->script.models[0];
    memcpy(scenario->script.models[1].name, "mini", sizeof "mini");
    memcpy(scenario->script.models[1].label, "openai/mini", sizeof "openai/mini");
    scenario->script.n_models = 2;
    scenario->script.providers[0].models = 3;
    start();
    ck_assert_uint_eq(scenario->n_roles, 2);
    ck_assert_str_eq(scenario->roles[1].name, "openai/mini");
    ck_assert_int_eq(
        status_of("", "{\"model\":\"mini\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"),
        200);
    ck_assert_uint_eq(finish()->class_by_role[1][SQ_CLASS_NONE], 1);
}
END_TEST

START_TEST(test_port_that_is_taken_is_named)
{
    int fd = -1;
    char number[8];
    struct sq_error err = {0};
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, 1, &fd, &err), SQ_OK);
    const uint16_t port = sq_socket_local_port(fd);
    struct sq_serve_options options = {
        .scenario = &small->scenario, .speed_milli = 1000, .ports = &port};
    ck_assert_int_eq(sq_serve_start(&options, &serve, &err), SQ_ENVIRONMENT);
    snprintf(number, sizeof number, "%u", port);
    ck_assert_ptr_nonnull(strstr(err.text, number));
    ck_assert_ptr_null(serve);
    sq_socket_close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("serve");
    TCase *tests = tcase_create("serve");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_plain_and_streamed_answers_are_first_tries);
    tcase_add_test(tests, test_retries_that_say_so_are_one_call_with_its_wait);
    tcase_add_test(tests, test_fault_counted_by_call_follows_the_retries);
    tcase_add_test(tests, test_retries_without_the_header_are_calls_of_their_own);
    tcase_add_test(tests, test_our_header_names_the_call);
    tcase_add_test(tests, test_calls_are_counted_in_the_phase_of_the_first_stream);
    tcase_add_test(tests, test_client_that_leaves_is_cancelled_and_its_call_failed);
    tcase_add_test(tests, test_what_our_own_end_drops_is_excluded);
    tcase_add_loop_test(tests, test_broken_transports_have_the_class_the_engine_gives_them, 0, 3);
    tcase_add_test(tests, test_what_reaches_no_model_is_counted_apart);
    tcase_add_test(tests, test_duration_is_the_time_served);
    tcase_add_test(tests, test_models_without_a_role_get_one);
    tcase_add_test(tests, test_port_that_is_taken_is_named);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
