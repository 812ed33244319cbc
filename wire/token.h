/* SPDX-License-Identifier: MIT */
/*
 * What a token is here: 4 bytes of UTF-8, so that everyone who sees a text can count its tokens,
 * and filler text made of such tokens: plain words, the same for the same seed everywhere.
 */
#ifndef SQ_WIRE_TOKEN_H
#define SQ_WIRE_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define SQ_TOKEN_BYTES 4

/* Tokens of that many bytes, rounded up, at most UINT32_MAX. */
uint32_t sq_token_count(size_t text_bytes);

/* The index-th token of the filler text with this seed: SQ_TOKEN_BYTES ASCII letters, spaces,
 * commas and full stops (nothing that JSON escapes), not NUL-terminated. */
void sq_token_filler(uint32_t seed, uint32_t index, char token[SQ_TOKEN_BYTES]);

/* Tokens 0..tokens-1 of the filler text. */
void sq_token_add_filler(struct sq_strbuf *out, uint32_t seed, uint32_t tokens);

#endif
