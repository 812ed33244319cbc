/* SPDX-License-Identifier: MIT */
/*
 * The heap of the C library behind three functions. Defines nothing else: a test that links its
 * own version of the three never pulls this file out of the library.
 */
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* False when the product overflows or no object can be that large. Zero bytes become one, so that
 * NULL always means failure. */
static bool block_bytes(size_t count, size_t size, size_t *bytes)
{
    if (__builtin_mul_overflow(count, size, bytes) || *bytes > PTRDIFF_MAX) {
        return false;
    }
    if (*bytes == 0) {
        *bytes = 1;
    }
    return true;
}

void *sq_memory_new(size_t count, size_t size)
{
    size_t bytes;
    if (!block_bytes(count, size, &bytes)) {
        return NULL;
    }
    return calloc(1, bytes);
}

void *sq_memory_resize(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (!block_bytes(count, size, &bytes)) {
        return NULL;
    }
    return realloc(memory, bytes);
}

void sq_memory_free(void *memory)
{
    free(memory);
}
