/* SPDX-License-Identifier: MIT */
/* Typed looks into a document, with one remembered complaint. */
#include "wire/json_take.h"

#include <stdarg.h>
#include <string.h>

#include "base/strbuf.h"

#define HEX_DIGITS  16
#define WIDE_DIGITS 38 /* of a number below 10^38, which 128 bits hold */

enum sq_status sq_json_taken(const struct sq_json_taker *taker)
{
    return taker->status;
}

void sq_json_take_complain(struct sq_json_taker *taker, const struct sq_json *node,
                           const char *format, ...)
{
    char text[SQ_ERROR_TEXT_BYTES];
    va_list arguments;
    if (taker->status != SQ_OK) {
        return;
    }
    va_start(arguments, format);
    sq_strbuf_format_cut(text, sizeof(text), format, arguments);
    va_end(arguments);
    taker->status = sq_error_set(taker->err, SQ_INVALID, "%s", text);
    if (taker->err == NULL) {
        return;
    }
    struct sq_json_where where = sq_json_where(node);
    size_t length = strlen(taker->file);
    length = length < SQ_ERROR_NAME_BYTES ? length : SQ_ERROR_NAME_BYTES - 1;
    memcpy(taker->err->file, taker->file, length);
    taker->err->file[length] = '\0';
    taker->err->line = where.line;
    taker->err->column = where.column;
    taker->err->width = where.width;
}

const struct sq_json *sq_json_take_if(struct sq_json_taker *taker, const struct sq_json *object,
                                      const char *key, enum sq_json_kind kind)
{
    if (taker->status != SQ_OK || object == NULL) {
        return NULL;
    }
    const struct sq_json *node = sq_json_member(object, key);
    if (node == NULL || sq_json_kind(node) == SQ_JSON_NULL) {
        return NULL;
    }
    if (sq_json_kind(node) != kind) {
        sq_json_take_complain(taker, node, "\"%s\" is of the kind %s, expected: %s", key,
                              sq_json_kind_name(sq_json_kind(node)), sq_json_kind_name(kind));
        return NULL;
    }
    return node;
}

const struct sq_json *sq_json_take(struct sq_json_taker *taker, const struct sq_json *object,
                                   const char *key, enum sq_json_kind kind)
{
    const struct sq_json *node = sq_json_take_if(taker, object, key, kind);
    if (node == NULL && object != NULL) {
        sq_json_take_complain(taker, object, "\"%s\" is missing", key);
    }
    return node;
}

const char *sq_json_take_text(struct sq_json_taker *taker, const struct sq_json *object,
                              const char *key)
{
    const struct sq_json *node = sq_json_take(taker, object, key, SQ_JSON_STRING);
    if (node == NULL) {
        return "";
    }
    size_t length;
    const char *text = sq_json_text(node, &length);
    if (strlen(text) != length) {
        sq_json_take_complain(taker, node, "\"%s\" holds a NUL byte", key);
        return "";
    }
    return text;
}

uint64_t sq_json_take_whole(struct sq_json_taker *taker, const struct sq_json *node, uint64_t max)
{
    int64_t value = 0;
    if (taker->status != SQ_OK || node == NULL) {
        return 0;
    }
    if (!sq_json_int64(node, &value) || value < 0 || (uint64_t)value > max) {
        sq_json_take_complain(taker, node, "expected a whole number of 0 to %llu",
                              (unsigned long long)max);
        return 0;
    }
    return (uint64_t)value;
}

uint64_t sq_json_take_count(struct sq_json_taker *taker, const struct sq_json *object,
                            const char *key, uint64_t max)
{
    return sq_json_take_whole(taker, sq_json_take(taker, object, key, SQ_JSON_NUMBER), max);
}

int64_t sq_json_take_int(struct sq_json_taker *taker, const struct sq_json *object, const char *key)
{
    const struct sq_json *node = sq_json_take(taker, object, key, SQ_JSON_NUMBER);
    int64_t value = 0;
    if (node != NULL && !sq_json_int64(node, &value)) {
        sq_json_take_complain(taker, node, "expected a whole number of 64 bits");
    }
    return value;
}

sq_uint128 sq_json_take_wide(struct sq_json_taker *taker, const struct sq_json *object,
                             const char *key)
{
    const struct sq_json *node = sq_json_take(taker, object, key, SQ_JSON_NUMBER);
    sq_uint128 value = 0;
    size_t length = 0;
    const char *digits = node == NULL ? "" : sq_json_digits(node, &length);
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9' || length > WIDE_DIGITS) {
            sq_json_take_complain(taker, node, "expected up to %d digits", WIDE_DIGITS);
            return 0;
        }
        value = value * 10 + (unsigned)(digits[i] - '0');
    }
    return value;
}

/* 16 and more: no digit. */
static unsigned hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return (unsigned)(letter - '0');
    }
    return letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a') + 10 : HEX_DIGITS;
}

uint64_t sq_json_take_hex(struct sq_json_taker *taker, const struct sq_json *object,
                          const char *key)
{
    const char *text = sq_json_take_text(taker, object, key);
    uint64_t value = 0;
    if (taker->status != SQ_OK) {
        return 0;
    }
    size_t i = 0;
    for (; text[i] != '\0' && i < HEX_DIGITS && hex_digit(text[i]) < HEX_DIGITS; i++) {
        value = value << 4 | hex_digit(text[i]);
    }
    if (i != HEX_DIGITS || text[i] != '\0') {
        sq_json_take_complain(taker, sq_json_member(object, key), "expected %d hexadecimal digits",
                              HEX_DIGITS);
        return 0;
    }
    return value;
}
