/* SPDX-License-Identifier: MIT */
/*
 * The virtual carrier: time jumps. Attempts go straight to the provider machine; the steps of their
 * plans become the events a client would see. A connection is always there at once (a reused one).
 *
 * Most of these events change nothing but the limit that the engine watches, so they wait: DONE
 * brings what came before it, and when a limit is due first, the carrier tells what it knows before
 * the engine judges. Where the policy's limits forbid that (sq_timeouts_let_news_wait), and where
 * it was told to be prompt, each step is handed out when it happens, as live does. Actions and
 * their times are the same.
 */
#ifndef SQ_SIM_VIRTUAL_H
#define SQ_SIM_VIRTUAL_H

#include "base/error.h"
#include "scenarios/scenario.h"
#include "sim/carrier.h"

struct sq_virtual;

/* NULL when out of memory. Scenario and policy, that of the run, are borrowed. */
struct sq_virtual *sq_virtual_new(const struct sq_scenario *scenario,
                                  const struct sq_settings *policy, uint64_t seed);
void sq_virtual_free(struct sq_virtual *carrier);

/* From now on every step of an attempt is an event of its own. */
void sq_virtual_be_prompt(struct sq_virtual *carrier);

struct sq_carrier sq_virtual_carrier(struct sq_virtual *carrier);

#endif
