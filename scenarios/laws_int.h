/* SPDX-License-Identifier: MIT */
/*
 * Distributions in files: a plain value is fixed, else an object with one law. They are compiled
 * while they are read. The tables live in the scenario's arena.
 */
#ifndef SQ_SCENARIOS_LAWS_INT_H
#define SQ_SCENARIOS_LAWS_INT_H

#include "base/dist.h"
#include "scenarios/reader_int.h"

struct sq_law {
    bool given;
    struct sq_dist dist;
};

extern const struct sq_shape sq_shape_span_law;  /* nanoseconds */
extern const struct sq_shape sq_shape_token_law; /* tokens, at least 1 */
extern const struct sq_shape sq_shape_pace_law; /* tokens per second; kept as nanoseconds a token */

#define SQ_TOKENS_MAX 10000000

/* The law of one value. False: out of memory. */
bool sq_law_fixed(struct sq_reader *reader, int64_t value, struct sq_law *law);

/* Gaps with this mean: exponential ones, or with cv_q32 gamma ones. False: reported at node. */
bool sq_law_gaps(struct sq_reader *reader, const struct sq_json *node, uint64_t cv_q32,
                 int64_t mean, struct sq_dist *dist);

extern const struct sq_shape sq_shape_cv; /* uint64_t, share of 2^32 */

#endif
