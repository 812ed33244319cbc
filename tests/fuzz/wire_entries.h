/* SPDX-License-Identifier: MIT */
/*
 * One entry for each parser of outside bytes in wire/: any bytes may come, nothing may break. An
 * entry checks by itself what must hold of every input and asserts it. For fuzzers, and replayed
 * over mutated samples as a normal test.
 */
#ifndef SQ_TESTS_WIRE_ENTRIES_H
#define SQ_TESTS_WIRE_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

void sq_fuzz_json(const uint8_t *bytes, size_t length);     /* scanner, tree and number */
void sq_fuzz_sse(const uint8_t *bytes, size_t length);      /* whole, and byte by byte */
void sq_fuzz_request(const uint8_t *bytes, size_t length);  /* every dialect's request */
void sq_fuzz_contract(const uint8_t *bytes, size_t length); /* plain answer and stream */
void sq_fuzz_text(const uint8_t *bytes, size_t length);     /* width, cut, validity */

#endif
