/* SPDX-License-Identifier: MIT */
/*
 * A few known members of one JSON text, found in one strict pass by the scanner alone: no tree, no
 * allocation. For server-sent events and answers, where thousands a second are read for five
 * members each.
 *
 * A path is keys and array indices with dots between: "choices.0.delta.content". Keys with dots in
 * them can not be asked for. Of a duplicate key the last one counts.
 */
#ifndef SQ_WIRE_JSON_FIND_H
#define SQ_WIRE_JSON_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/json_scan.h"

/* Parts of a path. */
#define SQ_JSON_PATH_MAX 8
/* Paths of one search. */
#define SQ_JSON_WANTED_MAX 16

struct sq_json_wanted {
    const char *path;
    struct sq_json_token token; /* of an object or array: its beginning */
    bool found;
};

/* True when text[0..length) is one JSON value: then each wanted[i].found is set, and its token when
 * found. At most SQ_JSON_WANTED_MAX. */
bool sq_json_find(const char *text, size_t length, struct sq_json_wanted *wanted, size_t n_wanted);

/* Found, and neither null. */
bool sq_json_found_value(const struct sq_json_wanted *wanted);

/* The wanted value as a whole number of 0..UINT32_MAX; 0 when it is not found or anything else. */
uint32_t sq_json_found_uint32(const struct sq_json_wanted *wanted);

#endif
