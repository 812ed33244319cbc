/* SPDX-License-Identifier: MIT */
/* Loopback connections on free ports: exact bytes, then exactly the ending that was meant. */
#include "host/socket.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "host/clock.h"

#define N_RESETS 1000

struct pair {
    int listener;
    int client;
    int server;
};

static int listen_anywhere(void)
{
    int listener = -1;
    struct sq_error err = {0};
    ck_assert_msg(sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, SQ_SOCKET_BACKLOG, &listener, &err) ==
                      SQ_OK,
                  "%s", err.text);
    return listener;
}

static int connect_to(int listener)
{
    int client = -1;
    struct sq_error err = {0};
    ck_assert_msg(sq_socket_connect(SQ_SOCKET_LOOPBACK, sq_socket_local_port(listener), &client,
                                    &err) == SQ_OK,
                  "%s", err.text);
    return client;
}

static void connect_pair(struct pair *pair)
{
    pair->client = connect_to(pair->listener);
    ck_assert_int_eq(sq_socket_accept(pair->listener, &pair->server, NULL), SQ_SOCKET_ACCEPTED);
}

static struct pair open_pair(void)
{
    struct pair pair = {.listener = listen_anywhere()};
    connect_pair(&pair);
    return pair;
}

static void close_pair(struct pair *pair)
{
    sq_socket_close(pair->client);
    sq_socket_close(pair->server);
    sq_socket_close(pair->listener);
}

/* Reads to the end of the connection: 0 for FIN, else the error number. */
static int read_to_end(int fd, char *seen, size_t room, size_t *n_seen)
{
    *n_seen = 0;
    for (;;) {
        ssize_t n_bytes = recv(fd, seen + *n_seen, room - *n_seen, 0);
        if (n_bytes <= 0) {
            return n_bytes == 0 ? 0 : errno;
        }
        *n_seen += (size_t)n_bytes;
        ck_assert_uint_lt(*n_seen, room);
    }
}

static void wait_until_acknowledged(int fd)
{
    int64_t give_up_ns = sq_clock_real_ns() + 10 * SQ_SECOND;
    while (sq_socket_unacknowledged_bytes(fd) > 0) {
        ck_assert_int_lt(sq_clock_real_ns(), give_up_ns);
    }
}

START_TEST(test_listen_on_port_zero_takes_free_ports)
{
    int first = listen_anywhere();
    int second = listen_anywhere();
    ck_assert_uint_ne(sq_socket_local_port(first), 0);
    ck_assert_uint_ne(sq_socket_local_port(first), sq_socket_local_port(second));
    ck_assert((fcntl(first, F_GETFL) & O_NONBLOCK) != 0);
    ck_assert((fcntl(first, F_GETFD) & FD_CLOEXEC) != 0);
    sq_socket_close(first);
    sq_socket_close(second);
}
END_TEST

START_TEST(test_listen_on_taken_port_says_so_with_a_hint)
{
    int first = listen_anywhere();
    int second = -1;
    struct sq_error err = {0};
    uint16_t port = sq_socket_local_port(first);
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, port, 1, &second, &err), SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot listen on \"127.0.0.1\" port "));
    ck_assert_ptr_nonnull(strstr(err.text, ": address already in use"));
    ck_assert_str_eq(err.hint, "choose another port, or 0 for any free one");
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, port, 1, &second, NULL), SQ_ENVIRONMENT);
    ck_assert_int_eq(second, -1);
    sq_socket_close(first);
}
END_TEST

/* SO_REUSEADDR: a server that is started again finds its port, though old connections linger. */
START_TEST(test_listen_again_after_connections_ended_works)
{
    struct pair pair = open_pair();
    uint16_t port = sq_socket_local_port(pair.listener);
    sq_socket_close(pair.server); /* who closes first lingers */
    sq_socket_close(pair.client);
    sq_socket_close(pair.listener);
    int again = -1;
    struct sq_error err = {0};
    ck_assert_msg(sq_socket_listen(SQ_SOCKET_LOOPBACK, port, 1, &again, &err) == SQ_OK, "%s",
                  err.text);
    sq_socket_close(again);
}
END_TEST

START_TEST(test_listen_on_what_is_no_address_is_invalid)
{
    const char *bad[] = {"localhost", "", "127.0.0.256", "::1::", "example.com"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = -1;
        struct sq_error err = {0};
        ck_assert_int_eq(sq_socket_listen(bad[i], 0, 1, &fd, &err), SQ_INVALID);
        ck_assert_ptr_nonnull(strstr(err.text, "is no numeric address"));
        ck_assert_int_eq(sq_socket_connect(bad[i], 1, &fd, &err), SQ_INVALID);
        ck_assert_int_eq(fd, -1);
    }
}
END_TEST

START_TEST(test_listen_on_address_of_another_machine_is_a_limit_of_ours)
{
    int fd = -1;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_socket_listen("192.0.2.1", 0, 1, &fd, &err), SQ_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot assign requested address"));
}
END_TEST

START_TEST(test_listen_on_ipv6_loopback_where_there_is_one_works)
{
    int listener = -1;
    if (sq_socket_listen("::1", 0, 1, &listener, NULL) != SQ_OK) {
        return; /* a machine without IPv6 */
    }
    int client = -1;
    ck_assert_int_eq(sq_socket_connect("::1", sq_socket_local_port(listener), &client, NULL),
                     SQ_OK);
    sq_socket_close(client);
    sq_socket_close(listener);
}
END_TEST

START_TEST(test_accept_when_nobody_waits_is_none)
{
    int listener = listen_anywhere();
    int fd = -7;
    ck_assert_int_eq(sq_socket_accept(listener, &fd, NULL), SQ_SOCKET_NONE);
    ck_assert_int_eq(fd, -7);
    sq_socket_close(listener);
}
END_TEST

START_TEST(test_accept_gives_a_non_blocking_descriptor_that_is_not_inherited)
{
    struct pair pair = open_pair();
    ck_assert((fcntl(pair.server, F_GETFL) & O_NONBLOCK) != 0);
    ck_assert((fcntl(pair.server, F_GETFD) & FD_CLOEXEC) != 0);
    ck_assert((fcntl(pair.client, F_GETFL) & O_NONBLOCK) == 0);
    ck_assert((fcntl(pair.client, F_GETFD) & FD_CLOEXEC) != 0);
    ck_assert_uint_eq(sq_socket_local_port(pair.server), sq_socket_local_port(pair.listener));
    close_pair(&pair);
}
END_TEST

START_TEST(test_accept_without_descriptors_is_exhausted_and_the_connection_waits)
{
    struct pair pair = {.listener = listen_anywhere()};
    pair.client = connect_to(pair.listener);
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct sq_error err = {0};
    enum sq_socket_accepted accepted = sq_socket_accept(pair.listener, &pair.server, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(accepted, SQ_SOCKET_EXHAUSTED);
    ck_assert_int_eq(err.status, SQ_LIMIT);
    ck_assert_str_eq(err.text, "cannot accept a connection: too many open files");
    ck_assert_int_eq(sq_socket_accept(pair.listener, &pair.server, &err), SQ_SOCKET_ACCEPTED);
    close_pair(&pair);
}
END_TEST

START_TEST(test_accept_on_what_does_not_listen_is_broken)
{
    struct pair pair = open_pair();
    int fd = -1;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_socket_accept(pair.server, &fd, &err), SQ_SOCKET_BROKEN);
    ck_assert_str_eq(err.text, "cannot accept a connection: invalid argument");
    ck_assert_int_eq(sq_socket_accept(-1, &fd, &err), SQ_SOCKET_BROKEN);
    close_pair(&pair);
}
END_TEST

START_TEST(test_connect_to_closed_port_is_refused)
{
    int listener = listen_anywhere();
    uint16_t port = sq_socket_local_port(listener);
    sq_socket_close(listener);
    int fd = -1;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_socket_connect(SQ_SOCKET_LOOPBACK, port, &fd, &err), SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "connection refused"));
    ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(test_send_all_then_close_is_the_bytes_and_fin)
{
    struct pair pair = open_pair();
    sq_socket_send_at_once(pair.server);
    ck_assert_int_eq(sq_socket_send_all(pair.server, "exactly", 7, SQ_SECOND, NULL), SQ_OK);
    sq_socket_close(pair.server);
    pair.server = -1;
    char seen[64];
    size_t n_seen = 0;
    ck_assert_int_eq(read_to_end(pair.client, seen, sizeof(seen), &n_seen), 0);
    ck_assert_uint_eq(n_seen, 7);
    ck_assert_mem_eq(seen, "exactly", 7);
    close_pair(&pair);
}
END_TEST

START_TEST(test_send_at_once_sets_no_delay)
{
    struct pair pair = open_pair();
    sq_socket_send_at_once(pair.server);
    int on = 0;
    socklen_t length = sizeof(on);
    ck_assert_int_eq(getsockopt(pair.server, IPPROTO_TCP, TCP_NODELAY, &on, &length), 0);
    ck_assert_int_ne(on, 0);
    close_pair(&pair);
}
END_TEST

START_TEST(test_send_all_to_who_does_not_read_gives_up_in_time)
{
    static const char block[1 << 20];
    struct pair pair = open_pair();
    struct sq_error err = {0};
    enum sq_status status = SQ_OK;
    for (int i = 0; i < 64 && status == SQ_OK; i++) {
        status = sq_socket_send_all(pair.server, block, sizeof(block), 50 * SQ_MS, &err);
    }
    ck_assert_int_eq(status, SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "timed out"));
    ck_assert_uint_gt(sq_socket_unacknowledged_bytes(pair.server), 0);
    close_pair(&pair);
}
END_TEST

START_TEST(test_send_all_to_who_left_is_an_error_and_no_signal)
{
    struct pair pair = open_pair();
    ck_assert_int_eq(sq_socket_reset(pair.client, NULL), SQ_OK);
    struct sq_error err = {0};
    enum sq_status status = SQ_OK;
    for (int i = 0; i < 1000 && status == SQ_OK; i++) {
        status = sq_socket_send_all(pair.server, "x", 1, SQ_SECOND, &err);
    }
    ck_assert_int_eq(status, SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot send the last 1 bytes: "));
    close_pair(&pair);
}
END_TEST

START_TEST(test_unacknowledged_of_idle_or_closed_socket_is_zero)
{
    struct pair pair = open_pair();
    ck_assert_uint_eq(sq_socket_unacknowledged_bytes(pair.server), 0);
    ck_assert_uint_eq(sq_socket_unacknowledged_bytes(-1), 0);
    close_pair(&pair);
}
END_TEST

/* The exact ending the scripted resets rely on: every byte arrives, then ECONNRESET, every time. */
START_TEST(test_reset_after_acknowledgement_delivers_every_byte_a_thousand_times)
{
    static const char body[8000] = "first";
    struct pair pair = {.listener = listen_anywhere()};
    for (size_t i = 0; i < N_RESETS; i++) {
        size_t length = 1 + i * 7 % sizeof(body);
        connect_pair(&pair);
        sq_socket_send_at_once(pair.server);
        ck_assert_int_eq(sq_socket_send_all(pair.server, body, length, SQ_SECOND, NULL), SQ_OK);
        wait_until_acknowledged(pair.server);
        ck_assert_int_eq(sq_socket_reset(pair.server, NULL), SQ_OK);
        char seen[sizeof(body) + 1];
        size_t n_seen = 0;
        ck_assert_int_eq(read_to_end(pair.client, seen, sizeof(seen), &n_seen), ECONNRESET);
        ck_assert_uint_eq(n_seen, length);
        ck_assert_mem_eq(seen, body, length);
        sq_socket_close(pair.server);
        sq_socket_close(pair.client);
    }
    sq_socket_close(pair.listener);
}
END_TEST

START_TEST(test_reset_of_untouched_connection_is_seen_by_its_peer)
{
    struct pair pair = open_pair();
    ck_assert_int_eq(sq_socket_reset(pair.server, NULL), SQ_OK);
    char seen[8];
    size_t n_seen = 0;
    ck_assert_int_eq(read_to_end(pair.client, seen, sizeof(seen), &n_seen), ECONNRESET);
    ck_assert_uint_eq(n_seen, 0);
    close_pair(&pair);
}
END_TEST

START_TEST(test_reset_of_no_socket_says_why)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_socket_reset(-1, &err), SQ_ENVIRONMENT);
    ck_assert_str_eq(err.text, "cannot reset a connection: bad file descriptor");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("socket");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_listen_on_port_zero_takes_free_ports);
    tcase_add_test(tests, test_listen_on_taken_port_says_so_with_a_hint);
    tcase_add_test(tests, test_listen_again_after_connections_ended_works);
    tcase_add_test(tests, test_listen_on_what_is_no_address_is_invalid);
    tcase_add_test(tests, test_listen_on_address_of_another_machine_is_a_limit_of_ours);
    tcase_add_test(tests, test_listen_on_ipv6_loopback_where_there_is_one_works);
    tcase_add_test(tests, test_accept_when_nobody_waits_is_none);
    tcase_add_test(tests, test_accept_gives_a_non_blocking_descriptor_that_is_not_inherited);
    tcase_add_test(tests, test_accept_without_descriptors_is_exhausted_and_the_connection_waits);
    tcase_add_test(tests, test_accept_on_what_does_not_listen_is_broken);
    tcase_add_test(tests, test_connect_to_closed_port_is_refused);
    tcase_add_test(tests, test_send_all_then_close_is_the_bytes_and_fin);
    tcase_add_test(tests, test_send_at_once_sets_no_delay);
    tcase_add_test(tests, test_send_all_to_who_does_not_read_gives_up_in_time);
    tcase_add_test(tests, test_send_all_to_who_left_is_an_error_and_no_signal);
    tcase_add_test(tests, test_unacknowledged_of_idle_or_closed_socket_is_zero);
    tcase_add_test(tests, test_reset_after_acknowledgement_delivers_every_byte_a_thousand_times);
    tcase_add_test(tests, test_reset_of_untouched_connection_is_seen_by_its_peer);
    tcase_add_test(tests, test_reset_of_no_socket_says_why);
    Suite *suite = suite_create("socket");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
