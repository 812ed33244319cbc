/* SPDX-License-Identifier: MIT */
/*
 * From a whole HTTP request to an attempt at the provider: path and method, the body in the
 * dialect's words, who it is. What is no attempt gets an answer in the vendor's shape; the provider
 * never hears of it.
 */
#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "mockprovider/server_int.h"

#define HEALTH_PATH "/health"

/* What a model says when nobody tells: 50 to 150 tokens. */
#define OUTPUT_TOKENS_LEAST 50
#define OUTPUT_TOKENS_SPAN  101

static bool same_text(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && memcmp(a, b, length) == 0;
}

/* A whole decimal number up to max, ended by `end`, which is passed; NULL: it is none. */
static const char *read_number(const char *text, char end, uint64_t max, uint64_t *number)
{
    const char *at = text;
    *number = 0;
    while (*at >= '0' && *at <= '9') {
        uint64_t digit = (uint64_t)(*at - '0');
        if (*number > (max - digit) / 10) {
            return NULL;
        }
        *number = *number * 10 + digit;
        at++;
    }
    if (at == text || *at != end) {
        return NULL;
    }
    return end == '\0' ? at : at + 1;
}

/* CALL/NTH/ATTEMPT, the last two from 1. */
static bool read_attempt(const char *text, struct sq_plan_request *request)
{
    uint64_t call;
    uint64_t nth = 0;
    uint64_t attempt = 0;
    const char *at = text == NULL ? NULL : read_number(text, '/', UINT64_MAX, &call);
    at = at == NULL ? NULL : read_number(at, '/', UINT16_MAX, &nth);
    at = at == NULL ? NULL : read_number(at, '\0', UINT16_MAX, &attempt);
    if (at == NULL || nth == 0 || attempt == 0) {
        return false;
    }
    request->call = call;
    request->nth = (uint16_t)nth;
    request->attempt = (uint16_t)attempt;
    return true;
}

/* INPUT/OUTPUT, the output at least 1. */
static bool read_tokens(const char *text, struct sq_plan_request *request)
{
    uint64_t input;
    uint64_t output = 0;
    const char *at = text == NULL ? NULL : read_number(text, '/', UINT32_MAX, &input);
    at = at == NULL ? NULL : read_number(at, '\0', UINT32_MAX, &output);
    if (at == NULL || output == 0) {
        return false;
    }
    request->input_tokens = (uint32_t)input;
    request->output_tokens = (uint32_t)output;
    return true;
}

/* The contract of the script that this request has, from 1; 0: none. */
static uint8_t read_contract(const char *text, const struct sq_script *script)
{
    uint64_t contract = 0;
    bool right = text != NULL && read_number(text, '\0', script->n_contracts, &contract) != NULL;
    return right ? (uint8_t)contract : 0;
}

static uint32_t drawn_output(const struct sq_server *server, uint64_t call, uint32_t max_tokens)
{
    struct sq_draw draw = sq_draw_block(server->seed, SQ_DRAW_REQUEST, call, 0, 0);
    uint32_t output =
        OUTPUT_TOKENS_LEAST + (uint32_t)sq_draw_below(draw.lane[2], OUTPUT_TOKENS_SPAN);
    return max_tokens > 0 && max_tokens < output ? max_tokens : output;
}

static bool find_model(const struct sq_script *script, uint8_t provider, const char *name,
                       uint16_t *model)
{
    for (uint16_t i = 0; i < script->n_models; i++) {
        if (script->models[i].provider == provider && same_text(script->models[i].name, name)) {
            *model = i;
            return true;
        }
    }
    return false;
}

/* Answers without a visit */

static void reply_text(struct sq_connection *connection, uint16_t status, const char *content_type,
                       struct sq_http_reply *reply)
{
    reply->content = (struct sq_http_content){
        .status = status,
        .framing = SQ_HTTP_WHOLE,
        .content_type = content_type,
        .body = sq_strbuf_text(&connection->sending.out),
        .length = connection->sending.out.length,
    };
}

static void reply_failure(struct sq_connection *connection, const struct sq_dialect *dialect,
                          const struct sq_failure *failure, struct sq_http_reply *reply)
{
    dialect->write_error(&connection->sending.out, failure);
    reply_text(connection, (uint16_t)failure->status, dialect->error_content_type, reply);
}

/* The vendor's error for a status it knows well, in other words. */
static void refuse(struct sq_connection *connection, const struct sq_dialect *dialect,
                   uint16_t status, const char *message, struct sq_http_reply *reply)
{
    struct sq_failure failure = *dialect->failure(400, SQ_MEANING_NONE);
    failure.status = status;
    failure.message = message;
    reply_failure(connection, dialect, &failure, reply);
}

static void refuse_body(struct sq_connection *connection, const struct sq_dialect *dialect,
                        const struct sq_error *err, struct sq_http_reply *reply)
{
    struct sq_failure failure = *dialect->failure(400, SQ_MEANING_NONE);
    failure.message = err->text;
    failure.param = err->path[0] == '\0' ? NULL : err->path;
    reply_failure(connection, dialect, &failure, reply);
}

/* Where it went and how; false: *reply says what is wrong with that. */
static bool reached_endpoint(struct sq_connection *connection, const struct sq_dialect *dialect,
                             struct sq_http_reply *reply)
{
    const struct sq_http_exchange *http = &connection->http;
    if (http->method == SQ_HTTP_GET && same_text(http->path, HEALTH_PATH)) {
        sq_strbuf_add(&connection->sending.out, "{\"status\":\"ok\"}\n");
        reply_text(connection, 200, "application/json", reply);
        return false;
    }
    if (!same_text(http->path, dialect->path)) {
        refuse(connection, dialect, 404, "There is nothing at this path.", reply);
        return false;
    }
    if (http->method != SQ_HTTP_POST) {
        refuse(connection, dialect, 405, "This path takes POST only.", reply);
        reply->content.allow = "POST";
        return false;
    }
    if (http->too_large) {
        refuse(connection, dialect, 413, "The request is too large.", reply);
        return false;
    }
    return true;
}

/* The credential, in whichever header the vendors' clients send it; NULL: none. */
static const char *find_api_key(const struct sq_http_exchange *http)
{
    static const char *const names[] = {SQ_IDENTITY_KEY_HEADER, "x-api-key", "api-key"};
    const char *value = NULL;
    for (size_t i = 0; value == NULL && i < sizeof names / sizeof names[0]; i++) {
        value = sq_http_header(http, names[i]);
    }
    return value;
}

static uint64_t read_api_key(const struct sq_http_exchange *http)
{
    const char *value = find_api_key(http);
    return value == NULL ? 0 : sq_digest_name(value, strlen(value));
}

/* As others call themselves, and as our own driver does. */
static struct sq_identity read_identity(const struct sq_http_exchange *http,
                                        const struct sq_request_reading *reading)
{
    const char *header = find_api_key(http);
    const char *key = header == NULL ? "" : sq_identity_credential(header);
    const char *session = sq_http_header(http, SQ_IDENTITY_SESSION_HEADER);
    return (struct sq_identity){
        .key = sq_identity_read(SQ_IDENTITY_KEY, key, strlen(key)),
        .tenant = sq_identity_read(SQ_IDENTITY_TENANT, reading->user, strlen(reading->user)),
        .session =
            session == NULL ? 0 : sq_identity_read(SQ_IDENTITY_SESSION, session, strlen(session)),
    };
}

static const char *said_header(void *context, const char *name)
{
    const struct sq_http_exchange *http = context;
    return sq_http_header(http, name);
}

/* Which clauses of the script hold; what cannot be said is trouble of the run. */
static uint32_t read_clauses(struct sq_server *server, struct sq_http_exchange *http)
{
    struct sq_said said = {.header = said_header,
                           .context = http,
                           .body = sq_strbuf_text(&http->body),
                           .length = http->body.length};
    struct sq_error err = {0};
    uint32_t holds = 0;
    if (server->script->n_clauses > 0 &&
        sq_clauses_hold(server->script, &said, &holds, &err) != SQ_OK) {
        sq_server_trouble(server, &err);
    }
    return holds;
}

/* How many attempts of its call came before; 0 too when nobody says so. */
static uint16_t read_retry_count(const struct sq_http_exchange *http)
{
    const char *text = sq_http_header(http, SQ_SERVER_RETRY_HEADER);
    uint64_t count = 0;
    bool read = text != NULL && read_number(text, '\0', UINT16_MAX - 1, &count) != NULL;
    return read ? (uint16_t)count : 0;
}

static void name_stranger(struct sq_server *server, const struct sq_http_exchange *http,
                          struct sq_attempt_asked *asked)
{
    asked->stranger = (struct sq_stranger){
        .api_key = read_api_key(http),
        .body = sq_digest_name(sq_strbuf_text(&http->body), http->body.length),
        .retry_count = read_retry_count(http),
    };
    asked->request.call = sq_strangers_call(&server->strangers, &asked->stranger);
    asked->request.nth = (uint16_t)(asked->stranger.retry_count + 1);
    asked->request.attempt = asked->request.nth;
}

static void identify(struct sq_server *server, struct sq_connection *connection,
                     const struct sq_request_reading *reading, struct sq_attempt_asked *asked)
{
    struct sq_plan_request *request = &asked->request;
    asked->identified =
        read_attempt(sq_http_header(&connection->http, SQ_SERVER_ATTEMPT_HEADER), request);
    if (!asked->identified) {
        name_stranger(server, &connection->http, asked);
    }
    request->whose = read_identity(&connection->http, reading);
    request->holds = read_clauses(server, &connection->http);
    request->stream = reading->stream;
    request->include_usage = reading->include_usage;
    request->max_tokens = reading->max_tokens;
    request->contract =
        read_contract(sq_http_header(&connection->http, SQ_SERVER_CONTRACT_HEADER), server->script);
    if (!read_tokens(sq_http_header(&connection->http, SQ_SERVER_TOKENS_HEADER), request)) {
        request->input_tokens = reading->input_tokens;
        request->output_tokens = drawn_output(server, request->call, reading->max_tokens);
    }
}

static bool read_request(struct sq_server *server, struct sq_connection *connection,
                         struct sq_attempt_asked *asked, struct sq_http_reply *reply)
{
    const struct sq_strbuf *body = &connection->http.body;
    const struct sq_dialect *dialect = server->script->providers[connection->provider].dialect;
    struct sq_request_reading reading;
    struct sq_error err = {0};
    sq_sending_reset(&connection->sending);
    if (!reached_endpoint(connection, dialect, reply)) {
        return false;
    }
    if (sq_strbuf_failed(body)) {
        sq_server_trouble_text(server, SQ_NO_MEMORY, "no memory for a request");
    }
    if (dialect->read_request(sq_strbuf_text(body), body->length, &reading, &err) != SQ_OK) {
        refuse_body(connection, dialect, &err, reply);
        return false;
    }
    *asked = (struct sq_attempt_asked){0};
    if (!find_model(server->script, connection->provider, reading.model, &asked->request.model)) {
        reply_failure(connection, dialect, dialect->failure(404, SQ_MEANING_NOT_FOUND), reply);
        return false;
    }
    identify(server, connection, &reading, asked);
    return true;
}

bool sq_server_read_request(struct sq_server *server, struct sq_connection *connection,
                            struct sq_attempt_asked *asked, struct sq_http_reply *reply)
{
    bool is_attempt = read_request(server, connection, asked, reply);
    if (!is_attempt && reply->content.status != 200) {
        sq_mutex_lock(&server->shared.mutex);
        server->shared.n_strays++;
        server->shared.stray_status = reply->content.status;
        sq_mutex_unlock(&server->shared.mutex);
    }
    return is_attempt;
}
