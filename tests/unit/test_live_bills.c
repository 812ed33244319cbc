/* SPDX-License-Identifier: MIT */
/* Every attempt is billed exactly once, whatever comes first: its end or its entry. */
#include <check.h>
#include <stdlib.h>

#include "base/digest.h"
#include "sim/live/bills_int.h"

#define N_ATTEMPTS 5000

static struct sq_live_bills bills;
static struct sq_journal *journal;

static void set_up(void)
{
    struct sq_error err;
    sq_live_bills_init(&bills);
    journal = sq_journal_new(&err);
}

static void tear_down(void)
{
    sq_live_bills_clear(&bills);
    sq_journal_free(journal);
}

static void open_attempt(uint64_t call, uint16_t attempt)
{
    struct sq_error err;
    struct sq_attempt sent = {
        .call = call, .attempt = attempt, .slot = (uint32_t)call, .role = 1, .model = 2};
    ck_assert_int_eq(sq_live_bills_open(&bills, &sent, &err), SQ_OK);
}

/* The bill names its attempt, so that a mix-up shows. */
static void enter(uint64_t call, uint16_t attempt)
{
    struct sq_journal_entry entry = {
        .call = call,
        .attempt = attempt,
        .identified = true,
        .bill = {.input_tokens = (uint32_t)call, .output_tokens = attempt}};
    sq_journal_add(journal, &entry);
    sq_live_bills_read(&bills, journal);
}

static void check_bill(const struct sq_arrival *arrival, uint64_t call, uint16_t attempt)
{
    ck_assert(arrival->billed);
    ck_assert_uint_eq(arrival->call, call);
    ck_assert_uint_eq(arrival->attempt, attempt);
    ck_assert_uint_eq(arrival->slot, (uint32_t)call);
    ck_assert_uint_eq(arrival->role, 1);
    ck_assert_uint_eq(arrival->model, 2);
    ck_assert_uint_eq(arrival->bill.input_tokens, (uint32_t)call);
    ck_assert_uint_eq(arrival->bill.output_tokens, attempt);
}

static void check_none_due(void)
{
    struct sq_arrival arrival;
    ck_assert(!sq_live_bills_next(&bills, &arrival));
}

START_TEST(test_bill_when_the_entry_came_first_then_it_goes_with_the_end)
{
    struct sq_arrival arrival = {0};
    open_attempt(5, 1);
    open_attempt(5, 2);
    enter(5, 1);
    check_none_due();
    sq_live_bills_over(&bills, 5, 1, true, &arrival);
    check_bill(&arrival, 5, 1);
    ck_assert_uint_eq(bills.n_open, 1);
    check_none_due();
}
END_TEST

START_TEST(test_bill_when_the_end_came_first_then_it_is_due_with_the_entry)
{
    struct sq_arrival arrival = {0};
    open_attempt(5, 1);
    sq_live_bills_over(&bills, 5, 1, true, &arrival);
    ck_assert(!arrival.billed);
    check_none_due();
    enter(5, 1);
    enter(5, 1);
    ck_assert(sq_live_bills_next(&bills, &arrival));
    ck_assert_int_eq(arrival.kind, SQ_ARRIVAL_BILL);
    check_bill(&arrival, 5, 1);
    check_none_due();
    enter(5, 1);
    check_none_due();
}
END_TEST

START_TEST(test_bill_when_given_up_then_it_is_due_in_either_order)
{
    struct sq_arrival arrival = {0};
    open_attempt(5, 1);
    enter(5, 1);
    sq_live_bills_give_up(&bills, 5, 1, true);
    open_attempt(6, 1);
    sq_live_bills_give_up(&bills, 6, 1, true);
    enter(6, 1);
    ck_assert(sq_live_bills_next(&bills, &arrival));
    check_bill(&arrival, 5, 1);
    ck_assert(sq_live_bills_next(&bills, &arrival));
    check_bill(&arrival, 6, 1);
    check_none_due();
}
END_TEST

START_TEST(test_bill_when_the_far_side_never_heard_then_it_is_nothing_at_once)
{
    struct sq_arrival arrival = {0};
    open_attempt(5, 1);
    open_attempt(6, 1);
    sq_live_bills_over(&bills, 5, 1, false, &arrival);
    ck_assert(arrival.billed);
    ck_assert_uint_eq(arrival.bill.input_tokens, 0);
    sq_live_bills_give_up(&bills, 6, 1, false);
    ck_assert(sq_live_bills_next(&bills, &arrival));
    ck_assert_uint_eq(arrival.call, 6);
    ck_assert_uint_eq(arrival.bill.input_tokens, 0);
    ck_assert_uint_eq(bills.n_open, 0);
}
END_TEST

START_TEST(test_entry_when_it_is_of_a_stranger_then_it_is_dropped)
{
    enter(1, 1);
    open_attempt(5, 1);
    enter(5, 2);
    enter(6, 1);
    struct sq_arrival arrival = {0};
    sq_live_bills_over(&bills, 5, 1, true, &arrival);
    ck_assert(!arrival.billed);
    check_none_due();
}
END_TEST

/* Ends attempt i (its call is i % 1000) in one of four ways. */
static void end_in_some_way(uint32_t i, uint32_t *n_billed)
{
    uint64_t call = i % 1000;
    uint16_t attempt = (uint16_t)(i / 1000 + 1);
    struct sq_arrival arrival = {0};
    uint64_t way = sq_digest_mix(i) % 4;
    if (way % 2 == 0) {
        enter(call, attempt);
    }
    if (way < 2) {
        sq_live_bills_over(&bills, call, attempt, true, &arrival);
        *n_billed += arrival.billed;
    } else {
        sq_live_bills_give_up(&bills, call, attempt, true);
    }
    if (way % 2 != 0) {
        enter(call, attempt);
    }
    while (sq_live_bills_next(&bills, &arrival)) {
        check_bill(&arrival, arrival.call, arrival.attempt);
        ++*n_billed;
    }
}

START_TEST(test_bills_when_thousands_are_open_then_each_comes_once)
{
    uint32_t n_billed = 0;
    for (uint32_t i = 0; i < N_ATTEMPTS; i++) {
        open_attempt(i % 1000, (uint16_t)(i / 1000 + 1));
    }
    for (uint32_t i = 0; i < N_ATTEMPTS; i++) {
        end_in_some_way(i * 1237 % N_ATTEMPTS, &n_billed);
    }
    ck_assert_uint_eq(n_billed, N_ATTEMPTS);
    ck_assert_uint_eq(bills.n_open, 0);
    for (uint32_t i = 0; i < bills.n_table; i++) {
        ck_assert_uint_eq(bills.table[i], 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live_bills");
    TCase *cases = tcase_create("bills");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_bill_when_the_entry_came_first_then_it_goes_with_the_end);
    tcase_add_test(cases, test_bill_when_the_end_came_first_then_it_is_due_with_the_entry);
    tcase_add_test(cases, test_bill_when_given_up_then_it_is_due_in_either_order);
    tcase_add_test(cases, test_bill_when_the_far_side_never_heard_then_it_is_nothing_at_once);
    tcase_add_test(cases, test_entry_when_it_is_of_a_stranger_then_it_is_dropped);
    tcase_add_test(cases, test_bills_when_thousands_are_open_then_each_comes_once);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
