/* SPDX-License-Identifier: MIT */
/*
 * Connections from accept to close: a slot each, watched for the client that leaves, because a
 * suspended connection would never notice.
 */
#include "base/assert.h"
#include "mockprovider/server_int.h"

static enum sq_status grow(struct sq_server *server, struct sq_error *err)
{
    uint32_t slot = server->n_connections;
    enum sq_status status = sq_slab_reserve(&server->connections, slot + 1, err);
    if (status == SQ_OK) {
        status = sq_timers_reserve(&server->timers, sq_slab_capacity(&server->connections), err);
    }
    if (status != SQ_OK) {
        return status;
    }
    struct sq_connection *connection = sq_server_connection(server, slot);
    connection->slot = slot;
    server->n_connections++;
    server->first_free = slot + 1;
    return SQ_OK;
}

enum sq_status sq_server_take_slot(struct sq_server *server, struct sq_connection **connection,
                                   struct sq_error *err)
{
    if (server->first_free == 0) {
        enum sq_status status = grow(server, err);
        if (status != SQ_OK) {
            return status;
        }
    }
    struct sq_connection *taken = sq_server_connection(server, server->first_free - 1);
    server->first_free = taken->next_free;
    struct sq_sending sending = taken->sending;
    *taken = (struct sq_connection){.slot = taken->slot, .fd = -1, .wakes_at = SQ_NEVER};
    taken->sending = sending;
    *connection = taken;
    return SQ_OK;
}

void sq_server_give_slot(struct sq_server *server, struct sq_connection *connection)
{
    sq_assert(!connection->visiting);
    sq_timers_set(&server->timers, connection->slot, SQ_NEVER);
    if (connection->sending.out.capacity > SQ_HTTP_KEPT_BYTES) {
        sq_sending_clear(&connection->sending);
    }
    connection->next_free = server->first_free;
    server->first_free = connection->slot + 1;
}

/* A connection whose client could not be watched is closed: it might hang for ever. */
static enum sq_status adopt(struct sq_server *server, uint8_t provider, int fd,
                            struct sq_error *err)
{
    struct sq_connection *connection;
    enum sq_status status = sq_server_take_slot(server, &connection, err);
    if (status != SQ_OK) {
        sq_socket_close(fd);
        return status;
    }
    connection->fd = fd;
    connection->provider = provider;
    status =
        sq_epoll_add(&server->epoll, fd, SQ_EPOLL_LEFT, SQ_TAG_CONNECTIONS + connection->slot, err);
    if (status != SQ_OK) {
        sq_server_give_slot(server, connection);
        sq_socket_close(fd);
        return status;
    }
    connection->watched = true;
    if (!sq_http_add(server->http, &connection->http, fd)) {
        sq_server_give_slot(server, connection);
        return sq_error_set(err, SQ_LIMIT, "the HTTP server takes no more connections");
    }
    return SQ_OK;
}

void sq_server_accept(struct sq_server *server, uint8_t provider)
{
    for (int i = 0; i < SQ_LISTENER_BATCH; i++) {
        struct sq_error err = {0};
        int fd;
        switch (sq_listeners_accept(&server->listeners, &server->epoll, provider, &fd, &err)) {
        case SQ_SOCKET_ACCEPTED:
            if (adopt(server, provider, fd, &err) != SQ_OK) {
                sq_server_trouble(server, &err);
            }
            break;
        case SQ_SOCKET_NONE:
            return;
        case SQ_SOCKET_EXHAUSTED:
        case SQ_SOCKET_BROKEN:
            sq_server_trouble(server, &err);
            return;
        }
    }
}

void sq_server_closed(void *context, struct sq_http_exchange *exchange)
{
    struct sq_server *server = context;
    struct sq_connection *connection = (struct sq_connection *)exchange;
    if (connection->watched) {
        sq_epoll_remove(&server->epoll, connection->fd);
    }
    sq_server_give_slot(server, connection);
}
