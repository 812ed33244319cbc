/* SPDX-License-Identifier: MIT */
/*
 * The joiner: which call a stranger's request belongs to. The server sees requests only; the joiner
 * puts them together to calls and attempts, and fills the same records that the loop fills for a
 * policy. Reads no clock, decides nothing about classes and roles: both are told. Times are those
 * of the journal, which come in order.
 *
 * A request with our header belongs to the call it names. Else one whose x-stainless-retry-count is
 * above 0 continues the failed call of the same API key and body: the latest that made exactly so
 * many attempts, or else the latest. Else it begins a call.
 *
 * A request that says it has more attempts before it than were seen claims connections that faults
 * struck before a request came (strikes.h): they become attempts of its call, with a class and
 * without a bill. What nobody claims is no call.
 *
 *     arrived ---> under way ---over, answered-----------------> over: take
 *                   ^    `-----over, failed, or named--> rests ---' when the session ends,
 *                   `----------------next arrival---------'       or too many rest
 *
 * A call is answered by its first attempt that succeeded; a failed one is over only when the
 * session is, since a retry may come at any time.
 */
#ifndef SQ_SIM_SERVE_JOINER_H
#define SQ_SIM_SERVE_JOINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mockprovider/journal.h"
#include "sim/record.h"
#include "sim/serve/strikes.h"

/* Calls that may rest at once; the one that has rested longest is then over. */
#define SQ_JOINER_RESTING_MAX 262144

struct sq_joiner;

/* resting_max 0: SQ_JOINER_RESTING_MAX. NULL when out of memory. */
struct sq_joiner *sq_joiner_new(uint32_t resting_max);
void sq_joiner_free(struct sq_joiner *joiner); /* accepts NULL */

/* An attempt before this one that ended at the door. */
struct sq_joined_strike {
    struct sq_attempt_record record;
    bool waited; /* as below */
    sq_dur wait;
};

struct sq_joined {
    bool begins; /* a new call */
    bool waited; /* the attempt before it had ended: wait is the time between */
    sq_dur wait;
    uint32_t n_strikes;
    struct sq_joined_strike strikes[SQ_STRIKES_CLAIM_MAX]; /* in order of time */
};

/* For requests that come later to claim. */
struct sq_strikes *sq_joiner_strikes(struct sq_joiner *joiner);

/* An attempt reached the provider, for this role. */
SQ_MUST_USE enum sq_status sq_joiner_arrived(struct sq_joiner *joiner,
                                             const struct sq_journal_entry *entry, uint8_t role,
                                             struct sq_joined *joined, struct sq_error *err);

/* It is over, with this class. False: its arrival was never told, nothing happened. */
bool sq_joiner_over(struct sq_joiner *joiner, const struct sq_journal_entry *entry,
                    enum sq_class klass, struct sq_attempt_record *record);

/* Nothing more comes: every call is over. One whose last attempt was `dropped` is excluded. */
void sq_joiner_end(struct sq_joiner *joiner);

/* The next call that is over; workload_phase is left 0. False: none. */
bool sq_joiner_take(struct sq_joiner *joiner, struct sq_call_record *record);

/* Sum over the calls taken, made as the loop makes its outcome digest. */
uint64_t sq_joiner_outcomes(const struct sq_joiner *joiner);

#endif
