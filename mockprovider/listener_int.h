/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets, one a provider: opens them all or none, accepts, and rests for a moment
 * when the machine has no descriptor left, since a listener that stays readable would spin. Owns
 * the listening sockets, not what it accepts.
 */
#ifndef SQ_MOCKPROVIDER_LISTENER_INT_H
#define SQ_MOCKPROVIDER_LISTENER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/time.h"
#include "host/epoll.h"
#include "host/socket.h"
#include "mockprovider/script.h"

/* How long nothing is accepted after the machine ran out of something; real time. */
#define SQ_LISTENER_REST (50 * SQ_MS)

/* Connections taken from one listener before others have their turn. */
#define SQ_LISTENER_BATCH 64

struct sq_listeners {
    int fd[SQ_PROVIDERS_MAX];
    uint16_t port[SQ_PROVIDERS_MAX];
    uint8_t n_listeners;
    bool resting;
    int64_t rest_until_ns; /* real */
};

/* Zeroed before. address NULL: loopback; ports NULL or 0 in it: any free one. */
SQ_MUST_USE enum sq_status sq_listeners_open(struct sq_listeners *listeners, const char *address,
                                             const uint16_t *ports, uint8_t n_listeners,
                                             struct sq_error *err);
void sq_listeners_close(struct sq_listeners *listeners);

/* Watches all, each with its index as the tag. */
SQ_MUST_USE enum sq_status sq_listeners_watch(struct sq_listeners *listeners,
                                              struct sq_epoll *epoll, struct sq_error *err);

/* The next connection of a listener, as sq_socket_accept. When exhausted or broken, all
 * listeners rest. */
SQ_MUST_USE enum sq_socket_accepted sq_listeners_accept(struct sq_listeners *listeners,
                                                        struct sq_epoll *epoll, uint8_t index,
                                                        int *fd, struct sq_error *err);

/* Ends a rest that is over; how many real ns are left of one, SQ_NEVER: none. */
int64_t sq_listeners_rested(struct sq_listeners *listeners, struct sq_epoll *epoll);

#endif
