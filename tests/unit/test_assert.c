/* SPDX-License-Identifier: MIT */
/* The last words of a failed assert, read from a child process. */
#define _POSIX_C_SOURCE 200809L /* fork, pipe */
#include "base/assert.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct end {
    int exit_code;
    char said[1000];
};

/* Runs body in a child process with stderr on a pipe. */
static struct end end_of(void (*body)(void))
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body();
        _Exit(0);
    }
    close(ends[1]);
    struct end end = {0};
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], end.said + length, sizeof end.said - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(ends[0]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    end.exit_code = WEXITSTATUS(status);
    return end;
}

static void hold(void)
{
    int attempts = 1;
    sq_assert(attempts == 1);
}

static void fail_plainly(void)
{
    int attempts = 1;
    sq_assert(attempts == 2);
}

static void fail_in_context(void)
{
    sq_assert_context(1, 1, 1);
    sq_assert_context(UINT64_MAX, 42, -5);
    fail_plainly();
}

static void say_goodbye(void)
{
    fputs("exit handler ran\n", stderr);
}

static void fail_with_exit_handler(void)
{
    atexit(say_goodbye);
    fail_plainly();
}

START_TEST(test_assert_that_holds_says_nothing_and_goes_on)
{
    struct end end = end_of(hold);
    ck_assert_int_eq(end.exit_code, 0);
    ck_assert_str_eq(end.said, "");
}
END_TEST

START_TEST(test_assert_that_fails_names_condition_and_place_and_exits_70)
{
    struct end end = end_of(fail_plainly);
    ck_assert_int_eq(end.exit_code, 70);
    ck_assert_ptr_nonnull(strstr(end.said, "`attempts == 2`"));
    ck_assert_ptr_nonnull(strstr(end.said, "test_assert.c:"));
    ck_assert_ptr_null(strstr(end.said, "seed"));
}
END_TEST

START_TEST(test_assert_that_fails_names_the_last_context)
{
    struct end end = end_of(fail_in_context);
    ck_assert_int_eq(end.exit_code, 70);
    ck_assert_ptr_nonnull(
        strstr(end.said, "  while seed 18446744073709551615, call 42, at -5 ns\n"));
}
END_TEST

START_TEST(test_assert_that_fails_runs_no_exit_handler)
{
    struct end end = end_of(fail_with_exit_handler);
    ck_assert_int_eq(end.exit_code, 70);
    ck_assert_ptr_null(strstr(end.said, "exit handler"));
}
END_TEST

START_TEST(test_assert_evaluates_its_condition_once)
{
    int times = 0;
    sq_assert(++times == 1);
    ck_assert_int_eq(times, 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("assert");
    tcase_add_test(tests, test_assert_that_holds_says_nothing_and_goes_on);
    tcase_add_test(tests, test_assert_that_fails_names_condition_and_place_and_exits_70);
    tcase_add_test(tests, test_assert_that_fails_names_the_last_context);
    tcase_add_test(tests, test_assert_that_fails_runs_no_exit_handler);
    tcase_add_test(tests, test_assert_evaluates_its_condition_once);
    Suite *suite = suite_create("assert");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
