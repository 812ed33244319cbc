/* SPDX-License-Identifier: MIT */
/*
 * Dates: days-from-civil and back (Howard Hinnant, "chrono-compatible low-level date algorithms"),
 * and the two text forms over them. A year begins on 1 March inside the algorithm, so that the leap
 * day is the last one. No locale, no time zone, no allocation.
 */
#include "base/date.h"

#include <string.h>

#define DAY_SECONDS 86400
/* 9999-12-31T23:59:59Z */
#define LAST_SECOND INT64_C(253402300799)

#define FIRST_YEAR       1970
#define DAYS_OF_ERA      146097 /* 400 years */
#define DAYS_TO_1970     719468 /* from 0000-03-01 */
#define WEEKDAY_OF_1970  4      /* Thursday, counted from Sunday */
#define RFC3339_TEXT     "0000-00-00T00:00:00Z"
#define IMF_FIXDATE_TEXT "xxx, 00 xxx 0000 00:00:00 GMT"

static const char weekday_names[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;
    int minute;
    int second;
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static bool is_valid(const struct civil *date)
{
    return date->year >= FIRST_YEAR && date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days_in_month(date->year, date->month) && date->hour <= 23 &&
           date->minute <= 59 && date->second <= 59;
}

static int64_t days_from_civil(const struct civil *date)
{
    int64_t year = date->year - (date->month <= 2 ? 1 : 0);
    int64_t era = year / 400;
    int64_t year_of_era = year % 400;
    int64_t month_from_march = (date->month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_OF_ERA + day_of_era - DAYS_TO_1970;
}

static int64_t seconds_from_civil(const struct civil *date)
{
    int64_t second_of_day = (date->hour * 60 + date->minute) * 60 + date->second;
    return days_from_civil(date) * DAY_SECONDS + second_of_day;
}

static struct civil civil_from_seconds(int64_t seconds)
{
    int64_t shifted = seconds / DAY_SECONDS + DAYS_TO_1970;
    int second_of_day = (int)(seconds % DAY_SECONDS);
    int64_t day_of_era = shifted % DAYS_OF_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (int)((5 * day_of_year + 2) / 153);
    int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = year_of_era + shifted / DAYS_OF_ERA * 400 + (month <= 2 ? 1 : 0);
    return (struct civil){
        .year = (int)year,
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = second_of_day / 3600,
        .minute = second_of_day / 60 % 60,
        .second = second_of_day % 60,
    };
}

static int weekday_of(int64_t seconds)
{
    return (int)((seconds / DAY_SECONDS + WEEKDAY_OF_1970) % 7);
}

static int64_t saturated(int64_t seconds)
{
    if (seconds < 0) {
        return 0;
    }
    return seconds > LAST_SECOND ? LAST_SECOND : seconds;
}

static bool byte_fits(char byte, char form)
{
    if (form == '0') {
        return byte >= '0' && byte <= '9';
    }
    return form == 'x' || byte == form;
}

/* Whether text looks like form: a 0 in form stands for any digit, an x for any byte, anything else
 * for itself. */
static bool has_form(const char *text, const char *form, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!byte_fits(text[i], form[i])) {
            return false;
        }
    }
    return true;
}

static int read_digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static void write_digits(char *out, int count, int value)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Index of the three letters among names, or -1. */
static int find_name(const char *text, const char (*names)[4], int count)
{
    for (int i = 0; i < count; i++) {
        if (memcmp(text, names[i], 3) == 0) {
            return i;
        }
    }
    return -1;
}

bool sq_date_read_http(const char *text, size_t length, int64_t *unix_seconds)
{
    if (length != SQ_DATE_HTTP_BYTES - 1 || !has_form(text, IMF_FIXDATE_TEXT, length)) {
        return false;
    }
    struct civil date = {
        .year = read_digits(text + 12, 4),
        .month = find_name(text + 8, month_names, 12) + 1,
        .day = read_digits(text + 5, 2),
        .hour = read_digits(text + 17, 2),
        .minute = read_digits(text + 20, 2),
        .second = read_digits(text + 23, 2),
    };
    if (!is_valid(&date)) {
        return false;
    }
    int64_t seconds = seconds_from_civil(&date);
    if (find_name(text, weekday_names, 7) != weekday_of(seconds)) {
        return false;
    }
    *unix_seconds = seconds;
    return true;
}

void sq_date_write_http(char out[SQ_DATE_HTTP_BYTES], int64_t unix_seconds)
{
    int64_t seconds = saturated(unix_seconds);
    struct civil date = civil_from_seconds(seconds);
    memcpy(out, IMF_FIXDATE_TEXT, SQ_DATE_HTTP_BYTES);
    memcpy(out, weekday_names[weekday_of(seconds)], 3);
    write_digits(out + 5, 2, date.day);
    memcpy(out + 8, month_names[date.month - 1], 3);
    write_digits(out + 12, 4, date.year);
    write_digits(out + 17, 2, date.hour);
    write_digits(out + 20, 2, date.minute);
    write_digits(out + 23, 2, date.second);
}

bool sq_date_read_rfc3339(const char *text, size_t length, int64_t *unix_seconds)
{
    if (length != SQ_DATE_RFC3339_BYTES - 1 || !has_form(text, RFC3339_TEXT, length)) {
        return false;
    }
    struct civil date = {
        .year = read_digits(text, 4),
        .month = read_digits(text + 5, 2),
        .day = read_digits(text + 8, 2),
        .hour = read_digits(text + 11, 2),
        .minute = read_digits(text + 14, 2),
        .second = read_digits(text + 17, 2),
    };
    if (!is_valid(&date)) {
        return false;
    }
    *unix_seconds = seconds_from_civil(&date);
    return true;
}

void sq_date_write_rfc3339(char out[SQ_DATE_RFC3339_BYTES], int64_t unix_seconds)
{
    struct civil date = civil_from_seconds(saturated(unix_seconds));
    memcpy(out, RFC3339_TEXT, SQ_DATE_RFC3339_BYTES);
    write_digits(out, 4, date.year);
    write_digits(out + 5, 2, date.month);
    write_digits(out + 8, 2, date.day);
    write_digits(out + 11, 2, date.hour);
    write_digits(out + 14, 2, date.minute);
    write_digits(out + 17, 2, date.second);
}
