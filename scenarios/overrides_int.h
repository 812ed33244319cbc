/* SPDX-License-Identifier: MIT */
/*
 * What the loader knows of overrides: keep the options, lay them over a scenario when it is opened
 * and over a policy that is a document of its own.
 */
#ifndef SQ_SCENARIOS_OVERRIDES_INT_H
#define SQ_SCENARIOS_OVERRIDES_INT_H

#include "scenarios/reader_int.h"

/* Reads the options' PATH and VALUE into the reader; mistakes are reported. */
void sq_overrides_read(struct sq_reader *reader, const char *const *options, uint8_t n_options);

/* Those of a scenario; what lies inside a policy that is a document of its own waits for it.
 * policy_elsewhere: the policies are chosen on the command line. */
void sq_overrides_apply(struct sq_reader *reader, struct sq_document *document,
                        bool policy_elsewhere);

/* Those that waited, to a policy's document. */
void sq_overrides_apply_policy(struct sq_reader *reader, struct sq_document *document);

/* Reports every override of `key`, because `option` says that too. */
void sq_overrides_refuse(struct sq_reader *reader, const char *key, const char *option);

/* Where what stands at offset of a document's text came from. */
struct sq_origin {
    const char *source;
    size_t source_length;
    size_t offset;
    uint32_t width;
    bool of_option;
};
struct sq_origin sq_document_origin(const struct sq_document *document, size_t offset,
                                    uint32_t width);

#endif
