/* SPDX-License-Identifier: MIT */
/*
 * On whose behalf the calls of a run are made. Key and tenant are draws of the call alone, each
 * evenly over all there are. A session is `length` calls that one tenant makes one after the other,
 * in order of intended start; where there are no tenants, so many calls in turn. Of a closed stream
 * each user is one tenant, and his own calls in turn make sessions. Sessions are
 * numbered from 1 in the order in which they begin. Nothing here changes any other draw.
 *
 * Owns one entry a tenant, and only where there are sessions.
 */
#ifndef SQ_SIM_REQUEST_IDENTITIES_H
#define SQ_SIM_REQUEST_IDENTITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mockprovider/request/identity.h"
#include "scenarios/scenario.h"

/* The present session of a tenant. */
struct sq_sitting {
    uint64_t session;
    uint32_t calls_left;
};

struct sq_identities {
    const struct sq_workload *workload;
    uint64_t seed;
    bool any;                    /* the workload has keys, tenants or sessions */
    struct sq_sitting *sittings; /* by tenant, [0] for calls without one; NULL: no sessions */
    uint64_t n_sessions;         /* begun */
};

/* The workload is borrowed. SQ_NO_MEMORY: nothing to clear. */
SQ_MUST_USE enum sq_status sq_identities_init(struct sq_identities *identities,
                                              const struct sq_workload *workload, uint64_t seed,
                                              struct sq_error *err);
void sq_identities_clear(struct sq_identities *identities);

/* Draws for the next call; sq_identities_next asks only where there is something to draw. */
struct sq_identity sq_identities_draw(struct sq_identities *identities, uint64_t call);

/* Of the next call, in order of intended start; each call once. */
static inline struct sq_identity sq_identities_next(struct sq_identities *identities, uint64_t call)
{
    return identities->any ? sq_identities_draw(identities, call) : (struct sq_identity){0};
}

#endif
