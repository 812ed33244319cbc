/* SPDX-License-Identifier: MIT */
/*
 * Curves as a row of straight pieces. Areas are kept doubled, so that half a unit of a triangle is
 * a whole number. The inverse on a sloped piece is a good guess by a square root, then corrected
 * with the exact area: correct whatever the guess, fast because the guess is nearly always right.
 */
#include "base/curve.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/fixed.h"

/* No area is larger: values below 2^41 for less than 2^63 ns. */
#define AREA_BITS 104

/* One straight piece; the last one has no end. */
struct piece {
    int64_t value; /* at its start */
    int64_t rise;  /* value at its end minus value */
    sq_dur start;
    sq_dur length; /* INT64_MAX - start for the last; rise is 0 then */
};

/* Piece 0 is the constant before the first point, piece n_points the constant after the last. */
static struct piece piece_at(const struct sq_curve *curve, uint32_t index)
{
    const struct sq_curve_point *points = curve->points;
    if (index == 0) {
        return (struct piece){.value = points[0].value, .length = points[0].offset};
    }
    const struct sq_curve_point *from = &points[index - 1];
    if (index == curve->n_points) {
        return (struct piece){
            .value = from->value, .start = from->offset, .length = INT64_MAX - from->offset};
    }
    return (struct piece){.value = from->value,
                          .rise = points[index].value - from->value,
                          .start = from->offset,
                          .length = points[index].offset - from->offset};
}

/* The first point after offset, n_points when there is none: the number of the piece too. */
static uint32_t piece_index(const struct sq_curve *curve, sq_dur offset)
{
    uint32_t low = 0;
    uint32_t high = curve->n_points;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (curve->points[middle].offset > offset) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

int64_t sq_curve_value(const struct sq_curve *curve, sq_dur offset)
{
    sq_assert(curve->n_points > 0);
    uint32_t index = piece_index(curve, offset);
    if (index == 0) {
        return curve->points[0].value;
    }
    struct piece piece = piece_at(curve, index);
    if (piece.rise == 0) {
        return piece.value;
    }
    return piece.value + sq_fixed_scale(piece.rise, offset - piece.start, piece.length);
}

/* A piece within the limits that areas need. Checking the value at its start is enough: the value
 * at its end is the next one's. */
static struct piece area_piece_at(const struct sq_curve *curve, uint32_t index)
{
    struct piece piece = piece_at(curve, index);
    sq_assert(piece.value >= 0);
    sq_assert(piece.value <= SQ_CURVE_VALUE_MAX);
    sq_assert(piece.start <= SQ_CURVE_OFFSET_MAX);
    sq_assert(piece.length >= 0);
    return piece;
}

static sq_uint128 twice_whole_area(const struct piece *piece)
{
    return (sq_uint128)((sq_int128)(2 * piece->value + piece->rise) * piece->length);
}

/* floor of twice the area over the first t of a piece:
 * 2 value t + rise t^2 / length, where rise t^2 can exceed 128 bits, so the division comes first
 * and its remainder is multiplied apart. */
static sq_uint128 twice_area(const struct piece *piece, sq_dur t)
{
    sq_uint128 straight = 2 * (sq_uint128)(uint64_t)piece->value * (uint64_t)t;
    if (piece->rise == 0) {
        return straight;
    }
    uint64_t length = (uint64_t)piece->length;
    uint64_t slope = (uint64_t)(piece->rise < 0 ? -piece->rise : piece->rise);
    sq_uint128 product = (sq_uint128)slope * (uint64_t)t;
    sq_uint128 rest = product % length * (uint64_t)t;
    sq_uint128 triangle = product / length * (uint64_t)t + rest / length;
    if (piece->rise > 0) {
        return straight + triangle;
    }
    return straight - triangle - (rest % length != 0 ? 1 : 0);
}

sq_uint128 sq_curve_area(const struct sq_curve *curve, sq_dur offset)
{
    sq_assert(curve->n_points > 0);
    sq_assert(offset >= 0);
    sq_assert(offset <= SQ_CURVE_OFFSET_MAX);
    uint32_t last = piece_index(curve, offset);
    sq_uint128 twice = 0;
    for (uint32_t i = 0; i < last; i++) {
        struct piece whole = area_piece_at(curve, i);
        twice += twice_whole_area(&whole);
    }
    struct piece piece = area_piece_at(curve, last);
    return (twice + twice_area(&piece, offset - piece.start)) / 2;
}

/*
 * Where twice the area is near `twice`. The value there follows from it without time, as speed does
 * from distance: v^2 = value^2 + rise twice / length; then t = (v - value) length / rise. v is kept
 * with as many bits of fraction as its square leaves room for.
 */
static sq_dur guess_offset(const struct piece *piece, sq_uint128 twice)
{
    uint64_t length = (uint64_t)piece->length;
    bool falls = piece->rise < 0;
    uint64_t slope = (uint64_t)(falls ? -piece->rise : piece->rise);
    uint64_t start = (uint64_t)piece->value;
    uint64_t top = falls ? start : start + slope;
    int fraction_bits = __builtin_clzll(top) - 1;
    sq_uint128 whole = twice / length;
    sq_uint128 rest = twice % length;
    int rest_bits = 2 * fraction_bits < 24 ? 2 * fraction_bits : 24;
    sq_uint128 change = (slope * whole) << (2 * fraction_bits);
    change += ((slope * rest) << rest_bits) / length << (2 * fraction_bits - rest_bits);
    sq_uint128 start_squared = (sq_uint128)start * start << (2 * fraction_bits);
    if (falls && change > start_squared) {
        return piece->length;
    }
    uint64_t root = sq_fixed_sqrt(falls ? start_squared - change : start_squared + change);
    uint64_t start_scaled = start << fraction_bits;
    uint64_t gone = falls ? start_scaled - root : root - start_scaled;
    sq_uint128 t = (sq_uint128)gone * length / ((sq_uint128)slope << fraction_bits);
    return t > length ? piece->length : (sq_dur)t;
}

/* The first t with twice the area at least `twice`: steps away from the guess, each twice as long
 * as the one before, until the answer lies between two of them, then halves. The answer is in [1,
 * length]. */
static sq_dur search_offset(const struct piece *piece, sq_uint128 twice, sq_dur guess)
{
    sq_dur below = 0;
    sq_dur reached = piece->length;
    sq_dur at = guess;
    sq_dur step = 1;
    while (reached - below > 1) {
        if (at <= below || at >= reached) {
            at = below + (reached - below) / 2;
        }
        if (twice_area(piece, at) >= twice) {
            reached = at;
            at -= step;
        } else {
            below = at;
            at += step;
        }
        step = step > piece->length / 2 ? piece->length : 2 * step;
    }
    return reached;
}

/* twice > 0 and reached within the piece. */
static sq_dur offset_within(const struct piece *piece, sq_uint128 twice)
{
    if (piece->rise == 0) {
        sq_uint128 per_ns = 2 * (sq_uint128)(uint64_t)piece->value;
        return (sq_dur)((twice + per_ns - 1) / per_ns);
    }
    return search_offset(piece, twice, guess_offset(piece, twice) + 1);
}

sq_dur sq_curve_reaches(const struct sq_curve *curve, sq_uint128 area)
{
    sq_assert(curve->n_points > 0);
    if (area == 0) {
        return 0;
    }
    if (area >> AREA_BITS != 0) {
        return SQ_NEVER;
    }
    sq_uint128 twice = 2 * area;
    for (uint32_t i = 0; i <= curve->n_points; i++) {
        struct piece piece = area_piece_at(curve, i);
        sq_uint128 whole = twice_whole_area(&piece);
        if (twice <= whole) {
            return piece.start + offset_within(&piece, twice);
        }
        twice -= whole;
    }
    return SQ_NEVER;
}
