/* SPDX-License-Identifier: MIT */
/*
 * Every parser of outside bytes as one row: a name, the names of its corpus folder and of its
 * libFuzzer program (fuzz_NAME), and the entry. An entry takes any bytes, checks by itself what
 * must hold of every input, and asserts it. Entries keep nothing between two inputs.
 */
#ifndef SQ_TESTS_ENTRIES_H
#define SQ_TESTS_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

typedef void sq_fuzz_entry(const uint8_t *bytes, size_t length);

struct sq_fuzz_row {
    const char *name;
    sq_fuzz_entry *enter;
};

size_t sq_fuzz_rows(void);
const struct sq_fuzz_row *sq_fuzz_row(size_t index);
const struct sq_fuzz_row *sq_fuzz_row_by_name(const char *name); /* NULL: none */

#endif
