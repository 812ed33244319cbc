/* SPDX-License-Identifier: MIT */
/* The table of fault kinds: every row is complete, names lead back to it. */
#include "mockprovider/kinds.h"

#include <check.h>
#include <string.h>

START_TEST(test_every_kind_has_a_name_that_leads_back_to_it)
{
    for (int i = 0; i < SQ_FAULT_KINDS; i++) {
        const struct sq_fault_kind_row *row = sq_fault_kind_row((enum sq_fault_kind)i);
        enum sq_fault_kind found = SQ_FAULT_KINDS;
        ck_assert(sq_fault_kind_by_name(row->name, strlen(row->name), &found));
        ck_assert_int_eq(found, i);
        ck_assert_uint_gt(strlen(row->sentence), 10);
        ck_assert_uint_gt(strlen(sq_family_name(row->family)), 3);
    }
}
END_TEST

START_TEST(test_an_unknown_or_partial_name_is_no_kind)
{
    enum sq_fault_kind found = SQ_FAULT_KINDS;
    ck_assert(!sq_fault_kind_by_name("timeout", 7, &found));
    ck_assert(!sq_fault_kind_by_name("statu", 5, &found));
    ck_assert(!sq_fault_kind_by_name("status", 5, &found));
    ck_assert(!sq_fault_kind_by_name("Status", 6, &found));
    ck_assert(!sq_fault_kind_by_name("", 0, &found));
    ck_assert_int_eq(found, SQ_FAULT_KINDS);
}
END_TEST

START_TEST(test_only_stream_faults_need_a_stream)
{
    for (int i = 0; i < SQ_FAULT_KINDS; i++) {
        const struct sq_fault_kind_row *row = sq_fault_kind_row((enum sq_fault_kind)i);
        ck_assert_int_eq(row->needs == SQ_NEEDS_STREAM, row->family == SQ_FAMILY_STREAM);
    }
    ck_assert_str_eq(sq_family_name(SQ_FAMILY_TRANSPORT), "transport");
    ck_assert_str_eq(sq_family_name(SQ_FAMILY_CONNECTION), "connection");
    ck_assert_str_eq(sq_family_name(SQ_FAMILY_CONTENT), "content");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kinds");
    tcase_add_test(tests, test_every_kind_has_a_name_that_leads_back_to_it);
    tcase_add_test(tests, test_an_unknown_or_partial_name_is_no_kind);
    tcase_add_test(tests, test_only_stream_faults_need_a_stream);
    Suite *suite = suite_create("kinds");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
