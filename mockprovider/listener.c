/* SPDX-License-Identifier: MIT */
/* See listener_int.h. */
#include "mockprovider/listener_int.h"

#include "base/assert.h"
#include "host/clock.h"

enum sq_status sq_listeners_open(struct sq_listeners *listeners, const char *address,
                                 const uint16_t *ports, uint8_t n_listeners, struct sq_error *err)
{
    sq_assert(n_listeners <= SQ_PROVIDERS_MAX);
    for (uint8_t i = 0; i < n_listeners; i++) {
        enum sq_status status = sq_socket_listen(address == NULL ? SQ_SOCKET_LOOPBACK : address,
                                                 ports == NULL ? 0 : ports[i], SQ_SOCKET_BACKLOG,
                                                 &listeners->fd[i], err);
        if (status != SQ_OK) {
            sq_listeners_close(listeners);
            return status;
        }
        listeners->n_listeners++;
        listeners->port[i] = sq_socket_local_port(listeners->fd[i]);
    }
    return SQ_OK;
}

void sq_listeners_close(struct sq_listeners *listeners)
{
    for (uint8_t i = 0; i < listeners->n_listeners; i++) {
        sq_socket_close(listeners->fd[i]);
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

/* No interest: the kernel keeps who waits in its backlog. Changing what is watched already takes no
 * memory, so it cannot fail. */
static void set_interest(struct sq_listeners *listeners, struct sq_epoll *epoll, uint32_t interest)
{
    for (uint8_t i = 0; i < listeners->n_listeners; i++) {
        enum sq_status status = sq_epoll_modify(epoll, listeners->fd[i], interest, i, NULL);
        sq_assert(status == SQ_OK);
    }
}

enum sq_socket_accepted sq_listeners_accept(struct sq_listeners *listeners, struct sq_epoll *epoll,
                                            uint8_t index, int *fd, struct sq_error *err)
{
    sq_assert(index < listeners->n_listeners);
    if (listeners->resting) {
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
