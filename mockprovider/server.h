/* SPDX-License-Identifier: MIT */
/*
 * The server: the provider machine behind real HTTP, on one thread. It listens on one loopback port
 * per provider of the script, hands connections to libmicrohttpd, feeds the machine with the wall
 * clock (as scenario time) and puts its plans on the wire: bytes when the plan says, then exactly
 * the planned ending. No thread sleeps for a request: an answer that is not due is a suspended
 * connection and a deadline.
 *
 * Attempts are identified by the header `x-squall-attempt: CALL/NTH/ATTEMPT` (decimal, the last two
 * from 1). A request without it is a call of its own, numbered by its API key and its ordinal among
 * those with that key, so that what other clients do changes none of its draws; with an
 * `x-stainless-retry-count` above 0 it is that attempt more of the last call with the same key and
 * body. `x-squall-tokens: INPUT/OUTPUT` says how many
 * tokens the request has and the model would say (OUTPUT from 1); without it the input is counted
 * in the body and the output drawn, at most the request's own limit. `x-squall-contract: N` names
 * the contract of the script that the answer must meet; without it any text will do.
 *
 * What is no attempt (another path or method, a body that cannot be read, an unknown model) is
 * answered in the dialect's shape; the provider and the journal never hear of it. GET /health is
 * answered with 200.
 */
#ifndef SQ_MOCKPROVIDER_SERVER_H
#define SQ_MOCKPROVIDER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "host/clock.h"
#include "mockprovider/connection.h"
#include "mockprovider/journal.h"
#include "mockprovider/script.h"

#define SQ_SERVER_ATTEMPT_HEADER    "x-squall-attempt"
#define SQ_SERVER_TOKENS_HEADER     "x-squall-tokens"
#define SQ_SERVER_RETRY_HEADER      "x-stainless-retry-count"
#define SQ_SERVER_CONTRACT_HEADER   "x-squall-contract"
#define SQ_SERVER_REQUEST_BYTES_MAX (32u * 1024 * 1024)

struct sq_server;

struct sq_server_options {
    const struct sq_script *script; /* borrowed */
    const struct sq_clock *clock;   /* borrowed: scenario time */
    uint64_t seed;
    bool strangers;      /* the journal tells arrivals too; connection faults strike at the door */
    const char *address; /* NULL: 127.0.0.1 */
    const uint16_t *ports; /* one a provider, 0: any free one; NULL: all any */
};

/* Binds, starts the thread, returns when it serves. SQ_ENVIRONMENT when a port is taken: names it.
 */
SQ_MUST_USE enum sq_status sq_server_start(const struct sq_server_options *options,
                                           struct sq_server **server, struct sq_error *err);

/* Ends all connections and joins the thread; what was open is `dropped` in the journal. Journal,
 * health and replay stay until stop. A second time: nothing. */
void sq_server_finish(struct sq_server *server);

/* Finishes and frees. Accepts NULL. */
void sq_server_stop(struct sq_server *server);

uint16_t sq_server_port(const struct sq_server *server, uint8_t provider);
/* What keys its draws; a driver that plans connections needs the same. */
uint64_t sq_server_seed(const struct sq_server *server);
/* A port on 127.0.0.1 where connections end like this; 0: the script has no such faults, or the
 * fate needs none. */
uint16_t sq_server_decoy_port(const struct sq_server *server, enum sq_connection_fate fate);
struct sq_journal *sq_server_journal(struct sq_server *server);

/* Requests that were no attempt: another path or method, an unreadable body, an unknown model.
 * *status is the answer to the last of them. GET /health does not count. */
uint64_t sq_server_strays(struct sq_server *server, uint16_t *status);

/* What the thread met that a run must not hide (EMFILE, out of memory): SQ_OK when nothing. */
SQ_MUST_USE enum sq_status sq_server_health(struct sq_server *server, struct sq_error *err);

/* How late steps that had to be waited for left after they were due, in real nanoseconds: p50, p99
 * and max of all so far. */
struct sq_server_lateness {
    uint64_t count;
    int64_t p50;
    int64_t p99;
    int64_t max;
};
void sq_server_lateness(struct sq_server *server, struct sq_server_lateness *lateness);

/* Feeds the machine's log of arrivals and leaves (its first 262,144 events, two an attempt) again,
 * offline: *same when every plan and bill comes out equal. After the last attempt, before stop. */
SQ_MUST_USE enum sq_status sq_server_replay(struct sq_server *server, bool *same,
                                            uint64_t *n_events, struct sq_error *err);

#endif
