/* SPDX-License-Identifier: MIT */
/*
 * Bills of live attempts: who was sent, what the journal said, what the loop was told. An attempt
 * is opened when it is sent and forgotten when its bill was handed out, so every attempt is billed
 * exactly once, whichever comes first: its end at the client or its entry in the journal.
 *
 *     open --entry--> known ---over(bill goes with the end)---> forgotten
 *       `----over---> owed  ---entry---> due ---next----------> forgotten
 *
 * No clock, no I/O but the journal it is given.
 */
#ifndef SQ_SIM_LIVE_BILLS_INT_H
#define SQ_SIM_LIVE_BILLS_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slab.h"
#include "mockprovider/journal.h"
#include "sim/carrier.h"

struct sq_live_bills {
    struct sq_slab records;
    uint32_t *table; /* record + 1 by hash of (call, attempt), open addressing; 0: empty */
    uint32_t n_table;
    uint32_t n_open;    /* records in use */
    uint32_t n_records; /* ever taken */
    uint32_t free_head; /* records + 1; 0: none */
    uint32_t due_first; /* bills to hand out, records + 1; 0: none */
    uint32_t due_last;
};

void sq_live_bills_init(struct sq_live_bills *bills);
/* The attempt was sent. SQ_NO_MEMORY changes nothing. */
SQ_MUST_USE enum sq_status sq_live_bills_open(struct sq_live_bills *bills,
                                              const struct sq_attempt *attempt,
                                              struct sq_error *err);
/* The attempt, just opened, will not arrive: struck on its way by this rule (+ 1). It owes nothing.
 */
void sq_live_bills_astray(struct sq_live_bills *bills, const struct sq_attempt *attempt,
                          uint32_t fired, sq_time now);
/* Reads all that the journal has. Entries of attempts that are not ours are dropped. */
void sq_live_bills_read(struct sq_live_bills *bills, struct sq_journal *journal);
/* One entry, whoever wrote it. */
void sq_live_bills_enter(struct sq_live_bills *bills, const struct sq_journal_entry *entry);
/* The attempt has ended at the client. Fills the arrival's bill when it is known; else it will be
 * due some time. `reached` false: the far side never heard of it, the bill is nothing. */
void sq_live_bills_over(struct sq_live_bills *bills, uint64_t call, uint16_t attempt, bool reached,
                        struct sq_arrival *arrival);
/* The attempt was given up: as above, but the bill is always due later. */
void sq_live_bills_give_up(struct sq_live_bills *bills, uint64_t call, uint16_t attempt,
                           bool reached);
/* A bill that is due, as a whole arrival; false: none. */
bool sq_live_bills_next(struct sq_live_bills *bills, struct sq_arrival *arrival);
void sq_live_bills_clear(struct sq_live_bills *bills);

#endif
