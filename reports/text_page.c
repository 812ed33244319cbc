/* SPDX-License-Identifier: MIT */
/* Lines of a terminal. */
#include "reports/text_page_int.h"

#include <string.h>

#include "base/assert.h"
#include "reports/escape.h"
#include "wire/text.h"

/* 16-colour codes: every terminal has them and every theme chose readable ones. */
static const char *const codes[SQ_TEXT_STYLES] = {
    [SQ_TEXT_PLAIN] = "",        [SQ_TEXT_STRONG] = "\033[1m", [SQ_TEXT_FAINT] = "\033[2m",
    [SQ_TEXT_GOOD] = "\033[32m", [SQ_TEXT_BAD] = "\033[31m",   [SQ_TEXT_DOUBT] = "\033[33m",
    [SQ_TEXT_BLUE] = "\033[34m", [SQ_TEXT_CYAN] = "\033[36m",
};

#define RESET    "\033[0m"
#define ELLIPSIS "\xe2\x80\xa6"

/* Our own signs where a terminal has ASCII only. */
static const char *const ascii_signs[][2] = {
    {"\xe2\x80\x94", "-"}, {ELLIPSIS, "~"},       {"\xc2\xb7", "-"}, {"\xe2\x9c\x93", "+"},
    {"\xe2\x9c\x97", "x"}, {"\xe2\x86\x92", ">"}, {"\xc3\x97", "x"},
};

void sq_text_page_init(struct sq_text_page *page, struct sq_strbuf *out,
                       const struct sq_report_options *options)
{
    size_t width = options->columns == 0 ? SQ_REPORT_COLUMNS_DEFAULT : options->columns;
    *page = (struct sq_text_page){.out = out, .options = options, .width = width};
    if (page->width < SQ_REPORT_COLUMNS_MIN) {
        page->width = SQ_REPORT_COLUMNS_MIN;
    }
}

static const char *ascii_sign(const char *text, size_t *length)
{
    for (size_t i = 0; i < sizeof ascii_signs / sizeof ascii_signs[0]; i++) {
        *length = strlen(ascii_signs[i][0]);
        if (strncmp(text, ascii_signs[i][0], *length) == 0) {
            return ascii_signs[i][1];
        }
    }
    return NULL;
}

/* Bytes of text[0..) up to the next that begins a code point. */
static size_t code_point_bytes(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xc0) == 0x80) {
        length++;
    }
    return length;
}

static void add_ascii(struct sq_strbuf *out, const char *text)
{
    while (*text != '\0') {
        size_t length = 1;
        if ((unsigned char)*text < 0x80) {
            sq_strbuf_add_char(out, *text);
        } else {
            const char *sign = ascii_sign(text, &length);
            if (sign == NULL) {
                length = code_point_bytes(text);
            }
            sq_strbuf_add(out, sign == NULL ? "?" : sign);
        }
        text += length;
    }
}

static void add_styled(struct sq_text_page *page, enum sq_text_style style, const char *text,
                       size_t length)
{
    bool styled = page->options->color && style != SQ_TEXT_PLAIN && length > 0;
    if (styled) {
        sq_strbuf_add(page->out, codes[style]);
    }
    sq_strbuf_add_bytes(page->out, text, length);
    page->used += sq_text_width(text, length);
    if (styled) {
        sq_strbuf_add(page->out, RESET);
    }
}

/* Adds what fits; a text that does not fit ends with a sign that it goes on. */
static void add_cut(struct sq_text_page *page, enum sq_text_style style, const char *text)
{
    size_t left = page->width > page->used ? page->width - page->used : 0;
    size_t length = strlen(text);
    if (sq_text_width(text, length) <= left) {
        add_styled(page, style, text, length);
        return;
    }
    if (left == 0) {
        return;
    }
    add_styled(page, style, text, sq_text_cut(text, length, left - 1));
    sq_strbuf_add(page->out, page->options->ascii ? "~" : ELLIPSIS);
    page->used = page->width;
}

void sq_text_add(struct sq_text_page *page, enum sq_text_style style, const char *text)
{
    sq_assert(style < SQ_TEXT_STYLES);
    if (!page->options->ascii) {
        add_cut(page, style, text);
        return;
    }
    struct sq_strbuf plain = {0};
    add_ascii(&plain, text);
    add_cut(page, style, sq_strbuf_text(&plain));
    sq_report_join(page->out, &plain);
}

void sq_text_add_escaped(struct sq_text_page *page, enum sq_text_style style, const char *text)
{
    struct sq_strbuf safe = {0};
    sq_escape_line(&safe, text);
    sq_text_add(page, style, sq_strbuf_text(&safe));
    sq_report_join(page->out, &safe);
}

void sq_text_pad(struct sq_text_page *page, size_t column)
{
    size_t spaces = column > page->used ? column - page->used : 1;
    if (page->used + spaces < page->width) {
        sq_strbuf_add_repeated(page->out, " ", spaces);
        page->used += spaces;
    }
}

void sq_text_begin(struct sq_text_page *page, const char *label)
{
    page->used = 0;
    sq_text_add(page, SQ_TEXT_FAINT, label);
    sq_text_pad(page, SQ_TEXT_GUTTER);
}

void sq_text_end(struct sq_text_page *page)
{
    while (page->out->length > 0 && page->out->text[page->out->length - 1] == ' ') {
        page->out->text[--page->out->length] = '\0';
    }
    sq_strbuf_add_char(page->out, '\n');
    page->used = 0;
}
