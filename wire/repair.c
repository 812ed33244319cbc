/* SPDX-License-Identifier: MIT */
/* See repair.h. Each step reads one text and writes another; it copies what it does not
 * understand. */
#include "wire/repair.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "wire/json_scan.h"

#define FENCE       "```"
#define FENCE_BYTES 3

#define ROW(id, name_, sentence_) [SQ_REPAIR_##id] = {.name = (name_), .sentence = (sentence_)},
static const struct sq_repair_row rows[SQ_REPAIR_STEPS] = {SQ_REPAIR_STEP_LIST(ROW)};
#undef ROW

const struct sq_repair_row *sq_repair_row(enum sq_repair_step step)
{
    sq_assert(step < SQ_REPAIR_STEPS);
    return &rows[step];
}

static bool is_json(const char *text, size_t length)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, text, length, false);
    while (sq_json_scan_next(&scan, &token)) {
    }
    return scan.problem == SQ_JSON_PROBLEM_NONE;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

/* Fences */

/* The next fence at or behind `at` that begins a line; length when there is none. */
static size_t find_fence(const char *text, size_t length, size_t at)
{
    bool line_start = true;
    for (size_t i = 0; i + FENCE_BYTES <= length; i++) {
        if (line_start && i >= at && memcmp(text + i, FENCE, FENCE_BYTES) == 0) {
            return i;
        }
        line_start = text[i] == '\n' || (line_start && is_space(text[i]));
    }
    return length;
}

/* Where a fence at the very end of the text begins, though it begins no line; else length. */
static size_t find_end_fence(const char *text, size_t length, size_t at)
{
    size_t end = length;
    while (end > at && is_space(text[end - 1])) {
        end--;
    }
    bool fence =
        end >= at + FENCE_BYTES && memcmp(text + end - FENCE_BYTES, FENCE, FENCE_BYTES) == 0;
    return fence ? end - FENCE_BYTES : length;
}

static bool is_info(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == '_';
}

/* What stands in the first fence; it need not be closed. */
static void remove_fences(const char *text, size_t length, struct sq_strbuf *out)
{
    size_t begin = find_fence(text, length, 0);
    if (begin == length) {
        sq_strbuf_add_bytes(out, text, length);
        return;
    }
    while (begin < length && text[begin] == '`') {
        begin++;
    }
    while (begin < length && text[begin] == ' ') {
        begin++;
    }
    while (begin < length && is_info(text[begin])) {
        begin++;
    }
    size_t end = find_fence(text, length, begin);
    if (end == length) {
        end = find_end_fence(text, length, begin);
    }
    sq_strbuf_add_bytes(out, text + begin, end - begin);
}

/* Strings, in either kind of quotes */

/* Whether the single quote at `at` can begin a string: it stands where a value or key can. */
static bool quote_begins(const char *text, size_t at)
{
    static const char before[] = {'{', '[', ',', ':'};
    while (at > 0 && is_space(text[at - 1])) {
        at--;
    }
    return at == 0 || memchr(before, text[at - 1], sizeof before) != NULL;
}

/* Whether the single quote at `at` can end one: a bracket, comma, colon or the end follows. */
static bool quote_ends(const char *text, size_t length, size_t at)
{
    at++;
    while (at < length && is_space(text[at])) {
        at++;
    }
    return at == length || text[at] == '}' || text[at] == ']' || text[at] == ',' || text[at] == ':';
}

static bool string_begins(const char *text, size_t at)
{
    return text[at] == '"' || (text[at] == '\'' && quote_begins(text, at));
}

/* The place behind the string that begins at `at`; length when it never ends. */
static size_t skip_string(const char *text, size_t length, size_t at)
{
    char quote = text[at];
    for (at++; at < length; at++) {
        if (text[at] == '\\') {
            at++;
        } else if (text[at] == quote && (quote == '"' || quote_ends(text, length, at))) {
            return at + 1;
        }
    }
    return length;
}

/* First value */

/* Bytes from the bracket at `at` to the one that closes it; 0 when nothing does. */
static size_t balanced_length(const char *text, size_t length, size_t at)
{
    size_t begin = at;
    size_t depth = 0;
    while (at < length) {
        if (string_begins(text, at)) {
            at = skip_string(text, length, at);
            continue;
        }
        if (text[at] == '{' || text[at] == '[') {
            depth++;
        } else if ((text[at] == '}' || text[at] == ']') && --depth == 0) {
            return at + 1 - begin;
        }
        at++;
    }
    return 0;
}

/* The first balanced value that is JSON; if none is, the first balanced one. */
static void take_first_value(const char *text, size_t length, struct sq_strbuf *out)
{
    const char *kept = text;
    size_t kept_length = length;
    bool found = false;
    size_t n_tries = 0;
    for (size_t at = 0; at < length && n_tries < SQ_REPAIR_TRIES_MAX; at++) {
        if (text[at] != '{' && text[at] != '[') {
            continue;
        }
        n_tries++;
        size_t n = balanced_length(text, length, at);
        bool json = n > 0 && is_json(text + at, n);
        if (json || (n > 0 && !found)) {
            kept = text + at;
            kept_length = n;
            found = true;
        }
        if (json) {
            break;
        }
        at += n > 0 ? n - 1 : 0; /* what lies inside is not the first value */
    }
    sq_strbuf_add_bytes(out, kept, kept_length);
}

/* Trailing commas */

static bool is_trailing(const char *text, size_t length, size_t comma)
{
    size_t at = comma + 1;
    while (at < length && is_space(text[at])) {
        at++;
    }
    return at < length && (text[at] == '}' || text[at] == ']');
}

static void remove_trailing_commas(const char *text, size_t length, struct sq_strbuf *out)
{
    size_t at = 0;
    while (at < length) {
        size_t end = string_begins(text, at) ? skip_string(text, length, at) : at + 1;
        if (text[at] != ',' || !is_trailing(text, length, at)) {
            sq_strbuf_add_bytes(out, text + at, end - at);
        }
        at = end;
    }
}

/* Single quotes */

/* The string text[at..end), which is in single quotes. */
static void add_requoted(const char *text, size_t at, size_t end, struct sq_strbuf *out)
{
    bool closed = end - at >= 2 && text[end - 1] == '\'';
    sq_strbuf_add_char(out, '"');
    for (at++; at < end - (closed ? 1 : 0); at++) {
        if (text[at] == '\\' && at + 1 < end) {
            at++;
            if (text[at] != '\'') {
                sq_strbuf_add_char(out, '\\');
            }
        } else if (text[at] == '"') {
            sq_strbuf_add_char(out, '\\');
        }
        sq_strbuf_add_char(out, text[at]);
    }
    if (closed) {
        sq_strbuf_add_char(out, '"');
    }
}

static void replace_single_quotes(const char *text, size_t length, struct sq_strbuf *out)
{
    size_t at = 0;
    while (at < length) {
        size_t end = string_begins(text, at) ? skip_string(text, length, at) : at + 1;
        if (text[at] == '\'' && end > at + 1) {
            add_requoted(text, at, end, out);
        } else {
            sq_strbuf_add_bytes(out, text + at, end - at);
        }
        at = end;
    }
}

/* Control characters */

static void add_escaped(char character, struct sq_strbuf *out)
{
    static const char letters[] = {'b', 't', 'n', 0, 'f', 'r'}; /* of 8 to 13 */
    unsigned code = (unsigned char)character;
    char letter = '\0';
    if (code >= '\b' && code <= '\r') {
        letter = letters[code - '\b'];
    }
    if (letter != '\0') {
        sq_strbuf_add_format(out, "\\%c", letter);
    } else {
        sq_strbuf_add_format(out, "\\u%04x", code);
    }
}

static void escape_control_characters(const char *text, size_t length, struct sq_strbuf *out)
{
    bool inside = false;
    for (size_t at = 0; at < length; at++) {
        if (inside && (unsigned char)text[at] < 0x20) {
            add_escaped(text[at], out);
            continue;
        }
        if (inside && text[at] == '\\' && at + 1 < length) {
            if ((unsigned char)text[at + 1] < 0x20) {
                continue; /* the escape of what follows brings its own backslash */
            }
            sq_strbuf_add_char(out, text[at++]);
        } else if (text[at] == '"') {
            inside = !inside;
        }
        sq_strbuf_add_char(out, text[at]);
    }
}

typedef void repair(const char *text, size_t length, struct sq_strbuf *out);

static repair *const repairs[SQ_REPAIR_STEPS] = {
    [SQ_REPAIR_FENCES] = remove_fences,
    [SQ_REPAIR_FIRST_VALUE] = take_first_value,
    [SQ_REPAIR_TRAILING_COMMAS] = remove_trailing_commas,
    [SQ_REPAIR_SINGLE_QUOTES] = replace_single_quotes,
    [SQ_REPAIR_CONTROL_CHARACTERS] = escape_control_characters,
};

enum sq_status sq_repair_apply(unsigned steps, const char *text, size_t length,
                               struct sq_strbuf *out, enum sq_repair_step *helped)
{
    struct sq_strbuf before = {0};
    enum sq_repair_step last = SQ_REPAIR_NONE;
    sq_assert(steps <= SQ_REPAIR_ALL);
    sq_strbuf_reset(out);
    sq_strbuf_add_bytes(out, text, length);
    bool good = is_json(text, length);
    for (unsigned step = 0; step < SQ_REPAIR_STEPS && !good; step++) {
        if ((steps >> step & 1) == 0) {
            continue;
        }
        sq_strbuf_reset(&before);
        sq_strbuf_add_bytes(&before, sq_strbuf_text(out), out->length);
        if (sq_strbuf_failed(out) || sq_strbuf_failed(&before)) {
            break;
        }
        sq_strbuf_reset(out);
        repairs[step](sq_strbuf_text(&before), before.length, out);
        good = is_json(sq_strbuf_text(out), out->length);
        last = (enum sq_repair_step)step;
    }
    bool failed = sq_strbuf_failed(out) || sq_strbuf_failed(&before);
    sq_strbuf_clear(&before);
    if (failed) {
        return SQ_NO_MEMORY;
    }
    if (good) {
        *helped = last;
    }
    return good ? SQ_OK : SQ_INVALID;
}
