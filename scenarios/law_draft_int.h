/* SPDX-License-Identifier: MIT */
/* What a file says of one distribution, between its tables (laws.c) and its making (law_specs.c).
 */
#ifndef SQ_SCENARIOS_LAW_DRAFT_INT_H
#define SQ_SCENARIOS_LAW_DRAFT_INT_H

#include "scenarios/laws_int.h"

#define SQ_LAW_ABSENT INT64_MIN /* a number that was not given */

enum sq_law_unit {
    SQ_LAW_SPAN, /* nanoseconds */
    SQ_LAW_TOKENS,
    SQ_LAW_PACE /* written as millionths of tokens per second, kept as nanoseconds per token */
};

struct sq_exponential_draft {
    int64_t mean;
};

struct sq_lognormal_draft {
    int64_t median;
    int64_t p50;
    int64_t p99;
    int64_t sigma_q32;
};

struct sq_normal_draft {
    int64_t mean;
    int64_t stddev;
};

struct sq_gamma_draft {
    int64_t mean;
    int64_t cv_q32;
};

struct sq_pareto_draft {
    int64_t min;
    int64_t alpha_q32;
};

struct sq_empirical_draft {
    const struct sq_json *node; /* NULL: not given */
    const char *file;
    const char *column;
    uint8_t unit; /* 0: by the column's name; else nanoseconds are 10^(unit - 1) of them */
};

struct sq_law_draft {
    struct sq_list uniform; /* two int64_t, or none */
    struct sq_exponential_draft exponential;
    struct sq_lognormal_draft lognormal;
    struct sq_normal_draft normal;
    struct sq_gamma_draft gamma;
    struct sq_pareto_draft pareto;
    struct sq_empirical_draft empirical;
    struct sq_list mixture; /* struct sq_law_draft */
    int64_t min;
    int64_t max;
    const struct sq_json *node;
    int64_t weight; /* of a part of a mixture, millionths */
    int64_t always; /* of a part: fixed */
};

#define SQ_LAW_Q32_ONE (INT64_C(1) << 32)

/* Nothing given. */
struct sq_law_draft sq_law_draft_none(void);

/* 10^9 ns/s x 10^6 millionths: divided by millionths of tokens per second, ns per token. */
#define SQ_LAW_PACE_ONE INT64_C(1000000000000000)

/* The distribution of a draft read at node. False: reported. */
bool sq_law_make(struct sq_reader *reader, const struct sq_law_draft *draft, enum sq_law_unit unit,
                 struct sq_law *law);

/* The sorted numbers of one column of a file, in scratch. False: reported. */
bool sq_law_samples(struct sq_reader *reader, const struct sq_empirical_draft *draft,
                    enum sq_law_unit unit, struct sq_dist_spec *spec);

#endif
