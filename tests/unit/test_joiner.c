/* SPDX-License-Identifier: MIT */
/*
 * Which call a request belongs to. Times in milliseconds; `come` and `go` are an arrival and its
 * end on a connection, answered where the class is NONE.
 */
#include "sim/serve/joiner.h"

#include <check.h>
#include <stdlib.h>

#define BODY 10
#define KEY  1

static struct sq_joiner *joiner;
static uint64_t next_call;

static void set_up(void)
{
    joiner = sq_joiner_new(0);
    next_call = 100;
    ck_assert_ptr_nonnull(joiner);
}

static void tear_down(void)
{
    sq_joiner_free(joiner);
}

static struct sq_journal_entry stranger(uint64_t api_key, uint64_t body, uint16_t retry_count)
{
    return (struct sq_journal_entry){
        .call = next_call++,
        .stranger = {.api_key = api_key, .body = body, .retry_count = retry_count},
    };
}

static struct sq_journal_entry named(uint64_t call, uint16_t attempt)
{
    return (struct sq_journal_entry){.call = call, .attempt = attempt, .identified = true};
}

static struct sq_joined come_for(struct sq_journal_entry entry, uint32_t connection, int64_t at_ms,
                                 uint8_t role)
{
    struct sq_joined joined;
    struct sq_error err = {0};
    entry.kind = SQ_JOURNAL_ARRIVED;
    entry.connection = connection;
    entry.reached_at = at_ms * SQ_MS;
    ck_assert_int_eq(sq_joiner_arrived(joiner, &entry, role, &joined, &err), SQ_OK);
    return joined;
}

static struct sq_joined come(struct sq_journal_entry entry, uint32_t connection, int64_t at_ms)
{
    return come_for(entry, connection, at_ms, 0);
}

static struct sq_attempt_record go(uint32_t connection, int64_t at_ms, enum sq_class klass)
{
    struct sq_attempt_record record;
    struct sq_journal_entry entry = {
        .connection = connection,
        .status = klass == SQ_CLASS_NONE ? 200 : 429,
        .ended_at = at_ms * SQ_MS,
        .first_token_at = SQ_NEVER,
        .bill = {.output_tokens = (uint32_t)at_ms},
    };
    ck_assert(sq_joiner_over(joiner, &entry, klass, &record));
    return record;
}

static struct sq_call_record take(void)
{
    struct sq_call_record record;
    ck_assert(sq_joiner_take(joiner, &record));
    return record;
}

static void assert_none_is_over(void)
{
    struct sq_call_record record;
    ck_assert(!sq_joiner_take(joiner, &record));
}

START_TEST(test_answer_to_a_first_try_ends_its_call)
{
    ck_assert(come(stranger(KEY, BODY, 0), 3, 5).begins);
    assert_none_is_over();
    ck_assert_uint_eq(go(3, 25, SQ_CLASS_NONE).attempt, 1);
    struct sq_call_record record = take();
    ck_assert_int_eq(record.outcome, SQ_OUTCOME_FIRST_TRY);
    ck_assert_uint_eq(record.attempts, 1);
    ck_assert_uint_eq(record.layer_sends[0], 1);
    ck_assert_int_eq(record.intended_at, 5 * SQ_MS);
    ck_assert_int_eq(record.ended_at, 25 * SQ_MS);
    ck_assert(record.answered);
    ck_assert_uint_eq(record.used_bill.output_tokens, 25);
    assert_none_is_over();
}
END_TEST

START_TEST(test_retries_of_a_failed_call_are_its_attempts)
{
    struct sq_joined joined;
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)go(0, 10, SQ_CLASS_RATE_LIMITED);
    assert_none_is_over();
    joined = come(stranger(KEY, BODY, 1), 1, 510);
    ck_assert(!joined.begins);
    ck_assert(joined.waited);
    ck_assert_int_eq(joined.wait, 500 * SQ_MS);
    ck_assert_uint_eq(go(1, 520, SQ_CLASS_RATE_LIMITED).attempt, 2);
    (void)come(stranger(KEY, BODY, 2), 0, 1520);
    ck_assert_uint_eq(go(0, 1540, SQ_CLASS_NONE).attempt, 3);
    struct sq_call_record record = take();
    ck_assert_int_eq(record.outcome, SQ_OUTCOME_RECOVERED);
    ck_assert_uint_eq(record.attempts, 3);
    ck_assert_uint_eq(record.id, 100);
    ck_assert_int_eq(record.intended_at, 0);
    ck_assert_int_eq(record.klass, SQ_CLASS_NONE);
}
END_TEST

/* Another key, another body, no retry count, nothing failed: _i. */
START_TEST(test_what_is_no_retry_of_it_begins_a_call)
{
    const struct sq_journal_entry others[] = {stranger(KEY + 1, BODY, 1),
                                              stranger(KEY, BODY + 1, 1), stranger(KEY, BODY, 0)};
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)go(0, 10, SQ_CLASS_RATE_LIMITED);
    struct sq_joined joined = come(others[_i], 0, 20);
    ck_assert(joined.begins);
    ck_assert(!joined.waited);
    (void)go(0, 30, SQ_CLASS_NONE);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_FIRST_TRY);
    sq_joiner_end(joiner);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_FAILED);
    assert_none_is_over();
}
END_TEST

START_TEST(test_retry_after_an_answer_or_beside_an_attempt_begins_a_call)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    ck_assert(come(stranger(KEY, BODY, 1), 1, 5).begins);
    (void)go(0, 10, SQ_CLASS_NONE);
    (void)go(1, 10, SQ_CLASS_NONE);
    ck_assert(come(stranger(KEY, BODY, 1), 0, 20).begins);
}
END_TEST

START_TEST(test_failed_call_with_the_attempts_said_comes_before_the_latest)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0); /* call 100: fails twice */
    (void)go(0, 10, SQ_CLASS_SERVER_ERROR);
    (void)come(stranger(KEY, BODY, 1), 0, 20);
    (void)go(0, 30, SQ_CLASS_SERVER_ERROR);
    (void)come(stranger(KEY, BODY, 0), 1, 31); /* call 102: fails once, later */
    (void)go(1, 40, SQ_CLASS_SERVER_ERROR);
    (void)come(stranger(KEY, BODY, 2), 0, 50);
    ck_assert_uint_eq(go(0, 60, SQ_CLASS_NONE).call, 100);
    (void)come(stranger(KEY, BODY, 7), 0, 70); /* nobody has seven: the latest */
    ck_assert_uint_eq(go(0, 80, SQ_CLASS_NONE).call, 102);
}
END_TEST

START_TEST(test_latest_failed_is_the_one_that_failed_last)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)come(stranger(KEY, BODY, 0), 1, 1);
    (void)go(1, 10, SQ_CLASS_SERVER_ERROR);
    (void)go(0, 20, SQ_CLASS_SERVER_ERROR);
    (void)come(stranger(KEY, BODY, 1), 2, 30);
    ck_assert_uint_eq(go(2, 40, SQ_CLASS_NONE).call, 100);
}
END_TEST

START_TEST(test_named_attempts_are_one_call_also_beside_each_other)
{
    ck_assert(come(named(7, 1), 0, 0).begins);
    struct sq_joined joined = come_for(named(7, 2), 1, 10, 1);
    ck_assert(!joined.begins);
    ck_assert(!joined.waited);
    ck_assert_uint_eq(go(1, 20, SQ_CLASS_NONE).attempt, 2);
    (void)go(0, 30, SQ_CLASS_CANCELLED);
    ck_assert(!come(named(7, 3), 0, 40).begins);
    (void)go(0, 50, SQ_CLASS_NONE);
    ck_assert(come(named(8, 1), 0, 60).begins);
    (void)go(0, 70, SQ_CLASS_NONE);
    assert_none_is_over();
    sq_joiner_end(joiner);
    struct sq_call_record record = take();
    ck_assert_uint_eq(record.id, 7);
    ck_assert_int_eq(record.outcome, SQ_OUTCOME_FALLBACK); /* answered by another role */
    ck_assert_uint_eq(record.attempts, 3);
    ck_assert_int_eq(record.ended_at, 20 * SQ_MS);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_FIRST_TRY);
    assert_none_is_over();
}
END_TEST

START_TEST(test_call_that_the_end_dropped_is_excluded)
{
    struct sq_attempt_record attempt;
    struct sq_journal_entry dropped = {
        .connection = 0, .abandoned = true, .dropped = true, .ended_at = 30 * SQ_MS};
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)come(stranger(KEY, BODY + 1, 0), 1, 0);
    ck_assert(sq_joiner_over(joiner, &dropped, SQ_CLASS_CANCELLED, &attempt));
    dropped.connection = 1;
    dropped.dropped = false;
    ck_assert(sq_joiner_over(joiner, &dropped, SQ_CLASS_CANCELLED, &attempt));
    sq_joiner_end(joiner);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_EXCLUDED);
    struct sq_call_record failed = take();
    ck_assert_int_eq(failed.outcome, SQ_OUTCOME_FAILED);
    ck_assert_int_eq(failed.klass, SQ_CLASS_CANCELLED);
    ck_assert(!failed.answered);
}
END_TEST

START_TEST(test_one_that_rested_longest_is_over_when_too_many_rest)
{
    sq_joiner_free(joiner);
    joiner = sq_joiner_new(2);
    for (uint64_t i = 0; i < 3; i++) {
        assert_none_is_over();
        (void)come(stranger(KEY, BODY + i, 0), 0, 10 * (int64_t)i);
        (void)go(0, 10 * (int64_t)i + 5, SQ_CLASS_SERVER_ERROR);
    }
    ck_assert_uint_eq(take().id, 100);
    assert_none_is_over();
    ck_assert(come(stranger(KEY, BODY, 1), 0, 50).begins);
    ck_assert(!come(stranger(KEY, BODY + 1, 1), 1, 50).begins);
}
END_TEST

START_TEST(test_end_without_an_arrival_is_nobodys)
{
    struct sq_attempt_record record;
    struct sq_journal_entry entry = {.connection = 5};
    ck_assert(!sq_joiner_over(joiner, &entry, SQ_CLASS_NONE, &record));
    (void)come(stranger(KEY, BODY, 0), 6, 0);
    ck_assert(!sq_joiner_over(joiner, &entry, SQ_CLASS_NONE, &record));
}
END_TEST

START_TEST(test_arrival_on_a_connection_whose_end_was_lost_is_taken)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    ck_assert(come(stranger(KEY, BODY + 1, 0), 0, 10).begins);
    (void)go(0, 20, SQ_CLASS_NONE);
    sq_joiner_end(joiner);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_FIRST_TRY);
    ck_assert_int_eq(take().outcome, SQ_OUTCOME_FAILED);
    assert_none_is_over();
}
END_TEST

/* Slots of calls are used again, and what was in them is gone. */
START_TEST(test_many_calls_one_after_the_other_stay_apart)
{
    for (uint64_t i = 0; i < 1000; i++) {
        int64_t at_ms = (int64_t)i * 100;
        (void)come(stranger(KEY, i, 0), 0, at_ms);
        (void)go(0, at_ms + 10, SQ_CLASS_SERVER_ERROR);
        ck_assert(!come(stranger(KEY, i, 1), 0, at_ms + 20).begins);
        (void)go(0, at_ms + 30, SQ_CLASS_NONE);
        struct sq_call_record record = take();
        ck_assert_uint_eq(record.attempts, 2);
        ck_assert_int_eq(record.intended_at, at_ms * SQ_MS);
    }
    assert_none_is_over();
}
END_TEST

START_TEST(test_digest_does_not_depend_on_the_order_of_calls)
{
    uint64_t seen[2];
    for (int turn = 0; turn < 2; turn++) {
        (void)come(named(1, 1), 0, 0);
        (void)come(named(2, 1), 1, 0);
        (void)go((uint32_t)turn, 10, turn == 0 ? SQ_CLASS_NONE : SQ_CLASS_AUTH);
        (void)go((uint32_t)(1 - turn), 10, turn == 0 ? SQ_CLASS_AUTH : SQ_CLASS_NONE);
        sq_joiner_end(joiner);
        (void)take();
        (void)take();
        seen[turn] = sq_joiner_outcomes(joiner);
        tear_down();
        set_up();
    }
    ck_assert_uint_eq(seen[0], seen[1]);
    ck_assert_uint_ne(seen[0], 0);
}
END_TEST

static void strike(int64_t at_ms)
{
    struct sq_strike struck = {
        .at = at_ms * SQ_MS, .ended_at = at_ms * SQ_MS, .klass = SQ_CLASS_RESET, .seen = true};
    sq_strikes_add(sq_joiner_strikes(joiner), 0, &struck);
}

/* A request, a connection that was struck, and the retry that says it is the third attempt. */
START_TEST(test_retry_claims_what_struck_between)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)go(0, 10, SQ_CLASS_RATE_LIMITED);
    strike(5); /* while the first attempt was under way: not of this call */
    strike(110);
    struct sq_joined joined = come(stranger(KEY, BODY, 2), 0, 310);
    ck_assert(!joined.begins);
    ck_assert_uint_eq(joined.n_strikes, 1);
    ck_assert_uint_eq(joined.strikes[0].record.attempt, 2);
    ck_assert_int_eq(joined.strikes[0].record.klass, SQ_CLASS_RESET);
    ck_assert(joined.strikes[0].waited);
    ck_assert_int_eq(joined.strikes[0].wait, 100 * SQ_MS);
    ck_assert(joined.waited);
    ck_assert_int_eq(joined.wait, 200 * SQ_MS);
    ck_assert_uint_eq(go(0, 320, SQ_CLASS_NONE).attempt, 3);
    ck_assert_uint_eq(take().attempts, 3);
}
END_TEST

START_TEST(test_retry_of_an_unknown_call_claims_and_begins_it)
{
    strike(10);
    struct sq_joined joined = come(stranger(KEY, BODY, 1), 0, 60);
    ck_assert(joined.begins);
    ck_assert_uint_eq(joined.n_strikes, 1);
    ck_assert(!joined.strikes[0].waited);
    ck_assert(joined.waited);
    ck_assert_uint_eq(go(0, 70, SQ_CLASS_NONE).attempt, 2);
    struct sq_call_record record = take();
    ck_assert_int_eq(record.outcome, SQ_OUTCOME_RECOVERED);
    ck_assert_int_eq(record.intended_at, 60 * SQ_MS);
}
END_TEST

START_TEST(test_first_try_claims_nothing)
{
    strike(10);
    ck_assert_uint_eq(come(stranger(KEY, BODY, 0), 0, 60).n_strikes, 0);
    ck_assert_uint_eq(come(named(9, 1), 1, 60).n_strikes, 0);
    ck_assert_uint_eq(come(named(8, 2), 2, 60).n_strikes, 1);
}
END_TEST

/* Buckets are few beside all numbers, so that some of these share one. */
START_TEST(test_named_calls_of_any_number_stay_apart)
{
    for (uint32_t i = 0; i < 300; i++) {
        ck_assert(come(named(1000 + i, 1), i, 10).begins);
    }
    for (uint32_t i = 0; i < 300; i++) {
        ck_assert_uint_eq(go(i, 20, SQ_CLASS_SERVER_ERROR).call, 1000 + i);
    }
    for (uint32_t i = 0; i < 300; i++) {
        ck_assert(!come(named(1000 + i, 2), i, 30).begins);
        ck_assert_uint_eq(go(i, 40, SQ_CLASS_NONE).call, 1000 + i);
    }
    ck_assert(come(stranger(KEY, BODY, 1), 0, 50).begins);
}
END_TEST

START_TEST(test_failed_call_is_found_among_others_of_its_kind_that_are_under_way)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)go(0, 10, SQ_CLASS_SERVER_ERROR);
    (void)come(stranger(KEY, BODY, 0), 1, 11);
    (void)come(stranger(KEY, BODY, 0), 2, 12);
    ck_assert(!come(stranger(KEY, BODY, 1), 3, 20).begins);
    ck_assert_uint_eq(go(3, 30, SQ_CLASS_NONE).call, 100);
}
END_TEST

START_TEST(test_latest_of_several_that_do_not_fit_is_continued)
{
    for (uint32_t i = 0; i < 3; i++) {
        (void)come(stranger(KEY, BODY, 0), i, i);
    }
    for (uint32_t i = 0; i < 3; i++) {
        (void)go(i, 10 + i, SQ_CLASS_SERVER_ERROR);
    }
    (void)come(stranger(KEY, BODY, 5), 0, 50);
    ck_assert_uint_eq(go(0, 60, SQ_CLASS_NONE).call, 102);
}
END_TEST

START_TEST(test_call_under_way_at_the_end_is_over_with_it)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)come(named(9, 1), 1, 0);
    sq_joiner_end(joiner);
    ck_assert_uint_eq(take().attempts, 1);
    ck_assert_uint_eq(take().attempts, 1);
    assert_none_is_over();
}
END_TEST

/* Who looks for a failed call looks at so many of its kind, no more. */
START_TEST(test_failed_call_behind_too_many_under_way_is_not_found)
{
    (void)come(stranger(KEY, BODY, 0), 0, 0);
    (void)go(0, 10, SQ_CLASS_SERVER_ERROR);
    for (uint32_t i = 0; i < 64; i++) {
        (void)come(stranger(KEY, BODY, 0), i, 20);
    }
    ck_assert(come(stranger(KEY, BODY, 1), 64, 30).begins);
}
END_TEST

/* Attempt 0 is none that our header would say: it has nothing before it. */
START_TEST(test_named_request_claims_nothing_for_attempt_0_or_beside_an_attempt)
{
    strike(10);
    ck_assert_uint_eq(come(named(9, 0), 0, 60).n_strikes, 0);
    ck_assert_uint_eq(come(named(9, 3), 1, 60).n_strikes, 0);
    ck_assert_uint_eq(come(named(8, 2), 2, 60).n_strikes, 1);
}
END_TEST

START_TEST(test_attempts_beyond_what_is_counted_stay_at_the_last_number)
{
    for (uint32_t i = 0; i <= UINT16_MAX; i++) {
        (void)come(named(7, 1), 0, i);
        (void)go(0, i, SQ_CLASS_SERVER_ERROR);
    }
    (void)come(named(7, 1), 0, 70000);
    ck_assert_uint_eq(go(0, 70000, SQ_CLASS_NONE).attempt, UINT16_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("joiner");
    TCase *tests = tcase_create("joiner");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_answer_to_a_first_try_ends_its_call);
    tcase_add_test(tests, test_retries_of_a_failed_call_are_its_attempts);
    tcase_add_loop_test(tests, test_what_is_no_retry_of_it_begins_a_call, 0, 3);
    tcase_add_test(tests, test_retry_after_an_answer_or_beside_an_attempt_begins_a_call);
    tcase_add_test(tests, test_failed_call_with_the_attempts_said_comes_before_the_latest);
    tcase_add_test(tests, test_latest_failed_is_the_one_that_failed_last);
    tcase_add_test(tests, test_named_attempts_are_one_call_also_beside_each_other);
    tcase_add_test(tests, test_call_that_the_end_dropped_is_excluded);
    tcase_add_test(tests, test_one_that_rested_longest_is_over_when_too_many_rest);
    tcase_add_test(tests, test_end_without_an_arrival_is_nobodys);
    tcase_add_test(tests, test_arrival_on_a_connection_whose_end_was_lost_is_taken);
    tcase_add_test(tests, test_many_calls_one_after_the_other_stay_apart);
    tcase_add_test(tests, test_digest_does_not_depend_on_the_order_of_calls);
    tcase_add_test(tests, test_retry_claims_what_struck_between);
    tcase_add_test(tests, test_retry_of_an_unknown_call_claims_and_begins_it);
    tcase_add_test(tests, test_first_try_claims_nothing);
    tcase_add_test(tests, test_named_calls_of_any_number_stay_apart);
    tcase_add_test(tests, test_failed_call_is_found_among_others_of_its_kind_that_are_under_way);
    tcase_add_test(tests, test_latest_of_several_that_do_not_fit_is_continued);
    tcase_add_test(tests, test_named_request_claims_nothing_for_attempt_0_or_beside_an_attempt);
    tcase_add_test(tests, test_attempts_beyond_what_is_counted_stay_at_the_last_number);
    tcase_add_test(tests, test_call_under_way_at_the_end_is_over_with_it);
    tcase_add_test(tests, test_failed_call_behind_too_many_under_way_is_not_found);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
