/* SPDX-License-Identifier: MIT */
/*
 * base/memory.h with the signatures of the C library, for a foreign library that takes its heap
 * from whoever uses it (libcurl), so that tests can make that heap fail too. What these give is
 * given back with sq_memory_free.
 */
#ifndef SQ_SIM_LIVE_HEAP_INT_H
#define SQ_SIM_LIVE_HEAP_INT_H

#include <stddef.h>

void *sq_live_malloc(size_t bytes);
void *sq_live_calloc(size_t count, size_t bytes);
void *sq_live_realloc(void *memory, size_t bytes);
char *sq_live_strdup(const char *text);

#endif
