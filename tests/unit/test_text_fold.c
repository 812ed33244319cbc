/* SPDX-License-Identifier: MIT */
/* Folding and finding words: accents typed in either way, case, and where words end. */
#include "wire/text.h"

#include <check.h>
#include <string.h>

#include "base/memory.h"
#include "tests/support/memory_torture.h"

/* "giá" with one character for its last letter, and with a mark behind an a. */
#define GIA_ONE "gi\xC3\xA1"
#define GIA_TWO "gia\xCC\x81"
/* "việt": e with circumflex and dot below in one, and as e, dot below, circumflex, and the marks in
 * the other order. */
#define VIET_ONE   "vi\xE1\xBB\x87t"
#define VIET_TWO   "vie\xCC\xA3\xCC\x82t"
#define VIET_THREE "vie\xCC\x82\xCC\xA3t"

static void folds_to(const char *text, const char *expected)
{
    struct sq_strbuf out = {0};
    ck_assert_int_eq(sq_text_fold(text, strlen(text), &out), SQ_OK);
    ck_assert_str_eq(sq_strbuf_text(&out), expected);
    sq_strbuf_clear(&out);
}

static bool finds(const char *text, const char *phrase, enum sq_text_match match)
{
    struct sq_strbuf in = {0};
    struct sq_strbuf what = {0};
    ck_assert_int_eq(sq_text_fold(text, strlen(text), &in), SQ_OK);
    ck_assert_int_eq(sq_text_fold(phrase, strlen(phrase), &what), SQ_OK);
    bool found =
        sq_text_find(sq_strbuf_text(&in), in.length, sq_strbuf_text(&what), what.length, match);
    sq_strbuf_clear(&in);
    sq_strbuf_clear(&what);
    return found;
}

START_TEST(test_fold_of_one_word_in_many_spellings_is_the_same)
{
    folds_to(GIA_ONE, GIA_ONE);
    folds_to(GIA_TWO, GIA_ONE);
    folds_to("GI\xC3\x81", GIA_ONE);
    folds_to(VIET_TWO, VIET_ONE);
    folds_to(VIET_THREE, VIET_ONE);
    folds_to("VI\xE1\xBB\x86T", VIET_ONE);
    folds_to("\xC4\x90", "\xC4\x91");
    folds_to("Stra\xC3\x9F"
             "e",
             "strasse");
    folds_to("\xCE\xA3\xCF\x82", "\xCF\x83\xCF\x83");
    folds_to("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C");
    folds_to("", "");
}
END_TEST

START_TEST(test_fold_of_folded_text_changes_nothing)
{
    static const char *const texts[] = {VIET_TWO, "Stra\303\237e", "ABC \xF0\x9F\x98\x80",
                                        "\xEF\xBF\xBD"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sq_strbuf once = {0};
        ck_assert_int_eq(sq_text_fold(texts[i], strlen(texts[i]), &once), SQ_OK);
        folds_to(sq_strbuf_text(&once), sq_strbuf_text(&once));
        sq_strbuf_clear(&once);
    }
}
END_TEST

START_TEST(test_fold_of_what_is_not_utf8_becomes_the_replacement_character)
{
    struct sq_strbuf out = {0};
    folds_to("A\xFF"
             "B\xC3",
             "a\xEF\xBF\xBD"
             "b\xEF\xBF\xBD");
    folds_to("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    ck_assert_int_eq(sq_text_fold("A\0B", 3, &out), SQ_OK);
    ck_assert_uint_eq(out.length, 3);
    ck_assert_mem_eq(out.text, "a\0b", 3);
    sq_strbuf_clear(&out);
}
END_TEST

START_TEST(test_find_of_a_word_asks_for_whole_words)
{
    ck_assert(finds("B\xC3\xA1o GI\xC3\x81!", GIA_TWO, SQ_TEXT_WORD));
    ck_assert(finds(GIA_ONE, GIA_ONE, SQ_TEXT_WORD));
    ck_assert(finds("(" GIA_TWO ")", GIA_ONE, SQ_TEXT_WORD));
    ck_assert(finds("\xE2\x80\x9C" GIA_ONE "\xE2\x80\x9D", GIA_ONE, SQ_TEXT_WORD));
    ck_assert(!finds(GIA_ONE "o", GIA_ONE, SQ_TEXT_WORD));
    ck_assert(!finds("\xC4\x91" GIA_ONE, GIA_ONE, SQ_TEXT_WORD));
    ck_assert(!finds(GIA_ONE "2", GIA_ONE, SQ_TEXT_WORD));
    ck_assert(!finds("_" GIA_ONE, GIA_ONE, SQ_TEXT_WORD));
    ck_assert(!finds("gia", GIA_ONE, SQ_TEXT_WORD));
    ck_assert(finds("x" GIA_ONE " " GIA_ONE, GIA_ONE, SQ_TEXT_WORD));
    ck_assert(
        finds("h\xE1\xBB\x8Fi " GIA_ONE " v\xC3\xA0ng", GIA_ONE " v\xC3\xA0ng", SQ_TEXT_WORD));
}
END_TEST

START_TEST(test_find_anywhere_looks_into_words_but_not_into_characters)
{
    ck_assert(finds("x" GIA_ONE "o", GIA_TWO, SQ_TEXT_ANYWHERE));
    ck_assert(finds("abcabd", "abd", SQ_TEXT_ANYWHERE));
    ck_assert(!finds("gia", GIA_ONE, SQ_TEXT_ANYWHERE));
    ck_assert(!finds(GIA_TWO, "gia", SQ_TEXT_ANYWHERE));
    /* Unicode has no q with an acute accent in one. */
    ck_assert(!finds("q\xCC\x81", "q", SQ_TEXT_ANYWHERE));
    ck_assert(finds("q\xCC\x81q", "q", SQ_TEXT_ANYWHERE));
}
END_TEST

START_TEST(test_find_of_nothing_and_of_too_much_is_false)
{
    ck_assert(!finds("abc", "", SQ_TEXT_ANYWHERE));
    ck_assert(!finds("", "a", SQ_TEXT_ANYWHERE));
    ck_assert(!finds("ab", "abc", SQ_TEXT_WORD));
    ck_assert(!sq_text_find("", 0, "", 0, SQ_TEXT_WORD));
}
END_TEST

START_TEST(test_every_refused_allocation_is_said_and_nothing_leaks)
{
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf out = {0};
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_text_fold(VIET_TWO, strlen(VIET_TWO), &out);
        ck_assert_int_eq(status, sq_memory_torture_refused() > 0 ? SQ_NO_MEMORY : SQ_OK);
        sq_strbuf_clear(&out);
        if (sq_memory_torture_refused() == 0) {
            break;
        }
    }
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text_fold");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_fold_of_one_word_in_many_spellings_is_the_same);
    tcase_add_test(all, test_fold_of_folded_text_changes_nothing);
    tcase_add_test(all, test_fold_of_what_is_not_utf8_becomes_the_replacement_character);
    tcase_add_test(all, test_find_of_a_word_asks_for_whole_words);
    tcase_add_test(all, test_find_anywhere_looks_into_words_but_not_into_characters);
    tcase_add_test(all, test_find_of_nothing_and_of_too_much_is_false);
    tcase_add_test(all, test_every_refused_allocation_is_said_and_nothing_leaks);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
