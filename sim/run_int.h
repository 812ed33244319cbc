/* SPDX-License-Identifier: MIT */
/* The state of one run, shared by the loop (run.c), what it does with actions (run_actions.c) and
 * the invariants. */
#ifndef SQ_SIM_RUN_INT_H
#define SQ_SIM_RUN_INT_H

#include "base/digest.h"
#include "base/queue.h"
#include "sim/calls.h"
#include "sim/intents.h"
#include "sim/request/identities.h"
#include "sim/run.h"

struct sq_run {
    const struct sq_run_setup *setup;
    struct sq_engine *engine;
    void *engine_memory;
    struct sq_identities identities;
    struct sq_intents intents;
    struct sq_queue queue;
    struct sq_calls calls;
    sq_time now;
    struct sq_arrival arrival; /* the newest; kept, because clearing it costs more than a turn */
    sq_time drain_end;
    uint64_t calls_started;
    uint64_t calls_over;
    uint64_t sends;
    uint64_t attempts_over; /* SENDs whose ATTEMPT came */
    uint64_t bills;
    uint64_t events;
    struct sq_digest decisions;
    uint64_t outcomes;
    int64_t spent;           /* pico-dollars billed */
    int64_t planned;         /* and what all attempts sent would cost by their planned tokens */
    uint8_t *rule_of_prompt; /* the rule + 1 that fits each question; NULL: none can fit */
    uint8_t own_contract;    /* of the policy, for all calls; 0: that of each request */
    uint8_t first_role[SQ_ROLES_MAX]; /* the first role bound to the same model */
};

/* Feeds one event of the call in this slot and applies all actions, whichever call they name; gives
 * the slot back when the call is over, else queues it again, and so every other call named. */
SQ_MUST_USE enum sq_status sq_run_feed(struct sq_run *run, uint32_t slot,
                                       const struct sq_event *event, struct sq_error *err);

/* Queues the call again: the earlier of the engine's deadline and the carrier's next step. */
void sq_run_requeue(struct sq_run *run, uint32_t slot);

/* sum and the cost of a bill of this model; saturates. */
int64_t sq_run_add_cost(const struct sq_run *run, int64_t sum, uint16_t model,
                        const struct sq_bill *bill);

/* The loop's books, checked at every step in debug builds and once at the end in all: calls started
 * = over + in flight, one queue entry a call at most, bills never above sends, no lease without a
 * call. */
void sq_run_check_invariants(const struct sq_run *run);

#endif
