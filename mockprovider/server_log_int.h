/* SPDX-License-Identifier: MIT */
/*
 * The log of all that was fed to the provider machine and to the gates, in order, with a digest of
 * all it said: so that the same events, fed to a fresh machine offline, can be compared. Times are
 * scenario times. Not locked: the server does that.
 */
#ifndef SQ_MOCKPROVIDER_SERVER_LOG_INT_H
#define SQ_MOCKPROVIDER_SERVER_LOG_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/slab.h"
#include "mockprovider/connection.h"
#include "mockprovider/provider.h"

/* Events kept, 88 bytes each, 22 MiB: two an attempt. Later ones are not compared. */
#define SQ_SERVER_LOG_EVENTS_MAX (UINT32_C(1) << 18)

enum sq_log_kind {
    SQ_LOG_ARRIVE, /* arrive, then next until it says no */
    SQ_LOG_NEXT,   /* next until it says no */
    SQ_LOG_LEAVE,
    SQ_LOG_CONNECT /* a stranger's connection is judged; slot is the provider */
};

struct sq_log_event {
    sq_time at;
    uint64_t digest;                /* of the notices, of the bill, of the connection's plan */
    struct sq_plan_request request; /* of ARRIVE */
    uint32_t slot;                  /* of the visit; of NEXT: 0 */
    enum sq_log_kind kind;
};

struct sq_log {
    struct sq_slab events;
    uint32_t n_events;
    uint32_t n_slots; /* one more than the highest seen */
};

void sq_log_init(struct sq_log *log);
void sq_log_clear(struct sq_log *log);

/* SQ_NO_MEMORY. A full log takes no more, which is SQ_OK. */
SQ_MUST_USE enum sq_status sq_log_add(struct sq_log *log, const struct sq_log_event *event,
                                      struct sq_error *err);

/* What was said, into the digest of an event: a notice with its whole plan, a bill, a connection's
 * plan. */
void sq_log_digest_notice(struct sq_digest *digest, const struct sq_notice *notice, uint32_t slot);
uint64_t sq_log_digest_bill(const struct sq_bill *bill);
uint64_t sq_log_digest_way(const struct sq_connection_plan *way);

/* Feeds all events to a fresh machine: *same when every digest comes out equal. */
SQ_MUST_USE enum sq_status sq_log_replay(const struct sq_log *log, const struct sq_script *script,
                                         uint64_t seed, bool *same, struct sq_error *err);

#endif
