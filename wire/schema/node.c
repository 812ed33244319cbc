/* SPDX-License-Identifier: MIT */
/* See node.h. */
#include "wire/schema/node.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

#define ROW(id, name_, shape_)                                                                     \
    [SQ_SCHEMA_##id] = {.name = (name_), .shape = SQ_SCHEMA_SHAPE_##shape_},
static const struct sq_schema_row rows[SQ_SCHEMA_KEYWORDS] = {SQ_SCHEMA_KEYWORD_LIST(ROW)};
#undef ROW

const struct sq_schema_row *sq_schema_row(enum sq_schema_keyword keyword)
{
    sq_assert(keyword < SQ_SCHEMA_KEYWORDS);
    return &rows[keyword];
}

enum sq_schema_keyword sq_schema_keyword_by_name(const char *name, size_t length)
{
    for (size_t i = 0; i < SQ_SCHEMA_KEYWORDS; i++) {
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0) {
            return (enum sq_schema_keyword)i;
        }
    }
    return SQ_SCHEMA_KEYWORDS;
}

static int compare_keys(const void *left, const void *right)
{
    const struct sq_schema_part *a = left;
    const struct sq_schema_part *b = right;
    size_t shorter = a->key_length < b->key_length ? a->key_length : b->key_length;
    int order = memcmp(a->key, b->key, shorter);
    return order != 0 ? order : (a->key_length > shorter) - (b->key_length > shorter);
}

void sq_schema_sort_parts(struct sq_schema_entry *entry)
{
    if (entry->n_parts > 1) {
        qsort(entry->parts, entry->n_parts, sizeof entry->parts[0], compare_keys);
    }
}

const struct sq_schema_part *sq_schema_part(const struct sq_schema_entry *entry, const char *key,
                                            size_t length)
{
    if (entry == NULL || entry->n_parts == 0) {
        return NULL;
    }
    struct sq_schema_part wanted = {.key = key, .key_length = length};
    return bsearch(&wanted, entry->parts, entry->n_parts, sizeof entry->parts[0], compare_keys);
}

const struct sq_json *sq_schema_member(const struct sq_json *json, const char *key, size_t length)
{
    if (sq_json_kind(json) != SQ_JSON_OBJECT) {
        return NULL;
    }
    for (const struct sq_json *value = sq_json_first(json); value != NULL;
         value = sq_json_next(value)) {
        if (sq_json_key_length(value) == length && memcmp(sq_json_key(value), key, length) == 0) {
            return value;
        }
    }
    return NULL;
}
