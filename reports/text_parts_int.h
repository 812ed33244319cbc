/* SPDX-License-Identifier: MIT */
/* Parts of the text summary that one column and several columns share. */
#ifndef SQ_REPORTS_TEXT_PARTS_INT_H
#define SQ_REPORTS_TEXT_PARTS_INT_H

#include "reports/text_page_int.h"

/* "passed", "failed", "inconclusive", with the style of its colour; without checks "not judged". */
const char *sq_text_verdict(enum sq_verdict verdict, bool judged, enum sq_text_style *style);

/* A sign before a check: tick, cross, question mark, and an exclamation mark for what failed
 * without counting. */
const char *sq_text_sign(const struct sq_check *check, enum sq_text_style *style);

/* The bar of outcomes over `width` columns. */
void sq_text_add_bar(struct sq_text_page *page, const struct sq_tally *tally, uint32_t width);

/* "# first_try 5,400  = recovered 450": signs and counts, on lines of their own below a label. */
void sq_text_add_legend(struct sq_text_page *page, const struct sq_tally *tally);

/* The outcome's sign in the bar. */
const char *sq_text_outcome_sign(enum sq_outcome outcome, bool ascii, enum sq_text_style *style);

/* Several columns side by side: everything but headline, troubles, agreement and next. */
void sq_text_add_side_by_side(struct sq_text_page *page, const struct sq_result *result);

#endif
