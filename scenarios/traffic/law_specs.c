/* SPDX-License-Identifier: MIT */
/*
 * Making distributions: from a draft to a spec, to a compiled table. A pace is inverted on the way:
 * of laws only those whose inverse is of the same kind can be taken (a lognormal's is).
 */
#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/law_draft_int.h"
#include "scenarios/values_int.h"

#define CV_MIN_Q32    (SQ_LAW_Q32_ONE / 20)
#define ALPHA_MIN_Q32 (SQ_LAW_Q32_ONE / 2)

struct sq_law_draft sq_law_draft_none(void)
{
    return (struct sq_law_draft){
        .exponential = {SQ_LAW_ABSENT},
        .lognormal = {SQ_LAW_ABSENT, SQ_LAW_ABSENT, SQ_LAW_ABSENT, SQ_LAW_ABSENT},
        .normal = {SQ_LAW_ABSENT, SQ_LAW_ABSENT},
        .gamma = {SQ_LAW_ABSENT, SQ_LAW_ABSENT},
        .pareto = {SQ_LAW_ABSENT, SQ_LAW_ABSENT},
        .min = SQ_LAW_ABSENT,
        .max = SQ_LAW_ABSENT,
        .weight = SQ_LAW_ABSENT,
        .always = SQ_LAW_ABSENT};
}

static bool complain_law(struct sq_reader *reader, const struct sq_json *node, const char *why)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_LAW, node, false, NULL, NULL},
                       "`%s` is not a usable distribution: %s", sq_path_of(reader, node), why);
}

/* ---- one law each: the spec, and what is wrong with it or NULL ---- */

static const char *fill_uniform(const struct sq_list *uniform, struct sq_dist_spec *spec)
{
    const int64_t *bound = uniform->items;
    spec->kind = SQ_DIST_UNIFORM;
    spec->a = bound[0];
    spec->b = bound[1];
    return bound[0] < bound[1] ? NULL : "the second value of `uniform` must be the greater one";
}

static const char *fill_exponential(const struct sq_exponential_draft *draft,
                                    struct sq_dist_spec *spec)
{
    spec->kind = SQ_DIST_EXPONENTIAL;
    spec->a = draft->mean;
    return spec->a > 0 ? NULL : "the mean must be above 0";
}

static const char *fill_lognormal(const struct sq_lognormal_draft *draft, struct sq_dist_spec *spec)
{
    spec->a = draft->p50 == SQ_LAW_ABSENT ? draft->median : draft->p50;
    if ((draft->sigma_q32 == SQ_LAW_ABSENT) == (draft->p99 == SQ_LAW_ABSENT)) {
        return "lognormal takes `sigma` or `p99`, one of them";
    }
    if (draft->p99 != SQ_LAW_ABSENT && draft->p99 < spec->a) {
        return "`p99` is below the median";
    }
    spec->kind = draft->p99 == SQ_LAW_ABSENT ? SQ_DIST_LOGNORMAL_SIGMA : SQ_DIST_LOGNORMAL;
    spec->b = draft->p99 == SQ_LAW_ABSENT ? 0 : draft->p99;
    spec->shape_q32 = draft->p99 == SQ_LAW_ABSENT ? (uint64_t)draft->sigma_q32 : 0;
    return spec->a > 0 ? NULL : "the median must be above 0";
}

static const char *fill_normal(const struct sq_normal_draft *draft, struct sq_dist_spec *spec)
{
    spec->kind = SQ_DIST_NORMAL;
    spec->a = draft->mean;
    spec->b = draft->stddev;
    return NULL;
}

static const char *fill_gamma(const struct sq_gamma_draft *draft, struct sq_dist_spec *spec)
{
    spec->kind = SQ_DIST_GAMMA;
    spec->a = draft->mean;
    spec->shape_q32 = (uint64_t)draft->cv_q32;
    if (draft->cv_q32 < CV_MIN_Q32) {
        return "`cv` must be from 0.05 to 10";
    }
    return spec->a > 0 ? NULL : "the mean must be above 0";
}

static const char *fill_pareto(const struct sq_pareto_draft *draft, struct sq_dist_spec *spec)
{
    spec->kind = SQ_DIST_PARETO;
    spec->a = draft->min;
    spec->shape_q32 = (uint64_t)draft->alpha_q32;
    if (draft->alpha_q32 < ALPHA_MIN_Q32) {
        return "`alpha` must be from 0.5 to 64";
    }
    return spec->a > 0 ? NULL : "the smallest value of `pareto` must be above 0";
}

/* The one law that was given, which the reader has seen to. */
static const char *fill_closed(const struct sq_law_draft *draft, struct sq_dist_spec *spec)
{
    if (draft->always != SQ_LAW_ABSENT) {
        spec->kind = SQ_DIST_FIXED;
        spec->a = draft->always;
        return NULL;
    }
    if (draft->uniform.n_items == 2) {
        return fill_uniform(&draft->uniform, spec);
    }
    if (draft->exponential.mean != SQ_LAW_ABSENT) {
        return fill_exponential(&draft->exponential, spec);
    }
    if (draft->normal.mean != SQ_LAW_ABSENT) {
        return fill_normal(&draft->normal, spec);
    }
    if (draft->gamma.mean != SQ_LAW_ABSENT) {
        return fill_gamma(&draft->gamma, spec);
    }
    if (draft->pareto.min != SQ_LAW_ABSENT) {
        return fill_pareto(&draft->pareto, spec);
    }
    return fill_lognormal(&draft->lognormal, spec);
}

/* ---- units and bounds ---- */

/* Tokens per second turned into nanoseconds per token: the order of values turns round. */
static void invert(struct sq_dist_spec *spec)
{
    int64_t rate = spec->a;
    int64_t min = spec->min;
    if (spec->kind == SQ_DIST_LOGNORMAL) {
        sq_uint128 wide = (sq_uint128)(uint64_t)(SQ_LAW_PACE_ONE / rate) * (uint64_t)spec->b;
        spec->b = (int64_t)(wide / (uint64_t)rate);
    }
    spec->a = (SQ_LAW_PACE_ONE + rate / 2) / rate;
    spec->min = spec->max == SQ_LAW_ABSENT ? SQ_LAW_ABSENT : SQ_LAW_PACE_ONE / spec->max;
    spec->max = min == SQ_LAW_ABSENT ? SQ_LAW_ABSENT : SQ_LAW_PACE_ONE / min;
}

/* Sigma is brought to p99 where a whole number says it exactly enough (nanoseconds); few tokens
 * are better left to the law itself. Part of what a seed means: do not change it. */
static void settle_sigma(enum sq_law_unit unit, struct sq_dist_spec *spec)
{
    if (unit != SQ_LAW_TOKENS && spec->kind == SQ_DIST_LOGNORMAL_SIGMA) {
        spec->kind = SQ_DIST_LOGNORMAL;
        spec->b = sq_dist_lognormal_p99(spec->a, spec->shape_q32);
    }
}

static void bound(enum sq_law_unit unit, struct sq_dist_spec *spec)
{
    if (spec->min == SQ_LAW_ABSENT) {
        spec->min = unit == SQ_LAW_SPAN ? 0 : 1;
    }
    if (spec->max == SQ_LAW_ABSENT) {
        spec->max = unit == SQ_LAW_TOKENS ? SQ_TOKENS_MAX : SQ_SPAN_MAX;
    }
}

/* Everything but a mixture. False: reported. */
static bool make_spec(struct sq_reader *reader, const struct sq_law_draft *draft,
                      enum sq_law_unit unit, struct sq_dist_spec *spec)
{
    const char *problem = NULL;
    *spec = (struct sq_dist_spec){.min = draft->min, .max = draft->max};
    if (draft->empirical.node != NULL) {
        if (!sq_law_samples(reader, &draft->empirical, unit, spec)) {
            return false;
        }
    } else if (draft->mixture.n_items == 0) {
        problem = fill_closed(draft, spec);
    }
    if (problem == NULL && spec->min != SQ_LAW_ABSENT && spec->max != SQ_LAW_ABSENT &&
        spec->min > spec->max) {
        problem = "`min` is above `max`";
    }
    if (problem != NULL) {
        return complain_law(reader, draft->node, problem);
    }
    if (unit == SQ_LAW_PACE) {
        invert(spec);
    }
    settle_sigma(unit, spec);
    bound(unit, spec);
    return true;
}

static bool compile(struct sq_reader *reader, const struct sq_json *node,
                    const struct sq_dist_spec *spec, struct sq_law *law)
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

static bool make_parts(struct sq_reader *reader, const struct sq_list *drafts,
                       enum sq_law_unit unit, struct sq_dist_spec *spec)
{
    const struct sq_law_draft *draft = drafts->items;
    struct sq_dist_part *parts = sq_reader_scratch(reader, drafts->n_items, sizeof(*parts));
    bool good = parts != NULL;
    for (uint32_t i = 0; i < drafts->n_items && parts != NULL; i++) {
        parts[i].weight = draft[i].weight == SQ_LAW_ABSENT ? 1000000 : draft[i].weight;
        good &= make_spec(reader, &draft[i], unit, &parts[i].spec);
    }
    spec->kind = SQ_DIST_MIXTURE;
    spec->parts = parts;
    spec->n_parts = drafts->n_items;
    return good;
}

bool sq_law_make(struct sq_reader *reader, const struct sq_law_draft *draft, enum sq_law_unit unit,
                 struct sq_law *law)
{
    struct sq_dist_spec spec;
    if (!make_spec(reader, draft, unit, &spec)) {
        return false;
    }
    if (draft->mixture.n_items > 0 && !make_parts(reader, &draft->mixture, unit, &spec)) {
        return false;
    }
    return compile(reader, draft->node, &spec, law);
}

bool sq_law_fixed(struct sq_reader *reader, int64_t value, struct sq_law *law)
{
    struct sq_dist_spec spec = {
        .kind = SQ_DIST_FIXED, .a = value, .min = 0, .max = SQ_DIST_VALUE_MAX};
    return compile(reader, NULL, &spec, law);
}

bool sq_law_gaps(struct sq_reader *reader, const struct sq_json *node, uint64_t cv_q32,
                 int64_t mean, struct sq_dist *dist)
{
    struct sq_law law = {0};
    struct sq_dist_spec spec = {.kind = SQ_DIST_EXPONENTIAL, .a = mean, .max = SQ_DIST_VALUE_MAX};
    if (cv_q32 != 0) {
        spec.kind = SQ_DIST_GAMMA;
        spec.shape_q32 = cv_q32;
    }
    if (cv_q32 != 0 && (int64_t)cv_q32 < CV_MIN_Q32) {
        return complain_law(reader, node, "`cv` must be from 0.05 to 10");
    }
    bool made = compile(reader, node, &spec, &law);
    *dist = law.dist;
    return made;
}
