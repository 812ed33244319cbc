/* SPDX-License-Identifier: MIT */
/* See contracts.h. */
#include "sim/contracts.h"

#include "base/assert.h"

/* Answers come to the layer at the wire; those above it hear what it made of them. */
static uint32_t repair_of(const struct sq_settings *policy)
{
    return policy == NULL ? 0 : policy->layers[policy->n_layers - 1].contract.repair;
}

void sq_contracts_init(struct sq_contracts *contracts, const struct sq_scenario *scenario,
                       const struct sq_settings *policy)
{
    *contracts = (struct sq_contracts){.n_list = scenario->script.n_contracts};
    for (uint8_t i = 0; i < contracts->n_list; i++) {
        const struct sq_scenario_contract *contract = &scenario->contracts[i];
        contracts->list[i] = (struct sq_contract){.whole = contract->whole,
                                                  .json = contract->json,
                                                  .schema = contract->schema,
                                                  .repair = repair_of(policy)};
    }
}

/* At most one layer has one: the loader sees to it. */
uint8_t sq_contracts_own(const struct sq_settings *policy)
{
    uint8_t own = 0;
    for (uint8_t i = 0; i < policy->n_layers; i++) {
        const struct sq_contract_settings *contract = &policy->layers[i].contract;
        sq_assert(contract->own == 0 || own == 0);
        own = contract->own != 0 ? contract->own : own;
    }
    return own;
}

const struct sq_contract *sq_contracts_get(const struct sq_contracts *contracts, uint8_t n)
{
    sq_assert(n <= contracts->n_list);
    return n == 0 ? NULL : &contracts->list[n - 1];
}
