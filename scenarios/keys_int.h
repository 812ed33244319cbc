/* SPDX-License-Identifier: MIT */
/* What is wrong with the keys of an object: unknown, misspelt, foreign, missing, exclusive. */
#ifndef SQ_SCENARIOS_KEYS_INT_H
#define SQ_SCENARIOS_KEYS_INT_H

#include "scenarios/reader_int.h"

/* Reports every key that the object does not have, and exclusive fields given together. */
bool sq_keys_check(struct sq_reader *reader, const struct sq_object *object,
                   const struct sq_json *node);

bool sq_complain_missing(struct sq_reader *reader, const struct sq_object *object,
                         const struct sq_field *field, const struct sq_json *node);

/* `what` is of the language, but not of this version; instead: a hint, NULL or "". */
bool sq_complain_later(struct sq_reader *reader, const struct sq_json *node, const char *instead);

/* The object's row of a key, or NULL. */
const struct sq_field *sq_field_find(const struct sq_object *object, const char *key);

#endif
