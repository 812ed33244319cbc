/* SPDX-License-Identifier: MIT */
/*
 * The summary for a terminal. Verdict first, then every check with limit, value and margin, one bar
 * of outcomes, the numbers, each fault window, why attempts failed, what to type next. At most 24
 * lines with the last line, for one column; several columns stand side by side with the same rows.
 *
 * No line begins with text from a file, so none can be taken for a command of a CI system.
 */
#ifndef SQ_REPORTS_TEXT_H
#define SQ_REPORTS_TEXT_H

#include "reports/writer.h"

#define SQ_TEXT_LINES_MAX 24 /* of one column, the last line included */

/* The summary and its last line. */
sq_report_write sq_text_write;

/* Without the last line, for a caller that prints more below. */
sq_report_write sq_text_write_summary;

/* "squall: passed (exit 0)". exit_code is what the program ends with, which may be graver than the
 * result's own. */
/* The last line of a shard instead: nothing was judged. */
void sq_text_add_part_line(struct sq_strbuf *out, const struct sq_shard *shard, int exit_code);
void sq_text_add_last_line(struct sq_strbuf *out, enum sq_verdict verdict, int exit_code);

#endif
