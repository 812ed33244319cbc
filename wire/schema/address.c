/* SPDX-License-Identifier: MIT */
/* See address.h. */
#include "wire/schema/address.h"

#include <string.h>

struct span {
    const char *text; /* NULL: there is none, which is not the same as empty */
    size_t length;
};

struct address {
    struct span scheme;
    struct span authority;
    struct span path;
    struct span query;
};

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

static bool in_scheme(char character)
{
    return is_letter(character) || (character >= '0' && character <= '9') || character == '+' ||
           character == '-' || character == '.';
}

/* Bytes before the first of the two characters, or all. */
static size_t until(const char *text, size_t length, char one, char other)
{
    size_t at = 0;
    while (at < length && text[at] != one && text[at] != other) {
        at++;
    }
    return at;
}

static struct address split(const char *text, size_t length)
{
    struct address address = {.path = {text, length}};
    struct span *path = &address.path;
    size_t n = 0;
    while (n < length && in_scheme(text[n])) {
        n++;
    }
    if (n > 0 && n < length && text[n] == ':' && is_letter(text[0])) {
        address.scheme = (struct span){text, n};
        *path = (struct span){text + n + 1, length - n - 1};
    }
    if (path->length >= 2 && memcmp(path->text, "//", 2) == 0) {
        n = until(path->text + 2, path->length - 2, '/', '?');
        address.authority = (struct span){path->text + 2, n};
        *path = (struct span){path->text + 2 + n, path->length - 2 - n};
    }
    n = until(path->text, path->length, '?', '?');
    if (n < path->length) {
        address.query = (struct span){path->text + n + 1, path->length - n - 1};
        path->length = n;
    }
    return address;
}

/* RFC 3986, 5.2.4, by segments: `.` goes, `..` takes the one before it along. */
static void add_without_dots(const char *path, size_t length, struct sq_strbuf *out)
{
    struct sq_strbuf kept = {0};
    size_t at = 0;
    while (at < length) {
        size_t n = 1 + until(path + at + 1, length - at - 1, '/', '/');
        const char *name = path[at] == '/' ? path + at + 1 : path + at;
        size_t name_length = n - (path[at] == '/' ? 1 : 0);
        bool one = name_length == 1 && name[0] == '.';
        bool two = name_length == 2 && memcmp(name, "..", 2) == 0;
        if (two) {
            while (kept.length > 0 && kept.text[--kept.length] != '/') {
            }
        }
        if (!one && !two) {
            sq_strbuf_add_bytes(&kept, path + at, n);
        } else if (at + n == length) {
            sq_strbuf_add_char(&kept, '/');
        }
        at += n;
    }
    out->failed = out->failed || kept.failed;
    sq_strbuf_add_bytes(out, sq_strbuf_text(&kept), kept.length);
    sq_strbuf_clear(&kept);
}

/* The base's path up to its last slash, then the reference's (5.2.3). */
static void add_merged(const struct address *base, const struct span *path, struct sq_strbuf *out)
{
    struct sq_strbuf merged = {0};
    size_t keep = base->path.length;
    while (keep > 0 && base->path.text[keep - 1] != '/') {
        keep--;
    }
    if (base->authority.text != NULL && base->path.length == 0) {
        sq_strbuf_add_char(&merged, '/');
    }
    sq_strbuf_add_bytes(&merged, base->path.text, keep);
    sq_strbuf_add_bytes(&merged, path->text, path->length);
    out->failed = out->failed || merged.failed;
    add_without_dots(sq_strbuf_text(&merged), merged.length, out);
    sq_strbuf_clear(&merged);
}

static void add_span(struct sq_strbuf *out, const char *before, const struct span *span,
                     const char *behind)
{
    if (span->text != NULL) {
        sq_strbuf_add(out, before);
        sq_strbuf_add_bytes(out, span->text, span->length);
        sq_strbuf_add(out, behind);
    }
}

size_t sq_schema_address_length(const char *reference, size_t length)
{
    return until(reference, length, '#', '#');
}

void sq_schema_address_resolve(const char *base, const char *reference, size_t length,
                               struct sq_strbuf *out)
{
    struct address from = split(base, strlen(base));
    struct address to = split(reference, length);
    bool own_authority = to.scheme.text != NULL || to.authority.text != NULL;
    add_span(out, "", to.scheme.text != NULL ? &to.scheme : &from.scheme, ":");
    add_span(out, "//", own_authority ? &to.authority : &from.authority, "");
    if (own_authority || (to.path.length > 0 && to.path.text[0] == '/')) {
        add_without_dots(to.path.text, to.path.length, out);
    } else if (to.path.length > 0) {
        add_merged(&from, &to.path, out);
    } else {
        sq_strbuf_add_bytes(out, from.path.text, from.path.length);
    }
    bool base_query = !own_authority && to.path.length == 0 && to.query.text == NULL;
    add_span(out, "?", base_query ? &from.query : &to.query, "");
}

static int hex_value(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

bool sq_schema_address_decode(const char *text, size_t length, struct sq_strbuf *out)
{
    for (size_t at = 0; at < length; at++) {
        if (text[at] != '%') {
            sq_strbuf_add_char(out, text[at]);
            continue;
        }
        int high = at + 2 < length ? hex_value(text[at + 1]) : -1;
        int low = at + 2 < length ? hex_value(text[at + 2]) : -1;
        if (high < 0 || low < 0) {
            return false;
        }
        sq_strbuf_add_char(out, (char)(high * 16 + low));
        at += 2;
    }
    return true;
}
