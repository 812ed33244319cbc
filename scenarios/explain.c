/* SPDX-License-Identifier: MIT */
/* Explaining one word, and listing what is built in. All text comes from the tables. */
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "base/spelling.h"
#include "scenarios/drafts_int.h"
#include "scenarios/keys_int.h"
#include "scenarios/names_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/profiles_int.h"
#include "scenarios/reference.h"
#include "scenarios/words_int.h"
#include "wire/json.h"

/* Fields within fields; the language has six levels. */
#define DEPTH_MAX 12
/* Places of one key that are shown when a word is a bare key. */
#define PLACES_MAX 8

/* ---- what is built in ---- */

static const struct sq_embedded_folder *folder_of(enum sq_built_in kind)
{
    switch (kind) {
    case SQ_BUILT_IN_SCENARIO:
        return &sq_scenarios_catalog;
    case SQ_BUILT_IN_PRESET:
        return &sq_policies_presets;
    case SQ_BUILT_IN_THRESHOLDS:
        return &sq_scenarios_thresholds;
    }
    sq_assert(false && "nothing of this kind is built in");
    return NULL;
}

uint32_t sq_reference_built_in_count(enum sq_built_in kind)
{
    return (uint32_t)folder_of(kind)->n_files;
}

const char *sq_reference_built_in_name(enum sq_built_in kind, uint32_t i)
{
    sq_assert(i < folder_of(kind)->n_files);
    return folder_of(kind)->files[i].name;
}

enum sq_status sq_reference_built_in_sentence(enum sq_built_in kind, uint32_t i,
                                              struct sq_strbuf *out, struct sq_error *err)
{
    sq_assert(i < folder_of(kind)->n_files);
    const struct sq_embedded_file *file = &folder_of(kind)->files[i];
    struct sq_json_document *document = NULL;
    enum sq_status status = sq_json_read(file->text, file->length, NULL, &document, err);
    if (status != SQ_OK) {
        return status;
    }
    const char *key = kind == SQ_BUILT_IN_SCENARIO ? "title" : "description";
    const struct sq_json *sentence = sq_json_member(sq_json_root(document), key);
    sq_assert(sentence != NULL);
    sq_strbuf_add(out, sq_json_text(sentence, NULL));
    sq_json_free(document);
    return sq_strbuf_failed(out) ? sq_error_set(err, SQ_NO_MEMORY, "out of memory") : SQ_OK;
}

/* ---- shapes in words ---- */

static void add_words(struct sq_strbuf *out, const struct sq_word *words)
{
    bool first = true;
    for (; words->word != NULL; words++) {
        if (!words->later && words->foreign == NULL) {
            sq_strbuf_add_format(out, "%s%s", first ? "" : ", ", words->word);
            first = false;
        }
    }
}

static void add_range(struct sq_strbuf *out, const struct sq_shape *shape)
{
    if (shape->kind == SQ_SHAPE_INTEGER) {
        sq_strbuf_add_format(out, ", %lld to %lld", (long long)shape->min, (long long)shape->max);
    }
    if (shape->kind == SQ_SHAPE_DURATION && shape->max > 0 && shape->max < SQ_DIST_VALUE_MAX) {
        sq_strbuf_add(out, ", ");
        sq_duration_add_exact(out, shape->min);
        sq_strbuf_add(out, " to ");
        sq_duration_add_exact(out, shape->max);
    }
    if (shape->kind == SQ_SHAPE_LIST) {
        sq_strbuf_add_format(out, ", %lld at most", (long long)shape->max);
    }
}

static const struct sq_object *object_of(const struct sq_shape *shape)
{
    if (shape->kind == SQ_SHAPE_OBJECT || shape->kind == SQ_SHAPE_CURVE) {
        return shape->object;
    }
    for (const struct sq_shape *const *one = shape->either; one != NULL && *one != NULL; one++) {
        const struct sq_object *object = object_of(*one);
        if (object != NULL) {
            return object;
        }
    }
    return shape->kind == SQ_SHAPE_LIST || shape->kind == SQ_SHAPE_MAP ? object_of(shape->item)
                                                                       : NULL;
}

static bool is_map(const struct sq_shape *shape)
{
    return shape->kind == SQ_SHAPE_MAP ||
           (shape->kind == SQ_SHAPE_NODE && shape->either != NULL && is_map(shape->either[0]));
}

static void add_fields(struct sq_strbuf *out, const struct sq_object *object)
{
    sq_strbuf_add(out, "  fields:\n");
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if (field->shape->kind == SQ_SHAPE_LATER) {
            continue;
        }
        sq_strbuf_add_format(out, "    %-18s %s", field->key, field->sentence);
        if (field->standard != NULL) {
            sq_strbuf_add_format(out, " (default: %s)", field->standard);
        }
        sq_strbuf_add_char(out, '\n');
    }
}

static void add_word_rows(struct sq_strbuf *out, const struct sq_word *words)
{
    for (; words->word != NULL; words++) {
        if (!words->later && words->foreign == NULL && words->sentence != NULL) {
            sq_strbuf_add_format(out, "    %-18s %s\n", words->word, words->sentence);
        }
    }
}

static void add_field(struct sq_strbuf *out, const char *path, const struct sq_field *field)
{
    const struct sq_object *object = object_of(field->shape);
    sq_strbuf_add_format(out, "%s: %s\n  value: %s", path,
                         field->shape->kind == SQ_SHAPE_LATER ? "not supported by this version"
                                                              : field->sentence,
                         field->shape->name);
    if (field->shape->kind == SQ_SHAPE_WORD) {
        sq_strbuf_add(out, ": ");
        add_words(out, field->shape->words);
    }
    add_range(out, field->shape);
    sq_strbuf_add_char(out, '\n');
    if ((field->flags & SQ_FIELD_REQUIRED) != 0) {
        sq_strbuf_add(out, "  required\n");
    }
    if (field->standard != NULL) {
        sq_strbuf_add_format(out, "  default: %s\n", field->standard);
    }
    if (field->example != NULL) {
        sq_strbuf_add_format(out, "  example: \"%s\": %s\n", field->key, field->example);
    }
    if (field->shape->kind == SQ_SHAPE_WORD) {
        add_word_rows(out, field->shape->words);
    }
    if (object != NULL) {
        add_fields(out, object);
    }
}

/* ---- fields by path ---- */

/* "faults[0].kind": the end of a part is a dot or a bracket. */
static size_t part_length(const char *path)
{
    return strcspn(path, ".[");
}

static const char *next_part(const char *path)
{
    path += part_length(path);
    if (path[0] == '[') {
        path += strcspn(path, ".");
    }
    return path[0] == '.' ? path + 1 : path;
}

static const struct sq_field *field_of(const struct sq_object *object, const char *path)
{
    size_t length = part_length(path);
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if (strlen(field->key) == length && memcmp(field->key, path, length) == 0) {
            return field;
        }
    }
    return NULL;
}

/* The field at a path below object; names of providers, models and roles may stand in it. */
static const struct sq_field *find_path(const struct sq_object *object, const char *path)
{
    const struct sq_field *field = NULL;
    size_t length = strlen(path);
    if (length == 0 || path[length - 1] == '.') {
        return NULL;
    }
    while (object != NULL && path[0] != '\0') {
        const struct sq_field *found = field_of(object, path);
        if (found == NULL && field != NULL && is_map(field->shape)) {
            path = next_part(path);
            found = path[0] == '\0' ? field : field_of(object, path);
        }
        if (found == NULL) {
            return NULL;
        }
        field = found;
        object = object_of(field->shape);
        path = next_part(path);
    }
    return path[0] == '\0' ? field : NULL;
}

/* A walk over all fields below an object, for bare keys. */
struct search {
    const char *key;
    struct sq_strbuf *out; /* NULL: only offer keys to the spelling */
    struct sq_spelling *spelling;
    const char *path[DEPTH_MAX];
    int depth;
    int n_found;
};

static void add_place(struct search *search, const struct sq_field *field)
{
    struct sq_strbuf path = {0};
    for (int i = 0; i < search->depth; i++) {
        sq_strbuf_add_format(&path, "%s.", search->path[i]);
    }
    sq_strbuf_add(&path, field->key);
    if (search->n_found > 0) {
        sq_strbuf_add_char(search->out, '\n');
    }
    add_field(search->out, sq_strbuf_text(&path), field);
    search->out->failed |= path.failed;
    sq_strbuf_clear(&path);
    search->n_found++;
}

static void walk(struct search *search, const struct sq_object *object)
{
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        const struct sq_object *inner = object_of(field->shape);
        sq_spelling_offer(search->spelling, field->key);
        if (search->out != NULL && search->n_found < PLACES_MAX &&
            strcmp(field->key, search->key) == 0) {
            add_place(search, field);
        }
        /* A policy holds policies as its layers: do not go round. Overrides repeat its fields. */
        if (inner != NULL && inner != &sq_object_policy && inner != &sq_object_override &&
            search->depth + 1 < DEPTH_MAX) {
            search->path[search->depth++] = field->key;
            walk(search, inner);
            search->depth--;
        }
    }
}

static bool explain_field(const char *word, struct sq_strbuf *out, struct sq_spelling *spelling)
{
    const char *below = strncmp(word, "policy.", 7) == 0     ? word + 7
                        : strncmp(word, "scenario.", 9) == 0 ? word + 9
                                                             : word;
    const struct sq_field *field =
        below == word || word[0] == 's' ? find_path(&sq_object_scenario, below) : NULL;
    if (field == NULL) {
        field = find_path(&sq_object_policy, below);
    }
    struct search search = {.key = word, .out = field == NULL ? out : NULL, .spelling = spelling};
    walk(&search, &sq_object_scenario);
    search.path[search.depth++] = "policy";
    walk(&search, &sq_object_policy);
    if (field != NULL) {
        add_field(out, word, field);
    }
    return field != NULL || search.n_found > 0;
}

/* ---- words of the tables ---- */

static bool explain_class(const char *word, struct sq_strbuf *out)
{
    static const char *const retried[] = {"not retried", "retried", "asked again"};
    static const char *const marks[] = {"neutral", "success", "failure", "cancelled"};
    uint64_t bits = 0;
    if (!sq_class_bits(word, strlen(word), &bits)) {
        return false;
    }
    for (int klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        const struct sq_class_row *row = sq_class_row((enum sq_class)klass);
        if ((bits >> klass & 1) != 0) {
            sq_strbuf_add_format(out,
                                 "%s: class of failed attempts, group %s: %s\n  by default %s, "
                                 "%s to a breaker, %s\n",
                                 row->name, sq_class_group_name(row->group), row->sentence,
                                 retried[row->retried], marks[row->mark],
                                 row->falls_back ? "falls back" : "does not fall back");
        }
    }
    return true;
}

static bool explain_outcome(const char *word, struct sq_strbuf *out)
{
    enum sq_outcome outcome;
    if (!sq_outcome_by_name(word, strlen(word), &outcome)) {
        return false;
    }
    const struct sq_outcome_row *row = sq_outcome_row(outcome);
    sq_strbuf_add_format(out, "%s: outcome of a call: %s\n  %s\n", row->name, row->sentence,
                         row->available ? "counts as available" : "does not count as available");
    return true;
}

static bool explain_metric(const char *word, struct sq_strbuf *out)
{
    static const char *const kinds[] = {"a ratio, such as <1%",     "a duration, such as <2500ms",
                                        "a rate per second",        "a factor, such as <1.5",
                                        "US dollars, such as <4.2", "a count"};
    enum sq_metric metric;
    if (!sq_metric_by_name(word, strlen(word), &metric)) {
        return false;
    }
    const struct sq_metric_row *row = sq_metric_row(metric);
    sq_strbuf_add_format(out, "%s: metric of thresholds: %s\n  value: %s%s\n", row->name,
                         row->sentence, kinds[row->kind],
                         row->distribution ? "; avg, min, med, max, p(N), count" : "");
    return true;
}

static bool explain_kind(const char *word, struct sq_strbuf *out)
{
    enum sq_fault_kind kind;
    if (!sq_fault_kind_by_name(word, strlen(word), &kind)) {
        return false;
    }
    const struct sq_fault_kind_row *row = sq_fault_kind_row(kind);
    sq_strbuf_add_format(out, "%s: kind of fault, family %s: %s\n", row->name,
                         sq_family_name(row->family), row->sentence);
    return true;
}

static bool explain_code(const char *word, struct sq_strbuf *out)
{
    for (int i = 0; i < SQ_CODES; i++) {
        const struct sq_code_row *row = sq_code_row((enum sq_code)i);
        if (strcmp(row->code, word) == 0) {
            sq_strbuf_add_format(out, "%s: %s: %s\n", row->code,
                                 row->severity == SQ_SEVERITY_ERROR ? "error" : "warning",
                                 row->sentence);
            return true;
        }
    }
    return false;
}

static void add_built_in(struct sq_strbuf *out, enum sq_built_in kind, uint32_t i)
{
    static const char *const nouns[] = {"scenario of the catalog", "preset", "set of thresholds"};
    const struct sq_embedded_file *file = &folder_of(kind)->files[i];
    sq_strbuf_add_format(out, "%s: %s: ", file->name, nouns[kind]);
    if (sq_reference_built_in_sentence(kind, i, out, NULL) != SQ_OK) {
        out->failed = true;
    }
    sq_strbuf_add_format(out, "\n\n%s", file->text);
}

static bool explain_built_in(const char *word, struct sq_strbuf *out, struct sq_spelling *spelling)
{
    for (int kind = SQ_BUILT_IN_SCENARIO; kind <= SQ_BUILT_IN_THRESHOLDS; kind++) {
        for (uint32_t i = 0; i < sq_reference_built_in_count((enum sq_built_in)kind); i++) {
            const char *name = sq_reference_built_in_name((enum sq_built_in)kind, i);
            sq_spelling_offer(spelling, name);
            if (strcmp(name, word) == 0) {
                add_built_in(out, (enum sq_built_in)kind, i);
                return true;
            }
        }
    }
    const struct sq_profile *profile = sq_profile_find(word);
    if (profile != NULL) {
        sq_strbuf_add_format(out, "%s: profile of a model: %s\n  %s\n", profile->name,
                             profile->sentence, profile->json);
    }
    return profile != NULL;
}

static void offer_words(struct sq_spelling *spelling)
{
    for (const struct sq_word *word = sq_failure_words; word->word != NULL; word++) {
        if (word->foreign == NULL) {
            sq_spelling_offer(spelling, word->word);
        }
    }
    for (int i = 0; i < SQ_METRICS; i++) {
        sq_spelling_offer(spelling, sq_metric_row((enum sq_metric)i)->name);
    }
    for (int i = 0; i < SQ_OUTCOMES; i++) {
        sq_spelling_offer(spelling, sq_outcome_row((enum sq_outcome)i)->name);
    }
    for (int i = 0; i < SQ_FAULT_KINDS; i++) {
        sq_spelling_offer(spelling, sq_fault_kind_row((enum sq_fault_kind)i)->name);
    }
}

enum sq_status sq_reference_explain(const char *word, struct sq_strbuf *out, struct sq_error *err)
{
    struct sq_spelling spelling = sq_spelling_start(word, strlen(word));
    bool found = explain_class(word, out);
    found |= explain_outcome(word, out);
    found |= explain_metric(word, out);
    found |= explain_kind(word, out);
    found |= explain_code(word, out);
    found |= explain_built_in(word, out, &spelling);
    found |= explain_field(word, out, &spelling);
    if (sq_strbuf_failed(out)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    if (found) {
        return SQ_OK;
    }
    offer_words(&spelling);
    (void)sq_error_set(err, SQ_INVALID, "nothing is named \"%.80s\"", word);
    if (spelling.best != NULL) {
        return sq_error_hint(err, "did you mean \"%s\"?", spelling.best);
    }
    return sq_error_hint(err, "a field by its path (policy.retry.delay), a class, an outcome, a "
                              "metric, a kind of fault, a scenario or a preset");
}
