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

struct sq_live_options {
    const struct sq_scenario *scenario; /* borrowed */
    const struct sq_settings *policy;   /* for its repairs of answers; NULL: none */
    const struct sq_clock *clock;       /* borrowed */
    struct sq_server *server;           /* borrowed: ports and journal */
    int stop_fd; /* readable: wait returns SQ_INTERRUPTED, once, so that bills of what is given up
                    then can still come; -1: none */
};

SQ_MUST_USE enum sq_status sq_live_new(const struct sq_live_options *options, struct sq_live **live,
                                       struct sq_error *err);
void sq_live_free(struct sq_live *live); /* accepts NULL */

struct sq_carrier sq_live_carrier(struct sq_live *live);

#endif
