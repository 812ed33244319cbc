/* SPDX-License-Identifier: MIT */
/*
 * The syntax of ECMA-262 regular expressions (`u` flag) written as PCRE2 understands it. Knows both
 * grammars and neither library: text in, text out. What only PCRE has, such as (?i), (?>...),
 * possessive a++ or \A, is refused, not passed on.
 */
#ifndef SQ_WIRE_PATTERN_ECMA_H
#define SQ_WIRE_PATTERN_ECMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct sq_pattern_problem {
    const char *text; /* what is wrong; static */
    size_t offset;    /* bytes into the pattern */
};

/* Adds the translation to out. False: *problem says why, and out is of no use. text is UTF-8. */
bool sq_pattern_translate(const char *text, size_t length, struct sq_strbuf *out,
                          struct sq_pattern_problem *problem);

#endif
