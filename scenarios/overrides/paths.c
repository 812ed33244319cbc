/* SPDX-License-Identifier: MIT */
/* Reading PATH, step by step, against what is there. */
#include <string.h>

#include "base/assert.h"
#include "scenarios/overrides/overrides_int.h"

#define INDEX_MAX 1000000

/* Where the path ends. */
static size_t path_end(const struct sq_override *override)
{
    return override->value_at - 1;
}

static bool ends_key(const struct sq_override *override, size_t at)
{
    return at == path_end(override) || override->shown[at] == '.' || override->shown[at] == '[';
}

/* The longest key of the object that the path goes on with; 0: none. */
static size_t known_key(const struct sq_override *override, const struct sq_json *node, size_t at)
{
    size_t longest = 0;
    if (node == NULL || sq_json_kind(node) != SQ_JSON_OBJECT) {
        return 0;
    }
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        size_t length = sq_json_key_length(child);
        if (length > longest && length <= path_end(override) - at &&
            memcmp(override->shown + at, sq_json_key(child), length) == 0 &&
            ends_key(override, at + length)) {
            longest = length;
        }
    }
    return longest;
}

static bool keep_key(struct sq_reader *reader, const struct sq_override *override, size_t at,
                     size_t length, struct sq_override_step *step)
{
    step->is_index = false;
    step->at = at;
    step->length = length;
    char *key = sq_reader_scratch(reader, length + 1, 1);
    if (key == NULL) {
        return false;
    }
    memcpy(key, override->shown + at, length);
    step->key = key;
    return true;
}

/* ["gpt-4.1"] */
static bool read_quoted(struct sq_reader *reader, const struct sq_override *override, size_t *at,
                        struct sq_override_step *step)
{
    size_t begin = *at + 2;
    size_t end = begin;
    while (end + 1 < path_end(override) && memcmp(override->shown + end, "\"]", 2) != 0) {
        end++;
    }
    if (end + 1 >= path_end(override)) {
        return sq_override_complain(reader, override, (struct sq_override_place){*at, 2},
                                    "a quoted key is written [\"gpt-4.1\"]",
                                    "the quoted key has no end");
    }
    *at = end + 2;
    return keep_key(reader, override, begin, end - begin, step);
}

/* [3] */
static bool read_index(struct sq_reader *reader, const struct sq_override *override, size_t *at,
                       struct sq_override_step *step)
{
    size_t begin = *at + 1;
    size_t end = begin;
    uint32_t index = 0;
    while (end < path_end(override) && override->shown[end] >= '0' && override->shown[end] <= '9' &&
           index < INDEX_MAX) {
        index = index * 10 + (uint32_t)(override->shown[end] - '0');
        end++;
    }
    if (end == begin || end >= path_end(override) || override->shown[end] != ']') {
        return sq_override_complain(
            reader, override, (struct sq_override_place){*at, end - *at + 1},
            "an element is written faults[0], a key with points models[\"gpt-4.1\"]",
            "not the number of an element");
    }
    *step = (struct sq_override_step){
        .is_index = true, .index = index, .at = *at, .length = end + 1 - *at};
    *at = end + 1;
    return true;
}

static bool read_key(struct sq_reader *reader, const struct sq_override *override,
                     const struct sq_json *node, size_t *at, struct sq_override_step *step)
{
    size_t begin = *at;
    size_t length = known_key(override, node, begin);
    while (length == 0 && !ends_key(override, *at)) {
        ++*at;
    }
    length = length == 0 ? *at - begin : length;
    if (length == 0) {
        return sq_override_complain(reader, override, (struct sq_override_place){begin, 1},
                                    "such as policy.retry.max_attempts=3", "a key is missing");
    }
    *at = begin + length;
    return keep_key(reader, override, begin, length, step);
}

/* Past the point between two steps. */
static bool pass_point(struct sq_reader *reader, const struct sq_override *override, size_t *at)
{
    if (*at == path_end(override) || override->shown[*at] == '[') {
        return true;
    }
    if (override->shown[*at] != '.' || *at + 1 == path_end(override)) {
        return sq_override_complain(reader, override, (struct sq_override_place){*at, 1},
                                    "such as faults[0].for=30s", "a path goes on with .key or [N]");
    }
    ++*at;
    return true;
}

bool sq_override_step_read(struct sq_reader *reader, const struct sq_override *override,
                           const struct sq_json *node, size_t *at, struct sq_override_step *step)
{
    bool bracket = override->shown[*at] == '[';
    bool good;
    sq_assert(*at < override->value_at);
    if (!bracket) {
        good = read_key(reader, override, node, at, step);
    } else if (override->shown[*at + 1] == '"') {
        good = read_quoted(reader, override, at, step);
    } else {
        good = read_index(reader, override, at, step);
    }
    return good && pass_point(reader, override, at);
}
