/* SPDX-License-Identifier: MIT */
/*
 * String buffer: the one way text is built. Grows by itself; always NUL-terminated; failure is
 * sticky: after an allocation failed further additions do nothing and sq_strbuf_failed says so, so
 * writers check once, at the end.
 */
#ifndef SQ_BASE_STRBUF_H
#define SQ_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

struct sq_strbuf {
    char *text;    /* NUL-terminated, owned; NULL while empty and never grown: use sq_strbuf_text */
    size_t length; /* bytes without the NUL */
    size_t capacity;
    bool failed;
};

const char *
sq_strbuf_text(const struct sq_strbuf *buffer); /* never NULL; valid until the next change */
bool sq_strbuf_failed(const struct sq_strbuf *buffer);
void sq_strbuf_add(struct sq_strbuf *buffer, const char *text);
void sq_strbuf_add_bytes(struct sq_strbuf *buffer, const void *bytes, size_t length);
void sq_strbuf_add_char(struct sq_strbuf *buffer, char character);
void sq_strbuf_add_repeated(struct sq_strbuf *buffer, const char *text, size_t times);
void sq_strbuf_add_format(struct sq_strbuf *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A whole number divided by 10^scale with `digits` decimals, rounded half away from zero: integers
 * only, so the same bytes everywhere. (12345, 3, 1) gives "12.3". scale and digits 0..18, digits <=
 * scale. */
void sq_strbuf_add_decimal(struct sq_strbuf *buffer, int64_t value, int scale, int digits);
void sq_strbuf_reset(struct sq_strbuf *buffer); /* empty, keeps the memory, clears failed */
void sq_strbuf_clear(struct sq_strbuf *buffer); /* frees; accepts a zeroed buffer and NULL */

#endif
