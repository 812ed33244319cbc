/* SPDX-License-Identifier: MIT */
/*
 * Durations as text, in both directions: "250ms", "1.5s", "2m", "24h", "3d", "100us", "10ns", also
 * sums such as "1h30m", larger units first and each at most once. Units: d h m s ms us ns, a day is
 * 24 h. No sign, no spaces; every number has a unit; digits on both sides of a point; exact (a
 * fraction finer than 1 ns is refused). The longest is one nanosecond less than SQ_NEVER.
 */
#ifndef SQ_BASE_DURATION_H
#define SQ_BASE_DURATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/time.h"

/* Reads the whole of text[0..length). On failure returns false and sets *bad to the offset of the
 * offending byte (length when something is missing at the end): of the unit that is unknown or out
 * of order, of the number that is too large, of the last digit that is finer than 1 ns. On failure
 * *span is left alone, on success *bad. */
bool sq_duration_read(const char *text, size_t length, sq_dur *span, size_t *bad);

/* Exact, one text for each value, reads back as the same value: whole days, hours and minutes, then
 * the rest as one number in the largest of s, ms, us, ns that it fills. 90 s is "1m30s", 1.5 s is
 * "1.5s", 0 is "0s"; SQ_NEVER is "never". span is not negative. */
void sq_duration_add_exact(struct sq_strbuf *out, sq_dur span);

/* For people, three significant digits, one unit: "1.23s", "250ms", "12.3us", "2.05h", "5.00s".
 * Nanoseconds are whole ("7ns"), 0 is "0s", days of four digits and more are whole ("1234d");
 * negative gets a "-"; SQ_NEVER is "never". */
void sq_duration_add_rounded(struct sq_strbuf *out, sq_dur span);

#endif
