/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets, one a provider: opens them all or none, accepts, and rests for a moment
 * when the machine has no descriptor left, since a listener that stays readable would spin. A
 * listener can be shut: then its port refuses, or answers nobody at all, until it is opened again;
 * a socket that does not listen keeps the port meanwhile. Owns its sockets, not what it accepts.
 */
#ifndef SQ_MOCKPROVIDER_LISTENER_INT_H
#define SQ_MOCKPROVIDER_LISTENER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/time.h"
#include "host/epoll.h"
#include "host/socket.h"
#include "mockprovider/connection.h"
#include "mockprovider/script.h"

/* How long nothing is accepted after the machine ran out of something; real time. */
#define SQ_LISTENER_REST (50 * SQ_MS)

/* Connections taken from one listener before others have their turn. */
#define SQ_LISTENER_BATCH 64

struct sq_listeners {
    const char *address;
    int fd[SQ_PROVIDERS_MAX];     /* -1: refuses */
    int keeper[SQ_PROVIDERS_MAX]; /* of the port; -1: none, it is never shut */
    bool deaf[SQ_PROVIDERS_MAX];
    uint16_t port[SQ_PROVIDERS_MAX];
    uint8_t n_listeners;
    bool resting;
    int64_t rest_until_ns; /* real */
};

struct sq_listeners_setup {
    const char *address;   /* borrowed; NULL: loopback */
    const uint16_t *ports; /* NULL, or 0 in it: any free one */
    uint8_t n_listeners;
    bool may_shut; /* sq_listeners_set will be called */
};

/* Zeroed before. */
SQ_MUST_USE enum sq_status sq_listeners_open(struct sq_listeners *listeners,
                                             const struct sq_listeners_setup *setup,
                                             struct sq_error *err);
void sq_listeners_close(struct sq_listeners *listeners);

/* Watches all, each with its index as the tag. */
SQ_MUST_USE enum sq_status sq_listeners_watch(struct sq_listeners *listeners,
                                              struct sq_epoll *epoll, struct sq_error *err);

/* Shuts a listener (REFUSED, UNANSWERED: those who wait to be accepted are reset, or wait on), or
 * opens it again (MADE). */
SQ_MUST_USE enum sq_status sq_listeners_set(struct sq_listeners *listeners, struct sq_epoll *epoll,
                                            uint8_t index, enum sq_connection_fate fate,
                                            struct sq_error *err);

/* The next connection of a listener, as sq_socket_accept. When exhausted or broken, all
 * listeners rest. */
SQ_MUST_USE enum sq_socket_accepted sq_listeners_accept(struct sq_listeners *listeners,
                                                        struct sq_epoll *epoll, uint8_t index,
                                                        int *fd, struct sq_error *err);

/* Ends a rest that is over; how many real ns are left of one, SQ_NEVER: none. */
int64_t sq_listeners_rested(struct sq_listeners *listeners, struct sq_epoll *epoll);

#endif
