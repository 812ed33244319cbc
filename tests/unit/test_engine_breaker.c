/* SPDX-License-Identifier: MIT */
/* Breakers inside the engine: shared by calls, seen by retries, all open, never stuck. */
#include "policies/engine.h"

#include <check.h>

#include "tests/support/engine_world.h"

static struct sq_world world;

static void expect(const char *actions)
{
    ck_assert_str_eq(sq_world_take(&world), actions);
}

/* Opens after two failures in a row, for a minute. */
static void set_up(void)
{
    sq_world_init(&world);
    sq_world_role(&world, 0)->breaker.on = true;
    sq_world_role(&world, 0)->breaker.trip.consecutive = 2;
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
}

static void fail_call(unsigned call, sq_time at)
{
    sq_world_call(&world, call);
    sq_world_start(&world, at);
    sq_world_done(&world, at, 500);
}

/* Two failed calls at time 0: calls 0 and 1. */
static void open_breaker(void)
{
    fail_call(0, 0);
    fail_call(1, 0);
    sq_world_take(&world);
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_OPEN);
    sq_world_call(&world, 2);
}

/* A breaker of its own for each role. */
static void build_with_own_breakers(void)
{
    struct sq_layer_settings *layer = &world.settings.layers[0];
    layer->n_breakers = SQ_WORLD_ROLES;
    for (uint8_t role = 1; role < SQ_WORLD_ROLES; role++) {
        layer->role[role] = layer->role[0];
        layer->role[role].breaker.key = role;
    }
    sq_world_build_as_is(&world);
}

START_TEST(test_last_failure_opens_before_its_call_ends)
{
    sq_world_build(&world);
    fail_call(0, 0);
    sq_world_call(&world, 1);
    sq_world_start(&world, 1);
    ck_assert_uint_eq(sq_engine_leases(world.engine), 1);
    sq_world_take(&world);
    sq_world_done(&world, 2, 500);
    expect("attempt a1 r0 server_error 500 | breaker 0 closed > open | "
           "finish failed server_error 500 r0 g0 a0");
}
END_TEST

START_TEST(test_open_breaker_rejects_at_once_and_sends_nothing)
{
    sq_world_build(&world);
    open_breaker();
    sq_world_start(&world, SQ_MINUTE - 1);
    expect("refused r0 breaker_open | finish rejected breaker_open 0 r0 g0 a0");
}
END_TEST

START_TEST(test_open_breaker_falls_back_to_another_role)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    build_with_own_breakers();
    fail_call(0, 0);
    sq_world_done(&world, 0, 200);
    fail_call(1, 0);
    sq_world_done(&world, 0, 200);
    sq_world_call(&world, 2);
    sq_world_take(&world);
    sq_world_start(&world, 1);
    expect("refused r0 breaker_open | send a1 r1");
    sq_world_done(&world, 2, 200);
    expect("attempt a1 r1 none 200 | finish fallback none 200 r1 g1 a1");
}
END_TEST

START_TEST(test_all_breakers_open_end_in_the_fixed_answer_or_a_rejection)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 2);
    build_with_own_breakers();
    for (unsigned call = 0; call < 2; call++) {
        fail_call(call, 0);
        sq_world_done(&world, 0, 500);
        sq_world_done(&world, 0, 500);
    }
    sq_world_call(&world, 2);
    sq_world_take(&world);
    sq_world_start(&world, 1);
    expect("refused r0 breaker_open | refused r1 breaker_open | refused r2 breaker_open | "
           "finish rejected breaker_open 0 r2 g2 a0");
}
END_TEST

START_TEST(test_all_breakers_open_with_a_fixed_answer_is_an_apology)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_add_rung(&world, 0, SQ_RUNG_ANSWER, 0);
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_world_take(&world);
    sq_world_done(&world, 0, 500);
    expect("attempt a2 r1 server_error 500 | breaker 0 closed > open | "
           "finish apology server_error 500 r1 g2 a0");
    sq_world_call(&world, 1);
    sq_world_start(&world, 1);
    expect("refused r0 breaker_open | refused r1 breaker_open | "
           "finish apology breaker_open 0 r1 g2 a0");
}
END_TEST

START_TEST(test_trip_is_visible_to_the_retry_of_the_same_call)
{
    sq_world_role(&world, 0)->retry.max_attempts = 3;
    sq_world_role(&world, 0)->retry.delay.initial = 0;
    sq_world_build(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 500);
    sq_world_take(&world);
    sq_world_done(&world, 0, 500);
    expect("attempt a2 r0 server_error 500 | breaker 0 closed > open | wait 0s | "
           "refused r0 breaker_open | finish rejected breaker_open 0 r0 g0 a0");
}
END_TEST

START_TEST(test_refusal_is_retried_only_when_listed_and_uses_an_attempt)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 2;
    retry->on.classes = SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    sq_world_build(&world);
    open_breaker();
    sq_world_start(&world, 0);
    expect("refused r0 breaker_open | wait 1s");
    sq_world_wake(&world, SQ_SECOND);
    expect("refused r0 breaker_open | finish rejected breaker_open 0 r0 g0 a0");
}
END_TEST

START_TEST(test_first_try_of_a_half_open_breaker_closes_it)
{
    sq_world_build(&world);
    open_breaker();
    sq_world_start(&world, SQ_MINUTE);
    expect("breaker 0 open > half_open | send a1 r0");
    sq_world_call(&world, 3);
    sq_world_start(&world, SQ_MINUTE);
    expect("refused r0 breaker_open | finish rejected breaker_open 0 r0 g0 a0");
    sq_world_call(&world, 2);
    sq_world_done(&world, SQ_MINUTE + 1, 200);
    expect("attempt a1 r0 none 200 | breaker 0 half_open > closed | "
           "finish first_try none 200 r0 g0 a1");
}
END_TEST

START_TEST(test_probe_that_is_cancelled_gives_its_permit_back)
{
    sq_world_build(&world);
    open_breaker();
    sq_world_start(&world, SQ_MINUTE);
    sq_world_leave(&world, SQ_MINUTE + 1);
    sq_world_call(&world, 3);
    sq_world_take(&world);
    sq_world_start(&world, SQ_MINUTE + 2);
    expect("send a1 r0");
    sq_world_done(&world, SQ_MINUTE + 3, 429); /* neutral */
    sq_world_call(&world, 4);
    sq_world_take(&world);
    sq_world_start(&world, SQ_MINUTE + 4);
    expect("send a1 r0");
    sq_world_leave(&world, SQ_MINUTE + 4);
}
END_TEST

START_TEST(test_probe_that_hangs_past_its_lease_does_not_hold_the_breaker)
{
    sq_world_build(&world);
    open_breaker();
    sq_world_start(&world, SQ_MINUTE);
    sq_world_call(&world, 3);
    sq_world_take(&world);
    sq_world_start(&world, 3 * SQ_MINUTE);
    expect("breaker 0 half_open > open | breaker 0 open > half_open | send a1 r0");
    sq_world_done(&world, 3 * SQ_MINUTE, 200);
    sq_world_call(&world, 2);
    sq_world_take(&world);
    sq_world_done(&world, 3 * SQ_MINUTE + 1, 500); /* dropped by the breaker, not by the call */
    expect("attempt a1 r0 server_error 500 | finish failed server_error 500 r0 g0 a0");
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_results_of_before_the_trip_are_dropped)
{
    sq_world_build(&world);
    sq_world_call(&world, 5);
    sq_world_start(&world, 0);
    open_breaker();
    sq_world_call(&world, 5);
    sq_world_done(&world, 1, 200);
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_mark_of_each_class_is_the_policys)
{
    sq_world_role(&world, 0)->breaker.mark[SQ_CLASS_RATE_LIMITED] = SQ_MARK_FAILURE;
    sq_world_role(&world, 0)->breaker.mark[SQ_CLASS_SERVER_ERROR] = SQ_MARK_NEUTRAL;
    sq_world_build(&world);
    for (unsigned call = 0; call < 4; call++) {
        fail_call(call, 0);
    }
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_CLOSED);
    for (unsigned call = 4; call < 6; call++) {
        sq_world_call(&world, call);
        sq_world_start(&world, 0);
        sq_world_done(&world, 0, 429);
    }
    ck_assert_uint_eq(sq_engine_breaker_state(world.engine, 0, 0), SQ_BREAKER_OPEN);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_breaker");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_last_failure_opens_before_its_call_ends);
    tcase_add_test(tests, test_open_breaker_rejects_at_once_and_sends_nothing);
    tcase_add_test(tests, test_open_breaker_falls_back_to_another_role);
    tcase_add_test(tests, test_all_breakers_open_end_in_the_fixed_answer_or_a_rejection);
    tcase_add_test(tests, test_all_breakers_open_with_a_fixed_answer_is_an_apology);
    tcase_add_test(tests, test_trip_is_visible_to_the_retry_of_the_same_call);
    tcase_add_test(tests, test_refusal_is_retried_only_when_listed_and_uses_an_attempt);
    tcase_add_test(tests, test_first_try_of_a_half_open_breaker_closes_it);
    tcase_add_test(tests, test_probe_that_is_cancelled_gives_its_permit_back);
    tcase_add_test(tests, test_probe_that_hangs_past_its_lease_does_not_hold_the_breaker);
    tcase_add_test(tests, test_results_of_before_the_trip_are_dropped);
    tcase_add_test(tests, test_mark_of_each_class_is_the_policys);
    Suite *suite = suite_create("engine_breaker");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
