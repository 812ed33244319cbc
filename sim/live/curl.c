/* SPDX-License-Identifier: MIT */
/*
 * The only file that knows libcurl (7.88 or newer). What was found by trying it:
 *
 * - A close before the last byte is CURLE_PARTIAL_FILE, in a chunked body too; an RST is
 *   CURLE_RECV_ERROR, and so is a chunk that is none: only CURLINFO_OS_ERRNO tells them apart, and
 *   it stays in a handle for good, so a handle that saw one is not used again.
 * - A close inside the headers, after the status line, is CURLE_OK: the transfer knows better.
 * - On a reused connection that dies before the first byte libcurl sends the request again by
 *   itself; it asks CURLOPT_PREREQFUNCTION first, which says no.
 *
 * Handles are kept with their transfer and set up once; per attempt only address, body and
 * header lines change.
 */
#include "sim/live/curl_int.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "host/epoll.h"
#include "host/reason.h"
#include "sim/live/heap_int.h"
#include "sim/live/lines_int.h"

#define DETOUR_BYTES      96
#define CONNECT_LIMIT_MS  ((long)INT_MAX - 1) /* the longest libcurl takes; 0 would be 300 s */
#define CONNECTION_AGE_S  (24L * 60 * 60)
#define WATCHED_TAG_FIRST (UINT64_MAX - SQ_LIVE_CURL_WATCHED_MAX)

struct handle {
    CURL *easy;
    const char *url;    /* set in easy */
    const char *detour; /* set in easy; NULL: none */
    struct curl_slist detours;
    char detour_text[DETOUR_BYTES];
    struct curl_slist headers[SQ_LIVE_LINES_MAX];
    struct sq_live_lines lines;
    struct curl_slist authorization; /* takes the place of our own, which identify us */
    bool added;                      /* to the multi handle */
    bool spent;                      /* CURLINFO_OS_ERRNO will lie from now on */
    int socket_errno; /* of a socket that could not be opened; libcurl does not keep it */
};

struct sq_live_curl {
    CURLM *multi;
    struct sq_epoll epoll;
    struct sq_live_inbox *inbox;
    const struct sq_clock *clock;
    int64_t timer_at; /* real time; SQ_NEVER: none */
};

/* Callbacks */

static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct handle *handle = user;
    curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    handle->socket_errno = fd == CURL_SOCKET_BAD ? errno : 0;
    return fd;
}

/* libcurl fixes the types. NOLINTNEXTLINE(readability-non-const-parameter) */
static int on_sending(void *user, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    return sq_live_transfer_sending(user) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static bool is_blank_line(const char *line, size_t length)
{
    return (length == 2 && line[0] == '\r' && line[1] == '\n') || (length == 1 && line[0] == '\n');
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct sq_live_transfer *transfer = user;
    const struct handle *handle = transfer->handle;
    size_t length = size * count;
    if (!is_blank_line(line, length)) {
        sq_live_transfer_header(transfer, line, length);
        return length;
    }
    long status = 0;
    curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &status);
    sq_live_transfer_headers_complete(transfer, (uint16_t)status);
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    sq_live_transfer_body(user, bytes, size * count);
    return size * count;
}

/* socket_known is NULL until a socket is in the epoll. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_known)
{
    (void)easy;
    struct sq_live_curl *curl = user;
    if (what == CURL_POLL_REMOVE) {
        sq_epoll_remove(&curl->epoll, fd);
        return 0;
    }
    uint32_t interest = ((what & CURL_POLL_IN) != 0 ? (uint32_t)SQ_EPOLL_READ : 0) |
                        ((what & CURL_POLL_OUT) != 0 ? (uint32_t)SQ_EPOLL_WRITE : 0);
    struct sq_error err;
    enum sq_status status = socket_known == NULL
                                ? sq_epoll_add(&curl->epoll, fd, interest, (uint64_t)fd, &err)
                                : sq_epoll_modify(&curl->epoll, fd, interest, (uint64_t)fd, &err);
    if (status != SQ_OK) {
        sq_live_inbox_fail(curl->inbox, status, "cannot watch a connection", err.text);
        return 0;
    }
    curl_multi_assign(curl->multi, fd, curl);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    (void)multi;
    struct sq_live_curl *curl = user;
    curl->timer_at =
        timeout_ms < 0 ? SQ_NEVER : sq_time_add(sq_clock_real_ns(), timeout_ms * SQ_MS);
    return 0;
}

static bool set_up_multi(struct sq_live_curl *curl, uint32_t keep_alive)
{
    curl->multi = curl_multi_init();
    if (curl->multi == NULL) {
        return false;
    }
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETDATA, curl);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERDATA, curl);
    curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)keep_alive);
    return true;
}

enum sq_status sq_live_curl_new(struct sq_live_inbox *inbox, const struct sq_clock *clock,
                                uint32_t keep_alive, struct sq_live_curl **curl,
                                struct sq_error *err)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, sq_live_malloc, sq_memory_free, sq_live_realloc,
                             sq_live_strdup, sq_live_calloc) != CURLE_OK) {
        return sq_error_set(err, SQ_ENVIRONMENT, "cannot start libcurl");
    }
    struct sq_live_curl *made = sq_memory_new(1, sizeof(*made));
    if (made == NULL) {
        curl_global_cleanup();
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    *made = (struct sq_live_curl){.epoll = {.fd = -1}, .inbox = inbox, .clock = clock};
    made->timer_at = SQ_NEVER;
    enum sq_status status = sq_epoll_init(&made->epoll, err);
    if (status == SQ_OK && !set_up_multi(made, keep_alive)) {
        status = sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    if (status != SQ_OK) {
        sq_live_curl_free(made);
        return status;
    }
    *curl = made;
    return SQ_OK;
}

void sq_live_curl_free(struct sq_live_curl *curl)
{
    if (curl == NULL) {
        return;
    }
    curl_multi_cleanup(curl->multi);
    sq_epoll_clear(&curl->epoll);
    sq_memory_free(curl);
    curl_global_cleanup();
}

enum sq_status sq_live_curl_watch(struct sq_live_curl *curl, int fd, uint32_t bit,
                                  struct sq_error *err)
{
    sq_assert(bit < SQ_LIVE_CURL_WATCHED_MAX);
    return sq_epoll_add(&curl->epoll, fd, SQ_EPOLL_READ, WATCHED_TAG_FIRST + bit, err);
}

void sq_live_curl_unwatch(struct sq_live_curl *curl, int fd)
{
    sq_epoll_remove(&curl->epoll, fd);
}

/* Sending */

/* What no attempt changes. libcurl's own limits, redirects, proxies and retries are off. */
static void set_up_easy(CURL *easy, struct handle *handle, struct sq_live_transfer *transfer)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, handle);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_sending);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handle->headers);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_LIMIT_MS);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, CONNECTION_AGE_S);
}

static struct handle *new_handle(struct sq_live_transfer *transfer)
{
    struct handle *handle = sq_memory_new(1, sizeof(*handle));
    CURL *easy = curl_easy_init();
    if (handle == NULL || easy == NULL) {
        sq_memory_free(handle);
        curl_easy_cleanup(easy);
        return NULL;
    }
    handle->easy = easy;
    set_up_easy(easy, handle, transfer);
    return handle;
}

/* The list lives in the handle: libcurl reads it and frees nothing. A foreign endpoint's
 * authorization comes behind the lines. */
static void set_lines(struct handle *handle, const struct sq_attempt *attempt,
                      const struct sq_live_request *request)
{
    struct sq_live_lines *lines = &handle->lines;
    sq_live_lines_write(lines, attempt, request);
    handle->authorization.data = (char *)request->authorization;
    for (uint32_t i = 0; i < lines->n_lines; i++) {
        handle->headers[i].data = lines->text[i];
        handle->headers[i].next = i + 1 < lines->n_lines ? &handle->headers[i + 1] : NULL;
    }
    if (request->foreign && request->authorization != NULL) {
        handle->headers[lines->n_lines - 1].next = &handle->authorization;
    }
}

/* A connection that goes astray is never one of those kept, nor kept. The list lives in the handle,
 * as that of the headers. */
static void set_detour(struct handle *handle, const char *detour)
{
    if (handle->detour == detour) {
        return;
    }
    memcpy(handle->detour_text, detour == NULL ? "" : detour,
           detour == NULL ? 1 : strlen(detour) + 1);
    handle->detours = (struct curl_slist){.data = handle->detour_text};
    curl_easy_setopt(handle->easy, CURLOPT_CONNECT_TO, detour == NULL ? NULL : &handle->detours);
    curl_easy_setopt(handle->easy, CURLOPT_FRESH_CONNECT, detour == NULL ? 0L : 1L);
    curl_easy_setopt(handle->easy, CURLOPT_FORBID_REUSE, detour == NULL ? 0L : 1L);
    handle->detour = detour;
}

static CURLcode set_attempt(struct handle *handle, const struct sq_live_transfer *transfer,
                            const struct sq_live_request *request)
{
    CURLcode code = CURLE_OK;
    handle->socket_errno = 0;
    set_lines(handle, &transfer->attempt, request);
    set_detour(handle, request->detour);
    if (handle->url != request->url) {
        code = curl_easy_setopt(handle->easy, CURLOPT_URL, request->url);
        handle->url = code == CURLE_OK ? request->url : NULL;
    }
    curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)transfer->request.length);
    curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDS, sq_strbuf_text(&transfer->request));
    return code;
}

void sq_live_curl_cancel(struct sq_live_curl *curl, struct sq_live_transfer *transfer)
{
    struct handle *handle = transfer->handle;
    if (handle->added) {
        curl_off_t sent_bytes = 0;
        curl_easy_getinfo(handle->easy, CURLINFO_SIZE_UPLOAD_T, &sent_bytes);
        transfer->sent_whole =
            transfer->sent_twice ||
            (transfer->sent && sent_bytes >= (curl_off_t)transfer->request.length);
        handle->added = false;
        curl_multi_remove_handle(curl->multi, handle->easy);
    }
}

void sq_live_curl_forget(struct sq_live_curl *curl, struct sq_live_transfer *transfer)
{
    struct handle *handle = transfer->handle;
    if (handle == NULL) {
        return;
    }
    sq_live_curl_cancel(curl, transfer);
    curl_easy_cleanup(handle->easy);
    sq_memory_free(handle);
    transfer->handle = NULL;
}

static struct handle *handle_for(struct sq_live_curl *curl, struct sq_live_transfer *transfer)
{
    struct handle *handle = transfer->handle;
    if (handle != NULL && handle->spent) {
        sq_live_curl_forget(curl, transfer);
    }
    if (transfer->handle == NULL) {
        transfer->handle = new_handle(transfer);
    }
    return transfer->handle;
}

enum sq_status sq_live_curl_send(struct sq_live_curl *curl, struct sq_live_transfer *transfer,
                                 const struct sq_live_request *request, struct sq_error *err)
{
    struct handle *handle = handle_for(curl, transfer);
    if (handle == NULL || set_attempt(handle, transfer, request) != CURLE_OK ||
        curl_multi_add_handle(curl->multi, handle->easy) != CURLM_OK) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    handle->added = true;
    return SQ_OK;
}

/* Endings */

/* Our machine has no more of something: the run says nothing about the provider. */
static bool is_exhaustion(long error_number)
{
    return error_number == EMFILE || error_number == ENFILE || error_number == EADDRNOTAVAIL ||
           error_number == ENOBUFS || error_number == ENOMEM;
}

static bool is_reset(long error_number)
{
    return error_number == ECONNRESET || error_number == EPIPE;
}

static bool end_of(CURLcode code, long error_number, enum sq_live_end *end)
{
    static const struct {
        CURLcode code;
        enum sq_live_end end;
    } ends[] = {
        {CURLE_OK, SQ_LIVE_END_COMPLETE},
        {CURLE_COULDNT_RESOLVE_HOST, SQ_LIVE_END_DNS},
        {CURLE_COULDNT_CONNECT, SQ_LIVE_END_REFUSED},
        {CURLE_SSL_CONNECT_ERROR, SQ_LIVE_END_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, SQ_LIVE_END_TLS},
        {CURLE_ABORTED_BY_CALLBACK, SQ_LIVE_END_RESET},
        {CURLE_SEND_ERROR, SQ_LIVE_END_RESET},
        {CURLE_GOT_NOTHING, SQ_LIVE_END_CLOSED},
        {CURLE_PARTIAL_FILE, SQ_LIVE_END_CLOSED},
        {CURLE_WEIRD_SERVER_REPLY, SQ_LIVE_END_GARBLED},
        {CURLE_UNSUPPORTED_PROTOCOL, SQ_LIVE_END_GARBLED},
        {CURLE_BAD_CONTENT_ENCODING, SQ_LIVE_END_GARBLED},
    };
    if (code == CURLE_RECV_ERROR) {
        *end = is_reset(error_number) ? SQ_LIVE_END_RESET : SQ_LIVE_END_GARBLED;
        return true;
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (ends[i].code == code) {
            *end = ends[i].end;
            return true;
        }
    }
    return false;
}

static void end_transfer(struct sq_live_curl *curl, CURL *easy, CURLcode code)
{
    struct sq_live_transfer *transfer = NULL;
    long error_number = 0;
    enum sq_live_end end;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error_number);
    struct handle *handle = transfer->handle;
    if (handle->socket_errno != 0) {
        error_number = handle->socket_errno;
    }
    sq_live_curl_cancel(curl, transfer);
    handle->spent = is_reset(error_number) || is_exhaustion(error_number);
    if (code == CURLE_OUT_OF_MEMORY) {
        sq_live_inbox_fail(curl->inbox, SQ_NO_MEMORY, "cannot send a request", "out of memory");
    } else if (code != CURLE_OK && is_exhaustion(error_number)) {
        sq_live_inbox_fail(curl->inbox, SQ_LIMIT, "cannot connect to the provider",
                           sq_reason_of((int)error_number).text);
    } else if (!end_of(code, error_number, &end)) {
        sq_live_inbox_fail(curl->inbox, SQ_ENVIRONMENT, "cannot send a request",
                           curl_easy_strerror(code));
    } else {
        sq_live_transfer_end(transfer, end);
    }
}

static void read_messages(struct sq_live_curl *curl)
{
    int n_left;
    const CURLMsg *message = curl_multi_info_read(curl->multi, &n_left);
    while (message != NULL) {
        /* Ending a transfer makes the message invalid. */
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        sq_assert(message->msg == CURLMSG_DONE);
        end_transfer(curl, easy, code);
        message = curl_multi_info_read(curl->multi, &n_left);
    }
}

/* Turns */

static void act(struct sq_live_curl *curl, curl_socket_t fd, int bits)
{
    int n_running;
    CURLMcode code = curl_multi_socket_action(curl->multi, fd, bits, &n_running);
    if (code != CURLM_OK) {
        sq_live_inbox_fail(curl->inbox, code == CURLM_OUT_OF_MEMORY ? SQ_NO_MEMORY : SQ_ENVIRONMENT,
                           "libcurl cannot go on", curl_multi_strerror(code));
    }
}

static int bits_of(uint32_t came)
{
    return ((came & SQ_EPOLL_READ) != 0 ? CURL_CSELECT_IN : 0) |
           ((came & SQ_EPOLL_WRITE) != 0 ? CURL_CSELECT_OUT : 0) |
           ((came & SQ_EPOLL_BROKEN) != 0 ? CURL_CSELECT_ERR : 0);
}

static void act_on_timer(struct sq_live_curl *curl)
{
    if (curl->timer_at != SQ_NEVER && curl->timer_at <= sq_clock_real_ns()) {
        curl->timer_at = SQ_NEVER;
        act(curl, CURL_SOCKET_TIMEOUT, 0);
    }
}

static int64_t patience_ns(const struct sq_live_curl *curl, sq_dur span)
{
    int64_t patience = sq_clock_real_span_ns(curl->clock, span);
    if (curl->timer_at == SQ_NEVER) {
        return patience;
    }
    int64_t left = curl->timer_at - sq_clock_real_ns();
    return left < patience ? left : patience;
}

struct sq_live_turn sq_live_curl_turn(struct sq_live_curl *curl, sq_dur span)
{
    struct sq_epoll_event events[SQ_LIVE_CURL_EVENTS];
    struct sq_live_turn turn = {0};
    int n_came = sq_epoll_wait(&curl->epoll, events, SQ_LIVE_CURL_EVENTS, patience_ns(curl, span));
    curl->inbox->at = sq_clock_now(curl->clock);
    turn.full = n_came == SQ_LIVE_CURL_EVENTS;
    for (int i = 0; i < n_came; i++) {
        if (events[i].tag >= WATCHED_TAG_FIRST) {
            turn.watched |= UINT32_C(1) << (events[i].tag - WATCHED_TAG_FIRST);
        } else {
            act(curl, (curl_socket_t)events[i].tag, bits_of(events[i].came));
        }
    }
    act_on_timer(curl);
    read_messages(curl);
    return turn;
}
