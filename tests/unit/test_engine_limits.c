/* SPDX-License-Identifier: MIT */
/* Limits as callers see them: places, connections, who is next, who gives up waiting. */
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
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
}

static void limit(uint8_t layer, struct sq_limits limits)
{
    world.settings.layers[layer].n_limits = 1;
    sq_world_role(&world, layer)->limits = limits;
}

static void start(unsigned call, sq_time at)
{
    sq_world_call(&world, call);
    sq_world_start(&world, at);
}

static void done(unsigned call, sq_time at, uint16_t status)
{
    sq_world_call(&world, call);
    sq_world_done(&world, at, status);
}

static void wake(unsigned call, sq_time at)
{
    sq_world_call(&world, call);
    sq_world_wake(&world, at);
}

static void one_connection(sq_dur pool_wait)
{
    limit(0, (struct sq_limits){.connections = 1, .pool_wait = pool_wait});
    sq_world_build(&world);
    start(0, 0);
    expect("send a1 r0");
}

START_TEST(test_concurrency_at_the_limit_refuses_the_attempt)
{
    limit(0, (struct sq_limits){.concurrency = 1});
    sq_world_build(&world);
    start(0, 0);
    start(1, 0);
    expect("send a1 r0 | refused r0 limit_local | finish rejected limit_local 0 r0 g0 a0");
    done(0, 1, 200);
    start(2, 1);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1 | send a1 r0");
    done(2, 2, 200);
}
END_TEST

START_TEST(test_concurrency_frees_its_place_during_a_backoff)
{
    limit(0, (struct sq_limits){.concurrency = 1});
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    sq_world_build(&world);
    start(0, 0);
    done(0, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | wait 1s");
    start(1, 0);
    expect("send a1 r0");
    wake(0, SQ_SECOND);
    expect("refused r0 limit_local | finish rejected limit_local 0 r0 g0 a0");
    done(1, SQ_SECOND, 200);
}
END_TEST

START_TEST(test_refusal_leaves_the_first_draw_to_the_attempt_that_is_sent)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 3;
    retry->on.classes |= SQ_CLASS_BIT(SQ_CLASS_LIMIT_LOCAL);
    retry->delay.jitter = SQ_JITTER_FULL;
    limit(0, (struct sq_limits){.concurrency = 1});
    sq_world_build(&world);
    start(0, 0);
    start(1, 0);
    expect("send a1 r0 | refused r0 limit_local | wait 1s");
    done(0, 1, 200);
    wake(1, SQ_SECOND);
    done(1, SQ_SECOND, 500);
    uint32_t lane = sq_draw_block(SQ_WORLD_SEED, SQ_DRAW_BACKOFF, 1, 0, 0).lane[0];
    ck_assert_int_eq(sq_world_deadline(&world), SQ_SECOND + sq_draw_below(lane, SQ_SECOND));
    sq_world_leave(&world, SQ_SECOND);
}
END_TEST

START_TEST(test_concurrency_that_refuses_gives_the_probe_of_the_breaker_back)
{
    limit(0, (struct sq_limits){.concurrency = 1});
    sq_world_role(&world, 0)->breaker.on = true;
    sq_world_role(&world, 0)->breaker.trip.consecutive = 1;
    sq_world_build(&world);
    start(0, 0); /* under the closed breaker, until the end */
    start(1, 0);
    expect("send a1 r0 | refused r0 limit_local | finish rejected limit_local 0 r0 g0 a0");
    done(0, 0, 500);
    expect("attempt a1 r0 server_error 500 | breaker 0 closed > open | "
           "finish failed server_error 500 r0 g0 a0");
    start(2, SQ_MINUTE);
    start(3, SQ_MINUTE);
    expect("breaker 0 open > half_open | send a1 r0 | refused r0 breaker_open | "
           "finish rejected breaker_open 0 r0 g0 a0");
    done(2, SQ_MINUTE, 200);
}
END_TEST

START_TEST(test_connection_given_back_goes_to_the_call_that_waited_longest)
{
    one_connection(5 * SQ_SECOND);
    start(1, 1);
    ck_assert_int_eq(sq_world_deadline(&world), 1 + 5 * SQ_SECOND);
    start(2, 2);
    expect("");
    done(0, SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | c1 send a1 r0 after 999.999999ms | "
           "finish first_try none 200 r0 g0 a1");
    sq_world_call(&world, 1);
    ck_assert_int_eq(sq_world_deadline(&world), SQ_NEVER);
    done(1, 2 * SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | c2 send a1 r0 after 1.999999998s | "
           "finish first_try none 200 r0 g0 a1");
    done(2, 3 * SQ_SECOND, 200);
    start(3, 3 * SQ_SECOND);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1 | send a1 r0");
    done(3, 3 * SQ_SECOND, 200);
}
END_TEST

START_TEST(test_pool_wait_that_passes_is_a_pool_timeout)
{
    one_connection(5 * SQ_SECOND);
    start(1, SQ_SECOND);
    wake(1, 6 * SQ_SECOND - 1);
    expect("");
    wake(1, 6 * SQ_SECOND);
    expect("refused r0 pool_timeout after 5s | finish rejected pool_timeout 0 r0 g0 a0");
    done(0, 7 * SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
}
END_TEST

START_TEST(test_pool_wait_of_zero_refuses_at_once)
{
    one_connection(0);
    start(1, 0);
    expect("refused r0 pool_timeout | finish rejected pool_timeout 0 r0 g0 a0");
    done(0, 0, 200);
}
END_TEST

START_TEST(test_pool_timeout_in_the_list_is_retried_and_draws_nothing)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 2;
    retry->on.classes |= SQ_CLASS_BIT(SQ_CLASS_POOL_TIMEOUT);
    retry->delay.jitter = SQ_JITTER_FULL;
    one_connection(5 * SQ_SECOND);
    start(1, 0);
    wake(1, 5 * SQ_SECOND);
    expect("refused r0 pool_timeout after 5s | wait 1s");
    wake(1, 6 * SQ_SECOND);
    wake(1, 11 * SQ_SECOND);
    expect("refused r0 pool_timeout after 5s | finish rejected pool_timeout 0 r0 g0 a0");
    done(0, 12 * SQ_SECOND, 200);
}
END_TEST

START_TEST(test_connection_at_the_instant_a_wait_ends_goes_to_the_next_in_the_queue)
{
    one_connection(5 * SQ_SECOND);
    start(1, 0);
    start(2, 1);
    done(0, 5 * SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | c2 send a1 r0 after 4.999999999s | "
           "finish first_try none 200 r0 g0 a1");
    sq_world_call(&world, 1);
    ck_assert_int_eq(sq_world_deadline(&world), 5 * SQ_SECOND);
    wake(1, 5 * SQ_SECOND);
    expect("refused r0 pool_timeout after 5s | finish rejected pool_timeout 0 r0 g0 a0");
    done(2, 6 * SQ_SECOND, 200);
}
END_TEST

START_TEST(test_wait_for_a_connection_is_cut_by_the_attempt_limit_the_total_and_the_caller)
{
    sq_world_role(&world, 0)->timeouts.attempt = 2 * SQ_SECOND;
    sq_world_role(&world, 0)->timeouts.total = 10 * SQ_SECOND;
    one_connection(SQ_NEVER);
    start(1, 0);
    wake(1, 2 * SQ_SECOND);
    expect("refused r0 timeout_attempt after 2s | finish failed timeout_attempt 0 r0 g0 a0");
    world.request.deadline = 3 * SQ_SECOND;
    start(2, 2 * SQ_SECOND);
    wake(2, 3 * SQ_SECOND);
    expect("refused r0 cancelled after 1s | finish timed_out cancelled 0 r0 g0 a0");
    world.request.deadline = SQ_NEVER;
    start(3, 3 * SQ_SECOND);
    sq_world_leave(&world, 4 * SQ_SECOND);
    expect("refused r0 cancelled after 1s | finish timed_out cancelled 0 r0 g0 a0");
    done(0, 4 * SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
}
END_TEST

START_TEST(test_connection_of_an_attempt_that_is_given_up_is_passed_on)
{
    sq_world_role(&world, 0)->timeouts.first_byte = SQ_SECOND;
    one_connection(SQ_NEVER);
    start(1, 0);
    wake(0, SQ_SECOND);
    expect("cancel a1 | attempt a1 r0 timeout_first_byte 0 | c1 send a1 r0 after 1s | "
           "finish failed timeout_first_byte 0 r0 g0 a0");
    sq_world_call(&world, 1);
    ck_assert_int_eq(sq_world_deadline(&world), 2 * SQ_SECOND); /* counted from its own send */
    done(1, 2 * SQ_SECOND, 200);
}
END_TEST

START_TEST(test_call_that_retries_at_once_queues_behind_those_who_wait)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 2;
    retry->delay.initial = 0;
    one_connection(SQ_NEVER);
    start(1, 0);
    done(0, SQ_SECOND, 500);
    expect("attempt a1 r0 server_error 500 | c1 send a1 r0 after 1s | wait 0s");
    done(1, 2 * SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | c0 send a2 r0 after 1s | "
           "finish first_try none 200 r0 g0 a1");
    done(0, 3 * SQ_SECOND, 200);
    expect("attempt a2 r0 none 200 | finish recovered none 200 r0 g0 a2");
}
END_TEST

START_TEST(test_event_of_the_attempt_before_is_dropped_while_a_call_waits)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 2;
    retry->delay.initial = 0;
    one_connection(SQ_NEVER);
    start(1, 0);
    done(0, SQ_SECOND, 500);
    sq_world_take(&world);
    done(0, SQ_SECOND, 200); /* attempt 1 again; attempt 2 still waits */
    expect("");
    done(1, SQ_SECOND, 200);
    done(0, SQ_SECOND, 200);
}
END_TEST

START_TEST(test_roles_with_the_same_key_share_their_connections)
{
    struct sq_layer_settings *layer = &world.settings.layers[0];
    limit(0, (struct sq_limits){.connections = 1, .pool_wait = 0});
    layer->n_limits = 2;
    layer->role[1] = layer->role[0];
    layer->role[2] = layer->role[0];
    layer->role[2].limits.key = 1;
    sq_world_build_as_is(&world);
    start(0, 0);
    world.request.role = 1;
    start(1, 0);
    world.request.role = 2;
    start(2, 0);
    expect("send a1 r0 | refused r1 pool_timeout | finish rejected pool_timeout 0 r1 g0 a0 | "
           "send a1 r2");
    done(0, 0, 200);
    done(2, 0, 200);
}
END_TEST

START_TEST(test_limits_of_an_outer_layer_count_its_attempts_only)
{
    world.settings.n_layers = 2;
    limit(0, (struct sq_limits){.concurrency = 1, .connections = 1});
    limit(1, (struct sq_limits){.connections = 1, .pool_wait = SQ_SECOND});
    sq_world_build(&world);
    start(0, 0);
    start(1, 0);
    expect("send a1 r0 | refused r0 limit_local | finish rejected limit_local 0 r0 g0 a0");
    done(0, 0, 200);
}
END_TEST

START_TEST(test_wait_for_a_connection_below_is_cut_by_the_layer_above)
{
    world.settings.n_layers = 2;
    sq_world_role(&world, 0)->timeouts.attempt = SQ_SECOND;
    limit(1, (struct sq_limits){.connections = 1, .pool_wait = SQ_NEVER});
    sq_world_build(&world);
    start(0, 500 * SQ_MS);
    start(1, 0);
    wake(1, SQ_SECOND);
    expect("send a1 r0 | refused r0 cancelled l1 after 1s | "
           "finish failed timeout_attempt 0 r0 g0 a0");
    done(0, SQ_SECOND, 200);
    expect("attempt a1 r0 none 200 | finish first_try none 200 r0 g0 a1");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("engine_limits");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_concurrency_at_the_limit_refuses_the_attempt);
    tcase_add_test(tests, test_concurrency_frees_its_place_during_a_backoff);
    tcase_add_test(tests, test_refusal_leaves_the_first_draw_to_the_attempt_that_is_sent);
    tcase_add_test(tests, test_concurrency_that_refuses_gives_the_probe_of_the_breaker_back);
    tcase_add_test(tests, test_connection_given_back_goes_to_the_call_that_waited_longest);
    tcase_add_test(tests, test_pool_wait_that_passes_is_a_pool_timeout);
    tcase_add_test(tests, test_pool_wait_of_zero_refuses_at_once);
    tcase_add_test(tests, test_pool_timeout_in_the_list_is_retried_and_draws_nothing);
    tcase_add_test(tests, test_connection_at_the_instant_a_wait_ends_goes_to_the_next_in_the_queue);
    tcase_add_test(tests,
                   test_wait_for_a_connection_is_cut_by_the_attempt_limit_the_total_and_the_caller);
    tcase_add_test(tests, test_connection_of_an_attempt_that_is_given_up_is_passed_on);
    tcase_add_test(tests, test_call_that_retries_at_once_queues_behind_those_who_wait);
    tcase_add_test(tests, test_event_of_the_attempt_before_is_dropped_while_a_call_waits);
    tcase_add_test(tests, test_roles_with_the_same_key_share_their_connections);
    tcase_add_test(tests, test_limits_of_an_outer_layer_count_its_attempts_only);
    tcase_add_test(tests, test_wait_for_a_connection_below_is_cut_by_the_layer_above);
    Suite *suite = suite_create("engine_limits");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
