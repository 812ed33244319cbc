/* SPDX-License-Identifier: MIT */
/* The data of the figure, apart from the script that draws it. */
#ifndef SQ_REPORTS_PLOTS_INT_H
#define SQ_REPORTS_PLOTS_INT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "sim/result.h"

#define SQ_PLOT_MS_OF(time_ns) ((time_ns) / SQ_MS)

struct sq_plot_figure {
    struct sq_strbuf *out;
    const struct sq_result *result;
    const struct sq_column *column;
    uint32_t n_fault_lanes;
    uint32_t n_breaker_lanes;
    int height;
};

/* A box of the lanes: what its fifth number says it is. */
enum sq_plot_box { SQ_PLOT_FAULT, SQ_PLOT_CLOSED, SQ_PLOT_OPEN, SQ_PLOT_HALF_OPEN };

/* Lanes there are; counts them into the figure. */
void sq_plot_count_lanes(struct sq_plot_figure *figure);
uint32_t sq_plot_lanes(const struct sq_plot_figure *figure);

/* Where the time axis ends. */
sq_time sq_plot_end(const struct sq_column *column);

/* Whether a threshold is a limit of the latency panel. */
bool sq_plot_has_limits(const struct sq_scenario *scenario);

/* $timeline, $names, $boxes and $limits. Every text from a file is in here. */
void sq_plot_add_data(struct sq_plot_figure *figure);

#endif
