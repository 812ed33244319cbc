/* SPDX-License-Identifier: MIT */
/* See text.h. */
#include "wire/text.h"

#include <string.h>
#include <utf8proc.h>

#include "base/assert.h"
#include "base/memory.h"

#define FOLDING (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD)

/* The code point at text and its bytes; 0 or less when it is none. left > 0. */
static utf8proc_ssize_t iterate(const char *text, size_t left, utf8proc_int32_t *code_point)
{
    /* A character has at most 4 bytes; the library counts in signed numbers. */
    utf8proc_ssize_t limit = left < 4 ? (utf8proc_ssize_t)left : 4;
    return utf8proc_iterate((const utf8proc_uint8_t *)text, limit, code_point);
}

/* The character at text: its bytes (1 when it is not UTF-8) and its columns. left > 0. */
static size_t read_character(const char *text, size_t left, size_t *columns)
{
    utf8proc_int32_t code_point;
    utf8proc_ssize_t bytes = iterate(text, left, &code_point);
    if (bytes <= 0) {
        *columns = 1;
        return 1;
    }
    int width = utf8proc_charwidth(code_point);
    *columns = width > 0 ? (size_t)width : 0;
    return (size_t)bytes;
}

bool sq_text_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        utf8proc_int32_t code_point;
        utf8proc_ssize_t bytes = iterate(text + at, length - at, &code_point);
        if (bytes <= 0) {
            return false;
        }
        at += (size_t)bytes;
    }
    return true;
}

size_t sq_text_width(const char *text, size_t length)
{
    size_t width = 0;
    size_t at = 0;
    while (at < length) {
        size_t columns;
        at += read_character(text + at, length - at, &columns);
        width += columns;
    }
    return width;
}

size_t sq_text_cut(const char *text, size_t length, size_t columns)
{
    size_t width = 0;
    size_t at = 0;
    while (at < length) {
        size_t more;
        size_t bytes = read_character(text + at, length - at, &more);
        if (width + more > columns) {
            break;
        }
        width += more;
        at += bytes;
    }
    return at;
}

/* Folding */

/* The text with U+FFFD for each byte that is part of no character. */
static void add_valid(const char *text, size_t length, struct sq_strbuf *out)
{
    size_t at = 0;
    while (at < length) {
        utf8proc_int32_t code_point;
        utf8proc_ssize_t bytes = iterate(text + at, length - at, &code_point);
        if (bytes > 0) {
            sq_strbuf_add_bytes(out, text + at, (size_t)bytes);
        } else {
            sq_strbuf_add(out, "\xEF\xBF\xBD");
        }
        at += bytes > 0 ? (size_t)bytes : 1;
    }
}

/* Folds what is UTF-8 in memory of our own: the library's shorter functions call malloc. */
static enum sq_status fold_valid(const struct sq_strbuf *valid, struct sq_strbuf *out)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)sq_strbuf_text(valid);
    utf8proc_ssize_t n_bytes = (utf8proc_ssize_t)valid->length;
    utf8proc_ssize_t n = utf8proc_decompose(bytes, n_bytes, NULL, 0, FOLDING);
    sq_assert(n >= 0);
    utf8proc_int32_t *buffer = sq_memory_new((size_t)n + 1, sizeof *buffer);
    if (buffer == NULL) {
        return SQ_NO_MEMORY;
    }
    n = utf8proc_decompose(bytes, n_bytes, buffer, n, FOLDING);
    n = utf8proc_reencode(buffer, n, FOLDING); /* composes, and writes UTF-8 over the same memory */
    sq_assert(n >= 0);
    sq_strbuf_add_bytes(out, buffer, (size_t)n);
    sq_memory_free(buffer);
    return sq_strbuf_failed(out) ? SQ_NO_MEMORY : SQ_OK;
}

enum sq_status sq_text_fold(const char *text, size_t length, struct sq_strbuf *out)
{
    struct sq_strbuf valid = {0};
    add_valid(text, length, &valid);
    enum sq_status status = sq_strbuf_failed(&valid) ? SQ_NO_MEMORY : fold_valid(&valid, out);
    sq_strbuf_clear(&valid);
    return status;
}

/* Finding */

/* The kind of character at `at`; that of "nothing" at the end. */
static utf8proc_category_t category_at(const char *text, size_t length, size_t at)
{
    utf8proc_int32_t code_point;
    if (at >= length || iterate(text + at, length - at, &code_point) <= 0) {
        return UTF8PROC_CATEGORY_CN;
    }
    return utf8proc_category(code_point);
}

static bool is_mark(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/* Letters, marks, digits and what joins words, such as `_`. */
static bool is_of_word(utf8proc_category_t category)
{
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) ||
           category == UTF8PROC_CATEGORY_PC;
}

/* Where the character before `at` begins. at > 0. */
static size_t step_back(const char *text, size_t at)
{
    do {
        at--;
    } while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

static bool fits_around(const char *text, size_t length, size_t begin, size_t end,
                        enum sq_text_match match)
{
    utf8proc_category_t behind = category_at(text, length, end);
    if (match == SQ_TEXT_ANYWHERE) {
        return !is_mark(behind);
    }
    bool before = begin > 0 && is_of_word(category_at(text, length, step_back(text, begin)));
    return !before && !is_of_word(behind);
}

bool sq_text_find(const char *text, size_t length, const char *phrase, size_t phrase_length,
                  enum sq_text_match match)
{
    size_t at = 0;
    while (phrase_length > 0 && length - at >= phrase_length) {
        const char *found = memchr(text + at, phrase[0], length - at - phrase_length + 1);
        if (found == NULL) {
            return false;
        }
        at = (size_t)(found - text);
        if (memcmp(found, phrase, phrase_length) == 0 &&
            fits_around(text, length, at, at + phrase_length, match)) {
            return true;
        }
        at++;
    }
    return false;
}
