/* SPDX-License-Identifier: MIT */
/*
 * Samples: a text that meets a contract, which healthy answers are made of. It is one line of ASCII
 * JSON, made from a value of the file or from a schema, with a place where filler may stand.
 */
#ifndef SQ_SCENARIOS_SAMPLES_INT_H
#define SQ_SCENARIOS_SAMPLES_INT_H

#include "mockprovider/script.h"
#include "scenarios/reader_int.h"
#include "wire/schema.h"

/* Adds the value as one line of ASCII. The node is of the document. */
void sq_sample_add_value(struct sq_strbuf *out, const struct sq_document *document,
                         const struct sq_json *value);

/* Adds the smallest value that the schema seems to ask for: required members, least counts and
 * bounds, the first of alternatives. It is not checked, and cut short when it gets too long. root:
 * what `#` means, the schema itself or one around it. */
void sq_sample_add_from_schema(struct sq_strbuf *out, const struct sq_document *document,
                               const struct sq_json *root, const struct sq_json *schema);

/* What "#/a/b" names; NULL: another kind of reference, or none of this document. */
const struct sq_json *sq_sample_resolve(const struct sq_json *root, const char *reference);

/* Holds a sample against its schema (NULL: any JSON will do). As sq_schema_check; SQ_INVALID: not
 * even JSON. */
SQ_MUST_USE enum sq_status sq_sample_check(const char *sample, size_t length,
                                           const struct sq_schema *schema,
                                           struct sq_schema_violation *first, struct sq_error *err);

/* The same of a sample with so many tokens of filler in front of byte `at`. */
SQ_MUST_USE enum sq_status sq_sample_check_filled(const char *sample, size_t at, uint32_t tokens,
                                                  const struct sq_schema *schema,
                                                  struct sq_schema_violation *first);

/* Finds where filler may stand in a sample that is valid: inside the first string that stays valid
 * however long, else between values. SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_sample_find_place(const char *sample, const struct sq_schema *schema,
                                                struct sq_script_contract *contract);

#endif
