/* SPDX-License-Identifier: MIT */
/* OpenAI request bodies: written for the client, read for the provider. */
#include <string.h>

#include "base/json_write.h"
#include "wire/json_escape.h"
#include "wire/json_find.h"
#include "wire/json_number.h"
#include "wire/openai.h"
#include "wire/openai_int.h"
#include "wire/token.h"

/* Writing */

static void write_messages(struct sq_json_writer *json, const struct sq_content *prompt)
{
    sq_json_write_key(json, "messages");
    sq_json_write_array_begin(json);
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "role");
    sq_json_write_text(json, "user");
    sq_json_write_key(json, "content");
    sq_openai_write_content(json, prompt);
    sq_json_write_object_end(json);
    sq_json_write_array_end(json);
}

void sq_openai_write_request(struct sq_strbuf *out, const struct sq_request_body *request)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "model");
    sq_json_write_text(&json, request->model);
    write_messages(&json, &request->prompt);
    if (request->user != NULL) {
        sq_json_write_key(&json, "user");
        sq_json_write_text(&json, request->user);
    }
    if (request->max_tokens > 0) {
        sq_json_write_key(&json, "max_tokens");
        sq_json_write_uint(&json, request->max_tokens);
    }
    sq_json_write_key(&json, "stream");
    sq_json_write_bool(&json, request->stream);
    if (request->stream && request->include_usage) {
        sq_json_write_key(&json, "stream_options");
        sq_json_write_object_begin(&json);
        sq_json_write_key(&json, "include_usage");
        sq_json_write_bool(&json, true);
        sq_json_write_object_end(&json);
    }
    sq_json_write_object_end(&json);
}

/* Reading */

enum {
    MODEL,
    MESSAGES,
    STREAM,
    INCLUDE_USAGE,
    MAX_TOKENS,
    MAX_COMPLETION_TOKENS,
    SAFETY_IDENTIFIER,
    USER,
    WANTED
};

/* Refuses the request; the parameter goes to the error's path, for the "param" of the body. */
static enum sq_status refuse(struct sq_error *err, const char *param, const char *what)
{
    sq_error_set(err, SQ_INVALID, "parameter '%s' %s", param, what);
    if (err != NULL) {
        memcpy(err->path, param, strlen(param) + 1);
    }
    return SQ_INVALID;
}

static enum sq_status refuse_body(const char *body, size_t length, struct sq_error *err)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, body, length, false);
    while (sq_json_scan_next(&scan, &token)) {
    }
    return sq_json_scan_error(&scan, NULL, err);
}

static enum sq_status read_model(const struct sq_json_wanted *wanted,
                                 struct sq_request_reading *request, struct sq_error *err)
{
    const struct sq_json_token *token = &wanted->token;
    if (!wanted->found) {
        return refuse(err, wanted->path, "is missing");
    }
    if (token->event != SQ_JSON_TEXT_VALUE || token->length == 0) {
        return refuse(err, wanted->path, "must be a string with at least one character");
    }
    if (token->length >= sizeof request->model) {
        return refuse(err, wanted->path, "must be shorter than 128 bytes");
    }
    size_t length = sq_json_escape_undo(token->text, token->length, request->model);
    request->model[length] = '\0';
    return SQ_OK;
}

/* null and absence leave the name as it is. */
static enum sq_status read_user(const struct sq_json_wanted *wanted,
                                struct sq_request_reading *request, struct sq_error *err)
{
    const struct sq_json_token *token = &wanted->token;
    if (!sq_json_found_value(wanted)) {
        return SQ_OK;
    }
    if (token->event != SQ_JSON_TEXT_VALUE) {
        return refuse(err, wanted->path, "must be a string");
    }
    if (token->length >= sizeof request->user) {
        return refuse(err, wanted->path, "must be shorter than 513 bytes");
    }
    size_t length = sq_json_escape_undo(token->text, token->length, request->user);
    request->user[length] = '\0';
    return SQ_OK;
}

/* null and absence are false, as the vendor has it. */
static enum sq_status read_flag(const struct sq_json_wanted *wanted, bool *flag,
                                struct sq_error *err)
{
    *flag = wanted->found && wanted->token.event == SQ_JSON_TRUE_VALUE;
    if (sq_json_found_value(wanted) && !*flag && wanted->token.event != SQ_JSON_FALSE_VALUE) {
        return refuse(err, wanted->path, "must be true or false");
    }
    return SQ_OK;
}

static enum sq_status read_limit(const struct sq_json_wanted *wanted, uint32_t *limit,
                                 struct sq_error *err)
{
    if (!sq_json_found_value(wanted)) {
        return SQ_OK;
    }
    *limit = sq_json_found_uint32(wanted);
    return *limit > 0 ? SQ_OK : refuse(err, wanted->path, "must be a whole number of 1 or more");
}

/* Bytes of text in the messages, an array that begins at token: "content" of a message (depth 2),
 * or "text" of a part in it (depth 4). */
static size_t count_text(const char *body, size_t length, const struct sq_json_token *messages)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    size_t text_bytes = 0;
    bool in_content = false;
    bool counts = false;
    sq_json_scan_init(&scan, messages->text, length - (size_t)(messages->text - body), false);
    while (sq_json_scan_next(&scan, &token) && scan.depth > 0) {
        if (token.event == SQ_JSON_MEMBER_KEY && scan.depth == 2) {
            in_content = sq_json_escape_means(token.text, token.length, "content", 7);
            counts = in_content;
        } else if (token.event == SQ_JSON_MEMBER_KEY) {
            counts = in_content && scan.depth == 4 &&
                     sq_json_escape_means(token.text, token.length, "text", 4);
        } else if (token.event == SQ_JSON_TEXT_VALUE && counts) {
            text_bytes += sq_json_escape_undo(token.text, token.length, NULL);
            counts = false;
        } else {
            counts = false;
        }
    }
    return text_bytes;
}

static enum sq_status read_options(const struct sq_json_wanted *wanted,
                                   struct sq_request_reading *request, struct sq_error *err)
{
    enum sq_status status = read_flag(&wanted[STREAM], &request->stream, err);
    if (status == SQ_OK) {
        status = read_flag(&wanted[INCLUDE_USAGE], &request->include_usage, err);
    }
    if (status == SQ_OK) {
        status = read_limit(&wanted[MAX_TOKENS], &request->max_tokens, err);
    }
    if (status == SQ_OK) {
        status = read_limit(&wanted[MAX_COMPLETION_TOKENS], &request->max_tokens, err);
    }
    /* The newer name of the same thing; `user` wins. */
    if (status == SQ_OK) {
        status = read_user(&wanted[SAFETY_IDENTIFIER], request, err);
    }
    if (status == SQ_OK) {
        status = read_user(&wanted[USER], request, err);
    }
    return status;
}

enum sq_status sq_openai_read_request(const char *body, size_t length,
                                      struct sq_request_reading *request, struct sq_error *err)
{
    struct sq_json_wanted wanted[WANTED] = {
        [MODEL] = {.path = "model"},
        [MESSAGES] = {.path = "messages"},
        [STREAM] = {.path = "stream"},
        [INCLUDE_USAGE] = {.path = "stream_options.include_usage"},
        [MAX_TOKENS] = {.path = "max_tokens"},
        [MAX_COMPLETION_TOKENS] = {.path = "max_completion_tokens"},
        [SAFETY_IDENTIFIER] = {.path = "safety_identifier"},
        [USER] = {.path = "user"},
    };
    *request = (struct sq_request_reading){0};
    if (!sq_json_find(body, length, wanted, WANTED)) {
        return refuse_body(body, length, err);
    }
    enum sq_status status = read_model(&wanted[MODEL], request, err);
    if (status != SQ_OK) {
        return status;
    }
    if (!wanted[MESSAGES].found) {
        return refuse(err, "messages", "is missing");
    }
    if (wanted[MESSAGES].token.event != SQ_JSON_ARRAY_BEGIN) {
        return refuse(err, "messages", "must be an array");
    }
    request->input_tokens = sq_token_count(count_text(body, length, &wanted[MESSAGES].token));
    return read_options(wanted, request, err);
}
