/* SPDX-License-Identifier: MIT */
/* Zipf's law from fixed-point powers, and the search in its table. */
#include "base/zipf.h"

#include "base/assert.h"
#include "base/fixed.h"
#include "base/int128.h"

/* Weights are k^-s * e^LIFT_MAX at the most, so that rare items keep their digits: below 2^61. */
#define LIFT_MAX_Q32 (20 * SQ_Q32_ONE)

/* s ln k */
static int64_t fall_q32(uint64_t exponent_q32, uint32_t k)
{
    return sq_fixed_mul((int64_t)exponent_q32, sq_fixed_log((uint64_t)k << 32));
}

static uint64_t weight_of(uint64_t exponent_q32, int64_t lift_q32, uint32_t k)
{
    return sq_fixed_exp(lift_q32 - fall_q32(exponent_q32, k));
}

static void fill(uint32_t *ends, uint32_t n_items, uint64_t exponent_q32)
{
    int64_t lift_q32 = fall_q32(exponent_q32, n_items);
    lift_q32 = lift_q32 > LIFT_MAX_Q32 ? LIFT_MAX_Q32 : lift_q32;
    sq_uint128 sum = 0;
    sq_uint128 below = 0;
    for (uint32_t k = 1; k <= n_items; k++) {
        sum += weight_of(exponent_q32, lift_q32, k);
    }
    for (uint32_t k = 1; k < n_items; k++) {
        below += weight_of(exponent_q32, lift_q32, k);
        sq_uint128 end = (below << 32) / sum;
        ends[k - 1] = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
    }
}

enum sq_status sq_zipf_compile(uint32_t n_items, uint64_t exponent_q32, struct sq_arena *arena,
                               struct sq_zipf *zipf, struct sq_error *err)
{
    sq_assert(n_items > 0);
    sq_assert(n_items <= SQ_ZIPF_ITEMS_MAX);
    sq_assert(exponent_q32 <= SQ_ZIPF_EXPONENT_MAX);
    uint32_t *ends = sq_arena_new(arena, n_items, sizeof(*ends));
    if (ends == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the table of a Zipf law");
    }
    fill(ends, n_items, exponent_q32);
    *zipf = (struct sq_zipf){.ends = ends, .n_items = n_items};
    return SQ_OK;
}

uint32_t sq_zipf_item(const struct sq_zipf *zipf, uint32_t lane)
{
    uint32_t low = 0;
    uint32_t high = zipf->n_items - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lane < zipf->ends[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}
