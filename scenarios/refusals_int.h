/* SPDX-License-Identifier: MIT */
/*
 * Refusals: JSON that a contract's schema refuses, which the fault wrong_schema answers with. Made
 * by trying: every value that is tried is held against the whole schema, so what is found is
 * refused, and what is not found may still exist where a schema refuses only rare values.
 */
#ifndef SQ_SCENARIOS_REFUSALS_INT_H
#define SQ_SCENARIOS_REFUSALS_INT_H

#include "scenarios/reader_int.h"
#include "scenarios/scenario.h"

/* When a rule of the script needs them: finds a refusal for each contract with a schema. Warns, at
 * the rule's node in `faults`, of rules that change nothing for some contract: its schema seems to
 * accept all JSON, or no contract in force has a schema. Policies are loaded. */
void sq_make_refusals(struct sq_reader *reader, const struct sq_json *faults,
                      struct sq_scenario *scenario);

#endif
