/* SPDX-License-Identifier: MIT */
/* The keywords that say something about a value without applying another schema to it. */
#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "wire/schema/check.h"
#include "wire/schema/decimal.h"
#include "wire/schema/equal.h"
#include "wire/text.h"

/* Columns of a string that a violation quotes. */
#define QUOTED_COLUMNS 40

static void read_decimal(const struct sq_json *number, struct sq_schema_decimal *decimal)
{
    size_t length;
    const char *digits = sq_json_digits(number, &length);
    sq_schema_decimal_read(digits, length, decimal);
}

static bool is_whole(const struct sq_json *number)
{
    struct sq_schema_decimal decimal;
    read_decimal(number, &decimal);
    return sq_schema_decimal_whole(&decimal);
}

/* "string, null or number" */
static void add_types(struct sq_strbuf *out, unsigned types)
{
    static const char *const names[] = {"null",  "boolean", "number", "string",
                                        "array", "object",  "integer"};
    const char *between = "";
    for (unsigned type = 0; type <= SQ_SCHEMA_TYPE_INTEGER; type++) {
        if ((types >> type & 1) != 0) {
            bool last = types >> type == 1;
            sq_strbuf_add(out, *between != '\0' && last ? " or " : between);
            sq_strbuf_add(out, names[type]);
            between = ", ";
        }
    }
}

bool sq_schema_check_type(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    enum sq_json_kind kind = sq_schema_spot_kind(&frame->spot);
    bool integer = (entry->types >> SQ_SCHEMA_TYPE_INTEGER & 1) != 0;
    if ((entry->types >> kind & 1) != 0 ||
        (integer && kind == SQ_JSON_NUMBER && is_whole(frame->spot.json))) {
        return true;
    }
    struct sq_strbuf wanted = {0};
    add_types(&wanted, entry->types);
    (void)sq_schema_fail(frame, entry, "%s, not %s", sq_json_kind_name(kind),
                         sq_strbuf_text(&wanted));
    sq_strbuf_clear(&wanted);
    return false;
}

static bool equals(const struct sq_schema_frame *frame, const struct sq_json *wanted)
{
    bool equal = false;
    if (frame->spot.key) {
        size_t length;
        const char *text =
            sq_json_kind(wanted) == SQ_JSON_STRING ? sq_json_text(wanted, &length) : NULL;
        return text != NULL && length == sq_json_key_length(frame->spot.json) &&
               memcmp(text, sq_json_key(frame->spot.json), length) == 0;
    }
    if (sq_schema_equal(frame->spot.json, wanted, &equal) != SQ_OK) {
        (void)sq_error_set(frame->checker->err, SQ_NO_MEMORY, "out of memory for a JSON Schema");
        return sq_schema_give_up(frame->checker, SQ_NO_MEMORY);
    }
    return equal;
}

bool sq_schema_check_enum(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    bool found = false;
    for (const struct sq_json *wanted = sq_json_first(entry->value); wanted != NULL && !found;
         wanted = sq_json_next(wanted)) {
        found = equals(frame, wanted);
    }
    return found ? true
                 : sq_schema_fail(frame, entry, "none of the %zu allowed values",
                                  sq_json_count(entry->value));
}

bool sq_schema_check_const(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    return equals(frame, entry->value) ? true
                                       : sq_schema_fail(frame, entry, "not the one allowed value");
}

bool sq_schema_check_number(const struct sq_schema_frame *frame,
                            const struct sq_schema_entry *entry)
{
    static const char *const words[SQ_SCHEMA_KEYWORDS] = {
        [SQ_SCHEMA_MULTIPLE_OF] = "not a multiple of",
        [SQ_SCHEMA_MAXIMUM] = "above",
        [SQ_SCHEMA_EXCLUSIVE_MAXIMUM] = "not below",
        [SQ_SCHEMA_MINIMUM] = "below",
        [SQ_SCHEMA_EXCLUSIVE_MINIMUM] = "not above"};
    struct sq_schema_decimal value;
    struct sq_schema_decimal limit;
    if (sq_schema_spot_kind(&frame->spot) != SQ_JSON_NUMBER) {
        return true;
    }
    read_decimal(frame->spot.json, &value);
    read_decimal(entry->value, &limit);
    int order = sq_schema_decimal_compare(&value, &limit);
    bool valid =
        (entry->keyword == SQ_SCHEMA_MULTIPLE_OF && sq_schema_decimal_multiple(&value, &limit)) ||
        (entry->keyword == SQ_SCHEMA_MAXIMUM && order <= 0) ||
        (entry->keyword == SQ_SCHEMA_EXCLUSIVE_MAXIMUM && order < 0) ||
        (entry->keyword == SQ_SCHEMA_MINIMUM && order >= 0) ||
        (entry->keyword == SQ_SCHEMA_EXCLUSIVE_MINIMUM && order > 0);
    return valid ? true
                 : sq_schema_fail(frame, entry, "%.*s is %s %.*s", QUOTED_COLUMNS,
                                  sq_json_digits(frame->spot.json, NULL), words[entry->keyword],
                                  QUOTED_COLUMNS, sq_json_digits(entry->value, NULL));
}

/* Count against the entry's limit, by a keyword that begins with max or min. */
static bool check_count(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                        size_t count, const char *what)
{
    bool most = sq_schema_row(entry->keyword)->name[1] == 'a';
    if (most ? count <= entry->count : count >= entry->count) {
        return true;
    }
    return sq_schema_fail(frame, entry, "%zu %s, %zu or %s are allowed", count, what, entry->count,
                          most ? "fewer" : "more");
}

static size_t count_code_points(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        n += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return n;
}

bool sq_schema_check_length(const struct sq_schema_frame *frame,
                            const struct sq_schema_entry *entry)
{
    size_t length;
    if (sq_schema_spot_kind(&frame->spot) != SQ_JSON_STRING) {
        return true;
    }
    const char *text = sq_schema_spot_text(&frame->spot, &length);
    return check_count(frame, entry, count_code_points(text, length), "characters");
}

bool sq_schema_check_pattern(const struct sq_schema_frame *frame,
                             const struct sq_schema_entry *entry)
{
    size_t length;
    bool found = false;
    if (sq_schema_spot_kind(&frame->spot) != SQ_JSON_STRING) {
        return true;
    }
    const char *text = sq_schema_spot_text(&frame->spot, &length);
    enum sq_status status =
        sq_pattern_find(entry->pattern, text, length, &found, frame->checker->err);
    if (status != SQ_OK) {
        return sq_schema_give_up(frame->checker, status);
    }
    if (found) {
        return true;
    }
    return sq_schema_fail(frame, entry, "`%.*s` does not match `%s`",
                          (int)sq_text_cut(text, length, QUOTED_COLUMNS), text,
                          sq_json_text(entry->value, NULL));
}

bool sq_schema_check_size(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry)
{
    bool items = entry->keyword == SQ_SCHEMA_MAX_ITEMS || entry->keyword == SQ_SCHEMA_MIN_ITEMS;
    if (sq_schema_spot_kind(&frame->spot) != (items ? SQ_JSON_ARRAY : SQ_JSON_OBJECT)) {
        return true;
    }
    return check_count(frame, entry, sq_json_count(frame->spot.json),
                       items ? "elements" : "members");
}

bool sq_schema_check_unique_items(const struct sq_schema_frame *frame,
                                  const struct sq_schema_entry *entry)
{
    const struct sq_json *twice = NULL;
    if (!sq_json_bool(entry->value) || sq_schema_spot_kind(&frame->spot) != SQ_JSON_ARRAY) {
        return true;
    }
    if (sq_schema_find_twice(frame->spot.json, &twice) != SQ_OK) {
        (void)sq_error_set(frame->checker->err, SQ_NO_MEMORY, "out of memory for a JSON Schema");
        return sq_schema_give_up(frame->checker, SQ_NO_MEMORY);
    }
    return twice == NULL ? true
                         : sq_schema_fail_at(frame, entry, twice, "the same element came before");
}

/* All of the names are members of the value. */
static bool has_all(const struct sq_schema_frame *frame, const struct sq_schema_entry *entry,
                    const struct sq_json *names, const char *needed_by)
{
    for (const struct sq_json *name = sq_json_first(names); name != NULL;
         name = sq_json_next(name)) {
        size_t length;
        const char *text = sq_json_text(name, &length);
        if (sq_schema_member(frame->spot.json, text, length) == NULL) {
            return sq_schema_fail(frame, entry, "`%s` is missing%s%s%s", text,
                                  *needed_by != '\0' ? ", which `" : "", needed_by,
                                  *needed_by != '\0' ? "` needs" : "");
        }
    }
    return true;
}

bool sq_schema_check_required(const struct sq_schema_frame *frame,
                              const struct sq_schema_entry *entry)
{
    return sq_schema_spot_kind(&frame->spot) != SQ_JSON_OBJECT ||
           has_all(frame, entry, entry->value, "");
}

bool sq_schema_check_dependent_required(const struct sq_schema_frame *frame,
                                        const struct sq_schema_entry *entry)
{
    bool valid = true;
    if (sq_schema_spot_kind(&frame->spot) != SQ_JSON_OBJECT) {
        return true;
    }
    for (const struct sq_json *member = sq_json_first(frame->spot.json); member != NULL && valid;
         member = sq_json_next(member)) {
        const char *key = sq_json_key(member);
        const struct sq_schema_part *part = sq_schema_part(entry, key, sq_json_key_length(member));
        valid = part == NULL || has_all(frame, entry, part->names, key);
    }
    return valid;
}
