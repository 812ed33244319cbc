/* SPDX-License-Identifier: MIT */
/*
 * Waves as one period of straight pieces with the areas before each: whole periods are counted,
 * the rest is found among the pieces by halving. Areas are kept doubled, as base/piece.h does.
 */
#include "base/wave.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/assert.h"
#include "base/curve.h"

#define Q60_ONE      (INT64_C(1) << 60)
#define Q60_HALF_PI  INT64_C(1811004864519280711)
#define Q62_ONE      (UINT64_C(1) << 62)
#define DUTY_MAX_Q32 (UINT64_C(1) << 32)

/* No area is larger: values up to 2^40 for less than 2^63 ns. */
#define AREA_BITS 104

static enum sq_status check_range(const char *name, int64_t value, int64_t low, int64_t high,
                                  struct sq_error *err)
{
    if (value >= low && value <= high) {
        return SQ_OK;
    }
    return sq_error_set(err, SQ_INVALID,
                        "%s out of range: \"%" PRId64 "\", allowed: %" PRId64 " to %" PRId64, name,
                        value, low, high);
}

static enum sq_status check_sine(const struct sq_wave_spec *spec, struct sq_error *err)
{
    enum sq_status status = check_range("mean", spec->mean, 0, SQ_CURVE_VALUE_MAX, err);
    if (status == SQ_OK) {
        int64_t room = SQ_CURVE_VALUE_MAX - spec->mean;
        int64_t most = spec->mean < room ? spec->mean : room;
        status = check_range("amplitude", spec->amplitude, 0, most, err);
    }
    return status != SQ_OK ? status : check_range("phase", spec->phase, 0, spec->period, err);
}

static enum sq_status check_between(const struct sq_wave_spec *spec, struct sq_error *err)
{
    enum sq_status status = check_range("low", spec->low, 0, SQ_CURVE_VALUE_MAX, err);
    if (status == SQ_OK) {
        status = check_range("high", spec->high, spec->low, SQ_CURVE_VALUE_MAX, err);
    }
    if (status == SQ_OK && spec->kind == SQ_WAVE_SQUARE && spec->duty_q32 > DUTY_MAX_Q32) {
        return sq_error_set(err, SQ_INVALID, "duty out of range, allowed: 0 to 1");
    }
    return status;
}

static enum sq_status check_spec(const struct sq_wave_spec *spec, struct sq_error *err)
{
    enum sq_status status =
        check_range("period", spec->period, SQ_WAVE_PERIOD_MIN, SQ_CURVE_OFFSET_MAX, err);
    if (status != SQ_OK) {
        return status;
    }
    return spec->kind == SQ_WAVE_SINE ? check_sine(spec, err) : check_between(spec, err);
}

/* sin(x pi / 2) for x in [0, 1]. Taylor's series; the first term left out, (pi / 2)^21 / 21!, is
 * below 2^-51. */
static int64_t sine_of_quarter_q60(uint64_t x_q62)
{
    int64_t angle_q60 = (int64_t)(((sq_uint128)x_q62 * (uint64_t)Q60_HALF_PI) >> 62);
    int64_t square_q60 = (int64_t)(((sq_int128)angle_q60 * angle_q60) >> 60);
    int64_t sum_q60 = Q60_ONE;
    for (int n = 19; n >= 3; n -= 2) {
        int64_t term_q60 = (int64_t)(((sq_int128)sum_q60 * square_q60) >> 60);
        sum_q60 = Q60_ONE - term_q60 / (n * (n - 1));
    }
    int64_t sine_q60 = (int64_t)(((sq_int128)sum_q60 * angle_q60) >> 60);
    return sine_q60 > Q60_ONE ? Q60_ONE : sine_q60;
}

/* amplitude * sin(2 pi turn), rounded to nearest, the same size on both sides of 0. */
static int64_t swing(int64_t amplitude, uint64_t turn_q64)
{
    bool falls = (turn_q64 >> 62 & 1) != 0;
    bool below = turn_q64 >> 63 != 0;
    uint64_t x_q62 = turn_q64 & (Q62_ONE - 1);
    int64_t sine_q60 = sine_of_quarter_q60(falls ? Q62_ONE - x_q62 : x_q62);
    int64_t size = (int64_t)(((sq_int128)amplitude * sine_q60 + Q60_ONE / 2) >> 60);
    return below ? -size : size;
}

static void fill_sine(const struct sq_wave_spec *spec, struct sq_piece *pieces)
{
    uint64_t phase_q64 =
        (uint64_t)(((sq_uint128)(uint64_t)spec->phase << 64) / (uint64_t)spec->period);
    uint64_t step_q64 = UINT64_MAX / SQ_WAVE_SINE_PIECES + 1;
    int64_t first = spec->mean + swing(spec->amplitude, phase_q64);
    int64_t value = first;
    sq_dur start = 0;
    for (uint32_t i = 0; i < SQ_WAVE_SINE_PIECES; i++) {
        sq_dur end = (sq_dur)((sq_uint128)(uint64_t)spec->period * (i + 1) / SQ_WAVE_SINE_PIECES);
        uint64_t turn_q64 = phase_q64 + (i + 1) * step_q64;
        int64_t next = spec->mean + swing(spec->amplitude, turn_q64);
        next = i + 1 == SQ_WAVE_SINE_PIECES ? first : next;
        pieces[i] = (struct sq_piece){
            .value = value, .rise = next - value, .start = start, .length = end - start};
        value = next;
        start = end;
    }
}

static uint32_t fill_square(const struct sq_wave_spec *spec, struct sq_piece *pieces)
{
    sq_uint128 product = (sq_uint128)(uint64_t)spec->period * spec->duty_q32;
    sq_dur fall = (sq_dur)((product + ((uint64_t)1 << 31)) >> 32);
    uint32_t n = 0;
    if (fall > 0) {
        pieces[n++] = (struct sq_piece){.value = spec->high, .length = fall};
    }
    if (fall < spec->period) {
        pieces[n++] =
            (struct sq_piece){.value = spec->low, .start = fall, .length = spec->period - fall};
    }
    return n;
}

static uint32_t fill_pieces(const struct sq_wave_spec *spec, struct sq_piece *pieces)
{
    switch (spec->kind) {
    case SQ_WAVE_SINE:
        fill_sine(spec, pieces);
        return SQ_WAVE_SINE_PIECES;
    case SQ_WAVE_SQUARE:
        return fill_square(spec, pieces);
    case SQ_WAVE_SAWTOOTH:
        pieces[0] = (struct sq_piece){
            .value = spec->low, .rise = spec->high - spec->low, .length = spec->period};
        return 1;
    }
    sq_assert(false && "a wave of no kind");
    return 0;
}

enum sq_status sq_wave_compile(const struct sq_wave_spec *spec, struct sq_arena *arena,
                               struct sq_wave *wave, struct sq_error *err)
{
    enum sq_status status = check_spec(spec, err);
    if (status != SQ_OK) {
        return status;
    }
    size_t n_most = spec->kind == SQ_WAVE_SINE ? SQ_WAVE_SINE_PIECES : 2;
    struct sq_piece *pieces = sq_arena_new(arena, n_most, sizeof(*pieces));
    sq_uint128 *twice_before = sq_arena_new(arena, n_most + 1, sizeof(*twice_before));
    if (pieces == NULL || twice_before == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for a wave");
    }
    uint32_t n_pieces = fill_pieces(spec, pieces);
    for (uint32_t i = 0; i < n_pieces; i++) {
        twice_before[i + 1] = twice_before[i] + sq_piece_twice_whole_area(&pieces[i]);
    }
    *wave = (struct sq_wave){.period = spec->period,
                             .n_pieces = n_pieces,
                             .pieces = pieces,
                             .twice_before = twice_before};
    return SQ_OK;
}

/* The piece that time t of a period falls into. */
static uint32_t piece_at(const struct sq_wave *wave, sq_dur t)
{
    uint32_t low = 0;
    uint32_t high = wave->n_pieces - 1;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (wave->pieces[middle].start <= t) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

int64_t sq_wave_value(const struct sq_wave *wave, sq_dur offset)
{
    sq_dur t = offset < 0 ? 0 : offset % wave->period;
    const struct sq_piece *piece = &wave->pieces[piece_at(wave, t)];
    return sq_piece_value(piece, t - piece->start);
}

sq_uint128 sq_wave_area(const struct sq_wave *wave, sq_dur offset)
{
    sq_assert(offset >= 0);
    sq_assert(offset <= SQ_CURVE_OFFSET_MAX);
    sq_dur t = offset % wave->period;
    uint32_t index = piece_at(wave, t);
    const struct sq_piece *piece = &wave->pieces[index];
    sq_uint128 twice = wave->twice_before[wave->n_pieces] * (uint64_t)(offset / wave->period);
    twice += wave->twice_before[index];
    return (twice + sq_piece_twice_area(piece, t - piece->start)) / 2;
}

/* The first piece at whose end twice the area has reached `twice`. */
static uint32_t piece_that_reaches(const struct sq_wave *wave, sq_uint128 twice)
{
    uint32_t low = 0;
    uint32_t high = wave->n_pieces - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wave->twice_before[middle + 1] >= twice) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

sq_dur sq_wave_reaches(const struct sq_wave *wave, sq_uint128 area)
{
    sq_uint128 twice_whole = wave->twice_before[wave->n_pieces];
    if (area == 0) {
        return 0;
    }
    if (twice_whole == 0 || area >> AREA_BITS != 0) {
        return SQ_NEVER;
    }
    sq_uint128 periods = (2 * area - 1) / twice_whole;
    sq_uint128 rest = 2 * area - periods * twice_whole;
    uint32_t index = piece_that_reaches(wave, rest);
    const struct sq_piece *piece = &wave->pieces[index];
    sq_dur t = piece->start + sq_piece_reaches(piece, rest - wave->twice_before[index]);
    if (periods > (uint64_t)(INT64_MAX - t) / (uint64_t)wave->period) {
        return SQ_NEVER;
    }
    return (sq_dur)((uint64_t)periods * (uint64_t)wave->period) + t;
}
