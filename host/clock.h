/* SPDX-License-Identifier: MIT */
/*
 * The one place that reads a clock. Scenario time is (monotonic now - start) x speed: every
 * duration a scenario speaks of lives in it. Real time is the machine's monotonic clock, for poll
 * timeouts and for what people see of a run's own progress.
 *
 * Units: nanoseconds everywhere; speed in thousandths (1000 is real time, 2000 is twice as fast).
 * Never sleeps, never reads the wall clock's date. A struct sq_clock is a plain value: copy it.
 */
#ifndef SQ_HOST_CLOCK_H
#define SQ_HOST_CLOCK_H

#include <stdint.h>

#include "base/time.h"

#define SQ_CLOCK_SPEED_MILLI_MIN  1       /* a thousandth of real time */
#define SQ_CLOCK_SPEED_MILLI_REAL 1000    /* real time */
#define SQ_CLOCK_SPEED_MILLI_MAX  1000000 /* past this a millisecond is a second: only jitter */

struct sq_clock {
    int64_t start_ns;    /* the monotonic clock at scenario time zero */
    int64_t speed_milli; /* scenario milliseconds a real second */
};

/* Scenario time zero is now. speed_milli within the limits above (asserted). */
void sq_clock_start(struct sq_clock *clock, int64_t speed_milli);

/* The scenario time now. Never goes back. Safe from several threads at once. */
sq_time sq_clock_now(const struct sq_clock *clock);

/* The scenario time at a reading of sq_clock_real_ns; readings before the start are time zero. */
sq_time sq_clock_at(const struct sq_clock *clock, int64_t real_ns);

/* How long a scenario span lasts in real nanoseconds, rounded up, so that who waits that long finds
 * the span over. 0 for spans that are not positive; SQ_NEVER for SQ_NEVER. */
int64_t sq_clock_real_span_ns(const struct sq_clock *clock, sq_dur span);

/* The monotonic clock of the machine; only differences mean something. */
int64_t sq_clock_real_ns(void);

#endif
