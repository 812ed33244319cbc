/* SPDX-License-Identifier: MIT */
/*
 * Numbers for requests that nobody numbered: a function of the API key and the ordinal of the call
 * among those with that key. So a client's draws stay the same whatever other clients do beside it.
 * A request that says it is a retry keeps the number of the last one with the same key and body, so
 * that faults by call strike what its client takes for one call.
 *
 * Pure; keys and bodies are digests, never the credentials themselves.
 */
#ifndef SQ_MOCKPROVIDER_STRANGERS_INT_H
#define SQ_MOCKPROVIDER_STRANGERS_INT_H

#include <stdint.h>

#include "mockprovider/journal.h"

/* API keys told apart; those beyond share one count, since a mock server has few users. */
#define SQ_STRANGERS_MAX 512

/* Calls remembered for their retries, by key and body; a newer one takes the place of an older one,
 * whose retry is then a call of its own. */
#define SQ_STRANGERS_RECENT 4096

/* All numbers of strangers lie above this, far from those of a run's streams. */
#define SQ_STRANGERS_CALLS ((uint64_t)1 << 63)

struct sq_stranger_key {
    uint64_t api_key;
    uint64_t n_calls; /* 0: the place is free */
};

struct sq_stranger_call {
    uint64_t who;  /* of key and body */
    uint64_t call; /* 0: the place is free */
};

/* Zeroed before. */
struct sq_strangers {
    struct sq_stranger_key keys[2 * SQ_STRANGERS_MAX]; /* open addressing, at most half full */
    struct sq_stranger_call recent[SQ_STRANGERS_RECENT];
    uint32_t n_keys;
    uint64_t n_others;
};

/* The number of the call that this request belongs to. An API key of 0, none, is one like others.
 */
uint64_t sq_strangers_call(struct sq_strangers *strangers, const struct sq_stranger *stranger);

#endif
