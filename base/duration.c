/* SPDX-License-Identifier: MIT */
/*
 * Durations as text. All arithmetic is on integers: a decimal fraction is a numerator over a power
 * of ten, so 0.1 s is exactly 100 ms. Builds text, never prints it.
 */
#include "base/duration.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "base/int128.h"

/* Digits a fraction may have once trailing zeros are gone. A day is 2^16 * 3^3 * 5^11 ns, so a
 * fraction of it with more than 16 digits is never whole nanoseconds. */
#define FRACTION_DIGITS 16

struct unit {
    char name[3];
    sq_dur span;
};

/* Largest first. */
static const struct unit units[] = {
    {"d", SQ_DAY}, {"h", SQ_HOUR}, {"m", SQ_MINUTE}, {"s", SQ_SECOND},
    {"ms", SQ_MS}, {"us", SQ_US},  {"ns", 1},
};
enum { DAYS, HOURS, MINUTES, SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS, N_UNITS };

/* What one number said, before its unit is known. */
struct number {
    uint64_t whole;          /* UINT64_MAX when larger: too large in any unit */
    uint64_t fraction;       /* numerator over 10^fraction_digits */
    int fraction_digits;     /* without trailing zeros */
    size_t fraction_last_at; /* offset of the last digit that is not a zero */
    bool too_fine;           /* more than FRACTION_DIGITS digits */
};

static bool is_digit_at(const char *text, size_t length, size_t at)
{
    return at < length && text[at] >= '0' && text[at] <= '9';
}

/* Reads the digits after the point; returns the offset behind them. */
static size_t read_fraction(const char *text, size_t length, size_t at, struct number *number)
{
    int zeros = 0; /* not yet counted: they matter only if another digit follows */
    for (; is_digit_at(text, length, at); at++) {
        if (text[at] == '0') {
            zeros += zeros <= FRACTION_DIGITS ? 1 : 0;
            continue;
        }
        number->fraction_last_at = at;
        if (number->fraction_digits + zeros + 1 > FRACTION_DIGITS) {
            number->too_fine = true;
            continue;
        }
        for (int i = 0; i < zeros; i++) {
            number->fraction *= 10;
        }
        number->fraction = number->fraction * 10 + (uint64_t)(text[at] - '0');
        number->fraction_digits += zeros + 1;
        zeros = 0;
    }
    return at;
}

/* value with one more decimal digit at its end, saturating at UINT64_MAX. */
static uint64_t with_digit(uint64_t value, char digit)
{
    if (value > (UINT64_MAX - 9) / 10) {
        return UINT64_MAX;
    }
    return value * 10 + (uint64_t)(digit - '0');
}

/* Reads digits, perhaps a point and digits. On failure *at is the offending byte. */
static bool read_number(const char *text, size_t length, size_t *at, struct number *number)
{
    if (!is_digit_at(text, length, *at)) {
        return false;
    }
    for (; is_digit_at(text, length, *at); (*at)++) {
        number->whole = with_digit(number->whole, text[*at]);
    }
    if (*at == length || text[*at] != '.') {
        return true;
    }
    (*at)++;
    if (!is_digit_at(text, length, *at)) {
        return false;
    }
    *at = read_fraction(text, length, *at, number);
    return true;
}

/* The unit at text, the longer name first ("ms" before "m"); N_UNITS when there is none. */
static size_t find_unit(const char *text, size_t length)
{
    size_t found = N_UNITS;
    for (size_t i = 0; i < N_UNITS; i++) {
        size_t bytes = strlen(units[i].name);
        bool longer = found == N_UNITS || bytes > strlen(units[found].name);
        if (bytes <= length && longer && memcmp(text, units[i].name, bytes) == 0) {
            found = i;
        }
    }
    return found;
}

/* The number in this unit, in nanoseconds; false when a part of a nanosecond is left. */
static bool number_to_ns(const struct number *number, sq_dur unit, sq_uint128 *ns)
{
    uint64_t denominator = 1;
    for (int i = 0; i < number->fraction_digits; i++) {
        denominator *= 10;
    }
    sq_uint128 numerator = (sq_uint128)number->fraction * (uint64_t)unit;
    *ns = (sq_uint128)number->whole * (uint64_t)unit + numerator / denominator;
    return !number->too_fine && numerator % denominator == 0;
}

/* Reads one number with its unit and adds it to *sum. On failure *at is the offending byte. */
static bool read_term(const char *text, size_t length, size_t *at, size_t *first_unit,
                      sq_uint128 *sum)
{
    size_t start = *at;
    struct number number = {0};
    if (!read_number(text, length, at, &number)) {
        return false;
    }
    size_t unit = find_unit(text + *at, length - *at);
    if (unit == N_UNITS || unit < *first_unit) {
        return false;
    }
    sq_uint128 ns;
    if (!number_to_ns(&number, units[unit].span, &ns)) {
        *at = number.fraction_last_at;
        return false;
    }
    if (*sum + ns >= (sq_uint128)SQ_NEVER) {
        *at = start;
        return false;
    }
    *sum += ns;
    *at += strlen(units[unit].name);
    *first_unit = unit + 1;
    return true;
}

bool sq_duration_read(const char *text, size_t length, sq_dur *span, size_t *bad)
{
    sq_uint128 sum = 0;
    size_t first_unit = 0; /* the largest one that may still come */
    size_t at = 0;
    do {
        if (!read_term(text, length, &at, &first_unit, &sum)) {
            *bad = at;
            return false;
        }
    } while (at < length);
    *span = (sq_dur)sum;
    return true;
}

/* span / unit with every decimal it takes and none more; unit is a power of ten. */
static void add_decimals(struct sq_strbuf *out, sq_dur span, const struct unit *unit)
{
    int scale = 0;  /* decimals the unit has room for */
    int digits = 0; /* decimals the span needs */
    for (sq_dur place = unit->span; place > 1; place /= 10) {
        if (span % place != 0) {
            digits = scale + 1;
        }
        scale++;
    }
    sq_strbuf_add_decimal(out, span, scale, digits);
    sq_strbuf_add(out, unit->name);
}

void sq_duration_add_exact(struct sq_strbuf *out, sq_dur span)
{
    sq_assert(span >= 0);
    if (span == SQ_NEVER) {
        sq_strbuf_add(out, "never");
        return;
    }
    sq_dur rest = span;
    for (size_t i = DAYS; i <= MINUTES; i++) {
        if (rest >= units[i].span) {
            sq_strbuf_add_format(out, "%" PRId64 "%s", rest / units[i].span, units[i].name);
            rest %= units[i].span;
        }
    }
    if (rest == 0 && span > 0) {
        return;
    }
    size_t unit = SECONDS;
    while (rest > 0 && rest < units[unit].span) {
        unit++;
    }
    add_decimals(out, rest, &units[unit]);
}

/* magnitude / unit in steps of 10^-digits, rounded half up. */
static uint64_t rounded_steps(uint64_t magnitude, sq_dur unit, int digits)
{
    sq_uint128 scaled = magnitude;
    for (int i = 0; i < digits; i++) {
        scaled *= 10;
    }
    return (uint64_t)((scaled + (uint64_t)unit / 2) / (uint64_t)unit);
}

/* Three significant digits: as many decimals as leave the steps below 1000. */
static int rounded_digits(uint64_t magnitude, sq_dur unit)
{
    int digits = unit == 1 ? 0 : 2;
    while (digits > 0 && rounded_steps(magnitude, unit, digits) >= 1000) {
        digits--;
    }
    return digits;
}

/* Whether magnitude, rounded in unit i, would read as one or more of the next larger unit: 59.96 s
 * is a minute. */
static bool fills_larger(uint64_t magnitude, size_t i)
{
    int digits = rounded_digits(magnitude, units[i].span);
    uint64_t larger = (uint64_t)units[i - 1].span;
    return rounded_steps(magnitude, units[i].span, digits) >=
           rounded_steps(larger, units[i].span, digits);
}

void sq_duration_add_rounded(struct sq_strbuf *out, sq_dur span)
{
    if (span == SQ_NEVER || span == 0) {
        sq_strbuf_add(out, span == 0 ? "0s" : "never");
        return;
    }
    uint64_t magnitude = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
    size_t unit = NANOSECONDS;
    while (unit > DAYS && fills_larger(magnitude, unit)) {
        unit--;
    }
    int digits = rounded_digits(magnitude, units[unit].span);
    int64_t steps = (int64_t)rounded_steps(magnitude, units[unit].span, digits);
    sq_strbuf_add_decimal(out, span < 0 ? -steps : steps, digits, digits);
    sq_strbuf_add(out, units[unit].name);
}
