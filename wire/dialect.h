/* SPDX-License-Identifier: MIT */
/*
 * Dialects: how a vendor puts requests, answers, streams and errors on the wire. One row a dialect;
 * everything else speaks message.h and asks the row. Writers add to a string buffer and cannot fail
 * but for memory (sq_strbuf_failed); stream writers add whole server-sent events, framing included.
 */
#ifndef SQ_WIRE_DIALECT_H
#define SQ_WIRE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "wire/message.h"

enum sq_dialect_id { SQ_DIALECT_OPENAI, SQ_DIALECTS };

struct sq_dialect {
    const char *name;              /* as scenarios write it */
    const char *path;              /* of the one endpoint */
    const char *base_path;         /* what a client's base URL ends with; path begins with it */
    const char *base_url_variable; /* environment variable that points a client at us */
    const char
        *api_key_variable; /* the same with the key, sent as Authorization: Bearer; or NULL */
    const char *plain_content_type;
    const char *stream_content_type;
    const char *error_content_type;
    const char *rate_type[2]; /* error.type of a refusal by a limit of requests, of tokens */

    void (*write_request)(struct sq_strbuf *out, const struct sq_request_body *request);
    /* SQ_INVALID: err->text says, as a provider would, what is wrong with the body. */
    enum sq_status (*read_request)(const char *body, size_t length,
                                   struct sq_request_reading *request, struct sq_error *err);

    void (*write_answer)(struct sq_strbuf *out, const struct sq_answer *answer);

    /* A stream: begin, token pieces, finish, usage (nothing unless asked for), end mark. */
    void (*write_stream_begin)(struct sq_strbuf *out, const struct sq_answer *answer);
    void (*write_stream_piece)(struct sq_strbuf *out, const struct sq_answer *answer,
                               const char *text, size_t length);
    void (*write_stream_finish)(struct sq_strbuf *out, const struct sq_answer *answer);
    void (*write_stream_usage)(struct sq_strbuf *out, const struct sq_answer *answer);
    void (*write_stream_end)(struct sq_strbuf *out);

    /* The vendor's error for a meaning, with its status (status 0), or for a meaning and a status.
     * The row is constant; copy it to change it. Never NULL. */
    const struct sq_failure *(*failure)(int status, enum sq_meaning meaning);
    void (*write_error)(struct sq_strbuf *out, const struct sq_failure *failure);
    void (*write_error_event)(struct sq_strbuf *out, const struct sq_failure *failure);
    /* The sentence of a 429 that quotes the limit; retry_in SQ_NEVER: it is too much for it. */
    void (*write_rate_message)(struct sq_strbuf *out, const struct sq_rate_refusal *refusal);
    /* SQ_NO_MEMORY when a value could not be built. */
    enum sq_status (*write_headers)(const struct sq_answer_headers *headers,
                                    const struct sq_header_sink *sink);

    /* Bytes to meaning; never fails: what it cannot read is no envelope. */
    void (*read_answer)(const char *body, size_t length, struct sq_answer_part *part);
    void (*read_event)(const char *data, size_t length, struct sq_answer_part *part);
};

const struct sq_dialect *sq_dialect_row(enum sq_dialect_id id);
/* False when no dialect has this name. */
bool sq_dialect_by_name(const char *name, size_t length, enum sq_dialect_id *id);

#endif
