/* SPDX-License-Identifier: MIT */
/*
 * The figure that explains a column: four panels over one time axis (calls and attempts; outcomes
 * stacked; latency with its limit; lanes of faults and breakers), fault windows shaded behind all.
 *
 * gnuplot draws it, as a child process. Text from files reaches it inside data blocks only, never
 * in the script, because a quoted string of a script can run commands.
 */
#ifndef SQ_REPORTS_PLOTS_H
#define SQ_REPORTS_PLOTS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "sim/result.h"

/* The colour of an outcome in every figure and page: "#5b8db8". */
const char *sq_plot_outcome_color(enum sq_outcome outcome);

/* Whether there is anything to draw. */
bool sq_plot_has_data(const struct sq_column *column);

/* Script and data for gnuplot's standard input; the figure comes out as SVG. */
void sq_plot_add_script(struct sq_strbuf *out, const struct sq_result *result,
                        const struct sq_column *column);

/* The figure as an <svg> element for a page: no ids, no prolog, no version of gnuplot; colours of
 * ink, axis, grid and two lines are variables of the page. A label names it for readers who see
 * none. SQ_ENVIRONMENT: why there is none. */
SQ_MUST_USE enum sq_status sq_plot_add_svg(struct sq_strbuf *out, const struct sq_result *result,
                                           const struct sq_column *column, const char *gnuplot,
                                           struct sq_error *err);

#endif
