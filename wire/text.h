/* SPDX-License-Identifier: MIT */
/*
 * Text as people see it: the only place that knows Unicode's tables. Widths are terminal columns:
 * combining marks 0, East Asian wide characters and most emoji 2, ambiguous ones 1, control
 * characters 0. Bytes that are not UTF-8 count one column each, as terminals show U+FFFD for them.
 */
#ifndef SQ_WIRE_TEXT_H
#define SQ_WIRE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Whether the bytes are UTF-8 (no overlong forms, no surrogates). */
bool sq_text_valid(const char *text, size_t length);

/* Columns the text takes. */
size_t sq_text_width(const char *text, size_t length);

/* Bytes of the longest beginning that fits into `columns` and does not part a character from its
 * combining marks. */
size_t sq_text_cut(const char *text, size_t length, size_t columns);

/* Adds the text case folded (Unicode's full folding) and then composed (NFC): two texts that people
 * take for the same word become the same bytes, however their accents were typed. What is not UTF-8
 * becomes U+FFFD. SQ_NO_MEMORY, and out is then of no use; else SQ_OK. */
SQ_MUST_USE enum sq_status sq_text_fold(const char *text, size_t length, struct sq_strbuf *out);

enum sq_text_match {
    SQ_TEXT_ANYWHERE, /* also inside a word */
    SQ_TEXT_WORD      /* whole words: no letter, mark or digit touches either end */
};

/* Whether the phrase stands in the text, both folded by sq_text_fold. A phrase never matches a part
 * of a character: "a" does not stand in "a" with a dot below. An empty phrase stands nowhere. */
bool sq_text_find(const char *text, size_t length, const char *phrase, size_t phrase_length,
                  enum sq_text_match match);

#endif
