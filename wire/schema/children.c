/* SPDX-License-Identifier: MIT */
/* The keywords that apply schemas to the members of an object or the elements of an array. */
#include "wire/schema/check.h"

static bool is_object(const struct sq_schema_frame *frame)
{
    return sq_schema_spot_kind(&frame->spot) == SQ_JSON_OBJECT;
}

static bool is_array(const struct sq_schema_frame *frame)
{
    return sq_schema_spot_kind(&frame->spot) == SQ_JSON_ARRAY;
}

/* The member or element `inner` of the frame's value, number `index`, against a schema. */
static bool check_inner(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                        const struct sq_schema_node *node, const struct sq_json *inner,
                        size_t index)
{
    struct sq_schema_spot spot = {.json = inner};
    sq_schema_see(frame->seen, index);
    if (!node->refuses) {
        return sq_schema_apply(frame->checker, node, spot, NULL);
    }
    return sq_json_key(inner) != NULL
               ? sq_schema_fail_at(frame, entry, inner, "`%s` is not allowed here",
                                   sq_json_key(inner))
               : sq_schema_fail_at(frame, entry, inner, "element %zu is not allowed here", index);
}

bool sq_schema_check_property_names(const struct sq_schema_frame *frame,
                                    const struct sq_schema_entry *entry)
{
    bool valid = true;
    if (!is_object(frame)) {
        return true;
    }
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member)) {
        struct sq_schema_spot spot = {.json = member, .key = true};
        valid = sq_schema_apply(frame->checker, entry->node, spot, NULL);
    }
    return valid;
}

bool sq_schema_check_properties(const struct sq_schema_frame *frame,
                                const struct sq_schema_entry *entry)
{
    bool valid = true;
    size_t index = 0;
    if (!is_object(frame)) {
        return true;
    }
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member), index++) {
        const struct sq_schema_part *part =
            sq_schema_part(entry, sq_json_key(member), sq_json_key_length(member));
        valid = part == NULL || check_inner(frame, entry, part->node, member, index);
    }
    return valid;
}

static bool key_fits(struct sq_schema_checker *checker, const struct sq_pattern *pattern,
                     const struct sq_json *member)
{
    bool found = false;
    enum sq_status status = sq_pattern_find(pattern, sq_json_key(member),
                                            sq_json_key_length(member), &found, checker->err);
    return status == SQ_OK ? found : sq_schema_give_up(checker, status);
}

bool sq_schema_check_pattern_properties(const struct sq_schema_frame *frame,
                                        const struct sq_schema_entry *entry)
{
    bool valid = true;
    size_t index = 0;
    if (!is_object(frame)) {
        return true;
    }
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member), index++) {
        for (size_t i = 0; i < entry->n_parts && valid; i++) {
            valid = !key_fits(frame->checker, entry->parts[i].pattern, member) ||
                    check_inner(frame, entry, entry->parts[i].node, member, index);
        }
    }
    return valid;
}

/* Whether properties or patternProperties of the same schema speak of the member. */
static bool is_spoken_of(const struct sq_schema_frame *frame, const struct sq_json *member)
{
    const struct sq_schema_entry *named = sq_schema_entry(frame->node, SQ_SCHEMA_PROPERTIES);
    const struct sq_schema_entry *patterns =
        sq_schema_entry(frame->node, SQ_SCHEMA_PATTERN_PROPERTIES);
    bool found = sq_schema_part(named, sq_json_key(member), sq_json_key_length(member)) != NULL;
    for (size_t i = 0; patterns != NULL && i < patterns->n_parts && !found; i++) {
        found = key_fits(frame->checker, patterns->parts[i].pattern, member);
    }
    return found;
}

bool sq_schema_check_additional_properties(const struct sq_schema_frame *frame,
                                           const struct sq_schema_entry *entry)
{
    bool valid = true;
    size_t index = 0;
    if (!is_object(frame)) {
        return true;
    }
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member), index++) {
        valid =
            is_spoken_of(frame, member) || check_inner(frame, entry, entry->node, member, index);
    }
    return valid;
}

bool sq_schema_check_prefix_items(const struct sq_schema_frame *frame,
                                  const struct sq_schema_entry *entry)
{
    bool valid = true;
    size_t index = 0;
    if (!is_array(frame)) {
        return true;
    }
    for (const struct sq_json *element = sq_json_first(frame->spot.json);
         element != NULL && index < entry->n_parts && valid;
         element = sq_json_next(element), index++) {
        valid = check_inner(frame, entry, entry->parts[index].node, element, index);
    }
    return valid;
}

bool sq_schema_check_items(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    const struct sq_schema_entry *prefix = sq_schema_entry(frame->node, SQ_SCHEMA_PREFIX_ITEMS);
    size_t n_before = prefix != NULL ? prefix->n_parts : 0;
    bool valid = true;
    size_t index = 0;
    if (!is_array(frame)) {
        return true;
    }
    for (const struct sq_json *element = sq_json_first(frame->spot.json); element != NULL && valid;
         element = sq_json_next(element), index++) {
        valid = index < n_before || check_inner(frame, entry, entry->node, element, index);
    }
    return valid;
}

/* Elements that fit; they count as evaluated. */
static size_t count_fitting(const struct sq_schema_frame *frame,
                            const struct sq_schema_entry *entry)
{
    size_t n_fitting = 0;
    size_t index = 0;
    frame->checker->quiet++;
    for (const struct sq_json *element = sq_json_first(frame->spot.json); element != NULL;
         element = sq_json_next(element), index++) {
        struct sq_schema_spot spot = {.json = element};
        if (sq_schema_apply(frame->checker, entry->node, spot, NULL)) {
            sq_schema_see(frame->seen, index);
            n_fitting++;
        }
    }
    frame->checker->quiet--;
    return n_fitting;
}

bool sq_schema_check_contains(const struct sq_schema_frame *frame,
                              const struct sq_schema_entry *entry)
{
    const struct sq_schema_entry *least = sq_schema_entry(frame->node, SQ_SCHEMA_MIN_CONTAINS);
    const struct sq_schema_entry *most = sq_schema_entry(frame->node, SQ_SCHEMA_MAX_CONTAINS);
    if (!is_array(frame)) {
        return true;
    }
    size_t n_fitting = count_fitting(frame, entry);
    size_t wanted = least != NULL ? least->count : 1;
    if (n_fitting < wanted) {
        return sq_schema_fail(frame, least != NULL ? least : entry,
                              "%zu elements fit `contains`, %zu or more are needed", n_fitting,
                              wanted);
    }
    if (most != NULL && n_fitting > most->count) {
        return sq_schema_fail(frame, most, "%zu elements fit `contains`, %zu at most may",
                              n_fitting, most->count);
    }
    return true;
}

bool sq_schema_check_unevaluated(const struct sq_schema_frame *frame,
                                 const struct sq_schema_entry *entry)
{
    bool applies =
        entry->keyword == SQ_SCHEMA_UNEVALUATED_ITEMS ? is_array(frame) : is_object(frame);
    bool valid = true;
    size_t index = 0;
    if (!applies) {
        return true;
    }
    for (const struct sq_json *inner = sq_json_first(frame->spot.json); inner != NULL && valid;
         inner = sq_json_next(inner), index++) {
        valid = sq_schema_was_seen(frame->seen, index) ||
                check_inner(frame, entry, entry->node, inner, index);
    }
    return valid;
}
