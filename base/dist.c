/* SPDX-License-Identifier: MIT */
/*
 * Compiling distributions: check the spec, evaluate the inverse of the law at every knot. The table
 * has as many bits of fraction as its largest knot leaves room for, so that a law of a few tokens
 * is as smooth as one of many nanoseconds.
 */
#include "base/dist.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/assert.h"
#include "base/dist_int.h"

/* Probabilities are shares of 2^64. */
#define BODY_STEP_Q64     (UINT64_C(1) << 54)
#define SHOULDER_STEP_Q64 (UINT64_C(1) << 49)
#define TAIL_STEP_Q64     (UINT64_C(1) << 44)

#define FRACTION_BITS_MAX 32

/* An end piece is averaged over halves of halves; what the 12th leaves out holds 2^-12 of it. */
#define END_PIECES 12

/* The mean over the lowest (or highest) share of the law, by halving: half of it, a quarter, ...,
 * each counted with the value at its middle. */
static sq_int128 end_mean_q32(struct sq_dist_law *law, uint64_t share_q64, bool upper)
{
    sq_int128 sum = 0;
    for (int i = 1; i <= END_PIECES; i++) {
        uint64_t outer = share_q64 >> i;
        uint64_t at = outer + outer / 2;
        sum += sq_dist_law_quantile(law, upper ? 0 - at : at) >> i;
    }
    uint64_t rest = (share_q64 >> END_PIECES) / 2;
    return sum + (sq_dist_law_quantile(law, upper ? 0 - rest : rest) >> END_PIECES);
}

static bool starts_at_a_value(enum sq_dist_kind kind)
{
    return kind == SQ_DIST_UNIFORM || kind == SQ_DIST_EXPONENTIAL || kind == SQ_DIST_PARETO ||
           kind == SQ_DIST_EMPIRICAL;
}

/* Where the straight piece below the first knot above 0 has to start. */
static sq_int128 lowest_q32(struct sq_dist_law *law)
{
    if (starts_at_a_value(law->spec->kind)) {
        return sq_dist_law_quantile(law, 0);
    }
    sq_int128 inner_q32 = sq_dist_law_quantile(law, BODY_STEP_Q64);
    sq_int128 mean_q32 = end_mean_q32(law, BODY_STEP_Q64, false);
    return sq_dist_law_clamp(law, 2 * mean_q32 - inner_q32);
}

/* Where the straight piece above the last knot below 1 has to end. */
static sq_int128 highest_q32(struct sq_dist_law *law)
{
    const struct sq_dist_spec *spec = law->spec;
    if (spec->kind == SQ_DIST_UNIFORM) {
        return sq_dist_law_clamp(law, (sq_int128)spec->b << 32);
    }
    if (spec->kind == SQ_DIST_EMPIRICAL) {
        int64_t last = spec->samples[spec->n_samples - 1];
        return sq_dist_law_clamp(law, (sq_int128)last * ((sq_int128)1 << 32));
    }
    uint64_t outermost = (TAIL_STEP_Q64 >> END_PIECES) / 2;
    if (sq_dist_law_quantile(law, 0 - outermost) > SQ_DIST_LIMIT_Q32) {
        return SQ_DIST_BEYOND_Q32;
    }
    sq_int128 inner_q32 = sq_dist_law_quantile(law, 0 - TAIL_STEP_Q64);
    sq_int128 mean_q32 = end_mean_q32(law, TAIL_STEP_Q64, true);
    return sq_dist_law_clamp(law, 2 * mean_q32 - inner_q32);
}

/* What an arena table is filled with. */
struct filling {
    struct sq_dist_law *law;
    sq_int128 lowest_q32;
    sq_int128 highest_q32;
    uint32_t fraction_bits;
    int64_t rounding; /* added to every knot, since drawing takes the floor */
};

static sq_uint128 magnitude(sq_int128 value)
{
    return (sq_uint128)(value < 0 ? -value : value);
}

static uint32_t fraction_bits_for(const struct filling *filling)
{
    sq_uint128 low = magnitude(filling->lowest_q32);
    sq_uint128 high = magnitude(filling->highest_q32);
    uint64_t whole = (uint64_t)((low > high ? low : high) >> 32);
    uint32_t bits = whole == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(whole);
    uint32_t room = SQ_DIST_KNOT_BITS - bits;
    return room < FRACTION_BITS_MAX ? room : FRACTION_BITS_MAX;
}

/* Uniform laws are cut, and parts of a mixture have been rounded already. */
static int64_t rounding_for(const struct filling *filling)
{
    enum sq_dist_kind kind = filling->law->spec->kind;
    if (kind == SQ_DIST_UNIFORM || kind == SQ_DIST_MIXTURE || filling->fraction_bits == 0) {
        return 0;
    }
    return (int64_t)1 << (filling->fraction_bits - 1);
}

static int64_t knot_of(const struct filling *filling, sq_int128 value_q32)
{
    return (int64_t)(value_q32 >> (32 - filling->fraction_bits)) + filling->rounding;
}

/* SQ_DIST_KNOTS + 1 knots, step_q64 of probability apart, the last one at 1. Kept from falling and
 * from passing the last one: neighbours may be closer than the error of the quantile. */
static void fill_knots(const struct filling *filling, uint64_t step_q64, int64_t *knots)
{
    uint64_t start_q64 = 0 - step_q64 * SQ_DIST_KNOTS;
    int64_t last = knot_of(filling, filling->highest_q32);
    int64_t before = INT64_MIN;
    for (uint32_t i = 0; i < SQ_DIST_KNOTS; i++) {
        uint64_t p_q64 = start_q64 + i * step_q64;
        sq_int128 value_q32 =
            p_q64 == 0 ? filling->lowest_q32 : sq_dist_law_quantile(filling->law, p_q64);
        int64_t knot = knot_of(filling, value_q32);
        knot = knot > last ? last : knot;
        knots[i] = knot < before ? before : knot;
        before = knots[i];
    }
    knots[SQ_DIST_KNOTS] = last;
}

static enum sq_status compile_table(struct sq_dist_law *law, struct sq_arena *arena,
                                    struct sq_dist *dist, struct sq_error *err)
{
    struct filling filling = {.law = law, .highest_q32 = highest_q32(law)};
    if (filling.highest_q32 > SQ_DIST_LIMIT_Q32) {
        (void)sq_error_set(err, SQ_INVALID,
                           "values above \"%" PRId64 "\" are possible, "
                           "allowed: up to it",
                           SQ_DIST_VALUE_MAX);
        return sq_error_hint(err, "set a max, or make the distribution narrower");
    }
    int64_t *knots = sq_arena_new(arena, 3 * (SQ_DIST_KNOTS + 1), sizeof(*knots));
    if (knots == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the table of a distribution");
    }
    filling.lowest_q32 = lowest_q32(law);
    filling.fraction_bits = fraction_bits_for(&filling);
    filling.rounding = rounding_for(&filling);
    fill_knots(&filling, BODY_STEP_Q64, knots);
    fill_knots(&filling, SHOULDER_STEP_Q64, knots + SQ_DIST_KNOTS + 1);
    fill_knots(&filling, TAIL_STEP_Q64, knots + 2 * (SQ_DIST_KNOTS + 1));
    *dist = (struct sq_dist){.knots = knots, .fraction_bits = filling.fraction_bits};
    return SQ_OK;
}

enum sq_status sq_dist_compile(const struct sq_dist_spec *spec, struct sq_arena *arena,
                               struct sq_dist *dist, struct sq_error *err)
{
    enum sq_status status = sq_dist_law_check(spec, err);
    if (status != SQ_OK) {
        return status;
    }
    if (sq_dist_law_is_constant(spec)) {
        *dist = (struct sq_dist){.fixed = sq_dist_law_constant(spec)};
        return SQ_OK;
    }
    struct sq_arena scratch = {0};
    struct sq_dist_law law;
    status = sq_dist_law_init(&law, spec, &scratch, err);
    if (status == SQ_OK) {
        status = compile_table(&law, arena, dist, err);
    }
    sq_arena_clear(&scratch);
    return status;
}
