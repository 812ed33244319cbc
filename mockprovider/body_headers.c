/* SPDX-License-Identifier: MIT */
/*
 * The headers of an answer: the vendor's own, the limits, and the hints that a rule or a quota
 * gives. They follow from script and visit, but for the date and age they take from `now`. No I/O.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/strbuf.h"
#include "mockprovider/body.h"
#include "mockprovider/body_int.h"

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

__attribute__((format(printf, 2, 3))) static void format_value(char *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(out, SQ_BODY_HEADER_BYTES, format, arguments);
    va_end(arguments);
}

static void add_number_header(struct sq_body_headers *headers, const char *name, int64_t number)
{
    char value[SQ_BODY_HEADER_BYTES];
    format_value(value, "%" PRId64, number);
    add_header(headers, name, value);
}

/* What hints are counted from. */
struct hint_basis {
    int64_t epoch_s;
    sq_time now;
    sq_dur refill; /* until the quotas admit such an attempt; SQ_NEVER: never */
};

/* Nothing for what will never be admitted. */
static void add_refill(struct sq_body_headers *headers, sq_dur refill)
{
    if (refill != SQ_NEVER) {
        add_number_header(headers, "retry-after", whole_units(refill, SQ_SECOND));
    }
}

static void add_retry_after(struct sq_body_headers *headers, const struct sq_retry_after *hint,
                            const struct hint_basis *from)
{
    char date[SQ_DATE_HTTP_BYTES];
    switch (hint->kind) {
    case SQ_RETRY_AFTER_NONE:
        return;
    case SQ_RETRY_AFTER_SECONDS:
        if (hint->raw != NULL) {
            add_header(headers, "retry-after", hint->raw);
            return;
        }
        add_number_header(headers, "retry-after", whole_units(hint->span, SQ_SECOND));
        return;
    case SQ_RETRY_AFTER_MILLISECONDS:
        add_number_header(headers, "retry-after-ms", whole_units(hint->span, SQ_MS));
        return;
    case SQ_RETRY_AFTER_DATE:
        sq_date_write_http(date, from->epoch_s + whole_units(from->now + hint->span, SQ_SECOND));
        add_header(headers, "retry-after", date);
        return;
    case SQ_RETRY_AFTER_RAW:
        add_header(headers, "retry-after", hint->raw);
        return;
    case SQ_RETRY_AFTER_REFILL:
        add_refill(headers, from->refill);
        return;
    }
    sq_assert(false && "a hint of no kind");
}

static void add_effect_headers(struct sq_body_headers *headers, const struct sq_effect *effect,
                               const struct hint_basis *from)
{
    for (uint32_t i = 0; i < effect->n_retry_after; i++) {
        add_retry_after(headers, &effect->retry_after[i], from);
    }
    if (effect->should_retry != NULL) {
        add_header(headers, "x-should-retry", effect->should_retry);
    }
    for (uint32_t i = 0; i < effect->n_headers; i++) {
        if (!sq_body_is_content_type(effect->headers[i].name)) {
            add_header(headers, effect->headers[i].name, effect->headers[i].value);
        }
    }
}

static const struct sq_provider_spec *spec_of(const struct sq_script *script,
                                              const struct sq_visit *visit)
{
    return &script->providers[script->models[visit->request.model].provider];
}

static struct sq_rate_window window_of(int64_t limit, const struct sq_limit_left *left)
{
    return (struct sq_rate_window){
        .given = true, .limit = limit, .remaining = left->remaining, .reset = left->reset};
}

static void add_limits(struct sq_answer_headers *common, const struct sq_provider_spec *spec,
                       const struct sq_plan_limits *limits)
{
    const struct sq_limit_left *requests = &limits->requests;
    const struct sq_limit_left *tokens = &limits->tokens;
    if (requests->quota != 0) {
        common->requests =
            window_of(spec->quotas[requests->quota - 1].requests_per_minute, requests);
    }
    if (tokens->quota != 0) {
        common->tokens = window_of(spec->quotas[tokens->quota - 1].tokens_per_minute, tokens);
    }
}

void sq_body_hints(const struct sq_script *script, const struct sq_visit *visit, sq_time now,
                   struct sq_body_headers *headers)
{
    const struct sq_plan_limits *limits = &visit->plan.limits;
    const struct sq_effect *effect = sq_body_effect(script, visit);
    if (limits->refused != SQ_LIMIT_NONE) {
        add_refill(headers, limits->refill);
    } else if (effect != NULL) {
        const struct hint_basis from = {script->epoch_s, now, limits->refill};
        add_effect_headers(headers, effect, &from);
    }
}

enum sq_status sq_body_headers(const struct sq_script *script, const struct sq_visit *visit,
                               sq_time now, struct sq_body_headers *headers)
{
    uint64_t id = sq_body_identity(visit);
    struct sq_answer_headers common = {
        .request_id = {id, sq_digest_mix(id)},
        .processing = now - visit->arrived_at,
    };
    add_limits(&common, spec_of(script, visit), &visit->plan.limits);
    headers->n_headers = 0;
    const struct sq_header_sink sink = {.add = add_header, .context = headers};
    enum sq_status status = sq_body_dialect(script, visit)->write_headers(&common, &sink);
    if (status == SQ_OK) {
        sq_body_hints(script, visit, now, headers);
    }
    return status;
}
