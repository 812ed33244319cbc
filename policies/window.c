/* SPDX-License-Identifier: MIT */
/* A sliding window in buckets, rotated when it is used. */
#include "policies/window_int.h"

#include <string.h>

#include "base/assert.h"

static sq_dur bucket_span(sq_dur span)
{
    sq_dur bucket = span / SQ_BREAKER_BUCKETS;
    return bucket > 0 ? bucket : 1;
}

static void drop_oldest(struct sq_window *window)
{
    window->newest = (window->newest + 1) % SQ_BREAKER_BUCKETS;
    window->total -= window->totals[window->newest];
    window->failed -= window->faileds[window->newest];
    window->totals[window->newest] = 0;
    window->faileds[window->newest] = 0;
}

/* Buckets lie on multiples of their span, so that equal times fall into equal buckets whatever was
 * counted before. */
static void rotate(struct sq_window *window, sq_dur bucket, sq_time now)
{
    if (now < window->newest_ends_at) {
        return;
    }
    sq_time ends_at = sq_time_add(now - now % bucket, bucket);
    sq_dur steps = (ends_at - window->newest_ends_at) / bucket;
    if (steps >= SQ_BREAKER_BUCKETS) {
        sq_window_reset(window);
    } else {
        for (sq_dur i = 0; i < steps; i++) {
            drop_oldest(window);
        }
    }
    window->newest_ends_at = ends_at;
}

void sq_window_reset(struct sq_window *window)
{
    memset(window, 0, sizeof *window);
}

void sq_window_count(struct sq_window *window, sq_dur span, bool failure, sq_time now)
{
    sq_assert(span > 0);
    rotate(window, bucket_span(span), now);
    window->total++;
    window->totals[window->newest]++;
    if (failure) {
        window->failed++;
        window->faileds[window->newest]++;
    }
}
