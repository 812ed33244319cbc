/* SPDX-License-Identifier: MIT */
/*
 * One entry as a libFuzzer program; SQ_FUZZ_NAME is its row in entries.h. Stands in for
 * base/assert.c: a failed assert aborts, which is how libFuzzer notices and keeps the input.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "tests/fuzz/entries.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void sq_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: assert failed: %s\n", file, line, condition);
    abort();
}

void sq_assert_context(uint64_t seed, uint64_t call_id, int64_t now_ns)
{
    (void)seed;
    (void)call_id;
    (void)now_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct sq_fuzz_row *row = sq_fuzz_row_by_name(SQ_FUZZ_NAME);
    sq_assert(row != NULL);
    row->enter(bytes, length);
    return 0;
}
