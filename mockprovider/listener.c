/* SPDX-License-Identifier: MIT */
/* See listener_int.h. */
#include "mockprovider/listener_int.h"

#include "base/assert.h"
#include "host/clock.h"

static enum sq_status listen_at(struct sq_listeners *listeners, uint8_t index, uint16_t port,
                                struct sq_error *err)
{
    return sq_socket_listen(listeners->address, port, SQ_SOCKET_BACKLOG, &listeners->fd[index],
                            err);
}

static enum sq_status open_one(struct sq_listeners *listeners, uint8_t index, uint16_t port,
                               bool may_shut, struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    if (may_shut) {
        status = sq_socket_reserve(listeners->address, port, &listeners->keeper[index], err);
        port = status == SQ_OK ? sq_socket_local_port(listeners->keeper[index]) : port;
    }
    if (status == SQ_OK) {
        status = listen_at(listeners, index, port, err);
    }
    if (status == SQ_OK) {
        listeners->port[index] = sq_socket_local_port(listeners->fd[index]);
    }
    return status;
}

enum sq_status sq_listeners_open(struct sq_listeners *listeners,
                                 const struct sq_listeners_setup *setup, struct sq_error *err)
{
    sq_assert(setup->n_listeners <= SQ_PROVIDERS_MAX);
    listeners->address = setup->address == NULL ? SQ_SOCKET_LOOPBACK : setup->address;
    for (uint8_t i = 0; i < setup->n_listeners; i++) {
        uint16_t port = setup->ports == NULL ? 0 : setup->ports[i];
        listeners->fd[i] = -1;
        listeners->keeper[i] = -1;
        listeners->n_listeners++;
        enum sq_status status = open_one(listeners, i, port, setup->may_shut, err);
        if (status != SQ_OK) {
            sq_listeners_close(listeners);
            return status;
        }
    }
    return SQ_OK;
}

void sq_listeners_close(struct sq_listeners *listeners)
{
    for (uint8_t i = 0; i < listeners->n_listeners; i++) {
        sq_socket_close(listeners->fd[i]);
        sq_socket_close(listeners->keeper[i]);
    }
    listeners->n_listeners = 0;
}

enum sq_status sq_listeners_watch(struct sq_listeners *listeners, struct sq_epoll *epoll,
                                  struct sq_error *err)
{
    for (uint8_t i = 0; i < listeners->n_listeners; i++) {
        enum sq_status status = sq_epoll_add(epoll, listeners->fd[i], SQ_EPOLL_READ, i, err);
        if (status != SQ_OK) {
            return status;
        }
    }
    return SQ_OK;
}

static enum sq_status reopen(struct sq_listeners *listeners, struct sq_epoll *epoll, uint8_t index,
                             struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    if (listeners->fd[index] < 0) {
        uint32_t interest = listeners->resting ? 0 : (uint32_t)SQ_EPOLL_READ;
        status = listen_at(listeners, index, listeners->port[index], err);
        if (status == SQ_OK) {
            status = sq_epoll_add(epoll, listeners->fd[index], interest, index, err);
        }
    } else if (listeners->deaf[index]) {
        status = sq_socket_set_deaf(listeners->fd[index], false, err);
    }
    listeners->deaf[index] = false;
    return status;
}

static void refuse(struct sq_listeners *listeners, struct sq_epoll *epoll, uint8_t index)
{
    if (listeners->fd[index] >= 0) {
        sq_epoll_remove(epoll, listeners->fd[index]);
        sq_socket_close(listeners->fd[index]);
        listeners->fd[index] = -1;
        listeners->deaf[index] = false;
    }
}

enum sq_status sq_listeners_set(struct sq_listeners *listeners, struct sq_epoll *epoll,
                                uint8_t index, enum sq_connection_fate fate, struct sq_error *err)
{
    sq_assert(index < listeners->n_listeners);
    sq_assert(listeners->keeper[index] >= 0);
    if (fate == SQ_CONNECTION_REFUSED) {
        refuse(listeners, epoll, index);
        return SQ_OK;
    }
    enum sq_status status = reopen(listeners, epoll, index, err);
    if (fate == SQ_CONNECTION_UNANSWERED && status == SQ_OK) {
        status = sq_socket_set_deaf(listeners->fd[index], true, err);
        listeners->deaf[index] = status == SQ_OK;
    }
    return status;
}

/* No interest: the kernel keeps who waits in its backlog. Changing what is watched already takes no
 * memory, so it cannot fail. */
static void set_interest(struct sq_listeners *listeners, struct sq_epoll *epoll, uint32_t interest)
{
    for (uint8_t i = 0; i < listeners->n_listeners; i++) {
        if (listeners->fd[i] >= 0) {
            enum sq_status status = sq_epoll_modify(epoll, listeners->fd[i], interest, i, NULL);
            sq_assert(status == SQ_OK);
        }
    }
}

enum sq_socket_accepted sq_listeners_accept(struct sq_listeners *listeners, struct sq_epoll *epoll,
                                            uint8_t index, int *fd, struct sq_error *err)
{
    sq_assert(index < listeners->n_listeners);
    if (listeners->resting || listeners->fd[index] < 0) {
        return SQ_SOCKET_NONE;
    }
    enum sq_socket_accepted accepted = sq_socket_accept(listeners->fd[index], fd, err);
    if (accepted == SQ_SOCKET_EXHAUSTED || accepted == SQ_SOCKET_BROKEN) {
        listeners->resting = true;
        listeners->rest_until_ns = sq_clock_real_ns() + SQ_LISTENER_REST;
        set_interest(listeners, epoll, 0);
    }
    return accepted;
}

int64_t sq_listeners_rested(struct sq_listeners *listeners, struct sq_epoll *epoll)
{
    if (!listeners->resting) {
        return SQ_NEVER;
    }
    int64_t left_ns = listeners->rest_until_ns - sq_clock_real_ns();
    if (left_ns > 0) {
        return left_ns;
    }
    listeners->resting = false;
    set_interest(listeners, epoll, SQ_EPOLL_READ);
    return SQ_NEVER;
}
