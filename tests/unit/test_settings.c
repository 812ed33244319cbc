/* SPDX-License-Identifier: MIT */
/* Lists of classes and statuses: what matches, and the first and last status there is. */
#include "policies/settings.h"

#include <check.h>

START_TEST(test_on_with_a_class_matches_that_class_whatever_the_status)
{
    struct sq_on on = {.classes = SQ_CLASS_BIT(SQ_CLASS_RESET)};
    ck_assert(sq_on_matches(&on, SQ_CLASS_RESET, 0));
    ck_assert(sq_on_matches(&on, SQ_CLASS_RESET, 200));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_CUT, 0));
}
END_TEST

START_TEST(test_on_with_a_status_matches_it_whatever_the_class)
{
    struct sq_on on = {0};
    sq_on_add_status(&on, 409);
    ck_assert(sq_on_matches(&on, SQ_CLASS_BAD_REQUEST, 409));
    ck_assert(sq_on_matches(&on, SQ_CLASS_QUOTA, 409));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_BAD_REQUEST, 408));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_BAD_REQUEST, 410));
}
END_TEST

START_TEST(test_on_with_the_first_and_last_status_matches_them_and_nothing_outside)
{
    struct sq_on on = {0};
    sq_on_add_status(&on, 100);
    sq_on_add_status(&on, 599);
    ck_assert(sq_on_matches(&on, SQ_CLASS_MALFORMED, 100));
    ck_assert(sq_on_matches(&on, SQ_CLASS_SERVER_ERROR, 599));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_MALFORMED, 0));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_MALFORMED, 99));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_MALFORMED, 600));
    ck_assert(!sq_on_matches(&on, SQ_CLASS_MALFORMED, UINT16_MAX));
}
END_TEST

START_TEST(test_on_with_every_status_matches_each_alone)
{
    for (uint16_t status = SQ_STATUS_MIN; status <= SQ_STATUS_MAX; status++) {
        struct sq_on on = {0};
        sq_on_add_status(&on, status);
        for (uint16_t other = SQ_STATUS_MIN; other <= SQ_STATUS_MAX; other++) {
            ck_assert_int_eq(sq_on_matches(&on, SQ_CLASS_MALFORMED, other), other == status);
        }
    }
}
END_TEST

START_TEST(test_on_empty_matches_nothing_and_success_matches_no_class)
{
    struct sq_on none = {0};
    struct sq_on all = {.classes = UINT64_MAX};
    ck_assert(!sq_on_matches(&none, SQ_CLASS_SERVER_ERROR, 500));
    ck_assert(!sq_on_matches(&all, SQ_CLASS_NONE, 200));
    ck_assert(sq_on_matches(&all, SQ_CLASS_CANCELLED, 0));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("settings");
    tcase_add_test(tests, test_on_with_a_class_matches_that_class_whatever_the_status);
    tcase_add_test(tests, test_on_with_a_status_matches_it_whatever_the_class);
    tcase_add_test(tests, test_on_with_the_first_and_last_status_matches_them_and_nothing_outside);
    tcase_add_test(tests, test_on_with_every_status_matches_each_alone);
    tcase_add_test(tests, test_on_empty_matches_nothing_and_success_matches_no_class);
    Suite *suite = suite_create("settings");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
