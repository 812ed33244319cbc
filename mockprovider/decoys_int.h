/* SPDX-License-Identifier: MIT */
/*
 * Decoys: loopback addresses that fail as the connection family does, for a driver that sends an
 * attempt there in place of the provider. Refused: bound, not listening. Unanswered: a listener
 * whose queue is full, so that the system answers nobody. Unserved and unsecured: connections are
 * accepted and held (door/held.h). A host without a name needs no address.
 *
 * Opened only for scripts with such faults. Owns its sockets, not what it accepted.
 */
#ifndef SQ_MOCKPROVIDER_DECOYS_INT_H
#define SQ_MOCKPROVIDER_DECOYS_INT_H

#include <stdint.h>

#include "base/error.h"
#include "host/epoll.h"
#include "mockprovider/connection.h"
#include "mockprovider/door/held.h"

struct sq_decoys {
    int fd[SQ_CONNECTION_FATES];        /* -1: none */
    uint16_t port[SQ_CONNECTION_FATES]; /* 0: none */
    int filler_fd;                      /* of the full queue */
};

void sq_decoys_init(struct sq_decoys *decoys);
SQ_MUST_USE enum sq_status sq_decoys_open(struct sq_decoys *decoys, struct sq_error *err);
void sq_decoys_close(struct sq_decoys *decoys);

/* Watches those that accept, with this tag; nothing when none is open. */
SQ_MUST_USE enum sq_status sq_decoys_watch(const struct sq_decoys *decoys, struct sq_epoll *epoll,
                                           uint64_t tag, struct sq_error *err);

/* Takes who waits there and holds them. After trouble nobody is taken any more. */
SQ_MUST_USE enum sq_status sq_decoys_accept(struct sq_decoys *decoys, struct sq_holding *holding,
                                            struct sq_epoll *epoll, struct sq_error *err);

#endif
