/* SPDX-License-Identifier: MIT */
/*
 * The live carrier towards a raw server, driven by a tiny loop. One at a time: start it, stop it.
 */
#ifndef SQ_TESTS_LIVE_WORLD_H
#define SQ_TESTS_LIVE_WORLD_H

#include "host/clock.h"
#include "sim/live.h"
#include "tests/support/carrier_driver.h"
#include "tests/support/raw_server.h"
#include "tests/support/small_scenario.h"

struct live_world {
    struct small_scenario *small;
    struct sq_clock clock;
    struct raw_server server;
    struct sq_live *live;
    struct carrier_driver *driver;
    int stop_fd; /* set before start; -1: none */
};

struct live_world *live_world(void);
void live_world_start(raw_handler *handler, void *context);
/* The same towards this port, where the raw server may not be. */
void live_world_start_at(raw_handler *handler, void *context, uint16_t port);
void live_world_stop(void);

/* One attempt of a new call in slot 0, to its end and its bill; what came of it. */
const char *live_world_try(bool stream);

/* A whole answer of the mock's dialect, with its length; a stream in chunks, without the last,
 * empty one; one chunk of any text. Valid until the world stops. */
const char *live_world_plain(void);
const char *live_world_stream_head(void);
const char *live_world_stream_begin(void); /* role and one token */
const char *live_world_stream_end(void);   /* finish and end mark */
const char *live_world_chunk(const char *bytes);

#endif
