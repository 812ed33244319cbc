/* SPDX-License-Identifier: MIT */
/* One cell for every part that is not 0, the others where they are missed most. */
#include "reports/bar.h"

#include "base/assert.h"
#include "base/int128.h"

static sq_uint128 sum_of(const uint64_t *parts, size_t n)
{
    sq_uint128 sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += parts[i];
    }
    return sum;
}

/* The part that a further cell brings nearest to its true share: largest parts / (2 * cells + 1)
 * (Sainte-Lague); the first among equals. */
static size_t neediest(const uint64_t *parts, size_t n, const uint32_t *cells)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        sq_uint128 claim = (sq_uint128)parts[i] * (2 * (uint64_t)cells[best] + 1);
        sq_uint128 rival = (sq_uint128)parts[best] * (2 * (uint64_t)cells[i] + 1);
        best = claim > rival ? i : best;
    }
    return best;
}

void sq_bar_cells(const uint64_t *parts, size_t n, uint32_t width, uint32_t *cells)
{
    sq_assert(n > 0 && n <= SQ_BAR_PARTS_MAX);
    uint32_t left = width;
    for (size_t i = 0; i < n; i++) {
        cells[i] = parts[i] > 0 ? 1 : 0;
        sq_assert(left >= cells[i]);
        left -= cells[i];
    }
    if (sum_of(parts, n) == 0) {
        return;
    }
    for (; left > 0; left--) {
        cells[neediest(parts, n, cells)]++;
    }
}
