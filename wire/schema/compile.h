/* SPDX-License-Identifier: MIT */
/*
 * From a document to nodes. First every schema that is reachable through keywords is made, with the
 * addresses and anchors it declares; then references are followed, which may make more nodes: a
 * pointer may lead anywhere in the document.
 */
#ifndef SQ_WIRE_SCHEMA_COMPILE_H
#define SQ_WIRE_SCHEMA_COMPILE_H

#include "wire/schema/node.h"

/* Lists of nodes by their place in the text: a linear search in each is short enough. */
#define SQ_SCHEMA_BUCKETS 4096

struct sq_schema_anchor {
    const struct sq_schema_resource *resource;
    const struct sq_json *name;
    struct sq_schema_node *node;
    struct sq_schema_anchor *next;
};

/* A reference whose target is not known yet. */
struct sq_schema_pending {
    struct sq_schema_node *node;
    struct sq_schema_entry *entry;
    struct sq_schema_pending *next;
};

struct sq_schema_builder {
    struct sq_schema *schema;
    const char *file;
    struct sq_error *err;
    struct sq_schema_node **last; /* where the next node is chained */
    struct sq_schema_anchor *anchors;
    struct sq_schema_pending *pending; /* first come, first resolved */
    struct sq_schema_pending **last_pending;
    struct sq_schema_node *buckets[SQ_SCHEMA_BUCKETS];
};

/* The node made of this value, or NULL. */
struct sq_schema_node *sq_schema_node_of(const struct sq_schema_builder *builder,
                                         const struct sq_json *json);

/* Makes the node of a value, if there is none, and those inside it. */
SQ_MUST_USE enum sq_status sq_schema_add(struct sq_schema_builder *builder,
                                         const struct sq_json *json,
                                         struct sq_schema_resource *resource,
                                         struct sq_schema_node **node);

/* Errors at a value of the schema's document. */
enum sq_status sq_schema_mistake(const struct sq_schema_builder *builder,
                                 const struct sq_json *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum sq_status sq_schema_no_memory(const struct sq_schema_builder *builder);

#endif
