/* SPDX-License-Identifier: MIT */
/*
 * Slab: an array of equal elements that grows in chunks, so that an element never moves. Elements
 * are zeroed when their chunk comes; nothing is given back before the end.
 */
#ifndef SQ_BASE_SLAB_H
#define SQ_BASE_SLAB_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SQ_SLAB_CHUNK 256 /* elements of one chunk, a power of two */

struct sq_slab {
    void **chunks;
    uint32_t n_chunks;
    size_t element_bytes;
};

/* element_bytes > 0. The slab is empty. */
void sq_slab_init(struct sq_slab *slab, size_t element_bytes);
/* Makes elements 0 .. n - 1 usable. SQ_NO_MEMORY leaves the slab as it was. */
SQ_MUST_USE enum sq_status sq_slab_reserve(struct sq_slab *slab, uint32_t n, struct sq_error *err);
/* How many elements are usable. */
uint32_t sq_slab_capacity(const struct sq_slab *slab);
/* Accepts a zeroed slab and NULL. */
void sq_slab_clear(struct sq_slab *slab);

/* The i-th element; i < sq_slab_capacity. */
static inline void *sq_slab_at(const struct sq_slab *slab, uint32_t i)
{
    char *chunk = slab->chunks[i / SQ_SLAB_CHUNK];
    return chunk + (size_t)(i % SQ_SLAB_CHUNK) * slab->element_bytes;
}

#endif
