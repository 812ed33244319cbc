/* SPDX-License-Identifier: MIT */
/* Phases of the workload: how many calls come when. */
#include "base/assert.h"
#include "scenarios/drafts_int.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

static const struct sq_shape *const rate_either[] = {&sq_shape_rate, &sq_shape_rate_curve, NULL};

static bool read_rate(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_rate_draft *rate = into;
    sq_assert(size == sizeof(*rate) && shape->either == rate_either);
    rate->node = node;
    if (sq_json_kind(node) == SQ_JSON_ARRAY || sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_value(reader, &sq_shape_rate_curve, node, &rate->curve, sizeof(rate->curve));
    }
    return sq_read_value(reader, &sq_shape_rate, node, &rate->plain, sizeof(rate->plain));
}

static const struct sq_shape rate_shape = {.kind = SQ_SHAPE_EITHER,
                                           .name = "calls per second, or a curve of them",
                                           .either = rate_either,
                                           .read = read_rate};
static const struct sq_shape count_shape = {.kind = SQ_SHAPE_INTEGER,
                                            .name = "a whole number of calls",
                                            .min = 1,
                                            .max = INT64_C(1000000000)};

static const struct sq_word arrivals_words[] = {
    {"poisson", SQ_ARRIVALS_POISSON, .sentence = "calls come independently of each other"},
    {"constant", SQ_ARRIVALS_CONSTANT, .sentence = "calls come at equal distances"},
    {"gamma", 0, .foreign = "write { \"gamma\": { \"cv\": 1.1 } }"},
    {"uniform", 0, .foreign = "write \"constant\": calls come at equal distances"},
    {"exponential", 0, .foreign = "write \"poisson\": the gaps are exponential"},
    {.word = NULL}};
static const struct sq_shape arrivals_word = {
    .kind = SQ_SHAPE_WORD, .name = "arrivals", .words = arrivals_words};

static const struct sq_field arrivals_gamma_fields[] = {
    {"cv", &sq_shape_cv, SQ_PLACE(struct sq_arrivals_draft, cv_q32),
     .sentence =
         "coefficient of variation of the gaps: 1 is poisson, above it calls come in bursts",
     .example = "1.1", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object arrivals_gamma = {
    .name = "arrivals_gamma", .sentence = "gaps between calls", .fields = arrivals_gamma_fields};
static const struct sq_shape arrivals_gamma_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &arrivals_gamma};
/* The one law there is writes into the same draft. */
static const struct sq_field arrivals_law_fields[] = {
    {"gamma", &arrivals_gamma_shape, 0, sizeof(struct sq_arrivals_draft),
     .sentence = "gaps follow a gamma law", .example = "{ \"cv\": 1.1 }",
     .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object arrivals_law = {
    .name = "arrivals_law", .sentence = "a law of the gaps", .fields = arrivals_law_fields};
static const struct sq_shape arrivals_law_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &arrivals_law};
static const struct sq_shape *const arrivals_either[] = {&arrivals_word, &arrivals_law_shape, NULL};

static bool read_arrivals(struct sq_reader *reader, const struct sq_shape *shape,
                          const struct sq_json *node, void *into, size_t size)
{
    struct sq_arrivals_draft *draft = into;
    sq_assert(size == sizeof(*draft) && shape->either == arrivals_either);
    draft->node = node;
    if (sq_json_kind(node) != SQ_JSON_OBJECT) {
        return sq_read_value(reader, &arrivals_word, node, &draft->kind, sizeof(draft->kind));
    }
    draft->kind = SQ_ARRIVALS_GAMMA;
    return sq_read_object(reader, &arrivals_law, node, draft);
}

static const struct sq_shape arrivals_shape = {.kind = SQ_SHAPE_EITHER,
                                               .name = "poisson, constant or a law of the gaps",
                                               .either = arrivals_either,
                                               .read = read_arrivals};

static const struct sq_field phase_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct sq_phase_draft, name),
     .sentence = "what selectors such as {phase:peak} and reports call it",
     .standard = "phase-1, phase-2, ...", .example = "\"peak\""},
    {"duration", &sq_shape_positive_span, SQ_PLACE(struct sq_phase_draft, duration),
     .sentence = "how long it lasts; the last phase may leave it out and takes the rest of the run",
     .example = "\"30s\""},
    {"arrival_rate", &rate_shape, SQ_PLACE(struct sq_phase_draft, rate),
     .sentence = "calls per second, or a curve [[offset, rate], ...] from the phase's start",
     .example = "5", .flags = SQ_FIELD_ONE_OF},
    {"arrival_count", &count_shape, SQ_PLACE(struct sq_phase_draft, arrival_count),
     .sentence = "calls over the whole phase, instead of a rate", .example = "300",
     .flags = SQ_FIELD_ONE_OF},
    {"pause", &sq_shape_positive_span, SQ_PLACE(struct sq_phase_draft, pause),
     .sentence = "no calls for so long, instead of a rate and a duration", .example = "\"10s\"",
     .flags = SQ_FIELD_ONE_OF},
    {"ramp_to", &sq_shape_rate, SQ_PLACE(struct sq_phase_draft, ramp_to),
     .sentence = "the rate at the phase's end; it changes evenly from arrival_rate",
     .example = "20"},
    {"arrivals", &arrivals_shape, SQ_PLACE(struct sq_phase_draft, arrivals),
     .sentence = "how calls are spread in time", .standard = "poisson", .example = "\"constant\""},
    {.key = NULL}};
static const struct sq_foreign phase_foreign[] = {
    {"rate", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"rps", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"qps", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"target", "ramp_to", SQ_FOREIGN_RENAME, NULL},
    {"vus", NULL, SQ_FOREIGN_SAY, "write `users` in place of `phases`"},
    {.key = NULL}};
static const struct sq_object phase_object = {
    .name = "phase",
    .sentence = "a stretch of the workload with one rule of arrivals",
    .fields = phase_fields,
    .foreign = phase_foreign,
    .is_item = true,
    .one_needed = true};

/* Drafts whose numbers are not zero when absent are prepared before they are read. */
static bool read_phase(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_phase_draft *phase = into;
    sq_assert(size == sizeof(*phase));
    phase->duration = SQ_DRAFT_NONE;
    phase->ramp_to = SQ_DRAFT_NONE;
    phase->arrival_count = SQ_DRAFT_NONE;
    phase->pause = SQ_DRAFT_NONE;
    phase->rate.plain = SQ_DRAFT_NONE;
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape phase_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &phase_object, .read = read_phase};
const struct sq_shape sq_shape_phases = {.kind = SQ_SHAPE_LIST,
                                         .name = "a list of phases",
                                         .min = 1,
                                         .max = SQ_WORKLOAD_PHASES_MAX,
                                         .item = &phase_item,
                                         .item_bytes = sizeof(struct sq_phase_draft)};
