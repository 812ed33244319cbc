/* SPDX-License-Identifier: MIT */
/*
 * The server's own: its parts, and what it keeps of each connection. One thread owns all of it but
 * `shared`, which the mutex guards, and the journal, which guards itself.
 *
 * Stages of a connection:
 *
 *                 a wrong request, /health: answered at once
 *                  +--+
 *                  v  |         headers are due
 *     begin ---> IDLE --> WAITING --------------> SENDING --> IDLE   (complete: keep-alive)
 *                          |   |                   |   |
 *                          |   |                   |   +----> RESETTING --> DEAD
 *                          |   +-- RST before headers ------> (as above)
 *                          +-- FIN, or the client left ----+----------------> DEAD
 *
 * A visit begins with WAITING and is left exactly once: when its plan is over and its last bytes
 * are about to be handed out, else when the client leaves, else when the connection ends.
 */
#ifndef SQ_MOCKPROVIDER_SERVER_INT_H
#define SQ_MOCKPROVIDER_SERVER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/slab.h"
#include "host/epoll.h"
#include "host/thread.h"
#include "mockprovider/decoys_int.h"
#include "mockprovider/door/gates.h"
#include "mockprovider/door/held.h"
#include "mockprovider/http_int.h"
#include "mockprovider/listener_int.h"
#include "mockprovider/server.h"
#include "mockprovider/server_log_int.h"
#include "mockprovider/server_sending_int.h"
#include "mockprovider/strangers_int.h"
#include "mockprovider/timers_int.h"

/* Tags in the epoll: a listener's index, then these, then connections by slot; far above them what
 * is held, by descriptor. */
enum sq_tag { SQ_TAG_STOP = SQ_PROVIDERS_MAX, SQ_TAG_HTTP, SQ_TAG_DECOY, SQ_TAG_CONNECTIONS };
#define SQ_TAG_HELD (UINT64_C(1) << 40)

enum sq_stage {
    SQ_STAGE_IDLE,      /* no answer under way */
    SQ_STAGE_WAITING,   /* the provider has the attempt, no byte is due yet */
    SQ_STAGE_SENDING,   /* headers are out, the body follows its plan; also when silent */
    SQ_STAGE_RESETTING, /* all bytes are out; RST as soon as they have arrived */
    SQ_STAGE_DEAD,      /* to be closed without another byte */
    SQ_STAGES
};

struct sq_connection {
    struct sq_http_exchange http; /* first: http.c hands it back */
    int fd;                       /* libmicrohttpd's */
    uint32_t slot;
    uint32_t next_free; /* slot + 1; 0: none */
    uint8_t provider;
    enum sq_stage stage;
    bool left;       /* the client closed its side */
    bool watched;    /* for that, in the server's epoll */
    bool visiting;   /* `visit` is at the provider */
    bool identified; /* our header named the attempt */
    struct sq_stranger stranger;
    bool headers_out;
    uint32_t n_tries; /* to reset */
    sq_time wakes_at; /* what it waits for; SQ_NEVER: nothing known */
    struct sq_visit visit;
    struct sq_sending sending;
};

struct sq_shared {
    struct sq_mutex mutex;
    enum sq_status health; /* the first trouble */
    struct sq_error trouble;
    struct sq_histogram lateness; /* real ns */
    uint64_t n_strays;
    uint16_t stray_status; /* of the last */
    struct sq_log log;
};

/* A gate as it stands on the wire. */
struct sq_shutting {
    struct sq_gate gate;
    sq_time since; /* of a shut one */
};

struct sq_server {
    const struct sq_script *script;
    const struct sq_clock *clock;
    uint64_t seed;
    struct sq_journal *journal;
    struct sq_provider *provider; /* in provider_memory */
    void *provider_memory;
    struct sq_listeners listeners;
    struct sq_decoys decoys; /* for a driver of ours */
    struct sq_gates *gates;  /* for strangers; NULL: no fault strikes their connections */
    sq_time gates_change_at;
    struct sq_shutting shutting[SQ_PROVIDERS_MAX];
    struct sq_holding holding;
    struct sq_http *http;
    struct sq_epoll epoll;
    struct sq_wakeup stop; /* rung once */
    struct sq_thread thread;
    struct sq_timers timers; /* by slot */
    struct sq_slab connections;
    uint32_t n_connections; /* slots made */
    uint32_t first_free;    /* slot + 1; 0: none */
    bool tells_strangers;   /* arrivals go to the journal */
    bool ending;            /* what is open is dropped */
    struct sq_strangers strangers;
    struct sq_shared shared;
};

/* server.c */
/* Remembers the first trouble for sq_server_health. */
void sq_server_trouble(struct sq_server *server, const struct sq_error *trouble);
void sq_server_log(struct sq_server *server, const struct sq_log_event *event);
void sq_server_trouble_text(struct sq_server *server, enum sq_status status, const char *text);
sq_time sq_server_now(const struct sq_server *server);

/* server_requests.c: what a whole request asks for. False: it is no attempt, *reply answers it. */
struct sq_attempt_asked {
    struct sq_plan_request request;
    bool identified;
    struct sq_stranger stranger;
};
bool sq_server_read_request(struct sq_server *server, struct sq_connection *connection,
                            struct sq_attempt_asked *asked, struct sq_http_reply *reply);

/* server_visits.c: the handler's functions, and what else can happen to a visit. */
enum sq_http_verdict sq_server_answer(void *context, struct sq_http_exchange *exchange,
                                      struct sq_http_reply *reply);
enum sq_http_more sq_server_more(void *context, struct sq_http_exchange *exchange, char *bytes,
                                 size_t room, size_t *n_bytes);
void sq_server_over(void *context, struct sq_http_exchange *exchange);
void sq_server_left(struct sq_server *server, struct sq_connection *connection);
/* Everything that is due: strikes of the provider, then steps of the connections. */
void sq_server_tick(struct sq_server *server);
/* Gives up everything, before the end. */
void sq_server_drop(struct sq_server *server, struct sq_connection *connection);

/* server_connections.c: the slots. */
SQ_MUST_USE enum sq_status sq_server_take_slot(struct sq_server *server,
                                               struct sq_connection **connection,
                                               struct sq_error *err);
void sq_server_give_slot(struct sq_server *server, struct sq_connection *connection);
static inline struct sq_connection *sq_server_connection(struct sq_server *server, uint32_t slot)
{
    return sq_slab_at(&server->connections, slot);
}
void sq_server_accept(struct sq_server *server, uint8_t provider);
/* Shuts and opens what is due. */
void sq_server_turn_gates(struct sq_server *server);
void sq_server_held_stirs(struct sq_server *server, int fd);
/* At the end: lets go of all that is held, and closes the account of what is shut. */
void sq_server_leave_gates(struct sq_server *server);
void sq_server_closed(void *context, struct sq_http_exchange *exchange);

#endif
