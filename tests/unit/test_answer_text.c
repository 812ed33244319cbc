/* SPDX-License-Identifier: MIT */
/* Texts of answers: exact lengths, JSON where it should be and not where it should not, and the
 * bytes of a body known beforehand. */
#include "mockprovider/answer_text.h"

#include <check.h>
#include <string.h>

#include "base/draw.h"
#include "mockprovider/body.h"
#include "tests/support/far_side.h"
#include "wire/contract.h"
#include "wire/json_scan.h"

static const struct sq_script_contract samples[] = {
    {.sample = "{\"answer\":\"\"}", .fill_at = 11},
    {.sample = "{\"n\":1,\"list\":[true,null],\"text\":\"a \\\"b\\\" c\"}", .fill_at = 34},
    {.sample = "{\"n\":1}", .fill_at = 1, .fill_blank = true},
    {.sample = "[]", .fill_at = 1, .fill_blank = true},
};
#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

static bool is_json(const char *bytes, size_t length)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, bytes, length, false);
    while (sq_json_scan_next(&scan, &token)) {
    }
    return scan.problem == SQ_JSON_PROBLEM_NONE;
}

static const char *whole(const struct sq_answer_text *text, uint32_t tokens)
{
    struct sq_strbuf *out = &far_side()->text;
    sq_strbuf_reset(out);
    sq_answer_text_add(out, text, 7, tokens, 0, (uint64_t)tokens * 4);
    ck_assert_uint_eq(out->length, (size_t)tokens * 4);
    return sq_strbuf_text(out);
}

START_TEST(test_text_when_healthy_then_is_json_of_any_length)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct sq_answer_text text;
        sq_answer_text_init(&text, &samples[i], NULL);
        uint32_t least = sq_answer_text_tokens(&text);
        ck_assert_uint_eq(least, (strlen(samples[i].sample) + 3) / 4);
        for (uint32_t tokens = least; tokens < least + 9; tokens++) {
            const char *bytes = whole(&text, tokens);
            ck_assert_msg(is_json(bytes, (size_t)tokens * 4), "%s", bytes);
        }
    }
}
END_TEST

START_TEST(test_text_when_another_schema_is_filled_in_then_it_is_what_the_contract_refuses)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_WRONG_SCHEMA, "wrong");
    static const struct sq_script_contract contract = {.sample = "{}",
                                                       .fill_at = 1,
                                                       .fill_blank = true,
                                                       .wrong = "[0]",
                                                       .wrong_fill_at = 1,
                                                       .wrong_fill_blank = true};
    struct sq_answer_text text;
    sq_answer_text_init(&text, &contract, rule);
    ck_assert_uint_eq(sq_answer_text_tokens(&text), 1);
    ck_assert_int_eq(strncmp(whole(&text, 2), "[     0]", 8), 0);
    sq_answer_text_init(&text, &samples[0], rule);
    ck_assert_int_eq(strncmp(whole(&text, 5), "{\"unexpected\":\"", 15), 0);
}
END_TEST

START_TEST(test_text_when_a_shape_breaks_it_then_is_no_json)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_INVALID_JSON, "broken");
    for (int shape = 0; shape < SQ_JSON_SHAPES; shape++) {
        rule->effect.shape = (enum sq_json_shape)shape;
        for (size_t i = 0; i <= N_SAMPLES; i++) {
            if (shape == SQ_JSON_SHAPE_SINGLE_QUOTES && i == 3) {
                continue; /* it has none to change */
            }
            struct sq_answer_text text;
            sq_answer_text_init(&text, i == N_SAMPLES ? NULL : &samples[i], rule);
            uint32_t tokens = sq_answer_text_tokens(&text) + 3;
            const char *bytes = whole(&text, tokens);
            ck_assert_msg(!is_json(bytes, (size_t)tokens * 4), "shape %d: %s", shape, bytes);
        }
    }
}
END_TEST

START_TEST(test_text_when_broken_then_reads_as_its_shape_says)
{
    static const char *const expected[SQ_JSON_SHAPES] = {
        [SQ_JSON_SHAPE_FENCED] = "```json\n{\"answer\":\"\"}\n```",
        [SQ_JSON_SHAPE_PROSE] = "Here is the JSON: {\"answer\":\"",
        [SQ_JSON_SHAPE_PLAIN_TEXT] = "",
        [SQ_JSON_SHAPE_TRUNCATED] = "{\"answer\":\"",
        [SQ_JSON_SHAPE_TRAILING_COMMA] = "{\"answer\":\"",
        [SQ_JSON_SHAPE_SINGLE_QUOTES] = "{'answer':'",
        [SQ_JSON_SHAPE_CONTROL_CHARACTER] = "{\"answer\":\"\v",
        [SQ_JSON_SHAPE_NAN] = "{\"score\":NaN,\"answer\":\"",
    };
    struct sq_rule *rule = far_side_rule(SQ_FAULT_INVALID_JSON, "broken");
    for (int shape = 0; shape < SQ_JSON_SHAPES; shape++) {
        struct sq_answer_text text;
        rule->effect.shape = (enum sq_json_shape)shape;
        sq_answer_text_init(&text, NULL, rule);
        const char *bytes = whole(&text, sq_answer_text_tokens(&text));
        const char *begin = expected[shape];
        size_t same =
            shape == SQ_JSON_SHAPE_FENCED ? strlen("```json\n{\"answer\":\"") : strlen(begin);
        ck_assert_msg(strncmp(bytes, begin, same) == 0, "%s", bytes);
    }
    rule->effect.shape = SQ_JSON_SHAPE_TRAILING_COMMA;
    struct sq_answer_text text;
    sq_answer_text_init(&text, NULL, rule);
    ck_assert_ptr_nonnull(strstr(whole(&text, 10), "\",}"));
}
END_TEST

START_TEST(test_text_in_pieces_is_the_whole)
{
    struct sq_answer_text text;
    sq_answer_text_init(&text, &samples[1], NULL);
    char all[80];
    memcpy(all, whole(&text, 20), 80);
    sq_strbuf_reset(&far_side()->text);
    for (uint64_t from = 0; from < 80; from += 5) {
        sq_answer_text_add(&far_side()->text, &text, 7, 20, from, from + 5);
    }
    ck_assert_mem_eq(sq_strbuf_text(&far_side()->text), all, 80);
}
END_TEST

/* A body cut anywhere: what the plan says of tokens is what the bytes say. */
START_TEST(test_plan_when_cut_inside_a_contracts_answer_then_counts_as_the_bytes_do)
{
    const struct sq_script *script = &far_side()->script;
    far_side()->script.n_contracts = 1;
    far_side()->script.contracts[0] = samples[1];
    struct sq_rule *rule = far_side_rule(SQ_FAULT_RESET, "rst");
    struct sq_plan_request request = far_side_request(1);
    request.contract = 1;
    for (uint32_t n_bytes = 0; n_bytes < 6000; n_bytes += 7) {
        rule->effect.after_bytes = n_bytes;
        struct sq_visit visit = {.request = request, .plan = far_side_plan(&request, 0)};
        uint32_t sent = visit.plan.sent_tokens;
        sq_strbuf_reset(&far_side()->text);
        sq_body_add_tokens(&far_side()->text, script, &visit, 0, sent);
        ck_assert(sent == 0 || far_side()->text.length <= n_bytes);
        if (sent < visit.plan.body.output_tokens) {
            sq_body_add_tokens(&far_side()->text, script, &visit, sent == 0 ? 0 : sent, sent + 1);
            ck_assert_uint_gt(far_side()->text.length, n_bytes);
        } else {
            sq_body_add_end(&far_side()->text, script, &visit);
            bool complete = visit.plan.ending == SQ_ENDING_COMPLETE;
            ck_assert_int_eq(complete, n_bytes >= far_side()->text.length);
        }
    }
}
END_TEST

START_TEST(test_plan_when_a_plain_answer_has_a_contract_then_its_length_is_known)
{
    const struct sq_script *script = &far_side()->script;
    far_side()->script.n_contracts = 1;
    far_side()->script.contracts[0] = samples[1];
    struct sq_plan_request request = far_side_request(1);
    request.contract = 1;
    request.stream = false;
    struct sq_visit visit = {.request = request, .plan = far_side_plan(&request, 0)};
    sq_body_add_plain(&far_side()->text, script, &visit);
    uint32_t length = (uint32_t)far_side()->text.length;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_RESET, "rst");
    rule->effect.after_bytes = length;
    ck_assert_int_eq(far_side_plan(&request, 0).ending, SQ_ENDING_COMPLETE);
    rule->effect.after_bytes = length - 1;
    ck_assert_int_eq(far_side_plan(&request, 0).ending, SQ_ENDING_RST);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("answer_text");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_text_when_healthy_then_is_json_of_any_length);
    tcase_add_test(tests,
                   test_text_when_another_schema_is_filled_in_then_it_is_what_the_contract_refuses);
    tcase_add_test(tests, test_text_when_a_shape_breaks_it_then_is_no_json);
    tcase_add_test(tests, test_text_when_broken_then_reads_as_its_shape_says);
    tcase_add_test(tests, test_text_in_pieces_is_the_whole);
    tcase_add_test(tests, test_plan_when_cut_inside_a_contracts_answer_then_counts_as_the_bytes_do);
    tcase_add_test(tests, test_plan_when_a_plain_answer_has_a_contract_then_its_length_is_known);
    Suite *suite = suite_create("answer_text");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
