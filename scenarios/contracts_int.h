/* SPDX-License-Identifier: MIT */
/*
 * Contracts of requests and of policies: what the file says of one, and what becomes of it. A
 * compiled schema and its source go to the scenario, which frees them.
 */
#ifndef SQ_SCENARIOS_CONTRACTS_INT_H
#define SQ_SCENARIOS_CONTRACTS_INT_H

#include "base/json_write.h"
#include "scenarios/reader_int.h"
#include "scenarios/scenario.h"

struct sq_contract_draft {
    const struct sq_json *node; /* NULL: not given */
    bool json;
    bool whole;
    struct sq_item schema;
    struct sq_item sample;
};

extern const struct sq_shape sq_shape_request_contract; /* into struct sq_contract_draft */

/* Adds the contract to scenario and script; its number, from 1, or 0: none was given, or it was a
 * mistake, which is reported. */
uint8_t sq_make_contract(struct sq_reader *reader, const struct sq_contract_draft *draft,
                         struct sq_scenario *scenario);

/* The member `contract` of a policy as it is resolved: it reads back as the same settings. Nothing
 * when the policy leaves answers as they are. */
void sq_contract_add_resolved(struct sq_json_writer *json,
                              const struct sq_contract_settings *settings,
                              const struct sq_scenario *scenario);

#endif
