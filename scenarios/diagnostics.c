/* SPDX-License-Identifier: MIT */
/*
 * The list of mistakes and its text, in the form compilers use: code, place, the line, carets,
 * help. What stands in a file is shown harmless: no control characters, no broken UTF-8, and of
 * long lines only what is near the place. One heap block a mistake.
 */
#include "scenarios/diagnostics_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "wire/text.h"

/* Of a line only so much is shown: the files may hold one line of megabytes. */
#define EXCERPT_COLUMNS_BEFORE 60
#define EXCERPT_COLUMNS_AFTER  60

struct sq_diagnostic {
    enum sq_code code;
    uint32_t line;
    uint32_t column;
    uint32_t indent; /* columns before the carets in the excerpt */
    uint32_t carets; /* 0: no excerpt */
    const char *file;
    const char *excerpt;
    const char *text;
    const char *label;
    const char *hint;
    char *block; /* holds all of the above */
};

#define CODE_ROW(id, code, severity, sentence) {code, SQ_SEVERITY_##severity, sentence},
static const struct sq_code_row code_rows[SQ_CODES] = {SQ_CODE_LIST(CODE_ROW)};
#undef CODE_ROW

const struct sq_code_row *sq_code_row(enum sq_code code)
{
    sq_assert(code < SQ_CODES);
    return &code_rows[code];
}

/* Bytes of the character at text; 1 for what is not UTF-8. */
static size_t character_bytes(const char *text, const char *end)
{
    unsigned char lead = (unsigned char)text[0];
    size_t bytes = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0x80 || bytes > (size_t)(end - text) || !sq_text_valid(text, bytes)) {
        return 1;
    }
    return bytes;
}

/* The marks of decomposed letters, U+0300 to U+036F: harmless, and part of the letter before. */
static bool is_combining(const char *text, size_t bytes)
{
    unsigned char lead = (unsigned char)text[0];
    return bytes == 2 && (lead == 0xcc || (lead == 0xcd && (unsigned char)text[1] <= 0xaf));
}

/* Adds one character as it can be shown on a terminal. Returns the columns it takes. */
static uint32_t add_shown(struct sq_strbuf *out, const char *text, size_t bytes)
{
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x20 || lead == 0x7f) {
        sq_strbuf_add_char(out, ' ');
        return 1;
    }
    if (is_combining(text, bytes)) {
        sq_strbuf_add_bytes(out, text, bytes);
        return 0;
    }
    if (lead >= 0x80 && (bytes == 1 || sq_text_width(text, bytes) == 0)) {
        sq_strbuf_add(out, "\xef\xbf\xbd");
        return 1;
    }
    sq_strbuf_add_bytes(out, text, bytes);
    return (uint32_t)sq_text_width(text, bytes);
}

/* Where the excerpt begins: the start of the line, or somewhat before the place. */
static const char *excerpt_begin(const struct sq_mistake *mistake)
{
    const char *from = mistake->at;
    for (int columns = 0; from > mistake->begin && from[-1] != '\n'; from--) {
        bool starts_character = ((unsigned char)*from & 0xc0) != 0x80;
        columns += starts_character;
        if (starts_character && columns > EXCERPT_COLUMNS_BEFORE) {
            break;
        }
    }
    return from;
}

/* The excerpt of a line around the place, and where the carets go. */
static void cut_excerpt(struct sq_strbuf *out, const struct sq_mistake *mistake,
                        struct sq_diagnostic *diagnostic)
{
    uint32_t width = mistake->width == 0 ? 1 : mistake->width;
    uint32_t after = 0;
    const char *text = excerpt_begin(mistake);

    diagnostic->carets = 0;
    diagnostic->indent = 0;
    while (text < mistake->end && *text != '\n' && *text != '\r' && after < EXCERPT_COLUMNS_AFTER) {
        size_t bytes = character_bytes(text, mistake->end);
        uint32_t columns = add_shown(out, text, bytes);
        diagnostic->indent += text < mistake->at ? columns : 0;
        diagnostic->carets += text >= mistake->at && after < width ? columns : 0;
        after += text >= mistake->at;
        text += bytes;
    }
    if (diagnostic->carets == 0) {
        diagnostic->carets = 1;
    }
}

static size_t add_part(struct sq_strbuf *block, const char *text)
{
    size_t at = block->length;
    const char *end = text == NULL ? NULL : text + strlen(text);
    while (text != end) {
        size_t bytes = character_bytes(text, end);
        (void)add_shown(block, text, bytes);
        text += bytes;
    }
    sq_strbuf_add_bytes(block, "", 1);
    return at;
}

static bool build(const struct sq_mistake *mistake, struct sq_diagnostic *diagnostic)
{
    struct sq_strbuf block = {0};
    size_t file = add_part(&block, mistake->file);
    size_t text = add_part(&block, mistake->text);
    size_t label = add_part(&block, mistake->label);
    size_t hint = add_part(&block, mistake->hint);
    size_t excerpt = block.length;

    diagnostic->code = mistake->code;
    diagnostic->line = mistake->line;
    diagnostic->column = mistake->column;
    if (mistake->at != NULL) {
        cut_excerpt(&block, mistake, diagnostic);
    }
    sq_strbuf_add_bytes(&block, "", 1);
    if (sq_strbuf_failed(&block)) {
        sq_strbuf_clear(&block);
        return false;
    }
    diagnostic->block = block.text;
    diagnostic->file = block.text + file;
    diagnostic->text = block.text + text;
    diagnostic->label = block.text + label;
    diagnostic->hint = block.text + hint;
    diagnostic->excerpt = block.text + excerpt;
    return true;
}

/* Whether a comes before b within the load: files in the order they were met, then by place. */
static bool stands_before(const struct sq_diagnostic *a, const struct sq_diagnostic *b)
{
    if (strcmp(a->file, b->file) != 0) {
        return false;
    }
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static void insert(struct sq_diagnostics *diagnostics, const struct sq_diagnostic *diagnostic)
{
    uint32_t at = diagnostics->n_list;
    while (at > 0 && stands_before(diagnostic, &diagnostics->list[at - 1])) {
        diagnostics->list[at] = diagnostics->list[at - 1];
        at--;
    }
    diagnostics->list[at] = *diagnostic;
    diagnostics->n_list++;
}

bool sq_diagnostics_has_room(const struct sq_diagnostics *diagnostics)
{
    return diagnostics->n_list < SQ_DIAGNOSTICS_MAX;
}

void sq_diagnostics_add(struct sq_diagnostics *diagnostics, const struct sq_mistake *mistake)
{
    if (sq_code_row(mistake->code)->severity == SQ_SEVERITY_ERROR) {
        diagnostics->n_errors++;
    } else {
        diagnostics->n_warnings++;
    }
    if (!sq_diagnostics_has_room(diagnostics)) {
        return;
    }
    if (diagnostics->list == NULL) {
        diagnostics->list = sq_memory_new(SQ_DIAGNOSTICS_MAX, sizeof(*diagnostics->list));
    }
    struct sq_diagnostic diagnostic = {0};
    if (diagnostics->list == NULL || !build(mistake, &diagnostic)) {
        diagnostics->no_memory = true;
        return;
    }
    insert(diagnostics, &diagnostic);
}

struct palette {
    const char *severity;
    const char *frame;
    const char *strong;
    const char *end;
};

static struct palette palette_of(enum sq_severity severity, bool color)
{
    if (!color) {
        return (struct palette){"", "", "", ""};
    }
    return (struct palette){severity == SQ_SEVERITY_ERROR ? "\x1b[1;31m" : "\x1b[1;33m",
                            "\x1b[1;34m", "\x1b[1m", "\x1b[0m"};
}

static void add_excerpt(const struct sq_diagnostic *diagnostic, struct sq_strbuf *out, int gutter,
                        const struct palette *paint)
{
    sq_strbuf_add_format(out, "%s%*s |%s\n", paint->frame, gutter, "", paint->end);
    if (diagnostic->line > 0) {
        sq_strbuf_add_format(out, "%s%*u |%s %s\n", paint->frame, gutter, diagnostic->line,
                             paint->end, diagnostic->excerpt);
    } else {
        sq_strbuf_add_format(out, "%s%*s |%s %s\n", paint->frame, gutter, "", paint->end,
                             diagnostic->excerpt);
    }
    sq_strbuf_add_format(out, "%s%*s |%s %*s%s", paint->frame, gutter, "", paint->end,
                         (int)diagnostic->indent, "", paint->severity);
    sq_strbuf_add_repeated(out, "^", diagnostic->carets);
    if (diagnostic->label[0] != '\0') {
        sq_strbuf_add_format(out, " %s", diagnostic->label);
    }
    sq_strbuf_add_format(out, "%s\n", paint->end);
}

static int digits_of(uint32_t number)
{
    int digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static void add_one(const struct sq_diagnostic *diagnostic, struct sq_strbuf *out, bool color)
{
    const struct sq_code_row *row = sq_code_row(diagnostic->code);
    struct palette paint = palette_of(row->severity, color);
    int gutter = digits_of(diagnostic->line);

    sq_strbuf_add_format(out, "%s%s[%s]%s%s: %s%s\n", paint.severity,
                         row->severity == SQ_SEVERITY_ERROR ? "error" : "warning", row->code,
                         paint.end, paint.strong, diagnostic->text, paint.end);
    sq_strbuf_add_format(out, "%s%*s-->%s %s", paint.frame, gutter, "", paint.end,
                         diagnostic->file);
    if (diagnostic->line > 0) {
        sq_strbuf_add_format(out, ":%u:%u", diagnostic->line, diagnostic->column);
    }
    sq_strbuf_add_char(out, '\n');
    if (diagnostic->carets > 0) {
        add_excerpt(diagnostic, out, gutter, &paint);
    }
    if (diagnostic->hint[0] != '\0') {
        sq_strbuf_add_format(out, "%s%*s |%s\n", paint.frame, gutter, "", paint.end);
        sq_strbuf_add_format(out, "%s%*s =%s help: %s\n", paint.frame, gutter, "", paint.end,
                             diagnostic->hint);
    }
}

void sq_diagnostics_add_text(const struct sq_diagnostics *diagnostics, struct sq_strbuf *out,
                             bool color)
{
    for (uint32_t i = 0; i < diagnostics->n_list; i++) {
        add_one(&diagnostics->list[i], out, color);
        sq_strbuf_add_char(out, '\n');
    }
    uint32_t known = diagnostics->n_errors + diagnostics->n_warnings;
    if (known > diagnostics->n_list) {
        sq_strbuf_add_format(out, "... and %u more\n", known - diagnostics->n_list);
    }
}

void sq_diagnostics_clear(struct sq_diagnostics *diagnostics)
{
    if (diagnostics == NULL) {
        return;
    }
    for (uint32_t i = 0; i < diagnostics->n_list; i++) {
        sq_memory_free(diagnostics->list[i].block);
    }
    sq_memory_free(diagnostics->list);
    *diagnostics = (struct sq_diagnostics){0};
}
