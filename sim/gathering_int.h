/* SPDX-License-Identifier: MIT */
/*
 * Gathering: what the seeds of one policy on one clock leave, added up. The least seed's meter is
 * the base (transitions and times of windows are its own), all others are added; so neither the
 * order of taking nor who took what changes the result.
 */
#ifndef SQ_SIM_GATHERING_INT_H
#define SQ_SIM_GATHERING_INT_H

#include "sim/series_int.h"

#define SQ_GATHERING_POOLED UINT32_MAX /* in place of a seed: several, none of them the first */

struct sq_gathering {
    struct sq_series_outcome first; /* of the least single seed */
    uint32_t first_seed;            /* from 0 */
    struct sq_meter *rest;          /* of all others */
    uint32_t n_ran;
    bool interrupted;
    const char *inconclusive; /* of the least seed that has a reason; borrowed */
    uint32_t inconclusive_seed;
    bool replay_differs;
    uint64_t replayed_events;
};

/* Takes over what the seed (or n_seeds pooled ones) left: the outcome is empty then. Its status was
 * SQ_OK. */
void sq_gathering_take(struct sq_gathering *gathering, uint32_t seed, uint32_t n_seeds,
                       struct sq_series_outcome *outcome);

/* Takes over all of another one, of other seeds: it is empty then. */
void sq_gathering_join(struct sq_gathering *into, struct sq_gathering *from);

/* Remembers why a seed says nothing, the least seed's reason. */
void sq_gathering_trouble(struct sq_gathering *gathering, uint32_t seed, const char *why);

/* Adds its column to the result, not judged yet; none when nothing was taken. The rest is merged
 * into the first. */
SQ_MUST_USE enum sq_status sq_gathering_fill(struct sq_gathering *gathering,
                                             struct sq_column *column, struct sq_error *err);

void sq_gathering_clear(struct sq_gathering *gathering);

/* Whether a threshold asks for each seed by itself. */
bool sq_gathering_each_seed(const struct sq_scenario *scenario);

#endif
