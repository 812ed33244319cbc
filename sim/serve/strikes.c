/* SPDX-License-Identifier: MIT */
/* A ring for each provider: new ones come at its end, and claims take from its end. */
#include "sim/serve/strikes.h"

#include "base/assert.h"

static struct sq_strikes_ring *ring_of(struct sq_strikes *strikes, uint8_t provider)
{
    sq_assert(provider < SQ_PROVIDERS_MAX);
    return &strikes->of[provider];
}

static struct sq_strike *strike_at(struct sq_strikes_ring *ring, uint32_t index)
{
    return &ring->list[(ring->first + index) % SQ_STRIKES_MAX];
}

void sq_strikes_add(struct sq_strikes *strikes, uint8_t provider, const struct sq_strike *strike)
{
    struct sq_strikes_ring *ring = ring_of(strikes, provider);
    if (ring->n == SQ_STRIKES_MAX) {
        ring->first = (ring->first + 1) % SQ_STRIKES_MAX;
        ring->n--;
    }
    *strike_at(ring, ring->n++) = *strike;
}

void sq_strikes_shut(struct sq_strikes *strikes, uint8_t provider, const struct sq_strike *shut)
{
    struct sq_strikes_ring *ring = ring_of(strikes, provider);
    ring->shut = *shut;
    ring->was_shut = true;
}

static uint32_t take_seen(struct sq_strikes_ring *ring, const struct sq_strikes_claim *claim,
                          sq_time after, struct sq_strike *taken)
{
    uint32_t n = 0;
    while (n < claim->n && ring->n > 0 && strike_at(ring, ring->n - 1)->at >= after) {
        taken[n++] = *strike_at(ring, --ring->n);
    }
    return n;
}

/* Spread over what of the time lies between. */
static uint32_t guess_unseen(const struct sq_strikes_ring *ring,
                             const struct sq_strikes_claim *claim, sq_time after, uint32_t n,
                             struct sq_strike *taken)
{
    sq_time from = sq_time_max(ring->shut.at, after);
    sq_time to = sq_time_min(ring->shut.ended_at, claim->before);
    if (!ring->was_shut || from >= to) {
        return 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        sq_time at = from + (to - from) / (n + 1) * (i + 1);
        taken[i] = (struct sq_strike){.at = at, .ended_at = at, .klass = ring->shut.klass};
    }
    return n;
}

/* Few, and nearly in order. */
static void sort_by_time(struct sq_strike *strikes, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        struct sq_strike moved = strikes[i];
        uint32_t place = i;
        while (place > 0 && strikes[place - 1].at > moved.at) {
            strikes[place] = strikes[place - 1];
            place--;
        }
        strikes[place] = moved;
    }
}

uint32_t sq_strikes_take(struct sq_strikes *strikes, const struct sq_strikes_claim *claim,
                         struct sq_strike taken[SQ_STRIKES_CLAIM_MAX])
{
    sq_assert(claim->n <= SQ_STRIKES_CLAIM_MAX);
    struct sq_strikes_ring *ring = ring_of(strikes, claim->provider);
    sq_time after = sq_time_max(claim->after, claim->before - SQ_STRIKES_AGE_MAX);
    uint32_t n = take_seen(ring, claim, after, taken);
    n += guess_unseen(ring, claim, after, claim->n - n, &taken[n]);
    sort_by_time(taken, n);
    return n;
}
