/* SPDX-License-Identifier: MIT */
/*
 * What a check is of: `metric{selector}`. Metrics are those of metrics.h; what each of them can be
 * told apart by is decided here, and what it cannot is refused with the reason.
 */
#include <string.h>

#include "base/assert.h"
#include "base/spelling.h"
#include "scenarios/keys_int.h"
#include "scenarios/threshold_int.h"

/* Metrics of the language that this version does not measure. */
static const char *const later_metrics[] = {"queue_wait", "late_answers"};

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

static void complain_metric(struct sq_reader *reader, const struct sq_metric_place *place,
                            const char *name)
{
    struct sq_spelling spelling = sq_spelling_start(name, strlen(name));
    struct sq_strbuf known = {0};
    for (size_t i = 0; i < sizeof(later_metrics) / sizeof(later_metrics[0]); i++) {
        if (strcmp(later_metrics[i], name) == 0) {
            sq_complain_later(reader, place->node, NULL);
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
    struct sq_complaint complaint = {SQ_CODE_UNKNOWN_NAME, place->node, place->at_key,
                                     "unknown metric", hint};
    sq_complain(reader, &complaint, "no metric is named \"%s\"", name);
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

/* Why the metric cannot be told apart by this; NULL: it can. */
static const char *why_not(enum sq_metric metric, enum sq_selector selector)
{
    bool of_calls =
        metric == SQ_METRIC_CALL_DURATION || metric == SQ_METRIC_TTFT || metric == SQ_METRIC_TPOT;
    bool of_windows = metric == SQ_METRIC_TIME_TO_OPEN || metric == SQ_METRIC_TIME_TO_RECOVER;
    switch (selector) {
    case SQ_SELECT_ALL:
        return NULL;
    case SQ_SELECT_OUTCOME:
        return of_calls ? NULL : "only call_duration, ttft and tpot are told apart by outcome";
    case SQ_SELECT_PHASE:
        return of_windows ? "it is counted from a fault window, across the phases" : NULL;
    case SQ_SELECT_STRATEGY:
        return metric == SQ_METRIC_FALLBACK_RATIO ? NULL
                                                  : "only fallback_ratio is told apart by strategy";
    }
    sq_assert(false && "every selector is listed above");
    return NULL;
}

/* "phase:faulty" of call_duration{phase:faulty}, without the braces. */
static bool select_by(const char *text, const struct sq_scenario *scenario,
                      struct sq_threshold *threshold)
{
    enum sq_outcome outcome = SQ_OUTCOME_EXCLUDED;
    bool known = false;
    if (strncmp(text, "phase:", 6) == 0) {
        threshold->selector = SQ_SELECT_PHASE;
        return select_phase(text + 6, scenario, &threshold->selected);
    }
    if (strncmp(text, "outcome:", 8) == 0) {
        threshold->selector = SQ_SELECT_OUTCOME;
        known = sq_outcome_by_name(text + 8, strlen(text + 8), &outcome);
        threshold->selected = (uint8_t)outcome;
    } else if (strncmp(text, "strategy:", 9) == 0) {
        threshold->selector = SQ_SELECT_STRATEGY;
        known = select_strategy(text + 9, &threshold->selected);
    }
    return known;
}

static const char *phases_listed(struct sq_reader *reader, const struct sq_scenario *scenario)
{
    struct sq_strbuf known = {0};
    for (uint8_t i = 0; i < scenario->workload.n_phases; i++) {
        sq_strbuf_add_format(&known, ", %s", scenario->workload.phases[i].name);
    }
    const char *listed = sq_phrase_of(reader, &known);
    return sq_phrase(reader,
                     "selectors are {outcome:NAME}, {strategy:NAME} and {phase:NAME} with before, "
                     "faulty, after or a phase of the workload%s",
                     listed);
}

static bool read_selector(struct sq_reader *reader, const struct sq_metric_place *place,
                          const char *text, const struct sq_scenario *scenario,
                          struct sq_threshold *threshold)
{
    if (!select_by(text, scenario, threshold)) {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_THRESHOLD, place->node, place->at_key,
                                                  "unknown selector",
                                                  phases_listed(reader, scenario)},
                           "`%s` selects by nothing that is known here", place->text);
    }
    const char *reason = why_not(threshold->metric, threshold->selector);
    if (reason != NULL) {
        return sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_THRESHOLD, place->node, place->at_key, NULL, reason},
            "`%s` cannot be selected like this", sq_metric_row(threshold->metric)->name);
    }
    return true;
}

/* text without its first and last character and without blanks. */
static const char *inner_of(struct sq_reader *reader, const char *text, size_t length)
{
    char *inner = sq_reader_scratch(reader, length, 1);
    size_t n = 0;
    for (size_t i = 1; inner != NULL && i + 1 < length; i++) {
        if (text[i] != ' ') {
            inner[n++] = text[i];
        }
    }
    return inner;
}

bool sq_metric_read(struct sq_reader *reader, const struct sq_metric_place *place,
                    const struct sq_scenario *scenario, struct sq_threshold *threshold)
{
    size_t length = strcspn(place->text, "{ ");
    const char *rest = place->text + length + strspn(place->text + length, " ");
    size_t n_rest = strlen(rest);
    if (!sq_metric_by_name(place->text, length, &threshold->metric)) {
        complain_metric(reader, place, sq_phrase(reader, "%.*s", (int)length, place->text));
        return false;
    }
    if (n_rest == 0) {
        return true;
    }
    if (rest[0] != '{' || rest[n_rest - 1] != '}') {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_THRESHOLD, place->node, place->at_key,
                                                  NULL, "such as call_duration{phase:faulty}"},
                           "`%s` is not a metric with a selector", place->text);
    }
    const char *selector = inner_of(reader, rest, n_rest);
    return selector != NULL && read_selector(reader, place, selector, scenario, threshold);
}
