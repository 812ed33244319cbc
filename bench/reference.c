/* SPDX-License-Identifier: MIT */
/*
 * A bare simulation of the workload squall is for: open-loop Poisson arrivals at 100 calls a
 * second, lognormal latency (median 400 ms), a scripted fault that hits 5 % of the attempts at
 * once, one retry after an exponential wait, a log-linear histogram. A 4-ary heap, arrivals merged
 * with its head; every draw keyed by call and attempt. No engine, no limits, no quotas, no tokens.
 *
 * FROZEN: all figures are ratios to this loop. It may be made faster, never slower. Nanoseconds.
 */
#include "bench/reference.h"

#include <string.h>

#include "base/arena.h"
#include "base/dist.h"
#include "base/draw.h"
#include "base/memory.h"
#include "base/time.h"

#define SEED         1
#define PENDING_MAX  4096 /* some 40 are in flight at 100 calls a second */
#define FAULTS_Q32   (SQ_DRAW_ALWAYS / 20)
#define SUB_BITS     7
#define BUCKETS      (64 << SUB_BITS)
#define ATTEMPTS_MAX 2

struct pending {
    sq_time at;         /* when the attempt ends, or the wait before the retry */
    sq_time started_at; /* of the call */
    uint64_t call;
    uint8_t attempt; /* from 0 */
    bool waiting;    /* for the retry */
};

struct sq_reference {
    struct sq_arena arena;
    struct sq_dist gap;
    struct sq_dist latency;
    struct sq_dist backoff;
    struct pending heap[PENDING_MAX];
    uint32_t n_heap;
    uint64_t failed;
    uint64_t bucket[BUCKETS];
};

static bool compile(struct sq_reference *reference)
{
    struct sq_error err;
    struct sq_dist_spec gap = {
        .kind = SQ_DIST_EXPONENTIAL, .a = 10 * SQ_MS, .max = SQ_DIST_VALUE_MAX};
    struct sq_dist_spec latency = {
        .kind = SQ_DIST_LOGNORMAL, .a = 400 * SQ_MS, .b = SQ_SECOND, .max = SQ_DIST_VALUE_MAX};
    struct sq_dist_spec backoff = {
        .kind = SQ_DIST_EXPONENTIAL, .a = 500 * SQ_MS, .max = SQ_DIST_VALUE_MAX};
    return sq_dist_compile(&gap, &reference->arena, &reference->gap, &err) == SQ_OK &&
           sq_dist_compile(&latency, &reference->arena, &reference->latency, &err) == SQ_OK &&
           sq_dist_compile(&backoff, &reference->arena, &reference->backoff, &err) == SQ_OK;
}

struct sq_reference *sq_reference_new(void)
{
    struct sq_reference *reference = sq_memory_new(1, sizeof *reference);
    if (reference != NULL && !compile(reference)) {
        sq_reference_free(reference);
        return NULL;
    }
    return reference;
}

void sq_reference_free(struct sq_reference *reference)
{
    if (reference != NULL) {
        sq_arena_clear(&reference->arena);
        sq_memory_free(reference);
    }
}

static void push(struct sq_reference *reference, struct pending pending)
{
    sq_assert(reference->n_heap < PENDING_MAX);
    struct pending *heap = reference->heap;
    uint32_t index = reference->n_heap++;
    while (index > 0 && pending.at < heap[(index - 1) / 4].at) {
        heap[index] = heap[(index - 1) / 4];
        index = (index - 1) / 4;
    }
    heap[index] = pending;
}

/* Puts `pending` where the head was. */
static void replace_head(struct sq_reference *reference, struct pending pending)
{
    struct pending *heap = reference->heap;
    uint32_t index = 0;
    for (uint32_t child = 1; child < reference->n_heap; child = 4 * index + 1) {
        uint32_t end = child + 4 < reference->n_heap ? child + 4 : reference->n_heap;
        uint32_t least = child;
        for (uint32_t i = child + 1; i < end; i++) {
            least = heap[i].at < heap[least].at ? i : least;
        }
        if (pending.at <= heap[least].at) {
            break;
        }
        heap[index] = heap[least];
        index = least;
    }
    heap[index] = pending;
}

static void pop(struct sq_reference *reference)
{
    reference->n_heap--;
    if (reference->n_heap > 0) {
        replace_head(reference, reference->heap[reference->n_heap]);
    }
}

static void record(struct sq_reference *reference, sq_dur duration)
{
    uint64_t value = (uint64_t)duration | 1u << SUB_BITS;
    uint32_t octave = 63 - SUB_BITS - (uint32_t)__builtin_clzll(value);
    reference->bucket[(octave << SUB_BITS) + (uint32_t)(value >> octave)]++;
}

/* Begins an attempt: when it ends, or, hit by the fault, when its retry begins. */
static void begin_attempt(const struct sq_reference *reference, struct pending *pending,
                          sq_time now)
{
    struct sq_draw draw = sq_draw_block(SEED, SQ_DRAW_SERVICE, pending->call, pending->attempt, 0);
    pending->waiting = sq_draw_happens(draw.lane[1], FAULTS_Q32);
    pending->at = now + (pending->waiting ? sq_dist_value(&reference->backoff, draw.lane[2])
                                          : sq_dist_value(&reference->latency, draw.lane[0]));
}

/* The head of the heap is due: the answer came, or the wait is over. */
static void take_head(struct sq_reference *reference)
{
    struct pending pending = reference->heap[0];
    if (!pending.waiting) {
        record(reference, pending.at - pending.started_at);
        pop(reference);
        return;
    }
    if (++pending.attempt == ATTEMPTS_MAX) {
        reference->failed++;
        pop(reference);
        return;
    }
    begin_attempt(reference, &pending, pending.at);
    replace_head(reference, pending);
}

static void arrive(struct sq_reference *reference, uint64_t call, sq_time now)
{
    struct pending pending = {.started_at = now, .call = call};
    begin_attempt(reference, &pending, now);
    push(reference, pending);
}

static sq_time next_arrival(const struct sq_reference *reference, uint64_t call, sq_time before)
{
    struct sq_draw draw = sq_draw_block(SEED, SQ_DRAW_REQUEST, call, 0, 0);
    return before + sq_dist_value(&reference->gap, draw.lane[3]);
}

uint64_t sq_reference_run(struct sq_reference *reference, uint64_t n_calls)
{
    reference->failed = 0;
    memset(reference->bucket, 0, sizeof reference->bucket);
    uint64_t call = 1;
    sq_time arrival = next_arrival(reference, call, 0);
    while (call <= n_calls || reference->n_heap > 0) {
        if (call <= n_calls && (reference->n_heap == 0 || arrival < reference->heap[0].at)) {
            arrive(reference, call, arrival);
            call++;
            arrival = next_arrival(reference, call, arrival);
        } else {
            take_head(reference);
        }
    }
    uint64_t sum = reference->failed;
    for (uint32_t i = 0; i < BUCKETS; i++) {
        sum += reference->bucket[i] * i;
    }
    return sum;
}
