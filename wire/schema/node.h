/* SPDX-License-Identifier: MIT */
/*
 * What a compiled schema is made of. A node is one schema (an object, true or false), an entry is
 * one keyword of it. Everything lives in the arena of struct sq_schema, but for the patterns, which
 * are chained there to be freed.
 */
#ifndef SQ_WIRE_SCHEMA_NODE_H
#define SQ_WIRE_SCHEMA_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "wire/json.h"
#include "wire/pattern.h"

/* What the value of a keyword has to be. */
enum sq_schema_shape {
    SQ_SCHEMA_SHAPE_ANY,
    SQ_SCHEMA_SHAPE_ARRAY,
    SQ_SCHEMA_SHAPE_BOOL,
    SQ_SCHEMA_SHAPE_COUNT, /* a whole number, 0 or more */
    SQ_SCHEMA_SHAPE_NUMBER,
    SQ_SCHEMA_SHAPE_POSITIVE, /* a number above 0 */
    SQ_SCHEMA_SHAPE_TYPES,
    SQ_SCHEMA_SHAPE_TEXT,
    SQ_SCHEMA_SHAPE_PATTERN,
    SQ_SCHEMA_SHAPE_NAMES,       /* array of different strings */
    SQ_SCHEMA_SHAPE_NAMES_MAP,   /* object of those */
    SQ_SCHEMA_SHAPE_SCHEMA,      /* object, true or false */
    SQ_SCHEMA_SHAPE_SCHEMAS,     /* array of schemas, at least one */
    SQ_SCHEMA_SHAPE_SCHEMA_MAP,  /* object of schemas */
    SQ_SCHEMA_SHAPE_PATTERN_MAP, /* the same, its keys are patterns */
    SQ_SCHEMA_SHAPE_REFERENCE
};

/* X(enumerator, name, shape), in the order in which they are checked: what is cheap and what people
 * understand best first, unevaluated last, because it needs the rest. */
#define SQ_SCHEMA_KEYWORD_LIST(X)                                                                  \
    X(TYPE, "type", TYPES)                                                                         \
    X(ENUM, "enum", ARRAY)                                                                         \
    X(CONST, "const", ANY)                                                                         \
    X(MULTIPLE_OF, "multipleOf", POSITIVE)                                                         \
    X(MAXIMUM, "maximum", NUMBER)                                                                  \
    X(EXCLUSIVE_MAXIMUM, "exclusiveMaximum", NUMBER)                                               \
    X(MINIMUM, "minimum", NUMBER)                                                                  \
    X(EXCLUSIVE_MINIMUM, "exclusiveMinimum", NUMBER)                                               \
    X(MAX_LENGTH, "maxLength", COUNT)                                                              \
    X(MIN_LENGTH, "minLength", COUNT)                                                              \
    X(PATTERN, "pattern", PATTERN)                                                                 \
    X(MAX_ITEMS, "maxItems", COUNT)                                                                \
    X(MIN_ITEMS, "minItems", COUNT)                                                                \
    X(UNIQUE_ITEMS, "uniqueItems", BOOL)                                                           \
    X(MAX_PROPERTIES, "maxProperties", COUNT)                                                      \
    X(MIN_PROPERTIES, "minProperties", COUNT)                                                      \
    X(REQUIRED, "required", NAMES)                                                                 \
    X(DEPENDENT_REQUIRED, "dependentRequired", NAMES_MAP)                                          \
    X(PROPERTY_NAMES, "propertyNames", SCHEMA)                                                     \
    X(PROPERTIES, "properties", SCHEMA_MAP)                                                        \
    X(PATTERN_PROPERTIES, "patternProperties", PATTERN_MAP)                                        \
    X(ADDITIONAL_PROPERTIES, "additionalProperties", SCHEMA)                                       \
    X(PREFIX_ITEMS, "prefixItems", SCHEMAS)                                                        \
    X(ITEMS, "items", SCHEMA)                                                                      \
    X(CONTAINS, "contains", SCHEMA)                                                                \
    X(MIN_CONTAINS, "minContains", COUNT)                                                          \
    X(MAX_CONTAINS, "maxContains", COUNT)                                                          \
    X(REF, "$ref", REFERENCE)                                                                      \
    X(DYNAMIC_REF, "$dynamicRef", REFERENCE)                                                       \
    X(ALL_OF, "allOf", SCHEMAS)                                                                    \
    X(ANY_OF, "anyOf", SCHEMAS)                                                                    \
    X(ONE_OF, "oneOf", SCHEMAS)                                                                    \
    X(NOT, "not", SCHEMA)                                                                          \
    X(IF, "if", SCHEMA)                                                                            \
    X(THEN, "then", SCHEMA)                                                                        \
    X(ELSE, "else", SCHEMA)                                                                        \
    X(DEPENDENT_SCHEMAS, "dependentSchemas", SCHEMA_MAP)                                           \
    X(UNEVALUATED_ITEMS, "unevaluatedItems", SCHEMA)                                               \
    X(UNEVALUATED_PROPERTIES, "unevaluatedProperties", SCHEMA)                                     \
    X(ID, "$id", TEXT)                                                                             \
    X(ANCHOR, "$anchor", TEXT)                                                                     \
    X(DYNAMIC_ANCHOR, "$dynamicAnchor", TEXT)                                                      \
    X(DEFS, "$defs", SCHEMA_MAP)                                                                   \
    X(DEFINITIONS, "definitions", SCHEMA_MAP)

#define SQ_SCHEMA_KEYWORD_ENUM(id, name, shape) SQ_SCHEMA_##id,
enum sq_schema_keyword { SQ_SCHEMA_KEYWORD_LIST(SQ_SCHEMA_KEYWORD_ENUM) SQ_SCHEMA_KEYWORDS };
#undef SQ_SCHEMA_KEYWORD_ENUM

/* "integer" has no kind of its own. */
#define SQ_SCHEMA_TYPE_INTEGER ((unsigned)SQ_JSON_OBJECT + 1)

struct sq_schema_node;

/* One of the values inside a keyword. */
struct sq_schema_part {
    const char *key; /* of a map; NULL in an array */
    size_t key_length;
    struct sq_schema_node *node; /* of schemas */
    const struct sq_json *names; /* of a map of names */
    struct sq_pattern *pattern;  /* of a map of patterns */
};

struct sq_schema_entry {
    enum sq_schema_keyword keyword;
    const struct sq_json *value;
    size_t count;                 /* of a count; SIZE_MAX when larger than that */
    unsigned types;               /* bits: 1 << enum sq_json_kind, 1 << SQ_SCHEMA_TYPE_INTEGER */
    struct sq_pattern *pattern;   /* of a pattern */
    struct sq_schema_node *node;  /* of a schema or reference */
    struct sq_schema_part *parts; /* sorted by key, or in the order of the array */
    size_t n_parts;
};

/* A schema with its own $id, or the root: what relative references start from. */
struct sq_schema_resource {
    const char *address; /* absolute where the $id allows it; "" for a root without $id */
    const struct sq_json *root;
    const struct sq_json *document; /* the root of the text it stands in */
    struct sq_schema_resource *next;
};

/* For finding references that lead back without going deeper into the value. */
enum sq_schema_visit { SQ_SCHEMA_NEW, SQ_SCHEMA_OPEN, SQ_SCHEMA_DONE };

struct sq_schema_node {
    const struct sq_json *json;
    struct sq_schema_resource *resource;
    struct sq_schema_entry *entries; /* in the order of the keywords */
    size_t n_entries;
    uint8_t at[SQ_SCHEMA_KEYWORDS]; /* 1 + index of the keyword's entry; 0: it has none */
    bool refuses;                   /* false as a schema */
    enum sq_schema_visit visit;
    struct sq_schema_node *next; /* all nodes, in the order they were made */
    struct sq_schema_node *same; /* in one bucket while compiling */
};

struct sq_schema_owned {
    struct sq_pattern *pattern;
    struct sq_schema_owned *next;
};

struct sq_schema {
    struct sq_arena arena;
    struct sq_json_document *draft; /* the schema of schemas, where it is referred to; else NULL */
    struct sq_schema_node *root;
    struct sq_schema_node *nodes;
    struct sq_schema_resource *resources;
    struct sq_schema_owned *patterns;
};

static inline const struct sq_schema_entry *sq_schema_entry(const struct sq_schema_node *node,
                                                            enum sq_schema_keyword keyword)
{
    uint8_t at = node->at[keyword];
    return at == 0 ? NULL : &node->entries[at - 1];
}

struct sq_schema_row {
    const char *name;
    enum sq_schema_shape shape;
};

const struct sq_schema_row *sq_schema_row(enum sq_schema_keyword keyword);

/* SQ_SCHEMA_KEYWORDS when there is no such keyword. */
enum sq_schema_keyword sq_schema_keyword_by_name(const char *name, size_t length);

/* The part with this key in a sorted map; NULL when there is none. */
const struct sq_schema_part *sq_schema_part(const struct sq_schema_entry *entry, const char *key,
                                            size_t length);
/* The value of a key, which may hold NUL bytes; NULL when there is none or json is no object. */
const struct sq_json *sq_schema_member(const struct sq_json *json, const char *key, size_t length);

/* Makes sq_schema_part possible. */
void sq_schema_sort_parts(struct sq_schema_entry *entry);

#endif
