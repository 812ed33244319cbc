/* SPDX-License-Identifier: MIT */
/* See foreign_int.h. */
#include "sim/live/foreign_int.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

#define TOKEN_BYTES 4
#define BEARER      "Authorization: Bearer "
/* When so many attempts, the first ones, found nobody, the run is ended. */
#define NOBODY_AFTER 3

struct target {
    char url[SQ_LIVE_URL_BYTES];
    char *authorization; /* owned; NULL: none */
    uint64_t attempts;
    uint64_t reached;
};

struct sq_live_foreign {
    struct target targets[SQ_ROLES_MAX];
};

void sq_live_set_text(char *text, size_t bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(text, bytes, format, arguments);
    va_end(arguments);
}

/* A base URL without any path gets the dialect's; what the dialect adds to it comes behind. */
static void set_url(struct target *target, const char *base, const struct sq_dialect *dialect)
{
    const char *host = strstr(base, "://");
    bool bare = host != NULL && strchr(host + 3, '/') == NULL;
    sq_live_set_text(target->url, sizeof(target->url), "%s%s%s", base,
                     bare ? dialect->base_path : "", dialect->path + strlen(dialect->base_path));
}

static enum sq_status set_key(struct target *target, const char *key, struct sq_error *err)
{
    size_t length = strlen(key);
    target->authorization = sq_memory_new(1, sizeof(BEARER) + length);
    if (target->authorization == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    memcpy(target->authorization, BEARER, sizeof(BEARER) - 1);
    memcpy(target->authorization + sizeof(BEARER) - 1, key, length);
    return SQ_OK;
}

enum sq_status sq_live_foreign_new(const struct sq_scenario *scenario,
                                   const struct sq_live_targets *targets,
                                   struct sq_live_foreign **foreign, struct sq_error *err)
{
    struct sq_live_foreign *made = sq_memory_new(1, sizeof(*made));
    enum sq_status status = SQ_OK;
    if (made == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    for (uint8_t role = 0; role < scenario->n_roles && status == SQ_OK; role++) {
        const struct sq_script *script = &scenario->script;
        uint8_t provider = script->models[scenario->roles[role].model].provider;
        if (targets->url[role] != NULL) {
            set_url(&made->targets[role], targets->url[role], script->providers[provider].dialect);
        }
        if (targets->url[role] != NULL && targets->key[role] != NULL) {
            status = set_key(&made->targets[role], targets->key[role], err);
        }
    }
    if (status != SQ_OK) {
        sq_live_foreign_free(made);
        return status;
    }
    *foreign = made;
    return SQ_OK;
}

void sq_live_foreign_free(struct sq_live_foreign *foreign)
{
    for (uint8_t role = 0; foreign != NULL && role < SQ_ROLES_MAX; role++) {
        sq_memory_free(foreign->targets[role].authorization);
    }
    sq_memory_free(foreign);
}

bool sq_live_foreign_has(const struct sq_live_foreign *foreign, uint8_t role)
{
    return foreign != NULL && foreign->targets[role].url[0] != '\0';
}

void sq_live_foreign_address(const struct sq_live_foreign *foreign, uint8_t role,
                             struct sq_live_request *request)
{
    if (sq_live_foreign_has(foreign, role)) {
        request->url = foreign->targets[role].url;
        request->foreign = true;
        request->authorization = foreign->targets[role].authorization;
    }
}

static uint32_t tokens_of(uint64_t bytes)
{
    uint64_t tokens = bytes / TOKEN_BYTES + (bytes % TOKEN_BYTES != 0);
    return tokens > UINT32_MAX ? UINT32_MAX : (uint32_t)tokens;
}

/* What was not sent, or was refused, costs nothing. */
static struct sq_bill bill_of(const struct sq_live_transfer *transfer)
{
    struct sq_bill bill = {0};
    bool refused = transfer->headers_complete && transfer->status >= 300;
    if (transfer->usage.given) {
        bill.input_tokens = transfer->usage.input_tokens;
        bill.output_tokens = transfer->usage.output_tokens;
    } else if (transfer->sent && !refused) {
        bill.input_tokens = transfer->attempt.input_tokens;
        bill.output_tokens = tokens_of(transfer->reads_stream ? transfer->stream.content_bytes
                                                              : transfer->body.length);
    }
    return bill;
}

void sq_live_foreign_over(struct sq_live_foreign *foreign, const struct sq_live_transfer *transfer,
                          struct sq_live_bills *bills)
{
    const struct sq_attempt *attempt = &transfer->attempt;
    if (!sq_live_foreign_has(foreign, attempt->role)) {
        return;
    }
    struct target *target = &foreign->targets[attempt->role];
    target->attempts++;
    target->reached += transfer->sent;
    struct sq_journal_entry entry = {.call = attempt->call,
                                     .attempt = attempt->attempt,
                                     .identified = true,
                                     .bill = bill_of(transfer)};
    sq_live_bills_enter(bills, &entry);
    if (target->reached == 0 && target->attempts == NOBODY_AFTER) {
        struct sq_error err = {0};
        enum sq_status status = sq_live_foreign_health(foreign, &err);
        sq_live_inbox_fail(transfer->inbox, status, err.text,
                           "three attempts in a row got no connection");
    }
}

enum sq_status sq_live_foreign_health(const struct sq_live_foreign *foreign, struct sq_error *err)
{
    for (uint8_t role = 0; foreign != NULL && role < SQ_ROLES_MAX; role++) {
        const struct target *target = &foreign->targets[role];
        if (target->attempts > 0 && target->reached == 0) {
            return sq_error_set(err, SQ_ENVIRONMENT, "nobody answers at %s", target->url);
        }
    }
    return SQ_OK;
}
