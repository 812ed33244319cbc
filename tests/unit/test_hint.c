/* SPDX-License-Identifier: MIT */
/* Hints: the last accepted and the first refused of each interval, every form, every nonsense. */
#include "policies/hint_int.h"

#include <check.h>
#include <string.h>

#include "base/date.h"

#define EPOCH_S   INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define ALL       (SQ_HINT_MILLISECONDS | SQ_HINT_SECONDS | SQ_HINT_DATE | SQ_HINT_SHOULD_RETRY)
#define TWO_WEEKS (14 * SQ_DAY)

/* "(0s, 60s]", or "(0s, 120s]" for openai-python from 2.52 on */
static struct sq_hint_settings above_zero_up_to(sq_dur high, enum sq_hint_above above)
{
    return (struct sq_hint_settings){
        .sources = ALL, .high = high, .high_included = true, .above = above};
}

static struct sq_hints hints_of(const char *after, const char *after_ms, const char *should)
{
    struct sq_hints hints = {0};
    memcpy(hints.retry_after, after, strlen(after));
    memcpy(hints.retry_after_ms, after_ms, strlen(after_ms));
    memcpy(hints.should_retry, should, strlen(should));
    return hints;
}

static struct sq_hint read_after(const struct sq_hint_settings *settings, const char *after)
{
    struct sq_hints hints = hints_of(after, "", "");
    return sq_hint_read(settings, &hints, EPOCH_S, 0);
}

static struct sq_hint read_date(const struct sq_hint_settings *settings, int64_t offset_s,
                                sq_time now)
{
    struct sq_hints hints = {0};
    sq_date_write_http(hints.retry_after, EPOCH_S + offset_s);
    return sq_hint_read(settings, &hints, EPOCH_S, now);
}

static void check_seconds(const struct sq_hint_settings *settings, const char *after,
                          sq_dur expected)
{
    struct sq_hint hint = read_after(settings, after);
    ck_assert_msg(hint.accepted, "%s", after);
    ck_assert_msg(hint.wait == expected, "%s", after);
    ck_assert(!hint.forbids);
}

static void check_ignored(const struct sq_hint_settings *settings, const char *after)
{
    struct sq_hint hint = read_after(settings, after);
    ck_assert_msg(!hint.accepted, "%s", after);
    ck_assert_msg(!hint.forbids, "%s", after);
}

static void check_forbidden(const struct sq_hint_settings *settings, const char *after)
{
    struct sq_hint hint = read_after(settings, after);
    ck_assert_msg(!hint.accepted, "%s", after);
    ck_assert_msg(hint.forbids, "%s", after);
}

START_TEST(test_read_inside_the_interval_is_accepted)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    check_seconds(&settings, "0.5", 500 * SQ_MS);
    check_seconds(&settings, "1", SQ_SECOND);
    check_seconds(&settings, "59", 59 * SQ_SECOND);
    check_seconds(&settings, "60", SQ_MINUTE);
    check_seconds(&settings, "0.000000001", 1);
    check_seconds(&settings, " 5 ", 5 * SQ_SECOND);
    check_seconds(&settings, "5.", 5 * SQ_SECOND);
    check_seconds(&settings, ".25", 250 * SQ_MS);
    check_seconds(&settings, "007", 7 * SQ_SECOND);
}
END_TEST

START_TEST(test_read_above_an_interval_that_ignores_is_ignored)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    check_ignored(&settings, "60.000000001");
    check_ignored(&settings, "61");
    check_ignored(&settings, "120");
    check_ignored(&settings, "3600");
    check_ignored(&settings, "1209600");
    check_ignored(&settings, "99999999999999999999999999999999999999999999999");
}
END_TEST

START_TEST(test_read_above_an_interval_that_forbids_is_a_veto)
{
    struct sq_hint_settings settings = above_zero_up_to(2 * SQ_MINUTE, SQ_HINT_ABOVE_FORBID);
    check_seconds(&settings, "61", 61 * SQ_SECOND);
    check_seconds(&settings, "119", 119 * SQ_SECOND);
    check_seconds(&settings, "120", 120 * SQ_SECOND);
    check_forbidden(&settings, "120.000000001");
    check_forbidden(&settings, "121");
    check_forbidden(&settings, "3600");
    check_forbidden(&settings, "1209600");
}
END_TEST

START_TEST(test_read_at_open_ends_is_outside_and_at_closed_ends_inside)
{
    struct sq_hint_settings open = {.sources = ALL, .high = SQ_MINUTE};
    check_ignored(&open, "0");
    check_seconds(&open, "59.999999999", SQ_MINUTE - 1);
    check_ignored(&open, "60");
    struct sq_hint_settings closed = {
        .sources = ALL, .high = SQ_MINUTE, .low_included = true, .high_included = true};
    check_seconds(&closed, "0", 0);
    check_seconds(&closed, "0.0", 0);
    check_seconds(&closed, "60", SQ_MINUTE);
    struct sq_hint_settings from_two = {.sources = ALL,
                                        .low = 2 * SQ_SECOND,
                                        .high = SQ_MINUTE,
                                        .low_included = true,
                                        .above = SQ_HINT_ABOVE_FORBID};
    check_ignored(&from_two, "1.999999999");
    check_seconds(&from_two, "2", 2 * SQ_SECOND);
    check_forbidden(&from_two, "60");
}
END_TEST

START_TEST(test_read_of_nonsense_is_ignored_even_where_zero_is_accepted)
{
    struct sq_hint_settings settings = above_zero_up_to(TWO_WEEKS, SQ_HINT_ABOVE_FORBID);
    settings.low_included = true;
    static const char *const nonsense[] = {"",    "-1",   "-0",  "+1",    "nan", "NaN",
                                           "inf", "-inf", "1e3", "0x10",  "1,5", "1 2",
                                           "5s",  "soon", ".",   "1.2.3", "--",  "Infinity"};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        check_ignored(&settings, nonsense[i]);
    }
    check_seconds(&settings, "1209600", TWO_WEEKS);
}
END_TEST

START_TEST(test_read_of_a_date_counts_whole_seconds_from_the_receipt)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    ck_assert_int_eq(read_date(&settings, 5, 0).wait, 5 * SQ_SECOND);
    ck_assert(read_date(&settings, 5, 0).accepted);
    ck_assert_int_eq(read_date(&settings, 100, 40 * SQ_SECOND + 999 * SQ_MS).wait, SQ_MINUTE);
    ck_assert(read_date(&settings, 100, 40 * SQ_SECOND + 999 * SQ_MS).accepted);
    ck_assert(!read_date(&settings, 101, 40 * SQ_SECOND).accepted);
}
END_TEST

START_TEST(test_read_of_a_date_now_or_past_is_ignored_unless_zero_is_accepted)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_FORBID);
    ck_assert(!read_date(&settings, 10, 10 * SQ_SECOND).accepted);
    ck_assert(!read_date(&settings, 9, 10 * SQ_SECOND).accepted);
    ck_assert(!read_date(&settings, -3600, 0).accepted);
    ck_assert(!read_date(&settings, -3600, 0).forbids);
    settings.low_included = true;
    ck_assert(read_date(&settings, 10, 10 * SQ_SECOND).accepted);
    ck_assert_int_eq(read_date(&settings, 10, 10 * SQ_SECOND).wait, 0);
    ck_assert(!read_date(&settings, 9, 10 * SQ_SECOND).accepted);
}
END_TEST

START_TEST(test_read_of_a_date_far_away_saturates)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_NEVER, SQ_HINT_ABOVE_IGNORE);
    struct sq_hint hint = read_after(&settings, "Fri, 31 Dec 9999 23:59:59 GMT");
    ck_assert(hint.accepted);
    ck_assert_int_eq(hint.wait, SQ_NEVER);
}
END_TEST

START_TEST(test_read_of_milliseconds_outranks_retry_after)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    struct sq_hints hints = hints_of("30", "1500.5", "");
    struct sq_hint hint = sq_hint_read(&settings, &hints, EPOCH_S, 0);
    ck_assert(hint.accepted);
    ck_assert_int_eq(hint.wait, 1500 * SQ_MS + 500 * SQ_US);
    settings.sources &= ~(uint32_t)SQ_HINT_MILLISECONDS;
    ck_assert_int_eq(sq_hint_read(&settings, &hints, EPOCH_S, 0).wait, 30 * SQ_SECOND);
}
END_TEST

START_TEST(test_read_of_unreadable_milliseconds_falls_through_to_retry_after)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    struct sq_hints hints = hints_of("30", "soon", "");
    ck_assert_int_eq(sq_hint_read(&settings, &hints, EPOCH_S, 0).wait, 30 * SQ_SECOND);
    hints = hints_of("30", "-5", "");
    ck_assert_int_eq(sq_hint_read(&settings, &hints, EPOCH_S, 0).wait, 30 * SQ_SECOND);
}
END_TEST

START_TEST(test_read_of_readable_milliseconds_out_of_range_does_not_fall_through)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    struct sq_hints hints = hints_of("30", "0", "");
    ck_assert(!sq_hint_read(&settings, &hints, EPOCH_S, 0).accepted);
    hints = hints_of("30", "60001", "");
    ck_assert(!sq_hint_read(&settings, &hints, EPOCH_S, 0).accepted);
    hints = hints_of("", "60000", "");
    ck_assert(sq_hint_read(&settings, &hints, EPOCH_S, 0).accepted);
}
END_TEST

START_TEST(test_read_of_sources_that_are_off_is_ignored)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    settings.sources = SQ_HINT_DATE;
    check_ignored(&settings, "30");
    ck_assert(read_date(&settings, 5, 0).accepted);
    settings.sources = SQ_HINT_SECONDS;
    check_seconds(&settings, "30", 30 * SQ_SECOND);
    ck_assert(!read_date(&settings, 5, 0).accepted);
    settings.sources = 0;
    struct sq_hints hints = hints_of("30", "30", "true");
    struct sq_hint hint = sq_hint_read(&settings, &hints, EPOCH_S, 0);
    ck_assert(!hint.accepted);
    ck_assert_uint_eq(hint.should_retry, SQ_HINT_SHOULD_UNSAID);
}
END_TEST

START_TEST(test_read_of_should_retry_knows_true_and_false_only)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_IGNORE);
    struct sq_hints hints = hints_of("", "", "true");
    ck_assert_uint_eq(sq_hint_read(&settings, &hints, 0, 0).should_retry, SQ_HINT_SHOULD_TRUE);
    hints = hints_of("", "", "false");
    ck_assert_uint_eq(sq_hint_read(&settings, &hints, 0, 0).should_retry, SQ_HINT_SHOULD_FALSE);
    hints = hints_of("", "", "True");
    ck_assert_uint_eq(sq_hint_read(&settings, &hints, 0, 0).should_retry, SQ_HINT_SHOULD_UNSAID);
    hints = hints_of("", "", "");
    ck_assert_uint_eq(sq_hint_read(&settings, &hints, 0, 0).should_retry, SQ_HINT_SHOULD_UNSAID);
    ck_assert_uint_eq(sq_hint_read(&settings, NULL, 0, 0).should_retry, SQ_HINT_SHOULD_UNSAID);
}
END_TEST

START_TEST(test_read_of_a_text_without_nul_stays_inside_it)
{
    struct sq_hint_settings settings = above_zero_up_to(SQ_MINUTE, SQ_HINT_ABOVE_FORBID);
    struct sq_hints hints;
    memset(&hints, '9', sizeof hints);
    struct sq_hint hint = sq_hint_read(&settings, &hints, EPOCH_S, 0);
    ck_assert(hint.forbids);
    ck_assert_int_eq(hint.wait, SQ_NEVER);
}
END_TEST

static struct sq_hint read_whole(const char *retry_after)
{
    struct sq_hint_settings settings = {
        .sources = SQ_HINT_WHOLE_SECONDS, .high = SQ_NEVER, .low_included = true};
    struct sq_hints hints = {.retry_after_ms = "unread"};
    memcpy(hints.retry_after, retry_after, strlen(retry_after) + 1);
    return sq_hint_read(&settings, &hints, 0, 0);
}

START_TEST(test_read_of_whole_seconds_takes_digits_only)
{
    ck_assert_int_eq(read_whole("5").wait, 5 * SQ_SECOND);
    ck_assert_int_eq(read_whole(" 07 ").wait, 7 * SQ_SECOND);
    ck_assert(read_whole("0").accepted);
    static const char *const others[] = {"0.5", "5.", "-1", "soon",
                                         "Thu, 01 Jan 1970 00:00:05 GMT"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert(!read_whole(others[i]).accepted);
        ck_assert(read_whole(others[i]).invalid);
    }
}
END_TEST

START_TEST(test_read_of_a_hint_is_invalid_only_where_one_is_there)
{
    ck_assert(!read_whole("").invalid);
    ck_assert(!read_whole("  ").invalid);
    ck_assert(!read_whole("5").invalid);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("hint");
    tcase_add_test(tests, test_read_of_whole_seconds_takes_digits_only);
    tcase_add_test(tests, test_read_of_a_hint_is_invalid_only_where_one_is_there);
    tcase_add_test(tests, test_read_inside_the_interval_is_accepted);
    tcase_add_test(tests, test_read_above_an_interval_that_ignores_is_ignored);
    tcase_add_test(tests, test_read_above_an_interval_that_forbids_is_a_veto);
    tcase_add_test(tests, test_read_at_open_ends_is_outside_and_at_closed_ends_inside);
    tcase_add_test(tests, test_read_of_nonsense_is_ignored_even_where_zero_is_accepted);
    tcase_add_test(tests, test_read_of_a_date_counts_whole_seconds_from_the_receipt);
    tcase_add_test(tests, test_read_of_a_date_now_or_past_is_ignored_unless_zero_is_accepted);
    tcase_add_test(tests, test_read_of_a_date_far_away_saturates);
    tcase_add_test(tests, test_read_of_milliseconds_outranks_retry_after);
    tcase_add_test(tests, test_read_of_unreadable_milliseconds_falls_through_to_retry_after);
    tcase_add_test(tests, test_read_of_readable_milliseconds_out_of_range_does_not_fall_through);
    tcase_add_test(tests, test_read_of_sources_that_are_off_is_ignored);
    tcase_add_test(tests, test_read_of_should_retry_knows_true_and_false_only);
    tcase_add_test(tests, test_read_of_a_text_without_nul_stays_inside_it);
    Suite *suite = suite_create("hint");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
