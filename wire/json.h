/* SPDX-License-Identifier: MIT */
/*
 * A JSON document as a read-only tree that knows where each value stands in its text.
 *
 * For files people write (scenarios, policies, results), where a mistake must be named with line
 * and column. It is as strict as json_scan.h, and refuses duplicate keys too, naming both places.
 * Numbers are kept as the text has them. Answers on the wire are read by json_find.h instead.
 *
 * Ownership: sq_json_read copies what it needs; the text may go away at once. Every node and every
 * pointer from a node lives until sq_json_free of its document. A document is never changed, so
 * threads may share it.
 */
#ifndef SQ_WIRE_JSON_H
#define SQ_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "wire/json_scan.h"

/* Values in one document: near 200 bytes of memory each. */
#define SQ_JSON_VALUES_MAX 4000000

struct sq_json_document;
struct sq_json;

enum sq_json_kind {
    SQ_JSON_NULL,
    SQ_JSON_BOOL,
    SQ_JSON_NUMBER,
    SQ_JSON_STRING,
    SQ_JSON_ARRAY,
    SQ_JSON_OBJECT
};

struct sq_json_options {
    const char *file; /* named in errors; NULL: none */
    bool jsonc;       /* allow comments and one trailing comma */
};

/* Reads text[0..length). options may be NULL. SQ_INVALID fills err with text, line, column, width,
 * file and often a hint; SQ_NO_MEMORY. On failure *document is NULL. The caller frees. */
SQ_MUST_USE enum sq_status sq_json_read(const char *text, size_t length,
                                        const struct sq_json_options *options,
                                        struct sq_json_document **document, struct sq_error *err);
void sq_json_free(struct sq_json_document *document); /* accepts NULL */

const struct sq_json *sq_json_root(const struct sq_json_document *document);

enum sq_json_kind sq_json_kind(const struct sq_json *node);
const char *sq_json_kind_name(enum sq_json_kind kind); /* "object", "string", ... */

/* Children of an array or object, in the order of the text; NULL when there is none (more). */
const struct sq_json *sq_json_first(const struct sq_json *node);
const struct sq_json *sq_json_next(const struct sq_json *node);
size_t sq_json_count(const struct sq_json *node);

/* The value of a key; NULL when the object has no such key or the node is no object. Linear. */
const struct sq_json *sq_json_member(const struct sq_json *object, const char *key);

/* Key of an object's member, unescaped and NUL-terminated; NULL (and length 0) for the root and for
 * elements. A key may hold NUL bytes: the length tells. */
const char *sq_json_key(const struct sq_json *node);
size_t sq_json_key_length(const struct sq_json *node);

/* What a string means: UTF-8, NUL-terminated, but it may hold NUL bytes. length may be NULL. Only
 * of strings. */
const char *sq_json_text(const struct sq_json *node, size_t *length);

bool sq_json_bool(const struct sq_json *node); /* only of bools */

/* A number exactly as the text has it, NUL-terminated. length may be NULL. Only of numbers. */
const char *sq_json_digits(const struct sq_json *node, size_t *length);

/* The exact value of a number: 5, 5.0 and 50e-1 are 5. False when it is not whole or does not fit,
 * or the node is no number; *out is then untouched. */
bool sq_json_int64(const struct sq_json *node, int64_t *out);

/* The exact value times 10^scale: 1.25 with scale 2 is 125; with scale 1 it is false. scale
 * 0..18. */
bool sq_json_decimal(const struct sq_json *node, int scale, int64_t *out);

struct sq_json_where sq_json_where(const struct sq_json *node);
/* Of a member's key; of other nodes that of the value. */
struct sq_json_where sq_json_key_where(const struct sq_json *node);

#endif
