/* SPDX-License-Identifier: MIT */
/* Questions to a loaded scenario, and the rows of the metrics. */
#include "scenarios/scenario.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "wire/pattern.h"

const char *sq_strategy_name(enum sq_strategy strategy)
{
    static const char *const names[SQ_STRATEGIES] = {"switch_model", "rule_based", "cache", "async",
                                                     "final"};
    sq_assert(strategy < SQ_STRATEGIES);
    return names[strategy];
}

const char *sq_operator_name(enum sq_operator operation)
{
    static const char *const names[] = {"<", "<=", ">", ">=", "==", "within"};
    sq_assert(operation <= SQ_OPERATOR_WITHIN);
    return names[operation];
}

const char *sq_when_name(enum sq_when when)
{
    static const char *const names[] = {"all", "before", "after"};
    sq_assert(when <= SQ_WHEN_AFTER);
    return names[when];
}

static bool inside_a_window(const struct sq_scenario *scenario, sq_time at)
{
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        const struct sq_rule *rule = &scenario->script.rules[i];
        sq_time start;
        if (rule->windowed && sq_rule_open(rule, at, &start)) {
            return true;
        }
    }
    return false;
}

bool sq_scenario_phase_at(const struct sq_scenario *scenario, sq_time at,
                          enum sq_phase_index *phase)
{
    if (!scenario->has_fault_windows || at < scenario->first_fault_at) {
        *phase = SQ_PHASE_BEFORE;
        return true;
    }
    if (inside_a_window(scenario, at)) {
        *phase = SQ_PHASE_FAULTY;
        return true;
    }
    *phase = SQ_PHASE_AFTER;
    return at >= scenario->last_fault_end;
}

const struct sq_prompt *sq_workload_prompt(const struct sq_workload *workload, uint32_t prompt)
{
    for (uint8_t i = 0; i < workload->n_streams; i++) {
        const struct sq_stream_spec *stream = &workload->streams[i];
        if (prompt >= stream->first_prompt &&
            prompt - stream->first_prompt < stream->prompts.zipf.n_items) {
            const struct sq_prompt *texts = stream->prompts.texts;
            return texts == NULL ? NULL : &texts[prompt - stream->first_prompt];
        }
    }
    return NULL;
}

#define RECOVERY_WINDOW (10 * SQ_SECOND)
#define RECOVERY_SHARE  30

sq_dur sq_scenario_recovery_window(sq_dur duration)
{
    sq_dur share = duration / RECOVERY_SHARE;
    return share == 0 ? 1 : sq_time_min(share, RECOVERY_WINDOW);
}

void sq_scenario_free(struct sq_scenario *scenario)
{
    if (scenario == NULL) {
        return;
    }
    for (uint8_t i = 0; i < scenario->script.n_contracts; i++) {
        sq_schema_free(scenario->contracts[i].schema);
        sq_json_free(scenario->contracts[i].source);
    }
    for (uint8_t i = 0; i < scenario->script.n_clauses; i++) {
        sq_pattern_free(scenario->script.clauses[i].pattern);
    }
    sq_arena_clear(&scenario->arena);
    sq_memory_free(scenario);
}

/* ---- metrics ---- */

#define METRIC_ROW(id, name, kind, distribution, sentence)                                         \
    {name, SQ_METRIC_##kind, distribution, sentence},
static const struct sq_metric_row rows[SQ_METRICS] = {SQ_METRIC_LIST(METRIC_ROW)};
#undef METRIC_ROW

const struct sq_metric_row *sq_metric_row(enum sq_metric metric)
{
    sq_assert(metric < SQ_METRICS);
    return &rows[metric];
}

bool sq_metric_by_name(const char *name, size_t length, enum sq_metric *metric)
{
    for (int i = 0; i < SQ_METRICS; i++) {
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0) {
            *metric = (enum sq_metric)i;
            return true;
        }
    }
    return false;
}

const char *sq_aggregation_name(enum sq_aggregation aggregation)
{
    static const char *const names[SQ_AGGREGATIONS] = {"value", "count", "rate", "avg",
                                                       "min",   "med",   "max",  "p"};
    sq_assert(aggregation < SQ_AGGREGATIONS);
    return names[aggregation];
}
