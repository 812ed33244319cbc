/* SPDX-License-Identifier: MIT */
/* See json_scan.h. */
#include "wire/json_scan.h"

#include <string.h>

#include "base/assert.h"
#include "wire/json_escape.h"

struct problem_row {
    bool shows_found;
    const char *text;
    const char *hint;
};

#define PROBLEM_ROW(id, shows_found, text, hint) {shows_found, text, hint},
static const struct problem_row problem_rows[SQ_JSON_PROBLEMS] = {
    {false, "", ""}, SQ_JSON_PROBLEM_LIST(PROBLEM_ROW)};

/* Places */

/* Counts lines and columns on to offset, which is never before what was counted. */
static void count_to(struct sq_json_scan *scan, size_t offset)
{
    sq_assert(offset >= scan->counted);
    for (; scan->counted < offset; scan->counted++) {
        unsigned char byte = (unsigned char)scan->text[scan->counted];
        if (byte == '\n') {
            scan->line++;
            scan->column = 1;
        } else if ((byte & 0xC0U) != 0x80U) {
            scan->column++;
        }
    }
}

static struct sq_json_where place(struct sq_json_scan *scan, size_t offset, size_t bytes)
{
    count_to(scan, offset);
    struct sq_json_where where = {.offset = offset, .line = scan->line, .column = scan->column};
    count_to(scan, offset + bytes);
    where.width = where.line == scan->line ? scan->column - where.column : 1;
    return where;
}

static bool fail(struct sq_json_scan *scan, enum sq_json_problem problem, size_t offset,
                 size_t bytes)
{
    scan->problem = problem;
    scan->where = place(scan, offset, bytes);
    if (scan->where.width == 0) {
        scan->where.width = 1;
    }
    return false;
}

static bool give(struct sq_json_scan *scan, struct sq_json_token *token, enum sq_json_event event,
                 size_t bytes)
{
    *token = (struct sq_json_token){.event = event,
                                    .text = scan->text + scan->at,
                                    .length = bytes,
                                    .where = place(scan, scan->at, bytes)};
    scan->at += bytes;
    return true;
}

/* Characters */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

/* What stands at `at`, NUL behind the end: nothing in JSON begins with NUL. */
static char peek(const struct sq_json_scan *scan, size_t at)
{
    return at < scan->length ? scan->text[at] : '\0';
}

static size_t word_bytes(const struct sq_json_scan *scan, size_t at)
{
    size_t end = at;
    while (is_letter(peek(scan, end)) || is_digit(peek(scan, end))) {
        end++;
    }
    return end - at;
}

/* White space and comments */

static bool skip_block_comment(struct sq_json_scan *scan)
{
    for (size_t at = scan->at + 2; at + 1 < scan->length; at++) {
        if (scan->text[at] == '*' && scan->text[at + 1] == '/') {
            scan->at = at + 2;
            return true;
        }
    }
    return fail(scan, SQ_JSON_PROBLEM_COMMENT_OPEN, scan->at, 2);
}

static bool skip_comment(struct sq_json_scan *scan)
{
    if (!scan->jsonc) {
        return fail(scan, SQ_JSON_PROBLEM_COMMENT, scan->at, 2);
    }
    if (scan->text[scan->at + 1] == '*') {
        return skip_block_comment(scan);
    }
    while (scan->at < scan->length && scan->text[scan->at] != '\n') {
        scan->at++;
    }
    return true;
}

static bool skip_space(struct sq_json_scan *scan)
{
    while (scan->at < scan->length) {
        char character = scan->text[scan->at];
        if (character == ' ' || character == '\t' || character == '\n' || character == '\r') {
            scan->at++;
            continue;
        }
        char next = peek(scan, scan->at + 1);
        if (character != '/' || (next != '/' && next != '*')) {
            return true;
        }
        if (!skip_comment(scan)) {
            return false;
        }
    }
    return true;
}

/* Strings */

/* Finds the closing quote from the first byte after the opening one; sets token's text. */
static bool read_string(struct sq_json_scan *scan, struct sq_json_token *token,
                        enum sq_json_event event)
{
    size_t begin = scan->at + 1;
    size_t at = begin;
    bool escaped = false;
    while (at < scan->length && scan->text[at] != '"') {
        unsigned char byte = (unsigned char)scan->text[at];
        size_t bytes = 1;
        if (byte < 0x20U) {
            return fail(scan, SQ_JSON_PROBLEM_CONTROL, at, 1);
        }
        if (byte == '\\') {
            escaped = true;
            bytes = sq_json_escape_bytes(scan->text + at, scan->length - at);
        } else if (byte >= 0x80U) {
            bytes = sq_json_escape_utf8_bytes(scan->text + at, scan->length - at);
        }
        if (bytes == 0) {
            return fail(scan, byte == '\\' ? SQ_JSON_PROBLEM_ESCAPE : SQ_JSON_PROBLEM_UTF8, at, 1);
        }
        at += bytes;
    }
    if (at >= scan->length) {
        return fail(scan, SQ_JSON_PROBLEM_ENDED, scan->length, 0);
    }
    give(scan, token, event, at + 1 - scan->at);
    token->text = scan->text + begin;
    token->length = at - begin;
    token->escaped = escaped;
    return true;
}

/* Numbers and words */

static size_t digits_end(const struct sq_json_scan *scan, size_t at)
{
    while (is_digit(peek(scan, at))) {
        at++;
    }
    return at;
}

/* Whatever someone may have meant as one number, to underline it whole. */
static size_t number_like_bytes(const struct sq_json_scan *scan)
{
    size_t at = scan->at;
    while (is_letter(peek(scan, at)) || is_digit(peek(scan, at)) || peek(scan, at) == '+' ||
           peek(scan, at) == '-' || peek(scan, at) == '.') {
        at++;
    }
    return at - scan->at;
}

/* The end of a number by the RFC's grammar, or 0. */
static size_t number_end(const struct sq_json_scan *scan)
{
    size_t begin = peek(scan, scan->at) == '-' ? scan->at + 1 : scan->at;
    size_t end = digits_end(scan, begin);
    if (end == begin) {
        return 0;
    }
    if (peek(scan, end) == '.') {
        begin = end + 1;
        end = digits_end(scan, begin);
        if (end == begin) {
            return 0;
        }
    }
    if (peek(scan, end) == 'e' || peek(scan, end) == 'E') {
        bool sign = peek(scan, end + 1) == '+' || peek(scan, end + 1) == '-';
        begin = end + (sign ? 2 : 1);
        end = digits_end(scan, begin);
        if (end == begin) {
            return 0;
        }
    }
    return end;
}

static bool read_number(struct sq_json_scan *scan, struct sq_json_token *token)
{
    size_t bytes = number_like_bytes(scan);
    if (bytes > SQ_JSON_NUMBER_BYTES_MAX) {
        return fail(scan, SQ_JSON_PROBLEM_NUMBER_LONG, scan->at, bytes);
    }
    size_t first = peek(scan, scan->at) == '-' ? scan->at + 1 : scan->at;
    if (peek(scan, first) == '0' && is_digit(peek(scan, first + 1))) {
        return fail(scan, SQ_JSON_PROBLEM_NUMBER_ZERO, scan->at, bytes);
    }
    if (number_end(scan) != scan->at + bytes) {
        return fail(scan, SQ_JSON_PROBLEM_NUMBER, scan->at, bytes);
    }
    return give(scan, token, SQ_JSON_NUMBER_VALUE, bytes);
}

static bool read_word(struct sq_json_scan *scan, struct sq_json_token *token)
{
    const char *word = scan->text + scan->at;
    size_t bytes = word_bytes(scan, scan->at);
    if (bytes == 4 && memcmp(word, "true", 4) == 0) {
        return give(scan, token, SQ_JSON_TRUE_VALUE, bytes);
    }
    if (bytes == 5 && memcmp(word, "false", 5) == 0) {
        return give(scan, token, SQ_JSON_FALSE_VALUE, bytes);
    }
    if (bytes == 4 && memcmp(word, "null", 4) == 0) {
        return give(scan, token, SQ_JSON_NULL_VALUE, bytes);
    }
    return fail(scan, SQ_JSON_PROBLEM_LITERAL, scan->at, bytes);
}

/* Objects and arrays */

static bool in_object(const struct sq_json_scan *scan)
{
    size_t level = scan->depth - 1;
    return scan->depth > 0 && (scan->in_object[level / 64] >> (level % 64) & 1U) != 0;
}

static bool open_container(struct sq_json_scan *scan, struct sq_json_token *token, bool object)
{
    if (scan->depth == SQ_JSON_DEPTH_MAX) {
        return fail(scan, SQ_JSON_PROBLEM_TOO_DEEP, scan->at, 1);
    }
    uint64_t bit = UINT64_C(1) << (scan->depth % 64);
    uint64_t *bits = &scan->in_object[scan->depth / 64];
    *bits = object ? *bits | bit : *bits & ~bit;
    scan->depth++;
    scan->state = object ? SQ_JSON_STATE_FIRST_KEY : SQ_JSON_STATE_FIRST_VALUE;
    return give(scan, token, object ? SQ_JSON_OBJECT_BEGIN : SQ_JSON_ARRAY_BEGIN, 1);
}

static bool close_container(struct sq_json_scan *scan, struct sq_json_token *token)
{
    bool object = in_object(scan);
    sq_assert(scan->depth > 0);
    scan->depth--;
    scan->state = SQ_JSON_STATE_AFTER;
    return give(scan, token, object ? SQ_JSON_OBJECT_END : SQ_JSON_ARRAY_END, 1);
}

/* A value begins here, or the problem is `otherwise`. */
static bool read_value(struct sq_json_scan *scan, struct sq_json_token *token,
                       enum sq_json_problem otherwise)
{
    char first = scan->text[scan->at];
    if (first == '{' || first == '[') {
        return open_container(scan, token, first == '{');
    }
    scan->state = SQ_JSON_STATE_AFTER;
    if (first == '"') {
        return read_string(scan, token, SQ_JSON_TEXT_VALUE);
    }
    if (is_digit(first) || first == '-' || first == '+' || first == '.') {
        return read_number(scan, token);
    }
    if (is_letter(first)) {
        return read_word(scan, token);
    }
    return fail(scan, first == '\'' ? SQ_JSON_PROBLEM_SINGLE_QUOTE : otherwise, scan->at, 1);
}

/* A key and its colon, or the problem is `otherwise`. */
static bool read_key(struct sq_json_scan *scan, struct sq_json_token *token,
                     enum sq_json_problem otherwise)
{
    char first = scan->text[scan->at];
    if (first == '\'') {
        return fail(scan, SQ_JSON_PROBLEM_SINGLE_QUOTE, scan->at, 1);
    }
    if (first != '"') {
        return fail(scan, otherwise, scan->at, word_bytes(scan, scan->at));
    }
    if (!read_string(scan, token, SQ_JSON_MEMBER_KEY) || !skip_space(scan)) {
        return false;
    }
    if (scan->at == scan->length) {
        return fail(scan, SQ_JSON_PROBLEM_ENDED, scan->at, 0);
    }
    if (scan->text[scan->at] != ':') {
        return fail(scan, SQ_JSON_PROBLEM_COLON, scan->at, 1);
    }
    scan->at++;
    scan->state = SQ_JSON_STATE_VALUE;
    return true;
}

static bool close_after_comma(struct sq_json_scan *scan, struct sq_json_token *token)
{
    if (!scan->jsonc) {
        return fail(scan, SQ_JSON_PROBLEM_TRAILING_COMMA, scan->comma_at, 1);
    }
    return close_container(scan, token);
}

/* Takes the comma, if there is one, to the state behind it. False at a problem. */
static bool take_comma(struct sq_json_scan *scan)
{
    char first = scan->text[scan->at];
    bool object = in_object(scan);
    if (scan->depth == 0) {
        return fail(scan, SQ_JSON_PROBLEM_AFTER_END, scan->at, 1);
    }
    if (first == (object ? '}' : ']')) {
        return true;
    }
    if (first != ',') {
        return fail(scan, object ? SQ_JSON_PROBLEM_COMMA_OBJECT : SQ_JSON_PROBLEM_COMMA_ARRAY,
                    scan->at, 1);
    }
    scan->comma_at = scan->at++;
    scan->state = object ? SQ_JSON_STATE_NEXT_KEY : SQ_JSON_STATE_NEXT_VALUE;
    return skip_space(scan);
}

/* One step from a byte that exists. */
static bool step(struct sq_json_scan *scan, struct sq_json_token *token)
{
    char first = scan->text[scan->at];
    switch (scan->state) {
    case SQ_JSON_STATE_VALUE:
        return read_value(scan, token, SQ_JSON_PROBLEM_VALUE);
    case SQ_JSON_STATE_FIRST_VALUE:
        return first == ']' ? close_container(scan, token)
                            : read_value(scan, token, SQ_JSON_PROBLEM_VALUE_OR_END);
    case SQ_JSON_STATE_NEXT_VALUE:
        return first == ']' ? close_after_comma(scan, token)
                            : read_value(scan, token, SQ_JSON_PROBLEM_VALUE);
    case SQ_JSON_STATE_FIRST_KEY:
        return first == '}' ? close_container(scan, token)
                            : read_key(scan, token, SQ_JSON_PROBLEM_KEY_OR_END);
    case SQ_JSON_STATE_NEXT_KEY:
        return first == '}' ? close_after_comma(scan, token)
                            : read_key(scan, token, SQ_JSON_PROBLEM_KEY);
    case SQ_JSON_STATE_AFTER:
        return close_container(scan, token);
    }
    sq_assert(false && "state of the scanner");
    return false;
}

void sq_json_scan_init(struct sq_json_scan *scan, const char *text, size_t length, bool jsonc)
{
    *scan = (struct sq_json_scan){
        .text = text, .length = length, .jsonc = jsonc, .line = 1, .column = 1};
    if (length > SQ_JSON_BYTES_MAX) {
        fail(scan, SQ_JSON_PROBLEM_TOO_LARGE, 0, 0);
    } else if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        fail(scan, SQ_JSON_PROBLEM_BYTE_ORDER_MARK, 0, 3);
    }
}

bool sq_json_scan_next(struct sq_json_scan *scan, struct sq_json_token *token)
{
    if (scan->problem != SQ_JSON_PROBLEM_NONE || !skip_space(scan)) {
        return false;
    }
    bool after = scan->state == SQ_JSON_STATE_AFTER;
    if (after && scan->depth == 0 && scan->at == scan->length) {
        return false;
    }
    if (after && scan->at < scan->length && !take_comma(scan)) {
        return false;
    }
    if (scan->at == scan->length) {
        return fail(scan, SQ_JSON_PROBLEM_ENDED, scan->at, 0);
    }
    return step(scan, token);
}

bool sq_json_scan_skip(struct sq_json_scan *scan, const struct sq_json_token *token)
{
    if (token->event != SQ_JSON_OBJECT_BEGIN && token->event != SQ_JSON_ARRAY_BEGIN) {
        return true;
    }
    size_t outside = scan->depth - 1;
    struct sq_json_token inner;
    while (scan->depth > outside) {
        if (!sq_json_scan_next(scan, &inner)) {
            return false;
        }
    }
    return true;
}

void sq_json_where_error(const struct sq_json_where *where, const char *file, struct sq_error *err)
{
    err->line = where->line;
    err->column = where->column;
    err->width = where->width;
    if (file != NULL) {
        size_t length = strlen(file);
        length = length < sizeof err->file ? length : sizeof err->file - 1;
        memcpy(err->file, file, length);
        err->file[length] = '\0';
    }
}

enum sq_status sq_json_scan_error(const struct sq_json_scan *scan, const char *file,
                                  struct sq_error *err)
{
    const struct problem_row *row = &problem_rows[scan->problem];
    size_t at = scan->where.offset;
    char found = peek(scan, at);
    sq_assert(scan->problem != SQ_JSON_PROBLEM_NONE);
    if (row->shows_found && found > ' ' && found < '\x7F') {
        sq_error_set(err, SQ_INVALID, "%s, found `%c`", row->text, found);
    } else {
        sq_error_set(err, SQ_INVALID, "%s", row->text);
    }
    if (err == NULL) {
        return SQ_INVALID;
    }
    if (row->hint[0] != '\0') {
        sq_error_hint(err, "%s", row->hint);
    }
    sq_json_where_error(&scan->where, file, err);
    return SQ_INVALID;
}
