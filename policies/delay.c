/* SPDX-License-Identifier: MIT */
/* The delay before a retry: growth, cap and jitter, in 128-bit products that saturate. */
#include "policies/delay_int.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/draw.h"
#include "base/int128.h"

static sq_dur saturate(sq_uint128 x)
{
    return x >= (sq_uint128)SQ_NEVER ? SQ_NEVER : (sq_dur)x;
}

/* floor(x * share); a share is a Q32 number and may exceed 1. */
static sq_dur scale(sq_dur x, uint64_t share_q32)
{
    return saturate(((sq_uint128)(uint64_t)x * share_q32) >> 32);
}

static sq_dur grow(const struct sq_delay *settings, uint32_t k)
{
    sq_dur delay = settings->initial;
    for (uint32_t i = 0; i < k && delay > 0 && delay < SQ_NEVER; i++) {
        sq_dur grown = scale(delay, settings->factor_q32);
        if (grown == delay) {
            break; /* factor 1, or too small to grow: it stays so */
        }
        delay = grown;
    }
    return delay;
}

static sq_dur base_delay(const struct sq_delay *settings, uint32_t k)
{
    switch (settings->kind) {
    case SQ_DELAY_CONSTANT:
        return settings->initial;
    case SQ_DELAY_LINEAR:
        return saturate((sq_uint128)(uint64_t)settings->initial * ((uint64_t)k + 1));
    case SQ_DELAY_EXPONENTIAL:
        return grow(settings, k);
    }
    sq_assert(false);
    return 0;
}

static sq_dur jittered(const struct sq_delay *settings, sq_dur x, uint32_t lane)
{
    switch (settings->jitter) {
    case SQ_JITTER_NONE:
        return x;
    case SQ_JITTER_FULL:
        return sq_draw_below(lane, x);
    case SQ_JITTER_EQUAL:
        return x / 2 + sq_draw_below(lane, x - x / 2);
    case SQ_JITTER_SUBTRACTIVE:
        return x - sq_time_min(x, sq_draw_below(lane, scale(x, settings->jitter_share_q32)));
    case SQ_JITTER_ADDITIVE:
        return sq_time_add(x, sq_draw_below(lane, settings->jitter_span));
    }
    sq_assert(false);
    return 0;
}

sq_dur sq_delay(const struct sq_delay *settings, uint32_t k, uint32_t lane)
{
    sq_dur base = base_delay(settings, k);
    if (settings->cap_after_jitter) {
        return sq_time_min(jittered(settings, base, lane), settings->cap);
    }
    return jittered(settings, sq_time_min(base, settings->cap), lane);
}

sq_dur sq_delay_unjittered(const struct sq_delay *settings, uint32_t k)
{
    return sq_time_min(base_delay(settings, k), settings->cap);
}
