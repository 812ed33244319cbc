/* SPDX-License-Identifier: MIT */
/*
 * A run whose client is a stranger: the mock server of a scenario, with the journal turned into the
 * records of calls and attempts that the meter adds up, so that judge, result and reports are those
 * of any run. No policy of ours runs, nothing is sent; time is the wall clock, as scenario time.
 *
 * An attempt's class is what the engine's table of statuses, codes and transports makes of the
 * answer it was given. The client that left before the end is `cancelled`: why it left, it alone
 * knows.
 */
#ifndef SQ_SIM_SERVE_SERVE_H
#define SQ_SIM_SERVE_SERVE_H

#include <stdint.h>

#include "base/error.h"
#include "scenarios/scenario.h"
#include "sim/result.h"

/* What reports call the policy that the stranger follows. */
#define SQ_SERVE_POLICY "client"

struct sq_serve;

struct sq_serve_options {
    struct sq_scenario *scenario; /* prepared; borrowed, must outlive the result */
    int64_t speed_milli;          /* scenario milliseconds a real second */
    const uint16_t *ports;        /* one a provider, 0: any free one; NULL: all any */
};

/* Fits a scenario for strangers: its (only) policy stands for the client and is called so, and
 * models that no role is bound to get a role called PROVIDER/MODEL, up to SQ_ROLES_MAX roles; what
 * is beyond counts under the first. */
void sq_serve_prepare(struct sq_scenario *scenario);

/* SQ_ENVIRONMENT when a port is taken: names it. */
SQ_MUST_USE enum sq_status sq_serve_start(const struct sq_serve_options *options,
                                          struct sq_serve **serve, struct sq_error *err);

uint16_t sq_serve_port(const struct sq_serve *serve, uint8_t provider);

/* Readable when there is something to take; for an epoll. */
int sq_serve_fd(const struct sq_serve *serve);

/* Takes what has happened since. Once a second or more often: the journal has an end. */
SQ_MUST_USE enum sq_status sq_serve_take(struct sq_serve *serve, struct sq_error *err);

/* How long a span of scenario time lasts, in real nanoseconds. */
int64_t sq_serve_real_span_ns(const struct sq_serve *serve, sq_dur span);

/* Ends the server, closes the books and fills *result, judged. The scenario's duration is then the
 * time served, in whole milliseconds. Once. */
SQ_MUST_USE enum sq_status sq_serve_finish(struct sq_serve *serve, struct sq_result *result,
                                           struct sq_error *err);

/* Requests that reached no model: see sq_server_strays. */
uint64_t sq_serve_strays(const struct sq_serve *serve, uint16_t *status);

/* What faults of the connection family did, before a request came. */
struct sq_serve_door {
    uint64_t struck; /* connections that were accepted, and then struck */
    uint64_t joined; /* attempts of calls that were struck there, or turned away by a shut port */
    uint64_t shut;   /* how often a port was shut: whom it turned away nobody sees */
    sq_dur shut_for; /* in all */
};
struct sq_serve_door sq_serve_door(const struct sq_serve *serve);

void sq_serve_free(struct sq_serve *serve); /* accepts NULL */

#endif
