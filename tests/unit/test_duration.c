/* SPDX-License-Identifier: MIT */
/* Durations as text: exact both ways, and the offending byte of what is refused. */
#include "base/duration.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"

static void check_read(const char *text, sq_dur expected)
{
    sq_dur span = -1;
    size_t bad = 99;
    ck_assert_msg(sq_duration_read(text, strlen(text), &span, &bad), "refused `%s` at %zu", text,
                  bad);
    ck_assert_msg(span == expected, "`%s` gave %lld", text, (long long)span);
    ck_assert_uint_eq(bad, 99);
}

static void refuse(const char *text, size_t expected_bad)
{
    sq_dur span = -1;
    size_t bad = 99;
    ck_assert_msg(!sq_duration_read(text, strlen(text), &span, &bad), "accepted `%s`", text);
    ck_assert_msg(bad == expected_bad, "`%s` refused at %zu, not %zu", text, bad, expected_bad);
    ck_assert_int_eq(span, -1);
}

static void check_exact(sq_dur span, const char *expected)
{
    struct sq_strbuf buffer = {0};
    sq_duration_add_exact(&buffer, span);
    ck_assert_str_eq(sq_strbuf_text(&buffer), expected);
    if (span != SQ_NEVER) {
        check_read(expected, span);
    }
    sq_strbuf_clear(&buffer);
}

static void check_rounded(sq_dur span, const char *expected)
{
    struct sq_strbuf buffer = {0};
    sq_duration_add_rounded(&buffer, span);
    ck_assert_str_eq(sq_strbuf_text(&buffer), expected);
    sq_strbuf_clear(&buffer);
}

START_TEST(test_read_with_each_unit_gives_its_nanoseconds)
{
    check_read("10ns", 10);
    check_read("100us", 100000);
    check_read("250ms", 250000000);
    check_read("7s", INT64_C(7000000000));
    check_read("2m", INT64_C(120000000000));
    check_read("24h", INT64_C(86400000000000));
    check_read("3d", INT64_C(259200000000000));
    check_read("0s", 0);
    check_read("0d", 0);
    check_read("007s", 7 * SQ_SECOND);
}
END_TEST

START_TEST(test_read_of_fraction_is_exact)
{
    check_read("1.5s", 1500 * SQ_MS);
    check_read("0.1s", 100 * SQ_MS);
    check_read("0.000000001s", 1);
    check_read("1.05m", 63 * SQ_SECOND);
    check_read("0.000001ms", 1);
    check_read("0.0000152587890625d", 1318359375); /* 2^-16: a day's finest, 16 digits */
    check_read("1.0ns", 1);
    check_read("1.50000000000000000000000000000000s", 1500 * SQ_MS);
    check_read("0.00000000000000000000000000000s", 0);
}
END_TEST

START_TEST(test_read_of_sum_adds_up)
{
    check_read("1h30m", 90 * SQ_MINUTE);
    check_read("1m30s", 90 * SQ_SECOND);
    check_read("1m5ms", SQ_MINUTE + 5 * SQ_MS);
    check_read("1s1ms1us1ns", INT64_C(1001001001));
    check_read("1.5h1.5m", 90 * SQ_MINUTE + 90 * SQ_SECOND);
    check_read("1d2h3m4s5ms6us7ns", SQ_DAY + 2 * SQ_HOUR + 3 * SQ_MINUTE + 4 * SQ_SECOND + 5006007);
}
END_TEST

START_TEST(test_read_of_sum_out_of_order_is_refused_at_the_unit)
{
    refuse("30m1h", 4);
    refuse("1s1s", 3);
    refuse("1ms1s", 4);
}
END_TEST

START_TEST(test_read_without_unit_is_refused_at_the_end)
{
    refuse("", 0);
    refuse("5", 1);
    refuse("0", 1);
    refuse("1.5", 3);
    refuse("1.", 2);
    refuse("1h30", 4);
}
END_TEST

START_TEST(test_read_with_unknown_unit_is_refused_at_the_unit)
{
    refuse("5x", 1);
    refuse("1e3s", 1);
    refuse("1S", 1);
    refuse("1w", 1);
    refuse("1u", 1);
    refuse("1n", 1);
    refuse("1.5.2s", 3);
    refuse("0x1s", 1);
    refuse("1,5s", 1);
    refuse("1\xc2\xb5s", 1);
}
END_TEST

START_TEST(test_read_with_anything_but_a_number_is_refused_there)
{
    refuse("-1s", 0);
    refuse("+1s", 0);
    refuse("s", 0);
    refuse(".5s", 0);
    refuse("1.s", 2);
    refuse(" 1s", 0);
    refuse("1 s", 1);
    refuse("1s ", 2);
    refuse("1sec", 2);
    refuse("1min", 2);
    refuse("1h-30m", 2);
    refuse("never", 0);
    refuse("inf", 0);
}
END_TEST

START_TEST(test_read_of_fraction_finer_than_a_nanosecond_is_refused_at_its_last_digit)
{
    refuse("0.5ns", 2);
    refuse("1.0000000001s", 11);
    refuse("1.00000000010s", 11);
    refuse("0.0000001ms", 8);
    refuse("0.00000000000000001d", 18); /* 17 digits */
    refuse("0.0000000000000001d", 17);  /* 16 digits, not a whole nanosecond */
    refuse("0.1000000000000000000000000000001s", 32);
    refuse("1h0.1234567891s", 13);
}
END_TEST

START_TEST(test_read_at_the_largest_value_is_accepted_and_one_more_is_refused)
{
    check_read("9223372036854775806ns", SQ_NEVER - 1);
    refuse("9223372036854775807ns", 0);
    refuse("9223372036854775808ns", 0);
    check_read("106751d", INT64_C(106751) * SQ_DAY);
    refuse("106752d", 0);
    check_read("9223372036s854775806ns", SQ_NEVER - 1);
    refuse("9223372036s854775807ns", 11);
    check_read("9223372036.854775806s", SQ_NEVER - 1);
    refuse("9223372036.854775807s", 0);
}
END_TEST

START_TEST(test_read_of_very_many_digits_is_refused_as_too_large)
{
    refuse("18446744073709551616ns", 0);
    refuse("18446744073709551617ns", 0);
    refuse("340282366920938463463374607431768211456ns", 0); /* 2^128 */
    refuse("340282366920938463463374607431768211457d", 0);
    refuse("99999999999999999999999999999999999999999999999999999999999d", 0);
    check_read("0000000000000000000000000000000000000000000000000000000001s", SQ_SECOND);
}
END_TEST

START_TEST(test_read_stays_inside_its_length)
{
    sq_dur span = -1;
    size_t bad = 99;
    ck_assert(sq_duration_read("5msx", 3, &span, &bad));
    ck_assert_int_eq(span, 5 * SQ_MS);
    ck_assert(sq_duration_read("5ms", 2, &span, &bad));
    ck_assert_int_eq(span, 5 * SQ_MINUTE);
    ck_assert(!sq_duration_read("5ms", 1, &span, &bad));
    ck_assert_uint_eq(bad, 1);
    ck_assert(!sq_duration_read("5\0s", 3, &span, &bad));
    ck_assert_uint_eq(bad, 1);
}
END_TEST

START_TEST(test_exact_writes_one_text_that_reads_back)
{
    check_exact(0, "0s");
    check_exact(1, "1ns");
    check_exact(999, "999ns");
    check_exact(1000, "1us");
    check_exact(1001, "1.001us");
    check_exact(250 * SQ_MS, "250ms");
    check_exact(999999999, "999.999999ms");
    check_exact(SQ_SECOND, "1s");
    check_exact(1500 * SQ_MS, "1.5s");
    check_exact(1000000001, "1.000000001s");
    check_exact(90 * SQ_SECOND, "1m30s");
    check_exact(SQ_MINUTE, "1m");
    check_exact(SQ_HOUR, "1h");
    check_exact(SQ_HOUR + 1, "1h1ns");
    check_exact(SQ_MINUTE + 500 * SQ_MS, "1m500ms");
    check_exact(24 * SQ_HOUR, "1d");
    check_exact(SQ_DAY + SQ_SECOND, "1d1s");
    check_exact(90 * SQ_MINUTE, "1h30m");
    check_exact(SQ_NEVER - 1, "106751d23h47m16.854775806s");
    check_exact(SQ_NEVER, "never");
}
END_TEST

START_TEST(test_exact_of_many_values_reads_back)
{
    for (int shift = 0; shift < 63; shift++) {
        for (sq_dur off = -1; off <= 1; off++) {
            sq_dur span = (INT64_C(1) << shift) + off;
            struct sq_strbuf buffer = {0};
            sq_duration_add_exact(&buffer, span);
            check_read(sq_strbuf_text(&buffer), span);
            sq_strbuf_clear(&buffer);
        }
    }
}
END_TEST

START_TEST(test_exact_of_negative_span_asserts)
{
    check_exact(-1, "");
}
END_TEST

START_TEST(test_rounded_has_three_significant_digits)
{
    check_rounded(0, "0s");
    check_rounded(7, "7ns");
    check_rounded(999, "999ns");
    check_rounded(12300, "12.3us");
    check_rounded(1234567890, "1.23s");
    check_rounded(1235000000, "1.24s");
    check_rounded(250 * SQ_MS, "250ms");
    check_rounded(5 * SQ_SECOND, "5.00s");
    check_rounded(90 * SQ_SECOND, "1.50m");
    check_rounded(123 * SQ_MINUTE, "2.05h");
    check_rounded(36 * SQ_HOUR, "1.50d");
    check_rounded(1234 * SQ_DAY, "1234d");
    check_rounded(SQ_NEVER, "never");
}
END_TEST

START_TEST(test_rounded_that_fills_the_next_digit_or_unit_uses_it)
{
    check_rounded(9994 * SQ_US, "9.99ms");
    check_rounded(9995 * SQ_US, "10.0ms");
    check_rounded(99949 * SQ_US, "99.9ms");
    check_rounded(99950 * SQ_US, "100ms");
    check_rounded(999499999, "999ms");
    check_rounded(999500000, "1.00s");
    check_rounded(59949 * SQ_MS, "59.9s");
    check_rounded(59950 * SQ_MS, "1.00m");
    check_rounded(3597 * SQ_SECOND - 1, "59.9m");
    check_rounded(3597 * SQ_SECOND, "1.00h");
    check_rounded(3600 * SQ_SECOND - 1, "1.00h");
    check_rounded(SQ_DAY - 1, "1.00d");
}
END_TEST

START_TEST(test_rounded_of_negative_span_has_a_sign)
{
    check_rounded(-1, "-1ns");
    check_rounded(-1500 * SQ_MS, "-1.50s");
    check_rounded(-999500000, "-1.00s");
    check_rounded(INT64_MIN, "-106752d");
    check_rounded(SQ_NEVER - 1, "106752d");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("duration");
    tcase_add_test(tests, test_read_with_each_unit_gives_its_nanoseconds);
    tcase_add_test(tests, test_read_of_fraction_is_exact);
    tcase_add_test(tests, test_read_of_sum_adds_up);
    tcase_add_test(tests, test_read_of_sum_out_of_order_is_refused_at_the_unit);
    tcase_add_test(tests, test_read_without_unit_is_refused_at_the_end);
    tcase_add_test(tests, test_read_with_unknown_unit_is_refused_at_the_unit);
    tcase_add_test(tests, test_read_with_anything_but_a_number_is_refused_there);
    tcase_add_test(tests,
                   test_read_of_fraction_finer_than_a_nanosecond_is_refused_at_its_last_digit);
    tcase_add_test(tests, test_read_at_the_largest_value_is_accepted_and_one_more_is_refused);
    tcase_add_test(tests, test_read_of_very_many_digits_is_refused_as_too_large);
    tcase_add_test(tests, test_read_stays_inside_its_length);
    tcase_add_test(tests, test_exact_writes_one_text_that_reads_back);
    tcase_add_test(tests, test_exact_of_many_values_reads_back);
    tcase_add_exit_test(tests, test_exact_of_negative_span_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_test(tests, test_rounded_has_three_significant_digits);
    tcase_add_test(tests, test_rounded_that_fills_the_next_digit_or_unit_uses_it);
    tcase_add_test(tests, test_rounded_of_negative_span_has_a_sign);
    Suite *suite = suite_create("duration");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
