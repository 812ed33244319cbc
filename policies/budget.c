/* SPDX-License-Identifier: MIT */
/* A retry budget in buckets of one second. */
#include "policies/budget_int.h"

#include <string.h>

#include "base/assert.h"

#define DEPOSIT INT64_C(1000)

static int64_t withdrawal(const struct sq_retry_budget *settings)
{
    if (settings->ratio_q32 == 0) {
        return 1; /* calls deposit nothing: only the floor pays */
    }
    return (int64_t)(((uint64_t)DEPOSIT << 32) / settings->ratio_q32);
}

static int64_t reserve(const struct sq_retry_budget *settings)
{
    return (int64_t)settings->floor_per_second * SQ_BUDGET_BUCKETS * withdrawal(settings);
}

static void drop_oldest(struct sq_budget_cell *cell)
{
    cell->newest = (cell->newest + 1) % SQ_BUDGET_BUCKETS;
    cell->balance -= cell->entries[cell->newest];
    cell->entries[cell->newest] = 0;
}

/* Buckets lie on whole seconds, so that equal times fall into equal buckets. */
static void rotate(struct sq_budget_cell *cell, sq_time now)
{
    if (now < cell->newest_ends_at) {
        return;
    }
    sq_time ends_at = sq_time_add(now - now % SQ_BUDGET_BUCKET, SQ_BUDGET_BUCKET);
    sq_dur steps = (ends_at - cell->newest_ends_at) / SQ_BUDGET_BUCKET;
    if (steps >= SQ_BUDGET_BUCKETS) {
        memset(cell, 0, sizeof *cell);
    } else {
        for (sq_dur i = 0; i < steps; i++) {
            drop_oldest(cell);
        }
    }
    cell->newest_ends_at = ends_at;
}

static void enter(struct sq_budget_cell *cell, int64_t amount)
{
    cell->balance += amount;
    cell->entries[cell->newest] += amount;
}

void sq_budget_deposit(struct sq_budget_cell *cell, const struct sq_retry_budget *settings,
                       sq_time now)
{
    sq_assert(settings->on);
    rotate(cell, now);
    if (settings->ratio_q32 > 0) {
        enter(cell, DEPOSIT);
    }
}

bool sq_budget_withdraw(struct sq_budget_cell *cell, const struct sq_retry_budget *settings,
                        sq_time now)
{
    sq_assert(settings->on);
    rotate(cell, now);
    int64_t cost = withdrawal(settings);
    if (cell->balance + reserve(settings) < cost) {
        return false;
    }
    enter(cell, -cost);
    return true;
}
