/* SPDX-License-Identifier: MIT */
/* See json_number.h. A number is taken apart into significant digits and a power of ten. */
#include "wire/json_number.h"

#include "base/assert.h"
#include "base/int128.h"

/* Exponents beyond this decide nothing more: a number has at most 1,000 characters. */
#define EXPONENT_LIMIT 100000

/* Digits of INT64_MAX. */
#define DIGITS_MAX 19

struct parts {
    bool negative;
    const char *digits; /* mantissa, with its point, without zeros in front */
    const char *end;
    int64_t shift; /* the mantissa read without its point, times 10^shift */
};

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static int64_t read_exponent(const char *text, const char *end)
{
    int64_t exponent = 0;
    bool negative = *text == '-';
    if (*text == '-' || *text == '+') {
        text++;
    }
    for (; text < end && exponent < EXPONENT_LIMIT; text++) {
        exponent = exponent * 10 + (*text - '0');
    }
    return negative ? -exponent : exponent;
}

static struct parts take_apart(const char *text, size_t length)
{
    const char *end = text + length;
    struct parts parts = {.negative = *text == '-', .digits = *text == '-' ? text + 1 : text};
    const char *point = NULL;
    const char *at = parts.digits;
    for (; at < end && (is_digit(*at) || *at == '.'); at++) {
        point = *at == '.' ? at : point;
    }
    parts.end = at;
    parts.shift = at < end ? read_exponent(at + 1, end) : 0;
    parts.shift -= point != NULL ? at - point - 1 : 0;
    return parts;
}

/* Drops zeros at both ends; those at the end move into shift. */
static void trim(struct parts *parts)
{
    while (parts->digits < parts->end && (*parts->digits == '0' || *parts->digits == '.')) {
        parts->digits++;
    }
    while (parts->digits < parts->end && (parts->end[-1] == '0' || parts->end[-1] == '.')) {
        parts->shift += parts->end[-1] == '0' ? 1 : 0;
        parts->end--;
    }
}

/* False above DIGITS_MAX digits. */
static bool add_digits(const struct parts *parts, sq_uint128 *value)
{
    int n_digits = 0;
    *value = 0;
    for (const char *at = parts->digits; at < parts->end; at++) {
        if (*at == '.') {
            continue;
        }
        if (++n_digits > DIGITS_MAX) {
            return false;
        }
        *value = *value * 10 + (unsigned)(*at - '0');
    }
    return n_digits + parts->shift <= DIGITS_MAX;
}

bool sq_json_number_decimal(const char *digits, size_t length, int scale, int64_t *out)
{
    sq_assert(length > 0);
    sq_assert(scale >= 0 && scale <= SQ_JSON_SCALE_MAX);
    struct parts parts = take_apart(digits, length);
    parts.shift += scale;
    trim(&parts);
    if (parts.digits == parts.end) {
        *out = 0;
        return true;
    }
    sq_uint128 value;
    if (parts.shift < 0 || !add_digits(&parts, &value)) {
        return false;
    }
    for (int64_t i = 0; i < parts.shift; i++) {
        value *= 10;
    }
    sq_uint128 limit = (sq_uint128)INT64_MAX + (parts.negative ? 1 : 0);
    if (value > limit) {
        return false;
    }
    *out = parts.negative ? (int64_t)(-(sq_int128)value) : (int64_t)value;
    return true;
}
