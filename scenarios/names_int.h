/* SPDX-License-Identifier: MIT */
/*
 * Names in files: a value with a `/` or an ending .json or .jsonc is a file, relative to the file
 * that names it (on the command line: to the current folder); anything else is built in.
 */
#ifndef SQ_SCENARIOS_NAMES_INT_H
#define SQ_SCENARIOS_NAMES_INT_H

#include "base/embedded.h"
#include "scenarios/reader_int.h"

extern const struct sq_embedded_folder sq_scenarios_catalog;
extern const struct sq_embedded_folder sq_policies_presets;
extern const struct sq_embedded_folder sq_scenarios_thresholds;

bool sq_name_is_file(const char *name);

/* Opens what `name` names: a built-in of the folder, or a file. node: where the name stands, NULL
 * for the command line. NULL: a mistake was reported. A file of the command line that cannot be
 * read sets *err and SQ_ENVIRONMENT instead. `what` is the noun in messages: "preset". */
struct sq_name_request {
    const char *name;
    const struct sq_json *node;
    const struct sq_embedded_folder *built_in; /* NULL: files only */
    const char *what;
};
struct sq_document *sq_name_open(struct sq_reader *reader, const struct sq_name_request *request,
                                 enum sq_status *status, struct sq_error *err);

/* The path of a file that is named in the document being read. */
void sq_name_add_path(const struct sq_reader *reader, const char *name, struct sq_strbuf *path);

/* "quickstart" of "scenarios/quickstart.json". As sq_phrase, in the arena. */
const char *sq_name_stem(struct sq_reader *reader, const char *file);

#endif
