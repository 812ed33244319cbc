/* SPDX-License-Identifier: MIT */
/*
 * Overrides: --set PATH=VALUE is laid over the JSON text of a document before any table reads it,
 * so that the same tables judge it. The text is put together anew from pieces, each of which knows
 * where it came from: mistakes in the file keep their line, mistakes in an option are shown in the
 * option as typed.
 *
 * A PATH is keys parted by points and [N] for elements; the longest key that exists wins, so
 * providers.openai.models.gpt-4.1.ttft needs no quotes; others are written ["a.b"]. Objects on the
 * way are made, and [N] may be one past the last element. A VALUE that is JSON is taken as it is,
 * anything else as a text.
 */
#ifndef SQ_SCENARIOS_OVERRIDES_OVERRIDES_INT_H
#define SQ_SCENARIOS_OVERRIDES_OVERRIDES_INT_H

#include "scenarios/reader_int.h"

/* Keys and indices of one path. */
#define SQ_OVERRIDE_STEPS_MAX 32

/* A run of a document's text and its origin. */
struct sq_piece {
    size_t at; /* in the document's text */
    size_t length;
    const char *source; /* the file's text, or the option as typed */
    size_t source_length;
    size_t offset;  /* in source; of what is not fixed, the first byte's */
    uint32_t width; /* of the option, in code points: what is underlined; 0: as long as the value */
    bool of_option;
    bool fixed; /* made up from the option: every byte stands for `offset` */
};

/* One --set. All text in scratch. */
struct sq_override {
    const char *shown; /* "--set PATH=VALUE" */
    size_t length;
    size_t path_at;
    size_t value_at;
    bool is_json;
};

/* One key or index of a path, as text[at..at + length) of the option. */
struct sq_override_step {
    bool is_index;
    uint32_t index;
    const char *key; /* NUL-terminated, in scratch */
    size_t at;
    size_t length;
};

/* Reads the step that begins at *at against the value it leads out of (NULL: none is there), and
 * moves *at to the next one, or to the end of the path. False: a mistake was reported. */
bool sq_override_step_read(struct sq_reader *reader, const struct sq_override *override,
                           const struct sq_json *node, size_t *at, struct sq_override_step *step);

/* A place in an option. */
struct sq_override_place {
    size_t at;
    size_t length;
};

/* Reports a mistake in an option; returns false. */
bool sq_override_complain(struct sq_reader *reader, const struct sq_override *override,
                          struct sq_override_place place, const char *hint, const char *text);

/* Puts new pieces in place of text[at..at + removed) and reads the whole again. False: a mistake
 * was reported, or memory failed. */
struct sq_override_splice {
    size_t at;
    size_t removed;
    struct sq_piece pieces[SQ_OVERRIDE_STEPS_MAX + 4];
    const char *texts[SQ_OVERRIDE_STEPS_MAX + 4];
    size_t n_pieces;
};
bool sq_document_splice(struct sq_reader *reader, struct sq_document *document,
                        const struct sq_override_splice *splice);

/* Bytes of the value that begins at offset of the document's text. */
size_t sq_document_value_bytes(const struct sq_document *document, size_t offset);

#endif
