/* SPDX-License-Identifier: MIT */
/* Reading curves: points by the reader, waves along the tables here, one set of tables a unit. */
#include "scenarios/curves_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/wave.h"
#include "scenarios/values_int.h"

struct wave_draft {
    bool given;
    int64_t mean;
    int64_t amplitude;
    int64_t low;
    int64_t high;
    sq_dur period;
    sq_dur phase;
    uint64_t duty_q32;
};

struct waves_draft {
    struct wave_draft sine;
    struct wave_draft square;
    struct wave_draft sawtooth;
};

static bool read_wave(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct wave_draft *wave = into;
    sq_assert(size == sizeof(*wave));
    wave->given = true;
    wave->duty_q32 = UINT64_C(1) << 31;
    return sq_read_object(reader, shape->object, node, wave);
}

const struct sq_shape sq_shape_rate = {
    .kind = SQ_SHAPE_DECIMAL, .name = "calls per second", .min = 0, .max = SQ_RATE_MAX};

#define PERIOD                                                                                     \
    {                                                                                              \
        "period", &sq_shape_positive_span, SQ_PLACE(struct wave_draft, period),                    \
            .sentence = "how long until it repeats, from 1us on", .example = "\"24h\"",            \
            .flags = SQ_FIELD_REQUIRED                                                             \
    }
#define LOW_AND_HIGH(value)                                                                        \
    {"low", &(value), SQ_PLACE(struct wave_draft, low), .sentence = "the lowest value",            \
     .flags = SQ_FIELD_REQUIRED},                                                                  \
    {                                                                                              \
        "high", &(value), SQ_PLACE(struct wave_draft, high), .sentence = "the highest value",      \
                                                             .flags = SQ_FIELD_REQUIRED            \
    }

#define WAVE_OBJECT(unit, wave, words)                                                             \
    static const struct sq_object unit##_##wave = {                                                \
        .name = #unit "_" #wave, .sentence = words, .fields = unit##_##wave##_fields};             \
    static const struct sq_shape unit##_##wave##_shape = {.kind = SQ_SHAPE_OBJECT,                 \
                                                          .name = "an object",                     \
                                                          .object = &unit##_##wave,                \
                                                          .read = read_wave};

#define WAVE_TABLES(unit, value)                                                                   \
    static const struct sq_field unit##_sine_fields[] = {                                          \
        {"mean", &(value), SQ_PLACE(struct wave_draft, mean),                                      \
         .sentence = "the value it swings around", .flags = SQ_FIELD_REQUIRED},                    \
        {"amplitude", &(value), SQ_PLACE(struct wave_draft, amplitude),                            \
         .sentence = "how far it swings, up and down; at most the mean",                           \
         .flags = SQ_FIELD_REQUIRED},                                                              \
        PERIOD,                                                                                    \
        {"phase", &sq_shape_span, SQ_PLACE(struct wave_draft, phase),                              \
         .sentence = "how far into its period it begins; it begins at the mean and rises",         \
         .standard = "0s"},                                                                        \
        {.key = NULL}};                                                                            \
    static const struct sq_field unit##_square_fields[] = {                                        \
        LOW_AND_HIGH(value),                                                                       \
        PERIOD,                                                                                    \
        {"duty", &sq_shape_ratio, SQ_PLACE(struct wave_draft, duty_q32),                           \
         .sentence = "share of each period that is high; it comes first", .standard = "0.5"},      \
        {.key = NULL}};                                                                            \
    static const struct sq_field unit##_sawtooth_fields[] = {                                      \
        LOW_AND_HIGH(value), PERIOD, {.key = NULL}};                                               \
    WAVE_OBJECT(unit, sine, "a sine wave")                                                         \
    WAVE_OBJECT(unit, square, "high for a while, then low")                                        \
    WAVE_OBJECT(unit, sawtooth, "rises from low to high and falls at once")                        \
    static const struct sq_field unit##_wave_fields[] = {                                          \
        {"sine", &unit##_sine_shape, SQ_PLACE(struct waves_draft, sine),                           \
         .sentence = "swings evenly, such as a day of traffic", .flags = SQ_FIELD_ONE_OF},         \
        {"square", &unit##_square_shape, SQ_PLACE(struct waves_draft, square),                     \
         .sentence = "switches between two values", .flags = SQ_FIELD_ONE_OF},                     \
        {"sawtooth", &unit##_sawtooth_shape, SQ_PLACE(struct waves_draft, sawtooth),               \
         .sentence = "rises, then falls at once", .flags = SQ_FIELD_ONE_OF},                       \
        {.key = NULL}};                                                                            \
    static const struct sq_object unit##_wave = {.name = #unit "_wave",                            \
                                                 .sentence = "a wave that repeats for ever",       \
                                                 .fields = unit##_wave_fields,                     \
                                                 .one_needed = true};

/* clang-format off */
WAVE_TABLES(rate, sq_shape_rate)
WAVE_TABLES(ratio, sq_shape_ratio)
/* clang-format on */

static struct sq_wave_spec spec_of(const struct waves_draft *draft)
{
    const struct wave_draft *wave = draft->sine.given     ? &draft->sine
                                    : draft->square.given ? &draft->square
                                                          : &draft->sawtooth;
    return (struct sq_wave_spec){.kind = wave == &draft->sine     ? SQ_WAVE_SINE
                                         : wave == &draft->square ? SQ_WAVE_SQUARE
                                                                  : SQ_WAVE_SAWTOOTH,
                                 .mean = wave->mean,
                                 .amplitude = wave->amplitude,
                                 .low = wave->low,
                                 .high = wave->high,
                                 .period = wave->period,
                                 .phase = wave->phase,
                                 .duty_q32 = wave->duty_q32};
}

/* In the words of the file; what sq_wave_compile would refuse, in its order. */
static const char *problem_of(const struct sq_wave_spec *spec, int64_t most)
{
    if (spec->period < SQ_WAVE_PERIOD_MIN) {
        return "`period` must be at least 1us";
    }
    if (spec->kind == SQ_WAVE_SINE && spec->amplitude > spec->mean) {
        return "`amplitude` is above `mean`: the value would fall below 0";
    }
    if (spec->kind == SQ_WAVE_SINE && spec->mean + spec->amplitude > most) {
        return "`mean` and `amplitude` together are above the highest value that is allowed";
    }
    if (spec->kind == SQ_WAVE_SINE && spec->phase > spec->period) {
        return "`phase` is longer than `period`";
    }
    return spec->low > spec->high ? "`low` is above `high`" : NULL;
}

static bool read_waves(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, struct sq_curve_draft *draft)
{
    struct waves_draft waves = {0};
    struct sq_error err = {0};
    if (!sq_read_object(reader, shape->object, node, &waves)) {
        return false;
    }
    struct sq_wave_spec spec = spec_of(&waves);
    const char *problem = problem_of(&spec, shape->item->max);
    if (problem != NULL) {
        return sq_complain(reader, &(struct sq_complaint){SQ_CODE_CURVE, node, false, NULL, NULL},
                           "`%s` is not a usable curve: %s", sq_path_of(reader, node), problem);
    }
    struct sq_wave *wave = sq_arena_new(reader->arena, 1, sizeof(*wave));
    enum sq_status status =
        wave == NULL ? SQ_NO_MEMORY : sq_wave_compile(&spec, reader->arena, wave, &err);
    sq_assert(status != SQ_INVALID);
    reader->no_memory |= status == SQ_NO_MEMORY;
    *draft = (struct sq_curve_draft){.node = node, .wave = wave};
    return status == SQ_OK;
}

static bool read_curve(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_curve_draft *draft = into;
    sq_assert(size == sizeof(*draft));
    return sq_json_kind(node) == SQ_JSON_OBJECT ? read_waves(reader, shape, node, draft)
                                                : sq_read_points(reader, shape, node, draft);
}

const struct sq_shape sq_shape_rate_curve = {.kind = SQ_SHAPE_CURVE,
                                             .name = "a curve of calls per second",
                                             .item = &sq_shape_rate,
                                             .object = &rate_wave,
                                             .read = read_curve};
const struct sq_shape sq_shape_ratio_curve = {.kind = SQ_SHAPE_CURVE,
                                              .name = "a curve of ratios",
                                              .item = &sq_shape_ratio,
                                              .object = &ratio_wave,
                                              .read = read_curve};

bool sq_curve_keep(struct sq_reader *reader, const struct sq_curve_draft *draft,
                   struct sq_curve *curve)
{
    size_t n = draft->points.n_items;
    if (draft->wave != NULL) {
        *curve = (struct sq_curve){.wave = draft->wave};
        return true;
    }
    struct sq_curve_point *points = sq_arena_new(reader->arena, n, sizeof(*points));
    reader->no_memory |= points == NULL;
    if (points == NULL) {
        return false;
    }
    memcpy(points, draft->points.items, n * sizeof(*points));
    *curve = (struct sq_curve){.points = points, .n_points = (uint32_t)n};
    return true;
}

bool sq_curve_line(struct sq_reader *reader, int64_t from, int64_t to, sq_dur duration,
                   struct sq_curve *curve)
{
    struct sq_curve_point points[2] = {{0, from}, {duration, to}};
    struct sq_curve_draft draft = {.points = {points, from == to ? 1 : 2}};
    return sq_curve_keep(reader, &draft, curve);
}
