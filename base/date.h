/* SPDX-License-Identifier: MIT */
/*
 * Calendar dates without a time zone or a libc call: proleptic Gregorian, UTC. Seconds count from
 * 1970-01-01T00:00:00Z (days-from-civil, Howard Hinnant's algorithm). Used by the engine to read a
 * Retry-After date (RFC 9110, 5.6.7), by the provider to write one, by reports.
 *
 * Years 1970..9999, so that every date has one spelling in both forms. Readers take the whole text,
 * in upper and lower case exactly as written here, and refuse a leap second (:60) and a weekday
 * that is not the date's. Writers saturate: earlier seconds give the first, later ones the last
 * second.
 */
#ifndef SQ_BASE_DATE_H
#define SQ_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQ_DATE_HTTP_BYTES    30 /* "Thu, 01 Jan 2026 00:00:00 GMT" and NUL */
#define SQ_DATE_RFC3339_BYTES 21 /* "2026-01-01T00:00:00Z" and NUL */

/* IMF-fixdate only (the one form servers may send). False: not such a date, *unix_seconds is left
 * alone. */
bool sq_date_read_http(const char *text, size_t length, int64_t *unix_seconds);
void sq_date_write_http(char out[SQ_DATE_HTTP_BYTES], int64_t unix_seconds);

/* RFC 3339 with "Z" and whole seconds only. False: not such a date, *unix_seconds is left alone. */
bool sq_date_read_rfc3339(const char *text, size_t length, int64_t *unix_seconds);
void sq_date_write_rfc3339(char out[SQ_DATE_RFC3339_BYTES], int64_t unix_seconds);

#endif
