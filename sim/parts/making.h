/* SPDX-License-Identifier: MIT */
/* Making a part while a series runs; for sim/series.c alone. */
#ifndef SQ_SIM_PARTS_MAKING_H
#define SQ_SIM_PARTS_MAKING_H

#include "sim/gathering_int.h"
#include "sim/parts/part.h"

struct sq_part *sq_part_new(const struct sq_shard *shard); /* NULL when out of memory */

/* Fills meter and trouble of a state whose other fields are set. Out of memory shows in
 * sq_part_add. */
void sq_part_state_write(struct sq_part_state *state, const struct sq_meter *meter,
                         const char *inconclusive, uint32_t inconclusive_seed);

/* Takes the state over, also when it fails. */
SQ_MUST_USE enum sq_status sq_part_add(struct sq_part *part, struct sq_part_state *state,
                                       struct sq_error *err);

/* Adds what a policy's seeds left: the series' first seed apart, if it is among them. Merges the
 * gathering's rest. */
SQ_MUST_USE enum sq_status sq_part_add_pooled(struct sq_part *part, uint8_t policy,
                                              struct sq_gathering *gathering, struct sq_error *err);

/* Hands the part to its judged result: states in order, no verdict of its own. */
void sq_part_finish(struct sq_part *part, uint32_t n_ran, uint32_t n_runs,
                    struct sq_result *result);

#endif
