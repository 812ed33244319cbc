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

/* Whether the bytes are UTF-8 (no overlong forms, no surrogates). */
bool sq_text_valid(const char *text, size_t length);

/* Columns the text takes. */
size_t sq_text_width(const char *text, size_t length);

/* Bytes of the longest beginning that fits into `columns` and does not part a character from its
 * combining marks. */
size_t sq_text_cut(const char *text, size_t length, size_t columns);

#endif
