/* SPDX-License-Identifier: MIT */
/* The engine's face: healthy calls, commit points, stale events, leaving, calls with no time. */
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

/* Three attempts with a second between. */
static void retry_three_times(void)
{
    sq_world_role(&world, 0)->retry.max_attempts = 3;
}

START_TEST(test_healthy_call_is_one_send_and_a_first_try)
{
    sq_world_build(&world);
    sq_world_start(&world, 5);
    expect("send a1 r0");
    sq_world_connected(&world, 6);
    sq_world_headers(&world, 7, 200);
    expect("");
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    sq_world_done(&world, 8, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
}
END_TEST

START_TEST(test_call_that_wants_another_role_is_its_first_try)
{
    sq_world_build(&world);
    world.request.role = 2;
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 200);
    expect("send a1 r2 | attempt a1 r2 none 200 | finish first_try none 200 r2 g0 a1");
}
END_TEST

START_TEST(test_actions_carry_the_call_and_its_owner)
{
    struct sq_action action;
    sq_world_build(&world);
    world.request.owner = 99;
    world.request.id = 7;
    struct sq_event start = {.at = 0, .kind = SQ_EVENT_START, .request = &world.request};
    sq_engine_feed(world.engine, &world.calls[3], &start);
    ck_assert(sq_engine_next(world.engine, &action));
    ck_assert_ptr_eq(action.call, &world.calls[3]);
    ck_assert_uint_eq(action.call->owner, 99);
    ck_assert(!sq_engine_next(world.engine, &action));
}
END_TEST

START_TEST(test_stream_that_breaks_after_its_first_token_fails_for_good)
{
    retry_three_times();
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    world.request.stream = true;
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_token(&world, 2);
    sq_world_take(&world);
    sq_world_broken(&world, 3, SQ_TRANSPORT_CUT);
    expect("attempt a1 r0 cut 0 | finish failed cut 0 r0 g0 a0");
}
END_TEST

START_TEST(test_stream_that_breaks_before_its_first_token_is_retried)
{
    retry_three_times();
    sq_world_build(&world);
    world.request.stream = true;
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_take(&world);
    sq_world_broken(&world, 3, SQ_TRANSPORT_CUT);
    expect("attempt a1 r0 cut 0 | wait 1s");
}
END_TEST

START_TEST(test_contract_keeps_a_stream_uncommitted_to_its_end)
{
    retry_three_times();
    sq_world_role(&world, 0)->retry.commit_at = SQ_COMMIT_HEADERS;
    sq_world_build(&world);
    world.request.stream = true;
    world.request.contract = true;
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 200);
    sq_world_token(&world, 2);
    sq_world_take(&world);
    sq_world_broken(&world, 3, SQ_TRANSPORT_CUT);
    expect("attempt a1 r0 cut 0 | wait 1s");
}
END_TEST

START_TEST(test_commit_at_headers_makes_a_broken_body_final_and_an_error_status_not)
{
    retry_three_times();
    sq_world_role(&world, 0)->retry.commit_at = SQ_COMMIT_HEADERS;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_headers(&world, 1, 503);
    sq_world_done(&world, 2, 503);
    expect("send a1 r0 | attempt a1 r0 gateway_error 503 | wait 1s");
    sq_world_wake(&world, 2 + SQ_SECOND);
    sq_world_headers(&world, 3 * SQ_SECOND, 200);
    sq_world_broken(&world, 4 * SQ_SECOND, SQ_TRANSPORT_SHORT);
    expect("send a2 r0 | attempt a2 r0 malformed 0 | finish failed malformed 0 r0 g0 a0");
}
END_TEST

START_TEST(test_unusable_answers_are_invalid_and_not_retried_by_default)
{
    retry_three_times();
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done_read(&world, 1, SQ_CLASS_REFUSAL);
    expect("send a1 r0 | attempt a1 r0 refusal 200 | finish invalid refusal 200 r0 g0 a0");
}
END_TEST

START_TEST(test_events_of_an_attempt_that_is_gone_are_dropped)
{
    retry_three_times();
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_take(&world);
    sq_world_done(&world, 2, 200); /* of a1 again, during the backoff */
    sq_world_headers(&world, 2, 200);
    expect("");
    sq_world_wake(&world, 1 + SQ_SECOND);
    expect("send a2 r0");
    struct sq_event old = {.at = 2 * SQ_SECOND, .kind = SQ_EVENT_DONE, .attempt = 1, .status = 200};
    sq_world_feed(&world, old);
    expect("");
    old.attempt = 3;
    sq_world_feed(&world, old);
    expect("");
    sq_world_done(&world, 3 * SQ_SECOND, 200);
    expect("attempt a2 r0 none 200 | finish recovered none 200 r0 g0 a2");
}
END_TEST

START_TEST(test_events_after_the_finish_and_before_the_start_are_dropped)
{
    sq_world_build(&world);
    sq_world_wake(&world, 0);
    sq_world_leave(&world, 0);
    expect("");
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 200);
    sq_world_take(&world);
    sq_world_done(&world, 2, 200);
    sq_world_wake(&world, 3);
    sq_world_leave(&world, 4);
    sq_world_headers(&world, 4, 500);
    expect("");
}
END_TEST

START_TEST(test_leave_in_flight_cancels_in_every_phase_of_the_attempt)
{
    sq_world_build(&world);
    world.request.stream = true;
    for (unsigned phase = 0; phase < 4; phase++) {
        sq_world_call(&world, phase);
        sq_world_start(&world, 0);
        if (phase > 0) {
            sq_world_connected(&world, 1);
        }
        if (phase > 1) {
            sq_world_headers(&world, 2, 200);
        }
        if (phase > 2) {
            sq_world_token(&world, 3);
        }
        sq_world_take(&world);
        sq_world_leave(&world, 4);
        expect(phase > 1 ? "cancel a1 | attempt a1 r0 cancelled 200 | "
                           "finish timed_out cancelled 0 r0 g0 a0"
                         : "cancel a1 | attempt a1 r0 cancelled 0 | "
                           "finish timed_out cancelled 0 r0 g0 a0");
    }
}
END_TEST

START_TEST(test_leave_during_a_backoff_ends_without_an_attempt)
{
    retry_three_times();
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_take(&world);
    sq_world_leave(&world, 2);
    expect("finish timed_out cancelled 0 r0 g0 a0");
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
}
END_TEST

START_TEST(test_start_at_or_after_its_deadline_sends_nothing)
{
    sq_world_build(&world);
    world.request.deadline = 10;
    sq_world_start(&world, 10);
    expect("finish timed_out cancelled 0 r0 g0 a0");
    sq_world_call(&world, 1);
    sq_world_start(&world, 9);
    expect("send a1 r0");
    sq_world_leave(&world, 9);
}
END_TEST

START_TEST(test_headers_twice_and_steps_back_change_nothing)
{
    sq_world_role(&world, 0)->timeouts.connect = 100;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    ck_assert_int_eq(sq_world_deadline(&world), 100);
    sq_world_headers(&world, 10, 200);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    sq_world_connected(&world, 20);
    sq_world_headers(&world, 21, 200);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    sq_world_done(&world, 30, 200);
}
END_TEST

START_TEST(test_many_retries_without_delay_go_on_at_the_wake_of_the_same_instant)
{
    struct sq_role_settings *role = sq_world_role(&world, 0);
    role->retry.max_attempts = SQ_ATTEMPTS_MAX;
    role->retry.on.classes |= SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    role->retry.delay.initial = 0;
    role->breaker.on = true;
    role->breaker.trip.consecutive = 1;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 5, 500);
    unsigned wakes = 0;
    while (sq_world_deadline(&world) == 5) {
        sq_world_wake(&world, 5);
        wakes++;
        ck_assert_uint_lt(wakes, 50);
    }
    ck_assert_uint_gt(wakes, 5);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    unsigned refused = 0;
    const char *text = sq_world_take(&world);
    const char *end = text;
    for (; *end != '\0'; end++) {
        refused += *end == 'f' && end[1] == 'u' ? 1 : 0;
    }
    ck_assert_uint_eq(refused, SQ_ATTEMPTS_MAX - 1);
    static const char last[] = "finish rejected breaker_open 0 r0 g0 a0";
    ck_assert_str_eq(end - (sizeof last - 1), last);
}
END_TEST

START_TEST(test_names_are_those_of_the_reports)
{
    ck_assert_str_eq(sq_event_name(SQ_EVENT_START), "start");
    ck_assert_str_eq(sq_event_name(SQ_EVENT_LEAVE), "leave");
    ck_assert_str_eq(sq_action_name(SQ_ACTION_SEND), "send");
    ck_assert_str_eq(sq_action_name(SQ_ACTION_FINISH), "finish");
    ck_assert_str_eq(sq_breaker_state_name(SQ_BREAKER_HALF_OPEN), "half_open");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_healthy_call_is_one_send_and_a_first_try);
    tcase_add_test(tests, test_call_that_wants_another_role_is_its_first_try);
    tcase_add_test(tests, test_actions_carry_the_call_and_its_owner);
    tcase_add_test(tests, test_stream_that_breaks_after_its_first_token_fails_for_good);
    tcase_add_test(tests, test_stream_that_breaks_before_its_first_token_is_retried);
    tcase_add_test(tests, test_contract_keeps_a_stream_uncommitted_to_its_end);
    tcase_add_test(tests, test_commit_at_headers_makes_a_broken_body_final_and_an_error_status_not);
    tcase_add_test(tests, test_unusable_answers_are_invalid_and_not_retried_by_default);
    tcase_add_test(tests, test_events_of_an_attempt_that_is_gone_are_dropped);
    tcase_add_test(tests, test_events_after_the_finish_and_before_the_start_are_dropped);
    tcase_add_test(tests, test_leave_in_flight_cancels_in_every_phase_of_the_attempt);
    tcase_add_test(tests, test_leave_during_a_backoff_ends_without_an_attempt);
    tcase_add_test(tests, test_start_at_or_after_its_deadline_sends_nothing);
    tcase_add_test(tests, test_headers_twice_and_steps_back_change_nothing);
    tcase_add_test(tests, test_many_retries_without_delay_go_on_at_the_wake_of_the_same_instant);
    tcase_add_test(tests, test_names_are_those_of_the_reports);
    Suite *suite = suite_create("engine");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
