/* SPDX-License-Identifier: MIT */
/*
 * Applying nodes to values. A spot is what a schema is applied to: a value, or the key of a member
 * (propertyNames). A frame is one node at one spot; `seen` are the members or elements of the value
 * that some schema has looked at already, kept only where an unevaluated... asks for it.
 *
 * Everything returns whether the value is valid. When checker->status is not SQ_OK the answer means
 * nothing, and whoever started the check asks for that first.
 */
#ifndef SQ_WIRE_SCHEMA_CHECK_H
#define SQ_WIRE_SCHEMA_CHECK_H

#include "wire/schema.h"
#include "wire/schema/node.h"

/* One bit a member or element, in the order of the text. */
struct sq_schema_seen {
    uint8_t *bits;
    size_t bytes;
};

struct sq_schema_spot {
    const struct sq_json *json;
    bool key; /* the key of json, not its value */
};

struct sq_schema_checker {
    const struct sq_schema *schema;
    const struct sq_json *document; /* root of the value's document */
    struct sq_schema_violation *first;
    struct sq_error *err;
    enum sq_status status;
    size_t depth;
    size_t steps;
    size_t quiet; /* above 0: a schema is tried, violations are not news */
};

struct sq_schema_frame {
    struct sq_schema_checker *checker;
    const struct sq_schema_node *node;
    struct sq_schema_spot spot;
    struct sq_schema_seen *seen; /* NULL: nobody asks */
};

/* Checks one keyword in its frame. */
typedef bool sq_schema_rule(const struct sq_schema_frame *frame,
                            const struct sq_schema_entry *entry);

bool sq_schema_apply(struct sq_schema_checker *checker, const struct sq_schema_node *node,
                     struct sq_schema_spot spot, struct sq_schema_seen *seen);

enum sq_json_kind sq_schema_spot_kind(const struct sq_schema_spot *spot);
/* Of a string. */
const char *sq_schema_spot_text(const struct sq_schema_spot *spot, size_t *length);

/* Remembers the violation, unless quiet or not the first, and returns false. */
bool sq_schema_fail(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same, at the key of a member or at an element. */
bool sq_schema_fail_at(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                       const struct sq_json *inner, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Ends the check. Returns false. */
bool sq_schema_give_up(struct sq_schema_checker *checker, enum sq_status status);

/* Marks the member or element; nothing when nobody asks. */
void sq_schema_see(struct sq_schema_seen *seen, size_t index);
bool sq_schema_was_seen(const struct sq_schema_seen *seen, size_t index);

/* The rules, by file. */
sq_schema_rule sq_schema_check_type;
sq_schema_rule sq_schema_check_enum;
sq_schema_rule sq_schema_check_const;
sq_schema_rule sq_schema_check_number; /* multipleOf and the four bounds */
sq_schema_rule sq_schema_check_length; /* of strings */
sq_schema_rule sq_schema_check_pattern;
sq_schema_rule sq_schema_check_size; /* of arrays and objects */
sq_schema_rule sq_schema_check_unique_items;
sq_schema_rule sq_schema_check_required;
sq_schema_rule sq_schema_check_dependent_required;

sq_schema_rule sq_schema_check_property_names;
sq_schema_rule sq_schema_check_properties;
sq_schema_rule sq_schema_check_pattern_properties;
sq_schema_rule sq_schema_check_additional_properties;
sq_schema_rule sq_schema_check_prefix_items;
sq_schema_rule sq_schema_check_items;
sq_schema_rule sq_schema_check_contains;
sq_schema_rule sq_schema_check_unevaluated; /* items and properties */

#endif
