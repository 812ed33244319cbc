/* SPDX-License-Identifier: MIT */
/*
 * One straight piece of a curve or a wave: the value on it, the area under it and the way back from
 * an area to a time, all exact. Times are counted from the start of the piece, in nanoseconds;
 * areas are in value x nanoseconds. Values and lengths are within what base/curve.h accepts for
 * areas.
 */
#ifndef SQ_BASE_PIECE_H
#define SQ_BASE_PIECE_H

#include <stdint.h>

#include "base/int128.h"
#include "base/time.h"

struct sq_piece {
    int64_t value; /* at its start */
    int64_t rise;  /* value just before its end minus value; 0 when it has no end */
    sq_dur start;
    sq_dur length; /* INT64_MAX - start when it has no end */
};

/* Rounded to nearest, halves away from zero; t in [0, length]. Any values. */
int64_t sq_piece_value(const struct sq_piece *piece, sq_dur t);

/* Twice the area of the whole piece, and floor of twice the area over its first t. */
sq_uint128 sq_piece_twice_whole_area(const struct sq_piece *piece);
sq_uint128 sq_piece_twice_area(const struct sq_piece *piece, sq_dur t);

/* The first t at which twice the area is at least `twice`, which is above 0 and reached within the
 * piece. */
sq_dur sq_piece_reaches(const struct sq_piece *piece, sq_uint128 twice);

#endif
