/* SPDX-License-Identifier: MIT */
/* What result.json says of the scenario: what is needed to report and to merge, without the file.
 */
#include "base/assert.h"
#include "base/date.h"
#include "reports/format.h"
#include "reports/json_column_int.h"
#include "reports/json_parts_int.h"

static void write_texts(struct sq_json_writer *json, const char *key, const char *const *texts,
                        uint8_t n)
{
    sq_json_key_array(json, key);
    for (uint8_t i = 0; i < n; i++) {
        sq_json_write_text(json, texts[i]);
    }
    sq_json_write_array_end(json);
}

static void write_roles(struct sq_json_writer *json, const struct sq_scenario *scenario)
{
    sq_json_key_array(json, "roles");
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        uint16_t model = scenario->roles[i].model;
        sq_assert(model < scenario->script.n_models);
        sq_json_line_begin(json);
        sq_json_key_text(json, "name", scenario->roles[i].name);
        sq_json_key_text(json, "model", scenario->script.models[model].label);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
}

static void write_phases(struct sq_json_writer *json, const struct sq_workload *workload)
{
    sq_json_key_array(json, "phases");
    for (uint8_t i = 0; i < workload->n_phases; i++) {
        sq_json_line_begin(json);
        sq_json_key_text(json, "name", workload->phases[i].name);
        sq_json_key_int(json, "from_ns", workload->phases[i].from);
        sq_json_key_span(json, "duration_ns", workload->phases[i].duration);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
}

static void write_rule(struct sq_json_writer *json, const struct sq_script *script,
                       const struct sq_rule *rule)
{
    sq_json_line_begin(json);
    sq_json_key_text(json, "name", rule->name);
    sq_json_key_text(json, "kind", sq_fault_kind_row(rule->kind)->name);
    sq_json_key_array(json, "where");
    for (uint8_t i = 0; i < script->n_models; i++) {
        if ((rule->models >> i & 1) != 0) {
            sq_json_write_text(json, script->models[i].label);
        }
    }
    sq_json_write_array_end(json);
    if (rule->windowed) {
        sq_json_key_int(json, "at_ns", rule->at);
        sq_json_key_span(json, "for_ns", rule->span);
    }
    if (rule->every > 0) {
        sq_json_key_int(json, "every_ns", rule->every);
    }
    sq_json_line_end(json);
}

static void write_sources(struct sq_json_writer *json, const struct sq_scenario *scenario)
{
    sq_json_key_array(json, "sources");
    for (uint8_t i = 0; i < scenario->n_sources; i++) {
        const struct sq_source *source = &scenario->sources[i];
        sq_json_line_begin(json);
        sq_json_key_text(json, "title", source->title);
        sq_json_key_text(json, "url", source->url);
        sq_json_write_key(json, "grade");
        if (source->grade == 0) {
            sq_json_write_null(json);
        } else {
            sq_json_write_text_bytes(json, &source->grade, 1);
        }
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
}

const char *sq_json_phase_name(const struct sq_scenario *scenario, size_t phase)
{
    static const char *const reserved[] = {"before", "faulty", "after"};
    if (phase < SQ_PHASE_WORKLOAD_0) {
        return reserved[phase];
    }
    sq_assert(phase - SQ_PHASE_WORKLOAD_0 < scenario->workload.n_phases);
    return scenario->workload.phases[phase - SQ_PHASE_WORKLOAD_0].name;
}

static void write_selector(struct sq_json_writer *json, const struct sq_threshold *threshold,
                           const struct sq_scenario *scenario)
{
    switch (threshold->selector) {
    case SQ_SELECT_ALL:
        return;
    case SQ_SELECT_OUTCOME:
        sq_json_key_text(json, "outcome",
                         sq_outcome_row((enum sq_outcome)threshold->selected)->name);
        return;
    case SQ_SELECT_PHASE:
        sq_json_key_text(json, "phase", sq_json_phase_name(scenario, threshold->selected));
        return;
    case SQ_SELECT_STRATEGY:
        sq_json_key_text(json, "strategy", sq_strategy_name((enum sq_strategy)threshold->selected));
        return;
    }
    sq_assert(false && "a selector without a name");
}

static const char *no_data_name(enum sq_no_data on_no_data)
{
    switch (on_no_data) {
    case SQ_NO_DATA_INCONCLUSIVE:
        return "inconclusive";
    case SQ_NO_DATA_PASS:
        return "pass";
    case SQ_NO_DATA_FAIL:
        return "fail";
    }
    sq_assert(false && "an answer to no data without a name");
    return "";
}

void sq_json_threshold_fields(struct sq_json_writer *json, const struct sq_threshold *threshold,
                              const struct sq_scenario *scenario)
{
    enum sq_metric_kind kind = sq_format_kind(threshold);
    sq_json_key_text(json, "threshold", threshold->text);
    sq_json_key_text(json, "metric", sq_metric_row(threshold->metric)->name);
    write_selector(json, threshold, scenario);
    sq_json_key_text(json, "aggregation", sq_aggregation_name(threshold->aggregation));
    if (threshold->aggregation == SQ_AGGREGATION_P) {
        sq_json_key_uint(json, "per_million", threshold->per_million);
    }
    sq_json_key_text(json, "operator", sq_operator_name(threshold->operation));
    sq_json_quantity(json, "limit", kind, threshold->limit);
    if (threshold->operation == SQ_OPERATOR_WITHIN) {
        sq_json_quantity(json, "upper", kind, threshold->upper);
        sq_json_key_text(json, "steady_state", sq_when_name(threshold->when));
    }
    sq_json_key_bool(json, "strict", threshold->strict);
    sq_json_key_text(json, "on_no_data", no_data_name(threshold->on_no_data));
    sq_json_key_text(json, "over", threshold->over == SQ_OVER_EACH_SEED ? "each_seed" : "pooled");
}

static void write_epoch(struct sq_json_writer *json, int64_t epoch_s)
{
    char date[SQ_DATE_RFC3339_BYTES];
    sq_date_write_rfc3339(date, epoch_s);
    sq_json_key_text(json, "epoch", date);
}

void sq_json_scenario(struct sq_json_writer *json, const struct sq_scenario *scenario)
{
    sq_json_write_object_begin(json);
    sq_json_key_text(json, "name", scenario->name);
    sq_json_key_text(json, "title", scenario->title);
    sq_json_key_text(json, "description", scenario->description);
    write_texts(json, "tags", scenario->tags, scenario->n_tags);
    sq_json_key_uint(json, "seed", scenario->seed);
    sq_json_key_uint(json, "seeds", scenario->n_seeds);
    sq_json_key_int(json, "duration_ns", scenario->duration);
    sq_json_key_int(json, "warmup_ns", scenario->warmup);
    sq_json_key_int(json, "drain_ns", scenario->drain);
    write_epoch(json, scenario->epoch_s);
    write_phases(json, &scenario->workload);
    write_roles(json, scenario);
    sq_json_key_array(json, "faults");
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        write_rule(json, &scenario->script, &scenario->script.rules[i]);
    }
    sq_json_write_array_end(json);
    write_sources(json, scenario);
    write_texts(json, "assumptions", scenario->assumptions, scenario->n_assumptions);
    sq_json_write_object_end(json);
}
