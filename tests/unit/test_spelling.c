/* SPDX-License-Identifier: MIT */
/* The nearest name: distances, what is near enough, snake case. */
#include "base/spelling.h"

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static unsigned distance(const char *a, const char *b)
{
    return sq_spelling_distance(a, strlen(a), b, strlen(b));
}

static const char *best(const char *word)
{
    static const char *const names[] = {"run", "check", "explain", "version"};
    struct sq_spelling spelling = sq_spelling_start(word, strlen(word));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        sq_spelling_offer(&spelling, names[i]);
    }
    return spelling.best;
}

START_TEST(test_distance_counts_insert_delete_replace_and_swap)
{
    ck_assert_uint_eq(distance("retry", "retry"), 0);
    ck_assert_uint_eq(distance("retry", "Retry"), 0);
    ck_assert_uint_eq(distance("rety", "retry"), 1);
    ck_assert_uint_eq(distance("retrry", "retry"), 1);
    ck_assert_uint_eq(distance("retri", "retry"), 1);
    ck_assert_uint_eq(distance("rtery", "retry"), 1);
    ck_assert_uint_eq(distance("", "abc"), 3);
}
END_TEST

START_TEST(test_distance_of_a_word_over_the_limit_is_huge)
{
    char word[SQ_SPELLING_BYTES_MAX + 2];
    memset(word, 'a', sizeof(word));
    word[SQ_SPELLING_BYTES_MAX] = '\0';
    ck_assert_uint_eq(distance(word, word), 0);
    word[SQ_SPELLING_BYTES_MAX] = 'a';
    word[SQ_SPELLING_BYTES_MAX + 1] = '\0';
    ck_assert_uint_eq(distance(word, "a"), UINT_MAX);
}
END_TEST

START_TEST(test_same_when_only_the_case_differs_then_it_holds)
{
    ck_assert(sq_spelling_same("X-Session-Id", "x-session-id"));
    ck_assert(sq_spelling_same("", ""));
    ck_assert(!sq_spelling_same("x-session-i", "x-session-id"));
    ck_assert(!sq_spelling_same("x-session-id2", "x-session-id"));
    ck_assert(!sq_spelling_same("x_session-id", "x-session-id"));
    ck_assert(!sq_spelling_same("@", "`")); /* 32 apart, and no letters */
}
END_TEST

START_TEST(test_begins_when_the_text_is_shorter_or_other_then_it_does_not_hold)
{
    ck_assert(sq_spelling_begins("BEARER sk-1", "Bearer "));
    ck_assert(sq_spelling_begins("any", ""));
    ck_assert(!sq_spelling_begins("Bearer", "Bearer "));
    ck_assert(!sq_spelling_begins("Basic abc", "Bearer "));
}
END_TEST

START_TEST(test_best_is_the_nearest_name_or_none)
{
    ck_assert_str_eq(best("rnu"), "run");
    ck_assert_str_eq(best("chekc"), "check");
    ck_assert_str_eq(best("expalin"), "explain");
    ck_assert_ptr_null(best("frobnicate"));
    ck_assert_ptr_null(best(""));
}
END_TEST

START_TEST(test_snake_writes_camel_and_kebab_case_as_snake_case)
{
    char out[SQ_SPELLING_BYTES_MAX];
    ck_assert(sq_spelling_snake("arrivalRate", 11, out));
    ck_assert_str_eq(out, "arrival_rate");
    ck_assert(sq_spelling_snake("arrival-rate", 12, out));
    ck_assert_str_eq(out, "arrival_rate");
    ck_assert(!sq_spelling_snake("", 0, out));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spelling");
    TCase *tests = tcase_create("spelling");
    tcase_add_test(tests, test_distance_counts_insert_delete_replace_and_swap);
    tcase_add_test(tests, test_distance_of_a_word_over_the_limit_is_huge);
    tcase_add_test(tests, test_same_when_only_the_case_differs_then_it_holds);
    tcase_add_test(tests, test_begins_when_the_text_is_shorter_or_other_then_it_does_not_hold);
    tcase_add_test(tests, test_best_is_the_nearest_name_or_none);
    tcase_add_test(tests, test_snake_writes_camel_and_kebab_case_as_snake_case);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
