/* SPDX-License-Identifier: MIT */
/*
 * A tiny loop for tests of carriers: no engine, it sends what the test says and writes down, slot
 * by slot, what comes back, in one line of words:
 *
 *     connected headers:200 first_token done:ok:200:none
 *
 * done is followed by transport, status and the reading's class. Checks on the way that time never
 * goes back and that an event is told with the time it happened at.
 */
#ifndef SQ_TESTS_CARRIER_DRIVER_H
#define SQ_TESTS_CARRIER_DRIVER_H

#include "base/strbuf.h"
#include "sim/carrier.h"

#define CARRIER_DRIVER_SLOTS 2048

struct carrier_slot {
    struct sq_attempt attempt; /* the newest */
    bool in_flight;
    struct sq_strbuf log;
    struct sq_hints hints; /* of the newest DONE */
    struct sq_reading reading;
    sq_time sent_at;
    sq_time headers_at;
    sq_time first_token_at;
    sq_time progress_at; /* last_byte_at of the newest PROGRESS */
    sq_time done_at;
    uint32_t n_done;
    uint32_t n_sent;
    uint32_t n_billed; /* bills of its attempts */
    struct sq_bill bill;
    bool billed_with_done; /* the newest DONE came with its bill */
    uint32_t fired_status;
    uint32_t fired[SQ_FAMILIES]; /* of the newest bill */
};

struct carrier_driver {
    struct sq_carrier carrier;
    sq_time now;
    uint32_t n_slots;
    uint32_t input_tokens; /* of what is sent; 100 until changed */
    uint8_t contract;      /* likewise; none until changed */
    uint32_t n_in_flight;
    uint32_t n_owed; /* bills to come */
    struct carrier_slot slots[CARRIER_DRIVER_SLOTS];
};

/* On the heap. */
struct carrier_driver *carrier_driver_new(struct sq_carrier carrier);
void carrier_driver_free(struct carrier_driver *driver);

/* Sends the next attempt of the call in this slot, 11 tokens out, at once. */
void carrier_driver_send(struct carrier_driver *driver, uint32_t slot, uint64_t call, bool stream);
void carrier_driver_cancel(struct carrier_driver *driver, uint32_t slot);

/* One wait, at most to `until`; what came is written down. */
enum sq_arrival_kind carrier_driver_step(struct carrier_driver *driver, sq_time until,
                                         uint32_t head);
/* Until nothing is in flight and no bill is owed, at most `patience` of scenario time. False: time
 * is over. */
bool carrier_driver_finish(struct carrier_driver *driver, sq_dur patience);
const char *carrier_driver_log(const struct carrier_driver *driver, uint32_t slot);

#endif
