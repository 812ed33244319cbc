/* SPDX-License-Identifier: MIT */
/*
 * JSON Schema, draft 2020-12, over documents of json.h: the applicator, unevaluated and validation
 * vocabularies, with $id, $anchor, $defs and references inside one document. `format` and
 * `content...` are annotations; unknown keywords mean nothing. Nothing is fetched: a reference that
 * leaves the document is an error, unless it is to the draft's own schema, which is built in; and
 * $dynamicRef goes where $ref would go. Numbers are compared
 * as the decimals the text has, strings are counted in code points, patterns are those of
 * pattern.h.
 *
 * Ownership: a schema points into the document it was compiled from, which has to outlive it. It is
 * never changed after sq_schema_compile, so threads may share it.
 */
#ifndef SQ_WIRE_SCHEMA_H
#define SQ_WIRE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "wire/json.h"

/* Schemas inside each other while one value is checked: a value is 512 deep at most, and few
 * schemas need more than three steps ($ref, allOf, properties) for a level of it. */
#define SQ_SCHEMA_DEPTH_MAX 2048
/* Schemas applied to values in one check. anyOf inside anyOf can double with every level; a million
 * values under an honest schema take a few million. */
#define SQ_SCHEMA_STEPS_MAX 20000000

#define SQ_SCHEMA_PATH_BYTES 192
#define SQ_SCHEMA_WHY_BYTES  256

struct sq_schema;

/* Why a value is not valid. Texts are cut where they do not fit. */
struct sq_schema_violation {
    bool found;                             /* false: the value is valid, the rest is empty */
    const char *keyword;                    /* "maximum"; static */
    char value_path[SQ_SCHEMA_PATH_BYTES];  /* JSON pointer into the document of the value */
    char schema_path[SQ_SCHEMA_PATH_BYTES]; /* JSON pointer into the document of the schema that
                                               says so */
    char why[SQ_SCHEMA_WHY_BYTES];          /* as an error text: lower case, no full stop */
    struct sq_json_where where;             /* of the value, or of the key that is wrong */
};

/* root is the root of a document. file, named in errors, may be NULL. SQ_INVALID: not a schema; err
 * names keyword, line and column; SQ_NO_MEMORY. On failure *schema is NULL. The caller frees. */
SQ_MUST_USE enum sq_status sq_schema_compile(const struct sq_json *root, const char *file,
                                             struct sq_schema **schema, struct sq_error *err);
void sq_schema_free(struct sq_schema *schema); /* accepts NULL */

/* value is the root of a document. SQ_OK whether it is valid or not: *first tells, and names the
 * first violation in the order in which schema.c looks. SQ_LIMIT: the depth, the steps or a
 * pattern's steps ran out, nothing is known; SQ_NO_MEMORY. */
SQ_MUST_USE enum sq_status sq_schema_check(const struct sq_schema *schema,
                                           const struct sq_json *value,
                                           struct sq_schema_violation *first, struct sq_error *err);

#endif
