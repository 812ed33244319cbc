/* SPDX-License-Identifier: MIT */
/* The meter as a whole: what calls, attempts and bills become, merging, and running out of memory.
 */
#include "sim/meter.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_torture.h"
#include "tests/support/meter_world.h"

START_TEST(test_column_when_nothing_happened_then_empty_but_whole)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column =
        meter_world_column(meter_world_meter(world, SQ_MODE_VIRTUAL), SQ_MINUTE);
    ck_assert_uint_eq(column.total.calls, 0);
    ck_assert_ptr_nonnull(column.call_duration);
    ck_assert_ptr_null(column.duration_by_outcome[SQ_OUTCOME_FIRST_TRY]);
    ck_assert_uint_eq(column.n_timeline, 0);
    ck_assert_uint_eq(column.n_breakers, 2);
    ck_assert_uint_eq(column.n_seeds, 1);
    ck_assert_uint_eq(column.decision_digest, 1);
    ck_assert_uint_eq(column.outcome_digest, 2);
    ck_assert_ptr_eq(column.policy, &world->policy);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_calls_when_over_then_in_tallies_phases_and_histograms)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_fault(world, 10 * SQ_SECOND, 10 * SQ_SECOND);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    meter_world_call(meter, 10 * SQ_SECOND - 1, SQ_SECOND, SQ_OUTCOME_FIRST_TRY);
    meter_world_call(meter, 10 * SQ_SECOND, 2 * SQ_SECOND, SQ_OUTCOME_APOLOGY);
    meter_world_call(meter, 20 * SQ_SECOND - 1, 3 * SQ_SECOND, SQ_OUTCOME_FALLBACK);
    meter_world_call(meter, 20 * SQ_SECOND, 4 * SQ_SECOND, SQ_OUTCOME_FAILED);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.total.calls, 4);
    ck_assert_uint_eq(column.phase[SQ_PHASE_BEFORE].calls, 1);
    ck_assert_uint_eq(column.phase[SQ_PHASE_FAULTY].outcome[SQ_OUTCOME_APOLOGY], 1);
    ck_assert_uint_eq(column.phase[SQ_PHASE_FAULTY].outcome[SQ_OUTCOME_FALLBACK], 1);
    ck_assert_uint_eq(column.phase[SQ_PHASE_AFTER].outcome[SQ_OUTCOME_FAILED], 1);
    ck_assert_uint_eq(column.phase[SQ_PHASE_WORKLOAD_0].calls, 4);
    ck_assert_uint_eq(column.call_duration->count, 4);
    ck_assert_int_eq(column.call_duration->max, 4 * SQ_SECOND);
    ck_assert_uint_eq(column.duration_by_phase[SQ_PHASE_FAULTY]->count, 2);
    ck_assert_uint_eq(column.duration_by_phase[SQ_PHASE_WORKLOAD_0]->count, 4);
    ck_assert_int_eq(column.duration_by_outcome[SQ_OUTCOME_APOLOGY]->max, 2 * SQ_SECOND);
    ck_assert_uint_eq(column.strategy[SQ_STRATEGY_SWITCH_MODEL], 1);
    ck_assert_uint_eq(column.strategy[SQ_STRATEGY_FINAL], 1);
    ck_assert_uint_eq(column.strategy_total.calls, 2);
    ck_assert_uint_eq(column.outcome_by_class[SQ_OUTCOME_FAILED][SQ_CLASS_SERVER_ERROR], 1);
    ck_assert_uint_eq(column.layer_sends[1], 4);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_call_when_intended_in_warmup_then_excluded_and_still_billed)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    world->scenario.warmup = 10 * SQ_SECOND;
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    meter_world_call(meter, 10 * SQ_SECOND - 1, SQ_SECOND, SQ_OUTCOME_FALLBACK);
    meter_world_call(meter, 10 * SQ_SECOND, SQ_SECOND, SQ_OUTCOME_FIRST_TRY);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_EXCLUDED], 1);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 1);
    ck_assert_uint_eq(column.call_duration->count, 1);
    ck_assert_uint_eq(column.attempt_duration->count, 1);
    ck_assert_uint_eq(column.strategy_total.calls, 0);
    ck_assert_uint_eq(column.attempts, 2);
    ck_assert_uint_eq(column.billed.input, 20);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_bills_when_an_answer_was_used_then_the_rest_is_wasted)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    meter_world_call(meter, 0, SQ_SECOND, SQ_OUTCOME_FIRST_TRY);
    struct sq_bill abandoned = {.input_tokens = 100, .cached_tokens = 40, .output_tokens = 7};
    sq_meter_bill(meter, 1, 0, &abandoned, 0);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.billed.input, 110);
    ck_assert_uint_eq(column.billed_by_role[1].output, 7);
    ck_assert_uint_eq(column.wasted.input, 100);
    ck_assert_uint_eq(column.wasted.cached, 40);
    ck_assert_uint_eq(column.wasted.output, 7);
    ck_assert_int_eq(column.wasted.cost,
                     sq_bill_cost(&abandoned, &world->scenario.script.models[0].price));
    ck_assert_int_eq(column.billed.cost - column.wasted.cost, 10 * 2 + 5 * 10);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

static void streamed_call(struct sq_meter *meter, sq_time first_token_at, uint32_t tokens,
                          bool answered)
{
    struct sq_bill bill = {.output_tokens = tokens};
    sq_meter_call_started(meter, 0, 0);
    sq_meter_bill(meter, 0, 0, &bill, 0);
    struct sq_call_record call = {.ended_at = 1000,
                                  .first_token_at = first_token_at,
                                  .outcome = answered ? SQ_OUTCOME_FIRST_TRY : SQ_OUTCOME_FAILED,
                                  .stream = true,
                                  .answered = answered,
                                  .used_bill = bill};
    sq_meter_call_over(meter, &call);
}

START_TEST(test_ttft_and_tpot_when_streamed_and_answered_then_recorded)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    streamed_call(meter, 100, 10, true);
    streamed_call(meter, 300, 1, true);       /* one token has no pace */
    streamed_call(meter, SQ_NEVER, 10, true); /* no token came */
    streamed_call(meter, 100, 10, false);     /* not an answer */
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.ttft->count, 2);
    ck_assert_int_eq(column.ttft->min, 100);
    ck_assert_int_eq(column.ttft->max, 300);
    ck_assert_uint_eq(column.tpot->count, 1);
    ck_assert_int_eq(column.tpot->max, 100);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_attempts_when_many_or_refused_then_in_their_buckets)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    static const uint16_t attempts[] = {0, SQ_ATTEMPTS_SHOWN_MAX - 2, SQ_ATTEMPTS_SHOWN_MAX - 1,
                                        400};
    for (size_t i = 0; i < 4; i++) {
        sq_meter_call_started(meter, 0, 0);
        struct sq_call_record call = {.outcome = SQ_OUTCOME_REJECTED,
                                      .klass = SQ_CLASS_BREAKER_OPEN,
                                      .first_token_at = SQ_NEVER,
                                      .attempts = attempts[i]};
        sq_meter_call_over(meter, &call);
    }
    struct sq_attempt_record refused = {.role = 1, .klass = SQ_CLASS_BREAKER_OPEN};
    sq_meter_attempt_ended(meter, &refused);
    sq_meter_wait(meter, 7, 0);
    struct sq_column column = meter_world_column(meter, SQ_MINUTE);
    ck_assert_uint_eq(column.attempts_per_call[0], 1);
    ck_assert_uint_eq(column.attempts_per_call[SQ_ATTEMPTS_SHOWN_MAX - 2], 1);
    ck_assert_uint_eq(column.attempts_per_call[SQ_ATTEMPTS_SHOWN_MAX - 1], 2);
    ck_assert_uint_eq(column.refused_locally, 1);
    ck_assert_uint_eq(column.attempt_duration->count, 0);
    ck_assert_uint_eq(column.class_by_role[1][SQ_CLASS_BREAKER_OPEN], 1);
    ck_assert_int_eq(column.backoff_wait->max, 7);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

/* 100 calls of a second, n of them started `late` after they were intended. */
static struct sq_column late_starts(struct meter_world *world, enum sq_mode mode, int n,
                                    sq_dur late, sq_dur duration)
{
    struct sq_meter *meter = meter_world_meter(world, mode);
    for (int i = 0; i < 100; i++) {
        sq_meter_call_started(meter, 0, i < n ? late : 0);
        struct sq_call_record call = {.ended_at = duration,
                                      .first_token_at = SQ_NEVER,
                                      .outcome = SQ_OUTCOME_FAILED,
                                      .klass = SQ_CLASS_RESET};
        sq_meter_call_over(meter, &call);
    }
    return meter_world_column(meter, SQ_MINUTE);
}

START_TEST(test_generator_when_more_than_one_percent_start_late_then_fell_behind)
{
    static const struct {
        enum sq_mode mode;
        int n;
        sq_dur late;
        sq_dur duration;
        bool behind;
    } cases[] = {
        {SQ_MODE_LIVE, 2, 6 * SQ_MS, SQ_MS, true},
        {SQ_MODE_LIVE, 1, 6 * SQ_MS, SQ_MS, false},        /* exactly 1 % */
        {SQ_MODE_LIVE, 100, 4 * SQ_MS, SQ_MS, false},      /* below the floor */
        {SQ_MODE_LIVE, 100, 40 * SQ_MS, SQ_SECOND, false}, /* below 5 % of the median */
        {SQ_MODE_LIVE, 100, 60 * SQ_MS, SQ_SECOND, true},
        {SQ_MODE_VIRTUAL, 100, 60 * SQ_MS, SQ_SECOND, false},
    };
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_column column =
            late_starts(world, cases[i].mode, cases[i].n, cases[i].late, cases[i].duration);
        ck_assert_msg(column.fell_behind == cases[i].behind, "case %zu", i);
        ck_assert(cases[i].behind == (column.inconclusive != NULL));
        sq_column_clear(&column);
    }
    meter_world_free(world);
}
END_TEST

/* A seed's meter, closed: calls, strikes and breakers that depend on the seed. */
static struct sq_meter *seed_meter(struct meter_world *world, uint64_t seed)
{
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (uint64_t i = 0; i < 50; i++) {
        enum sq_outcome outcome = (enum sq_outcome)((i * seed) % SQ_OUTCOME_EXCLUDED);
        meter_world_call(meter, (sq_time)i * SQ_SECOND, (sq_dur)(1 + i * seed) * SQ_MS, outcome);
    }
    for (uint64_t i = 0; i < 10 * seed; i++) {
        sq_meter_attempt_sent(meter, SQ_MINUTE);
        struct sq_attempt_record record = {.attempt = 1, .repaired = i < seed ? 1 : 0};
        sq_meter_attempt_ended(meter, &record);
    }
    sq_meter_struck(meter, 0, 12 * SQ_SECOND);
    sq_meter_transition(meter, (sq_time)(10 + seed) * SQ_SECOND, 0, 0, SQ_BREAKER_CLOSED,
                        SQ_BREAKER_OPEN);
    sq_meter_close(meter, 2 * SQ_MINUTE, seed, seed * seed);
    return meter;
}

static struct sq_column merged(struct meter_world *world, uint64_t second, uint64_t third)
{
    struct sq_meter *first = seed_meter(world, 1);
    struct sq_meter *rest[2] = {seed_meter(world, second), seed_meter(world, third)};
    sq_meter_merge(rest[0], rest[1]);
    sq_meter_merge(first, rest[0]);
    struct sq_column column;
    ck_assert_int_eq(sq_meter_fill(first, &column, NULL), SQ_OK);
    sq_meter_free(first);
    sq_meter_free(rest[0]);
    sq_meter_free(rest[1]);
    return column;
}

START_TEST(test_merge_when_in_another_order_then_the_same_column)
{
    struct meter_world *world = meter_world_new(2 * SQ_MINUTE);
    meter_world_fault(world, 10 * SQ_SECOND, 10 * SQ_SECOND);
    struct sq_column a = merged(world, 2, 3);
    struct sq_column b = merged(world, 3, 2);
    const char *what = "";
    ck_assert_msg(sq_column_adds_up(&a, &what), "%s", what);
    ck_assert_uint_eq(a.n_seeds, 3);
    ck_assert_uint_eq(a.total.calls, 150);
    ck_assert_uint_eq(a.peak_attempts_per_250ms, 30);
    ck_assert_uint_eq(a.peak_attempts_sum, 10 + 20 + 30);
    ck_assert_int_eq(a.peak_attempts_mean, 20 * SQ_FACTOR_ONE);
    ck_assert_uint_eq(a.repaired[SQ_REPAIR_FENCES], 1 + 2 + 3);
    ck_assert_mem_eq(a.repaired, b.repaired, sizeof a.repaired);
    ck_assert_uint_eq(b.peak_attempts_sum, a.peak_attempts_sum);
    ck_assert_uint_eq(a.decision_digest, 6);
    ck_assert_uint_eq(a.outcome_digest, 14);
    ck_assert_uint_eq(a.windows[0].struck, 3);
    ck_assert_int_eq(a.windows[0].time_to_open, SQ_SECOND);
    ck_assert_uint_eq(a.time_to_open->count, 3);
    ck_assert_uint_eq(a.breakers[0].opened, 3);
    ck_assert_uint_eq(a.n_transitions, 1);
    ck_assert_uint_eq(a.transitions_counted, 3);
    ck_assert_mem_eq(&a.total, &b.total, sizeof a.total);
    ck_assert_mem_eq(a.class_by_role, b.class_by_role, sizeof a.class_by_role);
    ck_assert_uint_eq(a.call_duration->count, b.call_duration->count);
    ck_assert(a.call_duration->sum == b.call_duration->sum);
    ck_assert_mem_eq(a.call_duration->bucket, b.call_duration->bucket,
                     sizeof a.call_duration->bucket);
    ck_assert_uint_eq(b.windows[0].struck, 3);
    ck_assert_int_eq(b.windows[0].time_to_open, SQ_SECOND);
    ck_assert_uint_eq(a.n_timeline, b.n_timeline);
    ck_assert_mem_eq(a.timeline, b.timeline, a.n_timeline * sizeof *a.timeline);
    sq_column_clear(&a);
    sq_column_clear(&b);
    meter_world_free(world);
}
END_TEST

/* Checks that keep slices: of a phase, and of what comes after the fault. */
static void ask_for_slices(struct meter_world *world)
{
    struct sq_threshold *by_phase = meter_world_threshold(
        world, SQ_METRIC_BACKOFF_WAIT, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, SQ_SECOND);
    by_phase->selector = SQ_SELECT_PHASE;
    by_phase->selected = SQ_PHASE_FAULTY;
    meter_world_threshold(world, SQ_METRIC_TTFT, SQ_AGGREGATION_MAX, SQ_OPERATOR_WITHIN, 0)->when =
        SQ_WHEN_AFTER;
}

START_TEST(test_meter_when_memory_fails_then_null_and_nothing_leaks)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_fault(world, SQ_SECOND, SQ_SECOND);
    ask_for_slices(world);
    for (size_t nth = 1;; nth++) {
        sq_memory_torture_fail(nth);
        struct sq_meter *meter = sq_meter_new(&world->scenario, &world->policy, SQ_MODE_VIRTUAL);
        bool refused = sq_memory_torture_refused() != 0;
        ck_assert(refused == (meter == NULL));
        sq_meter_free(meter);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (!refused) {
            ck_assert_uint_gt(nth, 15);
            break;
        }
    }
    meter_world_free(world);
}
END_TEST

START_TEST(test_fill_when_memory_fails_then_zeroed_column)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_fault(world, SQ_SECOND, SQ_SECOND);
    ask_for_slices(world);
    struct sq_meter *meter = seed_meter(world, 1);
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        struct sq_column column;
        struct sq_error err = {0};
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_meter_fill(meter, &column, &err);
        if (status == SQ_OK) {
            ck_assert_uint_gt(nth, 17);
            sq_column_clear(&column);
            break;
        }
        ck_assert_int_eq(status, SQ_NO_MEMORY);
        ck_assert_int_eq(err.status, SQ_NO_MEMORY);
        ck_assert_uint_eq(column.total.calls, 0);
        ck_assert_ptr_null(column.policy);
        ck_assert_ptr_null(column.call_duration);
        ck_assert_ptr_null(column.timeline);
        ck_assert_ptr_null(column.windows);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
    }
    sq_memory_torture_fail(0);
    sq_meter_free(meter);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
    meter_world_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter");
    TCase *tcase = tcase_create("meter");
    tcase_add_test(tcase, test_column_when_nothing_happened_then_empty_but_whole);
    tcase_add_test(tcase, test_calls_when_over_then_in_tallies_phases_and_histograms);
    tcase_add_test(tcase, test_call_when_intended_in_warmup_then_excluded_and_still_billed);
    tcase_add_test(tcase, test_bills_when_an_answer_was_used_then_the_rest_is_wasted);
    tcase_add_test(tcase, test_ttft_and_tpot_when_streamed_and_answered_then_recorded);
    tcase_add_test(tcase, test_attempts_when_many_or_refused_then_in_their_buckets);
    tcase_add_test(tcase, test_generator_when_more_than_one_percent_start_late_then_fell_behind);
    tcase_add_test(tcase, test_merge_when_in_another_order_then_the_same_column);
    tcase_add_test(tcase, test_meter_when_memory_fails_then_null_and_nothing_leaks);
    tcase_add_test(tcase, test_fill_when_memory_fails_then_zeroed_column);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
