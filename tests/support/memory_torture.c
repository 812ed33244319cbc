/* SPDX-License-Identifier: MIT */
/* A heap that can refuse; see the header. Each block carries its size in front of it. */
#include "tests/support/memory_torture.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define GARBAGE 0xa5

struct header {
    alignas(max_align_t) size_t bytes;
};

static atomic_size_t requests;
static atomic_size_t refused;
static atomic_size_t live;
static atomic_size_t fail_at;
static atomic_size_t fail_last;

void sq_memory_torture_fail(size_t nth)
{
    requests = 0;
    refused = 0;
    fail_at = nth;
    fail_last = nth;
}

void sq_memory_torture_fail_from(size_t nth)
{
    sq_memory_torture_fail(nth);
    fail_last = SIZE_MAX;
}

size_t sq_memory_torture_requests(void)
{
    return requests;
}

size_t sq_memory_torture_refused(void)
{
    return refused;
}

size_t sq_memory_torture_live(void)
{
    return live;
}

static bool is_refused(void)
{
    size_t request = atomic_fetch_add(&requests, 1) + 1;
    if (fail_at == 0 || request < fail_at || request > fail_last) {
        return false;
    }
    refused++;
    return true;
}

static void *block_new(size_t count, size_t size, int fill)
{
    size_t bytes;
    if (is_refused() || __builtin_mul_overflow(count, size, &bytes) ||
        bytes > PTRDIFF_MAX - sizeof(struct header)) {
        return NULL;
    }
    struct header *header = malloc(sizeof *header + bytes);
    if (header == NULL) {
        return NULL;
    }
    header->bytes = bytes;
    memset(header + 1, fill, bytes);
    live++;
    return header + 1;
}

void *sq_memory_new(size_t count, size_t size)
{
    return block_new(count, size, 0);
}

void *sq_memory_resize(void *memory, size_t count, size_t size)
{
    void *moved = block_new(count, size, GARBAGE);
    if (moved == NULL || memory == NULL) {
        return moved;
    }
    size_t old_bytes = ((struct header *)memory - 1)->bytes;
    size_t new_bytes = ((struct header *)moved - 1)->bytes;
    memcpy(moved, memory, old_bytes < new_bytes ? old_bytes : new_bytes);
    sq_memory_free(memory);
    return moved;
}

void sq_memory_free(void *memory)
{
    if (memory == NULL) {
        return;
    }
    struct header *header = (struct header *)memory - 1;
    memset(memory, GARBAGE, header->bytes);
    live--;
    free(header);
}
