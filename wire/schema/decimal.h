/* SPDX-License-Identifier: MIT */
/*
 * Numbers of JSON compared as what they are: decimals of any length. 1, 1.0 and 10e-1 are equal,
 * 1e400 is less than 1e401, and 0.3 is a multiple of 0.1. Nothing is rounded and nothing is
 * allocated; a decimal owns its digits and may be copied. Never for arithmetic that goes on: time
 * and money are integers.
 */
#ifndef SQ_WIRE_SCHEMA_DECIMAL_H
#define SQ_WIRE_SCHEMA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/json_scan.h"

/* Exponents beyond this are taken for it: only a number of 20 digits of exponent can notice. */
#define SQ_SCHEMA_DECIMAL_EXPONENT_MAX INT64_C(100000000000000000)

/* digits times 10^exponent. No zeros in front of or behind the digits; zero has none, and no sign.
 */
struct sq_schema_decimal {
    bool negative;
    size_t n_digits;
    int64_t exponent;
    unsigned char digits[SQ_JSON_NUMBER_BYTES_MAX]; /* 0..9, highest first */
};

/* Of text that the scanner took for a number: at most SQ_JSON_NUMBER_BYTES_MAX bytes. */
void sq_schema_decimal_read(const char *text, size_t length, struct sq_schema_decimal *decimal);

/* Less than 0, 0, greater than 0: a is less than, equal to, greater than b. */
int sq_schema_decimal_compare(const struct sq_schema_decimal *a, const struct sq_schema_decimal *b);

/* Whether it has no fraction: 1.0 and 1e400 have none. */
bool sq_schema_decimal_whole(const struct sq_schema_decimal *decimal);

/* Whether value divided by unit is a whole number. unit is not zero; its sign does not matter. */
bool sq_schema_decimal_multiple(const struct sq_schema_decimal *value,
                                const struct sq_schema_decimal *unit);

#endif
