/* SPDX-License-Identifier: MIT */
/* See decoys_int.h. */
#include "mockprovider/decoys_int.h"

#include <stdbool.h>

#include "base/assert.h"
#include "host/socket.h"

void sq_decoys_init(struct sq_decoys *decoys)
{
    *decoys = (struct sq_decoys){.filler_fd = -1};
    for (int fate = 0; fate < SQ_CONNECTION_FATES; fate++) {
        decoys->fd[fate] = -1;
    }
    sq_slab_init(&decoys->held, sizeof(bool));
}

/* One connection fits into a queue of length 0; with the filler there it is full. */
static enum sq_status open_full_queue(struct sq_decoys *decoys, struct sq_error *err)
{
    int *fd = &decoys->fd[SQ_CONNECTION_UNANSWERED];
    enum sq_status status = sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, 0, fd, err);
    if (status == SQ_OK) {
        status = sq_socket_connect(SQ_SOCKET_LOOPBACK, sq_socket_local_port(*fd),
                                   &decoys->filler_fd, err);
    }
    return status;
}

enum sq_status sq_decoys_open(struct sq_decoys *decoys, struct sq_error *err)
{
    enum sq_status status =
        sq_socket_reserve(SQ_SOCKET_LOOPBACK, &decoys->fd[SQ_CONNECTION_REFUSED], err);
    if (status == SQ_OK) {
        status = open_full_queue(decoys, err);
    }
    if (status == SQ_OK) {
        status = sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, SQ_SOCKET_BACKLOG,
                                  &decoys->fd[SQ_CONNECTION_UNSERVED], err);
    }
    for (int fate = 0; fate < SQ_CONNECTION_FATES && status == SQ_OK; fate++) {
        decoys->port[fate] = decoys->fd[fate] < 0 ? 0 : sq_socket_local_port(decoys->fd[fate]);
    }
    return status;
}

static bool *held_at(const struct sq_decoys *decoys, int fd)
{
    return sq_slab_at(&decoys->held, (uint32_t)fd);
}

void sq_decoys_close(struct sq_decoys *decoys)
{
    for (uint32_t fd = 0; fd < sq_slab_capacity(&decoys->held); fd++) {
        if (*held_at(decoys, (int)fd)) {
            sq_socket_close((int)fd);
        }
    }
    sq_slab_clear(&decoys->held);
    sq_socket_close(decoys->filler_fd);
    for (int fate = 0; fate < SQ_CONNECTION_FATES; fate++) {
        sq_socket_close(decoys->fd[fate]);
    }
    sq_decoys_init(decoys);
}

enum sq_status sq_decoys_watch(const struct sq_decoys *decoys, struct sq_epoll *epoll, uint64_t tag,
                               struct sq_error *err)
{
    int fd = decoys->fd[SQ_CONNECTION_UNSERVED];
    return fd < 0 ? SQ_OK : sq_epoll_add(epoll, fd, SQ_EPOLL_READ, tag, err);
}

static enum sq_status hold(struct sq_decoys *decoys, struct sq_epoll *epoll, uint64_t first_tag,
                           int fd, struct sq_error *err)
{
    enum sq_status status = sq_slab_reserve(&decoys->held, (uint32_t)fd + 1, err);
    if (status == SQ_OK) {
        status = sq_epoll_add(epoll, fd, SQ_EPOLL_LEFT, first_tag + (uint64_t)fd, err);
    }
    if (status != SQ_OK) {
        sq_socket_close(fd);
        return status;
    }
    *held_at(decoys, fd) = true;
    return SQ_OK;
}

enum sq_status sq_decoys_accept(struct sq_decoys *decoys, struct sq_epoll *epoll,
                                uint64_t first_tag, struct sq_error *err)
{
    int listener = decoys->fd[SQ_CONNECTION_UNSERVED];
    enum sq_status status = SQ_OK;
    int fd;
    enum sq_socket_accepted accepted = sq_socket_accept(listener, &fd, err);
    while (accepted == SQ_SOCKET_ACCEPTED && status == SQ_OK) {
        status = hold(decoys, epoll, first_tag, fd, err);
        if (status == SQ_OK) {
            accepted = sq_socket_accept(listener, &fd, err);
        }
    }
    if (accepted == SQ_SOCKET_EXHAUSTED || accepted == SQ_SOCKET_BROKEN) {
        status = err->status;
    }
    if (status != SQ_OK) {
        sq_epoll_remove(epoll, listener); /* it would stay readable, and spin */
    }
    return status;
}

void sq_decoys_left(struct sq_decoys *decoys, struct sq_epoll *epoll, int fd)
{
    sq_assert(*held_at(decoys, fd));
    *held_at(decoys, fd) = false;
    sq_epoll_remove(epoll, fd);
    sq_socket_close(fd);
}
