/* SPDX-License-Identifier: MIT */
/* Exact values of JSON numbers, at and around what 64 bits hold. */
#include "wire/json_number.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"

static void check_value(const char *digits, int scale, int64_t expected)
{
    int64_t value = 77;
    ck_assert_msg(sq_json_number_decimal(digits, strlen(digits), scale, &value), "refused: %s",
                  digits);
    ck_assert_msg(value == expected, "%s read as %lld", digits, (long long)value);
}

static void check_refused(const char *digits, int scale)
{
    int64_t value = 77;
    ck_assert_msg(!sq_json_number_decimal(digits, strlen(digits), scale, &value), "accepted: %s",
                  digits);
    ck_assert_int_eq(value, 77);
}

START_TEST(test_decimal_of_whole_numbers_in_any_spelling_is_exact)
{
    check_value("0", 0, 0);
    check_value("-0", 0, 0);
    check_value("0.000", 0, 0);
    check_value("0e999", 0, 0);
    check_value("5", 0, 5);
    check_value("5.0", 0, 5);
    check_value("50e-1", 0, 5);
    check_value("1e3", 0, 1000);
    check_value("1.25e2", 0, 125);
    check_value("-1.20E+1", 0, -12);
    check_value("1000e-3", 0, 1);
    check_value("0.001e3", 0, 1);
}
END_TEST

START_TEST(test_decimal_of_fractions_is_refused_without_enough_scale)
{
    check_refused("0.1", 0);
    check_refused("1e-1", 0);
    check_refused("1.25", 1);
    check_value("1.25", 2, 125);
    check_value("-0.1", 1, -1);
    check_value("0.000000000000000001", 18, 1);
    check_refused("0.0000000000000000001", 18);
    check_value("2.50", 6, 2500000);
}
END_TEST

START_TEST(test_decimal_at_the_ends_of_64_bits_is_exact_and_beyond_refused)
{
    check_value("9223372036854775807", 0, INT64_MAX);
    check_refused("9223372036854775808", 0);
    check_value("-9223372036854775808", 0, INT64_MIN);
    check_refused("-9223372036854775809", 0);
    check_value("9.223372036854775807", 18, INT64_MAX);
    check_value("9007199254740993", 0, 9007199254740993);
    check_refused("10000000000000000000", 0);
    check_value("1e18", 0, 1000000000000000000);
    check_refused("1e19", 0);
    check_refused("1e99999999999999999999", 0);
    check_refused("1e-99999999999999999999", 18);
    check_refused("100000000000000000000000000000000000000001", 0);
    check_value("100000000000000000000000000000e-29", 0, 1);
}
END_TEST

START_TEST(test_decimal_with_scale_out_of_range_asserts)
{
    int64_t value;
    sq_json_number_decimal("1", 1, SQ_JSON_SCALE_MAX + 1, &value);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_number");
    tcase_add_test(tests, test_decimal_of_whole_numbers_in_any_spelling_is_exact);
    tcase_add_test(tests, test_decimal_of_fractions_is_refused_without_enough_scale);
    tcase_add_test(tests, test_decimal_at_the_ends_of_64_bits_is_exact_and_beyond_refused);
    tcase_add_exit_test(tests, test_decimal_with_scale_out_of_range_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("json_number");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
