/* SPDX-License-Identifier: MIT */
/* See timers_int.h. */
#include "mockprovider/timers_int.h"

enum sq_status sq_timers_reserve(struct sq_timers *timers, uint32_t n_slots, struct sq_error *err)
{
    return sq_queue_reserve(&timers->queue, n_slots, err);
}

void sq_timers_clear(struct sq_timers *timers)
{
    sq_queue_clear(&timers->queue);
}

void sq_timers_set(struct sq_timers *timers, uint32_t slot, sq_time at)
{
    sq_queue_set(&timers->queue, slot, slot, at);
}

bool sq_timers_take(struct sq_timers *timers, sq_time now, uint32_t *slot)
{
    const struct sq_queue_entry *head = sq_queue_head(&timers->queue);
    if (head == NULL || head->at > now) {
        return false;
    }
    *slot = head->slot;
    sq_queue_remove(&timers->queue, head->slot);
    return true;
}

int64_t sq_timers_sleep_ns(const struct sq_timers *timers, const struct sq_clock *clock,
                           sq_time deadline, sq_time now)
{
    const struct sq_queue_entry *head = sq_queue_head(&timers->queue);
    sq_time until = head == NULL ? deadline : sq_time_min(head->at, deadline);
    return until == SQ_NEVER ? SQ_NEVER : sq_clock_real_span_ns(clock, until - now);
}
