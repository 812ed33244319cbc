/* SPDX-License-Identifier: MIT */
/* Faults on the way, as strangers meet them: raw sockets against a served scenario. */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/draw.h"
#include "host/socket.h"
#include "sim/serve/serve.h"
#include "tests/support/http_client.h"
#include "tests/support/small_scenario.h"

#define PATH "/v1/chat/completions"
#define PLAIN                                                                                      \
    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":"  \
    "5}"

/* How long nothing must happen to be called silence, and how long something may take. */
#define SILENCE_MS  150
#define PATIENCE_MS 20000

static struct small_scenario *small;
static struct sq_serve *serve;
static struct sq_result *result;

static void set_up(void)
{
    small = small_scenario_new();
    result = calloc(1, sizeof *result);
    ck_assert_ptr_nonnull(result);
    small->scenario.script.models[0].ttft.fixed = SQ_MS;
    small->scenario.script.models[0].pace.fixed = SQ_MS;
}

static void close_all(void)
{
    sq_serve_free(serve);
    serve = NULL;
    sq_result_clear(result);
    memset(result, 0, sizeof *result);
}

static void tear_down(void)
{
    close_all();
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

static const struct sq_column *finish(void)
{
    struct sq_error err = {0};
    const char *what = NULL;
    ck_assert_msg(sq_serve_finish(serve, result, &err) == SQ_OK, "%s", err.text);
    const struct sq_column *column = &result->columns[0];
    ck_assert_msg(sq_column_adds_up(column, &what), "%s", what);
    ck_assert(!column->replay_differs);
    return column;
}

static struct sq_rule *rule_of(enum sq_fault_kind kind)
{
    return small_scenario_rule(small, kind);
}

static struct sq_rule *first_of(enum sq_fault_kind kind, uint32_t n)
{
    struct sq_rule *rule = rule_of(kind);
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = n};
    return rule;
}

/* A connection being made: what connect said. */
static int knock(int *reason)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(sq_serve_port(serve, 0))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(fd, 0);
    *reason = connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
    return fd;
}

static bool happens(int fd, short what, int within_ms)
{
    struct pollfd ready = {.fd = fd, .events = what};
    return poll(&ready, 1, within_ms) == 1;
}

enum end { END_RST, END_FIN, END_SILENCE, END_BYTES };

/* What the client reads next. */
static enum end next_of(int fd, int within_ms)
{
    char byte;
    if (!happens(fd, POLLIN, within_ms)) {
        return END_SILENCE;
    }
    ssize_t n = recv(fd, &byte, 1, 0);
    if (n < 0) {
        ck_assert_int_eq(errno, ECONNRESET);
        return END_RST;
    }
    return n == 0 ? END_FIN : END_BYTES;
}

static int status_of(const char *headers)
{
    struct http_client client = http_client_open(sq_serve_port(serve, 0));
    http_client_post(&client, PATH, headers, PLAIN);
    struct http_answer answer = http_client_read_all(&client);
    int status = answer.has_headers ? answer.status : 0;
    http_answer_clear(&answer);
    http_client_close(&client);
    return status;
}

START_TEST(test_refused_by_count_is_accepted_and_reset)
{
    (void)first_of(SQ_FAULT_REFUSE, 2);
    start();
    for (int i = 0; i < 2; i++) {
        int fd = http_client_open(sq_serve_port(serve, 0)).fd;
        ck_assert_int_eq(next_of(fd, PATIENCE_MS), END_RST);
        close(fd);
    }
    ck_assert_int_eq(status_of(""), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 1);
    ck_assert_uint_eq(column->attempts, 1);
    ck_assert_uint_eq(sq_serve_door(serve).struck, 2);
    ck_assert_uint_eq(sq_serve_door(serve).shut, 0);
}
END_TEST

START_TEST(test_window_that_spares_nobody_refuses_connections_themselves)
{
    int reason;
    struct sq_rule *rule = rule_of(SQ_FAULT_REFUSE);
    rule->windowed = true;
    rule->span = SQ_SECOND;
    start();
    int fd = knock(&reason);
    if (reason == EINPROGRESS) {
        socklen_t length = sizeof reason;
        ck_assert(happens(fd, POLLOUT, PATIENCE_MS));
        ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &length), 0);
    }
    ck_assert_int_eq(reason, ECONNREFUSED);
    close(fd);
    do { /* the port is the same when it is open again */
        fd = knock(&reason);
        ck_assert(happens(fd, POLLOUT, PATIENCE_MS));
        socklen_t length = sizeof reason;
        ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &length), 0);
        close(fd);
    } while (reason == ECONNREFUSED);
    ck_assert_int_eq(reason, 0);
    ck_assert_int_eq(status_of(""), 200);
    ck_assert_uint_eq(finish()->total.calls, 1);
    ck_assert_uint_eq(sq_serve_door(serve).struck, 0);
    ck_assert_uint_eq(sq_serve_door(serve).shut, 1);
    ck_assert_int_ge(sq_serve_door(serve).shut_for,
                     SQ_SECOND * 9 / 10); /* less how long opening took */
}
END_TEST

START_TEST(test_window_that_spares_nobody_answers_no_one_who_connects)
{
    int reason;
    struct sq_rule *rule = rule_of(SQ_FAULT_CONNECT_HANG);
    rule->windowed = true;
    rule->span = 800 * SQ_MS;
    start();
    int fd = knock(&reason);
    ck_assert_int_eq(reason, EINPROGRESS);
    ck_assert(!happens(fd, POLLOUT, SILENCE_MS));
    /* The system asks again a second after it first did, and then the port is open. */
    ck_assert(happens(fd, POLLOUT, PATIENCE_MS));
    close(fd);
    ck_assert_int_eq(status_of(""), 200);
    ck_assert_uint_eq(finish()->total.calls, 1);
    ck_assert_uint_eq(sq_serve_door(serve).shut, 1);
}
END_TEST

/* _i: connect_hang by count, which the system has connected already, and accept_hang. */
START_TEST(test_hanging_connection_is_made_and_never_answered)
{
    (void)first_of(_i == 0 ? SQ_FAULT_CONNECT_HANG : SQ_FAULT_ACCEPT_HANG, 1);
    start();
    struct http_client client = http_client_open(sq_serve_port(serve, 0));
    http_client_post(&client, PATH, "", PLAIN);
    ck_assert_int_eq(next_of(client.fd, SILENCE_MS), END_SILENCE);
    ck_assert_int_eq(status_of(""), 200);
    ck_assert_int_eq(next_of(client.fd, SILENCE_MS), END_SILENCE);
    http_client_close(&client);
    ck_assert_uint_eq(finish()->total.calls, 1);
    ck_assert_uint_eq(sq_serve_door(serve).struck, 1);
}
END_TEST

/* The first bytes of a TLS record of 20 bytes, in two pieces. */
START_TEST(test_failing_tls_closes_after_the_hello)
{
    static const char hello[25] = {22, 3, 1, 0, 20, 1};
    (void)first_of(SQ_FAULT_TLS_FAIL, 1);
    start();
    int fd = http_client_open(sq_serve_port(serve, 0)).fd;
    ck_assert_int_eq(next_of(fd, SILENCE_MS), END_SILENCE);
    ck_assert_int_eq(send(fd, hello, 24, 0), 24);
    ck_assert_int_eq(next_of(fd, SILENCE_MS), END_SILENCE);
    ck_assert_int_eq(send(fd, hello + 24, 1, 0), 1);
    ck_assert_int_eq(next_of(fd, PATIENCE_MS), END_FIN);
    close(fd);
    ck_assert_int_eq(status_of(""), 200);
    (void)finish();
    ck_assert_uint_eq(sq_serve_door(serve).struck, 1);
}
END_TEST

START_TEST(test_failing_tls_closes_on_a_client_without_tls)
{
    (void)first_of(SQ_FAULT_TLS_FAIL, 1);
    start();
    ck_assert_int_eq(status_of(""), 0);
    ck_assert_int_eq(status_of(""), 200);
    ck_assert_uint_eq(finish()->total.calls, 1);
}
END_TEST

/* Names do not matter to who has an address, and a match asks for a request. */
START_TEST(test_fault_that_cannot_be_met_at_a_door_strikes_nobody)
{
    (void)rule_of(SQ_FAULT_DNS_FAIL);
    rule_of(SQ_FAULT_REFUSE)->match.attempt = 1;
    start();
    ck_assert_int_eq(status_of(""), 200);
    ck_assert_uint_eq(finish()->total.outcome[SQ_OUTCOME_FIRST_TRY], 1);
    ck_assert_uint_eq(sq_serve_door(serve).struck, 0);
}
END_TEST

/* One bit a connection: struck. */
static uint32_t weather(uint64_t seed)
{
    uint32_t struck = 0;
    small->scenario.seed = seed;
    start();
    for (uint32_t i = 0; i < 32; i++) {
        struck |= (uint32_t)(status_of("") == 0) << i;
    }
    (void)finish();
    close_all();
    return struck;
}

START_TEST(test_draws_are_keyed_by_seed_and_ordinal)
{
    rule_of(SQ_FAULT_TLS_FAIL)->share_q32 = SQ_DRAW_ALWAYS / 2;
    uint32_t first = weather(1);
    ck_assert_uint_ne(first, 0);
    ck_assert_uint_ne(first, UINT32_MAX);
    ck_assert_uint_eq(weather(1), first);
    ck_assert_uint_ne(weather(2), first);
}
END_TEST

START_TEST(test_struck_connections_are_attempts_of_the_retry_that_says_so)
{
    (void)first_of(SQ_FAULT_REFUSE, 2);
    start();
    for (int i = 0; i < 2; i++) {
        int fd = http_client_open(sq_serve_port(serve, 0)).fd;
        ck_assert_int_eq(next_of(fd, PATIENCE_MS), END_RST);
        close(fd);
    }
    ck_assert_int_eq(status_of("x-stainless-retry-count: 2\r\n"), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->total.calls, 1);
    ck_assert_uint_eq(column->attempts, 3);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_RECOVERED], 1);
    ck_assert_uint_eq(column->class_by_role[0][SQ_CLASS_RESET], 2);
    ck_assert_uint_eq(column->backoff_wait->count, 2);
    ck_assert_uint_eq(sq_serve_door(serve).joined, 2);
}
END_TEST

START_TEST(test_attempts_that_a_shut_port_turned_away_are_told_by_the_retry)
{
    struct sq_rule *rule = rule_of(SQ_FAULT_REFUSE);
    int reason;
    int fd;
    rule->windowed = true;
    rule->span = 100 * SQ_MS;
    start();
    do {
        fd = knock(&reason);
        ck_assert(happens(fd, POLLOUT, PATIENCE_MS));
        socklen_t length = sizeof reason;
        ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &length), 0);
        close(fd);
    } while (reason == ECONNREFUSED);
    ck_assert_int_eq(status_of("x-squall-attempt: 7/3/3\r\n"), 200);
    const struct sq_column *column = finish();
    ck_assert_uint_eq(column->attempts, 3);
    ck_assert_uint_eq(column->class_by_role[0][SQ_CLASS_CONNECT], 2);
    ck_assert_uint_eq(column->total.outcome[SQ_OUTCOME_RECOVERED], 1);
}
END_TEST

START_TEST(test_struck_connections_are_counted_in_their_window)
{
    struct sq_rule *rule = first_of(SQ_FAULT_ACCEPT_HANG, 3);
    rule->windowed = true;
    rule->span = SQ_HOUR;
    struct http_client clients[3];
    small->scenario.duration = SQ_HOUR;
    start();
    for (int i = 0; i < 3; i++) {
        clients[i] = http_client_open(sq_serve_port(serve, 0));
    }
    ck_assert_int_eq(status_of(""), 200);
    const struct sq_column *column = finish(); /* and drops what is held */
    ck_assert_uint_eq(column->n_windows, 1);
    ck_assert_uint_eq(column->windows[0].struck, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ne(next_of(clients[i].fd, PATIENCE_MS), END_SILENCE);
        http_client_close(&clients[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("serve_door");
    TCase *tests = tcase_create("serve_door");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_refused_by_count_is_accepted_and_reset);
    tcase_add_test(tests, test_window_that_spares_nobody_refuses_connections_themselves);
    tcase_add_test(tests, test_window_that_spares_nobody_answers_no_one_who_connects);
    tcase_add_loop_test(tests, test_hanging_connection_is_made_and_never_answered, 0, 2);
    tcase_add_test(tests, test_failing_tls_closes_after_the_hello);
    tcase_add_test(tests, test_failing_tls_closes_on_a_client_without_tls);
    tcase_add_test(tests, test_fault_that_cannot_be_met_at_a_door_strikes_nobody);
    tcase_add_test(tests, test_draws_are_keyed_by_seed_and_ordinal);
    tcase_add_test(tests, test_struck_connections_are_attempts_of_the_retry_that_says_so);
    tcase_add_test(tests, test_attempts_that_a_shut_port_turned_away_are_told_by_the_retry);
    tcase_add_test(tests, test_struck_connections_are_counted_in_their_window);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
