/* SPDX-License-Identifier: MIT */
/*
 * Inside a JSON string: which bytes and escapes are allowed, and what they mean. The bytes are
 * those between the quotes, as the scanner hands them out.
 */
#ifndef SQ_WIRE_JSON_ESCAPE_H
#define SQ_WIRE_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Bytes (1..4) of the UTF-8 character at text; 0 when it is none: overlong, a surrogate, above
 * U+10FFFF, cut off at `left` bytes. left > 0. */
size_t sq_json_escape_utf8_bytes(const char *text, size_t left);

/* Bytes (2 or 6) of the escape at text, which begins with a backslash; 0 when there is no such
 * escape. */
size_t sq_json_escape_bytes(const char *text, size_t left);

/* What escaped bytes that the scanner accepted mean, as UTF-8; may hold NUL bytes. A surrogate pair
 * is one character, a lone surrogate U+FFFD. Writes to out, which has room for `length` bytes (the
 * meaning is never longer), and returns the bytes written; out NULL only counts. */
size_t sq_json_escape_undo(const char *text, size_t length, char *out);

/* The same, added to a string buffer. */
void sq_json_escape_add(struct sq_strbuf *out, const char *text, size_t length);

/* Whether they mean exactly meaning[0..meaning_length). */
bool sq_json_escape_means(const char *text, size_t length, const char *meaning,
                          size_t meaning_length);

#endif
