/* SPDX-License-Identifier: MIT */
/* One walk with the scanner: how many parts of the pointer lead to the place where it stands. */
#include "wire/json_pointer.h"

#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "wire/json_escape.h"

/* Bytes of a part that can be compared with an escaped key; a longer one matches no such key. */
#define PART_BYTES_MAX 256

struct part {
    const char *text; /* still with its ~0 and ~1 */
    size_t length;
};

struct walk {
    struct part parts[SQ_JSON_POINTER_PARTS_MAX];
    size_t n_parts;
    size_t level;   /* open objects and arrays */
    size_t matched; /* parts that lead here; at most level */
    bool array[SQ_JSON_POINTER_PARTS_MAX];
    uint32_t index[SQ_JSON_POINTER_PARTS_MAX]; /* of the next element of each array */
};

const char *sq_json_pointer_mistake(const char *pointer)
{
    size_t n_parts = 0;
    if (pointer[0] != '\0' && pointer[0] != '/') {
        return "does not begin with a slash";
    }
    for (const char *at = pointer; *at != '\0'; at++) {
        n_parts += *at == '/' ? 1 : 0;
        if (*at == '~' && at[1] != '0' && at[1] != '1') {
            return "has a ~ without 0 or 1 behind it";
        }
    }
    return n_parts > SQ_JSON_POINTER_PARTS_MAX ? "has more than 16 parts" : NULL;
}

static size_t split(const char *pointer, struct part parts[SQ_JSON_POINTER_PARTS_MAX])
{
    size_t n_parts = 0;
    const char *at = pointer;
    while (*at == '/') {
        sq_assert(n_parts < SQ_JSON_POINTER_PARTS_MAX);
        at++;
        size_t length = strcspn(at, "/");
        parts[n_parts++] = (struct part){.text = at, .length = length};
        at += length;
    }
    return n_parts;
}

/* Without its escapes; a part that does not fit gives a length no key has. */
static size_t part_meaning(struct part part, char meaning[PART_BYTES_MAX])
{
    size_t length = 0;
    for (size_t i = 0; i < part.length; i++) {
        char byte = part.text[i];
        if (length == PART_BYTES_MAX) {
            return SIZE_MAX;
        }
        if (byte == '~') {
            i++;
            byte = part.text[i] == '1' ? '/' : '~';
        }
        meaning[length++] = byte;
    }
    return length;
}

static bool is_key(struct part part, const struct sq_json_token *key)
{
    char meaning[PART_BYTES_MAX];
    size_t length = part_meaning(part, meaning);
    return length != SIZE_MAX && sq_json_escape_means(key->text, key->length, meaning, length);
}

static bool is_index(struct part part, uint32_t index)
{
    uint64_t value = 0;
    if (part.length == 0 || part.length > 9 || (part.length > 1 && part.text[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < part.length; i++) {
        if (part.text[i] < '0' || part.text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(part.text[i] - '0');
    }
    return value == index;
}

/* The walk stands at a member or (key NULL) at the next element of the innermost container. */
static void stand_at(struct walk *walk, const struct sq_json_token *key, uint32_t index)
{
    size_t outer = walk->level - 1;
    if (walk->matched < outer || outer >= walk->n_parts) {
        return;
    }
    struct part part = walk->parts[outer];
    bool matches = key != NULL ? is_key(part, key) : is_index(part, index);
    walk->matched = matches ? walk->level : outer;
}

static bool in_array(const struct walk *walk)
{
    return walk->level > 0 && walk->level <= walk->n_parts && walk->array[walk->level - 1];
}

static void enter(struct walk *walk, bool array)
{
    if (walk->level < walk->n_parts) {
        walk->array[walk->level] = array;
        walk->index[walk->level] = 0;
    }
    walk->level++;
}

static void leave(struct walk *walk)
{
    walk->level--;
    if (walk->matched > walk->level) {
        walk->matched = walk->level;
    }
}

/* A value begins; true: it is the one that is wanted. */
static bool stand_at_value(struct walk *walk)
{
    if (in_array(walk)) {
        stand_at(walk, NULL, walk->index[walk->level - 1]++);
    }
    return walk->level == walk->n_parts && walk->matched == walk->n_parts;
}

/* True: the token is the wanted value. */
static bool take(struct walk *walk, const struct sq_json_token *token)
{
    bool wanted;
    switch (token->event) {
    case SQ_JSON_MEMBER_KEY:
        stand_at(walk, token, 0);
        return false;
    case SQ_JSON_OBJECT_END:
    case SQ_JSON_ARRAY_END:
        leave(walk);
        return false;
    case SQ_JSON_OBJECT_BEGIN:
    case SQ_JSON_ARRAY_BEGIN:
        wanted = stand_at_value(walk);
        enter(walk, token->event == SQ_JSON_ARRAY_BEGIN);
        return wanted;
    case SQ_JSON_TEXT_VALUE:
    case SQ_JSON_NUMBER_VALUE:
    case SQ_JSON_TRUE_VALUE:
    case SQ_JSON_FALSE_VALUE:
    case SQ_JSON_NULL_VALUE:
        return stand_at_value(walk);
    }
    sq_assert(false && "an event of no kind");
    return false;
}

/* A key on the way was there before: what it held then does not count. */
static bool comes_again(const struct walk *walk, const struct sq_json_token *token)
{
    return token->event == SQ_JSON_MEMBER_KEY && walk->level <= walk->n_parts &&
           walk->matched == walk->level;
}

bool sq_json_pointer_find(const char *text, size_t length, const char *pointer,
                          struct sq_json_token *token)
{
    struct walk walk = {0};
    struct sq_json_scan scan;
    struct sq_json_token now;
    bool found = false;
    sq_assert(sq_json_pointer_mistake(pointer) == NULL);
    walk.n_parts = split(pointer, walk.parts);
    sq_json_scan_init(&scan, text, length, false);
    while (sq_json_scan_next(&scan, &now)) {
        bool wanted = take(&walk, &now);
        if (wanted) {
            *token = now;
        }
        found = wanted || (found && !comes_again(&walk, &now));
    }
    return found && scan.problem == SQ_JSON_PROBLEM_NONE;
}
