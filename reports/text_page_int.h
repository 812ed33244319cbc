/* SPDX-License-Identifier: MIT */
/*
 * Lines of a terminal: a label in a gutter, then pieces, cut where the terminal ends. Counts
 * columns, not bytes. Text must have gone through sq_escape_line before.
 */
#ifndef SQ_REPORTS_TEXT_PAGE_INT_H
#define SQ_REPORTS_TEXT_PAGE_INT_H

#include "reports/writer.h"

#define SQ_TEXT_GUTTER 13

enum sq_text_style {
    SQ_TEXT_PLAIN,
    SQ_TEXT_STRONG,
    SQ_TEXT_FAINT,
    SQ_TEXT_GOOD,
    SQ_TEXT_BAD,
    SQ_TEXT_DOUBT,
    SQ_TEXT_BLUE,
    SQ_TEXT_CYAN,
    SQ_TEXT_STYLES
};

struct sq_text_page {
    struct sq_strbuf *out;
    const struct sq_report_options *options;
    size_t width;
    size_t used; /* columns of the line so far */
};

void sq_text_page_init(struct sq_text_page *page, struct sq_strbuf *out,
                       const struct sq_report_options *options);

/* A new line with a label in the gutter; "" for one that goes on. */
void sq_text_begin(struct sq_text_page *page, const char *label);
void sq_text_end(struct sq_text_page *page);
void sq_text_add(struct sq_text_page *page, enum sq_text_style style, const char *text);
/* Text from a file. */
void sq_text_add_escaped(struct sq_text_page *page, enum sq_text_style style, const char *text);
/* Spaces up to this column; at least one when the line is already there. */
void sq_text_pad(struct sq_text_page *page, size_t column);

#endif
