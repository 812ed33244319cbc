/* SPDX-License-Identifier: MIT */
/*
 * --target-url: somebody else's endpoint instead of our mock server, and the guards before it. Only
 * live, only in real time; whatever is not this machine needs --allow-remote and a limit. A URL
 * holds no secrets (it is shown), a key comes from the environment and is never shown.
 */
#ifndef SQ_CLI_TARGET_H
#define SQ_CLI_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "sim/series.h"

struct sq_target {
    char role[SQ_NAME_BYTES]; /* "": all that are not named */
    char url[256];            /* without a slash at its end */
    bool remote;
    bool plain; /* http: */
};

struct sq_targets {
    struct sq_target list[SQ_ROLES_MAX + 1];
    size_t n_list;
    uint64_t max_calls; /* 0: none was given */
    int64_t max_cost;   /* pico-dollars; 0: none was given */
};

/* SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_targets_read(const struct sq_arguments *arguments,
                                           const struct sq_series_options *series,
                                           struct sq_targets *targets, struct sq_error *err);

/* For one scenario, of n_runs in all: roles become numbers, keys are read, the limits are shared.
 * The text stays the targets' and the environment's. */
SQ_MUST_USE enum sq_status sq_targets_resolve(const struct sq_targets *targets,
                                              const struct sq_scenario *scenario, uint64_t n_runs,
                                              struct sq_live_targets *live, struct sq_error *err);

/* Says on standard error what goes where. */
void sq_targets_announce(const struct sq_targets *targets, const struct sq_live_targets *live,
                         const struct sq_scenario *scenario, bool quiet);

#endif
