/* SPDX-License-Identifier: MIT */
/* Retries and fallback as a caller sees them: known clients, ladders, totals. */
#include "policies/engine.h"

#include <check.h>
#include <string.h>

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
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
}

/* openai-python from 2.52 on: three attempts, 0.5 s doubling up to 8 s, less up to a quarter,
 * hints up to 120 s. */
static void behave_like_openai_python(void)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 3;
    retry->delay = (struct sq_delay){.kind = SQ_DELAY_EXPONENTIAL,
                                     .initial = 500 * SQ_MS,
                                     .factor_q32 = UINT64_C(2) << 32,
                                     .cap = 8 * SQ_SECOND,
                                     .jitter = SQ_JITTER_SUBTRACTIVE,
                                     .jitter_share_q32 = UINT64_C(1) << 30};
    retry->hint = (struct sq_hint_settings){.sources = SQ_HINT_MILLISECONDS | SQ_HINT_SECONDS |
                                                       SQ_HINT_DATE | SQ_HINT_SHOULD_RETRY,
                                            .high = 2 * SQ_MINUTE,
                                            .high_included = true,
                                            .above = SQ_HINT_ABOVE_FORBID};
    sq_on_add_status(&retry->on, 409);
}

/* The delay the client takes before its k-th retry of call 0. */
static sq_dur openai_delay(uint32_t k)
{
    uint32_t lane = sq_draw_block(SQ_WORLD_SEED, SQ_DRAW_BACKOFF, 0, 0, k).lane[0];
    sq_dur delay = sq_time_min((500 * SQ_MS) << k, 8 * SQ_SECOND);
    return delay - sq_draw_below(lane, delay / 4);
}

START_TEST(test_openai_python_retries_a_server_error_with_its_delays)
{
    behave_like_openai_python();
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_time now = SQ_SECOND;
    for (uint32_t k = 0; k < 2; k++) {
        sq_world_done(&world, now, 500);
        ck_assert_int_eq(sq_world_deadline(&world), now + openai_delay(k));
        now = sq_world_deadline(&world);
        sq_world_wake(&world, now - 1);
        ck_assert_int_eq(sq_world_deadline(&world), now);
        sq_world_wake(&world, now);
    }
    sq_world_take(&world);
    sq_world_done(&world, now + 1, 500);
    expect("attempt a3 r0 server_error 500 | finish failed server_error 500 r0 g0 a0");
}
END_TEST

START_TEST(test_openai_python_caps_its_delay_at_eight_seconds)
{
    behave_like_openai_python();
    sq_world_role(&world, 0)->retry.max_attempts = 9;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_time now = 0;
    for (uint32_t k = 0; k < 8; k++) {
        sq_world_done(&world, now, 503);
        sq_dur wait = sq_world_deadline(&world) - now;
        ck_assert_int_eq(wait, openai_delay(k));
        ck_assert_int_le(wait, 8 * SQ_SECOND);
        ck_assert_int_gt(wait, sq_time_min((375 * SQ_MS) << k, 6 * SQ_SECOND));
        now = sq_world_deadline(&world);
        sq_world_wake(&world, now);
    }
    sq_world_leave(&world, now);
}
END_TEST

START_TEST(test_openai_python_obeys_hints_up_to_two_minutes_and_gives_up_above)
{
    behave_like_openai_python();
    sq_world_build(&world);
    struct sq_hints two_minutes = {.retry_after = "120"};
    struct sq_hints longer = {.retry_after = "121", .should_retry = "true"};
    struct sq_hints zero = {.retry_after = "0"};
    sq_world_start(&world, 0);
    sq_world_done_hinted(&world, 0, 429, &two_minutes);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | wait 2m hinted");
    sq_world_wake(&world, 2 * SQ_MINUTE);
    sq_world_done_hinted(&world, 2 * SQ_MINUTE, 429, &zero);
    ck_assert_int_eq(sq_world_deadline(&world), 2 * SQ_MINUTE + openai_delay(1));
    sq_world_wake(&world, 3 * SQ_MINUTE);
    sq_world_leave(&world, 3 * SQ_MINUTE);
    sq_world_call(&world, 1);
    sq_world_take(&world);
    sq_world_start(&world, 0);
    sq_world_done_hinted(&world, 0, 429, &longer);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | "
           "finish failed rate_limited 429 r0 g0 a0");
}
END_TEST

START_TEST(test_openai_python_does_not_retry_what_the_server_forbids)
{
    behave_like_openai_python();
    sq_world_build(&world);
    struct sq_hints no = {.should_retry = "false"};
    struct sq_hints yes = {.should_retry = "true"};
    sq_world_start(&world, 0);
    sq_world_done_hinted(&world, 0, 500, &no);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | "
           "finish failed server_error 500 r0 g0 a0");
    sq_world_call(&world, 1);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done_hinted(&world, 0, 400, &yes);
    ck_assert_ptr_eq(strstr(sq_world_take(&world), "finish"), NULL);
    sq_world_leave(&world, 0);
    sq_world_call(&world, 2);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 0, 409);
    ck_assert_ptr_eq(strstr(sq_world_take(&world), "finish"), NULL);
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_last_failed_attempt_never_sleeps_even_when_told_to)
{
    sq_world_role(&world, 0)->retry.hint.sources = SQ_HINT_SECONDS;
    sq_world_build(&world);
    struct sq_hints five = {.retry_after = "5"};
    sq_world_start(&world, 0);
    sq_world_done_hinted(&world, 1, 429, &five);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | "
           "finish failed rate_limited 429 r0 g0 a0");
}
END_TEST

START_TEST(test_waits_of_two_calls_differ)
{
    behave_like_openai_python();
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_time first = sq_world_deadline(&world);
    sq_world_leave(&world, 0);
    sq_world_call(&world, 1);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    ck_assert_int_ne(sq_world_deadline(&world), first);
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_no_two_waits_of_a_call_share_a_draw_over_its_rungs)
{
    behave_like_openai_python();
    sq_world_role(&world, 0)->retry.delay.kind = SQ_DELAY_CONSTANT;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_time now = 0;
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t lane = sq_draw_block(SQ_WORLD_SEED, SQ_DRAW_BACKOFF, 0, 0, k).lane[0];
        sq_world_done(&world, now, 500);
        if (k == 2) {
            sq_world_done(&world, now, 500); /* the first of the rung: no wait before it */
        }
        ck_assert_int_eq(sq_world_deadline(&world),
                         now + 500 * SQ_MS - sq_draw_below(lane, 125 * SQ_MS));
        now = sq_world_deadline(&world);
        sq_world_wake(&world, now);
    }
    sq_world_leave(&world, now);
}
END_TEST

START_TEST(test_retries_without_delay_are_sent_in_the_same_event)
{
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    sq_world_role(&world, 0)->retry.delay.initial = 0;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 7, 500);
    expect("attempt a1 r0 server_error 500 | wait 0s | send a2 r0");
    sq_world_done(&world, 8, 200);
    expect("attempt a2 r0 none 200 | finish recovered none 200 r0 g0 a2");
}
END_TEST

START_TEST(test_ladder_of_roles_and_a_fixed_answer_is_climbed_to_the_apology)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 2);
    sq_world_add_rung(&world, 0, SQ_RUNG_ANSWER, 0);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | send a2 r1");
    sq_world_broken(&world, 2, SQ_TRANSPORT_REFUSED);
    expect("attempt a2 r1 connect 0 | send a3 r2");
    sq_world_done(&world, 3, 429);
    expect("attempt a3 r2 rate_limited 429 | finish apology rate_limited 429 r2 g3 a0");
}
END_TEST

START_TEST(test_ladder_answered_by_another_role_is_a_fallback)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 2);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    sq_world_done(&world, 2, 500);
    sq_world_take(&world);
    sq_world_done(&world, 3, 200);
    expect("attempt a3 r2 none 200 | finish fallback none 200 r2 g2 a3");
}
END_TEST

START_TEST(test_fixed_answer_that_counts_is_a_substitute)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ANSWER, 0)->counts_as_answer = true;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 1, 500);
    expect("attempt a1 r0 server_error 500 | finish substitute server_error 500 r0 g1 a0");
}
END_TEST

START_TEST(test_ladder_skips_rungs_that_are_not_for_this_failure)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1)->on =
        (struct sq_on){.classes = SQ_CLASS_BIT(SQ_CLASS_CONTEXT_LENGTH)};
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 2);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | send a2 r2");
    sq_world_done(&world, 2, 400);
    expect("attempt a2 r2 bad_request 400 | finish failed bad_request 400 r2 g2 a0");
}
END_TEST

START_TEST(test_each_rung_begins_with_fresh_attempts_and_delays)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 2;
    retry->delay.kind = SQ_DELAY_LINEAR;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_world_wake(&world, SQ_SECOND);
    sq_world_take(&world);
    sq_world_done(&world, SQ_SECOND, 500);
    expect("attempt a2 r0 server_error 500 | send a3 r1");
    sq_world_done(&world, SQ_SECOND, 500);
    expect("attempt a3 r1 server_error 500 | wait 1s");
    sq_world_leave(&world, SQ_SECOND);
}
END_TEST

START_TEST(test_each_role_follows_its_own_settings)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    struct sq_layer_settings *layer = &world.settings.layers[0];
    layer->role[1] = layer->role[0];
    layer->role[1].retry.max_attempts = 2;
    layer->role[1].retry.delay.initial = 3 * SQ_SECOND;
    layer->role[1].timeouts.attempt = 9 * SQ_SECOND;
    sq_world_build_as_is(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    ck_assert_int_eq(sq_world_deadline(&world), 9 * SQ_SECOND);
    sq_world_take(&world);
    sq_world_done(&world, 0, 500);
    expect("attempt a2 r1 server_error 500 | wait 3s");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_report_first_tells_the_first_error)
{
    sq_world_role(&world, 0)->retry.report = SQ_REPORT_FIRST;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 1, 429);
    sq_world_take(&world);
    sq_world_done(&world, 2, 400);
    expect("attempt a2 r1 bad_request 400 | finish failed rate_limited 429 r1 g1 a0");
}
END_TEST

START_TEST(test_backoff_that_does_not_fit_before_the_total_fails_at_once)
{
    struct sq_role_settings *role = sq_world_role(&world, 0);
    role->retry.max_attempts = 3;
    role->timeouts.total = 5 * SQ_SECOND;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 4 * SQ_SECOND - 1, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | wait 1s");
    sq_world_leave(&world, 4 * SQ_SECOND);
    sq_world_call(&world, 1);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 4 * SQ_SECOND, 500);
    expect("attempt a1 r0 server_error 500 | finish failed server_error 500 r0 g0 a0");
}
END_TEST

START_TEST(test_backoff_that_does_not_fit_takes_the_next_rung)
{
    struct sq_role_settings *role = sq_world_role(&world, 0);
    role->retry.max_attempts = 3;
    role->timeouts.total = 5 * SQ_SECOND;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 4 * SQ_SECOND, 500);
    expect("attempt a1 r0 server_error 500 | send a2 r1");
    ck_assert_int_eq(sq_world_deadline(&world), 5 * SQ_SECOND);
    sq_world_wake(&world, 5 * SQ_SECOND);
    expect("cancel a2 | attempt a2 r1 cancelled 0 | finish timed_out cancelled 0 r1 g1 a0");
}
END_TEST

START_TEST(test_failure_at_the_very_total_has_no_time_for_a_rung)
{
    sq_world_role(&world, 0)->timeouts.total = 5 * SQ_SECOND;
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_take(&world);
    sq_world_done(&world, 5 * SQ_SECOND, 500);
    expect("attempt a1 r0 server_error 500 | finish timed_out cancelled 0 r1 g1 a0");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_retry");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_openai_python_retries_a_server_error_with_its_delays);
    tcase_add_test(tests, test_openai_python_caps_its_delay_at_eight_seconds);
    tcase_add_test(tests, test_openai_python_obeys_hints_up_to_two_minutes_and_gives_up_above);
    tcase_add_test(tests, test_openai_python_does_not_retry_what_the_server_forbids);
    tcase_add_test(tests, test_last_failed_attempt_never_sleeps_even_when_told_to);
    tcase_add_test(tests, test_waits_of_two_calls_differ);
    tcase_add_test(tests, test_no_two_waits_of_a_call_share_a_draw_over_its_rungs);
    tcase_add_test(tests, test_retries_without_delay_are_sent_in_the_same_event);
    tcase_add_test(tests, test_ladder_of_roles_and_a_fixed_answer_is_climbed_to_the_apology);
    tcase_add_test(tests, test_ladder_answered_by_another_role_is_a_fallback);
    tcase_add_test(tests, test_fixed_answer_that_counts_is_a_substitute);
    tcase_add_test(tests, test_ladder_skips_rungs_that_are_not_for_this_failure);
    tcase_add_test(tests, test_each_rung_begins_with_fresh_attempts_and_delays);
    tcase_add_test(tests, test_each_role_follows_its_own_settings);
    tcase_add_test(tests, test_report_first_tells_the_first_error);
    tcase_add_test(tests, test_backoff_that_does_not_fit_before_the_total_fails_at_once);
    tcase_add_test(tests, test_backoff_that_does_not_fit_takes_the_next_rung);
    tcase_add_test(tests, test_failure_at_the_very_total_has_no_time_for_a_rung);
    Suite *suite = suite_create("engine_retry");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
