/* SPDX-License-Identifier: MIT */
/* Places, connections and the queue of one object of limits. */
#include "policies/pool_int.h"

#include <check.h>

#define CALLS 4

static struct sq_pool_cell cell;
static struct sq_call calls[CALLS];

static void set_up(void)
{
    cell = (struct sq_pool_cell){0};
    for (unsigned i = 0; i < CALLS; i++) {
        calls[i] = (struct sq_call){.owner = i};
    }
}

static void queue_all(void)
{
    for (unsigned i = 0; i < CALLS; i++) {
        sq_pool_queue(&cell, &calls[i]);
    }
}

/* The numbers of those who wait, in order, as digits of a number that begins with 1. */
static unsigned order(void)
{
    unsigned digits = 1;
    const struct sq_call *last = NULL;
    for (struct sq_call *call = cell.first; call != NULL; call = call->behind) {
        ck_assert(call->queued);
        ck_assert_ptr_eq(call->before, last);
        digits = digits * 10 + call->owner;
        last = call;
    }
    ck_assert_ptr_eq(cell.last, last);
    return digits;
}

START_TEST(test_enter_at_the_limit_is_refused_until_one_leaves)
{
    struct sq_limits limits = {.concurrency = 2};
    ck_assert(sq_pool_enter(&cell, &limits));
    ck_assert(sq_pool_enter(&cell, &limits));
    ck_assert(!sq_pool_enter(&cell, &limits));
    sq_pool_leave(&cell);
    ck_assert(sq_pool_enter(&cell, &limits));
}
END_TEST

START_TEST(test_connect_at_the_limit_is_refused_until_one_disconnects)
{
    struct sq_limits limits = {.connections = 1};
    ck_assert(sq_pool_connect(&cell, &limits));
    ck_assert(!sq_pool_connect(&cell, &limits));
    sq_pool_disconnect(&cell);
    ck_assert(sq_pool_connect(&cell, &limits));
}
END_TEST

START_TEST(test_queue_keeps_the_order_of_those_who_come)
{
    ck_assert_uint_eq(order(), 1);
    queue_all();
    ck_assert_uint_eq(order(), 10123);
}
END_TEST

START_TEST(test_unqueue_at_the_front_the_middle_and_the_end_keeps_the_others)
{
    queue_all();
    sq_pool_unqueue(&cell, &calls[1]);
    ck_assert_uint_eq(order(), 1023);
    sq_pool_unqueue(&cell, &calls[3]);
    ck_assert_uint_eq(order(), 102);
    sq_pool_unqueue(&cell, &calls[0]);
    ck_assert_uint_eq(order(), 12);
    sq_pool_unqueue(&cell, &calls[2]);
    ck_assert_uint_eq(order(), 1);
    sq_pool_queue(&cell, &calls[2]);
    ck_assert_uint_eq(order(), 12);
}
END_TEST

START_TEST(test_unqueue_of_one_that_does_not_wait_does_nothing)
{
    sq_pool_queue(&cell, &calls[0]);
    sq_pool_unqueue(&cell, &calls[1]);
    ck_assert_uint_eq(order(), 10);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pool");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, test_enter_at_the_limit_is_refused_until_one_leaves);
    tcase_add_test(tests, test_connect_at_the_limit_is_refused_until_one_disconnects);
    tcase_add_test(tests, test_queue_keeps_the_order_of_those_who_come);
    tcase_add_test(tests, test_unqueue_at_the_front_the_middle_and_the_end_keeps_the_others);
    tcase_add_test(tests, test_unqueue_of_one_that_does_not_wait_does_nothing);
    Suite *suite = suite_create("pool");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
