/* SPDX-License-Identifier: MIT */
/* What each kind of fault makes of a plan: steps, times, endings, exact bytes. */
#include "mockprovider/plan.h"

#include <check.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

static struct sq_plan plan_at(sq_time now)
{
    struct sq_plan_request request = far_side_request(7);
    return far_side_plan(&request, now);
}

static struct sq_plan plain_plan(void)
{
    struct sq_plan_request request = far_side_request(7);
    request.stream = false;
    return far_side_plan(&request, 0);
}

static void assert_steps(const struct sq_plan *plan, uint8_t n_steps, const struct sq_step *steps)
{
    ck_assert_uint_eq(plan->n_steps, n_steps);
    for (uint8_t i = 0; i < n_steps; i++) {
        ck_assert_int_eq(plan->steps[i].kind, steps[i].kind);
        ck_assert_int_eq(plan->steps[i].at, steps[i].at);
    }
}

START_TEST(test_healthy_stream_begins_at_ttft_and_ends_with_its_last_token)
{
    struct sq_plan plan = plan_at(SQ_SECOND);
    sq_time first = SQ_SECOND + FAR_SIDE_TTFT;
    sq_time last = sq_plan_token_at(&plan, 19);
    ck_assert_int_ge(last, first + 19 * FAR_SIDE_PACE);
    ck_assert_int_lt(last, first + 20 * FAR_SIDE_PACE);
    assert_steps(&plan, 3,
                 (struct sq_step[]){
                     {first, SQ_STEP_HEADERS}, {first, SQ_STEP_FIRST_TOKEN}, {last, SQ_STEP_END}});
    ck_assert_uint_eq(plan.status, 200);
    ck_assert_uint_eq(plan.rule, SQ_PLAN_NO_RULE);
    ck_assert_uint_eq(plan.sent_tokens, 20);
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_OK);
}
END_TEST

START_TEST(test_healthy_plain_answer_comes_when_its_last_token_is_made)
{
    struct sq_plan plan = plain_plan();
    sq_time last = sq_plan_token_at(&plan, 19);
    assert_steps(&plan, 2, (struct sq_step[]){{last, SQ_STEP_HEADERS}, {last, SQ_STEP_END}});
    ck_assert(!plan.stream);
}
END_TEST

START_TEST(test_prefill_is_paid_per_input_token_and_no_output_is_one_token)
{
    far_side()->script.models[0].prefill = SQ_MS;
    struct sq_plan_request request = far_side_request(7);
    request.output_tokens = 0;
    struct sq_plan plan = far_side_plan(&request, 0);
    ck_assert_int_eq(plan.first_token_at, FAR_SIDE_TTFT + 100 * SQ_MS);
    ck_assert_uint_eq(plan.body.output_tokens, 1);
    ck_assert_int_eq(plan.steps[plan.n_steps - 1].at, plan.first_token_at);
}
END_TEST

START_TEST(test_status_answers_at_once_with_an_error)
{
    far_side_rule(SQ_FAULT_LATENCY, "late");
    far_side_rule(SQ_FAULT_STATUS, "down")->effect.status = 429;
    struct sq_plan plan = plan_at(5);
    assert_steps(&plan, 2, (struct sq_step[]){{5, SQ_STEP_HEADERS}, {5, SQ_STEP_END}});
    ck_assert_uint_eq(plan.status, 429);
    ck_assert_uint_eq(plan.rule, 1);
    ck_assert(!plan.stream);
    ck_assert_int_eq(plan.body.kind, SQ_BODY_ERROR);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_STATUS], 2);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_LATENCY], 0);
}
END_TEST

START_TEST(test_latency_multiplies_then_adds_and_leaves_the_pace_alone)
{
    struct sq_plan healthy = plan_at(0);
    far_side()->script.models[0].prefill = SQ_MS;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_LATENCY, "late");
    rule->effect.factor_q32 = 5 * (SQ_DRAW_ALWAYS / 2);
    rule->effect.add = 3 * SQ_SECOND;
    struct sq_plan plan = plan_at(0);
    ck_assert_int_eq(plan.first_token_at, 250 * SQ_MS + 3 * SQ_SECOND + 100 * SQ_MS);
    ck_assert_int_eq(sq_plan_token_at(&plan, 19) - plan.first_token_at,
                     sq_plan_token_at(&healthy, 19) - healthy.first_token_at);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_LATENCY], 1);
}
END_TEST

START_TEST(test_latency_beyond_all_time_answers_never)
{
    far_side_rule(SQ_FAULT_LATENCY, "late")->effect.factor_q32 = UINT64_MAX;
    far_side()->script.models[0].ttft.fixed = (sq_dur)1 << 60;
    struct sq_plan plan = plan_at(0);
    ck_assert_uint_eq(plan.n_steps, 0);
    ck_assert_uint_eq(sq_plan_tokens_by(&plan, SQ_NEVER - 1), 0);
}
END_TEST

START_TEST(test_hang_for_good_has_no_steps_and_hides_what_follows)
{
    far_side_rule(SQ_FAULT_RESET, "rst");
    far_side_rule(SQ_FAULT_CUT, "cut");
    far_side_rule(SQ_FAULT_HANG, "hang");
    struct sq_plan plan = plan_at(0);
    ck_assert_uint_eq(plan.n_steps, 0);
    ck_assert_int_eq(plan.ending, SQ_ENDING_SILENCE);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_LATENCY], 3);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_TRANSPORT], 0);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_STREAM], 0);
    ck_assert_int_eq(sq_plan_token_at(&plan, 0), SQ_NEVER);
}
END_TEST

START_TEST(test_hang_for_a_while_starts_late_and_is_then_healthy)
{
    struct sq_plan healthy = plan_at(0);
    far_side_rule(SQ_FAULT_HANG, "hang")->effect.for_each = SQ_MINUTE;
    struct sq_plan plan = plan_at(0);
    ck_assert_uint_eq(plan.n_steps, healthy.n_steps);
    for (uint8_t i = 0; i < plan.n_steps; i++) {
        ck_assert_int_eq(plan.steps[i].at, healthy.steps[i].at + SQ_MINUTE);
    }
    ck_assert_int_eq(plan.ending, SQ_ENDING_COMPLETE);
}
END_TEST

START_TEST(test_reset_without_bytes_comes_before_the_headers)
{
    far_side_rule(SQ_FAULT_RESET, "rst");
    struct sq_plan plan = plan_at(9);
    assert_steps(&plan, 1, (struct sq_step[]){{9, SQ_STEP_BROKEN}});
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_RESET);
    ck_assert_uint_eq(plan.sent_bytes, 0);
}
END_TEST

START_TEST(test_reset_after_a_short_hang_comes_when_the_hang_is_over)
{
    far_side_rule(SQ_FAULT_RESET, "rst");
    far_side_rule(SQ_FAULT_HANG, "hang")->effect.for_each = SQ_SECOND;
    struct sq_plan plan = plan_at(9);
    assert_steps(&plan, 1, (struct sq_step[]){{9 + SQ_SECOND, SQ_STEP_BROKEN}});
}
END_TEST

/* The plan of a stream cut by RST after so many bytes. */
static struct sq_plan reset_after(uint32_t n_bytes)
{
    far_side()->script.n_rules = 0;
    far_side_rule(SQ_FAULT_RESET, "rst")->effect.after_bytes = n_bytes;
    return plan_at(0);
}

START_TEST(test_reset_after_bytes_comes_when_the_last_of_them_leaves)
{
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    uint32_t first = sizes->stream_first_bytes[0];
    uint32_t token = sizes->stream_token_bytes[0];
    struct {
        uint32_t n_bytes;
        uint32_t sent_tokens;
        uint32_t at_token;
    } const cases[] = {
        {0, 0, 0},
        {first, 0, 0},
        {first + 1, 0, 0},
        {first + token - 1, 0, 0},
        {first + token, 1, 0},
        {first + token + 1, 1, 1},
        {first + 5 * token, 5, 4},
        {first + 5 * token + 1, 5, 5},
        {first + 20 * token, 20, 19},
        {first + 20 * token + 1, 20, 19},
        {first + 20 * token + sizes->stream_end_bytes[0] - 1, 20, 19},
    };
    struct sq_plan healthy = plan_at(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_plan plan = reset_after(cases[i].n_bytes);
        const struct sq_step *broken = &plan.steps[plan.n_steps - 1];
        ck_assert_int_eq(broken->kind, SQ_STEP_BROKEN);
        ck_assert_int_eq(broken->at, sq_plan_token_at(&healthy, cases[i].at_token));
        ck_assert_uint_eq(plan.sent_tokens, cases[i].sent_tokens);
        ck_assert_uint_eq(plan.sent_bytes, cases[i].n_bytes);
        ck_assert_uint_eq(plan.n_steps, cases[i].sent_tokens > 0 ? 3 : 2);
        ck_assert_int_eq(plan.ending, SQ_ENDING_RST);
    }
}
END_TEST

START_TEST(test_reset_at_or_beyond_the_last_byte_does_nothing)
{
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    uint32_t total = sizes->stream_first_bytes[0] + 20 * sizes->stream_token_bytes[0] +
                     sizes->stream_end_bytes[0];
    ck_assert_int_eq(reset_after(total - 1).ending, SQ_ENDING_RST);
    struct sq_plan plan = reset_after(total);
    ck_assert_int_eq(plan.ending, SQ_ENDING_COMPLETE);
    ck_assert_uint_eq(plan.sent_bytes, SQ_UNSET_U32);
    ck_assert_int_eq(reset_after(SQ_UNSET_U32 - 1).ending, SQ_ENDING_COMPLETE);
}
END_TEST

START_TEST(test_reset_of_a_plain_answer_after_bytes_sends_headers_first)
{
    far_side_rule(SQ_FAULT_RESET, "rst")->effect.after_bytes = 50;
    struct sq_plan plan = plain_plan();
    sq_time end = sq_plan_token_at(&plan, 19);
    assert_steps(&plan, 2, (struct sq_step[]){{end, SQ_STEP_HEADERS}, {end, SQ_STEP_BROKEN}});
    ck_assert_uint_eq(plan.sent_bytes, 50);
    ck_assert_uint_eq(plan.sent_tokens, 20);
}
END_TEST

START_TEST(test_cut_after_tokens_ends_with_the_last_of_them)
{
    struct sq_plan healthy = plan_at(0);
    for (uint32_t k = 1; k <= 20; k++) {
        far_side()->script.n_rules = 0;
        far_side_rule(SQ_FAULT_CUT, "cut")->effect.after_tokens = k;
        struct sq_plan plan = plan_at(0);
        ck_assert_uint_eq(plan.n_steps, 3);
        ck_assert_int_eq(plan.steps[2].kind, SQ_STEP_BROKEN);
        ck_assert_int_eq(plan.steps[2].at, sq_plan_token_at(&healthy, k - 1));
        ck_assert_uint_eq(plan.sent_tokens, k);
        ck_assert_uint_eq(plan.sent_bytes, SQ_UNSET_U32);
        ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_CUT);
    }
    far_side()->rules[0].effect.after_tokens = 21;
    ck_assert_int_eq(plan_at(0).ending, SQ_ENDING_COMPLETE);
}
END_TEST

START_TEST(test_cut_without_a_place_comes_before_the_first_token)
{
    far_side_rule(SQ_FAULT_CUT, "cut");
    struct sq_plan plan = plan_at(0);
    assert_steps(
        &plan, 2,
        (struct sq_step[]){{FAR_SIDE_TTFT, SQ_STEP_HEADERS}, {FAR_SIDE_TTFT, SQ_STEP_BROKEN}});
    ck_assert_uint_eq(plan.sent_tokens, 0);
}
END_TEST

START_TEST(test_cut_takes_each_ending)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_CUT, "cut");
    rule->effect.after_tokens = 3;
    rule->effect.ending = SQ_ENDING_RST;
    struct sq_plan reset = plan_at(0);
    ck_assert_int_eq(sq_plan_transport(&reset), SQ_TRANSPORT_RESET);
    rule->effect.ending = SQ_ENDING_SILENCE;
    struct sq_plan silent = plan_at(0);
    ck_assert_uint_eq(silent.n_steps, 2);
    ck_assert_int_eq(silent.steps[1].kind, SQ_STEP_FIRST_TOKEN);
    ck_assert_uint_eq(sq_plan_tokens_by(&silent, SQ_HOUR), 3);
}
END_TEST

START_TEST(test_cut_and_stall_pass_by_plain_answers)
{
    far_side_rule(SQ_FAULT_CUT, "cut");
    far_side_rule(SQ_FAULT_STALL, "stall");
    struct sq_plan plan = plain_plan();
    ck_assert_int_eq(plan.ending, SQ_ENDING_COMPLETE);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_STREAM], 0);
}
END_TEST

START_TEST(test_stall_for_a_while_delays_everything_behind_it)
{
    struct sq_plan healthy = plan_at(0);
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = 5;
    rule->effect.for_each = SQ_SECOND;
    struct sq_plan plan = plan_at(0);
    assert_steps(&plan, 5,
                 (struct sq_step[]){{FAR_SIDE_TTFT, SQ_STEP_HEADERS},
                                    {FAR_SIDE_TTFT, SQ_STEP_FIRST_TOKEN},
                                    {sq_plan_token_at(&healthy, 4), SQ_STEP_STALL},
                                    {sq_plan_token_at(&healthy, 5) + SQ_SECOND, SQ_STEP_RESUME},
                                    {sq_plan_token_at(&healthy, 19) + SQ_SECOND, SQ_STEP_END}});
}
END_TEST

START_TEST(test_stall_before_the_first_token_comes_after_the_headers)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = 0;
    rule->effect.for_each = SQ_SECOND;
    struct sq_plan plan = plan_at(0);
    assert_steps(&plan, 5,
                 (struct sq_step[]){{FAR_SIDE_TTFT, SQ_STEP_HEADERS},
                                    {FAR_SIDE_TTFT, SQ_STEP_STALL},
                                    {FAR_SIDE_TTFT + SQ_SECOND, SQ_STEP_FIRST_TOKEN},
                                    {FAR_SIDE_TTFT + SQ_SECOND, SQ_STEP_RESUME},
                                    {sq_plan_token_at(&plan, 19), SQ_STEP_END}});
}
END_TEST

START_TEST(test_stall_after_the_last_token_delays_the_end_only)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = 20;
    rule->effect.for_each = SQ_SECOND;
    struct sq_plan plan = plan_at(0);
    sq_time last = sq_plan_token_at(&plan, 19);
    ck_assert_int_eq(last, plan.steps[2].at);
    ck_assert_int_eq(plan.steps[3].kind, SQ_STEP_RESUME);
    ck_assert_int_eq(plan.steps[4].kind, SQ_STEP_END);
    ck_assert_int_eq(plan.steps[4].at, last + SQ_SECOND);
    rule->effect.after_tokens = 21;
    ck_assert_uint_eq(plan_at(0).n_steps, 3);
}
END_TEST

START_TEST(test_stall_for_good_comes_after_one_token_unless_said_and_never_ends)
{
    far_side_rule(SQ_FAULT_STALL, "stall");
    struct sq_plan plan = plan_at(0);
    assert_steps(&plan, 3,
                 (struct sq_step[]){{FAR_SIDE_TTFT, SQ_STEP_HEADERS},
                                    {FAR_SIDE_TTFT, SQ_STEP_FIRST_TOKEN},
                                    {FAR_SIDE_TTFT, SQ_STEP_STALL}});
    ck_assert_uint_eq(plan.sent_tokens, 1);
    ck_assert_int_eq(sq_plan_token_at(&plan, 1), SQ_NEVER);
    ck_assert_int_eq(plan.ending, SQ_ENDING_SILENCE);
}
END_TEST

START_TEST(test_stall_for_good_hides_the_fault_of_the_content_and_one_with_an_end_does_not)
{
    far_side_rule(SQ_FAULT_LENGTH, "short");
    struct sq_rule *stall = far_side_rule(SQ_FAULT_STALL, "stall");
    struct sq_plan endless = plan_at(0);
    ck_assert_uint_eq(endless.fired[SQ_FAMILY_STREAM], 2);
    ck_assert_uint_eq(endless.fired[SQ_FAMILY_CONTENT], 0);
    stall->effect.for_each = SQ_SECOND;
    struct sq_plan passing = plan_at(0);
    ck_assert_uint_eq(passing.fired[SQ_FAMILY_CONTENT], 1);
}
END_TEST

START_TEST(test_length_halves_the_answer_down_to_one_token)
{
    struct sq_plan_request request = far_side_request(7);
    far_side_rule(SQ_FAULT_LENGTH, "short");
    ck_assert_uint_eq(far_side_plan(&request, 0).body.output_tokens, 10);
    request.output_tokens = 1;
    ck_assert_uint_eq(far_side_plan(&request, 0).body.output_tokens, 1);
}
END_TEST

START_TEST(test_transport_fault_hides_the_stream_fault)
{
    far_side_rule(SQ_FAULT_CUT, "cut")->effect.after_tokens = 1;
    far_side_rule(SQ_FAULT_RESET, "rst")->effect.after_bytes = 10;
    struct sq_plan plan = plan_at(0);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_TRANSPORT], 2);
    ck_assert_uint_eq(plan.fired[SQ_FAMILY_STREAM], 0);
    ck_assert_uint_eq(plan.sent_bytes, 10);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("faults");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_healthy_stream_begins_at_ttft_and_ends_with_its_last_token);
    tcase_add_test(tests, test_healthy_plain_answer_comes_when_its_last_token_is_made);
    tcase_add_test(tests, test_prefill_is_paid_per_input_token_and_no_output_is_one_token);
    tcase_add_test(tests, test_status_answers_at_once_with_an_error);
    tcase_add_test(tests, test_latency_multiplies_then_adds_and_leaves_the_pace_alone);
    tcase_add_test(tests, test_latency_beyond_all_time_answers_never);
    tcase_add_test(tests, test_hang_for_good_has_no_steps_and_hides_what_follows);
    tcase_add_test(tests, test_hang_for_a_while_starts_late_and_is_then_healthy);
    tcase_add_test(tests, test_reset_without_bytes_comes_before_the_headers);
    tcase_add_test(tests, test_reset_after_a_short_hang_comes_when_the_hang_is_over);
    tcase_add_test(tests, test_reset_after_bytes_comes_when_the_last_of_them_leaves);
    tcase_add_test(tests, test_reset_at_or_beyond_the_last_byte_does_nothing);
    tcase_add_test(tests, test_reset_of_a_plain_answer_after_bytes_sends_headers_first);
    tcase_add_test(tests, test_cut_after_tokens_ends_with_the_last_of_them);
    tcase_add_test(tests, test_cut_without_a_place_comes_before_the_first_token);
    tcase_add_test(tests, test_cut_takes_each_ending);
    tcase_add_test(tests, test_cut_and_stall_pass_by_plain_answers);
    tcase_add_test(tests, test_stall_for_a_while_delays_everything_behind_it);
    tcase_add_test(tests, test_stall_before_the_first_token_comes_after_the_headers);
    tcase_add_test(tests, test_stall_after_the_last_token_delays_the_end_only);
    tcase_add_test(tests, test_stall_for_good_comes_after_one_token_unless_said_and_never_ends);
    tcase_add_test(tests,
                   test_stall_for_good_hides_the_fault_of_the_content_and_one_with_an_end_does_not);
    tcase_add_test(tests, test_length_halves_the_answer_down_to_one_token);
    tcase_add_test(tests, test_transport_fault_hides_the_stream_fault);
    Suite *suite = suite_create("faults");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
