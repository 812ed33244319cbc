/* SPDX-License-Identifier: MIT */
/* Walking along the tables: objects, lists, maps, curves. What is said about mistakes in keys is
 * in keys.c, how it is said in complain.c. */
#include "scenarios/reader_int.h"

#include "base/assert.h"
#include "base/curve.h"
#include "scenarios/keys_int.h"
#include "scenarios/values_int.h"

/* What an object's reading stores when the struct is a list's element. */
static void mark_item(const struct sq_object *object, const struct sq_json *node, void *into)
{
    if (object->is_item) {
        struct sq_item *item = into;
        item->node = node;
        item->key = sq_json_key(node);
    }
}

static bool read_fields(struct sq_reader *reader, const struct sq_object *object,
                        const struct sq_json *node, void *into)
{
    bool good = true;
    for (const struct sq_field *field = object->fields; field->key != NULL; field++) {
        const struct sq_json *member = sq_json_member(node, field->key);
        if (member != NULL) {
            good &= field->shape->kind == SQ_SHAPE_LATER
                        ? sq_complain_later(reader, member, field->sentence)
                        : sq_read_value(reader, field->shape, member, (char *)into + field->offset,
                                        field->size);
        } else if ((field->flags & SQ_FIELD_REQUIRED) != 0) {
            good &= sq_complain_missing(reader, object, field, node);
        }
    }
    return good;
}

bool sq_read_object(struct sq_reader *reader, const struct sq_object *object,
                    const struct sq_json *node, void *into)
{
    if (!sq_expect(reader, node, SQ_JSON_OBJECT, "an object")) {
        return false;
    }
    mark_item(object, node, into);
    bool good = sq_keys_check(reader, object, node);
    good &= read_fields(reader, object, node, into);
    if (good && object->finish != NULL) {
        uint32_t before = reader->diagnostics->n_errors;
        object->finish(reader, node, into);
        good = reader->diagnostics->n_errors == before;
    }
    return good && !sq_reader_failed(reader);
}

static bool check_count(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node)
{
    int64_t count = (int64_t)sq_json_count(node);
    if (count >= shape->min && count <= shape->max) {
        return true;
    }
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_COUNT, node, false, NULL,
                               sq_phrase(reader, "allowed: %lld to %lld", (long long)shape->min,
                                         (long long)shape->max)},
        "`%s` has %lld elements", sq_path_of(reader, node), (long long)count);
}

/* Elements of a list or members of a map into a fresh row of items. */
static bool read_items(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, struct sq_list *list)
{
    size_t count = sq_json_count(node);
    char *items = sq_reader_scratch(reader, count == 0 ? 1 : count, shape->item_bytes);
    bool good = items != NULL;
    if (items == NULL) {
        return false;
    }
    list->items = items;
    list->n_items = (uint32_t)count;
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child), items += shape->item_bytes) {
        good &= sq_read_value(reader, shape->item, child, items, shape->item_bytes);
    }
    return good;
}

static bool read_list(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into)
{
    return sq_expect(reader, node, SQ_JSON_ARRAY, shape->name) &&
           check_count(reader, shape, node) && read_items(reader, shape, node, into);
}

static bool check_keys_are_names(struct sq_reader *reader, const struct sq_shape *shape,
                                 const struct sq_json *node)
{
    bool good = true;
    for (const struct sq_json *child = sq_json_first(node); child != NULL && shape->text != NULL;
         child = sq_json_next(child)) {
        if (!sq_is_name(sq_json_key(child), sq_json_key_length(child), shape->text)) {
            good = sq_complain_name(reader, child, true);
        }
    }
    return good;
}

static bool read_map(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into)
{
    return sq_expect(reader, node, SQ_JSON_OBJECT, shape->name) &&
           check_count(reader, shape, node) && check_keys_are_names(reader, shape, node) &&
           read_items(reader, shape, node, into);
}

static bool complain_curve(struct sq_reader *reader, const struct sq_json *node, const char *what)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_CURVE, node, false, what,
                                              "a curve is [[offset, value], ...] with rising "
                                              "offsets, such as [[\"0s\", 0], [\"30s\", 0.5]]"},
                       "`%s` is not a usable curve", sq_path_of(reader, node));
}

static bool read_point(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, struct sq_curve_point *point)
{
    if (sq_json_kind(node) != SQ_JSON_ARRAY || sq_json_count(node) != 2) {
        return complain_curve(reader, node, "not [offset, value]");
    }
    const struct sq_json *offset = sq_json_first(node);
    bool good =
        sq_read_value(reader, &sq_shape_span, offset, &point->offset, sizeof(point->offset));
    return sq_read_value(reader, shape->item, sq_json_next(offset), &point->value,
                         sizeof(point->value)) &&
           good;
}

bool sq_read_points(struct sq_reader *reader, const struct sq_shape *shape,
                    const struct sq_json *node, struct sq_curve_draft *draft)
{
    size_t count = sq_json_count(node);
    if (sq_json_kind(node) != SQ_JSON_ARRAY || count == 0 || count > SQ_CURVE_POINTS_MAX) {
        return complain_curve(reader, node, "needs 1 to 256 points");
    }
    struct sq_curve_point *points = sq_reader_scratch(reader, count, sizeof(*points));
    uint32_t n = 0;
    for (const struct sq_json *child = sq_json_first(node); child != NULL && points != NULL;
         child = sq_json_next(child), n++) {
        if (!read_point(reader, shape, child, &points[n])) {
            return false;
        }
        if (n > 0 && points[n].offset <= points[n - 1].offset) {
            return complain_curve(reader, child, "not after the point before");
        }
    }
    *draft = (struct sq_curve_draft){.node = node, .points = {points, n}};
    return points != NULL;
}

bool sq_read_value(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size)
{
    if (shape->read != NULL) {
        return shape->read(reader, shape, node, into, size);
    }
    switch (shape->kind) {
    case SQ_SHAPE_TEXT:
        return sq_read_text(reader, shape, node, into, size);
    case SQ_SHAPE_NAME:
        return sq_read_name(reader, shape, node, into, size);
    case SQ_SHAPE_CONST:
        return sq_read_const(reader, shape, node, into, size);
    case SQ_SHAPE_BOOL:
        return sq_read_bool(reader, shape, node, into, size);
    case SQ_SHAPE_INTEGER:
        return sq_read_integer(reader, shape, node, into, size);
    case SQ_SHAPE_DURATION:
        return sq_read_duration(reader, shape, node, into, size);
    case SQ_SHAPE_RATIO:
        return sq_read_ratio(reader, shape, node, into, size);
    case SQ_SHAPE_FACTOR:
        return sq_read_factor(reader, shape, node, into, size);
    case SQ_SHAPE_DECIMAL:
        return sq_read_decimal(reader, shape, node, into, size);
    case SQ_SHAPE_DATE:
        return sq_read_date(reader, shape, node, into, size);
    case SQ_SHAPE_WORD:
        return sq_read_word_value(reader, shape, node, into, size);
    case SQ_SHAPE_OBJECT:
        return sq_read_object(reader, shape->object, node, into);
    case SQ_SHAPE_LIST:
        return read_list(reader, shape, node, into);
    case SQ_SHAPE_MAP:
        return read_map(reader, shape, node, into);
    case SQ_SHAPE_NODE:
        sq_assert(size == sizeof(struct sq_item));
        *(struct sq_item *)into = (struct sq_item){node, sq_json_key(node)};
        return true;
    case SQ_SHAPE_CURVE:
    case SQ_SHAPE_EITHER:
    case SQ_SHAPE_LATER:
        break;
    }
    sq_assert(false && "this shape needs a reader of its own");
    return false;
}
