/* SPDX-License-Identifier: MIT */
/*
 * Durations as text, in both directions: "250ms", "1.5s", "2m", "24h", "3d", "100us", "10ns", also
 * sums such as "1h30m". No sign, no spaces; at least one unit; exact (a fraction finer than 1 ns is
 * refused).
 */
#ifndef SQ_BASE_DURATION_H
#define SQ_BASE_DURATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/time.h"

/* Reads the whole of text[0..length). On failure returns false and sets *bad to the offset of the
 * offending byte (length when something is missing at the end). */
bool sq_duration_read(const char *text, size_t length, sq_dur *span, size_t *bad);

/* Exact, shortest, reads back as the same value: 90 s is "1m30s", 1.5 s is "1.5s", 0 is "0s";
 * SQ_NEVER is "never". */
void sq_duration_add_exact(struct sq_strbuf *out, sq_dur span);

/* For people, three significant digits, one unit: "1.23s", "250ms", "12.3us", "2.05h". Negative
 * gets a "-". */
void sq_duration_add_rounded(struct sq_strbuf *out, sq_dur span);

#endif
