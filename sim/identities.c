/* SPDX-License-Identifier: MIT */
/* See identities.h. */
#include "sim/identities.h"

#include "base/draw.h"
#include "base/memory.h"

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
    struct sq_identity whose = {.key = pick(draw.lane[0], workload->n_keys),
                                .tenant = pick(draw.lane[1], workload->n_tenants)};
    whose.session = sit(identities, whose.tenant);
    return whose;
}
