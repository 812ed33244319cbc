/* SPDX-License-Identifier: MIT */
/* The decision after an attempt, one rule at a time. */
#include "policies/retry_int.h"

#include <check.h>

#include "base/draw.h"
#include "policies/delay_int.h"
#include "policies/fallback_int.h"

#define ON(klass)                                                                                  \
    {                                                                                              \
        .classes = SQ_CLASS_BIT(klass)                                                             \
    }

/* Three attempts for server errors, a second apart; a rung for them and one for quota. */
static struct sq_layer_settings three_attempts(void)
{
    struct sq_layer_settings settings = {.n_rungs = 2};
    settings.role[0].retry = (struct sq_retry){
        .max_attempts = 3,
        .on = ON(SQ_CLASS_SERVER_ERROR),
        .delay = {.kind = SQ_DELAY_CONSTANT, .initial = SQ_SECOND, .cap = SQ_NEVER},
        .hint = {.sources = SQ_HINT_SECONDS | SQ_HINT_SHOULD_RETRY,
                 .high = SQ_MINUTE,
                 .high_included = true}};
    settings.rungs[0] = (struct sq_rung){.on = ON(SQ_CLASS_SERVER_ERROR)};
    settings.rungs[1] = (struct sq_rung){.on = ON(SQ_CLASS_QUOTA)};
    return settings;
}

static struct sq_retry_case first_attempt(const struct sq_layer_settings *settings)
{
    return (struct sq_retry_case){.settings = settings, .attempts = 1, .time_left = SQ_NEVER};
}

static const struct sq_result server_error = {.klass = SQ_CLASS_SERVER_ERROR, .status = 500};
static const struct sq_result bad_request = {.klass = SQ_CLASS_BAD_REQUEST, .status = 400};

START_TEST(test_decide_of_a_success_accepts)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_result result = {.klass = SQ_CLASS_NONE, .status = 200};
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_ACCEPT);
}
END_TEST

START_TEST(test_decide_of_a_retried_class_waits_until_the_attempts_are_used)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_decision decision = sq_retry_decide(&here, &server_error);
    ck_assert_uint_eq(decision.verdict, SQ_VERDICT_RETRY);
    ck_assert_int_eq(decision.wait, SQ_SECOND);
    ck_assert(!decision.hinted);
    here.attempts = 2;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_RETRY);
    here.attempts = 3;
    decision = sq_retry_decide(&here, &server_error);
    ck_assert_uint_eq(decision.verdict, SQ_VERDICT_NEXT_RUNG);
    ck_assert_uint_eq(decision.rung, 1);
}
END_TEST

START_TEST(test_decide_of_another_class_fails_or_takes_the_rung_that_is_for_it)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_result quota = {.klass = SQ_CLASS_QUOTA, .status = 429};
    ck_assert_uint_eq(sq_retry_decide(&here, &bad_request).verdict, SQ_VERDICT_FAIL);
    ck_assert_uint_eq(sq_retry_decide(&here, &quota).verdict, SQ_VERDICT_NEXT_RUNG);
    ck_assert_uint_eq(sq_retry_decide(&here, &quota).rung, 2);
    here.rung = 2;
    ck_assert_uint_eq(sq_retry_decide(&here, &quota).verdict, SQ_VERDICT_FAIL);
}
END_TEST

START_TEST(test_decide_of_a_committed_answer_fails_for_good)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    here.committed = true;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_FAIL);
}
END_TEST

START_TEST(test_decide_of_a_wait_that_ends_at_the_total_does_not_wait)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    here.time_left = SQ_SECOND + 1;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_RETRY);
    here.time_left = SQ_SECOND;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_NEXT_RUNG);
    here.rung = 2;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_FAIL);
    settings.role[0].retry.delay.initial = SQ_NEVER;
    here.time_left = SQ_NEVER;
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_FAIL);
}
END_TEST

START_TEST(test_decide_with_a_hint_waits_as_long_as_it_says)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_hints hints = {.retry_after = "0.5"};
    struct sq_result result = server_error;
    result.hints = &hints;
    struct sq_decision decision = sq_retry_decide(&here, &result);
    ck_assert_int_eq(decision.wait, 500 * SQ_MS);
    ck_assert(decision.hinted);
    settings.role[0].retry.hint.combine = SQ_HINT_MAX;
    decision = sq_retry_decide(&here, &result);
    ck_assert_int_eq(decision.wait, SQ_SECOND);
    ck_assert(!decision.hinted);
    hints = (struct sq_hints){.retry_after = "1"}; /* as long as the delay: it changed nothing */
    ck_assert(!sq_retry_decide(&here, &result).hinted);
    hints = (struct sq_hints){.retry_after = "2"};
    decision = sq_retry_decide(&here, &result);
    ck_assert_int_eq(decision.wait, 2 * SQ_SECOND);
    ck_assert(decision.hinted);
}
END_TEST

START_TEST(test_decide_with_a_hint_above_ignores_it_or_leaves_the_rung)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_hints hints = {.retry_after = "61"};
    struct sq_result result = server_error;
    result.hints = &hints;
    ck_assert_int_eq(sq_retry_decide(&here, &result).wait, SQ_SECOND);
    settings.role[0].retry.hint.above = SQ_HINT_ABOVE_FORBID;
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_NEXT_RUNG);
    hints = (struct sq_hints){.retry_after = "61", .should_retry = "true"};
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_NEXT_RUNG);
}
END_TEST

START_TEST(test_decide_with_should_retry_overrides_the_list_for_errors)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_hints yes = {.should_retry = "true"};
    struct sq_hints no = {.should_retry = "false"};
    struct sq_result result = bad_request;
    result.hints = &yes;
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_RETRY);
    here.attempts = 3;
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_FAIL);
    here.attempts = 1;
    result = server_error;
    result.hints = &no;
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_NEXT_RUNG);
    result = (struct sq_result){.klass = SQ_CLASS_REFUSAL, .status = 200, .hints = &yes};
    ck_assert_uint_eq(sq_retry_decide(&here, &result).verdict, SQ_VERDICT_FAIL);
}
END_TEST

START_TEST(test_decide_with_jitter_draws_by_call_layer_and_waits)
{
    struct sq_layer_settings settings = three_attempts();
    struct sq_delay *delay = &settings.role[0].retry.delay;
    delay->jitter = SQ_JITTER_FULL;
    struct sq_retry_case here = first_attempt(&settings);
    here.seed = 3;
    here.call_id = 41;
    here.layer = 2;
    here.waits = 5;
    uint32_t lane = sq_draw_block(3, SQ_DRAW_BACKOFF, 41, 2, 5).lane[0];
    ck_assert_int_eq(sq_retry_decide(&here, &server_error).wait, sq_delay(delay, 0, lane));
    here.waits = 6;
    ck_assert_int_ne(sq_retry_decide(&here, &server_error).wait, sq_delay(delay, 0, lane));
}
END_TEST

START_TEST(test_decide_of_a_refusal_draws_nothing)
{
    struct sq_layer_settings settings = three_attempts();
    settings.role[0].retry.delay.jitter = SQ_JITTER_FULL;
    settings.role[0].retry.on.classes |= SQ_CLASS_BIT(SQ_CLASS_BREAKER_OPEN);
    struct sq_retry_case here = first_attempt(&settings);
    struct sq_result refused = {.klass = SQ_CLASS_BREAKER_OPEN, .refused = true};
    ck_assert_int_eq(sq_retry_decide(&here, &refused).wait, SQ_SECOND);
}
END_TEST

START_TEST(test_decide_without_any_attempt_allowed_still_ends)
{
    struct sq_layer_settings settings = three_attempts();
    settings.role[0].retry.max_attempts = 0;
    settings.n_rungs = 0;
    struct sq_retry_case here = first_attempt(&settings);
    ck_assert_uint_eq(sq_retry_decide(&here, &server_error).verdict, SQ_VERDICT_FAIL);
}
END_TEST

START_TEST(test_next_rung_is_the_first_later_one_that_matches)
{
    struct sq_layer_settings settings = {.n_rungs = 3};
    settings.rungs[0].on = (struct sq_on)ON(SQ_CLASS_QUOTA);
    settings.rungs[1].on = (struct sq_on)ON(SQ_CLASS_AUTH);
    settings.rungs[2].on = (struct sq_on)ON(SQ_CLASS_QUOTA);
    sq_on_add_status(&settings.rungs[1].on, 500);
    ck_assert_uint_eq(sq_fallback_next(&settings, 0, 0, SQ_CLASS_QUOTA, 429), 1);
    ck_assert_uint_eq(sq_fallback_next(&settings, 1, 0, SQ_CLASS_QUOTA, 429), 3);
    ck_assert_uint_eq(sq_fallback_next(&settings, 3, 0, SQ_CLASS_QUOTA, 429), 0);
    ck_assert_uint_eq(sq_fallback_next(&settings, 0, 0, SQ_CLASS_SERVER_ERROR, 500), 2);
    ck_assert_uint_eq(sq_fallback_next(&settings, 0, 0, SQ_CLASS_SERVER_ERROR, 502), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("retry");
    tcase_add_test(tests, test_decide_of_a_success_accepts);
    tcase_add_test(tests, test_decide_of_a_retried_class_waits_until_the_attempts_are_used);
    tcase_add_test(tests, test_decide_of_another_class_fails_or_takes_the_rung_that_is_for_it);
    tcase_add_test(tests, test_decide_of_a_committed_answer_fails_for_good);
    tcase_add_test(tests, test_decide_of_a_wait_that_ends_at_the_total_does_not_wait);
    tcase_add_test(tests, test_decide_with_a_hint_waits_as_long_as_it_says);
    tcase_add_test(tests, test_decide_with_a_hint_above_ignores_it_or_leaves_the_rung);
    tcase_add_test(tests, test_decide_with_should_retry_overrides_the_list_for_errors);
    tcase_add_test(tests, test_decide_with_jitter_draws_by_call_layer_and_waits);
    tcase_add_test(tests, test_decide_of_a_refusal_draws_nothing);
    tcase_add_test(tests, test_decide_without_any_attempt_allowed_still_ends);
    tcase_add_test(tests, test_next_rung_is_the_first_later_one_that_matches);
    Suite *suite = suite_create("retry");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
