/* SPDX-License-Identifier: MIT */
/* See http_client.h. */
#include "tests/support/http_client.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/socket.h"

struct http_client http_client_open(uint16_t port)
{
    struct http_client client = {.fd = -1};
    struct sq_error err = {0};
    ck_assert_msg(sq_socket_connect(SQ_SOCKET_LOOPBACK, port, &client.fd, &err) == SQ_OK, "%s",
                  err.text);
    return client;
}

void http_client_close(struct http_client *client)
{
    sq_socket_close(client->fd);
    client->fd = -1;
    sq_strbuf_clear(&client->raw);
}

void http_client_reset(struct http_client *client)
{
    struct linger now = {.l_onoff = 1};
    ck_assert_int_eq(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    http_client_close(client);
}

void http_client_send(struct http_client *client, const char *text)
{
    struct sq_error err = {0};
    ck_assert_msg(sq_socket_send_all(client->fd, text, strlen(text), HTTP_CLIENT_PATIENCE, &err) ==
                      SQ_OK,
                  "%s", err.text);
}

void http_client_post(struct http_client *client, const char *path, const char *headers,
                      const char *body)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text,
                         "POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                         "%scontent-length: %zu\r\n\r\n%s",
                         path, headers, strlen(body), body);
    http_client_send(client, sq_strbuf_text(&text));
    sq_strbuf_clear(&text);
}

/* A number of that base up to `end`; anything else fails the test. */
static size_t number_until(const char *text, char end, size_t base)
{
    static const char digits[] = "0123456789abcdef";
    size_t number = 0;
    for (const char *at = text; *at != end || at == text; at++) {
        const char *digit = memchr(digits, *at >= 'A' && *at <= 'F' ? *at + 'a' - 'A' : *at, base);
        ck_assert_msg(digit != NULL, "no number: %.20s", text);
        ck_assert_uint_lt(number, SIZE_MAX / 16);
        number = number * base + (size_t)(digit - digits);
    }
    return number;
}

/* Waits for more. False: the connection ended or stayed silent, *ending says which. */
static bool receive(struct http_client *client, int64_t patience_ns, enum http_ending *ending)
{
    char bytes[16384];
    struct pollfd ready = {.fd = client->fd, .events = POLLIN};
    int n_ready = poll(&ready, 1, (int)(patience_ns / SQ_MS));
    ck_assert_int_ge(n_ready, 0);
    if (n_ready == 0) {
        *ending = HTTP_SILENCE;
        return false;
    }
    ssize_t n_bytes = recv(client->fd, bytes, sizeof bytes, 0);
    if (n_bytes > 0) {
        sq_strbuf_add_bytes(&client->raw, bytes, (size_t)n_bytes);
        return true;
    }
    ck_assert_msg(n_bytes == 0 || errno == ECONNRESET, "recv: %s", strerror(errno));
    *ending = n_bytes == 0 ? HTTP_FIN : HTTP_RST;
    return false;
}

static void drop(struct http_client *client, size_t n_bytes)
{
    struct sq_strbuf rest = {0};
    sq_strbuf_add_bytes(&rest, client->raw.text + n_bytes, client->raw.length - n_bytes);
    sq_strbuf_clear(&client->raw);
    client->raw = rest;
}

const char *http_answer_header(struct http_answer *answer, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = sq_strbuf_text(&answer->headers); *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        ck_assert_ptr_nonnull(end);
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1 + strspn(line + length + 1, " ");
            size_t n_bytes = (size_t)(end - value);
            ck_assert_uint_lt(n_bytes, sizeof answer->value);
            memcpy(answer->value, value, n_bytes);
            answer->value[n_bytes] = '\0';
            return answer->value;
        }
        line = end + 2;
    }
    return NULL;
}

/* Takes status line and headers out of what came. False: they are not complete. */
static bool read_headers(struct http_client *client, struct http_answer *answer)
{
    const char *text = sq_strbuf_text(&client->raw);
    const char *end = strstr(text, "\r\n\r\n");
    if (end == NULL) {
        return false;
    }
    const char *first = strstr(text, "\r\n") + 2;
    ck_assert_int_eq(strncmp(text, "HTTP/1.1 ", 9), 0);
    answer->status = (int)number_until(text + 9, ' ', 10);
    sq_strbuf_add_bytes(&answer->headers, first, (size_t)(end + 2 - first));
    drop(client, (size_t)(end + 4 - text));
    answer->has_headers = true;
    const char *length = http_answer_header(answer, "content-length");
    answer->content_length = length == NULL ? -1 : (int64_t)number_until(length, '\0', 10);
    const char *coding = http_answer_header(answer, "transfer-encoding");
    answer->chunked = coding != NULL && strcmp(coding, "chunked") == 0;
    ck_assert(answer->chunked != (answer->content_length >= 0));
    return true;
}

/* Moves what is there of a chunked body. True: it is complete. */
static bool read_chunks(struct http_client *client, struct http_answer *answer, size_t *left)
{
    size_t at = 0;
    bool complete = false;
    const struct sq_strbuf *raw = &client->raw;
    while (at < raw->length && !complete) {
        if (*left > 2) {
            size_t here = raw->length - at < *left - 2 ? raw->length - at : *left - 2;
            sq_strbuf_add_bytes(&answer->body, raw->text + at, here);
            at += here;
            *left -= here;
        } else if (*left > 0) {
            ck_assert_int_eq(raw->text[at], *left == 2 ? '\r' : '\n');
            at++;
            (*left)--;
        } else {
            const char *line_end = strstr(raw->text + at, "\r\n");
            if (line_end == NULL) {
                break;
            }
            size_t size = number_until(raw->text + at, '\r', 16);
            if (size == 0 && strstr(line_end, "\r\n\r\n") == NULL) {
                break;
            }
            complete = size == 0;
            at = (size_t)(line_end - raw->text) + (complete ? 4 : 2);
            *left = complete ? 0 : size + 2;
        }
    }
    drop(client, at);
    return complete;
}

static bool read_plain(struct http_client *client, struct http_answer *answer)
{
    size_t wanted = (size_t)answer->content_length - answer->body.length;
    size_t here = client->raw.length < wanted ? client->raw.length : wanted;
    sq_strbuf_add_bytes(&answer->body, sq_strbuf_text(&client->raw), here);
    drop(client, here);
    return here == wanted;
}

struct http_answer http_client_read(struct http_client *client, size_t enough_bytes,
                                    int64_t patience_ns)
{
    struct http_answer answer = {.content_length = -1, .ending = HTTP_SILENCE};
    size_t chunk_left = 0; /* with its CRLF */
    for (;;) {
        if (answer.has_headers || read_headers(client, &answer)) {
            bool complete = answer.chunked ? read_chunks(client, &answer, &chunk_left)
                                           : read_plain(client, &answer);
            if (complete) {
                answer.ending = HTTP_COMPLETE;
                return answer;
            }
            if (answer.body.length >= enough_bytes) {
                return answer;
            }
        }
        if (!receive(client, patience_ns, &answer.ending)) {
            return answer;
        }
    }
}

struct http_answer http_client_read_all(struct http_client *client)
{
    return http_client_read(client, SIZE_MAX, HTTP_CLIENT_PATIENCE);
}

bool http_client_is_silent(const struct http_client *client)
{
    struct pollfd ready = {.fd = client->fd, .events = POLLIN | POLLRDHUP};
    return poll(&ready, 1, 0) == 0;
}

void http_answer_clear(struct http_answer *answer)
{
    sq_strbuf_clear(&answer->headers);
    sq_strbuf_clear(&answer->body);
}
