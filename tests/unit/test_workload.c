/* SPDX-License-Identifier: MIT */
/* The stream of calls: times against their definition, laws of gaps, traces, questions. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"
#include "sim/workload.h"
#include "tests/support/small_scenario.h"

#define SEED 7

static struct small_scenario *small;
static struct sq_workload *workload;

static void set_up(void)
{
    small = small_scenario_new();
    workload = &small->scenario.workload;
    struct sq_dist_spec gap = {
        .kind = SQ_DIST_EXPONENTIAL, .a = SQ_WORKLOAD_GAP_ONE, .max = SQ_DIST_VALUE_MAX};
    struct sq_error err;
    ck_assert_int_eq(sq_dist_compile(&gap, &small->scenario.arena, &workload->gap, &err), SQ_OK);
}

static void tear_down(void)
{
    small_scenario_free(small);
}

static struct sq_workload_stream started(void)
{
    struct sq_workload_stream stream;
    struct sq_error err;
    ck_assert_int_eq(sq_workload_init(&stream, &small->scenario, 0, SEED, &err), SQ_OK);
    return stream;
}

/* ---- flat rates ---- */

/* The definition: the earliest nanosecond at which the area under the rate is reached. */
static void check_flat(int64_t rate, enum sq_arrivals arrivals, sq_dur duration)
{
    small->rate.value = rate;
    small->scenario.duration = duration;
    workload->phases[0].duration = duration;
    workload->phases[0].arrivals = arrivals;
    struct sq_workload_stream stream = started();
    sq_uint128 area = 0;
    for (uint64_t id = 1; id < 20000; id++, sq_workload_advance(&stream)) {
        struct sq_draw draw = sq_draw_block(SEED, SQ_DRAW_REQUEST, id, 0, 0);
        area += arrivals == SQ_ARRIVALS_POISSON
                    ? (sq_uint128)(uint64_t)sq_dist_value(&workload->gap, draw.lane[3])
                : id > 1 ? (sq_uint128)SQ_WORKLOAD_GAP_ONE
                         : 0;
        sq_dur offset = sq_curve_reaches(&workload->phases[0].rate, area);
        ck_assert_uint_eq(stream.next.id, id);
        if (offset >= duration) {
            ck_assert_int_eq(stream.next.at, SQ_NEVER);
            return;
        }
        ck_assert_int_eq(stream.next.at, offset);
    }
}

START_TEST(test_times_when_the_rate_is_flat_then_those_of_the_curve)
{
    static const int64_t rates[] = {1, 7, 999999, 1000000, 3333333, 50000000, 1000000000000};
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        check_flat(rates[i], SQ_ARRIVALS_POISSON, SQ_DAY);
        check_flat(rates[i], SQ_ARRIVALS_CONSTANT, SQ_DAY);
    }
}
END_TEST

/* 7 calls a second: the second one is due at 142857142.86 ns, which is the last nanosecond of the
 * phase; it comes with the next phase, and the stream goes on. */
START_TEST(test_call_when_due_in_the_last_nanosecond_of_a_phase_then_it_opens_the_next)
{
    small->rate.value = 7000000;
    workload->n_phases = 2;
    workload->streams[0].n_phases = 2;
    workload->phases[1] = workload->phases[0];
    workload->phases[0].duration = 142857143;
    workload->phases[1].from = 142857143;
    workload->phases[1].duration = SQ_SECOND;
    small->scenario.duration = 142857143 + SQ_SECOND;
    struct sq_workload_stream stream = started();
    ck_assert_int_eq(stream.next.at, 0);
    sq_workload_advance(&stream);
    ck_assert_int_eq(stream.next.at, 142857143);
    ck_assert_uint_eq(stream.next.phase, 1);
    sq_workload_advance(&stream);
    ck_assert_int_eq(stream.next.at, 142857143 + 142857143);
}
END_TEST

START_TEST(test_calls_when_a_pause_lies_between_then_the_area_carries_over)
{
    static const struct sq_curve_point still = {0, 0};
    small->rate.value = 1500000;
    workload->n_phases = 3;
    workload->streams[0].n_phases = 3;
    workload->phases[0].duration = SQ_SECOND;
    workload->phases[1] = workload->phases[0];
    workload->phases[1].from = SQ_SECOND;
    workload->phases[1].rate = (struct sq_curve){.points = &still, .n_points = 1};
    workload->phases[2] = workload->phases[0];
    workload->phases[2].from = 2 * SQ_SECOND;
    small->scenario.duration = 3 * SQ_SECOND;
    struct sq_workload_stream stream = started();
    sq_workload_advance(&stream);
    ck_assert_int_eq(stream.next.at, 666666667);
    sq_workload_advance(&stream);
    /* half a call was left over: the third comes a third of a second into the third phase */
    ck_assert_int_eq(stream.next.at, 2 * SQ_SECOND + 333333334);
    ck_assert_uint_eq(stream.next.phase, 2);
}
END_TEST

/* Mean and variation of the gaps at 10 calls a second. */
START_TEST(test_tokens_when_a_law_gives_none_or_too_many_then_one_or_the_most)
{
    workload->requests[0].input_tokens.fixed = 0;
    workload->requests[0].output_tokens.fixed = INT64_C(1) << 40;
    struct sq_workload_stream stream = started();
    ck_assert_uint_eq(stream.next.input_tokens, 1);
    ck_assert_uint_eq(stream.next.output_tokens, UINT32_MAX);
    sq_workload_clear(&stream);
}
END_TEST

START_TEST(test_calls_when_a_phase_is_longer_than_the_scenario_then_they_end_with_it)
{
    uint32_t n_calls = 0;
    small->scenario.duration = 2 * SQ_SECOND;
    workload->phases[0].duration = SQ_MINUTE;
    struct sq_workload_stream stream = started();
    for (; stream.next.at != SQ_NEVER; sq_workload_advance(&stream)) {
        ck_assert_int_lt(stream.next.at, 2 * SQ_SECOND);
        n_calls++;
    }
    ck_assert_uint_eq(n_calls, 20);
    sq_workload_clear(&stream);
}
END_TEST

START_TEST(test_gaps_when_gamma_then_mean_and_variation_hold)
{
    struct sq_error err;
    struct sq_dist_spec gap = {.kind = SQ_DIST_GAMMA,
                               .a = SQ_WORKLOAD_GAP_ONE,
                               .shape_q32 = UINT64_C(2) << 32,
                               .max = SQ_DIST_VALUE_MAX};
    workload->phases[0].arrivals = SQ_ARRIVALS_GAMMA;
    workload->phases[0].duration = 30 * SQ_DAY;
    small->scenario.duration = 30 * SQ_DAY;
    ck_assert_int_eq(sq_dist_compile(&gap, &small->scenario.arena, &workload->phases[0].gap, &err),
                     SQ_OK);
    struct sq_workload_stream stream = started();
    double sum = 0;
    double squares = 0;
    int n = 200000;
    for (int i = 0; i < n; i++) {
        sq_time before = stream.next.at;
        sq_workload_advance(&stream);
        double seconds = (double)(stream.next.at - before) / 1e9;
        sum += seconds;
        squares += seconds * seconds;
    }
    double mean = sum / n;
    double variance = squares / n - mean * mean;
    ck_assert_double_eq_tol(mean, 0.1, 0.002);
    ck_assert_double_eq_tol(variance / (mean * mean), 4.0, 0.15);
}
END_TEST

/* ---- traces ---- */

static const struct sq_replay_row rows[] = {{0, 374, 44}, {5, 396, 0}, {5, 10, 1}, {9, 8, 3}};

START_TEST(test_trace_when_replayed_then_its_rows_come_in_order)
{
    workload->streams[0].kind = SQ_STREAM_REPLAY;
    workload->streams[0].replay = (struct sq_replay){.rows = rows, .n_rows = 4};
    struct sq_workload_stream stream = started();
    for (uint32_t i = 0; i < 4; i++, sq_workload_advance(&stream)) {
        ck_assert_uint_eq(stream.next.id, i + 1);
        ck_assert_int_eq(stream.next.at, rows[i].at);
        ck_assert_uint_eq(stream.next.input_tokens, rows[i].input_tokens);
        ck_assert_uint_eq(stream.next.output_tokens, i == 1 ? 1 : rows[i].output_tokens);
        ck_assert_uint_eq(stream.next.prompt, SQ_NO_PROMPT);
    }
    ck_assert_int_eq(stream.next.at, SQ_NEVER);
    sq_workload_advance(&stream);
    ck_assert_int_eq(stream.next.at, SQ_NEVER);
}
END_TEST

START_TEST(test_trace_when_looped_then_it_begins_again_until_the_scenario_ends)
{
    static const sq_time expected[] = {0, 5, 5, 9, 12, 17, 17, 21, 24, SQ_NEVER};
    workload->streams[0].kind = SQ_STREAM_REPLAY;
    workload->streams[0].replay = (struct sq_replay){.rows = rows, .n_rows = 4, .period = 12};
    small->scenario.duration = 29;
    struct sq_workload_stream stream = started();
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_int_eq(stream.next.at, expected[i]);
        sq_workload_advance(&stream);
    }
}
END_TEST

/* ---- questions ---- */

START_TEST(test_prompts_when_a_pool_then_the_first_is_asked_most_and_nothing_else_changes)
{
    struct sq_error err;
    struct sq_workload_stream without = started();
    ck_assert_int_eq(sq_zipf_compile(10, UINT64_C(1) << 32, &small->scenario.arena,
                                     &workload->streams[0].prompts.zipf, &err),
                     SQ_OK);
    struct sq_workload_stream with = started();
    unsigned asked[10] = {0};
    small->scenario.duration = SQ_DAY;
    workload->phases[0].duration = SQ_DAY;
    for (int i = 0; i < 29290; i++) {
        ck_assert_uint_lt(with.next.prompt, 10);
        asked[with.next.prompt]++;
        ck_assert_int_eq(with.next.at, without.next.at);
        ck_assert_uint_eq(with.next.input_tokens, without.next.input_tokens);
        sq_workload_advance(&with);
        workload->streams[0].prompts.zipf.n_items = 0;
        sq_workload_advance(&without);
        workload->streams[0].prompts.zipf.n_items = 10;
    }
    /* 1 / H(10) is 0.3414, a tenth of it the last */
    ck_assert_uint_gt(asked[0], 9700);
    ck_assert_uint_lt(asked[0], 10300);
    ck_assert_uint_gt(asked[9], 850);
    ck_assert_uint_lt(asked[9], 1150);
}
END_TEST

START_TEST(test_prompts_when_texts_then_their_tokens_are_asked)
{
    static const struct sq_prompt texts[] = {
        {.id = "a", .text = "12345", .length = 5, .tokens = 2},
        {.id = "b", .text = "123456789", .length = 9, .tokens = 3}};
    struct sq_error err;
    ck_assert_int_eq(
        sq_zipf_compile(2, 0, &small->scenario.arena, &workload->streams[0].prompts.zipf, &err),
        SQ_OK);
    workload->streams[0].prompts.texts = texts;
    struct sq_workload_stream stream = started();
    for (int i = 0; i < 50; i++, sq_workload_advance(&stream)) {
        ck_assert_uint_eq(stream.next.input_tokens, stream.next.prompt + 2);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workload");
    TCase *tests = tcase_create("workload");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_tokens_when_a_law_gives_none_or_too_many_then_one_or_the_most);
    tcase_add_test(tests,
                   test_calls_when_a_phase_is_longer_than_the_scenario_then_they_end_with_it);
    tcase_add_test(tests, test_times_when_the_rate_is_flat_then_those_of_the_curve);
    tcase_add_test(tests,
                   test_call_when_due_in_the_last_nanosecond_of_a_phase_then_it_opens_the_next);
    tcase_add_test(tests, test_calls_when_a_pause_lies_between_then_the_area_carries_over);
    tcase_add_test(tests, test_gaps_when_gamma_then_mean_and_variation_hold);
    tcase_add_test(tests, test_trace_when_replayed_then_its_rows_come_in_order);
    tcase_add_test(tests, test_trace_when_looped_then_it_begins_again_until_the_scenario_ends);
    tcase_add_test(tests,
                   test_prompts_when_a_pool_then_the_first_is_asked_most_and_nothing_else_changes);
    tcase_add_test(tests, test_prompts_when_texts_then_their_tokens_are_asked);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
