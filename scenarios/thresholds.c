/* SPDX-License-Identifier: MIT */
/*
 * Thresholds: `metric{selector}` and `[aggregation] operator value`. A limit is read in the unit of
 * its metric: ratios take % or 0 to 1, durations need a unit.
 */
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "base/spelling.h"
#include "scenarios/drafts_int.h"
#include "scenarios/keys_int.h"
#include "scenarios/names_int.h"
#include "scenarios/threshold_int.h"
#include "scenarios/values_int.h"

/* Metrics of the language that this version does not measure. */
static const char *const later_metrics[] = {"queue_wait", "late_answers", "pool_wait"};

/* Names of other tools for ours. */
static const struct {
    const char *name;
    const char *metric;
} foreign_metrics[] = {
    {"latency", "call_duration"},
    {"duration", "call_duration"},
    {"response_time", "call_duration"},
    {"http_req_duration", "call_duration"},
    {"error_rate", "error_ratio"},
    {"errors", "error_ratio"},
    {"http_req_failed", "error_ratio"},
    {"success_rate", "availability"},
    {"uptime", "availability"},
    {"time_to_first_token", "ttft"},
    {"throughput", "goodput"},
    {"cost", "cost_usd"},
    {"fallback_rate", "fallback_ratio"},
    {"apology_rate", "apology_ratio"},
    {"amplification", "retry_amplification"},
};

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
    {"pooled", SQ_OVER_POOLED, .sentence = "over the calls of all seeds together"},
    {"each_seed", SQ_OVER_EACH_SEED, .sentence = "it must hold for every seed"},
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

static void complain_metric(struct sq_reader *reader, const struct sq_json *node, const char *name)
{
    struct sq_spelling spelling = sq_spelling_start(name, strlen(name));
    struct sq_strbuf known = {0};
    for (size_t i = 0; i < sizeof(later_metrics) / sizeof(later_metrics[0]); i++) {
        if (strcmp(later_metrics[i], name) == 0) {
            sq_complain_later(reader, node, NULL);
            return;
        }
    }
    for (int i = 0; i < SQ_METRICS; i++) {
        const char *metric = sq_metric_row((enum sq_metric)i)->name;
        sq_spelling_offer(&spelling, metric);
        sq_strbuf_add_format(&known, "%s%s", i > 0 ? ", " : "", metric);
    }
    const char *all = sq_phrase_of(reader, &known);
    const char *hint = spelling.best == NULL
                           ? sq_phrase(reader, "known: %s", all)
                           : sq_phrase(reader, "did you mean `%s`?", spelling.best);
    for (size_t i = 0; i < sizeof(foreign_metrics) / sizeof(foreign_metrics[0]); i++) {
        if (strcmp(foreign_metrics[i].name, name) == 0) {
            hint = sq_phrase(reader, "write `%s` (known: %s)", foreign_metrics[i].metric, all);
        }
    }
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME, node, true, "unknown metric", hint},
                "no metric is named \"%s\"", name);
}

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

/* ---- selectors ---- */

static bool select_phase(const char *value, const struct sq_scenario *scenario, uint8_t *selected)
{
    static const char *const reserved[] = {"before", "faulty", "after"};
    for (uint8_t i = 0; i < 3; i++) {
        if (strcmp(value, reserved[i]) == 0) {
            *selected = i;
            return true;
        }
    }
    for (uint8_t i = 0; i < scenario->workload.n_phases; i++) {
        if (strcmp(value, scenario->workload.phases[i].name) == 0) {
            *selected = (uint8_t)(SQ_PHASE_WORKLOAD_0 + i);
            return true;
        }
    }
    return scenario->workload.n_phases == 0; /* a mistake there was reported already */
}

static bool select_strategy(const char *value, uint8_t *selected)
{
    for (int i = 0; i < SQ_STRATEGIES; i++) {
        if (strcmp(value, sq_strategy_name((enum sq_strategy)i)) == 0) {
            *selected = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* Whether the metric can be told apart by this. */
static bool takes_selector(enum sq_metric metric, enum sq_selector selector)
{
    bool of_calls =
        metric == SQ_METRIC_CALL_DURATION || metric == SQ_METRIC_TTFT || metric == SQ_METRIC_TPOT;
    bool of_the_run = metric == SQ_METRIC_BREAKER_OPEN_TIME || metric == SQ_METRIC_TIME_TO_OPEN ||
                      metric == SQ_METRIC_TIME_TO_RECOVER;
    switch (selector) {
    case SQ_SELECT_ALL:
        return true;
    case SQ_SELECT_OUTCOME:
        return of_calls;
    case SQ_SELECT_PHASE:
        return !of_the_run;
    case SQ_SELECT_STRATEGY:
        return metric == SQ_METRIC_FALLBACK_RATIO;
    }
    sq_assert(false && "every selector is listed above");
    return false;
}

/* "phase:faulty" of call_duration{phase:faulty}, without the braces. */
static bool read_selector(struct sq_reader *reader, const struct sq_json *node, const char *text,
                          const struct sq_scenario *scenario, struct sq_threshold *threshold)
{
    enum sq_outcome outcome = SQ_OUTCOME_EXCLUDED;
    bool known = false;
    if (strncmp(text, "phase:", 6) == 0) {
        threshold->selector = SQ_SELECT_PHASE;
        known = select_phase(text + 6, scenario, &threshold->selected);
    } else if (strncmp(text, "outcome:", 8) == 0) {
        threshold->selector = SQ_SELECT_OUTCOME;
        known = sq_outcome_by_name(text + 8, strlen(text + 8), &outcome);
        threshold->selected = (uint8_t)outcome;
    } else if (strncmp(text, "strategy:", 9) == 0) {
        threshold->selector = SQ_SELECT_STRATEGY;
        known = select_strategy(text + 9, &threshold->selected);
    }
    if (!known) {
        return sq_complain(
            reader,
            &(struct sq_complaint){
                SQ_CODE_THRESHOLD, node, true, "unknown selector",
                "selectors are {outcome:NAME}, {strategy:NAME} and {phase:NAME} with "
                "before, faulty, after or a phase of the workload"},
            "`%s` selects by nothing that is known here", sq_json_key(node));
    }
    if (!takes_selector(threshold->metric, threshold->selector)) {
        return sq_complain(
            reader, &(struct sq_complaint){SQ_CODE_THRESHOLD, node, true, NULL, NULL},
            "`%s` cannot be selected like this", sq_metric_row(threshold->metric)->name);
    }
    return true;
}

static bool read_metric(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_scenario *scenario, struct sq_threshold *threshold)
{
    const char *key = sq_json_key(node);
    size_t length = strcspn(key, "{ ");
    const char *rest = key + length + strspn(key + length, " ");
    if (!sq_metric_by_name(key, length, &threshold->metric)) {
        complain_metric(reader, node, sq_phrase(reader, "%.*s", (int)length, key));
        return false;
    }
    if (rest[0] == '\0') {
        return true;
    }
    size_t inner = strlen(rest);
    if (rest[0] != '{' || rest[inner - 1] != '}') {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_THRESHOLD, node, true, NULL,
                                                  "such as call_duration{phase:faulty}"},
                           "`%s` is not a metric with a selector", key);
    }
    char *selector = sq_reader_scratch(reader, inner, 1);
    size_t n = 0;
    for (size_t i = 1; selector != NULL && i + 1 < inner; i++) {
        if (rest[i] != ' ') {
            selector[n++] = rest[i];
        }
    }
    return selector != NULL && read_selector(reader, node, selector, scenario, threshold);
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
        bool known = read_metric(reader, child, scenario, &metric);
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
