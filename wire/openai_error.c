/* SPDX-License-Identifier: MIT */
/*
 * OpenAI errors. Types and codes as the vendor's error guide and its SDKs' fixtures have them; the
 * sentences are ours. slow_down, server_is_overloaded and the billing codes are attested by third
 * parties only.
 */
#include <inttypes.h>
#include <string.h>

#include "base/json_write.h"
#include "wire/openai.h"

/* Looked up by status and meaning, else by meaning, else by status: the first match counts. */
static const struct sq_failure failures[] = {
    {400, SQ_MEANING_NONE, "invalid_request_error", NULL, NULL,
     "The request was refused: a parameter is missing or wrong."},
    {400, SQ_MEANING_CONTEXT_LENGTH, "invalid_request_error", "context_length_exceeded", "messages",
     "The messages are longer than the context window of this model."},
    {400, SQ_MEANING_CONTENT_FILTER, "invalid_request_error", "content_filter", "messages",
     "The messages were blocked by the content filter."},
    {401, SQ_MEANING_AUTH, "invalid_request_error", "invalid_api_key", NULL,
     "The API key is not valid."},
    {403, SQ_MEANING_AUTH, "invalid_request_error", NULL, NULL,
     "The API key has no access from this place or to this project."},
    {404, SQ_MEANING_NOT_FOUND, "invalid_request_error", "model_not_found", "model",
     "The model does not exist or this key has no access to it."},
    {429, SQ_MEANING_RATE, "requests", "rate_limit_exceeded", NULL,
     "Rate limit reached. Please try again later."},
    {429, SQ_MEANING_SLOW_DOWN, "rate_limit_error", "slow_down", NULL,
     "The rate of requests grew too fast. Go back to the former rate, then raise it gradually."},
    {429, SQ_MEANING_QUOTA, "insufficient_quota", "insufficient_quota", NULL,
     "The quota is used up. Please check the plan and the billing details."},
    {500, SQ_MEANING_SERVER_ERROR, "server_error", NULL, NULL,
     "The server had an error while it processed the request."},
    {503, SQ_MEANING_SERVER_ERROR, "server_error", NULL, NULL,
     "The service is not available for the moment."},
    {503, SQ_MEANING_SLOW_DOWN, "rate_limit_error", "slow_down", NULL,
     "The rate of requests grew too fast. Go back to the former rate, then raise it gradually."},
    {503, SQ_MEANING_OVERLOADED, "service_unavailable_error", "server_is_overloaded", NULL,
     "The model is overloaded. Please try again later."},
};

#define N_FAILURES (sizeof failures / sizeof failures[0])

struct word {
    const char *name;
    enum sq_meaning meaning;
};

/* Of error.code. */
static const struct word codes[] = {
    {"rate_limit_exceeded", SQ_MEANING_RATE},
    {"slow_down", SQ_MEANING_SLOW_DOWN},
    {"server_is_overloaded", SQ_MEANING_OVERLOADED},
    {"insufficient_quota", SQ_MEANING_QUOTA},
    {"credit_balance_exhausted", SQ_MEANING_QUOTA},
    {"organization_spend_limit_exceeded", SQ_MEANING_QUOTA},
    {"project_spend_limit_exceeded", SQ_MEANING_QUOTA},
    {"organization_usage_limit_exceeded", SQ_MEANING_QUOTA},
    {"billing_hard_limit_reached", SQ_MEANING_QUOTA},
    {"server_error", SQ_MEANING_SERVER_ERROR},
    {"context_length_exceeded", SQ_MEANING_CONTEXT_LENGTH},
    {"content_filter", SQ_MEANING_CONTENT_FILTER},
    {"content_policy_violation", SQ_MEANING_CONTENT_FILTER},
    {"invalid_api_key", SQ_MEANING_AUTH},
    {"model_not_found", SQ_MEANING_NOT_FOUND},
};

/* Of error.type, when the code says nothing. invalid_request_error alone means nothing. */
static const struct word types[] = {
    {"requests", SQ_MEANING_RATE},
    {"tokens", SQ_MEANING_RATE},
    {"rate_limit_error", SQ_MEANING_RATE},
    {"insufficient_quota", SQ_MEANING_QUOTA},
    {"service_unavailable_error", SQ_MEANING_OVERLOADED},
    {"server_error", SQ_MEANING_SERVER_ERROR},
    {"authentication_error", SQ_MEANING_AUTH},
    {"not_found_error", SQ_MEANING_NOT_FOUND},
};

static enum sq_meaning meaning_in(const struct word *words, size_t n_words, const char *name,
                                  size_t length)
{
    for (size_t i = 0; i < n_words; i++) {
        if (strlen(words[i].name) == length && memcmp(words[i].name, name, length) == 0) {
            return words[i].meaning;
        }
    }
    return SQ_MEANING_NONE;
}

enum sq_meaning sq_openai_meaning(const char *code, size_t code_length, const char *type,
                                  size_t type_length)
{
    enum sq_meaning meaning = meaning_in(codes, sizeof codes / sizeof codes[0], code, code_length);
    if (meaning != SQ_MEANING_NONE) {
        return meaning;
    }
    return meaning_in(types, sizeof types / sizeof types[0], type, type_length);
}

/* The first row that fits; status 0 fits all. */
static const struct sq_failure *find_failure(int status, enum sq_meaning meaning, bool any_meaning)
{
    for (size_t i = 0; i < N_FAILURES; i++) {
        bool same_status = status == 0 || failures[i].status == status;
        if (same_status && (any_meaning || failures[i].meaning == meaning)) {
            return &failures[i];
        }
    }
    return NULL;
}

const struct sq_failure *sq_openai_failure(int status, enum sq_meaning meaning)
{
    const struct sq_failure *row = find_failure(status, meaning, false);
    if (row == NULL && meaning != SQ_MEANING_NONE) {
        row = find_failure(0, meaning, false);
    }
    if (row == NULL) {
        row = find_failure(status, meaning, true);
    }
    if (row == NULL) {
        enum sq_meaning general = status >= 500 ? SQ_MEANING_SERVER_ERROR : SQ_MEANING_NONE;
        row = find_failure(0, general, false);
    }
    return row;
}

void sq_openai_write_error(struct sq_strbuf *out, const struct sq_failure *failure)
{
    struct sq_json_writer json = {.out = out, .compact = true};
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "error");
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "message");
    sq_json_write_text(&json, failure->message);
    sq_json_write_key(&json, "type");
    sq_json_write_text(&json, failure->type);
    sq_json_write_key(&json, "param");
    sq_json_write_text(&json, failure->param);
    sq_json_write_key(&json, "code");
    sq_json_write_text(&json, failure->code);
    sq_json_write_object_end(&json);
    sq_json_write_object_end(&json);
}

void sq_openai_write_error_event(struct sq_strbuf *out, const struct sq_failure *failure)
{
    sq_strbuf_add(out, "data: ");
    sq_openai_write_error(out, failure);
    sq_strbuf_add(out, "\n\n");
}

void sq_openai_write_rate_message(struct sq_strbuf *out, const struct sq_rate_refusal *refusal)
{
    const char *unit = refusal->of_tokens ? "tokens per min (TPM)" : "requests per min (RPM)";
    if (refusal->retry_in == SQ_NEVER) {
        sq_strbuf_add_format(out,
                             "Request too large for %s on %s: Limit %" PRId64 ", Requested %" PRId64
                             ". It will never fit; please send less.",
                             refusal->model, unit, refusal->limit, refusal->requested);
        return;
    }
    sq_strbuf_add_format(out,
                         "Rate limit reached for %s on %s: Limit %" PRId64 ", Used %" PRId64
                         ", Requested %" PRId64 ". Please try again in ",
                         refusal->model, unit, refusal->limit, refusal->used, refusal->requested);
    sq_openai_add_duration(out, refusal->retry_in);
    sq_strbuf_add_char(out, '.');
}
