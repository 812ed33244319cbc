/* SPDX-License-Identifier: MIT */
/*
 * The attempt on the wire: at most one a call. Its progress only moves forward:
 *
 *     NONE -> SENT -> CONNECTED -> HEADERS -> TOKENS
 *      ^ |    ^ |         |           |          |     answered, failed or given up
 *      | v    | `---------+-----------+----------+---> NONE
 *     POOLED -'
 *
 * Where the connections are limited and all in use, an attempt waits for one in POOLED; one that is
 * given up there was never sent. A connection that comes back goes to the call that has waited
 * longest, within the same event, unless a limit of that call has passed: then its own wake-up,
 * which is due, ends it.
 *
 * Steps may be left out (a plain answer has no first token); a step back is dropped. Every SEND is
 * followed by exactly one ATTEMPT, said here.
 */
#ifndef SQ_POLICIES_ATTEMPT_INT_H
#define SQ_POLICIES_ATTEMPT_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/engine_int.h"

/* Sends of one call, on all layers: an ordinal is 16 bits, and a call that needs more is a loop. */
#define SQ_ATTEMPT_SENDS_MAX UINT16_MAX

/* Sends at once or waits for a connection. False: there is none, and the policy does not wait. */
bool sq_attempt_begin(struct sq_engine *engine, struct sq_call *call, sq_time now);

/* False: the attempt is already as far. */
bool sq_attempt_advance(struct sq_engine *engine, struct sq_call *call, enum sq_progress progress,
                        sq_time at);

/* Bytes came at `at`: the idle limit starts again. */
void sq_attempt_hear(struct sq_engine *engine, struct sq_call *call, sq_time at);

void sq_attempt_end(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                    uint16_t status, sq_time now);

/* Gives up what is on the wire: CANCEL, then its ATTEMPT with the class. One that waits for a
 * connection has nothing to cancel: its ATTEMPT has the ordinal 0. Returns whether it was sent. */
bool sq_attempt_cancel(struct sq_engine *engine, struct sq_call *call, enum sq_class klass,
                       sq_time now);

/* An attempt of the layer that was refused before anything was sent. The action may be added to. */
struct sq_action *sq_attempt_refuse(struct sq_engine *engine, struct sq_call *call, uint8_t layer,
                                    enum sq_class klass);

#endif
