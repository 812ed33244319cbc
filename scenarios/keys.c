/* SPDX-License-Identifier: MIT */
/* Keys that are not in the table, and what was probably meant by them. */
#include "scenarios/keys_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/spelling.h"

/* Fields of one object, for sorting their names. */
#define FIELDS_MAX 64

const struct sq_field *sq_field_find(const struct sq_object *object, const char *key)
{
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if (strcmp(field->key, key) == 0) {
            return field;
        }
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "budget, commit_at, delay": what this version takes, in order of name. */
static const char *accepted(struct sq_reader *reader, const struct sq_object *object)
{
    const char *names[FIELDS_MAX];
    size_t n = 0;
    struct sq_strbuf text = {0};
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if (field->shape->kind != SQ_SHAPE_LATER && n < FIELDS_MAX) {
            names[n++] = field->key;
        }
    }
    qsort(names, n, sizeof(names[0]), by_name);
    for (size_t i = 0; i < n; i++) {
        sq_strbuf_add_format(&text, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return sq_phrase_of(reader, &text);
}

/* A scalar as the file has it, for showing the same value under another key. */
static const char *as_written(struct sq_reader *reader, const struct sq_json *node)
{
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        return sq_phrase(reader, "\"%s\"", sq_json_text(node, NULL));
    }
    if (sq_json_kind(node) == SQ_JSON_NUMBER) {
        return sq_json_digits(node, NULL);
    }
    if (sq_json_kind(node) == SQ_JSON_BOOL) {
        return sq_json_bool(node) ? "true" : "false";
    }
    return NULL;
}

static const char *renamed(struct sq_reader *reader, const char *field, const char *value)
{
    return value == NULL ? sq_phrase(reader, "write `%s`", field)
                         : sq_phrase(reader, "write `%s: %s`", field, value);
}

static const char *foreign_hint(struct sq_reader *reader, const struct sq_foreign *foreign,
                                const struct sq_json *node)
{
    const char *value = as_written(reader, node);
    int64_t number;
    switch (foreign->rule) {
    case SQ_FOREIGN_SAY:
        return foreign->sentence;
    case SQ_FOREIGN_RENAME:
        break;
    case SQ_FOREIGN_PLUS_ONE:
        if (sq_json_int64(node, &number) && number >= 0 && number < INT32_MAX) {
            return sq_phrase(reader, "write `%s: %lld`, the first try counts", foreign->field,
                             (long long)number + 1);
        }
        return sq_phrase(reader, "write `%s`, the first try counts", foreign->field);
    case SQ_FOREIGN_MILLISECONDS:
    case SQ_FOREIGN_SECONDS:
        if (sq_json_kind(node) == SQ_JSON_NUMBER) {
            return sq_phrase(reader, "write `%s: \"%s%s\"`", foreign->field, value,
                             foreign->rule == SQ_FOREIGN_SECONDS ? "s" : "ms");
        }
        break;
    }
    return renamed(reader, foreign->field, value);
}

static const struct sq_foreign *foreign_of(const struct sq_object *object, const char *key)
{
    for (const struct sq_foreign *foreign = object->foreign;
         foreign != NULL && foreign->key != NULL; foreign++) {
        if (strcmp(foreign->key, key) == 0) {
            return foreign;
        }
    }
    return NULL;
}

/* "connect_ms: 500" is `connect: "500ms"`. NULL: no such ending, or no such duration. */
static const char *unit_in_key_hint(struct sq_reader *reader, const struct sq_object *object,
                                    char *key, const struct sq_json *node)
{
    static const struct {
        const char *ending;
        const char *unit;
    } endings[] = {{"_milliseconds", "ms"}, {"_millis", "ms"}, {"_ms", "ms"}, {"_seconds", "s"},
                   {"_secs", "s"},          {"_sec", "s"},     {"_s", "s"},   {"_minutes", "m"}};
    size_t length = strlen(key);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t tail = strlen(endings[i].ending);
        if (length <= tail || strcmp(key + length - tail, endings[i].ending) != 0) {
            continue;
        }
        key[length - tail] = '\0';
        const struct sq_field *field = sq_field_find(object, key);
        if (field == NULL || field->shape->kind != SQ_SHAPE_DURATION ||
            sq_json_kind(node) != SQ_JSON_NUMBER) {
            key[length - tail] = '_';
            return NULL;
        }
        return sq_phrase(reader, "write `%s: \"%s%s\"`", field->key, sq_json_digits(node, NULL),
                         endings[i].unit);
    }
    return NULL;
}

/* What was probably meant by this key; NULL: nobody knows. */
static const char *meant(struct sq_reader *reader, const struct sq_object *object,
                         const struct sq_json *node)
{
    char snake[SQ_SPELLING_BYTES_MAX];
    const char *key = sq_json_key(node);
    size_t length = sq_json_key_length(node);
    if (!sq_spelling_snake(key, length, snake)) {
        return NULL;
    }
    const struct sq_foreign *foreign = foreign_of(object, snake);
    if (foreign != NULL) {
        return foreign_hint(reader, foreign, node);
    }
    if (sq_field_find(object, snake) != NULL) {
        return sq_phrase(reader, "write `%s`", snake);
    }
    const char *unit = unit_in_key_hint(reader, object, snake, node);
    if (unit != NULL) {
        return unit;
    }
    struct sq_spelling spelling = sq_spelling_start(snake, strlen(snake));
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        sq_spelling_offer(&spelling, field->key);
    }
    return spelling.best == NULL ? NULL : sq_phrase(reader, "did you mean `%s`?", spelling.best);
}

static bool complain_unknown(struct sq_reader *reader, const struct sq_object *object,
                             const struct sq_json *parent, const struct sq_json *node)
{
    struct sq_complaint complaint = {SQ_CODE_UNKNOWN_FIELD, node, true, "unknown field", NULL};
    bool is_root = sq_json_key(parent) == NULL && parent == sq_json_root(reader->document->json);
    if (!sq_diagnostics_has_room(reader->diagnostics)) {
        return sq_complain(reader, &complaint, "unknown field");
    }
    const char *hint = meant(reader, object, node);
    complaint.hint = hint == NULL
                         ? sq_phrase(reader, "accepted: %s", accepted(reader, object))
                         : sq_phrase(reader, "%s (accepted: %s)", hint, accepted(reader, object));
    if (is_root) {
        return sq_complain(reader, &complaint, "unknown field `%s` in the %s", sq_json_key(node),
                           object->name);
    }
    return sq_complain(reader, &complaint, "unknown field `%s` in `%s`", sq_json_key(node),
                       sq_path_of(reader, parent));
}

static bool complain_exclusive(struct sq_reader *reader, const struct sq_json *parent,
                               const struct sq_json *first, const struct sq_json *second)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_CONFLICT, second, true, "one too many",
                                              sq_phrase(reader, "keep `%s` or `%s`, not both",
                                                        sq_json_key(first), sq_json_key(second))},
                       "`%s` has both `%s` and `%s`", sq_path_of(reader, parent),
                       sq_json_key(first), sq_json_key(second));
}

static bool complain_none(struct sq_reader *reader, const struct sq_object *object,
                          const struct sq_json *node)
{
    struct sq_strbuf names = {0};
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if ((field->flags & SQ_FIELD_ONE_OF) != 0 && field->shape->kind != SQ_SHAPE_LATER) {
            sq_strbuf_add_format(&names, "%s`%s`", names.length > 0 ? ", " : "", field->key);
        }
    }
    const char *listed = sq_phrase_of(reader, &names);
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_MISSING, node, false, NULL, NULL},
                       "`%s` needs one of %s", sq_path_of(reader, node), listed);
}

bool sq_keys_check(struct sq_reader *reader, const struct sq_object *object,
                   const struct sq_json *node)
{
    bool good = true;
    const struct sq_json *chosen = NULL;
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        const char *key = sq_json_key(child);
        const struct sq_field *field = sq_field_find(object, key);
        if (field == NULL || strlen(key) != sq_json_key_length(child)) {
            good = complain_unknown(reader, object, node, child);
            continue;
        }
        if ((field->flags & SQ_FIELD_ONE_OF) != 0 && chosen != NULL) {
            good = complain_exclusive(reader, node, chosen, child);
        } else if ((field->flags & SQ_FIELD_ONE_OF) != 0) {
            chosen = child;
        }
    }
    if (object->one_needed && chosen == NULL && good) {
        good = complain_none(reader, object, node);
    }
    return good;
}

bool sq_complain_missing(struct sq_reader *reader, const struct sq_object *object,
                         const struct sq_field *field, const struct sq_json *node)
{
    const char *add = field->example == NULL
                          ? NULL
                          : sq_phrase(reader, "add \"%s\": %s", field->key, field->example);
    struct sq_complaint complaint = {SQ_CODE_MISSING, node, false,
                                     sq_phrase(reader, "`%s` is missing", field->key), add};
    if (node == sq_json_root(reader->document->json)) {
        return sq_complain(reader, &complaint, "the %s needs `%s`", object->name, field->key);
    }
    return sq_complain(reader, &complaint, "`%s` needs `%s`", sq_path_of(reader, node), field->key);
}

bool sq_complain_later(struct sq_reader *reader, const struct sq_json *node, const char *instead)
{
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_UNSUPPORTED, node, true, "not supported yet",
                               instead != NULL && instead[0] != '\0' ? instead : NULL},
        "`%s` is not supported by this version", sq_path_of(reader, node));
}
