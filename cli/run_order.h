/* SPDX-License-Identifier: MIT */
/*
 * All that the command line of squall run says, read and checked before anything is opened. Text is
 * borrowed from argv.
 */
#ifndef SQ_CLI_RUN_ORDER_H
#define SQ_CLI_RUN_ORDER_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/layers.h"
#include "cli/next.h"
#include "cli/options.h"
#include "cli/showing.h"
#include "cli/target.h"
#include "sim/series.h"

struct sq_run_order {
    const struct sq_arguments *arguments;
    struct sq_load_options load;
    struct sq_series_options series;
    struct sq_targets targets;
    struct sq_showing showing;
    struct sq_next next; /* made anew for each scenario */
    struct sq_labels labels;
    int exit_code_on_fail;
    bool fail_fast;
    bool dry_run;
    bool progress;
};

/* order->arguments is set, the rest zeroed. SQ_INVALID: a usage error. The order must not move
 * afterwards. */
SQ_MUST_USE enum sq_status sq_run_order_read(struct sq_run_order *order, struct sq_error *err);

#endif
