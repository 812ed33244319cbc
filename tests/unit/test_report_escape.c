/* SPDX-License-Identifier: MIT */
/* Strangers' text made harmless. */
#include <check.h>

#include "reports/escape.h"

typedef void escape(struct sq_strbuf *out, const char *text);

static void check(escape *how, const char *text, const char *expected)
{
    struct sq_strbuf out = {0};
    how(&out, text);
    ck_assert_str_eq(sq_strbuf_text(&out), expected);
    sq_strbuf_clear(&out);
}

START_TEST(test_line_keeps_what_people_write)
{
    check(sq_escape_line, "", "");
    check(sq_escape_line, "Vui l\xc3\xb2ng li\xc3\xaan h\xe1\xbb\x87 hotline",
          "Vui l\xc3\xb2ng li\xc3\xaan h\xe1\xbb\x87 hotline");
    check(sq_escape_line, "\xf0\x9f\x8c\xa9 <b>&'\"", "\xf0\x9f\x8c\xa9 <b>&'\"");
}
END_TEST

START_TEST(test_line_drops_controls_and_turns_of_direction)
{
    check(sq_escape_line, "a\x1b[31mb\x07\x7f", "a[31mb");
    check(sq_escape_line, "a\nb\tc\r\nd", "a b c  d");
    check(sq_escape_line,
          "a\xc2\x85"
          "b\xc2\x9b"
          "c",
          "abc");
    check(sq_escape_line,
          "a\xc2\xa0"
          "b",
          "a\xc2\xa0"
          "b"); /* the first after C1 */
    check(sq_escape_line,
          "a\xe2\x80\xae"
          "b\xe2\x81\xa6"
          "c\xd8\x9c",
          "abc");
    check(sq_escape_line, "a\xe2\x80\xa7\xe2\x80\xaf", "a\xe2\x80\xa7\xe2\x80\xaf");
}
END_TEST

START_TEST(test_line_replaces_what_is_not_utf8)
{
    check(sq_escape_line, "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
    check(sq_escape_line, "a\xc3", "a\xef\xbf\xbd");
    check(sq_escape_line, "\xe1\xbb", "\xef\xbf\xbd\xef\xbf\xbd");
    check(sq_escape_line, "\xc0\x80x", "\xef\xbf\xbd\xef\xbf\xbdx");
}
END_TEST

START_TEST(test_markup_has_entities_and_nothing_xml_forbids)
{
    check(sq_escape_markup, "<script>\"'&]]>", "&lt;script&gt;&quot;&#39;&amp;]]&gt;");
    check(sq_escape_markup,
          "a\x01\x08"
          "b",
          "ab");
    check(sq_escape_markup, "\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd");
    check(sq_escape_markup, "&amp;", "&amp;amp;");
}
END_TEST

START_TEST(test_shell_word_is_quoted_when_it_must_be)
{
    check(sq_escape_shell, "scenarios/a-1.json", "scenarios/a-1.json");
    check(sq_escape_shell, "", "''");
    check(sq_escape_shell, "a b", "'a b'");
    check(sq_escape_shell, "it's $(x) `y`", "'it'\\''s $(x) `y`'");
    check(sq_escape_shell, "~", "'~'");
}
END_TEST

START_TEST(test_blank_is_what_leaves_nothing_to_see)
{
    ck_assert(sq_escape_leaves_blank(""));
    ck_assert(sq_escape_leaves_blank(" \n\x07\xe2\x80\xae"));
    ck_assert(!sq_escape_leaves_blank(" x"));
    ck_assert(!sq_escape_leaves_blank("\xff"));
}
END_TEST

START_TEST(test_plot_text_means_nothing_to_gnuplot)
{
    check(sq_escape_plot, "openai/gpt-4o", "\"openai/gpt-4o\"");
    check(sq_escape_plot, "", "\" \"");
    check(sq_escape_plot, "a\"b`c`\\n\nSQ_END\n", "\"a'b'c'/n SQ_END \"");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report_escape");
    tcase_add_test(tests, test_line_keeps_what_people_write);
    tcase_add_test(tests, test_line_drops_controls_and_turns_of_direction);
    tcase_add_test(tests, test_line_replaces_what_is_not_utf8);
    tcase_add_test(tests, test_markup_has_entities_and_nothing_xml_forbids);
    tcase_add_test(tests, test_shell_word_is_quoted_when_it_must_be);
    tcase_add_test(tests, test_blank_is_what_leaves_nothing_to_see);
    tcase_add_test(tests, test_plot_text_means_nothing_to_gnuplot);
    Suite *suite = suite_create("report_escape");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
