/* SPDX-License-Identifier: MIT */
/*
 * See check.h. Here: the walk over a node's keywords, and the keywords that apply schemas to the
 * very same value. A schema that is only tried (anyOf, oneOf, if, not) gets marks of its own; they
 * count when it held, so a failed branch never evaluates anything.
 */
#include "wire/schema/check.h"

#include <stdarg.h>

#include "base/assert.h"
#include "base/memory.h"
#include "wire/schema/place.h"

enum sq_json_kind sq_schema_spot_kind(const struct sq_schema_spot *spot)
{
    return spot->key ? SQ_JSON_STRING : sq_json_kind(spot->json);
}

const char *sq_schema_spot_text(const struct sq_schema_spot *spot, size_t *length)
{
    if (spot->key) {
        *length = sq_json_key_length(spot->json);
        return sq_json_key(spot->json);
    }
    return sq_json_text(spot->json, length);
}

/* Violations */

static void cut_into(char *out, size_t out_bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void cut_into(char *out, size_t out_bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(out, out_bytes, format, arguments);
    va_end(arguments);
}

static void put_path(const struct sq_json *root, const struct sq_json *value, char *out)
{
    struct sq_strbuf path = {0};
    sq_schema_place(root, value, &path);
    cut_into(out, SQ_SCHEMA_PATH_BYTES, "%s", sq_strbuf_text(&path));
    sq_strbuf_clear(&path);
}

/* A violation at a spot; schema_at is the keyword's value, or the schema `false`. */
static bool violate(struct sq_schema_checker *checker, const struct sq_schema_node *node,
                    const struct sq_json *schema_at, const char *keyword,
                    const struct sq_schema_spot *spot)
{
    struct sq_schema_violation *first = checker->first;
    if (checker->quiet > 0 || first->found || checker->status != SQ_OK) {
        return false;
    }
    first->found = true;
    first->keyword = keyword;
    first->where = spot->key ? sq_json_key_where(spot->json) : sq_json_where(spot->json);
    put_path(checker->document, spot->json, first->value_path);
    put_path(node->resource->document, schema_at, first->schema_path);
    return true;
}

bool sq_schema_fail(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                    const char *format, ...)
{
    struct sq_schema_violation *first = frame->checker->first;
    const char *keyword = sq_schema_row(entry->keyword)->name;
    if (violate(frame->checker, frame->node, entry->value, keyword, &frame->spot)) {
        va_list arguments;
        va_start(arguments, format);
        sq_strbuf_format_cut(first->why, sizeof first->why, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool sq_schema_fail_at(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                       const struct sq_json *inner, const char *format, ...)
{
    struct sq_schema_violation *first = frame->checker->first;
    const char *keyword = sq_schema_row(entry->keyword)->name;
    struct sq_schema_spot spot = {.json = inner, .key = sq_json_key(inner) != NULL};
    if (violate(frame->checker, frame->node, entry->value, keyword, &spot)) {
        va_list arguments;
        va_start(arguments, format);
        sq_strbuf_format_cut(first->why, sizeof first->why, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool sq_schema_give_up(struct sq_schema_checker *checker, enum sq_status status)
{
    if (checker->status == SQ_OK) {
        checker->status = status;
    }
    return false;
}

/* Marks */

void sq_schema_see(struct sq_schema_seen *seen, size_t index)
{
    if (seen != NULL) {
        sq_assert(index / 8 < seen->bytes);
        seen->bits[index / 8] |= (uint8_t)(1u << index % 8);
    }
}

bool sq_schema_was_seen(const struct sq_schema_seen *seen, size_t index)
{
    sq_assert(index / 8 < seen->bytes);
    return (seen->bits[index / 8] >> index % 8 & 1) != 0;
}

static bool new_seen(const struct sq_schema_frame *frame, struct sq_schema_seen *seen)
{
    const struct sq_json *json = frame->spot.json;
    seen->bytes = frame->spot.key ? 1 : sq_json_count(json) / 8 + 1;
    seen->bits = sq_memory_new(seen->bytes, 1);
    if (seen->bits == NULL) {
        (void)sq_error_set(frame->checker->err, SQ_NO_MEMORY, "out of memory for a JSON Schema");
        return sq_schema_give_up(frame->checker, SQ_NO_MEMORY);
    }
    return true;
}

static void merge_seen(struct sq_schema_seen *into, const struct sq_schema_seen *from)
{
    for (size_t i = 0; into != NULL && i < from->bytes; i++) {
        into->bits[i] |= from->bits[i];
    }
}

/* In place */

/* As part of the frame: when it fails, the frame fails, and its marks with it. */
static bool apply_here(const struct sq_schema_frame *frame, const struct sq_schema_node *node)
{
    return sq_schema_apply(frame->checker, node, frame->spot, frame->seen);
}

/* As a question: marks count only when the schema held, violations never. */
static bool try_here(const struct sq_schema_frame *frame, const struct sq_schema_node *node)
{
    struct sq_schema_checker *checker = frame->checker;
    struct sq_schema_seen seen = {0};
    if (frame->seen != NULL && !new_seen(frame, &seen)) {
        return false;
    }
    checker->quiet++;
    bool valid = sq_schema_apply(checker, node, frame->spot, frame->seen != NULL ? &seen : NULL);
    checker->quiet--;
    if (valid) {
        merge_seen(frame->seen, &seen);
    }
    sq_memory_free(seen.bits);
    return valid;
}

static bool check_reference(const struct sq_schema_frame *frame,
                            const struct sq_schema_entry *entry)
{
    return apply_here(frame, entry->node);
}

static bool check_all_of(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    bool valid = true;
    for (size_t i = 0; i < entry->n_parts && valid; i++) {
        valid = apply_here(frame, entry->parts[i].node);
    }
    return valid;
}

/* All of them are tried when somebody asks for marks. */
static bool check_any_of(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    bool valid = false;
    for (size_t i = 0; i < entry->n_parts && (!valid || frame->seen != NULL); i++) {
        valid = try_here(frame, entry->parts[i].node) || valid;
    }
    return valid ? true
                 : sq_schema_fail(frame, entry, "fits none of the %zu schemas", entry->n_parts);
}

static bool check_one_of(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    size_t n_valid = 0;
    for (size_t i = 0; i < entry->n_parts && n_valid < 2; i++) {
        n_valid += try_here(frame, entry->parts[i].node) ? 1 : 0;
    }
    if (n_valid == 1) {
        return true;
    }
    return sq_schema_fail(frame, entry, "fits %s of the %zu schemas, not exactly one",
                          n_valid == 0 ? "none" : "more than one", entry->n_parts);
}

static bool check_not(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    struct sq_schema_frame alone = *frame;
    alone.seen = NULL;
    return try_here(&alone, entry->node)
               ? sq_schema_fail(frame, entry, "fits the schema that it may not fit")
               : true;
}

static bool check_if(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    bool holds = try_here(frame, entry->node);
    const struct sq_schema_entry *next =
        sq_schema_entry(frame->node, holds ? SQ_SCHEMA_THEN : SQ_SCHEMA_ELSE);
    return next == NULL ? true : apply_here(frame, next->node);
}

static bool check_dependent_schemas(const struct sq_schema_frame *frame,
                                    const struct sq_schema_entry *entry)
{
    if (sq_schema_spot_kind(&frame->spot) != SQ_JSON_OBJECT) {
        return true;
    }
    bool valid = true;
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member)) {
        const struct sq_schema_part *part =
            sq_schema_part(entry, sq_json_key(member), sq_json_key_length(member));
        valid = part == NULL || apply_here(frame, part->node);
    }
    return valid;
}

/* The walk. Keywords without a rule say something about others, or nothing about the value. */
static sq_schema_rule *const rules[SQ_SCHEMA_KEYWORDS] = {
    [SQ_SCHEMA_TYPE] = sq_schema_check_type,
    [SQ_SCHEMA_ENUM] = sq_schema_check_enum,
    [SQ_SCHEMA_CONST] = sq_schema_check_const,
    [SQ_SCHEMA_MULTIPLE_OF] = sq_schema_check_number,
    [SQ_SCHEMA_MAXIMUM] = sq_schema_check_number,
    [SQ_SCHEMA_EXCLUSIVE_MAXIMUM] = sq_schema_check_number,
    [SQ_SCHEMA_MINIMUM] = sq_schema_check_number,
    [SQ_SCHEMA_EXCLUSIVE_MINIMUM] = sq_schema_check_number,
    [SQ_SCHEMA_MAX_LENGTH] = sq_schema_check_length,
    [SQ_SCHEMA_MIN_LENGTH] = sq_schema_check_length,
    [SQ_SCHEMA_PATTERN] = sq_schema_check_pattern,
    [SQ_SCHEMA_MAX_ITEMS] = sq_schema_check_size,
    [SQ_SCHEMA_MIN_ITEMS] = sq_schema_check_size,
    [SQ_SCHEMA_UNIQUE_ITEMS] = sq_schema_check_unique_items,
    [SQ_SCHEMA_MAX_PROPERTIES] = sq_schema_check_size,
    [SQ_SCHEMA_MIN_PROPERTIES] = sq_schema_check_size,
    [SQ_SCHEMA_REQUIRED] = sq_schema_check_required,
    [SQ_SCHEMA_DEPENDENT_REQUIRED] = sq_schema_check_dependent_required,
    [SQ_SCHEMA_PROPERTY_NAMES] = sq_schema_check_property_names,
    [SQ_SCHEMA_PROPERTIES] = sq_schema_check_properties,
    [SQ_SCHEMA_PATTERN_PROPERTIES] = sq_schema_check_pattern_properties,
    [SQ_SCHEMA_ADDITIONAL_PROPERTIES] = sq_schema_check_additional_properties,
    [SQ_SCHEMA_PREFIX_ITEMS] = sq_schema_check_prefix_items,
    [SQ_SCHEMA_ITEMS] = sq_schema_check_items,
    [SQ_SCHEMA_CONTAINS] = sq_schema_check_contains,
    [SQ_SCHEMA_REF] = check_reference,
    [SQ_SCHEMA_DYNAMIC_REF] = check_reference,
    [SQ_SCHEMA_ALL_OF] = check_all_of,
    [SQ_SCHEMA_ANY_OF] = check_any_of,
    [SQ_SCHEMA_ONE_OF] = check_one_of,
    [SQ_SCHEMA_NOT] = check_not,
    [SQ_SCHEMA_IF] = check_if,
    [SQ_SCHEMA_DEPENDENT_SCHEMAS] = check_dependent_schemas,
    [SQ_SCHEMA_UNEVALUATED_ITEMS] = sq_schema_check_unevaluated,
    [SQ_SCHEMA_UNEVALUATED_PROPERTIES] = sq_schema_check_unevaluated,
};

static bool check_entries(const struct sq_schema_frame *frame)
{
    bool valid = true;
    for (size_t i = 0; i < frame->node->n_entries && valid; i++) {
        const struct sq_schema_entry *entry = &frame->node->entries[i];
        sq_schema_rule *rule = rules[entry->keyword];
        valid = rule == NULL || rule(frame, entry);
    }
    return valid;
}

/* Whether the node has to know what was evaluated at this spot. */
static bool asks(const struct sq_schema_frame *frame)
{
    enum sq_json_kind kind = sq_schema_spot_kind(&frame->spot);
    return (kind == SQ_JSON_OBJECT &&
            sq_schema_entry(frame->node, SQ_SCHEMA_UNEVALUATED_PROPERTIES) != NULL) ||
           (kind == SQ_JSON_ARRAY &&
            sq_schema_entry(frame->node, SQ_SCHEMA_UNEVALUATED_ITEMS) != NULL);
}

/* Marks of schemas around this one do not count for its own unevaluated..., so it starts afresh. */
static bool check_asking(const struct sq_schema_frame *frame)
{
    struct sq_schema_seen seen = {0};
    struct sq_schema_frame own = *frame;
    if (!new_seen(frame, &seen)) {
        return false;
    }
    own.seen = &seen;
    bool valid = check_entries(&own);
    merge_seen(frame->seen, &seen);
    sq_memory_free(seen.bits);
    return valid;
}

/* Counts one more schema; false when that is too many. */
static bool enter(struct sq_schema_checker *checker)
{
    if (checker->status != SQ_OK) {
        return false;
    }
    if (checker->depth >= SQ_SCHEMA_DEPTH_MAX) {
        (void)sq_error_set(checker->err, SQ_LIMIT, "more than %d schemas inside each other",
                           SQ_SCHEMA_DEPTH_MAX);
        return sq_schema_give_up(checker, SQ_LIMIT);
    }
    if (checker->steps >= SQ_SCHEMA_STEPS_MAX) {
        (void)sq_error_set(checker->err, SQ_LIMIT, "the check took more than %d steps",
                           SQ_SCHEMA_STEPS_MAX);
        return sq_schema_give_up(checker, SQ_LIMIT);
    }
    checker->steps++;
    checker->depth++;
    return true;
}

bool sq_schema_apply(struct sq_schema_checker *checker, const struct sq_schema_node *node,
                     struct sq_schema_spot spot, struct sq_schema_seen *seen)
{
    struct sq_schema_frame frame = {checker, node, spot, seen};
    if (node->refuses) {
        if (violate(checker, node, node->json, "false", &spot)) {
            cut_into(checker->first->why, SQ_SCHEMA_WHY_BYTES, "nothing is allowed here");
        }
        return false;
    }
    if (!enter(checker)) {
        return false;
    }
    bool valid = asks(&frame) ? check_asking(&frame) : check_entries(&frame);
    checker->depth--;
    return valid && checker->status == SQ_OK;
}
