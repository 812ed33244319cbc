/* SPDX-License-Identifier: MIT */
/* Regular expressions of ECMA-262 over PCRE2: what they find, what is refused, where they stop. */
#include "wire/pattern.h"

#include <check.h>
#include <string.h>

#include "base/memory.h"
#include "tests/support/memory_torture.h"

static bool found(const char *pattern_text, const char *text, size_t length)
{
    struct sq_error err = {0};
    struct sq_pattern *pattern;
    bool result = false;
    enum sq_status status = sq_pattern_new(pattern_text, strlen(pattern_text), &pattern, &err);
    ck_assert_msg(status == SQ_OK, "%s: %s", pattern_text, err.text);
    ck_assert_int_eq(sq_pattern_find(pattern, text, length, &result, &err), SQ_OK);
    sq_pattern_free(pattern);
    return result;
}

static void finds(const char *pattern, const char *text)
{
    ck_assert_msg(found(pattern, text, strlen(text)), "%s in %s", pattern, text);
}

static void misses(const char *pattern, const char *text)
{
    ck_assert_msg(!found(pattern, text, strlen(text)), "%s in %s", pattern, text);
}

static void refused(const char *pattern_text, const char *why)
{
    struct sq_error err = {0};
    struct sq_pattern *pattern = NULL;
    enum sq_status status = sq_pattern_new(pattern_text, strlen(pattern_text), &pattern, &err);
    ck_assert_msg(status == SQ_INVALID, "accepted: %s", pattern_text);
    ck_assert_ptr_null(pattern);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s: %s", pattern_text, err.text);
}

START_TEST(test_find_of_plain_patterns_looks_anywhere)
{
    finds("a+", "xxaayy");
    finds("", "");
    finds("", "anything");
    misses("^a*$", "aab");
    finds("^a*$", "");
    finds("a|b", "xb");
    finds("^(?:ab){2,3}$", "ababab");
    misses("^(?:ab){2,3}$", "ab");
    finds("^a{2}$", "aa");
    finds("^.{2,}?$", "abc");
    finds("^(a)(b)\\2\\1$", "abba");
    finds("^(?<x>a)\\k<x>$", "aa");
}
END_TEST

START_TEST(test_find_of_dollar_means_the_very_end)
{
    finds("^abc$", "abc");
    misses("^abc$", "abc\n");
    misses("^abc", "x\nabc");
    misses("^.$", "\n");
    misses("^.$", "\r");
    misses("^.$", "\xE2\x80\xA8");
    finds("^.$", "\v");
    finds("^.$", "\xC2\x85");
    finds("^[^]$", "\n");
    misses("[]", "a");
}
END_TEST

START_TEST(test_find_of_classes_knows_ascii_only)
{
    finds("^\\d\\w\\D\\W$", "1_x-");
    misses("^\\d$", "\xDF\x80");
    finds("^\\D$", "\xDF\x80");
    misses("^\\w$", "\xC3\xA9");
    finds("^\\W$", "\xC3\xA9");
    finds("\\bcole", "\xC3\xA9"
                     "cole");
    finds("^[\\d\\-x]+$", "1-x");
    finds("^[\\w.-]+$", "a.b-c");
    finds("^[a-\\d]+$", "a-1");
    misses("^[a-\\d]+$", "b");
    finds("^[[:alpha:]]$", "a]");
    misses("^[[:alpha:]]$", "b]");
}
END_TEST

START_TEST(test_find_of_white_space_is_that_of_ecma)
{
    static const char *const spaces[] = {
        " ",        "\t",           "\v",           "\f",           "\n",           "\r",
        "\xC2\xA0", "\xEF\xBB\xBF", "\xE2\x80\xA9", "\xE2\x80\x83", "\xE1\x9A\x80", "\xE3\x80\x80"};
    static const char *const others[] = {"\x01", "\xE2\x80\x93", "\xE2\x80\x8B", "\xE1\xA0\x8E",
                                         "a",    "\xC2\x85"};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        finds("^\\s$", spaces[i]);
        finds("^[x\\s]$", spaces[i]);
        misses("^\\S$", spaces[i]);
        misses("^[x\\S]$", spaces[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        misses("^\\s$", others[i]);
        misses("^[^\\S]$", others[i]);
        finds("^\\S$", others[i]);
        finds("^[x\\S]$", others[i]);
    }
}
END_TEST

START_TEST(test_find_of_escapes_means_their_characters)
{
    finds("^\\t\\v\\f\\n\\r$", "\t\v\f\n\r");
    finds("^\\cC\\cc$", "\x03\x03");
    finds("^\\x41\\u0042\\u{43}\\/\\-\\.$", "ABC/-.");
    finds("^\\x4a\\x4F\\u{4f}\\u{4F}$", "JOOO");
    finds("^\\uD83D\\uDE00$", "\xF0\x9F\x98\x80");
    misses("^\\.$", "x");
    finds("^\\u{1F432}$", "\xF0\x9F\x90\xB2");
    finds("^\\uD83D\\uDC32$", "\xF0\x9F\x90\xB2");
    finds("^[\\uD83D\\uDC32-\\u{1F433}]*$", "\xF0\x9F\x90\xB2\xF0\x9F\x90\xB3");
    finds("^\xF0\x9F\x90\xB2*$", "\xF0\x9F\x90\xB2\xF0\x9F\x90\xB2");
    misses("\\uD83D", "\xF0\x9F\x90\xB2");
    misses("^[\\uD800-\\uDFFF]$", "a");
    finds("^[\\uD7FF-\\uE000]$", "\xEE\x80\x80");
    finds("^[\\b]$", "\b");
    finds("^\\\\Q#\\[ \\]x{y}z{,3}$", "\\Q#[ ]x{y}z{,3}");
    ck_assert(found("^\\0$", "\0", 1));
    ck_assert(found("^a\\u0000b$", "a\0b", 3));
}
END_TEST

START_TEST(test_find_of_properties_takes_long_and_short_names)
{
    finds("^\\p{Letter}+$", "\xCF\x80x");
    misses("^\\p{Letter}+$", "1");
    finds("^\\p{digit}+$", "\xE0\xA7\xAA\xE0\xA7\xA8");
    finds("^\\p{Lu}\\P{Lu}$", "Ab");
    finds("^\\p{General_Category=Uppercase_Letter}$", "\xC3\x89");
    finds("^[\\p{Script=Greek}\\p{sc=Thai}]+$", "\xCF\x80\xE0\xB8\x81");
    misses("^\\p{Script=Greek}$", "a");
    finds("^\\p{ASCII}\\p{Alphabetic}$", "!a");
    finds("^\\p{Cased_Letter}$", "a");
}
END_TEST

START_TEST(test_find_of_lookaround_and_unset_groups_is_that_of_ecma)
{
    finds("^(?=.*\\d)(?!.*x).*$", "ab1");
    misses("^(?=.*\\d)(?!.*x).*$", "ab1x");
    finds("(?<=\\$)\\d", "$5");
    misses("(?<!\\$)5", "$5");
    finds("^(?:(a)|b)\\1$", "b");
}
END_TEST

START_TEST(test_new_of_what_is_not_ecma_is_refused)
{
    refused("*", "nothing to repeat at `*`");
    refused("(*UTF)a", "nothing to repeat");
    refused("a**", "nothing to repeat");
    refused("a*+", "nothing to repeat");
    refused("a|?", "nothing to repeat");
    refused("^*", "nothing to repeat");
    refused("x{1}{2}", "nothing to repeat");
    refused("(?i)a", "an unknown kind of group at `(?i)a`");
    refused("(?>a)", "an unknown kind of group");
    refused("(?P<n>a)", "an unknown kind of group");
    refused("\\a", "unknown escape at `\\a`");
    refused("\\Aa", "unknown escape");
    refused("a\\Z", "unknown escape at `\\Z`");
    refused("\\x4", "unknown escape");
    refused("\\x4g", "unknown escape");
    refused("\\x4G", "unknown escape");
    refused("\\x4:", "unknown escape");
    refused("\\x4`", "unknown escape");
    refused("\\c1", "unknown escape");
    refused("\\c[", "unknown escape");
    refused("\\u{}", "unknown escape");
    refused("\\u{41", "unknown escape");
    refused("\\u{41:", "unknown escape");
    refused("\\u{FFFFFFFFF}", "unknown escape");
    refused("\\u{110000}", "unknown escape");
    refused("\\u12", "unknown escape");
    refused("\\u{110000}", "unknown escape");
    refused("\\01", "unknown escape");
    refused("[\\1]", "unknown escape");
    refused("a\\", "a backslash at the end");
    refused("[a", "a class without `]`");
    refused("[b-a]", "a range out of order at `b-a]`");
    refused("\\p", "unknown property");
    refused("\\p{", "unknown property");
    refused("\\p", "unknown property");
    refused("\\p(Lu)", "unknown property");
    refused("\\p{}", "unknown property");
    refused("\\p{Lu", "unknown property");
    refused("\\p{L u}", "unknown property");
    refused("\\p{L~}", "unknown property");
    refused("\\p{L@}", "unknown property");
    refused("\\p{L:}", "unknown property");
    refused("\\p{sc=}", "unknown property");
    refused("\\p{sc=Greek", "unknown property");
    refused("\\p{Nope=Lu}", "unknown property");
    refused("\\p{Nope}", "unknown");
    refused("(a", "parenthesis");
    refused("a)", "parenthes");
    refused("(?<na", "a group name without end");
    refused("\\2(a)", "not a regular expression");
    refused("a{70000}", "not a regular expression");
    refused("\xFF", "not UTF-8");
}
END_TEST

START_TEST(test_new_of_a_pattern_at_the_limit_is_the_longest)
{
    char text[SQ_PATTERN_BYTES_MAX + 1];
    struct sq_pattern *pattern;
    struct sq_error err = {0};
    memset(text, 'a', sizeof text);
    ck_assert_int_eq(sq_pattern_new(text, SQ_PATTERN_BYTES_MAX, &pattern, &err), SQ_OK);
    sq_pattern_free(pattern);
    ck_assert_int_eq(sq_pattern_new(text, SQ_PATTERN_BYTES_MAX + 1, &pattern, &err), SQ_INVALID);
}
END_TEST

/* (a+)+$ takes 2^40 steps on forty a and a b: it ends with an error, not with the test's timeout.
 */
START_TEST(test_find_of_a_catastrophic_pattern_stops_at_its_limit)
{
    struct sq_error err = {0};
    struct sq_pattern *pattern;
    bool result = false;
    const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    ck_assert_int_eq(sq_pattern_new("^(a+)+$", 7, &pattern, &err), SQ_OK);
    ck_assert_int_eq(sq_pattern_find(pattern, text, strlen(text), &result, &err), SQ_LIMIT);
    ck_assert_int_eq(sq_pattern_find(pattern, "aa", 2, &result, &err), SQ_OK);
    ck_assert(result);
    sq_pattern_free(pattern);
}
END_TEST

START_TEST(test_find_in_bytes_that_are_not_utf8_is_an_error)
{
    struct sq_error err = {0};
    struct sq_pattern *pattern;
    bool result = false;
    ck_assert_int_eq(sq_pattern_new("a", 1, &pattern, &err), SQ_OK);
    ck_assert_int_eq(sq_pattern_find(pattern, "a\xFF", 2, &result, &err), SQ_INVALID);
    sq_pattern_free(pattern);
}
END_TEST

START_TEST(test_every_refused_allocation_is_said_and_nothing_leaks)
{
    size_t nth = 1;
    for (;; nth++) {
        struct sq_error err = {0};
        struct sq_pattern *pattern = NULL;
        bool result = false;
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_pattern_new("^(a|\\p{L}+)\\1[x-z]$", 19, &pattern, &err);
        if (status == SQ_OK) {
            status = sq_pattern_find(pattern, "bbx", 3, &result, &err);
        }
        ck_assert_int_eq(status, sq_memory_torture_refused() > 0 ? SQ_NO_MEMORY : SQ_OK);
        sq_pattern_free(pattern);
        if (sq_memory_torture_refused() == 0) {
            break;
        }
    }
    ck_assert_uint_gt(nth, 4);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pattern");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_find_of_plain_patterns_looks_anywhere);
    tcase_add_test(all, test_find_of_dollar_means_the_very_end);
    tcase_add_test(all, test_find_of_classes_knows_ascii_only);
    tcase_add_test(all, test_find_of_white_space_is_that_of_ecma);
    tcase_add_test(all, test_find_of_escapes_means_their_characters);
    tcase_add_test(all, test_find_of_properties_takes_long_and_short_names);
    tcase_add_test(all, test_find_of_lookaround_and_unset_groups_is_that_of_ecma);
    tcase_add_test(all, test_new_of_what_is_not_ecma_is_refused);
    tcase_add_test(all, test_new_of_a_pattern_at_the_limit_is_the_longest);
    tcase_add_test(all, test_find_of_a_catastrophic_pattern_stops_at_its_limit);
    tcase_add_test(all, test_find_in_bytes_that_are_not_utf8_is_an_error);
    tcase_add_test(all, test_every_refused_allocation_is_said_and_nothing_leaks);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
