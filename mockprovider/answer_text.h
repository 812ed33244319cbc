/* SPDX-License-Identifier: MIT */
/*
 * The text of an answer: what a healthy model says, and what a content fault makes of it. A text is
 * a few fixed segments with filler between, as long as the answer's tokens want it: the bytes at
 * any place are known without building the whole, and so is what JSON escapes add to them. Every
 * token is SQ_TOKEN_BYTES of it.
 *
 * Without a contract a healthy text is filler prose, and has no segments. With one it is the
 * contract's sample, filled up. Faults that break JSON start from the sample too, else from a small
 * object of their own.
 *
 * Pure: no clock, no allocation; sq_answer_text_add adds to the caller's buffer.
 */
#ifndef SQ_MOCKPROVIDER_ANSWER_TEXT_H
#define SQ_MOCKPROVIDER_ANSWER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "mockprovider/script.h"

enum sq_segment_kind {
    SQ_SEGMENT_TEXT,
    SQ_SEGMENT_REQUOTED, /* text, each double quote a single one */
    SQ_SEGMENT_PROSE,    /* filler: takes what is left of the answer's length */
    SQ_SEGMENT_BLANK     /* filler of spaces, as above */
};

struct sq_segment {
    enum sq_segment_kind kind;
    const char *text;
    uint32_t length;
};

#define SQ_SEGMENTS_MAX 8

struct sq_answer_text {
    struct sq_segment segments[SQ_SEGMENTS_MAX];
    uint32_t n_segments;  /* 0: prose */
    uint32_t fixed_bytes; /* of all but the filler */
};

/* contract NULL: none; rule: of the content family, NULL: healthy. */
void sq_answer_text_init(struct sq_answer_text *text, const struct sq_script_contract *contract,
                         const struct sq_rule *rule);

/* The fewest tokens that hold all segments, at least 1. */
uint32_t sq_answer_text_tokens(const struct sq_answer_text *text);

/* Bytes that JSON escapes add to the first n_bytes of an answer of so many tokens. */
uint64_t sq_answer_text_escapes(const struct sq_answer_text *text, uint32_t tokens,
                                uint64_t n_bytes);

/* Adds bytes [from, to) of an answer of so many tokens; to is at most its length. */
void sq_answer_text_add(struct sq_strbuf *out, const struct sq_answer_text *text, uint32_t seed,
                        uint32_t tokens, uint64_t from, uint64_t to);

/* What a model says that refuses. */
#define SQ_ANSWER_REFUSAL "I'm sorry, but I can't help with that request."

#endif
