/* SPDX-License-Identifier: MIT */
/*
 * One bar of a whole: how many cells each part gets. Every part that is not 0 is seen, the cells
 * add up to the width, larger parts never get fewer cells than smaller ones.
 */
#ifndef SQ_REPORTS_BAR_H
#define SQ_REPORTS_BAR_H

#include <stddef.h>
#include <stdint.h>

#define SQ_BAR_PARTS_MAX 32

/* width is at least the number of parts that are not 0; all 0 gives no cells. */
void sq_bar_cells(const uint64_t *parts, size_t n, uint32_t width, uint32_t *cells);

#endif
