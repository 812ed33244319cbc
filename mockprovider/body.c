/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a plan: texts in the dialect's frames, error bodies, pages. Everything here follows
 * from script and visit alone. Text is built in the caller's buffer; no I/O. The dialect knows the
 * vendor; this file knows the plan.
 */
#include "mockprovider/body.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "mockprovider/answer_text.h"
#include "mockprovider/body_int.h"
#include "mockprovider/quotas_int.h"
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

const struct sq_dialect *sq_body_dialect(const struct sq_script *script,
                                         const struct sq_visit *visit)
{
    return script->providers[model_of(script, visit)->provider].dialect;
}

const struct sq_effect *sq_body_effect(const struct sq_script *script, const struct sq_visit *visit)
{
    uint16_t rule = visit->plan.rule;
    return rule == SQ_PLAN_NO_RULE ? NULL : &script->rules[rule].effect;
}

uint64_t sq_body_identity(const struct sq_visit *visit)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, visit->request.call);
    sq_digest_add(&digest, (uint64_t)visit->request.model << 16 | visit->request.nth);
    sq_digest_add(&digest, visit->plan.body.seed);
    return sq_digest_value(&digest);
}

/* The content fault that struck; NULL: none. */
static const struct sq_rule *content_rule(const struct sq_script *script,
                                          const struct sq_visit *visit)
{
    uint32_t fired = visit->plan.fired[SQ_FAMILY_CONTENT];
    return fired == 0 ? NULL : &script->rules[fired - 1];
}

static struct sq_answer_text text_of(const struct sq_script *script, const struct sq_visit *visit)
{
    struct sq_answer_text text;
    uint8_t contract = visit->request.contract;
    sq_answer_text_init(&text, contract == 0 ? NULL : &script->contracts[contract - 1],
                        content_rule(script, visit));
    return text;
}

uint32_t sq_body_least_tokens(const struct sq_script *script, const struct sq_visit *visit)
{
    struct sq_answer_text text = text_of(script, visit);
    return sq_answer_text_tokens(&text);
}

/* What the content fault says of the whole answer; the text is text_of's. */
static void apply_content(struct sq_answer *answer, enum sq_fault_kind kind)
{
    if (kind == SQ_FAULT_LENGTH) {
        answer->finish = SQ_FINISH_LENGTH;
    } else if (kind == SQ_FAULT_CONTENT_FILTER) {
        answer->finish = SQ_FINISH_CONTENT_FILTER;
    } else if (kind == SQ_FAULT_EMPTY) {
        answer->content = (struct sq_content){.kind = SQ_CONTENT_TEXT, .text = ""};
    } else if (kind == SQ_FAULT_NULL_CONTENT) {
        answer->content = (struct sq_content){.kind = SQ_CONTENT_NULL};
    } else if (kind == SQ_FAULT_REFUSAL) {
        answer->content = (struct sq_content){.kind = SQ_CONTENT_NULL};
        answer->refusal = SQ_ANSWER_REFUSAL;
    }
}

static struct sq_answer answer_of(const struct sq_script *script, const struct sq_visit *visit)
{
    const struct sq_body *body = &visit->plan.body;
    const struct sq_rule *rule = content_rule(script, visit);
    struct sq_answer answer = {
        .id = sq_body_identity(visit),
        .created_s = script->epoch_s + visit->arrived_at / SQ_SECOND,
        .model = model_of(script, visit)->name,
        .content = {.kind = SQ_CONTENT_FILLER, .seed = body->seed, .tokens = body->output_tokens},
        .finish = SQ_FINISH_STOP,
        .input_tokens = body->input_tokens,
        .output_tokens = body->output_tokens,
        .include_usage = visit->plan.stream && visit->request.include_usage,
    };
    if (rule != NULL) {
        apply_content(&answer, rule->kind);
    }
    return answer;
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
    sq_assert(false && "a form of body without a writer");
}

static const struct sq_quota *quota_of(const struct sq_script *script, const struct sq_visit *visit,
                                       const struct sq_limit_left *left)
{
    return &script->providers[model_of(script, visit)->provider].quotas[left->quota - 1];
}

/* The limit that refused, in the vendor's words. */
static void add_quota_refusal(struct sq_strbuf *out, const struct sq_script *script,
                              const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = sq_body_dialect(script, visit);
    const struct sq_plan_limits *limits = &visit->plan.limits;
    bool of_tokens = limits->refused == SQ_LIMIT_TOKENS;
    const struct sq_limit_left *left = of_tokens ? &limits->tokens : &limits->requests;
    const struct sq_quota *quota = quota_of(script, visit, left);
    int64_t limit = of_tokens ? quota->tokens_per_minute : quota->requests_per_minute;
    struct sq_strbuf message = {0};
    struct sq_failure failure = *dialect->failure(visit->plan.status, SQ_MEANING_RATE);
    dialect->write_rate_message(
        &message,
        &(struct sq_rate_refusal){
            .model = model_of(script, visit)->name,
            .of_tokens = of_tokens,
            .limit = limit,
            .used = limit - left->remaining,
            .requested = of_tokens ? sq_quota_tokens_of(script, quota, &visit->request) : 1,
            .retry_in = limits->refill,
        });
    failure.type = dialect->rate_type[of_tokens ? 1 : 0];
    failure.message = sq_strbuf_text(&message);
    dialect->write_error(out, &failure);
    out->failed = out->failed || sq_strbuf_failed(&message);
    sq_strbuf_clear(&message);
}

/* As a gateway shows itself that has lost the way to the model. */
static void add_page(struct sq_strbuf *out)
{
    sq_strbuf_add(out, "<html>\n<head><title>One moment, please</title></head>\n<body>\n"
                       "<center><h1>One moment, please</h1></center>\n"
                       "<p>Your request is being processed.</p>\n</body>\n</html>\n");
}

static void add_answer(struct sq_strbuf *out, const struct sq_script *script,
                       const struct sq_visit *visit)
{
    struct sq_answer answer = answer_of(script, visit);
    struct sq_answer_text text = text_of(script, visit);
    struct sq_strbuf content = {0};
    if (text.n_segments > 0 && !visit->plan.mute) {
        uint32_t tokens = visit->plan.body.output_tokens;
        sq_answer_text_add(&content, &text, visit->plan.body.seed, tokens, 0,
                           (uint64_t)tokens * SQ_TOKEN_BYTES);
        answer.content = (struct sq_content){
            .kind = SQ_CONTENT_TEXT, .text = sq_strbuf_text(&content), .length = content.length};
    }
    sq_body_dialect(script, visit)->write_answer(out, &answer);
    out->failed = out->failed || sq_strbuf_failed(&content);
    sq_strbuf_clear(&content);
}

void sq_body_add_plain(struct sq_strbuf *out, const struct sq_script *script,
                       const struct sq_visit *visit)
{
    switch (visit->plan.body.kind) {
    case SQ_BODY_ANSWER:
        add_answer(out, script, visit);
        return;
    case SQ_BODY_ERROR:
        add_error(out, sq_body_dialect(script, visit), sq_body_effect(script, visit));
        return;
    case SQ_BODY_REFUSAL:
        add_quota_refusal(out, script, visit);
        return;
    case SQ_BODY_PAGE:
        add_page(out);
        return;
    }
    sq_assert(false && "a body of no kind");
}

/* Token k of a text with segments. */
static void add_piece(struct sq_strbuf *out, const struct sq_dialect *dialect,
                      const struct sq_answer *answer, const struct sq_answer_text *text, uint32_t k)
{
    struct sq_strbuf piece = {0};
    uint64_t from = (uint64_t)k * SQ_TOKEN_BYTES;
    sq_answer_text_add(&piece, text, answer->content.seed, answer->output_tokens, from,
                       from + SQ_TOKEN_BYTES);
    dialect->write_stream_piece(out, answer, sq_strbuf_text(&piece), piece.length);
    out->failed = out->failed || sq_strbuf_failed(&piece);
    sq_strbuf_clear(&piece);
}

void sq_body_add_tokens(struct sq_strbuf *out, const struct sq_script *script,
                        const struct sq_visit *visit, uint32_t from, uint32_t to)
{
    const struct sq_dialect *dialect = sq_body_dialect(script, visit);
    struct sq_answer answer = answer_of(script, visit);
    struct sq_answer_text text = text_of(script, visit);
    if (from == 0) {
        dialect->write_stream_begin(out, &answer);
    }
    for (uint32_t k = from; k < to && !visit->plan.mute; k++) {
        if (text.n_segments > 0) {
            add_piece(out, dialect, &answer, &text, k);
            continue;
        }
        char token[SQ_TOKEN_BYTES];
        sq_token_filler(visit->plan.body.seed, k, token);
        dialect->write_stream_piece(out, &answer, token, sizeof token);
    }
}

void sq_body_add_end(struct sq_strbuf *out, const struct sq_script *script,
                     const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = sq_body_dialect(script, visit);
    struct sq_answer answer = answer_of(script, visit);
    dialect->write_stream_finish(out, &answer);
    dialect->write_stream_usage(out, &answer);
    dialect->write_stream_end(out);
}

bool sq_body_is_content_type(const char *name)
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
        if (sq_body_is_content_type(effect->headers[i].name)) {
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
    sq_assert(false && "a form of body without a content type");
    return NULL;
}

const char *sq_body_content_type(const struct sq_script *script, const struct sq_visit *visit)
{
    const struct sq_dialect *dialect = sq_body_dialect(script, visit);
    switch (visit->plan.body.kind) {
    case SQ_BODY_ANSWER:
        return visit->plan.stream ? dialect->stream_content_type : dialect->plain_content_type;
    case SQ_BODY_ERROR:
        return error_content_type(dialect, sq_body_effect(script, visit));
    case SQ_BODY_REFUSAL:
        return dialect->error_content_type;
    case SQ_BODY_PAGE:
        return "text/html; charset=utf-8";
    }
    sq_assert(false && "a body of no kind");
    return NULL;
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
