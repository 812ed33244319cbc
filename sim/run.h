/* SPDX-License-Identifier: MIT */
/*
 * A run: one seed of one policy over one carrier. The loop owns `now`, the queue (one entry per
 * call in flight: the earlier of the engine's deadline and the carrier's next step) and the table
 * of calls; everything else is a machine it feeds. It does not know the mode.
 *
 *     until = min(queue head, next arrival, end of the drain)
 *     carrier wait(until, &arrival)           one event, or none: then a wake-up or a new call at
 * `until` engine feed(event), next(&action) until empty, each applied the call named is queued
 * again: min(call deadline, carrier next)
 */
#ifndef SQ_SIM_RUN_H
#define SQ_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "scenarios/scenario.h"
#include "sim/carrier.h"
#include "sim/meter.h"
#include "sim/path.h"
#include "sim/trace.h"

struct sq_run_setup {
    const struct sq_scenario *scenario;
    const struct sq_settings *policy;
    uint64_t seed;
    struct sq_carrier carrier;
    struct sq_meter *meter;
    struct sq_trace *trace; /* NULL: none is kept */
    struct sq_paths *paths; /* NULL: none are kept */
    uint64_t max_calls;     /* no further call starts after so many; 0: no limit */
    int64_t max_cost;       /* nor once so many pico-dollars were billed, or planned; 0: no limit */
    sq_dur bill_patience;   /* how long after the last call late bills are waited for */
    uint32_t tick_steps;    /* turns of the loop between two ticks, at least 1 */
    bool (*tick)(void *context, sq_time now,
                 uint64_t calls_over); /* false: end early; NULL: never */
    void *tick_context;
};

struct sq_run_end {
    sq_time ended_at;
    uint64_t calls;
    uint64_t attempts;
    uint64_t events; /* fed to the engine */
    bool interrupted;
    const char *inconclusive; /* a reason, or NULL */
    uint64_t decision_digest;
    uint64_t outcome_digest;
};

/* Runs to the end of the drain, or until tick says no, and closes the meter in every case but
 * SQ_NO_MEMORY and SQ_ENVIRONMENT. */
SQ_MUST_USE enum sq_status sq_run(const struct sq_run_setup *setup, struct sq_run_end *end,
                                  struct sq_error *err);

#endif
