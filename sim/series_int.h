/* SPDX-License-Identifier: MIT */
/* What the two clocks' parts of a series share. */
#ifndef SQ_SIM_SERIES_INT_H
#define SQ_SIM_SERIES_INT_H

#include "sim/meter.h"
#include "sim/path.h"
#include "sim/run.h"
#include "sim/series.h"

/* One run on one clock, as the series asks for it. */
struct sq_series_run_job {
    const struct sq_scenario *scenario;
    const struct sq_settings *policy;
    uint32_t policy_index; /* of the scenario */
    const struct sq_series_options *options;
    uint64_t seed;
    uint32_t run; /* number among all runs of the series, for progress */
    uint32_t n_runs;
    bool keep_paths;
};

/* What a run leaves. Meter and paths are the caller's. */
struct sq_series_outcome {
    enum sq_status status; /* of the run; err says more */
    struct sq_error err;
    struct sq_meter *meter; /* closed, unless status is an error */
    struct sq_run_end end;
    struct sq_paths paths;
    uint64_t replayed_events;
    bool replay_differs;
};

void sq_series_run_virtual(const struct sq_series_run_job *job, struct sq_series_outcome *outcome);
void sq_series_run_live(const struct sq_series_run_job *job, struct sq_series_outcome *outcome);
void sq_series_outcome_clear(struct sq_series_outcome *outcome);

/* Tells progress and asks whether to go on; context is a struct sq_series_watch. */
struct sq_series_watch {
    const struct sq_series_run_job *job;
    enum sq_mode mode;
};
bool sq_series_tick(void *context, sq_time now, uint64_t calls_over);

#endif
