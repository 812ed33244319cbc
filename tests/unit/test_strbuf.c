/* SPDX-License-Identifier: MIT */
/* The string buffer: contents, decimals, and failure that sticks. */
#include "base/strbuf.h"

#include <check.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "tests/support/memory_torture.h"

static void check_decimal(int64_t value, int scale, int digits, const char *expected)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add_decimal(&buffer, value, scale, digits);
    ck_assert_str_eq(sq_strbuf_text(&buffer), expected);
    sq_strbuf_clear(&buffer);
}

__attribute__((format(printf, 3, 4))) static void format_cut(char *out, size_t out_bytes,
                                                             const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(out, out_bytes, format, arguments);
    va_end(arguments);
}

/* One of each kind of addition, enough to grow several times. */
static void add_everything(struct sq_strbuf *buffer)
{
    sq_strbuf_add(buffer, "call ");
    sq_strbuf_add_format(buffer, "%d of %s", 7, "many");
    sq_strbuf_add_char(buffer, '.');
    sq_strbuf_add_repeated(buffer, "ab", 500);
    sq_strbuf_add_bytes(buffer, "x\0y", 3);
    sq_strbuf_add_decimal(buffer, 12345, 3, 1);
    sq_strbuf_add_format(buffer, "%2000s", "end");
}

START_TEST(test_text_of_zeroed_buffer_is_empty)
{
    struct sq_strbuf buffer = {0};
    ck_assert_str_eq(sq_strbuf_text(&buffer), "");
    ck_assert(!sq_strbuf_failed(&buffer));
    sq_strbuf_add(&buffer, "");
    sq_strbuf_add_bytes(&buffer, NULL, 0);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "");
    ck_assert_uint_eq(buffer.length, 0);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_add_of_each_kind_appends)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add(&buffer, "call ");
    sq_strbuf_add_format(&buffer, "%d%%", 42);
    sq_strbuf_add_char(&buffer, '!');
    sq_strbuf_add_bytes(&buffer, "tail and more", 4);
    sq_strbuf_add_repeated(&buffer, "ab", 3);
    sq_strbuf_add_repeated(&buffer, "never", 0);
    sq_strbuf_add_repeated(&buffer, "", SIZE_MAX);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "call 42%!tailababab");
    ck_assert_uint_eq(buffer.length, strlen("call 42%!tailababab"));
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_add_bytes_with_nul_inside_counts_it)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add_bytes(&buffer, "a\0b", 3);
    ck_assert_uint_eq(buffer.length, 3);
    ck_assert_mem_eq(sq_strbuf_text(&buffer), "a\0b", 4);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_add_at_every_length_around_growth_keeps_text_and_nul)
{
    struct sq_strbuf buffer = {0};
    for (size_t i = 0; i < 1000; i++) {
        sq_strbuf_add_char(&buffer, (char)('a' + i % 26));
        ck_assert_uint_eq(buffer.length, i + 1);
        ck_assert_uint_lt(buffer.length, buffer.capacity);
        ck_assert_int_eq(buffer.text[i + 1], '\0');
    }
    for (size_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(buffer.text[i], (char)('a' + i % 26));
    }
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_add_format_longer_than_room_grows)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add_format(&buffer, "%63s", "x"); /* fills the first 64 bytes to the NUL */
    ck_assert_uint_eq(buffer.length, 63);
    sq_strbuf_add_format(&buffer, "%064d", 5);
    ck_assert_uint_eq(buffer.length, 127);
    ck_assert_uint_eq(strlen(sq_strbuf_text(&buffer)), 127);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_failure_at_each_allocation_sticks_and_leaks_nothing)
{
    size_t failures = 0;
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf buffer = {0};
        sq_memory_torture_fail(nth);
        add_everything(&buffer);
        bool refused = sq_memory_torture_refused() > 0;
        ck_assert_int_eq(sq_strbuf_failed(&buffer), refused);
        ck_assert_uint_eq(sq_memory_torture_requests() >= nth, refused);
        sq_strbuf_clear(&buffer);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (!refused) {
            break;
        }
        failures++;
    }
    ck_assert_uint_gt(failures, 2);
}
END_TEST

START_TEST(test_add_after_failure_does_nothing_even_when_it_would_fit)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add(&buffer, "kept");
    sq_memory_torture_fail(1);
    sq_strbuf_add_repeated(&buffer, "x", 1000);
    ck_assert(sq_strbuf_failed(&buffer));
    sq_strbuf_add_char(&buffer, '!');
    sq_strbuf_add(&buffer, "more");
    sq_strbuf_add_format(&buffer, "%d", 1);
    sq_strbuf_add_decimal(&buffer, 1, 0, 0);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "kept");
    ck_assert_uint_eq(buffer.length, 4);
    ck_assert_uint_eq(sq_memory_torture_requests(), 1);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_add_repeated_when_size_overflows_fails)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add_repeated(&buffer, "ab", SIZE_MAX / 2 + 2);
    ck_assert(sq_strbuf_failed(&buffer));
    sq_strbuf_reset(&buffer);
    sq_strbuf_add_repeated(&buffer, "a", SIZE_MAX); /* no room for the NUL */
    ck_assert(sq_strbuf_failed(&buffer));
    ck_assert_uint_eq(sq_memory_torture_requests(), 0);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_reset_empties_keeps_memory_and_clears_failed)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_reset(&buffer);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "");
    sq_strbuf_add(&buffer, "old");
    size_t capacity = buffer.capacity;
    sq_memory_torture_fail(1);
    sq_strbuf_add_repeated(&buffer, "x", 1000);
    sq_strbuf_reset(&buffer);
    ck_assert(!sq_strbuf_failed(&buffer));
    ck_assert_str_eq(sq_strbuf_text(&buffer), "");
    ck_assert_uint_eq(buffer.capacity, capacity);
    sq_strbuf_add(&buffer, "new");
    ck_assert_str_eq(sq_strbuf_text(&buffer), "new");
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_clear_accepts_null_and_twice_and_leaves_a_usable_buffer)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_clear(NULL);
    sq_strbuf_clear(&buffer);
    sq_strbuf_add(&buffer, "text");
    sq_strbuf_clear(&buffer);
    sq_strbuf_clear(&buffer);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "");
    sq_strbuf_add(&buffer, "again");
    ck_assert_str_eq(sq_strbuf_text(&buffer), "again");
    sq_strbuf_clear(&buffer);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_decimal_rounds_half_away_from_zero)
{
    check_decimal(12345, 3, 1, "12.3");
    check_decimal(12349, 3, 2, "12.35");
    check_decimal(12350, 3, 1, "12.4");
    check_decimal(-12350, 3, 1, "-12.4");
    check_decimal(-12349, 3, 1, "-12.3");
    check_decimal(1499, 3, 0, "1");
    check_decimal(1500, 3, 0, "2");
    check_decimal(-1500, 3, 0, "-2");
    check_decimal(9999, 3, 1, "10.0");
}
END_TEST

START_TEST(test_decimal_pads_with_zeros)
{
    check_decimal(0, 0, 0, "0");
    check_decimal(0, 3, 3, "0.000");
    check_decimal(5, 3, 3, "0.005");
    check_decimal(-5, 3, 3, "-0.005");
    check_decimal(1002003, 6, 6, "1.002003");
    check_decimal(7, 0, 0, "7");
    check_decimal(1, 18, 18, "0.000000000000000001");
}
END_TEST

START_TEST(test_decimal_that_rounds_to_zero_has_no_sign)
{
    check_decimal(-4, 3, 2, "0.00");
    check_decimal(-5, 3, 2, "-0.01");
    check_decimal(-499, 3, 0, "0");
}
END_TEST

START_TEST(test_decimal_at_the_ends_of_the_range_is_exact)
{
    check_decimal(INT64_MAX, 0, 0, "9223372036854775807");
    check_decimal(INT64_MIN, 0, 0, "-9223372036854775808");
    check_decimal(INT64_MAX, 18, 18, "9.223372036854775807");
    check_decimal(INT64_MIN, 18, 0, "-9");
    check_decimal(INT64_MIN, 1, 0, "-922337203685477581");
}
END_TEST

START_TEST(test_decimal_with_more_digits_than_scale_asserts)
{
    check_decimal(1, 2, 3, "");
}
END_TEST

START_TEST(test_decimal_with_scale_over_18_asserts)
{
    check_decimal(1, 19, 3, "");
}
END_TEST

START_TEST(test_add_of_null_asserts)
{
    struct sq_strbuf buffer = {0};
    sq_strbuf_add(&buffer, NULL);
}
END_TEST

START_TEST(test_format_cut_when_it_fits_is_whole)
{
    char out[8];
    format_cut(out, sizeof out, "%s-%d", "abcde", 1);
    ck_assert_str_eq(out, "abcde-1");
    ck_assert_uint_eq(sq_memory_torture_requests(), 0);
}
END_TEST

START_TEST(test_format_cut_when_too_long_ends_where_the_room_ends)
{
    char out[8];
    format_cut(out, sizeof out, "%s-%d", "abcdef", 1);
    ck_assert_str_eq(out, "abcdef-");
    format_cut(out, 1, "%s", "abc");
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(test_format_cut_never_ends_inside_a_code_point)
{
    char out[8];
    format_cut(out, 4, "%s", "ab\xc3\xa9!"); /* 2-byte e acute, its second byte does not fit */
    ck_assert_str_eq(out, "ab");
    format_cut(out, 5, "%s", "ab\xc3\xa9!");
    ck_assert_str_eq(out, "ab\xc3\xa9");
    format_cut(out, 4, "%s", "a\xe2\x82\xac!"); /* 3-byte euro sign */
    ck_assert_str_eq(out, "a");
    format_cut(out, 4, "%s", "\xf0\x9f\x99\x82!"); /* 4 bytes, three of them fit */
    ck_assert_str_eq(out, "");
    format_cut(out, 5, "%s", "\xf0\x9f\x99\x82!");
    ck_assert_str_eq(out, "\xf0\x9f\x99\x82");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("strbuf");
    tcase_add_test(tests, test_text_of_zeroed_buffer_is_empty);
    tcase_add_test(tests, test_add_of_each_kind_appends);
    tcase_add_test(tests, test_add_bytes_with_nul_inside_counts_it);
    tcase_add_test(tests, test_add_at_every_length_around_growth_keeps_text_and_nul);
    tcase_add_test(tests, test_add_format_longer_than_room_grows);
    tcase_add_test(tests, test_failure_at_each_allocation_sticks_and_leaks_nothing);
    tcase_add_test(tests, test_add_after_failure_does_nothing_even_when_it_would_fit);
    tcase_add_test(tests, test_add_repeated_when_size_overflows_fails);
    tcase_add_test(tests, test_reset_empties_keeps_memory_and_clears_failed);
    tcase_add_test(tests, test_clear_accepts_null_and_twice_and_leaves_a_usable_buffer);
    tcase_add_test(tests, test_decimal_rounds_half_away_from_zero);
    tcase_add_test(tests, test_decimal_pads_with_zeros);
    tcase_add_test(tests, test_decimal_that_rounds_to_zero_has_no_sign);
    tcase_add_test(tests, test_decimal_at_the_ends_of_the_range_is_exact);
    tcase_add_exit_test(tests, test_decimal_with_more_digits_than_scale_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_decimal_with_scale_over_18_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_add_of_null_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_test(tests, test_format_cut_when_it_fits_is_whole);
    tcase_add_test(tests, test_format_cut_when_too_long_ends_where_the_room_ends);
    tcase_add_test(tests, test_format_cut_never_ends_inside_a_code_point);
    Suite *suite = suite_create("strbuf");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
