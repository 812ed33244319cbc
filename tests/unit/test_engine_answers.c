/* SPDX-License-Identifier: MIT */
/* Budgets, re-asks, rules, and hints that end a rung, as callers see them. */
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

static void start(unsigned call, sq_time at)
{
    sq_world_call(&world, call);
    sq_world_start(&world, at);
}

/* One retry for each two calls, nothing for free. */
static struct sq_retry *half_a_retry(void)
{
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 3;
    retry->budget = (struct sq_retry_budget){.on = true, .ratio_q32 = UINT64_C(1) << 31};
    return retry;
}

START_TEST(test_budget_that_is_spent_returns_the_outcome_of_the_last_attempt)
{
    half_a_retry();
    sq_world_build(&world);
    start(0, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | refused r0 budget_spent | "
           "finish failed server_error 500 r0 g0 a0");
    start(1, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | wait 1s");
    sq_world_wake(&world, SQ_SECOND);
    sq_world_done(&world, SQ_SECOND, 503);
    expect("send a2 r0 | attempt a2 r0 gateway_error 503 | refused r0 budget_spent | "
           "finish failed gateway_error 503 r0 g0 a0");
}
END_TEST

START_TEST(test_budget_that_is_spent_falls_back_as_the_last_class_says)
{
    half_a_retry();
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | refused r0 budget_spent | send a2 r1");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_budget_is_the_roles_own)
{
    half_a_retry();
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    for (unsigned call = 0; call < 2; call++) { /* each deposits at both roles */
        start(call, 0);
        sq_world_done(&world, 0, 400);
        sq_world_leave(&world, 0);
    }
    sq_world_take(&world);
    start(2, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | wait 1s");
    sq_world_leave(&world, 0);
    world.request.role = 1;
    sq_world_take(&world);
    start(3, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r1 | attempt a1 r1 server_error 500 | refused r1 budget_spent | send a2 r1");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_budget_pays_nothing_for_what_was_never_sent)
{
    struct sq_retry *retry = half_a_retry();
    struct sq_breaker *breaker = &sq_world_role(&world, 0)->breaker;
    retry->on.classes |= SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    breaker->on = true;
    breaker->trip.consecutive = 1;
    sq_world_build(&world);
    start(0, 0);
    sq_world_done(&world, 0, 500);
    sq_world_take(&world);
    start(1, 0);
    expect("refused r0 breaker_open | wait 1s");
    sq_world_wake(&world, SQ_SECOND);
    expect("refused r0 breaker_open | wait 1s");
    sq_world_leave(&world, SQ_SECOND);
}
END_TEST

static void ask_again(uint8_t most)
{
    world.settings.layers[0].contract.reask_max = most;
}

START_TEST(test_answer_that_breaks_the_contract_is_asked_for_again_at_once)
{
    ask_again(2);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_read(&world, 1, SQ_CLASS_INVALID_JSON);
    expect("send a1 r0 | attempt a1 r0 invalid_json 200 | send a2 r0 reask 1");
    sq_world_done_read(&world, 2, SQ_CLASS_SCHEMA);
    expect("attempt a2 r0 schema 200 | send a3 r0 reask 2");
    sq_world_done_read(&world, 3, SQ_CLASS_EMPTY);
    expect("attempt a3 r0 empty 200 | finish invalid empty 200 r0 g0 a0");
    start(1, 0);
    sq_world_done_read(&world, 1, SQ_CLASS_EMPTY);
    sq_world_done(&world, 2, 200);
    expect("send a1 r0 | attempt a1 r0 empty 200 | send a2 r0 reask 1 | "
           "attempt a2 r0 none 200 | finish recovered none 200 r0 g0 a2");
}
END_TEST

START_TEST(test_answer_that_was_truncated_is_not_asked_for_again)
{
    ask_again(2);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_read(&world, 1, SQ_CLASS_TRUNCATED);
    expect("send a1 r0 | attempt a1 r0 truncated 200 | finish invalid truncated 200 r0 g0 a0");
}
END_TEST

START_TEST(test_reask_is_none_of_max_attempts_and_is_kept_by_its_retry)
{
    ask_again(1);
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_read(&world, 0, SQ_CLASS_INVALID_JSON);
    sq_world_done(&world, 0, 500);
    sq_world_wake(&world, SQ_SECOND);
    expect("send a1 r0 | attempt a1 r0 invalid_json 200 | send a2 r0 reask 1 | "
           "attempt a2 r0 server_error 500 | wait 1s | send a3 r0 reask 1");
    sq_world_done(&world, SQ_SECOND, 500);
    expect("attempt a3 r0 server_error 500 | finish failed server_error 500 r0 g0 a0");
}
END_TEST

START_TEST(test_reask_counts_anew_on_each_rung)
{
    ask_again(1);
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_read(&world, 0, SQ_CLASS_SCHEMA);
    sq_world_done_read(&world, 0, SQ_CLASS_SCHEMA);
    expect("send a1 r0 | attempt a1 r0 schema 200 | send a2 r0 reask 1 | "
           "attempt a2 r0 schema 200 | send a3 r1");
    sq_world_done_read(&world, 0, SQ_CLASS_SCHEMA);
    expect("attempt a3 r1 schema 200 | send a4 r1 reask 1");
    sq_world_done(&world, 0, 200);
}
END_TEST

START_TEST(test_reask_of_an_answer_that_is_the_callers_already_does_not_happen)
{
    ask_again(1);
    world.request.stream = true;
    sq_world_build(&world);
    start(0, 0);
    sq_world_headers(&world, 0, 200);
    sq_world_token(&world, 0);
    sq_world_done_read(&world, 0, SQ_CLASS_INVALID_JSON);
    expect("send a1 r0 | attempt a1 r0 invalid_json 200 | "
           "finish failed invalid_json 200 r0 g0 a0");
}
END_TEST

/* The end brings the first token with it: as above. */
START_TEST(test_end_that_brings_the_first_token_makes_the_answer_the_callers)
{
    ask_again(1);
    world.request.stream = true;
    sq_world_build(&world);
    start(0, 0);
    sq_world_feed(&world, (struct sq_event){.at = 0,
                                            .kind = SQ_EVENT_DONE,
                                            .attempt = 1,
                                            .status = 200,
                                            .first_token = true,
                                            .reading = {.klass = SQ_CLASS_INVALID_JSON}});
    expect("send a1 r0 | attempt a1 r0 invalid_json 200 | "
           "finish failed invalid_json 200 r0 g0 a0");
}
END_TEST

START_TEST(test_contract_that_is_required_makes_a_stream_the_callers_at_its_end)
{
    ask_again(1);
    world.settings.layers[0].contract.required = true;
    world.request.stream = true;
    sq_world_build(&world);
    start(0, 0);
    sq_world_headers(&world, 0, 200);
    sq_world_token(&world, 0);
    sq_world_done_read(&world, 0, SQ_CLASS_INVALID_JSON);
    expect("send a1 r0 | attempt a1 r0 invalid_json 200 | send a2 r0 reask 1");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_rules_answer_only_the_question_that_one_of_them_fits)
{
    sq_world_add_rung(&world, 0, SQ_RUNG_RULES, 0);
    sq_world_add_rung(&world, 0, SQ_RUNG_ANSWER, 0);
    sq_world_build(&world);
    world.request.rule = 1;
    start(0, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | "
           "finish substitute server_error 500 r0 g1 a0");
    world.request.rule = 0;
    start(1, 0);
    sq_world_done(&world, 0, 500);
    expect("send a1 r0 | attempt a1 r0 server_error 500 | "
           "finish apology server_error 500 r0 g2 a0");
}
END_TEST

static struct sq_hint_settings *whole_seconds(void)
{
    struct sq_hint_settings *hint = &sq_world_role(&world, 0)->retry.hint;
    *hint = (struct sq_hint_settings){.sources = SQ_HINT_WHOLE_SECONDS,
                                      .high = SQ_MINUTE,
                                      .high_included = true,
                                      .low_included = true};
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    return hint;
}

START_TEST(test_hint_that_is_invalid_ends_the_rung_where_the_policy_says_so)
{
    struct sq_hints fraction = {.retry_after = "0.5"};
    whole_seconds()->invalid = SQ_HINT_INVALID_ABORT;
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 503, &fraction);
    expect("send a1 r0 | attempt a1 r0 gateway_error 503 | "
           "finish failed gateway_error 503 r0 g0 a0");
}
END_TEST

START_TEST(test_hint_that_is_invalid_is_ignored_otherwise)
{
    struct sq_hints fraction = {.retry_after = "0.5"};
    whole_seconds();
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 503, &fraction);
    expect("send a1 r0 | attempt a1 r0 gateway_error 503 | wait 1s");
    sq_world_leave(&world, 0);
}
END_TEST

START_TEST(test_hint_of_a_failure_outside_its_list_is_not_read)
{
    struct sq_hints five = {.retry_after = "5"};
    struct sq_hint_settings *hint = whole_seconds();
    hint->listed = true;
    sq_on_add_status(&hint->on, 429);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 503, &five);
    expect("send a1 r0 | attempt a1 r0 gateway_error 503 | wait 1s");
    sq_world_leave(&world, 0);
    start(1, 0);
    sq_world_take(&world);
    sq_world_done_hinted(&world, 0, 429, &five);
    expect("attempt a1 r0 rate_limited 429 | wait 5s hinted");
    sq_world_leave(&world, 0);
}
END_TEST

/* 429 is not retried, but its hint is slept. */
static void sleep_then_fail(void)
{
    whole_seconds()->sleep_then_fail = true;
    sq_world_role(&world, 0)->retry.on = (struct sq_on){0};
}

START_TEST(test_hint_that_is_slept_fails_the_call_afterwards)
{
    struct sq_hints five = {.retry_after = "5"};
    sleep_then_fail();
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 429, &five);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | wait 5s hinted");
    sq_world_wake(&world, 5 * SQ_SECOND - 1);
    expect("");
    sq_world_wake(&world, 5 * SQ_SECOND);
    expect("finish failed rate_limited 429 r0 g0 a0");
}
END_TEST

START_TEST(test_hint_that_is_slept_falls_back_afterwards)
{
    struct sq_hints five = {.retry_after = "5"};
    sleep_then_fail();
    sq_world_add_rung(&world, 0, SQ_RUNG_ROLE, 1);
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 429, &five);
    sq_world_wake(&world, 5 * SQ_SECOND);
    sq_world_done(&world, 6 * SQ_SECOND, 200);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | wait 5s hinted | send a2 r1 | "
           "attempt a2 r1 none 200 | finish fallback none 200 r1 g1 a2");
}
END_TEST

START_TEST(test_hint_that_would_be_slept_past_the_total_fails_at_once)
{
    struct sq_hints five = {.retry_after = "5"};
    sleep_then_fail();
    sq_world_role(&world, 0)->timeouts.total = 5 * SQ_SECOND;
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 429, &five);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | "
           "finish failed rate_limited 429 r0 g0 a0");
}
END_TEST

START_TEST(test_hint_that_is_slept_below_tells_the_layer_above_afterwards)
{
    struct sq_hints five = {.retry_after = "5"};
    world.settings.n_layers = 2;
    sq_world_role(&world, 0)->retry.max_attempts = 2;
    struct sq_role_settings *inner = sq_world_role(&world, 1);
    inner->retry.on = (struct sq_on){0};
    inner->retry.hint = (struct sq_hint_settings){
        .sources = SQ_HINT_WHOLE_SECONDS, .high = SQ_MINUTE, .sleep_then_fail = true};
    sq_world_build(&world);
    start(0, 0);
    sq_world_done_hinted(&world, 0, 429, &five);
    sq_world_wake(&world, 5 * SQ_SECOND);
    expect("send a1 r0 | attempt a1 r0 rate_limited 429 | wait 5s hinted l1 | wait 1s");
    sq_world_wake(&world, 6 * SQ_SECOND);
    sq_world_done(&world, 6 * SQ_SECOND, 200);
    expect("send a2 r0 | attempt a2 r0 none 200 | finish recovered none 200 r0 g0 a2");
}
END_TEST

static void add_budgets_and_contracts(TCase *tests)
{
    tcase_add_test(tests, test_budget_that_is_spent_returns_the_outcome_of_the_last_attempt);
    tcase_add_test(tests, test_budget_that_is_spent_falls_back_as_the_last_class_says);
    tcase_add_test(tests, test_budget_is_the_roles_own);
    tcase_add_test(tests, test_budget_pays_nothing_for_what_was_never_sent);
    tcase_add_test(tests, test_answer_that_breaks_the_contract_is_asked_for_again_at_once);
    tcase_add_test(tests, test_answer_that_was_truncated_is_not_asked_for_again);
    tcase_add_test(tests, test_reask_is_none_of_max_attempts_and_is_kept_by_its_retry);
    tcase_add_test(tests, test_reask_counts_anew_on_each_rung);
    tcase_add_test(tests, test_reask_of_an_answer_that_is_the_callers_already_does_not_happen);
    tcase_add_test(tests, test_end_that_brings_the_first_token_makes_the_answer_the_callers);
    tcase_add_test(tests, test_contract_that_is_required_makes_a_stream_the_callers_at_its_end);
}

int main(void)
{
    TCase *tests = tcase_create("engine_answers");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_budgets_and_contracts(tests);
    tcase_add_test(tests, test_rules_answer_only_the_question_that_one_of_them_fits);
    tcase_add_test(tests, test_hint_that_is_invalid_ends_the_rung_where_the_policy_says_so);
    tcase_add_test(tests, test_hint_that_is_invalid_is_ignored_otherwise);
    tcase_add_test(tests, test_hint_of_a_failure_outside_its_list_is_not_read);
    tcase_add_test(tests, test_hint_that_is_slept_fails_the_call_afterwards);
    tcase_add_test(tests, test_hint_that_is_slept_falls_back_afterwards);
    tcase_add_test(tests, test_hint_that_would_be_slept_past_the_total_fails_at_once);
    tcase_add_test(tests, test_hint_that_is_slept_below_tells_the_layer_above_afterwards);
    Suite *suite = suite_create("engine_answers");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
