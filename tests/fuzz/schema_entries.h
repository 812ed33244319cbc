/* SPDX-License-Identifier: MIT */
/*
 * What judges an answer, as entries of entries.h: schemas, patterns, repair. Two texts in one input
 * are parted by the first NUL byte; without one the second is empty.
 */
#ifndef SQ_TESTS_SCHEMA_ENTRIES_H
#define SQ_TESTS_SCHEMA_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

/* A schema, then the value it checks. */
void sq_fuzz_schema(const uint8_t *bytes, size_t length);

/* A pattern, then the text it is looked for in. */
void sq_fuzz_pattern(const uint8_t *bytes, size_t length);

/* One byte chooses the steps; what comes out is JSON, and repairing it again changes nothing. */
void sq_fuzz_repair(const uint8_t *bytes, size_t length);

#endif
