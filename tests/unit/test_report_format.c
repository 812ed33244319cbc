/* SPDX-License-Identifier: MIT */
/* Numbers as people read them. */
#include <check.h>

#include "reports/format.h"

static void check_text(struct sq_strbuf *out, const char *expected)
{
    ck_assert_str_eq(sq_strbuf_text(out), expected);
    sq_strbuf_clear(out);
}

static void check_ratio(int64_t ppb, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_format_ratio(&out, ppb);
    check_text(&out, expected);
}

static void check_money(int64_t picodollars, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_format_money(&out, picodollars);
    check_text(&out, expected);
}

static void check_value(enum sq_metric_kind kind, int64_t value, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_format_value(&out, kind, value);
    check_text(&out, expected);
}

static void check_distance(enum sq_metric_kind kind, int64_t margin, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_format_distance(&out, kind, margin);
    check_text(&out, expected);
}

START_TEST(test_ratio_has_two_decimals)
{
    check_ratio(995000000, "99.50%");
    check_ratio(949666666, "94.97%");
    check_ratio(123456, "0.01%");
    check_ratio(50000, "0.01%");
    check_ratio(1500000000, "150.00%");
    check_ratio(-32000000, "-3.20%");
}
END_TEST

START_TEST(test_ratio_claims_all_or_nothing_only_when_exact)
{
    check_ratio(0, "0%");
    check_ratio(SQ_RATIO_ONE, "100%");
    check_ratio(999999000, "99.9999%");
    check_ratio(999949999, "99.99%");
    check_ratio(999950000, "99.995%");
    check_ratio(49999, "0.005%");
    check_ratio(1, "0.0000001%");
    check_ratio(SQ_RATIO_ONE - 1, "99.9999999%");
    check_ratio(-1, "-0.0000001%");
    check_ratio(SQ_RATIO_ONE + 1, "100.0000001%");
}
END_TEST

START_TEST(test_count_is_grouped)
{
    check_value(SQ_METRIC_COUNT, 0, "0");
    check_value(SQ_METRIC_COUNT, 999, "999");
    check_value(SQ_METRIC_COUNT, 1000, "1,000");
    check_value(SQ_METRIC_COUNT, 1000000, "1,000,000");
    check_value(SQ_METRIC_COUNT, -12345, "-12,345");
    struct sq_strbuf out = {0};
    sq_format_count(&out, UINT64_MAX);
    check_text(&out, "18,446,744,073,709,551,615");
}
END_TEST

START_TEST(test_money_has_cents_from_a_dollar_on_and_three_digits_below)
{
    check_money(0, "$0");
    check_money(SQ_MONEY_ONE, "$1.00");
    check_money(INT64_C(1234567000000000), "$1,234.57");
    check_money(INT64_C(1005000000000), "$1.01");
    check_money(INT64_C(1004999999999), "$1.00");
    check_money(SQ_MONEY_ONE - 1, "$1.000");
    check_money(INT64_C(12300000000), "$0.0123");
    check_money(INT64_C(250000), "$0.000000250");
    check_money(1, "$0.000000000001");
    check_money(-2 * SQ_MONEY_ONE, "-$2.00");
    check_money(INT64_MIN, "-$9,223,372.04");
}
END_TEST

START_TEST(test_value_has_the_unit_of_its_kind)
{
    check_value(SQ_METRIC_RATIO, 979000000, "97.90%");
    check_value(SQ_METRIC_DURATION, 1707081727, "1.71s");
    check_value(SQ_METRIC_RATE, 8400, "8.40/s");
    check_value(SQ_METRIC_FACTOR, 1250000, "1.25");
    check_value(SQ_METRIC_MONEY, SQ_MONEY_ONE, "$1.00");
}
END_TEST

START_TEST(test_distance_has_no_sign_and_ratios_are_points)
{
    check_distance(SQ_METRIC_RATIO, -16000000, "1.60 points");
    check_distance(SQ_METRIC_RATIO, 0, "0 points");
    check_distance(SQ_METRIC_RATIO, SQ_RATIO_ONE, "100 points");
    check_distance(SQ_METRIC_DURATION, -210 * SQ_MS, "210ms");
    check_distance(SQ_METRIC_COUNT, INT64_MIN, "9,223,372,036,854,775,807");
}
END_TEST

START_TEST(test_kind_of_a_count_is_count_whatever_is_counted)
{
    struct sq_threshold what = {.metric = SQ_METRIC_CALL_DURATION,
                                .aggregation = SQ_AGGREGATION_COUNT};
    ck_assert_int_eq(sq_format_kind(&what), SQ_METRIC_COUNT);
    what.aggregation = SQ_AGGREGATION_P;
    ck_assert_int_eq(sq_format_kind(&what), SQ_METRIC_DURATION);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report_format");
    tcase_add_test(tests, test_ratio_has_two_decimals);
    tcase_add_test(tests, test_ratio_claims_all_or_nothing_only_when_exact);
    tcase_add_test(tests, test_count_is_grouped);
    tcase_add_test(tests, test_money_has_cents_from_a_dollar_on_and_three_digits_below);
    tcase_add_test(tests, test_value_has_the_unit_of_its_kind);
    tcase_add_test(tests, test_distance_has_no_sign_and_ratios_are_points);
    tcase_add_test(tests, test_kind_of_a_count_is_count_whatever_is_counted);
    Suite *suite = suite_create("report_format");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
