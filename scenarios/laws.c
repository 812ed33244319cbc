/* SPDX-License-Identifier: MIT */
/*
 * Reading distributions. A pace is written as tokens per second and kept as nanoseconds per token:
 * of laws only those whose inverse is of the same kind can be taken (a lognormal's is).
 */
#include "scenarios/laws_int.h"

#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/values_int.h"

#define ABSENT INT64_MIN

/* 10^9 ns/s x 10^6 millionths: divided by millionths of tokens per second, ns per token. */
#define PACE_ONE INT64_C(1000000000000000)

struct lognormal_draft {
    int64_t median;
    int64_t p50;
    int64_t p99;
    int64_t sigma_q32;
};

struct exponential_draft {
    int64_t mean;
};

struct law_draft {
    struct sq_list uniform; /* two int64_t, or none */
    struct exponential_draft exponential;
    struct lognormal_draft lognormal;
    int64_t min;
    int64_t max;
};

static const struct sq_shape token_count = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of tokens", .min = 1, .max = SQ_TOKENS_MAX};
static const struct sq_shape token_rate = {.kind = SQ_SHAPE_DECIMAL,
                                           .name = "tokens per second",
                                           .min = 1000,
                                           .max = INT64_C(1000000000000)};
static const struct sq_shape sigma = {
    .kind = SQ_SHAPE_FACTOR, .name = "a number from 0 to 8", .min = 0, .max = INT64_C(8) << 32};

/* The tables of one unit: the same laws with other values in them. */
#define LOGNORMAL_TABLES(unit, value)                                                              \
    static const struct sq_field unit##_lognormal_fields[] = {                                     \
        {"median", &(value), SQ_PLACE(struct lognormal_draft, median),                             \
         .sentence = "half of the values are below it", .flags = SQ_FIELD_ONE_OF},                 \
        {"p50", &(value), SQ_PLACE(struct lognormal_draft, p50), .sentence = "the same as median", \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"sigma", &sigma, SQ_PLACE(struct lognormal_draft, sigma_q32),                             \
         .sentence = "standard deviation of the logarithm; or give p99"},                          \
        {"p99", &(value), SQ_PLACE(struct lognormal_draft, p99),                                   \
         .sentence = "99 of 100 values are below it; or give sigma"},                              \
        {.key = NULL}};                                                                            \
    static const struct sq_object unit##_lognormal = {                                             \
        .name = #unit "_lognormal",                                                                \
        .sentence = "a lognormal law: median (or p50) and sigma (or p99)",                         \
        .fields = unit##_lognormal_fields,                                                         \
        .one_needed = true};                                                                       \
    static const struct sq_shape unit##_lognormal_shape = {                                        \
        .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &unit##_lognormal};

#define EXPONENTIAL_TABLES(unit, value)                                                            \
    static const struct sq_shape unit##_pair = {.kind = SQ_SHAPE_LIST,                             \
                                                .name = "a list of two values",                    \
                                                .min = 2,                                          \
                                                .max = 2,                                          \
                                                .item = &(value),                                  \
                                                .item_bytes = sizeof(int64_t)};                    \
    static const struct sq_field unit##_exponential_fields[] = {                                   \
        {"mean", &(value), SQ_PLACE(struct exponential_draft, mean),                               \
         .sentence = "the mean of the values", .flags = SQ_FIELD_REQUIRED},                        \
        {.key = NULL}};                                                                            \
    static const struct sq_object unit##_exponential = {.name = #unit "_exponential",              \
                                                        .sentence = "an exponential law",          \
                                                        .fields = unit##_exponential_fields};      \
    static const struct sq_shape unit##_exponential_shape = {                                      \
        .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &unit##_exponential};

#define LATER_LAWS                                                                                 \
    {"normal", &sq_shape_later, .flags = SQ_FIELD_ONE_OF},                                         \
        {"gamma", &sq_shape_later, .flags = SQ_FIELD_ONE_OF},                                      \
        {"pareto", &sq_shape_later, .flags = SQ_FIELD_ONE_OF},                                     \
        {"mixture", &sq_shape_later, .flags = SQ_FIELD_ONE_OF},                                    \
        {"empirical", &sq_shape_later, .flags = SQ_FIELD_ONE_OF},

#define BOUNDS(value)                                                                              \
    {"min", &(value), SQ_PLACE(struct law_draft, min),                                             \
     .sentence = "lower values become this one"},                                                  \
        {"max", &(value), SQ_PLACE(struct law_draft, max),                                         \
         .sentence = "higher values become this one"},

#define LAW_FIELDS(unit, value)                                                                    \
    {"uniform", &unit##_pair, SQ_PLACE(struct law_draft, uniform),                                 \
     .sentence = "evenly from the first value up to, not including, the second",                   \
     .flags = SQ_FIELD_ONE_OF},                                                                    \
        {"exponential", &unit##_exponential_shape, SQ_PLACE(struct law_draft, exponential),        \
         .sentence = "exponential with this mean", .flags = SQ_FIELD_ONE_OF},                      \
        {"lognormal", &unit##_lognormal_shape, SQ_PLACE(struct law_draft, lognormal),              \
         .sentence = "lognormal", .flags = SQ_FIELD_ONE_OF},                                       \
        BOUNDS(value) LATER_LAWS                                                                   \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* clang-format off */
LOGNORMAL_TABLES(duration, sq_shape_span)
LOGNORMAL_TABLES(token, token_count)
LOGNORMAL_TABLES(pace, token_rate)
EXPONENTIAL_TABLES(duration, sq_shape_span)
EXPONENTIAL_TABLES(token, token_count)
/* clang-format on */

static const struct sq_field duration_law_fields[] = {LAW_FIELDS(duration, sq_shape_span)};
static const struct sq_field token_law_fields[] = {LAW_FIELDS(token, token_count)};
static const struct sq_field pace_law_fields[] = {
    {"lognormal", &pace_lognormal_shape, SQ_PLACE(struct law_draft, lognormal),
     .sentence = "lognormal", .flags = SQ_FIELD_ONE_OF},
    {"uniform", &sq_shape_later, .flags = SQ_FIELD_ONE_OF,
     .sentence = "take a number or a lognormal"},
    {"exponential", &sq_shape_later, .flags = SQ_FIELD_ONE_OF,
     .sentence = "take a number or a lognormal"},
    BOUNDS(token_rate) LATER_LAWS{.key = NULL}};

static const struct sq_foreign law_foreign[] = {
    {"constant", NULL, SQ_FOREIGN_SAY, "a fixed value is written plainly, without an object"},
    {"fixed", NULL, SQ_FOREIGN_SAY, "a fixed value is written plainly, without an object"},
    {"log_normal", "lognormal", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};

static const struct sq_object duration_law = {.name = "duration_law",
                                              .sentence = "a distribution of durations",
                                              .fields = duration_law_fields,
                                              .foreign = law_foreign,
                                              .one_needed = true};
static const struct sq_object token_law = {.name = "token_law",
                                           .sentence = "a distribution of numbers of tokens",
                                           .fields = token_law_fields,
                                           .foreign = law_foreign,
                                           .one_needed = true};
static const struct sq_object pace_law = {.name = "pace_law",
                                          .sentence = "a distribution of tokens per second",
                                          .fields = pace_law_fields,
                                          .foreign = law_foreign,
                                          .one_needed = true};

static bool complain_law(struct sq_reader *reader, const struct sq_json *node, const char *why)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_LAW, node, false, NULL, NULL},
                       "`%s` is not a usable distribution: %s", sq_path_of(reader, node), why);
}

/* What a law's draft says, before the unit is brought in. p99 of the lognormal is ABSENT when sigma
 * was given. */
static const char *lognormal_problem(const struct lognormal_draft *draft)
{
    if ((draft->sigma_q32 == ABSENT) == (draft->p99 == ABSENT)) {
        return "lognormal takes `sigma` or `p99`, one of them";
    }
    if (draft->p99 != ABSENT && draft->p99 < (draft->p50 == ABSENT ? draft->median : draft->p50)) {
        return "`p99` is below the median";
    }
    return NULL;
}

static const char *fill_spec(const struct law_draft *draft, struct sq_dist_spec *spec)
{
    const struct lognormal_draft *lognormal = &draft->lognormal;
    if (draft->uniform.n_items == 2) {
        const int64_t *bound = draft->uniform.items;
        spec->kind = SQ_DIST_UNIFORM;
        spec->a = bound[0];
        spec->b = bound[1];
        return bound[0] < bound[1] ? NULL : "the second value of `uniform` must be the greater one";
    }
    if (draft->exponential.mean != ABSENT) {
        spec->kind = SQ_DIST_EXPONENTIAL;
        spec->a = draft->exponential.mean;
        return spec->a > 0 ? NULL : "the mean must be above 0";
    }
    const char *problem = lognormal_problem(lognormal);
    if (problem != NULL) {
        return problem;
    }
    spec->kind = SQ_DIST_LOGNORMAL;
    spec->a = lognormal->p50 == ABSENT ? lognormal->median : lognormal->p50;
    spec->b = lognormal->p99;
    return spec->a > 0 ? NULL : "the median must be above 0";
}

/* Tokens per second turned into nanoseconds per token: the order of values turns round. */
static void invert(struct sq_dist_spec *spec)
{
    int64_t rate = spec->a;
    int64_t min = spec->min;
    if (spec->kind == SQ_DIST_LOGNORMAL && spec->b != ABSENT) {
        sq_uint128 wide = (sq_uint128)(uint64_t)(PACE_ONE / rate) * (uint64_t)spec->b;
        spec->b = (int64_t)(wide / (uint64_t)rate);
    }
    spec->a = (PACE_ONE + rate / 2) / rate;
    spec->min = spec->max == ABSENT ? ABSENT : PACE_ONE / spec->max;
    spec->max = min == ABSENT ? ABSENT : PACE_ONE / min;
}

static bool compile(struct sq_reader *reader, const struct sq_json *node, struct sq_dist_spec *spec,
                    struct sq_law *law)
{
    struct sq_error err = {0};
    enum sq_status status = sq_dist_compile(spec, reader->arena, &law->dist, &err);
    law->given = status == SQ_OK;
    reader->no_memory |= status == SQ_NO_MEMORY;
    if (status == SQ_INVALID && node != NULL) {
        return complain_law(reader, node, err.text);
    }
    return status == SQ_OK;
}

static bool read_law_object(struct sq_reader *reader, const struct sq_shape *shape,
                            const struct sq_json *node, struct sq_law *law)
{
    struct law_draft draft = {.exponential = {ABSENT},
                              .lognormal = {ABSENT, ABSENT, ABSENT, ABSENT},
                              .min = ABSENT,
                              .max = ABSENT};
    struct sq_dist_spec spec = {0};
    if (!sq_read_object(reader, shape->object, node, &draft)) {
        return false;
    }
    const char *problem = fill_spec(&draft, &spec);
    spec.min = draft.min;
    spec.max = draft.max;
    if (problem == NULL && draft.min != ABSENT && draft.max != ABSENT && draft.min > draft.max) {
        problem = "`min` is above `max`";
    }
    if (problem != NULL) {
        return complain_law(reader, node, problem);
    }
    if (shape->object == &pace_law) {
        invert(&spec);
    }
    if (spec.kind == SQ_DIST_LOGNORMAL && spec.b == ABSENT) {
        spec.b = sq_dist_lognormal_p99(spec.a, (uint64_t)draft.lognormal.sigma_q32);
    }
    spec.min = spec.min != ABSENT ? spec.min : shape->object == &duration_law ? 0 : 1;
    spec.max = spec.max != ABSENT            ? spec.max
               : shape->object == &token_law ? SQ_TOKENS_MAX
                                             : SQ_SPAN_MAX;
    return compile(reader, node, &spec, law);
}

bool sq_law_fixed(struct sq_reader *reader, int64_t value, struct sq_law *law)
{
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_FIXED, .a = value, .min = 0, .max = SQ_DIST_VALUE_MAX};
    return compile(reader, NULL, &spec, law);
}

static bool read_law(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size)
{
    struct sq_law *law = into;
    int64_t value;
    sq_assert(size == sizeof(*law));
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return read_law_object(reader, shape, node, law);
    }
    if (!sq_read_value(reader, shape->item, node, &value, sizeof(value))) {
        return false;
    }
    if (shape->object == &pace_law) {
        value = (PACE_ONE + value / 2) / value;
    }
    return sq_law_fixed(reader, value, law);
}

static const struct sq_shape duration_law_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &duration_law};
static const struct sq_shape token_law_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &token_law};
static const struct sq_shape pace_law_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &pace_law};

static const struct sq_shape *const duration_either[] = {&sq_shape_span, &duration_law_shape, NULL};
static const struct sq_shape *const token_either[] = {&token_count, &token_law_shape, NULL};
static const struct sq_shape *const pace_either[] = {&token_rate, &pace_law_shape, NULL};

const struct sq_shape sq_shape_span_law = {.kind = SQ_SHAPE_EITHER,
                                           .name = "a duration or a distribution of durations",
                                           .object = &duration_law,
                                           .item = &sq_shape_span,
                                           .either = duration_either,
                                           .read = read_law};
const struct sq_shape sq_shape_token_law = {.kind = SQ_SHAPE_EITHER,
                                            .name = "a number of tokens or a distribution of them",
                                            .object = &token_law,
                                            .item = &token_count,
                                            .either = token_either,
                                            .read = read_law};
const struct sq_shape sq_shape_pace_law = {.kind = SQ_SHAPE_EITHER,
                                           .name = "tokens per second or a distribution of them",
                                           .object = &pace_law,
                                           .item = &token_rate,
                                           .either = pace_either,
                                           .read = read_law};
