/* SPDX-License-Identifier: MIT */
/*
 * A call: one logical request of the application, in the caller's storage. It is zeroed and handed
 * to the engine with its START event; the engine alone reads and writes the fields from then on,
 * until it said FINISH; until then it stays where it is, since calls that wait for a connection of
 * the pool are linked by address. Fixed size, nothing on the heap: a million calls in flight are an
 * array of chunks.
 *
 * State of a call in one layer:
 *
 *        START            admitted                answer accepted, or
 *   IDLE -----> READY ----------------> SENT ---------------------------------> OVER
 *                ^ ^ \                  | |   no attempt, rung or time left      | ^
 *                | |  `-- refused: -----+-|--------------------------------------|-'
 *                | |      judged like   | |                                      |
 *                | |      a failure     | | retry, refused or failed             |
 *                | `---- WAITING <------' |                                      |
 *                |       wake_at          |                                      |
 *                `------------------------' next rung, refused or failed         |
 *                `---------------------------------------------------------------'
 *                    below the outermost layer: the layer above sends again
 */
#ifndef SQ_POLICIES_CALL_H
#define SQ_POLICIES_CALL_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/settings.h"

#define SQ_CALL_BYTES_MAX 256

enum sq_layer_phase {
    SQ_LAYER_IDLE,    /* not started */
    SQ_LAYER_READY,   /* about to send */
    SQ_LAYER_WAITING, /* backoff, until wake_at */
    SQ_LAYER_SENT,    /* an attempt is in flight, here or in the layer below */
    SQ_LAYER_OVER     /* has told the layer above how it ended */
};

enum sq_lease { SQ_LEASE_NONE, SQ_LEASE_CLOSED, SQ_LEASE_PROBE };

/* One layer's part of a call. */
struct sq_call_layer {
    sq_time total_at;    /* end of timeouts.total */
    sq_time attempt_at;  /* end of timeouts.attempt of what is in flight */
    sq_time wake_at;     /* end of the backoff */
    uint32_t generation; /* of the breaker when the lease was given */
    uint32_t sends;      /* on all rungs, over all starts of this layer in the call */
    uint32_t waits;      /* retries of what was sent, counted likewise: the k of the jitter draw */
    uint16_t first_status;
    uint16_t last_status;
    uint8_t attempts; /* on this rung, refused ones included */
    uint8_t retries;  /* on this rung: the exponent of the delay */
    uint8_t phase;    /* enum sq_layer_phase */
    uint8_t rung;     /* 0: the wanted role; i: rungs[i - 1] */
    uint8_t role;
    uint8_t lease; /* enum sq_lease */
    uint8_t probe; /* the breaker's slot of a probe lease */
    uint8_t first_class;
    uint8_t last_class;
    uint8_t committed; /* the answer in flight is the caller's */
    uint8_t reasks;    /* on this rung */
    uint8_t running;   /* holds a place of limits.concurrency */
    uint8_t giving_up; /* the wait is the hint of a failure that is not retried */
};

struct sq_call {
    uint64_t id;
    sq_time next_at;  /* the engine's next deadline for this call; SQ_NEVER: none */
    sq_time sent_at;  /* of the attempt on the wire; while it waits for a connection: since when */
    sq_time limit_at; /* end of the phase the attempt is in: pool, connect, first byte, first token,
                         idle */
    sq_time last_byte_at;
    uint32_t
        owner; /* the driver's own number for this call; the engine copies it, never reads it */
    uint16_t attempt; /* ordinal of the newest attempt on the wire, from 1 */
    uint16_t status;  /* of the attempt on the wire; 0: no headers yet */
    uint8_t wanted_role;
    uint8_t limit_class;    /* what it is when limit_at passes */
    uint8_t progress;       /* enum sq_progress */
    uint8_t flags;          /* enum sq_call_flag */
    uint8_t rule;           /* 0: no rule fits the question; else which, from 1 */
    bool queued;            /* linked below */
    struct sq_call *before; /* of those that wait for the same pool */
    struct sq_call *behind;
    struct sq_call_layer layer[SQ_LAYERS_MAX];
};

enum sq_progress {
    SQ_PROGRESS_NONE,   /* nothing on the wire */
    SQ_PROGRESS_POOLED, /* waits for a connection; still nothing on the wire */
    SQ_PROGRESS_SENT,
    SQ_PROGRESS_CONNECTED,
    SQ_PROGRESS_HEADERS,
    SQ_PROGRESS_TOKENS
};

enum sq_call_flag {
    SQ_CALL_STREAM = 1 << 0,
    SQ_CALL_CONTRACT = 1 << 1,
    SQ_CALL_DEADLINE = 1 << 2, /* the request's own deadline is the earlier one */
    SQ_CALL_OVER = 1 << 3
};

static_assert(sizeof(struct sq_call) <= SQ_CALL_BYTES_MAX, "a call must stay small");

/* When the engine wants to be woken for this call; SQ_NEVER: not at all. */
static inline sq_time sq_call_deadline(const struct sq_call *call)
{
    return call->next_at;
}

#endif
