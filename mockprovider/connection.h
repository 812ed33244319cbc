/* SPDX-License-Identifier: MIT */
/*
 * Faults on the way to a provider: what becomes of a connection before anything is sent on it. The
 * driver asks for every attempt it is about to send, in both clocks, and takes an attempt that does
 * not arrive elsewhere: the provider machine never hears of it, and nothing is billed.
 *
 *     what = sq_plan_connection(connections, &request, now);
 *     if (what.fate == SQ_CONNECTION_MADE) { ... send ... }
 *
 * Counts of connection rules live here and nowhere else: they count what is sent. Counts of all
 * other rules live in the provider machine and count what arrives. So the same calls give the same
 * counts in both clocks, and a server needs no word of what was never sent to it.
 *
 * Pure: no clock, no allocation, all in the caller's memory.
 */
#ifndef SQ_MOCKPROVIDER_CONNECTION_H
#define SQ_MOCKPROVIDER_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/plan.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"

enum sq_connection_fate {
    SQ_CONNECTION_MADE,
    SQ_CONNECTION_UNRESOLVED, /* fails at once: no such host */
    SQ_CONNECTION_REFUSED,    /* fails at once */
    SQ_CONNECTION_UNANSWERED, /* never made */
    SQ_CONNECTION_UNSERVED,   /* made, but nobody reads */
    SQ_CONNECTION_UNSECURED,  /* made, and closed after the first words of TLS */
    SQ_CONNECTION_FATES
};

struct sq_connection_plan {
    enum sq_connection_fate fate;
    uint32_t fired; /* rule + 1; 0: none */
};

struct sq_connections;

/* Whether the script has such faults at all. */
bool sq_connections_may_fail(const struct sq_script *script);

size_t sq_connections_size(const struct sq_script *script, const struct sq_provider_bounds *bounds);

/* As sq_provider_init; with its seed. */
struct sq_connections *sq_connections_init(void *memory, size_t size,
                                           const struct sq_script *script,
                                           const struct sq_provider_bounds *bounds, uint64_t seed);

/* now never goes back. */
struct sq_connection_plan sq_plan_connection(struct sq_connections *connections,
                                             const struct sq_plan_request *request, sq_time now);

/* What the transport says of an attempt that ends at once; OK for the others, which only time
 * ends. */
enum sq_transport sq_connection_transport(enum sq_connection_fate fate);

#endif
