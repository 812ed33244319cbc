/* SPDX-License-Identifier: MIT */
/*
 * The table of calls in flight: slots that never move, taken and given back. Memory grows with the
 * most calls that were ever in flight at once, not with the calls made.
 */
#ifndef SQ_SIM_CALLS_H
#define SQ_SIM_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slab.h"
#include "mockprovider/provider.h"
#include "mockprovider/request/identity.h"
#include "policies/call.h"
#include "sim/workload.h"

/* All the loop knows of one call. The engine's part comes first, then what each event touches. */
struct sq_call_slot {
    struct sq_call call;
    struct sq_intent intent;
    struct sq_identity whose;
    sq_time started_at;
    sq_time sent_at;        /* of the attempt on the wire */
    sq_time first_token_at; /* of the attempt on the wire; SQ_NEVER: none yet */
    uint64_t path_digest;
    struct sq_bill bill; /* of the attempt billed last */
    sq_time bill_reached_at;
    uint32_t path; /* in sq_paths, when paths are kept */
    uint32_t next_free;
    uint16_t attempts;       /* on the wire */
    uint16_t billed_attempt; /* whose bill it is; 0: none */
    uint16_t model;          /* of the attempt on the wire */
    uint8_t role;
    uint8_t repaired;               /* of the event being fed: as sq_reading has it */
    uint8_t in_flight;              /* an attempt is on the wire */
    uint8_t used;                   /* the slot holds a call */
    uint8_t sends_to[SQ_ROLES_MAX]; /* attempts so far, counted at the first role bound to the same
                                       model */
};

struct sq_calls {
    struct sq_slab slots;
    uint32_t n_slots;   /* ever taken */
    uint32_t free_head; /* SQ_CALLS_NONE: none is free */
    uint32_t n_used;
};

#define SQ_CALLS_NONE UINT32_MAX

void sq_calls_init(struct sq_calls *calls);
/* A zeroed slot. SQ_NO_MEMORY changes nothing. */
SQ_MUST_USE enum sq_status sq_calls_take(struct sq_calls *calls, uint32_t *slot,
                                         struct sq_error *err);
void sq_calls_give_back(struct sq_calls *calls, uint32_t slot);
void sq_calls_clear(struct sq_calls *calls);

static inline struct sq_call_slot *sq_calls_at(const struct sq_calls *calls, uint32_t slot)
{
    return sq_slab_at(&calls->slots, slot);
}

#endif
