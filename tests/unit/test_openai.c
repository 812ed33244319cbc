/* SPDX-License-Identifier: MIT */
/* The OpenAI dialect: what it writes, what it reads back, and its row. */
#include "wire/openai.h"

#include <check.h>
#include <string.h>

#include "base/digest.h"
#include "wire/dialect.h"
#include "wire/json.h"
#include "wire/json_escape.h"
#include "wire/sse.h"
#include "wire/token.h"

static const struct sq_dialect *openai(void)
{
    enum sq_dialect_id id;
    ck_assert(sq_dialect_by_name("openai", 6, &id));
    return sq_dialect_row(id);
}

static const struct sq_answer plain_answer = {
    .id = 0xABCDEF,
    .created_s = 1767225600,
    .model = "gpt-4o",
    .content = {.kind = SQ_CONTENT_TEXT, .text = "Hi \"you\"\n\xE2\x82\xAC", .length = 12},
    .finish = SQ_FINISH_STOP,
    .input_tokens = 11,
    .output_tokens = 3,
};

/* The text is one JSON document by our own strict reader. */
static void check_json(const char *text, size_t length)
{
    struct sq_json_document *document = NULL;
    struct sq_error err = {0};
    ck_assert_msg(sq_json_read(text, length, NULL, &document, &err) == SQ_OK, "%s in %s", err.text,
                  text);
    sq_json_free(document);
}

static void check_text(struct sq_strbuf *out, const char *expected)
{
    ck_assert(!sq_strbuf_failed(out));
    ck_assert_str_eq(sq_strbuf_text(out), expected);
    sq_strbuf_clear(out);
}

START_TEST(test_row_of_openai_names_path_and_variable)
{
    enum sq_dialect_id id = SQ_DIALECTS;
    ck_assert_str_eq(openai()->path, "/v1/chat/completions");
    ck_assert_str_eq(openai()->base_path, "/v1");
    ck_assert_str_eq(openai()->base_url_variable, "OPENAI_BASE_URL");
    ck_assert(!sq_dialect_by_name("openai", 5, &id));
    ck_assert(!sq_dialect_by_name("OpenAI", 6, &id));
    ck_assert_int_eq(id, SQ_DIALECTS);
}
END_TEST

START_TEST(test_write_request_has_the_vendor_s_shape)
{
    struct sq_strbuf out = {0};
    struct sq_request_body request = {
        .model = "gpt-4o",
        .prompt = {.kind = SQ_CONTENT_TEXT, .text = "hey", .length = 3},
        .max_tokens = 50,
        .stream = true,
        .include_usage = true};
    openai()->write_request(&out, &request);
    check_text(&out, "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hey\"}],"
                     "\"max_tokens\":50,\"stream\":true,"
                     "\"stream_options\":{\"include_usage\":true}}");
    request =
        (struct sq_request_body){.model = "m", .prompt = {.kind = SQ_CONTENT_TEXT, .text = ""}};
    openai()->write_request(&out, &request);
    check_text(&out,
               "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"stream\":"
               "false}");
}
END_TEST

START_TEST(test_user_of_a_request_is_written_and_read)
{
    struct sq_strbuf out = {0};
    struct sq_request_reading reading;
    struct sq_error err = {0};
    char body[640];
    struct sq_request_body request = {.model = "m",
                                      .prompt = {.kind = SQ_CONTENT_TEXT, .text = "", .length = 0},
                                      .user = "acme \"north\""};
    openai()->write_request(&out, &request);
    ck_assert_int_eq(openai()->read_request(out.text, out.length, &reading, NULL), SQ_OK);
    ck_assert_str_eq(reading.user, "acme \"north\"");
    sq_strbuf_clear(&out);
    static const char *const cases[][2] = {
        {"{\"model\":\"m\",\"messages\":[]}", ""},
        {"{\"model\":\"m\",\"messages\":[],\"user\":null}", ""},
        {"{\"model\":\"m\",\"messages\":[],\"safety_identifier\":\"s\"}", "s"},
        {"{\"model\":\"m\",\"messages\":[],\"safety_identifier\":\"s\",\"user\":\"u\"}", "u"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(openai()->read_request(cases[i][0], strlen(cases[i][0]), &reading, NULL),
                         SQ_OK);
        ck_assert_str_eq(reading.user, cases[i][1]);
    }
    for (int over = 0; over < 2; over++) {
        struct sq_strbuf text = {0};
        sq_strbuf_add(&text, "{\"model\":\"m\",\"messages\":[],\"user\":\"");
        for (int i = 0; i < 512 + over; i++) {
            sq_strbuf_add_char(&text, 'u');
        }
        sq_strbuf_add(&text, "\"}");
        memcpy(body, text.text, text.length);
        ck_assert_int_eq(openai()->read_request(body, text.length, &reading, &err),
                         over == 0 ? SQ_OK : SQ_INVALID);
        sq_strbuf_clear(&text);
    }
    ck_assert_str_eq(err.text, "parameter 'user' must be shorter than 513 bytes");
    const char *number = "{\"model\":\"m\",\"messages\":[],\"user\":7}";
    ck_assert_int_eq(openai()->read_request(number, strlen(number), &reading, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, "parameter 'user' must be a string");
}
END_TEST

START_TEST(test_read_request_of_what_was_written_gives_it_back)
{
    struct sq_strbuf out = {0};
    struct sq_request_reading reading;
    struct sq_request_body request = {
        .model = "gpt-4o-mini",
        .prompt = {.kind = SQ_CONTENT_FILLER, .seed = 9, .tokens = 321},
        .max_tokens = 7,
        .stream = true,
        .include_usage = true};
    openai()->write_request(&out, &request);
    ck_assert_int_eq(openai()->read_request(out.text, out.length, &reading, NULL), SQ_OK);
    ck_assert_str_eq(reading.model, "gpt-4o-mini");
    ck_assert_uint_eq(reading.input_tokens, 321);
    ck_assert_uint_eq(reading.max_tokens, 7);
    ck_assert(reading.stream);
    ck_assert(reading.include_usage);
    sq_strbuf_clear(&out);
}
END_TEST

static uint32_t input_tokens_of(const char *messages)
{
    struct sq_strbuf body = {0};
    struct sq_request_reading reading;
    struct sq_error err = {0};
    sq_strbuf_add_format(&body, "{\"messages\":%s,\"x\":{\"content\":\"no\"},\"model\":\"m\"}",
                         messages);
    enum sq_status status = openai()->read_request(body.text, body.length, &reading, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    sq_strbuf_clear(&body);
    return reading.input_tokens;
}

START_TEST(test_read_request_counts_the_text_of_all_messages)
{
    ck_assert_uint_eq(input_tokens_of("[]"), 0);
    ck_assert_uint_eq(input_tokens_of("[{\"role\":\"user\",\"content\":\"1234\"}]"), 1);
    ck_assert_uint_eq(input_tokens_of("[{\"content\":\"12345\"}]"), 2);
    ck_assert_uint_eq(input_tokens_of("[{\"content\":\"123\"},{\"content\":\"12345\"}]"), 2);
    ck_assert_uint_eq(input_tokens_of("[{\"content\":\"\\u20ac\\n\"}]"), 1);
    ck_assert_uint_eq(input_tokens_of("[{\"content\":null,\"name\":\"12345678\"}]"), 0);
    ck_assert_uint_eq(input_tokens_of("[{\"content\":[{\"type\":\"text\",\"text\":\"1234\"},"
                                      "{\"type\":\"image_url\",\"image_url\":{\"text\":\"1234\"}},"
                                      "{\"text\":\"5678\"}]}]"),
                      2);
    ck_assert_uint_eq(input_tokens_of("[{\"tool_calls\":[{\"text\":\"1234\"}]}]"), 0);
}
END_TEST

static void check_refused(const char *body, const char *text, const char *param)
{
    struct sq_request_reading reading;
    struct sq_error err = {0};
    ck_assert_int_eq(openai()->read_request(body, strlen(body), &reading, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, text);
    ck_assert_str_eq(err.path, param);
    ck_assert_int_eq(openai()->read_request(body, strlen(body), &reading, NULL), SQ_INVALID);
}

START_TEST(test_read_request_of_a_bad_body_says_which_parameter)
{
    check_refused("", "text ends too early", "");
    check_refused("{\"model\":}", "expected a value, found `}`", "");
    check_refused("[]", "parameter 'model' is missing", "model");
    check_refused("{\"messages\":[]}", "parameter 'model' is missing", "model");
    check_refused("{\"model\":3,\"messages\":[]}",
                  "parameter 'model' must be a string with at least one character", "model");
    check_refused("{\"model\":\"m\"}", "parameter 'messages' is missing", "messages");
    check_refused("{\"model\":\"m\",\"messages\":\"x\"}", "parameter 'messages' must be an array",
                  "messages");
    check_refused("{\"model\":\"m\",\"messages\":[],\"stream\":\"yes\"}",
                  "parameter 'stream' must be true or false", "stream");
    check_refused("{\"model\":\"m\",\"messages\":[],\"stream_options\":{\"include_usage\":1}}",
                  "parameter 'stream_options.include_usage' must be true or false",
                  "stream_options.include_usage");
    check_refused("{\"model\":\"m\",\"messages\":[],\"max_tokens\":0}",
                  "parameter 'max_tokens' must be a whole number of 1 or more", "max_tokens");
    check_refused("{\"model\":\"m\",\"messages\":[],\"max_completion_tokens\":1.5}",
                  "parameter 'max_completion_tokens' must be a whole number of 1 or more",
                  "max_completion_tokens");
}
END_TEST

START_TEST(test_read_request_of_a_model_name_at_and_over_the_limit)
{
    struct sq_request_reading reading;
    for (size_t length = SQ_MODEL_BYTES - 1; length <= SQ_MODEL_BYTES; length++) {
        struct sq_strbuf body = {0};
        sq_strbuf_add(&body, "{\"messages\":[],\"stream\":null,\"max_tokens\":null,\"model\":\"");
        sq_strbuf_add_repeated(&body, "m", length);
        sq_strbuf_add(&body, "\"}");
        ck_assert_int_eq(openai()->read_request(body.text, body.length, &reading, NULL),
                         length < SQ_MODEL_BYTES ? SQ_OK : SQ_INVALID);
        sq_strbuf_clear(&body);
    }
}
END_TEST

START_TEST(test_write_answer_has_the_vendor_s_shape)
{
    struct sq_strbuf out = {0};
    openai()->write_answer(&out, &plain_answer);
    check_json(out.text, out.length);
    check_text(&out,
               "{\"id\":\"chatcmpl-0000000000abcdef\",\"object\":\"chat.completion\","
               "\"created\":1767225600,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"message\":{"
               "\"role\":\"assistant\",\"content\":\"Hi \\\"you\\\"\\n\xE2\x82\xAC\","
               "\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
               "\"prompt_tokens\":11,\"completion_tokens\":3,\"total_tokens\":14},"
               "\"system_fingerprint\":null}");
}
END_TEST

START_TEST(test_read_answer_of_what_was_written_gives_it_back)
{
    static const enum sq_finish finishes[] = {SQ_FINISH_NONE,           SQ_FINISH_STOP,
                                              SQ_FINISH_LENGTH,         SQ_FINISH_TOOL_CALLS,
                                              SQ_FINISH_CONTENT_FILTER, SQ_FINISH_OTHER};
    for (size_t i = 0; i < sizeof finishes / sizeof finishes[0]; i++) {
        struct sq_strbuf out = {0};
        struct sq_answer_part part;
        struct sq_answer answer = plain_answer;
        answer.finish = finishes[i];
        answer.content = (struct sq_content){.kind = SQ_CONTENT_FILLER, .seed = 5, .tokens = 200};
        openai()->write_answer(&out, &answer);
        openai()->read_answer(out.text, out.length, &part);
        ck_assert(part.envelope);
        ck_assert(!part.is_error);
        ck_assert(!part.refused);
        ck_assert_int_eq(part.finish, finishes[i]);
        ck_assert_uint_eq(sq_token_count(part.content.length), 200);
        ck_assert(part.usage.given);
        ck_assert_uint_eq(part.usage.input_tokens, 11);
        ck_assert_uint_eq(part.usage.output_tokens, 3);
        sq_strbuf_clear(&out);
    }
}
END_TEST

#define CHUNK_BEGIN                                                                                \
    "data: {\"id\":\"chatcmpl-0000000000abcdef\",\"object\":\"chat.completion.chunk\","            \
    "\"created\":1767225600,\"model\":\"gpt-4o\",\"system_fingerprint\":null,\"choices\":["

START_TEST(test_write_stream_pieces_have_the_vendor_s_shape)
{
    struct sq_strbuf out = {0};
    struct sq_answer answer = plain_answer;
    openai()->write_stream_begin(&out, &answer);
    check_text(&out, CHUNK_BEGIN
               "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
               "\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    openai()->write_stream_piece(&out, &answer, "the ", 4);
    check_text(&out, CHUNK_BEGIN "{\"index\":0,\"delta\":{\"content\":\"the \"},"
                                 "\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    openai()->write_stream_finish(&out, &answer);
    check_text(&out, CHUNK_BEGIN "{\"index\":0,\"delta\":{},\"logprobs\":null,"
                                 "\"finish_reason\":\"stop\"}]}\n\n");
    openai()->write_stream_usage(&out, &answer);
    check_text(&out, "");
    openai()->write_stream_end(&out);
    check_text(&out, "data: [DONE]\n\n");
}
END_TEST

START_TEST(test_write_stream_with_usage_says_null_until_the_totals)
{
    struct sq_strbuf out = {0};
    struct sq_answer answer = plain_answer;
    answer.include_usage = true;
    openai()->write_stream_piece(&out, &answer, "the ", 4);
    check_text(&out, CHUNK_BEGIN "{\"index\":0,\"delta\":{\"content\":\"the \"},\"logprobs\":null,"
                                 "\"finish_reason\":null}],\"usage\":null}\n\n");
    openai()->write_stream_usage(&out, &answer);
    check_text(&out, CHUNK_BEGIN "],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":3,"
                                 "\"total_tokens\":14}}\n\n");
}
END_TEST

/* A whole stream of filler tokens. */
static void write_stream(struct sq_strbuf *out, const struct sq_answer *answer, uint32_t tokens)
{
    openai()->write_stream_begin(out, answer);
    for (uint32_t i = 0; i < tokens; i++) {
        char token[SQ_TOKEN_BYTES];
        sq_token_filler(3, i, token);
        openai()->write_stream_piece(out, answer, token, sizeof token);
    }
    openai()->write_stream_finish(out, answer);
    openai()->write_stream_usage(out, answer);
    openai()->write_stream_end(out);
}

START_TEST(test_stream_as_written_parses_strictly_and_adds_up_to_the_filler)
{
    struct sq_strbuf out = {0};
    struct sq_strbuf content = {0};
    struct sq_strbuf filler = {0};
    struct sq_answer answer = plain_answer;
    struct sq_sse_reader reader = {0};
    struct sq_sse_event event;
    size_t used = 0;
    size_t events = 0;
    answer.include_usage = true;
    write_stream(&out, &answer, 20);
    while (sq_sse_feed(&reader, out.text, out.length, &used, &event) == SQ_SSE_EVENT) {
        struct sq_answer_part part;
        ck_assert_str_eq(event.name, "");
        openai()->read_event(event.data, event.data_length, &part);
        ck_assert(part.envelope);
        ck_assert(part.role == (events == 0));
        ck_assert(part.is_done == (events == 23));
        ck_assert(part.usage.given == (events == 22));
        ck_assert_int_eq(part.finish, events == 21 ? SQ_FINISH_STOP : SQ_FINISH_NONE);
        if (!part.is_done) {
            check_json(event.data, event.data_length);
        }
        if (part.has_content) {
            sq_json_escape_add(&content, part.content.text, part.content.length);
        }
        events++;
    }
    sq_token_add_filler(&filler, 3, 20);
    ck_assert_uint_eq(events, 24);
    ck_assert_str_eq(sq_strbuf_text(&content), sq_strbuf_text(&filler));
    sq_sse_clear(&reader);
    sq_strbuf_clear(&out);
    sq_strbuf_clear(&content);
    sq_strbuf_clear(&filler);
}
END_TEST

START_TEST(test_failure_of_each_meaning_reads_back_as_that_meaning)
{
    for (enum sq_meaning meaning = SQ_MEANING_RATE; meaning < SQ_MEANINGS; meaning++) {
        const struct sq_failure *failure = openai()->failure(0, meaning);
        struct sq_strbuf out = {0};
        struct sq_answer_part part;
        ck_assert_int_eq(failure->meaning, meaning);
        ck_assert_int_ge(failure->status, 400);
        openai()->write_error(&out, failure);
        check_json(out.text, out.length);
        openai()->read_answer(out.text, out.length, &part);
        ck_assert(part.is_error);
        ck_assert_int_eq(part.meaning, meaning);
        ck_assert_uint_eq(part.type_key, sq_digest_name(failure->type, strlen(failure->type)));
        ck_assert_uint_eq(
            part.code_key,
            failure->code == NULL ? 0 : sq_digest_name(failure->code, strlen(failure->code)));
        sq_strbuf_clear(&out);
    }
}
END_TEST

START_TEST(test_failure_of_a_status_without_meaning_is_the_vendor_s_usual_one)
{
    ck_assert_str_eq(openai()->failure(429, SQ_MEANING_NONE)->code, "rate_limit_exceeded");
    ck_assert_str_eq(openai()->failure(401, SQ_MEANING_NONE)->code, "invalid_api_key");
    ck_assert_int_eq(openai()->failure(503, SQ_MEANING_SLOW_DOWN)->status, 503);
    ck_assert_str_eq(openai()->failure(503, SQ_MEANING_SLOW_DOWN)->code, "slow_down");
    ck_assert_str_eq(openai()->failure(402, SQ_MEANING_QUOTA)->code, "insufficient_quota");
    ck_assert_str_eq(openai()->failure(502, SQ_MEANING_NONE)->type, "server_error");
    ck_assert_str_eq(openai()->failure(418, SQ_MEANING_NONE)->type, "invalid_request_error");
    ck_assert_ptr_null(openai()->failure(418, SQ_MEANING_NONE)->code);
}
END_TEST

START_TEST(test_failure_of_503_without_meaning_is_no_overload)
{
    const struct sq_failure *failure = openai()->failure(503, SQ_MEANING_NONE);
    ck_assert_int_eq(failure->meaning, SQ_MEANING_SERVER_ERROR);
    ck_assert_ptr_null(failure->code);
}
END_TEST

START_TEST(test_write_error_has_the_vendor_s_shape)
{
    struct sq_strbuf out = {0};
    struct sq_failure failure = {.type = "requests", .message = "a \"b\""};
    openai()->write_error(&out, &failure);
    check_text(&out, "{\"error\":{\"message\":\"a \\\"b\\\"\",\"type\":\"requests\","
                     "\"param\":null,\"code\":null}}");
    failure.code = "c";
    failure.param = "p";
    openai()->write_error_event(&out, &failure);
    check_text(&out, "data: {\"error\":{\"message\":\"a \\\"b\\\"\",\"type\":\"requests\","
                     "\"param\":\"p\",\"code\":\"c\"}}\n\n");
}
END_TEST

START_TEST(test_meaning_comes_from_the_code_and_else_from_the_type)
{
    ck_assert_int_eq(sq_openai_meaning("slow_down", 9, "rate_limit_error", 16),
                     SQ_MEANING_SLOW_DOWN);
    ck_assert_int_eq(sq_openai_meaning("new_code", 8, "rate_limit_error", 16), SQ_MEANING_RATE);
    ck_assert_int_eq(sq_openai_meaning("credit_balance_exhausted", 24, "", 0), SQ_MEANING_QUOTA);
    ck_assert_int_eq(sq_openai_meaning("", 0, "invalid_request_error", 21), SQ_MEANING_NONE);
    ck_assert_int_eq(sq_openai_meaning("", 0, "", 0), SQ_MEANING_NONE);
}
END_TEST

START_TEST(test_read_answer_of_odd_errors_takes_them_for_errors)
{
    struct sq_answer_part part;
    const char *number = "{\"error\":{\"code\":429,\"type\":null},\"choices\":[]}";
    openai()->read_answer(number, strlen(number), &part);
    ck_assert(part.is_error);
    ck_assert_uint_eq(part.code_key, sq_digest_name("429", 3));
    ck_assert_uint_eq(part.type_key, 0);
    openai()->read_answer("{\"error\":\"no\"}", 14, &part);
    ck_assert(part.is_error);
    ck_assert_int_eq(part.meaning, SQ_MEANING_NONE);
    const char *escaped = "{\"error\":{\"code\":\"slow\\u005fdown\"}}";
    openai()->read_answer(escaped, strlen(escaped), &part);
    ck_assert_int_eq(part.meaning, SQ_MEANING_SLOW_DOWN);
    const char *none = "{\"error\":null,\"choices\":[{\"message\":{\"content\":\"a\"}}]}";
    openai()->read_answer(none, strlen(none), &part);
    ck_assert(!part.is_error);
    ck_assert(part.envelope);
}
END_TEST

START_TEST(test_write_rate_message_quotes_the_limit)
{
    struct sq_strbuf out = {0};
    struct sq_rate_refusal refusal = {
        .model = "gpt-4o", .limit = 5000, .used = 5000, .requested = 1, .retry_in = 12 * SQ_MS};
    openai()->write_rate_message(&out, &refusal);
    check_text(&out, "Rate limit reached for gpt-4o on requests per min (RPM): Limit 5000, "
                     "Used 5000, Requested 1. Please try again in 12ms.");
}
END_TEST

static void check_duration(sq_dur span, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_openai_add_duration(&out, span);
    check_text(&out, expected);
}

START_TEST(test_add_duration_prints_as_go_does)
{
    check_duration(0, "0s");
    check_duration(-SQ_SECOND, "0s");
    check_duration(1, "1ms");
    check_duration(6 * SQ_MS, "6ms");
    check_duration(6 * SQ_MS + 1, "7ms");
    check_duration(999 * SQ_MS, "999ms");
    check_duration(999 * SQ_MS + 1, "1s");
    check_duration(SQ_SECOND, "1s");
    check_duration(8640 * SQ_MS, "8.64s");
    check_duration(3114 * SQ_MS, "3.114s");
    check_duration(1500 * SQ_MS, "1.5s");
    check_duration(6 * SQ_MINUTE, "6m0s");
    check_duration(SQ_MINUTE - 1, "1m0s");
    check_duration(SQ_HOUR + 2 * SQ_MINUTE + 3 * SQ_SECOND, "1h2m3s");
    check_duration(SQ_HOUR, "1h0m0s");
    check_duration(2 * SQ_DAY + 50 * SQ_MS, "48h0m0.05s");
}
END_TEST

static void note_header(void *context, const char *name, const char *value)
{
    sq_strbuf_add_format(context, "%s: %s\n", name, value);
}

START_TEST(test_write_headers_gives_limits_only_when_given)
{
    struct sq_strbuf seen = {0};
    struct sq_header_sink sink = {.add = note_header, .context = &seen};
    struct sq_answer_headers headers = {.request_id = {1, 0xFF}, .processing = 1234567890};
    ck_assert_int_eq(openai()->write_headers(&headers, &sink), SQ_OK);
    check_text(&seen, "x-request-id: req_000000000000000100000000000000ff\n"
                      "openai-version: 2020-10-01\nopenai-processing-ms: 1234\n");
    headers.tokens =
        (struct sq_rate_window){.given = true, .limit = 450000, .remaining = 0, .reset = SQ_MINUTE};
    ck_assert_int_eq(openai()->write_headers(&headers, &sink), SQ_OK);
    check_text(&seen, "x-request-id: req_000000000000000100000000000000ff\n"
                      "openai-version: 2020-10-01\nopenai-processing-ms: 1234\n"
                      "x-ratelimit-limit-tokens: 450000\nx-ratelimit-remaining-tokens: 0\n"
                      "x-ratelimit-reset-tokens: 1m0s\n");
    headers.tokens.given = false;
    headers.requests =
        (struct sq_rate_window){.given = true, .limit = 10, .remaining = 9, .reset = 6 * SQ_MS};
    ck_assert_int_eq(openai()->write_headers(&headers, &sink), SQ_OK);
    check_text(&seen, "x-request-id: req_000000000000000100000000000000ff\n"
                      "openai-version: 2020-10-01\nopenai-processing-ms: 1234\n"
                      "x-ratelimit-limit-requests: 10\nx-ratelimit-remaining-requests: 9\n"
                      "x-ratelimit-reset-requests: 6ms\n");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("openai");
    tcase_add_test(tests, test_row_of_openai_names_path_and_variable);
    tcase_add_test(tests, test_write_request_has_the_vendor_s_shape);
    tcase_add_test(tests, test_user_of_a_request_is_written_and_read);
    tcase_add_test(tests, test_read_request_of_what_was_written_gives_it_back);
    tcase_add_test(tests, test_read_request_counts_the_text_of_all_messages);
    tcase_add_test(tests, test_read_request_of_a_bad_body_says_which_parameter);
    tcase_add_test(tests, test_read_request_of_a_model_name_at_and_over_the_limit);
    tcase_add_test(tests, test_write_answer_has_the_vendor_s_shape);
    tcase_add_test(tests, test_read_answer_of_what_was_written_gives_it_back);
    tcase_add_test(tests, test_write_stream_pieces_have_the_vendor_s_shape);
    tcase_add_test(tests, test_write_stream_with_usage_says_null_until_the_totals);
    tcase_add_test(tests, test_stream_as_written_parses_strictly_and_adds_up_to_the_filler);
    tcase_add_test(tests, test_failure_of_each_meaning_reads_back_as_that_meaning);
    tcase_add_test(tests, test_failure_of_a_status_without_meaning_is_the_vendor_s_usual_one);
    tcase_add_test(tests, test_failure_of_503_without_meaning_is_no_overload);
    tcase_add_test(tests, test_write_error_has_the_vendor_s_shape);
    tcase_add_test(tests, test_meaning_comes_from_the_code_and_else_from_the_type);
    tcase_add_test(tests, test_read_answer_of_odd_errors_takes_them_for_errors);
    tcase_add_test(tests, test_write_rate_message_quotes_the_limit);
    tcase_add_test(tests, test_add_duration_prints_as_go_does);
    tcase_add_test(tests, test_write_headers_gives_limits_only_when_given);
    Suite *suite = suite_create("openai");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
