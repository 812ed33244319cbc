/* SPDX-License-Identifier: MIT */
/* The grammar of one threshold: `[aggregation] operator value`. Pure. */
#ifndef SQ_SCENARIOS_THRESHOLD_INT_H
#define SQ_SCENARIOS_THRESHOLD_INT_H

#include "scenarios/scenario.h"

/* Reads text for threshold->metric: aggregation, per_million, operation, limit. NULL: done; else
 * what is wrong, and *hint what to write (or NULL). Both static. */
const char *sq_threshold_parse(const char *text, struct sq_threshold *threshold, const char **hint);

#endif
