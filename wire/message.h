/* SPDX-License-Identifier: MIT */
/*
 * What client and provider say to each other, in no vendor's words: what the dialects write from
 * and read into. Plain values; every pointer belongs to the caller and must live as long as the
 * call that gets it.
 */
#ifndef SQ_WIRE_MESSAGE_H
#define SQ_WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/words.h"
#include "wire/json_scan.h"

enum sq_content_kind {
    SQ_CONTENT_FILLER, /* `tokens` tokens of filler text with `seed` (token.h) */
    SQ_CONTENT_TEXT,   /* text[0..length), any bytes; not UTF-8 becomes U+FFFD */
    SQ_CONTENT_NULL    /* no content: null on the wire */
};

struct sq_content {
    enum sq_content_kind kind;
    uint32_t seed;
    uint32_t tokens;
    const char *text;
    size_t length;
};

struct sq_request_body {
    const char *model;
    struct sq_content prompt;
    const char *user;    /* on whose behalf, as the vendor's end user; NULL: not said */
    uint32_t max_tokens; /* 0: not said */
    bool stream;
    bool include_usage; /* of a stream: ask for the chunk with the totals */
};

/* Bytes of a model's name with its NUL; a longer one is refused. */
#define SQ_MODEL_BYTES 128

/* The same of an end user's name. */
#define SQ_USER_BYTES 513

/* A request body as the provider reads it. */
struct sq_request_reading {
    char model[SQ_MODEL_BYTES];
    char user[SQ_USER_BYTES]; /* "": not said */
    bool stream;
    bool include_usage;
    uint32_t max_tokens;   /* 0: not said */
    uint32_t input_tokens; /* sq_token_count of all text in the messages */
};

struct sq_usage {
    bool given;
    uint32_t input_tokens;
    uint32_t output_tokens;
};

/* A whole answer; a stream is written from the same, piece by piece. */
struct sq_answer {
    uint64_t id;       /* becomes the vendor's id */
    int64_t created_s; /* Unix seconds */
    const char *model;
    struct sq_content content;
    const char *refusal; /* NULL: none */
    enum sq_finish finish;
    uint32_t input_tokens;
    uint32_t output_tokens;
    bool include_usage; /* of a stream, as the request asked */
};

/* The body of an error. */
struct sq_failure {
    int status; /* HTTP */
    enum sq_meaning meaning;
    const char *type;
    const char *code;  /* NULL: null */
    const char *param; /* NULL: null */
    const char *message;
};

/* One limit of the provider, for headers and messages. */
struct sq_rate_window {
    bool given;
    int64_t limit;
    int64_t remaining;
    sq_dur reset; /* until the limit is full again */
};

struct sq_rate_refusal {
    const char *model;
    bool of_tokens; /* else of requests */
    int64_t limit;
    int64_t used;
    int64_t requested;
    sq_dur retry_in;
};

struct sq_answer_headers {
    uint64_t request_id[2];
    sq_dur processing;
    struct sq_rate_window requests;
    struct sq_rate_window tokens;
};

/* Takes headers one by one; both strings are the callee's only during the call. */
struct sq_header_sink {
    void (*add)(void *context, const char *name, const char *value);
    void *context;
};

/* What one plain body or one event of a stream says. Tokens point into the bytes that were read. */
struct sq_answer_part {
    bool envelope; /* it is what the dialect sends: an answer, an error, or the stream's end mark */
    bool is_error;
    enum sq_meaning meaning; /* of the error */
    uint64_t code_key;       /* sq_digest_name of error.code; 0: none */
    uint64_t type_key;
    bool is_done; /* the stream's end mark, [DONE] */
    bool role;    /* a stream's first chunk: the role came */
    bool tool_calls;
    bool refused;
    bool has_content; /* content is text, maybe empty */
    struct sq_json_token content;
    enum sq_finish finish;
    struct sq_usage usage;
};

#endif
