/* SPDX-License-Identifier: MIT */
/* The counts of a column in result.json: they add up, so that shards can be merged. */
#include "reports/format.h"
#include "reports/json_column_int.h"
#include "reports/json_parts_int.h"
#include "reports/rows.h"

static void write_number(struct sq_json_writer *json, const struct sq_row_part *part,
                         const struct sq_result *result, const struct sq_column *column)
{
    struct sq_strbuf text = {0};
    int64_t value;
    sq_json_line_begin(json);
    sq_json_key_text(json, "metric", sq_metric_row(part->metric)->name);
    sq_json_key_text(json, "aggregation", sq_aggregation_name(part->aggregation));
    if (part->aggregation == SQ_AGGREGATION_P) {
        sq_json_key_uint(json, "per_million", part->per_million);
    }
    if (part->mean) {
        sq_json_key_text(json, "over", "mean_of_seeds");
    }
    if (sq_row_part_value(part, result, column, &value)) {
        sq_json_quantity(json, "value", sq_row_part_kind(part), value);
    }
    sq_row_add_part(&text, part, result, column);
    sq_json_key_text(json, "value", sq_strbuf_text(&text));
    sq_json_line_end(json);
    sq_report_join(json->out, &text);
}

void sq_json_numbers(struct sq_json_writer *json, const struct sq_result *result,
                     const struct sq_column *column)
{
    sq_json_key_array(json, "numbers");
    for (size_t i = 0; i < sq_rows(); i++) {
        bool shown = sq_row(i)->kind != SQ_ROW_OF_SEEDS || column->n_seeds > 1;
        size_t n_parts = shown ? sq_row(i)->n_parts : 0;
        for (size_t k = 0; k < n_parts; k++) {
            write_number(json, &sq_row(i)->parts[k], result, column);
        }
    }
    sq_json_write_array_end(json);
}

/* Outcomes that happened; one that is missing is 0. */
static void write_outcomes(struct sq_json_writer *json, const uint64_t outcome[SQ_OUTCOMES])
{
    sq_json_key_object(json, "outcomes");
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (outcome[i] > 0) {
            sq_json_key_uint(json, sq_outcome_row((enum sq_outcome)i)->name, outcome[i]);
        }
    }
    sq_json_write_object_end(json);
}

static void write_tally(struct sq_json_writer *json, const char *key, const struct sq_tally *tally)
{
    sq_json_key_object(json, key);
    sq_json_key_uint(json, "calls", tally->calls);
    write_outcomes(json, tally->outcome);
    sq_json_write_object_end(json);
}

static void write_phases(struct sq_json_writer *json, const struct sq_scenario *scenario,
                         const struct sq_column *column)
{
    size_t n = (size_t)SQ_PHASE_WORKLOAD_0 + scenario->workload.n_phases;
    sq_json_key_array(json, "phases");
    for (size_t i = 0; i < n; i++) {
        sq_json_line_begin(json);
        sq_json_key_text(json, "phase", sq_json_phase_name(scenario, i));
        sq_json_key_uint(json, "calls", column->phase[i].calls);
        write_outcomes(json, column->phase[i].outcome);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
}

static void write_classes(struct sq_json_writer *json, const char *key,
                          const uint64_t counts[SQ_CLASSES])
{
    sq_json_key_object(json, key);
    for (size_t i = 0; i < SQ_CLASSES; i++) {
        if (counts[i] > 0) {
            sq_json_key_uint(json, sq_class_row((enum sq_class)i)->name, counts[i]);
        }
    }
    sq_json_write_object_end(json);
}

/* Steps that helped; one that is missing never did. */
static void write_repaired(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_object(json, "repaired");
    for (int step = 0; step < SQ_REPAIR_STEPS; step++) {
        if (column->repaired[step] > 0) {
            sq_json_key_uint(json, sq_repair_row((enum sq_repair_step)step)->name,
                             column->repaired[step]);
        }
    }
    sq_json_write_object_end(json);
}

static void write_reasons(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_array(json, "classes_by_outcome");
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (column->total.outcome[i] > 0) {
            sq_json_line_begin(json);
            sq_json_key_text(json, "outcome", sq_outcome_row((enum sq_outcome)i)->name);
            write_classes(json, "classes", column->outcome_by_class[i]);
            sq_json_line_end(json);
        }
    }
    sq_json_write_array_end(json);
}

static void write_strategies(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_object(json, "strategies");
    for (size_t i = 0; i < SQ_STRATEGIES; i++) {
        if (column->strategy[i] > 0) {
            sq_json_key_uint(json, sq_strategy_name((enum sq_strategy)i), column->strategy[i]);
        }
    }
    sq_json_write_object_end(json);
}

static void write_list(struct sq_json_writer *json, const char *key, const uint64_t *counts,
                       size_t n)
{
    while (n > 0 && counts[n - 1] == 0) {
        n--;
    }
    sq_json_key_array(json, key);
    json->compact = n > 0;
    for (size_t i = 0; i < n; i++) {
        sq_json_write_uint(json, counts[i]);
    }
    sq_json_write_array_end(json);
    json->compact = false;
}

static void write_token_sum(struct sq_json_writer *json, const char *key,
                            const struct sq_token_sum *sum)
{
    sq_json_key_object(json, key);
    sq_json_key_uint(json, "input_tokens", sum->input);
    sq_json_key_uint(json, "cached_tokens", sum->cached);
    sq_json_key_uint(json, "output_tokens", sum->output);
    sq_json_key_int(json, "cost_picodollars", sum->cost);
    sq_json_write_object_end(json);
}

static void write_roles(struct sq_json_writer *json, const struct sq_scenario *scenario,
                        const struct sq_column *column)
{
    sq_json_key_array(json, "roles");
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        sq_json_line_begin(json);
        sq_json_key_text(json, "role", scenario->roles[i].name);
        sq_json_key_uint(json, "answers", column->answers_by_role[i]);
        write_classes(json, "attempts_by_class", column->class_by_role[i]);
        write_token_sum(json, "billed", &column->billed_by_role[i]);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
}

void sq_json_counts(struct sq_json_writer *json, const struct sq_scenario *scenario,
                    const struct sq_column *column)
{
    write_tally(json, "total", &column->total);
    write_phases(json, scenario, column);
    write_strategies(json, column);
    write_reasons(json, column);
    sq_json_key_uint(json, "attempts", column->attempts);
    sq_json_key_uint(json, "refused_locally", column->refused_locally);
    write_repaired(json, column);
    write_list(json, "attempts_per_call", column->attempts_per_call, SQ_ATTEMPTS_SHOWN_MAX);
    write_list(json, "layer_sends", column->layer_sends, SQ_LAYERS_MAX);
    sq_json_key_uint(json, "peak_attempts_per_250ms", column->peak_attempts_per_250ms);
    sq_json_key_uint(json, "peak_attempts_per_250ms_sum", column->peak_attempts_sum);
    sq_json_key_int(json, "peak_attempts_per_250ms_mean_millionths", column->peak_attempts_mean);
    sq_json_key_int(json, "peak_amplification_millionths", column->peak_amplification);
    write_roles(json, scenario, column);
    write_token_sum(json, "billed", &column->billed);
    write_token_sum(json, "wasted", &column->wasted);
}
