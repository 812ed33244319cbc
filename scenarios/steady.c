/* SPDX-License-Identifier: MIT */
/*
 * The steady state: probes of what is normal, judged before the first fault, after the last one, or
 * both. Each probe becomes one check for each of the two, beside the thresholds. A tolerance is
 * read in the unit of its metric, as a threshold's limit is.
 */
#include <string.h>

#include "base/assert.h"
#include "scenarios/drafts_int.h"
#include "scenarios/threshold_int.h"
#include "scenarios/values_int.h"

#define PROBES_MAX 16

/* One end of a tolerance, as it is written. */
struct bound_draft {
    struct sq_item at;
    const char *text;
};

struct when_draft {
    struct sq_item at;
    enum sq_when when;
};

struct probe_draft {
    struct sq_item at;
    const char *metric;
    const char *aggregation;
    struct sq_list tolerance; /* struct bound_draft */
};

struct steady_draft {
    struct sq_list when;   /* struct when_draft */
    struct sq_list probes; /* struct probe_draft */
};

/* ---- tables ---- */

static const struct sq_word when_words[] = {
    {"before", SQ_WHEN_BEFORE, .sentence = "before the first fault; not met: inconclusive"},
    {"after", SQ_WHEN_AFTER,
     .sentence = "once the last fault has been recovered from; not met: failed"},
    {.word = NULL}};

static bool read_when(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct when_draft *draft = into;
    sq_assert(size == sizeof(*draft));
    draft->at.node = node;
    return sq_read_word_value(reader, shape, node, &draft->when, sizeof(draft->when));
}

static const struct sq_shape when_item = {
    .kind = SQ_SHAPE_WORD, .name = "before or after", .words = when_words, .read = read_when};
static const struct sq_shape when_shape = {.kind = SQ_SHAPE_LIST,
                                           .name = "a list of before and after",
                                           .min = 1,
                                           .max = 2,
                                           .item = &when_item,
                                           .item_bytes = sizeof(struct when_draft)};

/* "250ms", "99.5%" or a number; its unit is known once the metric is. */
static bool read_bound(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct bound_draft *draft = into;
    bool number = sq_json_kind(node) == SQ_JSON_NUMBER;
    size_t length = 0;
    sq_assert(size == sizeof(*draft));
    draft->at.node = node;
    if (!number && !sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = number ? sq_json_digits(node, &length) : sq_json_text(node, &length);
    draft->text = sq_reader_keep(reader, text, length);
    return draft->text != NULL;
}

static const struct sq_shape bound_number = {
    .kind = SQ_SHAPE_DECIMAL, .name = "a number", .min = 0, .max = INT64_MAX};
static const struct sq_shape bound_text = {
    .kind = SQ_SHAPE_TEXT, .name = "a text", .text = "^ *[0-9].*$"};
static const struct sq_shape *const bound_either[] = {&bound_number, &bound_text, NULL};
static const struct sq_shape bound_item = {.kind = SQ_SHAPE_EITHER,
                                           .name = "a number, or a text with its unit",
                                           .either = bound_either,
                                           .read = read_bound};
static const struct sq_shape tolerance_shape = {.kind = SQ_SHAPE_LIST,
                                                .name = "a list of two: [lowest, highest]",
                                                .min = 2,
                                                .max = 2,
                                                .item = &bound_item,
                                                .item_bytes = sizeof(struct bound_draft)};
static const struct sq_shape aggregation_shape = {
    .kind = SQ_SHAPE_TEXT,
    .name = "an aggregation",
    .text = "^(count|rate|value|avg|min|med|max|p\\([0-9.]+\\))$"};

static const struct sq_field probe_fields[] = {
    {"metric", &sq_shape_text, SQ_PLACE(struct probe_draft, metric),
     .sentence = "what is probed, with {outcome:NAME} or {strategy:NAME} where it has them",
     .example = "\"availability\"", .flags = SQ_FIELD_REQUIRED},
    {"aggregation", &aggregation_shape, SQ_PLACE(struct probe_draft, aggregation),
     .sentence = "of a metric with many values: count, avg, min, med, max or p(N)",
     .standard = "its value", .example = "\"p(95)\""},
    {"tolerance", &tolerance_shape, SQ_PLACE(struct probe_draft, tolerance),
     .sentence = "the lowest and the highest value that hold; both belong to it",
     .example = "[0.995, 1]", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_foreign probe_foreign[] = {
    {"name", "metric", SQ_FOREIGN_RENAME, NULL},
    {"range", "tolerance", SQ_FOREIGN_RENAME, NULL},
    {"threshold", NULL, SQ_FOREIGN_SAY, "write `tolerance: [lowest, highest]`"},
    {"when", NULL, SQ_FOREIGN_SAY, "write it beside `probes`: it holds for all of them"},
    {.key = NULL}};
static const struct sq_object probe_object = {.name = "probe",
                                              .sentence = "a metric and the values that are normal",
                                              .fields = probe_fields,
                                              .foreign = probe_foreign,
                                              .is_item = true};
static const struct sq_shape probe_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &probe_object};
static const struct sq_shape probes_shape = {.kind = SQ_SHAPE_LIST,
                                             .name = "a list of probes",
                                             .min = 1,
                                             .max = PROBES_MAX,
                                             .item = &probe_item,
                                             .item_bytes = sizeof(struct probe_draft)};

static const struct sq_field steady_fields[] = {
    {"when", &when_shape, SQ_PLACE(struct steady_draft, when),
     .sentence = "when the probes are judged", .standard = "[\"before\", \"after\"]",
     .example = "[\"after\"]"},
    {"probes", &probes_shape, SQ_PLACE(struct steady_draft, probes),
     .sentence = "what must hold each time",
     .example = "[ { \"metric\": \"availability\", \"tolerance\": [0.995, 1] } ]",
     .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_foreign steady_foreign[] = {
    {"hypothesis", "probes", SQ_FOREIGN_RENAME, NULL},
    {"title", NULL, SQ_FOREIGN_SAY, "say it in the scenario's `description`"},
    {.key = NULL}};
static const struct sq_object steady_object = {.name = "steady_state",
                                               .sentence = "what is normal, and when it is probed",
                                               .fields = steady_fields,
                                               .foreign = steady_foreign};
const struct sq_shape sq_shape_steady_state = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &steady_object};

/* ---- one probe ---- */

static bool complain(struct sq_reader *reader, const struct sq_json *node, const char *hint,
                     const char *what)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_THRESHOLD, node, false, NULL, hint},
                       "`%s`: %s", sq_path_of(reader, node), what);
}

/* What only thresholds can speak of: a probe already says when. */
static bool is_probeable(struct sq_reader *reader, const struct sq_json *node,
                         const struct sq_threshold *probe)
{
    if (probe->selector == SQ_SELECT_PHASE) {
        return complain(reader, node, "`when` says before or after; for a phase write a threshold",
                        "a probe has no phase");
    }
    if (probe->metric == SQ_METRIC_TIME_TO_OPEN || probe->metric == SQ_METRIC_TIME_TO_RECOVER) {
        return complain(reader, node, "write a threshold",
                        "this metric is counted from a fault window; there is none before the "
                        "first fault or after the last");
    }
    return true;
}

static const char *as_written(struct sq_reader *reader, const struct bound_draft *bound)
{
    bool number = sq_json_kind(bound->at.node) == SQ_JSON_NUMBER;
    return number ? bound->text : sq_phrase(reader, "\"%s\"", bound->text);
}

/* Whether all of the probe was read; if not, that was reported. */
static bool is_whole(const struct probe_draft *draft)
{
    const struct bound_draft *bounds = draft->tolerance.items;
    return draft->metric != NULL && draft->tolerance.n_items == 2 && bounds[0].text != NULL &&
           bounds[1].text != NULL;
}

static bool read_bounds(struct sq_reader *reader, const struct probe_draft *draft,
                        struct sq_threshold *probe)
{
    const struct bound_draft *bounds = draft->tolerance.items;
    int64_t *const limits[] = {&probe->limit, &probe->upper};
    for (size_t i = 0; i < 2; i++) {
        const char *hint = NULL;
        const char *problem = sq_threshold_limit(bounds[i].text, probe, limits[i], &hint);
        if (problem != NULL) {
            return complain(reader, bounds[i].at.node, hint, problem);
        }
    }
    if (probe->limit > probe->upper) {
        return complain(reader, sq_json_member(draft->at.node, "tolerance"),
                        sq_phrase(reader, "write [%s, %s]", as_written(reader, &bounds[1]),
                                  as_written(reader, &bounds[0])),
                        "the lowest value is above the highest");
    }
    return true;
}

static bool read_probe(struct sq_reader *reader, const struct probe_draft *draft,
                       const struct sq_scenario *scenario, struct sq_threshold *probe)
{
    const struct sq_json *node = sq_json_member(draft->at.node, "metric");
    const struct sq_json *given = sq_json_member(draft->at.node, "aggregation");
    struct sq_metric_place place = {.node = node, .text = draft->metric};
    const char *hint = NULL;
    if (!is_whole(draft) || !sq_metric_read(reader, &place, scenario, probe) ||
        !is_probeable(reader, node, probe)) {
        return false;
    }
    const char *problem = sq_threshold_aggregation(draft->aggregation, probe, &hint);
    if (problem != NULL && given == NULL) {
        hint = sq_phrase(reader, "add `aggregation: \"p(95)\"` (%s)", hint);
    }
    if (problem != NULL) {
        return complain(reader, given != NULL ? given : node, hint, problem);
    }
    return read_bounds(reader, draft, probe);
}

/* "steady before: call_duration p(95) within [0s, 2.5s]" */
static const char *text_of(struct sq_reader *reader, const struct probe_draft *draft,
                           enum sq_when when)
{
    const struct bound_draft *bounds = draft->tolerance.items;
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "steady %s: %s%s%s %s [%s, %s]", sq_when_name(when), draft->metric,
                         draft->aggregation == NULL ? "" : " ",
                         draft->aggregation == NULL ? "" : draft->aggregation,
                         sq_operator_name(SQ_OPERATOR_WITHIN), bounds[0].text, bounds[1].text);
    const char *kept = sq_reader_keep(reader, sq_strbuf_text(&text), text.length);
    reader->no_memory |= sq_strbuf_failed(&text);
    sq_strbuf_clear(&text);
    return kept;
}

static void add_check(struct sq_reader *reader, const struct probe_draft *draft,
                      const struct sq_threshold *probe, enum sq_when when,
                      struct sq_scenario *scenario)
{
    if (scenario->n_thresholds == SQ_THRESHOLDS_MAX) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_COUNT, draft->at.node, false, NULL, NULL},
                    "more than %d thresholds and probes", SQ_THRESHOLDS_MAX);
        return;
    }
    struct sq_threshold *check = &scenario->thresholds[scenario->n_thresholds++];
    *check = *probe;
    check->when = when;
    check->text = text_of(reader, draft, when);
}

/* ---- all of them ---- */

static void read_when_bits(struct sq_reader *reader, const struct sq_list *list, bool *asked)
{
    const struct when_draft *drafts = list->items;
    if (list->n_items == 0) {
        asked[SQ_WHEN_BEFORE] = true;
        asked[SQ_WHEN_AFTER] = true;
    }
    for (uint32_t i = 0; i < list->n_items; i++) {
        if (drafts[i].when == SQ_WHEN_ALL) {
            continue; /* no word of ours: reported already */
        }
        if (asked[drafts[i].when]) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_TWICE, drafts[i].at.node, false, NULL, NULL},
                        "`%s` is given twice", sq_when_name(drafts[i].when));
        }
        asked[drafts[i].when] = true;
    }
}

static bool has_window(const struct sq_scenario *scenario)
{
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        if (scenario->script.rules[i].windowed) {
            return true;
        }
    }
    return false;
}

static void warn_of_no_after(struct sq_reader *reader, const struct sq_json *node,
                             const struct sq_scenario *scenario)
{
    bool mistaken = reader->diagnostics->n_errors > 0; /* then faults may be missing */
    if (!mistaken && !has_window(scenario)) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_NEVER, node, true, "no after",
                                           "give a fault its window (`at`, `for`), or write "
                                           "`when: [\"before\"]`"},
                    "no fault has a window, so nothing is ever judged after the last one");
    }
}

void sq_make_steady_state(struct sq_reader *reader, const struct sq_json *node,
                          struct sq_scenario *scenario)
{
    struct steady_draft draft = {0};
    bool asked[SQ_WHEN_AFTER + 1] = {false};
    if (node == NULL) {
        return;
    }
    (void)sq_read_object(reader, &steady_object, node, &draft); /* probes that are right go on */
    read_when_bits(reader, &draft.when, asked);
    const struct probe_draft *drafts = draft.probes.items;
    for (uint32_t i = 0; i < draft.probes.n_items; i++) {
        struct sq_threshold probe = {.operation = SQ_OPERATOR_WITHIN, .strict = true};
        if (!read_probe(reader, &drafts[i], scenario, &probe)) {
            continue;
        }
        for (enum sq_when when = SQ_WHEN_BEFORE; when <= SQ_WHEN_AFTER; when++) {
            if (asked[when]) {
                add_check(reader, &drafts[i], &probe, when, scenario);
            }
        }
    }
    if (asked[SQ_WHEN_AFTER]) {
        warn_of_no_after(reader, node, scenario);
    }
}
