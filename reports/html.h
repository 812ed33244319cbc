/* SPDX-License-Identifier: MIT */
/*
 * One self-contained page: verdict, checks, numbers, figures. No script and no reference to
 * anything outside; light and dark by the reader's preference; prints; complete without gnuplot.
 */
#ifndef SQ_REPORTS_HTML_H
#define SQ_REPORTS_HTML_H

#include "reports/writer.h"

sq_report_write sq_html_write;

#endif
