/* SPDX-License-Identifier: MIT */
/*
 * Waves: curves that repeat for ever, such as a day of traffic or an outage every hour. Compiled at
 * load into one period of straight pieces, so that values, areas and their inverse are as exact as
 * those of base/curve.h, which is how everyone else asks for them.
 *
 * A sine is SQ_WAVE_SINE_PIECES straight pieces between values rounded to the caller's unit: never
 * more than 2^-15 of the amplitude (and one unit) away from the true one, and right in the mean to
 * as much. It begins at its mean and rises, unless a phase moves it. A square is high first, for
 * duty of each period, then low. A sawtooth rises from low to high and falls at once.
 */
#ifndef SQ_BASE_WAVE_H
#define SQ_BASE_WAVE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/int128.h"
#include "base/piece.h"
#include "base/time.h"

enum sq_wave_kind {
    SQ_WAVE_SINE,    /* mean, amplitude, phase */
    SQ_WAVE_SQUARE,  /* low, high, duty */
    SQ_WAVE_SAWTOOTH /* low, high */
};

#define SQ_WAVE_SINE_PIECES 512

/* A piece of a sine is never shorter than a nanosecond. */
#define SQ_WAVE_PERIOD_MIN SQ_US

/* Values 0 to SQ_CURVE_VALUE_MAX everywhere: so amplitude is at most mean. */
struct sq_wave_spec {
    enum sq_wave_kind kind;
    int64_t mean;
    int64_t amplitude;
    int64_t low;
    int64_t high;      /* at least low */
    sq_dur period;     /* SQ_WAVE_PERIOD_MIN to SQ_CURVE_OFFSET_MAX */
    sq_dur phase;      /* how far into its period a sine begins; 0 to period */
    uint64_t duty_q32; /* share of 2^32; 0 to 2^32 */
};

struct sq_wave {
    sq_dur period;
    uint32_t n_pieces;
    const struct sq_piece *pieces;  /* in the arena; from 0 to period without a gap */
    const sq_uint128 *twice_before; /* twice the area before each piece and, last, of the period */
};

/* SQ_INVALID: a parameter is out of its range. The result lives as long as the arena. */
SQ_MUST_USE enum sq_status sq_wave_compile(const struct sq_wave_spec *spec, struct sq_arena *arena,
                                           struct sq_wave *wave, struct sq_error *err);

/* As sq_curve_value, sq_curve_area and sq_curve_reaches. */
int64_t sq_wave_value(const struct sq_wave *wave, sq_dur offset);
sq_uint128 sq_wave_area(const struct sq_wave *wave, sq_dur offset);
sq_dur sq_wave_reaches(const struct sq_wave *wave, sq_uint128 area);

#endif
