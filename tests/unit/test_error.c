/* SPDX-License-Identifier: MIT */
/* Errors: filled whole, cut at the end, and never in need of memory. */
#include "base/error.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "tests/support/memory_torture.h"

START_TEST(test_set_fills_status_and_text_and_clears_the_rest)
{
    struct sq_error err;
    memset(&err, 0x55, sizeof err);
    enum sq_status status = sq_error_set(&err, SQ_INVALID, "unknown field `%s`", "max_retry");
    ck_assert_int_eq(status, SQ_INVALID);
    ck_assert_int_eq(err.status, SQ_INVALID);
    ck_assert_str_eq(err.text, "unknown field `max_retry`");
    ck_assert_str_eq(err.code, "");
    ck_assert_str_eq(err.hint, "");
    ck_assert_str_eq(err.file, "");
    ck_assert_str_eq(err.path, "");
    ck_assert_uint_eq(err.line, 0);
    ck_assert_uint_eq(err.column, 0);
    ck_assert_uint_eq(err.width, 0);
}
END_TEST

START_TEST(test_set_without_error_returns_the_status)
{
    ck_assert_int_eq(sq_error_set(NULL, SQ_LIMIT, "too many calls in flight"), SQ_LIMIT);
}
END_TEST

START_TEST(test_set_with_text_of_the_buffers_length_cuts_one_byte_later)
{
    struct sq_error err;
    sq_error_set(&err, SQ_INVALID, "%*s", SQ_ERROR_TEXT_BYTES - 1, "whole");
    ck_assert_uint_eq(strlen(err.text), SQ_ERROR_TEXT_BYTES - 1);
    ck_assert_str_eq(err.text + SQ_ERROR_TEXT_BYTES - 1 - 5, "whole");
    sq_error_set(&err, SQ_INVALID, "%*s", SQ_ERROR_TEXT_BYTES, "whole");
    ck_assert_uint_eq(strlen(err.text), SQ_ERROR_TEXT_BYTES - 1);
    ck_assert_str_eq(err.text + SQ_ERROR_TEXT_BYTES - 1 - 4, "whol");
}
END_TEST

START_TEST(test_set_may_quote_the_error_it_fills)
{
    struct sq_error err;
    sq_error_set(&err, SQ_ENVIRONMENT, "no such file");
    sq_error_set(&err, SQ_INVALID, "cannot load `p.json`: %s", err.text);
    ck_assert_str_eq(err.text, "cannot load `p.json`: no such file");
    sq_error_hint(&err, "see %s", err.text);
    sq_error_hint(&err, "%s, or ask", err.hint);
    ck_assert_str_eq(err.hint, "see cannot load `p.json`: no such file, or ask");
}
END_TEST

START_TEST(test_hint_keeps_the_error_and_returns_its_status)
{
    struct sq_error err;
    sq_error_set(&err, SQ_ENVIRONMENT, "port %d is taken", 8080);
    err.line = 14;
    ck_assert_int_eq(sq_error_hint(&err, "try --port %d", 0), SQ_ENVIRONMENT);
    ck_assert_str_eq(err.hint, "try --port 0");
    ck_assert_str_eq(err.text, "port 8080 is taken");
    ck_assert_uint_eq(err.line, 14);
}
END_TEST

START_TEST(test_set_and_hint_allocate_nothing)
{
    struct sq_error err;
    sq_memory_torture_fail(1);
    sq_error_set(&err, SQ_NO_MEMORY, "out of memory for %d calls", 1000000);
    sq_error_hint(&err, "lower `max_in_flight`");
    ck_assert_str_eq(err.text, "out of memory for 1000000 calls");
    ck_assert_uint_eq(sq_memory_torture_requests(), 0);
}
END_TEST

START_TEST(test_set_with_ok_asserts)
{
    struct sq_error err;
    sq_error_set(&err, SQ_OK, "fine");
}
END_TEST

START_TEST(test_hint_without_error_set_asserts)
{
    struct sq_error err = {0};
    sq_error_hint(&err, "nothing is wrong");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, test_set_fills_status_and_text_and_clears_the_rest);
    tcase_add_test(tests, test_set_without_error_returns_the_status);
    tcase_add_test(tests, test_set_with_text_of_the_buffers_length_cuts_one_byte_later);
    tcase_add_test(tests, test_set_may_quote_the_error_it_fills);
    tcase_add_test(tests, test_hint_keeps_the_error_and_returns_its_status);
    tcase_add_test(tests, test_set_and_hint_allocate_nothing);
    tcase_add_exit_test(tests, test_set_with_ok_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_hint_without_error_set_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("error");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
