/* SPDX-License-Identifier: MIT */
/*
 * The schema of schemas: draft 2020-12's own, the one document outside its own text that a schema
 * may refer to. It comes with the program, as one schema in place of the draft's vocabularies:
 * nothing is fetched.
 */
#ifndef SQ_WIRE_SCHEMA_DRAFT_H
#define SQ_WIRE_SCHEMA_DRAFT_H

#include "wire/schema/compile.h"

/* Whether an address without fragment is the draft's. */
bool sq_schema_is_draft(const char *address);

/* Reads the draft and adds its nodes, if they are not there. *resource is the schema's. */
SQ_MUST_USE enum sq_status sq_schema_add_draft(struct sq_schema_builder *builder,
                                               struct sq_schema_resource **resource);

#endif
