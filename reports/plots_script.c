/* SPDX-License-Identifier: MIT */
/*
 * Script and data of the figure. Lengths are in thousandths of the figure's height or width, times
 * in the data are milliseconds of scenario time.
 */
#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "reports/escape.h"
#include "reports/plots.h"
#include "reports/writer.h"
#include "wire/text.h"

#define FIGURE_WIDTH   960
#define PANEL_HEIGHT   132
#define PANEL_GAP      46 /* room for a panel's heading and legend */
#define TOP            40
#define BOTTOM         30
#define LANE_HEIGHT    20
#define LEFT           168 /* room for names of lanes */
#define RIGHT          16
#define PANELS         3 /* above the lanes */
#define NAME_COLUMNS   20
#define FAULT_LANES    6
#define BREAKER_LANES  8
#define LEGEND_ROW     6 /* outcomes that a legend holds in one row */
#define TICS_MAX       9
#define END_OF_DATA    "SQ_END\n"
#define MS_OF(time_ns) ((time_ns) / SQ_MS)

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

struct figure {
    struct sq_strbuf *out;
    const struct sq_result *result;
    const struct sq_column *column;
    uint32_t n_fault_lanes;
    uint32_t n_breaker_lanes;
    int height;
};

/* Fault rules with a window get a lane each, in file order. */
static bool has_window(const struct sq_column *column, uint16_t rule)
{
    for (uint32_t i = 0; i < column->n_windows; i++) {
        if (column->windows[i].rule == rule) {
            return true;
        }
    }
    return false;
}

static uint32_t count_fault_lanes(const struct figure *figure)
{
    uint32_t lanes = 0;
    for (uint16_t i = 0; i < figure->result->scenario->script.n_rules; i++) {
        lanes += has_window(figure->column, i) ? 1 : 0;
    }
    return lanes < FAULT_LANES ? lanes : FAULT_LANES;
}

static uint32_t n_lanes(const struct figure *figure)
{
    return figure->n_fault_lanes + figure->n_breaker_lanes;
}

static sq_time end_of(const struct sq_column *column)
{
    return (sq_time)column->n_timeline * column->timeline_width;
}

/* One row a window: start, calls, attempts, p50, p95, then the outcomes added up from the first.
 * The last row is written once more at the end, because steps need where they stop. */
static void add_timeline_row(struct figure *figure, uint32_t index, sq_time at)
{
    const struct sq_timeline_window *window = &figure->column->timeline[index];
    uint64_t sum = 0;
    sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRIu64 " %" PRIu64, MS_OF(at), window->calls,
                         window->attempts);
    if (window->p50 < 0) {
        sq_strbuf_add(figure->out, " NaN NaN");
    } else {
        sq_strbuf_add_format(figure->out, " %" PRId64 " %" PRId64, window->p50, window->p95);
    }
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        sum += window->outcome[i];
        sq_strbuf_add_format(figure->out, " %" PRIu64, sum);
    }
    sq_strbuf_add_char(figure->out, '\n');
}

static void add_timeline(struct figure *figure)
{
    const struct sq_column *column = figure->column;
    sq_strbuf_add(figure->out, "$timeline << " END_OF_DATA);
    for (uint32_t i = 0; i < column->n_timeline; i++) {
        add_timeline_row(figure, i, (sq_time)i * column->timeline_width);
    }
    add_timeline_row(figure, column->n_timeline - 1, end_of(column));
    sq_strbuf_add(figure->out, END_OF_DATA);
}

/* A name cut to what the margin holds. */
static void add_name(struct figure *figure, const char *name)
{
    struct sq_strbuf line = {0};
    sq_escape_line(&line, name);
    const char *text = sq_strbuf_text(&line);
    if (sq_text_width(text, line.length) > NAME_COLUMNS && !sq_strbuf_failed(&line)) {
        line.length = sq_text_cut(text, line.length, NAME_COLUMNS - 1);
        line.text[line.length] = '\0';
        sq_strbuf_add(&line, "\xe2\x80\xa6");
    }
    sq_escape_plot(figure->out, sq_strbuf_text(&line));
    sq_report_join(figure->out, &line);
}

/* The middle of a lane; the first lane is on top. */
static uint32_t lane_of(const struct figure *figure, uint32_t index)
{
    return n_lanes(figure) - index;
}

static void add_names(struct figure *figure)
{
    const struct sq_script *script = &figure->result->scenario->script;
    uint32_t lane = 0;
    sq_strbuf_add(figure->out, "$names << " END_OF_DATA);
    for (uint16_t i = 0; i < script->n_rules && lane < figure->n_fault_lanes; i++) {
        if (has_window(figure->column, i)) {
            sq_strbuf_add_format(figure->out, "%u ", lane_of(figure, lane++));
            add_name(figure, script->rules[i].name);
            sq_strbuf_add_char(figure->out, '\n');
        }
    }
    for (uint32_t i = 0; i < figure->n_breaker_lanes; i++) {
        sq_strbuf_add_format(figure->out, "%u ", lane_of(figure, figure->n_fault_lanes + i));
        add_name(figure, figure->column->breakers[i].name);
        sq_strbuf_add_char(figure->out, '\n');
    }
    sq_strbuf_add(figure->out, END_OF_DATA);
}

/* A box of the lanes: from, to, lane, half its height in tenths, what it is. */
enum box { BOX_FAULT, BOX_CLOSED, BOX_OPEN, BOX_HALF_OPEN };

static void add_box(struct figure *figure, sq_time from, sq_time to, uint32_t lane, enum box box)
{
    static const char *const heights[] = {"0.32", "0.06", "0.36", "0.2"};
    if (to > end_of(figure->column)) {
        to = end_of(figure->column);
    }
    if (from < to) {
        sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRId64 " %u %s %d\n", MS_OF(from),
                             MS_OF(to), lane, heights[box], (int)box);
    }
}

static enum box box_of(uint8_t state)
{
    switch ((enum sq_breaker_state)state) {
    case SQ_BREAKER_CLOSED:
        return BOX_CLOSED;
    case SQ_BREAKER_OPEN:
        return BOX_OPEN;
    case SQ_BREAKER_HALF_OPEN:
        return BOX_HALF_OPEN;
    case SQ_BREAKER_STATES:
        break;
    }
    sq_assert(!"a breaker state without a box");
    return BOX_CLOSED;
}

/* A breaker is found by its number within its layer. */
static bool is_of(const struct sq_column *column, const struct sq_transition *transition,
                  uint32_t breaker)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < breaker; i++) {
        number += column->breakers[i].layer == column->breakers[breaker].layer ? 1 : 0;
    }
    return transition->layer == column->breakers[breaker].layer && transition->breaker == number;
}

static void add_breaker_boxes(struct figure *figure, uint32_t breaker)
{
    const struct sq_column *column = figure->column;
    uint32_t lane = lane_of(figure, figure->n_fault_lanes + breaker);
    enum box box = BOX_CLOSED;
    sq_time from = 0;
    for (uint32_t i = 0; i < column->n_transitions; i++) {
        if (is_of(column, &column->transitions[i], breaker)) {
            add_box(figure, from, column->transitions[i].at, lane, box);
            from = column->transitions[i].at;
            box = box_of(column->transitions[i].to);
        }
    }
    add_box(figure, from, end_of(column), lane, box);
}

static void add_boxes(struct figure *figure)
{
    const struct sq_script *script = &figure->result->scenario->script;
    uint32_t lane = 0;
    sq_strbuf_add(figure->out, "$boxes << " END_OF_DATA);
    for (uint16_t rule = 0; rule < script->n_rules && lane < figure->n_fault_lanes; rule++) {
        if (!has_window(figure->column, rule)) {
            continue;
        }
        for (uint32_t i = 0; i < figure->column->n_windows; i++) {
            const struct sq_fault_window *window = &figure->column->windows[i];
            if (window->rule == rule) {
                add_box(figure, window->from, window->to, lane_of(figure, lane), BOX_FAULT);
            }
        }
        lane++;
    }
    for (uint32_t i = 0; i < figure->n_breaker_lanes; i++) {
        add_breaker_boxes(figure, i);
    }
    sq_strbuf_add(figure->out, END_OF_DATA);
}

/* Limits of checks on the duration of all calls, as lines in the latency panel. */
static bool is_limit(const struct sq_threshold *threshold)
{
    return threshold->metric == SQ_METRIC_CALL_DURATION && threshold->selector == SQ_SELECT_ALL &&
           threshold->aggregation == SQ_AGGREGATION_P;
}

static bool add_limits(struct figure *figure)
{
    const struct sq_scenario *scenario = figure->result->scenario;
    bool any = false;
    sq_strbuf_add(figure->out, "$limits << " END_OF_DATA);
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        const struct sq_threshold *threshold = &scenario->thresholds[i];
        if (is_limit(threshold)) {
            any = true;
            for (int end = 0; end <= 1; end++) {
                sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRId64 " ",
                                     end == 0 ? 0 : MS_OF(end_of(figure->column)),
                                     threshold->limit);
                sq_escape_plot(figure->out, end == 0 ? threshold->text : "");
                sq_strbuf_add_char(figure->out, '\n');
            }
            sq_strbuf_add_char(figure->out, '\n'); /* a blank line parts two lines */
        }
    }
    sq_strbuf_add(figure->out, END_OF_DATA);
    return any;
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

static void add_time_tics(struct figure *figure, bool labelled)
{
    sq_dur end = end_of(figure->column);
    sq_dur step = tic_step(end);
    sq_strbuf_add(figure->out, "set xtics (");
    for (sq_time at = 0; at <= end; at += step) {
        sq_strbuf_add(figure->out, at == 0 ? "\"" : ", \"");
        if (labelled) {
            sq_duration_add_exact(figure->out, at);
        }
        sq_strbuf_add_format(figure->out, "\" %" PRId64, MS_OF(at));
    }
    sq_strbuf_add(figure->out, ")\n");
}

static void add_screen(struct figure *figure, const char *margin, int from_top)
{
    int64_t thousandths = 1000 * (int64_t)(figure->height - from_top) / figure->height;
    sq_strbuf_add_format(figure->out, "set %s at screen ", margin);
    sq_strbuf_add_decimal(figure->out, thousandths, 3, 3);
    sq_strbuf_add_char(figure->out, '\n');
}

/* Places the next panel and heads it; heading is ours. */
static void begin_panel(struct figure *figure, int from_top, int height, const char *heading)
{
    add_screen(figure, "tmargin", from_top);
    add_screen(figure, "bmargin", from_top + height);
    sq_strbuf_add_format(figure->out,
                         "set label 1 \"%s\" at graph 0, graph 1 offset 0, 0.9 left "
                         "tc rgb \"#404650\" font \",13\"\n",
                         heading);
}

static void add_bands(struct figure *figure)
{
    const struct sq_column *column = figure->column;
    for (uint32_t i = 0; i < column->n_windows; i++) {
        sq_strbuf_add_format(figure->out,
                             "set object %u rect from first %" PRId64 ", graph 0 to first %" PRId64
                             ", graph 1 behind fc rgb \"#d9a441\" fs solid 0.13 noborder\n",
                             i + 1, MS_OF(column->windows[i].from), MS_OF(column->windows[i].to));
    }
}

static void add_setup(struct figure *figure)
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
    sq_strbuf_add_format(out, "set xrange [0:%" PRId64 "]\n", MS_OF(end_of(figure->column)));
    sq_strbuf_add(out, "set yrange [0:*]\nset offsets 0, 0, graph 0.06, 0\n");
}

/* Counts of a window become a rate here, in gnuplot. */
static void add_rate_panel(struct figure *figure, int from_top)
{
    struct sq_strbuf *out = figure->out;
    begin_panel(figure, from_top, PANEL_HEIGHT, "calls and attempts per second");
    sq_strbuf_add_format(out, "per_s = 1000.0 / %" PRId64 "\n",
                         MS_OF(figure->column->timeline_width));
    sq_strbuf_add(out, "plot $timeline using 1:($3 * per_s) with fillsteps fs solid 0.55 noborder "
                       "lc rgb \"#e5a650\" title \"attempts\", "
                       "$timeline using 1:($2 * per_s) with steps lw 2 "
                       "lc rgb \"#2f5f8a\" title \"calls\"\n");
}

static size_t count_outcomes(const struct figure *figure)
{
    size_t count = 0;
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        count += figure->column->total.outcome[i] > 0 ? 1 : 0;
    }
    return count;
}

/* Painted from the largest sum down, so that each outcome covers the ones before it; the legend
 * then reads in the order of outcomes. */
static void add_outcome_panel(struct figure *figure, int from_top)
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
                                 before, i + 6, outcome_colors[i]);
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
static void add_latency_panel(struct figure *figure, int from_top, bool limits)
{
    struct sq_strbuf *out = figure->out;
    begin_panel(figure, from_top, PANEL_HEIGHT, "latency from the intended start");
    sq_strbuf_add(out, "set key maxrows 1\n");
    sq_strbuf_add_format(out, "half = %" PRId64 " / 2.0\n", MS_OF(figure->column->timeline_width));
    sq_strbuf_add(out, "set format y \"%gs\"\n"
                       "plot ");
    if (limits) {
        sq_strbuf_add(out, "$limits using 1:($2 / 1e9) with lines lw 1.4 dt (6,4) "
                           "lc rgb \"#c04e3c\" title \"limit\", "
                           "$limits using 1:($2 / 1e9):3 with labels left offset 0.6, 0.6 "
                           "tc rgb \"#c04e3c\" font \",11\" notitle, ");
    }
    sq_strbuf_add(out, "$timeline using ($1 + half):($5 / 1e9) with lines lw 2 "
                       "lc rgb \"#7a5aa0\" title \"p95\", "
                       "$timeline using ($1 + half):($4 / 1e9) with lines lw 2 "
                       "lc rgb \"#4f81b0\" title \"p50\"\n"
                       "set format y\n");
}

static void add_lane_series(struct figure *figure, enum box box, const char *color,
                            const char *title)
{
    sq_strbuf_add_format(figure->out,
                         ", $boxes using ($5 == %d ? ($1 + $2) / 2.0 : NaN):3:1:2:($3 - $4):"
                         "($3 + $4) with boxxyerror fs solid 1 noborder lc rgb \"%s\" "
                         "title \"%s\"",
                         (int)box, color, title);
}

static void add_lanes_panel(struct figure *figure, int from_top)
{
    struct sq_strbuf *out = figure->out;
    bool breakers = figure->n_breaker_lanes > 0;
    begin_panel(figure, from_top, LANE_HEIGHT * (int)n_lanes(figure),
                breakers ? "faults, breakers" : "faults");
    sq_strbuf_add(out, "unset grid\nset offsets 0, 0, 0, 0\nset border 1\nset ytics scale 0\n");
    sq_strbuf_add_format(out, "set yrange [0.4:%u.6]\n", n_lanes(figure));
    sq_strbuf_add(out, "plot $names using (NaN):1:ytic(2) with points notitle");
    if (figure->n_fault_lanes > 0) {
        add_lane_series(figure, BOX_FAULT, "#d9a441", "fault");
    }
    if (breakers) {
        add_lane_series(figure, BOX_CLOSED, "#6aa579", "breaker closed");
        add_lane_series(figure, BOX_HALF_OPEN, "#e3c84f", "half open");
        add_lane_series(figure, BOX_OPEN, "#c04e3c", "open");
    }
    sq_strbuf_add_char(out, '\n');
}

static void add_panels(struct figure *figure, bool limits)
{
    int from_top = TOP;
    int step = PANEL_HEIGHT + PANEL_GAP;
    sq_strbuf_add(figure->out, "set multiplot\n");
    add_bands(figure);
    add_time_tics(figure, false);
    add_rate_panel(figure, from_top);
    add_outcome_panel(figure, from_top + step);
    if (n_lanes(figure) == 0) {
        add_time_tics(figure, true);
    }
    add_latency_panel(figure, from_top + 2 * step, limits);
    if (n_lanes(figure) > 0) {
        add_time_tics(figure, true);
        add_lanes_panel(figure, from_top + PANELS * step);
    }
    sq_strbuf_add(figure->out, "unset multiplot\n");
}

static int figure_height(const struct figure *figure)
{
    int height = TOP + PANELS * PANEL_HEIGHT + (PANELS - 1) * PANEL_GAP + BOTTOM;
    int lanes = (int)n_lanes(figure);
    return lanes == 0 ? height : height + PANEL_GAP + LANE_HEIGHT * lanes;
}

void sq_plot_add_script(struct sq_strbuf *out, const struct sq_result *result,
                        const struct sq_column *column)
{
    sq_assert(sq_plot_has_data(column));
    struct figure figure = {.out = out, .result = result, .column = column};
    figure.n_fault_lanes = count_fault_lanes(&figure);
    figure.n_breaker_lanes =
        column->n_breakers < BREAKER_LANES ? column->n_breakers : BREAKER_LANES;
    figure.height = figure_height(&figure);
    add_timeline(&figure);
    add_names(&figure);
    add_boxes(&figure);
    bool limits = add_limits(&figure);
    add_setup(&figure);
    add_panels(&figure, limits);
}
