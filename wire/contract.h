/* SPDX-License-Identifier: MIT */
/*
 * What an answer means: bytes and a contract make a reading (policies/words.h). Live asks it about
 * what came over the socket, virtual time about the very bytes the provider would send.
 *
 * The class of a reading is about the content of a 2xx: MALFORMED when it is not the dialect's
 * envelope (HTML, an error object, not JSON, a foreign content type); else CONTENT_FILTER, REFUSAL,
 * TRUNCATED, EMPTY, INVALID_JSON, SCHEMA, in this order; SQ_CLASS_NONE when the caller can use it,
 * perhaps after a repair, which the reading notes. Other
 * statuses keep SQ_CLASS_NONE (1xx and 3xx: MALFORMED): the classifier of the policy judges
 * them by status, meaning and code. An error event inside a stream has a 200 for a status, so its
 * class comes from its meaning; SERVER_ERROR when nobody knows the code.
 */
#ifndef SQ_WIRE_CONTRACT_H
#define SQ_WIRE_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "policies/words.h"
#include "wire/dialect.h"
#include "wire/sse.h"

struct sq_schema;

/* What the caller needs of an answer. Zeroed: any text will do. */
struct sq_contract {
    bool whole; /* an answer that ended at its length limit is TRUNCATED */
    bool json;  /* the text is one JSON value, else INVALID_JSON; implies whole */
    const struct sq_schema *schema; /* with json: the value is valid, else SCHEMA; NULL: any is.
                                       Borrowed, and outlives all readings */
    uint32_t repair; /* with json: tried when the text is none; bits 1u << enum sq_repair_step */
};

/* Text kept of a streamed answer whose contract asks for JSON; more is INVALID_JSON. */
#define SQ_CONTRACT_CONTENT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct sq_contract_answer {
    struct sq_reading reading;
    struct sq_usage usage; /* as the answer says */
};

/* A plain answer as it came. */
struct sq_contract_bytes {
    int status;               /* HTTP */
    const char *content_type; /* as the header says; NULL: no such header, any is taken */
    const char *body;
    size_t length;
};

/* contract may be NULL. SQ_NO_MEMORY, else SQ_OK: what cannot be read is a reading too. */
SQ_MUST_USE enum sq_status sq_contract_read_answer(const struct sq_dialect *dialect,
                                                   const struct sq_contract *contract,
                                                   const struct sq_contract_bytes *bytes,
                                                   struct sq_contract_answer *answer);

/* What one event did to a stream. */
enum sq_stream_step {
    SQ_STREAM_NOTHING,  /* allowed and without content: a ping, empty choices, usage, after the end
                         */
    SQ_STREAM_ROLE,     /* the answer began */
    SQ_STREAM_TOKEN,    /* content, or part of a tool call */
    SQ_STREAM_FINISH,   /* the finish reason */
    SQ_STREAM_DONE,     /* the end mark */
    SQ_STREAM_ERROR,    /* an error event */
    SQ_STREAM_MALFORMED /* not the dialect's */
};

/* A streamed 2xx while it comes. All fields may be read. */
struct sq_stream {
    const struct sq_dialect *dialect;
    struct sq_contract contract;
    struct sq_contract_answer answer; /* klass is final only after sq_stream_end */
    bool role;
    bool token;     /* the first content token came */
    bool finished;  /* a finish reason came */
    bool done;      /* the end mark came */
    bool malformed; /* an event, or the content type, was not the dialect's */
    bool error;     /* an error event came */
    bool tool_calls;
    bool refused;
    bool overlong;            /* text kept would have passed its limit */
    uint64_t content_bytes;   /* unescaped UTF-8 */
    struct sq_strbuf content; /* kept only when the contract asks for JSON */
};

/* contract may be NULL; content_type NULL: no such header. sq_stream_clear frees. */
void sq_stream_init(struct sq_stream *stream, const struct sq_dialect *dialect,
                    const struct sq_contract *contract, const char *content_type);
enum sq_stream_step sq_stream_feed(struct sq_stream *stream, const struct sq_sse_event *event);
/* The connection ended, or the end mark came: completes answer.reading. Neither finish reason nor
 * end mark: SQ_CLASS_CUT. SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_stream_end(struct sq_stream *stream);
void sq_stream_clear(struct sq_stream *stream); /* accepts a zeroed stream and NULL */

#endif
