/* SPDX-License-Identifier: MIT */
/*
 * A circuit breaker. Every attempt holds a lease on it, given by admit and given back exactly once
 * by release with a mark; nobody but the two functions moves it, and time is their last argument.
 *
 *              a trip rule holds                    now >= opened + open_for, somebody asks
 *     CLOSED ---------------------> OPEN ---------------------------------------> HALF_OPEN
 *        ^                           ^   a probe failed, or its lease expired        |
 *        |                           `-----------------------------------------------|
 *        `---------------------------------------------------------------------------'
 *              `admit` probes succeeded
 *
 * Half open admits `admit` probes; a neutral or cancelled one gives its permit back. A lease that
 * is not back at its expiry is a failure at that moment, whenever somebody looks, so a lost probe
 * cannot hold the breaker half open. Each move starts a new generation; what an older generation
 * gives back is dropped. Trip rules look at counts that include the current result.
 */
#ifndef SQ_POLICIES_BREAKER_INT_H
#define SQ_POLICIES_BREAKER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/engine.h"
#include "policies/settings.h"
#include "policies/window_int.h"

struct sq_breaker_cell {
    enum sq_breaker_state state;
    uint32_t generation;
    uint32_t consecutive; /* failures in a row, while closed */
    uint16_t probing;     /* probe leases out */
    uint16_t probed;      /* probes that succeeded since half open */
    sq_time open_until;
    struct sq_window window;
    uint64_t probes; /* bit i: slot i is out */
    sq_time probe_until[SQ_BREAKER_ADMIT_MAX];
};

/* What an attempt holds; kind SQ_LEASE_NONE: it was refused. */
struct sq_breaker_lease {
    enum sq_lease kind;
    uint32_t generation;
    uint8_t slot; /* of a probe */
};

/* The states a breaker went through in one call, in order, from states[0] on. */
#define SQ_BREAKER_MOVES_MAX 2
struct sq_breaker_moves {
    uint8_t count;
    enum sq_breaker_state states[SQ_BREAKER_MOVES_MAX + 1];
};

/* A zeroed cell is a closed breaker. settings->on must be true. */
struct sq_breaker_lease sq_breaker_admit(struct sq_breaker_cell *cell,
                                         const struct sq_breaker *settings,
                                         struct sq_breaker_moves *moves, sq_time now);

struct sq_breaker_moves sq_breaker_release(struct sq_breaker_cell *cell,
                                           const struct sq_breaker *settings,
                                           struct sq_breaker_lease lease, enum sq_mark mark,
                                           sq_time now);

#endif
