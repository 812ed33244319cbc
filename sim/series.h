/* SPDX-License-Identifier: MIT */
/*
 * Runs: one seed of one policy over one carrier is a run; a plan of runs (policies x seeds x modes)
 * makes a result. The loop owns `now`, the queue and the table of calls; everything else is a
 * machine it feeds.
 */
#ifndef SQ_SIM_SERIES_H
#define SQ_SIM_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "scenarios/scenario.h"
#include "sim/live.h"
#include "sim/parts/part.h"
#include "sim/result.h"

/* Told now and then how far a run is; called from the thread of that run. */
struct sq_series_progress {
    uint32_t run; /* of n_runs */
    uint32_t n_runs;
    enum sq_mode mode;
    sq_time now; /* scenario time of this run */
    sq_time end;
    uint64_t calls_over;
};

struct sq_series_options {
    bool virtual_clock; /* at least one of the two */
    bool live_clock;
    uint32_t jobs;       /* threads for virtual runs; live runs one after the other; 0: all cores */
    int64_t speed_milli; /* live: scenario milliseconds a real second; 1000 is real time */
    const struct sq_live_targets *targets; /* live: somebody else's endpoints; NULL: none */
    const struct sq_label *labels;         /* for the result, borrowed */
    uint32_t n_labels;
    struct sq_shard shard; /* n > 0: only this share, and the result has a part; virtual only */
    int stop_fd;           /* live: readable ends the run early, with what there is; -1: none */
    /* Asked now and then, from any of the threads: true ends all runs early. NULL: never. */
    bool (*stop)(void *context);
    void *stop_context;
    void (*progress)(void *context, const struct sq_series_progress *report); /* NULL: none */
    void *progress_context;
};

/* Runs all policies and seeds of the scenario and fills *result, judged. The scenario must outlive
 * the result. SQ_INTERRUPTED: the result is filled as far as it came, marked interrupted. Free with
 * sq_result_clear in every case. */
SQ_MUST_USE enum sq_status sq_series_run(const struct sq_scenario *scenario,
                                         const struct sq_series_options *options,
                                         struct sq_result *result, struct sq_error *err);

#endif
