/* SPDX-License-Identifier: MIT */
/*
 * What reports say in words, once for all of them. A phrase is plain text that may hold names from
 * a file: whoever prints it escapes it for its medium. Lower case, no full stop.
 */
#ifndef SQ_REPORTS_PHRASES_H
#define SQ_REPORTS_PHRASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sim/result.h"

#define SQ_PHRASE_NOTHING_JUDGED "no checks: nothing was judged"

/* "virtual time", "live". */
const char *sq_phrase_mode(enum sq_mode mode);

/* The modes of all columns: "virtual time", "live", "virtual time and live". */
const char *sq_phrase_modes(const struct sq_result *result);

/* "seed 1" or "seeds 1 to 20", and how long: "10m". */
void sq_phrase_seeds(struct sq_strbuf *out, const struct sq_result *result,
                     const struct sq_column *column);

/* "2 of 6 checks failed, 1 inconclusive", "6 of 6 checks held", SQ_PHRASE_NOTHING_JUDGED. */
void sq_phrase_checks(struct sq_strbuf *out, const struct sq_column *column);

/* The value a check measured, as text; SQ_FORMAT_NONE without one. */
void sq_phrase_check_value(struct sq_strbuf *out, const struct sq_check *check);

/* "misses by 400ms", "held by 0.42 points", or why it is inconclusive. */
void sq_phrase_margin(struct sq_strbuf *out, const struct sq_check *check);

/* The k-th check of a column in the order of reading: failed, inconclusive, passed. */
const struct sq_check *sq_phrase_check_at(const struct sq_column *column, uint32_t k);

/* The k-th thing that makes a column's numbers worth less; false: there are no more. */
bool sq_phrase_trouble(struct sq_strbuf *out, const struct sq_column *column, uint32_t k);

/* Name, provider and span of a fault window: "outage: openai/gpt-4o, 3m to 5m". */
void sq_phrase_window(struct sq_strbuf *out, const struct sq_result *result,
                      const struct sq_fault_window *window);
/* "812 attempts struck; breaker opened after 1.20s; recovered 5.00s after the end". */
void sq_phrase_window_effect(struct sq_strbuf *out, const struct sq_fault_window *window);
/* Both in short: "outage: open 1.20s, back 5.00s"; without a breaker that opened "hang: back 0s".
 */
void sq_phrase_window_short(struct sq_strbuf *out, const struct sq_result *result,
                            const struct sq_fault_window *window);

/* Classes of a role's failed attempts, most frequent first, at most `most`: "rate_limited 812,
 * server_error 40"; false: it had none. */
bool sq_phrase_why(struct sq_strbuf *out, const struct sq_column *column, uint8_t role,
                   size_t most);

/* Answers that were usable only after a repair: "fences 80, trailing_commas 3"; false: there were
 * none. */
bool sq_phrase_repaired(struct sq_strbuf *out, const struct sq_column *column);

/* The class that is k-th most frequent in a row of counts by class; false: no more. Without
 * SQ_CLASS_NONE. */
bool sq_phrase_class_at(const uint64_t counts[SQ_CLASSES], size_t k, enum sq_class *klass);

/* What differs between the columns: "the policy; same scenario, seeds and draws". */
const char *sq_phrase_differs(const struct sq_result *result);

/* "5,990 of 6,000 calls compared, 0 differ (10 near an edge set aside)". */
void sq_phrase_agreement(struct sq_strbuf *out, const struct sq_agreement *agreement);
/* "availability differs by 0.01 points, p50 812ms and 815ms, p95 2.90s and 2.91s". */
void sq_phrase_agreement_numbers(struct sq_strbuf *out, const struct sq_agreement *agreement);
/* "call 17: virtual PATH, live PATH: cause". */
void sq_phrase_difference(struct sq_strbuf *out, const struct sq_difference *difference);

/* The command that makes the same run again, from the scenario's name; a shell takes it as it is.
 */
void sq_phrase_command(struct sq_strbuf *out, const struct sq_result *result);

/* "commit=1a2b3c, branch=main": the labels of a result; nothing when it has none. */
void sq_phrase_labels(struct sq_strbuf *out, const struct sq_result *result);

#endif
