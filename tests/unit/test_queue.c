/* SPDX-License-Identifier: MIT */
/* The event queue, against a plain array that is searched for its least entry: same head after
 * every one of many keyed operations, equal times ordered by id. */
#include "base/queue.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/draw.h"
#include "tests/support/memory_torture.h"

static struct sq_queue queue_of(uint32_t n_slots)
{
    struct sq_queue queue = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_queue_reserve(&queue, n_slots, &err), SQ_OK);
    return queue;
}

static void assert_head(const struct sq_queue *queue, uint32_t slot, uint64_t id, sq_time at)
{
    const struct sq_queue_entry *head = sq_queue_head(queue);
    ck_assert_ptr_nonnull(head);
    ck_assert_uint_eq(head->slot, slot);
    ck_assert_uint_eq(head->id, id);
    ck_assert_int_eq(head->at, at);
}

START_TEST(test_head_when_empty_then_is_null)
{
    struct sq_queue nothing = {0};
    ck_assert_ptr_null(sq_queue_head(&nothing));
    struct sq_queue queue = queue_of(1);
    ck_assert_ptr_null(sq_queue_head(&queue));
    sq_queue_set(&queue, 0, 1, 5);
    sq_queue_remove(&queue, 0);
    ck_assert_ptr_null(sq_queue_head(&queue));
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_head_when_times_are_equal_then_is_the_lowest_id)
{
    enum { SLOTS = 23 };
    struct sq_queue queue = queue_of(SLOTS);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        sq_queue_set(&queue, slot, UINT64_C(1) << 63 | (slot * 7 % SLOTS), 5);
    }
    for (uint64_t id = 0; id < SLOTS; id++) {
        ck_assert_uint_eq(sq_queue_head(&queue)->id, UINT64_C(1) << 63 | id);
        sq_queue_remove(&queue, sq_queue_head(&queue)->slot);
    }
    ck_assert_ptr_null(sq_queue_head(&queue));
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_set_when_slot_is_queued_then_moves_it)
{
    struct sq_queue queue = queue_of(3);
    sq_queue_set(&queue, 0, 10, 100);
    sq_queue_set(&queue, 1, 11, 200);
    sq_queue_set(&queue, 2, 12, 300);
    sq_queue_set(&queue, 2, 12, 50);
    assert_head(&queue, 2, 12, 50);
    sq_queue_set(&queue, 2, 12, 150);
    assert_head(&queue, 0, 10, 100);
    ck_assert_uint_eq(queue.n_entries, 3);
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_set_when_only_the_id_changes_then_order_follows)
{
    struct sq_queue queue = queue_of(2);
    sq_queue_set(&queue, 0, 10, 100);
    sq_queue_set(&queue, 1, 11, 100);
    sq_queue_set(&queue, 0, 12, 100);
    assert_head(&queue, 1, 11, 100);
    sq_queue_set(&queue, 0, 9, 100);
    assert_head(&queue, 0, 9, 100);
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_set_when_never_then_takes_it_out)
{
    struct sq_queue queue = queue_of(2);
    sq_queue_set(&queue, 0, 10, 100);
    sq_queue_set(&queue, 1, 11, SQ_NEVER - 1);
    sq_queue_set(&queue, 0, 10, SQ_NEVER);
    assert_head(&queue, 1, 11, SQ_NEVER - 1);
    sq_queue_set(&queue, 0, 10, SQ_NEVER);
    ck_assert_uint_eq(queue.n_entries, 1);
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_set_when_slot_was_not_reserved_then_is_our_bug)
{
    struct sq_queue queue = queue_of(2);
    sq_queue_set(&queue, 2, 10, 100);
}
END_TEST

START_TEST(test_remove_when_slot_was_not_reserved_then_is_our_bug)
{
    struct sq_queue queue = queue_of(2);
    sq_queue_remove(&queue, 2);
}
END_TEST

START_TEST(test_remove_when_slot_is_not_queued_then_does_nothing)
{
    struct sq_queue queue = queue_of(2);
    sq_queue_set(&queue, 0, 10, 100);
    sq_queue_remove(&queue, 1);
    assert_head(&queue, 0, 10, 100);
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_reserve_when_growing_then_keeps_what_is_queued)
{
    struct sq_queue queue = queue_of(1);
    for (uint32_t slot = 0; slot < 500; slot++) {
        ck_assert_int_eq(sq_queue_reserve(&queue, slot + 1, NULL), SQ_OK);
        sq_queue_set(&queue, slot, slot, 1000 - slot);
    }
    ck_assert_int_eq(sq_queue_reserve(&queue, 3, NULL), SQ_OK);
    ck_assert_uint_eq(queue.n_slots, 500);
    for (uint32_t slot = 500; slot-- > 0;) {
        assert_head(&queue, slot, slot, 1000 - slot);
        sq_queue_remove(&queue, slot);
    }
    sq_queue_clear(&queue);
}
END_TEST

START_TEST(test_reserve_when_memory_runs_out_then_queue_is_as_it_was)
{
    struct sq_queue queue = queue_of(2);
    struct sq_error err = {0};
    sq_queue_set(&queue, 1, 10, 100);
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_queue_reserve(&queue, 100, &err), SQ_NO_MEMORY);
    ck_assert_str_eq(err.text, "no memory for a queue of 100 events");
    ck_assert_uint_eq(queue.n_slots, 2);
    assert_head(&queue, 1, 10, 100);
    sq_memory_torture_fail(0);
    sq_queue_clear(&queue);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_reserve_when_above_the_limit_then_says_so)
{
    struct sq_queue queue = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_queue_reserve(&queue, SQ_QUEUE_SLOTS_MAX + 1, &err), SQ_LIMIT);
    ck_assert_str_eq(err.text, "too many queued events: \"268435457\", allowed: up to 268435456");
}
END_TEST

START_TEST(test_clear_when_zeroed_or_null_then_is_accepted)
{
    struct sq_queue queue = {0};
    sq_queue_clear(&queue);
    sq_queue_clear(NULL);
    queue = queue_of(4);
    sq_queue_clear(&queue);
    sq_queue_clear(&queue);
    ck_assert_uint_eq(queue.n_slots, 0);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

/* The oracle: what is queued by slot, SQ_NEVER for nothing. */
enum { ORACLE_SLOTS = 61 };

struct oracle {
    sq_time at[ORACLE_SLOTS];
    uint64_t id[ORACLE_SLOTS];
};

static uint32_t oracle_head(const struct oracle *oracle)
{
    uint32_t best = ORACLE_SLOTS;
    for (uint32_t i = 0; i < ORACLE_SLOTS; i++) {
        if (oracle->at[i] == SQ_NEVER) {
            continue;
        }
        if (best == ORACLE_SLOTS || oracle->at[i] < oracle->at[best] ||
            (oracle->at[i] == oracle->at[best] && oracle->id[i] < oracle->id[best])) {
            best = i;
        }
    }
    return best;
}

static bool heads_agree(const struct sq_queue *queue, const struct oracle *oracle)
{
    uint32_t expected = oracle_head(oracle);
    const struct sq_queue_entry *head = sq_queue_head(queue);
    if (expected == ORACLE_SLOTS || head == NULL) {
        return expected == ORACLE_SLOTS && head == NULL;
    }
    return head->slot == expected && head->id == oracle->id[expected] &&
           head->at == oracle->at[expected];
}

/* One keyed operation on both: often the head moves on, sometimes any slot does, or leaves. Times
 * lie close together, so that many are equal. */
static void operate(struct sq_queue *queue, struct oracle *oracle, uint64_t nth, uint32_t spread)
{
    struct sq_draw draw = sq_draw_block(11, SQ_DRAW_RULE, nth, spread, 0);
    uint32_t slot = (uint32_t)sq_draw_below(draw.lane[0], ORACLE_SLOTS);
    const struct sq_queue_entry *head = sq_queue_head(queue);
    if (head != NULL && draw.lane[1] % 4 == 0) {
        slot = head->slot;
    }
    if (draw.lane[2] % 8 == 0) {
        oracle->at[slot] = SQ_NEVER;
        sq_queue_remove(queue, slot);
        return;
    }
    oracle->at[slot] = (sq_time)(nth / 16) + sq_draw_below(draw.lane[3], spread);
    oracle->id[slot] = nth * ORACLE_SLOTS % 1009 * ORACLE_SLOTS + slot;
    sq_queue_set(queue, slot, oracle->id[slot], oracle->at[slot]);
}

START_TEST(test_queue_when_operated_100000_times_then_agrees_with_an_array)
{
    const uint32_t spreads[] = {1, 8, 100000};
    struct sq_queue queue = queue_of(ORACLE_SLOTS);
    struct oracle oracle = {0};
    for (uint32_t slot = 0; slot < ORACLE_SLOTS; slot++) {
        oracle.at[slot] = SQ_NEVER;
    }
    uint64_t n_wrong = 0;
    for (uint64_t nth = 0; nth < 100000; nth++) {
        operate(&queue, &oracle, nth, spreads[_i]);
        n_wrong += heads_agree(&queue, &oracle) ? 0 : 1;
    }
    ck_assert_uint_eq(n_wrong, 0);
    while (sq_queue_head(&queue) != NULL) {
        ck_assert(heads_agree(&queue, &oracle));
        oracle.at[sq_queue_head(&queue)->slot] = SQ_NEVER;
        sq_queue_remove(&queue, sq_queue_head(&queue)->slot);
    }
    ck_assert(heads_agree(&queue, &oracle));
    sq_queue_clear(&queue);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("queue");
    tcase_add_test(tcase, test_head_when_empty_then_is_null);
    tcase_add_test(tcase, test_head_when_times_are_equal_then_is_the_lowest_id);
    tcase_add_test(tcase, test_set_when_slot_is_queued_then_moves_it);
    tcase_add_test(tcase, test_set_when_only_the_id_changes_then_order_follows);
    tcase_add_test(tcase, test_set_when_never_then_takes_it_out);
    tcase_add_exit_test(tcase, test_set_when_slot_was_not_reserved_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tcase, test_remove_when_slot_was_not_reserved_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    tcase_add_test(tcase, test_remove_when_slot_is_not_queued_then_does_nothing);
    tcase_add_test(tcase, test_reserve_when_growing_then_keeps_what_is_queued);
    tcase_add_test(tcase, test_reserve_when_memory_runs_out_then_queue_is_as_it_was);
    tcase_add_test(tcase, test_reserve_when_above_the_limit_then_says_so);
    tcase_add_test(tcase, test_clear_when_zeroed_or_null_then_is_accepted);
    tcase_add_loop_test(tcase, test_queue_when_operated_100000_times_then_agrees_with_an_array, 0,
                        3);
    Suite *suite = suite_create("queue");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
