/* SPDX-License-Identifier: MIT */
/*
 * Whether the value of a keyword has the right shape, and what it says: counts, types, patterns,
 * names. Schemas inside keywords are compile.c's.
 */
#ifndef SQ_WIRE_SCHEMA_SHAPE_H
#define SQ_WIRE_SCHEMA_SHAPE_H

#include "wire/schema/compile.h"

/* A key or string as it means, which may hold NUL bytes. */
struct sq_schema_text {
    const char *text;
    size_t length;
};

/* Checks entry->value and fills count, types or pattern. */
SQ_MUST_USE enum sq_status sq_schema_read_shape(struct sq_schema_builder *builder,
                                                struct sq_schema_entry *entry);

/* An array of different strings. */
SQ_MUST_USE enum sq_status sq_schema_read_names(const struct sq_schema_builder *builder,
                                                enum sq_schema_keyword keyword,
                                                const struct sq_json *names);

/* text as a pattern, owned by the schema; errors stand at `at`. */
SQ_MUST_USE enum sq_status sq_schema_read_pattern(struct sq_schema_builder *builder,
                                                  const struct sq_json *at,
                                                  struct sq_schema_text text,
                                                  struct sq_pattern **pattern);

#endif
