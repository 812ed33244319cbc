/* SPDX-License-Identifier: MIT */
/* See json_find.h. Each wanted path keeps how many of its parts the current place matches. */
#include "wire/json_find.h"

#include <string.h>

#include "base/assert.h"
#include "wire/json_escape.h"
#include "wire/json_number.h"

struct part {
    const char *text;
    size_t length;
};

struct walk {
    struct sq_json_wanted *wanted;
    size_t n_wanted;
    size_t matched[SQ_JSON_WANTED_MAX]; /* parts of the path that lead here */
    size_t level;                       /* open objects and arrays */
    bool array[SQ_JSON_PATH_MAX];       /* what is open, outermost first */
    uint32_t index[SQ_JSON_PATH_MAX];   /* of the next element of each array */
};

static size_t count_parts(const char *path)
{
    size_t parts = 1;
    for (; *path != '\0'; path++) {
        parts += *path == '.' ? 1 : 0;
    }
    return parts;
}

/* The n-th part of the path, from 0; text NULL when it has fewer. */
static struct part part_of(const char *path, size_t n)
{
    for (; n > 0; n--) {
        path = strchr(path, '.');
        if (path == NULL) {
            return (struct part){0};
        }
        path++;
    }
    return (struct part){.text = path, .length = strcspn(path, ".")};
}

static bool is_index(struct part part, uint32_t index)
{
    uint32_t value = 0;
    for (size_t i = 0; i < part.length; i++) {
        if (part.text[i] < '0' || part.text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(part.text[i] - '0');
    }
    return part.length > 0 && part.length <= 9 && value == index;
}

static bool is_key(struct part part, const struct sq_json_token *key)
{
    if (!key->escaped) {
        return key->length == part.length && memcmp(key->text, part.text, part.length) == 0;
    }
    return sq_json_escape_means(key->text, key->length, part.text, part.length);
}

/* The walk stands at a member or (key NULL) an element of the innermost open container. */
static void stand_at(struct walk *walk, const struct sq_json_token *key, uint32_t index)
{
    size_t level = walk->level;
    for (size_t i = 0; i < walk->n_wanted; i++) {
        if (walk->matched[i] + 1 < level) {
            continue;
        }
        struct part part = part_of(walk->wanted[i].path, level - 1);
        bool matches =
            part.text != NULL && (key != NULL ? is_key(part, key) : is_index(part, index));
        walk->matched[i] = matches ? level : level - 1;
    }
}

static void take_value(struct walk *walk, const struct sq_json_token *token)
{
    size_t level = walk->level;
    if (level > SQ_JSON_PATH_MAX) {
        return;
    }
    if (level > 0 && walk->array[level - 1]) {
        stand_at(walk, NULL, walk->index[level - 1]++);
    }
    for (size_t i = 0; i < walk->n_wanted; i++) {
        struct sq_json_wanted *wanted = &walk->wanted[i];
        if (level > 0 && walk->matched[i] == level && count_parts(wanted->path) == level) {
            wanted->token = *token;
            wanted->found = true;
        }
    }
}

static void enter(struct walk *walk, bool array)
{
    if (walk->level < SQ_JSON_PATH_MAX) {
        walk->array[walk->level] = array;
        walk->index[walk->level] = 0;
    }
    walk->level++;
}

static void leave(struct walk *walk)
{
    walk->level--;
    for (size_t i = 0; i < walk->n_wanted; i++) {
        if (walk->matched[i] > walk->level) {
            walk->matched[i] = walk->level;
        }
    }
}

static void take(struct walk *walk, const struct sq_json_token *token)
{
    switch (token->event) {
    case SQ_JSON_MEMBER_KEY:
        if (walk->level <= SQ_JSON_PATH_MAX) {
            stand_at(walk, token, 0);
        }
        return;
    case SQ_JSON_OBJECT_BEGIN:
    case SQ_JSON_ARRAY_BEGIN:
        take_value(walk, token);
        enter(walk, token->event == SQ_JSON_ARRAY_BEGIN);
        return;
    case SQ_JSON_OBJECT_END:
    case SQ_JSON_ARRAY_END:
        leave(walk);
        return;
    case SQ_JSON_TEXT_VALUE:
    case SQ_JSON_NUMBER_VALUE:
    case SQ_JSON_TRUE_VALUE:
    case SQ_JSON_FALSE_VALUE:
    case SQ_JSON_NULL_VALUE:
        take_value(walk, token);
        return;
    }
    sq_assert(false && "event of the scanner");
}

bool sq_json_find(const char *text, size_t length, struct sq_json_wanted *wanted, size_t n_wanted)
{
    sq_assert(n_wanted <= SQ_JSON_WANTED_MAX);
    struct walk walk = {.wanted = wanted, .n_wanted = n_wanted};
    struct sq_json_scan scan;
    struct sq_json_token token;
    for (size_t i = 0; i < n_wanted; i++) {
        sq_assert(count_parts(wanted[i].path) <= SQ_JSON_PATH_MAX);
        wanted[i].found = false;
    }
    sq_json_scan_init(&scan, text, length, false);
    while (sq_json_scan_next(&scan, &token)) {
        take(&walk, &token);
    }
    return scan.problem == SQ_JSON_PROBLEM_NONE;
}

bool sq_json_found_value(const struct sq_json_wanted *wanted)
{
    return wanted->found && wanted->token.event != SQ_JSON_NULL_VALUE;
}

uint32_t sq_json_found_uint32(const struct sq_json_wanted *wanted)
{
    int64_t value;
    if (!wanted->found || wanted->token.event != SQ_JSON_NUMBER_VALUE ||
        !sq_json_number_decimal(wanted->token.text, wanted->token.length, 0, &value)) {
        return 0;
    }
    return value >= 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}
