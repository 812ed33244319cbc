/* SPDX-License-Identifier: MIT */
/*
 * The tables of distributions, one set a unit, and reading along them. What becomes of a draft is
 * in law_specs.c.
 */
#include "scenarios/laws_int.h"

#include "base/assert.h"
#include "scenarios/law_draft_int.h"
#include "scenarios/values_int.h"

static const struct sq_shape token_count = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of tokens", .min = 1, .max = SQ_TOKENS_MAX};
static const struct sq_shape token_rate = {.kind = SQ_SHAPE_DECIMAL,
                                           .name = "tokens per second",
                                           .min = 1000,
                                           .max = INT64_C(1000000000000)};
static const struct sq_shape sigma = {
    .kind = SQ_SHAPE_FACTOR, .name = "a number from 0 to 8", .min = 0, .max = INT64_C(8) << 32};
static const struct sq_shape alpha = {
    .kind = SQ_SHAPE_FACTOR, .name = "a number from 0.5 to 64", .min = 1, .max = INT64_C(64) << 32};
const struct sq_shape sq_shape_cv = {.kind = SQ_SHAPE_FACTOR,
                                     .name = "a number from 0.05 to 10",
                                     .min = 1,
                                     .max = INT64_C(10) << 32};
static const struct sq_shape weight = {
    .kind = SQ_SHAPE_DECIMAL, .name = "a weight", .min = 1, .max = INT64_C(4294000000)};

/* ---- empirical ---- */

/* Values are the power of ten of a nanosecond, and one. */
static const struct sq_word unit_words[] = {{"ns", 1, .sentence = "nanoseconds"},
                                            {"us", 4, .sentence = "microseconds"},
                                            {"ms", 7, .sentence = "milliseconds"},
                                            {"s", 10, .sentence = "seconds"},
                                            {.word = NULL}};
static const struct sq_shape unit_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a unit", .words = unit_words};

#define FILE_FIELDS                                                                                \
    {"file",                                                                                       \
     &sq_shape_text,                                                                               \
     SQ_PLACE(struct sq_empirical_draft, file),                                                    \
     .sentence = "a file of comma-separated values, relative to this one",                         \
     .example = "\"observed.csv\"",                                                                \
     .flags = SQ_FIELD_REQUIRED},                                                                  \
    {                                                                                              \
        "column", &sq_shape_text, SQ_PLACE(struct sq_empirical_draft, column),                     \
            .sentence = "name of the column; empty cells are left out", .example = "\"ttft_ms\"",  \
            .flags = SQ_FIELD_REQUIRED                                                             \
    }

static const struct sq_field token_empirical_fields[] = {FILE_FIELDS, {.key = NULL}};
static const struct sq_field duration_empirical_fields[] = {
    FILE_FIELDS,
    {"unit", &unit_shape, SQ_PLACE(struct sq_empirical_draft, unit),
     .sentence = "what the numbers count", .standard = "the ending of the column's name, as _ms"},
    {.key = NULL}};

static bool read_empirical(struct sq_reader *reader, const struct sq_shape *shape,
                           const struct sq_json *node, void *into, size_t size)
{
    struct sq_empirical_draft *draft = into;
    sq_assert(size == sizeof(*draft));
    if (!sq_read_object(reader, shape->object, node, draft)) {
        return false;
    }
    draft->node = node;
    return true;
}

#define EMPIRICAL_TABLES(unit)                                                                     \
    static const struct sq_object unit##_empirical = {.name = #unit "_empirical",                  \
                                                      .sentence = "values as observed",            \
                                                      .fields = unit##_empirical_fields};          \
    static const struct sq_shape unit##_empirical_shape = {.kind = SQ_SHAPE_OBJECT,                \
                                                           .name = "an object",                    \
                                                           .object = &unit##_empirical,            \
                                                           .read = read_empirical};

/* ---- the tables of one unit: the same laws with other values in them ---- */

#define LAW_OBJECT(unit, law, words)                                                               \
    static const struct sq_object unit##_##law = {                                                 \
        .name = #unit "_" #law, .sentence = words, .fields = unit##_##law##_fields};               \
    static const struct sq_shape unit##_##law##_shape = {                                          \
        .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &unit##_##law};

#define LOGNORMAL_TABLES(unit, value)                                                              \
    static const struct sq_field unit##_lognormal_fields[] = {                                     \
        {"median", &(value), SQ_PLACE(struct sq_lognormal_draft, median),                          \
         .sentence = "half of the values are below it", .flags = SQ_FIELD_ONE_OF},                 \
        {"p50", &(value), SQ_PLACE(struct sq_lognormal_draft, p50),                                \
         .sentence = "the same as median", .flags = SQ_FIELD_ONE_OF},                              \
        {"sigma", &sigma, SQ_PLACE(struct sq_lognormal_draft, sigma_q32),                          \
         .sentence = "standard deviation of the logarithm; or give p99"},                          \
        {"p99", &(value), SQ_PLACE(struct sq_lognormal_draft, p99),                                \
         .sentence = "99 of 100 values are below it; or give sigma"},                              \
        {.key = NULL}};                                                                            \
    static const struct sq_object unit##_lognormal = {                                             \
        .name = #unit "_lognormal",                                                                \
        .sentence = "a lognormal law: median (or p50) and sigma (or p99)",                         \
        .fields = unit##_lognormal_fields,                                                         \
        .one_needed = true};                                                                       \
    static const struct sq_shape unit##_lognormal_shape = {                                        \
        .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &unit##_lognormal};

#define MEAN(value, draft, words)                                                                  \
    {                                                                                              \
        "mean", &(value), SQ_PLACE(struct draft, mean), .sentence = words,                         \
                                                        .flags = SQ_FIELD_REQUIRED                 \
    }

#define OTHER_TABLES(unit, value)                                                                  \
    static const struct sq_shape unit##_pair = {.kind = SQ_SHAPE_LIST,                             \
                                                .name = "a list of two values",                    \
                                                .min = 2,                                          \
                                                .max = 2,                                          \
                                                .item = &(value),                                  \
                                                .item_bytes = sizeof(int64_t)};                    \
    static const struct sq_field unit##_exponential_fields[] = {                                   \
        MEAN(value, sq_exponential_draft, "the mean of the values"), {.key = NULL}};               \
    static const struct sq_field unit##_normal_fields[] = {                                        \
        MEAN(value, sq_normal_draft, "the mean, before values are brought within min and max"),    \
        {"stddev", &(value), SQ_PLACE(struct sq_normal_draft, stddev),                             \
         .sentence = "the standard deviation", .flags = SQ_FIELD_REQUIRED},                        \
        {.key = NULL}};                                                                            \
    static const struct sq_field unit##_gamma_fields[] = {                                         \
        MEAN(value, sq_gamma_draft, "the mean of the values"),                                     \
        {"cv", &sq_shape_cv, SQ_PLACE(struct sq_gamma_draft, cv_q32),                              \
         .sentence = "coefficient of variation: standard deviation / mean; 1 is exponential",      \
         .flags = SQ_FIELD_REQUIRED},                                                              \
        {.key = NULL}};                                                                            \
    static const struct sq_field unit##_pareto_fields[] = {                                        \
        {"min", &(value), SQ_PLACE(struct sq_pareto_draft, min), .sentence = "the smallest value", \
         .flags = SQ_FIELD_REQUIRED},                                                              \
        {"alpha", &alpha, SQ_PLACE(struct sq_pareto_draft, alpha_q32),                             \
         .sentence = "how fast the tail falls; 1.16 is the rule of 80 to 20",                      \
         .flags = SQ_FIELD_REQUIRED},                                                              \
        {.key = NULL}};                                                                            \
    LAW_OBJECT(unit, exponential, "an exponential law")                                            \
    LAW_OBJECT(unit, normal, "a normal law")                                                       \
    LAW_OBJECT(unit, gamma, "a gamma law")                                                         \
    LAW_OBJECT(unit, pareto, "a Pareto law")

#define BOUNDS(value)                                                                              \
    {"min", &(value), SQ_PLACE(struct sq_law_draft, min),                                          \
     .sentence = "lower values become this one"},                                                  \
    {                                                                                              \
        "max", &(value), SQ_PLACE(struct sq_law_draft, max),                                       \
            .sentence = "higher values become this one"                                            \
    }

#define LAW_ROW(unit, law, words)                                                                  \
    {                                                                                              \
#law, &unit##_##law##_shape, SQ_PLACE(struct sq_law_draft, law), .sentence = words,        \
                                                                         .flags = SQ_FIELD_ONE_OF  \
    }

#define LAW_ROWS(unit, value)                                                                      \
    {"uniform", &unit##_pair, SQ_PLACE(struct sq_law_draft, uniform),                              \
     .sentence = "evenly from the first value up to, not including, the second",                   \
     .flags = SQ_FIELD_ONE_OF},                                                                    \
        LAW_ROW(unit, exponential, "exponential with this mean"),                                  \
        LAW_ROW(unit, lognormal, "lognormal"),                                                     \
        LAW_ROW(unit, normal, "normal; what is below min (else 0, of tokens 1) becomes it"),       \
        LAW_ROW(unit, gamma, "gamma with this mean and variation"),                                \
        LAW_ROW(unit, pareto, "Pareto: few values hold much of the sum"),                          \
        LAW_ROW(unit, empirical, "as observed in a file, linear between the values"),              \
        BOUNDS(value)

static bool read_part(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_law_draft *part = into;
    sq_assert(size == sizeof(*part));
    *part = sq_law_draft_none();
    part->node = node;
    return sq_read_object(reader, shape->object, node, part);
}

#define MIXTURE_TABLES(unit, value)                                                                \
    static const struct sq_field unit##_part_fields[] = {                                          \
        {"weight", &weight, SQ_PLACE(struct sq_law_draft, weight),                                 \
         .sentence = "its share is its weight out of all", .standard = "1"},                       \
        {"value", &(value), SQ_PLACE(struct sq_law_draft, always), .sentence = "always this one",  \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        LAW_ROWS(unit, value),                                                                     \
        {.key = NULL}};                                                                            \
    static const struct sq_object unit##_part = {.name = #unit "_part",                            \
                                                 .sentence = "a part of a mixture",                \
                                                 .fields = unit##_part_fields,                     \
                                                 .foreign = law_foreign,                           \
                                                 .one_needed = true};                              \
    static const struct sq_shape unit##_part_shape = {                                             \
        .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &unit##_part, .read = read_part};  \
    static const struct sq_shape unit##_mixture_shape = {.kind = SQ_SHAPE_LIST,                    \
                                                         .name = "a list of parts",                \
                                                         .min = 1,                                 \
                                                         .max = SQ_DIST_PARTS_MAX,                 \
                                                         .item = &unit##_part_shape,               \
                                                         .item_bytes =                             \
                                                             sizeof(struct sq_law_draft)};         \
    static const struct sq_field unit##_law_fields[] = {                                           \
        LAW_ROWS(unit, value),                                                                     \
        LAW_ROW(unit, mixture, "sometimes from one law, sometimes from another"),                  \
        {.key = NULL}};

static const struct sq_foreign law_foreign[] = {
    {"constant", NULL, SQ_FOREIGN_SAY, "a fixed value is written plainly, without an object"},
    {"fixed", NULL, SQ_FOREIGN_SAY, "a fixed value is written plainly, without an object"},
    {"log_normal", "lognormal", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};

/* clang-format off */
EMPIRICAL_TABLES(duration)
EMPIRICAL_TABLES(token)
LOGNORMAL_TABLES(duration, sq_shape_span)
LOGNORMAL_TABLES(token, token_count)
LOGNORMAL_TABLES(pace, token_rate)
OTHER_TABLES(duration, sq_shape_span)
OTHER_TABLES(token, token_count)
MIXTURE_TABLES(duration, sq_shape_span)
MIXTURE_TABLES(token, token_count)
/* clang-format on */

#define NO_PACE(law)                                                                               \
    {                                                                                              \
        law, &sq_shape_later, .flags = SQ_FIELD_ONE_OF, .sentence = "take a number or a lognormal" \
    }
static const struct sq_field pace_law_fields[] = {LAW_ROW(pace, lognormal, "lognormal"),
                                                  NO_PACE("uniform"),
                                                  NO_PACE("exponential"),
                                                  NO_PACE("normal"),
                                                  NO_PACE("gamma"),
                                                  NO_PACE("pareto"),
                                                  NO_PACE("mixture"),
                                                  NO_PACE("empirical"),
                                                  BOUNDS(token_rate),
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

static enum sq_law_unit unit_of(const struct sq_shape *shape)
{
    return shape->object == &pace_law    ? SQ_LAW_PACE
           : shape->object == &token_law ? SQ_LAW_TOKENS
                                         : SQ_LAW_SPAN;
}

static bool read_law_object(struct sq_reader *reader, const struct sq_shape *shape,
                            const struct sq_json *node, struct sq_law *law)
{
    struct sq_law_draft draft = sq_law_draft_none();
    draft.node = node;
    return sq_read_object(reader, shape->object, node, &draft) &&
           sq_law_make(reader, &draft, unit_of(shape), law);
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
        value = (SQ_LAW_PACE_ONE + value / 2) / value;
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
