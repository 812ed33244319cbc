/* SPDX-License-Identifier: MIT */
/* Plain OpenAI answers: object chat.completion. */
#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "wire/openai.h"
#include "wire/openai_int.h"
#include "wire/token.h"

/* What the vendor calls each enum sq_finish; it has no word for NONE, and OTHER is none of its. */
static const char *const finish_words[SQ_FINISHES] = {NULL,         "stop",           "length",
                                                      "tool_calls", "content_filter", "other"};

static void write_filler(struct sq_json_writer *json, const struct sq_content *content)
{
    struct sq_strbuf filler = {0};
    sq_token_add_filler(&filler, content->seed, content->tokens);
    sq_json_write_text_bytes(json, sq_strbuf_text(&filler), filler.length);
    json->out->failed = json->out->failed || sq_strbuf_failed(&filler);
    sq_strbuf_clear(&filler);
}

void sq_openai_write_content(struct sq_json_writer *json, const struct sq_content *content)
{
    switch (content->kind) {
    case SQ_CONTENT_FILLER:
        write_filler(json, content);
        return;
    case SQ_CONTENT_TEXT:
        sq_json_write_text_bytes(json, content->text, content->length);
        return;
    case SQ_CONTENT_NULL:
        sq_json_write_null(json);
        return;
    }
    sq_assert(false && "kind of content");
}

void sq_openai_write_identity(struct sq_json_writer *json, const struct sq_answer *answer,
                              const char *object)
{
    struct sq_strbuf id = {0};
    sq_strbuf_add_format(&id, "chatcmpl-%016" PRIx64, answer->id);
    sq_json_write_key(json, "id");
    sq_json_write_text(json, sq_strbuf_text(&id));
    sq_json_write_key(json, "object");
    sq_json_write_text(json, object);
    sq_json_write_key(json, "created");
    sq_json_write_int(json, answer->created_s);
    sq_json_write_key(json, "model");
    sq_json_write_text(json, answer->model);
    json->out->failed = json->out->failed || sq_strbuf_failed(&id);
    sq_strbuf_clear(&id);
}

void sq_openai_write_usage(struct sq_json_writer *json, const struct sq_answer *answer)
{
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "prompt_tokens");
    sq_json_write_uint(json, answer->input_tokens);
    sq_json_write_key(json, "completion_tokens");
    sq_json_write_uint(json, answer->output_tokens);
    sq_json_write_key(json, "total_tokens");
    sq_json_write_uint(json, (uint64_t)answer->input_tokens + answer->output_tokens);
    sq_json_write_object_end(json);
}

void sq_openai_write_finish(struct sq_json_writer *json, enum sq_finish finish)
{
    sq_assert(finish < SQ_FINISHES);
    sq_json_write_text(json, finish_words[finish]);
}

enum sq_finish sq_openai_finish_of(const struct sq_json_token *word)
{
    if (word->event != SQ_JSON_TEXT_VALUE) {
        return SQ_FINISH_NONE;
    }
    for (enum sq_finish finish = SQ_FINISH_STOP; finish < SQ_FINISH_OTHER; finish++) {
        const char *name = finish_words[finish];
        if (word->length == strlen(name) && memcmp(word->text, name, word->length) == 0) {
            return finish;
        }
    }
    /* The name of tool calls before there were several at once; still sent by older gateways. */
    static const char function_call[] = "function_call";
    bool old = word->length == strlen(function_call) &&
               memcmp(word->text, function_call, word->length) == 0;
    return old ? SQ_FINISH_TOOL_CALLS : SQ_FINISH_OTHER;
}

static void write_choice(struct sq_json_writer *json, const struct sq_answer *answer)
{
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "index");
    sq_json_write_int(json, 0);
    sq_json_write_key(json, "message");
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "role");
    sq_json_write_text(json, "assistant");
    sq_json_write_key(json, "content");
    sq_openai_write_content(json, &answer->content);
    sq_json_write_key(json, "refusal");
    sq_json_write_text(json, answer->refusal);
    sq_json_write_object_end(json);
    sq_json_write_key(json, "logprobs");
    sq_json_write_null(json);
    sq_json_write_key(json, "finish_reason");
    sq_openai_write_finish(json, answer->finish);
    sq_json_write_object_end(json);
}

void sq_openai_write_answer(struct sq_strbuf *out, const struct sq_answer *answer)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    sq_json_write_object_begin(&json);
    sq_openai_write_identity(&json, answer, "chat.completion");
    sq_json_write_key(&json, "choices");
    sq_json_write_array_begin(&json);
    write_choice(&json, answer);
    sq_json_write_array_end(&json);
    sq_json_write_key(&json, "usage");
    sq_openai_write_usage(&json, answer);
    sq_json_write_key(&json, "system_fingerprint");
    sq_json_write_null(&json);
    sq_json_write_object_end(&json);
}
