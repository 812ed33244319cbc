/* SPDX-License-Identifier: MIT */
/* See held.h. */
#include "mockprovider/door/held.h"

#include "base/assert.h"
#include "host/socket.h"

#define TLS_HANDSHAKE 22 /* the type of a record that greets: RFC 8446, section 5.1 */

/* Reads of one event before others have their turn. */
#define READS_MAX  16
#define READ_BYTES 4096

void sq_holding_init(struct sq_holding *holding, uint64_t first_tag)
{
    holding->first_tag = first_tag;
    sq_slab_init(&holding->by_fd, sizeof(struct sq_held));
}

static struct sq_held *held_at(const struct sq_holding *holding, int fd)
{
    return sq_slab_at(&holding->by_fd, (uint32_t)fd);
}

void sq_holding_clear(struct sq_holding *holding)
{
    for (uint32_t fd = 0; fd < sq_slab_capacity(&holding->by_fd); fd++) {
        if (held_at(holding, (int)fd)->kept) {
            sq_socket_close((int)fd);
        }
    }
    sq_slab_clear(&holding->by_fd);
}

static bool waits_for_hello(const struct sq_held *held)
{
    return held->fate == SQ_CONNECTION_UNSECURED;
}

enum sq_status sq_holding_keep(struct sq_holding *holding, struct sq_epoll *epoll, int fd,
                               const struct sq_held *held, struct sq_error *err)
{
    uint32_t interest = SQ_EPOLL_LEFT | (waits_for_hello(held) ? (uint32_t)SQ_EPOLL_READ : 0);
    enum sq_status status = sq_slab_reserve(&holding->by_fd, (uint32_t)fd + 1, err);
    if (status == SQ_OK) {
        status = sq_epoll_add(epoll, fd, interest, holding->first_tag + (uint64_t)fd, err);
    }
    if (status != SQ_OK) {
        sq_socket_close(fd);
        return status;
    }
    struct sq_held *place = held_at(holding, fd);
    sq_assert(!place->kept);
    *place = *held;
    place->kept = true;
    place->n_bytes = 0;
    return SQ_OK;
}

static void add_bytes(struct sq_held *held, const uint8_t *bytes, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes && held->n_bytes + i < SQ_HELD_HEAD_BYTES; i++) {
        held->head[held->n_bytes + i] = bytes[i];
    }
    held->n_bytes += (uint32_t)n_bytes;
}

/* Whether the first record is whole; what is no TLS has no more to say. */
static bool has_said_hello(const struct sq_held *held)
{
    if (held->n_bytes == 0) {
        return false;
    }
    if (held->head[0] != TLS_HANDSHAKE) {
        return true;
    }
    uint32_t length = (uint32_t)held->head[3] << 8 | held->head[4];
    return held->n_bytes >= SQ_HELD_HEAD_BYTES && held->n_bytes - SQ_HELD_HEAD_BYTES >= length;
}

/* Everything that has come is read, since closing a socket with unread bytes would reset it. */
static enum sq_socket_received read_what_came(struct sq_held *held, int fd)
{
    uint8_t bytes[READ_BYTES];
    enum sq_socket_received came = SQ_SOCKET_BYTES;
    for (int i = 0; i < READS_MAX && came == SQ_SOCKET_BYTES; i++) {
        size_t n_bytes = 0;
        came = sq_socket_receive(fd, bytes, sizeof bytes, &n_bytes);
        if (came == SQ_SOCKET_BYTES) {
            add_bytes(held, bytes, n_bytes);
        }
    }
    return came;
}

static void let_go(struct sq_holding *holding, struct sq_epoll *epoll, int fd, struct sq_held *who)
{
    struct sq_held *held = held_at(holding, fd);
    sq_assert(held->kept);
    *who = *held;
    *held = (struct sq_held){0};
    sq_epoll_remove(epoll, fd);
    sq_socket_close(fd);
}

bool sq_holding_feed(struct sq_holding *holding, struct sq_epoll *epoll, int fd,
                     struct sq_held *over, bool *left)
{
    struct sq_held *held = held_at(holding, fd);
    sq_assert(held->kept);
    *left = true;
    if (waits_for_hello(held)) {
        enum sq_socket_received came = read_what_came(held, fd);
        bool hello = has_said_hello(held);
        if (!hello && came != SQ_SOCKET_OVER) {
            return false;
        }
        *left = !hello;
    }
    let_go(holding, epoll, fd, over);
    return true;
}

bool sq_holding_drop(struct sq_holding *holding, struct sq_epoll *epoll, struct sq_held *dropped)
{
    for (uint32_t fd = 0; fd < sq_slab_capacity(&holding->by_fd); fd++) {
        if (held_at(holding, (int)fd)->kept) {
            let_go(holding, epoll, (int)fd, dropped);
            return true;
        }
    }
    return false;
}
