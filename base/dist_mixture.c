/* SPDX-License-Identifier: MIT */
/*
 * Mixtures: the cumulative distribution of each compiled part is a row of straight pieces over its
 * values, so their weighted sum is one too, with a corner wherever a part has one. The corners are
 * merged in rising order while the sum of the slopes is kept; a quantile is then read off the
 * merged line. A part that does not vary, or a stretch of equal knots, is a jump.
 *
 * Sums of weighted probabilities are in Q60 times weight: below 2^60 * 2^32 * 16 = 2^96.
 */
#include "base/assert.h"
#include "base/dist_int.h"

#define ONE_Q60 (UINT64_C(1) << 60)

/* Pieces of a part's table that are not covered by a finer one. */
#define BODY_PIECES     (SQ_DIST_KNOTS / 32 * 31)
#define SHOULDER_PIECES (SQ_DIST_KNOTS / 32 * 31)
#define PART_PIECES     (BODY_PIECES + SHOULDER_PIECES + SQ_DIST_KNOTS)

/* Probability per piece. */
#define BODY_STEP_Q60     (UINT64_C(1) << 50)
#define SHOULDER_STEP_Q60 (UINT64_C(1) << 45)
#define TAIL_STEP_Q60     (UINT64_C(1) << 40)

/* Bits of fraction of slopes: the largest sum, 2^96, still fits with them. */
#define SLOPE_BITS 30

/* The next corner of a part that has none left: above every value. */
#define THROUGH INT64_MAX

struct corner {
    int64_t value;  /* with the mixture's bits of fraction */
    sq_uint128 sum; /* of weighted probabilities up to it */
};

/* Where the merging stands in one part. */
struct cursor {
    struct sq_dist dist;
    uint64_t weight;
    uint32_t shift;   /* from the part's bits of fraction to the mixture's */
    uint32_t next;    /* the piece that begins at `value`; PART_PIECES at the end */
    int64_t value;    /* the next corner, or THROUGH */
    sq_uint128 slope; /* up to there */
};

struct sq_dist_mixture {
    uint32_t n_cursors;
    uint32_t fraction_bits;
    uint64_t total_weight;
    uint32_t n_corners;
    uint32_t n_corners_max;
    uint32_t at; /* the corner before the last question */
    struct corner *corners;
    /* The next corner of each part, side by side for the search among them. */
    int64_t next_values[SQ_DIST_PARTS_MAX];
    struct cursor cursors[SQ_DIST_PARTS_MAX];
};

static bool is_jump(const struct cursor *cursor)
{
    return cursor->dist.knots == NULL;
}

static uint64_t piece_step_q60(uint32_t piece)
{
    if (piece < BODY_PIECES) {
        return BODY_STEP_Q60;
    }
    return piece < BODY_PIECES + SHOULDER_PIECES ? SHOULDER_STEP_Q60 : TAIL_STEP_Q60;
}

/* The value at which a piece begins, or at which the last one ends. */
static int64_t value_before(const struct cursor *cursor, uint32_t piece)
{
    const int64_t *knots = cursor->dist.knots;
    if (piece < BODY_PIECES) {
        return knots[piece] >> cursor->shift;
    }
    knots += SQ_DIST_KNOTS + 1;
    piece -= BODY_PIECES;
    if (piece < SHOULDER_PIECES) {
        return knots[piece] >> cursor->shift;
    }
    knots += SQ_DIST_KNOTS + 1;
    return knots[piece - SHOULDER_PIECES] >> cursor->shift;
}

/* A constant as the middle of the values that are rounded to it. */
static int64_t jump_value(const struct cursor *cursor, uint32_t fraction_bits)
{
    int64_t half = fraction_bits > 0 ? (int64_t)1 << (fraction_bits - 1) : 0;
    return cursor->dist.fixed * ((int64_t)1 << fraction_bits) + half;
}

static uint32_t bits_of_constant(int64_t value)
{
    uint64_t magnitude = (uint64_t)(value < 0 ? -value : value);
    uint32_t room =
        SQ_DIST_KNOT_BITS - (magnitude == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(magnitude));
    return room < 32 ? room : 32;
}

static void place_cursors(struct sq_dist_mixture *mixture)
{
    mixture->fraction_bits = 32;
    for (uint32_t i = 0; i < mixture->n_cursors; i++) {
        const struct cursor *cursor = &mixture->cursors[i];
        uint32_t bits =
            is_jump(cursor) ? bits_of_constant(cursor->dist.fixed) : cursor->dist.fraction_bits;
        mixture->fraction_bits = bits < mixture->fraction_bits ? bits : mixture->fraction_bits;
    }
    for (uint32_t i = 0; i < mixture->n_cursors; i++) {
        struct cursor *cursor = &mixture->cursors[i];
        if (is_jump(cursor)) {
            cursor->value = jump_value(cursor, mixture->fraction_bits);
        } else {
            cursor->shift = cursor->dist.fraction_bits - mixture->fraction_bits;
            cursor->value = value_before(cursor, 0);
        }
        mixture->next_values[i] = cursor->value;
    }
}

/* The part whose next corner is the lowest, NULL when all are through. */
static struct cursor *lowest_cursor(struct sq_dist_mixture *mixture)
{
    struct cursor *lowest = &mixture->cursors[0];
    int64_t value = mixture->next_values[0];
    for (uint32_t i = 1; i < mixture->n_cursors; i++) {
        if (mixture->next_values[i] < value) {
            value = mixture->next_values[i];
            lowest = &mixture->cursors[i];
        }
    }
    return value == THROUGH ? NULL : lowest;
}

/* Passes the corner the cursor stands at and every piece without length. Returns what they add at
 * once. */
static sq_uint128 pass_corner(struct cursor *cursor)
{
    if (is_jump(cursor)) {
        cursor->value = THROUGH;
        return (sq_uint128)ONE_Q60 * cursor->weight;
    }
    sq_uint128 jump = 0;
    cursor->slope = 0;
    while (cursor->next < PART_PIECES) {
        sq_uint128 rise = (sq_uint128)piece_step_q60(cursor->next) * cursor->weight;
        int64_t end = value_before(cursor, cursor->next + 1);
        cursor->next += 1;
        if (end > cursor->value) {
            cursor->slope = (rise << SLOPE_BITS) / ((uint64_t)end - (uint64_t)cursor->value);
            cursor->value = end;
            return jump;
        }
        jump += rise;
    }
    cursor->value = THROUGH;
    return jump;
}

static void add_corner(struct sq_dist_mixture *mixture, int64_t value, sq_uint128 sum)
{
    sq_assert(mixture->n_corners < mixture->n_corners_max);
    mixture->corners[mixture->n_corners] = (struct corner){.value = value, .sum = sum};
    mixture->n_corners += 1;
}

/* Slopes are rounded down, by less than 2^-30 of a unit of the sum for each step of the value: over
 * all values, less than 2^-50 of the total goes missing. */
static void merge(struct sq_dist_mixture *mixture)
{
    sq_uint128 sum = 0;
    sq_uint128 slope = 0;
    int64_t value = 0;
    struct cursor *cursor = lowest_cursor(mixture);
    while (cursor != NULL) {
        if (cursor->value > value && mixture->n_corners > 0) {
            sum += (slope * ((uint64_t)cursor->value - (uint64_t)value)) >> SLOPE_BITS;
        }
        value = cursor->value;
        add_corner(mixture, value, sum);
        slope -= cursor->slope;
        sq_uint128 jump = pass_corner(cursor);
        slope += cursor->slope;
        if (jump > 0) {
            sum += jump;
            add_corner(mixture, value, sum);
        }
        mixture->next_values[cursor - mixture->cursors] = cursor->value;
        cursor = lowest_cursor(mixture);
    }
}

static enum sq_status compile_parts(struct sq_dist_mixture *mixture,
                                    const struct sq_dist_spec *spec, struct sq_arena *scratch,
                                    struct sq_error *err)
{
    for (uint32_t i = 0; i < spec->n_parts; i++) {
        const struct sq_dist_part *part = &spec->parts[i];
        struct sq_error inner = {0};
        struct cursor *cursor = &mixture->cursors[i];
        if (part->weight < 1 || part->weight > SQ_DIST_WEIGHT_MAX) {
            return sq_error_set(err, SQ_INVALID,
                                "weight of part %u out of range: \"%lld\", allowed: 1 to %lld",
                                i + 1, (long long)part->weight, (long long)SQ_DIST_WEIGHT_MAX);
        }
        if (part->spec.kind == SQ_DIST_MIXTURE) {
            return sq_error_set(err, SQ_INVALID,
                                "part %u is a \"mixture\", allowed: every other distribution",
                                i + 1);
        }
        enum sq_status status = sq_dist_compile(&part->spec, scratch, &cursor->dist, &inner);
        if (status != SQ_OK) {
            return sq_error_set(err, status, "part %u: %s", i + 1, inner.text);
        }
        cursor->weight = (uint64_t)part->weight;
        mixture->total_weight += cursor->weight;
    }
    mixture->n_cursors = spec->n_parts;
    return SQ_OK;
}

enum sq_status sq_dist_mixture_new(const struct sq_dist_spec *spec, struct sq_arena *scratch,
                                   struct sq_dist_mixture **mixture, struct sq_error *err)
{
    struct sq_dist_mixture *made = sq_arena_new(scratch, 1, sizeof(*made));
    /* Each piece of a part adds a corner or makes a jump higher, whose corner is the piece's own;
     * the first one comes on top, for a constant part its jump too. */
    uint32_t n_corners = spec->n_parts * (PART_PIECES + 2);
    struct corner *corners =
        made == NULL ? NULL : sq_arena_new(scratch, n_corners, sizeof(*corners));
    if (corners == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for a mixture of distributions");
    }
    made->corners = corners;
    made->n_corners_max = n_corners;
    enum sq_status status = compile_parts(made, spec, scratch, err);
    if (status == SQ_OK) {
        place_cursors(made);
        merge(made);
        *mixture = made;
    }
    return status;
}

/* The last corner at or before a sum, never the very last one. */
static uint32_t find_corner(struct sq_dist_mixture *mixture, sq_uint128 sum)
{
    if (sum < mixture->corners[mixture->at].sum) {
        mixture->at = 0;
    }
    while (mixture->at + 1 < mixture->n_corners && mixture->corners[mixture->at + 1].sum <= sum) {
        mixture->at += 1;
    }
    return mixture->at;
}

static sq_int128 to_q32(const struct sq_dist_mixture *mixture, int64_t value)
{
    return (sq_int128)value * ((sq_int128)1 << (32 - mixture->fraction_bits));
}

sq_int128 sq_dist_mixture_quantile(struct sq_dist_mixture *mixture, uint64_t p_q64)
{
    sq_uint128 sum = ((sq_uint128)p_q64 * mixture->total_weight) >> 4;
    const struct corner *from = &mixture->corners[find_corner(mixture, sum)];
    const struct corner *last = &mixture->corners[mixture->n_corners - 1];
    if (from == last) {
        return to_q32(mixture, last->value);
    }
    sq_uint128 rise = from[1].sum - from->sum;
    sq_uint128 part = sum - from->sum;
    /* Differences below 2^96 times a length below 2^63 need their leading bits only. */
    while (rise >> 63 != 0) {
        rise >>= 1;
        part >>= 1;
    }
    uint64_t length = (uint64_t)from[1].value - (uint64_t)from->value;
    return to_q32(mixture, from->value) +
           to_q32(mixture, (int64_t)(part * length / (uint64_t)rise));
}

sq_int128 sq_dist_mixture_clamp(const struct sq_dist_mixture *mixture, sq_int128 value_q32)
{
    sq_int128 low_q32 = to_q32(mixture, mixture->corners[0].value);
    sq_int128 high_q32 = to_q32(mixture, mixture->corners[mixture->n_corners - 1].value);
    value_q32 = value_q32 < low_q32 ? low_q32 : value_q32;
    value_q32 = value_q32 > high_q32 ? high_q32 : value_q32;
    return value_q32 > SQ_DIST_LIMIT_Q32 ? SQ_DIST_LIMIT_Q32 : value_q32;
}
