/* SPDX-License-Identifier: MIT */
/* See text.h. */
#include "wire/text.h"

#include <utf8proc.h>

/* The character at text: its bytes (1 when it is not UTF-8) and its columns. left > 0. */
static size_t read_character(const char *text, size_t left, size_t *columns)
{
    utf8proc_int32_t code_point;
    /* A character has at most 4 bytes; the library counts in signed numbers. */
    utf8proc_ssize_t limit = left < 4 ? (utf8proc_ssize_t)left : 4;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, limit, &code_point);
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
        utf8proc_ssize_t limit = length - at < 4 ? (utf8proc_ssize_t)(length - at) : 4;
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, limit, &code_point);
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
