/* SPDX-License-Identifier: MIT */
/* Widths, cuts and validity of UTF-8 text. */
#include "wire/text.h"

#include <check.h>
#include <string.h>

#define E_ACUTE_PARTS "e\xCC\x81" /* e and a combining acute accent */
#define KANJI         "\xE6\xBC\xA2"
#define SMILE         "\xF0\x9F\x98\x80"

static size_t width(const char *text)
{
    return sq_text_width(text, strlen(text));
}

static size_t cut(const char *text, size_t columns)
{
    return sq_text_cut(text, strlen(text), columns);
}

START_TEST(test_width_counts_terminal_columns)
{
    ck_assert_uint_eq(width(""), 0);
    ck_assert_uint_eq(width("abc"), 3);
    ck_assert_uint_eq(width("h\xC3\xA9"), 2);
    ck_assert_uint_eq(width(E_ACUTE_PARTS), 1);
    ck_assert_uint_eq(width(KANJI SMILE), 4);
    ck_assert_uint_eq(width("a\tb\x1B"), 2);
    ck_assert_uint_eq(width("\xC4\x91\xE1\xBB\xA3i"), 3);
    ck_assert_uint_eq(width("a\xFF\xC3"), 3);
    ck_assert_uint_eq(sq_text_width("a\0b", 3), 2);
}
END_TEST

START_TEST(test_cut_ends_between_whole_characters)
{
    ck_assert_uint_eq(cut("abc", 0), 0);
    ck_assert_uint_eq(cut("abc", 2), 2);
    ck_assert_uint_eq(cut("abc", 3), 3);
    ck_assert_uint_eq(cut("abc", 99), 3);
    ck_assert_uint_eq(cut("a" KANJI "b", 2), 1);
    ck_assert_uint_eq(cut("a" KANJI "b", 3), 4);
    ck_assert_uint_eq(cut(E_ACUTE_PARTS "b", 1), 3);
    ck_assert_uint_eq(cut("\xC3\xA9\xC3\xA9", 1), 2);
    ck_assert_uint_eq(cut("\xFF\xFF", 1), 1);
    ck_assert_uint_eq(sq_text_cut("", 0, 5), 0);
}
END_TEST

START_TEST(test_valid_refuses_what_is_not_utf8)
{
    ck_assert(sq_text_valid("", 0));
    ck_assert(sq_text_valid("a\0\x7F", 3));
    ck_assert(sq_text_valid("\xC2\x80\xED\x9F\xBF\xEE\x80\x80", 8));
    ck_assert(sq_text_valid("\xF4\x8F\xBF\xBF", 4));
    ck_assert(!sq_text_valid("\x80", 1));
    ck_assert(!sq_text_valid("\xC1\xBF", 2));
    ck_assert(!sq_text_valid("\xE0\x9F\xBF", 3));
    ck_assert(!sq_text_valid("\xED\xA0\x80", 3));
    ck_assert(!sq_text_valid("\xF4\x90\x80\x80", 4));
    ck_assert(!sq_text_valid("a\xE2\x82", 3));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, test_width_counts_terminal_columns);
    tcase_add_test(tests, test_cut_ends_between_whole_characters);
    tcase_add_test(tests, test_valid_refuses_what_is_not_utf8);
    Suite *suite = suite_create("text");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
