/* SPDX-License-Identifier: MIT */
/*
 * What a published wrapper really does, attempt by attempt and wait by wait, against what its text
 * says: the presets patterns-as-written, patterns-as-meant and the two of a factory, fed to the
 * engine. Role 0 is the wanted model, role 1 the cheap one behind it in the chain, role 2 the
 * backup.
 */
#include <check.h>
#include <string.h>

#include "tests/support/engine_world.h"
#include "tests/support/scenario_text.h"

static struct loaded loaded;
static struct sq_world world;

static void behave_like(const char *preset)
{
    struct sq_strbuf name = {0};
    sq_strbuf_add_format(&name, "\"%s\"", preset);
    load_policy(&loaded, sq_strbuf_text(&name));
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    sq_world_init(&world);
    world.settings = *loaded.scenario->policies[0];
    ck_assert_uint_eq(world.settings.n_roles, SQ_WORLD_ROLES);
    sq_strbuf_clear(&name);
}

static void tear_down(void)
{
    if (world.engine != NULL) {
        ck_assert_uint_eq(sq_engine_leases(world.engine), 0);
    }
    sq_world_clear(&world);
    loaded_clear(&loaded);
}

static void expect(const char *actions)
{
    ck_assert_str_eq(sq_world_take(&world), actions);
}

static void start_as_written(void)
{
    behave_like("patterns-as-written");
    sq_world_build_as_is(&world);
    sq_world_start(&world, 0);
    expect("send a1 r0");
}

static void hint(const char *retry_after)
{
    struct sq_hints hints = {0};
    memcpy(hints.retry_after, retry_after, strlen(retry_after) + 1);
    sq_world_done_hinted(&world, 0, 429, &hints);
}

START_TEST(test_as_written_with_a_gateway_error_tries_three_times_and_waits_1_and_2_seconds)
{
    static const uint16_t statuses[] = {502, 503, 504};
    start_as_written();
    sq_world_leave(&world, 0);
    for (unsigned i = 0; i < 3; i++) {
        struct sq_strbuf whole = {0};
        sq_strbuf_add_format(&whole,
                             "send a1 r0 | attempt a1 r0 gateway_error %u | wait 1s l1 | "
                             "send a2 r0 | attempt a2 r0 gateway_error %u | wait 2s l1 | "
                             "send a3 r0 | attempt a3 r0 gateway_error %u | send a4 r1",
                             statuses[i], statuses[i], statuses[i]);
        sq_world_take(&world);
        sq_world_call(&world, 1 + i);
        sq_world_start(&world, 0);
        sq_world_done(&world, 0, statuses[i]);
        sq_world_wake(&world, SQ_SECOND);
        sq_world_done(&world, SQ_SECOND, statuses[i]);
        sq_world_wake(&world, 3 * SQ_SECOND);
        sq_world_done(&world, 3 * SQ_SECOND, statuses[i]);
        expect(sq_strbuf_text(&whole));
        sq_world_leave(&world, 3 * SQ_SECOND);
        sq_strbuf_clear(&whole);
    }
}
END_TEST

START_TEST(test_as_written_with_a_server_error_or_a_rate_limit_tries_once)
{
    start_as_written();
    sq_world_done(&world, 0, 500);
    expect("attempt a1 r0 server_error 500 | send a2 r1");
    sq_world_done(&world, 0, 429);
    expect("attempt a2 r1 rate_limited 429 | finish apology rate_limited 429 r1 g3 a0");
}
END_TEST

START_TEST(test_as_written_with_a_rate_limit_and_seconds_sleeps_them_and_gives_up)
{
    start_as_written();
    hint("5");
    expect("attempt a1 r0 rate_limited 429 | wait 5s hinted l1");
    sq_world_wake(&world, 5 * SQ_SECOND);
    expect("send a2 r1");
    sq_world_leave(&world, 5 * SQ_SECOND);
}
END_TEST

START_TEST(test_as_written_with_a_rate_limit_and_any_other_hint_is_an_error_of_the_reader)
{
    static const char *const hints[] = {"0.5", "Thu, 01 Jan 2026 00:00:05 GMT", "soon"};
    start_as_written();
    sq_world_leave(&world, 0);
    for (unsigned i = 0; i < 3; i++) {
        sq_world_take(&world);
        sq_world_call(&world, 1 + i);
        sq_world_start(&world, 0);
        hint(hints[i]);
        expect("send a1 r0 | attempt a1 r0 rate_limited 429 | send a2 r1");
        sq_world_leave(&world, 0);
    }
}
END_TEST

START_TEST(test_as_written_with_a_hint_of_another_status_does_not_read_it)
{
    struct sq_hints hints = {.retry_after = "soon"};
    start_as_written();
    sq_world_done_hinted(&world, 0, 503, &hints);
    expect("attempt a1 r0 gateway_error 503 | wait 1s l1");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_as_written_with_read_timeouts_tries_three_times)
{
    start_as_written();
    sq_world_wake(&world, 20 * SQ_SECOND);
    expect("cancel a1 | attempt a1 r0 timeout_connect 0 | wait 1s l1");
    sq_world_wake(&world, 21 * SQ_SECOND);
    sq_world_connected(&world, 21 * SQ_SECOND);
    sq_world_wake(&world, 41 * SQ_SECOND);
    expect("send a2 r0 | cancel a2 | attempt a2 r0 timeout_first_byte 0 | wait 2s l1");
    sq_world_wake(&world, 43 * SQ_SECOND);
    sq_world_connected(&world, 43 * SQ_SECOND);
    sq_world_headers(&world, 44 * SQ_SECOND, 200);
    sq_world_wake(&world, 64 * SQ_SECOND);
    expect("send a3 r0 | cancel a3 | attempt a3 r0 timeout_idle 200 | send a4 r1");
    sq_world_leave(&world, 64 * SQ_SECOND);
}
END_TEST

START_TEST(test_as_written_with_the_pool_exhausted_feeds_it_with_retries)
{
    behave_like("patterns-as-written");
    for (unsigned role = 0; role < SQ_WORLD_ROLES; role++) {
        ck_assert_uint_eq(world.settings.layers[1].role[role].limits.connections, 100);
        ck_assert_uint_eq(world.settings.layers[1].role[role].limits.keep_alive, 20);
        world.settings.layers[1].role[role].limits.connections = 1;
        world.settings.layers[1].role[role].timeouts.first_byte = SQ_NEVER;
    }
    sq_world_build_as_is(&world);
    sq_world_start(&world, 0);
    sq_world_connected(&world, 0);
    sq_world_call(&world, 1);
    sq_world_start(&world, 0);
    sq_world_wake(&world, 20 * SQ_SECOND);
    expect("send a1 r0 | refused r0 pool_timeout l1 after 20s | wait 1s l1");
    sq_world_wake(&world, 21 * SQ_SECOND);
    sq_world_wake(&world, 41 * SQ_SECOND);
    expect("refused r0 pool_timeout l1 after 20s | wait 2s l1");
    sq_world_wake(&world, 43 * SQ_SECOND);
    sq_world_wake(&world, 63 * SQ_SECOND);
    expect("refused r0 pool_timeout l1 after 20s");
    sq_world_leave(&world, 63 * SQ_SECOND); /* waits again, for the cheap model */
    sq_world_call(&world, 0);
    sq_world_done(&world, 63 * SQ_SECOND, 200);
}
END_TEST

/* Feeds calls whose attempts all end like this, one call after the other, until the breaker opens
 * or the calls are used up; returns the attempts on the wire until then, 0: it stayed closed. */
static unsigned sends_until_open(uint16_t status)
{
    unsigned sends = 0;
    sq_time now = 0;
    for (unsigned call = 0; call < SQ_WORLD_CALLS; call++) {
        sq_world_call(&world, call);
        sq_world_start(&world, now);
        while (sq_world_deadline(&world) != SQ_NEVER) {
            bool sent = strstr(sq_world_take(&world), "send") != NULL;
            sends += sent;
            if (sent && status > 0) {
                sq_world_done(&world, now, status);
            } else {
                now = sq_world_deadline(&world);
                sq_world_wake(&world, now);
            }
            if (sq_engine_breaker_state(world.engine, 0, 0) == SQ_BREAKER_OPEN) {
                return sends;
            }
        }
    }
    return 0;
}

START_TEST(test_as_written_the_breaker_counts_any_status_but_no_timeout)
{
    static const struct {
        uint16_t status; /* 0: nothing ever comes */
        unsigned sends;
    } cases[] = {{504, 15}, {400, 5}, {500, 5}, {429, 5}, {0, 0}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        behave_like("patterns-as-written");
        sq_world_build_as_is(&world);
        ck_assert_uint_eq(sends_until_open(cases[i].status), cases[i].sends);
        tear_down();
    }
    behave_like("none"); /* for the tear-down */
}
END_TEST

START_TEST(test_as_written_the_chain_ends_with_a_rule_or_the_fixed_answer)
{
    start_as_written();
    sq_world_leave(&world, 0);
    world.request.rule = 1;
    sq_world_call(&world, 1);
    sq_world_take(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 401);
    sq_world_done(&world, 0, 401);
    expect("send a1 r0 | attempt a1 r0 auth 401 | send a2 r1 | attempt a2 r1 auth 401 | "
           "finish substitute auth 401 r1 g2 a0");
    ck_assert_str_eq(world.settings.layers[0].rules[0].contains, "giá");
}
END_TEST

/* Nothing ever comes: when does the caller get the fixed answer? */
static sq_time time_of_the_fixed_answer(void)
{
    sq_time now = 0;
    sq_world_start(&world, 0);
    sq_world_connected(&world, 0);
    while (sq_world_deadline(&world) != SQ_NEVER) {
        now = sq_world_deadline(&world);
        sq_world_wake(&world, now);
    }
    ck_assert_ptr_nonnull(strstr(sq_world_take(&world), "finish apology timeout_attempt"));
    return now;
}

START_TEST(test_as_meant_the_worst_wait_is_126_seconds)
{
    behave_like("patterns-as-meant");
    for (unsigned role = 0; role < SQ_WORLD_ROLES; role++) {
        world.settings.layers[1].role[role].retry.delay.jitter = SQ_JITTER_NONE;
    }
    sq_world_build_as_is(&world);
    ck_assert_int_eq(time_of_the_fixed_answer(), 126 * SQ_SECOND);
}
END_TEST

START_TEST(test_as_meant_jitter_only_shortens_it)
{
    behave_like("patterns-as-meant");
    sq_world_build_as_is(&world);
    sq_time at = time_of_the_fixed_answer();
    ck_assert_int_lt(at, 126 * SQ_SECOND);
    ck_assert_int_ge(at, 120 * SQ_SECOND);
}
END_TEST

START_TEST(test_as_meant_a_rate_limit_is_retried_after_its_hint)
{
    behave_like("patterns-as-meant");
    sq_world_build_as_is(&world);
    sq_world_start(&world, 0);
    hint("0.5");
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | wait 500ms hinted l1");
    sq_world_wake(&world, 500 * SQ_MS);
    sq_world_done(&world, SQ_SECOND, 400);
    expect("send a2 r0 | attempt a2 r0 bad_request 400 | finish failed bad_request 400 r0 g0 a0");
}
END_TEST

/* The spans between the attempts of a call that meets 500 each time, until it goes to r2. */
static sq_dur waits_before_the_switch(unsigned *n_attempts)
{
    sq_time now = 0;
    sq_world_start(&world, 0);
    *n_attempts = 0;
    while (strstr(sq_world_take(&world), " r2") == NULL) {
        ++*n_attempts;
        sq_world_done(&world, now, 500);
        if (sq_world_deadline(&world) < now + 20 * SQ_SECOND) {
            now = sq_world_deadline(&world);
            sq_world_wake(&world, now);
        }
    }
    sq_world_leave(&world, now);
    return now;
}

START_TEST(test_factory_makes_six_attempts_and_waits_31_seconds_before_it_switches)
{
    unsigned n_attempts;
    behave_like("factory-5-retries");
    for (unsigned role = 0; role < SQ_WORLD_ROLES; role++) {
        world.settings.layers[0].role[role].retry.delay.jitter = SQ_JITTER_NONE;
    }
    sq_world_build_as_is(&world);
    ck_assert_int_eq(waits_before_the_switch(&n_attempts), 31 * SQ_SECOND);
    ck_assert_uint_eq(n_attempts, 6);
    sq_world_call(&world, 1);
    sq_world_take(&world);
    sq_world_start(&world, 0);
    sq_world_done(&world, 0, 401);
    expect("send a1 r0 | attempt a1 r0 auth 401 | send a2 r2");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_factory_with_jitter_waits_up_to_five_seconds_more)
{
    unsigned n_attempts;
    behave_like("factory-5-retries");
    sq_world_build_as_is(&world);
    sq_dur waits = waits_before_the_switch(&n_attempts);
    ck_assert_int_gt(waits, 31 * SQ_SECOND);
    ck_assert_int_lt(waits, 36 * SQ_SECOND);
}
END_TEST

START_TEST(test_factory_with_a_breaker_switches_without_waiting_once_it_is_open)
{
    behave_like("factory-breaker");
    sq_world_build_as_is(&world);
    for (unsigned call = 0; call < 5; call++) {
        sq_world_call(&world, call);
        sq_world_start(&world, 0);
        sq_world_done(&world, 0, 500);
    }
    sq_world_take(&world);
    sq_world_call(&world, 5);
    sq_world_start(&world, 0);
    expect("refused r0 breaker_open | send a1 r2");
    for (unsigned call = 0; call <= 5; call++) {
        sq_world_call(&world, call);
        sq_world_leave(&world, 0);
    }
}
END_TEST

static void add_as_written(TCase *tests)
{
    tcase_add_test(
        tests, test_as_written_with_a_gateway_error_tries_three_times_and_waits_1_and_2_seconds);
    tcase_add_test(tests, test_as_written_with_a_server_error_or_a_rate_limit_tries_once);
    tcase_add_test(tests, test_as_written_with_a_rate_limit_and_seconds_sleeps_them_and_gives_up);
    tcase_add_test(tests,
                   test_as_written_with_a_rate_limit_and_any_other_hint_is_an_error_of_the_reader);
    tcase_add_test(tests, test_as_written_with_a_hint_of_another_status_does_not_read_it);
    tcase_add_test(tests, test_as_written_with_read_timeouts_tries_three_times);
    tcase_add_test(tests, test_as_written_with_the_pool_exhausted_feeds_it_with_retries);
    tcase_add_test(tests, test_as_written_the_breaker_counts_any_status_but_no_timeout);
    tcase_add_test(tests, test_as_written_the_chain_ends_with_a_rule_or_the_fixed_answer);
}

int main(void)
{
    TCase *tests = tcase_create("patterns");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    add_as_written(tests);
    tcase_add_test(tests, test_as_meant_the_worst_wait_is_126_seconds);
    tcase_add_test(tests, test_as_meant_jitter_only_shortens_it);
    tcase_add_test(tests, test_as_meant_a_rate_limit_is_retried_after_its_hint);
    tcase_add_test(tests, test_factory_makes_six_attempts_and_waits_31_seconds_before_it_switches);
    tcase_add_test(tests, test_factory_with_jitter_waits_up_to_five_seconds_more);
    tcase_add_test(tests, test_factory_with_a_breaker_switches_without_waiting_once_it_is_open);
    Suite *suite = suite_create("patterns");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
