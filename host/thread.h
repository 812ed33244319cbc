/* SPDX-License-Identifier: MIT */
/*
 * Threads, locks and conditions: thin names over POSIX threads, with our errors. Locks are not
 * recursive. What can only fail by our mistake (unlocking what is not locked, joining twice) is an
 * assert. The structs are the caller's and must not move while in use.
 */
#ifndef SQ_HOST_THREAD_H
#define SQ_HOST_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"

struct sq_thread {
    pthread_t handle;
    bool started; /* and not joined yet */
};

struct sq_mutex {
    pthread_mutex_t handle;
};

struct sq_condition {
    pthread_cond_t handle;
};

/* What a thread runs; context is what sq_thread_start was given, and stays the caller's. */
typedef void sq_thread_entry(void *context);

/* SQ_LIMIT when the machine grants no more threads. */
SQ_MUST_USE enum sq_status sq_thread_start(struct sq_thread *thread, sq_thread_entry *entry,
                                           void *context, struct sq_error *err);
/* Waits for the end of a thread. Nothing happens for one that was zeroed or joined already. */
void sq_thread_join(struct sq_thread *thread);
/* Cores this process may use (its affinity mask, not the machine's total), at least 1. */
int sq_thread_cores(void);

void sq_mutex_init(struct sq_mutex *mutex);
void sq_mutex_lock(struct sq_mutex *mutex);
void sq_mutex_unlock(struct sq_mutex *mutex);
void sq_mutex_clear(struct sq_mutex *mutex);

void sq_condition_init(struct sq_condition *condition);
/* Gives the mutex back while waiting. Wakes without reason are possible: wait in a loop. */
void sq_condition_wait(struct sq_condition *condition, struct sq_mutex *mutex);
void sq_condition_wake_one(struct sq_condition *condition);
void sq_condition_wake_all(struct sq_condition *condition);
void sq_condition_clear(struct sq_condition *condition);

#endif
