/* SPDX-License-Identifier: MIT */
/*
 * The names of \p{...}: ECMA-262 spells out what PCRE2 abbreviates (Uppercase_Letter is Lu,
 * Script=Thai is sc:Thai). Names that neither list knows are PCRE2's to refuse.
 */
#ifndef SQ_WIRE_PATTERN_PROPERTY_H
#define SQ_WIRE_PATTERN_PROPERTY_H

#include <stddef.h>

#include "base/strbuf.h"

/* text begins behind the letter of \p or \P, at its brace. Adds the property as PCRE2 writes it and
 * returns the bytes read; 0 when it has no such form. */
size_t sq_pattern_property(const char *text, size_t length, char letter, struct sq_strbuf *out);

#endif
