/* SPDX-License-Identifier: MIT */
/*
 * HTTP/1.1 by libmicrohttpd, behind four questions: what to answer, which bytes come next, and that
 * a request or a connection is over. Knows nothing of providers and plans; no thread, no clock, no
 * listening socket of its own. Everything happens inside sq_http_run and sq_http_stop, on the
 * caller's thread.
 *
 * An exchange is one connection and the request now on it; it lies in the caller's storage from
 * sq_http_add until `closed`.
 *
 *     add -> (answer -> [WAIT, resume, answer ...] -> REPLY -> more ... -> over) ... -> closed
 */
#ifndef SQ_MOCKPROVIDER_HTTP_INT_H
#define SQ_MOCKPROVIDER_HTTP_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "mockprovider/body.h"

/* Connections at once; the limit of descriptors comes first on most machines. */
#define SQ_HTTP_CONNECTIONS_MAX 65536

/* What libmicrohttpd may use for one connection: headers, and one buffer fill of the body. */
#define SQ_HTTP_CONNECTION_BYTES 32768

/* Memory of a request body that a connection keeps for its next request; larger ones are freed. */
#define SQ_HTTP_KEPT_BYTES 65536

enum sq_http_method { SQ_HTTP_GET, SQ_HTTP_POST, SQ_HTTP_OTHER };

struct sq_http;

struct sq_http_exchange {
    struct sq_http *http;
    void *connection; /* libmicrohttpd's; NULL: it was never taken */
    bool suspended;   /* waits for sq_http_resume */
    bool begun;       /* a request is being read or answered */
    bool too_large;   /* its body passed the limit and was dropped */
    enum sq_http_method method;
    const char *path;      /* without the query; valid inside `answer` */
    struct sq_strbuf body; /* of the request, whole; NUL-terminated */
};

enum sq_http_framing {
    SQ_HTTP_WHOLE,    /* body[0..length) is all, and is copied */
    SQ_HTTP_DECLARED, /* length bytes are promised; `more` is asked for them */
    SQ_HTTP_CHUNKED   /* `more` is asked until it says END */
};

/* What stands in an answer beside the headers of the plan. */
struct sq_http_content {
    uint16_t status;
    enum sq_http_framing framing;
    const char *content_type;
    const char *allow; /* the header of a 405; NULL: none */
    bool no_cache;     /* cache-control: no-cache */
    const char *body;
    size_t length;
};

struct sq_http_reply {
    struct sq_http_content content;
    struct sq_body_headers headers; /* 6 KB: emptied beforehand by n_headers alone */
};

enum sq_http_verdict {
    SQ_HTTP_REPLY, /* *reply is filled */
    SQ_HTTP_WAIT,  /* nothing until sq_http_resume: then `answer` is asked again */
    SQ_HTTP_CLOSE  /* end the connection without a byte */
};

enum sq_http_more {
    SQ_HTTP_BYTES, /* *n_bytes of them, at least 1 */
    SQ_HTTP_LATER, /* nothing until sq_http_resume: then `more` is asked again */
    SQ_HTTP_END,   /* the body is complete */
    SQ_HTTP_ABORT  /* close the connection inside the body: FIN */
};

/* Asked on the thread that runs; `context` is first. `more` is asked only when everything before,
 * headers included, has been handed to the system. */
struct sq_http_handler {
    void *context;
    enum sq_http_verdict (*answer)(void *context, struct sq_http_exchange *exchange,
                                   struct sq_http_reply *reply);
    enum sq_http_more (*more)(void *context, struct sq_http_exchange *exchange, char *bytes,
                              size_t room, size_t *n_bytes);
    void (*over)(void *context, struct sq_http_exchange *exchange); /* the request, however */
    void (*closed)(void *context, struct sq_http_exchange *exchange);
    void (*trouble)(void *context, const char *what); /* out of memory, a header HTTP forbids */
};

SQ_MUST_USE enum sq_status sq_http_start(const struct sq_http_handler *handler,
                                         size_t request_bytes_max, struct sq_http **http,
                                         struct sq_error *err);

/* Ends every connection (over, closed), frees. Accepts NULL. */
void sq_http_stop(struct sq_http *http);

/* Readable when sq_http_run has work; for an epoll. */
int sq_http_fd(const struct sq_http *http);

/* Does what can be done without waiting. True: call it again before waiting. */
bool sq_http_run(struct sq_http *http);

/* Takes over a connected, non-blocking descriptor and a zeroed exchange. False: it could not; the
 * descriptor is closed and `closed` will not come. */
bool sq_http_add(struct sq_http *http, struct sq_http_exchange *exchange, int fd);

/* Of an exchange that is suspended; takes effect in the next sq_http_run. */
void sq_http_resume(struct sq_http_exchange *exchange);

/* A header of the request, NULL: it has none. Valid inside `answer`. */
const char *sq_http_header(const struct sq_http_exchange *exchange, const char *name);

#endif
