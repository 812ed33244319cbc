/* SPDX-License-Identifier: MIT */
/*
 * Which word was probably meant. Works on bytes; names are ASCII. Allocates nothing.
 */
#ifndef SQ_BASE_SPELLING_H
#define SQ_BASE_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

/* Longer words are never near anything. */
#define SQ_SPELLING_BYTES_MAX 64

/* Edits (insert, delete, replace, swap neighbours) from one word to the other; letters that differ
 * only in case are no edit. A large number when a word is too long. */
unsigned sq_spelling_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/* The same word but for the case of ASCII letters, as names of headers are compared. */
bool sq_spelling_same(const char *a, const char *b);
/* Whether the text begins with the prefix, in any case. */
bool sq_spelling_begins(const char *text, const char *prefix);

/* The best of a row of candidates: offer each, then take `best` (NULL: none is near enough). */
struct sq_spelling {
    const char *word;
    size_t length;
    const char *best;
    unsigned distance;
};

struct sq_spelling sq_spelling_start(const char *word, size_t length);
void sq_spelling_offer(struct sq_spelling *spelling, const char *candidate);

/* word in snake_case: "arrivalRate" and "arrival-rate" are "arrival_rate". False when it does not
 * fit. */
bool sq_spelling_snake(const char *word, size_t length, char out[SQ_SPELLING_BYTES_MAX]);

#endif
