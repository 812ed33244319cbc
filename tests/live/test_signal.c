/* SPDX-License-Identifier: MIT */
/* SIGINT and SIGTERM are read while caught, and end the process again afterwards. */
#include "host/signal.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/time.h"
#include "host/epoll.h"

static struct sq_signals open_signals(void)
{
    struct sq_signals signals;
    struct sq_error err = {0};
    ck_assert_msg(sq_signals_open(&signals, &err) == SQ_OK, "%s", err.text);
    return signals;
}

START_TEST(test_take_when_nothing_came_is_zero)
{
    struct sq_signals signals = open_signals();
    ck_assert_int_eq(sq_signals_take(&signals), 0);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_take_gives_each_signal_once)
{
    struct sq_signals signals = open_signals();
    kill(getpid(), SIGTERM);
    ck_assert_int_eq(sq_signals_take(&signals), SIGTERM);
    ck_assert_int_eq(sq_signals_take(&signals), 0);
    kill(getpid(), SIGINT);
    ck_assert_int_eq(sq_signals_take(&signals), SIGINT);
    ck_assert_int_eq(sq_signals_take(&signals), 0);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_signal_that_the_parent_ignored_is_caught)
{
    signal(SIGINT, SIG_IGN);
    struct sq_signals signals = open_signals();
    kill(getpid(), SIGINT);
    ck_assert_int_eq(sq_signals_take(&signals), SIGINT);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_signal_ends_a_wait)
{
    struct sq_signals signals = open_signals();
    struct sq_epoll epoll;
    ck_assert_int_eq(sq_epoll_init(&epoll, NULL), SQ_OK);
    ck_assert_int_eq(sq_epoll_add(&epoll, signals.fd, SQ_EPOLL_READ, 5, NULL), SQ_OK);
    struct sq_epoll_event event;
    ck_assert_int_eq(sq_epoll_wait(&epoll, &event, 1, 0), 0);
    kill(getpid(), SIGINT);
    ck_assert_int_eq(sq_epoll_wait(&epoll, &event, 1, SQ_NEVER), 1);
    ck_assert_uint_eq(event.tag, 5);
    ck_assert_int_eq(sq_signals_take(&signals), SIGINT);
    sq_epoll_clear(&epoll);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_close_lets_the_next_signal_end_the_process)
{
    signal(SIGINT, SIG_DFL); /* Check has a handler of its own */
    struct sq_signals signals = open_signals();
    kill(getpid(), SIGINT);
    ck_assert_int_eq(sq_signals_take(&signals), SIGINT);
    sq_signals_close(&signals);
    kill(getpid(), SIGINT);
}
END_TEST

START_TEST(test_close_twice_and_reopen_works)
{
    struct sq_signals signals = open_signals();
    sq_signals_close(&signals);
    sq_signals_close(&signals);
    signals = open_signals();
    kill(getpid(), SIGTERM);
    ck_assert_int_eq(sq_signals_take(&signals), SIGTERM);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_close_keeps_blocked_what_was_blocked_before)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    struct sq_signals signals = open_signals();
    sq_signals_close(&signals);
    sigset_t after;
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &after), 0);
    ck_assert_int_eq(sigismember(&after, SIGTERM), 1);
    ck_assert_int_eq(sigismember(&after, SIGINT), 0);
}
END_TEST

START_TEST(test_write_to_nobody_when_pipe_signal_is_ignored_fails)
{
    sq_signals_ignore_pipe();
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert_int_eq(write(ends[1], "x", 1), -1);
    close(ends[1]);
}
END_TEST

START_TEST(test_write_beyond_the_size_limit_when_its_signal_is_ignored_fails)
{
    sq_signals_ignore_size_limit();
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = 1;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(write(fileno(file), "ab", 2), 1);
    ck_assert_int_eq(write(fileno(file), "b", 1), -1);
    ck_assert_int_eq(errno, EFBIG);
    (void)fclose(file);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("signal");
    tcase_add_test(tests, test_take_when_nothing_came_is_zero);
    tcase_add_test(tests, test_take_gives_each_signal_once);
    tcase_add_test(tests, test_signal_that_the_parent_ignored_is_caught);
    tcase_add_test(tests, test_signal_ends_a_wait);
    tcase_add_test_raise_signal(tests, test_close_lets_the_next_signal_end_the_process, SIGINT);
    tcase_add_test(tests, test_close_twice_and_reopen_works);
    tcase_add_test(tests, test_close_keeps_blocked_what_was_blocked_before);
    tcase_add_test(tests, test_write_beyond_the_size_limit_when_its_signal_is_ignored_fails);
    tcase_add_test(tests, test_write_to_nobody_when_pipe_signal_is_ignored_fails);
    Suite *suite = suite_create("signal");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
