/* SPDX-License-Identifier: MIT */
/*
 * String buffer: the one way text is built. Grows by itself; always NUL-terminated; failure is
 * sticky: after an allocation failed further additions do nothing and sq_strbuf_failed says so, so
 * writers check once, at the end. The text up to the failure stays. What is added must not lie in
 * the buffer itself. A zeroed object is an empty buffer.
 */
#ifndef SQ_BASE_STRBUF_H
#define SQ_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_strbuf {
    char *text;    /* NUL-terminated, owned; NULL while empty and never grown: use sq_strbuf_text */
    size_t length; /* bytes without the NUL */
    size_t capacity;
    bool failed;
};

/* Never NULL; valid until the next change. */
const char *sq_strbuf_text(const struct sq_strbuf *buffer);
bool sq_strbuf_failed(const struct sq_strbuf *buffer);
void sq_strbuf_add(struct sq_strbuf *buffer, const char *text);
void sq_strbuf_add_bytes(struct sq_strbuf *buffer, const void *bytes, size_t length);
void sq_strbuf_add_char(struct sq_strbuf *buffer, char character);
void sq_strbuf_add_repeated(struct sq_strbuf *buffer, const char *text, size_t times);
void sq_strbuf_add_format(struct sq_strbuf *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A whole number divided by 10^scale with `digits` decimals, rounded half away from zero: integers
 * only, so the same bytes everywhere. (12345, 3, 1) gives "12.3". What rounds to zero has no sign.
 * scale and digits 0..18, digits <= scale. */
void sq_strbuf_add_decimal(struct sq_strbuf *buffer, int64_t value, int scale, int digits);
void sq_strbuf_reset(struct sq_strbuf *buffer); /* empty, keeps the memory, clears failed */
void sq_strbuf_clear(struct sq_strbuf *buffer); /* frees; accepts a zeroed buffer and NULL */

/* Writes into out instead of a buffer, for text that must not allocate (errors): cut where out
 * ends, never inside a code point, always NUL-terminated. out_bytes counts the NUL. */
void sq_strbuf_format_cut(char *out, size_t out_bytes, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
