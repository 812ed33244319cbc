/* SPDX-License-Identifier: MIT */
/* The joiner's own: a call, an attempt under way, and where they are kept. */
#ifndef SQ_SIM_SERVE_JOINER_INT_H
#define SQ_SIM_SERVE_JOINER_INT_H

#include "base/assert.h"
#include "base/slab.h"
#include "sim/serve/joiner.h"

#define BUCKETS 65536u

struct call {
    uint64_t key; /* of who it is */
    uint64_t id;
    sq_time started_at;
    sq_time ended_at; /* of the attempt that answered, else of the last that ended */
    sq_time first_token_at;
    uint64_t path_digest;
    struct sq_bill bill;
    sq_time bill_reached_at;
    uint32_t in_bucket[2]; /* before, after */
    uint32_t in_list[2];
    uint32_t n_under_way;
    uint16_t attempts;
    uint16_t status;
    uint16_t model;
    uint8_t role;
    uint8_t wanted_role;
    enum sq_class klass;
    bool recovered;
    bool named; /* by our header */
    bool stream;
    bool answered;
    bool dropped; /* its last attempt was */
    bool rests;
};

/* The attempt under way on one connection. */
struct flight {
    uint32_t call; /* 0: none */
    uint16_t attempt;
    uint16_t model;
    uint8_t role;
};

struct list {
    uint32_t first;
    uint32_t last;
    uint32_t n;
};

struct sq_joiner {
    struct sq_slab calls;
    uint32_t n_calls; /* ever made */
    uint32_t first_free;
    uint32_t resting_max;
    struct sq_slab flights; /* by connection */
    struct list resting;
    struct list over;
    uint64_t outcomes;
    struct sq_strikes strikes;
    uint32_t buckets[BUCKETS];
};

static inline struct call *call_at(const struct sq_joiner *joiner, uint32_t number)
{
    sq_assert(number != 0);
    return sq_slab_at(&joiner->calls, number - 1);
}

/* joiner_claims.c */

/* One attempt more; its ordinal. */
uint16_t joiner_count_up(struct call *call);
/* Into the digest of what became of it. */
void joiner_add_to_path(struct call *call, uint8_t role, enum sq_class klass);
/* Makes the call's attempts of what struck before this request; its wait then begins at the end of
 * the last of them. */
void joiner_claim(struct sq_joiner *joiner, struct call *call, const struct sq_journal_entry *entry,
                  uint8_t role, struct sq_joined *joined);

#endif
