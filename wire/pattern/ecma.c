/* SPDX-License-Identifier: MIT */
/*
 * See ecma.h. Every character that stands for itself is written as a number (\x{2d}), so
 * that nothing a pattern holds can mean something to PCRE2 that it does not mean to ECMA-262.
 */
#include "wire/pattern/ecma.h"

#include <stdint.h>
#include <string.h>

#include "wire/json_escape.h"
#include "wire/pattern/property.h"

#define CODE_POINT_MAX 0x10FFFF

/* White space and line ends of ECMA-262 (12.2 and 12.3), and everything else, as class content. */
#define SPACES                                                                                     \
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"           \
    "\\x{205f}\\x{3000}\\x{feff}"
#define NOT_SPACES                                                                                 \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"               \
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"                 \
    "\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

struct translation {
    const char *text;
    size_t length;
    size_t at;
    struct sq_strbuf *out;
    struct sq_pattern_problem *problem;
    bool repeatable; /* what was just written may take a quantifier */
};

/* What an escape or a member of a class is. */
struct atom {
    bool set; /* already written as a set such as \d */
    uint32_t code;
};

static bool fail(struct translation *t, size_t offset, const char *text)
{
    t->problem->text = text;
    t->problem->offset = offset;
    return false;
}

/* The byte `ahead` of the place; 0 behind the end. */
static char peek(const struct translation *t, size_t ahead)
{
    return t->at + ahead < t->length ? t->text[t->at + ahead] : '\0';
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

static bool starts(const struct translation *t, const char *word)
{
    size_t length = strlen(word);
    return t->length - t->at >= length && memcmp(t->text + t->at, word, length) == 0;
}

static bool is_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

/* Writing */

static void add_code(struct translation *t, uint32_t code)
{
    sq_strbuf_add_format(t->out, "\\x{%x}", (unsigned)code);
}

/* Inside a class. Texts here hold no surrogates, so a range loses them. */
static void add_range(struct translation *t, uint32_t low, uint32_t high)
{
    low = is_surrogate(low) ? 0xE000 : low;
    high = is_surrogate(high) ? 0xD7FF : high;
    if (low > high) {
        return;
    }
    add_code(t, low);
    if (high > low) {
        sq_strbuf_add_char(t->out, '-');
        add_code(t, high);
    }
}

/* Reading numbers and characters */

static uint32_t take_character(struct translation *t)
{
    const unsigned char *bytes = (const unsigned char *)t->text + t->at;
    size_t n = sq_json_escape_utf8_bytes(t->text + t->at, t->length - t->at);
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = bytes[0] & first_bits[n];
    for (size_t i = 1; i < n; i++) {
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    t->at += n > 0 ? n : 1;
    return code;
}

static int hex_value(char character)
{
    if (is_digit(character)) {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

/* Exactly n hex digits at `ahead`. */
static bool peek_hex(const struct translation *t, size_t ahead, size_t n, uint32_t *code)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = hex_value(peek(t, ahead + i));
        if (digit < 0) {
            return false;
        }
        value = value * 16 + (uint32_t)digit;
    }
    *code = value;
    return true;
}

/* {1F432}, the place at its brace. */
static bool take_braced_hex(struct translation *t, uint32_t *code)
{
    size_t n = 1;
    uint32_t value = 0;
    for (; hex_value(peek(t, n)) >= 0 && value <= CODE_POINT_MAX; n++) {
        value = value * 16 + (uint32_t)hex_value(peek(t, n));
    }
    if (n == 1 || peek(t, n) != '}' || value > CODE_POINT_MAX) {
        return false;
    }
    t->at += n + 1;
    *code = value;
    return true;
}

/* Behind \u: four digits, two times four as a pair, or braces. */
static bool take_unicode(struct translation *t, uint32_t *code)
{
    uint32_t low;
    if (peek(t, 0) == '{') {
        return take_braced_hex(t, code);
    }
    if (!peek_hex(t, 0, 4, code)) {
        return false;
    }
    t->at += 4;
    if (*code >= 0xD800 && *code <= 0xDBFF && starts(t, "\\u") && peek_hex(t, 2, 4, &low) &&
        low >= 0xDC00 && low <= 0xDFFF) {
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        t->at += 6;
    }
    return true;
}

/* Escapes */

/* \p{...}, the place at its brace. */
static bool translate_property(struct translation *t, char letter, size_t begin)
{
    size_t length = sq_pattern_property(t->text + t->at, t->length - t->at, letter, t->out);
    t->at += length;
    return length > 0 ? true : fail(t, begin, "unknown property");
}

/* \f \n \r \t \v, or 0. */
static uint32_t control_of(char letter)
{
    static const char letters[] = {'f', 'n', 'r', 't', 'v'};
    static const char controls[] = {'\f', '\n', '\r', '\t', '\v'};
    const char *found = memchr(letters, letter, sizeof letters);
    return found != NULL ? (uint32_t)controls[found - letters] : 0;
}

/* An escape that stands for one character; the place behind its letter. */
static bool take_character_escape(struct translation *t, char letter, size_t begin, uint32_t *code)
{
    *code = control_of(letter);
    if (*code != 0) {
        return true;
    }
    if (letter == '0' && !is_digit(peek(t, 0))) {
        return true;
    }
    if (letter == 'c' && is_letter(peek(t, 0))) {
        *code = (uint32_t)(peek(t, 0) % 32);
        t->at++;
        return true;
    }
    if (letter == 'x' && peek_hex(t, 0, 2, code)) {
        t->at += 2;
        return true;
    }
    if (letter == 'u' && take_unicode(t, code)) {
        return true;
    }
    if (is_letter(letter) || is_digit(letter)) {
        return fail(t, begin, "unknown escape");
    }
    t->at--; /* the character itself, perhaps of several bytes */
    *code = take_character(t);
    return true;
}

/* \d \D \w \W \s \S \p \P: written at once. Else one character in *atom. */
static bool translate_escape(struct translation *t, bool in_class, size_t begin, struct atom *atom)
{
    char letter = peek(t, 0);
    if (t->at >= t->length) {
        return fail(t, begin, "a backslash at the end");
    }
    t->at++;
    atom->set = true;
    switch (letter) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        sq_strbuf_add_format(t->out, "\\%c", letter);
        return true;
    case 's':
        sq_strbuf_add(t->out, in_class ? SPACES : "[" SPACES "]");
        return true;
    case 'S':
        sq_strbuf_add(t->out, in_class ? NOT_SPACES : "[^" SPACES "]");
        return true;
    case 'p':
    case 'P':
        return translate_property(t, letter, begin);
    default:
        atom->set = false;
        return take_character_escape(t, letter, begin, &atom->code);
    }
}

/* Classes */

static bool take_member(struct translation *t, struct atom *atom)
{
    size_t begin = t->at;
    if (peek(t, 0) != '\\') {
        atom->set = false;
        atom->code = take_character(t);
        return true;
    }
    t->at++;
    if (peek(t, 0) == 'b') {
        t->at++;
        atom->set = false;
        atom->code = '\b';
        return true;
    }
    return translate_escape(t, true, begin, atom);
}

/* One member, or a range of two. */
static bool translate_member(struct translation *t)
{
    size_t begin = t->at;
    struct atom low = {0};
    struct atom high = {0};
    if (!take_member(t, &low)) {
        return false;
    }
    bool range = !low.set && peek(t, 0) == '-' && t->at + 1 < t->length && peek(t, 1) != ']';
    if (!range) {
        if (!low.set) {
            add_range(t, low.code, low.code);
        }
        return true;
    }
    t->at++;
    if (!take_member(t, &high)) {
        return false;
    }
    if (high.set) { /* [a-\d]: three members */
        add_range(t, low.code, low.code);
        add_range(t, '-', '-');
        return true;
    }
    if (low.code > high.code) {
        return fail(t, begin, "a range out of order");
    }
    add_range(t, low.code, high.code);
    return true;
}

static bool translate_class(struct translation *t)
{
    size_t begin = t->at++;
    sq_strbuf_add_char(t->out, '[');
    if (peek(t, 0) == '^') {
        sq_strbuf_add_char(t->out, '^');
        t->at++;
    }
    while (t->at < t->length && t->text[t->at] != ']') {
        if (!translate_member(t)) {
            return false;
        }
    }
    if (t->at >= t->length) {
        return fail(t, begin, "a class without `]`");
    }
    t->at++;
    sq_strbuf_add_char(t->out, ']');
    t->repeatable = true;
    return true;
}

/* Groups, quantifiers, the rest */

/* (?<name> and \k<name>: from `<` to `>`. */
static bool copy_name(struct translation *t, size_t begin)
{
    const char *end = memchr(t->text + t->at, '>', t->length - t->at);
    if (end == NULL || end == t->text + t->at + 1) {
        return fail(t, begin, "a group name without end");
    }
    size_t length = (size_t)(end - (t->text + t->at)) + 1;
    sq_strbuf_add_bytes(t->out, t->text + t->at, length);
    t->at += length;
    return true;
}

static bool translate_group(struct translation *t)
{
    static const char *const openings[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
    size_t begin = t->at;
    t->repeatable = false;
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        if (starts(t, openings[i])) {
            sq_strbuf_add(t->out, openings[i]);
            t->at += strlen(openings[i]);
            return true;
        }
    }
    if (starts(t, "(?<")) {
        sq_strbuf_add(t->out, "(?");
        t->at += 2;
        return copy_name(t, begin);
    }
    if (starts(t, "(?")) {
        return fail(t, begin, "an unknown kind of group");
    }
    sq_strbuf_add_char(t->out, '(');
    t->at++;
    return true;
}

/* Bytes of {n}, {n,} or {n,m} at the place; 0 when it is none. */
static size_t braces_length(const struct translation *t)
{
    size_t n = 1;
    while (is_digit(peek(t, n))) {
        n++;
    }
    if (n == 1) {
        return 0;
    }
    if (peek(t, n) == ',') {
        n++;
        while (is_digit(peek(t, n))) {
            n++;
        }
    }
    return peek(t, n) == '}' ? n + 1 : 0;
}

static bool translate_quantifier(struct translation *t, size_t length)
{
    if (!t->repeatable) {
        return fail(t, t->at, "nothing to repeat");
    }
    length += peek(t, length) == '?' ? 1 : 0;
    sq_strbuf_add_bytes(t->out, t->text + t->at, length);
    t->at += length;
    t->repeatable = false;
    return true;
}

static void add_atom(struct translation *t, const struct atom *atom)
{
    if (!atom->set && is_surrogate(atom->code)) {
        sq_strbuf_add(t->out, "(?!)"); /* no text holds one */
    } else if (!atom->set) {
        add_code(t, atom->code);
    }
    t->repeatable = true;
}

static bool translate_backslash(struct translation *t)
{
    size_t begin = t->at++;
    char letter = peek(t, 0);
    if (letter == 'b' || letter == 'B') {
        sq_strbuf_add_format(t->out, "\\%c", letter);
        t->at++;
        t->repeatable = false;
        return true;
    }
    if (letter == 'k' && peek(t, 1) == '<') {
        sq_strbuf_add(t->out, "\\k");
        t->at++;
        t->repeatable = true;
        return copy_name(t, begin);
    }
    if (letter >= '1' && letter <= '9') {
        sq_strbuf_add(t->out, "\\g{");
        for (; is_digit(peek(t, 0)); t->at++) {
            sq_strbuf_add_char(t->out, peek(t, 0));
        }
        sq_strbuf_add_char(t->out, '}');
        t->repeatable = true;
        return true;
    }
    struct atom atom = {0};
    if (!translate_escape(t, false, begin, &atom)) {
        return false;
    }
    add_atom(t, &atom);
    return true;
}

static bool translate_literal(struct translation *t)
{
    struct atom atom = {.code = take_character(t)};
    add_atom(t, &atom);
    return true;
}

/* ^ $ | ( ) ., which PCRE2 knows too. */
static bool translate_mark(struct translation *t, const char *written, bool repeatable)
{
    sq_strbuf_add(t->out, written);
    t->at++;
    t->repeatable = repeatable;
    return true;
}

static bool translate_next(struct translation *t)
{
    switch (t->text[t->at]) {
    case '^':
        return translate_mark(t, "^", false);
    case '$':
        return translate_mark(t, "$", false);
    case '|':
        return translate_mark(t, "|", false);
    case ')':
        return translate_mark(t, ")", true);
    case '.':
        return translate_mark(t, "[^\\x{a}\\x{d}\\x{2028}\\x{2029}]", true);
    case '(':
        return translate_group(t);
    case '[':
        return translate_class(t);
    case '\\':
        return translate_backslash(t);
    case '*':
    case '+':
    case '?':
        return translate_quantifier(t, 1);
    case '{':
        return braces_length(t) > 0 ? translate_quantifier(t, braces_length(t))
                                    : translate_literal(t);
    default:
        return translate_literal(t);
    }
}

bool sq_pattern_translate(const char *text, size_t length, struct sq_strbuf *out,
                          struct sq_pattern_problem *problem)
{
    struct translation translation = {
        .text = text, .length = length, .out = out, .problem = problem};
    while (translation.at < length) {
        if (!translate_next(&translation)) {
            return false;
        }
    }
    return true;
}
