/* SPDX-License-Identifier: MIT */
/*
 * The wire of the live carrier: libcurl's multi interface on one epoll, and nothing of libcurl
 * outside curl.c. It tells transfers what comes; it decides nothing: no retries, no timeouts,
 * no caps. One turn looks at the sockets once; transfers put their news into the inbox meanwhile,
 * to be read after it.
 */
#ifndef SQ_SIM_LIVE_CURL_INT_H
#define SQ_SIM_LIVE_CURL_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "host/clock.h"
#include "sim/live/transfer_int.h"

/* Sockets of one turn. Few, because what they cause is sent only after their news were taken. */
#define SQ_LIVE_CURL_EVENTS 64
/* Descriptors that others want to hear of. */
#define SQ_LIVE_CURL_WATCHED_MAX 2

struct sq_live_curl;

struct sq_live_request {
    const char *url;          /* stays valid: the same pointer means the same address */
    const char *content_type; /* of the body, which is transfer->request */
    uint32_t input_tokens;
    uint32_t output_tokens;
    bool foreign;              /* somebody else's: no header of ours goes there */
    const char *authorization; /* a whole header line for what is foreign, borrowed; NULL: none */
    uint8_t contract;
    const char *detour; /* stays valid: HOST::PORT in libcurl's words, where to connect instead,
                           anew and for this once; NULL: nowhere else */
};

/* The inbox and the clock are borrowed. keep_alive: connections that may stay open for reuse,
 * from 1. */
SQ_MUST_USE enum sq_status sq_live_curl_new(struct sq_live_inbox *inbox,
                                            const struct sq_clock *clock, uint32_t keep_alive,
                                            struct sq_live_curl **curl, struct sq_error *err);
/* All transfers were removed before. Accepts NULL. */
void sq_live_curl_free(struct sq_live_curl *curl);

/* Turns tell when this descriptor is readable, in bit `bit` (below SQ_LIVE_CURL_WATCHED_MAX). */
SQ_MUST_USE enum sq_status sq_live_curl_watch(struct sq_live_curl *curl, int fd, uint32_t bit,
                                              struct sq_error *err);
void sq_live_curl_unwatch(struct sq_live_curl *curl, int fd);

/* The transfer has begun; its request leaves in the next turn. */
SQ_MUST_USE enum sq_status sq_live_curl_send(struct sq_live_curl *curl,
                                             struct sq_live_transfer *transfer,
                                             const struct sq_live_request *request,
                                             struct sq_error *err);
/* Ends the transfer at once and closes its connection; nothing happens for one that has ended. */
void sq_live_curl_cancel(struct sq_live_curl *curl, struct sq_live_transfer *transfer);
/* Frees what a transfer holds of libcurl. */
void sq_live_curl_forget(struct sq_live_curl *curl, struct sq_live_transfer *transfer);

/* What one turn saw. */
struct sq_live_turn {
    bool full;        /* more sockets may be ready */
    uint32_t watched; /* bits of the watched descriptors that are readable */
};

/* Waits at most span of scenario time (0: only looks) for sockets, then lets libcurl work. Sets the
 * inbox's time. What went wrong with us is in the inbox. */
struct sq_live_turn sq_live_curl_turn(struct sq_live_curl *curl, sq_dur span);

#endif
