/* SPDX-License-Identifier: MIT */
/*
 * The event queue: a 4-ary indexed heap of (time, id), one entry a slot. Ordered by time, then by
 * id, a total order that depends on nothing else (slots queued at once have different ids). A slot
 * is a small number the caller owns (the index of a call in flight); setting a slot again moves it,
 * so nothing stale is ever in the heap. Growth happens in sq_queue_reserve only.
 *
 * A zeroed object is an empty queue without slots; sq_queue_clear frees.
 */
#ifndef SQ_BASE_QUEUE_H
#define SQ_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/time.h"

struct sq_queue_entry {
    sq_time at;
    uint64_t id;
    uint32_t slot;
};

struct sq_queue_node;

/* Read it through sq_queue_head; the fields are the queue's own, except n_entries. */
struct sq_queue {
    struct sq_queue_node *nodes; /* four siblings a cache line; inside memory */
    uint64_t *ids;               /* by slot, looked at only when two times are equal */
    uint32_t *position;          /* by slot: index in nodes, 0: not queued */
    void *memory;
    uint32_t n_entries;
    uint32_t n_slots; /* slots 0 .. n_slots - 1 may be set */
    struct sq_queue_entry head;
};

/* More slots than this are SQ_LIMIT. */
#define SQ_QUEUE_SLOTS_MAX (UINT32_C(1) << 28)

/* Makes room for slots below n_slots (never shrinks). SQ_NO_MEMORY and SQ_LIMIT leave the queue as
 * it was. */
SQ_MUST_USE enum sq_status sq_queue_reserve(struct sq_queue *queue, uint32_t n_slots,
                                            struct sq_error *err);
/* Queues slot at `at`, or moves it there; SQ_NEVER takes it out. slot < n_slots. Fastest for the
 * slot at the head: one way down, no way up. */
void sq_queue_set(struct sq_queue *queue, uint32_t slot, uint64_t id, sq_time at);
void sq_queue_remove(struct sq_queue *queue,
                     uint32_t slot); /* of a slot that is not queued: nothing */
/* NULL when empty. Valid until the next change. */
static inline const struct sq_queue_entry *sq_queue_head(const struct sq_queue *queue)
{
    return queue->n_entries == 0 ? NULL : &queue->head;
}
/* Whether nothing queued comes before such an entry. */
static inline bool sq_queue_lets_pass(const struct sq_queue *queue, uint64_t id, sq_time at)
{
    return queue->n_entries == 0 || at < queue->head.at ||
           (at == queue->head.at && id < queue->head.id);
}
void sq_queue_clear(struct sq_queue *queue);

#endif
