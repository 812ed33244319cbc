/* SPDX-License-Identifier: MIT */
/* What the bytes of an OpenAI answer, chunk or error say. */
#include <string.h>

#include "base/digest.h"
#include "wire/json_escape.h"
#include "wire/json_find.h"
#include "wire/openai.h"
#include "wire/openai_int.h"

/* Longest error code or type that is read; longer ones are as good as none. */
#define NAME_BYTES_MAX 128

/* What is looked for in a body or a chunk. */
enum {
    ERROR,
    ERROR_CODE,
    ERROR_TYPE,
    CHOICES,
    MESSAGE,
    ROLE,
    CONTENT,
    REFUSAL,
    TOOL_CALLS,
    FINISH,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    WANTED
};

#define SHARED_PATHS                                                                               \
    [ERROR] = {.path = "error"}, [ERROR_CODE] = {.path = "error.code"},                            \
    [ERROR_TYPE] = {.path = "error.type"}, [CHOICES] = {.path = "choices"},                        \
    [FINISH] = {.path = "choices.0.finish_reason"},                                                \
    [INPUT_TOKENS] = {.path = "usage.prompt_tokens"},                                              \
    [OUTPUT_TOKENS] = {.path = "usage.completion_tokens"}

struct name {
    char text[NAME_BYTES_MAX];
    size_t length;
};

/* A code or type: a string, or a number as some gateways send; empty otherwise. */
static struct name name_of(const struct sq_json_wanted *wanted)
{
    struct name name = {.length = 0};
    const struct sq_json_token *token = &wanted->token;
    if (!wanted->found || token->length > sizeof name.text) {
        return name;
    }
    if (token->event == SQ_JSON_TEXT_VALUE) {
        name.length = sq_json_escape_undo(token->text, token->length, name.text);
    } else if (token->event == SQ_JSON_NUMBER_VALUE) {
        memcpy(name.text, token->text, token->length);
        name.length = token->length;
    }
    return name;
}

static void read_error(const struct sq_json_wanted *wanted, struct sq_answer_part *part)
{
    struct name code = name_of(&wanted[ERROR_CODE]);
    struct name type = name_of(&wanted[ERROR_TYPE]);
    part->is_error = true;
    part->envelope = true;
    part->code_key = sq_digest_name(code.text, code.length);
    part->type_key = sq_digest_name(type.text, type.length);
    part->meaning = sq_openai_meaning(code.text, code.length, type.text, type.length);
}

static void read_choice(const struct sq_json_wanted *wanted, struct sq_answer_part *part)
{
    part->role = sq_json_found_value(&wanted[ROLE]);
    part->refused = sq_json_found_value(&wanted[REFUSAL]);
    part->tool_calls = sq_json_found_value(&wanted[TOOL_CALLS]);
    part->has_content = wanted[CONTENT].found && wanted[CONTENT].token.event == SQ_JSON_TEXT_VALUE;
    if (part->has_content) {
        part->content = wanted[CONTENT].token;
    }
    if (wanted[FINISH].found) {
        part->finish = sq_openai_finish_of(&wanted[FINISH].token);
    }
    part->usage.given =
        sq_json_found_value(&wanted[INPUT_TOKENS]) || sq_json_found_value(&wanted[OUTPUT_TOKENS]);
    part->usage.input_tokens = sq_json_found_uint32(&wanted[INPUT_TOKENS]);
    part->usage.output_tokens = sq_json_found_uint32(&wanted[OUTPUT_TOKENS]);
}

static bool is_begin_of(const struct sq_json_wanted *wanted, enum sq_json_event event)
{
    return wanted->found && wanted->token.event == event;
}

void sq_openai_read_answer(const char *body, size_t length, struct sq_answer_part *part)
{
    struct sq_json_wanted wanted[WANTED] = {
        SHARED_PATHS,
        [MESSAGE] = {.path = "choices.0.message"},
        [ROLE] = {.path = "choices.0.message.role"},
        [CONTENT] = {.path = "choices.0.message.content"},
        [REFUSAL] = {.path = "choices.0.message.refusal"},
        [TOOL_CALLS] = {.path = "choices.0.message.tool_calls"},
    };
    *part = (struct sq_answer_part){0};
    if (!sq_json_find(body, length, wanted, WANTED)) {
        return;
    }
    if (sq_json_found_value(&wanted[ERROR])) {
        read_error(wanted, part);
        return;
    }
    part->envelope = is_begin_of(&wanted[CHOICES], SQ_JSON_ARRAY_BEGIN) &&
                     is_begin_of(&wanted[MESSAGE], SQ_JSON_OBJECT_BEGIN);
    read_choice(wanted, part);
}

void sq_openai_read_event(const char *data, size_t length, struct sq_answer_part *part)
{
    struct sq_json_wanted wanted[WANTED] = {
        SHARED_PATHS,
        [MESSAGE] = {.path = "choices.0.delta"},
        [ROLE] = {.path = "choices.0.delta.role"},
        [CONTENT] = {.path = "choices.0.delta.content"},
        [REFUSAL] = {.path = "choices.0.delta.refusal"},
        [TOOL_CALLS] = {.path = "choices.0.delta.tool_calls"},
    };
    *part = (struct sq_answer_part){0};
    if (length == 6 && memcmp(data, "[DONE]", 6) == 0) {
        part->is_done = true;
        part->envelope = true;
        return;
    }
    if (!sq_json_find(data, length, wanted, WANTED)) {
        return;
    }
    if (sq_json_found_value(&wanted[ERROR])) {
        read_error(wanted, part);
        return;
    }
    /* Chunks without choices are the vendor's: usage, or a filter's results. */
    part->envelope = is_begin_of(&wanted[CHOICES], SQ_JSON_ARRAY_BEGIN);
    read_choice(wanted, part);
}
