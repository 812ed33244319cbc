/* SPDX-License-Identifier: MIT */
/* Where a value stands in its document, as a JSON pointer (RFC 6901). */
#ifndef SQ_WIRE_SCHEMA_PLACE_H
#define SQ_WIRE_SCHEMA_PLACE_H

#include "base/strbuf.h"
#include "wire/json.h"

/* Adds the pointer from root to value; nothing when they are the same. */
void sq_schema_place(const struct sq_json *root, const struct sq_json *value,
                     struct sq_strbuf *out);

#endif
