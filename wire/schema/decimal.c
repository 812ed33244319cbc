/* SPDX-License-Identifier: MIT */
/* See decimal.h. Division is done by hand on limbs of nine digits, as on paper. */
#include "wire/schema/decimal.h"

#include <string.h>

#include "base/assert.h"

#define LIMB        UINT32_C(1000000000)
#define LIMB_DIGITS 9
#define N_LIMBS_MAX (SQ_JSON_NUMBER_BYTES_MAX / LIMB_DIGITS + 2)

/* Zeros behind the value that can still change whether it divides: a unit of 1000 digits holds the
 * factors 2 and 5 fewer than 3400 times. */
#define USEFUL_ZEROS 3400

/* A whole number, lowest limb first. */
struct whole {
    uint32_t limbs[N_LIMBS_MAX];
    size_t n_limbs; /* without zeros on top */
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
    for (; text < end; text++) {
        exponent = exponent * 10 + (*text - '0');
        if (exponent > SQ_SCHEMA_DECIMAL_EXPONENT_MAX) {
            exponent = SQ_SCHEMA_DECIMAL_EXPONENT_MAX;
        }
    }
    return negative ? -exponent : exponent;
}

static void drop_zeros_behind(struct sq_schema_decimal *decimal)
{
    while (decimal->n_digits > 0 && decimal->digits[decimal->n_digits - 1] == 0) {
        decimal->n_digits--;
        decimal->exponent++;
    }
    if (decimal->n_digits == 0) {
        decimal->exponent = 0;
        decimal->negative = false;
    }
}

void sq_schema_decimal_read(const char *text, size_t length, struct sq_schema_decimal *decimal)
{
    sq_assert(length > 0 && length <= SQ_JSON_NUMBER_BYTES_MAX);
    const char *end = text + length;
    bool fraction = false;
    decimal->negative = *text == '-';
    decimal->n_digits = 0;
    decimal->exponent = 0;
    const char *at = decimal->negative ? text + 1 : text;
    for (; at < end && (is_digit(*at) || *at == '.'); at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        decimal->exponent -= fraction ? 1 : 0;
        if (*at != '0' || decimal->n_digits > 0) {
            decimal->digits[decimal->n_digits++] = (unsigned char)(*at - '0');
        }
    }
    if (at < end) {
        decimal->exponent += read_exponent(at + 1, end);
    }
    drop_zeros_behind(decimal);
}

static int compare_sizes(const struct sq_schema_decimal *a, const struct sq_schema_decimal *b)
{
    int64_t top_a = a->exponent + (int64_t)a->n_digits;
    int64_t top_b = b->exponent + (int64_t)b->n_digits;
    if (a->n_digits == 0 || b->n_digits == 0) {
        return (a->n_digits > 0) - (b->n_digits > 0);
    }
    if (top_a != top_b) {
        return top_a < top_b ? -1 : 1;
    }
    size_t shorter = a->n_digits < b->n_digits ? a->n_digits : b->n_digits;
    int order = memcmp(a->digits, b->digits, shorter);
    return order != 0 ? order : (a->n_digits > shorter) - (b->n_digits > shorter);
}

int sq_schema_decimal_compare(const struct sq_schema_decimal *a, const struct sq_schema_decimal *b)
{
    if (a->negative != b->negative) {
        return a->negative ? -1 : 1;
    }
    return a->negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

bool sq_schema_decimal_whole(const struct sq_schema_decimal *decimal)
{
    return decimal->exponent >= 0;
}

/* whole = whole * 10 + digit */
static void shift_in(struct whole *whole, uint32_t digit)
{
    uint64_t carry = digit;
    for (size_t i = 0; i < whole->n_limbs; i++) {
        carry += (uint64_t)whole->limbs[i] * 10;
        whole->limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry > 0) {
        sq_assert(whole->n_limbs < N_LIMBS_MAX);
        whole->limbs[whole->n_limbs++] = (uint32_t)carry;
    }
}

static bool less(const struct whole *a, const struct whole *b)
{
    if (a->n_limbs != b->n_limbs) {
        return a->n_limbs < b->n_limbs;
    }
    for (size_t i = a->n_limbs; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i];
        }
    }
    return false;
}

/* a = a - b; a is not less than b. */
static void subtract(struct whole *a, const struct whole *b)
{
    uint32_t borrow = 0;
    for (size_t i = 0; i < a->n_limbs; i++) {
        uint32_t take = borrow + (i < b->n_limbs ? b->limbs[i] : 0);
        borrow = a->limbs[i] < take ? 1 : 0;
        a->limbs[i] += borrow * LIMB;
        a->limbs[i] -= take;
    }
    sq_assert(borrow == 0);
    while (a->n_limbs > 0 && a->limbs[a->n_limbs - 1] == 0) {
        a->n_limbs--;
    }
}

/* One step of long division: the next digit comes down, what is left of the remainder stays. */
static void bring_down(struct whole *remainder, uint32_t digit, const struct whole *divisor)
{
    shift_in(remainder, digit);
    while (!less(remainder, divisor)) {
        subtract(remainder, divisor);
    }
}

bool sq_schema_decimal_multiple(const struct sq_schema_decimal *value,
                                const struct sq_schema_decimal *unit)
{
    sq_assert(unit->n_digits > 0);
    int64_t zeros = value->exponent - unit->exponent;
    if (value->n_digits == 0) {
        return true;
    }
    if (zeros < 0) {
        return false; /* the last digit of value stands below the last one of unit */
    }
    struct whole divisor = {.n_limbs = 0};
    struct whole remainder = {.n_limbs = 0};
    for (size_t i = 0; i < unit->n_digits; i++) {
        shift_in(&divisor, unit->digits[i]);
    }
    for (size_t i = 0; i < value->n_digits; i++) {
        bring_down(&remainder, value->digits[i], &divisor);
    }
    zeros = zeros > USEFUL_ZEROS ? USEFUL_ZEROS : zeros;
    for (int64_t i = 0; i < zeros && remainder.n_limbs > 0; i++) {
        bring_down(&remainder, 0, &divisor);
    }
    return remainder.n_limbs == 0;
}
