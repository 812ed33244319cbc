/* SPDX-License-Identifier: MIT */
/* See lines_int.h. */
#include "sim/live/lines_int.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "mockprovider/server.h"

static void add(struct sq_live_lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct sq_live_lines *lines, const char *format, ...)
{
    va_list arguments;
    sq_assert(lines->n_lines < SQ_LIVE_LINES_MAX);
    va_start(arguments, format);
    sq_strbuf_format_cut(lines->text[lines->n_lines++], SQ_LIVE_LINE_BYTES, format, arguments);
    va_end(arguments);
}

static void add_identity(struct sq_live_lines *lines, const struct sq_identity *whose)
{
    char name[SQ_IDENTITY_NAME_BYTES];
    if (whose->key != 0) {
        sq_identity_name(SQ_IDENTITY_KEY, whose->key, name);
        add(lines, SQ_IDENTITY_KEY_HEADER ": " SQ_IDENTITY_SCHEME "%s", name);
    }
    if (whose->session != 0) {
        sq_identity_name(SQ_IDENTITY_SESSION, whose->session, name);
        add(lines, SQ_IDENTITY_SESSION_HEADER ": %s", name);
    }
}

void sq_live_lines_write(struct sq_live_lines *lines, const struct sq_attempt *attempt,
                         const struct sq_live_request *request)
{
    lines->n_lines = 0;
    add(lines, "content-type: %s", request->content_type);
    add(lines, "Expect:");
    if (request->foreign) {
        return;
    }
    add(lines, SQ_SERVER_ATTEMPT_HEADER ": %" PRIu64 "/%" PRIu16 "/%" PRIu16, attempt->call,
        attempt->nth, attempt->attempt);
    add(lines, SQ_SERVER_TOKENS_HEADER ": %" PRIu32 "/%" PRIu32, request->input_tokens,
        request->output_tokens);
    add(lines, SQ_SERVER_CONTRACT_HEADER ": %u", (unsigned)request->contract);
    add_identity(lines, &attempt->whose);
}
