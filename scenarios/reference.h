/* SPDX-License-Identifier: MIT */
/*
 * What the field tables can tell about the language: JSON Schemas, explanations of one field, lists
 * of what is built in, and the resolved form of a policy. Everything is made from the same tables
 * the loader walks.
 */
#ifndef SQ_SCENARIOS_REFERENCE_H
#define SQ_SCENARIOS_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "policies/settings.h"
#include "scenarios/scenario.h"

/* The JSON Schema (draft 2020-12) of "scenario" or "policy". */
SQ_MUST_USE enum sq_status sq_reference_schema(const char *name, struct sq_strbuf *out,
                                               struct sq_error *err);

/* Explains a word: a field by its path ("policy.retry.delay"), a class, an outcome, a metric, a
 * fault kind, a catalog scenario, a preset or a threshold set. SQ_INVALID with the nearest names
 * when nothing has that name. */
SQ_MUST_USE enum sq_status sq_reference_explain(const char *word, struct sq_strbuf *out,
                                                struct sq_error *err);

/* Prints a policy as it is after overrides and defaults, one set per role: valid JSON. */
void sq_reference_resolved(const struct sq_settings *settings, const struct sq_scenario *scenario,
                           struct sq_strbuf *out);

enum sq_built_in { SQ_BUILT_IN_SCENARIO, SQ_BUILT_IN_PRESET, SQ_BUILT_IN_THRESHOLDS };
uint32_t sq_reference_built_in_count(enum sq_built_in kind);
/* The i-th, in order of name. */
const char *sq_reference_built_in_name(enum sq_built_in kind, uint32_t i);
/* Adds its one sentence: a scenario's title, the description of a preset or a set of
 * thresholds, as the file has it. */
SQ_MUST_USE enum sq_status sq_reference_built_in_sentence(enum sq_built_in kind, uint32_t i,
                                                          struct sq_strbuf *out,
                                                          struct sq_error *err);

#endif
