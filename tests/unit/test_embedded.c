/* SPDX-License-Identifier: MIT */
/* Embedded text files: what cmake/embed.cmake generates and how a name is found. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"

extern const struct sq_embedded_folder embed_fixture_flat;
extern const struct sq_embedded_folder embed_fixture_nested;

START_TEST(test_folder_when_generated_then_names_are_sorted)
{
    ck_assert_uint_eq(embed_fixture_flat.n_files, 3);
    ck_assert_str_eq(embed_fixture_flat.files[0].name, "empty");
    ck_assert_str_eq(embed_fixture_flat.files[1].name, "first-1.5");
    ck_assert_str_eq(embed_fixture_flat.files[2].name, "odd");
}
END_TEST

START_TEST(test_text_when_embedded_then_bytes_are_the_files)
{
    const char *text = "{\"text\": \"caf\xc3\xa9; [list] \\\"quoted\\\" ]]\"}\n";
    const struct sq_embedded_file *file = sq_embedded_find(&embed_fixture_flat, "odd");

    ck_assert_ptr_nonnull(file);
    ck_assert_str_eq(file->text, text);
    ck_assert_uint_eq(file->length, strlen(text));
}
END_TEST

START_TEST(test_text_when_file_is_empty_then_length_is_zero)
{
    const struct sq_embedded_file *file = sq_embedded_find(&embed_fixture_flat, "empty");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->length, 0);
    ck_assert_int_eq(file->text[0], '\0');
}
END_TEST

START_TEST(test_find_when_name_is_near_then_nothing)
{
    ck_assert_ptr_null(sq_embedded_find(&embed_fixture_flat, "first-1"));
    ck_assert_ptr_null(sq_embedded_find(&embed_fixture_flat, "first-1.5.json"));
    ck_assert_ptr_null(sq_embedded_find(&embed_fixture_flat, "Odd"));
    ck_assert_ptr_null(sq_embedded_find(&embed_fixture_flat, ""));
}
END_TEST

START_TEST(test_name_when_base_is_given_then_holds_the_folder)
{
    ck_assert_uint_eq(embed_fixture_nested.n_files, 1);
    ck_assert_ptr_nonnull(sq_embedded_find(&embed_fixture_nested, "embedded/odd"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embedded");
    TCase *tcase = tcase_create("embedded");
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, test_folder_when_generated_then_names_are_sorted);
    tcase_add_test(tcase, test_text_when_embedded_then_bytes_are_the_files);
    tcase_add_test(tcase, test_text_when_file_is_empty_then_length_is_zero);
    tcase_add_test(tcase, test_find_when_name_is_near_then_nothing);
    tcase_add_test(tcase, test_name_when_base_is_given_then_holds_the_folder);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
