/* SPDX-License-Identifier: MIT */
/* Threads run and end, locks exclude, conditions wake. */
#include "host/thread.h"

#include <check.h>
#include <sched.h>

#define N_THREADS   4
#define N_ADDITIONS 20000

struct shared {
    struct sq_mutex mutex;
    struct sq_condition changed;
    int count;
    int turn;
};

static void add_many(void *context)
{
    struct shared *shared = context;
    for (int i = 0; i < N_ADDITIONS; i++) {
        sq_mutex_lock(&shared->mutex);
        shared->count++;
        sq_mutex_unlock(&shared->mutex);
    }
}

static void answer_turns(void *context)
{
    struct shared *shared = context;
    sq_mutex_lock(&shared->mutex);
    for (int i = 0; i < 100; i++) {
        while (shared->turn != 1) {
            sq_condition_wait(&shared->changed, &shared->mutex);
        }
        shared->count++;
        shared->turn = 0;
        sq_condition_wake_one(&shared->changed);
    }
    sq_mutex_unlock(&shared->mutex);
}

static void wait_for_start(void *context)
{
    struct shared *shared = context;
    sq_mutex_lock(&shared->mutex);
    while (shared->turn == 0) {
        sq_condition_wait(&shared->changed, &shared->mutex);
    }
    shared->count++;
    sq_mutex_unlock(&shared->mutex);
}

static void start_all(struct sq_thread *threads, sq_thread_entry *entry, struct shared *shared)
{
    for (int i = 0; i < N_THREADS; i++) {
        ck_assert_int_eq(sq_thread_start(&threads[i], entry, shared, NULL), SQ_OK);
    }
}

static void join_all(struct sq_thread *threads)
{
    for (int i = 0; i < N_THREADS; i++) {
        sq_thread_join(&threads[i]);
    }
}

static struct shared shared_for_test(void)
{
    struct shared shared = {0};
    sq_mutex_init(&shared.mutex);
    sq_condition_init(&shared.changed);
    return shared;
}

static void clear_shared(struct shared *shared)
{
    sq_condition_clear(&shared->changed);
    sq_mutex_clear(&shared->mutex);
}

START_TEST(test_mutex_when_many_threads_add_loses_nothing)
{
    struct shared shared = shared_for_test();
    struct sq_thread threads[N_THREADS] = {0};
    start_all(threads, add_many, &shared);
    join_all(threads);
    ck_assert_int_eq(shared.count, N_THREADS * N_ADDITIONS);
    clear_shared(&shared);
}
END_TEST

START_TEST(test_condition_wakes_one_in_turns)
{
    struct shared shared = shared_for_test();
    struct sq_thread thread = {0};
    ck_assert_int_eq(sq_thread_start(&thread, answer_turns, &shared, NULL), SQ_OK);
    sq_mutex_lock(&shared.mutex);
    for (int i = 0; i < 100; i++) {
        shared.turn = 1;
        sq_condition_wake_one(&shared.changed);
        while (shared.turn != 0) {
            sq_condition_wait(&shared.changed, &shared.mutex);
        }
        ck_assert_int_eq(shared.count, i + 1);
    }
    sq_mutex_unlock(&shared.mutex);
    sq_thread_join(&thread);
    clear_shared(&shared);
}
END_TEST

START_TEST(test_condition_wakes_all)
{
    struct shared shared = shared_for_test();
    struct sq_thread threads[N_THREADS] = {0};
    start_all(threads, wait_for_start, &shared);
    sq_mutex_lock(&shared.mutex);
    shared.turn = 1;
    sq_condition_wake_all(&shared.changed);
    sq_mutex_unlock(&shared.mutex);
    join_all(threads);
    ck_assert_int_eq(shared.count, N_THREADS);
    clear_shared(&shared);
}
END_TEST

START_TEST(test_join_of_thread_never_started_or_joined_already_does_nothing)
{
    struct shared shared = shared_for_test();
    struct sq_thread thread = {0};
    sq_thread_join(&thread);
    ck_assert_int_eq(sq_thread_start(&thread, add_many, &shared, NULL), SQ_OK);
    ck_assert(thread.started);
    sq_thread_join(&thread);
    ck_assert(!thread.started);
    sq_thread_join(&thread);
    clear_shared(&shared);
}
END_TEST

START_TEST(test_cores_when_bound_to_one_is_one)
{
    int n_cores = sq_thread_cores();
    ck_assert_int_ge(n_cores, 1);
    cpu_set_t allowed;
    ck_assert_int_eq(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
    ck_assert_int_eq(n_cores, CPU_COUNT(&allowed));
    size_t first = 0;
    while (!CPU_ISSET(first, &allowed)) {
        first++;
    }
    cpu_set_t only_first;
    CPU_ZERO(&only_first);
    CPU_SET(first, &only_first);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(only_first), &only_first), 0);
    ck_assert_int_eq(sq_thread_cores(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(allowed), &allowed), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("thread");
    tcase_add_test(tests, test_mutex_when_many_threads_add_loses_nothing);
    tcase_add_test(tests, test_condition_wakes_one_in_turns);
    tcase_add_test(tests, test_condition_wakes_all);
    tcase_add_test(tests, test_join_of_thread_never_started_or_joined_already_does_nothing);
    tcase_add_test(tests, test_cores_when_bound_to_one_is_one);
    Suite *suite = suite_create("thread");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
