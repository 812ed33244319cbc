/* SPDX-License-Identifier: MIT */
/*
 * What faults did to connections that never became a request, until a later request says that it is
 * a retry and so claims them as attempts of its call. A connection has no name: the latest at the
 * same provider are taken, of one call in order of time. While a port is shut nobody sees who
 * knocks, so such attempts are known by their number only, and are spread evenly over that time.
 *
 * No clock, no allocation; times are the journal's. Zeroed: empty.
 */
#ifndef SQ_SIM_SERVE_STRIKES_H
#define SQ_SIM_SERVE_STRIKES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/script.h"
#include "policies/words.h"

/* Connections of one provider that wait to be claimed; the oldest makes room. */
#define SQ_STRIKES_MAX 1024

/* Attempts that one request can claim: no known client retries more often. */
#define SQ_STRIKES_CLAIM_MAX 16

/* Older ones are nobody's any more, since clients do not wait so long between attempts. */
#define SQ_STRIKES_AGE_MAX (10 * SQ_MINUTE)

struct sq_strike {
    sq_time at;
    sq_time ended_at;
    enum sq_class klass;
    bool seen; /* false: its times are a guess */
};

struct sq_strikes_ring {
    uint32_t first;
    uint32_t n;
    struct sq_strike list[SQ_STRIKES_MAX];
    struct sq_strike shut; /* the latest time the port was; ended_at SQ_NEVER: it is */
    bool was_shut;
};

struct sq_strikes {
    struct sq_strikes_ring of[SQ_PROVIDERS_MAX];
};

/* In order of ended_at. */
void sq_strikes_add(struct sq_strikes *strikes, uint8_t provider, const struct sq_strike *strike);
/* The port is shut since, or was. */
void sq_strikes_shut(struct sq_strikes *strikes, uint8_t provider, const struct sq_strike *shut);

struct sq_strikes_claim {
    uint8_t provider;
    uint32_t n;     /* attempts that are missed */
    sq_time after;  /* not before this */
    sq_time before; /* the claimant's arrival */
};

/* Takes out up to n, in order of time; how many. */
uint32_t sq_strikes_take(struct sq_strikes *strikes, const struct sq_strikes_claim *claim,
                         struct sq_strike taken[SQ_STRIKES_CLAIM_MAX]);

#endif
