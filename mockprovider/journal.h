/* SPDX-License-Identifier: MIT */
/*
 * The journal: what the server says of each attempt once it is over at its side: who it was, what
 * it got and what it costs. One writer (the server's thread), one reader (the driver); a bounded
 * ring behind a mutex, and a wake-up for the reader's epoll. An entry of a complete answer is
 * written before the answer's last bytes leave, so that whoever has seen the end finds the bill.
 */
#ifndef SQ_MOCKPROVIDER_JOURNAL_H
#define SQ_MOCKPROVIDER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mockprovider/provider.h"

#define SQ_JOURNAL_ENTRIES_MAX                                                                     \
    65536 /* unread; when full the server waits for the reader up to a second, then counts a loss  \
           */

struct sq_journal_entry {
    uint64_t call;
    uint16_t attempt;
    uint16_t nth;
    uint16_t model;
    uint16_t status; /* 0: none was sent */
    bool identified; /* our header named the attempt; else call and attempt are the server's own
                        numbers */
    bool abandoned;  /* the client left before the end */
    struct sq_bill bill;
    uint32_t fired[SQ_FAMILIES];
    sq_time reached_at;
    sq_time ended_at;
};

struct sq_journal;

struct sq_journal *sq_journal_new(struct sq_error *err); /* NULL: *err says why */
void sq_journal_free(struct sq_journal *journal);

void sq_journal_add(struct sq_journal *journal, const struct sq_journal_entry *entry);
/* The oldest unread entry; false: none. */
bool sq_journal_take(struct sq_journal *journal, struct sq_journal_entry *entry);
/* Readable while entries may be unread; for an epoll. */
int sq_journal_fd(const struct sq_journal *journal);
uint64_t sq_journal_lost(struct sq_journal *journal);

#endif
