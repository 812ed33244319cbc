/* SPDX-License-Identifier: MIT */
/*
 * The event queue's heap. Nodes are numbered from 3, so that the four children of node i are
 * 4(i - 2) .. 4(i - 2) + 3: siblings fill exactly one aligned cache line, and one line is read for
 * every level on the way down (LaMarca and Ladner, "The influence of caches on the performance of
 * heaps", 1996). Nodes behind the last one hold SQ_NEVER, which nothing queued does: looking for
 * the least child needs no count.
 */
#include "base/queue.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

struct sq_queue_node {
    sq_time at;
    uint32_t slot;
    uint32_t unused; /* makes four of them a cache line */
};

#define CACHE_LINE 64
#define ROOT       3
#define CHILDREN   4

_Static_assert(sizeof(struct sq_queue_node) * CHILDREN == CACHE_LINE, "siblings fill a line");

static const struct sq_queue_node empty_node = {.at = SQ_NEVER};

static uint32_t first_child(uint32_t index)
{
    return CHILDREN * (index - 2);
}

static uint32_t parent(uint32_t index)
{
    return index / CHILDREN + 2;
}

static uint32_t end_of(const struct sq_queue *queue)
{
    return ROOT + queue->n_entries;
}

/* Full lines: the last node may be the first of four. */
static size_t nodes_for(uint32_t n_slots)
{
    return ((size_t)ROOT + n_slots + CHILDREN - 1) / CHILDREN * CHILDREN;
}

/* Nodes, then ids, then positions, in one block; room to bring the nodes to a cache line. */
static size_t bytes_for(uint32_t n_slots)
{
    return CACHE_LINE + nodes_for(n_slots) * sizeof(struct sq_queue_node) +
           (size_t)n_slots * (sizeof(uint64_t) + sizeof(uint32_t));
}

/* Points the parts of a queue into a block of bytes_for(n_slots). */
static void lay_out(struct sq_queue *queue, void *memory, uint32_t n_slots)
{
    size_t beyond = (uintptr_t)memory % CACHE_LINE;
    char *aligned = (char *)memory + (beyond == 0 ? 0 : CACHE_LINE - beyond);
    size_t n_nodes = nodes_for(n_slots);
    queue->memory = memory;
    queue->nodes = (struct sq_queue_node *)(void *)aligned;
    queue->ids = (uint64_t *)(void *)(queue->nodes + n_nodes);
    queue->position = (uint32_t *)(void *)(queue->ids + n_slots);
    queue->n_slots = n_slots;
    for (size_t i = 0; i < n_nodes; i++) {
        queue->nodes[i] = empty_node;
    }
}

static void copy_contents(struct sq_queue *to, const struct sq_queue *from)
{
    memcpy(to->nodes, from->nodes, nodes_for(from->n_slots) * sizeof(*to->nodes));
    memcpy(to->ids, from->ids, from->n_slots * sizeof(*to->ids));
    memcpy(to->position, from->position, from->n_slots * sizeof(*to->position));
}

enum sq_status sq_queue_reserve(struct sq_queue *queue, uint32_t n_slots, struct sq_error *err)
{
    if (n_slots <= queue->n_slots) {
        return SQ_OK;
    }
    if (n_slots > SQ_QUEUE_SLOTS_MAX) {
        return sq_error_set(err, SQ_LIMIT, "too many queued events: \"%u\", allowed: up to %u",
                            n_slots, SQ_QUEUE_SLOTS_MAX);
    }
    void *memory = sq_memory_new(bytes_for(n_slots), 1);
    if (memory == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for a queue of %u events", n_slots);
    }
    struct sq_queue larger = *queue;
    lay_out(&larger, memory, n_slots);
    if (queue->memory != NULL) {
        copy_contents(&larger, queue);
    }
    sq_memory_free(queue->memory);
    *queue = larger;
    return SQ_OK;
}

void sq_queue_clear(struct sq_queue *queue)
{
    if (queue != NULL) {
        sq_memory_free(queue->memory);
        *queue = (struct sq_queue){0};
    }
}

static bool is_before(const struct sq_queue *queue, struct sq_queue_node a, struct sq_queue_node b)
{
    if (a.at != b.at) {
        return a.at < b.at;
    }
    return queue->ids[a.slot] < queue->ids[b.slot];
}

static void put(struct sq_queue *queue, uint32_t index, struct sq_queue_node node)
{
    queue->nodes[index] = node;
    queue->position[node.slot] = index;
}

/* The least of four siblings whose times may be equal: rare, so apart. */
static uint32_t least_by_id(const struct sq_queue *queue, uint32_t first)
{
    uint32_t least = first;
    for (uint32_t i = first + 1; i < first + CHILDREN; i++) {
        if (is_before(queue, queue->nodes[i], queue->nodes[least])) {
            least = i;
        }
    }
    return least;
}

/* The index among four siblings of the least one; CHILDREN when equal times leave it open. Which
 * one it is can't be predicted, so comparisons become numbers and no branch depends on them; a mask
 * instead of ?:, which gcc would make a branch. */
static inline uint32_t least_of_four(const struct sq_queue_node *child)
{
    uint32_t left = child[1].at < child[0].at;
    uint32_t right = 2 + (uint32_t)(child[3].at < child[2].at);
    sq_time least_left = child[left].at;
    sq_time least_right = child[right].at;
    bool tie =
        (child[0].at == child[1].at) | (child[2].at == child[3].at) | (least_left == least_right);
    if (__builtin_expect(tie, 0)) {
        return CHILDREN;
    }
    uint32_t right_mask = 0 - (uint32_t)(least_right < least_left);
    return left ^ ((left ^ right) & right_mask);
}

/* From so many nodes on the lower levels lie outside of the first cache. The lines of all
 * grandchildren are asked for while the least child is looked for: one of them is read next. */
#define PREFETCH_FROM 2048

static inline void prefetch_grandchildren(const struct sq_queue_node *nodes, uint32_t child)
{
    const struct sq_queue_node *grandchild = &nodes[first_child(child)];
    for (uint32_t i = 0; i < CHILDREN; i++) {
        __builtin_prefetch(grandchild + (size_t)i * CHILDREN);
    }
}

/* The arrays are named apart from the queue: a store to one of them could change the queue for all
 * the compiler knows, and it would read their addresses again on every level. Nodes are moved field
 * by field, since gcc takes a whole node through a vector register and back. */
static void sift_down(const struct sq_queue *queue, uint32_t index, struct sq_queue_node node)
{
    struct sq_queue_node *nodes = queue->nodes;
    uint32_t *position = queue->position;
    uint32_t end = end_of(queue);
    for (uint32_t child = first_child(index); child < end; child = first_child(index)) {
        if (end > PREFETCH_FROM) {
            prefetch_grandchildren(nodes, child);
        }
        uint32_t least = least_of_four(&nodes[child]);
        least = least == CHILDREN ? least_by_id(queue, child) : child + least;
        sq_time at = nodes[least].at;
        if (at > node.at || (at == node.at && !is_before(queue, nodes[least], node))) {
            break;
        }
        uint32_t slot = nodes[least].slot;
        nodes[index].at = at;
        nodes[index].slot = slot;
        position[slot] = index;
        index = least;
    }
    nodes[index] = node;
    position[node.slot] = index;
}

static void sift_up(struct sq_queue *queue, uint32_t index, struct sq_queue_node node)
{
    while (index > ROOT && is_before(queue, node, queue->nodes[parent(index)])) {
        put(queue, index, queue->nodes[parent(index)]);
        index = parent(index);
    }
    put(queue, index, node);
}

/* Places a node where another one was. */
static void settle(struct sq_queue *queue, uint32_t index, struct sq_queue_node node)
{
    if (index > ROOT && is_before(queue, node, queue->nodes[parent(index)])) {
        sift_up(queue, index, node);
    } else {
        sift_down(queue, index, node);
    }
}

static void refresh_head(struct sq_queue *queue)
{
    struct sq_queue_node root = queue->nodes[ROOT];
    queue->head =
        (struct sq_queue_entry){.at = root.at, .id = queue->ids[root.slot], .slot = root.slot};
}

void sq_queue_set(struct sq_queue *queue, uint32_t slot, uint64_t id, sq_time at)
{
    sq_assert(slot < queue->n_slots);
    if (at == SQ_NEVER) {
        sq_queue_remove(queue, slot);
        return;
    }
    struct sq_queue_node node = {.at = at, .slot = slot};
    uint32_t index = queue->position[slot];
    if (index != 0 && queue->nodes[index].at == at && queue->ids[slot] == id) {
        return;
    }
    queue->ids[slot] = id;
    if (index == ROOT) {
        sift_down(queue, ROOT, node);
    } else if (index != 0) {
        settle(queue, index, node);
    } else {
        queue->n_entries += 1;
        sift_up(queue, end_of(queue) - 1, node);
    }
    refresh_head(queue);
}

void sq_queue_remove(struct sq_queue *queue, uint32_t slot)
{
    sq_assert(slot < queue->n_slots);
    uint32_t index = queue->position[slot];
    if (index == 0) {
        return;
    }
    queue->n_entries -= 1;
    queue->position[slot] = 0;
    struct sq_queue_node last = queue->nodes[end_of(queue)];
    queue->nodes[end_of(queue)] = empty_node;
    if (index != end_of(queue)) {
        settle(queue, index, last);
    }
    if (queue->n_entries > 0) {
        refresh_head(queue);
    }
}
