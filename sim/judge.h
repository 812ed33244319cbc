/* SPDX-License-Identifier: MIT */
/*
 * The judge: holds a column against the scenario's thresholds, and the whole result against them
 * all. Looks values up, never computes them; knows no text but the reason why a check is
 * inconclusive.
 */
#ifndef SQ_SIM_JUDGE_H
#define SQ_SIM_JUDGE_H

#include "sim/result.h"

/* Fills checks and verdict of the column. A column that is inconclusive by itself makes every check
 * inconclusive. `per_seed`: columns of the single seeds for thresholds "over": "each_seed" (the
 * worst seed is the value); NULL or 0: the pooled column only. */
void sq_judge_column(const struct sq_result *result, struct sq_column *column,
                     const struct sq_column *per_seed, uint32_t n_per_seed);

/* Verdict and exit code of the result: the gravest column wins: failed, inconclusive, passed;
 * clocks that disagree are inconclusive. */
void sq_judge_result(struct sq_result *result);

#endif
