/* SPDX-License-Identifier: MIT */
/*
 * The journal: what the server says of each attempt once it is over at its side: who it was, what
 * it got and what it costs. Of strangers it tells the arrival too, in the same form, with what can
 * tell whose retry it is; and connections that faults struck before a request came, and ports that
 * were shut. One writer (the server's thread), one reader; a bounded ring behind a
 * mutex, and a wake-up for the reader's epoll. An entry of a complete answer is written before the
 * answer's last bytes leave, so that whoever has seen the end finds the bill.
 */
#ifndef SQ_MOCKPROVIDER_JOURNAL_H
#define SQ_MOCKPROVIDER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mockprovider/connection.h"
#include "mockprovider/provider.h"

#define SQ_JOURNAL_ENTRIES_MAX                                                                     \
    65536 /* unread; when full the server waits for the reader up to a second, then counts a loss  \
           */

enum sq_journal_kind {
    SQ_JOURNAL_OVER, /* the attempt is over at the server's side */
    /* told when the server serves strangers: */
    SQ_JOURNAL_ARRIVED, /* it has just come */
    SQ_JOURNAL_STRUCK, /* no attempt: a connection that a fault ended, accepted at reached_at; call,
                          model, attempt say nothing */
    SQ_JOURNAL_SHUT /* no attempt: a port that lets nobody in since reached_at; told again when it
                       is opened at ended_at, SQ_NEVER before */
};

/* What a request without our header tells of itself. */
struct sq_stranger {
    uint64_t api_key;     /* sq_digest_name of the credential; 0: none */
    uint64_t body;        /* sq_digest_name of the whole body */
    uint16_t retry_count; /* x-stainless-retry-count; 0: a first try, or not said */
};

struct sq_journal_entry {
    enum sq_journal_kind kind;
    uint8_t provider;
    uint32_t connection; /* the server's number for it; one attempt at a time. Of STRUCK: its
                            ordinal among the provider's, from 1 */
    uint64_t call;
    uint16_t attempt;
    uint16_t nth;
    uint16_t model;
    uint16_t status; /* 0: none was sent */
    bool identified; /* our header named the attempt; else call and attempt are the server's own
                        numbers */
    bool abandoned;  /* the client left before the end */
    bool dropped;    /* abandoned because the server itself came to its end */
    bool stream;     /* asked for */
    bool include_usage;
    struct sq_stranger stranger; /* zeroed where identified */
    struct sq_bill bill;
    uint32_t fired[SQ_FAMILIES];
    sq_time reached_at;
    enum sq_connection_fate fate; /* of STRUCK and SHUT */
    /* Of OVER; the first two of STRUCK too: */
    sq_time ended_at;
    enum sq_transport transport; /* what the client's side makes of the end, unless abandoned */
    sq_time first_token_at;      /* of a stream; SQ_NEVER: none was sent */
    bool streamed;               /* the answer was a stream */
    uint16_t rule;               /* that shaped status and body; SQ_PLAN_NO_RULE: none */
    uint8_t contract;            /* of the script, from 1; 0: none */
    enum sq_limit refused;       /* the quota that did */
    struct sq_body body;         /* of the answer */
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
