/* SPDX-License-Identifier: MIT */
/* The nearest name: optimal string alignment distance over short words. */
#include "base/spelling.h"

#include <limits.h>
#include <string.h>

static unsigned lower(char character)
{
    unsigned code = (unsigned char)character;
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

bool sq_spelling_begins(const char *text, const char *prefix)
{
    size_t i = 0;
    while (prefix[i] != '\0' && lower(text[i]) == lower(prefix[i])) {
        i++;
    }
    return prefix[i] == '\0';
}

bool sq_spelling_same(const char *a, const char *b)
{
    return sq_spelling_begins(a, b) && a[strlen(b)] == '\0';
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned two = a < b ? a : b;
    return two < c ? two : c;
}

/* Three rows of the usual table: before last, last, this. */
struct rows {
    unsigned row[3][SQ_SPELLING_BYTES_MAX + 1];
};

static void fill_row(struct rows *rows, size_t i, const char *a, const char *b, size_t b_length)
{
    unsigned *now = rows->row[i % 3];
    const unsigned *last = rows->row[(i + 2) % 3];
    const unsigned *before = rows->row[(i + 1) % 3];

    now[0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
        unsigned differs = lower(a[i - 1]) != lower(b[j - 1]);
        now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + differs);
        if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
            lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < now[j]) {
            now[j] = before[j - 2] + 1;
        }
    }
}

unsigned sq_spelling_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    struct rows rows;
    if (a_length > SQ_SPELLING_BYTES_MAX || b_length > SQ_SPELLING_BYTES_MAX) {
        return UINT_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        rows.row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        fill_row(&rows, i, a, b, b_length);
    }
    return rows.row[a_length % 3][b_length];
}

struct sq_spelling sq_spelling_start(const char *word, size_t length)
{
    /* A third of the letters may be wrong, and one in short words. */
    unsigned allowed = length < 3 ? 1 : (unsigned)(length / 3);
    return (struct sq_spelling){.word = word, .length = length, .distance = allowed + 1};
}

void sq_spelling_offer(struct sq_spelling *spelling, const char *candidate)
{
    size_t length = strlen(candidate);
    unsigned distance = sq_spelling_distance(spelling->word, spelling->length, candidate, length);
    if (distance < spelling->distance && distance < length) {
        spelling->distance = distance;
        spelling->best = candidate;
    }
}

bool sq_spelling_snake(const char *word, size_t length, char out[SQ_SPELLING_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (n + 3 > SQ_SPELLING_BYTES_MAX) {
            return false;
        }
        bool upper = word[i] >= 'A' && word[i] <= 'Z';
        bool after_lower = i > 0 && word[i - 1] >= 'a' && word[i - 1] <= 'z';
        if (upper && after_lower) {
            out[n++] = '_';
        }
        out[n++] = word[i] == '-' || word[i] == ' ' ? '_' : (char)lower(word[i]);
    }
    out[n] = '\0';
    return n > 0;
}
