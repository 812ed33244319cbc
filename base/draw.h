/* SPDX-License-Identifier: MIT */
/*
 * Random draws: stateless and keyed. A draw is a function of (seed, purpose, subject, detail);
 * there is no stream to share, so adding a rule or changing a policy changes no other draw, and
 * live and virtual runs meet the same weather. Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", SC'11): one block gives four independent 32-bit lanes.
 *
 * Everything is inline: a healthy call costs two blocks, and the compiler then overlaps them with
 * the work around.
 */
#ifndef SQ_BASE_DRAW_H
#define SQ_BASE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/int128.h"

enum sq_draw_purpose {
    SQ_DRAW_REQUEST = 1, /* subject: call id. lanes: which request, input tokens, output tokens, gap
                            before the call */
    SQ_DRAW_SERVICE, /* subject: call id; detail: model, nth. lanes: ttft, pace, body seed, spare */
    SQ_DRAW_RULE, /* subject: what shares the draw; detail: rule key. lanes: fires, size, 2 spare */
    SQ_DRAW_BACKOFF, /* subject: call id; detail: layer, k. lane 0: jitter */
    SQ_DRAW_PROMPT,  /* subject: call id. lane 0: which prompt; 3 spare */
    SQ_DRAW_IDENTITY /* subject: call id. lanes: which key, which tenant; 2 spare */
};

struct sq_draw {
    uint32_t lane[4];
};

/* minor has to be below this: it shares a word with the purpose. */
#define SQ_DRAW_MINOR_END (UINT32_C(1) << 24)

#define SQ_DRAW_ROUNDS 10

/* One round: two 32 x 32 products, crossed over and mixed with the two words of the key. */
static inline struct sq_draw sq_draw_round(struct sq_draw in, uint32_t key_0, uint32_t key_1)
{
    uint64_t even = (uint64_t)in.lane[0] * UINT32_C(0xD2511F53);
    uint64_t odd = (uint64_t)in.lane[2] * UINT32_C(0xCD9E8D57);
    return (struct sq_draw){{(uint32_t)(odd >> 32) ^ in.lane[1] ^ key_0, (uint32_t)odd,
                             (uint32_t)(even >> 32) ^ in.lane[3] ^ key_1, (uint32_t)even}};
}

/* The raw generator, for checking against published vectors. */
static inline struct sq_draw sq_draw_philox(const uint32_t counter[4], const uint32_t key[2])
{
    struct sq_draw draw = {{counter[0], counter[1], counter[2], counter[3]}};
    uint32_t key_0 = key[0];
    uint32_t key_1 = key[1];
    for (int i = 0; i < SQ_DRAW_ROUNDS; i++) {
        draw = sq_draw_round(draw, key_0, key_1);
        key_0 += UINT32_C(0x9E3779B9); /* the golden ratio */
        key_1 += UINT32_C(0xBB67AE85); /* sqrt 3 - 1 */
    }
    return draw;
}

/* One block. Key: the seed. Counter: subject (64 bit, low word first), purpose (high 8 bit) with
 * minor (24 bit), major (32 bit). This layout is part of what a seed means: never change it. */
static inline struct sq_draw sq_draw_block(uint64_t seed, enum sq_draw_purpose purpose,
                                           uint64_t subject, uint32_t minor, uint32_t major)
{
    sq_assert(minor < SQ_DRAW_MINOR_END);
    const uint32_t counter[4] = {(uint32_t)subject, (uint32_t)(subject >> 32),
                                 ((uint32_t)purpose << 24) | minor, major};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    return sq_draw_philox(counter, key);
}

/* Probabilities are shares of 2^32: 0 never, SQ_DRAW_ALWAYS always. */
#define SQ_DRAW_ALWAYS ((uint64_t)1 << 32)

static inline bool sq_draw_happens(uint32_t lane, uint64_t share_q32)
{
    return lane < share_q32;
}

/* lane spread evenly over [0, span): floor(lane * span / 2^32). span >= 0; 0 gives 0. */
static inline int64_t sq_draw_below(uint32_t lane, int64_t span)
{
    return (int64_t)(((sq_uint128)(uint64_t)span * lane) >> 32);
}

#endif
