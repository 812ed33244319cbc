/* SPDX-License-Identifier: MIT */
/*
 * A retry budget, as Finagle's RetryBudget does it: a balance that calls pay into and retries draw
 * on, each entry for ten seconds, above a reserve that is always there. It only decides, at once;
 * nobody waits for a budget.
 *
 * A deposit is 1,000; a withdrawal 1,000 / ratio, rounded down; the reserve floor_per_second * 10
 * withdrawals. Entries fall into buckets of one second on whole seconds, so one counts for nine to
 * ten seconds. Rotated lazily, when it is used.
 */
#ifndef SQ_POLICIES_BUDGET_INT_H
#define SQ_POLICIES_BUDGET_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/settings.h"

#define SQ_BUDGET_BUCKETS 10
#define SQ_BUDGET_BUCKET  SQ_SECOND

struct sq_budget_cell {
    sq_time newest_ends_at; /* of the newest bucket; 0: nothing entered yet */
    uint32_t newest;
    int64_t balance; /* the sum over the buckets; the reserve is not in it */
    int64_t entries[SQ_BUDGET_BUCKETS];
};

/* A zeroed cell is an empty budget. settings->on must be true. */
void sq_budget_deposit(struct sq_budget_cell *cell, const struct sq_retry_budget *settings,
                       sq_time now);

/* False: it is spent, and nothing was withdrawn. */
bool sq_budget_withdraw(struct sq_budget_cell *cell, const struct sq_retry_budget *settings,
                        sq_time now);

#endif
