/* SPDX-License-Identifier: MIT */
/* What reports say in words about faults, causes and the agreement of two clocks. */
#include <inttypes.h>

#include "base/assert.h"
#include "base/duration.h"
#include "reports/format.h"
#include "reports/phrases.h"

static void add_models(struct sq_strbuf *out, const struct sq_script *script, uint64_t models)
{
    const char *before = "";
    for (uint8_t i = 0; i < script->n_models; i++) {
        if ((models >> i & 1) != 0) {
            sq_strbuf_add(out, before);
            sq_strbuf_add(out, script->models[i].label);
            before = " and ";
        }
    }
}

void sq_phrase_window(struct sq_strbuf *out, const struct sq_result *result,
                      const struct sq_fault_window *window)
{
    const struct sq_script *script = &result->scenario->script;
    sq_assert(window->rule < script->n_rules);
    sq_strbuf_add(out, script->rules[window->rule].name);
    sq_strbuf_add(out, ": ");
    add_models(out, script, script->rules[window->rule].models);
    sq_strbuf_add(out, ", ");
    sq_duration_add_exact(out, window->from);
    sq_strbuf_add(out, " to ");
    sq_duration_add_exact(out, window->to);
}

void sq_phrase_window_effect(struct sq_strbuf *out, const struct sq_fault_window *window)
{
    sq_format_count(out, window->struck);
    sq_strbuf_add(out, " attempts struck; ");
    if (window->time_to_open < 0) {
        sq_strbuf_add(out, "no breaker opened; ");
    } else {
        sq_strbuf_add(out, "breaker opened after ");
        sq_duration_add_rounded(out, window->time_to_open);
        sq_strbuf_add(out, "; ");
    }
    if (window->time_to_recover < 0) {
        sq_strbuf_add(out, "not recovered within the run");
    } else {
        sq_strbuf_add(out, "recovered ");
        sq_duration_add_rounded(out, window->time_to_recover);
        sq_strbuf_add(out, " after its end");
    }
}

void sq_phrase_window_short(struct sq_strbuf *out, const struct sq_result *result,
                            const struct sq_fault_window *window)
{
    const struct sq_script *script = &result->scenario->script;
    sq_assert(window->rule < script->n_rules);
    sq_strbuf_add(out, script->rules[window->rule].name);
    sq_strbuf_add(out, ": ");
    if (window->time_to_open >= 0) {
        sq_strbuf_add(out, "open ");
        sq_duration_add_rounded(out, window->time_to_open);
        sq_strbuf_add(out, ", ");
    }
    sq_strbuf_add(out, "back ");
    if (window->time_to_recover < 0) {
        sq_strbuf_add(out, "never");
    } else {
        sq_duration_add_rounded(out, window->time_to_recover);
    }
}

/* Whether class a comes before class b: more often, or as often and earlier in the table. */
static bool comes_before(const uint64_t counts[SQ_CLASSES], size_t a, size_t b)
{
    return counts[a] > counts[b] || (counts[a] == counts[b] && a < b);
}

bool sq_phrase_class_at(const uint64_t counts[SQ_CLASSES], size_t k, enum sq_class *klass)
{
    for (size_t i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        size_t before = 0;
        for (size_t j = SQ_CLASS_NONE + 1; j < SQ_CLASSES; j++) {
            before += comes_before(counts, j, i) ? 1 : 0;
        }
        if (before == k && counts[i] > 0) {
            *klass = (enum sq_class)i;
            return true;
        }
    }
    return false;
}

bool sq_phrase_why(struct sq_strbuf *out, const struct sq_column *column, uint8_t role, size_t most)
{
    const uint64_t *counts = column->class_by_role[role];
    enum sq_class klass;
    size_t k = 0;
    for (; k < most && sq_phrase_class_at(counts, k, &klass); k++) {
        sq_strbuf_add_format(out, "%s%s ", k == 0 ? "" : ", ", sq_class_row(klass)->name);
        sq_format_count(out, counts[klass]);
    }
    if (k > 0 && sq_phrase_class_at(counts, k, &klass)) {
        sq_strbuf_add(out, ", others");
    }
    return k > 0;
}

void sq_phrase_agreement(struct sq_strbuf *out, const struct sq_agreement *agreement)
{
    sq_strbuf_add(out, agreement->agree ? "virtual and live agree: " : "virtual and live differ: ");
    sq_format_count(out, agreement->differing);
    sq_strbuf_add(out, " of ");
    sq_format_count(out, agreement->compared);
    sq_strbuf_add(out, " calls differ");
    if (agreement->near_edge > 0) {
        sq_strbuf_add(out, "; ");
        sq_format_count(out, agreement->near_edge);
        sq_strbuf_add(out, " near an edge set aside");
    }
}

static void add_pair(struct sq_strbuf *out, const char *name, int64_t in_virtual, int64_t in_live)
{
    sq_strbuf_add(out, name);
    if (in_virtual < 0 || in_live < 0) {
        sq_strbuf_add(out, SQ_FORMAT_NONE);
        return;
    }
    sq_duration_add_rounded(out, in_virtual);
    sq_strbuf_add(out, " and ");
    sq_duration_add_rounded(out, in_live);
}

void sq_phrase_agreement_numbers(struct sq_strbuf *out, const struct sq_agreement *agreement)
{
    sq_strbuf_add(out, "availability ");
    sq_format_distance(out, SQ_METRIC_RATIO, agreement->availability_gap);
    sq_strbuf_add(out, " apart");
    add_pair(out, ", p50 ", agreement->p50_virtual, agreement->p50_live);
    add_pair(out, ", p95 ", agreement->p95_virtual, agreement->p95_live);
}

void sq_phrase_difference(struct sq_strbuf *out, const struct sq_difference *difference)
{
    sq_strbuf_add_format(out, "call %" PRIu64 ": virtual %s, live %s", difference->call,
                         difference->virtual_path, difference->live_path);
    if (difference->cause[0] != '\0') {
        sq_strbuf_add_format(out, ": %s", difference->cause);
    }
}
