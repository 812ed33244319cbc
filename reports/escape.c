/* SPDX-License-Identifier: MIT */
/* One walk over code points, four ways to write one. */
#include "reports/escape.h"

#include <string.h>

#include "wire/text.h"

#define REPLACEMENT "\xef\xbf\xbd"

struct code_point {
    const char *bytes;
    size_t length;
};

/* Bytes that a sequence has by its first byte; 1 for what begins none. */
static size_t sequence_bytes(unsigned char first)
{
    if (first >= 0xf0) {
        return 4;
    }
    if (first >= 0xe0) {
        return 3;
    }
    return first >= 0xc0 ? 2 : 1;
}

/* Takes the next code point of *text; false at its end. What is not UTF-8 gives U+FFFD. */
static bool take(const char **text, struct code_point *point)
{
    const char *at = *text;
    if (*at == '\0') {
        return false;
    }
    size_t length = sequence_bytes((unsigned char)*at);
    if (memchr(at, 0, length) == NULL && sq_text_valid(at, length)) {
        *point = (struct code_point){.bytes = at, .length = length};
        *text = at + length;
        return true;
    }
    *point = (struct code_point){.bytes = REPLACEMENT, .length = strlen(REPLACEMENT)};
    *text = at + 1;
    return true;
}

static bool is(const struct code_point *point, const char *bytes)
{
    return strncmp(point->bytes, bytes, point->length) == 0 && bytes[point->length] == '\0';
}

static bool is_space(const struct code_point *point)
{
    return point->length == 1 && point->bytes[0] != '\0' && strchr("\t\n\r", point->bytes[0]);
}

/* Within [first, last], both of `length` bytes. UTF-8 sorts as the code points do. */
static bool is_between(const struct code_point *point, size_t length, const char *first,
                       const char *last)
{
    return point->length == length && memcmp(point->bytes, first, length) >= 0 &&
           memcmp(point->bytes, last, length) <= 0;
}

static bool is_dropped(const struct code_point *point)
{
    return is_between(point, 1, "\x01", "\x1f") || is_between(point, 1, "\x7f", "\x7f") ||
           is_between(point, 2, "\xc2\x80", "\xc2\x9f") ||         /* C1 controls */
           is_between(point, 3, "\xe2\x80\xa8", "\xe2\x80\xae") || /* U+2028..202E */
           is_between(point, 3, "\xe2\x81\xa6", "\xe2\x81\xa9") || /* U+2066..2069 */
           is_between(point, 3, "\xe2\x80\x8e", "\xe2\x80\x8f") || /* U+200E, 200F */
           is_between(point, 2, "\xd8\x9c", "\xd8\x9c");           /* U+061C */
}

/* The next one that is to be written; spaces of all kinds come as " ". */
static bool take_shown(const char **text, struct code_point *point)
{
    while (take(text, point)) {
        if (is_space(point)) {
            *point = (struct code_point){.bytes = " ", .length = 1};
            return true;
        }
        if (!is_dropped(point)) {
            return true;
        }
    }
    return false;
}

void sq_escape_line(struct sq_strbuf *out, const char *text)
{
    struct code_point point;
    while (take_shown(&text, &point)) {
        sq_strbuf_add_bytes(out, point.bytes, point.length);
    }
}

static const char *entity(const struct code_point *point)
{
    static const char *const rows[][2] = {
        {"&", "&amp;"},
        {"<", "&lt;"},
        {">", "&gt;"},
        {"\"", "&quot;"},
        {"'", "&#39;"},
        {"\xef\xbf\xbe", REPLACEMENT},
        {"\xef\xbf\xbf", REPLACEMENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is(point, rows[i][0])) {
            return rows[i][1];
        }
    }
    return NULL;
}

void sq_escape_markup(struct sq_strbuf *out, const char *text)
{
    struct code_point point;
    while (take_shown(&text, &point)) {
        const char *instead = entity(&point);
        if (instead != NULL) {
            sq_strbuf_add(out, instead);
        } else {
            sq_strbuf_add_bytes(out, point.bytes, point.length);
        }
    }
}

/* Letters, digits and what no shell looks at. */
static bool is_plain_word(const char *text)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
    return text[0] != '\0' && text[strspn(text, plain)] == '\0';
}

void sq_escape_shell(struct sq_strbuf *out, const char *text)
{
    if (is_plain_word(text)) {
        sq_strbuf_add(out, text);
        return;
    }
    struct code_point point;
    sq_strbuf_add_char(out, '\'');
    while (take_shown(&text, &point)) {
        if (is(&point, "'")) {
            sq_strbuf_add(out, "'\\''");
        } else {
            sq_strbuf_add_bytes(out, point.bytes, point.length);
        }
    }
    sq_strbuf_add_char(out, '\'');
}

void sq_escape_plot(struct sq_strbuf *out, const char *text)
{
    struct code_point point;
    sq_strbuf_add(out, text[0] == '\0' ? "\" " : "\"");
    while (take_shown(&text, &point)) {
        if (is(&point, "\"") || is(&point, "`")) {
            sq_strbuf_add_char(out, '\'');
        } else if (is(&point, "\\")) {
            sq_strbuf_add_char(out, '/');
        } else {
            sq_strbuf_add_bytes(out, point.bytes, point.length);
        }
    }
    sq_strbuf_add_char(out, '"');
}

bool sq_escape_leaves_blank(const char *text)
{
    struct code_point point;
    while (take_shown(&text, &point)) {
        if (!is(&point, " ")) {
            return false;
        }
    }
    return true;
}
