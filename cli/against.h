/* SPDX-License-Identifier: MIT */
/*
 * squall check --against SCHEMA FILE...: any JSON file against any JSON Schema (wire/schema.h).
 * SCHEMA is a file, the schema itself if it begins with {, or the word true or false. Against
 * `true` a file only has to be JSON, and may name a key twice.
 */
#ifndef SQ_CLI_AGAINST_H
#define SQ_CLI_AGAINST_H

#include "cli/options.h"

/* Returns an enum sq_exit: PASSED, FAILED when a file does not fit, INVALID when a file is no JSON
 * or SCHEMA no schema. */
int sq_check_against(const struct sq_arguments *arguments);

#endif
