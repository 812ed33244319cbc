/* SPDX-License-Identifier: MIT */
/* Policies in one another: an SDK inside a framework, a breaker outside the retries. */
#include "policies/engine.h"

#include <check.h>

#include "base/draw.h"
#include "tests/support/engine_world.h"

static struct sq_world world;

static void expect(const char *actions)
{
    ck_assert_str_eq(sq_world_take(&world), actions);
}

static void set_up(void)
{
    sq_world_init(&world);
    world.settings.n_layers = 2;
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
}

static void attempts(uint8_t layer, uint16_t max_attempts)
{
    sq_world_role(&world, layer)->retry.max_attempts = max_attempts;
    sq_world_role(&world, layer)->retry.delay.initial = 0;
}

START_TEST(test_healthy_call_passes_through_both_layers)
{
    sq_world_build(&world);
    sq_world_start(&world, 0);
    expect("send a1 r0");
    sq_world_done(&world, 1, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
}
END_TEST

START_TEST(test_four_attempts_around_three_are_twelve)
{
    attempts(0, 4);
    attempts(1, 3);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    for (unsigned i = 1; i < 12; i++) {
        ck_assert_uint_eq(world.attempts[0], i);
        sq_world_done(&world, i, 500);
    }
    ck_assert_uint_eq(world.attempts[0], 12);
    ck_assert_uint_eq(world.calls[0].layer[0].sends, 4);
    ck_assert_uint_eq(world.calls[0].layer[1].sends, 12);
    sq_world_take(&world);
    sq_world_done(&world, 12, 500);
    expect("attempt a12 r0 server_error 500 | finish failed server_error 500 r0 g0 a0");
}
END_TEST

START_TEST(test_inner_failure_is_retried_by_the_outer_layer_with_its_own_wait)
{
    attempts(0, 2);
    attempts(1, 2);
    sq_world_role(&world, 0)->retry.delay.initial = 5;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 1, 500);
    expect("attempt a1 r0 server_error 500 | wait 0s l1 | send a2 r0");
    sq_world_done(&world, 2, 500);
    expect("attempt a2 r0 server_error 500 | wait 5ns");
    sq_world_wake(&world, 7);
    expect("send a3 r0");
    sq_world_done(&world, 8, 200);
    expect("attempt a3 r0 none 200 | finish recovered none 200 r0 g0 a3");
}
END_TEST

START_TEST(test_breaker_outside_the_retries_counts_calls_not_attempts)
{
    attempts(1, 3);
    sq_world_role(&world, 0)->breaker.on = true;
    sq_world_role(&world, 0)->breaker.trip.consecutive = 2;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    for (int i = 0; i < 3; i++) {
        sq_world_done(&world, i, 500);
    }
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_CLOSED);
    sq_world_call(&world, 1);
    sq_world_start(&world, 10);
    sq_world_done(&world, 11, 500);
    sq_world_done(&world, 12, 500);
    sq_world_take(&world);
    sq_world_done(&world, 13, 500);
    expect("attempt a3 r0 server_error 500 | breaker 0 closed > open | "
           "finish failed server_error 500 r0 g0 a0");
    sq_world_call(&world, 2);
    sq_world_start(&world, 14);
    expect("refused r0 breaker_open | finish rejected breaker_open 0 r0 g0 a0");
}
END_TEST

START_TEST(test_breaker_inside_an_outer_retry_refuses_as_an_inner_failure)
{
    attempts(0, 3);
    sq_world_role(&world, 0)->retry.on.classes |= SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    sq_world_role(&world, 1)->breaker.on = true;
    sq_world_role(&world, 1)->breaker.trip.consecutive = 1;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 1, 500);
    expect("attempt a1 r0 server_error 500 | breaker 0 closed > open l1 | wait 0s | "
           "refused r0 breaker_open l1 | wait 0s | refused r0 breaker_open l1 | "
           "finish rejected breaker_open 0 r0 g0 a0");
}
END_TEST

START_TEST(test_outer_attempt_limit_cuts_the_inner_layer_and_is_retried)
{
    attempts(0, 2);
    attempts(1, 5);
    sq_world_role(&world, 0)->timeouts.attempt = 100;
    sq_world_role(&world, 1)->breaker.on = true;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 50, 500);
    sq_world_take(&world);
    ck_assert_int_eq(sq_world_deadline(&world), 100);
    sq_world_wake(&world, 100);
    expect("cancel a2 | attempt a2 r0 cancelled 0 | wait 0s | send a3 r0");
    sq_world_wake(&world, 200);
    expect("cancel a3 | attempt a3 r0 cancelled 0 | finish failed timeout_attempt 0 r0 g0 a0");
}
END_TEST

START_TEST(test_outer_attempt_limit_ends_an_inner_backoff)
{
    attempts(1, 5);
    sq_world_role(&world, 1)->retry.delay.initial = SQ_SECOND;
    sq_world_role(&world, 0)->timeouts.attempt = 100;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 50, 500);
    sq_world_take(&world);
    sq_world_wake(&world, 100);
    expect("finish failed timeout_attempt 0 r0 g0 a0");
}
END_TEST

START_TEST(test_outer_total_ends_an_inner_backoff_and_the_call)
{
    attempts(1, 5);
    sq_world_role(&world, 1)->retry.delay.initial = SQ_SECOND;
    sq_world_role(&world, 0)->timeouts.total = 100;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 50, 500);
    sq_world_take(&world);
    ck_assert_int_eq(sq_world_deadline(&world), 100);
    sq_world_wake(&world, 100);
    expect("finish timed_out cancelled 0 r0 g0 a0");
}
END_TEST

START_TEST(test_inner_total_is_a_timed_out_attempt_of_the_outer_layer)
{
    attempts(0, 2);
    sq_world_role(&world, 1)->timeouts.total = 100;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_wake(&world, 100);
    expect("cancel a1 | attempt a1 r0 cancelled 0 | wait 0s | send a2 r0");
    ck_assert_int_eq(sq_world_deadline(&world), 200);
    sq_world_wake(&world, 200);
    expect("cancel a2 | attempt a2 r0 cancelled 0 | finish failed timeout_attempt 0 r0 g0 a0");
}
END_TEST

START_TEST(test_inner_fallback_answer_is_a_fallback_of_the_call)
{
    sq_world_add_rung(&world, 1, SQ_RUNG_ROLE, 2);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_take(&world);
    sq_world_done(&world, 2, 200);
    expect("attempt a2 r2 none 200 | finish fallback none 200 r2 g1 a2");
}
END_TEST

START_TEST(test_inner_fixed_answer_is_a_failure_upwards_and_stands_when_nothing_better_comes)
{
    attempts(0, 2);
    sq_world_add_rung(&world, 1, SQ_RUNG_ANSWER, 0);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 1, 500);
    expect("attempt a1 r0 server_error 500 | wait 0s | send a2 r0");
    sq_world_done(&world, 2, 500);
    expect("attempt a2 r0 server_error 500 | finish apology server_error 500 r0 g1 a0");
}
END_TEST

START_TEST(test_outer_rung_starts_the_inner_layer_with_its_role)
{
    attempts(1, 2);
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_take(&world);
    sq_world_done(&world, 2, 500);
    expect("attempt a2 r0 server_error 500 | send a3 r1");
    sq_world_done(&world, 3, 500);
    expect("attempt a3 r1 server_error 500 | wait 0s l1 | send a4 r1");
    sq_world_done(&world, 4, 200);
    expect("attempt a4 r1 none 200 | finish fallback none 200 r1 g1 a4");
}
END_TEST

START_TEST(test_waits_of_an_inner_layer_started_twice_share_no_draw)
{
    attempts(0, 2);
    attempts(1, 2);
    sq_world_role(&world, 1)->retry.delay.initial = SQ_SECOND;
    sq_world_role(&world, 1)->retry.delay.jitter = SQ_JITTER_FULL;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_time now = 0;
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t lane = sq_draw_block(SQ_WORLD_SEED, SQ_DRAW_BACKOFF, 0, 1, k).lane[0];
        sq_world_done(&world, now, 500);
        ck_assert_int_eq(sq_world_deadline(&world), now + sq_draw_below(lane, SQ_SECOND));
        now = sq_world_deadline(&world);
        sq_world_wake(&world, now);
        sq_world_done(&world, now, 500);
    }
}
END_TEST

START_TEST(test_inner_layer_that_holds_back_keeps_the_outer_one_uncommitted)
{
    attempts(0, 2);
    sq_world_role(&world, 0)->retry.commit_at = SQ_COMMIT_HEADERS;
    sq_world_role(&world, 1)->retry.commit_at = SQ_COMMIT_END;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_take(&world);
    sq_world_broken(&world, 2, SQ_TRANSPORT_SHORT);
    expect("attempt a1 r0 malformed 0 | wait 0s | send a2 r0");
    sq_world_leave(&world, 3);
}
END_TEST

START_TEST(test_inner_commit_binds_the_inner_layer_only_when_the_outer_still_holds_back)
{
    attempts(0, 2);
    attempts(1, 2);
    sq_world_role(&world, 0)->retry.commit_at = SQ_COMMIT_END;
    sq_world_role(&world, 1)->retry.commit_at = SQ_COMMIT_HEADERS;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_take(&world);
    sq_world_broken(&world, 2, SQ_TRANSPORT_SHORT);
    expect("attempt a1 r0 malformed 0 | wait 0s | send a2 r0");
    sq_world_done(&world, 3, 500);
    expect("attempt a2 r0 server_error 500 | wait 0s l1 | send a3 r0");
    sq_world_leave(&world, 4);
}
END_TEST

START_TEST(test_hint_of_the_last_inner_answer_reaches_the_outer_layer)
{
    attempts(0, 2);
    sq_world_role(&world, 0)->retry.hint.sources = SQ_HINT_SECONDS;
    sq_world_build(&world);
    struct sq_hints hints = {.retry_after = "7"};
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done_hinted(&world, 1, 429, &hints);
    expect("attempt a1 r0 rate_limited 429 | wait 7s hinted");
    sq_world_leave(&world, 2);
}
END_TEST

START_TEST(test_hint_of_an_answer_that_is_not_reported_does_not_reach_the_outer_layer)
{
    attempts(0, 2);
    attempts(1, 2);
    sq_world_role(&world, 0)->retry.hint.sources = SQ_HINT_SECONDS;
    sq_world_role(&world, 1)->retry.report = SQ_REPORT_FIRST;
    sq_world_build(&world);
    struct sq_hints hints = {.retry_after = "7"};
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_take(&world);
    sq_world_done_hinted(&world, 2, 429, &hints);
    expect("attempt a2 r0 rate_limited 429 | wait 0s | send a3 r0");
    sq_world_leave(&world, 3);
}
END_TEST

START_TEST(test_hint_of_a_rung_whose_error_is_not_reported_does_not_reach_the_outer_layer)
{
    attempts(0, 2);
    sq_world_role(&world, 0)->retry.hint.sources = SQ_HINT_SECONDS;
    sq_world_role(&world, 1)->retry.report = SQ_REPORT_FIRST;
    sq_world_add_rung(&world, 1, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    struct sq_hints hints = {.retry_after = "7"};
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | send a2 r1");
    sq_world_done_hinted(&world, 2, 429, &hints);
    expect("attempt a2 r1 rate_limited 429 | wait 0s | send a3 r0");
    sq_world_leave(&world, 3);
}
END_TEST

START_TEST(test_refusal_in_an_inner_layer_is_a_sent_attempt_to_the_outer_one_and_draws)
{
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    sq_world_role(&world, 0)->retry.delay.jitter = SQ_JITTER_FULL;
    sq_world_role(&world, 0)->retry.on.classes |= SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    sq_world_role(&world, 1)->breaker.on = true;
    sq_world_role(&world, 1)->breaker.trip.consecutive = 1;
    sq_world_build(&world);
    sq_world_call(&world, 1);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_world_leave(&world, 0);
    sq_world_call(&world, 0);
    sq_world_start(&world, 0);
    uint32_t lane = sq_draw_block(SQ_WORLD_SEED, SQ_DRAW_BACKOFF, 0, 0, 0).lane[0];
    ck_assert_int_eq(sq_world_deadline(&world), sq_draw_below(lane, SQ_SECOND));
    ck_assert_uint_eq(world.calls[0].layer[0].waits, 1);
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_leave_gives_back_the_leases_of_all_layers)
{
    world.settings.n_layers = 3;
    for (uint8_t layer = 0; layer < 3; layer++) {
        sq_world_role(&world, layer)->breaker.on = true;
    }
    sq_world_build(&world);
    sq_world_start(&world, 0);
    ck_assert_uint_eq(sq_engine_leases(world.engine), 3);
    sq_world_take(&world);
    sq_world_leave(&world, 1);
    expect("cancel a1 | attempt a1 r0 cancelled 0 | finish timed_out cancelled 0 r0 g0 a0");
    ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
}
END_TEST

START_TEST(test_call_that_would_never_stop_sending_ends_at_the_last_ordinal)
{
    world.settings.n_layers = 3;
    for (uint8_t layer = 0; layer < 3; layer++) {
        attempts(layer, SQ_ATTEMPTS_MAX);
    }
    sq_world_build(&world);
    sq_world_start(&world, 0);
    for (unsigned i = 0; i < UINT16_MAX; i++) {
        ck_assert_uint_eq(world.attempts[0], i + 1);
        sq_world_take(&world);
        sq_world_done(&world, i, 500);
    }
    expect("attempt a65535 r0 server_error 500 | wait 0s l1 | refused r0 limit_local l1 | "
           "finish rejected limit_local 0 r0 g0 a0");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_layers");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_healthy_call_passes_through_both_layers);
    tcase_add_test(tests, test_four_attempts_around_three_are_twelve);
    tcase_add_test(tests, test_inner_failure_is_retried_by_the_outer_layer_with_its_own_wait);
    tcase_add_test(tests, test_breaker_outside_the_retries_counts_calls_not_attempts);
    tcase_add_test(tests, test_breaker_inside_an_outer_retry_refuses_as_an_inner_failure);
    tcase_add_test(tests, test_outer_attempt_limit_cuts_the_inner_layer_and_is_retried);
    tcase_add_test(tests, test_outer_attempt_limit_ends_an_inner_backoff);
    tcase_add_test(tests, test_outer_total_ends_an_inner_backoff_and_the_call);
    tcase_add_test(tests, test_inner_total_is_a_timed_out_attempt_of_the_outer_layer);
    tcase_add_test(tests, test_inner_fallback_answer_is_a_fallback_of_the_call);
    tcase_add_test(
        tests, test_inner_fixed_answer_is_a_failure_upwards_and_stands_when_nothing_better_comes);
    tcase_add_test(tests, test_outer_rung_starts_the_inner_layer_with_its_role);
    tcase_add_test(tests, test_waits_of_an_inner_layer_started_twice_share_no_draw);
    tcase_add_test(tests, test_inner_layer_that_holds_back_keeps_the_outer_one_uncommitted);
    tcase_add_test(tests,
                   test_inner_commit_binds_the_inner_layer_only_when_the_outer_still_holds_back);
    tcase_add_test(tests, test_hint_of_the_last_inner_answer_reaches_the_outer_layer);
    tcase_add_test(tests,
                   test_hint_of_an_answer_that_is_not_reported_does_not_reach_the_outer_layer);
    tcase_add_test(tests,
                   test_hint_of_a_rung_whose_error_is_not_reported_does_not_reach_the_outer_layer);
    tcase_add_test(tests,
                   test_refusal_in_an_inner_layer_is_a_sent_attempt_to_the_outer_one_and_draws);
    tcase_add_test(tests, test_leave_gives_back_the_leases_of_all_layers);
    tcase_add_test(tests, test_call_that_would_never_stop_sending_ends_at_the_last_ordinal);
    Suite *suite = suite_create("engine_layers");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
