/* SPDX-License-Identifier: MIT */
/*
 * Policies x seeds x clocks. Virtual runs spread over threads, each of which adds up its own; what
 * they leave is joined at the end so that the result does not depend on which thread ran what. A
 * shard runs its share of the grid and leaves a part.
 */
#include "sim/series.h"

#include "base/assert.h"
#include "base/memory.h"
#include "host/thread.h"
#include "sim/agreement.h"
#include "sim/gathering_int.h"
#include "sim/judge.h"
#include "sim/parts/making.h"
#include "sim/series_int.h"

struct series {
    const struct sq_scenario *scenario;
    const struct sq_series_options *options;
    struct sq_gathering virtual_runs[SQ_POLICIES_MAX];
    struct sq_gathering live_runs[SQ_POLICIES_MAX];
    struct sq_column *per_seed[SQ_POLICIES_MAX]; /* only when a threshold asks for each seed */
    struct sq_part *part;                        /* of a shard; NULL: the whole is run */
    uint32_t n_live_seeds;
    uint32_t n_virtual_seeds;
    uint32_t n_runs; /* that this series runs */
    bool each_seed;
    struct sq_mutex mutex; /* guards what follows, and the part */
    uint32_t next_job;     /* in the grid */
    bool stopped;          /* between two runs: some were never begun */
    uint32_t n_taken;
    enum sq_status status;
    struct sq_error err;
};

/* A thread, and what its runs left. */
struct worker {
    struct series *series;
    struct sq_thread thread;
    struct sq_gathering gatherings[SQ_POLICIES_MAX];
};

static void fail(struct series *series, enum sq_status status, const struct sq_error *err)
{
    sq_mutex_lock(&series->mutex);
    if (status != SQ_OK && series->status == SQ_OK) {
        series->status = status;
        series->err = *err;
    }
    sq_mutex_unlock(&series->mutex);
}

/* What a single seed has to be kept apart for: its own check, or a shard's part. */
static enum sq_status keep_seed(struct series *series, uint32_t policy, uint32_t seed,
                                const struct sq_series_outcome *outcome, struct sq_error *err)
{
    if (!series->each_seed) {
        return SQ_OK;
    }
    if (series->part == NULL) {
        return sq_meter_fill(outcome->meter, &series->per_seed[policy][seed], err);
    }
    struct sq_part_state state = {
        .policy = (uint8_t)policy, .single = true, .seed = seed, .n_seeds = 1};
    sq_part_state_write(&state, outcome->meter, outcome->end.inconclusive, seed);
    sq_mutex_lock(&series->mutex);
    enum sq_status status = sq_part_add(series->part, &state, err);
    sq_mutex_unlock(&series->mutex);
    return status;
}

/* Takes over what a run left. */
static enum sq_status gather(struct series *series, struct sq_gathering *gatherings,
                             const struct sq_series_run_job *job, struct sq_series_outcome *outcome,
                             struct sq_error *err)
{
    if (outcome->status != SQ_OK) {
        *err = outcome->err;
        return outcome->status;
    }
    uint32_t seed = (uint32_t)(job->seed - series->scenario->seed);
    enum sq_status status = keep_seed(series, job->policy_index, seed, outcome, err);
    if (status == SQ_OK) {
        sq_gathering_take(&gatherings[job->policy_index], seed, 1, outcome);
    }
    return status;
}

/* Seed by seed, so that an interrupted series has all policies on the same seeds. */
static struct sq_series_run_job job_of(const struct series *series, uint32_t number, uint32_t run)
{
    const struct sq_scenario *scenario = series->scenario;
    uint32_t seed = number / scenario->n_policies;
    uint32_t policy = number % scenario->n_policies;
    return (struct sq_series_run_job){
        .scenario = scenario,
        .policy = scenario->policies[policy],
        .policy_index = policy,
        .options = series->options,
        .seed = scenario->seed + seed,
        .run = run,
        .n_runs = series->n_runs,
        .keep_paths = seed == 0 && series->options->live_clock && series->options->virtual_clock,
    };
}

static uint32_t grid_size(const struct series *series)
{
    return series->n_virtual_seeds * series->scenario->n_policies;
}

/* Whether someone asked to stop before the next run. */
static bool is_stopped(struct series *series)
{
    const struct sq_series_options *options = series->options;
    series->stopped =
        series->stopped || (options->stop != NULL && options->stop(options->stop_context));
    return series->stopped;
}

/* Takes the next virtual run; false: none is left, or a run failed, or all was stopped. */
static bool take_job(struct series *series, struct sq_series_run_job *job)
{
    const struct sq_series_options *options = series->options;
    uint32_t n = grid_size(series);
    sq_mutex_lock(&series->mutex);
    while (series->next_job < n && !sq_shard_has(&options->shard, series->next_job)) {
        series->next_job++;
    }
    bool more = series->status == SQ_OK && series->next_job < n;
    if (more && series->n_taken > 0 && is_stopped(series)) {
        more = false;
    }
    if (more) {
        *job = job_of(series, series->next_job++, series->n_taken++);
    }
    sq_mutex_unlock(&series->mutex);
    return more;
}

static void work(void *context)
{
    struct worker *worker = context;
    struct series *series = worker->series;
    struct sq_series_run_job job;
    while (take_job(series, &job)) {
        struct sq_series_outcome outcome = {0};
        struct sq_error err;
        sq_series_run_virtual(&job, &outcome);
        fail(series, gather(series, worker->gatherings, &job, &outcome, &err), &err);
        sq_series_outcome_clear(&outcome);
    }
}

#define SQ_SERIES_JOBS_MAX 256

static uint32_t threads_for(const struct series *series)
{
    uint32_t jobs =
        series->options->jobs == 0 ? (uint32_t)sq_thread_cores() : series->options->jobs;
    jobs = jobs > series->n_runs ? series->n_runs : jobs;
    jobs = jobs > SQ_SERIES_JOBS_MAX ? SQ_SERIES_JOBS_MAX : jobs;
    return jobs == 0 ? 1 : jobs;
}

static void join(struct series *series, struct worker *worker)
{
    for (uint32_t i = 0; i < series->scenario->n_policies; i++) {
        sq_gathering_join(&series->virtual_runs[i], &worker->gatherings[i]);
    }
}

static void run_virtual_part(struct series *series)
{
    uint32_t jobs = threads_for(series);
    struct worker *workers = sq_memory_new(jobs, sizeof(*workers));
    if (workers == NULL) {
        struct sq_error err;
        fail(series, sq_error_set(&err, SQ_NO_MEMORY, "out of memory"), &err);
        return;
    }
    for (uint32_t i = 0; i < jobs; i++) {
        workers[i].series = series;
    }
    /* This thread works too; when the machine grants fewer threads, fewer do the same work. */
    for (uint32_t i = 1; i < jobs; i++) {
        if (sq_thread_start(&workers[i].thread, work, &workers[i], NULL) != SQ_OK) {
            break;
        }
    }
    work(&workers[0]);
    for (uint32_t i = 0; i < jobs; i++) {
        sq_thread_join(&workers[i].thread);
        join(series, &workers[i]);
    }
    sq_memory_free(workers);
}

static void run_live_part(struct series *series)
{
    uint32_t n_runs = series->n_live_seeds * series->scenario->n_policies;
    for (uint32_t i = 0; i < n_runs && series->status == SQ_OK; i++) {
        if (i > 0 && is_stopped(series)) {
            return;
        }
        struct sq_series_run_job job = job_of(series, i, grid_size(series) + i);
        struct sq_series_outcome outcome = {0};
        sq_series_run_live(&job, &outcome);
        series->status = gather(series, series->live_runs, &job, &outcome, &series->err);
        sq_series_outcome_clear(&outcome);
    }
}

static enum sq_status fill_column(struct series *series, uint32_t policy, enum sq_mode mode,
                                  struct sq_result *result, struct sq_error *err)
{
    struct sq_gathering *gathering =
        mode == SQ_MODE_LIVE ? &series->live_runs[policy] : &series->virtual_runs[policy];
    if (gathering->first.meter == NULL) {
        return SQ_OK;
    }
    gathering->interrupted = gathering->interrupted || series->stopped;
    struct sq_column *column = &result->columns[result->n_columns];
    uint32_t n_ran = gathering->n_ran;
    enum sq_status status = series->part == NULL || series->each_seed
                                ? SQ_OK
                                : sq_part_add_pooled(series->part, (uint8_t)policy, gathering, err);
    if (status == SQ_OK) {
        status = sq_gathering_fill(gathering, column, err);
    }
    if (status != SQ_OK) {
        return status;
    }
    result->n_columns++;
    column->estimated = mode == SQ_MODE_LIVE && series->options->targets != NULL;
    if (series->part != NULL && column->inconclusive == NULL) {
        column->inconclusive = "a part of the whole: squall merge judges";
    }
    result->interrupted = result->interrupted || column->interrupted;
    const struct sq_column *per_seed = series->per_seed[policy];
    sq_judge_column(result, column, per_seed, per_seed == NULL ? 0 : n_ran);
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
    for (uint32_t policy = 0; policy < series->scenario->n_policies; policy++) {
        enum sq_status status = fill_column(series, policy, SQ_MODE_VIRTUAL, result, err);
        if (status == SQ_OK) {
            status = fill_column(series, policy, SQ_MODE_LIVE, result, err);
        }
        if (status != SQ_OK) {
            return status;
        }
        compare_clocks(series, policy, result);
    }
    sq_judge_result(result);
    if (series->part != NULL) {
        sq_part_finish(series->part, series->n_taken, grid_size(series), result);
        series->part = NULL;
    }
    return result->interrupted ? SQ_INTERRUPTED : SQ_OK;
}

static void clear(struct series *series)
{
    for (uint32_t i = 0; i < SQ_POLICIES_MAX; i++) {
        sq_gathering_clear(&series->virtual_runs[i]);
        sq_gathering_clear(&series->live_runs[i]);
        sq_columns_free(series->per_seed[i], series->scenario->n_seeds);
    }
    sq_part_free(series->part);
    sq_mutex_clear(&series->mutex);
    sq_memory_free(series);
}

/* How many of the grid's runs are this shard's. */
static uint32_t share_of(const struct series *series)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < grid_size(series); i++) {
        n += sq_shard_has(&series->options->shard, i);
    }
    return n;
}

static enum sq_status begin(struct series *series, struct sq_error *err)
{
    const struct sq_scenario *scenario = series->scenario;
    const struct sq_series_options *options = series->options;
    series->each_seed = sq_gathering_each_seed(scenario);
    series->n_virtual_seeds = options->virtual_clock ? scenario->n_seeds : 0;
    series->n_live_seeds = !options->live_clock ? 0 : scenario->seeds_given ? scenario->n_seeds : 1;
    series->n_runs = share_of(series) + series->n_live_seeds * scenario->n_policies;
    bool got = true;
    if (options->shard.n > 0) {
        series->part = sq_part_new(&options->shard);
        got = series->part != NULL;
    }
    for (uint8_t i = 0; series->each_seed && series->part == NULL && i < scenario->n_policies;
         i++) {
        series->per_seed[i] = sq_memory_new(scenario->n_seeds, sizeof(*series->per_seed[i]));
        got = got && series->per_seed[i] != NULL;
    }
    return got ? SQ_OK : sq_error_set(err, SQ_NO_MEMORY, "out of memory");
}

enum sq_status sq_series_run(const struct sq_scenario *scenario,
                             const struct sq_series_options *options, struct sq_result *result,
                             struct sq_error *err)
{
    sq_assert(options->virtual_clock || options->live_clock);
    sq_assert(options->shard.n == 0 || !options->live_clock);
    *result = (struct sq_result){
        .scenario = scenario, .labels = options->labels, .n_labels = options->n_labels};
    struct series *series = sq_memory_new(1, sizeof(*series));
    if (series == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    *series = (struct series){.scenario = scenario, .options = options};
    sq_mutex_init(&series->mutex);
    series->status = begin(series, &series->err);
    if (series->status == SQ_OK && series->n_virtual_seeds > 0) {
        run_virtual_part(series);
    }
    run_live_part(series);
    enum sq_status status = series->status;
    if (status == SQ_OK) {
        status = fill_result(series, result, err);
    } else if (err != NULL) {
        *err = series->err;
    }
    clear(series);
    return status;
}
