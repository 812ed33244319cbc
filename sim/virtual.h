/* SPDX-License-Identifier: MIT */
/*
 * The virtual carrier: time jumps. Attempts go straight to the provider machine; the steps of their
 * plans become the events a client would see. A connection is always there at once (a reused one).
 */
#ifndef SQ_SIM_VIRTUAL_H
#define SQ_SIM_VIRTUAL_H

#include "base/error.h"
#include "scenarios/scenario.h"
#include "sim/carrier.h"

struct sq_virtual;

/* NULL when out of memory. The scenario is borrowed; of the policy, NULL or that of
 * the run, only the repairs of answers are taken. */
struct sq_virtual *sq_virtual_new(const struct sq_scenario *scenario,
                                  const struct sq_settings *policy, uint64_t seed);
void sq_virtual_free(struct sq_virtual *carrier);

struct sq_carrier sq_virtual_carrier(struct sq_virtual *carrier);

#endif
