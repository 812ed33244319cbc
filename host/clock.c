/* SPDX-License-Identifier: MIT */
/*
 * The monotonic clock and its scaling to scenario time. 128-bit products, so that no speed
 * overflows.
 */
#include "host/clock.h"

#include <time.h>

#include "base/assert.h"
#include "base/int128.h"

int64_t sq_clock_real_ns(void)
{
    struct timespec reading;
    int result = clock_gettime(CLOCK_MONOTONIC, &reading);
    sq_assert(result == 0);
    return (int64_t)reading.tv_sec * SQ_SECOND + reading.tv_nsec;
}

void sq_clock_start(struct sq_clock *clock, int64_t speed_milli)
{
    sq_assert(speed_milli >= SQ_CLOCK_SPEED_MILLI_MIN);
    sq_assert(speed_milli <= SQ_CLOCK_SPEED_MILLI_MAX);
    clock->start_ns = sq_clock_real_ns();
    clock->speed_milli = speed_milli;
}

sq_time sq_clock_at(const struct sq_clock *clock, int64_t real_ns)
{
    if (real_ns <= clock->start_ns) {
        return 0;
    }
    sq_uint128 elapsed_ns = (sq_uint128)real_ns - (sq_uint128)clock->start_ns;
    sq_uint128 scaled = elapsed_ns * (uint64_t)clock->speed_milli / SQ_CLOCK_SPEED_MILLI_REAL;
    /* One below SQ_NEVER: a clock never reads "never". */
    return scaled >= SQ_NEVER ? SQ_NEVER - 1 : (sq_time)scaled;
}

sq_time sq_clock_now(const struct sq_clock *clock)
{
    return sq_clock_at(clock, sq_clock_real_ns());
}

int64_t sq_clock_real_span_ns(const struct sq_clock *clock, sq_dur span)
{
    if (span <= 0) {
        return 0;
    }
    if (span == SQ_NEVER) {
        return SQ_NEVER;
    }
    uint64_t speed = (uint64_t)clock->speed_milli;
    sq_uint128 real_ns = ((sq_uint128)span * SQ_CLOCK_SPEED_MILLI_REAL + speed - 1) / speed;
    return real_ns >= SQ_NEVER ? SQ_NEVER : (int64_t)real_ns;
}
