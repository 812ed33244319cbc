/* SPDX-License-Identifier: MIT */
/* Children end, fail, hang, shout and are missing. */
#include "host/child.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/clock.h"
#include "host/signal.h"

#define OUTPUT_MAX_BYTES 1000000

static struct sq_child_result run_order(const struct sq_child_order *order)
{
    struct sq_child_result result = {0};
    struct sq_error err = {0};
    sq_signals_ignore_pipe();
    ck_assert_msg(sq_child_run(order, &result, &err) == SQ_OK, "%s", err.text);
    return result;
}

/* Runs a shell script. */
static struct sq_child_result run(const char *script, const char *input)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct sq_child_order order = {.argv = argv,
                                   .input = input,
                                   .input_bytes = input == NULL ? 0 : strlen(input),
                                   .output_max_bytes = OUTPUT_MAX_BYTES,
                                   .timeout = 30 * SQ_SECOND};
    return run_order(&order);
}

static struct sq_child_result run_for(const char *script, sq_dur timeout)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct sq_child_order order = {
        .argv = argv, .output_max_bytes = OUTPUT_MAX_BYTES, .timeout = timeout};
    return run_order(&order);
}

START_TEST(test_run_captures_output_errors_and_exit_code)
{
    struct sq_child_result result = run("echo said; echo wrong >&2; exit 7", NULL);
    ck_assert_int_eq(result.ending, SQ_CHILD_EXITED);
    ck_assert_int_eq(result.exit_code, 7);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "said\n");
    ck_assert_str_eq(sq_strbuf_text(&result.errors), "wrong\n");
    ck_assert(!result.cut);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_passes_arguments_without_a_shell)
{
    const char *argv[] = {"printf", "%s|", "a b", "$HOME", "", NULL};
    struct sq_child_order order = {
        .argv = argv, .output_max_bytes = OUTPUT_MAX_BYTES, .timeout = 30 * SQ_SECOND};
    struct sq_child_result result = run_order(&order);
    ck_assert_int_eq(result.exit_code, 0);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "a b|$HOME||");
    sq_child_result_clear(&result);
}
END_TEST

/* More than every pipe on the way holds, so that feeding and draining must take turns. */
START_TEST(test_run_feeds_large_input_while_output_comes_back)
{
    size_t length = 900000;
    char *input = sq_memory_new(length + 1, 1);
    memset(input, 'x', length);
    input[0] = 'a';
    input[length - 1] = 'z';
    struct sq_child_result result = run("cat", input);
    ck_assert_uint_eq(result.output.length, length);
    ck_assert_str_eq(sq_strbuf_text(&result.output), input);
    sq_child_result_clear(&result);
    sq_memory_free(input);
}
END_TEST

START_TEST(test_run_without_input_gives_an_empty_one)
{
    struct sq_child_result result = run("wc -c", NULL);
    ck_assert_int_eq(result.exit_code, 0);
    ck_assert_int_eq(sq_strbuf_text(&result.output)[0], '0');
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_when_child_reads_nothing_still_ends)
{
    size_t length = 900000;
    char *input = sq_memory_new(length + 1, 1);
    memset(input, 'x', length);
    struct sq_child_result result = run("exec <&-; sleep 0.1; exit 3", input);
    ck_assert_int_eq(result.exit_code, 3);
    sq_child_result_clear(&result);
    sq_memory_free(input);
}
END_TEST

START_TEST(test_run_of_output_at_the_limit_is_whole_and_one_byte_more_is_cut)
{
    const char *argv[] = {"printf", "12345", NULL};
    struct sq_child_order order = {.argv = argv, .output_max_bytes = 5, .timeout = 30 * SQ_SECOND};
    struct sq_child_result whole = run_order(&order);
    ck_assert(!whole.cut);
    ck_assert_str_eq(sq_strbuf_text(&whole.output), "12345");
    sq_child_result_clear(&whole);
    order.output_max_bytes = 4;
    struct sq_child_result cut = run_order(&order);
    ck_assert(cut.cut);
    ck_assert_int_eq(cut.exit_code, 0);
    ck_assert_str_eq(sq_strbuf_text(&cut.output), "1234");
    sq_child_result_clear(&cut);
}
END_TEST

START_TEST(test_run_past_its_time_kills_the_child)
{
    int64_t before_ns = sq_clock_real_ns();
    struct sq_child_result result = run_for("echo begun; exec sleep 60", 300 * SQ_MS);
    int64_t lasted_ns = sq_clock_real_ns() - before_ns;
    ck_assert_int_eq(result.ending, SQ_CHILD_TIMED_OUT);
    ck_assert_int_eq(result.exit_code, -1);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "begun\n");
    ck_assert_int_ge(lasted_ns, 300 * SQ_MS);
    ck_assert_int_lt(lasted_ns, 20 * SQ_SECOND);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_past_its_time_kills_what_the_child_started)
{
    struct sq_child_result result = run_for("sleep 60 & printf $!; wait", 300 * SQ_MS);
    ck_assert_int_eq(result.ending, SQ_CHILD_TIMED_OUT);
    ck_assert_uint_gt(result.output.length, 1); /* the number of what it started */
    /* A killed orphan is there until its new parent has looked: a zombie has no command line. */
    struct sq_strbuf path = {0};
    sq_strbuf_add_format(&path, "/proc/%s/exe", sq_strbuf_text(&result.output));
    char target[256];
    ssize_t n_bytes = 0;
    for (int i = 0; i < 1000 && n_bytes >= 0; i++) {
        n_bytes = readlink(sq_strbuf_text(&path), target, sizeof(target));
        usleep(1000);
    }
    ck_assert_int_lt(n_bytes, 0);
    sq_strbuf_clear(&path);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_of_endless_output_meets_its_time)
{
    struct sq_child_result result = run_for("yes", 300 * SQ_MS);
    ck_assert_int_eq(result.ending, SQ_CHILD_TIMED_OUT);
    ck_assert(result.cut);
    ck_assert_uint_eq(result.output.length, OUTPUT_MAX_BYTES);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_does_not_wait_for_who_inherited_the_output)
{
    int64_t before_ns = sq_clock_real_ns();
    struct sq_child_result result = run_for("sleep 8 & echo done", SQ_NEVER);
    ck_assert_int_eq(result.ending, SQ_CHILD_EXITED);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "done\n");
    ck_assert_int_lt(sq_clock_real_ns() - before_ns, 7 * SQ_SECOND);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_of_child_that_dies_by_a_signal_names_it)
{
    struct sq_child_result result = run("kill -TERM $$", NULL);
    ck_assert_int_eq(result.ending, SQ_CHILD_SIGNALED);
    ck_assert_int_eq(result.signal_number, SIGTERM);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_starts_the_child_with_default_signals)
{
    struct sq_signals signals;
    ck_assert_int_eq(sq_signals_open(&signals, NULL), SQ_OK);
    struct sq_child_result blocked = run("grep '^SigBlk' /proc/self/status", NULL);
    ck_assert_str_eq(sq_strbuf_text(&blocked.output), "SigBlk:\t0000000000000000\n");
    sq_child_result_clear(&blocked);
    /* Signals 1 to 28; the C library keeps two of its own, above them, ignored. */
    struct sq_child_result result =
        run("grep '^SigIgn' /proc/self/status | grep -o '.......$'", NULL);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "0000000\n");
    sq_child_result_clear(&result);
    sq_signals_close(&signals);
}
END_TEST

START_TEST(test_run_hands_on_no_descriptors_of_ours)
{
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    struct sq_child_result result = run("ls -l /proc/self/fd", "some input");
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&result.output), "pipe:["));
    ck_assert_ptr_null(strstr(sq_strbuf_text(&result.output), "/dev/zero"));
    sq_child_result_clear(&result);
    close(fd);
}
END_TEST

START_TEST(test_run_when_our_standard_descriptors_are_closed_works)
{
    int kept_in = dup(STDIN_FILENO);
    int kept_out = dup(STDOUT_FILENO);
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    struct sq_child_result result = run("cat; echo wrong >&2", "through");
    if (kept_in >= 0) {
        dup2(kept_in, STDIN_FILENO);
    }
    dup2(kept_out, STDOUT_FILENO);
    ck_assert_str_eq(sq_strbuf_text(&result.output), "through");
    ck_assert_str_eq(sq_strbuf_text(&result.errors), "wrong\n");
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_of_missing_program_says_so)
{
    const char *argv[] = {"squall-no-such-program", NULL};
    struct sq_child_order order = {.argv = argv, .timeout = SQ_SECOND};
    struct sq_child_result result = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_child_run(&order, &result, &err), SQ_ENVIRONMENT);
    ck_assert_str_eq(err.text, "cannot run \"squall-no-such-program\": no such file or directory");
    ck_assert_str_eq(err.hint, "install it, or add its folder to PATH");
    ck_assert_int_eq(sq_child_run(&order, &result, NULL), SQ_ENVIRONMENT);
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_run_of_file_that_is_no_program_says_so)
{
    const char *argv[] = {"/dev/null", NULL};
    struct sq_child_order order = {.argv = argv, .timeout = SQ_SECOND};
    struct sq_child_result result = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_child_run(&order, &result, &err), SQ_ENVIRONMENT);
    ck_assert_str_eq(err.text, "cannot run \"/dev/null\": permission denied");
    sq_child_result_clear(&result);
}
END_TEST

START_TEST(test_exists_tells_programs_from_other_names)
{
    ck_assert(sq_child_exists("sh"));
    ck_assert(sq_child_exists("/bin/sh"));
    ck_assert(!sq_child_exists("squall-no-such-program"));
    ck_assert(!sq_child_exists(""));
    ck_assert(!sq_child_exists("/bin"));
    ck_assert(!sq_child_exists("/etc/passwd"));
}
END_TEST

START_TEST(test_exists_looks_in_each_folder_of_path)
{
    ck_assert_int_eq(setenv("PATH", "/nonexistent:/bin", 1), 0);
    ck_assert(sq_child_exists("sh"));
    ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
    ck_assert(!sq_child_exists("sh"));
    ck_assert_int_eq(setenv("PATH", "/nonexistent:", 1), 0);
    ck_assert_int_eq(chdir("/bin"), 0);
    ck_assert(sq_child_exists("sh"));
    ck_assert_int_eq(unsetenv("PATH"), 0);
    ck_assert(sq_child_exists("sh"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("child");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_run_captures_output_errors_and_exit_code);
    tcase_add_test(tests, test_run_passes_arguments_without_a_shell);
    tcase_add_test(tests, test_run_feeds_large_input_while_output_comes_back);
    tcase_add_test(tests, test_run_without_input_gives_an_empty_one);
    tcase_add_test(tests, test_run_when_child_reads_nothing_still_ends);
    tcase_add_test(tests, test_run_of_output_at_the_limit_is_whole_and_one_byte_more_is_cut);
    tcase_add_test(tests, test_run_past_its_time_kills_the_child);
    tcase_add_test(tests, test_run_past_its_time_kills_what_the_child_started);
    tcase_add_test(tests, test_run_of_endless_output_meets_its_time);
    tcase_add_test(tests, test_run_does_not_wait_for_who_inherited_the_output);
    tcase_add_test(tests, test_run_of_child_that_dies_by_a_signal_names_it);
    tcase_add_test(tests, test_run_starts_the_child_with_default_signals);
    tcase_add_test(tests, test_run_hands_on_no_descriptors_of_ours);
    tcase_add_test(tests, test_run_when_our_standard_descriptors_are_closed_works);
    tcase_add_test(tests, test_run_of_missing_program_says_so);
    tcase_add_test(tests, test_run_of_file_that_is_no_program_says_so);
    tcase_add_test(tests, test_exists_tells_programs_from_other_names);
    tcase_add_test(tests, test_exists_looks_in_each_folder_of_path);
    Suite *suite = suite_create("child");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
