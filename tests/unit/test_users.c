/* SPDX-License-Identifier: MIT */
/* Users who wait for their calls, and streams side by side: who starts what when. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"
#include "sim/intents.h"
#include "tests/support/memory_torture.h"
#include "tests/support/small_scenario.h"

#define SEED 7

static struct small_scenario *small;
static struct sq_workload *workload;
static struct sq_intents intents;

static void set_up(void)
{
    small = small_scenario_new();
    workload = &small->scenario.workload;
}

static void tear_down(void)
{
    sq_intents_clear(&intents);
    small_scenario_free(small);
}

static uint64_t id_of(uint64_t stream, uint64_t user, uint64_t ordinal)
{
    return (stream << 56) + (user << 32) + ordinal;
}

static struct sq_stream_spec *closed(uint8_t stream, uint32_t n_users, sq_dur think)
{
    workload->streams[stream].kind = SQ_STREAM_CLOSED;
    workload->streams[stream].n_users = n_users;
    workload->streams[stream].think.fixed = think;
    return &workload->streams[stream];
}

/* A second stream like the first one, with a phase of its own. */
static void add_stream(void)
{
    workload->n_streams = 2;
    workload->streams[1] = workload->streams[0];
    workload->streams[1].first_phase = 1;
    workload->phases[1] = workload->phases[0];
    workload->n_phases = 2;
}

static void start(void)
{
    struct sq_error err;
    ck_assert_int_eq(sq_intents_init(&intents, &small->scenario, SEED, &err), SQ_OK);
}

static void expect(uint64_t id, sq_time at)
{
    ck_assert_int_eq(intents.at, at);
    ck_assert_uint_eq(sq_intents_next(&intents)->id, id);
    ck_assert_int_eq(sq_intents_next(&intents)->at, at);
    sq_intents_advance(&intents);
}

START_TEST(test_users_when_the_run_begins_then_all_start_at_once)
{
    closed(0, 3, SQ_SECOND);
    start();
    expect(id_of(0, 0, 1), 0);
    expect(id_of(0, 1, 1), 0);
    expect(id_of(0, 2, 1), 0);
    ck_assert_int_eq(intents.at, SQ_NEVER);
}
END_TEST

START_TEST(test_users_when_there_is_a_ramp_then_they_begin_evenly_over_it)
{
    closed(0, 4, SQ_SECOND)->ramp_up = 2 * SQ_SECOND;
    start();
    for (uint64_t user = 0; user < 4; user++) {
        expect(id_of(0, user, 1), (sq_time)user * SQ_SECOND / 2);
    }
}
END_TEST

START_TEST(test_user_when_his_call_is_over_then_he_thinks_before_the_next)
{
    closed(0, 2, SQ_SECOND);
    start();
    expect(id_of(0, 0, 1), 0);
    expect(id_of(0, 1, 1), 0);
    sq_intents_call_over(&intents, id_of(0, 1, 1), 0, 300 * SQ_MS);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, 400 * SQ_MS);
    expect(id_of(0, 1, 2), 1300 * SQ_MS);
    expect(id_of(0, 0, 2), 1400 * SQ_MS);
    ck_assert_int_eq(intents.at, SQ_NEVER);
}
END_TEST

/* A user who is ready earlier than the one who was next comes before him. */
START_TEST(test_next_when_somebody_is_ready_earlier_then_it_is_his)
{
    closed(0, 2, 0)->ramp_up = 8 * SQ_SECOND;
    start();
    expect(id_of(0, 0, 1), 0);
    ck_assert_int_eq(intents.at, 4 * SQ_SECOND);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, SQ_SECOND);
    expect(id_of(0, 0, 2), SQ_SECOND);
    expect(id_of(0, 1, 1), 4 * SQ_SECOND);
}
END_TEST

START_TEST(test_think_time_when_drawn_then_by_the_next_calls_own_block)
{
    struct sq_error err;
    struct sq_dist_spec think = {
        .kind = SQ_DIST_EXPONENTIAL, .a = SQ_SECOND, .max = SQ_DIST_VALUE_MAX};
    struct sq_stream_spec *stream = closed(0, 1, 0);
    ck_assert_int_eq(sq_dist_compile(&think, &small->scenario.arena, &stream->think, &err), SQ_OK);
    start();
    expect(id_of(0, 0, 1), 0);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, SQ_SECOND);
    struct sq_draw draw = sq_draw_block(SEED, SQ_DRAW_REQUEST, id_of(0, 0, 2), 0, 0);
    expect(id_of(0, 0, 2), SQ_SECOND + sq_dist_value(&stream->think, draw.lane[3]));
}
END_TEST

START_TEST(test_user_when_calls_end_at_once_and_he_does_not_think_then_time_goes_on)
{
    closed(0, 1, 0);
    start();
    expect(id_of(0, 0, 1), 0);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, 0);
    expect(id_of(0, 0, 2), SQ_MS);
    sq_intents_call_over(&intents, id_of(0, 0, 2), SQ_MS, 2 * SQ_MS);
    expect(id_of(0, 0, 3), 2 * SQ_MS);
    sq_intents_call_over(&intents, id_of(0, 0, 3), 2 * SQ_MS, 3 * SQ_MS + 1);
    expect(id_of(0, 0, 4), 3 * SQ_MS + 1);
}
END_TEST

START_TEST(test_user_when_ready_at_the_end_then_he_is_gone_and_a_moment_before_not)
{
    small->scenario.duration = 10 * SQ_SECOND;
    closed(0, 2, SQ_SECOND);
    start();
    expect(id_of(0, 0, 1), 0);
    expect(id_of(0, 1, 1), 0);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, 9 * SQ_SECOND);
    ck_assert_int_eq(intents.at, SQ_NEVER);
    sq_intents_call_over(&intents, id_of(0, 1, 1), 0, 9 * SQ_SECOND - 1);
    expect(id_of(0, 1, 2), 10 * SQ_SECOND - 1);
}
END_TEST

START_TEST(test_user_when_the_numbers_of_his_calls_are_used_up_then_he_is_gone)
{
    closed(0, 1, 0);
    start();
    expect(id_of(0, 0, 1), 0);
    sq_intents_call_over(&intents, id_of(0, 0, UINT32_MAX), 0, SQ_SECOND);
    ck_assert_int_eq(intents.at, SQ_NEVER);
}
END_TEST

START_TEST(test_users_when_stopped_then_no_end_starts_anything)
{
    closed(0, 1, 0);
    start();
    expect(id_of(0, 0, 1), 0);
    sq_intents_stop(&intents);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, SQ_SECOND);
    ck_assert_int_eq(intents.at, SQ_NEVER);
}
END_TEST

/* ---- streams ---- */

START_TEST(test_streams_when_due_at_once_then_the_first_streams_call_comes_first)
{
    add_stream();
    start();
    for (uint64_t i = 0; i < 10; i++) {
        ck_assert_uint_eq(sq_intents_next(&intents)->phase, 0);
        expect(id_of(0, 0, i + 1), (sq_time)i * 100 * SQ_MS);
        ck_assert_uint_eq(sq_intents_next(&intents)->phase, 1);
        expect(id_of(1, 0, i + 1), (sq_time)i * 100 * SQ_MS);
    }
}
END_TEST

/* Its calls are what they are without the other. */
START_TEST(test_stream_when_users_stand_beside_it_then_its_calls_stay_the_same)
{
    add_stream();
    closed(1, 1, 150 * SQ_MS);
    start();
    expect(id_of(0, 0, 1), 0);
    expect(id_of(1, 0, 1), 0);
    sq_intents_call_over(&intents, id_of(1, 0, 1), 0, 100 * SQ_MS);
    expect(id_of(0, 0, 2), 100 * SQ_MS);
    sq_intents_call_over(&intents, id_of(0, 0, 1), 0, 200 * SQ_MS);
    expect(id_of(0, 0, 3), 200 * SQ_MS);
    expect(id_of(1, 0, 2), 250 * SQ_MS);
    expect(id_of(0, 0, 4), 300 * SQ_MS);
}
END_TEST

START_TEST(test_requests_when_streams_have_their_own_then_each_picks_among_those)
{
    add_stream();
    workload->n_requests = 3;
    workload->requests[1] = workload->requests[0];
    workload->requests[1].weight_q32 = UINT32_C(1) << 31;
    workload->requests[2] = workload->requests[1];
    workload->streams[1].first_request = 1;
    workload->streams[1].n_requests = 2;
    start();
    unsigned picked[3] = {0};
    for (int i = 0; i < 200; i++) {
        const struct sq_intent *next = sq_intents_next(&intents);
        ck_assert_int_eq(next->request == 0, sq_call_stream(next->id) == 0);
        picked[next->request]++;
        sq_intents_advance(&intents);
    }
    ck_assert_uint_eq(picked[0], 100);
    ck_assert_uint_gt(picked[1], 30);
    ck_assert_uint_gt(picked[2], 30);
}
END_TEST

START_TEST(test_prompts_when_streams_have_their_own_then_numbers_do_not_meet)
{
    static const struct sq_prompt texts[] = {{.id = "a", .text = "12345", .length = 5, .tokens = 2},
                                             {.id = "b", .text = "1", .length = 1, .tokens = 1}};
    struct sq_error err;
    add_stream();
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(
            sq_zipf_compile(2, 0, &small->scenario.arena, &workload->streams[i].prompts.zipf, &err),
            SQ_OK);
    }
    workload->streams[1].first_prompt = 2;
    workload->streams[1].prompts.texts = texts;
    workload->n_prompts = 4;
    start();
    for (int i = 0; i < 100; i++) {
        const struct sq_intent *next = sq_intents_next(&intents);
        const struct sq_prompt *asked = sq_workload_prompt(workload, next->prompt);
        uint8_t stream = sq_call_stream(next->id);
        ck_assert_uint_eq(next->prompt / 2, stream);
        ck_assert_ptr_eq(asked, stream == 0 ? NULL : &texts[next->prompt - 2]);
        sq_intents_advance(&intents);
    }
    ck_assert_ptr_null(sq_workload_prompt(workload, 4));
    ck_assert_ptr_null(sq_workload_prompt(workload, SQ_NO_PROMPT));
}
END_TEST

START_TEST(test_init_when_memory_fails_then_says_so_and_leaves_nothing)
{
    struct sq_error err = {0};
    add_stream();
    closed(1, 1000, 0);
    size_t nth = 0;
    do {
        sq_memory_torture_fail(++nth);
        enum sq_status status = sq_intents_init(&intents, &small->scenario, SEED, &err);
        bool refused = sq_memory_torture_refused() > 0;
        ck_assert_int_eq(status, refused ? SQ_NO_MEMORY : SQ_OK);
        ck_assert_int_eq(intents.streams == NULL, refused);
    } while (intents.streams == NULL);
    ck_assert_uint_gt(nth, 2);
    sq_memory_torture_fail(0);
    sq_intents_clear(&intents);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("users");
    TCase *tests = tcase_create("users");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_users_when_the_run_begins_then_all_start_at_once);
    tcase_add_test(tests, test_users_when_there_is_a_ramp_then_they_begin_evenly_over_it);
    tcase_add_test(tests, test_user_when_his_call_is_over_then_he_thinks_before_the_next);
    tcase_add_test(tests, test_next_when_somebody_is_ready_earlier_then_it_is_his);
    tcase_add_test(tests, test_think_time_when_drawn_then_by_the_next_calls_own_block);
    tcase_add_test(tests, test_user_when_calls_end_at_once_and_he_does_not_think_then_time_goes_on);
    tcase_add_test(tests, test_user_when_ready_at_the_end_then_he_is_gone_and_a_moment_before_not);
    tcase_add_test(tests, test_user_when_the_numbers_of_his_calls_are_used_up_then_he_is_gone);
    tcase_add_test(tests, test_users_when_stopped_then_no_end_starts_anything);
    tcase_add_test(tests, test_streams_when_due_at_once_then_the_first_streams_call_comes_first);
    tcase_add_test(tests, test_stream_when_users_stand_beside_it_then_its_calls_stay_the_same);
    tcase_add_test(tests, test_requests_when_streams_have_their_own_then_each_picks_among_those);
    tcase_add_test(tests, test_prompts_when_streams_have_their_own_then_numbers_do_not_meet);
    tcase_add_test(tests, test_init_when_memory_fails_then_says_so_and_leaves_nothing);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
