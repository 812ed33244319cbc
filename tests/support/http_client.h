/* SPDX-License-Identifier: MIT */
/*
 * A raw HTTP/1.1 client over a blocking socket, for tests that must see what is really on the wire:
 * the bytes of a body as they came (chunks undone) and how the connection ended. It forgives
 * nothing: what is not HTTP fails the test.
 */
#ifndef SQ_TESTS_HTTP_CLIENT_H
#define SQ_TESTS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/time.h"

#define HTTP_CLIENT_PATIENCE (20 * SQ_SECOND)

enum http_ending {
    HTTP_COMPLETE, /* as its headers promised; the connection is still open */
    HTTP_FIN,      /* closed before that */
    HTTP_RST,
    HTTP_SILENCE /* nothing came for the patience given, or enough had come */
};

struct http_client {
    int fd;
    struct sq_strbuf raw; /* received and not yet read as an answer */
};

struct http_answer {
    enum http_ending ending;
    bool has_headers;
    int status;
    bool chunked;
    int64_t content_length; /* -1: not said */
    struct sq_strbuf headers;
    struct sq_strbuf body; /* without chunk framing */
    char value[256];       /* of the header asked for last */
};

struct http_client http_client_open(uint16_t port);
void http_client_close(struct http_client *client); /* FIN; a second time: nothing */
void http_client_reset(struct http_client *client); /* RST */

void http_client_send(struct http_client *client, const char *text);
/* headers: lines ended by CRLF, or "". */
void http_client_post(struct http_client *client, const char *path, const char *headers,
                      const char *body);

/* Reads one answer to its end, in whatever way it ends, or until nothing came for patience_ns, or
 * until enough_bytes of the body are there (then SILENCE). Clear it. */
struct http_answer http_client_read(struct http_client *client, size_t enough_bytes,
                                    int64_t patience_ns);
struct http_answer http_client_read_all(struct http_client *client);
/* No byte and no ending waits to be received. */
bool http_client_is_silent(const struct http_client *client);

/* NULL: there is none. name in lower case. Valid until the next asking. */
const char *http_answer_header(struct http_answer *answer, const char *name);
void http_answer_clear(struct http_answer *answer);

#endif
