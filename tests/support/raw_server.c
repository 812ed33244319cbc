/* SPDX-License-Identifier: MIT */
/* Level-triggered epoll over the listener, the stop bell and the connections. */
#include "tests/support/raw_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "host/socket.h"
#include "mockprovider/server.h"

#define TAG_LISTENER  (UINT64_MAX - 1)
#define TAG_STOP      UINT64_MAX
#define SEND_PATIENCE SQ_SECOND
#define ACK_LOOKS     10000

struct raw_connection {
    int fd; /* 0: unused */
    bool held;
    uint32_t n_requests;
    struct sq_strbuf bytes;
};

static void pause_for(int64_t ms)
{
    struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&span, NULL);
}

static void hang_up(struct raw_server *server, struct raw_connection *connection)
{
    sq_epoll_remove(&server->epoll, connection->fd);
    sq_socket_close(connection->fd);
    sq_strbuf_clear(&connection->bytes);
    *connection = (struct raw_connection){0};
}

static void reset(struct raw_server *server, struct raw_connection *connection)
{
    struct sq_error err;
    for (int i = 0; i < ACK_LOOKS && sq_socket_unacknowledged_bytes(connection->fd) > 0; i++) {
        pause_for(1);
    }
    enum sq_status status = sq_socket_reset(connection->fd, &err);
    sq_assert(status == SQ_OK);
    hang_up(server, connection);
}

static void say(const struct raw_connection *connection, const struct raw_answer *answer)
{
    struct sq_error err;
    for (int i = 0; i < RAW_SERVER_PARTS && answer->parts[i] != NULL; i++) {
        if (i > 0) {
            pause_for(answer->pause_ms);
        }
        /* The client may have left: that is its business. */
        (void)!sq_socket_send_all(connection->fd, answer->parts[i], strlen(answer->parts[i]),
                                  SEND_PATIENCE, &err);
    }
}

static void release_held(struct raw_server *server, const struct raw_answer *answer)
{
    for (uint32_t i = 0; i < RAW_SERVER_CONNECTIONS; i++) {
        if (server->connections[i].held) {
            server->connections[i].held = false;
            say(&server->connections[i], answer);
        }
    }
}

static void note(struct raw_server *server, const struct raw_request *request)
{
    struct sq_journal_entry entry = {.call = request->call,
                                     .attempt = request->attempt,
                                     .nth = request->nth,
                                     .identified = true,
                                     .bill = {.input_tokens = 100, .output_tokens = 7},
                                     .fired = {[SQ_FAMILY_STATUS] = 3},
                                     .reached_at = 5};
    sq_journal_add(server->journal, &entry);
}

/* Digits, and the one character after them. */
static uint64_t read_number(const char **text)
{
    uint64_t number = 0;
    while (**text >= '0' && **text <= '9') {
        number = number * 10 + (uint64_t)(**text - '0');
        ++*text;
    }
    ++*text;
    return number;
}

static void answer_request(struct raw_server *server, struct raw_connection *connection,
                           const char *head, const char *body)
{
    struct raw_request request = {.connection = (uint32_t)(connection - server->connections),
                                  .on_connection = ++connection->n_requests,
                                  .head = head,
                                  .body = body};
    const char *name = strstr(head, SQ_SERVER_ATTEMPT_HEADER ": ");
    sq_assert(name != NULL);
    name += strlen(SQ_SERVER_ATTEMPT_HEADER ": ");
    request.call = read_number(&name);
    request.nth = (uint16_t)read_number(&name);
    request.attempt = (uint16_t)read_number(&name);
    atomic_fetch_add(&server->n_requests, 1);
    struct raw_answer answer = server->handler(&request, server->context);
    if (!answer.unbilled) {
        note(server, &request);
    }
    if (answer.release) {
        release_held(server, &answer);
    }
    connection->held = answer.ending == RAW_HOLD;
    if (!connection->held) {
        say(connection, &answer);
    }
    if (answer.ending == RAW_FIN) {
        hang_up(server, connection);
    } else if (answer.ending == RAW_RST) {
        reset(server, connection);
    }
}

/* One whole request among the bytes, if there is one. */
static void look_for_request(struct raw_server *server, struct raw_connection *connection)
{
    char *text = connection->bytes.text;
    char *blank = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    if (blank == NULL || length == NULL) {
        return;
    }
    char *body = blank + 4;
    length += strlen("Content-Length: ");
    size_t wanted = read_number(&length);
    if (connection->bytes.length - (size_t)(body - text) < wanted) {
        return;
    }
    *blank = '\0';
    char *request = strdup(text);
    char *content = strdup(body);
    sq_strbuf_reset(&connection->bytes);
    answer_request(server, connection, request, content);
    free(request);
    free(content);
}

static void read_connection(struct raw_server *server, struct raw_connection *connection)
{
    char bytes[65536];
    ssize_t n_bytes = read(connection->fd, bytes, sizeof(bytes));
    if (n_bytes < 0 && errno == EAGAIN) {
        return;
    }
    if (n_bytes <= 0) {
        hang_up(server, connection);
        return;
    }
    sq_strbuf_add_bytes(&connection->bytes, bytes, (size_t)n_bytes);
    look_for_request(server, connection);
}

static void accept_all(struct raw_server *server)
{
    struct sq_error err;
    int fd;
    while (sq_socket_accept(server->listener, &fd, &err) == SQ_SOCKET_ACCEPTED) {
        uint32_t i = 0;
        while (i < RAW_SERVER_CONNECTIONS && server->connections[i].fd != 0) {
            i++;
        }
        sq_assert(i < RAW_SERVER_CONNECTIONS);
        sq_socket_send_at_once(fd);
        server->connections[i].fd = fd;
        atomic_fetch_add(&server->n_connections, 1);
        enum sq_status status = sq_epoll_add(&server->epoll, fd, SQ_EPOLL_READ, i, &err);
        sq_assert(status == SQ_OK);
    }
}

static void serve(void *context)
{
    struct raw_server *server = context;
    struct sq_epoll_event event;
    for (;;) {
        if (sq_epoll_wait(&server->epoll, &event, 1, SQ_NEVER) == 0) {
            continue;
        }
        if (event.tag == TAG_STOP) {
            return;
        }
        if (event.tag == TAG_LISTENER) {
            accept_all(server);
        } else {
            read_connection(server, &server->connections[event.tag]);
        }
    }
}

void raw_server_start(struct raw_server *server, raw_handler *handler, void *context)
{
    struct sq_error err;
    *server = (struct raw_server){.handler = handler, .context = context};
    server->connections = calloc(RAW_SERVER_CONNECTIONS, sizeof(*server->connections));
    server->journal = sq_journal_new(&err);
    sq_assert(server->connections != NULL && server->journal != NULL);
    bool ready =
        sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, SQ_SOCKET_BACKLOG, &server->listener, &err) ==
            SQ_OK &&
        sq_epoll_init(&server->epoll, &err) == SQ_OK &&
        sq_wakeup_init(&server->stop, &err) == SQ_OK &&
        sq_epoll_add(&server->epoll, server->listener, SQ_EPOLL_READ, TAG_LISTENER, &err) ==
            SQ_OK &&
        sq_epoll_add(&server->epoll, server->stop.fd, SQ_EPOLL_READ, TAG_STOP, &err) == SQ_OK;
    sq_assert(ready);
    server->port = sq_socket_local_port(server->listener);
    enum sq_status status = sq_thread_start(&server->thread, serve, server, &err);
    sq_assert(status == SQ_OK);
}

void raw_server_stop(struct raw_server *server)
{
    sq_wakeup_ring(&server->stop);
    sq_thread_join(&server->thread);
    for (uint32_t i = 0; i < RAW_SERVER_CONNECTIONS; i++) {
        if (server->connections[i].fd != 0) {
            hang_up(server, &server->connections[i]);
        }
    }
    free(server->connections);
    sq_epoll_remove(&server->epoll, server->listener);
    sq_socket_close(server->listener);
    sq_epoll_clear(&server->epoll);
    sq_wakeup_clear(&server->stop);
    sq_journal_free(server->journal);
}
