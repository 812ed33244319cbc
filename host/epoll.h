/* SPDX-License-Identifier: MIT */
/*
 * Waiting for many descriptors at once, level-triggered, with a deadline in nanoseconds; and a
 * wake-up another thread can ring. Descriptors added stay the caller's: remove one before closing
 * it.
 */
#ifndef SQ_HOST_EPOLL_H
#define SQ_HOST_EPOLL_H

#include <stdint.h>

#include "base/error.h"

#define SQ_EPOLL_EVENTS_MAX 256 /* events one wait can return: 4 KiB of stack */

/* Bits: what to wait for, and what came. */
enum sq_epoll_interest {
    SQ_EPOLL_READ = 1,
    SQ_EPOLL_WRITE = 2,
    SQ_EPOLL_LEFT = 4,  /* the peer closed its side (EPOLLRDHUP), even if bytes are unread */
    SQ_EPOLL_BROKEN = 8 /* error or hang-up: always reported, asked for or not */
};

struct sq_epoll {
    int fd; /* owned */
};

struct sq_epoll_event {
    uint64_t tag;  /* what sq_epoll_add was given */
    uint32_t came; /* bits of enum sq_epoll_interest */
};

SQ_MUST_USE enum sq_status sq_epoll_init(struct sq_epoll *epoll, struct sq_error *err);
/* interest: bits of READ, WRITE, LEFT; 0 waits for BROKEN only. */
SQ_MUST_USE enum sq_status sq_epoll_add(struct sq_epoll *epoll, int fd, uint32_t interest,
                                        uint64_t tag, struct sq_error *err);
SQ_MUST_USE enum sq_status sq_epoll_modify(struct sq_epoll *epoll, int fd, uint32_t interest,
                                           uint64_t tag, struct sq_error *err);
/* Nothing happens for one that is not in. */
void sq_epoll_remove(struct sq_epoll *epoll, int fd);
/* Waits at most timeout_ns of real time (0: only looks; SQ_NEVER: for ever) and fills up to
 * capacity events (1 to SQ_EPOLL_EVENTS_MAX). Returns how many, 0 when the time is over or a signal
 * handler ran. Never returns early otherwise. */
int sq_epoll_wait(struct sq_epoll *epoll, struct sq_epoll_event *events, int capacity,
                  int64_t timeout_ns);
void sq_epoll_clear(struct sq_epoll *epoll);

struct sq_wakeup {
    int fd; /* readable after a ring: add it to the epoll; owned */
};

SQ_MUST_USE enum sq_status sq_wakeup_init(struct sq_wakeup *wakeup, struct sq_error *err);
/* From any thread. Rings before the next drain count as one. */
void sq_wakeup_ring(struct sq_wakeup *wakeup);
void sq_wakeup_drain(struct sq_wakeup *wakeup);
void sq_wakeup_clear(struct sq_wakeup *wakeup);

#endif
