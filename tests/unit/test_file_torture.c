/* SPDX-License-Identifier: MIT */
/* Every system call under a whole-file write or read fails once: no partial file, ever. */
#include "tests/support/file_torture.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "host/file.h"
#include "tests/support/memory_torture.h"
#include "tests/support/temporary_folder.h"

static bool is_content(const char *path, const char *expected)
{
    struct sq_strbuf content = sq_temporary_folder_content(path);
    bool equal = strcmp(sq_strbuf_text(&content), expected) == 0;
    sq_strbuf_clear(&content);
    return equal;
}

/* One write with the n-th call failing. Whether a call failed at all. */
static bool write_with_failure(const char *path, size_t nth, int error_number)
{
    struct sq_error err = {0};
    sq_file_torture_fail(nth, error_number);
    enum sq_status status = sq_file_write(path, "new content", 11, &err);
    if (status == SQ_OK) {
        ck_assert(is_content(path, "new content"));
    } else {
        ck_assert_ptr_nonnull(strstr(err.text, path));
        ck_assert_int_eq(status, SQ_ENVIRONMENT);
    }
    bool failed = sq_file_torture_refused() > 0;
    sq_file_torture_fail(0, 0);
    return failed;
}

START_TEST(test_write_over_old_file_when_any_call_fails_leaves_old_or_new)
{
    const char *path = sq_temporary_folder_path("out");
    bool failed = true;
    size_t n_calls = 0;
    for (size_t nth = 1; failed; nth++) {
        sq_temporary_folder_put(path, "old");
        failed = write_with_failure(path, nth, ENOSPC);
        ck_assert(is_content(path, "old") || is_content(path, "new content"));
        ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
        n_calls = nth - 1;
    }
    /* open, chmod, write, sync, close, rename; open, sync, close of the directory */
    ck_assert_uint_eq(n_calls, 9);
}
END_TEST

START_TEST(test_write_of_new_file_when_any_call_fails_leaves_nothing_or_all)
{
    bool failed = true;
    for (size_t nth = 1; failed; nth++) {
        const char *path = sq_temporary_folder_path("out");
        failed = write_with_failure(path, nth, EIO);
        size_t n_entries = sq_temporary_folder_entries();
        ck_assert_uint_le(n_entries, 1);
        if (n_entries == 1) {
            ck_assert(is_content(path, "new content"));
            sq_temporary_folder_remove();
            sq_temporary_folder_make();
        }
    }
}
END_TEST

START_TEST(test_write_that_is_interrupted_goes_on)
{
    const char *path = sq_temporary_folder_path("out");
    sq_file_torture_fail(2, EINTR); /* open, then write */
    ck_assert_int_eq(sq_file_write(path, "new content", 11, NULL), SQ_OK);
    ck_assert_uint_eq(sq_file_torture_refused(), 1);
    ck_assert(is_content(path, "new content"));
}
END_TEST

START_TEST(test_write_when_calls_take_few_bytes_is_whole)
{
    const char *path = sq_temporary_folder_path("out");
    sq_file_torture_limit_writes(3);
    ck_assert_int_eq(sq_file_write(path, "new content", 11, NULL), SQ_OK);
    sq_file_torture_limit_writes(0);
    ck_assert(is_content(path, "new content"));
}
END_TEST

START_TEST(test_write_that_fails_after_some_bytes_leaves_the_old_file)
{
    const char *path = sq_temporary_folder_path("out");
    sq_temporary_folder_put(path, "old");
    sq_file_torture_limit_writes(3);
    sq_file_torture_fail(5, ENOSPC); /* open, chmod, two writes, then this */
    struct sq_error err = {0};
    ck_assert_int_eq(sq_file_write(path, "new content", 11, &err), SQ_ENVIRONMENT);
    sq_file_torture_limit_writes(0);
    ck_assert_ptr_nonnull(strstr(err.text, "no space left on device"));
    ck_assert(is_content(path, "old"));
    ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
}
END_TEST

START_TEST(test_write_where_sync_is_not_known_succeeds)
{
    const char *path = sq_temporary_folder_path("out");
    sq_file_torture_fail(3, EINVAL); /* open, write, sync */
    ck_assert_int_eq(sq_file_write(path, "new content", 11, NULL), SQ_OK);
    ck_assert_uint_eq(sq_file_torture_refused(), 1);
    sq_file_torture_fail(4, EIO); /* open, chmod, write, sync: this one is meant */
    ck_assert_int_eq(sq_file_write(path, "x", 1, NULL), SQ_ENVIRONMENT);
    ck_assert(is_content(path, "new content"));
}
END_TEST

START_TEST(test_write_when_memory_runs_out_leaves_the_old_file)
{
    const char *path = sq_temporary_folder_path("out");
    size_t live = sq_memory_torture_live();
    bool refused = true;
    for (size_t nth = 1; refused; nth++) {
        sq_temporary_folder_put(path, "old");
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_file_write(path, "new content", 11, NULL);
        refused = sq_memory_torture_refused() > 0;
        sq_memory_torture_fail(0);
        ck_assert_int_eq(status, refused ? SQ_NO_MEMORY : SQ_OK);
        ck_assert(is_content(path, refused ? "old" : "new content"));
        ck_assert_uint_eq(sq_temporary_folder_entries(), 1);
    }
    ck_assert_uint_eq(sq_memory_torture_live(), live);
}
END_TEST

START_TEST(test_read_when_any_call_fails_is_refused_or_whole)
{
    const char *path = sq_temporary_folder_path("in");
    sq_temporary_folder_put(path, "content");
    bool failed = true;
    for (size_t nth = 1; failed; nth++) {
        struct sq_strbuf content = {0};
        struct sq_error err = {0};
        sq_file_torture_fail(nth, EIO);
        enum sq_status status = sq_file_read(path, 100, &content, &err);
        failed = sq_file_torture_refused() > 0;
        if (status == SQ_OK) {
            ck_assert_str_eq(sq_strbuf_text(&content), "content");
        } else {
            ck_assert(failed);
            ck_assert_ptr_nonnull(strstr(err.text, "input/output error"));
        }
        sq_strbuf_clear(&content);
    }
}
END_TEST

START_TEST(test_read_that_is_interrupted_goes_on)
{
    const char *path = sq_temporary_folder_path("in");
    sq_temporary_folder_put(path, "content");
    struct sq_strbuf content = {0};
    sq_file_torture_fail(2, EINTR);
    ck_assert_int_eq(sq_file_read(path, 100, &content, NULL), SQ_OK);
    ck_assert_uint_eq(sq_file_torture_refused(), 1);
    ck_assert_str_eq(sq_strbuf_text(&content), "content");
    sq_strbuf_clear(&content);
}
END_TEST

START_TEST(test_read_when_memory_runs_out_says_so)
{
    const char *path = sq_temporary_folder_path("in");
    sq_temporary_folder_put(path, "content");
    struct sq_strbuf content = {0};
    struct sq_error err = {0};
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_file_read(path, 100, &content, &err), SQ_NO_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.text, "no memory to read"));
    sq_strbuf_clear(&content);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("file_torture");
    tcase_add_checked_fixture(tests, sq_temporary_folder_make, sq_temporary_folder_remove);
    tcase_add_test(tests, test_write_over_old_file_when_any_call_fails_leaves_old_or_new);
    tcase_add_test(tests, test_write_of_new_file_when_any_call_fails_leaves_nothing_or_all);
    tcase_add_test(tests, test_write_that_is_interrupted_goes_on);
    tcase_add_test(tests, test_write_when_calls_take_few_bytes_is_whole);
    tcase_add_test(tests, test_write_that_fails_after_some_bytes_leaves_the_old_file);
    tcase_add_test(tests, test_write_where_sync_is_not_known_succeeds);
    tcase_add_test(tests, test_write_when_memory_runs_out_leaves_the_old_file);
    tcase_add_test(tests, test_read_when_any_call_fails_is_refused_or_whole);
    tcase_add_test(tests, test_read_that_is_interrupted_goes_on);
    tcase_add_test(tests, test_read_when_memory_runs_out_says_so);
    Suite *suite = suite_create("file_torture");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
