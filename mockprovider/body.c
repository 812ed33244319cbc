/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a plan: filler text in the dialect's frames, error bodies, headers. Everything here
 * follows from script and visit alone, but for the date and age a header takes from `now`. Text is
 * built in the caller's buffer; no I/O. The dialect knows the vendor; this file knows the plan.
 */
#include "mockprovider/body.h"

#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/digest.h"
#include "wire/token.h"

/* Reasons of RFC 9110 and of the gateways that answer with HTML. */
struct reason {
    uint16_t status;
    const char *text;
};

static const struct reason reasons[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {520, "Web server is returning an unknown error"},
    {524, "A timeout occurred"},
    {529, "Site is overloaded"},
};

static const char *reason_of(uint16_t status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].text;
        }
    }
    return status < 400 ? "OK" : "Error";
}

static const struct sq_model *model_of(const struct sq_script *script, const struct sq_visit *visit)
{
    return &script->models[visit->request.model];
}

static const struct sq_dialect *dialect_of(const struct sq_script *script,
                                           const struct sq_visit *visit)
{
    return script->providers[model_of(script, visit)->provider].dialect;
}

/* The effect that shapes status, headers and body; NULL: none. */
static const struct sq_effect *effect_of(const struct sq_script *script,
                                         const struct sq_visit *visit)
{
    uint16_t rule = visit->plan.rule;
    return rule == SQ_PLAN_NO_RULE ? NULL : &script->rules[rule].effect;
}

/* Different for every attempt of a run, the same whenever the run is repeated. */
static uint64_t identity_of(const struct sq_visit *visit)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, visit->request.call);
    sq_digest_add(&digest, (uint64_t)visit->request.model << 16 | visit->request.nth);
    sq_digest_add(&digest, visit->plan.body.seed);
    return sq_digest_value(&digest);
}

static struct sq_answer answer_of(const struct sq_script *script, const struct sq_visit *visit)
{
    const struct sq_body *body = &visit->plan.body;
    return (struct sq_answer){
        .id = identity_of(visit),
        .created_s = script->epoch_s + visit->arrived_at / SQ_SECOND,
        .model = model_of(script, visit)->name,
        .content = {.kind = SQ_CONTENT_FILLER, .seed = body->seed, .tokens = body->output_tokens},
        .finish = SQ_FINISH_STOP,
        .input_tokens = body->input_tokens,
        .output_tokens = body->output_tokens,
        .include_usage = visit->plan.stream && visit->request.include_usage,
    };
}

static bool same_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return false;
    }
    size_t length = strlen(a);
    return length == strlen(b) && memcmp(a, b, length) == 0;
}

/* The vendor's own error that has the code or type the rule asks for, so that the rest of the body
 * fits it; else the vendor's error for the status. */
static const struct sq_failure *vendor_failure(const struct sq_dialect *dialect,
                                               const struct sq_effect *effect)
{
    for (enum sq_meaning meaning = SQ_MEANING_RATE; meaning < SQ_MEANINGS; meaning++) {
        const struct sq_failure *failure = dialect->failure(effect->status, meaning);
        if (same_text(effect->error_code, failure->code) ||
            (effect->error_code == NULL && same_text(effect->error_type, failure->type))) {
            return failure;
        }
    }
    return dialect->failure(effect->status, SQ_MEANING_NONE);
}

static void add_json_error(struct sq_strbuf *out, const struct sq_dialect *dialect,
                           const struct sq_effect *effect)
{
    struct sq_failure failure = *vendor_failure(dialect, effect);
    failure.status = effect->status;
    if (effect->error_code != NULL) {
        failure.code = effect->error_code;
    }
    if (effect->error_type != NULL) {
        failure.type = effect->error_type;
    }
    if (effect->message != NULL) {
        failure.message = effect->message;
    }
    dialect->write_error(out, &failure);
}

static void add_escaped(struct sq_strbuf *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            sq_strbuf_add(out, "&amp;");
            break;
        case '<':
            sq_strbuf_add(out, "&lt;");
            break;
        case '>':
            sq_strbuf_add(out, "&gt;");
            break;
        default:
            sq_strbuf_add_char(out, *at);
            break;
        }
    }
}

/* As reverse proxies show their own errors. */
static void add_html_error(struct sq_strbuf *out, const struct sq_effect *effect)
{
    const char *reason = reason_of(effect->status);
    sq_strbuf_add_format(out,
                         "<html>\n<head><title>%u %s</title></head>\n<body>\n"
                         "<center><h1>%u %s</h1></center>\n",
                         effect->status, reason, effect->status, reason);
    if (effect->message != NULL) {
        sq_strbuf_add(out, "<p>");
        add_escaped(out, effect->message);
        sq_strbuf_add(out, "</p>\n");
    }
    sq_strbuf_add(out, "</body>\n</html>\n");
}

static void add_text_error(struct sq_strbuf *out, const struct sq_effect *effect)
{
    sq_strbuf_add(out, effect->message != NULL ? effect->message : reason_of(effect->status));
}

static void add_error(struct sq_strbuf *out, const struct sq_dialect *dialect,
                      const struct sq_effect *effect)
{
    switch (effect->body_form) {
    case SQ_BODY_JSON:
        add_json_error(out, dialect, effect);
        return;
    case SQ_BODY_HTML:
        add_html_error(out, effect);
        return;
    case SQ_BODY_TEXT:
        add_text_error(out, effect);
        return;
    }
    sq_assert(!"a form of body without a writer");
}

void sq_body_add_plain(struct sq_strbuf *out, const struct sq_script *script,
                       const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = dialect_of(script, visit);
    if (visit->plan.body.kind == SQ_BODY_ERROR) {
        add_error(out, dialect, effect_of(script, visit));
        return;
    }
    struct sq_answer answer = answer_of(script, visit);
    dialect->write_answer(out, &answer);
}

void sq_body_add_tokens(struct sq_strbuf *out, const struct sq_script *script,
                        const struct sq_visit *visit, uint32_t from, uint32_t to)
{
    const struct sq_dialect *dialect = dialect_of(script, visit);
    struct sq_answer answer = answer_of(script, visit);
    if (from == 0) {
        dialect->write_stream_begin(out, &answer);
    }
    for (uint32_t k = from; k < to; k++) {
        char token[SQ_TOKEN_BYTES];
        sq_token_filler(visit->plan.body.seed, k, token);
        dialect->write_stream_piece(out, &answer, token, sizeof token);
    }
}

void sq_body_add_end(struct sq_strbuf *out, const struct sq_script *script,
                     const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = dialect_of(script, visit);
    struct sq_answer answer = answer_of(script, visit);
    dialect->write_stream_finish(out, &answer);
    dialect->write_stream_usage(out, &answer);
    dialect->write_stream_end(out);
}

static bool is_content_type(const char *name)
{
    static const char wanted[] = "content-type";
    for (size_t i = 0; i < sizeof wanted; i++) {
        char lower = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
        if (lower != wanted[i]) {
            return false;
        }
    }
    return true;
}

static const char *error_content_type(const struct sq_dialect *dialect,
                                      const struct sq_effect *effect)
{
    for (uint32_t i = 0; i < effect->n_headers; i++) {
        if (is_content_type(effect->headers[i].name)) {
            return effect->headers[i].value;
        }
    }
    switch (effect->body_form) {
    case SQ_BODY_JSON:
        return dialect->error_content_type;
    case SQ_BODY_HTML:
        return "text/html; charset=utf-8";
    case SQ_BODY_TEXT:
        return "text/plain; charset=utf-8";
    }
    sq_assert(!"a form of body without a content type");
    return NULL;
}

const char *sq_body_content_type(const struct sq_script *script, const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = dialect_of(script, visit);
    if (visit->plan.body.kind == SQ_BODY_ERROR) {
        return error_content_type(dialect, effect_of(script, visit));
    }
    return visit->plan.stream ? dialect->stream_content_type : dialect->plain_content_type;
}

static void copy_cut(char place[SQ_BODY_HEADER_BYTES], const char *text)
{
    size_t length = strlen(text);
    if (length >= SQ_BODY_HEADER_BYTES) {
        length = SQ_BODY_HEADER_BYTES - 1;
    }
    memcpy(place, text, length);
    place[length] = '\0';
}

static void add_header(void *context, const char *name, const char *value)
{
    struct sq_body_headers *headers = context;
    sq_assert(headers->n_headers < SQ_BODY_HEADERS_MAX);
    copy_cut(headers->name[headers->n_headers], name);
    copy_cut(headers->value[headers->n_headers], value);
    headers->n_headers++;
}

static int64_t whole_units(sq_dur span, sq_dur unit)
{
    int64_t whole = span / unit;
    return whole + (span % unit > 0 ? 1 : 0);
}

static enum sq_status add_number_header(struct sq_body_headers *headers, const char *name,
                                        int64_t number)
{
    struct sq_strbuf value = {0};
    sq_strbuf_add_format(&value, "%" PRId64, number);
    enum sq_status status = sq_strbuf_failed(&value) ? SQ_NO_MEMORY : SQ_OK;
    if (status == SQ_OK) {
        add_header(headers, name, sq_strbuf_text(&value));
    }
    sq_strbuf_clear(&value);
    return status;
}

static enum sq_status add_retry_after(struct sq_body_headers *headers,
                                      const struct sq_retry_after *hint, int64_t epoch_s,
                                      sq_time now)
{
    char date[SQ_DATE_HTTP_BYTES];
    switch (hint->kind) {
    case SQ_RETRY_AFTER_NONE:
        return SQ_OK;
    case SQ_RETRY_AFTER_SECONDS:
        if (hint->raw != NULL) {
            add_header(headers, "retry-after", hint->raw);
            return SQ_OK;
        }
        return add_number_header(headers, "retry-after", whole_units(hint->span, SQ_SECOND));
    case SQ_RETRY_AFTER_MILLISECONDS:
        return add_number_header(headers, "retry-after-ms", whole_units(hint->span, SQ_MS));
    case SQ_RETRY_AFTER_DATE:
        sq_date_write_http(date, epoch_s + whole_units(now + hint->span, SQ_SECOND));
        add_header(headers, "retry-after", date);
        return SQ_OK;
    case SQ_RETRY_AFTER_RAW:
        add_header(headers, "retry-after", hint->raw);
        return SQ_OK;
    }
    sq_assert(!"a hint of no kind");
    return SQ_OK;
}

static enum sq_status add_effect_headers(struct sq_body_headers *headers,
                                         const struct sq_effect *effect, int64_t epoch_s,
                                         sq_time now)
{
    for (uint32_t i = 0; i < effect->n_retry_after; i++) {
        if (add_retry_after(headers, &effect->retry_after[i], epoch_s, now) != SQ_OK) {
            return SQ_NO_MEMORY;
        }
    }
    if (effect->should_retry != NULL) {
        add_header(headers, "x-should-retry", effect->should_retry);
    }
    for (uint32_t i = 0; i < effect->n_headers; i++) {
        if (!is_content_type(effect->headers[i].name)) {
            add_header(headers, effect->headers[i].name, effect->headers[i].value);
        }
    }
    return SQ_OK;
}

enum sq_status sq_body_headers(const struct sq_script *script, const struct sq_visit *visit,
                               sq_time now, struct sq_body_headers *headers)
{
    uint64_t id = identity_of(visit);
    const struct sq_answer_headers common = {
        .request_id = {id, sq_digest_mix(id)},
        .processing = now - visit->arrived_at,
    };
    headers->n_headers = 0;
    const struct sq_header_sink sink = {.add = add_header, .context = headers};
    enum sq_status status = dialect_of(script, visit)->write_headers(&common, &sink);
    const struct sq_effect *effect = effect_of(script, visit);
    if (status != SQ_OK || effect == NULL) {
        return status;
    }
    return add_effect_headers(headers, effect, script->epoch_s, now);
}

/* Each step of a body into an emptied buffer; returns its bytes. */
static uint32_t measured(struct sq_strbuf *out)
{
    uint32_t length = (uint32_t)out->length;
    sq_strbuf_reset(out);
    return length;
}

/* The totals of a measured body: 0 + 1 = 1, so three numbers of one digit. */
#define MEASURED_DIGITS 3

enum sq_status sq_body_measure(const struct sq_script *script, uint16_t model,
                               struct sq_body_sizes *sizes)
{
    struct sq_strbuf out = {0};
    struct sq_visit visit = {.request = {.model = model},
                             .plan = {.rule = SQ_PLAN_NO_RULE, .body = {.output_tokens = 1}}};
    bool failed = false;
    for (int usage = 0; usage <= 1; usage++) {
        visit.plan.stream = true;
        visit.request.include_usage = usage == 1;
        sq_body_add_tokens(&out, script, &visit, 0, 0);
        failed = failed || sq_strbuf_failed(&out);
        sizes->stream_first_bytes[usage] = measured(&out);
        sq_body_add_tokens(&out, script, &visit, 1, 2);
        failed = failed || sq_strbuf_failed(&out);
        sizes->stream_token_bytes[usage] = measured(&out);
        sq_body_add_end(&out, script, &visit);
        failed = failed || sq_strbuf_failed(&out);
        sizes->stream_end_bytes[usage] = measured(&out) - (usage == 1 ? MEASURED_DIGITS : 0);
    }
    visit.plan.stream = false;
    sq_body_add_plain(&out, script, &visit);
    failed = failed || sq_strbuf_failed(&out);
    sizes->plain_fixed_bytes = measured(&out) - SQ_TOKEN_BYTES - MEASURED_DIGITS;
    sq_strbuf_clear(&out);
    return failed ? SQ_NO_MEMORY : SQ_OK;
}
