/* SPDX-License-Identifier: MIT */
/*
 * Arena: a chain of blocks, filled from the front, newest first. An object that does not fit starts
 * a new block; what is left in the old one is given up. Blocks come zeroed and nothing is freed
 * alone, so objects are zeroed without touching them again.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

struct sq_arena_block {
    struct sq_arena_block *older;
    size_t capacity; /* bytes */
    size_t used;     /* bytes, a multiple of ALIGNMENT */
    alignas(max_align_t) unsigned char bytes[];
};

#define ALIGNMENT alignof(max_align_t)
/* A scenario takes a few of these; small enough not to show in a run's memory. */
#define BLOCK_BYTES ((size_t)16 * 1024)
/* Larger objects get a block of their own, so at most this much is given up in a block. */
#define LARGE_BYTES (BLOCK_BYTES / 4)

static struct sq_arena_block *block_new(size_t capacity)
{
    size_t bytes;
    if (__builtin_add_overflow(sizeof(struct sq_arena_block), capacity, &bytes)) {
        return NULL;
    }
    struct sq_arena_block *block = sq_memory_new(1, bytes);
    if (block != NULL) {
        block->capacity = capacity;
    }
    return block;
}

/* A block that holds just one large object, behind the newest one, which goes on being filled. */
static struct sq_arena_block *block_for_large(struct sq_arena *arena, size_t bytes)
{
    struct sq_arena_block *block = block_new(bytes);
    struct sq_arena_block *newest = arena->blocks;
    if (block == NULL) {
        return NULL;
    }
    if (newest == NULL) {
        arena->blocks = block;
        return block;
    }
    block->older = newest->older;
    newest->older = block;
    return block;
}

static struct sq_arena_block *block_with_room(struct sq_arena *arena, size_t bytes)
{
    struct sq_arena_block *newest = arena->blocks;
    if (newest != NULL && newest->capacity - newest->used >= bytes) {
        return newest;
    }
    if (bytes > LARGE_BYTES) {
        return block_for_large(arena, bytes);
    }
    struct sq_arena_block *block = block_new(BLOCK_BYTES);
    if (block != NULL) {
        block->older = newest;
        arena->blocks = block;
    }
    return block;
}

void *sq_arena_new(struct sq_arena *arena, size_t count, size_t size)
{
    sq_assert(arena != NULL);
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX) {
        return NULL;
    }
    size_t rounded = bytes == 0 ? ALIGNMENT : (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct sq_arena_block *block = block_with_room(arena, rounded);
    if (block == NULL) {
        return NULL;
    }
    void *object = block->bytes + block->used;
    block->used += rounded;
    return object;
}

char *sq_arena_text(struct sq_arena *arena, const char *text, size_t length)
{
    sq_assert(text != NULL || length == 0);
    if (length == SIZE_MAX) {
        return NULL;
    }
    char *copy = sq_arena_new(arena, length + 1, 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

void sq_arena_clear(struct sq_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    struct sq_arena_block *block = arena->blocks;
    while (block != NULL) {
        struct sq_arena_block *older = block->older;
        sq_memory_free(block);
        block = older;
    }
    arena->blocks = NULL;
}
