/* SPDX-License-Identifier: MIT */
/*
 * A transfer: one attempt on the wire as the client sees it, from bytes to news. curl.c tells
 * it what libcurl tells; live.c takes its news, one at a time, when libcurl has returned. Knows no
 * libcurl and no clock: the time of everything is the inbox's, one sample a batch.
 *
 *     begin -> sending -> header* -> headers_complete -> body* -> end
 *
 * `sending` comes twice when libcurl tries a dead connection and wants to send the request again on
 * another: that is refused, the attempt ends with a reset.
 *
 * Ownership: transfers are the caller's and must not move; what a transfer allocated is kept from
 * attempt to attempt, until clear.
 */
#ifndef SQ_SIM_LIVE_TRANSFER_INT_H
#define SQ_SIM_LIVE_TRANSFER_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "policies/engine.h"
#include "sim/carrier.h"
#include "sim/contracts.h"
#include "wire/contract.h"
#include "wire/dialect.h"
#include "wire/sse.h"

/* Bytes kept of a plain answer; a longer one is malformed. The mock's largest is some 4 bytes a
 * token. */
#define SQ_LIVE_BODY_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* A header line longer than this is none that we read. */
#define SQ_LIVE_HEADER_BYTES_MAX 256

/* What is new, as bits; handed out lowest first, so in the order of a transfer's life. */
enum sq_live_news {
    SQ_LIVE_NEWS_CONNECTED = 1,
    SQ_LIVE_NEWS_HEADERS = 2,
    SQ_LIVE_NEWS_FIRST_TOKEN = 4,
    SQ_LIVE_NEWS_DONE = 8
};

/* How the bytes ended, before anybody asks what was under way. */
enum sq_live_end {
    SQ_LIVE_END_COMPLETE,
    SQ_LIVE_END_DNS,
    SQ_LIVE_END_REFUSED,
    SQ_LIVE_END_TLS,
    SQ_LIVE_END_RESET,  /* RST, or a send that failed */
    SQ_LIVE_END_CLOSED, /* FIN before the message was complete */
    SQ_LIVE_END_GARBLED /* not HTTP */
};

struct sq_live_transfer;

/* Transfers with news, oldest first. Each is in it once at most, so it needs no memory. */
struct sq_live_inbox {
    struct sq_live_transfer *first;
    struct sq_live_transfer *last;
    const struct sq_contracts *contracts; /* borrowed: what answers are held against */
    sq_time at;                           /* of this batch: the time of all news in the list */
    enum sq_status status; /* what went wrong with us inside a callback; SQ_OK: nothing */
    struct sq_error err;
};

struct sq_live_transfer {
    struct sq_live_inbox *inbox;
    struct sq_live_transfer *next; /* in the inbox */
    struct sq_live_transfer *previous;
    struct sq_attempt attempt;
    const struct sq_dialect *dialect;
    void *handle; /* curl.c's; kept from attempt to attempt */
    bool under_way;
    bool sent;             /* the request was handed to a connection */
    bool sent_twice;       /* libcurl wanted to send it again */
    bool sent_whole;       /* and its last byte, once it has ended: the far side has heard of it */
    bool headers_complete; /* of the final answer */
    bool reads_stream;     /* a 2xx that was asked to be a stream */
    bool overlong;
    uint8_t news; /* bits of enum sq_live_news */
    uint16_t status;
    enum sq_transport transport; /* of DONE */
    struct sq_reading reading;   /* of DONE */
    struct sq_usage usage;       /* as the answer says; given or not */
    struct sq_hints hints;
    bool has_content_type;
    char content_type[SQ_LIVE_HEADER_BYTES_MAX];
    sq_time last_byte_at; /* of the body; SQ_NEVER: none came */
    sq_time reported_at;  /* the newest of these the engine knows of */
    struct sq_strbuf body;
    struct sq_sse_reader events;
    struct sq_stream stream;
    struct sq_strbuf request; /* the body we send */
};

/* Remembers the first thing that went wrong with us; later ones follow from it. */
void sq_live_inbox_fail(struct sq_live_inbox *inbox, enum sq_status status, const char *what,
                        const char *why);

/* The attempt is copied. The transfer is not under way. */
void sq_live_transfer_begin(struct sq_live_transfer *transfer, struct sq_live_inbox *inbox,
                            const struct sq_dialect *dialect, const struct sq_attempt *attempt);
/* The request is about to leave on a connection. False: it did so before, nothing may be sent. */
bool sq_live_transfer_sending(struct sq_live_transfer *transfer);
/* One header line, with or without its line end; status lines are none. */
void sq_live_transfer_header(struct sq_live_transfer *transfer, const char *line, size_t length);
/* The blank line of an answer; 1xx are not final and change nothing. */
void sq_live_transfer_headers_complete(struct sq_live_transfer *transfer, uint16_t status);
void sq_live_transfer_body(struct sq_live_transfer *transfer, const char *bytes, size_t length);
void sq_live_transfer_end(struct sq_live_transfer *transfer, enum sq_live_end end);

/* Takes the next event of the first transfer in the inbox, which is not empty. After DONE the
 * transfer is not under way any more. event->hints points into the transfer. */
struct sq_live_transfer *sq_live_inbox_take(struct sq_live_inbox *inbox, struct sq_event *event);
/* PROGRESS, when bytes of the body came that the engine does not know of. */
bool sq_live_transfer_progress(struct sq_live_transfer *transfer, struct sq_event *event,
                               sq_time now);
/* Forgets the attempt and its news. */
void sq_live_transfer_drop(struct sq_live_transfer *transfer);
/* Frees what it owns but the handle; accepts a zeroed transfer. */
void sq_live_transfer_clear(struct sq_live_transfer *transfer);

#endif
