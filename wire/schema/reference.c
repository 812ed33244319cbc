/* SPDX-License-Identifier: MIT */
/* See reference.h. */
#include "wire/schema/reference.h"

#include <string.h>

#include "base/assert.h"
#include "wire/schema.h"
#include "wire/schema/address.h"
#include "wire/schema/draft.h"

/* Declaring */

static bool is_anchor(const char *text, size_t length)
{
    bool good = length > 0;
    for (size_t i = 0; i < length && good; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
        bool inner = (text[i] >= '0' && text[i] <= '9') || text[i] == '-' || text[i] == '.';
        good = letter || text[i] == '_' || (i > 0 && inner);
    }
    return good;
}

static struct sq_schema_resource *resource_at(const struct sq_schema_builder *builder,
                                              const char *address)
{
    struct sq_schema_resource *resource = builder->schema->resources;
    while (resource != NULL && strcmp(resource->address, address) != 0) {
        resource = resource->next;
    }
    return resource;
}

static enum sq_status add_resource(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                   const struct sq_json *id, const struct sq_strbuf *address)
{
    struct sq_schema *schema = builder->schema;
    struct sq_schema_resource *resource = sq_arena_new(&schema->arena, 1, sizeof *resource);
    const char *text = sq_arena_text(&schema->arena, sq_strbuf_text(address), address->length);
    if (resource == NULL || text == NULL || sq_strbuf_failed(address)) {
        return sq_schema_no_memory(builder);
    }
    if (resource_at(builder, text) != NULL && node->json != node->resource->document) {
        return sq_schema_mistake(builder, id, "`$id` stands twice in this document");
    }
    *resource =
        (struct sq_schema_resource){text, node->json, node->resource->document, schema->resources};
    schema->resources = resource;
    node->resource = resource;
    return SQ_OK;
}

static enum sq_status declare_id(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                 const struct sq_json *id)
{
    size_t length;
    struct sq_strbuf address = {0};
    const char *text = sq_json_text(id, &length);
    size_t n = sq_schema_address_length(text, length);
    if (n + 1 < length) {
        return sq_schema_mistake(builder, id, "`$id` may not have a fragment; `$anchor` does that");
    }
    sq_schema_address_resolve(node->resource->address, text, n, &address);
    enum sq_status status = add_resource(builder, node, id, &address);
    sq_strbuf_clear(&address);
    return status;
}

static struct sq_schema_node *anchored(const struct sq_schema_builder *builder,
                                       const struct sq_schema_resource *resource, const char *name,
                                       size_t length)
{
    for (const struct sq_schema_anchor *anchor = builder->anchors; anchor != NULL;
         anchor = anchor->next) {
        size_t anchor_length;
        const char *text = sq_json_text(anchor->name, &anchor_length);
        if (anchor->resource == resource && anchor_length == length &&
            memcmp(text, name, length) == 0) {
            return anchor->node;
        }
    }
    return NULL;
}

static enum sq_status declare_anchor(struct sq_schema_builder *builder, struct sq_schema_node *node,
                                     const struct sq_schema_entry *entry)
{
    size_t length;
    const char *text = sq_json_text(entry->value, &length);
    if (!is_anchor(text, length)) {
        return sq_schema_mistake(builder, entry->value,
                                 "`%s` has to begin with a letter or _ and go on with letters, "
                                 "digits, - _ and .",
                                 sq_schema_row(entry->keyword)->name);
    }
    struct sq_schema_node *other = anchored(builder, node->resource, text, length);
    if (other != NULL && other != node) {
        return sq_schema_mistake(builder, entry->value, "anchor `%s` stands twice in one schema",
                                 text);
    }
    struct sq_schema_anchor *anchor = sq_arena_new(&builder->schema->arena, 1, sizeof *anchor);
    if (anchor == NULL) {
        return sq_schema_no_memory(builder);
    }
    *anchor = (struct sq_schema_anchor){node->resource, entry->value, node, builder->anchors};
    builder->anchors = anchor;
    return SQ_OK;
}

/* An entry whose value is a string; others are refused where shapes are read. */
static const struct sq_schema_entry *text_entry(const struct sq_schema_node *node,
                                                enum sq_schema_keyword keyword)
{
    const struct sq_schema_entry *entry = sq_schema_entry(node, keyword);
    return entry != NULL && sq_json_kind(entry->value) == SQ_JSON_STRING ? entry : NULL;
}

enum sq_status sq_schema_declare(struct sq_schema_builder *builder, struct sq_schema_node *node)
{
    static const enum sq_schema_keyword anchors[] = {SQ_SCHEMA_ANCHOR, SQ_SCHEMA_DYNAMIC_ANCHOR};
    const struct sq_schema_entry *id = text_entry(node, SQ_SCHEMA_ID);
    enum sq_status status = id != NULL ? declare_id(builder, node, id->value) : SQ_OK;
    for (size_t i = 0; i < 2 && status == SQ_OK; i++) {
        const struct sq_schema_entry *anchor = text_entry(node, anchors[i]);
        status = anchor != NULL ? declare_anchor(builder, node, anchor) : SQ_OK;
    }
    return status;
}

/* Resolving */

/* Where a pointer or anchor leads: a value, and the resource it belongs to. */
struct target {
    const struct sq_json *json; /* NULL: nowhere */
    struct sq_schema_resource *resource;
    bool no_memory; /* on the way there: nothing is known */
};

/* Adds one token of a pointer, `~0` and `~1` undone. False: `~` followed by something else. */
static bool add_token(const char *text, size_t length, struct sq_strbuf *token)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '~') {
            sq_strbuf_add_char(token, text[i]);
        } else if (i + 1 < length && (text[i + 1] == '0' || text[i + 1] == '1')) {
            sq_strbuf_add_char(token, text[++i] == '0' ? '~' : '/');
        } else {
            return false;
        }
    }
    return true;
}

static const struct sq_json *element(const struct sq_json *array, const char *digits, size_t length)
{
    size_t index = 0;
    if (length == 0 || (length > 1 && digits[0] == '0')) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9' || index > SQ_JSON_VALUES_MAX) {
            return NULL;
        }
        index = index * 10 + (size_t)(digits[i] - '0');
    }
    const struct sq_json *value = sq_json_first(array);
    for (; value != NULL && index > 0; index--) {
        value = sq_json_next(value);
    }
    return value;
}

/* One token further, or nowhere. */
static void step(struct target *target, const char *text, size_t length)
{
    struct sq_strbuf token = {0};
    const struct sq_json *from = target->json;
    target->json = NULL;
    if (add_token(text, length, &token)) {
        target->json = sq_json_kind(from) == SQ_JSON_ARRAY
                           ? element(from, sq_strbuf_text(&token), token.length)
                           : sq_schema_member(from, sq_strbuf_text(&token), token.length);
    }
    target->no_memory = target->no_memory || sq_strbuf_failed(&token);
    sq_strbuf_clear(&token);
}

/* pointer is empty or begins with a slash. */
static void follow(const struct sq_schema_builder *builder, const char *pointer, size_t length,
                   struct target *target)
{
    size_t at = 0;
    while (at < length && target->json != NULL) {
        size_t end = ++at;
        while (end < length && pointer[end] != '/') {
            end++;
        }
        step(target, pointer + at, end - at);
        const struct sq_schema_node *node =
            target->json != NULL ? sq_schema_node_of(builder, target->json) : NULL;
        target->resource = node != NULL ? node->resource : target->resource;
        at = end;
    }
}

static void find_fragment(const struct sq_schema_builder *builder, const struct sq_strbuf *fragment,
                          struct target *target)
{
    const char *text = sq_strbuf_text(fragment);
    if (fragment->length == 0 || text[0] == '/') {
        follow(builder, text, fragment->length, target);
        return;
    }
    const struct sq_schema_node *node = anchored(builder, target->resource, text, fragment->length);
    target->json = node != NULL ? node->json : NULL;
}

/* Finds the resource a reference names; there may be none. */
static enum sq_status find_resource(struct sq_schema_builder *builder,
                                    const struct sq_schema_node *node, const char *text,
                                    size_t length, struct target *target)
{
    enum sq_status status = SQ_OK;
    struct sq_strbuf address = {0};
    if (length == 0) {
        target->resource = node->resource;
        return SQ_OK;
    }
    sq_schema_address_resolve(node->resource->address, text, length, &address);
    target->resource = resource_at(builder, sq_strbuf_text(&address));
    if (target->resource == NULL && sq_schema_is_draft(sq_strbuf_text(&address))) {
        status = sq_schema_add_draft(builder, &target->resource);
    }
    status = sq_strbuf_failed(&address) ? sq_schema_no_memory(builder) : status;
    sq_strbuf_clear(&address);
    return status;
}

/* Finds where a reference leads; target->json stays NULL when that is nowhere. */
static enum sq_status find_target(struct sq_schema_builder *builder,
                                  const struct sq_schema_node *node,
                                  const struct sq_json *reference, struct target *target)
{
    size_t length;
    struct sq_strbuf fragment = {0};
    const char *text = sq_json_text(reference, &length);
    size_t n = sq_schema_address_length(text, length);
    enum sq_status status = find_resource(builder, node, text, n, target);
    if (status != SQ_OK || target->resource == NULL) {
        return status;
    }
    if (n >= length || sq_schema_address_decode(text + n + 1, length - n - 1, &fragment)) {
        target->json = target->resource->root;
        find_fragment(builder, &fragment, target);
    }
    bool no_memory = target->no_memory || sq_strbuf_failed(&fragment);
    sq_strbuf_clear(&fragment);
    return no_memory ? sq_schema_no_memory(builder) : SQ_OK;
}

static enum sq_status resolve_one(struct sq_schema_builder *builder,
                                  const struct sq_schema_pending *pending)
{
    struct sq_schema_entry *entry = pending->entry;
    struct target target = {0};
    enum sq_status status = find_target(builder, pending->node, entry->value, &target);
    if (status != SQ_OK) {
        return status;
    }
    if (target.json == NULL) {
        return sq_schema_mistake(
            builder, entry->value, "`%s` leads to `%s`, %s", sq_schema_row(entry->keyword)->name,
            sq_json_text(entry->value, NULL),
            target.resource == NULL ? "which is not in this document; nothing is fetched"
                                    : "and nothing is there");
    }
    return sq_schema_add(builder, target.json, target.resource, &entry->node);
}

enum sq_status sq_schema_resolve(struct sq_schema_builder *builder)
{
    enum sq_status status = SQ_OK;
    for (const struct sq_schema_pending *pending = builder->pending;
         pending != NULL && status == SQ_OK; pending = pending->next) {
        status = resolve_one(builder, pending);
    }
    return status;
}

/* Loops */

/* Whether the keyword applies its schemas to the very value that its own schema is applied to. */
static bool stays(enum sq_schema_keyword keyword)
{
    static const enum sq_schema_keyword keywords[] = {
        SQ_SCHEMA_REF,    SQ_SCHEMA_DYNAMIC_REF,
        SQ_SCHEMA_ALL_OF, SQ_SCHEMA_ANY_OF,
        SQ_SCHEMA_ONE_OF, SQ_SCHEMA_NOT,
        SQ_SCHEMA_IF,     SQ_SCHEMA_THEN,
        SQ_SCHEMA_ELSE,   SQ_SCHEMA_DEPENDENT_SCHEMAS};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (keywords[i] == keyword) {
            return true;
        }
    }
    return false;
}

static enum sq_status visit(struct sq_schema_builder *builder, struct sq_schema_node *node,
                            size_t depth);

static enum sq_status visit_next(struct sq_schema_builder *builder,
                                 const struct sq_schema_entry *entry, struct sq_schema_node *node,
                                 size_t depth)
{
    if (node->visit == SQ_SCHEMA_OPEN) {
        return sq_schema_mistake(builder, entry->value,
                                 "`%s` comes back to where it began without going deeper into the "
                                 "value",
                                 sq_schema_row(entry->keyword)->name);
    }
    if (depth >= SQ_SCHEMA_DEPTH_MAX) {
        return sq_schema_mistake(builder, entry->value,
                                 "more than %d schemas lead to each other for one value",
                                 SQ_SCHEMA_DEPTH_MAX);
    }
    return visit(builder, node, depth);
}

static enum sq_status visit(struct sq_schema_builder *builder, struct sq_schema_node *node,
                            size_t depth)
{
    enum sq_status status = SQ_OK;
    if (node->visit == SQ_SCHEMA_DONE) {
        return SQ_OK;
    }
    node->visit = SQ_SCHEMA_OPEN;
    for (size_t i = 0; i < node->n_entries && status == SQ_OK; i++) {
        const struct sq_schema_entry *entry = &node->entries[i];
        if (!stays(entry->keyword)) {
            continue;
        }
        if (entry->node != NULL) {
            status = visit_next(builder, entry, entry->node, depth + 1);
        }
        for (size_t k = 0; k < entry->n_parts && status == SQ_OK; k++) {
            status = visit_next(builder, entry, entry->parts[k].node, depth + 1);
        }
    }
    node->visit = SQ_SCHEMA_DONE;
    return status;
}

enum sq_status sq_schema_refuse_loops(struct sq_schema_builder *builder)
{
    enum sq_status status = SQ_OK;
    for (struct sq_schema_node *node = builder->schema->nodes; node != NULL && status == SQ_OK;
         node = node->next) {
        status = visit(builder, node, 0);
    }
    return status;
}
