/* SPDX-License-Identifier: MIT */
/*
 * JSON writer over a string buffer: two-space indent or compact, keys in the order written,
 * integers and fixed decimals only, so the same result gives the same bytes. Asserts correct
 * nesting. Text is escaped; invalid UTF-8 becomes U+FFFD, one for each maximal part of a sequence
 * (Unicode 3.9). The caller owns the buffer and asks it, at the end, whether it failed. Several
 * values may follow each other at depth 0 (JSON Lines); what parts them is the caller's.
 *
 *     struct sq_json_writer json = {.out = &buffer};
 */
#ifndef SQ_BASE_JSON_WRITE_H
#define SQ_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define SQ_JSON_WRITE_DEPTH 32

struct sq_json_writer {
    struct sq_strbuf *out;
    bool compact;                     /* no line breaks and no spaces */
    int depth;                        /* open objects and arrays */
    char kind[SQ_JSON_WRITE_DEPTH];   /* '{' or '[' */
    bool filled[SQ_JSON_WRITE_DEPTH]; /* something was written at this depth */
    bool after_key;
};

void sq_json_write_object_begin(struct sq_json_writer *json);
void sq_json_write_object_end(struct sq_json_writer *json);
void sq_json_write_array_begin(struct sq_json_writer *json);
void sq_json_write_array_end(struct sq_json_writer *json);
void sq_json_write_key(struct sq_json_writer *json, const char *key);
void sq_json_write_text(struct sq_json_writer *json, const char *text); /* NULL writes null */
void sq_json_write_text_bytes(struct sq_json_writer *json, const char *text, size_t length);
void sq_json_write_int(struct sq_json_writer *json, int64_t value);
void sq_json_write_uint(struct sq_json_writer *json, uint64_t value);
/* value / 10^scale with `digits` decimals, as sq_strbuf_add_decimal. */
void sq_json_write_decimal(struct sq_json_writer *json, int64_t value, int scale, int digits);
void sq_json_write_bool(struct sq_json_writer *json, bool value);
void sq_json_write_null(struct sq_json_writer *json);
/* Text that already is one JSON value (a schema fragment, a number's exact digits). */
void sq_json_write_raw(struct sq_json_writer *json, const char *value);

/* Only the escaped, quoted string, for writers of other formats. */
void sq_json_write_quoted(struct sq_strbuf *out, const char *text, size_t length);

#endif
