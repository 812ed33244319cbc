/* SPDX-License-Identifier: MIT */
/*
 * A part of a series: what one shard ran of the grid of policies and seeds, and all that putting it
 * together with the others takes. States are JSON texts of sim/meter.h; nothing in here is rounded,
 * so parts merge in any order to the same result as one run of everything.
 *
 * The grid is dealt like cards: run number r of the grid (seed by seed, all policies of a seed)
 * goes to shard r mod n in the first round of n, one further in the second, and so on, so that a
 * costly policy does not always meet the same shard. The scenarios of one command follow each other
 * in the same deal.
 */
#ifndef SQ_SIM_PARTS_PART_H
#define SQ_SIM_PARTS_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

#define SQ_SHARDS_MAX 4096

/* Which of n shards; n 0: everything is run in one piece. */
struct sq_shard {
    uint32_t index; /* 1 to n */
    uint32_t n;
    uint64_t dealt;     /* runs of the scenarios before this one */
    const char *recipe; /* JSON text: what was loaded, for the part; borrowed */
};

/* Whether run number `run` of the scenario is this shard's. */
bool sq_shard_has(const struct sq_shard *shard, uint64_t run);

/* What one or several seeds of one policy left. */
struct sq_part_state {
    uint8_t policy; /* of the scenario */
    bool single;    /* one seed; else several, none of them the series' first */
    uint32_t seed;  /* of a single one, from 0 */
    uint32_t n_seeds;
    const char *inconclusive; /* why seed inconclusive_seed says nothing; NULL: all do; static */
    uint32_t inconclusive_seed;
    struct sq_strbuf meter;
};

struct sq_part {
    struct sq_shard shard; /* its recipe is borrowed */
    uint32_t n_ran;        /* runs of this shard */
    uint32_t n_runs;       /* of the whole grid of this scenario */
    struct sq_part_state *states;
    uint32_t n_states;
    uint32_t n_room;
};

/* What tells runs of other files, options or versions apart: of the recipe and the version. */
uint64_t sq_part_recipe_digest(const char *recipe);

void sq_part_free(struct sq_part *part); /* accepts NULL */

#endif
