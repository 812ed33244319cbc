/* SPDX-License-Identifier: MIT */
/*
 * When each connection has its next step: one time a slot, in scenario time, and how long the
 * thread may sleep for the earliest. Never reads a clock: now comes in.
 */
#ifndef SQ_MOCKPROVIDER_TIMERS_INT_H
#define SQ_MOCKPROVIDER_TIMERS_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/queue.h"
#include "base/time.h"
#include "host/clock.h"

/* Zeroed: no slots. */
struct sq_timers {
    struct sq_queue queue;
};

SQ_MUST_USE enum sq_status sq_timers_reserve(struct sq_timers *timers, uint32_t n_slots,
                                             struct sq_error *err);
void sq_timers_clear(struct sq_timers *timers);

/* SQ_NEVER: none. */
void sq_timers_set(struct sq_timers *timers, uint32_t slot, sq_time at);

/* Takes out the earliest that is due at now. */
bool sq_timers_take(struct sq_timers *timers, sq_time now, uint32_t *slot);

/* Real ns until the earliest, or until `deadline` if that is earlier; SQ_NEVER: nothing to wait
 * for. */
int64_t sq_timers_sleep_ns(const struct sq_timers *timers, const struct sq_clock *clock,
                           sq_time deadline, sq_time now);

#endif
