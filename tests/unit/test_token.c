/* SPDX-License-Identifier: MIT */
/* What a token is, and filler text made of tokens. */
#include "wire/token.h"

#include <check.h>
#include <string.h>

START_TEST(test_token_count_rounds_up)
{
    ck_assert_uint_eq(sq_token_count(0), 0);
    ck_assert_uint_eq(sq_token_count(1), 1);
    ck_assert_uint_eq(sq_token_count(4), 1);
    ck_assert_uint_eq(sq_token_count(5), 2);
    ck_assert_uint_eq(sq_token_count(SIZE_MAX), UINT32_MAX);
}
END_TEST

START_TEST(test_filler_is_the_same_for_the_same_seed_and_four_bytes_a_token)
{
    struct sq_strbuf text = {0};
    sq_token_add_filler(&text, 42, 1000);
    ck_assert_uint_eq(text.length, 4000);
    ck_assert_uint_eq(sq_token_count(text.length), 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        char token[SQ_TOKEN_BYTES];
        sq_token_filler(42, i, token);
        ck_assert_mem_eq(text.text + (size_t)i * SQ_TOKEN_BYTES, token, SQ_TOKEN_BYTES);
        ck_assert_int_eq(token[SQ_TOKEN_BYTES - 1], ' ');
    }
    ck_assert_uint_eq(strspn(text.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ,."),
                      text.length);
    struct sq_strbuf other = {0};
    sq_token_add_filler(&other, 43, 1000);
    ck_assert_str_ne(sq_strbuf_text(&text), sq_strbuf_text(&other));
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&other);
}
END_TEST

START_TEST(test_filler_never_changes)
{
    struct sq_strbuf text = {0};
    sq_token_add_filler(&text, 1, 12);
    ck_assert_str_eq(sq_strbuf_text(&text), "Me. See now try so, its yes how may one way for ");
    sq_strbuf_clear(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("token");
    tcase_add_test(tests, test_token_count_rounds_up);
    tcase_add_test(tests, test_filler_is_the_same_for_the_same_seed_and_four_bytes_a_token);
    tcase_add_test(tests, test_filler_never_changes);
    Suite *suite = suite_create("token");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
