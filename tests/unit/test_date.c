/* SPDX-License-Identifier: MIT */
/* Dates in both forms: known instants, round trips, and everything that is not a date. */
#include "base/date.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LAST_SECOND INT64_C(253402300799)

struct pair {
    int64_t seconds;
    const char *http;
    const char *rfc3339;
};

static const struct pair pairs[] = {
    {0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"},
    {1, "Thu, 01 Jan 1970 00:00:01 GMT", "1970-01-01T00:00:01Z"},
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"}, /* RFC 9110's example */
    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z"},
    {951868800, "Wed, 01 Mar 2000 00:00:00 GMT", "2000-03-01T00:00:00Z"},
    {1709251199, "Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z"},
    {1709251200, "Fri, 01 Mar 2024 00:00:00 GMT", "2024-03-01T00:00:00Z"},
    {1767225600, "Thu, 01 Jan 2026 00:00:00 GMT", "2026-01-01T00:00:00Z"},
    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT", "2100-02-28T23:59:59Z"},
    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT", "2100-03-01T00:00:00Z"},
    {LAST_SECOND, "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z"},
};
#define N_PAIRS (sizeof pairs / sizeof pairs[0])

static void refuse_http(const char *text)
{
    int64_t seconds = 77;
    ck_assert_msg(!sq_date_read_http(text, strlen(text), &seconds), "accepted `%s`", text);
    ck_assert_int_eq(seconds, 77);
}

static void refuse_rfc3339(const char *text)
{
    int64_t seconds = 77;
    ck_assert_msg(!sq_date_read_rfc3339(text, strlen(text), &seconds), "accepted `%s`", text);
    ck_assert_int_eq(seconds, 77);
}

START_TEST(test_known_instants_read_and_write_in_both_forms)
{
    for (size_t i = 0; i < N_PAIRS; i++) {
        char http[SQ_DATE_HTTP_BYTES];
        char rfc3339[SQ_DATE_RFC3339_BYTES];
        int64_t seconds = -1;
        ck_assert(sq_date_read_http(pairs[i].http, strlen(pairs[i].http), &seconds));
        ck_assert_int_eq(seconds, pairs[i].seconds);
        seconds = -1;
        ck_assert(sq_date_read_rfc3339(pairs[i].rfc3339, strlen(pairs[i].rfc3339), &seconds));
        ck_assert_int_eq(seconds, pairs[i].seconds);
        sq_date_write_http(http, pairs[i].seconds);
        ck_assert_str_eq(http, pairs[i].http);
        sq_date_write_rfc3339(rfc3339, pairs[i].seconds);
        ck_assert_str_eq(rfc3339, pairs[i].rfc3339);
    }
}
END_TEST

static bool reads_back(int64_t written)
{
    int64_t from_http = -1;
    int64_t from_rfc3339 = -1;
    char http[SQ_DATE_HTTP_BYTES];
    char rfc3339[SQ_DATE_RFC3339_BYTES];
    sq_date_write_http(http, written);
    sq_date_write_rfc3339(rfc3339, written);
    return sq_date_read_http(http, strlen(http), &from_http) && from_http == written &&
           sq_date_read_rfc3339(rfc3339, strlen(rfc3339), &from_rfc3339) && from_rfc3339 == written;
}

START_TEST(test_every_day_of_eight_centuries_reads_back)
{
    for (int64_t day = 0; day < 2 * 146097; day++) {
        int64_t written = day * 86400 + day % 86400;
        if (!reads_back(written)) { /* an assert each time would take seconds */
            ck_abort_msg("%lld does not read back", (long long)written);
        }
    }
}
END_TEST

START_TEST(test_write_outside_the_years_saturates)
{
    char http[SQ_DATE_HTTP_BYTES];
    char rfc3339[SQ_DATE_RFC3339_BYTES];
    sq_date_write_http(http, -1);
    ck_assert_str_eq(http, "Thu, 01 Jan 1970 00:00:00 GMT");
    sq_date_write_http(http, LAST_SECOND + 1);
    ck_assert_str_eq(http, "Fri, 31 Dec 9999 23:59:59 GMT");
    sq_date_write_rfc3339(rfc3339, INT64_MIN);
    ck_assert_str_eq(rfc3339, "1970-01-01T00:00:00Z");
    sq_date_write_rfc3339(rfc3339, INT64_MAX);
    ck_assert_str_eq(rfc3339, "9999-12-31T23:59:59Z");
}
END_TEST

START_TEST(test_read_http_with_another_weekday_is_refused)
{
    refuse_http("Wed, 01 Jan 2026 00:00:00 GMT");
    refuse_http("Fri, 01 Jan 2026 00:00:00 GMT");
    refuse_http("Xxx, 01 Jan 2026 00:00:00 GMT");
    refuse_http("thu, 01 Jan 2026 00:00:00 GMT");
}
END_TEST

START_TEST(test_read_http_with_fields_out_of_range_is_refused)
{
    refuse_http("Wed, 00 Jan 2026 00:00:00 GMT");
    refuse_http("Sun, 32 Jan 2026 00:00:00 GMT");
    refuse_http("Fri, 31 Apr 2026 00:00:00 GMT");
    refuse_http("Thu, 01 Foo 2026 00:00:00 GMT");
    refuse_http("Thu, 01 jan 2026 00:00:00 GMT");
    refuse_http("Thu, 01 Jan 2026 24:00:00 GMT");
    refuse_http("Thu, 01 Jan 2026 00:60:00 GMT");
    refuse_http("Thu, 01 Jan 2026 00:00:60 GMT");
    refuse_http("Wed, 31 Dec 1969 23:59:59 GMT");
}
END_TEST

START_TEST(test_read_http_of_29_february_outside_leap_years_is_refused)
{
    refuse_http("Sun, 29 Feb 2026 00:00:00 GMT");
    refuse_http("Mon, 29 Feb 2100 00:00:00 GMT");
    refuse_http("Wed, 30 Feb 2000 00:00:00 GMT");
}
END_TEST

START_TEST(test_read_http_of_other_forms_is_refused)
{
    refuse_http("");
    refuse_http("Sunday, 06-Nov-94 08:49:37 GMT"); /* RFC 850 */
    refuse_http("Sun Nov  6 08:49:37 1994");       /* asctime */
    refuse_http("Thu, 01 Jan 2026 00:00:00 UTC");
    refuse_http("Thu, 01 Jan 2026 00:00:00 gmt");
    refuse_http("Thu, 01 Jan 2026 00:00:00 GMT ");
    refuse_http(" Thu, 01 Jan 2026 00:00:00 GMT");
    refuse_http("Thu, 01 Jan 2026 00:00:00 GM");
    refuse_http("Thu, 1 Jan 2026 00:00:00 GMT");
    refuse_http("Thu,  1 Jan 2026 00:00:00 GMT");
    refuse_http("Thu, +1 Jan 2026 00:00:00 GMT");
    refuse_http("Thu; 01 Jan 2026 00:00:00 GMT");
    refuse_http("Thu, 01 Jan 2026 00-00-00 GMT");
    refuse_http("120");
}
END_TEST

START_TEST(test_read_rfc3339_with_fields_out_of_range_is_refused)
{
    refuse_rfc3339("2024-01-0:T00:00:00Z");
    refuse_rfc3339("2024-01-0/T00:00:00Z");
    refuse_rfc3339("2026-00-01T00:00:00Z");
    refuse_rfc3339("2026-13-01T00:00:00Z");
    refuse_rfc3339("2026-01-00T00:00:00Z");
    refuse_rfc3339("2026-01-32T00:00:00Z");
    refuse_rfc3339("2026-04-31T00:00:00Z");
    refuse_rfc3339("2026-02-29T00:00:00Z");
    refuse_rfc3339("2100-02-29T00:00:00Z");
    refuse_rfc3339("2026-01-01T24:00:00Z");
    refuse_rfc3339("2026-01-01T00:60:00Z");
    refuse_rfc3339("2026-01-01T00:00:60Z");
    refuse_rfc3339("1969-12-31T23:59:59Z");
}
END_TEST

START_TEST(test_read_rfc3339_of_other_forms_is_refused)
{
    refuse_rfc3339("");
    refuse_rfc3339("2026-01-01");
    refuse_rfc3339("2026-01-01T00:00:00");
    refuse_rfc3339("2026-01-01T00:00:00.5Z");
    refuse_rfc3339("2026-01-01T00:00:00+00:00");
    refuse_rfc3339("2026-01-01 00:00:00Z");
    refuse_rfc3339("2026-01-01t00:00:00z");
    refuse_rfc3339("2026-1-01T00:00:00Z ");
    refuse_rfc3339("-026-01-01T00:00:00Z");
    refuse_rfc3339("2026-01-01T00:00:00Zx");
}
END_TEST

START_TEST(test_read_of_text_without_nul_stays_inside_its_length)
{
    const char exact[SQ_DATE_RFC3339_BYTES - 1] = {'2', '0', '2', '6', '-', '0', '1',
                                                   '-', '0', '1', 'T', '0', '0', ':',
                                                   '0', '0', ':', '0', '0', 'Z'};
    int64_t seconds = -1;
    ck_assert(sq_date_read_rfc3339(exact, sizeof exact, &seconds));
    ck_assert_int_eq(seconds, 1767225600);
    ck_assert(!sq_date_read_rfc3339(exact, sizeof exact - 1, &seconds));
    ck_assert(!sq_date_read_http(exact, sizeof exact, &seconds));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("date");
    tcase_add_test(tests, test_known_instants_read_and_write_in_both_forms);
    tcase_add_test(tests, test_every_day_of_eight_centuries_reads_back);
    tcase_add_test(tests, test_write_outside_the_years_saturates);
    tcase_add_test(tests, test_read_http_with_another_weekday_is_refused);
    tcase_add_test(tests, test_read_http_with_fields_out_of_range_is_refused);
    tcase_add_test(tests, test_read_http_of_29_february_outside_leap_years_is_refused);
    tcase_add_test(tests, test_read_http_of_other_forms_is_refused);
    tcase_add_test(tests, test_read_rfc3339_with_fields_out_of_range_is_refused);
    tcase_add_test(tests, test_read_rfc3339_of_other_forms_is_refused);
    tcase_add_test(tests, test_read_of_text_without_nul_stays_inside_its_length);
    Suite *suite = suite_create("date");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
