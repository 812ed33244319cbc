/* SPDX-License-Identifier: MIT */
/* The server's own life: ports, keep-alive, replay, lateness, health, stopping in any state. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/socket.h"
#include "tests/support/server_world.h"

#define N_SEQUENTIAL 100

static struct server_world world;

static void set_up(void)
{
    server_world_init(&world);
}

static void tear_down(void)
{
    server_world_end(&world);
}

START_TEST(test_connection_serves_many_requests_one_after_another)
{
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    for (uint32_t i = 0; i < N_SEQUENTIAL; i++) {
        const struct server_request request = {
            .call = i, .attempt = 1, .stream = i % 2 == 1, .output_tokens = 1 + i % 7};
        struct sq_strbuf whole = {0};
        server_world_body(&request, &whole);
        server_world_ask(&client, &request);
        struct http_answer answer = http_client_read_all(&client);
        ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
        ck_assert_uint_eq(answer.body.length, whole.length);
        ck_assert(server_world_is_prefix(&whole, answer.body.text, whole.length));
        http_answer_clear(&answer);
        sq_strbuf_clear(&whole);
    }
    http_client_close(&client);
    server_world_skip_entries(&world, N_SEQUENTIAL);
}
END_TEST

START_TEST(test_port_in_use_is_named)
{
    struct sq_error err = {0};
    struct sq_server *second = NULL;
    server_world_start(&world);
    const uint16_t ports[] = {0, sq_server_port(world.server, 1)};
    const struct sq_server_options options = {
        .script = &far_side()->script, .clock = &world.clock, .ports = ports};
    struct sq_strbuf wanted = {0};
    sq_strbuf_add_format(&wanted, "port %u: address already in use", ports[1]);
    ck_assert_int_eq(sq_server_start(&options, &second, &err), SQ_ENVIRONMENT);
    ck_assert_msg(strstr(err.text, sq_strbuf_text(&wanted)) != NULL, "%s", err.text);
    ck_assert_ptr_null(second);
    sq_strbuf_clear(&wanted);
}
END_TEST

START_TEST(test_given_port_is_taken)
{
    struct sq_error err = {0};
    int fd;
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, 1, &fd, &err), SQ_OK);
    const uint16_t ports[] = {sq_socket_local_port(fd), 0};
    sq_socket_close(fd);
    sq_clock_start(&world.clock, SQ_CLOCK_SPEED_MILLI_REAL);
    const struct sq_server_options options = {
        .script = &far_side()->script, .clock = &world.clock, .ports = ports};
    ck_assert_msg(sq_server_start(&options, &world.server, &err) == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(sq_server_port(world.server, 0), ports[0]);
    ck_assert_uint_ne(sq_server_port(world.server, 1), 0);
}
END_TEST

/* Faults of every family, several connections at once, clients that leave: fed again offline, all
 * is the same. */
START_TEST(test_replay_of_a_mixed_run_is_the_same)
{
    enum { N = 20, ROUNDS = 6 };
    struct http_client clients[N];
    bool same = false;
    uint64_t n_events = 0;
    struct sq_error err = {0};
    far_side_rule(SQ_FAULT_STATUS, "errors")->share_q32 = UINT64_C(1) << 30;
    far_side_rule(SQ_FAULT_LATENCY, "late")->effect.factor_q32 = UINT64_C(3) << 32;
    struct sq_rule *cut = far_side_rule(SQ_FAULT_CUT, "cut");
    cut->share_q32 = UINT64_C(1) << 31;
    cut->effect.after_tokens = 3;
    struct sq_rule *strike = far_side_rule(SQ_FAULT_RESET, "strike");
    strike->effect.in_flight = true;
    strike->share_q32 = UINT64_C(1) << 31;
    far_side_window(strike, 10 * SQ_MS, 2 * SQ_MS, 5 * SQ_MS);
    server_world_start(&world);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < N; i++) {
            clients[i] = server_world_connect(&world);
            server_world_ask(&clients[i], &(struct server_request){.call = round * N + (uint64_t)i,
                                                                   .attempt = 1,
                                                                   .stream = i % 2 == 0,
                                                                   .output_tokens = 30});
        }
        for (int i = 0; i < N; i++) {
            struct http_answer answer =
                http_client_read(&clients[i], i % 3 == 0 ? 1 : SIZE_MAX, HTTP_CLIENT_PATIENCE);
            http_answer_clear(&answer);
            http_client_close(&clients[i]);
        }
    }
    server_world_skip_entries(&world, N * ROUNDS);
    ck_assert_int_eq(sq_server_replay(world.server, &same, &n_events, &err), SQ_OK);
    ck_assert(same);
    ck_assert_uint_ge(n_events, 2 * N * ROUNDS);
}
END_TEST

START_TEST(test_lateness_counts_steps_that_were_waited_for)
{
    struct sq_server_lateness lateness;
    server_world_start(&world);
    sq_server_lateness(world.server, &lateness);
    ck_assert_uint_eq(lateness.count, 0);
    ck_assert_int_eq(lateness.max, 0);
    struct http_answer answer =
        server_world_get(&world, &(struct server_request){.attempt = 1, .output_tokens = 5});
    http_answer_clear(&answer);
    sq_server_lateness(world.server, &lateness);
    ck_assert_uint_eq(lateness.count, 1);
    ck_assert_int_gt(lateness.max, 0);
    ck_assert_int_le(lateness.p50, lateness.max);
    ck_assert_int_lt(lateness.max, 10 * SQ_SECOND);
}
END_TEST

/* Lets the process open n_free more descriptors; returns the limit before. */
static struct rlimit leave_descriptors(rlim_t n_free)
{
    struct rlimit before = {0};
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    int lowest = open("/dev/null", O_RDONLY);
    ck_assert_int_ge(lowest, 0);
    close(lowest);
    struct rlimit limit = {.rlim_cur = (rlim_t)lowest + n_free, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

/* One descriptor for the client, none for the server's side. When one is free again, who waited is
 * served, but the trouble stays told. */
START_TEST(test_running_out_of_descriptors_is_told_and_survived)
{
    struct sq_error err = {0};
    server_world_start(&world);
    struct rlimit before = leave_descriptors(1);
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &(struct server_request){.attempt = 1, .output_tokens = 1});
    struct http_answer answer = http_client_read(&client, SIZE_MAX, 100 * SQ_MS);
    ck_assert_int_eq(answer.ending, HTTP_SILENCE);
    http_answer_clear(&answer);
    ck_assert_int_eq(sq_server_health(world.server, &err), SQ_LIMIT);
    ck_assert_msg(strstr(err.text, "too many open files") != NULL, "%s", err.text);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    http_client_close(&client);
    sq_server_stop(world.server);
    far_side_clear();
}
END_TEST

/* Nobody, half a request, waiting, streaming, silent, done and kept alive, a full send buffer, a
 * client that has left. */
START_TEST(test_stop_with_connections_in_every_state_ends_them_all)
{
    enum { IDLE, HALF, WAITING, STREAMING, SILENT, DONE, STUCK, LEFT, N_STATES };
    struct http_client clients[N_STATES];
    struct sq_rule *stall = far_side_rule(SQ_FAULT_STALL, "stall");
    stall->models = 2; /* mini */
    stall->effect.after_tokens = 1;
    server_world_start(&world);
    for (int i = 0; i < N_STATES; i++) {
        clients[i] = server_world_connect(&world);
    }
    struct server_request request = {.attempt = 1, .output_tokens = 100000};
    http_client_send(&clients[HALF],
                     "POST " SERVER_WORLD_PATH " HTTP/1.1\r\ncontent-length: 9\r\n");
    server_world_ask(&clients[WAITING], &request);
    server_world_ask(&clients[LEFT], &request);
    request.stream = true;
    server_world_ask(&clients[STREAMING], &request);
    request.model = "mini";
    server_world_ask(&clients[SILENT], &request);
    request = (struct server_request){.attempt = 1, .output_tokens = 3};
    server_world_ask(&clients[DONE], &request);
    struct http_answer answer = http_client_read_all(&clients[DONE]);
    http_answer_clear(&answer);
    for (int i = STREAMING; i <= SILENT; i++) {
        answer = http_client_read(&clients[i], 1, HTTP_CLIENT_PATIENCE);
        ck_assert_int_eq(answer.status, 200);
        http_answer_clear(&answer);
    }
    request = (struct server_request){.attempt = 1, .stream = true, .output_tokens = 200000};
    server_world_ask(&clients[STUCK], &request); /* and never read */
    http_client_close(&clients[LEFT]);
    usleep(50000);
    server_world_end(&world);
    for (int i = 0; i < N_STATES; i++) {
        http_client_close(&clients[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server");
    TCase *tests = tcase_create("server");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_connection_serves_many_requests_one_after_another);
    tcase_add_test(tests, test_port_in_use_is_named);
    tcase_add_test(tests, test_given_port_is_taken);
    tcase_add_test(tests, test_replay_of_a_mixed_run_is_the_same);
    tcase_add_test(tests, test_lateness_counts_steps_that_were_waited_for);
    TCase *stops = tcase_create("stops");
    tcase_add_checked_fixture(stops, set_up, NULL);
    tcase_add_test(stops, test_running_out_of_descriptors_is_told_and_survived);
    tcase_add_test(stops, test_stop_with_connections_in_every_state_ends_them_all);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, stops);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
