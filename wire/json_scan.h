/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of JSON text (RFC 8259), one event at a time, straight over the caller's bytes.
 *
 * It refuses everything the RFC refuses (bad numbers, raw control characters, bad escapes, invalid
 * UTF-8, a byte order mark, a second value) and reads everything the RFC allows. It allocates
 * nothing, copies nothing and does not recurse: nesting is a row of bits. Duplicate keys are
 * allowed by the RFC's grammar: the document reader (json.h) refuses them. An escaped lone
 * surrogate such as \ud800 is grammatical too; unescaped it reads as U+FFFD.
 *
 *     struct sq_json_scan scan;
 *     struct sq_json_token token;
 *     sq_json_scan_init(&scan, text, length, false);
 *     while (sq_json_scan_next(&scan, &token)) {
 *         ... token.event ...
 *     }
 *     if (scan.problem != SQ_JSON_PROBLEM_NONE) {
 *         return sq_json_scan_error(&scan, file, err);
 *     }
 *
 * Tokens point into the caller's text and live as long as that.
 */
#ifndef SQ_WIRE_JSON_SCAN_H
#define SQ_WIRE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A text larger than this is refused before it is read: the largest result files are near 20 MiB.
 */
#define SQ_JSON_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* Objects and arrays inside each other. Nobody writes 20; a hostile body writes 200,000. */
#define SQ_JSON_DEPTH_MAX 512
/* Bytes of one number: no exact 64-bit value needs 40, and each digit costs the exact reader time.
 */
#define SQ_JSON_NUMBER_BYTES_MAX 1000

/* Where something stands in the text. Lines end with LF (so CRLF counts once). */
struct sq_json_where {
    size_t offset;   /* bytes from the start */
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in code points */
    uint32_t width;  /* in code points: of a whole scalar or key with its quotes; 1 for { and [ */
};

enum sq_json_event {
    SQ_JSON_OBJECT_BEGIN,
    SQ_JSON_OBJECT_END,
    SQ_JSON_ARRAY_BEGIN,
    SQ_JSON_ARRAY_END,
    SQ_JSON_MEMBER_KEY, /* its value follows as the next event */
    SQ_JSON_TEXT_VALUE,
    SQ_JSON_NUMBER_VALUE,
    SQ_JSON_TRUE_VALUE,
    SQ_JSON_FALSE_VALUE,
    SQ_JSON_NULL_VALUE
};

struct sq_json_token {
    enum sq_json_event event;
    const char
        *text; /* the source; of a key or text what stands between the quotes, still escaped */
    size_t length;
    bool escaped; /* text holds a backslash */
    struct sq_json_where where;
};

/* X(enumerator, what is wrong, what to do about it or "") */
#define SQ_JSON_PROBLEM_LIST(X)                                                                    \
    X(TOO_LARGE, "text is larger than 64 MiB", "")                                                 \
    X(BYTE_ORDER_MARK, "byte order mark at the start",                                             \
      "save the file as UTF-8 without a byte order mark")                                          \
    X(ENDED, "text ends where more was expected", "is a closing bracket or quote missing?")        \
    X(VALUE, "expected a value",                                                                   \
      "a value is an object, an array, a string in double quotes, a number, true, false or null")  \
    X(KEY, "expected a key in double quotes", "")                                                  \
    X(KEY_OR_END, "expected a key in double quotes or `}`", "")                                    \
    X(VALUE_OR_END, "expected a value or `]`", "")                                                 \
    X(COLON, "expected `:` after the key", "")                                                     \
    X(COMMA_OBJECT, "expected `,` or `}`", "")                                                     \
    X(COMMA_ARRAY, "expected `,` or `]`", "")                                                      \
    X(TRAILING_COMMA, "a comma before the closing bracket", "remove it, or name the file .jsonc")  \
    X(COMMENT, "comments are not JSON", "remove it, or name the file .jsonc")                      \
    X(COMMENT_OPEN, "comment without `*/`", "")                                                    \
    X(AFTER_END, "text after the end of the value", "")                                            \
    X(TOO_DEEP, "more than 512 objects and arrays inside each other", "")                          \
    X(NUMBER_ZERO, "number with a leading zero", "")                                               \
    X(NUMBER, "not a number",                                                                      \
      "a number has digits on both sides of the point and after an exponent, and no `+` in front") \
    X(NUMBER_LONG, "number of more than 1000 characters", "")                                      \
    X(LITERAL, "unknown word", "the only words outside quotes are true, false and null")           \
    X(CONTROL, "control character in a string", "write it as an escape such as \\n or \\u0009")    \
    X(ESCAPE, "unknown escape",                                                                    \
      "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits")            \
    X(UTF8, "bytes that are not UTF-8", "save the file as UTF-8")                                  \
    X(SINGLE_QUOTE, "single quotes", "strings and keys stand in double quotes")

#define SQ_JSON_PROBLEM_ENUM(id, text, hint) SQ_JSON_PROBLEM_##id,
enum sq_json_problem {
    SQ_JSON_PROBLEM_NONE,
    SQ_JSON_PROBLEM_LIST(SQ_JSON_PROBLEM_ENUM) SQ_JSON_PROBLEMS
};
#undef SQ_JSON_PROBLEM_ENUM

enum sq_json_state {
    SQ_JSON_STATE_VALUE,       /* a value must come: the first, or after a colon or comma */
    SQ_JSON_STATE_FIRST_VALUE, /* after [ */
    SQ_JSON_STATE_FIRST_KEY,   /* after { */
    SQ_JSON_STATE_KEY,         /* after , in an object */
    SQ_JSON_STATE_COLON,       /* after a key */
    SQ_JSON_STATE_AFTER,       /* after a value */
    SQ_JSON_STATE_DONE         /* the one value is complete */
};

/* All fields but problem, where and depth are the scanner's own. */
struct sq_json_scan {
    const char *text;
    size_t length;
    size_t at;
    bool jsonc; /* comments and one trailing comma are allowed */
    enum sq_json_state state;
    enum sq_json_problem problem; /* of the last sq_json_scan_next */
    struct sq_json_where where;   /* of the problem */
    size_t depth;                 /* open objects and arrays */
    uint32_t line;
    uint32_t column;                            /* of `counted` */
    size_t counted;                             /* bytes whose lines and columns were counted */
    uint64_t in_object[SQ_JSON_DEPTH_MAX / 64]; /* one bit a level: object, not array */
};

void sq_json_scan_init(struct sq_json_scan *scan, const char *text, size_t length, bool jsonc);

/* The next event; false at the end of the text or at a problem (then scan->problem says which). */
bool sq_json_scan_next(struct sq_json_scan *scan, struct sq_json_token *token);

/* Reads on to the end of the value that token began; nothing for a scalar. False at a problem. */
bool sq_json_scan_skip(struct sq_json_scan *scan, const struct sq_json_token *token);

/* Fills *err from scan->problem and returns SQ_INVALID. file may be NULL. */
enum sq_status sq_json_scan_error(const struct sq_json_scan *scan, const char *file,
                                  struct sq_error *err);

/* Writes what a key or text means (UTF-8, may hold NUL bytes) to out, which has room for
 * token->length bytes: unescaped text is never longer. Returns its length. */
size_t sq_json_scan_unescape(const struct sq_json_token *token, char *out);

/* Length in bytes of what a key or text means, without writing it. */
size_t sq_json_scan_text_length(const struct sq_json_token *token);

/* Whether a key or text means exactly this. */
bool sq_json_scan_text_is(const struct sq_json_token *token, const char *text);

#endif
