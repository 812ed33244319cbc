/* SPDX-License-Identifier: MIT */
/*
 * The reader: walks a JSON object along a table of fields, stores what is right and collects what
 * is wrong. One table per object is the one source: the loader, the JSON Schema, `explain` and the
 * reference are made from the same rows.
 *
 * A shape says what a value looks like; a field is a key with a shape and a place in a struct; an
 * object is a row of fields. Readers store into drafts (plain structs that keep what the file says)
 * or straight into settings that hold the defaults already, so that reading again over them is an
 * override. Nothing is ignored: an unknown key is a mistake, one of a later version is refused by
 * name.
 *
 * Ownership: `scratch` dies with the load, `arena` with the scenario. Documents live as long as the
 * load, so drafts may keep nodes.
 */
#ifndef SQ_SCENARIOS_READER_INT_H
#define SQ_SCENARIOS_READER_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "scenarios/diagnostics_int.h"
#include "wire/json.h"

struct sq_reader;
struct sq_object;
struct sq_piece;
struct sq_override;
struct sq_shape;
struct sq_kept;

/* One file (or preset, or profile) that is being read. */
struct sq_document {
    const char *name; /* as shown, and what relative paths start from */
    const char *text;
    size_t length;
    bool built_in; /* has no folder of its own */
    struct sq_json_document *json;
    struct sq_piece *pieces; /* where text comes from; NULL: all of it from the file */
    uint32_t n_pieces;
    struct sq_document *next;
};

struct sq_reader {
    struct sq_diagnostics *diagnostics;
    struct sq_arena *arena;
    struct sq_arena *scratch;
    struct sq_document *document;  /* of the nodes being read now */
    struct sq_document *documents; /* all of this load, newest first */
    struct sq_override *overrides; /* --set, see overrides_int.h */
    uint8_t n_overrides;
    struct sq_kept *keep;       /* gets every file that is read; NULL: nothing is kept */
    const struct sq_kept *from; /* files come from here; NULL: from the disk */
    bool no_memory;
};

/* ---- shapes ---- */

enum sq_shape_kind {
    SQ_SHAPE_TEXT,     /* const char * */
    SQ_SHAPE_NAME,     /* char[SQ_NAME_BYTES] */
    SQ_SHAPE_CONST,    /* nothing: the one text that may stand here */
    SQ_SHAPE_BOOL,     /* bool */
    SQ_SHAPE_INTEGER,  /* an integer of the field's size */
    SQ_SHAPE_DURATION, /* sq_dur */
    SQ_SHAPE_RATIO,    /* uint64_t, Q32 */
    SQ_SHAPE_FACTOR,   /* uint64_t, Q32 */
    SQ_SHAPE_DECIMAL,  /* int64_t, millionths: rates, money per million tokens, weights */
    SQ_SHAPE_DATE,     /* int64_t, Unix seconds */
    SQ_SHAPE_WORD,     /* an integer of the field's size */
    SQ_SHAPE_OBJECT,   /* the object's struct */
    SQ_SHAPE_LIST,     /* struct sq_list */
    SQ_SHAPE_MAP,      /* struct sq_list */
    SQ_SHAPE_CURVE,    /* struct sq_curve_draft: [[offset, value], ...] or the object's waves */
    SQ_SHAPE_EITHER,   /* has a reader of its own */
    SQ_SHAPE_NODE,     /* struct sq_item: looked at later; alternatives as EITHER */
    SQ_SHAPE_LATER     /* nothing: refused as not supported by this version */
};

/* A word of a closed list. */
struct sq_word {
    const char *word; /* NULL ends the list */
    int value;
    const char *sentence;
    bool later;          /* not supported by this version */
    const char *foreign; /* not a word of ours: what to write instead */
};

struct sq_shape {
    enum sq_shape_kind kind;
    const char *name; /* in messages and in the schema's $defs */
    int64_t min;      /* of a number, in its unit; of a list or map: elements */
    int64_t max;
    const char *text; /* CONST: the text; TEXT: a pattern for the schema, or NULL */
    const struct sq_word *words;
    const struct sq_object *object;
    const struct sq_shape *item;          /* of LIST, MAP, CURVE */
    size_t item_bytes;                    /* of LIST, MAP */
    const struct sq_shape *const *either; /* NULL-terminated; of EITHER, NODE */
    /* Reads in place of the kind's own reader. */
    bool (*read)(struct sq_reader *reader, const struct sq_shape *shape, const struct sq_json *node,
                 void *into, size_t size);
};

/* What LIST and MAP are read into; items in scratch. */
struct sq_list {
    void *items;
    uint32_t n_items;
};

/* The first member of every struct that is read as an element: where it stands, and its key in a
 * MAP. */
struct sq_item {
    const struct sq_json *node;
    const char *key;
};

struct sq_wave;

struct sq_curve_draft {
    const struct sq_json *node; /* NULL: not given */
    struct sq_list points;      /* struct sq_curve_point */
    const struct sq_wave *wave; /* instead of points; in the arena */
};

/* ---- fields and objects ---- */

enum sq_field_flag {
    SQ_FIELD_REQUIRED = 1 << 0,
    SQ_FIELD_ONE_OF = 1 << 1 /* at most one of the object's fields with this flag may be given */
};

struct sq_field {
    const char *key; /* NULL ends the table */
    const struct sq_shape *shape;
    size_t offset;
    size_t size;
    const char *sentence; /* of LATER: what to use instead, or "" */
    const char *standard; /* the default, as text; NULL: none */
    const char *example;  /* a JSON value; NULL: none */
    unsigned flags;
};

/* Words of other tools, or of people's habits, for our fields. */
enum sq_foreign_rule {
    SQ_FOREIGN_SAY,          /* the sentence is the hint */
    SQ_FOREIGN_RENAME,       /* write `field: <the value as it stands>` */
    SQ_FOREIGN_PLUS_ONE,     /* a number of retries: attempts count the first try */
    SQ_FOREIGN_MILLISECONDS, /* a number: write `field: "<value>ms"` */
    SQ_FOREIGN_SECONDS
};

struct sq_foreign {
    const char *key; /* NULL ends the table; compared in snake_case */
    const char *field;
    enum sq_foreign_rule rule;
    const char *sentence;
};

struct sq_object {
    const char *name; /* in messages and in the schema's $defs */
    const char *sentence;
    const struct sq_field *fields;
    const struct sq_foreign *foreign; /* or NULL */
    bool is_item;                     /* its struct begins with struct sq_item */
    bool one_needed;                  /* exactly one, not at most one, of the ONE_OF fields */
    /* Looks at the whole once its fields are read, or NULL. */
    void (*finish)(struct sq_reader *reader, const struct sq_json *node, void *into);
};

/* Where a field is stored. */
#define SQ_PLACE(type, member)                                                                     \
    .offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member)

/* Reads node along the object's table. False when something in it was wrong. */
bool sq_read_object(struct sq_reader *reader, const struct sq_object *object,
                    const struct sq_json *node, void *into);

/* Reads one value of a shape into size bytes. False when it was wrong; then `into` may be
 * unchanged. */
bool sq_read_value(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size);

/* The points of a curve: [[offset, value], ...]. */
bool sq_read_points(struct sq_reader *reader, const struct sq_shape *shape,
                    const struct sq_json *node, struct sq_curve_draft *draft);

/* Opens a document over text (copied to scratch); NULL when it is no JSON: that is a mistake
 * already reported. */
struct sq_document *sq_reader_open(struct sq_reader *reader, const char *name, const char *text,
                                   size_t length);
void sq_reader_close(struct sq_reader *reader); /* all documents */

/* ---- saying what is wrong ---- */

struct sq_complaint {
    enum sq_code code;
    const struct sq_json *node; /* NULL: the document as a whole */
    bool at_key;                /* the carets go under the key */
    const char *label;
    const char *hint;
};

/* Reports a mistake; returns false, so that `return sq_complain(...)` reads well. */
bool sq_complain(struct sq_reader *reader, const struct sq_complaint *complaint, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

/* Reports what another reader found wrong in the document that is being read, at its place. */
void sq_complain_at(struct sq_reader *reader, enum sq_code code, const struct sq_error *err);

/* Text that lives as long as the load; "" when no further mistake would be kept. */
const char *sq_phrase(struct sq_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The text of a buffer as a phrase; the buffer is cleared. */
const char *sq_phrase_of(struct sq_reader *reader, struct sq_strbuf *buffer);

/* Path of a node such as faults[0].retry_after; "the file" for the root. As sq_phrase. */
const char *sq_path_of(struct sq_reader *reader, const struct sq_json *node);

/* `value` must be of this kind; else WRONG_TYPE, with `expected` and a hint (or NULL). */
bool sq_expect(struct sq_reader *reader, const struct sq_json *node, enum sq_json_kind kind,
               const char *expected);

/* Words in a sentence: "a, b or c". later and foreign ones are left out. As sq_phrase. */
const char *sq_words_listed(struct sq_reader *reader, const struct sq_word *words);

/* The word, or NULL with a mistake. */
const struct sq_word *sq_read_word(struct sq_reader *reader, const struct sq_word *words,
                                   const struct sq_json *node);

/* A copy in the scenario's arena; NULL and no_memory. */
const char *sq_reader_keep(struct sq_reader *reader, const char *text, size_t length);

/* Zeroed memory in scratch; NULL and no_memory. */
void *sq_reader_scratch(struct sq_reader *reader, size_t count, size_t size);

/* Memory failed somewhere: stop, quietly. */
bool sq_reader_failed(const struct sq_reader *reader);

#endif
