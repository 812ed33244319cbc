/* SPDX-License-Identifier: MIT */
/* The closed formulas of a plan against the plain definition, and breaking a plan. */
#include "mockprovider/plan.h"

#include <check.h>

#include "tests/support/far_side.h"

static struct sq_plan stream_plan(uint32_t seed, sq_dur pace, uint32_t n_tokens)
{
    return (struct sq_plan){.stream = true,
                            .first_token_at = 1000,
                            .pace = pace,
                            .stall_token = SQ_UNSET_U32,
                            .sent_tokens = n_tokens,
                            .sent_bytes = SQ_UNSET_U32,
                            .body = {.seed = seed, .output_tokens = n_tokens}};
}

/* Counts by asking for every token's time. */
static uint32_t count_by(const struct sq_plan *plan, sq_time now, sq_time *last)
{
    uint32_t made = 0;
    *last = SQ_NEVER;
    for (uint32_t k = 0; k < plan->body.output_tokens; k++) {
        sq_time at = sq_plan_token_at(plan, k);
        if (at <= now) {
            made = k + 1;
            *last = at;
        }
    }
    return made;
}

static void assert_formulas(const struct sq_plan *plan, sq_time until)
{
    for (sq_time now = 990; now < until; now++) {
        sq_time last;
        uint32_t made = count_by(plan, now, &last);
        ck_assert_uint_eq(sq_plan_tokens_by(plan, now), made);
        ck_assert_int_eq(sq_plan_last_token_by(plan, now), last);
    }
}

START_TEST(test_tokens_by_equals_counting_for_any_pace)
{
    for (uint32_t seed = 0; seed < 20; seed++) {
        for (sq_dur pace = 0; pace < 12; pace++) {
            struct sq_plan plan = stream_plan(seed, pace, 15);
            assert_formulas(&plan, 1200);
        }
    }
}
END_TEST

START_TEST(test_tokens_by_equals_counting_around_a_stall)
{
    for (uint32_t seed = 0; seed < 10; seed++) {
        for (uint32_t token = 0; token <= 12; token++) {
            struct sq_plan plan = stream_plan(seed, 7, 12);
            plan.stall_token = token;
            plan.stall = 40;
            assert_formulas(&plan, 1150);
            plan.stall = SQ_NEVER;
            plan.sent_tokens = token;
            assert_formulas(&plan, 1150);
        }
    }
}
END_TEST

START_TEST(test_gaps_vary_by_at_most_half_and_tokens_stay_in_order)
{
    struct sq_plan plan = stream_plan(3, 1000, 2000);
    sq_dur least = SQ_NEVER;
    sq_dur most = 0;
    for (uint32_t k = 1; k < 2000; k++) {
        sq_dur gap = sq_plan_token_at(&plan, k) - sq_plan_token_at(&plan, k - 1);
        least = sq_time_min(least, gap);
        most = sq_time_max(most, gap);
    }
    ck_assert_int_gt(least, 500);
    ck_assert_int_lt(least, 600);
    ck_assert_int_lt(most, 1500);
    ck_assert_int_gt(most, 1400);
    ck_assert_int_eq(sq_plan_token_at(&plan, 0), 1000);
}
END_TEST

START_TEST(test_times_beyond_the_end_of_time_are_never)
{
    struct sq_plan plan = stream_plan(1, (sq_dur)1 << 60, 100);
    ck_assert_int_ne(sq_plan_token_at(&plan, 6), SQ_NEVER);
    ck_assert_int_eq(sq_plan_token_at(&plan, 99), SQ_NEVER);
    ck_assert_uint_eq(sq_plan_tokens_by(&plan, 2000), 1);
}
END_TEST

START_TEST(test_transport_of_an_ending_depends_on_headers_and_stream)
{
    struct sq_plan plan = stream_plan(1, 10, 5);
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_OK);
    plan.ending = SQ_ENDING_SILENCE;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_OK);
    plan.ending = SQ_ENDING_RST;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_RESET);
    plan.ending = SQ_ENDING_FIN;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_RESET);
    plan.steps[0] = (struct sq_step){1000, SQ_STEP_HEADERS};
    plan.n_steps = 1;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_CUT);
    plan.stream = false;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_SHORT);
    plan.ending = SQ_ENDING_RST;
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_RESET);
}
END_TEST

static struct sq_plan healthy(bool stream)
{
    far_side_init();
    struct sq_plan_request request = far_side_request(1);
    request.stream = stream;
    struct sq_plan plan = far_side_plan(&request, 0);
    far_side_clear();
    return plan;
}

START_TEST(test_break_inside_a_stream_keeps_what_was_before)
{
    struct sq_plan plan = healthy(true);
    sq_time now = sq_plan_token_at(&plan, 7);
    sq_plan_break(&plan, SQ_ENDING_FIN, now);
    ck_assert_uint_eq(plan.n_steps, 3);
    ck_assert_int_eq(plan.steps[0].kind, SQ_STEP_HEADERS);
    ck_assert_int_eq(plan.steps[1].kind, SQ_STEP_FIRST_TOKEN);
    ck_assert_int_eq(plan.steps[2].kind, SQ_STEP_BROKEN);
    ck_assert_int_eq(plan.steps[2].at, now);
    ck_assert_uint_eq(plan.sent_tokens, 8);
    ck_assert_uint_eq(plan.sent_bytes, SQ_UNSET_U32);
    ck_assert_int_eq(sq_plan_token_at(&plan, 8), SQ_NEVER);
    ck_assert_uint_eq(sq_plan_tokens_by(&plan, SQ_HOUR), 8);
    ck_assert(sq_plan_over(&plan, now));
    ck_assert(!sq_plan_over(&plan, now - 1));
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_CUT);
}
END_TEST

START_TEST(test_break_before_the_headers_leaves_nothing_but_the_break)
{
    struct sq_plan plan = healthy(true);
    sq_plan_break(&plan, SQ_ENDING_FIN, FAR_SIDE_TTFT - 1);
    ck_assert_uint_eq(plan.n_steps, 1);
    ck_assert_uint_eq(plan.sent_tokens, 0);
    ck_assert_uint_eq(plan.sent_bytes, 0);
    ck_assert_int_eq(sq_plan_transport(&plan), SQ_TRANSPORT_RESET);
}
END_TEST

START_TEST(test_break_of_a_plain_answer_sends_nothing_though_tokens_were_made)
{
    struct sq_plan plan = healthy(false);
    sq_plan_break(&plan, SQ_ENDING_RST, FAR_SIDE_TTFT + 5 * FAR_SIDE_PACE);
    ck_assert_uint_eq(plan.n_steps, 1);
    ck_assert_uint_ge(plan.sent_tokens, 5);
    ck_assert_uint_le(plan.sent_tokens, 6);
    ck_assert_uint_eq(plan.sent_bytes, 0);
}
END_TEST

START_TEST(test_break_in_silence_has_no_step_and_is_never_over)
{
    struct sq_plan plan = healthy(true);
    sq_plan_break(&plan, SQ_ENDING_SILENCE, FAR_SIDE_TTFT);
    ck_assert_uint_eq(plan.n_steps, 2);
    ck_assert_uint_eq(plan.sent_tokens, 1);
    ck_assert(!sq_plan_over(&plan, SQ_NEVER));
    sq_plan_break(&plan, SQ_ENDING_RST, SQ_HOUR);
    ck_assert_uint_eq(plan.n_steps, 3);
    ck_assert_uint_eq(plan.sent_tokens, 1);
    ck_assert(sq_plan_over(&plan, SQ_HOUR));
}
END_TEST

START_TEST(test_break_of_a_stream_limited_in_bytes_keeps_the_limit_once_it_is_reached)
{
    struct sq_plan plan = healthy(true);
    plan.sent_tokens = 4;
    plan.sent_bytes = 1000;
    struct sq_plan early = plan;
    sq_plan_break(&early, SQ_ENDING_RST, sq_plan_token_at(&plan, 2));
    ck_assert_uint_eq(early.sent_tokens, 3);
    ck_assert_uint_eq(early.sent_bytes, SQ_UNSET_U32);
    struct sq_plan late = plan;
    sq_plan_break(&late, SQ_ENDING_RST, sq_plan_token_at(&plan, 3));
    ck_assert_uint_eq(late.sent_tokens, 4);
    ck_assert_uint_eq(late.sent_bytes, 1000);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("plan");
    tcase_add_test(tests, test_tokens_by_equals_counting_for_any_pace);
    tcase_add_test(tests, test_tokens_by_equals_counting_around_a_stall);
    tcase_add_test(tests, test_gaps_vary_by_at_most_half_and_tokens_stay_in_order);
    tcase_add_test(tests, test_times_beyond_the_end_of_time_are_never);
    tcase_add_test(tests, test_transport_of_an_ending_depends_on_headers_and_stream);
    tcase_add_test(tests, test_break_inside_a_stream_keeps_what_was_before);
    tcase_add_test(tests, test_break_before_the_headers_leaves_nothing_but_the_break);
    tcase_add_test(tests, test_break_of_a_plain_answer_sends_nothing_though_tokens_were_made);
    tcase_add_test(tests, test_break_in_silence_has_no_step_and_is_never_over);
    tcase_add_test(tests,
                   test_break_of_a_stream_limited_in_bytes_keeps_the_limit_once_it_is_reached);
    Suite *suite = suite_create("plan");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
