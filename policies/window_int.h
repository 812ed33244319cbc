/* SPDX-License-Identifier: MIT */
/*
 * A sliding window of attempts and failures in SQ_BREAKER_BUCKETS buckets, for a breaker's failure
 * share. Rotated lazily: only when something is counted or read. A result counts for the window's
 * span less at most one bucket.
 */
#ifndef SQ_POLICIES_WINDOW_INT_H
#define SQ_POLICIES_WINDOW_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/settings.h"

struct sq_window {
    sq_time newest_ends_at; /* of the newest bucket; 0: nothing counted yet */
    uint32_t newest;
    uint32_t total; /* sums over the buckets */
    uint32_t failed;
    uint32_t totals[SQ_BREAKER_BUCKETS];
    uint32_t faileds[SQ_BREAKER_BUCKETS];
};

void sq_window_reset(struct sq_window *window);

/* One result at now; span > 0 is the whole window's and the same in every call. */
void sq_window_count(struct sq_window *window, sq_dur span, bool failure, sq_time now);

#endif
