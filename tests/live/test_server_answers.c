/* SPDX-License-Identifier: MIT */
/* What the server answers: plain, streamed, errors of the script, and requests that are none. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/server_world.h"
#include "wire/contract.h"
#include "wire/sse.h"

static struct server_world world;

static void set_up(void)
{
    server_world_init(&world);
}

static void tear_down(void)
{
    server_world_end(&world);
}

static struct sq_contract_answer read_plain(struct http_answer *answer)
{
    struct sq_contract_answer reading;
    const struct sq_contract_bytes bytes = {.status = answer->status,
                                            .content_type =
                                                http_answer_header(answer, "content-type"),
                                            .body = answer->body.text,
                                            .length = answer->body.length};
    ck_assert_int_eq(
        sq_contract_read_answer(sq_dialect_row(SQ_DIALECT_OPENAI), NULL, &bytes, &reading), SQ_OK);
    return reading;
}

/* Feeds a whole streamed body; returns how many events had content. */
static uint32_t read_stream(struct http_answer *answer, struct sq_stream *stream)
{
    struct sq_sse_reader reader = {0};
    struct sq_sse_event event;
    size_t used = 0;
    uint32_t n_tokens = 0;
    sq_stream_init(stream, sq_dialect_row(SQ_DIALECT_OPENAI), NULL,
                   http_answer_header(answer, "content-type"));
    while (sq_sse_feed(&reader, answer->body.text, answer->body.length, &used, &event) ==
           SQ_SSE_EVENT) {
        n_tokens += sq_stream_feed(stream, &event) == SQ_STREAM_TOKEN ? 1 : 0;
    }
    ck_assert_int_eq(sq_stream_end(stream), SQ_OK);
    sq_sse_clear(&reader);
    return n_tokens;
}

START_TEST(test_plain_answer_parses_and_is_billed)
{
    const struct server_request request = {
        .call = 5, .attempt = 2, .input_tokens = 100, .output_tokens = 20};
    struct sq_journal_entry entry;
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(answer.content_length, (int64_t)answer.body.length);
    ck_assert_ptr_nonnull(http_answer_header(&answer, "x-request-id"));
    struct sq_contract_answer reading = read_plain(&answer);
    ck_assert_int_eq(reading.reading.klass, SQ_CLASS_NONE);
    ck_assert_uint_eq(reading.usage.input_tokens, 100);
    ck_assert_uint_eq(reading.usage.output_tokens, 20);
    ck_assert(sq_journal_take(sq_server_journal(world.server), &entry));
    ck_assert_uint_eq(entry.call, 5);
    ck_assert_uint_eq(entry.attempt, 2);
    ck_assert_uint_eq(entry.nth, 2);
    ck_assert_uint_eq(entry.model, 0);
    ck_assert_uint_eq(entry.status, 200);
    ck_assert(entry.identified);
    ck_assert(!entry.abandoned);
    ck_assert_uint_eq(entry.bill.input_tokens, 100);
    ck_assert_uint_eq(entry.bill.output_tokens, 20);
    ck_assert_int_ge(entry.ended_at, entry.reached_at + 2 * SQ_MS); /* 1 ms + 19 tokens */
    http_answer_clear(&answer);
}
END_TEST

START_TEST(test_streamed_answer_parses_and_is_billed)
{
    const struct server_request request = {.call = 6,
                                           .attempt = 1,
                                           .stream = true,
                                           .include_usage = true,
                                           .input_tokens = 100,
                                           .output_tokens = 20};
    struct sq_journal_entry entry;
    struct sq_stream stream;
    struct sq_strbuf whole = {0};
    server_world_body(&request, &whole);
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert(answer.chunked);
    ck_assert_str_eq(http_answer_header(&answer, "content-type"),
                     "text/event-stream; charset=utf-8");
    ck_assert_str_eq(http_answer_header(&answer, "cache-control"), "no-cache");
    ck_assert_uint_eq(read_stream(&answer, &stream), 20);
    ck_assert(stream.done);
    ck_assert_int_eq(stream.answer.reading.klass, SQ_CLASS_NONE);
    ck_assert_uint_eq(stream.answer.usage.output_tokens, 20);
    ck_assert_uint_eq(answer.body.length, whole.length);
    ck_assert(server_world_is_prefix(&whole, answer.body.text, whole.length));
    ck_assert(sq_journal_take(sq_server_journal(world.server), &entry));
    ck_assert(!entry.abandoned);
    ck_assert_uint_eq(entry.bill.output_tokens, 20);
    sq_stream_clear(&stream);
    sq_strbuf_clear(&whole);
    http_answer_clear(&answer);
}
END_TEST

/* Larger than any buffer on the way: many fills, nothing lost at their edges. */
START_TEST(test_long_stream_due_at_once_is_whole)
{
    const struct server_request request = {
        .call = 6, .attempt = 1, .stream = true, .output_tokens = 4000};
    struct sq_stream stream;
    far_side()->script.models[0].pace.fixed = 0;
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_uint_eq(read_stream(&answer, &stream), 4000);
    ck_assert(stream.done);
    sq_stream_clear(&stream);
    http_answer_clear(&answer);
}
END_TEST

/* The first event leaves when the stall begins, before any token: it must not come twice. */
START_TEST(test_stream_stalled_before_its_first_token_is_whole)
{
    const struct server_request request = {
        .call = 6, .attempt = 1, .stream = true, .output_tokens = 4};
    struct sq_strbuf whole = {0};
    server_world_body(&request, &whole);
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = 0;
    rule->effect.for_each = 20 * SQ_MS;
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_uint_eq(answer.body.length, whole.length);
    ck_assert(server_world_is_prefix(&whole, answer.body.text, whole.length));
    sq_strbuf_clear(&whole);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(test_stream_stalled_for_good_stays_silent)
{
    const struct server_request request = {
        .call = 6, .attempt = 1, .stream = true, .output_tokens = 4};
    struct sq_journal_entry entry;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = 2;
    server_world_start(&world);
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &request);
    struct http_answer answer = http_client_read(&client, SIZE_MAX, 100 * SQ_MS);
    ck_assert_int_eq(answer.ending, HTTP_SILENCE);
    ck_assert_uint_eq(answer.body.length,
                      sizes->stream_first_bytes[0] + 2 * sizes->stream_token_bytes[0]);
    ck_assert(!server_world_entry(&world, &entry, 0));
    http_client_close(&client);
    ck_assert(server_world_entry(&world, &entry, HTTP_CLIENT_PATIENCE));
    ck_assert(entry.abandoned);
    ck_assert_uint_eq(entry.bill.output_tokens, 2);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(test_scripted_status_has_error_body_and_hints)
{
    const struct server_request request = {.call = 1, .attempt = 1, .output_tokens = 9};
    struct sq_journal_entry entry;
    struct sq_answer_part part;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "limited");
    rule->effect.status = 429;
    rule->effect.n_retry_after = 2;
    rule->effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = 2 * SQ_SECOND};
    rule->effect.retry_after[1] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_MILLISECONDS, .span = 1500 * SQ_MS};
    rule->effect.should_retry = "true";
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_int_eq(answer.status, 429);
    ck_assert_str_eq(http_answer_header(&answer, "retry-after"), "2");
    ck_assert_str_eq(http_answer_header(&answer, "retry-after-ms"), "1500");
    ck_assert_str_eq(http_answer_header(&answer, "x-should-retry"), "true");
    sq_dialect_row(SQ_DIALECT_OPENAI)->read_answer(answer.body.text, answer.body.length, &part);
    ck_assert(part.is_error);
    ck_assert_int_eq(part.meaning, SQ_MEANING_RATE);
    ck_assert(sq_journal_take(sq_server_journal(world.server), &entry));
    ck_assert_uint_eq(entry.status, 429);
    ck_assert_uint_eq(entry.fired[SQ_FAMILY_STATUS], 1);
    ck_assert_uint_eq(entry.bill.input_tokens, 0);
    http_answer_clear(&answer);
}
END_TEST

/* One word each for what is no attempt. */
struct wrong {
    const char *text; /* the whole request */
    int status;
    const char *in_body;
};

#define POST_TO(path, length)                                                                      \
    "POST " path " HTTP/1.1\r\nhost: localhost\r\ncontent-length: " length "\r\n\r\n"

static const struct wrong wrongs[] = {
    {"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n", 200, "ok"},
    {"GET /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\r\n", 405, "POST"},
    {"DELETE /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\r\n", 405, "POST"},
    {POST_TO("/v1/completions", "2") "{}", 404, "path"},
    {POST_TO("/health", "2") "{}", 404, "path"},
    {POST_TO("/v1/chat/completions", "0"), 400, "invalid_request_error"},
    {POST_TO("/v1/chat/completions", "2") "{}", 400, "\"param\":\"model\""},
    {POST_TO("/v1/chat/completions", "34") "{\"model\":\"gpt-4o\",\"messages\":\"no\"}", 400,
     "\"param\":\"messages\""},
    {POST_TO("/v1/chat/completions", "34") "{\"model\":\"gpt-nope\",\"messages\":[]}", 404,
     "model_not_found"},
    {POST_TO("/v1/chat/completions", "31") "{\"model\":\"llama\",\"messages\":[]}", 404,
     "model_not_found"}, /* of the other provider */
};

START_TEST(test_wrong_request_is_answered_in_the_vendors_shape)
{
    const struct wrong *wrong = &wrongs[_i];
    const struct server_request right = {.call = 1, .attempt = 1, .output_tokens = 1};
    struct sq_journal_entry entry;
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    http_client_send(&client, wrong->text);
    struct http_answer answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_int_eq(answer.status, wrong->status);
    ck_assert_msg(strstr(answer.body.text, wrong->in_body) != NULL, "%s", answer.body.text);
    ck_assert_str_eq(http_answer_header(&answer, "content-type"), "application/json");
    const char *allow = http_answer_header(&answer, "allow");
    ck_assert_int_eq(allow != NULL && strcmp(allow, "POST") == 0, wrong->status == 405);
    ck_assert(!server_world_entry(&world, &entry, 0));
    http_answer_clear(&answer);
    server_world_ask(&client, &right); /* the connection is fit for the next */
    answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    http_client_close(&client);
}
END_TEST

/* One byte over the limit is refused, though the client sends it all. */
START_TEST(test_request_too_large_is_refused)
{
    enum { PIECE = 65536 };
    static char piece[PIECE + 1];
    struct sq_strbuf head = {0};
    memset(piece, ' ', PIECE);
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    sq_strbuf_add_format(&head,
                         "POST " SERVER_WORLD_PATH
                         " HTTP/1.1\r\nhost: localhost\r\ncontent-length: %u\r\n\r\n ",
                         SQ_SERVER_REQUEST_BYTES_MAX + 1);
    http_client_send(&client, sq_strbuf_text(&head));
    for (uint32_t sent = 0; sent < SQ_SERVER_REQUEST_BYTES_MAX; sent += PIECE) {
        http_client_send(&client, piece);
    }
    struct http_answer answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 413);
    http_answer_clear(&answer);
    http_client_close(&client);
    sq_strbuf_clear(&head);
}
END_TEST

/* Neither header: numbers of the server's own, input counted, output drawn but within the limit. */
START_TEST(test_stranger_gets_own_numbers_and_drawn_output)
{
    struct sq_journal_entry first;
    struct sq_journal_entry second;
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &(struct server_request){0});
    struct http_answer answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    http_client_post(&client, SERVER_WORLD_PATH, SQ_SERVER_ATTEMPT_HEADER ": 1/0/1\r\n",
                     "{\"model\":\"gpt-4o\",\"messages\":[],\"max_tokens\":7}");
    answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    http_client_close(&client);
    ck_assert(server_world_entry(&world, &first, 0));
    ck_assert(server_world_entry(&world, &second, 0));
    ck_assert(!first.identified);
    ck_assert(!second.identified); /* nth 0 is no attempt */
    ck_assert_uint_ne(first.call, second.call);
    ck_assert_uint_eq(first.bill.input_tokens, 8);
    ck_assert_uint_ge(first.bill.output_tokens, 50);
    ck_assert_uint_le(first.bill.output_tokens, 150);
    ck_assert_uint_eq(second.bill.output_tokens, 7);
}
END_TEST

START_TEST(test_second_provider_has_its_own_port_and_models)
{
    server_world_start(&world);
    struct http_client client = http_client_open(sq_server_port(world.server, 1));
    server_world_ask(&client, &(struct server_request){.model = "llama"});
    struct http_answer answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 200);
    http_answer_clear(&answer);
    server_world_ask(&client, &(struct server_request){.model = "gpt-4o"});
    answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.status, 404);
    http_answer_clear(&answer);
    http_client_close(&client);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server_answers");
    TCase *tests = tcase_create("server_answers");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_plain_answer_parses_and_is_billed);
    tcase_add_test(tests, test_streamed_answer_parses_and_is_billed);
    tcase_add_test(tests, test_long_stream_due_at_once_is_whole);
    tcase_add_test(tests, test_stream_stalled_before_its_first_token_is_whole);
    tcase_add_test(tests, test_stream_stalled_for_good_stays_silent);
    tcase_add_test(tests, test_scripted_status_has_error_body_and_hints);
    tcase_add_loop_test(tests, test_wrong_request_is_answered_in_the_vendors_shape, 0,
                        (int)(sizeof wrongs / sizeof wrongs[0]));
    tcase_add_test(tests, test_request_too_large_is_refused);
    tcase_add_test(tests, test_stranger_gets_own_numbers_and_drawn_output);
    tcase_add_test(tests, test_second_provider_has_its_own_port_and_models);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
