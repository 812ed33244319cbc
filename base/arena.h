/* SPDX-License-Identifier: MIT */
/*
 * Arena: many small objects that die together (a parsed document, a loaded scenario). Nothing is
 * freed alone. Addresses are stable. Blocks come from base/memory.h.
 */
#ifndef SQ_BASE_ARENA_H
#define SQ_BASE_ARENA_H

#include <stddef.h>

struct sq_arena_block;

struct sq_arena {
    struct sq_arena_block *blocks; /* the first is being filled */
};

/* A zeroed object (of the arena's own) is an empty arena: struct sq_arena arena = {0}. */

/* count * size zeroed bytes, aligned for any type; NULL when out of memory or count * size
 * overflows. Valid until sq_arena_clear. */
void *sq_arena_new(struct sq_arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of length bytes; NULL when out of memory. */
char *sq_arena_text(struct sq_arena *arena, const char *text, size_t length);

/* Frees everything; the arena is empty and usable again. Accepts a zeroed arena and NULL. */
void sq_arena_clear(struct sq_arena *arena);

#endif
