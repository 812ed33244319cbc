/* SPDX-License-Identifier: MIT */
/*
 * Connections that were made and get no answer: kept unread until the client leaves, or closed
 * (FIN) once its first words of TLS have been read to their end. What is read is thrown away:
 * nobody looks further than the length a TLS record begins with.
 *
 * By descriptor; owns what it keeps and watches it in the caller's epoll, with a tag of the
 * caller's plus the descriptor.
 */
#ifndef SQ_MOCKPROVIDER_DOOR_HELD_H
#define SQ_MOCKPROVIDER_DOOR_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slab.h"
#include "base/time.h"
#include "host/epoll.h"
#include "mockprovider/connection.h"

/* A TLS record begins with its type, a version, and its length: RFC 8446, section 5.1. */
#define SQ_HELD_HEAD_BYTES 5

/* Who is kept, and why. */
struct sq_held {
    uint64_t ordinal; /* among the provider's connections, from 1 */
    uint8_t provider;
    uint32_t fired; /* rule + 1; 0: none is known */
    enum sq_connection_fate fate;
    sq_time since; /* accepted */
    /* the keeper's own */
    bool kept;
    uint32_t n_bytes; /* read so far */
    uint8_t head[SQ_HELD_HEAD_BYTES];
};

struct sq_holding {
    struct sq_slab by_fd; /* struct sq_held */
    uint64_t first_tag;
};

void sq_holding_init(struct sq_holding *holding, uint64_t first_tag);
void sq_holding_clear(struct sq_holding *holding); /* closes all */

/* Takes over the descriptor; closes it when this fails. */
SQ_MUST_USE enum sq_status sq_holding_keep(struct sq_holding *holding, struct sq_epoll *epoll,
                                           int fd, const struct sq_held *held,
                                           struct sq_error *err);

/* Something happened to a connection. True: it is over and closed, *over is who it was, *left
 * whether the client went first. */
bool sq_holding_feed(struct sq_holding *holding, struct sq_epoll *epoll, int fd,
                     struct sq_held *over, bool *left);

/* Closes one of those left, at the end; false: none is left. */
bool sq_holding_drop(struct sq_holding *holding, struct sq_epoll *epoll, struct sq_held *dropped);

#endif
