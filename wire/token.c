/* SPDX-License-Identifier: MIT */
/* See token.h. */
#include "wire/token.h"

#include <string.h>

#include "base/digest.h"

#define WORDS   32
#define ENDINGS 4

/* One sentence in how many words ends, on average. */
#define SENTENCE_WORDS 8

static const char words[WORDS][SQ_TOKEN_BYTES + 1] = {
    "the ", "and ", "you ", "can ", "all ", "new ", "see ", "how ", "its ", "out ", "two ",
    "way ", "may ", "for ", "day ", "say ", "who ", "let ", "our ", "own ", "set ", "use ",
    "run ", "yes ", "now ", "one ", "try ", "ask ", "any ", "few ", "if, ", "so, "};

static const char endings[ENDINGS][SQ_TOKEN_BYTES + 1] = {"it. ", "us. ", "me. ", "up. "};

static uint64_t hash_of(uint32_t seed, uint32_t index)
{
    return sq_digest_mix(((uint64_t)seed << 32 | index) + UINT64_C(0x9e3779b97f4a7c15));
}

static bool ends_sentence(uint64_t hash)
{
    return hash % SENTENCE_WORDS == 0;
}

uint32_t sq_token_count(size_t text_bytes)
{
    size_t tokens = text_bytes / SQ_TOKEN_BYTES + (text_bytes % SQ_TOKEN_BYTES != 0 ? 1 : 0);
    return tokens < UINT32_MAX ? (uint32_t)tokens : UINT32_MAX;
}

void sq_token_filler(uint32_t seed, uint32_t index, char token[SQ_TOKEN_BYTES])
{
    uint64_t hash = hash_of(seed, index);
    bool first = index == 0 || ends_sentence(hash_of(seed, index - 1));
    const char *word =
        ends_sentence(hash) ? endings[hash >> 32 & (ENDINGS - 1)] : words[hash >> 32 & (WORDS - 1)];
    memcpy(token, word, SQ_TOKEN_BYTES);
    if (first) {
        token[0] = (char)(token[0] - 'a' + 'A');
    }
}

void sq_token_add_filler(struct sq_strbuf *out, uint32_t seed, uint32_t tokens)
{
    for (uint32_t i = 0; i < tokens; i++) {
        char token[SQ_TOKEN_BYTES];
        sq_token_filler(seed, i, token);
        sq_strbuf_add_bytes(out, token, sizeof token);
    }
}
