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
    const char *text; /* the source; of a key or text what stands between the quotes, still escaped
                         (json_escape.h) */
    size_t length;
    bool escaped; /* text holds a backslash */
    struct sq_json_where where;
};

/* X(enumerator, the error names what was found, what is wrong, what to do about it or "") */
#define SQ_JSON_PROBLEM_LIST(X)                                                                    \
    X(TOO_LARGE, false, "text is larger than 64 MiB", "")                                          \
    X(BYTE_ORDER_MARK, false, "byte order mark at the start",                                      \
      "save the file as UTF-8 without a byte order mark")                                          \
    X(ENDED, false, "text ends too early", "is a closing bracket or quote missing?")               \
    X(VALUE, true, "expected a value",                                                             \
      "values are objects, arrays, \"strings\", numbers, true, false and null")                    \
    X(KEY, true, "expected a key in double quotes", "")                                            \
    X(KEY_OR_END, true, "expected a key in double quotes or `}`", "")                              \
    X(VALUE_OR_END, true, "expected a value or `]`", "")                                           \
    X(COLON, true, "expected `:` after the key", "")                                               \
    X(COMMA_OBJECT, true, "expected `,` or `}`", "")                                               \
    X(COMMA_ARRAY, true, "expected `,` or `]`", "")                                                \
    X(TRAILING_COMMA, false, "comma before the closing bracket",                                   \
      "remove it, or name the file .jsonc")                                                        \
    X(COMMENT, false, "comments are not JSON", "remove it, or name the file .jsonc")               \
    X(COMMENT_OPEN, false, "comment without `*/`", "")                                             \
    X(AFTER_END, true, "expected the end of the text", "a text is one value")                      \
    X(TOO_DEEP, false, "more than 512 objects and arrays inside each other", "")                   \
    X(NUMBER_ZERO, false, "number with a leading zero", "")                                        \
    X(NUMBER, false, "not a number",                                                               \
      "numbers look like 10, -0.5 or 1e3, with digits on both sides of a point")                   \
    X(NUMBER_LONG, false, "number of more than 1000 characters", "")                               \
    X(LITERAL, false, "unknown word", "the only words outside quotes are true, false and null")    \
    X(CONTROL, false, "control character in a string",                                             \
      "write it as an escape such as \\n or \\u0009")                                              \
    X(ESCAPE, false, "unknown escape",                                                             \
      "write \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u and four hex digits")                       \
    X(UTF8, false, "bytes that are not UTF-8", "save the file as UTF-8")                           \
    X(SINGLE_QUOTE, false, "single quotes", "strings and keys stand in double quotes")

#define SQ_JSON_PROBLEM_ENUM(id, shows_found, text, hint) SQ_JSON_PROBLEM_##id,
enum sq_json_problem {
    SQ_JSON_PROBLEM_NONE,
    SQ_JSON_PROBLEM_LIST(SQ_JSON_PROBLEM_ENUM) SQ_JSON_PROBLEMS
};
#undef SQ_JSON_PROBLEM_ENUM

enum sq_json_state {
    SQ_JSON_STATE_VALUE,       /* a value must come: the first one, or after a colon */
    SQ_JSON_STATE_FIRST_VALUE, /* after [ */
    SQ_JSON_STATE_NEXT_VALUE,  /* after , in an array */
    SQ_JSON_STATE_FIRST_KEY,   /* after { */
    SQ_JSON_STATE_NEXT_KEY,    /* after , in an object */
    SQ_JSON_STATE_AFTER        /* after a value; with depth 0 only the end may come */
};

/* All fields but problem, where and depth are the scanner's own. */
struct sq_json_scan {
    const char *text;
    size_t length;
    size_t at;
    bool jsonc; /* comments and one trailing comma are allowed */
    enum sq_json_state state;
    enum sq_json_problem problem;               /* of the last sq_json_scan_next */
    struct sq_json_where where;                 /* of the problem */
    size_t depth;                               /* open objects and arrays */
    size_t counted;                             /* bytes whose lines and columns were counted */
    uint32_t line;                              /* of `counted` */
    uint32_t column;                            /* of `counted` */
    size_t comma_at;                            /* offset of the last comma */
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

/* Puts a place, and file unless NULL, into an error that was set. */
void sq_json_where_error(const struct sq_json_where *where, const char *file, struct sq_error *err);

#endif
