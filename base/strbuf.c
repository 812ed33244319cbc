/* SPDX-License-Identifier: MIT */
/*
 * String buffer: bytes that double when they run out. The only file that calls a printf
 * (assert.c has its last words): everything else builds text from these functions. Never prints.
 */
#include "base/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

#define FIRST_CAPACITY 64

const char *sq_strbuf_text(const struct sq_strbuf *buffer)
{
    return buffer->text == NULL ? "" : buffer->text;
}

bool sq_strbuf_failed(const struct sq_strbuf *buffer)
{
    return buffer->failed;
}

/* The capacity to grow to: doubled until needed bytes fit, or exactly needed where doubling would
 * overflow. */
static size_t grown_capacity(size_t capacity, size_t needed)
{
    size_t grown = capacity == 0 ? FIRST_CAPACITY : capacity;
    while (grown < needed) {
        if (__builtin_mul_overflow(grown, (size_t)2, &grown)) {
            return needed;
        }
    }
    return grown;
}

/* Makes room for added bytes and the NUL. False: the buffer has failed, now or before. */
static bool reserve(struct sq_strbuf *buffer, size_t added)
{
    if (buffer->failed) {
        return false;
    }
    size_t needed;
    if (__builtin_add_overflow(buffer->length, added, &needed) ||
        __builtin_add_overflow(needed, (size_t)1, &needed)) {
        buffer->failed = true;
        return false;
    }
    if (needed <= buffer->capacity) {
        return true;
    }
    size_t capacity = grown_capacity(buffer->capacity, needed);
    char *text = sq_memory_resize(buffer->text, capacity, 1);
    if (text == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->text = text;
    buffer->capacity = capacity;
    return true;
}

void sq_strbuf_add_bytes(struct sq_strbuf *buffer, const void *bytes, size_t length)
{
    sq_assert(bytes != NULL || length == 0);
    if (length == 0 || !reserve(buffer, length)) {
        return;
    }
    memcpy(buffer->text + buffer->length, bytes, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void sq_strbuf_add(struct sq_strbuf *buffer, const char *text)
{
    sq_assert(text != NULL);
    sq_strbuf_add_bytes(buffer, text, strlen(text));
}

void sq_strbuf_add_char(struct sq_strbuf *buffer, char character)
{
    sq_strbuf_add_bytes(buffer, &character, 1);
}

void sq_strbuf_add_repeated(struct sq_strbuf *buffer, const char *text, size_t times)
{
    sq_assert(text != NULL);
    size_t length = strlen(text);
    size_t bytes;
    if (__builtin_mul_overflow(length, times, &bytes)) {
        buffer->failed = true;
        return;
    }
    if (bytes == 0 || !reserve(buffer, bytes)) {
        return;
    }
    for (size_t i = 0; i < times; i++) {
        sq_strbuf_add_bytes(buffer, text, length);
    }
}

void sq_strbuf_add_format(struct sq_strbuf *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer->failed = true; /* longer than INT_MAX */
    } else if (reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t power = 1;
    for (int i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

static uint64_t divide_rounded(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest = dividend % divisor;
    return dividend / divisor + (rest >= divisor - rest ? 1 : 0);
}

void sq_strbuf_add_decimal(struct sq_strbuf *buffer, int64_t value, int scale, int digits)
{
    sq_assert(scale >= 0 && scale <= 18);
    sq_assert(digits >= 0 && digits <= scale);
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t rounded = divide_rounded(magnitude, power_of_ten(scale - digits));
    uint64_t one = power_of_ten(digits);
    if (value < 0 && rounded > 0) {
        sq_strbuf_add_char(buffer, '-');
    }
    sq_strbuf_add_format(buffer, "%" PRIu64, rounded / one);
    if (digits > 0) {
        sq_strbuf_add_format(buffer, ".%0*" PRIu64, digits, rounded % one);
    }
}

void sq_strbuf_reset(struct sq_strbuf *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->text != NULL) {
        buffer->text[0] = '\0';
    }
}

void sq_strbuf_clear(struct sq_strbuf *buffer)
{
    if (buffer == NULL) {
        return;
    }
    sq_memory_free(buffer->text);
    *buffer = (struct sq_strbuf){0};
}

/* Bytes at the end of text[0..length) that begin a UTF-8 sequence but do not finish it. */
static size_t unfinished_bytes(const char *text, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        unsigned char byte = (unsigned char)text[length - back];
        if (byte < 0x80) {
            return 0;
        }
        if (byte >= 0xc0) {
            size_t whole = byte >= 0xf0 ? 4 : (byte >= 0xe0 ? 3 : 2);
            return back < whole ? back : 0;
        }
    }
    return 0;
}

void sq_strbuf_format_cut(char *out, size_t out_bytes, const char *format, va_list arguments)
{
    sq_assert(out_bytes > 0);
    int length = vsnprintf(out, out_bytes, format, arguments);
    if (length < 0) {
        out[0] = '\0'; /* longer than INT_MAX */
        return;
    }
    if ((size_t)length >= out_bytes) {
        out[out_bytes - 1 - unfinished_bytes(out, out_bytes - 1)] = '\0';
    }
}
