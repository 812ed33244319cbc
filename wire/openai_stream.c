/* SPDX-License-Identifier: MIT */
/*
 * Streamed OpenAI answers: data lines only, each with one chat.completion.chunk, then [DONE]. When
 * the request asked for usage, every chunk says "usage": null and one more, without choices, has
 * the totals.
 */
#include "wire/openai.h"
#include "wire/openai_int.h"

static void begin_chunk(struct sq_json_writer *json, const struct sq_answer *answer)
{
    sq_strbuf_add(json->out, "data: ");
    sq_json_write_object_begin(json);
    sq_openai_write_identity(json, answer, "chat.completion.chunk");
    sq_json_write_key(json, "system_fingerprint");
    sq_json_write_null(json);
    sq_json_write_key(json, "choices");
    sq_json_write_array_begin(json);
}

static void end_chunk(struct sq_json_writer *json)
{
    sq_json_write_object_end(json);
    sq_strbuf_add(json->out, "\n\n");
}

static void begin_delta(struct sq_json_writer *json, const struct sq_answer *answer)
{
    begin_chunk(json, answer);
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "index");
    sq_json_write_int(json, 0);
    sq_json_write_key(json, "delta");
    sq_json_write_object_begin(json);
}

static void end_delta(struct sq_json_writer *json, const struct sq_answer *answer,
                      enum sq_finish finish)
{
    sq_json_write_object_end(json);
    sq_json_write_key(json, "logprobs");
    sq_json_write_null(json);
    sq_json_write_key(json, "finish_reason");
    sq_openai_write_finish(json, finish);
    sq_json_write_object_end(json);
    sq_json_write_array_end(json);
    if (answer->include_usage) {
        sq_json_write_key(json, "usage");
        sq_json_write_null(json);
    }
    end_chunk(json);
}

void sq_openai_write_stream_begin(struct sq_strbuf *out, const struct sq_answer *answer)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    begin_delta(&json, answer);
    sq_json_write_key(&json, "role");
    sq_json_write_text(&json, "assistant");
    sq_json_write_key(&json, "content");
    sq_json_write_text(&json, answer->content.kind == SQ_CONTENT_NULL ? NULL : "");
    sq_json_write_key(&json, "refusal");
    sq_json_write_text(&json, answer->refusal);
    end_delta(&json, answer, SQ_FINISH_NONE);
}

void sq_openai_write_stream_piece(struct sq_strbuf *out, const struct sq_answer *answer,
                                  const char *text, size_t length)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    begin_delta(&json, answer);
    sq_json_write_key(&json, "content");
    sq_json_write_text_bytes(&json, text, length);
    end_delta(&json, answer, SQ_FINISH_NONE);
}

void sq_openai_write_stream_finish(struct sq_strbuf *out, const struct sq_answer *answer)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    begin_delta(&json, answer);
    end_delta(&json, answer, answer->finish);
}

void sq_openai_write_stream_usage(struct sq_strbuf *out, const struct sq_answer *answer)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    if (!answer->include_usage) {
        return;
    }
    begin_chunk(&json, answer);
    sq_json_write_array_end(&json);
    sq_json_write_key(&json, "usage");
    sq_openai_write_usage(&json, answer);
    end_chunk(&json);
}

void sq_openai_write_stream_end(struct sq_strbuf *out)
{
    sq_strbuf_add(out, "data: [DONE]\n\n");
}
