/* SPDX-License-Identifier: MIT */
/* See json_escape.h. UTF-8 by RFC 3629, table 3-7 of the Unicode standard. */
#include "wire/json_escape.h"

#include <stdint.h>
#include <string.h>

#include "base/assert.h"

#define REPLACEMENT 0xFFFDU

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0U) == 0x80U;
}

/* Bytes the first byte promises; 0 when none may begin so. */
static size_t promised_bytes(unsigned char first)
{
    if (first < 0x80U) {
        return 1;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return 2;
    }
    if (first >= 0xE0U && first <= 0xEFU) {
        return 3;
    }
    return first >= 0xF0U && first <= 0xF4U ? 4 : 0;
}

/* The second byte is what rules out overlong forms, surrogates and values above U+10FFFF. */
static bool second_fits(unsigned char first, unsigned char second)
{
    unsigned char low = 0x80U;
    unsigned char high = 0xBFU;
    if (first == 0xE0U) {
        low = 0xA0U;
    } else if (first == 0xEDU) {
        high = 0x9FU;
    } else if (first == 0xF0U) {
        low = 0x90U;
    } else if (first == 0xF4U) {
        high = 0x8FU;
    }
    return second >= low && second <= high;
}

size_t sq_json_escape_utf8_bytes(const char *text, size_t left)
{
    unsigned char bytes[4] = {0};
    size_t n = promised_bytes((unsigned char)text[0]);
    if (n <= 1 || n > left) {
        return n <= 1 ? n : 0;
    }
    memcpy(bytes, text, n);
    if (!second_fits(bytes[0], bytes[1])) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if (!is_continuation(bytes[i])) {
            return 0;
        }
    }
    return n;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

size_t sq_json_escape_bytes(const char *text, size_t left)
{
    if (left < 2) {
        return 0;
    }
    if (text[1] != 'u') {
        return text[1] != '\0' && strchr("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
    }
    if (left < 6) {
        return 0;
    }
    for (size_t i = 2; i < 6; i++) {
        if (hex_value(text[i]) < 0) {
            return 0;
        }
    }
    return 6;
}

/* The four digits of an accepted \uXXXX. */
static uint32_t hex_unit(const char *escape)
{
    uint32_t unit = 0;
    for (size_t i = 2; i < 6; i++) {
        unit = unit << 4 | (uint32_t)hex_value(escape[i]);
    }
    return unit;
}

static bool is_low_surrogate(const char *text, size_t left)
{
    return left >= 6 && text[0] == '\\' && text[1] == 'u' && (hex_unit(text) & 0xFC00U) == 0xDC00U;
}

/* The code point at the \u escape at text; *used: 6, or 12 for a pair. */
static uint32_t unicode_escape(const char *text, size_t left, size_t *used)
{
    uint32_t unit = hex_unit(text);
    *used = 6;
    if ((unit & 0xF800U) != 0xD800U) {
        return unit;
    }
    if ((unit & 0xFC00U) != 0xD800U || !is_low_surrogate(text + 6, left - 6)) {
        return REPLACEMENT;
    }
    *used = 12;
    return 0x10000U + ((unit & 0x3FFU) << 10) + (hex_unit(text + 6) & 0x3FFU);
}

static char short_escape(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default: /* quote, backslash and slash mean themselves */
        return letter;
    }
}

static size_t encode(uint32_t code_point, char out[4])
{
    if (code_point < 0x80U) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800U) {
        out[0] = (char)(0xC0U | code_point >> 6);
        out[1] = (char)(0x80U | (code_point & 0x3FU));
        return 2;
    }
    if (code_point < 0x10000U) {
        out[0] = (char)(0xE0U | code_point >> 12);
        out[1] = (char)(0x80U | (code_point >> 6 & 0x3FU));
        out[2] = (char)(0x80U | (code_point & 0x3FU));
        return 3;
    }
    out[0] = (char)(0xF0U | code_point >> 18);
    out[1] = (char)(0x80U | (code_point >> 12 & 0x3FU));
    out[2] = (char)(0x80U | (code_point >> 6 & 0x3FU));
    out[3] = (char)(0x80U | (code_point & 0x3FU));
    return 4;
}

/* What the unit at *at means: one plain byte, or one escape (or pair). Moves *at behind it. */
static size_t undo_one(const char *text, size_t length, size_t *at, char out[4])
{
    const char *unit = text + *at;
    size_t left = length - *at;
    if (unit[0] != '\\') {
        out[0] = unit[0];
        *at += 1;
        return 1;
    }
    sq_assert(left >= 2);
    if (unit[1] != 'u') {
        out[0] = short_escape(unit[1]);
        *at += 2;
        return 1;
    }
    sq_assert(left >= 6);
    size_t used;
    uint32_t code_point = unicode_escape(unit, left, &used);
    *at += used;
    return encode(code_point, out);
}

size_t sq_json_escape_undo(const char *text, size_t length, char *out)
{
    size_t written = 0;
    size_t at = 0;
    while (at < length) {
        char unit[4];
        size_t n = undo_one(text, length, &at, unit);
        if (out != NULL) {
            memcpy(out + written, unit, n);
        }
        written += n;
    }
    return written;
}

void sq_json_escape_add(struct sq_strbuf *out, const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        char unit[4];
        size_t n = undo_one(text, length, &at, unit);
        sq_strbuf_add_bytes(out, unit, n);
    }
}

bool sq_json_escape_means(const char *text, size_t length, const char *meaning,
                          size_t meaning_length)
{
    size_t compared = 0;
    size_t at = 0;
    while (at < length) {
        char unit[4];
        size_t n = undo_one(text, length, &at, unit);
        if (n > meaning_length - compared || memcmp(meaning + compared, unit, n) != 0) {
            return false;
        }
        compared += n;
    }
    return compared == meaning_length;
}
