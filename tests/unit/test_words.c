/* SPDX-License-Identifier: MIT */
/* The vocabulary: every word has a row, a name that leads back to it, and a group. */
#include "policies/words.h"

#include <check.h>
#include <string.h>

START_TEST(test_class_by_name_of_every_class_leads_back)
{
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        const char *name = sq_class_row((enum sq_class)i)->name;
        enum sq_class klass = SQ_CLASS_NONE;
        ck_assert(sq_class_by_name(name, strlen(name), &klass));
        ck_assert_uint_eq(klass, i);
    }
}
END_TEST

START_TEST(test_class_by_name_of_no_class_is_refused)
{
    enum sq_class klass = SQ_CLASS_QUOTA;
    ck_assert(!sq_class_by_name("none", 4, &klass));
    ck_assert(!sq_class_by_name("", 0, &klass));
    ck_assert(!sq_class_by_name("quot", 4, &klass));
    ck_assert(!sq_class_by_name("quotas", 6, &klass));
    ck_assert(!sq_class_by_name("Quota", 5, &klass));
    ck_assert_uint_eq(klass, SQ_CLASS_QUOTA);
    ck_assert(sq_class_by_name("quotas", 5, &klass));
}
END_TEST

START_TEST(test_class_row_of_none_is_a_success_that_nothing_retries)
{
    const struct sq_class_row *row = sq_class_row(SQ_CLASS_NONE);
    ck_assert_str_eq(row->name, "none");
    ck_assert_uint_eq(row->mark, SQ_MARK_SUCCESS);
    ck_assert_uint_eq(row->retried, SQ_RETRY_NO);
    ck_assert(!row->falls_back);
}
END_TEST

START_TEST(test_group_by_name_of_every_group_leads_back)
{
    for (unsigned i = SQ_GROUP_NONE + 1; i < SQ_GROUPS; i++) {
        const char *name = sq_class_group_name((enum sq_class_group)i);
        enum sq_class_group group = SQ_GROUP_NONE;
        ck_assert(sq_class_group_by_name(name, strlen(name), &group));
        ck_assert_uint_eq(group, i);
    }
    enum sq_class_group untouched = SQ_GROUP_LOCAL;
    ck_assert(!sq_class_group_by_name("none", 4, &untouched));
    ck_assert_uint_eq(untouched, SQ_GROUP_LOCAL);
}
END_TEST

START_TEST(test_group_bits_of_all_groups_together_are_every_class_once)
{
    uint64_t all = 0;
    for (unsigned i = SQ_GROUP_NONE; i < SQ_GROUPS; i++) {
        uint64_t bits = sq_class_group_bits((enum sq_class_group)i);
        ck_assert_uint_eq(all & bits, 0);
        all |= bits;
    }
    ck_assert_uint_eq(all, SQ_CLASS_BIT(SQ_CLASSES) - 2);
    ck_assert_uint_eq(sq_class_group_bits(SQ_GROUP_TRANSIENT),
                      SQ_CLASS_BIT(SQ_CLASS_SERVER_ERROR) | SQ_CLASS_BIT(SQ_CLASS_GATEWAY_ERROR));
    ck_assert_uint_eq(sq_class_group_bits(SQ_GROUP_NONE), SQ_CLASS_BIT(SQ_CLASS_CANCELLED));
}
END_TEST

START_TEST(test_outcome_by_name_of_every_outcome_leads_back)
{
    for (unsigned i = 0; i < SQ_OUTCOMES; i++) {
        const char *name = sq_outcome_row((enum sq_outcome)i)->name;
        enum sq_outcome outcome = SQ_OUTCOME_FIRST_TRY;
        ck_assert(sq_outcome_by_name(name, strlen(name), &outcome));
        ck_assert_uint_eq(outcome, i);
    }
    enum sq_outcome untouched = SQ_OUTCOME_LATE;
    ck_assert(!sq_outcome_by_name("apologies", 9, &untouched));
    ck_assert_uint_eq(untouched, SQ_OUTCOME_LATE);
}
END_TEST

START_TEST(test_outcome_rows_count_an_apology_as_no_availability)
{
    ck_assert(!sq_outcome_row(SQ_OUTCOME_APOLOGY)->available);
    ck_assert(sq_outcome_row(SQ_OUTCOME_SUBSTITUTE)->available);
    ck_assert(!sq_outcome_row(SQ_OUTCOME_SUBSTITUTE)->answered_by_model);
    ck_assert(sq_outcome_row(SQ_OUTCOME_FALLBACK)->answered_by_model);
}
END_TEST

START_TEST(test_transport_class_of_each_ending_is_its_own_failure)
{
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_OK), SQ_CLASS_NONE);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_DNS), SQ_CLASS_DNS);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_REFUSED), SQ_CLASS_CONNECT);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_TLS), SQ_CLASS_TLS);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_RESET), SQ_CLASS_RESET);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_CUT), SQ_CLASS_CUT);
    ck_assert_uint_eq(sq_transport_class(SQ_TRANSPORT_SHORT), SQ_CLASS_MALFORMED);
    ck_assert_str_eq(sq_transport_name(SQ_TRANSPORT_SHORT), "short");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("words");
    tcase_add_test(tests, test_class_by_name_of_every_class_leads_back);
    tcase_add_test(tests, test_class_by_name_of_no_class_is_refused);
    tcase_add_test(tests, test_class_row_of_none_is_a_success_that_nothing_retries);
    tcase_add_test(tests, test_group_by_name_of_every_group_leads_back);
    tcase_add_test(tests, test_group_bits_of_all_groups_together_are_every_class_once);
    tcase_add_test(tests, test_outcome_by_name_of_every_outcome_leads_back);
    tcase_add_test(tests, test_outcome_rows_count_an_apology_as_no_availability);
    tcase_add_test(tests, test_transport_class_of_each_ending_is_its_own_failure);
    Suite *suite = suite_create("words");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
