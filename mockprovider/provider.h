/* SPDX-License-Identifier: MIT */
/*
 * The far side as a machine: attempts arrive and leave, it says what each gets and when. No clock,
 * no I/O, no allocation. One object holds all providers of a script, since rules and counts span
 * them.
 *
 *     sq_provider_arrive(provider, visit, &request, now);
 *     while (sq_provider_next(provider, now, &notice)) { ... }   // STARTED, REFUSED, BROKEN
 *     deadline = sq_provider_deadline(provider);                   // call next again when it comes
 *     sq_provider_leave(provider, visit, now, &bill);              // done, or abandoned: always
 * exactly once
 *
 * Notices may concern other attempts than the one just fed. The virtual carrier drives this machine
 * directly; the HTTP server drives it with the wall clock and puts the same plans on the wire.
 */
#ifndef SQ_MOCKPROVIDER_PROVIDER_H
#define SQ_MOCKPROVIDER_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/plan.h"
#include "mockprovider/script.h"

struct sq_provider;

enum sq_visit_state { SQ_VISIT_AWAY, SQ_VISIT_WAITING, SQ_VISIT_IN_SERVICE };

/* One attempt at the provider, in the caller's storage from arrive to leave; zeroed before. */
struct sq_visit {
    struct sq_plan_request request;
    struct sq_plan plan;
    enum sq_visit_state state;
    bool noticed; /* its STARTED or REFUSED was taken */
    bool queued;  /* in the provider's list of notices */
    sq_time arrived_at;
    struct sq_visit *next; /* in service, newest first; the provider's */
    struct sq_visit *previous;
    struct sq_visit *next_notice;
    void *owner; /* the caller's, never read */
};

enum sq_notice_kind {
    SQ_NOTICE_STARTED, /* in service: the plan says what it gets */
    SQ_NOTICE_REFUSED, /* an error at once: the plan says which */
    SQ_NOTICE_BROKEN   /* a rule with in_flight hit it: the plan was cut short at now */
};

struct sq_notice {
    enum sq_notice_kind kind;
    struct sq_visit *visit;
};

/* What the provider charges for an attempt: once the model has the request, its whole input, and
 * the tokens made until END, BROKEN or the leave. Nothing for what a quota refused, a status fault,
 * a page in place of the answer, or a reset before the headers. A hang for good costs the input
 * only: the model never ran. After an abandoned visit, on_disconnect `finish` charges what would
 * still have been made: all tokens up to the plan's own end or silence. */
struct sq_bill {
    uint32_t input_tokens;
    uint32_t cached_tokens;
    uint32_t output_tokens;
};

/* Pico-dollars. */
int64_t sq_bill_cost(const struct sq_bill *bill, const struct sq_price *price);

struct sq_provider_bounds {
    uint32_t count_keys; /* calls and others remembered for counts with `per`; 0:
                            SQ_PROVIDER_COUNT_KEYS */
};

/* The least recently seen is forgotten when the table is full; how often is told by
 * sq_provider_forgotten. */
#define SQ_PROVIDER_COUNT_KEYS 65536

size_t sq_provider_size(const struct sq_script *script, const struct sq_provider_bounds *bounds);

/* Builds the machine in memory[0..size), aligned for any type. The script is borrowed. seed keys
 * all draws. */
struct sq_provider *sq_provider_init(void *memory, size_t size, const struct sq_script *script,
                                     const struct sq_provider_bounds *bounds, uint64_t seed);

void sq_provider_arrive(struct sq_provider *provider, struct sq_visit *visit,
                        const struct sq_plan_request *request, sq_time now);

/* Ends the visit, with its bill. A visit left before its END or BROKEN step was abandoned: the
 * provider's on_disconnect decides whether the rest is made and billed. */
void sq_provider_leave(struct sq_provider *provider, struct sq_visit *visit, sq_time now,
                       struct sq_bill *bill);

bool sq_provider_next(struct sq_provider *provider, sq_time now, struct sq_notice *notice);

/* When next has something to say without an arrival or a leave; SQ_NEVER: never. */
sq_time sq_provider_deadline(const struct sq_provider *provider);

uint32_t sq_provider_in_service(const struct sq_provider *provider);
uint64_t sq_provider_forgotten(const struct sq_provider *provider);

#endif
