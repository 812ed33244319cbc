/* SPDX-License-Identifier: MIT */
/* Clients that leave, rules that hit what is in service, hangs. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/support/server_world.h"

#define N_HANGING   2000
#define SOON        (100 * SQ_MS) /* within which a client's leaving is noticed */
#define ANSWER_TIME (60 * SQ_SECOND)

static struct server_world world;

static void set_up(void)
{
    server_world_init(&world);
}

static void tear_down(void)
{
    server_world_end(&world);
}

/* Until the server has read the request: an answer of another provider's model takes as long. */
static void let_server_read(void)
{
    struct http_answer answer = server_world_get(
        &world, &(struct server_request){.call = 99, .attempt = 1, .output_tokens = 1});
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    server_world_skip_entries(&world, 1);
}

/* _i: 0 FIN, 1 RST. */
START_TEST(test_client_leaving_a_hang_is_billed_as_abandoned_soon)
{
    const struct server_request request = {
        .call = 3, .attempt = 1, .input_tokens = 10, .output_tokens = 5, .model = "mini"};
    struct sq_journal_entry entry;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_HANG, "hang");
    rule->models = 2; /* mini */
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &request);
    let_server_read();
    ck_assert(http_client_is_silent(&client));
    if (_i == 0) {
        http_client_close(&client);
    } else {
        http_client_reset(&client);
    }
    ck_assert(server_world_entry(&world, &entry, SOON));
    ck_assert(entry.abandoned);
    ck_assert_uint_eq(entry.call, 3);
    ck_assert_uint_eq(entry.status, 0);
    ck_assert_uint_eq(entry.bill.input_tokens, 10);
    ck_assert_uint_eq(entry.bill.output_tokens, 0);
    ck_assert_uint_eq(entry.fired[SQ_FAMILY_LATENCY], 1);
}
END_TEST

START_TEST(test_hang_with_an_end_answers_late)
{
    const struct server_request request = {.call = 3, .attempt = 1, .output_tokens = 5};
    struct sq_rule *rule = far_side_rule(SQ_FAULT_HANG, "hang");
    rule->effect.for_each = 50 * SQ_MS;
    server_world_start(&world);
    sq_time before = sq_clock_now(&world.clock);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_ge(sq_clock_now(&world.clock) - before, 50 * SQ_MS);
    http_answer_clear(&answer);
}
END_TEST

/* on_disconnect: a stream stops, and only what was made is billed; a plain answer is finished. */
START_TEST(test_client_leaving_inside_an_answer_is_billed_as_the_provider_says)
{
    const struct server_request request = {
        .call = 3, .attempt = 1, .stream = _i == 0, .input_tokens = 10, .output_tokens = 1000};
    struct sq_journal_entry entry;
    far_side()->script.models[0].pace.fixed = 50 * SQ_MS;
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &request);
    struct http_answer answer = http_client_read(&client, 1, _i == 0 ? ANSWER_TIME : 20 * SQ_MS);
    ck_assert_int_eq(answer.ending, HTTP_SILENCE);
    http_client_close(&client);
    ck_assert(server_world_entry(&world, &entry, SOON));
    ck_assert(entry.abandoned);
    ck_assert_uint_eq(entry.status, _i == 0 ? 200 : 0);
    ck_assert_uint_eq(entry.bill.input_tokens, 10);
    if (_i == 0) {
        ck_assert_uint_ge(entry.bill.output_tokens, 1);
        ck_assert_uint_lt(entry.bill.output_tokens, 1000);
    } else {
        ck_assert_uint_eq(entry.bill.output_tokens, 1000);
    }
    http_answer_clear(&answer);
}
END_TEST

/* A client that closes right behind its request is gone before it is served. */
START_TEST(test_client_gone_before_service_is_left_at_once)
{
    const struct server_request request = {.call = 3, .attempt = 1, .output_tokens = 5};
    struct sq_journal_entry entry;
    far_side_rule(SQ_FAULT_HANG, "hang");
    server_world_start(&world);
    for (int i = 0; i < 50; i++) {
        struct http_client client = server_world_connect(&world);
        server_world_ask(&client, &request);
        http_client_close(&client);
        ck_assert(server_world_entry(&world, &entry, SOON));
        ck_assert(entry.abandoned);
    }
}
END_TEST

struct strike {
    enum sq_fault_kind kind;
    enum sq_ending ending;
    bool stream;
    enum http_ending seen;
};

static const struct strike strikes[] = {
    {SQ_FAULT_RESET, SQ_ENDING_FIN, false, HTTP_RST},
    {SQ_FAULT_RESET, SQ_ENDING_FIN, true, HTTP_RST},
    {SQ_FAULT_CUT, SQ_ENDING_FIN, true, HTTP_FIN},
    {SQ_FAULT_CUT, SQ_ENDING_RST, true, HTTP_RST},
    {SQ_FAULT_CUT, SQ_ENDING_SILENCE, true, HTTP_SILENCE},
    {SQ_FAULT_HANG, SQ_ENDING_FIN, true, HTTP_SILENCE},
    {SQ_FAULT_HANG, SQ_ENDING_FIN, false, HTTP_SILENCE},
};

/* In service when the window opens: a stream in the middle of its tokens, a plain answer before its
 * headers. */
START_TEST(test_rule_in_flight_breaks_what_is_in_service)
{
    const struct strike *strike = &strikes[_i];
    const struct server_request request = {
        .call = 3, .attempt = 1, .stream = strike->stream, .output_tokens = 1000};
    struct sq_journal_entry entry;
    struct sq_strbuf whole = {0};
    server_world_body(&request, &whole);
    far_side()->script.models[0].pace.fixed = 10 * SQ_MS;
    struct sq_rule *rule = far_side_rule(strike->kind, "strike");
    rule->effect.in_flight = true;
    rule->effect.ending = strike->ending;
    far_side_window(rule, 300 * SQ_MS, SQ_SECOND, 0);
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &request);
    struct http_answer answer = http_client_read(&client, SIZE_MAX, 500 * SQ_MS);
    ck_assert_int_ge(sq_clock_now(&world.clock), 300 * SQ_MS);
    ck_assert_int_eq(answer.ending, strike->seen);
    ck_assert_int_eq(answer.has_headers, strike->stream);
    ck_assert_int_eq(answer.body.length > 0, strike->stream);
    ck_assert(server_world_is_prefix(&whole, sq_strbuf_text(&answer.body), answer.body.length));
    http_client_close(&client);
    ck_assert(server_world_entry(&world, &entry, SQ_SECOND));
    ck_assert_int_eq(entry.abandoned, strike->seen == HTTP_SILENCE);
    ck_assert_uint_eq(entry.fired[sq_fault_kind_row(strike->kind)->family], 1);
    http_answer_clear(&answer);
    sq_strbuf_clear(&whole);
}
END_TEST

static void allow_descriptors(rlim_t n_descriptors)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_uint_ge(limit.rlim_max, n_descriptors);
    limit.rlim_cur = n_descriptors > limit.rlim_cur ? n_descriptors : limit.rlim_cur;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

START_TEST(test_thousands_of_hanging_connections_leave_others_alone)
{
    static struct http_client clients[N_HANGING];
    const struct server_request request = {
        .call = 3, .attempt = 1, .output_tokens = 5, .model = "mini"};
    struct sq_journal_entry entry;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_HANG, "hang");
    rule->models = 2; /* mini */
    allow_descriptors(2 * N_HANGING + 200);
    server_world_start(&world);
    for (int i = 0; i < N_HANGING; i++) {
        clients[i] = server_world_connect(&world);
        server_world_ask(&clients[i], &request);
    }
    let_server_read();
    for (int i = 0; i < N_HANGING; i++) {
        ck_assert(http_client_is_silent(&clients[i]));
        http_client_close(&clients[i]);
    }
    for (int i = 0; i < N_HANGING; i++) {
        ck_assert(server_world_entry(&world, &entry, HTTP_CLIENT_PATIENCE));
        ck_assert(entry.abandoned);
    }
    let_server_read();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server_leaving");
    TCase *tests = tcase_create("server_leaving");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_client_leaving_a_hang_is_billed_as_abandoned_soon, 0, 2);
    tcase_add_test(tests, test_hang_with_an_end_answers_late);
    tcase_add_loop_test(tests, test_client_leaving_inside_an_answer_is_billed_as_the_provider_says,
                        0, 2);
    tcase_add_test(tests, test_client_gone_before_service_is_left_at_once);
    tcase_add_loop_test(tests, test_rule_in_flight_breaks_what_is_in_service, 0,
                        (int)(sizeof strikes / sizeof strikes[0]));
    tcase_add_test(tests, test_thousands_of_hanging_connections_leave_others_alone);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
