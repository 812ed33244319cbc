/* SPDX-License-Identifier: MIT */
/* See compile.h. The recursion follows the document, which is SQ_JSON_DEPTH_MAX deep at most. */
#include "wire/schema/compile.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "wire/schema/reference.h"
#include "wire/schema/shape.h"

#define MESSAGE_BYTES SQ_ERROR_TEXT_BYTES

enum sq_status sq_schema_mistake(const struct sq_schema_builder *builder,
                                 const struct sq_json *value, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    struct sq_json_where where = sq_json_where(value);
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(text, sizeof text, format, arguments);
    va_end(arguments);
    sq_error_set(builder->err, SQ_INVALID, "%s", text);
    sq_json_where_error(&where, builder->file, builder->err);
    return SQ_INVALID;
}

enum sq_status sq_schema_no_memory(const struct sq_schema_builder *builder)
{
    return sq_error_set(builder->err, SQ_NO_MEMORY, "out of memory for a JSON Schema");
}

static size_t bucket_of(const struct sq_json *json)
{
    return sq_json_where(json).offset % SQ_SCHEMA_BUCKETS;
}

struct sq_schema_node *sq_schema_node_of(const struct sq_schema_builder *builder,
                                         const struct sq_json *json)
{
    struct sq_schema_node *node = builder->buckets[bucket_of(json)];
    while (node != NULL && node->json != json) {
        node = node->same;
    }
    return node;
}

/* One part per member or element of the entry's value. */
static enum sq_status new_parts(struct sq_schema_builder *builder, struct sq_schema_entry *entry)
{
    size_t count = sq_json_count(entry->value);
    entry->parts = sq_arena_new(&builder->schema->arena, count, sizeof *entry->parts);
    if (entry->parts == NULL) {
        return sq_schema_no_memory(builder);
    }
    size_t i = 0;
    for (const struct sq_json *value = sq_json_first(entry->value); value != NULL;
         value = sq_json_next(value)) {
        entry->parts[i].key = sq_json_key(value);
        entry->parts[i++].key_length = sq_json_key_length(value);
    }
    sq_assert(i == count);
    entry->n_parts = count;
    return SQ_OK;
}

static enum sq_status add_schemas(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                  struct sq_schema_entry *entry)
{
    enum sq_status status = new_parts(builder, entry);
    size_t i = 0;
    for (const struct sq_json *value = sq_json_first(entry->value);
         value != NULL && status == SQ_OK; value = sq_json_next(value)) {
        status = sq_schema_add(builder, value, node->resource, &entry->parts[i++].node);
    }
    return status;
}

static enum sq_status add_pattern_map(struct sq_schema_builder *builder,
                                      struct sq_schema_node *node, struct sq_schema_entry *entry)
{
    enum sq_status status = add_schemas(builder, node, entry);
    const struct sq_json *value = sq_json_first(entry->value);
    for (size_t i = 0; i < entry->n_parts && status == SQ_OK; i++, value = sq_json_next(value)) {
        struct sq_schema_part *part = &entry->parts[i];
        struct sq_schema_text key = {part->key, part->key_length};
        status = sq_schema_read_pattern(builder, value, key, &part->pattern);
    }
    return status;
}

static enum sq_status add_names_map(struct sq_schema_builder *builder,
                                    struct sq_schema_entry *entry)
{
    enum sq_status status = new_parts(builder, entry);
    size_t i = 0;
    for (const struct sq_json *value = sq_json_first(entry->value);
         value != NULL && status == SQ_OK; value = sq_json_next(value)) {
        entry->parts[i++].names = value;
        status = sq_schema_read_names(builder, entry->keyword, value);
    }
    return status;
}

/* The sorted parts of a map. */
static enum sq_status sorted(enum sq_status status, struct sq_schema_entry *entry)
{
    if (status == SQ_OK) {
        sq_schema_sort_parts(entry);
    }
    return status;
}

static enum sq_status add_pending(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                  struct sq_schema_entry *entry)
{
    struct sq_schema_pending *pending = sq_arena_new(&builder->schema->arena, 1, sizeof *pending);
    if (pending == NULL) {
        return sq_schema_no_memory(builder);
    }
    *pending = (struct sq_schema_pending){.node = node, .entry = entry};
    *builder->last_pending = pending;
    builder->last_pending = &pending->next;
    return SQ_OK;
}

static enum sq_status add_entry(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                struct sq_schema_entry *entry)
{
    enum sq_schema_shape shape = sq_schema_row(entry->keyword)->shape;
    enum sq_status status = sq_schema_read_shape(builder, entry);
    if (status != SQ_OK) {
        return status;
    }
    switch (shape) {
    case SQ_SCHEMA_SHAPE_SCHEMA:
        return sq_schema_add(builder, entry->value, node->resource, &entry->node);
    case SQ_SCHEMA_SHAPE_SCHEMAS:
        return add_schemas(builder, node, entry);
    case SQ_SCHEMA_SHAPE_SCHEMA_MAP:
        return sorted(add_schemas(builder, node, entry), entry);
    case SQ_SCHEMA_SHAPE_PATTERN_MAP:
        return add_pattern_map(builder, node, entry);
    case SQ_SCHEMA_SHAPE_NAMES_MAP:
        return sorted(add_names_map(builder, entry), entry);
    case SQ_SCHEMA_SHAPE_REFERENCE:
        return add_pending(builder, node, entry);
    case SQ_SCHEMA_SHAPE_ANY:
    case SQ_SCHEMA_SHAPE_ARRAY:
    case SQ_SCHEMA_SHAPE_BOOL:
    case SQ_SCHEMA_SHAPE_COUNT:
    case SQ_SCHEMA_SHAPE_NUMBER:
    case SQ_SCHEMA_SHAPE_POSITIVE:
    case SQ_SCHEMA_SHAPE_TYPES:
    case SQ_SCHEMA_SHAPE_TEXT:
    case SQ_SCHEMA_SHAPE_PATTERN:
    case SQ_SCHEMA_SHAPE_NAMES:
        return SQ_OK;
    }
    sq_assert(false && "a shape");
    return SQ_INVALID;
}

/* The node's entries, in the order of the keywords, their values not read yet. */
static enum sq_status new_entries(struct sq_schema_builder *builder, struct sq_schema_node *node)
{
    const struct sq_json *values[SQ_SCHEMA_KEYWORDS] = {0};
    size_t n = 0;
    for (const struct sq_json *value = sq_json_first(node->json); value != NULL;
         value = sq_json_next(value)) {
        enum sq_schema_keyword keyword =
            sq_schema_keyword_by_name(sq_json_key(value), sq_json_key_length(value));
        if (keyword != SQ_SCHEMA_KEYWORDS) {
            values[keyword] = value;
            n++;
        }
    }
    node->entries = sq_arena_new(&builder->schema->arena, n, sizeof *node->entries);
    if (node->entries == NULL) {
        return sq_schema_no_memory(builder);
    }
    for (size_t i = 0; i < SQ_SCHEMA_KEYWORDS; i++) {
        if (values[i] != NULL) {
            node->entries[node->n_entries].keyword = (enum sq_schema_keyword)i;
            node->entries[node->n_entries].value = values[i];
            node->at[i] = (uint8_t)++node->n_entries;
        }
    }
    return SQ_OK;
}

static enum sq_status fill_node(struct sq_schema_builder *builder, struct sq_schema_node *node)
{
    enum sq_status status = new_entries(builder, node);
    if (status == SQ_OK) {
        status = sq_schema_declare(builder, node);
    }
    for (size_t i = 0; i < node->n_entries && status == SQ_OK; i++) {
        status = add_entry(builder, node, &node->entries[i]);
    }
    return status;
}

enum sq_status sq_schema_add(struct sq_schema_builder *builder, const struct sq_json *json,
                             struct sq_schema_resource *resource, struct sq_schema_node **node)
{
    *node = sq_schema_node_of(builder, json);
    if (*node != NULL) {
        return SQ_OK;
    }
    enum sq_json_kind kind = sq_json_kind(json);
    if (kind != SQ_JSON_OBJECT && kind != SQ_JSON_BOOL) {
        return sq_schema_mistake(builder, json, "a schema is an object, true or false, not this %s",
                                 sq_json_kind_name(kind));
    }
    struct sq_schema_node *made = sq_arena_new(&builder->schema->arena, 1, sizeof *made);
    if (made == NULL) {
        return sq_schema_no_memory(builder);
    }
    made->json = json;
    made->resource = resource;
    made->refuses = kind == SQ_JSON_BOOL && !sq_json_bool(json);
    made->same = builder->buckets[bucket_of(json)];
    builder->buckets[bucket_of(json)] = made;
    *builder->last = made;
    builder->last = &made->next;
    *node = made;
    return kind == SQ_JSON_OBJECT ? fill_node(builder, made) : SQ_OK;
}
