/* SPDX-License-Identifier: MIT */
/*
 * Time: points and spans, both 64-bit signed nanoseconds.
 *
 * A point (sq_time) counts from scenario time zero; a span (sq_dur) is a difference of two points.
 * SQ_NEVER is the point that is never reached ("no deadline"): compare it by name, never add to it
 * by hand. Sums saturate, so a deadline far in the future stays in the future. Nothing here reads a
 * clock: only host/clock.c does.
 */
#ifndef SQ_BASE_TIME_H
#define SQ_BASE_TIME_H

#include <stdint.h>

typedef int64_t sq_time;
typedef int64_t sq_dur;

#define SQ_NEVER  INT64_MAX
#define SQ_US     ((sq_dur)1000)
#define SQ_MS     (1000 * SQ_US)
#define SQ_SECOND (1000 * SQ_MS)
#define SQ_MINUTE (60 * SQ_SECOND)
#define SQ_HOUR   (60 * SQ_MINUTE)
#define SQ_DAY    (24 * SQ_HOUR)

/* at + span, saturating at SQ_NEVER and at 0 from below; SQ_NEVER + anything is SQ_NEVER, anything
 * + SQ_NEVER too. */
static inline sq_time sq_time_add(sq_time at, sq_dur span)
{
    sq_time sum;
    if (at == SQ_NEVER || span == SQ_NEVER || __builtin_add_overflow(at, span, &sum)) {
        return SQ_NEVER;
    }
    return sum < 0 ? 0 : sum;
}

static inline sq_time sq_time_min(sq_time a, sq_time b)
{
    return a < b ? a : b;
}

static inline sq_time sq_time_max(sq_time a, sq_time b)
{
    return a > b ? a : b;
}

#endif
