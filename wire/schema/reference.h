/* SPDX-License-Identifier: MIT */
/*
 * Names of schemas and references to them: $id, $anchor, $dynamicAnchor; $ref and $dynamicRef. Also
 * the proof that no chain of references comes back to where it began without going deeper into the
 * value: such a schema could never be checked.
 */
#ifndef SQ_WIRE_SCHEMA_REFERENCE_H
#define SQ_WIRE_SCHEMA_REFERENCE_H

#include "wire/schema/compile.h"

/* Remembers the node's $id, which makes it a resource, and its anchors. */
SQ_MUST_USE enum sq_status sq_schema_declare(struct sq_schema_builder *builder,
                                             struct sq_schema_node *node);

/* Finds the target of every pending reference, also of those that targets bring along. */
SQ_MUST_USE enum sq_status sq_schema_resolve(struct sq_schema_builder *builder);

/* Looks for loops. After sq_schema_resolve. */
SQ_MUST_USE enum sq_status sq_schema_refuse_loops(struct sq_schema_builder *builder);

#endif
