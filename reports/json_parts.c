/* SPDX-License-Identifier: MIT */
/* Columns and agreements of result.json. */
#include "reports/json_parts_int.h"

#include <inttypes.h>

#include "base/assert.h"
#include "reports/format.h"
#include "reports/json_column_int.h"

static void write_agreement_numbers(struct sq_json_writer *json,
                                    const struct sq_agreement *agreement)
{
    sq_json_key_uint(json, "calls", agreement->calls);
    sq_json_key_uint(json, "near_edge", agreement->near_edge);
    sq_json_key_uint(json, "compared", agreement->compared);
    sq_json_key_uint(json, "differing", agreement->differing);
    sq_json_key_int(json, "availability_gap_ppb", agreement->availability_gap);
    sq_json_key_int(json, "p50_virtual_ns", agreement->p50_virtual);
    sq_json_key_int(json, "p50_live_ns", agreement->p50_live);
    sq_json_key_int(json, "p95_virtual_ns", agreement->p95_virtual);
    sq_json_key_int(json, "p95_live_ns", agreement->p95_live);
}

void sq_json_agreement(struct sq_json_writer *json, const struct sq_agreement *agreement)
{
    sq_json_write_object_begin(json);
    sq_json_key_uint(json, "virtual_column", agreement->virtual_column);
    sq_json_key_uint(json, "live_column", agreement->live_column);
    sq_json_key_bool(json, "agree", agreement->agree);
    write_agreement_numbers(json, agreement);
    sq_json_key_array(json, "differences");
    for (uint32_t i = 0; i < agreement->n_differences; i++) {
        sq_json_line_begin(json);
        sq_json_key_uint(json, "call", agreement->differences[i].call);
        sq_json_key_text(json, "virtual", agreement->differences[i].virtual_path);
        sq_json_key_text(json, "live", agreement->differences[i].live_path);
        sq_json_key_text(json, "cause", agreement->differences[i].cause);
        sq_json_line_end(json);
    }
    sq_json_write_array_end(json);
    sq_json_write_object_end(json);
}

static void write_check(struct sq_json_writer *json, const struct sq_check *check,
                        const struct sq_scenario *scenario)
{
    struct sq_strbuf text = {0};
    enum sq_metric_kind kind = sq_format_kind(check->threshold);
    sq_json_write_object_begin(json);
    sq_json_threshold_fields(json, check->threshold, scenario);
    sq_json_key_text(json, "verdict", sq_verdict_name(check->verdict));
    if (check->has_value) {
        sq_json_quantity(json, "value", kind, check->value);
        sq_json_quantity(json, "margin", kind, check->margin);
        sq_format_value(&text, kind, check->value);
        sq_json_key_text(json, "value", sq_strbuf_text(&text));
    }
    sq_json_key_text(json, "reason", check->reason == NULL ? "" : check->reason);
    sq_json_write_object_end(json);
    sq_report_join(json->out, &text);
}

static void write_checks(struct sq_json_writer *json, const struct sq_result *result,
                         const struct sq_column *column)
{
    sq_json_key_array(json, "checks");
    for (uint32_t i = 0; i < column->n_checks; i++) {
        write_check(json, &column->checks[i], result->scenario);
    }
    sq_json_write_array_end(json);
}

/* A 64-bit hash as text: beyond what a reader with floating-point numbers keeps exactly. */
static void write_digest(struct sq_json_writer *json, const char *key, uint64_t digest)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "%016" PRIx64, digest);
    sq_json_key_text(json, key, sq_strbuf_text(&text));
    sq_report_join(json->out, &text);
}

static void write_trust(struct sq_json_writer *json, const struct sq_column *column)
{
    sq_json_key_bool(json, "interrupted", column->interrupted);
    sq_json_key_bool(json, "fell_behind", column->fell_behind);
    if (column->estimated) {
        sq_json_key_bool(json, "estimated", true);
    }
    sq_json_key_text(json, "inconclusive", column->inconclusive);
    sq_json_key_uint(json, "replayed_events", column->replayed_events);
    sq_json_key_bool(json, "replay_differs", column->replay_differs);
    write_digest(json, "outcome_digest", column->outcome_digest);
    if (column->mode == SQ_MODE_VIRTUAL) {
        write_digest(json, "decision_digest", column->decision_digest);
    }
}

void sq_json_column(struct sq_json_writer *json, const struct sq_result *result,
                    const struct sq_column *column)
{
    sq_json_write_object_begin(json);
    sq_json_key_text(json, "policy", column->policy->name);
    sq_json_key_text(json, "mode", sq_mode_name(column->mode));
    if (column->level != SQ_LEVEL_FULL) {
        sq_json_key_text(json, "level", sq_level_name(column->level));
    }
    sq_json_key_uint(json, "seeds", column->n_seeds);
    sq_json_key_text(json, "verdict", sq_verdict_name(column->verdict));
    write_trust(json, column);
    write_checks(json, result, column);
    sq_json_numbers(json, result, column);
    sq_json_counts(json, result->scenario, column);
    sq_json_durations(json, result->scenario, column);
    sq_json_weather(json, result->scenario, column);
    sq_json_timeline(json, column);
    sq_json_write_object_end(json);
}
