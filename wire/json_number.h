/* SPDX-License-Identifier: MIT */
/*
 * The exact value of a JSON number from its digits: integers only, no floating point, so 0.1 is one
 * tenth and 1e3 is a thousand on every machine.
 */
#ifndef SQ_WIRE_JSON_NUMBER_H
#define SQ_WIRE_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Powers of ten a caller can ask for: 10^18 fits in 63 bits. */
#define SQ_JSON_SCALE_MAX 18

/* Of text that the scanner took for a number: value * 10^scale. False, and *out untouched, when
 * that is not a whole number or does not fit. scale 0..SQ_JSON_SCALE_MAX. */
bool sq_json_number_decimal(const char *digits, size_t length, int scale, int64_t *out);

#endif
