/* SPDX-License-Identifier: MIT */
/*
 * Policies x seeds x clocks. Virtual runs spread over threads; what they leave is merged so that
 * the result does not depend on which thread ran what: the first seed's meter is the base, the
 * others are added to it.
 */
#include "sim/series.h"

#include "base/assert.h"
#include "base/memory.h"
#include "host/thread.h"
#include "sim/agreement.h"
#include "sim/judge.h"
#include "sim/series_int.h"

/* One policy on one clock, while its seeds come in. */
struct gathering {
    struct sq_series_outcome first; /* of the first seed */
    struct sq_meter *rest;          /* of all others */
    struct sq_column *per_seed;     /* only when a threshold asks for each seed */
    uint32_t n_ran;
    bool interrupted;
    const char *inconclusive;
    bool replay_differs;
    uint64_t replayed_events;
};

struct series {
    const struct sq_scenario *scenario;
    const struct sq_series_options *options;
    struct gathering virtual_runs[SQ_POLICIES_MAX];
    struct gathering live_runs[SQ_POLICIES_MAX];
    uint32_t n_live_seeds;
    uint32_t n_virtual_seeds;
    uint32_t n_runs;
    bool each_seed;
    struct sq_mutex mutex; /* guards what follows and the gatherings */
    uint32_t next_job;
    enum sq_status status;
    struct sq_error err;
};

static bool asks_each_seed(const struct sq_scenario *scenario)
{
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        if (scenario->thresholds[i].over == SQ_OVER_EACH_SEED) {
            return true;
        }
    }
    return false;
}

static enum sq_status keep_seed_column(const struct series *series, struct gathering *gathering,
                                       uint32_t seed, const struct sq_meter *meter,
                                       struct sq_error *err)
{
    if (!series->each_seed) {
        return SQ_OK;
    }
    if (gathering->per_seed == NULL) {
        gathering->per_seed =
            sq_memory_new(series->scenario->n_seeds, sizeof(*gathering->per_seed));
        if (gathering->per_seed == NULL) {
            return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
        }
    }
    return sq_meter_fill(meter, &gathering->per_seed[seed], err);
}

/* Takes over what a run left. Called with the mutex held. */
static enum sq_status gather(struct series *series, struct gathering *gathering, uint32_t seed,
                             struct sq_series_outcome *outcome, struct sq_error *err)
{
    if (outcome->status != SQ_OK) {
        *err = outcome->err;
        return outcome->status;
    }
    gathering->n_ran++;
    gathering->interrupted = gathering->interrupted || outcome->end.interrupted;
    gathering->replay_differs = gathering->replay_differs || outcome->replay_differs;
    gathering->replayed_events += outcome->replayed_events;
    if (outcome->end.inconclusive != NULL) {
        gathering->inconclusive = outcome->end.inconclusive;
    }
    enum sq_status status = keep_seed_column(series, gathering, seed, outcome->meter, err);
    if (seed == 0) {
        gathering->first = *outcome;
        *outcome = (struct sq_series_outcome){0};
    } else if (gathering->rest == NULL) {
        gathering->rest = outcome->meter;
        outcome->meter = NULL;
    } else {
        sq_meter_merge(gathering->rest, outcome->meter);
    }
    return status;
}

static struct sq_series_run_job job_of(const struct series *series, uint32_t policy, uint32_t seed,
                                       uint32_t run)
{
    return (struct sq_series_run_job){
        .scenario = series->scenario,
        .policy = series->scenario->policies[policy],
        .options = series->options,
        .seed = series->scenario->seed + seed,
        .run = run,
        .n_runs = series->n_runs,
        .keep_paths = seed == 0 && series->options->live_clock && series->options->virtual_clock,
    };
}

/* Takes the next virtual run; false: none is left, or a run failed, or all was stopped. */
static bool take_job(struct series *series, uint32_t *job)
{
    const struct sq_series_options *options = series->options;
    sq_mutex_lock(&series->mutex);
    bool more =
        series->status == SQ_OK &&
        series->next_job < series->n_virtual_seeds * series->scenario->n_policies &&
        (options->stop == NULL || series->next_job == 0 || !options->stop(options->stop_context));
    *job = series->next_job;
    series->next_job += more;
    sq_mutex_unlock(&series->mutex);
    return more;
}

static void work(void *context)
{
    struct series *series = context;
    uint32_t number;
    while (take_job(series, &number)) {
        /* Seed by seed, so that an interrupted series has all policies on the same seeds. */
        uint32_t seed = number / series->scenario->n_policies;
        uint32_t policy = number % series->scenario->n_policies;
        struct sq_series_run_job job = job_of(series, policy, seed, number);
        struct sq_series_outcome outcome = {0};
        sq_series_run_virtual(&job, &outcome);
        sq_mutex_lock(&series->mutex);
        struct sq_error err;
        enum sq_status status = gather(series, &series->virtual_runs[policy], seed, &outcome, &err);
        if (status != SQ_OK && series->status == SQ_OK) {
            series->status = status;
            series->err = err;
        }
        sq_mutex_unlock(&series->mutex);
        sq_series_outcome_clear(&outcome);
    }
}

#define SQ_SERIES_JOBS_MAX 256

static void run_virtual_part(struct series *series)
{
    struct sq_thread threads[SQ_SERIES_JOBS_MAX] = {0};
    uint32_t jobs =
        series->options->jobs == 0 ? (uint32_t)sq_thread_cores() : series->options->jobs;
    uint32_t runs = series->n_virtual_seeds * series->scenario->n_policies;
    jobs = jobs > runs ? runs : jobs;
    jobs = jobs > SQ_SERIES_JOBS_MAX ? SQ_SERIES_JOBS_MAX : jobs;
    /* This thread works too; when the machine grants fewer threads, fewer do the same work. */
    for (uint32_t i = 1; i < jobs; i++) {
        if (sq_thread_start(&threads[i], work, series, NULL) != SQ_OK) {
            break;
        }
    }
    work(series);
    for (uint32_t i = 1; i < jobs; i++) {
        sq_thread_join(&threads[i]);
    }
}

static void run_live_part(struct series *series)
{
    uint32_t n_policies = series->scenario->n_policies;
    const struct sq_series_options *options = series->options;
    for (uint32_t i = 0; i < series->n_live_seeds * n_policies && series->status == SQ_OK; i++) {
        if (i > 0 && options->stop != NULL && options->stop(options->stop_context)) {
            return;
        }
        uint32_t seed = i / n_policies;
        uint32_t policy = i % n_policies;
        struct sq_series_run_job job =
            job_of(series, policy, seed, series->n_virtual_seeds * n_policies + i);
        struct sq_series_outcome outcome = {0};
        sq_series_run_live(&job, &outcome);
        series->status = gather(series, &series->live_runs[policy], seed, &outcome, &series->err);
        sq_series_outcome_clear(&outcome);
    }
}

static enum sq_status fill_column(const struct series *series, uint32_t policy, enum sq_mode mode,
                                  struct gathering *gathering, struct sq_result *result,
                                  struct sq_error *err)
{
    if (gathering->first.meter == NULL) {
        return SQ_OK;
    }
    struct sq_column *column = &result->columns[result->n_columns];
    if (gathering->rest != NULL) {
        sq_meter_merge(gathering->first.meter, gathering->rest);
    }
    enum sq_status status = sq_meter_fill(gathering->first.meter, column, err);
    if (status != SQ_OK) {
        return status;
    }
    result->n_columns++;
    column->policy = series->scenario->policies[policy];
    column->mode = mode;
    column->n_seeds = gathering->n_ran;
    column->interrupted = gathering->interrupted;
    column->estimated = mode == SQ_MODE_LIVE && series->options->targets != NULL;
    column->replay_differs = gathering->replay_differs;
    column->replayed_events = gathering->replayed_events;
    if (gathering->inconclusive != NULL) {
        column->inconclusive = gathering->inconclusive;
    }
    if (gathering->replay_differs) {
        column->inconclusive = "the replay of the run gave other decisions";
    }
    result->interrupted = result->interrupted || column->interrupted;
    sq_judge_column(result, column, gathering->per_seed,
                    gathering->per_seed == NULL ? 0 : gathering->n_ran);
    return SQ_OK;
}

static void compare_clocks(struct series *series, uint32_t policy, struct sq_result *result)
{
    struct sq_paths *virtual_paths = &series->virtual_runs[policy].first.paths;
    struct sq_paths *live_paths = &series->live_runs[policy].first.paths;
    if (result->interrupted || virtual_paths->n_list == 0 || live_paths->n_list == 0) {
        return;
    }
    struct sq_agreement *agreement = &result->agreements[result->n_agreements++];
    agreement->virtual_column = result->n_columns - 2;
    agreement->live_column = result->n_columns - 1;
    sq_agreement_compare(result, virtual_paths, live_paths, agreement);
}

static enum sq_status fill_result(struct series *series, struct sq_result *result,
                                  struct sq_error *err)
{
    result->scenario = series->scenario;
    for (uint32_t policy = 0; policy < series->scenario->n_policies; policy++) {
        enum sq_status status = fill_column(series, policy, SQ_MODE_VIRTUAL,
                                            &series->virtual_runs[policy], result, err);
        if (status == SQ_OK) {
            status =
                fill_column(series, policy, SQ_MODE_LIVE, &series->live_runs[policy], result, err);
        }
        if (status != SQ_OK) {
            return status;
        }
        compare_clocks(series, policy, result);
    }
    sq_judge_result(result);
    return result->interrupted ? SQ_INTERRUPTED : SQ_OK;
}

static void clear_gathering(struct gathering *gathering, uint32_t n_seeds)
{
    sq_series_outcome_clear(&gathering->first);
    sq_meter_free(gathering->rest);
    for (uint32_t i = 0; gathering->per_seed != NULL && i < n_seeds; i++) {
        sq_column_clear(&gathering->per_seed[i]);
    }
    sq_memory_free(gathering->per_seed);
}

enum sq_status sq_series_run(const struct sq_scenario *scenario,
                             const struct sq_series_options *options, struct sq_result *result,
                             struct sq_error *err)
{
    sq_assert(options->virtual_clock || options->live_clock);
    *result = (struct sq_result){
        .scenario = scenario, .labels = options->labels, .n_labels = options->n_labels};
    struct series *series = sq_memory_new(1, sizeof(*series));
    if (series == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    *series = (struct series){.scenario = scenario, .options = options};
    series->each_seed = asks_each_seed(scenario);
    series->n_virtual_seeds = options->virtual_clock ? scenario->n_seeds : 0;
    series->n_live_seeds = !options->live_clock ? 0 : scenario->seeds_given ? scenario->n_seeds : 1;
    series->n_runs = (series->n_virtual_seeds + series->n_live_seeds) * scenario->n_policies;
    sq_mutex_init(&series->mutex);
    if (series->n_virtual_seeds > 0) {
        run_virtual_part(series);
    }
    run_live_part(series);
    enum sq_status status = series->status;
    if (status == SQ_OK) {
        status = fill_result(series, result, err);
    } else if (err != NULL) {
        *err = series->err;
    }
    for (uint32_t i = 0; i < SQ_POLICIES_MAX; i++) {
        clear_gathering(&series->virtual_runs[i], scenario->n_seeds);
        clear_gathering(&series->live_runs[i], scenario->n_seeds);
    }
    sq_mutex_clear(&series->mutex);
    sq_memory_free(series);
    return status;
}
