/* SPDX-License-Identifier: MIT */
/* Places, connections and the queue of one object of limits. */
#include "policies/pool_int.h"

#include <stddef.h>

#include "base/assert.h"

bool sq_pool_enter(struct sq_pool_cell *cell, const struct sq_limits *limits)
{
    sq_assert(limits->concurrency > 0);
    if (cell->running >= limits->concurrency) {
        return false;
    }
    cell->running++;
    return true;
}

void sq_pool_leave(struct sq_pool_cell *cell)
{
    sq_assert(cell->running > 0);
    cell->running--;
}

bool sq_pool_connect(struct sq_pool_cell *cell, const struct sq_limits *limits)
{
    sq_assert(limits->connections > 0);
    if (cell->connected >= limits->connections) {
        return false;
    }
    cell->connected++;
    return true;
}

void sq_pool_disconnect(struct sq_pool_cell *cell)
{
    sq_assert(cell->connected > 0);
    cell->connected--;
}

void sq_pool_queue(struct sq_pool_cell *cell, struct sq_call *call)
{
    sq_assert(!call->queued);
    call->queued = true;
    call->before = cell->last;
    call->behind = NULL;
    if (cell->last == NULL) {
        cell->first = call;
    } else {
        cell->last->behind = call;
    }
    cell->last = call;
}

void sq_pool_unqueue(struct sq_pool_cell *cell, struct sq_call *call)
{
    if (!call->queued) {
        return;
    }
    if (call->before == NULL) {
        sq_assert(cell->first == call);
        cell->first = call->behind;
    } else {
        call->before->behind = call->behind;
    }
    if (call->behind == NULL) {
        sq_assert(cell->last == call);
        cell->last = call->before;
    } else {
        call->behind->before = call->before;
    }
    call->queued = false;
    call->before = NULL;
    call->behind = NULL;
}
