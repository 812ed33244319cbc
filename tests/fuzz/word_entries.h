/* SPDX-License-Identifier: MIT */
/* The small grammars that people and servers write, as entries of entries.h. */
#ifndef SQ_TESTS_WORD_ENTRIES_H
#define SQ_TESTS_WORD_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

/* A duration, and both forms of a date: what is read and written again is the same. */
void sq_fuzz_duration(const uint8_t *bytes, size_t length);

/* Two bytes choose the policy's rules; then header lines "name: value". */
void sq_fuzz_hint(const uint8_t *bytes, size_t length);

/* One byte chooses the metric; the rest is a threshold. What is proposed instead can be read. */
void sq_fuzz_threshold(const uint8_t *bytes, size_t length);

#endif
