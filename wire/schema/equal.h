/* SPDX-License-Identifier: MIT */
/*
 * Equal as JSON Schema means it: by value. 1, 1.0 and 10e-1 are equal, 1 and true are not, and the
 * order of an object's keys does not matter. Time grows as n log n with the size of the values,
 * whatever they hold.
 */
#ifndef SQ_WIRE_SCHEMA_EQUAL_H
#define SQ_WIRE_SCHEMA_EQUAL_H

#include <stdbool.h>

#include "base/error.h"
#include "wire/json.h"

/* SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_schema_equal(const struct sq_json *a, const struct sq_json *b,
                                           bool *equal);

/* The first element of an array that equals one before it; *twice is NULL when all differ.
 * SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_schema_find_twice(const struct sq_json *array,
                                                const struct sq_json **twice);

#endif
