/* SPDX-License-Identifier: MIT */
/* See own_request.h. The table is direct mapped. */
#include "sim/request/own_request.h"

#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/spelling.h"
#include "mockprovider/request/clauses.h"
#include "sim/workload.h"

#define PROMPT_SEED 1 /* of the filler text; nobody reads it */
#define LINE_BYTES  (SQ_IDENTITY_NAME_BYTES + sizeof(SQ_IDENTITY_SCHEME))

/* What the clauses can tell apart. */
struct asked {
    struct sq_identity whose;
    uint32_t prompt;
    uint32_t input_tokens;
    uint16_t model;
    bool stream;
};

struct place {
    struct asked asked;
    uint32_t holds;
    bool used;
};

struct sq_own_requests {
    const struct sq_scenario *scenario;
    struct asked looks_at; /* not 0: some clause does; of whose and the question only */
    uint64_t n_rendered;
    struct sq_strbuf body; /* of the one rendered last */
    struct place places[SQ_OWN_REQUESTS_MAX];
};

/* ---- the body ---- */

/* The text of the question where it is known, else filler of its length. */
static struct sq_content prompt_of(const struct sq_scenario *scenario,
                                   const struct sq_attempt *attempt)
{
    const struct sq_prompt *asked = sq_workload_prompt(&scenario->workload, attempt->prompt);
    if (asked == NULL) {
        return (struct sq_content){
            .kind = SQ_CONTENT_FILLER, .seed = PROMPT_SEED, .tokens = attempt->input_tokens};
    }
    return (struct sq_content){
        .kind = SQ_CONTENT_TEXT, .text = asked->text, .length = asked->length};
}

void sq_own_request_body(struct sq_strbuf *out, const struct sq_scenario *scenario,
                         const struct sq_attempt *attempt, bool foreign)
{
    const struct sq_model *model = &scenario->script.models[attempt->model];
    char tenant[SQ_IDENTITY_NAME_BYTES];
    struct sq_request_body body = {
        .model = model->name,
        .prompt = prompt_of(scenario, attempt),
        .stream = attempt->stream,
        .include_usage = attempt->stream,
        .max_tokens = foreign ? attempt->output_tokens : 0,
    };
    if (attempt->whose.tenant != 0 && !foreign) {
        sq_identity_name(SQ_IDENTITY_TENANT, attempt->whose.tenant, tenant);
        body.user = tenant;
    }
    scenario->script.providers[model->provider].dialect->write_request(out, &body);
}

/* ---- the headers ---- */

struct headers {
    char authorization[LINE_BYTES]; /* "": none */
    char session[SQ_IDENTITY_NAME_BYTES];
};

static bool is_named(const char *name, const char *wanted)
{
    return sq_spelling_distance(name, strlen(name), wanted, strlen(wanted)) == 0;
}

static const char *header_of(void *context, const char *name)
{
    const struct headers *headers = context;
    if (is_named(name, "content-type")) {
        return SQ_OWN_REQUEST_CONTENT_TYPE;
    }
    if (is_named(name, "accept")) {
        return SQ_OWN_REQUEST_ACCEPT;
    }
    if (is_named(name, SQ_IDENTITY_KEY_HEADER) && headers->authorization[0] != '\0') {
        return headers->authorization;
    }
    if (is_named(name, SQ_IDENTITY_SESSION_HEADER) && headers->session[0] != '\0') {
        return headers->session;
    }
    return NULL;
}

static void fill_headers(struct headers *headers, const struct sq_identity *whose)
{
    *headers = (struct headers){0};
    if (whose->key != 0) {
        memcpy(headers->authorization, SQ_IDENTITY_SCHEME, sizeof(SQ_IDENTITY_SCHEME));
        sq_identity_name(SQ_IDENTITY_KEY, whose->key,
                         headers->authorization + sizeof(SQ_IDENTITY_SCHEME) - 1);
    }
    if (whose->session != 0) {
        sq_identity_name(SQ_IDENTITY_SESSION, whose->session, headers->session);
    }
}

/* ---- which clauses hold ---- */

static bool begins_with_part(const char *pointer, const char *part)
{
    size_t length = strlen(part);
    return pointer[0] == '/' && strncmp(pointer + 1, part, length) == 0 &&
           (pointer[1 + length] == '\0' || pointer[1 + length] == '/');
}

/* What a value of the body may depend on, beside model and stream; all of it where the dialects
 * might differ. */
static void look_at_value(struct asked *looks_at, const char *pointer)
{
    bool fixed = begins_with_part(pointer, "model") || begins_with_part(pointer, "stream") ||
                 begins_with_part(pointer, "stream_options");
    bool tenant_only = begins_with_part(pointer, "user");
    looks_at->whose.tenant |= fixed ? 0 : 1;
    looks_at->input_tokens |= fixed || tenant_only ? 0 : 1;
}

static void look_at_header(struct asked *looks_at, const char *name)
{
    looks_at->whose.key |= is_named(name, SQ_IDENTITY_KEY_HEADER) ? 1 : 0;
    looks_at->whose.session |= is_named(name, SQ_IDENTITY_SESSION_HEADER) ? 1 : 0;
}

struct sq_own_requests *sq_own_requests_new(const struct sq_scenario *scenario)
{
    struct sq_own_requests *requests = sq_memory_new(1, sizeof(*requests));
    const struct sq_script *script = &scenario->script;
    if (requests == NULL) {
        return NULL;
    }
    requests->scenario = scenario;
    for (uint32_t i = 0; i < script->n_clauses; i++) {
        const struct sq_clause *clause = &script->clauses[i];
        if (clause->of == SQ_CLAUSE_HEADER) {
            look_at_header(&requests->looks_at, clause->where);
        } else {
            look_at_value(&requests->looks_at, clause->where);
        }
    }
    return requests;
}

void sq_own_requests_free(struct sq_own_requests *requests)
{
    if (requests != NULL) {
        sq_strbuf_clear(&requests->body);
        sq_memory_free(requests);
    }
}

uint64_t sq_own_requests_rendered(const struct sq_own_requests *requests)
{
    return requests->n_rendered;
}

/* What nobody looks at is the same for all. */
static struct asked distinct_part(const struct sq_own_requests *requests,
                                  const struct sq_attempt *attempt)
{
    const struct asked *looks_at = &requests->looks_at;
    bool known = sq_workload_prompt(&requests->scenario->workload, attempt->prompt) != NULL;
    bool question = looks_at->input_tokens != 0;
    struct asked asked = {.model = attempt->model, .stream = attempt->stream};
    asked.prompt = question && known ? attempt->prompt : SQ_NO_PROMPT;
    asked.input_tokens = question && !known ? attempt->input_tokens : 1;
    asked.whose.key = looks_at->whose.key != 0 ? attempt->whose.key : 0;
    asked.whose.tenant = looks_at->whose.tenant != 0 ? attempt->whose.tenant : 0;
    asked.whose.session = looks_at->whose.session != 0 ? attempt->whose.session : 0;
    return asked;
}

static bool is_same(const struct asked *a, const struct asked *b)
{
    return a->whose.key == b->whose.key && a->whose.tenant == b->whose.tenant &&
           a->whose.session == b->whose.session && a->prompt == b->prompt &&
           a->input_tokens == b->input_tokens && a->model == b->model && a->stream == b->stream;
}

static struct place *place_of(struct sq_own_requests *requests, const struct asked *asked)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, asked->whose.key);
    sq_digest_add(&digest, asked->whose.tenant);
    sq_digest_add(&digest, asked->whose.session);
    sq_digest_add(&digest, (uint64_t)asked->prompt << 32 | asked->input_tokens);
    sq_digest_add(&digest, (uint64_t)asked->model << 1 | asked->stream);
    return &requests->places[sq_digest_value(&digest) % SQ_OWN_REQUESTS_MAX];
}

static enum sq_status render(struct sq_own_requests *requests, const struct asked *asked,
                             uint32_t *holds, struct sq_error *err)
{
    struct headers headers;
    struct sq_attempt attempt = {.whose = asked->whose,
                                 .model = asked->model,
                                 .stream = asked->stream,
                                 .prompt = asked->prompt,
                                 .input_tokens = asked->input_tokens};
    fill_headers(&headers, &asked->whose);
    sq_strbuf_reset(&requests->body);
    sq_own_request_body(&requests->body, requests->scenario, &attempt, false);
    requests->n_rendered++;
    if (sq_strbuf_failed(&requests->body)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    struct sq_said said = {.header = header_of,
                           .context = &headers,
                           .body = sq_strbuf_text(&requests->body),
                           .length = requests->body.length};
    return sq_clauses_hold(&requests->scenario->script, &said, holds, err);
}

enum sq_status sq_own_request(struct sq_own_requests *requests, const struct sq_attempt *attempt,
                              struct sq_plan_request *request, struct sq_error *err)
{
    *request = sq_attempt_request(attempt);
    if (requests == NULL) {
        return SQ_OK;
    }
    struct asked asked = distinct_part(requests, attempt);
    struct place *place = place_of(requests, &asked);
    if (!place->used || !is_same(&place->asked, &asked)) {
        place->used = false;
        enum sq_status status = render(requests, &asked, &place->holds, err);
        if (status != SQ_OK) {
            return status;
        }
        place->asked = asked;
        place->used = true;
    }
    request->holds = place->holds;
    return SQ_OK;
}
