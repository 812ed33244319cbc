/* SPDX-License-Identifier: MIT */
/* Readings: what plain answers and streams mean under a contract. */
#include "wire/contract.h"

#include <check.h>
#include <string.h>

#include "base/digest.h"
#include "tests/support/memory_torture.h"

static const struct sq_contract json_contract = {.json = true};
static const struct sq_contract whole_contract = {.whole = true};

static const struct sq_dialect *openai(void)
{
    return sq_dialect_row(SQ_DIALECT_OPENAI);
}

static struct sq_contract_answer read_body(int status, const char *content_type, const char *body,
                                           const struct sq_contract *contract)
{
    struct sq_contract_answer answer;
    struct sq_contract_bytes bytes = {
        .status = status, .content_type = content_type, .body = body, .length = strlen(body)};
    ck_assert_int_eq(sq_contract_read_answer(openai(), contract, &bytes, &answer), SQ_OK);
    return answer;
}

/* The class of an answer with this message and finish reason, both as JSON. */
static enum sq_class class_of_message(const char *message, const char *finish,
                                      const struct sq_contract *contract)
{
    struct sq_strbuf body = {0};
    sq_strbuf_add_format(&body, "{\"choices\":[{\"message\":%s,\"finish_reason\":%s}]}", message,
                         finish);
    struct sq_contract_answer answer =
        read_body(200, "application/json", sq_strbuf_text(&body), contract);
    sq_strbuf_clear(&body);
    return answer.reading.klass;
}

START_TEST(test_read_of_a_good_answer_has_no_class)
{
    struct sq_contract_answer answer =
        read_body(200, "Application/JSON; charset=utf-8",
                  "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},"
                  "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,"
                  "\"completion_tokens\":6}}",
                  NULL);
    ck_assert_int_eq(answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(answer.reading.finish, SQ_FINISH_STOP);
    ck_assert(answer.usage.given);
    ck_assert_uint_eq(answer.usage.input_tokens, 5);
    ck_assert_uint_eq(answer.usage.output_tokens, 6);
    ck_assert_int_eq(class_of_message("{\"content\":\"hi\"}", "null", NULL), SQ_CLASS_NONE);
}
END_TEST

static enum sq_finish finish_of(const char *finish)
{
    struct sq_strbuf body = {0};
    sq_strbuf_add_format(
        &body, "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"%s\"}]}",
        finish);
    struct sq_contract_answer answer =
        read_body(200, "application/json", sq_strbuf_text(&body), NULL);
    sq_strbuf_clear(&body);
    return answer.reading.finish;
}

START_TEST(test_read_of_an_older_gateway_s_finish_is_that_of_tool_calls)
{
    ck_assert_int_eq(finish_of("tool_calls"), SQ_FINISH_TOOL_CALLS);
    ck_assert_int_eq(finish_of("function_call"), SQ_FINISH_TOOL_CALLS);
    ck_assert_int_eq(finish_of("function_cold"), SQ_FINISH_OTHER);
    ck_assert_int_eq(finish_of("tired"), SQ_FINISH_OTHER);
}
END_TEST

START_TEST(test_read_of_another_media_type_of_the_same_length_is_malformed)
{
    struct sq_contract_answer answer = read_body(
        200, "application/jsox", "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}", NULL);
    ck_assert_int_eq(answer.reading.klass, SQ_CLASS_MALFORMED);
}
END_TEST

START_TEST(test_read_of_a_2xx_that_is_not_the_envelope_is_malformed)
{
    static const char *const bodies[] = {
        "",
        "<html><body>502 Bad Gateway</body></html>",
        "upstream connect error",
        "\"just text\"",
        "{}",
        "[]",
        "null",
        "{\"choices\":[]}",
        "{\"choices\":null}",
        "{\"choices\":[{}]}",
        "{\"choices\":{\"0\":{\"message\":{\"content\":\"a\"}}}}",
        "{\"choices\":[{\"message\":\"a\"}]}",
        "{\"choices\":[{\"message\":{\"content\":\"a\"}}]",
        "{\"error\":{\"message\":\"x\",\"type\":\"server_error\",\"code\":null}}",
        "data: {\"choices\":[]}\n\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct sq_contract_answer answer = read_body(200, "application/json", bodies[i], NULL);
        ck_assert_msg(answer.reading.klass == SQ_CLASS_MALFORMED, "taken: %s", bodies[i]);
    }
    struct sq_contract_answer error = read_body(200, NULL, bodies[13], NULL);
    ck_assert_int_eq(error.reading.meaning, SQ_MEANING_SERVER_ERROR);
}
END_TEST

START_TEST(test_read_of_another_content_type_is_malformed)
{
    const char *good = "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}";
    ck_assert_int_eq(read_body(200, NULL, good, NULL).reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(read_body(200, "text/html", good, NULL).reading.klass, SQ_CLASS_MALFORMED);
    ck_assert_int_eq(read_body(200, "application/jsonx", good, NULL).reading.klass,
                     SQ_CLASS_MALFORMED);
    ck_assert_int_eq(read_body(200, "", good, NULL).reading.klass, SQ_CLASS_MALFORMED);
}
END_TEST

START_TEST(test_read_of_error_statuses_leaves_the_class_to_the_policy)
{
    struct sq_contract_answer answer = read_body(
        429, "application/json",
        "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":\"slow_down\"}}",
        NULL);
    ck_assert_int_eq(answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(answer.reading.meaning, SQ_MEANING_SLOW_DOWN);
    ck_assert_uint_eq(answer.reading.code_key, sq_digest_name("slow_down", 9));
    ck_assert_uint_eq(answer.reading.type_key, sq_digest_name("t", 1));
    answer = read_body(502, "text/html", "<html>", NULL);
    ck_assert_int_eq(answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(answer.reading.meaning, SQ_MEANING_NONE);
    ck_assert_uint_eq(answer.reading.code_key, 0);
    ck_assert_int_eq(read_body(302, NULL, "", NULL).reading.klass, SQ_CLASS_MALFORMED);
    ck_assert_int_eq(read_body(199, NULL, "", NULL).reading.klass, SQ_CLASS_MALFORMED);
    ck_assert_int_eq(read_body(400, NULL, "", NULL).reading.klass, SQ_CLASS_NONE);
}
END_TEST

START_TEST(test_read_of_content_without_use_has_its_class)
{
    ck_assert_int_eq(class_of_message("{\"content\":\"\"}", "\"stop\"", NULL), SQ_CLASS_EMPTY);
    ck_assert_int_eq(class_of_message("{\"content\":null}", "\"stop\"", NULL), SQ_CLASS_EMPTY);
    ck_assert_int_eq(class_of_message("{}", "\"stop\"", NULL), SQ_CLASS_EMPTY);
    ck_assert_int_eq(
        class_of_message("{\"content\":null,\"tool_calls\":[{}]}", "\"tool_calls\"", NULL),
        SQ_CLASS_NONE);
    ck_assert_int_eq(class_of_message("{\"content\":null,\"refusal\":\"no\"}", "\"stop\"", NULL),
                     SQ_CLASS_REFUSAL);
    ck_assert_int_eq(class_of_message("{\"content\":\"a\"}", "\"content_filter\"", NULL),
                     SQ_CLASS_CONTENT_FILTER);
}
END_TEST

START_TEST(test_read_of_a_length_finish_depends_on_the_contract)
{
    const char *message = "{\"content\":\"{\\\"a\\\": 1\"}";
    ck_assert_int_eq(class_of_message(message, "\"length\"", NULL), SQ_CLASS_NONE);
    ck_assert_int_eq(class_of_message(message, "\"length\"", &whole_contract), SQ_CLASS_TRUNCATED);
    ck_assert_int_eq(class_of_message(message, "\"length\"", &json_contract), SQ_CLASS_TRUNCATED);
}
END_TEST

START_TEST(test_read_under_a_json_contract_looks_into_the_text)
{
    ck_assert_int_eq(
        class_of_message("{\"content\":\"{\\\"a\\\":\\n1}\"}", "\"stop\"", &json_contract),
        SQ_CLASS_NONE);
    ck_assert_int_eq(class_of_message("{\"content\":\"sure: {}\"}", "\"stop\"", &json_contract),
                     SQ_CLASS_INVALID_JSON);
    ck_assert_int_eq(
        class_of_message("{\"content\":\"```json\\n{}\\n```\"}", "\"stop\"", &json_contract),
        SQ_CLASS_INVALID_JSON);
    ck_assert_int_eq(class_of_message("{\"content\":\"[1,]\"}", "\"stop\"", &json_contract),
                     SQ_CLASS_INVALID_JSON);
    ck_assert_int_eq(class_of_message("{\"content\":\"[1,]\"}", "\"stop\"", &whole_contract),
                     SQ_CLASS_NONE);
}
END_TEST

/* Streams: each text is one event's data; NULL ends the list. */

#define ROLE      "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}"
#define PIECE(c)  "{\"choices\":[{\"delta\":{\"content\":\"" c "\"},\"finish_reason\":null}]}"
#define FINISH(f) "{\"choices\":[{\"delta\":{},\"finish_reason\":\"" f "\"}]}"
#define USAGE     "{\"choices\":[],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":9}}"
#define DONE      "[DONE]"

static enum sq_stream_step feed(struct sq_stream *stream, const char *data)
{
    struct sq_sse_event event = {.name = "", .data = data, .data_length = strlen(data)};
    return sq_stream_feed(stream, &event);
}

static enum sq_class class_of_stream(const struct sq_contract *contract, const char *const *events)
{
    struct sq_stream stream;
    sq_stream_init(&stream, openai(), contract, "text/event-stream; charset=utf-8");
    for (size_t i = 0; events[i] != NULL; i++) {
        feed(&stream, events[i]);
    }
    ck_assert_int_eq(sq_stream_end(&stream), SQ_OK);
    enum sq_class klass = stream.answer.reading.klass;
    sq_stream_clear(&stream);
    return klass;
}

#define CLASS_OF_STREAM(contract, ...)                                                             \
    class_of_stream(contract, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(test_stream_of_a_good_answer_goes_through_every_step)
{
    struct sq_stream stream;
    sq_stream_init(&stream, openai(), NULL, "text/event-stream");
    ck_assert_int_eq(feed(&stream, "{\"choices\":[],\"id\":\"\"}"), SQ_STREAM_NOTHING);
    ck_assert_int_eq(feed(&stream, ROLE), SQ_STREAM_ROLE);
    ck_assert(stream.role);
    ck_assert(!stream.token);
    ck_assert_int_eq(feed(&stream, PIECE("the ")), SQ_STREAM_TOKEN);
    ck_assert(stream.token);
    ck_assert_int_eq(feed(&stream, PIECE("\\u20ac")), SQ_STREAM_TOKEN);
    ck_assert_uint_eq(stream.content_bytes, 7);
    ck_assert_int_eq(feed(&stream, ROLE), SQ_STREAM_NOTHING);
    ck_assert_int_eq(feed(&stream, FINISH("stop")), SQ_STREAM_FINISH);
    ck_assert_int_eq(feed(&stream, USAGE), SQ_STREAM_NOTHING);
    ck_assert_int_eq(feed(&stream, DONE), SQ_STREAM_DONE);
    ck_assert_int_eq(feed(&stream, "rubbish"), SQ_STREAM_NOTHING);
    ck_assert_int_eq(sq_stream_end(&stream), SQ_OK);
    ck_assert_int_eq(stream.answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(stream.answer.reading.finish, SQ_FINISH_STOP);
    ck_assert_uint_eq(stream.answer.usage.output_tokens, 9);
    ck_assert_uint_eq(stream.content.length, 0);
    sq_stream_clear(&stream);
}
END_TEST

START_TEST(test_stream_that_ends_too_early_is_cut)
{
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, ROLE, PIECE("a")), SQ_CLASS_CUT);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, NULL), SQ_CLASS_CUT);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, PIECE("a"), FINISH("stop")), SQ_CLASS_NONE);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, PIECE("a"), DONE), SQ_CLASS_NONE);
}
END_TEST

START_TEST(test_stream_with_a_foreign_event_or_type_is_malformed)
{
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, PIECE("a"), "{\"choices\":[", FINISH("stop"), DONE),
                     SQ_CLASS_MALFORMED);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, "{}"), SQ_CLASS_MALFORMED);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, ""), SQ_CLASS_MALFORMED);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, "[DONE] "), SQ_CLASS_MALFORMED);
    struct sq_stream stream;
    sq_stream_init(&stream, openai(), NULL, "application/json");
    ck_assert_int_eq(feed(&stream, DONE), SQ_STREAM_NOTHING);
    ck_assert_int_eq(sq_stream_end(&stream), SQ_OK);
    ck_assert_int_eq(stream.answer.reading.klass, SQ_CLASS_MALFORMED);
    sq_stream_clear(&stream);
}
END_TEST

START_TEST(test_stream_with_an_error_event_has_the_class_of_its_meaning)
{
    struct sq_stream stream;
    sq_stream_init(&stream, openai(), NULL, NULL);
    feed(&stream, PIECE("a"));
    ck_assert_int_eq(feed(&stream, "{\"error\":{\"code\":\"server_is_overloaded\"}}"),
                     SQ_STREAM_ERROR);
    ck_assert_int_eq(feed(&stream, DONE), SQ_STREAM_NOTHING);
    ck_assert_int_eq(sq_stream_end(&stream), SQ_OK);
    ck_assert_int_eq(stream.answer.reading.klass, SQ_CLASS_OVERLOADED);
    ck_assert_int_eq(stream.answer.reading.meaning, SQ_MEANING_OVERLOADED);
    sq_stream_clear(&stream);
    for (enum sq_meaning meaning = SQ_MEANING_RATE; meaning < SQ_MEANINGS; meaning++) {
        struct sq_strbuf body = {0};
        openai()->write_error(&body, openai()->failure(0, meaning));
        ck_assert_int_ne(CLASS_OF_STREAM(NULL, sq_strbuf_text(&body)), SQ_CLASS_NONE);
        sq_strbuf_clear(&body);
    }
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, "{\"error\":{\"code\":\"new\"}}"),
                     SQ_CLASS_SERVER_ERROR);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, "{\"error\":{\"code\":\"insufficient_quota\"}}"),
                     SQ_CLASS_QUOTA);
}
END_TEST

START_TEST(test_stream_without_usable_content_has_its_class)
{
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, ROLE, FINISH("stop"), DONE), SQ_CLASS_EMPTY);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, DONE), SQ_CLASS_EMPTY);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, PIECE("a"), FINISH("content_filter")),
                     SQ_CLASS_CONTENT_FILTER);
    ck_assert_int_eq(
        CLASS_OF_STREAM(NULL, "{\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}", FINISH("stop")),
        SQ_CLASS_REFUSAL);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, "{\"choices\":[{\"delta\":{\"tool_calls\":[{}]}}]}",
                                     FINISH("tool_calls")),
                     SQ_CLASS_NONE);
    ck_assert_int_eq(CLASS_OF_STREAM(NULL, PIECE("a"), FINISH("length")), SQ_CLASS_NONE);
    ck_assert_int_eq(CLASS_OF_STREAM(&whole_contract, PIECE("a"), FINISH("length")),
                     SQ_CLASS_TRUNCATED);
}
END_TEST

START_TEST(test_stream_under_a_json_contract_joins_the_pieces)
{
    ck_assert_int_eq(
        CLASS_OF_STREAM(&json_contract, PIECE("{\\\"a\\\""), PIECE(":1}"), FINISH("stop"), DONE),
        SQ_CLASS_NONE);
    ck_assert_int_eq(CLASS_OF_STREAM(&json_contract, PIECE("{\\\"a\\\""), FINISH("stop"), DONE),
                     SQ_CLASS_INVALID_JSON);
}
END_TEST

START_TEST(test_stream_over_the_kept_bytes_is_no_json)
{
    struct sq_stream stream;
    struct sq_strbuf piece = {0};
    size_t spaces = 500000;
    sq_strbuf_add(&piece, "{\"choices\":[{\"delta\":{\"content\":\"");
    sq_strbuf_add_repeated(&piece, " ", spaces);
    sq_strbuf_add(&piece, "\"}}]}");
    sq_stream_init(&stream, openai(), &json_contract, NULL);
    feed(&stream, PIECE("1"));
    for (size_t kept = 0; kept <= SQ_CONTRACT_CONTENT_BYTES_MAX; kept += spaces) {
        ck_assert_int_eq(feed(&stream, sq_strbuf_text(&piece)), SQ_STREAM_TOKEN);
    }
    feed(&stream, DONE);
    ck_assert(stream.overlong);
    ck_assert_uint_le(stream.content.length, SQ_CONTRACT_CONTENT_BYTES_MAX);
    ck_assert_int_eq(sq_stream_end(&stream), SQ_OK);
    ck_assert_int_eq(stream.answer.reading.klass, SQ_CLASS_INVALID_JSON);
    sq_stream_clear(&stream);
    sq_strbuf_clear(&piece);
}
END_TEST

START_TEST(test_reading_when_an_allocation_fails_says_so)
{
    const char *body = "{\"choices\":[{\"message\":{\"content\":\"{}\"}}]}";
    struct sq_contract_bytes bytes = {.status = 200, .body = body, .length = strlen(body)};
    struct sq_contract_answer answer;
    struct sq_stream stream;
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_contract_read_answer(openai(), &json_contract, &bytes, &answer),
                     SQ_NO_MEMORY);
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_contract_read_answer(openai(), NULL, &bytes, &answer), SQ_OK);
    sq_stream_init(&stream, openai(), &json_contract, NULL);
    feed(&stream, PIECE("1"));
    feed(&stream, DONE);
    ck_assert_int_eq(sq_stream_end(&stream), SQ_NO_MEMORY);
    sq_stream_clear(&stream);
    sq_stream_clear(&stream);
    sq_stream_clear(NULL);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_writing_when_an_allocation_fails_says_so)
{
    struct sq_answer answer = {.model = "m",
                               .content = {.kind = SQ_CONTENT_FILLER, .seed = 1, .tokens = 200}};
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf out = {0};
        sq_memory_torture_fail(nth);
        openai()->write_answer(&out, &answer);
        size_t refused = sq_memory_torture_refused();
        ck_assert(sq_strbuf_failed(&out) == (refused != 0));
        sq_strbuf_clear(&out);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (refused == 0) {
            ck_assert_uint_gt(nth, 3);
            return;
        }
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("contract");
    tcase_add_test(tests, test_read_of_an_older_gateway_s_finish_is_that_of_tool_calls);
    tcase_add_test(tests, test_read_of_another_media_type_of_the_same_length_is_malformed);
    tcase_add_test(tests, test_read_of_a_good_answer_has_no_class);
    tcase_add_test(tests, test_read_of_a_2xx_that_is_not_the_envelope_is_malformed);
    tcase_add_test(tests, test_read_of_another_content_type_is_malformed);
    tcase_add_test(tests, test_read_of_error_statuses_leaves_the_class_to_the_policy);
    tcase_add_test(tests, test_read_of_content_without_use_has_its_class);
    tcase_add_test(tests, test_read_of_a_length_finish_depends_on_the_contract);
    tcase_add_test(tests, test_read_under_a_json_contract_looks_into_the_text);
    tcase_add_test(tests, test_stream_of_a_good_answer_goes_through_every_step);
    tcase_add_test(tests, test_stream_that_ends_too_early_is_cut);
    tcase_add_test(tests, test_stream_with_a_foreign_event_or_type_is_malformed);
    tcase_add_test(tests, test_stream_with_an_error_event_has_the_class_of_its_meaning);
    tcase_add_test(tests, test_stream_without_usable_content_has_its_class);
    tcase_add_test(tests, test_stream_under_a_json_contract_joins_the_pieces);
    tcase_add_test(tests, test_stream_over_the_kept_bytes_is_no_json);
    tcase_add_test(tests, test_reading_when_an_allocation_fails_says_so);
    tcase_add_test(tests, test_writing_when_an_allocation_fails_says_so);
    Suite *suite = suite_create("contract");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
