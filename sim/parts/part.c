/* SPDX-License-Identifier: MIT */
/* The deal, and the end of a part. */
#include "sim/parts/part.h"

#include "base/assert.h"
#include "base/memory.h"

bool sq_shard_has(const struct sq_shard *shard, uint64_t run)
{
    if (shard->n == 0) {
        return true;
    }
    sq_assert(shard->index >= 1);
    sq_assert(shard->index <= shard->n);
    uint64_t card = shard->dealt + run;
    return (card + card / shard->n) % shard->n == shard->index - 1;
}

void sq_part_free(struct sq_part *part)
{
    if (part == NULL) {
        return;
    }
    for (uint32_t i = 0; i < part->n_states; i++) {
        sq_strbuf_clear(&part->states[i].json);
    }
    sq_memory_free(part->states);
    sq_memory_free(part);
}
