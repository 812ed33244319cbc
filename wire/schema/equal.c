/* SPDX-License-Identifier: MIT */
/*
 * See equal.h. Values are looked at through views whose object members are sorted by key, so that
 * any two can be put in order: comparing and finding twins is then sorting, not trying all pairs.
 * The recursion follows the document, which is SQ_JSON_DEPTH_MAX deep at most.
 */
#include "wire/schema/equal.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/assert.h"
#include "wire/schema/decimal.h"

struct view {
    const struct sq_json *json;
    struct view *inner; /* elements in order, members sorted by key */
    size_t n_inner;
    size_t index; /* in its array */
};

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t shorter = a_length < b_length ? a_length : b_length;
    int order = memcmp(a, b, shorter);
    return order != 0 ? order : (a_length > shorter) - (b_length > shorter);
}

static int compare_keys(const void *left, const void *right)
{
    const struct sq_json *a = ((const struct view *)left)->json;
    const struct sq_json *b = ((const struct view *)right)->json;
    return compare_bytes(sq_json_key(a), sq_json_key_length(a), sq_json_key(b),
                         sq_json_key_length(b));
}

/* False when out of memory. */
static bool look(struct sq_arena *arena, const struct sq_json *json, struct view *view)
{
    enum sq_json_kind kind = sq_json_kind(json);
    view->json = json;
    if (kind != SQ_JSON_ARRAY && kind != SQ_JSON_OBJECT) {
        return true;
    }
    size_t count = sq_json_count(json);
    view->inner = sq_arena_new(arena, count, sizeof *view->inner);
    if (view->inner == NULL) {
        return false;
    }
    for (const struct sq_json *value = sq_json_first(json); value != NULL;
         value = sq_json_next(value)) {
        struct view *inner = &view->inner[view->n_inner];
        inner->index = view->n_inner++;
        if (!look(arena, value, inner)) {
            return false;
        }
    }
    sq_assert(view->n_inner == count);
    if (kind == SQ_JSON_OBJECT && count > 1) {
        qsort(view->inner, count, sizeof *view->inner, compare_keys);
    }
    return true;
}

static int compare_numbers(const struct sq_json *a, const struct sq_json *b)
{
    size_t a_length;
    size_t b_length;
    struct sq_schema_decimal a_decimal;
    struct sq_schema_decimal b_decimal;
    const char *a_digits = sq_json_digits(a, &a_length);
    const char *b_digits = sq_json_digits(b, &b_length);
    sq_schema_decimal_read(a_digits, a_length, &a_decimal);
    sq_schema_decimal_read(b_digits, b_length, &b_decimal);
    return sq_schema_decimal_compare(&a_decimal, &b_decimal);
}

static int compare_texts(const struct sq_json *a, const struct sq_json *b)
{
    size_t a_length;
    size_t b_length;
    const char *a_text = sq_json_text(a, &a_length);
    const char *b_text = sq_json_text(b, &b_length);
    return compare_bytes(a_text, a_length, b_text, b_length);
}

/* Of one kind, neither array nor object. */
static int compare_scalars(const struct sq_json *a, const struct sq_json *b)
{
    switch (sq_json_kind(a)) {
    case SQ_JSON_NULL:
        return 0;
    case SQ_JSON_BOOL:
        return (int)sq_json_bool(a) - (int)sq_json_bool(b);
    case SQ_JSON_NUMBER:
        return compare_numbers(a, b);
    case SQ_JSON_STRING:
        return compare_texts(a, b);
    case SQ_JSON_ARRAY:
    case SQ_JSON_OBJECT:
        break;
    }
    sq_assert(false && "a scalar");
    return 0;
}

static int compare(const struct view *a, const struct view *b)
{
    enum sq_json_kind kind = sq_json_kind(a->json);
    if (kind != sq_json_kind(b->json)) {
        return kind < sq_json_kind(b->json) ? -1 : 1;
    }
    if (kind != SQ_JSON_ARRAY && kind != SQ_JSON_OBJECT) {
        return compare_scalars(a->json, b->json);
    }
    if (a->n_inner != b->n_inner) {
        return a->n_inner < b->n_inner ? -1 : 1;
    }
    int order = 0;
    for (size_t i = 0; i < a->n_inner && order == 0; i++) {
        order = kind == SQ_JSON_OBJECT ? compare_keys(&a->inner[i], &b->inner[i]) : 0;
        order = order == 0 ? compare(&a->inner[i], &b->inner[i]) : order;
    }
    return order;
}

/* Equal elements keep their order. */
static int compare_elements(const void *left, const void *right)
{
    const struct view *a = left;
    const struct view *b = right;
    int order = compare(a, b);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

enum sq_status sq_schema_equal(const struct sq_json *a, const struct sq_json *b, bool *equal)
{
    enum sq_json_kind kind = sq_json_kind(a);
    *equal = false;
    if (kind != sq_json_kind(b)) {
        return SQ_OK;
    }
    if (kind != SQ_JSON_ARRAY && kind != SQ_JSON_OBJECT) {
        *equal = compare_scalars(a, b) == 0;
        return SQ_OK;
    }
    struct sq_arena arena = {0};
    struct view a_view = {0};
    struct view b_view = {0};
    enum sq_status status = SQ_NO_MEMORY;
    if (look(&arena, a, &a_view) && look(&arena, b, &b_view)) {
        *equal = compare(&a_view, &b_view) == 0;
        status = SQ_OK;
    }
    sq_arena_clear(&arena);
    return status;
}

enum sq_status sq_schema_find_twice(const struct sq_json *array, const struct sq_json **twice)
{
    struct sq_arena arena = {0};
    struct view view = {0};
    const struct view *first = NULL;
    *twice = NULL;
    if (!look(&arena, array, &view)) {
        sq_arena_clear(&arena);
        return SQ_NO_MEMORY;
    }
    if (view.n_inner > 1) {
        qsort(view.inner, view.n_inner, sizeof *view.inner, compare_elements);
    }
    for (size_t i = 1; i < view.n_inner; i++) {
        if (compare(&view.inner[i - 1], &view.inner[i]) == 0 &&
            (first == NULL || view.inner[i].index < first->index)) {
            first = &view.inner[i];
        }
    }
    *twice = first != NULL ? first->json : NULL;
    sq_arena_clear(&arena);
    return SQ_OK;
}
