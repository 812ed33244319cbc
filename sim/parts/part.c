/* SPDX-License-Identifier: MIT */
/* The deal, what a recipe is known by, and the end of a part. */
#include "sim/parts/part.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/version.h"

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

uint64_t sq_part_recipe_digest(const char *recipe)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, sq_digest_name(SQ_VERSION, strlen(SQ_VERSION)));
    sq_digest_add(&digest, sq_digest_name(recipe, strlen(recipe)));
    return sq_digest_value(&digest);
}

void sq_part_free(struct sq_part *part)
{
    if (part == NULL) {
        return;
    }
    for (uint32_t i = 0; i < part->n_states; i++) {
        sq_strbuf_clear(&part->states[i].meter);
    }
    sq_memory_free(part->states);
    sq_memory_free(part);
}
