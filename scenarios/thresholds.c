/* SPDX-License-Identifier: MIT */
/*
 * Thresholds: `metric{selector}` and `[aggregation] operator value`. A limit is read in the unit of
 * its metric: ratios take % or 0 to 1, durations need a unit.
 */
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "scenarios/drafts_int.h"
#include "scenarios/keys_int.h"
#include "scenarios/names_int.h"
#include "scenarios/threshold_int.h"
#include "scenarios/values_int.h"

struct threshold_draft {
    struct sq_item at;
    const char *text;
    bool strict;
    enum sq_no_data on_no_data;
    enum sq_over over;
};

/* ---- tables ---- */

static const struct sq_word no_data_words[] = {
    {"inconclusive", SQ_NO_DATA_INCONCLUSIVE, .sentence = "the check is inconclusive"},
    {"pass", SQ_NO_DATA_PASS, .sentence = "the check passes"},
    {"fail", SQ_NO_DATA_FAIL, .sentence = "the check fails"},
    {.word = NULL}};
static const struct sq_word over_words[] = {
    {"pooled", SQ_OVER_POOLED,
     .sentence = "over the calls of all seeds together; a peak is that of the highest seed"},
    {"each_seed", SQ_OVER_EACH_SEED,
     .sentence = "it must hold for every seed by itself; the worst one is shown"},
    {.word = NULL}};
static const struct sq_shape no_data_shape = {
    .kind = SQ_SHAPE_WORD, .name = "inconclusive, pass or fail", .words = no_data_words};
static const struct sq_shape over_shape = {
    .kind = SQ_SHAPE_WORD, .name = "pooled or each_seed", .words = over_words};
static const struct sq_shape expression = {
    .kind = SQ_SHAPE_TEXT,
    .name = "a threshold",
    .text = "^ *((count|rate|value|avg|min|med|max|p\\([0-9.]+\\)) *)?(<|<=|>|>=|==) *[0-9].*$"};

static const struct sq_field threshold_fields[] = {
    {"threshold", &expression, SQ_PLACE(struct threshold_draft, text),
     .sentence = "[aggregation] operator value", .example = "\"p(95)<2500ms\"",
     .flags = SQ_FIELD_REQUIRED},
    {"strict", &sq_shape_bool, SQ_PLACE(struct threshold_draft, strict),
     .sentence = "false: it is reported and never fails the run", .standard = "true",
     .example = "false"},
    {"on_no_data", &no_data_shape, SQ_PLACE(struct threshold_draft, on_no_data),
     .sentence = "what no data means", .standard = "inconclusive", .example = "\"pass\""},
    {"over", &over_shape, SQ_PLACE(struct threshold_draft, over),
     .sentence = "what several seeds mean", .standard = "pooled", .example = "\"each_seed\""},
    {.key = NULL}};
static const struct sq_foreign threshold_foreign[] = {
    {"abort_on_fail", NULL, SQ_FOREIGN_SAY, "runs are not ended by thresholds"},
    {"expression", "threshold", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object threshold_object = {.name = "threshold",
                                                  .sentence = "a limit that must hold",
                                                  .fields = threshold_fields,
                                                  .foreign = threshold_foreign,
                                                  .is_item = true};

static bool read_threshold(struct sq_reader *reader, const struct sq_shape *shape,
                           const struct sq_json *node, void *into, size_t size)
{
    struct threshold_draft *draft = into;
    sq_assert(size == sizeof(*draft));
    draft->strict = true;
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_object(reader, shape->object, node, draft);
    }
    draft->at.node = node;
    return sq_read_value(reader, &expression, node, &draft->text, sizeof(draft->text));
}

static const struct sq_shape threshold_as_object = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &threshold_object};
static const struct sq_shape *const threshold_either[] = {&expression, &threshold_as_object, NULL};
static const struct sq_shape threshold_item = {.kind = SQ_SHAPE_EITHER,
                                               .name = "a threshold",
                                               .object = &threshold_object,
                                               .either = threshold_either,
                                               .read = read_threshold};
static const struct sq_shape limits_shape = {.kind = SQ_SHAPE_LIST,
                                             .name = "a list of thresholds",
                                             .max = SQ_THRESHOLDS_MAX,
                                             .item = &threshold_item,
                                             .item_bytes = sizeof(struct threshold_draft)};
static const struct sq_shape set_shape = {.kind = SQ_SHAPE_MAP,
                                          .name = "an object of thresholds by metric",
                                          .max = SQ_THRESHOLDS_MAX,
                                          .item = &limits_shape,
                                          .item_bytes = sizeof(struct sq_list)};
static const struct sq_shape *const set_either[] = {&set_shape, &sq_shape_text, NULL};
static const struct sq_shape set_or_name = {.kind = SQ_SHAPE_EITHER,
                                            .name = "thresholds, or the file of such an object",
                                            .either = set_either};
static const struct sq_shape sets_shape = {.kind = SQ_SHAPE_LIST,
                                           .name = "a list of sets",
                                           .max = 16,
                                           .item = &set_or_name,
                                           .item_bytes = 1};
static const struct sq_shape *const thresholds_either[] = {&set_shape, &sq_shape_text, &sets_shape,
                                                           NULL};
const struct sq_shape sq_shape_thresholds = {
    .kind = SQ_SHAPE_EITHER, .name = "thresholds", .either = thresholds_either};

/* ---- saying what is wrong ---- */

static bool complain_threshold(struct sq_reader *reader, const struct sq_json *node,
                               const char *hint, const char *what)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_THRESHOLD, node, false, NULL, hint},
                       "`%s`: %s", sq_path_of(reader, node), what);
}

/* The line to copy, when it can be guessed, before what is always said. */
static const char *hint_with_guess(struct sq_reader *reader, const char *text,
                                   const struct sq_threshold *metric, const char *hint)
{
    struct sq_strbuf guess = {0};
    bool guessed = sq_threshold_guess(text, metric, &guess);
    const char *phrase = sq_phrase_of(reader, &guess);
    if (!guessed) {
        return hint;
    }
    return hint == NULL ? sq_phrase(reader, "write \"%s\"", phrase)
                        : sq_phrase(reader, "write \"%s\" (%s)", phrase, hint);
}

/* ---- putting it together ---- */

static const char *whole_text(struct sq_reader *reader, const char *metric, const char *limit)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "%s %s", metric, limit);
    const char *kept = sq_reader_keep(reader, sq_strbuf_text(&text), text.length);
    reader->no_memory |= sq_strbuf_failed(&text);
    sq_strbuf_clear(&text);
    return kept;
}

/* Says so when the run ends before anything could be back from its last fault: the check could
 * never hold. */
static void warn_of_recovery(struct sq_reader *reader, const struct sq_json *node,
                             const struct sq_scenario *scenario)
{
    sq_dur window = sq_scenario_recovery_window(scenario->duration);
    sq_dur left = scenario->duration - scenario->last_fault_end;
    if (!scenario->has_fault_windows || left >= SQ_RECOVERY_WINDOWS * window) {
        return;
    }
    struct sq_strbuf text = {0};
    struct sq_strbuf hint = {0};
    sq_strbuf_add(&text, "the last fault ends ");
    sq_duration_add_exact(&text, left);
    sq_strbuf_add_format(&text, " before the run, and %d windows of ", SQ_RECOVERY_WINDOWS);
    sq_duration_add_exact(&text, window);
    sq_strbuf_add(&text, " must follow it to show a recovery");
    sq_strbuf_add(&hint, "make `duration` longer, or let the last fault end ");
    sq_duration_add_exact(&hint, SQ_RECOVERY_WINDOWS * window);
    sq_strbuf_add(&hint, " before the run does");
    const char *kept = sq_phrase_of(reader, &hint);
    sq_complain(reader, &(struct sq_complaint){SQ_CODE_NEVER, node, false, NULL, kept}, "%s",
                sq_phrase_of(reader, &text));
}

static void make_one(struct sq_reader *reader, const struct sq_json *metric_node,
                     const struct threshold_draft *draft, const struct sq_threshold *metric,
                     struct sq_scenario *scenario)
{
    struct sq_threshold threshold = *metric;
    const char *hint = NULL;
    if (scenario->n_thresholds == SQ_THRESHOLDS_MAX) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_COUNT, draft->at.node, false, NULL, NULL},
                    "more than %d thresholds", SQ_THRESHOLDS_MAX);
        return;
    }
    const char *problem = sq_threshold_parse(draft->text, &threshold, &hint);
    if (problem != NULL) {
        complain_threshold(reader, draft->at.node,
                           hint_with_guess(reader, draft->text, metric, hint), problem);
        return;
    }
    threshold.text = whole_text(reader, sq_json_key(metric_node), draft->text);
    threshold.strict = draft->strict;
    threshold.on_no_data = draft->on_no_data;
    threshold.over = draft->over;
    scenario->thresholds[scenario->n_thresholds++] = threshold;
    if (threshold.metric == SQ_METRIC_TIME_TO_RECOVER) {
        warn_of_recovery(reader, draft->at.node, scenario);
    }
}

/* A set in a file of its own may say in a sentence what it is for. */
static bool is_description(struct sq_reader *reader, const struct sq_json *child, bool in_file)
{
    const char *text;
    return in_file && strcmp(sq_json_key(child), "description") == 0 &&
           sq_read_value(reader, &sq_shape_text, child, &text, sizeof(text));
}

static void make_set(struct sq_reader *reader, const struct sq_json *node, bool in_file,
                     struct sq_scenario *scenario)
{
    if (!sq_expect(reader, node, SQ_JSON_OBJECT, "an object of thresholds by metric")) {
        return;
    }
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        if (is_description(reader, child, in_file)) {
            continue;
        }
        struct sq_threshold metric = {0};
        struct sq_list list = {0};
        struct sq_metric_place place = {.node = child, .at_key = true, .text = sq_json_key(child)};
        bool known = sq_metric_read(reader, &place, scenario, &metric);
        if (sq_read_value(reader, &limits_shape, child, &list, sizeof(list)) && known) {
            const struct threshold_draft *drafts = list.items;
            for (uint32_t i = 0; i < list.n_items; i++) {
                make_one(reader, child, &drafts[i], &metric, scenario);
            }
        }
    }
}

static void make_named(struct sq_reader *reader, const struct sq_json *node,
                       struct sq_scenario *scenario)
{
    struct sq_document *before = reader->document;
    enum sq_status status = SQ_OK;
    struct sq_error err = {0};
    struct sq_name_request request = {.name = sq_json_text(node, NULL),
                                      .node = node,
                                      .built_in = &sq_scenarios_thresholds,
                                      .what = "threshold set"};
    struct sq_document *document = sq_name_open(reader, &request, &status, &err);
    if (document != NULL) {
        reader->document = document;
        make_set(reader, sq_json_root(document->json), true, scenario);
        reader->document = before;
    }
}

enum sq_status sq_make_threshold_set(struct sq_reader *reader, const char *name,
                                     struct sq_scenario *scenario, struct sq_error *err)
{
    struct sq_document *before = reader->document;
    enum sq_status status = SQ_OK;
    struct sq_name_request request = {
        .name = name, .built_in = &sq_scenarios_thresholds, .what = "threshold set"};
    struct sq_document *document = sq_name_open(reader, &request, &status, err);
    if (document != NULL) {
        reader->document = document;
        make_set(reader, sq_json_root(document->json), true, scenario);
        reader->document = before;
    }
    return status;
}

static void make_set_or_named(struct sq_reader *reader, const struct sq_json *node,
                              struct sq_scenario *scenario)
{
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        make_named(reader, node, scenario);
    } else {
        make_set(reader, node, false, scenario);
    }
}

void sq_make_thresholds(struct sq_reader *reader, const struct sq_json *node,
                        struct sq_scenario *scenario)
{
    if (node == NULL) {
        return;
    }
    if (sq_json_kind(node) != SQ_JSON_ARRAY) {
        make_set_or_named(reader, node, scenario);
        return;
    }
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        make_set_or_named(reader, child, scenario);
    }
}
