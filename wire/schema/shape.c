/* SPDX-License-Identifier: MIT */
/* See shape.h. */
#include "wire/schema/shape.h"

#include <string.h>

#include "base/assert.h"
#include "wire/schema/decimal.h"
#include "wire/schema/equal.h"

static enum sq_status wrong(const struct sq_schema_builder *builder, enum sq_schema_keyword keyword,
                            const struct sq_json *value, const char *wanted)
{
    return sq_schema_mistake(builder, value, "`%s` has to be %s, not this %s",
                             sq_schema_row(keyword)->name, wanted,
                             sq_json_kind_name(sq_json_kind(value)));
}

static void read_decimal(const struct sq_json *number, struct sq_schema_decimal *decimal)
{
    size_t length;
    const char *digits = sq_json_digits(number, &length);
    sq_schema_decimal_read(digits, length, decimal);
}

static enum sq_status read_count(struct sq_schema_builder *builder, struct sq_schema_entry *entry)
{
    int64_t count;
    struct sq_schema_decimal decimal;
    if (sq_json_int64(entry->value, &count) && count >= 0) {
        entry->count = (size_t)count;
        return SQ_OK;
    }
    if (sq_json_kind(entry->value) == SQ_JSON_NUMBER) {
        read_decimal(entry->value, &decimal);
        if (!decimal.negative && sq_schema_decimal_whole(&decimal)) {
            entry->count = SIZE_MAX;
            return SQ_OK;
        }
    }
    return wrong(builder, entry->keyword, entry->value, "a whole number, 0 or more");
}

static enum sq_status read_positive(struct sq_schema_builder *builder,
                                    struct sq_schema_entry *entry)
{
    struct sq_schema_decimal decimal = {0};
    if (sq_json_kind(entry->value) == SQ_JSON_NUMBER) {
        read_decimal(entry->value, &decimal);
    }
    if (decimal.n_digits == 0 || decimal.negative) {
        return wrong(builder, entry->keyword, entry->value, "a number above 0");
    }
    return SQ_OK;
}

/* The bit of a type's name; 0 when there is none. */
static unsigned type_bit(const struct sq_json *name)
{
    static const struct {
        const char *name;
        unsigned type;
    } types[] = {{"null", SQ_JSON_NULL},     {"boolean", SQ_JSON_BOOL},
                 {"number", SQ_JSON_NUMBER}, {"integer", SQ_SCHEMA_TYPE_INTEGER},
                 {"string", SQ_JSON_STRING}, {"array", SQ_JSON_ARRAY},
                 {"object", SQ_JSON_OBJECT}};
    if (sq_json_kind(name) != SQ_JSON_STRING) {
        return 0;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(sq_json_text(name, NULL), types[i].name) == 0) {
            return 1u << types[i].type;
        }
    }
    return 0;
}

static enum sq_status add_type(struct sq_schema_builder *builder, struct sq_schema_entry *entry,
                               const struct sq_json *name)
{
    unsigned bit = type_bit(name);
    if (bit == 0) {
        return sq_schema_mistake(builder, name,
                                 "`type` has to be null, boolean, number, integer, string, array, "
                                 "object, or an array of these");
    }
    if ((entry->types & bit) != 0) {
        return sq_schema_mistake(builder, name, "`type` names %s twice", sq_json_text(name, NULL));
    }
    entry->types |= bit;
    return SQ_OK;
}

static enum sq_status read_types(struct sq_schema_builder *builder, struct sq_schema_entry *entry)
{
    if (sq_json_kind(entry->value) != SQ_JSON_ARRAY) {
        return add_type(builder, entry, entry->value);
    }
    enum sq_status status = SQ_OK;
    for (const struct sq_json *name = sq_json_first(entry->value); name != NULL && status == SQ_OK;
         name = sq_json_next(name)) {
        status = add_type(builder, entry, name);
    }
    if (status == SQ_OK && entry->types == 0) {
        return sq_schema_mistake(builder, entry->value, "`type` has to name at least one type");
    }
    return status;
}

enum sq_status sq_schema_read_names(const struct sq_schema_builder *builder,
                                    enum sq_schema_keyword keyword, const struct sq_json *names)
{
    const struct sq_json *twice = NULL;
    if (sq_json_kind(names) != SQ_JSON_ARRAY) {
        return wrong(builder, keyword, names, "an array of strings");
    }
    for (const struct sq_json *name = sq_json_first(names); name != NULL;
         name = sq_json_next(name)) {
        if (sq_json_kind(name) != SQ_JSON_STRING) {
            return wrong(builder, keyword, name, "an array of strings");
        }
    }
    enum sq_status status = sq_schema_find_twice(names, &twice);
    if (status != SQ_OK) {
        return sq_schema_no_memory(builder);
    }
    if (twice != NULL) {
        return sq_schema_mistake(builder, twice, "`%s` names `%s` twice",
                                 sq_schema_row(keyword)->name, sq_json_text(twice, NULL));
    }
    return SQ_OK;
}

enum sq_status sq_schema_read_pattern(struct sq_schema_builder *builder, const struct sq_json *at,
                                      struct sq_schema_text text, struct sq_pattern **pattern)
{
    struct sq_error cause = {0};
    struct sq_schema_owned *owned = sq_arena_new(&builder->schema->arena, 1, sizeof *owned);
    if (owned == NULL) {
        return sq_schema_no_memory(builder);
    }
    enum sq_status status = sq_pattern_new(text.text, text.length, pattern, &cause);
    if (status == SQ_INVALID) {
        return sq_schema_mistake(builder, at, "%s", cause.text);
    }
    if (status != SQ_OK) {
        return sq_schema_no_memory(builder);
    }
    *owned = (struct sq_schema_owned){*pattern, builder->schema->patterns};
    builder->schema->patterns = owned;
    return SQ_OK;
}

static enum sq_status read_pattern(struct sq_schema_builder *builder, struct sq_schema_entry *entry)
{
    struct sq_schema_text text = {0};
    if (sq_json_kind(entry->value) != SQ_JSON_STRING) {
        return wrong(builder, entry->keyword, entry->value, "a regular expression in a string");
    }
    text.text = sq_json_text(entry->value, &text.length);
    return sq_schema_read_pattern(builder, entry->value, text, &entry->pattern);
}

static enum sq_status want_kind(const struct sq_schema_builder *builder,
                                const struct sq_schema_entry *entry, enum sq_json_kind kind,
                                const char *wanted)
{
    return sq_json_kind(entry->value) == kind
               ? SQ_OK
               : wrong(builder, entry->keyword, entry->value, wanted);
}

static enum sq_status want_schemas(const struct sq_schema_builder *builder,
                                   const struct sq_schema_entry *entry)
{
    if (sq_json_kind(entry->value) == SQ_JSON_ARRAY && sq_json_count(entry->value) > 0) {
        return SQ_OK;
    }
    return sq_schema_mistake(builder, entry->value,
                             "`%s` has to be an array of at least one schema",
                             sq_schema_row(entry->keyword)->name);
}

enum sq_status sq_schema_read_shape(struct sq_schema_builder *builder,
                                    struct sq_schema_entry *entry)
{
    switch (sq_schema_row(entry->keyword)->shape) {
    case SQ_SCHEMA_SHAPE_ANY:
    case SQ_SCHEMA_SHAPE_SCHEMA:
        return SQ_OK;
    case SQ_SCHEMA_SHAPE_ARRAY:
        return want_kind(builder, entry, SQ_JSON_ARRAY, "an array");
    case SQ_SCHEMA_SHAPE_BOOL:
        return want_kind(builder, entry, SQ_JSON_BOOL, "true or false");
    case SQ_SCHEMA_SHAPE_COUNT:
        return read_count(builder, entry);
    case SQ_SCHEMA_SHAPE_NUMBER:
        return want_kind(builder, entry, SQ_JSON_NUMBER, "a number");
    case SQ_SCHEMA_SHAPE_POSITIVE:
        return read_positive(builder, entry);
    case SQ_SCHEMA_SHAPE_TYPES:
        return read_types(builder, entry);
    case SQ_SCHEMA_SHAPE_PATTERN:
        return read_pattern(builder, entry);
    case SQ_SCHEMA_SHAPE_NAMES:
        return sq_schema_read_names(builder, entry->keyword, entry->value);
    case SQ_SCHEMA_SHAPE_NAMES_MAP:
        return want_kind(builder, entry, SQ_JSON_OBJECT, "an object of arrays of strings");
    case SQ_SCHEMA_SHAPE_SCHEMAS:
        return want_schemas(builder, entry);
    case SQ_SCHEMA_SHAPE_SCHEMA_MAP:
    case SQ_SCHEMA_SHAPE_PATTERN_MAP:
        return want_kind(builder, entry, SQ_JSON_OBJECT, "an object of schemas");
    case SQ_SCHEMA_SHAPE_TEXT:
    case SQ_SCHEMA_SHAPE_REFERENCE:
        return want_kind(builder, entry, SQ_JSON_STRING, "a string");
    }
    sq_assert(false && "a shape");
    return SQ_INVALID;
}
