/* SPDX-License-Identifier: MIT */
/*
 * The only file that knows libmicrohttpd: an external event loop over its epoll, no listening
 * socket, suspend and resume. Never MHD_USE_TURBO: it asks for bodies before the headers are on the
 * wire, which would break exact endings.
 */
#include "mockprovider/http_int.h"

#include <microhttpd.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

struct sq_http {
    struct MHD_Daemon *daemon;
    struct sq_http_handler handler;
    size_t request_bytes_max;
    struct sq_http_exchange *joining; /* whom MHD_add_connection is about */
    int fd;                           /* of its epoll; owned by the daemon */
};

static struct sq_http_exchange *exchange_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    sq_assert(info != NULL);
    return info->socket_context;
}

static void suspend(struct sq_http_exchange *exchange)
{
    sq_assert(!exchange->suspended);
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
}

static bool same_text(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && memcmp(a, b, length) == 0;
}

static enum sq_http_method method_of(const char *name)
{
    if (same_text(name, MHD_HTTP_METHOD_POST)) {
        return SQ_HTTP_POST;
    }
    return same_text(name, MHD_HTTP_METHOD_GET) ? SQ_HTTP_GET : SQ_HTTP_OTHER;
}

static void begin_request(struct sq_http_exchange *exchange, const char *method)
{
    exchange->begun = true;
    exchange->too_large = false;
    exchange->method = method_of(method);
    if (exchange->body.capacity > SQ_HTTP_KEPT_BYTES) {
        sq_strbuf_clear(&exchange->body);
    }
    sq_strbuf_reset(&exchange->body);
}

static void take_body(const struct sq_http *http, struct sq_http_exchange *exchange,
                      const char *bytes, size_t length)
{
    if (exchange->too_large || length > http->request_bytes_max - exchange->body.length) {
        exchange->too_large = true;
        sq_strbuf_reset(&exchange->body);
        return;
    }
    sq_strbuf_add_bytes(&exchange->body, bytes, length);
}

/* Asked for the next bytes of a body; position and room as libmicrohttpd has them. */
static ssize_t on_more(void *context, uint64_t position, char *bytes, size_t room)
{
    struct sq_http_exchange *exchange = context;
    const struct sq_http_handler *handler = &exchange->http->handler;
    size_t n_bytes = 0;
    (void)position;
    switch (handler->more(handler->context, exchange, bytes, room, &n_bytes)) {
    case SQ_HTTP_BYTES:
        sq_assert(n_bytes > 0);
        sq_assert(n_bytes <= room);
        return (ssize_t)n_bytes;
    case SQ_HTTP_LATER:
        suspend(exchange);
        return 0;
    case SQ_HTTP_END:
        return MHD_CONTENT_READER_END_OF_STREAM;
    case SQ_HTTP_ABORT:
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    sq_assert(false && "an answer of `more` that is none");
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct sq_http_reply *reply)
{
    bool added = add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content.content_type) &&
                 add_header(response, MHD_HTTP_HEADER_ALLOW, reply->content.allow) &&
                 add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            reply->content.no_cache ? "no-cache" : NULL);
    for (uint32_t i = 0; added && i < reply->headers.n_headers; i++) {
        added = add_header(response, reply->headers.name[i], reply->headers.value[i]);
    }
    return added;
}

/* What libmicrohttpd allocates for a body of known length beside the connection's own memory. */
#define DECLARED_BLOCK_BYTES 16384

static struct MHD_Response *new_response(const struct sq_http_content *content,
                                         struct sq_http_exchange *exchange)
{
    switch (content->framing) {
    case SQ_HTTP_WHOLE:
        /* MUST_COPY: the text is only read, though the parameter is not const. */
        return MHD_create_response_from_buffer(content->length, (void *)(uintptr_t)content->body,
                                               MHD_RESPMEM_MUST_COPY);
    case SQ_HTTP_DECLARED:
        return MHD_create_response_from_callback(content->length, DECLARED_BLOCK_BYTES, on_more,
                                                 exchange, NULL);
    case SQ_HTTP_CHUNKED:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1, on_more, exchange, NULL);
    }
    sq_assert(false && "a reply without framing");
    return NULL;
}

static enum MHD_Result queue_reply(struct sq_http_exchange *exchange,
                                   const struct sq_http_reply *reply)
{
    const struct sq_http_handler *handler = &exchange->http->handler;
    struct MHD_Response *response = new_response(&reply->content, exchange);
    if (response == NULL) {
        handler->trouble(handler->context, "out of memory for an answer");
        return MHD_NO;
    }
    enum MHD_Result queued = MHD_NO;
    if (!add_headers(response, reply)) {
        handler->trouble(handler->context, "an answer has a header that HTTP forbids");
    } else {
        queued = MHD_queue_response(exchange->connection, reply->content.status, response);
    }
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result ask_answer(struct sq_http_exchange *exchange)
{
    const struct sq_http_handler *handler = &exchange->http->handler;
    struct sq_http_reply reply;
    reply.headers.n_headers = 0;
    switch (handler->answer(handler->context, exchange, &reply)) {
    case SQ_HTTP_REPLY:
        return queue_reply(exchange, &reply);
    case SQ_HTTP_WAIT:
        suspend(exchange);
        return MHD_YES;
    case SQ_HTTP_CLOSE:
        return MHD_NO;
    }
    sq_assert(false && "a verdict that is none");
    return MHD_NO;
}

/* Called with the headers alone, then with pieces of the body, then without: the request is whole.
 * Once more after each resume. The many parameters are libmicrohttpd's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_bytes, void **request)
{
    struct sq_http *http = context;
    struct sq_http_exchange *exchange = exchange_of(connection);
    (void)version;
    if (*request == NULL) {
        *request = exchange;
        begin_request(exchange, method);
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        take_body(http, exchange, upload, *upload_bytes);
        *upload_bytes = 0;
        return MHD_YES;
    }
    exchange->path = url;
    return ask_answer(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode why)
{
    struct sq_http *http = context;
    struct sq_http_exchange *exchange = *request;
    (void)connection;
    (void)why;
    if (exchange != NULL && exchange->begun) {
        exchange->begun = false;
        http->handler.over(http->handler.context, exchange);
    }
    *request = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct sq_http *http = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        sq_assert(http->joining != NULL);
        *socket_context = http->joining;
        http->joining->connection = connection;
        return;
    }
    struct sq_http_exchange *exchange = *socket_context;
    sq_strbuf_clear(&exchange->body);
    http->handler.closed(http->handler.context, exchange);
}

static struct MHD_Daemon *start_daemon(struct sq_http *http)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
                            NULL, NULL, on_access, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                            http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned int)SQ_HTTP_CONNECTIONS_MAX,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SQ_HTTP_CONNECTION_BYTES,
                            MHD_OPTION_END);
}

enum sq_status sq_http_start(const struct sq_http_handler *handler, size_t request_bytes_max,
                             struct sq_http **http, struct sq_error *err)
{
    struct sq_http *made = sq_memory_new(1, sizeof *made);
    if (made == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the HTTP server");
    }
    made->handler = *handler;
    made->request_bytes_max = request_bytes_max;
    made->daemon = start_daemon(made);
    if (made->daemon == NULL) {
        sq_memory_free(made);
        return sq_error_set(err, SQ_LIMIT, "cannot start the HTTP server");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    sq_assert(info != NULL);
    made->fd = info->epoll_fd;
    *http = made;
    return SQ_OK;
}

void sq_http_stop(struct sq_http *http)
{
    if (http != NULL) {
        MHD_stop_daemon(http->daemon);
        sq_memory_free(http);
    }
}

int sq_http_fd(const struct sq_http *http)
{
    return http->fd;
}

bool sq_http_run(struct sq_http *http)
{
    unsigned long long timeout_ms;
    enum MHD_Result ran = MHD_run(http->daemon);
    sq_assert(ran == MHD_YES);
    return MHD_get_timeout(http->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0;
}

bool sq_http_add(struct sq_http *http, struct sq_http_exchange *exchange, int fd)
{
    /* Only an IP limit would look at the address, and there is none. */
    const struct sockaddr nobody = {.sa_family = AF_INET};
    exchange->http = http;
    http->joining = exchange;
    enum MHD_Result added = MHD_add_connection(http->daemon, fd, &nobody, sizeof nobody);
    http->joining = NULL;
    return added == MHD_YES || exchange->connection != NULL;
}

void sq_http_resume(struct sq_http_exchange *exchange)
{
    sq_assert(exchange->suspended);
    exchange->suspended = false;
    MHD_resume_connection(exchange->connection);
}

const char *sq_http_header(const struct sq_http_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}
