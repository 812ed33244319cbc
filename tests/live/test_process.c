/* SPDX-License-Identifier: MIT */
/* A program beside us: its environment, its streams, signals, its end. */
#include "host/process.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static struct sq_process start(const char *script, const char *const *additions, size_t n)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct sq_process process = {0};
    struct sq_error err = {0};
    ck_assert_msg(sq_process_start(argv, additions, n, &process, &err) == SQ_OK, "%s", err.text);
    ck_assert_int_gt(process.id, 0);
    return process;
}

static struct sq_process_end wait_for(struct sq_process *process)
{
    struct sq_process_end end = {0};
    struct pollfd ended = {.fd = process->ended_fd, .events = POLLIN};
    ck_assert_int_eq(poll(&ended, 1, PATIENCE_MS), 1);
    sq_process_wait(process, &end);
    ck_assert_int_eq(process->id, 0);
    return end;
}

static int exit_code_of(const char *script, const char *const *additions, size_t n)
{
    struct sq_process process = start(script, additions, n);
    struct sq_process_end end = wait_for(&process);
    ck_assert_int_eq(end.ending, SQ_CHILD_EXITED);
    ck_assert_int_eq(end.signal_number, 0);
    return end.exit_code;
}

START_TEST(test_exit_code_is_told)
{
    ck_assert_int_eq(exit_code_of("exit 0", NULL, 0), 0);
    ck_assert_int_eq(exit_code_of("exit 37", NULL, 0), 37);
}
END_TEST

START_TEST(test_additions_replace_what_we_have_of_that_name_only)
{
    const char *const additions[] = {"SQ_TEST_A=new", "SQ_TEST_B=", "SQ_TEST=x=y"};
    ck_assert_int_eq(setenv("SQ_TEST_A", "old", 1), 0);
    ck_assert_int_eq(setenv("SQ_TEST_AB", "kept", 1), 0);
    ck_assert_int_eq(exit_code_of("test \"$SQ_TEST_A/$SQ_TEST_AB/${SQ_TEST_B-unset}/$SQ_TEST\" = "
                                  "new/kept//x=y && test $(env | grep -c ^SQ_TEST_A=) = 1",
                                  additions, 3),
                     0);
    ck_assert_str_eq(getenv("SQ_TEST_A"), "old");
}
END_TEST

START_TEST(test_standard_output_is_ours)
{
    int ends[2];
    char seen[16] = {0};
    ck_assert_int_eq(pipe(ends), 0);
    int kept = dup(STDOUT_FILENO);
    ck_assert_int_ge(dup2(ends[1], STDOUT_FILENO), 0);
    int code = exit_code_of("printf hello", NULL, 0);
    ck_assert_int_ge(dup2(kept, STDOUT_FILENO), 0);
    ck_assert_int_eq(code, 0);
    ck_assert_int_eq(read(ends[0], seen, sizeof seen - 1), 5);
    ck_assert_str_eq(seen, "hello");
}
END_TEST

START_TEST(test_signal_reaches_it_though_we_block_it)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    struct sq_process process = start("sleep 60 & wait", NULL, 0);
    sq_process_signal(&process, SIGTERM);
    struct sq_process_end end = wait_for(&process);
    ck_assert_int_eq(end.ending, SQ_CHILD_SIGNALED);
    ck_assert_int_eq(end.signal_number, SIGTERM);
    ck_assert_int_eq(end.exit_code, -1);
}
END_TEST

START_TEST(test_program_that_is_not_there_is_an_error_with_a_hint)
{
    const char *const argv[] = {"no-such-program-here", NULL};
    struct sq_process process = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_process_start(argv, NULL, 0, &process, &err), SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "no-such-program-here"));
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_eq(process.id, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *tests = tcase_create("process");
    tcase_add_test(tests, test_exit_code_is_told);
    tcase_add_test(tests, test_additions_replace_what_we_have_of_that_name_only);
    tcase_add_test(tests, test_standard_output_is_ours);
    tcase_add_test(tests, test_signal_reaches_it_though_we_block_it);
    tcase_add_test(tests, test_program_that_is_not_there_is_an_error_with_a_hint);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
