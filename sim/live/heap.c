/* SPDX-License-Identifier: MIT */
/* See heap_int.h. */
#include "sim/live/heap_int.h"

#include <string.h>

#include "base/memory.h"

void *sq_live_malloc(size_t bytes)
{
    return sq_memory_new(1, bytes);
}

void *sq_live_calloc(size_t count, size_t bytes)
{
    return sq_memory_new(count, bytes);
}

void *sq_live_realloc(void *memory, size_t bytes)
{
    return sq_memory_resize(memory, 1, bytes);
}

char *sq_live_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = sq_memory_new(1, bytes);
    if (copy != NULL) {
        memcpy(copy, text, bytes);
    }
    return copy;
}
