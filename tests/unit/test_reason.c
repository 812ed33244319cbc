/* SPDX-License-Identifier: MIT */
/* errno as part of a sentence. */
#include "host/reason.h"

#include <check.h>
#include <errno.h>

START_TEST(test_reason_of_a_known_error_begins_small)
{
    ck_assert_str_eq(sq_reason_of(ENOSPC).text, "no space left on device");
    ck_assert_str_eq(sq_reason_of(EACCES).text, "permission denied");
}
END_TEST

START_TEST(test_reason_that_begins_with_an_abbreviation_keeps_it)
{
    ck_assert_str_eq(sq_reason_of(ENOTUNIQ).text, "name not unique on network");
    ck_assert_str_eq(sq_reason_of(ESRMNT).text, "srmount error");
    ck_assert_str_eq(sq_reason_of(EL2HLT).text, "level 2 halted");
    ck_assert_str_eq(sq_reason_of(EDOTDOT).text, "RFS specific error");
}
END_TEST

START_TEST(test_reason_of_an_unknown_error_says_so)
{
    ck_assert_str_eq(sq_reason_of(99999).text, "unknown reason");
    ck_assert_str_eq(sq_reason_of(-1).text, "unknown reason");
}
END_TEST

START_TEST(test_reason_of_every_error_is_cut_inside_the_text)
{
    for (int error_number = 0; error_number < 200; error_number++) {
        struct sq_reason reason = sq_reason_of(error_number);
        ck_assert_int_eq(reason.text[sizeof(reason.text) - 1], '\0');
        ck_assert_int_ne(reason.text[0], '\0');
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reason");
    tcase_add_test(tests, test_reason_of_a_known_error_begins_small);
    tcase_add_test(tests, test_reason_that_begins_with_an_abbreviation_keeps_it);
    tcase_add_test(tests, test_reason_of_an_unknown_error_says_so);
    tcase_add_test(tests, test_reason_of_every_error_is_cut_inside_the_text);
    Suite *suite = suite_create("reason");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
