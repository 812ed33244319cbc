/* SPDX-License-Identifier: MIT */
/* What a run would do, without running it: `squall run --dry-run`. Prints to standard output. */
#ifndef SQ_CLI_DRY_RUN_H
#define SQ_CLI_DRY_RUN_H

#include "cli/run_order.h"

void sq_dry_run_print(const struct sq_run_order *order, const struct sq_scenario *scenario);

#endif
