/* SPDX-License-Identifier: MIT */
/*
 * The users of a closed stream: each makes a call, waits for its outcome, thinks, makes the next.
 *
 *     waits in the queue --take--> has a call in flight --over--> thinks (waits in the queue)
 *                                                         |
 *                                                         `--> gone: the scenario ends before
 *
 * The time of a user's next call is when he is ready for it: the end of the last one plus a think
 * time, which is drawn by the next call's own id. So a slow answer delays his next call, as it does
 * in life, and latency is counted from the moment he was ready.
 *
 * Memory grows with the users and is taken at the start.
 */
#ifndef SQ_SIM_USERS_H
#define SQ_SIM_USERS_H

#include <stdint.h>

#include "base/error.h"
#include "base/queue.h"
#include "base/time.h"
#include "scenarios/scenario.h"

/* From one start of a user to his next at least: without it a user who does not think, and whose
 * calls fail at once, would never let virtual time go on. */
#define SQ_USERS_TURN_MIN SQ_MS

struct sq_users {
    const struct sq_dist *think;
    uint64_t seed;
    sq_time end;           /* nobody starts from here on */
    struct sq_queue ready; /* when each who has no call in flight makes his next; slot: the user */
};

/* All users of the stream wait for their first call: user k of n at k / n of the ramp. first_id:
 * user 0's first call. SQ_NO_MEMORY, SQ_LIMIT: cleared. */
SQ_MUST_USE enum sq_status sq_users_init(struct sq_users *users,
                                         const struct sq_stream_spec *stream, uint64_t first_id,
                                         uint64_t seed, sq_time end, struct sq_error *err);

/* The next call (id and time) of whoever is ready first; NULL while nobody is going to be. */
static inline const struct sq_queue_entry *sq_users_next(const struct sq_users *users)
{
    return sq_queue_head(&users->ready);
}

/* That call starts. */
void sq_users_take(struct sq_users *users);

/* That call, which he was ready for at intended_at, is over. */
void sq_users_over(struct sq_users *users, uint64_t call, sq_time intended_at, sq_time now);

void sq_users_clear(struct sq_users *users);

#endif
