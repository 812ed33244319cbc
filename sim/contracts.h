/* SPDX-License-Identifier: MIT */
/*
 * What answers are held against in one run, the same on both clocks: the contract of the request,
 * or the policy's own in its place, as the scenario has them, and the repairs of the policy.
 */
#ifndef SQ_SIM_CONTRACTS_H
#define SQ_SIM_CONTRACTS_H

#include <stdint.h>

#include "policies/settings.h"
#include "scenarios/scenario.h"
#include "wire/contract.h"

struct sq_contracts {
    uint8_t n_list;
    struct sq_contract list[SQ_CONTRACTS_MAX]; /* contract n of the script is list[n - 1] */
};

/* The schemas stay the scenario's. policy NULL: nothing is repaired. */
void sq_contracts_init(struct sq_contracts *contracts, const struct sq_scenario *scenario,
                       const struct sq_settings *policy);

/* The contract of the policy's own that all its calls have, whatever their requests ask for; 0: it
 * has none. */
uint8_t sq_contracts_own(const struct sq_settings *policy);

/* Contract n of the script, from 1; NULL for 0. */
const struct sq_contract *sq_contracts_get(const struct sq_contracts *contracts, uint8_t n);

#endif
