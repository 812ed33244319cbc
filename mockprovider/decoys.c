/* SPDX-License-Identifier: MIT */
/* See decoys_int.h. */
#include "mockprovider/decoys_int.h"

#include "host/socket.h"

/* The fates whose connections are accepted. */
static const enum sq_connection_fate accepted_fates[] = {SQ_CONNECTION_UNSERVED,
                                                         SQ_CONNECTION_UNSECURED};
#define N_ACCEPTED_FATES (sizeof accepted_fates / sizeof accepted_fates[0])

void sq_decoys_init(struct sq_decoys *decoys)
{
    *decoys = (struct sq_decoys){.filler_fd = -1};
    for (int fate = 0; fate < SQ_CONNECTION_FATES; fate++) {
        decoys->fd[fate] = -1;
    }
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
        sq_socket_reserve(SQ_SOCKET_LOOPBACK, 0, &decoys->fd[SQ_CONNECTION_REFUSED], err);
    if (status == SQ_OK) {
        status = open_full_queue(decoys, err);
    }
    for (size_t i = 0; i < N_ACCEPTED_FATES && status == SQ_OK; i++) {
        status = sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, SQ_SOCKET_BACKLOG,
                                  &decoys->fd[accepted_fates[i]], err);
    }
    for (int fate = 0; fate < SQ_CONNECTION_FATES && status == SQ_OK; fate++) {
        decoys->port[fate] = decoys->fd[fate] < 0 ? 0 : sq_socket_local_port(decoys->fd[fate]);
    }
    return status;
}

void sq_decoys_close(struct sq_decoys *decoys)
{
    sq_socket_close(decoys->filler_fd);
    for (int fate = 0; fate < SQ_CONNECTION_FATES; fate++) {
        sq_socket_close(decoys->fd[fate]);
    }
    sq_decoys_init(decoys);
}

enum sq_status sq_decoys_watch(const struct sq_decoys *decoys, struct sq_epoll *epoll, uint64_t tag,
                               struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    for (size_t i = 0; i < N_ACCEPTED_FATES && status == SQ_OK; i++) {
        int fd = decoys->fd[accepted_fates[i]];
        status = fd < 0 ? SQ_OK : sq_epoll_add(epoll, fd, SQ_EPOLL_READ, tag, err);
    }
    return status;
}

static enum sq_status accept_all(int listener, enum sq_connection_fate fate,
                                 struct sq_holding *holding, struct sq_epoll *epoll,
                                 struct sq_error *err)
{
    const struct sq_held held = {.fate = fate};
    enum sq_status status = SQ_OK;
    int fd;
    enum sq_socket_accepted accepted = sq_socket_accept(listener, &fd, err);
    while (accepted == SQ_SOCKET_ACCEPTED && status == SQ_OK) {
        status = sq_holding_keep(holding, epoll, fd, &held, err);
        if (status == SQ_OK) {
            accepted = sq_socket_accept(listener, &fd, err);
        }
    }
    return accepted == SQ_SOCKET_EXHAUSTED || accepted == SQ_SOCKET_BROKEN ? err->status : status;
}

enum sq_status sq_decoys_accept(struct sq_decoys *decoys, struct sq_holding *holding,
                                struct sq_epoll *epoll, struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    for (size_t i = 0; i < N_ACCEPTED_FATES && status == SQ_OK; i++) {
        int listener = decoys->fd[accepted_fates[i]];
        status = accept_all(listener, accepted_fates[i], holding, epoll, err);
        if (status != SQ_OK) {
            sq_epoll_remove(epoll, listener); /* it would stay readable, and spin */
        }
    }
    return status;
}
