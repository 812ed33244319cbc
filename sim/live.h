/* SPDX-License-Identifier: MIT */
/*
 * The live carrier: libcurl's multi interface on one epoll, towards the mock server on loopback.
 * Bytes become the same events as in virtual time; time is the wall clock, as scenario time. One
 * thread, the loop's own.
 *
 * Faults on the way are planned here, before sending (connection.h): an attempt that is struck is
 * steered to a decoy of the server, or to a host name that is none. The system gives up a
 * connection that nobody answers after about two minutes, whatever the client allows.
 *
 * libcurl decides nothing: no retries, no timeouts, no caps of its own; the engine's actions alone
 * end an attempt. The second send of a request on a reused connection that died is refused (class
 * reset).
 */
#ifndef SQ_SIM_LIVE_H
#define SQ_SIM_LIVE_H

#include "base/error.h"
#include "host/clock.h"
#include "mockprovider/server.h"
#include "scenarios/scenario.h"
#include "sim/carrier.h"

struct sq_live;

/* Somebody else's endpoints, by role. What is there gets nothing that names us: no headers of ours,
 * only the key. Bills are what the answers say, else estimates. All text borrowed. */
struct sq_live_targets {
    const char *url[SQ_ROLES_MAX]; /* base URL without a slash at its end; NULL: our own server */
    const char *key[SQ_ROLES_MAX]; /* sent as Authorization: Bearer; NULL: none. Never printed. */
    uint64_t max_calls;            /* of one run; 0: any number */
    int64_t max_cost;              /* of one run, pico-dollars; 0: any */
};

struct sq_live_options {
    const struct sq_scenario *scenario;    /* borrowed */
    const struct sq_settings *policy;      /* for its repairs of answers; NULL: none */
    const struct sq_clock *clock;          /* borrowed */
    struct sq_server *server;              /* borrowed: ports and journal */
    const struct sq_live_targets *targets; /* borrowed; NULL: none */
    int stop_fd; /* readable: wait returns SQ_INTERRUPTED, once, so that bills of what is given up
                    then can still come; -1: none */
};

SQ_MUST_USE enum sq_status sq_live_new(const struct sq_live_options *options, struct sq_live **live,
                                       struct sq_error *err);
void sq_live_free(struct sq_live *live); /* accepts NULL */

/* SQ_ENVIRONMENT: a target was never reached. */
SQ_MUST_USE enum sq_status sq_live_health(const struct sq_live *live, struct sq_error *err);

struct sq_carrier sq_live_carrier(struct sq_live *live);

#endif
