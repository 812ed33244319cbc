/* SPDX-License-Identifier: MIT */
/*
 * Addresses of schemas: the part of RFC 3986 that resolves a relative reference. Nothing is
 * fetched, so any scheme will do, and two addresses are the same when their bytes are.
 */
#ifndef SQ_WIRE_SCHEMA_ADDRESS_H
#define SQ_WIRE_SCHEMA_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Bytes of the reference before its `#`. */
size_t sq_schema_address_length(const char *reference, size_t length);

/* Adds what `reference` (without fragment) means in a document at `base` (RFC 3986, 5.2). base may
 * be "" or relative itself. */
void sq_schema_address_resolve(const char *base, const char *reference, size_t length,
                               struct sq_strbuf *out);

/* Adds text with %41 and its like undone. False when a percent sign stands alone. */
bool sq_schema_address_decode(const char *text, size_t length, struct sq_strbuf *out);

#endif
