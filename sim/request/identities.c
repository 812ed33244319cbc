/* SPDX-License-Identifier: MIT */
/* See identities.h. */
#include "sim/request/identities.h"

#include "base/draw.h"
#include "base/memory.h"

#define CALLS_OF_A_USER (UINT64_C(1) << SQ_CALL_USER_SHIFT) /* ids of one user */

enum sq_status sq_identities_init(struct sq_identities *identities,
                                  const struct sq_workload *workload, uint64_t seed,
                                  struct sq_error *err)
{
    *identities = (struct sq_identities){
        .workload = workload,
        .seed = seed,
        .any = workload->n_keys > 0 || workload->n_tenants > 0 || workload->session_length > 0,
    };
    if (workload->session_length == 0) {
        return SQ_OK;
    }
    identities->sittings =
        sq_memory_new((size_t)workload->n_tenants + 1, sizeof(*identities->sittings));
    return identities->sittings != NULL ? SQ_OK : sq_error_set(err, SQ_NO_MEMORY, "out of memory");
}

void sq_identities_clear(struct sq_identities *identities)
{
    sq_memory_free(identities->sittings);
    *identities = (struct sq_identities){0};
}

static uint64_t pick(uint32_t lane, uint32_t n_all)
{
    return n_all == 0 ? 0 : (uint64_t)sq_draw_below(lane, n_all) + 1;
}

/* A user is one tenant, and his calls in turn make sessions: known from the call's id, since in
 * which order users come depends on what they got. Numbered above all others. */
static uint64_t users_session(const struct sq_workload *workload, uint64_t call)
{
    uint64_t ordinal = call & (CALLS_OF_A_USER - 1);
    uint64_t user = (call >> SQ_CALL_USER_SHIFT) + 1;
    return workload->session_length == 0
               ? 0
               : user << SQ_CALL_USER_SHIFT | ((ordinal - 1) / workload->session_length + 1);
}

static uint64_t sit(struct sq_identities *identities, uint64_t tenant)
{
    if (identities->sittings == NULL) {
        return 0;
    }
    struct sq_sitting *sitting = &identities->sittings[tenant];
    if (sitting->calls_left == 0) {
        sitting->session = ++identities->n_sessions;
        sitting->calls_left = identities->workload->session_length;
    }
    sitting->calls_left--;
    return sitting->session;
}

struct sq_identity sq_identities_draw(struct sq_identities *identities, uint64_t call)
{
    const struct sq_workload *workload = identities->workload;
    struct sq_draw draw = sq_draw_block(identities->seed, SQ_DRAW_IDENTITY, call, 0, 0);
    struct sq_identity whose = {.key = pick(draw.lane[0], workload->n_keys)};
    if (workload->streams[sq_call_stream(call)].kind == SQ_STREAM_CLOSED) {
        draw =
            sq_draw_block(identities->seed, SQ_DRAW_IDENTITY, call & ~(CALLS_OF_A_USER - 1), 0, 0);
        whose.tenant = pick(draw.lane[1], workload->n_tenants);
        whose.session = users_session(workload, call);
        return whose;
    }
    whose.tenant = pick(draw.lane[1], workload->n_tenants);
    whose.session = sit(identities, whose.tenant);
    return whose;
}
