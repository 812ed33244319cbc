/* SPDX-License-Identifier: MIT */
/* Real files in a folder of their own: what is read, what is replaced, and what every refusal says.
 */
#include "host/file.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/signal.h"
#include "tests/support/temporary_folder.h"

#define NOBODY 65534

static const char *in_folder(const char *name)
{
    return sq_temporary_folder_path(name);
}

static void check_content(const char *path, const char *expected)
{
    struct sq_strbuf content = sq_temporary_folder_content(path);
    ck_assert_str_eq(sq_strbuf_text(&content), expected);
    sq_strbuf_clear(&content);
}

static void write_ok(const char *path, const char *text)
{
    struct sq_error err = {0};
    ck_assert_msg(sq_file_write(path, text, strlen(text), &err) == SQ_OK, "%s", err.text);
}

/* Expects the refusal to name the path and this reason. */
static void check_refusal(const struct sq_error *err, const char *what, const char *path,
                          const char *reason)
{
    struct sq_strbuf expected = {0};
    sq_strbuf_add_format(&expected, "cannot %s \"%s\": %s", what, path, reason);
    ck_assert_str_eq(err->text, sq_strbuf_text(&expected));
    ck_assert_int_eq(err->status, SQ_ENVIRONMENT);
    sq_strbuf_clear(&expected);
}

static void refuse_write(const char *path, const char *reason)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_file_write(path, "new", 3, &err), SQ_ENVIRONMENT);
    check_refusal(&err, "write", path, reason);
    ck_assert_int_eq(sq_file_write(path, "new", 3, NULL), SQ_ENVIRONMENT);
}

static void refuse_read(const char *path, const char *reason)
{
    struct sq_strbuf content = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_file_read(path, 100, &content, &err), SQ_ENVIRONMENT);
    check_refusal(&err, "read", path, reason);
    sq_strbuf_clear(&content);
}

/* The tests may run as root, whom no permission stops. */
static bool become_nobody(void)
{
    return geteuid() != 0 || seteuid(NOBODY) == 0;
}

static void become_ourselves(void)
{
    ck_assert_int_eq(seteuid(getuid()), 0);
}

/* ---- reading ---- */

START_TEST(test_read_adds_the_whole_file_with_its_zero_bytes)
{
    const char *path = in_folder("in");
    ck_assert_int_eq(sq_file_write(path, "a\0b\n", 4, NULL), SQ_OK);
    struct sq_strbuf content = {0};
    sq_strbuf_add(&content, "before ");
    ck_assert_int_eq(sq_file_read(path, 100, &content, NULL), SQ_OK);
    ck_assert_uint_eq(content.length, 11);
    ck_assert_mem_eq(sq_strbuf_text(&content), "before a\0b\n", 11);
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_read_at_the_limit_is_accepted_and_one_byte_more_is_refused)
{
    const char *path = in_folder("in");
    write_ok(path, "12345");
    struct sq_strbuf content = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_file_read(path, 5, &content, &err), SQ_OK);
    ck_assert_str_eq(sq_strbuf_text(&content), "12345");
    ck_assert_int_eq(sq_file_read(path, 4, &content, &err), SQ_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "/in\" is larger than 4 bytes, the limit"));
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_read_of_endless_file_stops_at_the_limit)
{
    struct sq_strbuf content = {0};
    ck_assert_int_eq(sq_file_read("/dev/zero", 200000, &content, NULL), SQ_INVALID);
    ck_assert_uint_le(content.length, 200000);
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_read_of_empty_file_adds_nothing)
{
    struct sq_strbuf content = {0};
    ck_assert_int_eq(sq_file_read("/dev/null", 0, &content, NULL), SQ_OK);
    ck_assert_uint_eq(content.length, 0);
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_read_of_dash_is_standard_input)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct sq_strbuf content = {0};
    ck_assert_int_eq(sq_file_read("-", 100, &content, NULL), SQ_OK);
    ck_assert_str_eq(sq_strbuf_text(&content), "piped");
    sq_strbuf_clear(&content);
    close(ends[0]);
}
END_TEST

START_TEST(test_read_that_fails_names_path_and_reason)
{
    refuse_read(in_folder("missing"), "no such file or directory");
    refuse_read(in_folder(""), "is a directory");
    const char *secret = in_folder("secret");
    write_ok(secret, "x");
    ck_assert_int_eq(chmod(secret, 0), 0);
    ck_assert(become_nobody());
    refuse_read(secret, "permission denied");
    become_ourselves();
}
END_TEST

/* ---- writing, whole ---- */

START_TEST(test_write_makes_the_file_and_leaves_nothing_else)
{
    const char *path = in_folder("out");
    mode_t mask = umask(027);
    write_ok(path, "first");
    umask(mask);
    check_content(path, "first");
    struct stat made;
    ck_assert_int_eq(stat(path, &made), 0);
    ck_assert_uint_eq(made.st_mode & 0777, 0640);
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

START_TEST(test_write_of_existing_file_replaces_it_and_keeps_its_mode)
{
    const char *path = in_folder("out");
    write_ok(path, "a longer text than the second");
    ck_assert_int_eq(chmod(path, 0606), 0);
    write_ok(path, "second");
    check_content(path, "second");
    struct stat kept;
    ck_assert_int_eq(stat(path, &kept), 0);
    ck_assert_uint_eq(kept.st_mode & 0777, 0606);
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

START_TEST(test_write_lets_a_reader_of_the_old_file_finish)
{
    const char *path = in_folder("out");
    write_ok(path, "old");
    FILE *reader = fopen(path, "rb");
    ck_assert_ptr_nonnull(reader);
    write_ok(path, "new");
    char seen[8] = {0};
    ck_assert_uint_eq(fread(seen, 1, sizeof(seen), reader), 3);
    ck_assert_str_eq(seen, "old");
    fclose(reader);
}
END_TEST

START_TEST(test_write_through_a_link_replaces_what_it_names)
{
    const char *target = in_folder("target");
    const char *link = in_folder("link");
    write_ok(target, "old");
    ck_assert_int_eq(symlink("target", link), 0);
    write_ok(link, "new");
    check_content(target, "new");
    struct stat entry;
    ck_assert_int_eq(lstat(link, &entry), 0);
    ck_assert(S_ISLNK(entry.st_mode));
}
END_TEST

START_TEST(test_write_to_a_link_to_nothing_is_refused_and_keeps_the_link)
{
    const char *link = in_folder("link");
    ck_assert_int_eq(symlink("nothing", link), 0);
    refuse_write(link, "no such file or directory");
    struct stat entry;
    ck_assert_int_eq(lstat(link, &entry), 0);
    ck_assert(S_ISLNK(entry.st_mode));
}
END_TEST

START_TEST(test_write_with_a_bare_name_goes_to_the_current_folder)
{
    ck_assert_int_eq(chdir(in_folder("")), 0);
    write_ok("bare", "here");
    check_content("bare", "here");
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(test_write_of_nothing_makes_an_empty_file)
{
    const char *path = in_folder("out");
    write_ok(path, "");
    check_content(path, "");
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

START_TEST(test_write_that_fails_names_path_and_reason)
{
    refuse_write("/dev/full", "no space left on device");
    refuse_write(in_folder("missing/out"), "no such file or directory");
    refuse_write(in_folder(""), "is a directory");
    write_ok(in_folder("file"), "x");
    refuse_write(in_folder("file/out"), "not a directory");
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

START_TEST(test_write_into_missing_folder_hints_at_it)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_file_write(in_folder("missing/out"), "x", 1, &err), SQ_ENVIRONMENT);
    ck_assert_str_eq(err.hint, "create its directory first");
}
END_TEST

START_TEST(test_write_into_read_only_folder_is_refused)
{
    const char *folder = in_folder("locked");
    ck_assert_int_eq(mkdir(folder, 0555), 0);
    ck_assert_int_eq(chmod(in_folder(""), 0755), 0);
    ck_assert(become_nobody());
    refuse_write(in_folder("locked/out"), "permission denied");
    become_ourselves();
}
END_TEST

START_TEST(test_write_of_read_only_file_is_refused_and_keeps_it)
{
    ck_assert_int_eq(chmod(in_folder(""), 0777), 0);
    const char *path = in_folder("out");
    write_ok(path, "old");
    ck_assert_int_eq(chmod(path, 0444), 0);
    ck_assert(become_nobody());
    refuse_write(path, "permission denied");
    become_ourselves();
    check_content(path, "old");
}
END_TEST

START_TEST(test_write_steps_over_leftovers_of_a_crash)
{
    struct sq_strbuf name = {0};
    sq_strbuf_add_format(&name, ".squall-%ld-0.tmp", (long)getpid());
    sq_temporary_folder_put(in_folder(sq_strbuf_text(&name)), "leftover");
    write_ok(in_folder("out"), "new");
    check_content(in_folder("out"), "new");
    check_content(in_folder(sq_strbuf_text(&name)), "leftover");
    sq_strbuf_clear(&name);
}
END_TEST

START_TEST(test_write_to_a_named_pipe_reaches_its_reader)
{
    const char *path = in_folder("pipe");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    write_ok(path, "through");
    char seen[16] = {0};
    ck_assert_int_eq(read(reader, seen, sizeof(seen)), 7);
    ck_assert_str_eq(seen, "through");
    close(reader);
    struct stat entry;
    ck_assert_int_eq(stat(path, &entry), 0);
    ck_assert(S_ISFIFO(entry.st_mode));
}
END_TEST

/* With standard output in a file, "/dev/stdout" appends there; replacing would lose the rest. */
START_TEST(test_write_to_dev_stdout_keeps_what_was_printed_before_and_after)
{
    const char *path = in_folder("printed");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    int kept = dup(STDOUT_FILENO);
    ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert_int_eq(write(STDOUT_FILENO, "before ", 7), 7);
    enum sq_status status = sq_file_write("/dev/stdout", "report ", 7, NULL);
    ck_assert_int_eq(write(STDOUT_FILENO, "after", 5), 5);
    ck_assert_int_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    close(kept);
    close(fd);
    ck_assert_int_eq(status, SQ_OK);
    check_content(path, "before report after");
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

/* ---- writing, as a stream ---- */

static struct sq_error write_stream(int fd, size_t n_lines)
{
    struct sq_error err = {0};
    struct sq_file_writer writer;
    sq_file_writer_init(&writer, fd, "standard output");
    for (size_t i = 0; i < n_lines; i++) {
        sq_file_writer_add_text(&writer, "0123456789abcde\n");
    }
    enum sq_status status = sq_file_writer_finish(&writer, &err);
    ck_assert_int_eq(status, err.status);
    return err;
}

START_TEST(test_writer_keeps_order_across_its_buffer)
{
    static char large[SQ_FILE_WRITER_BUFFER_BYTES + 1];
    memset(large, 'L', sizeof(large));
    const char *path = in_folder("out");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    struct sq_file_writer writer;
    sq_file_writer_init(&writer, fd, "out");
    sq_file_writer_add_text(&writer, "a");
    sq_file_writer_add(&writer, large, sizeof(large) - 1);
    sq_file_writer_add_text(&writer, "b");
    sq_file_writer_add(&writer, large, sizeof(large));
    sq_file_writer_add_text(&writer, "c");
    ck_assert_int_eq(sq_file_writer_finish(&writer, NULL), SQ_OK);
    close(fd);
    struct sq_strbuf content = sq_temporary_folder_content(path);
    const char *text = sq_strbuf_text(&content);
    ck_assert_uint_eq(content.length, 2 * sizeof(large) - 1 + 3);
    ck_assert_int_eq(text[0], 'a');
    ck_assert_int_eq(text[sizeof(large)], 'b');
    ck_assert_int_eq(text[content.length - 1], 'c');
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_writer_to_full_device_says_so)
{
    int fd = open("/dev/full", O_WRONLY);
    ck_assert_str_eq(write_stream(fd, 1).text,
                     "cannot write to standard output: no space left on device");
    ck_assert_int_eq(write_stream(fd, 10000).status, SQ_ENVIRONMENT);
    ck_assert_int_eq(write_stream(fd, 0).status, SQ_OK);
    close(fd);
}
END_TEST

START_TEST(test_folder_is_made_once_and_taken_when_it_is_there)
{
    struct sq_error err = {0};
    const char *path = in_folder("made");
    ck_assert(!sq_file_exists(path));
    ck_assert_int_eq(sq_file_make_folder(path, &err), SQ_OK);
    ck_assert(sq_file_exists(path));
    ck_assert_int_eq(sq_file_make_folder(path, &err), SQ_OK);
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(test_folder_below_nothing_or_in_the_place_of_a_file_is_refused)
{
    struct sq_error err = {0};
    const char *below = in_folder("nowhere/made");
    ck_assert_int_eq(sq_file_make_folder(below, &err), SQ_ENVIRONMENT);
    check_refusal(&err, "make the folder", below, "no such file or directory");
    const char *file = in_folder("file");
    write_ok(file, "text");
    ck_assert_int_eq(sq_file_make_folder(file, &err), SQ_ENVIRONMENT);
    check_refusal(&err, "make the folder", file, "file exists");
}
END_TEST

START_TEST(test_broken_link_exists)
{
    const char *path = in_folder("link");
    ck_assert_int_eq(symlink("nowhere", path), 0);
    ck_assert(sq_file_exists(path));
}
END_TEST

START_TEST(test_writer_to_closed_descriptor_says_so)
{
    ck_assert_str_eq(write_stream(-1, 1).text,
                     "cannot write to standard output: bad file descriptor");
}
END_TEST

START_TEST(test_writer_to_reader_who_left_says_so)
{
    sq_signals_ignore_pipe();
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert_str_eq(write_stream(ends[1], 5000).text,
                     "cannot write to standard output: broken pipe");
    close(ends[1]);
}
END_TEST

START_TEST(test_writer_to_non_blocking_pipe_waits_for_its_reader)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    pid_t reader = fork();
    if (reader == 0) {
        char chunk[4096];
        size_t n_read = 0;
        close(ends[1]);
        ck_assert_int_eq(fcntl(ends[0], F_SETFL, 0), 0);
        for (ssize_t n = 1; n > 0; n_read += (size_t)n) {
            n = read(ends[0], chunk, sizeof(chunk));
        }
        _exit(n_read == 16 * 20000 ? 0 : 1);
    }
    close(ends[0]);
    ck_assert_int_eq(write_stream(ends[1], 20000).status, SQ_OK);
    close(ends[1]);
    int wait_status = 0;
    ck_assert_int_eq(waitpid(reader, &wait_status, 0), reader);
    ck_assert_int_eq(wait_status, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("file");
    tcase_add_checked_fixture(tests, sq_temporary_folder_make, sq_temporary_folder_remove);
    tcase_add_test(tests, test_read_adds_the_whole_file_with_its_zero_bytes);
    tcase_add_test(tests, test_read_at_the_limit_is_accepted_and_one_byte_more_is_refused);
    tcase_add_test(tests, test_read_of_endless_file_stops_at_the_limit);
    tcase_add_test(tests, test_read_of_empty_file_adds_nothing);
    tcase_add_test(tests, test_read_of_dash_is_standard_input);
    tcase_add_test(tests, test_read_that_fails_names_path_and_reason);
    tcase_add_test(tests, test_write_makes_the_file_and_leaves_nothing_else);
    tcase_add_test(tests, test_write_of_existing_file_replaces_it_and_keeps_its_mode);
    tcase_add_test(tests, test_write_lets_a_reader_of_the_old_file_finish);
    tcase_add_test(tests, test_write_through_a_link_replaces_what_it_names);
    tcase_add_test(tests, test_write_to_a_link_to_nothing_is_refused_and_keeps_the_link);
    tcase_add_test(tests, test_write_with_a_bare_name_goes_to_the_current_folder);
    tcase_add_test(tests, test_write_of_nothing_makes_an_empty_file);
    tcase_add_test(tests, test_write_that_fails_names_path_and_reason);
    tcase_add_test(tests, test_write_into_missing_folder_hints_at_it);
    tcase_add_test(tests, test_write_into_read_only_folder_is_refused);
    tcase_add_test(tests, test_write_of_read_only_file_is_refused_and_keeps_it);
    tcase_add_test(tests, test_write_steps_over_leftovers_of_a_crash);
    tcase_add_test(tests, test_write_to_a_named_pipe_reaches_its_reader);
    tcase_add_test(tests, test_write_to_dev_stdout_keeps_what_was_printed_before_and_after);
    tcase_add_test(tests, test_writer_keeps_order_across_its_buffer);
    tcase_add_test(tests, test_writer_to_full_device_says_so);
    tcase_add_test(tests, test_folder_is_made_once_and_taken_when_it_is_there);
    tcase_add_test(tests, test_folder_below_nothing_or_in_the_place_of_a_file_is_refused);
    tcase_add_test(tests, test_broken_link_exists);
    tcase_add_test(tests, test_writer_to_closed_descriptor_says_so);
    tcase_add_test(tests, test_writer_to_reader_who_left_says_so);
    tcase_add_test(tests, test_writer_to_non_blocking_pipe_waits_for_its_reader);
    Suite *suite = suite_create("file");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
