/* SPDX-License-Identifier: MIT */
/*
 * Script and data of the figure. Lengths are in thousandths of the figure's height or width, times
 * in the data are milliseconds of scenario time.
 */
#include <inttypes.h>

#include "base/assert.h"
#include "base/duration.h"
#include "reports/plots.h"
#include "reports/plots_int.h"

#define FIGURE_WIDTH 960
#define PANEL_HEIGHT 132
#define PANEL_GAP    46 /* room for a panel's heading and legend */
#define TOP          40
#define BOTTOM       30
#define LANE_HEIGHT  20
#define LEFT         168 /* room for names of lanes */
#define RIGHT        16
#define PANELS       3 /* above the lanes */
#define LEGEND_ROW   6 /* outcomes that a legend holds in one row */
#define TICS_MAX     9

static const char *const outcome_colors[SQ_OUTCOMES] = {
    [SQ_OUTCOME_FIRST_TRY] = "#4f81b0", [SQ_OUTCOME_RECOVERED] = "#9cc3de",
    [SQ_OUTCOME_FALLBACK] = "#e5a650",  [SQ_OUTCOME_SUBSTITUTE] = "#d8c46a",
    [SQ_OUTCOME_LATE] = "#b7a5d1",      [SQ_OUTCOME_LOST] = "#8a6f9e",
    [SQ_OUTCOME_APOLOGY] = "#b39b8e",   [SQ_OUTCOME_REJECTED] = "#8d949e",
    [SQ_OUTCOME_TIMED_OUT] = "#d98c86", [SQ_OUTCOME_FAILED] = "#c04e3c",
    [SQ_OUTCOME_INVALID] = "#8c3b4a",   [SQ_OUTCOME_EXCLUDED] = "#dfe2e6",
};

const char *sq_plot_outcome_color(enum sq_outcome outcome)
{
    sq_assert(outcome < SQ_OUTCOMES);
    return outcome_colors[outcome];
}

bool sq_plot_has_data(const struct sq_column *column)
{
    return column->n_timeline > 0 && column->timeline_width > 0 && column->total.calls > 0;
}

/* A step of the time axis that gives at most TICS_MAX marks. */
static sq_dur tic_step(sq_dur end)
{
    static const sq_dur steps[] = {
        1 * SQ_MS,      2 * SQ_MS,      5 * SQ_MS,      10 * SQ_MS,    20 * SQ_MS,    50 * SQ_MS,
        100 * SQ_MS,    200 * SQ_MS,    500 * SQ_MS,    1 * SQ_SECOND, 2 * SQ_SECOND, 5 * SQ_SECOND,
        10 * SQ_SECOND, 15 * SQ_SECOND, 30 * SQ_SECOND, 1 * SQ_MINUTE, 2 * SQ_MINUTE, 5 * SQ_MINUTE,
        10 * SQ_MINUTE, 15 * SQ_MINUTE, 30 * SQ_MINUTE, 1 * SQ_HOUR,   2 * SQ_HOUR,   3 * SQ_HOUR,
        6 * SQ_HOUR,    12 * SQ_HOUR,   1 * SQ_DAY,     2 * SQ_DAY,    5 * SQ_DAY,    10 * SQ_DAY,
        30 * SQ_DAY,    100 * SQ_DAY,
    };
    size_t n = sizeof steps / sizeof steps[0];
    for (size_t i = 0; i < n; i++) {
        if (end / steps[i] <= TICS_MAX) {
            return steps[i];
        }
    }
    return end / TICS_MAX;
}

static void add_time_tics(struct sq_plot_figure *figure, bool labelled)
{
    sq_dur end = sq_plot_end(figure->column);
    sq_dur step = tic_step(end);
    sq_strbuf_add(figure->out, "set xtics (");
    for (sq_time at = 0; at <= end; at += step) {
        sq_strbuf_add(figure->out, at == 0 ? "\"" : ", \"");
        if (labelled) {
            sq_duration_add_exact(figure->out, at);
        }
        sq_strbuf_add_format(figure->out, "\" %" PRId64, SQ_PLOT_MS_OF(at));
    }
    sq_strbuf_add(figure->out, ")\n");
}

static void add_screen(struct sq_plot_figure *figure, const char *margin, int from_top)
{
    int64_t thousandths = 1000 * (int64_t)(figure->height - from_top) / figure->height;
    sq_strbuf_add_format(figure->out, "set %s at screen ", margin);
    sq_strbuf_add_decimal(figure->out, thousandths, 3, 3);
    sq_strbuf_add_char(figure->out, '\n');
}

/* Places the next panel and heads it; heading is ours. */
static void begin_panel(struct sq_plot_figure *figure, int from_top, int height,
                        const char *heading)
{
    add_screen(figure, "tmargin", from_top);
    add_screen(figure, "bmargin", from_top + height);
    sq_strbuf_add_format(figure->out,
                         "set label 1 \"%s\" at graph 0, graph 1 offset 0, 0.9 left "
                         "tc rgb \"#404650\" font \",13\"\n",
                         heading);
}

static void add_bands(struct sq_plot_figure *figure)
{
    const struct sq_column *column = figure->column;
    for (uint32_t i = 0; i < column->n_windows; i++) {
        sq_strbuf_add_format(figure->out,
                             "set object %u rect from first %" PRId64 ", graph 0 to first %" PRId64
                             ", graph 1 behind fc rgb \"#d9a441\" fs solid 0.13 noborder\n",
                             i + 1, SQ_PLOT_MS_OF(column->windows[i].from),
                             SQ_PLOT_MS_OF(column->windows[i].to));
    }
}

static void add_setup(struct sq_plot_figure *figure)
{
    struct sq_strbuf *out = figure->out;
    sq_strbuf_add_format(out,
                         "set terminal svg size %d,%d dynamic noenhanced font \"sans-serif,12\"\n",
                         FIGURE_WIDTH, figure->height);
    sq_strbuf_add(out, "set encoding utf8\n"
                       "set datafile separator whitespace\n"
                       "set border 3 lc rgb \"#b4bac2\"\n"
                       "set tics nomirror out scale 0.5 tc rgb \"#404650\"\n"
                       "set grid ytics lt 1 lw 0.6 lc rgb \"#e3e6ea\"\n"
                       "set key at graph 1, graph 1 right bottom horizontal Left reverse "
                       "samplen 1.2 spacing 1.1 height 0.4 tc rgb \"#404650\" maxrows 1\n");
    sq_strbuf_add_format(out, "set lmargin at screen %s%d\n", "0.", LEFT * 1000 / FIGURE_WIDTH);
    sq_strbuf_add_format(out, "set rmargin at screen %s%d\n", "0.",
                         (FIGURE_WIDTH - RIGHT) * 1000 / FIGURE_WIDTH);
    sq_strbuf_add_format(out, "set xrange [0:%" PRId64 "]\n",
                         SQ_PLOT_MS_OF(sq_plot_end(figure->column)));
    sq_strbuf_add(out, "set yrange [0:*]\nset offsets 0, 0, graph 0.06, 0\n");
}

/* Counts of a window become a rate here, in gnuplot. */
static void add_rate_panel(struct sq_plot_figure *figure, int from_top)
{
    struct sq_strbuf *out = figure->out;
    begin_panel(figure, from_top, PANEL_HEIGHT, "calls and attempts per second");
    sq_strbuf_add_format(out, "per_s = 1000.0 / %" PRId64 "\n",
                         SQ_PLOT_MS_OF(figure->column->timeline_width));
    sq_strbuf_add(out, "plot $timeline using 1:($3 * per_s) with fillsteps fs solid 0.55 noborder "
                       "lc rgb \"#e5a650\" title \"attempts\", "
                       "$timeline using 1:($2 * per_s) with steps lw 2 "
                       "lc rgb \"#2f5f8a\" title \"calls\"\n");
}

static size_t count_outcomes(const struct sq_plot_figure *figure)
{
    size_t count = 0;
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        count += figure->column->total.outcome[i] > 0 ? 1 : 0;
    }
    return count;
}

/* Painted from the largest sum down, so that each outcome covers the ones before it; the legend
 * then reads in the order of outcomes. */
static void add_outcome_panel(struct sq_plot_figure *figure, int from_top)
{
    struct sq_strbuf *out = figure->out;
    const char *before = "plot ";
    begin_panel(figure, from_top, PANEL_HEIGHT, "outcomes");
    sq_strbuf_add_format(out, "set key maxrows %d\n", count_outcomes(figure) > LEGEND_ROW ? 2 : 1);
    for (size_t i = SQ_OUTCOMES; i-- > 0;) {
        if (figure->column->total.outcome[i] > 0) {
            sq_strbuf_add_format(out,
                                 "%s$timeline using 1:($%zu * per_s) with fillsteps fs solid 1 "
                                 "noborder lc rgb \"%s\" notitle",
                                 before, i + 7, outcome_colors[i]);
            before = ", ";
        }
    }
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (figure->column->total.outcome[i] > 0) {
            sq_strbuf_add_format(out,
                                 "%skeyentry with boxes fs solid 1 noborder lc rgb \"%s\" "
                                 "title \"%s\"",
                                 before, outcome_colors[i],
                                 sq_outcome_row((enum sq_outcome)i)->name);
            before = ", ";
        }
    }
    sq_strbuf_add_char(out, '\n');
}

/* Points stand in the middle of their window. */
static void add_latency_panel(struct sq_plot_figure *figure, int from_top, bool limits)
{
    struct sq_strbuf *out = figure->out;
    begin_panel(figure, from_top, PANEL_HEIGHT, "latency from the intended start");
    sq_strbuf_add(out, "set key maxrows 1\n");
    sq_strbuf_add_format(out, "half = %" PRId64 " / 2.0\n",
                         SQ_PLOT_MS_OF(figure->column->timeline_width));
    sq_strbuf_add(out, "set format y \"%gs\"\n"
                       "plot ");
    if (limits) {
        sq_strbuf_add(out, "$limits using 1:($2 / 1e9) with lines lw 1.4 dt (6,4) "
                           "lc rgb \"#c04e3c\" title \"limit\", "
                           "$limits using 1:($2 / 1e9):3 with labels left offset 0.6, 0.6 "
                           "tc rgb \"#c04e3c\" font \",11\" notitle, ");
    }
    sq_strbuf_add(out, "$timeline using ($1 + half):($6 / 1e9) with lines lw 1.2 "
                       "lc rgb \"#b9bdc6\" title \"max\", "
                       "$timeline using ($1 + half):($5 / 1e9) with lines lw 2 "
                       "lc rgb \"#7a5aa0\" title \"p95\", "
                       "$timeline using ($1 + half):($4 / 1e9) with lines lw 2 "
                       "lc rgb \"#4f81b0\" title \"p50\"\n"
                       "set format y\n");
}

static void add_lane_series(struct sq_plot_figure *figure, enum sq_plot_box box, const char *color,
                            const char *title)
{
    sq_strbuf_add_format(figure->out,
                         ", $boxes using ($5 == %d ? ($1 + $2) / 2.0 : NaN):3:1:2:($3 - $4):"
                         "($3 + $4) with boxxyerror fs solid 1 noborder lc rgb \"%s\" "
                         "title \"%s\"",
                         (int)box, color, title);
}

static void add_lanes_panel(struct sq_plot_figure *figure, int from_top)
{
    struct sq_strbuf *out = figure->out;
    bool breakers = figure->n_breaker_lanes > 0;
    begin_panel(figure, from_top, LANE_HEIGHT * (int)sq_plot_lanes(figure),
                breakers ? "faults, breakers" : "faults");
    sq_strbuf_add(out, "unset grid\nset offsets 0, 0, 0, 0\nset border 1\nset ytics scale 0\n");
    sq_strbuf_add_format(out, "set yrange [0.4:%u.6]\n", sq_plot_lanes(figure));
    sq_strbuf_add(out, "plot $names using (NaN):1:ytic(2) with points notitle");
    if (figure->n_fault_lanes > 0) {
        add_lane_series(figure, SQ_PLOT_FAULT, "#d9a441", "fault");
    }
    if (breakers) {
        add_lane_series(figure, SQ_PLOT_CLOSED, "#6aa579", "breaker closed");
        add_lane_series(figure, SQ_PLOT_HALF_OPEN, "#e3c84f", "half open");
        add_lane_series(figure, SQ_PLOT_OPEN, "#c04e3c", "open");
    }
    sq_strbuf_add_char(out, '\n');
}

static void add_panels(struct sq_plot_figure *figure, bool limits)
{
    int from_top = TOP;
    int step = PANEL_HEIGHT + PANEL_GAP;
    sq_strbuf_add(figure->out, "set multiplot\n");
    add_bands(figure);
    add_time_tics(figure, false);
    add_rate_panel(figure, from_top);
    add_outcome_panel(figure, from_top + step);
    if (sq_plot_lanes(figure) == 0) {
        add_time_tics(figure, true);
    }
    add_latency_panel(figure, from_top + 2 * step, limits);
    if (sq_plot_lanes(figure) > 0) {
        add_time_tics(figure, true);
        add_lanes_panel(figure, from_top + PANELS * step);
    }
    sq_strbuf_add(figure->out, "unset multiplot\n");
}

static int figure_height(const struct sq_plot_figure *figure)
{
    int height = TOP + PANELS * PANEL_HEIGHT + (PANELS - 1) * PANEL_GAP + BOTTOM;
    int lanes = (int)sq_plot_lanes(figure);
    return lanes == 0 ? height : height + PANEL_GAP + LANE_HEIGHT * lanes;
}

void sq_plot_add_script(struct sq_strbuf *out, const struct sq_result *result,
                        const struct sq_column *column)
{
    sq_assert(sq_plot_has_data(column));
    struct sq_plot_figure figure = {.out = out, .result = result, .column = column};
    sq_plot_count_lanes(&figure);
    figure.height = figure_height(&figure);
    sq_plot_add_data(&figure);
    add_setup(&figure);
    add_panels(&figure, sq_plot_has_limits(result->scenario));
}
