/* SPDX-License-Identifier: MIT */
/*
 * JSON writer: every value goes through before_value, which writes the comma, line break and indent
 * that belong in front of it and asserts that a value may stand here. Never reads JSON, never fails
 * by itself: the buffer remembers.
 */
#include "base/json_write.h"

#include <inttypes.h>
#include <string.h>

#include "base/assert.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void break_line(struct sq_json_writer *json)
{
    if (json->compact) {
        return;
    }
    sq_strbuf_add_char(json->out, '\n');
    sq_strbuf_add_repeated(json->out, "  ", (size_t)json->depth);
}

/* The comma and line break in front of a key, or of a value in an array. */
static void begin_item(struct sq_json_writer *json)
{
    if (json->filled[json->depth - 1]) {
        sq_strbuf_add_char(json->out, ',');
    }
    json->filled[json->depth - 1] = true;
    break_line(json);
}

static void before_value(struct sq_json_writer *json)
{
    if (json->depth == 0) {
        return;
    }
    if (json->kind[json->depth - 1] == '[') {
        begin_item(json);
        return;
    }
    sq_assert(json->after_key);
    json->after_key = false;
}

static void begin(struct sq_json_writer *json, char kind)
{
    sq_assert(json->depth < SQ_JSON_WRITE_DEPTH);
    before_value(json);
    sq_strbuf_add_char(json->out, kind);
    json->kind[json->depth] = kind;
    json->filled[json->depth] = false;
    json->depth++;
}

static void end(struct sq_json_writer *json, char kind, char closing)
{
    sq_assert(json->depth > 0);
    sq_assert(json->kind[json->depth - 1] == kind);
    sq_assert(!json->after_key);
    json->depth--;
    if (json->filled[json->depth]) {
        break_line(json);
    }
    sq_strbuf_add_char(json->out, closing);
}

void sq_json_write_object_begin(struct sq_json_writer *json)
{
    begin(json, '{');
}

void sq_json_write_object_end(struct sq_json_writer *json)
{
    end(json, '{', '}');
}

void sq_json_write_array_begin(struct sq_json_writer *json)
{
    begin(json, '[');
}

void sq_json_write_array_end(struct sq_json_writer *json)
{
    end(json, '[', ']');
}

void sq_json_write_key(struct sq_json_writer *json, const char *key)
{
    sq_assert(json->depth > 0);
    sq_assert(json->kind[json->depth - 1] == '{');
    sq_assert(!json->after_key);
    begin_item(json);
    sq_json_write_quoted(json->out, key, strlen(key));
    sq_strbuf_add(json->out, json->compact ? ":" : ": ");
    json->after_key = true;
}

void sq_json_write_text(struct sq_json_writer *json, const char *text)
{
    if (text == NULL) {
        sq_json_write_null(json);
        return;
    }
    sq_json_write_text_bytes(json, text, strlen(text));
}

void sq_json_write_text_bytes(struct sq_json_writer *json, const char *text, size_t length)
{
    before_value(json);
    sq_json_write_quoted(json->out, text, length);
}

void sq_json_write_int(struct sq_json_writer *json, int64_t value)
{
    before_value(json);
    sq_strbuf_add_format(json->out, "%" PRId64, value);
}

void sq_json_write_uint(struct sq_json_writer *json, uint64_t value)
{
    before_value(json);
    sq_strbuf_add_format(json->out, "%" PRIu64, value);
}

void sq_json_write_decimal(struct sq_json_writer *json, int64_t value, int scale, int digits)
{
    before_value(json);
    sq_strbuf_add_decimal(json->out, value, scale, digits);
}

void sq_json_write_bool(struct sq_json_writer *json, bool value)
{
    before_value(json);
    sq_strbuf_add(json->out, value ? "true" : "false");
}

void sq_json_write_null(struct sq_json_writer *json)
{
    before_value(json);
    sq_strbuf_add(json->out, "null");
}

void sq_json_write_raw(struct sq_json_writer *json, const char *value)
{
    sq_assert(value[0] != '\0');
    before_value(json);
    sq_strbuf_add(json->out, value);
}

/* Well-formed UTF-8 (Unicode 3.9, table 3-7): how long a sequence is by its first byte, and what
 * the second may be. That range keeps out overlong forms, surrogates and what lies above U+10FFFF;
 * later bytes are 80..BF. */
struct lead {
    unsigned char first;
    unsigned char last;
    unsigned char length;
    unsigned char second_low;
    unsigned char second_high;
};

static const struct lead leads[] = {
    {0x00, 0x7f, 1, 0x00, 0x00}, {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static const struct lead *find_lead(unsigned char byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

/* Bytes of the sequence at bytes[0..left), or of its longest good beginning (at least one byte). */
static size_t sequence_bytes(const unsigned char *bytes, size_t left, bool *well_formed)
{
    const struct lead *lead = find_lead(bytes[0]);
    if (lead == NULL) {
        *well_formed = false;
        return 1;
    }
    size_t length = 1;
    while (length < lead->length && length < left) {
        unsigned char low = length == 1 ? lead->second_low : 0x80;
        unsigned char high = length == 1 ? lead->second_high : 0xbf;
        if (bytes[length] < low || bytes[length] > high) {
            break;
        }
        length++;
    }
    *well_formed = length == lead->length;
    return length;
}

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

/* The letter of the two-character escapes of RFC 8259, section 7; 0 when the byte has none. */
static char escape_letter(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void add_escape(struct sq_strbuf *out, unsigned char byte)
{
    char letter = escape_letter(byte);
    if (letter == 0) {
        sq_strbuf_add_format(out, "\\u%04x", (unsigned)byte);
        return;
    }
    sq_strbuf_add_char(out, '\\');
    sq_strbuf_add_char(out, letter);
}

/* Adds the next character of bytes[0..left), or what stands for it; returns the bytes it took. */
static size_t add_special(struct sq_strbuf *out, const unsigned char *bytes, size_t left)
{
    if (needs_escape(bytes[0])) {
        add_escape(out, bytes[0]);
        return 1;
    }
    bool well_formed;
    size_t length = sequence_bytes(bytes, left, &well_formed);
    if (well_formed) {
        sq_strbuf_add_bytes(out, bytes, length);
    } else {
        sq_strbuf_add(out, REPLACEMENT);
    }
    return length;
}

/* Bytes that can be copied as they are: printable ASCII, the usual case, in one go. */
static size_t plain_bytes(const unsigned char *bytes, size_t left)
{
    size_t length = 0;
    while (length < left && bytes[length] < 0x80 && !needs_escape(bytes[length])) {
        length++;
    }
    return length;
}

void sq_json_write_quoted(struct sq_strbuf *out, const char *text, size_t length)
{
    sq_assert(text != NULL || length == 0);
    const unsigned char *bytes = (const unsigned char *)text;
    sq_strbuf_add_char(out, '"');
    size_t at = 0;
    while (at < length) {
        size_t plain = plain_bytes(bytes + at, length - at);
        sq_strbuf_add_bytes(out, bytes + at, plain);
        at += plain;
        if (at < length) {
            at += add_special(out, bytes + at, length - at);
        }
    }
    sq_strbuf_add_char(out, '"');
}
