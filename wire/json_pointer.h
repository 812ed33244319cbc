/* SPDX-License-Identifier: MIT */
/*
 * JSON Pointer (RFC 6901): the value at "/messages/0/role" of one JSON text, found by the scanner
 * alone: no tree, no allocation. "" is the whole text; in a part `~1` is a slash and `~0` a tilde;
 * of an array a part is an index, without leading zeros. "-", the element after the last, names
 * nothing that is there. Of a duplicate key the last one counts, as in json_find.h, which is
 * quicker for a few fixed members but takes no key with a dot.
 */
#ifndef SQ_WIRE_JSON_POINTER_H
#define SQ_WIRE_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/json_scan.h"

/* Parts of a pointer. */
#define SQ_JSON_POINTER_PARTS_MAX 16

/* What is wrong with a pointer, as a phrase for an error; NULL: nothing. */
const char *sq_json_pointer_mistake(const char *pointer);

/* The value the pointer names in text[0..length); of an object or array its beginning. False: there
 * is none, or the text is not JSON. The pointer is one without a mistake. */
bool sq_json_pointer_find(const char *text, size_t length, const char *pointer,
                          struct sq_json_token *token);

#endif
