/* SPDX-License-Identifier: MIT */
/*
 * TCP through the system's own calls. Numeric addresses only (AI_NUMERICHOST).
 */
#include "host/socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/time.h"
#include "host/reason.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct endpoint {
    union address address;
    socklen_t length;
    int family;
};

/* What the machine has run out of ends the run as inconclusive, see the header. */
static enum sq_status status_of(int error_number)
{
    bool exhausted = error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
                     error_number == ENOMEM || error_number == EADDRNOTAVAIL;
    return exhausted ? SQ_LIMIT : SQ_ENVIRONMENT;
}

static enum sq_status fail_at(struct sq_error *err, const char *what, const char *address,
                              uint16_t port)
{
    int reason = errno;
    return sq_error_set(err, status_of(reason), "cannot %s \"%s\" port %u: %s", what, address,
                        (unsigned)port, sq_reason_of(reason).text);
}

/* The status of a port that somebody has. */
static enum sq_status another_port(struct sq_error *err)
{
    if (err != NULL) {
        (void)sq_error_hint(err, "choose another port, or 0 for any free one");
    }
    return SQ_ENVIRONMENT;
}

static void set_port(struct endpoint *endpoint, uint16_t port)
{
    if (endpoint->family == AF_INET6) {
        endpoint->address.v6.sin6_port = htons(port);
    } else {
        endpoint->address.v4.sin_port = htons(port);
    }
}

static enum sq_status read_endpoint(const char *address, uint16_t port, struct endpoint *endpoint,
                                    struct sq_error *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(address, NULL, &hints, &found) != 0) {
        return sq_error_set(err, SQ_INVALID,
                            "\"%s\" is no numeric address (such as 127.0.0.1 or ::1)", address);
    }
    sq_assert(found->ai_addrlen <= sizeof(endpoint->address));
    memcpy(&endpoint->address, found->ai_addr, found->ai_addrlen);
    endpoint->length = found->ai_addrlen;
    endpoint->family = found->ai_family;
    freeaddrinfo(found);
    set_port(endpoint, port);
    return SQ_OK;
}

static int open_listener(const struct endpoint *endpoint, int backlog)
{
    int fd = socket(endpoint->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, &endpoint->address.any, endpoint->length) == 0 && listen(fd, backlog) == 0) {
        return fd;
    }
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

enum sq_status sq_socket_listen(const char *address, uint16_t port, int backlog, int *fd,
                                struct sq_error *err)
{
    struct endpoint endpoint = {0};
    enum sq_status status = read_endpoint(address, port, &endpoint, err);
    if (status != SQ_OK) {
        return status;
    }
    int listener = open_listener(&endpoint, backlog);
    if (listener >= 0) {
        *fd = listener;
        return SQ_OK;
    }
    int reason = errno;
    status = fail_at(err, "listen on", address, port);
    return reason == EADDRINUSE ? another_port(err) : status;
}

/* SO_REUSEADDR on both lets a listener join a port that is held without listening. */
enum sq_status sq_socket_reserve(const char *address, uint16_t port, int *fd, struct sq_error *err)
{
    struct endpoint endpoint = {0};
    enum sq_status status = read_endpoint(address, port, &endpoint, err);
    if (status != SQ_OK) {
        return status;
    }
    int on = 1;
    int made = socket(endpoint.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0 || setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(made, &endpoint.address.any, endpoint.length) != 0) {
        int reason = errno;
        status = fail_at(err, "reserve a port on", address, port);
        sq_socket_close(made);
        return reason == EADDRINUSE ? another_port(err) : status;
    }
    *fd = made;
    return SQ_OK;
}

enum sq_status sq_socket_set_deaf(int listener, bool deaf, struct sq_error *err)
{
    struct sock_filter drop = {.code = BPF_RET | BPF_K, .k = 0};
    struct sock_fprog filter = {.len = 1, .filter = &drop};
    int option = deaf ? SO_ATTACH_FILTER : SO_DETACH_FILTER;
    if (setsockopt(listener, SOL_SOCKET, option, &filter, sizeof(filter)) != 0) {
        return sq_error_set(err, status_of(errno), "cannot make a listener %s: %s",
                            deaf ? "deaf" : "hear again", sq_reason_of(errno).text);
    }
    return SQ_OK;
}

uint16_t sq_socket_local_port(int fd)
{
    union address address = {0};
    socklen_t length = sizeof(address);
    int result = getsockname(fd, &address.any, &length);
    sq_assert(result == 0);
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static enum sq_socket_accepted accept_trouble(int reason, struct sq_error *err)
{
    switch (reason) {
    case EAGAIN:
    case EINTR:
    /* accept(2): what went wrong with this one connection is to be treated like "nobody waits". */
    case ECONNABORTED:
    case EPERM:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return SQ_SOCKET_NONE;
    default:
        break;
    }
    bool exhausted = status_of(reason) == SQ_LIMIT;
    sq_error_set(err, status_of(reason), "cannot accept a connection: %s",
                 sq_reason_of(reason).text);
    return exhausted ? SQ_SOCKET_EXHAUSTED : SQ_SOCKET_BROKEN;
}

enum sq_socket_accepted sq_socket_accept(int listener, int *fd, struct sq_error *err)
{
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
        return accept_trouble(errno, err);
    }
    *fd = connection;
    return SQ_SOCKET_ACCEPTED;
}

enum sq_status sq_socket_connect(const char *address, uint16_t port, int *fd, struct sq_error *err)
{
    struct endpoint endpoint = {0};
    enum sq_status status = read_endpoint(address, port, &endpoint, err);
    if (status != SQ_OK) {
        return status;
    }
    int connection = socket(endpoint.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection >= 0 && connect(connection, &endpoint.address.any, endpoint.length) == 0) {
        *fd = connection;
        return SQ_OK;
    }
    status = fail_at(err, "connect to", address, port);
    sq_socket_close(connection);
    return status;
}

/* Whether the socket takes more bytes within the time; sets errno if not. */
static bool wait_for_room(int fd, int64_t timeout_ns)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / SQ_SECOND),
                               .tv_nsec = (long)(timeout_ns % SQ_SECOND)};
    int n_ready = ppoll(&room, 1, timeout_ns == SQ_NEVER ? NULL : &timeout, NULL);
    if (n_ready == 0) {
        errno = ETIMEDOUT;
    }
    return n_ready > 0 || (n_ready < 0 && errno == EINTR);
}

enum sq_status sq_socket_send_all(int fd, const void *bytes, size_t length, int64_t timeout_ns,
                                  struct sq_error *err)
{
    const char *next = bytes;
    size_t left = length;
    while (left > 0) {
        ssize_t n_sent = send(fd, next, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n_sent >= 0) {
            next += n_sent;
            left -= (size_t)n_sent;
        } else if (errno == EAGAIN ? !wait_for_room(fd, timeout_ns) : errno != EINTR) {
            return sq_error_set(err, status_of(errno), "cannot send the last %zu bytes: %s", left,
                                sq_reason_of(errno).text);
        }
    }
    return SQ_OK;
}

enum sq_socket_received sq_socket_receive(int fd, void *bytes, size_t room, size_t *n_bytes)
{
    ssize_t n_received;
    do {
        n_received = recv(fd, bytes, room, MSG_DONTWAIT);
    } while (n_received < 0 && errno == EINTR);
    if (n_received > 0) {
        *n_bytes = (size_t)n_received;
        return SQ_SOCKET_BYTES;
    }
    return n_received < 0 && errno == EAGAIN ? SQ_SOCKET_EMPTY : SQ_SOCKET_OVER;
}

void sq_socket_send_at_once(int fd)
{
    int on = 1;
    /* Fails only on a connection that is gone already, where it does not matter. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

size_t sq_socket_unacknowledged_bytes(int fd)
{
    int n_bytes = 0;
    if (ioctl(fd, SIOCOUTQ, &n_bytes) != 0 || n_bytes < 0) {
        return 0;
    }
    return (size_t)n_bytes;
}

enum sq_status sq_socket_reset(int fd, struct sq_error *err)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (connect(fd, &nobody, sizeof(nobody)) != 0) {
        return sq_error_set(err, status_of(errno), "cannot reset a connection: %s",
                            sq_reason_of(errno).text);
    }
    return SQ_OK;
}

void sq_socket_close(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
