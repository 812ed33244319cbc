/* SPDX-License-Identifier: MIT */
/*
 * Curves as a row of straight pieces (base/piece.h), or handed on to the wave.
 */
#include "base/curve.h"

#include "base/assert.h"
#include "base/piece.h"
#include "base/wave.h"

/* No area is larger: values below 2^41 for less than 2^63 ns. */
#define AREA_BITS 104

/* Piece 0 is the constant before the first point, piece n_points the constant after the last. */
static struct sq_piece piece_at(const struct sq_curve *curve, uint32_t index)
{
    const struct sq_curve_point *points = curve->points;
    if (index == 0) {
        return (struct sq_piece){.value = points[0].value, .length = points[0].offset};
    }
    const struct sq_curve_point *from = &points[index - 1];
    if (index == curve->n_points) {
        return (struct sq_piece){
            .value = from->value, .start = from->offset, .length = INT64_MAX - from->offset};
    }
    return (struct sq_piece){.value = from->value,
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
    if (curve->wave != NULL) {
        return sq_wave_value(curve->wave, offset);
    }
    sq_assert(curve->n_points > 0);
    uint32_t index = piece_index(curve, offset);
    if (index == 0) {
        return curve->points[0].value;
    }
    struct sq_piece piece = piece_at(curve, index);
    return sq_piece_value(&piece, offset - piece.start);
}

/* A piece within the limits that areas need. Checking the value at its start is enough: the value
 * at its end is the next one's. */
static struct sq_piece area_piece_at(const struct sq_curve *curve, uint32_t index)
{
    struct sq_piece piece = piece_at(curve, index);
    sq_assert(piece.value >= 0);
    sq_assert(piece.value <= SQ_CURVE_VALUE_MAX);
    sq_assert(piece.start <= SQ_CURVE_OFFSET_MAX);
    sq_assert(piece.length >= 0);
    return piece;
}

sq_uint128 sq_curve_area(const struct sq_curve *curve, sq_dur offset)
{
    if (curve->wave != NULL) {
        return sq_wave_area(curve->wave, offset);
    }
    sq_assert(curve->n_points > 0);
    sq_assert(offset >= 0);
    sq_assert(offset <= SQ_CURVE_OFFSET_MAX);
    uint32_t last = piece_index(curve, offset);
    sq_uint128 twice = 0;
    for (uint32_t i = 0; i < last; i++) {
        struct sq_piece whole = area_piece_at(curve, i);
        twice += sq_piece_twice_whole_area(&whole);
    }
    struct sq_piece piece = area_piece_at(curve, last);
    return (twice + sq_piece_twice_area(&piece, offset - piece.start)) / 2;
}

sq_dur sq_curve_reaches(const struct sq_curve *curve, sq_uint128 area)
{
    if (curve->wave != NULL) {
        return sq_wave_reaches(curve->wave, area);
    }
    sq_assert(curve->n_points > 0);
    if (area == 0) {
        return 0;
    }
    if (area >> AREA_BITS != 0) {
        return SQ_NEVER;
    }
    sq_uint128 twice = 2 * area;
    for (uint32_t i = 0; i <= curve->n_points; i++) {
        struct sq_piece piece = area_piece_at(curve, i);
        sq_uint128 whole = sq_piece_twice_whole_area(&piece);
        if (twice <= whole) {
            return piece.start + sq_piece_reaches(&piece, twice);
        }
        twice -= whole;
    }
    return SQ_NEVER;
}
