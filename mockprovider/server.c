/* SPDX-License-Identifier: MIT */
/*
 * The thread and its loop: one epoll over listeners, libmicrohttpd, clients that may leave, and the
 * wake-up that ends it; asleep until the earliest of these and the next due step.
 */
#include "mockprovider/server.h"

#include "base/assert.h"
#include "base/memory.h"
#include "mockprovider/server_int.h"

/* Rounds of libmicrohttpd before the loop looks elsewhere: a request takes about three. */
#define HTTP_ROUNDS 4

sq_time sq_server_now(const struct sq_server *server)
{
    return sq_clock_now(server->clock);
}

/* Health */

void sq_server_trouble(struct sq_server *server, const struct sq_error *trouble)
{
    sq_mutex_lock(&server->shared.mutex);
    if (server->shared.health == SQ_OK) {
        server->shared.health = trouble->status;
        server->shared.trouble = *trouble;
    }
    sq_mutex_unlock(&server->shared.mutex);
}

void sq_server_trouble_text(struct sq_server *server, enum sq_status status, const char *text)
{
    struct sq_error trouble;
    (void)sq_error_set(&trouble, status, "%s", text);
    sq_server_trouble(server, &trouble);
}

static void http_trouble(void *context, const char *what)
{
    sq_server_trouble_text(context, SQ_NO_MEMORY, what);
}

void sq_server_log(struct sq_server *server, const struct sq_log_event *event)
{
    struct sq_error err = {0};
    sq_mutex_lock(&server->shared.mutex);
    enum sq_status status = sq_log_add(&server->shared.log, event, &err);
    sq_mutex_unlock(&server->shared.mutex);
    if (status != SQ_OK) {
        sq_server_trouble(server, &err);
    }
}

enum sq_status sq_server_health(struct sq_server *server, struct sq_error *err)
{
    sq_mutex_lock(&server->shared.mutex);
    enum sq_status health = server->shared.health;
    if (health != SQ_OK && err != NULL) {
        *err = server->shared.trouble;
    }
    sq_mutex_unlock(&server->shared.mutex);
    return health;
}

/* The loop */

static int64_t sleep_ns(struct sq_server *server)
{
    int64_t rest_ns = sq_listeners_rested(&server->listeners, &server->epoll);
    sq_time deadline = sq_time_min(sq_provider_deadline(server->provider), server->gates_change_at);
    int64_t step_ns =
        sq_timers_sleep_ns(&server->timers, server->clock, deadline, sq_server_now(server));
    return rest_ns < step_ns ? rest_ns : step_ns;
}

static void accept_decoy(struct sq_server *server)
{
    struct sq_error err = {0};
    if (sq_decoys_accept(&server->decoys, &server->holding, &server->epoll, &err) != SQ_OK) {
        sq_server_trouble(server, &err);
    }
}

/* False: it is the end. */
static bool handle(struct sq_server *server, const struct sq_epoll_event *event)
{
    if (event->tag == SQ_TAG_STOP) {
        return false;
    }
    if (event->tag < SQ_PROVIDERS_MAX) {
        sq_server_accept(server, (uint8_t)event->tag);
    } else if (event->tag == SQ_TAG_DECOY) {
        accept_decoy(server);
    } else if (event->tag >= SQ_TAG_HELD) {
        sq_server_held_stirs(server, (int)(event->tag - SQ_TAG_HELD));
    } else if (event->tag >= SQ_TAG_CONNECTIONS) {
        uint32_t slot = (uint32_t)(event->tag - SQ_TAG_CONNECTIONS);
        sq_server_left(server, sq_server_connection(server, slot));
    }
    return true;
}

/* Connections end only inside sq_http_run, so the events of one wait never meet a slot that has
 * changed hands. */
static void serve(void *context)
{
    struct sq_server *server = context;
    struct sq_epoll_event events[SQ_EPOLL_EVENTS_MAX];
    bool busy = false;
    bool serving = true;
    while (serving) {
        int n_events =
            sq_epoll_wait(&server->epoll, events, SQ_EPOLL_EVENTS_MAX, busy ? 0 : sleep_ns(server));
        sq_server_turn_gates(server);
        for (int i = 0; i < n_events; i++) {
            serving = handle(server, &events[i]) && serving;
        }
        sq_server_tick(server);
        busy = true;
        for (int i = 0; i < HTTP_ROUNDS && busy; i++) {
            busy = sq_http_run(server->http);
        }
    }
    server->ending = true;
    for (uint32_t slot = 0; slot < server->n_connections; slot++) {
        sq_server_drop(server, sq_server_connection(server, slot));
    }
    sq_server_leave_gates(server);
    sq_http_stop(server->http);
    server->http = NULL;
}

/* Start and stop */

static enum sq_status open_machine(struct sq_server *server, struct sq_error *err)
{
    size_t size = sq_provider_size(server->script, NULL);
    server->provider_memory = sq_memory_new(1, size);
    if (server->provider_memory == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the provider");
    }
    server->provider =
        sq_provider_init(server->provider_memory, size, server->script, NULL, server->seed);
    server->journal = sq_journal_new(err);
    return server->journal == NULL ? SQ_NO_MEMORY : SQ_OK;
}

static enum sq_status open_epoll(struct sq_server *server, struct sq_error *err)
{
    enum sq_status status = sq_epoll_init(&server->epoll, err);
    if (status == SQ_OK) {
        status = sq_wakeup_init(&server->stop, err);
    }
    if (status == SQ_OK) {
        status = sq_epoll_add(&server->epoll, server->stop.fd, SQ_EPOLL_READ, SQ_TAG_STOP, err);
    }
    if (status == SQ_OK) {
        status =
            sq_epoll_add(&server->epoll, sq_http_fd(server->http), SQ_EPOLL_READ, SQ_TAG_HTTP, err);
    }
    if (status == SQ_OK) {
        status = sq_decoys_watch(&server->decoys, &server->epoll, SQ_TAG_DECOY, err);
    }
    return status == SQ_OK ? sq_listeners_watch(&server->listeners, &server->epoll, err) : status;
}

/* Faults of the connection family lead a driver of ours astray, and strike strangers at the door.
 */
static enum sq_status open_ways(struct sq_server *server, const struct sq_server_options *options,
                                struct sq_error *err)
{
    bool gated = options->strangers && sq_gates_needed(server->script);
    const struct sq_listeners_setup setup = {.address = options->address,
                                             .ports = options->ports,
                                             .n_listeners = server->script->n_providers,
                                             .may_shut = gated};
    enum sq_status status = sq_listeners_open(&server->listeners, &setup, err);
    if (status != SQ_OK) {
        return status;
    }
    if (gated) {
        server->gates = sq_gates_new(server->script, server->seed, err);
        server->gates_change_at = 0;
        return server->gates == NULL ? SQ_NO_MEMORY : SQ_OK;
    }
    bool astray = !options->strangers && sq_connections_may_fail(server->script);
    return astray ? sq_decoys_open(&server->decoys, err) : SQ_OK;
}

static enum sq_status open_server(struct sq_server *server, const struct sq_server_options *options,
                                  struct sq_error *err)
{
    const struct sq_http_handler handler = {
        .context = server,
        .answer = sq_server_answer,
        .more = sq_server_more,
        .over = sq_server_over,
        .closed = sq_server_closed,
        .trouble = http_trouble,
    };
    enum sq_status status = open_ways(server, options, err);
    if (status == SQ_OK) {
        status = open_machine(server, err);
    }
    if (status == SQ_OK) {
        status = sq_http_start(&handler, SQ_SERVER_REQUEST_BYTES_MAX, &server->http, err);
    }
    if (status == SQ_OK) {
        status = open_epoll(server, err);
    }
    if (status == SQ_OK) {
        sq_server_turn_gates(server); /* before the first who connects */
    }
    return status == SQ_OK ? sq_thread_start(&server->thread, serve, server, err) : status;
}

static struct sq_server *new_server(const struct sq_server_options *options)
{
    struct sq_server *server = sq_memory_new(1, sizeof *server);
    if (server == NULL) {
        return NULL;
    }
    server->script = options->script;
    server->clock = options->clock;
    server->seed = options->seed;
    server->tells_strangers = options->strangers;
    server->epoll.fd = -1;
    server->stop.fd = -1;
    sq_mutex_init(&server->shared.mutex);
    sq_log_init(&server->shared.log);
    sq_decoys_init(&server->decoys);
    sq_holding_init(&server->holding, SQ_TAG_HELD);
    server->gates_change_at = SQ_NEVER;
    sq_slab_init(&server->connections, sizeof(struct sq_connection));
    return server;
}

enum sq_status sq_server_start(const struct sq_server_options *options, struct sq_server **server,
                               struct sq_error *err)
{
    struct sq_server *made = new_server(options);
    if (made == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the server");
    }
    enum sq_status status = open_server(made, options, err);
    if (status != SQ_OK) {
        sq_server_stop(made);
        return status;
    }
    *server = made;
    return SQ_OK;
}

void sq_server_finish(struct sq_server *server)
{
    if (server->thread.started) {
        sq_wakeup_ring(&server->stop);
        sq_thread_join(&server->thread);
    }
}

void sq_server_stop(struct sq_server *server)
{
    if (server == NULL) {
        return;
    }
    sq_server_finish(server);
    sq_http_stop(server->http);
    sq_listeners_close(&server->listeners);
    sq_decoys_close(&server->decoys);
    sq_holding_clear(&server->holding);
    sq_gates_free(server->gates);
    for (uint32_t slot = 0; slot < server->n_connections; slot++) {
        sq_sending_clear(&sq_server_connection(server, slot)->sending);
    }
    sq_slab_clear(&server->connections);
    sq_timers_clear(&server->timers);
    sq_wakeup_clear(&server->stop);
    sq_epoll_clear(&server->epoll);
    sq_journal_free(server->journal);
    sq_memory_free(server->provider_memory);
    sq_log_clear(&server->shared.log);
    sq_mutex_clear(&server->shared.mutex);
    sq_memory_free(server);
}

/* What the other thread asks */

uint16_t sq_server_port(const struct sq_server *server, uint8_t provider)
{
    sq_assert(provider < server->listeners.n_listeners);
    return server->listeners.port[provider];
}

uint64_t sq_server_seed(const struct sq_server *server)
{
    return server->seed;
}

uint16_t sq_server_decoy_port(const struct sq_server *server, enum sq_connection_fate fate)
{
    sq_assert(fate < SQ_CONNECTION_FATES);
    return server->decoys.port[fate];
}

struct sq_journal *sq_server_journal(struct sq_server *server)
{
    return server->journal;
}

uint64_t sq_server_strays(struct sq_server *server, uint16_t *status)
{
    sq_mutex_lock(&server->shared.mutex);
    uint64_t n_strays = server->shared.n_strays;
    *status = server->shared.stray_status;
    sq_mutex_unlock(&server->shared.mutex);
    return n_strays;
}

void sq_server_lateness(struct sq_server *server, struct sq_server_lateness *lateness)
{
    sq_mutex_lock(&server->shared.mutex);
    const struct sq_histogram *histogram = &server->shared.lateness;
    *lateness = (struct sq_server_lateness){
        .count = histogram->count,
        .p50 = sq_histogram_quantile(histogram, 500000),
        .p99 = sq_histogram_quantile(histogram, 990000),
        .max = histogram->count > 0 ? histogram->max : 0,
    };
    sq_mutex_unlock(&server->shared.mutex);
}

enum sq_status sq_server_replay(struct sq_server *server, bool *same, uint64_t *n_events,
                                struct sq_error *err)
{
    sq_mutex_lock(&server->shared.mutex);
    *n_events = server->shared.log.n_events;
    enum sq_status status =
        sq_log_replay(&server->shared.log, server->script, server->seed, same, err);
    sq_mutex_unlock(&server->shared.mutex);
    return status;
}
