/* SPDX-License-Identifier: MIT */
/* See contract.h. */
#include "wire/contract.h"

#include <string.h>

#include "base/assert.h"
#include "wire/contract_int.h"
#include "wire/json_escape.h"

static const struct sq_contract any_text = {0};

/* Content types */

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* Bytes of the media type in front of its parameters. */
static size_t media_type_length(const char *content_type)
{
    return strcspn(content_type, "; \t");
}

/* The same media type, whatever its parameters; no header at all is taken for it. */
static bool is_media_type(const char *content_type, const char *wanted)
{
    if (content_type == NULL) {
        return true;
    }
    size_t length = media_type_length(wanted);
    if (media_type_length(content_type) != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (lower(content_type[i]) != wanted[i]) {
            return false;
        }
    }
    return true;
}

/* What an answer amounts to, plain or streamed. */
struct whole {
    enum sq_finish finish;
    bool refused;
    bool has_text; /* content, or a tool call */
    bool tool_calls;
    const char *content; /* UTF-8; only when the contract asks for JSON and there is no tool call */
    size_t length;
};

/* All that can be said without looking into the text. */
static enum sq_class judge_outside(const struct sq_contract *contract, const struct whole *whole)
{
    if (whole->finish == SQ_FINISH_CONTENT_FILTER) {
        return SQ_CLASS_CONTENT_FILTER;
    }
    if (whole->refused) {
        return SQ_CLASS_REFUSAL;
    }
    if (whole->finish == SQ_FINISH_LENGTH && (contract->whole || contract->json)) {
        return SQ_CLASS_TRUNCATED;
    }
    if (!whole->has_text) {
        return SQ_CLASS_EMPTY;
    }
    return SQ_CLASS_NONE;
}

static enum sq_status judge(const struct sq_contract *contract, const struct whole *whole,
                            struct sq_reading *reading)
{
    reading->klass = judge_outside(contract, whole);
    if (reading->klass != SQ_CLASS_NONE || !contract->json || whole->tool_calls) {
        return SQ_OK;
    }
    return sq_contract_judge_json(contract, whole->content, whole->length, reading);
}

/* Plain answers */

static void take_error(const struct sq_answer_part *part, struct sq_reading *reading)
{
    reading->meaning = part->meaning;
    reading->code_key = part->code_key;
    reading->type_key = part->type_key;
}

/* Judges the text; it is unescaped only when the contract wants to look inside. */
static enum sq_status judge_part(const struct sq_contract *contract,
                                 const struct sq_answer_part *part, struct sq_reading *reading)
{
    const struct sq_json_token *content = &part->content;
    bool has_content = part->has_content && content->length > 0;
    struct whole whole = {.finish = part->finish,
                          .refused = part->refused,
                          .has_text = has_content || part->tool_calls,
                          .tool_calls = part->tool_calls};
    struct sq_strbuf text = {0};
    if (contract->json && has_content) {
        sq_json_escape_add(&text, content->text, content->length);
        whole.content = sq_strbuf_text(&text);
        whole.length = text.length;
    }
    enum sq_status status =
        sq_strbuf_failed(&text) ? SQ_NO_MEMORY : judge(contract, &whole, reading);
    sq_strbuf_clear(&text);
    return status;
}

static enum sq_status read_success(const struct sq_contract *contract,
                                   const struct sq_answer_part *part, bool right_type,
                                   struct sq_contract_answer *answer)
{
    struct sq_reading *reading = &answer->reading;
    if (!part->envelope || part->is_error || !right_type) {
        reading->klass = SQ_CLASS_MALFORMED;
        return SQ_OK;
    }
    reading->finish = part->finish;
    answer->usage = part->usage;
    return judge_part(contract, part, reading);
}

enum sq_status sq_contract_read_answer(const struct sq_dialect *dialect,
                                       const struct sq_contract *contract,
                                       const struct sq_contract_bytes *bytes,
                                       struct sq_contract_answer *answer)
{
    struct sq_answer_part part;
    *answer = (struct sq_contract_answer){0};
    contract = contract != NULL ? contract : &any_text;
    dialect->read_answer(bytes->body, bytes->length, &part);
    if (part.is_error) {
        take_error(&part, &answer->reading);
    }
    if (bytes->status >= 200 && bytes->status < 300) {
        bool right_type = is_media_type(bytes->content_type, dialect->plain_content_type);
        return read_success(contract, &part, right_type, answer);
    }
    if (bytes->status < 400) {
        answer->reading.klass = SQ_CLASS_MALFORMED;
    }
    return SQ_OK;
}

/* Streams */

static enum sq_class class_of(enum sq_meaning meaning)
{
    switch (meaning) {
    case SQ_MEANING_RATE:
        return SQ_CLASS_RATE_LIMITED;
    case SQ_MEANING_SLOW_DOWN:
        return SQ_CLASS_SLOW_DOWN;
    case SQ_MEANING_OVERLOADED:
        return SQ_CLASS_OVERLOADED;
    case SQ_MEANING_QUOTA:
        return SQ_CLASS_QUOTA;
    case SQ_MEANING_NONE:
    case SQ_MEANING_SERVER_ERROR:
        return SQ_CLASS_SERVER_ERROR;
    case SQ_MEANING_CONTEXT_LENGTH:
        return SQ_CLASS_CONTEXT_LENGTH;
    case SQ_MEANING_CONTENT_FILTER:
        return SQ_CLASS_CONTENT_FILTER;
    case SQ_MEANING_AUTH:
        return SQ_CLASS_AUTH;
    case SQ_MEANING_NOT_FOUND:
        return SQ_CLASS_NOT_FOUND;
    case SQ_MEANINGS:
        break;
    }
    sq_assert(false && "meaning");
    return SQ_CLASS_SERVER_ERROR;
}

void sq_stream_init(struct sq_stream *stream, const struct sq_dialect *dialect,
                    const struct sq_contract *contract, const char *content_type)
{
    *stream =
        (struct sq_stream){.dialect = dialect, .contract = contract != NULL ? *contract : any_text};
    stream->malformed = !is_media_type(content_type, dialect->stream_content_type);
}

static void keep_content(struct sq_stream *stream, const struct sq_json_token *content)
{
    if (!stream->contract.json || stream->overlong) {
        return;
    }
    if (stream->content.length + content->length > SQ_CONTRACT_CONTENT_BYTES_MAX) {
        stream->overlong = true;
        return;
    }
    sq_json_escape_add(&stream->content, content->text, content->length);
}

static enum sq_stream_step take_content(struct sq_stream *stream, const struct sq_answer_part *part)
{
    bool has_content = part->has_content && part->content.length > 0;
    bool starts = part->role && !stream->role;
    if (has_content) {
        const struct sq_json_token *content = &part->content;
        stream->content_bytes += sq_json_escape_undo(content->text, content->length, NULL);
        keep_content(stream, content);
    }
    stream->role = stream->role || part->role;
    stream->tool_calls = stream->tool_calls || part->tool_calls;
    stream->refused = stream->refused || part->refused;
    if (part->usage.given) {
        stream->answer.usage = part->usage;
    }
    if (part->finish != SQ_FINISH_NONE) {
        stream->finished = true;
        stream->answer.reading.finish = part->finish;
    }
    if (has_content || part->tool_calls) {
        stream->token = true;
        return SQ_STREAM_TOKEN;
    }
    if (part->finish != SQ_FINISH_NONE) {
        return SQ_STREAM_FINISH;
    }
    return starts ? SQ_STREAM_ROLE : SQ_STREAM_NOTHING;
}

enum sq_stream_step sq_stream_feed(struct sq_stream *stream, const struct sq_sse_event *event)
{
    struct sq_answer_part part;
    if (stream->done || stream->malformed || stream->error) {
        return SQ_STREAM_NOTHING;
    }
    stream->dialect->read_event(event->data, event->data_length, &part);
    if (!part.envelope) {
        stream->malformed = true;
        return SQ_STREAM_MALFORMED;
    }
    if (part.is_error) {
        stream->error = true;
        take_error(&part, &stream->answer.reading);
        return SQ_STREAM_ERROR;
    }
    if (part.is_done) {
        stream->done = true;
        return SQ_STREAM_DONE;
    }
    return take_content(stream, &part);
}

static enum sq_class judge_course(const struct sq_stream *stream)
{
    if (stream->malformed) {
        return SQ_CLASS_MALFORMED;
    }
    if (stream->error) {
        return class_of(stream->answer.reading.meaning);
    }
    return stream->finished || stream->done ? SQ_CLASS_NONE : SQ_CLASS_CUT;
}

enum sq_status sq_stream_end(struct sq_stream *stream)
{
    struct sq_reading *reading = &stream->answer.reading;
    if (sq_strbuf_failed(&stream->content)) {
        return SQ_NO_MEMORY;
    }
    reading->klass = judge_course(stream);
    if (reading->klass != SQ_CLASS_NONE) {
        return SQ_OK;
    }
    struct whole whole = {.finish = stream->answer.reading.finish,
                          .refused = stream->refused,
                          .has_text = stream->token,
                          .tool_calls = stream->tool_calls,
                          .content = sq_strbuf_text(&stream->content),
                          .length = stream->overlong ? 0 : stream->content.length};
    return judge(&stream->contract, &whole, reading);
}

void sq_stream_clear(struct sq_stream *stream)
{
    if (stream != NULL) {
        sq_strbuf_clear(&stream->content);
        *stream = (struct sq_stream){0};
    }
}
