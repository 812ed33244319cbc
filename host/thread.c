/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads under our names. A thread's entry and context travel in a small heap block that the
 * new thread frees before it begins.
 */
#include "host/thread.h"

#include <errno.h>
#include <sched.h>

#include "base/assert.h"
#include "base/memory.h"
#include "host/reason.h"

struct thread_begin {
    sq_thread_entry *entry;
    void *context;
};

static void *run_entry(void *argument)
{
    struct thread_begin begin = *(struct thread_begin *)argument;
    sq_memory_free(argument);
    begin.entry(begin.context);
    return NULL;
}

enum sq_status sq_thread_start(struct sq_thread *thread, sq_thread_entry *entry, void *context,
                               struct sq_error *err)
{
    thread->started = false;
    struct thread_begin *begin = sq_memory_new(1, sizeof(*begin));
    if (begin == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory to start a thread");
    }
    begin->entry = entry;
    begin->context = context;
    int failure = pthread_create(&thread->handle, NULL, run_entry, begin);
    if (failure != 0) {
        sq_memory_free(begin);
        return sq_error_set(err, failure == EAGAIN ? SQ_LIMIT : SQ_ENVIRONMENT,
                            "cannot start a thread: %s", sq_reason_of(failure).text);
    }
    thread->started = true;
    return SQ_OK;
}

void sq_thread_join(struct sq_thread *thread)
{
    if (!thread->started) {
        return;
    }
    int failure = pthread_join(thread->handle, NULL);
    sq_assert(failure == 0);
    thread->started = false;
}

int sq_thread_cores(void)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    /* Fails on machines with more cores than cpu_set_t has bits: then one core is a safe answer. */
    if (sched_getaffinity(0, sizeof(cores), &cores) != 0) {
        return 1;
    }
    int n_cores = CPU_COUNT(&cores);
    return n_cores > 0 ? n_cores : 1;
}

void sq_mutex_init(struct sq_mutex *mutex)
{
    int failure = pthread_mutex_init(&mutex->handle, NULL);
    sq_assert(failure == 0);
}

void sq_mutex_lock(struct sq_mutex *mutex)
{
    int failure = pthread_mutex_lock(&mutex->handle);
    sq_assert(failure == 0);
}

void sq_mutex_unlock(struct sq_mutex *mutex)
{
    int failure = pthread_mutex_unlock(&mutex->handle);
    sq_assert(failure == 0);
}

void sq_mutex_clear(struct sq_mutex *mutex)
{
    int failure = pthread_mutex_destroy(&mutex->handle);
    sq_assert(failure == 0);
}

void sq_condition_init(struct sq_condition *condition)
{
    int failure = pthread_cond_init(&condition->handle, NULL);
    sq_assert(failure == 0);
}

void sq_condition_wait(struct sq_condition *condition, struct sq_mutex *mutex)
{
    int failure = pthread_cond_wait(&condition->handle, &mutex->handle);
    sq_assert(failure == 0);
}

void sq_condition_wake_one(struct sq_condition *condition)
{
    int failure = pthread_cond_signal(&condition->handle);
    sq_assert(failure == 0);
}

void sq_condition_wake_all(struct sq_condition *condition)
{
    int failure = pthread_cond_broadcast(&condition->handle);
    sq_assert(failure == 0);
}

void sq_condition_clear(struct sq_condition *condition)
{
    int failure = pthread_cond_destroy(&condition->handle);
    sq_assert(failure == 0);
}
