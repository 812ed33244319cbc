/* SPDX-License-Identifier: MIT */
/* The grammar of one threshold: `[aggregation] operator value`. Pure. */
#ifndef SQ_SCENARIOS_THRESHOLD_INT_H
#define SQ_SCENARIOS_THRESHOLD_INT_H

#include "base/strbuf.h"
#include "scenarios/scenario.h"

/* Reads text for threshold->metric: aggregation, per_million, operation, limit. NULL: done; else
 * what is wrong, and *hint what to write (or NULL). Both static. */
const char *sq_threshold_parse(const char *text, struct sq_threshold *threshold, const char **hint);

/* What a text that is no threshold of this metric probably meant: "p(95)<2500ms" of "p95<2500".
 * False: nobody knows; guess then holds nothing of use. What is guessed can be read. */
bool sq_threshold_guess(const char *text, const struct sq_threshold *metric,
                        struct sq_strbuf *guess);

#endif
