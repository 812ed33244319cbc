/* SPDX-License-Identifier: MIT */
/*
 * What is added up call by call: outcomes, phases, strategies, answers, durations, tokens. A
 * duration is recorded under its outcome and its phases only; the histogram of all calls is the sum
 * of the outcomes' and is made at the close.
 */
#include "base/assert.h"
#include "base/memory.h"
#include "sim/meter/meter_int.h"

bool meter_calls_init(struct meter_calls *calls, const struct sq_scenario *scenario)
{
    *calls = (struct meter_calls){.n_workload_phases = scenario->workload.n_phases};
    calls->n_histograms = METER_BY_PHASE + SQ_PHASE_WORKLOAD_0 + scenario->workload.n_phases;
    calls->histograms = sq_memory_new(calls->n_histograms, sizeof *calls->histograms);
    return calls->histograms != NULL;
}

void meter_calls_clear(struct meter_calls *calls)
{
    sq_memory_free(calls->histograms);
    *calls = (struct meter_calls){0};
}

void meter_tokens_add(struct sq_token_sum *sum, const struct sq_bill *bill, int64_t cost)
{
    sum->input += bill->input_tokens;
    sum->cached += bill->cached_tokens;
    sum->output += bill->output_tokens;
    sum->cost += cost;
}

void meter_tally_count(struct sq_tally *tally, enum sq_outcome outcome)
{
    tally->calls++;
    tally->outcome[outcome]++;
}

bool meter_strategy_of(enum sq_outcome outcome, bool by_rule, enum sq_strategy *strategy)
{
    if (!sq_outcome_strategy(outcome, strategy)) {
        return false;
    }
    *strategy = by_rule ? SQ_STRATEGY_RULE_BASED : *strategy;
    return true;
}

static void count_strategy(struct sq_column *sum, enum sq_outcome outcome, bool by_rule)
{
    enum sq_strategy strategy;
    if (meter_strategy_of(outcome, by_rule, &strategy)) {
        sum->strategy[strategy]++;
        meter_tally_count(&sum->strategy_total, outcome);
    }
}

static void count_attempts(struct sq_column *sum, const struct sq_call_record *record)
{
    uint32_t last = SQ_ATTEMPTS_SHOWN_MAX - 1;
    sum->attempts_per_call[record->attempts < last ? record->attempts : last]++;
    for (uint32_t layer = 0; layer < SQ_LAYERS_MAX; layer++) {
        sum->layer_sends[layer] += record->layer_sends[layer];
    }
}

bool meter_call_stream_times(const struct sq_call_record *record, sq_dur *ttft, sq_dur *tpot)
{
    if (!record->stream || !record->answered || record->first_token_at == SQ_NEVER) {
        return false;
    }
    sq_dur span = record->ended_at - record->first_token_at;
    uint32_t tokens = record->used_bill.output_tokens;
    *ttft = record->first_token_at - record->intended_at;
    *tpot = tokens > 1 ? span / (sq_dur)(tokens - 1) : -1;
    return true;
}

static void record_streamed(struct meter_calls *calls, const struct sq_call_record *record)
{
    sq_dur ttft;
    sq_dur tpot;
    if (!meter_call_stream_times(record, &ttft, &tpot)) {
        return;
    }
    sq_histogram_record(&calls->histograms[METER_TTFT], ttft);
    if (tpot >= 0) {
        sq_histogram_record(&calls->histograms[METER_TPOT], tpot);
    }
}

static void record_durations(struct meter_calls *calls, const struct sq_call_record *record,
                             enum sq_outcome outcome, uint8_t phase)
{
    sq_dur duration = record->ended_at - record->intended_at;
    sq_histogram_record(&calls->histograms[METER_BY_OUTCOME + outcome], duration);
    struct sq_histogram *by_phase = &calls->histograms[METER_BY_PHASE];
    if (phase != METER_NO_PHASE) {
        sq_histogram_record(&by_phase[phase], duration);
    }
    if (calls->n_workload_phases > 1) { /* the only one is all calls: see the close */
        sq_histogram_record(&by_phase[SQ_PHASE_WORKLOAD_0 + record->workload_phase], duration);
    }
    record_streamed(calls, record);
}

void meter_calls_over(struct meter_calls *calls, struct sq_column *sum,
                      const struct sq_call_record *record, enum sq_outcome outcome, uint8_t phase)
{
    sq_assert(record->workload_phase < calls->n_workload_phases);
    sum->total.outcome[outcome]++;
    if (phase != METER_NO_PHASE) {
        meter_tally_count(&sum->phase[phase], outcome);
    }
    meter_tally_count(&sum->phase[SQ_PHASE_WORKLOAD_0 + record->workload_phase], outcome);
    sum->outcome_by_class[outcome][record->klass]++;
    count_attempts(sum, record);
    if (record->answered) {
        sum->answers_by_role[record->role]++;
    }
    count_strategy(sum, outcome, record->by_rule);
    if (outcome != SQ_OUTCOME_EXCLUDED) {
        record_durations(calls, record, outcome, phase);
    }
}

void meter_calls_close(struct meter_calls *calls)
{
    struct sq_histogram *all = &calls->histograms[METER_CALL_DURATION];
    for (uint32_t outcome = 0; outcome < SQ_OUTCOMES; outcome++) {
        sq_histogram_merge(all, &calls->histograms[METER_BY_OUTCOME + outcome]);
    }
    if (calls->n_workload_phases == 1) {
        sq_histogram_merge(&calls->histograms[METER_BY_PHASE + SQ_PHASE_WORKLOAD_0], all);
    }
}

void meter_tokens_merge(struct sq_token_sum *into, const struct sq_token_sum *from)
{
    into->input += from->input;
    into->cached += from->cached;
    into->output += from->output;
    into->cost += from->cost;
}

void meter_calls_merge(struct meter_calls *into, const struct meter_calls *from)
{
    sq_assert(into->n_histograms == from->n_histograms);
    for (uint32_t i = 0; i < into->n_histograms; i++) {
        sq_histogram_merge(&into->histograms[i], &from->histograms[i]);
    }
    meter_tokens_merge(&into->used, &from->used);
}

static void add_counts(uint64_t *into, const uint64_t *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        into[i] += from[i];
    }
}

void meter_tally_merge(struct sq_tally *into, const struct sq_tally *from)
{
    into->calls += from->calls;
    add_counts(into->outcome, from->outcome, SQ_OUTCOMES);
}

static void merge_tallies(struct sq_column *into, const struct sq_column *from)
{
    meter_tally_merge(&into->total, &from->total);
    meter_tally_merge(&into->strategy_total, &from->strategy_total);
    for (uint32_t phase = 0; phase < SQ_RESULT_PHASES_MAX; phase++) {
        meter_tally_merge(&into->phase[phase], &from->phase[phase]);
    }
    for (uint32_t outcome = 0; outcome < SQ_OUTCOMES; outcome++) {
        add_counts(into->outcome_by_class[outcome], from->outcome_by_class[outcome], SQ_CLASSES);
    }
}

void meter_sum_merge(struct sq_column *into, const struct sq_column *from)
{
    into->n_seeds += from->n_seeds;
    merge_tallies(into, from);
    add_counts(into->strategy, from->strategy, SQ_STRATEGIES);
    into->attempts += from->attempts;
    into->refused_locally += from->refused_locally;
    add_counts(into->attempts_per_call, from->attempts_per_call, SQ_ATTEMPTS_SHOWN_MAX);
    add_counts(into->repaired, from->repaired, SQ_REPAIR_STEPS);
    add_counts(into->layer_sends, from->layer_sends, SQ_LAYERS_MAX);
    add_counts(into->answers_by_role, from->answers_by_role, SQ_ROLES_MAX);
    meter_tokens_merge(&into->billed, &from->billed);
    for (uint32_t role = 0; role < SQ_ROLES_MAX; role++) {
        add_counts(into->class_by_role[role], from->class_by_role[role], SQ_CLASSES);
        meter_tokens_merge(&into->billed_by_role[role], &from->billed_by_role[role]);
    }
    into->decision_digest += from->decision_digest;
    into->outcome_digest += from->outcome_digest;
}

static bool copy(struct sq_histogram **to, const struct sq_histogram *from)
{
    *to = sq_memory_new(1, sizeof **to);
    if (*to != NULL) {
        **to = *from;
    }
    return *to != NULL;
}

static bool copy_used(struct sq_histogram **to, const struct sq_histogram *from)
{
    return from->count == 0 || copy(to, from);
}

static bool fill_whole(const struct sq_histogram *from, struct sq_column *column)
{
    return copy(&column->call_duration, &from[METER_CALL_DURATION]) &&
           copy(&column->attempt_duration, &from[METER_ATTEMPT_DURATION]) &&
           copy(&column->ttft, &from[METER_TTFT]) && copy(&column->tpot, &from[METER_TPOT]) &&
           copy(&column->backoff_wait, &from[METER_BACKOFF_WAIT]) &&
           copy(&column->pool_wait, &from[METER_POOL_WAIT]) &&
           copy(&column->time_to_open, &from[METER_TIME_TO_OPEN]) &&
           copy(&column->time_to_recover, &from[METER_TIME_TO_RECOVER]) &&
           copy(&column->start_delay, &from[METER_START_DELAY]);
}

bool meter_calls_fill(const struct meter_calls *calls, struct sq_column *column)
{
    bool filled = fill_whole(calls->histograms, column);
    for (uint32_t i = 0; filled && i < SQ_OUTCOMES; i++) {
        filled =
            copy_used(&column->duration_by_outcome[i], &calls->histograms[METER_BY_OUTCOME + i]);
    }
    for (uint32_t i = 0; filled && i < calls->n_histograms - METER_BY_PHASE; i++) {
        filled = copy_used(&column->duration_by_phase[i], &calls->histograms[METER_BY_PHASE + i]);
    }
    return filled;
}
