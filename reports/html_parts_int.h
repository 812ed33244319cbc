/* SPDX-License-Identifier: MIT */
/* Sections of the page. Text from files goes through sq_escape_markup, always. */
#ifndef SQ_REPORTS_HTML_PARTS_INT_H
#define SQ_REPORTS_HTML_PARTS_INT_H

#include "reports/writer.h"

/* The style sheet, without its element. */
extern const char *const sq_html_style;

/* A phrase as escaped text; the phrase is emptied. */
void sq_html_add_phrase(struct sq_strbuf *out, struct sq_strbuf *phrase);

/* <th> of a table's head: the label, then one a column (policy and clock). */
void sq_html_add_heads(struct sq_strbuf *out, const struct sq_result *result, const char *label);

void sq_html_add_checks(struct sq_strbuf *out, const struct sq_result *result);
void sq_html_add_outcomes(struct sq_strbuf *out, const struct sq_result *result);
void sq_html_add_numbers(struct sq_strbuf *out, const struct sq_result *result);
void sq_html_add_faults(struct sq_strbuf *out, const struct sq_result *result);
void sq_html_add_why(struct sq_strbuf *out, const struct sq_result *result);
void sq_html_add_clocks(struct sq_strbuf *out, const struct sq_result *result);

#endif
