/* SPDX-License-Identifier: MIT */
/*
 * What all writers share: a writer adds a whole document to a buffer. It never computes a number,
 * never prints and asks no clock: the same result and options give the same bytes.
 */
#ifndef SQ_REPORTS_WRITER_H
#define SQ_REPORTS_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "sim/result.h"

#define SQ_REPORT_COLUMNS_DEFAULT 80 /* of a terminal that does not say */
#define SQ_REPORT_COLUMNS_MIN     60 /* a narrower one gets lines that wrap */

struct sq_report_options {
    uint32_t columns;        /* width of text; 0: SQ_REPORT_COLUMNS_DEFAULT */
    bool color;              /* text: ANSI colours */
    bool ascii;              /* text: no blocks, ticks and dashes; what is not ASCII becomes "?" */
    const char *const *next; /* text: commands to type next, ready to copy, the most useful first;
                                NULL among them: there was no memory to make it */
    uint32_t n_next;         /* 0: one is made from the scenario */
    const char
        *gnuplot; /* html: the program that draws; NULL: none, the page says what is missing */
};

/* SQ_NO_MEMORY when the buffer could not grow; what it then holds is of no use. */
typedef enum sq_status sq_report_write(struct sq_strbuf *out, const struct sq_result *result,
                                       const struct sq_report_options *options,
                                       struct sq_error *err);

/* Frees a piece that was made for out; that it failed becomes out's failure. */
void sq_report_join(struct sq_strbuf *out, struct sq_strbuf *piece);

/* Empties a piece for its next use, as sq_report_join. */
void sq_report_reuse(struct sq_strbuf *out, struct sq_strbuf *piece);

/* The status of a finished document. */
SQ_MUST_USE enum sq_status sq_report_finish(const struct sq_strbuf *out, struct sq_error *err);

#endif
