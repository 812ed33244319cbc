/* SPDX-License-Identifier: MIT */
/* Quotas through the provider machine: what is admitted when, what a refusal says, what it costs.
 */
#include <check.h>
#include <string.h>

#include "base/draw.h"
#include "mockprovider/body.h"
#include "tests/support/far_side.h"

static struct sq_quota *add_quota(int64_t requests, int64_t tokens)
{
    struct sq_provider_spec *spec = &far_side()->script.providers[0];
    struct sq_quota *quota = &spec->quotas[spec->n_quotas++];
    *quota = (struct sq_quota){
        .requests_per_minute = requests, .tokens_per_minute = tokens, .window = SQ_MINUTE};
    return quota;
}

/* 100 tokens in, 20 out, at a model. */
static bool refuses(uint16_t model, sq_time now)
{
    struct sq_plan_request request = far_side_request(1);
    request.model = model;
    return far_side_refuses(&request, now);
}

static struct sq_visit visit_at(const struct sq_plan_request *request, sq_time now)
{
    struct sq_visit visit;
    struct sq_bill bill;
    far_side_arrive(&visit, request, now);
    struct sq_visit seen = visit;
    sq_provider_leave(far_side()->provider, &visit, now, &bill);
    return seen;
}

/* The value of a header of what the visit gets; NULL: it has none. Valid until the next call. */
static const char *header_of(const struct sq_visit *visit, sq_time now, const char *name)
{
    static struct sq_body_headers headers;
    ck_assert_int_eq(sq_body_headers(&far_side()->script, visit, now, &headers), SQ_OK);
    for (uint32_t i = 0; i < headers.n_headers; i++) {
        if (strcmp(headers.name[i], name) == 0) {
            return headers.value[i];
        }
    }
    return NULL;
}

static const char *body_of(const struct sq_visit *visit)
{
    sq_strbuf_reset(&far_side()->text);
    sq_body_add_plain(&far_side()->text, &far_side()->script, visit);
    return sq_strbuf_text(&far_side()->text);
}

START_TEST(test_quota_when_the_bucket_is_empty_then_refuses_until_it_holds_one_again)
{
    add_quota(6, 0);
    far_side_start(1);
    for (int i = 0; i < 6; i++) {
        ck_assert(!refuses(0, 0));
    }
    ck_assert(refuses(0, 0));
    ck_assert(refuses(0, 10 * SQ_SECOND - 1));
    ck_assert(!refuses(0, 10 * SQ_SECOND));
    ck_assert(refuses(0, 10 * SQ_SECOND));
}
END_TEST

START_TEST(test_quota_when_asked_often_then_no_remainder_is_lost)
{
    add_quota(7, 0)->window = SQ_MINUTE / 7; /* one at a time */
    far_side_start(1);
    sq_time now = 0;
    uint32_t admitted = 0;
    for (; now < 60 * SQ_SECOND; now += 999983) {
        admitted += refuses(0, now) ? 0 : 1;
    }
    ck_assert_uint_eq(admitted, 7);
}
END_TEST

START_TEST(test_quota_when_nobody_comes_for_long_then_holds_no_more_than_its_window)
{
    add_quota(60, 0)->window = 3 * SQ_SECOND;
    far_side_start(1);
    for (sq_time now = 0; now < 2 * SQ_HOUR; now += SQ_HOUR) {
        for (int i = 0; i < 3; i++) {
            ck_assert(!refuses(0, now));
        }
        ck_assert(refuses(0, now));
    }
}
END_TEST

START_TEST(test_quota_when_of_a_model_then_others_are_free_and_when_of_the_provider_not)
{
    struct sq_quota *quota = add_quota(1, 0);
    quota->scope = SQ_QUOTA_MODEL;
    far_side_start(1);
    ck_assert(!refuses(0, 0));
    ck_assert(!refuses(1, 0));
    ck_assert(refuses(1, 0));
    quota->scope = SQ_QUOTA_PROVIDER;
    far_side_start(1);
    ck_assert(!refuses(0, 0));
    ck_assert(refuses(1, 0));
    ck_assert(!refuses(2, 0)); /* another provider's */
}
END_TEST

START_TEST(test_tokens_when_actual_then_take_input_and_output_for_good)
{
    add_quota(0, 240);
    far_side_start(1);
    ck_assert(!refuses(0, 0));
    ck_assert(!refuses(0, 0));
    ck_assert(refuses(0, 30 * SQ_SECOND - 1));
    ck_assert(!refuses(0, 30 * SQ_SECOND));
}
END_TEST

START_TEST(test_tokens_when_reserved_then_what_was_not_billed_returns_when_it_leaves)
{
    add_quota(0, 600)->reserve = SQ_QUOTA_MAX_TOKENS;
    far_side()->script.models[0].max_output_tokens = 500;
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit;
    struct sq_bill bill;
    ck_assert_int_eq(far_side_arrive(&visit, &request, 0), SQ_NOTICE_STARTED);
    request.max_tokens = 1;
    ck_assert(far_side_refuses(&request, 0));
    sq_provider_leave(far_side()->provider, &visit, SQ_SECOND, &bill);
    ck_assert_uint_eq(bill.output_tokens, 20);
    request.max_tokens = 390; /* 600 - 120 + the second's 10 */
    ck_assert_int_eq(far_side_arrive(&visit, &request, SQ_SECOND), SQ_NOTICE_STARTED);
    ck_assert_uint_eq(visit.plan.limits.tokens.remaining, 0);
    sq_provider_leave(far_side()->provider, &visit, SQ_SECOND, &bill);
}
END_TEST

START_TEST(test_quota_when_it_refuses_then_nothing_is_billed_and_nothing_taken)
{
    add_quota(60, 240);
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit;
    struct sq_bill bill;
    ck_assert(!refuses(0, 0));
    ck_assert(!refuses(0, 0));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(far_side_arrive(&visit, &request, 0), SQ_NOTICE_REFUSED);
        ck_assert_uint_eq(visit.plan.limits.requests.remaining, 58);
        sq_provider_leave(far_side()->provider, &visit, 0, &bill);
        ck_assert_uint_eq(bill.input_tokens, 0);
        ck_assert_uint_eq(bill.output_tokens, 0);
    }
    ck_assert_uint_eq(sq_provider_in_service(far_side()->provider), 0);
}
END_TEST

START_TEST(test_status_fault_costs_a_request_and_its_tokens)
{
    add_quota(2, 10000);
    far_side_rule(SQ_FAULT_STATUS, "down");
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    ck_assert_int_eq(visit_at(&request, 0).plan.status, 503);
    ck_assert_uint_eq(visit_at(&request, 0).plan.limits.tokens.remaining, 10000 - 240);
    struct sq_visit third = visit_at(&request, 0);
    ck_assert_int_eq(third.plan.status, 429);
    ck_assert_uint_eq(third.plan.fired[SQ_FAMILY_STATUS], 0);
}
END_TEST

START_TEST(test_refusal_says_which_limit_in_the_vendors_words)
{
    add_quota(0, 1200);
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    request.input_tokens = 1100;
    (void)visit_at(&request, 0);
    struct sq_visit visit = visit_at(&request, 0);
    ck_assert_str_eq(
        body_of(&visit),
        "{\"error\":{\"message\":\"Rate limit reached for gpt-4o on tokens per min (TPM): Limit "
        "1200, Used 1120, Requested 1120. Please try again in 52s.\",\"type\":\"tokens\","
        "\"param\":null,\"code\":\"rate_limit_exceeded\"}}");
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-limit-tokens"), "1200");
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-remaining-tokens"), "80");
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-reset-tokens"), "56s");
    ck_assert_str_eq(header_of(&visit, 0, "retry-after"), "52");
    ck_assert_ptr_null(header_of(&visit, 0, "x-ratelimit-limit-requests"));
    ck_assert_str_eq(sq_body_content_type(&far_side()->script, &visit), "application/json");
}
END_TEST

START_TEST(test_refusal_when_the_request_can_never_fit_then_says_so_without_a_time)
{
    add_quota(0, 119);
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit = visit_at(&request, SQ_DAY);
    ck_assert_int_eq(visit.plan.status, 429);
    ck_assert_ptr_nonnull(strstr(body_of(&visit), "Request too large for gpt-4o"));
    ck_assert_ptr_null(header_of(&visit, SQ_DAY, "retry-after"));
    request.output_tokens = 19;
    ck_assert(!far_side_refuses(&request, SQ_DAY));
}
END_TEST

START_TEST(test_headers_show_the_tightest_of_two_quotas_on_every_answer)
{
    add_quota(1000, 0);
    add_quota(60, 0)->window = SQ_SECOND;
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit = visit_at(&request, 0);
    ck_assert_int_eq(visit.plan.status, 200);
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-limit-requests"), "60");
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-remaining-requests"), "0");
    ck_assert_str_eq(header_of(&visit, 0, "x-ratelimit-reset-requests"), "1s");
    ck_assert_ptr_null(header_of(&visit, 0, "retry-after"));
}
END_TEST

START_TEST(test_headers_show_the_tightest_by_share_although_another_holds_less)
{
    add_quota(6, 0)->window = 10 * SQ_MINUTE; /* 60, nearly none of them back in 6 s */
    add_quota(600, 0)->window = SQ_SECOND;    /* 10, all of them back in a second */
    far_side_start(1);
    for (int i = 0; i < 48; i++) {
        ck_assert(!refuses(0, i / 8 * SQ_SECOND));
    }
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit = visit_at(&request, 6 * SQ_SECOND); /* 11 of 60 and 9 of 10 are left */
    ck_assert_uint_eq(visit.plan.limits.requests.quota, 1);
    ck_assert_uint_eq(visit.plan.limits.requests.remaining,
                      6); /* no more than its limit a minute */
}
END_TEST

START_TEST(test_refill_that_is_no_whole_time_is_told_as_the_first_instant_that_admits)
{
    add_quota(7, 0)->window = SQ_MINUTE / 7; /* one at a time */
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit visit = visit_at(&request, 0);
    ck_assert_int_eq(visit.plan.limits.refill, INT64_C(8571428572));
    ck_assert(refuses(0, visit.plan.limits.refill - 1));
    ck_assert(!refuses(0, visit.plan.limits.refill));
}
END_TEST

START_TEST(test_refill_hint_of_a_status_fault_is_until_such_a_request_is_admitted)
{
    add_quota(6, 0)->window = 20 * SQ_SECOND;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    rule->effect.n_retry_after = 1;
    rule->effect.retry_after[0] = (struct sq_retry_after){.kind = SQ_RETRY_AFTER_REFILL};
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    struct sq_visit first = visit_at(&request, 0);
    ck_assert_str_eq(header_of(&first, 0, "retry-after"), "0");
    struct sq_visit second = visit_at(&request, 1);
    ck_assert_str_eq(header_of(&second, 1, "retry-after"), "10");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("quotas");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests,
                   test_quota_when_the_bucket_is_empty_then_refuses_until_it_holds_one_again);
    tcase_add_test(tests, test_quota_when_asked_often_then_no_remainder_is_lost);
    tcase_add_test(tests, test_quota_when_nobody_comes_for_long_then_holds_no_more_than_its_window);
    tcase_add_test(tests,
                   test_quota_when_of_a_model_then_others_are_free_and_when_of_the_provider_not);
    tcase_add_test(tests, test_tokens_when_actual_then_take_input_and_output_for_good);
    tcase_add_test(tests,
                   test_tokens_when_reserved_then_what_was_not_billed_returns_when_it_leaves);
    tcase_add_test(tests, test_quota_when_it_refuses_then_nothing_is_billed_and_nothing_taken);
    tcase_add_test(tests, test_status_fault_costs_a_request_and_its_tokens);
    tcase_add_test(tests, test_refusal_says_which_limit_in_the_vendors_words);
    tcase_add_test(tests, test_refusal_when_the_request_can_never_fit_then_says_so_without_a_time);
    tcase_add_test(tests, test_headers_show_the_tightest_of_two_quotas_on_every_answer);
    tcase_add_test(tests, test_headers_show_the_tightest_by_share_although_another_holds_less);
    tcase_add_test(tests,
                   test_refill_that_is_no_whole_time_is_told_as_the_first_instant_that_admits);
    tcase_add_test(tests, test_refill_hint_of_a_status_fault_is_until_such_a_request_is_admitted);
    Suite *suite = suite_create("quotas");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
