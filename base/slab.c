/* SPDX-License-Identifier: MIT */
/* Chunks of SQ_SLAB_CHUNK elements and a growing table of them. */
#include "base/slab.h"

#include "base/assert.h"
#include "base/memory.h"

void sq_slab_init(struct sq_slab *slab, size_t element_bytes)
{
    sq_assert(element_bytes > 0);
    *slab = (struct sq_slab){.element_bytes = element_bytes};
}

enum sq_status sq_slab_reserve(struct sq_slab *slab, uint32_t n, struct sq_error *err)
{
    uint32_t wanted = n / SQ_SLAB_CHUNK + (n % SQ_SLAB_CHUNK != 0);
    if (wanted <= slab->n_chunks) {
        return SQ_OK;
    }
    void **chunks = sq_memory_resize(slab->chunks, wanted, sizeof(*chunks));
    if (chunks == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    slab->chunks = chunks;
    while (slab->n_chunks < wanted) {
        void *chunk = sq_memory_new(SQ_SLAB_CHUNK, slab->element_bytes);
        if (chunk == NULL) {
            return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
        }
        slab->chunks[slab->n_chunks++] = chunk;
    }
    return SQ_OK;
}

uint32_t sq_slab_capacity(const struct sq_slab *slab)
{
    return slab->n_chunks * SQ_SLAB_CHUNK;
}

void sq_slab_clear(struct sq_slab *slab)
{
    if (slab == NULL) {
        return;
    }
    for (uint32_t i = 0; i < slab->n_chunks; i++) {
        sq_memory_free(slab->chunks[i]);
    }
    sq_memory_free(slab->chunks);
    *slab = (struct sq_slab){.element_bytes = slab->element_bytes};
}
