/* SPDX-License-Identifier: MIT */
/*
 * The engine: retries, timeouts, breakers and fallback for LLM calls, as a machine without clock,
 * I/O, allocation or globals.
 *
 * The driver feeds events and applies actions; that is all:
 *
 *     sq_engine_feed(engine, call, &event);            // time is inside the event
 *     while (sq_engine_next(engine, &action)) { ... }  // all of them, in this order
 *     deadline = sq_call_deadline(call);               // feed WAKE when it comes
 *
 * An action names its call, which need not be the one that was fed: a connection that one call
 * gives back is taken by the call that has waited longest, and its SEND comes with the same event.
 * The deadline of every call that was named may have changed.
 *
 * Promises: every call ends with exactly one FINISH; every SEND is followed by exactly one ATTEMPT
 * of the same ordinal; every lease is released exactly once with a mark; results of an older
 * breaker generation are dropped; the last failed attempt never sleeps. Events of an attempt that
 * is no longer on the wire are dropped.
 *
 * An event that makes more work than the list of actions holds leaves the call's deadline at now;
 * the WAKE of the same instant goes on. A WAKE ends at most one limit, the earliest that has
 * passed; the deadline stays at now while there are more.
 *
 * Memory is the caller's: sq_engine_size bytes, aligned for any type, and one struct sq_call a
 * call.
 */
#ifndef SQ_POLICIES_ENGINE_H
#define SQ_POLICIES_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/call.h"
#include "policies/settings.h"
#include "policies/words.h"

struct sq_engine;

/* What a server asked for, as it stood in the headers; an empty text: the header was absent. */
#define SQ_HINT_TEXT_BYTES 48
struct sq_hints {
    char retry_after[SQ_HINT_TEXT_BYTES];
    char retry_after_ms[SQ_HINT_TEXT_BYTES];
    char should_retry[SQ_HINT_TEXT_BYTES];
};

struct sq_call_request {
    uint64_t id;
    uint32_t owner; /* the driver's own number, given back in every action */
    uint8_t role;   /* the wanted one */
    bool stream;
    bool contract;
    uint8_t rule;     /* 0: no rule of the policy fits the question; else which one, from 1 */
    sq_time deadline; /* the request's own; SQ_NEVER: none */
};

enum sq_event_kind {
    SQ_EVENT_START, /* request */
    SQ_EVENT_CONNECTED,
    SQ_EVENT_HEADERS, /* status */
    SQ_EVENT_FIRST_TOKEN,
    SQ_EVENT_PROGRESS, /* last_byte_at: bytes came since the last event; handed out before an idle
                          limit is judged */
    SQ_EVENT_DONE,     /* transport, status, reading, hints, first_token; what happened before the
                          end and no event told of is taken from these */
    SQ_EVENT_WAKE,     /* the call's deadline came */
    SQ_EVENT_LEAVE,    /* the caller gave up, or the run's drain is over */
    SQ_EVENTS
};

struct sq_event {
    sq_time at; /* when it happened; CONNECTED, HEADERS and FIRST_TOKEN may be fed later */
    enum sq_event_kind kind;
    uint16_t attempt; /* ordinal; 0 for START, WAKE and LEAVE */
    uint16_t status;  /* 0: none */
    enum sq_transport transport;
    sq_time last_byte_at;
    bool first_token;       /* of DONE: a first token had come, and this tells when */
    sq_time first_token_at; /* of DONE with first_token */
    struct sq_reading reading;
    const struct sq_hints *hints;          /* of DONE; NULL: none; borrowed during feed */
    const struct sq_call_request *request; /* of START; borrowed during feed */
};

enum sq_action_kind {
    SQ_ACTION_SEND,       /* attempt, role, reask, span: how long it waited for a connection */
    SQ_ACTION_CANCEL,     /* attempt: give it up; its ATTEMPT follows at once */
    SQ_ACTION_ATTEMPT,    /* attempt (0: refused locally, nothing was sent), role, klass, status,
                             layer: how it ended; span: how long one that was never sent waited
                             for a connection */
    SQ_ACTION_WAIT,       /* layer, span, hinted: a backoff begins */
    SQ_ACTION_TRANSITION, /* layer, breaker, from, to */
    SQ_ACTION_FINISH, /* outcome, klass, status, role, rung (of the outermost layer that left its
                         wanted role), attempt: the one that answered, 0 when none did. klass and
                         status are the reported error also under a fixed text; CANCELLED when the
                         call ran out of time */
    SQ_ACTIONS
};

enum sq_breaker_state {
    SQ_BREAKER_CLOSED,
    SQ_BREAKER_OPEN,
    SQ_BREAKER_HALF_OPEN,
    SQ_BREAKER_STATES
};

struct sq_action {
    enum sq_action_kind kind;
    struct sq_call *call; /* NULL for a TRANSITION that no call caused */
    uint16_t attempt;
    uint16_t status;
    uint8_t layer;
    uint8_t role;
    uint8_t rung;
    uint8_t reask; /* the answer is the n-th re-ask of its rung, or a retry of it: the question
                      has grown by n bad answers; 0: as it was asked first */
    bool hinted;
    enum sq_class klass;
    enum sq_outcome outcome;
    sq_dur span;
    uint16_t breaker; /* key */
    enum sq_breaker_state from;
    enum sq_breaker_state to;
};

/* Actions waiting to be taken; the driver must take all before it feeds again. */
#define SQ_ENGINE_ACTIONS_MAX 64

/* Bytes for an engine of these settings. */
size_t sq_engine_size(const struct sq_settings *settings);

/* Builds an engine in memory[0..size). settings are borrowed for its whole life; seed keys the
 * jitter draws. */
struct sq_engine *sq_engine_init(void *memory, size_t size, const struct sq_settings *settings,
                                 uint64_t seed);

void sq_engine_feed(struct sq_engine *engine, struct sq_call *call, const struct sq_event *event);

/* False when there is nothing more to do until the next event. */
bool sq_engine_next(struct sq_engine *engine, struct sq_action *action);

/* What a breaker is now; opened ones turn half open only when a call asks for admission. */
enum sq_breaker_state sq_engine_breaker_state(const struct sq_engine *engine, uint8_t layer,
                                              uint16_t breaker);

/* Leases handed out and not released; 0 when no call is in flight (an invariant of the loop). */
uint64_t sq_engine_leases(const struct sq_engine *engine);

/* The class of a DONE event by the built-in table alone, for whoever judges attempts without a
 * policy. SQ_CLASS_NONE: it succeeded. */
enum sq_class sq_event_class(const struct sq_event *done);

const char *sq_event_name(enum sq_event_kind kind);
const char *sq_action_name(enum sq_action_kind kind);
const char *sq_breaker_state_name(enum sq_breaker_state state);

#endif
