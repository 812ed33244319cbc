/* SPDX-License-Identifier: MIT */
/* Every limit: the instant before it and the instant it passes, ties, late wake-ups. */
#include "policies/engine.h"

#include <check.h>

#include "tests/support/engine_world.h"

static struct sq_world world;

static void expect(const char *actions)
{
    ck_assert_str_eq(sq_world_take(&world), actions);
}

static void set_up(void)
{
    sq_world_init(&world);
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
}

static struct sq_timeouts *timeouts(void)
{
    return &sq_world_role(&world, 0)->timeouts;
}

/* The deadline is `at`; a wake-up just before does nothing, at it the attempt ends so. */
static void expect_limit(sq_time at, const char *actions)
{
    ck_assert_int_eq(sq_world_deadline(&world), at);
    sq_world_wake(&world, at - 1);
    expect("");
    ck_assert_int_eq(sq_world_deadline(&world), at);
    sq_world_wake(&world, at);
    expect(actions);
}

START_TEST(test_connect_limit_ends_an_attempt_that_is_not_connected)
{
    timeouts()->connect = 20;
    sq_world_build(&world);
    sq_world_start(&world, 100);
    sq_world_take(&world);
    expect_limit(120, "cancel a1 | attempt a1 r0 timeout_connect 0 | "
                      "finish failed timeout_connect 0 r0 g0 a0");
}
END_TEST

START_TEST(test_first_byte_limit_ends_an_attempt_without_headers)
{
    timeouts()->connect = 20;
    timeouts()->first_byte = 50;
    sq_world_build(&world);
    sq_world_start(&world, 100);
    sq_world_connected(&world, 119);
    sq_world_take(&world);
    expect_limit(150, "cancel a1 | attempt a1 r0 timeout_first_byte 0 | "
                      "finish failed timeout_first_byte 0 r0 g0 a0");
}
END_TEST

START_TEST(test_first_token_limit_ends_a_stream_without_tokens)
{
    timeouts()->first_token = 70;
    sq_world_build(&world);
    world.request.stream = true;
    sq_world_start(&world, 100);
    sq_world_headers(&world, 110, 200);
    sq_world_take(&world);
    expect_limit(170, "cancel a1 | attempt a1 r0 timeout_first_token 200 | "
                      "finish failed timeout_first_token 200 r0 g0 a0");
}
END_TEST

START_TEST(test_first_token_limit_is_not_for_plain_answers)
{
    timeouts()->first_token = 70;
    sq_world_build(&world);
    sq_world_start(&world, 100);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    sq_world_wake(&world, 500);
    expect("send a1 r0");
    sq_world_leave(&world, 500);
}
END_TEST

START_TEST(test_idle_limit_starts_again_with_each_byte)
{
    timeouts()->idle = 30;
    sq_world_build(&world);
    sq_world_start(&world, 100);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    sq_world_headers(&world, 110, 200);
    ck_assert_int_eq(sq_world_deadline(&world), 140);
    sq_world_progress(&world, 140, 135);
    ck_assert_int_eq(sq_world_deadline(&world), 165);
    sq_world_progress(&world, 150, 134);
    sq_world_take(&world);
    expect_limit(165, "cancel a1 | attempt a1 r0 timeout_idle 200 | "
                      "finish failed timeout_idle 200 r0 g0 a0");
}
END_TEST

START_TEST(test_idle_limit_starts_again_with_the_first_token)
{
    timeouts()->idle = 30;
    sq_world_build(&world);
    world.request.stream = true;
    sq_world_start(&world, 100);
    sq_world_headers(&world, 110, 200);
    sq_world_token(&world, 130);
    sq_world_take(&world);
    expect_limit(160, "cancel a1 | attempt a1 r0 timeout_idle 200 | "
                      "finish failed timeout_idle 200 r0 g0 a0");
}
END_TEST

START_TEST(test_attempt_limit_ends_a_whole_attempt_and_is_retried)
{
    timeouts()->attempt = 200;
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    sq_world_role(&world, 0)->retry.delay.initial = 10;
    sq_world_build(&world);
    sq_world_start(&world, 100);
    sq_world_headers(&world, 110, 200);
    sq_world_take(&world);
    expect_limit(300, "cancel a1 | attempt a1 r0 timeout_attempt 200 | wait 10ns");
    sq_world_wake(&world, 310);
    expect("send a2 r0");
    expect_limit(510, "cancel a2 | attempt a2 r0 timeout_attempt 0 | "
                      "finish failed timeout_attempt 0 r0 g0 a0");
}
END_TEST

START_TEST(test_total_ends_the_call_without_retry_or_fallback)
{
    timeouts()->total = 400;
    sq_world_role(&world, 0)->retry.max_attempts = 5;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 100);
    sq_world_take(&world);
    expect_limit(500, "cancel a1 | attempt a1 r0 cancelled 0 | "
                      "finish timed_out cancelled 0 r0 g0 a0");
}
END_TEST

START_TEST(test_total_runs_from_the_start_over_all_rungs)
{
    timeouts()->total = 400;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 100);
    sq_world_done(&world, 450, 500);
    sq_world_take(&world);
    expect_limit(500, "cancel a2 | attempt a2 r1 cancelled 0 | "
                      "finish timed_out cancelled 0 r1 g1 a0");
}
END_TEST

START_TEST(test_earlier_of_the_requests_deadline_and_the_total_wins)
{
    timeouts()->total = 400;
    sq_world_build(&world);
    world.request.deadline = 499;
    sq_world_start(&world, 100);
    ck_assert_int_eq(sq_world_deadline(&world), 499);
    ck_assert_uint_ne(world.calls[0].flags & SQ_CALL_DEADLINE, 0);
    sq_world_leave(&world, 100);
    sq_world_call(&world, 1);
    world.request.deadline = 500;
    sq_world_start(&world, 100);
    ck_assert_int_eq(sq_world_deadline(&world), 500);
    ck_assert_uint_eq(world.calls[1].flags & SQ_CALL_DEADLINE, 0);
    sq_world_leave(&world, 100);
}
END_TEST

START_TEST(test_limits_at_one_instant_fall_in_their_order)
{
    *timeouts() = (struct sq_timeouts){.connect = 50,
                                       .first_byte = 50,
                                       .first_token = 50,
                                       .idle = 50,
                                       .attempt = 50,
                                       .total = SQ_NEVER};
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_wake(&world, 50);
    expect("cancel a1 | attempt a1 r0 timeout_attempt 0 | "
           "finish failed timeout_attempt 0 r0 g0 a0");
    sq_world_call(&world, 1);
    world.request.deadline = 50;
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_wake(&world, 50);
    expect("cancel a1 | attempt a1 r0 cancelled 0 | finish timed_out cancelled 0 r0 g0 a0");
}
END_TEST

START_TEST(test_late_wake_judges_the_limit_that_passed_first)
{
    timeouts()->first_byte = 50;
    timeouts()->attempt = 60;
    timeouts()->total = 70;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_wake(&world, 1000);
    expect("cancel a1 | attempt a1 r0 timeout_first_byte 0 | "
           "finish failed timeout_first_byte 0 r0 g0 a0");
}
END_TEST

START_TEST(test_late_wake_after_the_total_sends_nothing_more)
{
    timeouts()->total = 5 * SQ_SECOND;
    sq_world_role(&world, 0)->retry.max_attempts = 3;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_world_take(&world);
    sq_world_wake(&world, 6 * SQ_SECOND);
    expect("finish timed_out cancelled 0 r0 g0 a0");
}
END_TEST

START_TEST(test_answer_at_the_instant_of_a_limit_is_still_an_answer)
{
    timeouts()->attempt = 50;
    timeouts()->total = 50;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 50, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
}
END_TEST

START_TEST(test_committed_answer_that_meets_a_limit_fails_for_good)
{
    timeouts()->idle = 30;
    sq_world_role(&world, 0)->retry.max_attempts = 3;
    sq_world_add_rung(&world, 0, SQ_RUNG_ANSWER, 0);
    sq_world_build(&world);
    world.request.stream = true;
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_token(&world, 2);
    sq_world_take(&world);
    sq_world_wake(&world, 32);
    expect("cancel a1 | attempt a1 r0 timeout_idle 200 | "
           "finish failed timeout_idle 200 r0 g0 a0");
}
END_TEST

START_TEST(test_limits_of_nothing_end_each_attempt_at_its_send_and_the_call_ends)
{
    timeouts()->attempt = 0;
    sq_world_role(&world, 0)->retry.max_attempts = 3;
    sq_world_role(&world, 0)->retry.delay.initial = 0;
    sq_world_build(&world);
    sq_world_start(&world, 9);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(sq_world_deadline(&world), 9);
        sq_world_wake(&world, 9);
    }
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    expect("send a1 r0 | cancel a1 | attempt a1 r0 timeout_attempt 0 | wait 0s | send a2 r0 | "
           "cancel a2 | attempt a2 r0 timeout_attempt 0 | wait 0s | send a3 r0 | "
           "cancel a3 | attempt a3 r0 timeout_attempt 0 | "
           "finish failed timeout_attempt 0 r0 g0 a0");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_timeouts");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_connect_limit_ends_an_attempt_that_is_not_connected);
    tcase_add_test(tests, test_first_byte_limit_ends_an_attempt_without_headers);
    tcase_add_test(tests, test_first_token_limit_ends_a_stream_without_tokens);
    tcase_add_test(tests, test_first_token_limit_is_not_for_plain_answers);
    tcase_add_test(tests, test_idle_limit_starts_again_with_each_byte);
    tcase_add_test(tests, test_idle_limit_starts_again_with_the_first_token);
    tcase_add_test(tests, test_attempt_limit_ends_a_whole_attempt_and_is_retried);
    tcase_add_test(tests, test_total_ends_the_call_without_retry_or_fallback);
    tcase_add_test(tests, test_total_runs_from_the_start_over_all_rungs);
    tcase_add_test(tests, test_earlier_of_the_requests_deadline_and_the_total_wins);
    tcase_add_test(tests, test_limits_at_one_instant_fall_in_their_order);
    tcase_add_test(tests, test_late_wake_judges_the_limit_that_passed_first);
    tcase_add_test(tests, test_late_wake_after_the_total_sends_nothing_more);
    tcase_add_test(tests, test_answer_at_the_instant_of_a_limit_is_still_an_answer);
    tcase_add_test(tests, test_committed_answer_that_meets_a_limit_fails_for_good);
    tcase_add_test(tests, test_limits_of_nothing_end_each_attempt_at_its_send_and_the_call_ends);
    Suite *suite = suite_create("engine_timeouts");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
