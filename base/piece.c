/* SPDX-License-Identifier: MIT */
/*
 * Straight pieces. Areas are kept doubled, so that half a unit of a triangle is a whole number. The
 * inverse on a sloped piece is a good guess by a square root, then corrected with the exact area:
 * correct whatever the guess, fast because the guess is nearly always right.
 */
#include "base/piece.h"

#include <stdbool.h>

#include "base/fixed.h"

int64_t sq_piece_value(const struct sq_piece *piece, sq_dur t)
{
    if (piece->rise == 0) {
        return piece->value;
    }
    return piece->value + sq_fixed_scale(piece->rise, t, piece->length);
}

sq_uint128 sq_piece_twice_whole_area(const struct sq_piece *piece)
{
    return (sq_uint128)((sq_int128)(2 * piece->value + piece->rise) * piece->length);
}

/* Twice value t + rise t^2 / length, where rise t^2 can exceed 128 bits, so the division comes
 * first and its remainder is multiplied apart. */
sq_uint128 sq_piece_twice_area(const struct sq_piece *piece, sq_dur t)
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

/*
 * Where twice the area is near `twice`. The value there follows from it without time, as speed does
 * from distance: v^2 = value^2 + rise twice / length; then t = (v - value) length / rise. v is kept
 * with as many bits of fraction as its square leaves room for.
 */
static sq_dur guess_offset(const struct sq_piece *piece, sq_uint128 twice)
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
static sq_dur search_offset(const struct sq_piece *piece, sq_uint128 twice, sq_dur guess)
{
    sq_dur below = 0;
    sq_dur reached = piece->length;
    sq_dur at = guess;
    sq_dur step = 1;
    while (reached - below > 1) {
        if (at <= below || at >= reached) {
            at = below + (reached - below) / 2;
        }
        if (sq_piece_twice_area(piece, at) >= twice) {
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

sq_dur sq_piece_reaches(const struct sq_piece *piece, sq_uint128 twice)
{
    if (piece->rise == 0) {
        sq_uint128 per_ns = 2 * (sq_uint128)(uint64_t)piece->value;
        return (sq_dur)((twice + per_ns - 1) / per_ns);
    }
    return search_offset(piece, twice, guess_offset(piece, twice) + 1);
}
