/* SPDX-License-Identifier: MIT */
/* Decimals of any length, compared and divided exactly. */
#include "wire/schema/decimal.h"

#include <check.h>
#include <string.h>

static struct sq_schema_decimal decimal(const char *text)
{
    struct sq_schema_decimal read;
    sq_schema_decimal_read(text, strlen(text), &read);
    return read;
}

static int order(const char *a, const char *b)
{
    struct sq_schema_decimal left = decimal(a);
    struct sq_schema_decimal right = decimal(b);
    int forth = sq_schema_decimal_compare(&left, &right);
    int back = sq_schema_decimal_compare(&right, &left);
    ck_assert_msg((forth > 0) - (forth < 0) == (back < 0) - (back > 0), "%s and %s", a, b);
    return (forth > 0) - (forth < 0);
}

static bool multiple(const char *value, const char *unit)
{
    struct sq_schema_decimal left = decimal(value);
    struct sq_schema_decimal right = decimal(unit);
    return sq_schema_decimal_multiple(&left, &right);
}

START_TEST(test_compare_of_one_value_in_many_spellings_is_equal)
{
    static const char *const ones[] = {"1", "1.0", "1e0", "10e-1", "0.1e1", "1.000E+0", "0.01e2"};
    for (size_t i = 0; i < sizeof ones / sizeof ones[0]; i++) {
        struct sq_schema_decimal one = decimal(ones[i]);
        ck_assert_msg(order("1", ones[i]) == 0, "1 and %s", ones[i]);
        ck_assert_uint_eq(one.n_digits, 1);
        ck_assert_int_eq(one.exponent, 0);
    }
    ck_assert_int_eq(order("0", "-0"), 0);
    ck_assert_int_eq(order("0", "0.00e77"), 0);
    ck_assert_int_eq(order("0", "-0e999999999999999999999999"), 0);
}
END_TEST

START_TEST(test_compare_of_neighbours_tells_them_apart)
{
    ck_assert_int_eq(order("1", "2"), -1);
    ck_assert_int_eq(order("-1", "-2"), 1);
    ck_assert_int_eq(order("-1", "0"), -1);
    ck_assert_int_eq(order("0", "1e-400"), -1);
    ck_assert_int_eq(order("9", "10"), -1);
    ck_assert_int_eq(order("1e400", "1e401"), -1);
    ck_assert_int_eq(order("9007199254740993", "9007199254740992"), 1);
    ck_assert_int_eq(order("0.1", "0.1000000000000000000000000000000000001"), -1);
    ck_assert_int_eq(order("1e99999999999999999999", "1e5"), 1);
    ck_assert_int_eq(order("1e-99999999999999999999", "0"), 1);
}
END_TEST

START_TEST(test_whole_of_numbers_with_and_without_fraction)
{
    static const char *const whole[] = {"0", "-0.0", "1.0", "1e400", "1.50e1", "100e-2"};
    static const char *const broken[] = {"0.1", "1e-1", "1.5", "-1.25e1", "1e-400"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        struct sq_schema_decimal read = decimal(whole[i]);
        ck_assert_msg(sq_schema_decimal_whole(&read), "%s", whole[i]);
    }
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct sq_schema_decimal read = decimal(broken[i]);
        ck_assert_msg(!sq_schema_decimal_whole(&read), "%s", broken[i]);
    }
}
END_TEST

START_TEST(test_multiple_of_fractions_is_exact)
{
    ck_assert(multiple("0.3", "0.1"));
    ck_assert(multiple("4.35", "0.01"));
    ck_assert(!multiple("4.355", "0.01"));
    ck_assert(multiple("0.0075", "0.0001"));
    ck_assert(!multiple("0.00751", "0.0001"));
    ck_assert(!multiple("1e308", "0.123456789"));
    ck_assert(multiple("-9", "3"));
    ck_assert(!multiple("-10", "3"));
    ck_assert(multiple("0", "7.5"));
    ck_assert(multiple("7.5", "-7.5"));
    ck_assert(!multiple("1", "1e1"));
}
END_TEST

START_TEST(test_multiple_of_large_exponents_is_exact_and_quick)
{
    ck_assert(multiple("1e400", "1e399"));
    ck_assert(multiple("1e400", "0.5"));
    ck_assert(!multiple("1e400", "3"));
    ck_assert(multiple("3e400", "3"));
    ck_assert(multiple("1e99999999999", "1024"));
    ck_assert(!multiple("1e99999999999", "1025"));
    ck_assert(multiple("1e150", "1427247692705959881058285969449495136382746624")); /* 2^150 */
    ck_assert(!multiple("1e149", "1427247692705959881058285969449495136382746624"));
    ck_assert(multiple("12345678901234567890123456789000", "12345678901234567890123456789"));
    ck_assert(!multiple("12345678901234567890123456789001", "12345678901234567890123456789"));
    ck_assert(multiple("340282366920938463463374607431768211456", "18446744073709551616"));
    ck_assert(!multiple("340282366920938463463374607431768211457", "18446744073709551616"));
}
END_TEST

/* The longest number there is, as value and as unit. */
START_TEST(test_multiple_of_a_thousand_digits_divides_itself)
{
    char nines[SQ_JSON_NUMBER_BYTES_MAX + 1];
    memset(nines, '9', SQ_JSON_NUMBER_BYTES_MAX);
    nines[SQ_JSON_NUMBER_BYTES_MAX] = '\0';
    ck_assert(multiple(nines, nines));
    ck_assert(multiple(nines, "9"));
    ck_assert(!multiple(nines, "2"));
    ck_assert(!multiple("1e99999", nines));
    ck_assert_int_eq(order(nines, nines + 1), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_decimal");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_compare_of_one_value_in_many_spellings_is_equal);
    tcase_add_test(all, test_compare_of_neighbours_tells_them_apart);
    tcase_add_test(all, test_whole_of_numbers_with_and_without_fraction);
    tcase_add_test(all, test_multiple_of_fractions_is_exact);
    tcase_add_test(all, test_multiple_of_large_exponents_is_exact_and_quick);
    tcase_add_test(all, test_multiple_of_a_thousand_digits_divides_itself);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
