/* SPDX-License-Identifier: MIT */
/* Lines of files: their ends, the longest one, what cannot be read. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "host/lines.h"
#include "tests/support/temporary_folder.h"

static const char *put(const char *content)
{
    const char *path = sq_temporary_folder_path("lines");
    sq_temporary_folder_put(path, content);
    return path;
}

/* All lines with a bar after each. */
static void check_lines(const char *content, const char *expected)
{
    struct sq_lines *lines;
    struct sq_strbuf seen = {0};
    struct sq_error err = {0};
    const char *text;
    size_t length;
    ck_assert_int_eq(sq_lines_open(put(content), &lines, &err), SQ_OK);
    for (;;) {
        ck_assert_int_eq(sq_lines_next(lines, &text, &length, &err), SQ_OK);
        if (text == NULL) {
            break;
        }
        sq_strbuf_add_bytes(&seen, text, length);
        sq_strbuf_add_char(&seen, '|');
    }
    ck_assert_int_eq(sq_lines_next(lines, &text, &length, &err), SQ_OK);
    ck_assert_ptr_null(text);
    ck_assert_str_eq(sq_strbuf_text(&seen), expected);
    sq_lines_close(lines);
    sq_strbuf_clear(&seen);
}

START_TEST(test_lines_when_they_end_differently_then_only_their_text_comes)
{
    check_lines("", "");
    check_lines("a", "a|");
    check_lines("a\n", "a|");
    check_lines("a\r\nb\r\n", "a|b|");
    check_lines("a\n\nb", "a||b|");
    check_lines("\n", "|");
    check_lines("a\rb\n", "a\rb|");
}
END_TEST

START_TEST(test_lines_when_many_then_all_come_across_the_chunks)
{
    struct sq_strbuf content = {0};
    struct sq_lines *lines;
    struct sq_error err = {0};
    const char *text;
    size_t length;
    for (int i = 0; i < 100000; i++) {
        sq_strbuf_add_format(&content, "row %d\n", i);
    }
    ck_assert_int_eq(sq_lines_open(put(sq_strbuf_text(&content)), &lines, &err), SQ_OK);
    for (int i = 0; i < 100000; i++) {
        struct sq_strbuf wanted = {0};
        sq_strbuf_add_format(&wanted, "row %d", i);
        ck_assert_int_eq(sq_lines_next(lines, &text, &length, &err), SQ_OK);
        ck_assert_uint_eq(length, wanted.length);
        ck_assert_int_eq(memcmp(text, wanted.text, length), 0);
        sq_strbuf_clear(&wanted);
    }
    sq_lines_close(lines);
    sq_strbuf_clear(&content);
}
END_TEST

static enum sq_status first_of(size_t bytes, struct sq_error *err)
{
    struct sq_lines *lines;
    struct sq_strbuf content = {0};
    const char *text;
    size_t length;
    sq_strbuf_add_repeated(&content, "x", bytes);
    sq_strbuf_add(&content, "\nlast");
    ck_assert_int_eq(sq_lines_open(put(sq_strbuf_text(&content)), &lines, err), SQ_OK);
    enum sq_status status = sq_lines_next(lines, &text, &length, err);
    ck_assert(status != SQ_OK || length == bytes);
    sq_lines_close(lines);
    sq_strbuf_clear(&content);
    return status;
}

START_TEST(test_line_when_longer_than_the_limit_then_refused)
{
    struct sq_error err = {0};
    ck_assert_int_eq(first_of(SQ_LINES_BYTES_MAX, &err), SQ_OK);
    ck_assert_int_eq(first_of(SQ_LINES_BYTES_MAX + 1, &err), SQ_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "is longer than 65536 bytes"));
}
END_TEST

START_TEST(test_open_when_there_is_no_file_then_it_is_said)
{
    struct sq_lines *lines;
    struct sq_error err = {0};
    const char *text;
    size_t length;
    ck_assert_int_eq(sq_lines_open(sq_temporary_folder_path("none"), &lines, &err), SQ_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "no such file"));
    ck_assert_ptr_null(lines);
    sq_lines_close(lines);
    ck_assert_int_eq(sq_lines_open("/", &lines, &err), SQ_OK);
    ck_assert_int_eq(sq_lines_next(lines, &text, &length, &err), SQ_ENVIRONMENT);
    sq_lines_close(lines);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lines");
    TCase *tests = tcase_create("lines");
    tcase_add_checked_fixture(tests, sq_temporary_folder_make, sq_temporary_folder_remove);
    tcase_add_test(tests, test_lines_when_they_end_differently_then_only_their_text_comes);
    tcase_add_test(tests, test_lines_when_many_then_all_come_across_the_chunks);
    tcase_add_test(tests, test_line_when_longer_than_the_limit_then_refused);
    tcase_add_test(tests, test_open_when_there_is_no_file_then_it_is_said);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
