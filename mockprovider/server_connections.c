/* SPDX-License-Identifier: MIT */
/*
 * Connections from accept to close: a slot each, watched for the client that leaves, because a
 * suspended connection would never notice. Of strangers, those that a fault strikes at the door
 * never get so far: they are reset or held, and the journal tells of them.
 */
#include "base/assert.h"
#include "host/socket.h"
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

/* At the door */

static enum sq_transport transport_of(enum sq_connection_fate fate)
{
    /* An accepted connection can be refused by RST only. */
    return fate == SQ_CONNECTION_REFUSED ? SQ_TRANSPORT_RESET : sq_connection_transport(fate);
}

static void journal_struck(struct sq_server *server, const struct sq_held *held, sq_time now,
                           bool left)
{
    struct sq_journal_entry entry = {
        .kind = SQ_JOURNAL_STRUCK,
        .provider = held->provider,
        .connection = (uint32_t)held->ordinal,
        .abandoned = left || server->ending,
        .dropped = server->ending,
        .reached_at = held->since,
        .fate = held->fate,
        .ended_at = now,
        .transport = left || server->ending ? SQ_TRANSPORT_OK : transport_of(held->fate),
        .first_token_at = SQ_NEVER,
        .rule = SQ_PLAN_NO_RULE,
    };
    entry.fired[SQ_FAMILY_CONNECTION] = held->fired;
    sq_journal_add(server->journal, &entry);
}

/* Resets it, or holds it. */
static enum sq_status strike(struct sq_server *server, const struct sq_held *held, int fd,
                             struct sq_error *err)
{
    if (held->fate != SQ_CONNECTION_REFUSED) {
        return sq_holding_keep(&server->holding, &server->epoll, fd, held, err);
    }
    enum sq_status status = sq_socket_reset(fd, err);
    sq_socket_close(fd);
    journal_struck(server, held, held->since, false);
    return status;
}

static struct sq_held judge(struct sq_server *server, uint8_t provider)
{
    struct sq_held held = {.provider = provider, .fate = SQ_CONNECTION_MADE};
    if (server->gates == NULL) {
        return held;
    }
    held.since = sq_server_now(server);
    struct sq_connection_plan way = sq_gates_judge(server->gates, provider, held.since);
    sq_server_log(server, &(struct sq_log_event){.kind = SQ_LOG_CONNECT,
                                                 .at = held.since,
                                                 .slot = provider,
                                                 .digest = sq_log_digest_way(&way)});
    held.fate = way.fate;
    held.fired = way.fired;
    held.ordinal = sq_gates_judged(server->gates, provider);
    return held;
}

static enum sq_status let_in(struct sq_server *server, uint8_t provider, int fd,
                             struct sq_error *err)
{
    struct sq_held held = judge(server, provider);
    return held.fate == SQ_CONNECTION_MADE ? adopt(server, provider, fd, err)
                                           : strike(server, &held, fd, err);
}

void sq_server_held_stirs(struct sq_server *server, int fd)
{
    struct sq_held over;
    bool left;
    if (sq_holding_feed(&server->holding, &server->epoll, fd, &over, &left) &&
        server->gates != NULL) {
        journal_struck(server, &over, sq_server_now(server), left);
    }
}

/* Gates */

static void journal_shut(struct sq_server *server, uint8_t provider, sq_time until)
{
    const struct sq_shutting *shutting = &server->shutting[provider];
    if (shutting->gate.fate == SQ_CONNECTION_MADE) {
        return;
    }
    struct sq_journal_entry entry = {.kind = SQ_JOURNAL_SHUT,
                                     .provider = provider,
                                     .reached_at = shutting->since,
                                     .fate = shutting->gate.fate,
                                     .ended_at = until,
                                     .first_token_at = SQ_NEVER,
                                     .rule = SQ_PLAN_NO_RULE};
    entry.fired[SQ_FAMILY_CONNECTION] = shutting->gate.fired;
    sq_journal_add(server->journal, &entry);
}

static void turn_gate(struct sq_server *server, uint8_t provider, sq_time now)
{
    struct sq_shutting *shutting = &server->shutting[provider];
    struct sq_gate gate = sq_gates_gate(server->gates, provider, now);
    if (gate.fate == shutting->gate.fate && gate.fired == shutting->gate.fired) {
        return;
    }
    struct sq_error err = {0};
    if (sq_listeners_set(&server->listeners, &server->epoll, provider, gate.fate, &err) != SQ_OK) {
        sq_server_trouble(server, &err);
    }
    journal_shut(server, provider, now);
    *shutting = (struct sq_shutting){.gate = gate, .since = now};
    journal_shut(server, provider, SQ_NEVER);
}

void sq_server_turn_gates(struct sq_server *server)
{
    sq_time now = sq_server_now(server);
    if (server->gates == NULL || now < server->gates_change_at) {
        return;
    }
    for (uint8_t i = 0; i < server->script->n_providers; i++) {
        turn_gate(server, i, now);
    }
    server->gates_change_at = sq_gates_change_at(server->gates, now);
}

void sq_server_leave_gates(struct sq_server *server)
{
    sq_time now = sq_server_now(server);
    struct sq_held held;
    while (sq_holding_drop(&server->holding, &server->epoll, &held)) {
        if (server->gates != NULL) {
            journal_struck(server, &held, now, false);
        }
    }
    for (uint8_t i = 0; server->gates != NULL && i < server->script->n_providers; i++) {
        journal_shut(server, i, now);
    }
}

void sq_server_accept(struct sq_server *server, uint8_t provider)
{
    for (int i = 0; i < SQ_LISTENER_BATCH; i++) {
        struct sq_error err = {0};
        int fd;
        switch (sq_listeners_accept(&server->listeners, &server->epoll, provider, &fd, &err)) {
        case SQ_SOCKET_ACCEPTED:
            if (let_in(server, provider, fd, &err) != SQ_OK) {
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
