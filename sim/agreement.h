/* SPDX-License-Identifier: MIT */
/*
 * Agreement of the two clocks: the paths of the same calls in virtual and in live, compared one by
 * one. Set aside are calls with an attempt within SQ_AGREEMENT_EDGE of a window edge of a rule or
 * of a breaker transition (in either run): there the clocks may honestly differ. So is the one call
 * more that a user of a closed stream makes on one of the clocks. Of the rest at most 1 % may
 * differ; over all calls, availability by 0.5 points, p50 and p95 by max(5 %, 5 ms).
 */
#ifndef SQ_SIM_AGREEMENT_H
#define SQ_SIM_AGREEMENT_H

#include "scenarios/scenario.h"
#include "sim/path.h"
#include "sim/result.h"

#define SQ_AGREEMENT_DIFFERING_PER_MILLE 10
#define SQ_AGREEMENT_AVAILABILITY        (SQ_RATIO_ONE / 200)
#define SQ_AGREEMENT_LATENCY_PER_MILLE   50
#define SQ_AGREEMENT_LATENCY_FLOOR       (5 * SQ_MS)

/* Fills *agreement from both runs' paths (both complete, sorted by call id on the way) and the
 * scenario and policy of the result's two columns (their indices are set before). Any
 * other call that only one run knows differs. Nothing to compare, or fewer than 10 calls above a
 * quantile: no agreement, and no word about that quantile (-1). */
void sq_agreement_compare(const struct sq_result *result, struct sq_paths *virtual_paths,
                          struct sq_paths *live_paths, struct sq_agreement *agreement);

#endif
