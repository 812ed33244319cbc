/* SPDX-License-Identifier: MIT */
/*
 * Gates: what the connection family of a script does to strangers, one gate a provider. A stranger
 * who connects has not said a word, so all that is known of it is where it came and as which: its
 * draws are keyed by (seed, provider, ordinal of the connection at that provider), its counts are
 * those of the provider's connections, in order of accepting. What a rule says of requests is
 * brought down to that:
 *
 *   where: a model      strikes every connection to the model's provider
 *   per: call           each connection is a call of its own
 *   match               of a request: such a rule strikes no connection (sq_gates_spare)
 *   dns_fail            cannot happen to who was given an address (sq_gates_spare)
 *
 * A rule that spares nobody while its window is open (no probability, no requests) needs no look at
 * the connection: while one of them is the first that is open, the gate is shut, and the system
 * itself refuses (`refuse`) or stays silent (`connect_hang`). Who is turned away by a shut gate is
 * seen and counted by nobody. Else connections are accepted, then judged.
 *
 * Pure: no clock, no I/O. Owns its copy of the rules.
 */
#ifndef SQ_MOCKPROVIDER_DOOR_GATES_H
#define SQ_MOCKPROVIDER_DOOR_GATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mockprovider/connection.h"
#include "mockprovider/script.h"

/* Why a rule of the connection family can never strike a stranger. */
enum sq_gates_spared {
    SQ_GATES_STRIKES,   /* it can, or it is of another family */
    SQ_GATES_NO_NAME,   /* dns_fail: strangers are given an address */
    SQ_GATES_NO_REQUEST /* its match asks for what only a request says */
};
enum sq_gates_spared sq_gates_spare(const struct sq_rule *rule);

/* Whether some rule can strike a stranger's connection. */
bool sq_gates_needed(const struct sq_script *script);

struct sq_gate {
    enum sq_connection_fate fate; /* of everybody while it is shut: REFUSED, UNANSWERED; MADE: open
                                   */
    uint32_t fired;               /* rule + 1 that shut it */
};

struct sq_gates;

/* The script is borrowed. NULL: out of memory, *err says so. */
struct sq_gates *sq_gates_new(const struct sq_script *script, uint64_t seed, struct sq_error *err);
void sq_gates_free(struct sq_gates *gates); /* accepts NULL */

/* What becomes of the next connection to a provider; counts it. now never goes back. */
struct sq_connection_plan sq_gates_judge(struct sq_gates *gates, uint8_t provider, sq_time now);
/* Connections judged so far. */
uint64_t sq_gates_judged(const struct sq_gates *gates, uint8_t provider);

struct sq_gate sq_gates_gate(const struct sq_gates *gates, uint8_t provider, sq_time now);
/* When some gate may shut or open next, after now; SQ_NEVER: none will. */
sq_time sq_gates_change_at(const struct sq_gates *gates, sq_time now);

#endif
