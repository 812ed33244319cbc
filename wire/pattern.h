/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions as JSON Schema means them: those of ECMA-262 with the `u` flag, found
 * anywhere in the text. \d, \w and \b know ASCII only, \s is ECMA's white space, $ is the very end,
 * \p{...} works, PCRE's own syntax is refused. More lenient than ECMA in one thing: a backslash
 * before any punctuation is that character. Stricter in one: what a lookbehind reads has a fixed
 * length.
 *
 * A pattern is never changed after it was made, so threads may share it.
 */
#ifndef SQ_WIRE_PATTERN_H
#define SQ_WIRE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Of one pattern. The longest seen in use (e-mail addresses by the letter of the RFC) has 6,500. */
#define SQ_PATTERN_BYTES_MAX 16384
/* Backtracking steps of one search: well under a second. A catastrophic pattern takes 2^n. */
#define SQ_PATTERN_STEPS_MAX 10000000
/* Memory of one search, in KiB. */
#define SQ_PATTERN_MEMORY_KIB_MAX 65536

struct sq_pattern;

/* SQ_INVALID says what is wrong and where in the pattern; SQ_NO_MEMORY. The caller frees. On
 * failure *pattern is NULL. */
SQ_MUST_USE enum sq_status sq_pattern_new(const char *text, size_t length,
                                          struct sq_pattern **pattern, struct sq_error *err);
void sq_pattern_free(struct sq_pattern *pattern); /* accepts NULL */

/* Whether the pattern is found in the text (UTF-8, else SQ_INVALID). SQ_LIMIT: steps or memory of
 * the search ran out; SQ_NO_MEMORY. */
SQ_MUST_USE enum sq_status sq_pattern_find(const struct sq_pattern *pattern, const char *text,
                                           size_t length, bool *found, struct sq_error *err);

#endif
