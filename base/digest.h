/* SPDX-License-Identifier: MIT */
/*
 * Digest: a 64-bit running hash over fixed-width words, for telling whether two runs decided the
 * same. Not cryptographic. Written down so that it never changes: state' = rotl(state ^ mix(word),
 * 29) * K, mix is the SplitMix64 finaliser. Sums of finished digests (mod 2^64) do not depend on
 * order.
 */
#ifndef SQ_BASE_DIGEST_H
#define SQ_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct sq_digest {
    uint64_t state; /* zeroed is the start */
};

static inline uint64_t sq_digest_mix(uint64_t word)
{
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static inline void sq_digest_add(struct sq_digest *digest, uint64_t word)
{
    uint64_t mixed = digest->state ^ sq_digest_mix(word + UINT64_C(0x9e3779b97f4a7c15));
    digest->state = ((mixed << 29) | (mixed >> 35)) * UINT64_C(0xff51afd7ed558ccd);
}

static inline uint64_t sq_digest_value(const struct sq_digest *digest)
{
    return sq_digest_mix(digest->state);
}

/* A name as a 64-bit key (FNV-1a, then mixed); equal text gives equal keys, 0 only for empty text.
 */
uint64_t sq_digest_name(const char *text, size_t length);

#endif
