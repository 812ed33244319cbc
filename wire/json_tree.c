/* SPDX-License-Identifier: MIT */
/*
 * See json.h. The tree is cJSON's: every node begins with a cJSON item, linked by cJSON's own
 * functions. Only its parser is not used: it takes numbers by strtod and the locale, ends strings
 * at \u0000, keeps no places, and allocates through hooks that are global to the process. The
 * scanner feeds the tree instead, all nodes live in the document's arena, and cJSON allocates
 * nothing: keys are added as constants and no item is ever deleted alone.
 */
#include "wire/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/memory.h"
#include "wire/json_escape.h"
#include "wire/json_number.h"
#include "wire/text.h"

/* Columns of a key that an error quotes. */
#define KEY_COLUMNS 60

struct sq_json {
    cJSON item; /* first, so that cJSON's links are links of nodes */
    size_t text_length;
    size_t key_length;
    struct sq_json_where where;
    struct sq_json_where key_where;
};

struct sq_json_document {
    struct sq_arena arena;
    struct sq_json *root;
};

/* While a document is being read. */
struct builder {
    struct sq_json_scan scan;
    struct sq_json_document *document;
    const char *file;
    struct sq_error *err;
    size_t n_values;
    struct sq_json
        *open[SQ_JSON_DEPTH_MAX]; /* containers, outermost first; the scan has the depth */
    struct sq_json_token key;     /* of the member whose value comes */
    bool has_key;
};

static struct sq_json *node_of(cJSON *item)
{
    return (struct sq_json *)item;
}

/* Building */

static enum sq_status no_memory(struct builder *builder)
{
    return sq_error_set(builder->err, SQ_NO_MEMORY, "out of memory while reading JSON");
}

/* What a key or string means, in the arena; NULL when out of memory. */
static char *meaning(struct builder *builder, const struct sq_json_token *token, size_t *length)
{
    struct sq_arena *arena = &builder->document->arena;
    if (!token->escaped) {
        *length = token->length;
        return sq_arena_text(arena, token->text, token->length);
    }
    char *text = sq_arena_new(arena, token->length + 1, 1);
    if (text != NULL) {
        *length = sq_json_escape_undo(token->text, token->length, text);
        text[*length] = '\0';
    }
    return text;
}

static int item_type(enum sq_json_event event)
{
    switch (event) {
    case SQ_JSON_OBJECT_BEGIN:
        return cJSON_Object;
    case SQ_JSON_ARRAY_BEGIN:
        return cJSON_Array;
    case SQ_JSON_TEXT_VALUE:
        return cJSON_String;
    case SQ_JSON_NUMBER_VALUE:
        return cJSON_Number;
    case SQ_JSON_TRUE_VALUE:
        return cJSON_True;
    case SQ_JSON_FALSE_VALUE:
        return cJSON_False;
    case SQ_JSON_NULL_VALUE:
        return cJSON_NULL;
    case SQ_JSON_OBJECT_END:
    case SQ_JSON_ARRAY_END:
    case SQ_JSON_MEMBER_KEY:
        break;
    }
    sq_assert(false && "an event that begins a value");
    return cJSON_Invalid;
}

/* A node for the value that begins with token, not yet linked; NULL when out of memory. Numbers
 * keep their digits as text: cJSON's double is not used. */
static struct sq_json *new_node(struct builder *builder, const struct sq_json_token *token)
{
    struct sq_json *node = sq_arena_new(&builder->document->arena, 1, sizeof *node);
    if (node == NULL) {
        return NULL;
    }
    node->item.type = item_type(token->event);
    node->where = token->where;
    node->key_where = token->where;
    if (token->event == SQ_JSON_TEXT_VALUE || token->event == SQ_JSON_NUMBER_VALUE) {
        node->item.valuestring = meaning(builder, token, &node->text_length);
        return node->item.valuestring != NULL ? node : NULL;
    }
    return node;
}

/* Hangs node into the open container at `level`, or makes it the root. */
static enum sq_status link_node(struct builder *builder, struct sq_json *node, size_t level)
{
    if (level == 0) {
        builder->document->root = node;
        return SQ_OK;
    }
    cJSON *parent = &builder->open[level - 1]->item;
    cJSON_bool linked;
    if (builder->has_key) {
        char *key = meaning(builder, &builder->key, &node->key_length);
        if (key == NULL) {
            return no_memory(builder);
        }
        node->key_where = builder->key.where;
        builder->has_key = false;
        linked = cJSON_AddItemToObjectCS(parent, key, &node->item);
    } else {
        linked = cJSON_AddItemToArray(parent, &node->item);
    }
    sq_assert(linked);
    return SQ_OK;
}

static enum sq_status add_value(struct builder *builder, const struct sq_json_token *token)
{
    bool container = token->event == SQ_JSON_OBJECT_BEGIN || token->event == SQ_JSON_ARRAY_BEGIN;
    size_t level = builder->scan.depth - (container ? 1 : 0);
    if (++builder->n_values > SQ_JSON_VALUES_MAX) {
        sq_error_set(builder->err, SQ_INVALID, "more than %d values in one document",
                     SQ_JSON_VALUES_MAX);
        return SQ_INVALID;
    }
    struct sq_json *node = new_node(builder, token);
    if (node == NULL) {
        return no_memory(builder);
    }
    if (container) {
        builder->open[level] = node;
    }
    return link_node(builder, node, level);
}

/* Duplicate keys: the members are sorted by key, so equal ones become neighbours. */

static int compare_keys(const struct sq_json *a, const struct sq_json *b)
{
    size_t shorter = a->key_length < b->key_length ? a->key_length : b->key_length;
    int order = memcmp(a->item.string, b->item.string, shorter);
    if (order != 0 || a->key_length == b->key_length) {
        return order;
    }
    return a->key_length < b->key_length ? -1 : 1;
}

static int compare_members(const void *left, const void *right)
{
    const struct sq_json *a = *(const struct sq_json *const *)left;
    const struct sq_json *b = *(const struct sq_json *const *)right;
    int order = compare_keys(a, b);
    if (order != 0) {
        return order;
    }
    return a->key_where.offset < b->key_where.offset ? -1 : 1;
}

/* Of the sorted members the first in the text that repeats a key, with the one it repeats. */
static const struct sq_json *find_repeated(struct sq_json **members, size_t n_members,
                                           const struct sq_json **first)
{
    const struct sq_json *repeated = NULL;
    for (size_t i = 1; i < n_members; i++) {
        bool earlier =
            repeated == NULL || members[i]->key_where.offset < repeated->key_where.offset;
        if (compare_keys(members[i - 1], members[i]) == 0 && earlier) {
            repeated = members[i];
            *first = members[i - 1];
        }
    }
    return repeated;
}

static enum sq_status duplicate_error(struct builder *builder, const struct sq_json *first,
                                      const struct sq_json *repeated)
{
    const char *key = repeated->item.string;
    size_t shown = sq_text_cut(key, repeated->key_length, KEY_COLUMNS);
    const char *more = shown < repeated->key_length ? "..." : "";
    sq_error_set(builder->err, SQ_INVALID,
                 "duplicate key `%.*s%s`, given before at line %u, column %u", (int)shown, key,
                 more, (unsigned)first->key_where.line, (unsigned)first->key_where.column);
    if (builder->err != NULL) {
        sq_error_hint(builder->err, "remove one of the two");
        sq_json_where_error(&repeated->key_where, builder->file, builder->err);
    }
    return SQ_INVALID;
}

static enum sq_status refuse_duplicates(struct builder *builder, const struct sq_json *object)
{
    size_t n_members = sq_json_count(object);
    if (n_members < 2) {
        return SQ_OK;
    }
    struct sq_json **members = sq_memory_new(n_members, sizeof(struct sq_json *));
    if (members == NULL) {
        return no_memory(builder);
    }
    size_t n = 0;
    for (cJSON *item = object->item.child; item != NULL; item = item->next) {
        members[n++] = node_of(item);
    }
    qsort(members, n, sizeof(struct sq_json *), compare_members);
    const struct sq_json *first = NULL;
    const struct sq_json *repeated = find_repeated(members, n, &first);
    sq_memory_free(members);
    return repeated == NULL ? SQ_OK : duplicate_error(builder, first, repeated);
}

static enum sq_status take(struct builder *builder, const struct sq_json_token *token)
{
    switch (token->event) {
    case SQ_JSON_MEMBER_KEY:
        builder->key = *token;
        builder->has_key = true;
        return SQ_OK;
    case SQ_JSON_OBJECT_END:
        return refuse_duplicates(builder, builder->open[builder->scan.depth]);
    case SQ_JSON_ARRAY_END:
        return SQ_OK;
    case SQ_JSON_OBJECT_BEGIN:
    case SQ_JSON_ARRAY_BEGIN:
    case SQ_JSON_TEXT_VALUE:
    case SQ_JSON_NUMBER_VALUE:
    case SQ_JSON_TRUE_VALUE:
    case SQ_JSON_FALSE_VALUE:
    case SQ_JSON_NULL_VALUE:
        return add_value(builder, token);
    }
    sq_assert(false && "event of the scanner");
    return SQ_INVALID;
}

static enum sq_status build(struct builder *builder)
{
    struct sq_json_token token;
    enum sq_status status = SQ_OK;
    while (status == SQ_OK && sq_json_scan_next(&builder->scan, &token)) {
        status = take(builder, &token);
    }
    if (status == SQ_OK && builder->scan.problem != SQ_JSON_PROBLEM_NONE) {
        status = sq_json_scan_error(&builder->scan, builder->file, builder->err);
    }
    return status;
}

enum sq_status sq_json_read(const char *text, size_t length, const struct sq_json_options *options,
                            struct sq_json_document **document, struct sq_error *err)
{
    static const struct sq_json_options plain = {0};
    options = options != NULL ? options : &plain;
    struct builder builder = {.file = options->file, .err = err};
    sq_json_scan_init(&builder.scan, text, length, options->jsonc);
    *document = NULL;
    builder.document = sq_memory_new(1, sizeof *builder.document);
    if (builder.document == NULL) {
        return no_memory(&builder);
    }
    enum sq_status status = build(&builder);
    if (status != SQ_OK) {
        sq_json_free(builder.document);
        return status;
    }
    sq_assert(builder.document->root != NULL);
    *document = builder.document;
    return SQ_OK;
}

void sq_json_free(struct sq_json_document *document)
{
    if (document != NULL) {
        sq_arena_clear(&document->arena);
        sq_memory_free(document);
    }
}

/* Reading */

const struct sq_json *sq_json_root(const struct sq_json_document *document)
{
    return document->root;
}

enum sq_json_kind sq_json_kind(const struct sq_json *node)
{
    if (cJSON_IsObject(&node->item)) {
        return SQ_JSON_OBJECT;
    }
    if (cJSON_IsArray(&node->item)) {
        return SQ_JSON_ARRAY;
    }
    if (cJSON_IsString(&node->item)) {
        return SQ_JSON_STRING;
    }
    if (cJSON_IsNumber(&node->item)) {
        return SQ_JSON_NUMBER;
    }
    return cJSON_IsBool(&node->item) ? SQ_JSON_BOOL : SQ_JSON_NULL;
}

const char *sq_json_kind_name(enum sq_json_kind kind)
{
    static const char *const names[] = {"null",   "true or false", "number",
                                        "string", "array",         "object"};
    sq_assert(kind <= SQ_JSON_OBJECT);
    return names[kind];
}

const struct sq_json *sq_json_first(const struct sq_json *node)
{
    return node_of(node->item.child);
}

const struct sq_json *sq_json_next(const struct sq_json *node)
{
    return node_of(node->item.next);
}

size_t sq_json_count(const struct sq_json *node)
{
    return (size_t)cJSON_GetArraySize(&node->item);
}

const struct sq_json *sq_json_member(const struct sq_json *object, const char *key)
{
    size_t length = strlen(key);
    if (!cJSON_IsObject(&object->item)) {
        return NULL;
    }
    for (const struct sq_json *node = sq_json_first(object); node != NULL;
         node = sq_json_next(node)) {
        if (node->key_length == length && memcmp(node->item.string, key, length) == 0) {
            return node;
        }
    }
    return NULL;
}

const char *sq_json_key(const struct sq_json *node)
{
    return node->item.string;
}

size_t sq_json_key_length(const struct sq_json *node)
{
    return node->key_length;
}

const char *sq_json_text(const struct sq_json *node, size_t *length)
{
    sq_assert(cJSON_IsString(&node->item));
    if (length != NULL) {
        *length = node->text_length;
    }
    return node->item.valuestring;
}

bool sq_json_bool(const struct sq_json *node)
{
    sq_assert(cJSON_IsBool(&node->item));
    return cJSON_IsTrue(&node->item);
}

const char *sq_json_digits(const struct sq_json *node, size_t *length)
{
    sq_assert(cJSON_IsNumber(&node->item));
    if (length != NULL) {
        *length = node->text_length;
    }
    return node->item.valuestring;
}

bool sq_json_int64(const struct sq_json *node, int64_t *out)
{
    return sq_json_decimal(node, 0, out);
}

bool sq_json_decimal(const struct sq_json *node, int scale, int64_t *out)
{
    return cJSON_IsNumber(&node->item) &&
           sq_json_number_decimal(node->item.valuestring, node->text_length, scale, out);
}

struct sq_json_where sq_json_where(const struct sq_json *node)
{
    return node->where;
}

struct sq_json_where sq_json_key_where(const struct sq_json *node)
{
    return node->key_where;
}
