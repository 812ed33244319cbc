/* SPDX-License-Identifier: MIT */
/*
 * Zipf's law over a row of items: the k-th of n is drawn with a probability that goes as k^-s. Few
 * questions are asked often, most of them hardly ever. Compiled at load into a table, so that a
 * draw is a search in integers; the same lane and table give the same item on every machine.
 */
#ifndef SQ_BASE_ZIPF_H
#define SQ_BASE_ZIPF_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define SQ_ZIPF_ITEMS_MAX    100000
#define SQ_ZIPF_EXPONENT_MAX ((uint64_t)4 << 32)

struct sq_zipf {
    const uint32_t *ends; /* lanes below ends[i] are items 0 to i; rising, the last item has none */
    uint32_t n_items;
};

/* n_items 1 to SQ_ZIPF_ITEMS_MAX, exponent a share of 2^32 up to SQ_ZIPF_EXPONENT_MAX (0: all items
 * alike). Shares are right to 2^-31. The table lives as long as the arena. SQ_NO_MEMORY. */
SQ_MUST_USE enum sq_status sq_zipf_compile(uint32_t n_items, uint64_t exponent_q32,
                                           struct sq_arena *arena, struct sq_zipf *zipf,
                                           struct sq_error *err);

/* 0 to n_items - 1; a larger lane never a smaller item. */
uint32_t sq_zipf_item(const struct sq_zipf *zipf, uint32_t lane);

#endif
