/* SPDX-License-Identifier: MIT */
/*
 * One run of a series, on either clock: makes the parts, runs the loop, keeps what it leaves. The
 * choice of the carrier is made here and nowhere else.
 */
#include "base/error.h"
#include "host/clock.h"
#include "mockprovider/server.h"
#include "sim/live.h"
#include "sim/series_int.h"
#include "sim/virtual.h"

/* A live turn waits for the world, a virtual one takes some 100 ns. */
#define LIVE_TICK_STEPS    16
#define VIRTUAL_TICK_STEPS 4096
#define LIVE_BILL_PATIENCE (5 * SQ_SECOND) /* for bills of attempts given up at the very end */

bool sq_series_tick(void *context, sq_time now, uint64_t calls_over)
{
    const struct sq_series_watch *watch = context;
    const struct sq_series_options *options = watch->job->options;
    if (options->progress != NULL) {
        struct sq_series_progress report = {
            .run = watch->job->run,
            .n_runs = watch->job->n_runs,
            .mode = watch->mode,
            .now = now,
            .end = watch->job->scenario->duration,
            .calls_over = calls_over,
        };
        options->progress(options->progress_context, &report);
    }
    return options->stop == NULL || !options->stop(options->stop_context);
}

static struct sq_run_setup setup_of(const struct sq_series_run_job *job,
                                    struct sq_series_outcome *outcome,
                                    struct sq_series_watch *watch)
{
    return (struct sq_run_setup){
        .scenario = job->scenario,
        .policy = job->policy,
        .seed = job->seed,
        .meter = outcome->meter,
        .paths = job->keep_paths ? &outcome->paths : NULL,
        .tick_steps = watch->mode == SQ_MODE_LIVE ? LIVE_TICK_STEPS : VIRTUAL_TICK_STEPS,
        .tick = sq_series_tick,
        .tick_context = watch,
    };
}

static enum sq_status out_of_memory(struct sq_series_outcome *outcome)
{
    return sq_error_set(&outcome->err, SQ_NO_MEMORY, "out of memory");
}

void sq_series_run_virtual(const struct sq_series_run_job *job, struct sq_series_outcome *outcome)
{
    struct sq_series_watch watch = {.job = job, .mode = SQ_MODE_VIRTUAL};
    struct sq_virtual *carrier = sq_virtual_new(job->scenario, job->policy, job->seed);
    outcome->meter =
        sq_meter_new_at(job->options->level, job->scenario, job->policy, SQ_MODE_VIRTUAL);
    if (carrier == NULL || outcome->meter == NULL) {
        outcome->status = out_of_memory(outcome);
    } else {
        struct sq_run_setup setup = setup_of(job, outcome, &watch);
        setup.carrier = sq_virtual_carrier(carrier);
        outcome->status = sq_run(&setup, &outcome->end, &outcome->err);
    }
    sq_virtual_free(carrier);
}

/* Both sides again, offline: the engine from the trace, the provider from the server's log. */
static enum sq_status replay(const struct sq_series_run_job *job, const struct sq_trace *trace,
                             struct sq_server *server, struct sq_series_outcome *outcome)
{
    bool engine_same;
    bool provider_same;
    uint64_t n_engine;
    uint64_t n_provider;
    enum sq_status status =
        sq_trace_replay(trace, job->policy, job->seed, &engine_same, &n_engine, &outcome->err);
    if (status == SQ_OK) {
        status = sq_server_replay(server, &provider_same, &n_provider, &outcome->err);
    }
    if (status == SQ_OK) {
        outcome->replayed_events = n_engine + n_provider;
        outcome->replay_differs = !engine_same || !provider_same;
    }
    return status;
}

static enum sq_status run_against(const struct sq_series_run_job *job, const struct sq_clock *clock,
                                  struct sq_server *server, struct sq_trace *trace,
                                  struct sq_series_outcome *outcome)
{
    struct sq_series_watch watch = {.job = job, .mode = SQ_MODE_LIVE};
    struct sq_live_options live_options = {.scenario = job->scenario,
                                           .policy = job->policy,
                                           .clock = clock,
                                           .server = server,
                                           .targets = job->options->targets,
                                           .stop_fd = job->options->stop_fd};
    struct sq_live *live = NULL;
    enum sq_status status = sq_live_new(&live_options, &live, &outcome->err);
    if (status == SQ_OK) {
        struct sq_run_setup setup = setup_of(job, outcome, &watch);
        setup.carrier = sq_live_carrier(live);
        setup.trace = trace;
        setup.bill_patience = LIVE_BILL_PATIENCE;
        if (live_options.targets != NULL) {
            setup.max_calls = live_options.targets->max_calls;
            setup.max_cost = live_options.targets->max_cost;
        }
        status = sq_run(&setup, &outcome->end, &outcome->err);
        if (status == SQ_OK) {
            status = sq_live_health(live, &outcome->err);
        }
    }
    sq_live_free(live);
    return status == SQ_OK ? sq_server_health(server, &outcome->err) : status;
}

void sq_series_run_live(const struct sq_series_run_job *job, struct sq_series_outcome *outcome)
{
    struct sq_clock clock;
    struct sq_server *server = NULL;
    struct sq_trace *trace = sq_trace_new();
    outcome->meter = sq_meter_new_at(job->options->level, job->scenario, job->policy, SQ_MODE_LIVE);
    sq_clock_start(&clock, job->options->speed_milli);
    struct sq_server_options options = {
        .script = &job->scenario->script, .clock = &clock, .seed = job->seed};
    if (trace == NULL || outcome->meter == NULL) {
        outcome->status = out_of_memory(outcome);
    } else {
        outcome->status = sq_server_start(&options, &server, &outcome->err);
    }
    if (outcome->status == SQ_OK) {
        outcome->status = run_against(job, &clock, server, trace, outcome);
    }
    if (outcome->status == SQ_OK) {
        outcome->status = replay(job, trace, server, outcome);
    }
    sq_server_stop(server);
    sq_trace_free(trace);
}

void sq_series_outcome_clear(struct sq_series_outcome *outcome)
{
    sq_meter_free(outcome->meter);
    sq_paths_clear(&outcome->paths);
    *outcome = (struct sq_series_outcome){0};
}
