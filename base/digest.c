/* SPDX-License-Identifier: MIT */
/*
 * Names as keys: FNV-1a over the bytes (Fowler, Noll, Vo; 64-bit offset basis and prime), then the
 * digest's own mixer, because FNV alone leaves the high bits of short names alike. Never changes:
 * draws and digests are keyed with it.
 */
#include "base/digest.h"

#define FNV_OFFSET_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME        UINT64_C(0x00000100000001b3)

uint64_t sq_digest_name(const char *text, size_t length)
{
    if (length == 0) {
        return 0;
    }
    uint64_t hash = FNV_OFFSET_BASIS;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)text[i]) * FNV_PRIME;
    }
    uint64_t key = sq_digest_mix(hash);
    return key == 0 ? 1 : key;
}
