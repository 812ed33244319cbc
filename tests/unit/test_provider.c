/* SPDX-License-Identifier: MIT */
/* The provider as a machine: notices, deadlines, rules that hit what is in service, bills. */
#include "mockprovider/provider.h"

#include <check.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

static struct sq_rule *in_flight_rule(enum sq_fault_kind kind, sq_time at)
{
    struct sq_rule *rule = far_side_rule(kind, "in flight");
    rule->effect.in_flight = true;
    far_side_window(rule, at, SQ_SECOND, 0);
    return rule;
}

static void arrive(struct sq_visit *visit, uint64_t call, sq_time now)
{
    struct sq_plan_request request = far_side_request(call);
    ck_assert_int_eq(far_side_arrive(visit, &request, now), SQ_NOTICE_STARTED);
}

static struct sq_bill leave(struct sq_visit *visit, sq_time now)
{
    struct sq_bill bill;
    sq_provider_leave(far_side()->provider, visit, now, &bill);
    return bill;
}

static void assert_broken(struct sq_visit *visit, sq_time now)
{
    struct sq_notice notice;
    ck_assert(sq_provider_next(far_side()->provider, now, &notice));
    ck_assert_int_eq(notice.kind, SQ_NOTICE_BROKEN);
    ck_assert_ptr_eq(notice.visit, visit);
}

static void assert_nothing(sq_time now)
{
    struct sq_notice notice;
    ck_assert(!sq_provider_next(far_side()->provider, now, &notice));
}

START_TEST(test_notices_come_in_order_of_arrival_and_once)
{
    far_side_rule(SQ_FAULT_STATUS, "down")->models = 2;
    far_side_start(1);
    struct sq_visit visits[3] = {0};
    for (uint16_t i = 0; i < 3; i++) {
        struct sq_plan_request request = far_side_request(i);
        request.model = i;
        sq_provider_arrive(far_side()->provider, &visits[i], &request, 5);
    }
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), 5);
    for (int i = 0; i < 3; i++) {
        struct sq_notice notice;
        ck_assert(sq_provider_next(far_side()->provider, 5, &notice));
        ck_assert_ptr_eq(notice.visit, &visits[i]);
        ck_assert_int_eq(notice.kind, i == 1 ? SQ_NOTICE_REFUSED : SQ_NOTICE_STARTED);
    }
    assert_nothing(5);
    ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), 2);
    for (int i = 0; i < 3; i++) {
        leave(&visits[i], 6);
    }
    ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), 0);
}
END_TEST

START_TEST(test_leaving_before_the_notice_was_taken_takes_it_back)
{
    far_side_start(1);
    for (int gone = 0; gone < 3; gone++) {
        struct sq_visit visits[3] = {0};
        for (uint64_t i = 0; i < 3; i++) {
            struct sq_plan_request request = far_side_request(i);
            sq_provider_arrive(far_side()->provider, &visits[i], &request, 0);
        }
        leave(&visits[gone], 0);
        for (int i = 0; i < 3; i++) {
            struct sq_notice notice;
            if (i != gone) {
                ck_assert(sq_provider_next(far_side()->provider, 0, &notice));
                ck_assert_ptr_eq(notice.visit, &visits[i]);
                leave(&visits[i], 0);
            }
        }
        assert_nothing(0);
    }
    ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), 0);
}
END_TEST

START_TEST(test_deadline_is_the_next_opening_that_can_hit_someone)
{
    struct sq_rule *rule = in_flight_rule(SQ_FAULT_RESET, SQ_SECOND);
    rule->every = SQ_MINUTE;
    far_side_window(far_side_rule(SQ_FAULT_STATUS, "plain window"), SQ_MS, SQ_MS, 0);
    far_side_start(1);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), SQ_NEVER);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), SQ_SECOND);
    assert_nothing(SQ_SECOND - 1);
    leave(&visit, SQ_SECOND - 1);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), SQ_NEVER);
    assert_nothing(SQ_SECOND);
    arrive(&visit, 2, 3 * SQ_SECOND);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), SQ_MINUTE + SQ_SECOND);
    leave(&visit, SQ_MINUTE);
}
END_TEST

START_TEST(test_reset_in_flight_breaks_exactly_those_in_service)
{
    in_flight_rule(SQ_FAULT_RESET, 350 * SQ_MS);
    far_side_start(1);
    struct sq_visit done;
    struct sq_visit plain;
    struct sq_visit stream;
    struct sq_visit gone;
    arrive(&done, 1, 0);
    arrive(&gone, 2, 100 * SQ_MS);
    struct sq_plan_request request = far_side_request(3);
    request.stream = false;
    far_side_arrive(&plain, &request, 200 * SQ_MS);
    arrive(&stream, 4, 200 * SQ_MS);
    leave(&gone, 300 * SQ_MS);
    ck_assert(sq_plan_over(&done.plan, 350 * SQ_MS));

    assert_broken(&plain, 350 * SQ_MS);
    assert_broken(&stream, 350 * SQ_MS);
    assert_nothing(350 * SQ_MS);
    ck_assert_int_eq(plain.plan.ending, SQ_ENDING_RST);
    ck_assert_uint_eq(plain.plan.n_steps, 1);
    ck_assert_int_eq(plain.plan.steps[0].at, 350 * SQ_MS);
    ck_assert_uint_eq(stream.plan.n_steps, 3);
    ck_assert_uint_eq(stream.plan.fired[SQ_FAMILY_TRANSPORT], 1);
    ck_assert_int_eq(done.plan.ending, SQ_ENDING_COMPLETE);
    leave(&done, 350 * SQ_MS);
    leave(&plain, 350 * SQ_MS);
    leave(&stream, 350 * SQ_MS);
}
END_TEST

START_TEST(test_arrival_at_the_very_opening_is_judged_as_an_arrival)
{
    in_flight_rule(SQ_FAULT_RESET, SQ_SECOND)->effect.after_bytes = 0;
    far_side_start(1);
    struct sq_visit before;
    struct sq_visit at = {0};
    arrive(&before, 1, SQ_SECOND - 1);
    struct sq_plan_request request = far_side_request(2);
    sq_provider_arrive(far_side()->provider, &at, &request, SQ_SECOND);
    assert_broken(&before, SQ_SECOND);
    struct sq_notice notice;
    ck_assert(sq_provider_next(far_side()->provider, SQ_SECOND, &notice));
    ck_assert_ptr_eq(notice.visit, &at);
    ck_assert_int_eq(notice.kind, SQ_NOTICE_STARTED);
    ck_assert_int_eq(at.plan.steps[0].kind, SQ_STEP_HEADERS);
    ck_assert_uint_eq(at.plan.sent_bytes, 0);
    assert_nothing(SQ_SECOND);
    leave(&before, SQ_SECOND);
    leave(&at, SQ_SECOND);
}
END_TEST

START_TEST(test_cut_in_flight_hits_streams_only_with_its_ending)
{
    struct sq_rule *rule = in_flight_rule(SQ_FAULT_CUT, 150 * SQ_MS);
    far_side_start(1);
    struct sq_visit plain;
    struct sq_visit stream;
    struct sq_plan_request request = far_side_request(1);
    request.stream = false;
    far_side_arrive(&plain, &request, 0);
    arrive(&stream, 2, 0);
    assert_broken(&stream, 150 * SQ_MS);
    assert_nothing(150 * SQ_MS);
    ck_assert_int_eq(stream.plan.ending, rule->effect.ending);
    ck_assert_int_eq(sq_plan_transport(&stream.plan), SQ_TRANSPORT_CUT);
    ck_assert_uint_ge(stream.plan.sent_tokens, 5);
    ck_assert_uint_le(stream.plan.sent_tokens, 6);
    leave(&plain, SQ_SECOND);
    leave(&stream, SQ_SECOND);
}
END_TEST

START_TEST(test_hang_in_flight_silences_for_good)
{
    in_flight_rule(SQ_FAULT_HANG, 150 * SQ_MS);
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    assert_broken(&visit, 150 * SQ_MS);
    ck_assert_int_eq(visit.plan.ending, SQ_ENDING_SILENCE);
    ck_assert_uint_eq(visit.plan.n_steps, 2);
    uint32_t made = visit.plan.sent_tokens;
    struct sq_bill bill = leave(&visit, SQ_HOUR);
    ck_assert_uint_eq(bill.output_tokens, made);
}
END_TEST

START_TEST(test_in_flight_respects_match_where_count_and_probability)
{
    struct sq_rule *rule = in_flight_rule(SQ_FAULT_RESET, 50 * SQ_MS);
    rule->match.attempt = 1;
    rule->models = 1;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    far_side_start(1);
    struct sq_visit visits[5];
    for (uint16_t i = 0; i < 5; i++) {
        struct sq_plan_request request = far_side_request(i);
        request.attempt = i == 0 ? 2 : 1;
        request.model = i == 1 ? 1 : 0;
        far_side_arrive(&visits[i], &request, i);
    }
    assert_broken(&visits[2], 50 * SQ_MS);
    assert_broken(&visits[3], 50 * SQ_MS);
    assert_nothing(50 * SQ_MS);
    rule->share_q32 = 0;
    rule->count.kind = SQ_COUNT_ALL;
    far_side_start(1);
    arrive(&visits[0], 1, 0);
    assert_nothing(50 * SQ_MS);
}
END_TEST

START_TEST(test_visit_hit_before_its_notice_was_taken_is_told_once)
{
    in_flight_rule(SQ_FAULT_RESET, SQ_MS);
    far_side_start(1);
    struct sq_visit visit = {0};
    struct sq_plan_request request = far_side_request(1);
    sq_provider_arrive(far_side()->provider, &visit, &request, 0);
    struct sq_notice notice;
    ck_assert(sq_provider_next(far_side()->provider, SQ_MS, &notice));
    ck_assert_int_eq(notice.kind, SQ_NOTICE_STARTED);
    ck_assert_int_eq(visit.plan.ending, SQ_ENDING_RST);
    assert_nothing(SQ_MS);
    leave(&visit, SQ_MS);
}
END_TEST

START_TEST(test_two_rules_that_open_together_break_once_and_the_first_wins)
{
    in_flight_rule(SQ_FAULT_CUT, SQ_MS);
    in_flight_rule(SQ_FAULT_RESET, SQ_MS);
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    assert_broken(&visit, SQ_MS);
    assert_nothing(SQ_MS);
    ck_assert_int_eq(visit.plan.ending, SQ_ENDING_FIN);
    leave(&visit, SQ_MS);
}
END_TEST

START_TEST(test_late_driver_strikes_once_for_all_openings_it_slept_through)
{
    struct sq_rule *rule = in_flight_rule(SQ_FAULT_HANG, SQ_SECOND);
    rule->every = 2 * SQ_SECOND;
    far_side()->script.models[0].ttft.fixed = SQ_MINUTE;
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    assert_broken(&visit, 10 * SQ_SECOND);
    assert_nothing(10 * SQ_SECOND);
    ck_assert_int_eq(sq_provider_deadline(far_side()->provider), 11 * SQ_SECOND);
    leave(&visit, 10 * SQ_SECOND);
}
END_TEST

START_TEST(test_bill_of_a_complete_answer_is_everything)
{
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    struct sq_bill bill = leave(&visit, visit.plan.steps[2].at);
    ck_assert_uint_eq(bill.input_tokens, 100);
    ck_assert_uint_eq(bill.cached_tokens, 0);
    ck_assert_uint_eq(bill.output_tokens, 20);
}
END_TEST

START_TEST(test_bill_of_an_abandoned_answer_depends_on_on_disconnect)
{
    far_side_start(1);
    for (int finish = 0; finish < 2; finish++) {
        enum sq_on_disconnect on = finish == 1 ? SQ_ON_DISCONNECT_FINISH : SQ_ON_DISCONNECT_STOP;
        far_side()->script.providers[0].plain = on;
        far_side()->script.providers[0].stream = on;
        for (int stream = 0; stream < 2; stream++) {
            struct sq_plan_request request = far_side_request(1);
            request.stream = stream == 1;
            struct sq_visit visit;
            far_side_arrive(&visit, &request, 0);
            sq_time now = sq_plan_token_at(&visit.plan, 4);
            struct sq_bill bill = leave(&visit, now);
            ck_assert_uint_eq(bill.input_tokens, 100);
            ck_assert_uint_eq(bill.output_tokens, finish == 1 ? 20 : 5);
        }
    }
}
END_TEST

START_TEST(test_bill_before_the_first_token_is_the_input)
{
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    struct sq_bill bill = leave(&visit, FAR_SIDE_TTFT - 1);
    ck_assert_uint_eq(bill.input_tokens, 100);
    ck_assert_uint_eq(bill.output_tokens, 0);
}
END_TEST

START_TEST(test_bill_of_what_the_model_never_got_is_nothing)
{
    far_side_rule(SQ_FAULT_STATUS, "down")->models = 1;
    far_side_rule(SQ_FAULT_RESET, "rst")->models = 2;
    far_side_start(1);
    for (uint16_t model = 0; model < 2; model++) {
        struct sq_plan_request request = far_side_request(1);
        request.model = model;
        struct sq_visit visit;
        far_side_arrive(&visit, &request, 0);
        struct sq_bill bill = leave(&visit, SQ_SECOND);
        ck_assert_uint_eq(bill.input_tokens, 0);
        ck_assert_uint_eq(bill.output_tokens, 0);
    }
}
END_TEST

START_TEST(test_bill_of_a_hang_is_the_input_also_when_it_is_reset_later)
{
    far_side_rule(SQ_FAULT_HANG, "hang");
    in_flight_rule(SQ_FAULT_RESET, SQ_MINUTE);
    far_side_start(1);
    far_side()->script.providers[0].stream = SQ_ON_DISCONNECT_FINISH;
    for (int reset = 0; reset < 2; reset++) {
        struct sq_visit visit;
        arrive(&visit, 1, reset * SQ_SECOND);
        if (reset == 1) {
            assert_broken(&visit, SQ_MINUTE);
        }
        struct sq_bill bill = leave(&visit, reset == 1 ? SQ_MINUTE : SQ_SECOND);
        ck_assert_uint_eq(bill.input_tokens, 100);
        ck_assert_uint_eq(bill.output_tokens, 0);
    }
}
END_TEST

START_TEST(test_bill_of_a_cut_stream_is_what_was_made_before)
{
    far_side_rule(SQ_FAULT_CUT, "cut")->effect.after_tokens = 6;
    far_side_start(1);
    struct sq_visit visit;
    arrive(&visit, 1, 0);
    struct sq_bill bill = leave(&visit, SQ_HOUR);
    ck_assert_uint_eq(bill.input_tokens, 100);
    ck_assert_uint_eq(bill.output_tokens, 6);
}
END_TEST

START_TEST(test_cost_is_exact_and_saturates)
{
    const struct sq_price price = {.input = 2500000, .cached_input = 1250000, .output = 10000000};
    struct sq_bill bill = {.input_tokens = 1000, .cached_tokens = 400, .output_tokens = 7};
    ck_assert_int_eq(sq_bill_cost(&bill, &price),
                     600 * 2500000LL + 400 * 1250000LL + 7 * 10000000LL);
    bill = (struct sq_bill){0};
    ck_assert_int_eq(sq_bill_cost(&bill, &price), 0);
    const struct sq_price absurd = {.input = INT64_MAX / 2, .output = INT64_MAX / 2};
    bill = (struct sq_bill){.input_tokens = UINT32_MAX, .output_tokens = UINT32_MAX};
    ck_assert_int_eq(sq_bill_cost(&bill, &absurd), INT64_MAX);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("provider");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_notices_come_in_order_of_arrival_and_once);
    tcase_add_test(tests, test_leaving_before_the_notice_was_taken_takes_it_back);
    tcase_add_test(tests, test_deadline_is_the_next_opening_that_can_hit_someone);
    tcase_add_test(tests, test_reset_in_flight_breaks_exactly_those_in_service);
    tcase_add_test(tests, test_arrival_at_the_very_opening_is_judged_as_an_arrival);
    tcase_add_test(tests, test_cut_in_flight_hits_streams_only_with_its_ending);
    tcase_add_test(tests, test_hang_in_flight_silences_for_good);
    tcase_add_test(tests, test_in_flight_respects_match_where_count_and_probability);
    tcase_add_test(tests, test_visit_hit_before_its_notice_was_taken_is_told_once);
    tcase_add_test(tests, test_two_rules_that_open_together_break_once_and_the_first_wins);
    tcase_add_test(tests, test_late_driver_strikes_once_for_all_openings_it_slept_through);
    tcase_add_test(tests, test_bill_of_a_complete_answer_is_everything);
    tcase_add_test(tests, test_bill_of_an_abandoned_answer_depends_on_on_disconnect);
    tcase_add_test(tests, test_bill_before_the_first_token_is_the_input);
    tcase_add_test(tests, test_bill_of_what_the_model_never_got_is_nothing);
    tcase_add_test(tests, test_bill_of_a_hang_is_the_input_also_when_it_is_reset_later);
    tcase_add_test(tests, test_bill_of_a_cut_stream_is_what_was_made_before);
    tcase_add_test(tests, test_cost_is_exact_and_saturates);
    Suite *suite = suite_create("provider");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
