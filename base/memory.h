/* SPDX-License-Identifier: MIT */
/*
 * The one seam to the heap. Everything that allocates goes through these three, so that a test can
 * link another memory.c that counts or refuses. Never called from policies/, provider.c or plan.c.
 */
#ifndef SQ_BASE_MEMORY_H
#define SQ_BASE_MEMORY_H

#include <stddef.h>

/* count * size zeroed bytes, or NULL (also on overflow). The caller frees with sq_memory_free. Zero
 * bytes are a block too: NULL always means failure. */
void *sq_memory_new(size_t count, size_t size);

/* Grows or shrinks memory from sq_memory_new to count * size bytes; added bytes are undefined. NULL
 * on failure, then the old block is untouched. memory may be NULL. */
void *sq_memory_resize(void *memory, size_t count, size_t size);

/* Accepts NULL. */
void sq_memory_free(void *memory);

#endif
