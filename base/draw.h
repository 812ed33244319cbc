/* SPDX-License-Identifier: MIT */
/*
 * Random draws: stateless and keyed. A draw is a function of (seed, purpose, subject, detail);
 * there is no stream to share, so adding a rule or changing a policy changes no other draw, and
 * live and virtual runs meet the same weather. Philox4x32-10 (Salmon et al., SC'11): one block
 * gives four independent 32-bit lanes.
 */
#ifndef SQ_BASE_DRAW_H
#define SQ_BASE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/int128.h"

enum sq_draw_purpose {
    SQ_DRAW_ARRIVAL = 1, /* subject: call id. lane 0: gap to the next arrival */
    SQ_DRAW_REQUEST, /* subject: call id. lanes: which request, input tokens, output tokens, spare
                      */
    SQ_DRAW_SERVICE, /* subject: call id; detail: model, nth. lanes: ttft, pace, body seed, spare */
    SQ_DRAW_RULE, /* subject: what shares the draw; detail: rule key. lanes: fires, size, 2 spare */
    SQ_DRAW_BACKOFF /* subject: call id; detail: layer, k. lane 0: jitter */
};

struct sq_draw {
    uint32_t lane[4];
};

/* One block. Key: the seed. Counter: subject (64 bit), purpose (8 bit) with minor (24 bit), major
 * (32 bit). */
struct sq_draw sq_draw_block(uint64_t seed, enum sq_draw_purpose purpose, uint64_t subject,
                             uint32_t minor, uint32_t major);

/* The raw generator, for checking against published vectors. */
struct sq_draw sq_draw_philox(const uint32_t counter[4], const uint32_t key[2]);

/* Probabilities are shares of 2^32: 0 never, SQ_DRAW_ALWAYS always. */
#define SQ_DRAW_ALWAYS ((uint64_t)1 << 32)

static inline bool sq_draw_happens(uint32_t lane, uint64_t share_q32)
{
    return lane < share_q32;
}

/* lane spread evenly over [0, span): floor(lane * span / 2^32). */
static inline int64_t sq_draw_below(uint32_t lane, int64_t span)
{
    return (int64_t)(((sq_uint128)(uint64_t)span * lane) >> 32);
}

#endif
