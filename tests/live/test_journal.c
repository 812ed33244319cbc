/* SPDX-License-Identifier: MIT */
/* The ring between the server's thread and the driver's. */
#include "mockprovider/journal.h"

#include <check.h>
#include <poll.h>
#include <stdlib.h>

#include "host/clock.h"
#include "host/thread.h"

static struct sq_journal *journal;

static void set_up(void)
{
    struct sq_error err = {0};
    journal = sq_journal_new(&err);
    ck_assert_msg(journal != NULL, "%s", err.text);
}

static void tear_down(void)
{
    sq_journal_free(journal);
}

static void add(uint64_t call)
{
    sq_journal_add(journal, &(struct sq_journal_entry){.call = call});
}

static bool is_readable(void)
{
    struct pollfd ready = {.fd = sq_journal_fd(journal), .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

static void fill(void)
{
    for (uint64_t i = 0; i < SQ_JOURNAL_ENTRIES_MAX; i++) {
        add(i);
    }
}

START_TEST(test_entries_come_out_in_order_and_only_once)
{
    struct sq_journal_entry entry;
    ck_assert(!sq_journal_take(journal, &entry));
    for (uint64_t i = 0; i < 3; i++) {
        add(i);
    }
    for (uint64_t i = 0; i < 3; i++) {
        ck_assert(sq_journal_take(journal, &entry));
        ck_assert_uint_eq(entry.call, i);
    }
    ck_assert(!sq_journal_take(journal, &entry));
}
END_TEST

START_TEST(test_fd_is_readable_while_entries_are_unread)
{
    struct sq_journal_entry entry;
    ck_assert(!is_readable());
    add(1);
    add(2);
    ck_assert(is_readable());
    ck_assert(sq_journal_take(journal, &entry));
    ck_assert(is_readable());
    ck_assert(sq_journal_take(journal, &entry));
    ck_assert(!is_readable());
    add(3);
    ck_assert(is_readable());
}
END_TEST

/* Waits once, in vain; after that nobody is kept waiting until the reader comes back. */
START_TEST(test_full_ring_without_a_reader_counts_losses)
{
    struct sq_journal_entry entry;
    fill();
    ck_assert_uint_eq(sq_journal_lost(journal), 0);
    int64_t before_ns = sq_clock_real_ns();
    add(1);
    int64_t waited_ns = sq_clock_real_ns() - before_ns;
    ck_assert_int_ge(waited_ns, SQ_SECOND);
    ck_assert_uint_eq(sq_journal_lost(journal), 1);
    before_ns = sq_clock_real_ns();
    add(2);
    ck_assert_int_lt(sq_clock_real_ns() - before_ns, SQ_SECOND);
    ck_assert_uint_eq(sq_journal_lost(journal), 2);
    ck_assert(sq_journal_take(journal, &entry));
    ck_assert_uint_eq(entry.call, 0);
    add(7);
    ck_assert_uint_eq(sq_journal_lost(journal), 2);
    for (uint64_t i = 1; i < SQ_JOURNAL_ENTRIES_MAX; i++) {
        ck_assert(sq_journal_take(journal, &entry));
        ck_assert_uint_eq(entry.call, i);
    }
    ck_assert(sq_journal_take(journal, &entry));
    ck_assert_uint_eq(entry.call, 7);
}
END_TEST

static void add_many(void *context)
{
    uint64_t n_entries = *(const uint64_t *)context;
    for (uint64_t i = 0; i < n_entries; i++) {
        add(i);
    }
}

START_TEST(test_full_ring_with_a_reader_loses_nothing)
{
    uint64_t n_entries = 3 * (uint64_t)SQ_JOURNAL_ENTRIES_MAX;
    struct pollfd ready = {.fd = sq_journal_fd(journal), .events = POLLIN};
    struct sq_thread writer = {0};
    struct sq_journal_entry entry;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_thread_start(&writer, add_many, &n_entries, &err), SQ_OK);
    for (uint64_t i = 0; i < n_entries; i++) {
        while (!sq_journal_take(journal, &entry)) {
            ck_assert_int_eq(poll(&ready, 1, 20000), 1);
        }
        ck_assert_uint_eq(entry.call, i);
    }
    sq_thread_join(&writer);
    ck_assert_uint_eq(sq_journal_lost(journal), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("journal");
    TCase *tests = tcase_create("journal");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_entries_come_out_in_order_and_only_once);
    tcase_add_test(tests, test_fd_is_readable_while_entries_are_unread);
    tcase_add_test(tests, test_full_ring_without_a_reader_counts_losses);
    tcase_add_test(tests, test_full_ring_with_a_reader_loses_nothing);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
