/* SPDX-License-Identifier: MIT */
/*
 * epoll and eventfd. The wait is a look (epoll_wait with 0) and, only if nothing was there, ppoll
 * on the epoll descriptor itself: nanosecond deadlines on every kernel, where epoll_pwait2
 * needs 5.11, and still one system call when there is work.
 */
#include "host/epoll.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/time.h"
#include "host/reason.h"

static enum sq_status fail(struct sq_error *err, const char *what)
{
    return sq_error_set(err, SQ_LIMIT, "cannot %s: %s", what, sq_reason_of(errno).text);
}

static uint32_t system_bits(uint32_t interest)
{
    return ((interest & SQ_EPOLL_READ) != 0 ? (uint32_t)EPOLLIN : 0) |
           ((interest & SQ_EPOLL_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0) |
           ((interest & SQ_EPOLL_LEFT) != 0 ? (uint32_t)EPOLLRDHUP : 0);
}

static uint32_t our_bits(uint32_t events)
{
    return ((events & EPOLLIN) != 0 ? (uint32_t)SQ_EPOLL_READ : 0) |
           ((events & EPOLLOUT) != 0 ? (uint32_t)SQ_EPOLL_WRITE : 0) |
           ((events & EPOLLRDHUP) != 0 ? (uint32_t)SQ_EPOLL_LEFT : 0) |
           ((events & (EPOLLERR | EPOLLHUP)) != 0 ? (uint32_t)SQ_EPOLL_BROKEN : 0);
}

enum sq_status sq_epoll_init(struct sq_epoll *epoll, struct sq_error *err)
{
    epoll->fd = epoll_create1(EPOLL_CLOEXEC);
    return epoll->fd >= 0 ? SQ_OK : fail(err, "create an epoll");
}

static enum sq_status control(struct sq_epoll *epoll, int operation, int fd,
                              struct epoll_event event, struct sq_error *err)
{
    if (epoll_ctl(epoll->fd, operation, fd, &event) != 0) {
        return fail(err, "watch a descriptor");
    }
    return SQ_OK;
}

enum sq_status sq_epoll_add(struct sq_epoll *epoll, int fd, uint32_t interest, uint64_t tag,
                            struct sq_error *err)
{
    struct epoll_event event = {.events = system_bits(interest), .data.u64 = tag};
    return control(epoll, EPOLL_CTL_ADD, fd, event, err);
}

enum sq_status sq_epoll_modify(struct sq_epoll *epoll, int fd, uint32_t interest, uint64_t tag,
                               struct sq_error *err)
{
    struct epoll_event event = {.events = system_bits(interest), .data.u64 = tag};
    return control(epoll, EPOLL_CTL_MOD, fd, event, err);
}

void sq_epoll_remove(struct sq_epoll *epoll, int fd)
{
    int result = epoll_ctl(epoll->fd, EPOLL_CTL_DEL, fd, NULL);
    sq_assert(result == 0 || errno == ENOENT || errno == EBADF);
}

static int look(struct sq_epoll *epoll, struct sq_epoll_event *events, int capacity)
{
    struct epoll_event came[SQ_EPOLL_EVENTS_MAX];
    int n_came = epoll_wait(epoll->fd, came, capacity, 0);
    sq_assert(n_came >= 0 || errno == EINTR);
    for (int i = 0; i < n_came; i++) {
        events[i].tag = came[i].data.u64;
        events[i].came = our_bits(came[i].events);
    }
    return n_came > 0 ? n_came : 0;
}

static void sleep_until_ready(const struct sq_epoll *epoll, int64_t timeout_ns)
{
    struct pollfd ready = {.fd = epoll->fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / SQ_SECOND),
                               .tv_nsec = (long)(timeout_ns % SQ_SECOND)};
    int result = ppoll(&ready, 1, timeout_ns == SQ_NEVER ? NULL : &timeout, NULL);
    sq_assert(result >= 0 || errno == EINTR || errno == ENOMEM);
}

int sq_epoll_wait(struct sq_epoll *epoll, struct sq_epoll_event *events, int capacity,
                  int64_t timeout_ns)
{
    sq_assert(capacity >= 1);
    sq_assert(capacity <= SQ_EPOLL_EVENTS_MAX);
    int n_came = look(epoll, events, capacity);
    if (n_came > 0 || timeout_ns <= 0) {
        return n_came;
    }
    sleep_until_ready(epoll, timeout_ns);
    return look(epoll, events, capacity);
}

static void close_if_open(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

void sq_epoll_clear(struct sq_epoll *epoll)
{
    close_if_open(&epoll->fd);
}

enum sq_status sq_wakeup_init(struct sq_wakeup *wakeup, struct sq_error *err)
{
    wakeup->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return wakeup->fd >= 0 ? SQ_OK : fail(err, "create a wake-up");
}

void sq_wakeup_ring(struct sq_wakeup *wakeup)
{
    uint64_t one = 1;
    ssize_t n_bytes = write(wakeup->fd, &one, sizeof(one));
    /* EAGAIN: the counter is full, so it is readable already. */
    sq_assert(n_bytes == (ssize_t)sizeof(one) || errno == EAGAIN);
}

void sq_wakeup_drain(struct sq_wakeup *wakeup)
{
    uint64_t count;
    ssize_t n_bytes = read(wakeup->fd, &count, sizeof(count));
    sq_assert(n_bytes == (ssize_t)sizeof(count) || errno == EAGAIN);
}

void sq_wakeup_clear(struct sq_wakeup *wakeup)
{
    close_if_open(&wakeup->fd);
}
