/* SPDX-License-Identifier: MIT */
/* The bytes of a plan: exact sizes, readable answers, error bodies, headers. */
#include "mockprovider/body.h"

#include <check.h>
#include <string.h>

#include "tests/support/far_side.h"
#include "tests/support/memory_torture.h"
#include "wire/contract.h"

static struct sq_visit visit_of(bool stream, bool include_usage, uint32_t n_tokens, uint32_t seed)
{
    return (struct sq_visit){
        .request = {.call = seed, .nth = 1, .stream = stream, .include_usage = include_usage},
        .plan = {.stream = stream,
                 .status = 200,
                 .rule = SQ_PLAN_NO_RULE,
                 .body = {.seed = seed, .input_tokens = 100, .output_tokens = n_tokens}},
        .arrived_at = (sq_time)seed * SQ_SECOND,
    };
}

static struct sq_visit error_visit(struct sq_rule *rule)
{
    return (struct sq_visit){
        .plan = {.status = rule->effect.status,
                 .rule = (uint16_t)(rule - far_side()->rules),
                 .body = {.kind = SQ_BODY_ERROR}},
    };
}

START_TEST(test_tokens_have_exactly_the_measured_bytes)
{
    const struct sq_script *script = &far_side()->script;
    const struct sq_body_sizes *sizes = &script->models[0].sizes;
    for (uint32_t seed = 0; seed < 300; seed++) {
        bool usage = seed % 2 == 1;
        uint32_t n = seed % 37;
        struct sq_visit visit = visit_of(true, usage, n + 1, seed * 2654435761U);
        sq_strbuf_reset(&far_side()->text);
        sq_body_add_tokens(&far_side()->text, script, &visit, 0, n);
        ck_assert_uint_eq(far_side()->text.length,
                          sizes->stream_first_bytes[usage] + n * sizes->stream_token_bytes[usage]);
        sq_strbuf_reset(&far_side()->text);
        sq_body_add_tokens(&far_side()->text, script, &visit, n, n + 5);
        ck_assert_uint_eq(far_side()->text.length,
                          5 * sizes->stream_token_bytes[usage] +
                              (n == 0 ? sizes->stream_first_bytes[usage] : 0));
    }
    ck_assert_uint_gt(sizes->stream_token_bytes[1], sizes->stream_token_bytes[0]);
}
END_TEST

START_TEST(test_tokens_in_parts_are_the_bytes_of_the_whole)
{
    const struct sq_script *script = &far_side()->script;
    struct sq_visit visit = visit_of(true, true, 30, 99);
    struct sq_strbuf parts = {0};
    sq_body_add_tokens(&far_side()->text, script, &visit, 0, 30);
    for (uint32_t k = 0; k < 30; k++) {
        sq_body_add_tokens(&parts, script, &visit, k, k + 1);
    }
    ck_assert_str_eq(sq_strbuf_text(&parts), sq_strbuf_text(&far_side()->text));
    sq_strbuf_clear(&parts);
}
END_TEST

/* A whole body of so many tokens, as long as a cut at its last byte says it is. */
static void assert_layout(bool stream, bool usage, uint32_t n_tokens)
{
    const struct sq_script *script = &far_side()->script;
    struct sq_visit visit = visit_of(stream, usage, n_tokens, n_tokens);
    sq_strbuf_reset(&far_side()->text);
    if (stream) {
        sq_body_add_tokens(&far_side()->text, script, &visit, 0, n_tokens);
        sq_body_add_end(&far_side()->text, script, &visit);
    } else {
        sq_body_add_plain(&far_side()->text, script, &visit);
    }
    struct sq_plan_request request = far_side_request(1);
    request.stream = stream;
    request.include_usage = usage;
    request.output_tokens = n_tokens;
    far_side()->rules[0].effect.after_bytes = (uint32_t)far_side()->text.length - 1;
    ck_assert_int_eq(far_side_plan(&request, 0).ending, SQ_ENDING_RST);
    far_side()->rules[0].effect.after_bytes = (uint32_t)far_side()->text.length;
    ck_assert_int_eq(far_side_plan(&request, 0).ending, SQ_ENDING_COMPLETE);
}

START_TEST(test_plan_and_bytes_agree_on_the_length_of_every_body)
{
    static const uint32_t lengths[] = {1, 9, 10, 99, 100, 899, 900, 999, 1000};
    far_side_rule(SQ_FAULT_RESET, "rst");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_layout(false, false, lengths[i]);
        assert_layout(true, false, lengths[i]);
        assert_layout(true, true, lengths[i]);
    }
}
END_TEST

START_TEST(test_plain_answer_reads_as_a_usable_answer)
{
    const struct sq_script *script = &far_side()->script;
    struct sq_visit visit = visit_of(false, false, 12, 5);
    sq_body_add_plain(&far_side()->text, script, &visit);
    struct sq_contract_answer answer;
    const struct sq_contract_bytes bytes = {.status = 200,
                                            .content_type = sq_body_content_type(script, &visit),
                                            .body = sq_strbuf_text(&far_side()->text),
                                            .length = far_side()->text.length};
    const struct sq_dialect *dialect = script->providers[0].dialect;
    ck_assert_int_eq(sq_contract_read_answer(dialect, NULL, &bytes, &answer), SQ_OK);
    ck_assert_int_eq(answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(answer.reading.finish, SQ_FINISH_STOP);
    ck_assert_uint_eq(answer.usage.input_tokens, 100);
    ck_assert_uint_eq(answer.usage.output_tokens, 12);
    ck_assert_ptr_nonnull(strstr(bytes.body, "\"model\":\"gpt-4o\""));
    ck_assert_ptr_nonnull(strstr(bytes.body, "\"created\":1767225605"));
}
END_TEST

START_TEST(test_same_plan_gives_the_same_bytes_and_another_seed_others)
{
    const struct sq_script *script = &far_side()->script;
    struct sq_strbuf again = {0};
    struct sq_visit visit = visit_of(false, false, 50, 5);
    sq_body_add_plain(&far_side()->text, script, &visit);
    sq_body_add_plain(&again, script, &visit);
    ck_assert_str_eq(sq_strbuf_text(&again), sq_strbuf_text(&far_side()->text));
    sq_strbuf_reset(&again);
    visit.plan.body.seed++;
    sq_body_add_plain(&again, script, &visit);
    ck_assert_str_ne(sq_strbuf_text(&again), sq_strbuf_text(&far_side()->text));
    sq_strbuf_clear(&again);
}
END_TEST

/* The error body of the rule. */
static const char *error_text(struct sq_rule *rule)
{
    struct sq_visit visit = error_visit(rule);
    sq_strbuf_reset(&far_side()->text);
    sq_body_add_plain(&far_side()->text, &far_side()->script, &visit);
    return sq_strbuf_text(&far_side()->text);
}

START_TEST(test_error_is_the_vendors_own_for_the_status_unless_said)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    rule->effect.status = 429;
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"code\":\"rate_limit_exceeded\""));
    rule->effect.error_code = "insufficient_quota";
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"type\":\"insufficient_quota\""));
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"code\":\"insufficient_quota\""));
    rule->effect.error_code = "odd";
    rule->effect.error_type = "strange";
    rule->effect.message = "no \"luck\"";
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"message\":\"no \\\"luck\\\"\""));
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"type\":\"strange\""));
    ck_assert_ptr_nonnull(strstr(error_text(rule), "\"code\":\"odd\""));
}
END_TEST

START_TEST(test_error_as_html_or_text_looks_like_a_proxys)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    struct sq_visit visit = error_visit(rule);
    rule->effect.status = 502;
    rule->effect.body_form = SQ_BODY_HTML;
    ck_assert_ptr_nonnull(strstr(error_text(rule), "<title>502 Bad Gateway</title>"));
    ck_assert_str_eq(sq_body_content_type(&far_side()->script, &visit), "text/html; charset=utf-8");
    rule->effect.message = "a<b & c";
    ck_assert_ptr_nonnull(strstr(error_text(rule), "<p>a&lt;b &amp; c</p>"));
    rule->effect.body_form = SQ_BODY_TEXT;
    ck_assert_str_eq(error_text(rule), "a<b & c");
    rule->effect.message = NULL;
    ck_assert_str_eq(error_text(rule), "Bad Gateway");
    rule->effect.status = 599;
    ck_assert_str_eq(error_text(rule), "Error");
}
END_TEST

/* The value of the n-th header of this name, from 0; NULL: there is none. */
static const char *header(const struct sq_body_headers *headers, const char *name, uint32_t n)
{
    for (uint32_t i = 0; i < headers->n_headers; i++) {
        if (strcmp(headers->name[i], name) == 0 && n-- == 0) {
            return headers->value[i];
        }
    }
    return NULL;
}

START_TEST(test_hints_become_headers_and_may_disagree)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    rule->effect.n_retry_after = 4;
    rule->effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = 4500 * SQ_MS};
    rule->effect.retry_after[1] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_MILLISECONDS, .span = 500 * SQ_MS};
    rule->effect.retry_after[2] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_DATE, .span = -5 * SQ_SECOND};
    rule->effect.retry_after[3] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_RAW, .raw = "soon"};
    rule->effect.should_retry = "false";
    rule->effect.headers[0] = (struct sq_header){"x-edge", "fra"};
    rule->effect.headers[1] = (struct sq_header){"Content-Type", "text/odd"};
    rule->effect.n_headers = 2;
    struct sq_visit visit = error_visit(rule);
    struct sq_body_headers headers;
    ck_assert_int_eq(sq_body_headers(&far_side()->script, &visit, 10 * SQ_SECOND, &headers), SQ_OK);
    ck_assert_str_eq(header(&headers, "retry-after", 0), "5");
    ck_assert_str_eq(header(&headers, "retry-after-ms", 0), "500");
    ck_assert_str_eq(header(&headers, "retry-after", 1), "Thu, 01 Jan 2026 00:00:05 GMT");
    ck_assert_str_eq(header(&headers, "retry-after", 2), "soon");
    ck_assert_ptr_null(header(&headers, "retry-after", 3));
    ck_assert_str_eq(header(&headers, "x-should-retry", 0), "false");
    ck_assert_str_eq(header(&headers, "x-edge", 0), "fra");
    ck_assert_ptr_null(header(&headers, "Content-Type", 0));
    ck_assert_str_eq(sq_body_content_type(&far_side()->script, &visit), "text/odd");
    ck_assert_uint_eq(strlen(header(&headers, "x-request-id", 0)), 36);
}
END_TEST

START_TEST(test_seconds_with_their_own_text_keep_it)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    rule->effect.n_retry_after = 1;
    rule->effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = 500 * SQ_MS, .raw = "0.5"};
    struct sq_visit visit = error_visit(rule);
    struct sq_body_headers headers;
    ck_assert_int_eq(sq_body_headers(&far_side()->script, &visit, 0, &headers), SQ_OK);
    ck_assert_str_eq(header(&headers, "retry-after", 0), "0.5");
}
END_TEST

START_TEST(test_answer_has_no_hints_and_its_own_request_id)
{
    struct sq_visit visit = visit_of(true, false, 5, 1);
    struct sq_visit other = visit_of(true, false, 5, 2);
    struct sq_body_headers headers;
    struct sq_body_headers others;
    ck_assert_int_eq(sq_body_headers(&far_side()->script, &visit, SQ_MINUTE, &headers), SQ_OK);
    ck_assert_int_eq(sq_body_headers(&far_side()->script, &other, SQ_MINUTE, &others), SQ_OK);
    ck_assert_ptr_null(header(&headers, "retry-after", 0));
    ck_assert_str_ne(header(&headers, "x-request-id", 0), header(&others, "x-request-id", 0));
    ck_assert_ptr_nonnull(
        strstr(sq_body_content_type(&far_side()->script, &visit), "text/event-stream"));
}
END_TEST

START_TEST(test_measure_and_headers_when_memory_runs_out_say_so)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    rule->effect.n_retry_after = 1;
    rule->effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_MILLISECONDS, .span = SQ_SECOND};
    struct sq_visit visit = error_visit(rule);
    size_t live = sq_memory_torture_live();
    size_t refused = 1;
    for (size_t nth = 1; refused > 0; nth++) {
        struct sq_body_sizes sizes;
        struct sq_body_headers headers;
        sq_memory_torture_fail(nth);
        enum sq_status measure = sq_body_measure(&far_side()->script, 0, &sizes);
        enum sq_status status = sq_body_headers(&far_side()->script, &visit, 0, &headers);
        refused = sq_memory_torture_refused();
        ck_assert_int_eq(measure == SQ_NO_MEMORY || status == SQ_NO_MEMORY, refused > 0);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
    }
}
END_TEST

START_TEST(test_header_as_full_as_can_be_still_fits)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "down");
    char longest[2 * SQ_BODY_HEADER_BYTES] = {0};
    memset(longest, 'v', sizeof longest - 1);
    rule->effect.n_retry_after = SQ_RETRY_AFTERS_MAX;
    for (uint32_t i = 0; i < SQ_RETRY_AFTERS_MAX; i++) {
        rule->effect.retry_after[i].kind = SQ_RETRY_AFTER_SECONDS;
    }
    rule->effect.should_retry = "true";
    rule->effect.n_headers = SQ_RULE_HEADERS_MAX;
    for (uint32_t i = 0; i < SQ_RULE_HEADERS_MAX; i++) {
        rule->effect.headers[i] = (struct sq_header){"x-long", longest};
    }
    struct sq_visit visit = error_visit(rule);
    struct sq_body_headers headers;
    ck_assert_int_eq(sq_body_headers(&far_side()->script, &visit, 0, &headers), SQ_OK);
    ck_assert_uint_eq(strlen(header(&headers, "x-long", SQ_RULE_HEADERS_MAX - 1)),
                      SQ_BODY_HEADER_BYTES - 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("body");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_tokens_have_exactly_the_measured_bytes);
    tcase_add_test(tests, test_tokens_in_parts_are_the_bytes_of_the_whole);
    tcase_add_test(tests, test_plan_and_bytes_agree_on_the_length_of_every_body);
    tcase_add_test(tests, test_plain_answer_reads_as_a_usable_answer);
    tcase_add_test(tests, test_same_plan_gives_the_same_bytes_and_another_seed_others);
    tcase_add_test(tests, test_error_is_the_vendors_own_for_the_status_unless_said);
    tcase_add_test(tests, test_error_as_html_or_text_looks_like_a_proxys);
    tcase_add_test(tests, test_hints_become_headers_and_may_disagree);
    tcase_add_test(tests, test_seconds_with_their_own_text_keep_it);
    tcase_add_test(tests, test_answer_has_no_hints_and_its_own_request_id);
    tcase_add_test(tests, test_measure_and_headers_when_memory_runs_out_say_so);
    tcase_add_test(tests, test_header_as_full_as_can_be_still_fits);
    Suite *suite = suite_create("body");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
