/* SPDX-License-Identifier: MIT */
/*
 * What the parts of base/dist.c share: laws and their inverse cumulative distributions. Values are
 * signed Q32 in 128 bits (up to 2^60 with 32 bits of fraction), probabilities shares of 2^64. All
 * of it lives while a distribution is compiled and no longer.
 */
#ifndef SQ_BASE_DIST_INT_H
#define SQ_BASE_DIST_INT_H

#include <stdbool.h>

#include "base/dist.h"

#define SQ_DIST_LIMIT_Q32 ((sq_int128)SQ_DIST_VALUE_MAX << 32)
/* Stands for every value that a table cannot hold. */
#define SQ_DIST_BEYOND_Q32 (SQ_DIST_LIMIT_Q32 + 1)

/* Knots stay below 2^62 (2^62 + 1/2 when rounded), so that no sum of two overflows. */
#define SQ_DIST_KNOT_BITS 62

struct sq_dist_gamma;
struct sq_dist_mixture;

struct sq_dist_law {
    const struct sq_dist_spec *spec;
    int64_t sigma_q32;               /* lognormal laws */
    struct sq_dist_gamma *gamma;     /* in the scratch arena, NULL unless it is one */
    struct sq_dist_mixture *mixture; /* likewise */
};

/* SQ_INVALID with the parameter, its value and what is allowed. Parts of a mixture are checked when
 * they are compiled. */
SQ_MUST_USE enum sq_status sq_dist_law_check(const struct sq_dist_spec *spec, struct sq_error *err);

/* Whether min and max leave only one value, and which. */
bool sq_dist_law_is_constant(const struct sq_dist_spec *spec);
int64_t sq_dist_law_constant(const struct sq_dist_spec *spec);

/* spec has been checked and is not constant; what has to be prepared goes to scratch. */
SQ_MUST_USE enum sq_status sq_dist_law_init(struct sq_dist_law *law,
                                            const struct sq_dist_spec *spec,
                                            struct sq_arena *scratch, struct sq_error *err);

/* The value a share p of all draws lies below, clamped to [min, max]; SQ_DIST_BEYOND_Q32 above
 * SQ_DIST_VALUE_MAX. Fastest when asked with rising p. */
sq_int128 sq_dist_law_quantile(struct sq_dist_law *law, uint64_t p_q64);

/* value clamped to [min, max] and, for a mixture, to the values its parts can have. */
sq_int128 sq_dist_law_clamp(const struct sq_dist_law *law, sq_int128 value_q32);

/* Gamma laws of mean 1: base/dist_gamma.c. NULL when out of memory. */
struct sq_dist_gamma *sq_dist_gamma_new(uint64_t cv_q32, struct sq_arena *scratch);
uint64_t sq_dist_gamma_quantile(struct sq_dist_gamma *gamma, uint64_t p_q64);

/* Mixtures: base/dist_mixture.c. Values here already hold the half that rounds them, since drawing
 * takes the floor: a table made of them must not add another. */
SQ_MUST_USE enum sq_status sq_dist_mixture_new(const struct sq_dist_spec *spec,
                                               struct sq_arena *scratch,
                                               struct sq_dist_mixture **mixture,
                                               struct sq_error *err);
sq_int128 sq_dist_mixture_quantile(struct sq_dist_mixture *mixture, uint64_t p_q64);
sq_int128 sq_dist_mixture_clamp(const struct sq_dist_mixture *mixture, sq_int128 value_q32);

#endif
