/* SPDX-License-Identifier: MIT */
/*
 * One object of limits: who is under way, who is on the wire, who waits for a connection. It only
 * counts and queues; what a call does next is the attempt's business (attempt.c).
 *
 * Nobody waits while a connection is free: one that is given back goes to the first in the queue,
 * and who comes new while others wait goes to its end. The queue is linked through the calls.
 */
#ifndef SQ_POLICIES_POOL_INT_H
#define SQ_POLICIES_POOL_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/call.h"
#include "policies/settings.h"

/* Zeroed: all free. */
struct sq_pool_cell {
    uint32_t running;   /* places of limits.concurrency that are taken */
    uint32_t connected; /* connections in use */
    struct sq_call *first;
    struct sq_call *last;
};

/* Takes a place of limits.concurrency, which must be set. False: there is none. */
bool sq_pool_enter(struct sq_pool_cell *cell, const struct sq_limits *limits);
void sq_pool_leave(struct sq_pool_cell *cell);

/* Takes a connection; limits.connections must be set. False: all are in use. */
bool sq_pool_connect(struct sq_pool_cell *cell, const struct sq_limits *limits);
void sq_pool_disconnect(struct sq_pool_cell *cell);

/* The end of the queue. */
void sq_pool_queue(struct sq_pool_cell *cell, struct sq_call *call);
/* Wherever it stands; nothing happens when it does not wait. */
void sq_pool_unqueue(struct sq_pool_cell *cell, struct sq_call *call);

#endif
