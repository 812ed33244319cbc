/* SPDX-License-Identifier: MIT */
/* A circuit breaker: one enter function, one table of moves, lazy about time. */
#include "policies/breaker_int.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/int128.h"

/* moves_allowed[from][to] */
static const bool moves_allowed[SQ_BREAKER_STATES][SQ_BREAKER_STATES] = {
    [SQ_BREAKER_CLOSED] = {[SQ_BREAKER_OPEN] = true},
    [SQ_BREAKER_OPEN] = {[SQ_BREAKER_HALF_OPEN] = true},
    [SQ_BREAKER_HALF_OPEN] = {[SQ_BREAKER_CLOSED] = true, [SQ_BREAKER_OPEN] = true},
};

static void enter(struct sq_breaker_cell *cell, struct sq_breaker_moves *moves,
                  enum sq_breaker_state to)
{
    sq_assert(moves_allowed[cell->state][to]);
    sq_assert(moves->count < SQ_BREAKER_MOVES_MAX);
    moves->states[moves->count] = cell->state;
    moves->count++;
    moves->states[moves->count] = to;
    cell->state = to;
    cell->generation++;
    cell->consecutive = 0;
    cell->probing = 0;
    cell->probed = 0;
    cell->probes = 0;
    sq_window_reset(&cell->window);
}

static void open_at(struct sq_breaker_cell *cell, const struct sq_breaker *settings,
                    struct sq_breaker_moves *moves, sq_time at)
{
    enter(cell, moves, SQ_BREAKER_OPEN);
    cell->open_until = sq_time_add(at, settings->open_for);
}

static uint8_t lowest_bit(uint64_t bits)
{
    return (uint8_t)__builtin_ctzll(bits);
}

static sq_time earliest_expiry(const struct sq_breaker_cell *cell)
{
    sq_time earliest = SQ_NEVER;
    for (uint64_t left = cell->probes; left != 0; left &= left - 1) {
        earliest = sq_time_min(earliest, cell->probe_until[lowest_bit(left)]);
    }
    return earliest;
}

/* What time alone has done to the breaker since somebody looked. The lost probe failed when its
 * lease expired, not when it is noticed: a breaker nobody asks does not stay open for longer. */
static void expire_probes(struct sq_breaker_cell *cell, const struct sq_breaker *settings,
                          struct sq_breaker_moves *moves, sq_time now)
{
    sq_time expiry = earliest_expiry(cell);
    if (now >= expiry) {
        open_at(cell, settings, moves, expiry);
    }
}

static struct sq_breaker_lease lease_probe(struct sq_breaker_cell *cell,
                                           const struct sq_breaker *settings, sq_time now)
{
    if (cell->probing + cell->probed >= settings->admit) {
        return (struct sq_breaker_lease){.kind = SQ_LEASE_NONE};
    }
    uint8_t slot = lowest_bit(~cell->probes);
    cell->probes |= UINT64_C(1) << slot;
    cell->probe_until[slot] = sq_time_add(now, settings->lease_timeout);
    cell->probing++;
    return (struct sq_breaker_lease){
        .kind = SQ_LEASE_PROBE, .generation = cell->generation, .slot = slot};
}

struct sq_breaker_lease sq_breaker_admit(struct sq_breaker_cell *cell,
                                         const struct sq_breaker *settings,
                                         struct sq_breaker_moves *moves, sq_time now)
{
    sq_assert(settings->on);
    sq_assert(settings->admit > 0);
    moves->count = 0;
    if (cell->state == SQ_BREAKER_CLOSED) {
        return (struct sq_breaker_lease){.kind = SQ_LEASE_CLOSED, .generation = cell->generation};
    }
    expire_probes(cell, settings, moves, now);
    if (cell->state == SQ_BREAKER_OPEN) {
        if (now < cell->open_until) {
            return (struct sq_breaker_lease){.kind = SQ_LEASE_NONE};
        }
        enter(cell, moves, SQ_BREAKER_HALF_OPEN);
    }
    return lease_probe(cell, settings, now);
}

static bool share_trips(const struct sq_breaker_trip *trip, const struct sq_window *window)
{
    return window->failed > 0 && window->total >= trip->minimum_attempts &&
           ((sq_uint128)window->failed << 32) >=
               (sq_uint128)trip->failure_share_q32 * window->total;
}

static void count_closed(struct sq_breaker_cell *cell, const struct sq_breaker *settings,
                         struct sq_breaker_moves *moves, bool failure, sq_time now)
{
    const struct sq_breaker_trip *trip = &settings->trip;
    cell->consecutive = failure ? cell->consecutive + 1 : 0;
    bool trips = trip->consecutive > 0 && cell->consecutive >= trip->consecutive;
    if (trip->minimum_attempts > 0) {
        sq_window_count(&cell->window, trip->window, failure, now);
        trips = trips || share_trips(trip, &cell->window);
    }
    if (trips) {
        open_at(cell, settings, moves, now);
    }
}

static void count_probe(struct sq_breaker_cell *cell, const struct sq_breaker *settings,
                        struct sq_breaker_moves *moves, bool failure, sq_time now)
{
    if (failure) {
        open_at(cell, settings, moves, now);
        return;
    }
    cell->probed++;
    if (cell->probed >= settings->admit) {
        enter(cell, moves, SQ_BREAKER_CLOSED);
    }
}

static void give_back_probe(struct sq_breaker_cell *cell, uint8_t slot)
{
    sq_assert(cell->probing > 0);
    sq_assert((cell->probes >> slot & 1) != 0);
    cell->probes &= ~(UINT64_C(1) << slot);
    cell->probing--;
}

struct sq_breaker_moves sq_breaker_release(struct sq_breaker_cell *cell,
                                           const struct sq_breaker *settings,
                                           struct sq_breaker_lease lease, enum sq_mark mark,
                                           sq_time now)
{
    struct sq_breaker_moves moves = {0};
    sq_assert(lease.kind != SQ_LEASE_NONE);
    /* a result that comes at the very moment its lease expires is still in time */
    expire_probes(cell, settings, &moves, now - 1);
    if (lease.generation != cell->generation) {
        return moves;
    }
    if (lease.kind == SQ_LEASE_PROBE) {
        give_back_probe(cell, lease.slot);
    }
    if (mark != SQ_MARK_SUCCESS && mark != SQ_MARK_FAILURE) {
        return moves;
    }
    if (lease.kind == SQ_LEASE_PROBE) {
        count_probe(cell, settings, &moves, mark == SQ_MARK_FAILURE, now);
    } else {
        count_closed(cell, settings, &moves, mark == SQ_MARK_FAILURE, now);
    }
    return moves;
}
