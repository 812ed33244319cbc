/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema (draft 2020-12) of scenario and policy, printed from the tables. Every object is
 * one entry of $defs; what cannot be said in a schema (a role that exists, a rule that needs a
 * window) is left to the loader.
 */
#include <string.h>

#include "base/assert.h"
#include "base/json_write.h"
#include "scenarios/drafts_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/reference.h"
#include "scenarios/values_int.h"

/* Objects of one schema. */
#define DEFINITIONS_MAX 160

#define DURATION_PATTERN "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"
#define PERCENT_PATTERN  "^[0-9]+(\\.[0-9]{1,7})?%$"
#define DATE_PATTERN     "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"

struct definitions {
    const struct sq_object *list[DEFINITIONS_MAX];
    size_t n_list;
};

/* ---- which objects there are ---- */

static void collect_shape(struct definitions *definitions, const struct sq_shape *shape);

static void collect_object(struct definitions *definitions, const struct sq_object *object)
{
    for (size_t i = 0; i < definitions->n_list; i++) {
        if (definitions->list[i] == object) {
            return;
        }
    }
    sq_assert(definitions->n_list < DEFINITIONS_MAX);
    definitions->list[definitions->n_list++] = object;
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        collect_shape(definitions, field->shape);
    }
}

static void collect_shape(struct definitions *definitions, const struct sq_shape *shape)
{
    if (shape->object != NULL &&
        (shape->kind == SQ_SHAPE_OBJECT || shape->kind == SQ_SHAPE_CURVE)) {
        collect_object(definitions, shape->object);
    }
    if (shape->item != NULL && shape->kind != SQ_SHAPE_EITHER) {
        collect_shape(definitions, shape->item);
    }
    for (const struct sq_shape *const *one = shape->either; one != NULL && *one != NULL; one++) {
        collect_shape(definitions, *one);
    }
}

/* ---- one shape ---- */

static void add_type(struct sq_json_writer *json, const char *type)
{
    sq_json_write_key(json, "type");
    sq_json_write_text(json, type);
}

static void add_pattern(struct sq_json_writer *json, const char *pattern)
{
    add_type(json, "string");
    sq_json_write_key(json, "pattern");
    sq_json_write_text(json, pattern);
}

static void add_bounds(struct sq_json_writer *json, int64_t min, int64_t max, int scale)
{
    sq_json_write_key(json, "minimum");
    sq_json_write_decimal(json, min, scale, scale);
    sq_json_write_key(json, "maximum");
    sq_json_write_decimal(json, max, scale, scale);
}

static void add_counts(struct sq_json_writer *json, const char *least, const char *most,
                       const struct sq_shape *shape)
{
    if (shape->min > 0) {
        sq_json_write_key(json, least);
        sq_json_write_int(json, shape->min);
    }
    sq_json_write_key(json, most);
    sq_json_write_int(json, shape->max);
}

static void add_words(struct sq_json_writer *json, const struct sq_word *words)
{
    sq_json_write_key(json, "enum");
    sq_json_write_array_begin(json);
    for (; words->word != NULL; words++) {
        if (!words->later && words->foreign == NULL) {
            sq_json_write_text(json, words->word);
        }
    }
    sq_json_write_array_end(json);
}

/* Writes a text that was put together; the buffer is cleared. */
static void add_built(struct sq_json_writer *json, struct sq_strbuf *text)
{
    sq_json_write_text(json, sq_strbuf_text(text));
    json->out->failed |= text->failed;
    sq_strbuf_clear(text);
}

/* "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"; the table writes `-` last, as a class needs it. */
static void add_name_pattern(struct sq_json_writer *json, const char *punctuation)
{
    struct sq_strbuf pattern = {0};
    sq_strbuf_add_format(&pattern, "^[A-Za-z0-9][A-Za-z0-9%s]{0,62}$", punctuation);
    sq_json_write_key(json, "pattern");
    add_built(json, &pattern);
}

static void add_value(struct sq_json_writer *json, const struct sq_shape *shape);

static void add_reference(struct sq_json_writer *json, const struct sq_object *object)
{
    struct sq_strbuf path = {0};
    sq_strbuf_add_format(&path, "#/$defs/%s", object->name);
    sq_json_write_key(json, "$ref");
    add_built(json, &path);
}

static void add_alternatives(struct sq_json_writer *json, const struct sq_shape *const *either)
{
    if (either[1] == NULL) {
        add_value(json, either[0]);
        return;
    }
    sq_json_write_key(json, "anyOf");
    sq_json_write_array_begin(json);
    for (; *either != NULL; either++) {
        sq_json_write_object_begin(json);
        add_value(json, *either);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void add_schema_of(struct sq_json_writer *json, const char *key,
                          const struct sq_shape *shape)
{
    sq_json_write_key(json, key);
    sq_json_write_object_begin(json);
    add_value(json, shape);
    sq_json_write_object_end(json);
}

static void add_list(struct sq_json_writer *json, const struct sq_shape *shape)
{
    add_type(json, "array");
    add_counts(json, "minItems", "maxItems", shape);
    add_schema_of(json, "items", shape->item);
}

static void add_map(struct sq_json_writer *json, const struct sq_shape *shape)
{
    add_type(json, "object");
    add_counts(json, "minProperties", "maxProperties", shape);
    if (shape->text != NULL || shape->words != NULL) {
        sq_json_write_key(json, "propertyNames");
        sq_json_write_object_begin(json);
        if (shape->words != NULL) {
            add_words(json, shape->words);
        } else {
            add_name_pattern(json, shape->text);
        }
        sq_json_write_object_end(json);
    }
    add_schema_of(json, "additionalProperties", shape->item);
}

/* [[offset, value], ...] */
static void add_points(struct sq_json_writer *json, const struct sq_shape *shape)
{
    add_type(json, "array");
    sq_json_write_key(json, "minItems");
    sq_json_write_int(json, 1);
    sq_json_write_key(json, "maxItems");
    sq_json_write_int(json, SQ_CURVE_POINTS_MAX);
    sq_json_write_key(json, "items");
    sq_json_write_object_begin(json);
    add_type(json, "array");
    sq_json_write_key(json, "prefixItems");
    sq_json_write_array_begin(json);
    sq_json_write_object_begin(json);
    add_value(json, &sq_shape_span);
    sq_json_write_object_end(json);
    sq_json_write_object_begin(json);
    add_value(json, shape->item);
    sq_json_write_object_end(json);
    sq_json_write_array_end(json);
    sq_json_write_key(json, "items");
    sq_json_write_bool(json, false);
    sq_json_write_key(json, "minItems");
    sq_json_write_int(json, 2);
    sq_json_write_object_end(json);
}

static void add_curve(struct sq_json_writer *json, const struct sq_shape *shape)
{
    sq_json_write_key(json, "anyOf");
    sq_json_write_array_begin(json);
    sq_json_write_object_begin(json);
    add_points(json, shape);
    sq_json_write_object_end(json);
    sq_json_write_object_begin(json);
    add_reference(json, shape->object);
    sq_json_write_object_end(json);
    sq_json_write_array_end(json);
}

static void add_ratio(struct sq_json_writer *json)
{
    sq_json_write_key(json, "anyOf");
    sq_json_write_array_begin(json);
    sq_json_write_object_begin(json);
    add_type(json, "number");
    add_bounds(json, 0, 1, 0);
    sq_json_write_object_end(json);
    sq_json_write_object_begin(json);
    add_pattern(json, PERCENT_PATTERN);
    sq_json_write_object_end(json);
    sq_json_write_array_end(json);
}

static void add_number(struct sq_json_writer *json, const struct sq_shape *shape)
{
    if (shape->kind == SQ_SHAPE_INTEGER) {
        add_type(json, "integer");
        add_bounds(json, shape->min, shape->max, 0);
        return;
    }
    add_type(json, "number");
    if (shape->kind == SQ_SHAPE_DECIMAL) {
        add_bounds(json, shape->min, shape->max, 6);
        return;
    }
    add_bounds(json, shape->min >> 32, shape->max >> 32, 0);
}

static void add_value(struct sq_json_writer *json, const struct sq_shape *shape)
{
    switch (shape->kind) {
    case SQ_SHAPE_TEXT:
        if (shape->text != NULL) {
            add_pattern(json, shape->text);
        } else {
            add_type(json, "string");
        }
        return;
    case SQ_SHAPE_NAME:
        add_type(json, "string");
        add_name_pattern(json, SQ_NAME_PUNCTUATION);
        return;
    case SQ_SHAPE_CONST:
        sq_json_write_key(json, "const");
        sq_json_write_text(json, shape->text);
        return;
    case SQ_SHAPE_BOOL:
        add_type(json, "boolean");
        return;
    case SQ_SHAPE_INTEGER:
    case SQ_SHAPE_FACTOR:
    case SQ_SHAPE_DECIMAL:
        add_number(json, shape);
        return;
    case SQ_SHAPE_DURATION:
        add_pattern(json, DURATION_PATTERN);
        return;
    case SQ_SHAPE_RATIO:
        add_ratio(json);
        return;
    case SQ_SHAPE_DATE:
        add_pattern(json, DATE_PATTERN);
        return;
    case SQ_SHAPE_WORD:
        add_words(json, shape->words);
        return;
    case SQ_SHAPE_OBJECT:
        add_reference(json, shape->object);
        return;
    case SQ_SHAPE_LIST:
        add_list(json, shape);
        return;
    case SQ_SHAPE_MAP:
        add_map(json, shape);
        return;
    case SQ_SHAPE_CURVE:
        add_curve(json, shape);
        return;
    case SQ_SHAPE_EITHER:
    case SQ_SHAPE_NODE:
        if (shape->either != NULL) {
            add_alternatives(json, shape->either);
        }
        return;
    case SQ_SHAPE_LATER:
        break;
    }
    sq_assert(false && "a field of a later version has no schema");
}

/* ---- one object ---- */

static void add_property(struct sq_json_writer *json, const struct sq_field *field)
{
    struct sq_strbuf text = {0};
    sq_json_write_key(json, field->key);
    sq_json_write_object_begin(json);
    sq_strbuf_add(&text, field->sentence);
    if (field->standard != NULL) {
        sq_strbuf_add_format(&text, " (default: %s)", field->standard);
    }
    sq_json_write_key(json, "description");
    add_built(json, &text);
    add_value(json, field->shape);
    if (field->example != NULL) {
        sq_json_write_key(json, "examples");
        sq_json_write_array_begin(json);
        sq_json_write_raw(json, field->example);
        sq_json_write_array_end(json);
    }
    sq_json_write_object_end(json);
}

static void add_keys(struct sq_json_writer *json, const struct sq_object *object, unsigned flag)
{
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if ((field->flags & flag) != 0 && field->shape->kind != SQ_SHAPE_LATER) {
            sq_json_write_text(json, field->key);
        }
    }
}

static bool has_flag(const struct sq_object *object, unsigned flag)
{
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if ((field->flags & flag) != 0) {
            return true;
        }
    }
    return false;
}

/* One of the exclusive fields: each alone or, where none is needed, none of them. */
static void add_choice(struct sq_json_writer *json, const struct sq_object *object)
{
    sq_json_write_key(json, "oneOf");
    sq_json_write_array_begin(json);
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if ((field->flags & SQ_FIELD_ONE_OF) != 0 && field->shape->kind != SQ_SHAPE_LATER) {
            sq_json_write_object_begin(json);
            sq_json_write_key(json, "required");
            sq_json_write_array_begin(json);
            sq_json_write_text(json, field->key);
            sq_json_write_array_end(json);
            sq_json_write_object_end(json);
        }
    }
    if (!object->one_needed) {
        sq_json_write_object_begin(json);
        sq_json_write_key(json, "properties");
        sq_json_write_object_begin(json);
        for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
            if ((field->flags & SQ_FIELD_ONE_OF) != 0 && field->shape->kind != SQ_SHAPE_LATER) {
                sq_json_write_key(json, field->key);
                sq_json_write_bool(json, false);
            }
        }
        sq_json_write_object_end(json);
        sq_json_write_object_end(json);
    }
    sq_json_write_array_end(json);
}

static void add_object(struct sq_json_writer *json, const struct sq_object *object)
{
    sq_json_write_key(json, "description");
    sq_json_write_text(json, object->sentence);
    add_type(json, "object");
    sq_json_write_key(json, "properties");
    sq_json_write_object_begin(json);
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        if (field->shape->kind != SQ_SHAPE_LATER) {
            add_property(json, field);
        }
    }
    sq_json_write_object_end(json);
    if (has_flag(object, SQ_FIELD_REQUIRED)) {
        sq_json_write_key(json, "required");
        sq_json_write_array_begin(json);
        add_keys(json, object, SQ_FIELD_REQUIRED);
        sq_json_write_array_end(json);
    }
    if (has_flag(object, SQ_FIELD_ONE_OF)) {
        add_choice(json, object);
    }
    sq_json_write_key(json, "additionalProperties");
    sq_json_write_bool(json, false);
}

static void write_schema(const struct sq_object *root, struct sq_strbuf *out)
{
    struct sq_json_writer json = {.out = out};
    struct definitions definitions = {0};
    struct sq_strbuf id = {0};
    collect_object(&definitions, root);
    sq_strbuf_add_format(&id, "urn:squall:%s:1", root->name);
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "$schema");
    sq_json_write_text(&json, "https://json-schema.org/draft/2020-12/schema");
    sq_json_write_key(&json, "$id");
    add_built(&json, &id);
    sq_json_write_key(&json, "title");
    sq_json_write_text(&json, root->name);
    add_reference(&json, root);
    sq_json_write_key(&json, "$defs");
    sq_json_write_object_begin(&json);
    for (size_t i = 0; i < definitions.n_list; i++) {
        sq_json_write_key(&json, definitions.list[i]->name);
        sq_json_write_object_begin(&json);
        add_object(&json, definitions.list[i]);
        sq_json_write_object_end(&json);
    }
    sq_json_write_object_end(&json);
    sq_json_write_object_end(&json);
    sq_strbuf_add_char(out, '\n');
}

enum sq_status sq_reference_schema(const char *name, struct sq_strbuf *out, struct sq_error *err)
{
    const struct sq_object *root = strcmp(name, "scenario") == 0 ? &sq_object_scenario
                                   : strcmp(name, "policy") == 0 ? &sq_object_policy
                                                                 : NULL;
    if (root == NULL) {
        return sq_error_set(err, SQ_INVALID, "no schema is named \"%s\" (known: scenario, policy)",
                            name);
    }
    write_schema(root, out);
    return sq_strbuf_failed(out) ? sq_error_set(err, SQ_NO_MEMORY, "out of memory") : SQ_OK;
}
