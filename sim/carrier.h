/* SPDX-License-Identifier: MIT */
/*
 * A carrier takes attempts to the far side and brings back what happened. The loop knows four
 * functions and nothing of the mode: `virtual` jumps time and drives the provider machine, `live`
 * drives libcurl. Carriers never call the engine.
 *
 * A carrier hands out one arrival at a time. Order within a call at one instant: completion before
 * anything the engine does by itself; so when the head of the queue is due, the carrier first hands
 * out what it knows of that call: the step that is due, or bytes that came since it last spoke
 * (PROGRESS), else nothing.
 */
#ifndef SQ_SIM_CARRIER_H
#define SQ_SIM_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/time.h"
#include "mockprovider/provider.h"
#include "policies/engine.h"

/* One attempt on the wire, as the loop knows it. */
struct sq_attempt {
    uint64_t call;
    uint32_t slot;    /* of the call, in the loop's table */
    uint16_t attempt; /* ordinal on the wire, from 1 */
    uint16_t nth;     /* n-th attempt of this call at this model, from 1 */
    uint16_t model;   /* index in the script */
    uint8_t role;
    bool stream;
    uint8_t contract; /* of the script, from 1; 0: none */
    uint32_t prompt;  /* as in sq_intent */
    uint32_t input_tokens;
    uint32_t output_tokens;
    struct sq_identity whose;
};

/* What the provider hears of it, but for the clauses that hold (own_request.h). */
static inline struct sq_plan_request sq_attempt_request(const struct sq_attempt *attempt)
{
    return (struct sq_plan_request){
        .call = attempt->call,
        .model = attempt->model,
        .nth = attempt->nth,
        .attempt = attempt->attempt,
        .stream = attempt->stream,
        .include_usage = attempt->stream,
        .contract = attempt->contract,
        .input_tokens = attempt->input_tokens,
        .output_tokens = attempt->output_tokens,
        .whose = attempt->whose,
    };
}

enum sq_arrival_kind {
    SQ_ARRIVAL_NONE,  /* nothing to feed; slot, when given: its next step changed */
    SQ_ARRIVAL_EVENT, /* event; with DONE also the bill when `billed` */
    SQ_ARRIVAL_BILL   /* the bill of an attempt that was given up before */
};

struct sq_arrival {
    enum sq_arrival_kind kind;
    uint32_t slot;
    uint64_t call;
    uint16_t attempt;
    uint16_t model;
    uint8_t role;
    bool billed; /* bill, fired and reached_at hold */
    struct sq_bill bill;
    uint32_t fired[SQ_FAMILIES]; /* rule + 1 that fired in each family; 0: none */
    sq_time reached_at;          /* when the attempt reached the provider, or failed on its way */
    struct sq_event event;
};

#define SQ_NO_SLOT UINT32_MAX

struct sq_carrier_row {
    /* Sends an attempt. The struct is copied. */
    enum sq_status (*send)(void *self, const struct sq_attempt *attempt, sq_time now,
                           struct sq_error *err);

    /* Gives up the attempt in flight of this slot; its bill comes as an arrival, now or later. */
    void (*cancel)(void *self, uint32_t slot, uint16_t attempt, sq_time now);

    /* The earliest step the carrier already knows for the slot's attempt; SQ_NEVER: none (always so
     * in live). */
    sq_time (*next)(void *self, uint32_t slot);

    /* Waits until `until` at the longest (SQ_NEVER: until something comes). head: the slot that is
     * due at `until`, SQ_NO_SLOT: none is. *now becomes the present time, never earlier than
     * before. Returns SQ_LIMIT, SQ_ENVIRONMENT or SQ_INTERRUPTED when the run must end. */
    enum sq_status (*wait)(void *self, sq_time until, uint32_t head, sq_time *now,
                           struct sq_arrival *arrival, struct sq_error *err);
};

struct sq_carrier {
    const struct sq_carrier_row *does;
    void *self;
};

#endif
