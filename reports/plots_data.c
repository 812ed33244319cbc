/* SPDX-License-Identifier: MIT */
/* Data blocks of the figure. Times are milliseconds of scenario time. */
#include <inttypes.h>

#include "base/assert.h"
#include "reports/escape.h"
#include "reports/plots_int.h"
#include "reports/writer.h"
#include "wire/text.h"

#define NAME_COLUMNS  20
#define FAULT_LANES   6
#define BREAKER_LANES 8
#define END_OF_DATA   "SQ_END\n"

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

static uint32_t count_fault_lanes(const struct sq_plot_figure *figure)
{
    uint32_t lanes = 0;
    for (uint16_t i = 0; i < figure->result->scenario->script.n_rules; i++) {
        lanes += has_window(figure->column, i) ? 1 : 0;
    }
    return lanes < FAULT_LANES ? lanes : FAULT_LANES;
}

uint32_t sq_plot_lanes(const struct sq_plot_figure *figure)
{
    return figure->n_fault_lanes + figure->n_breaker_lanes;
}

sq_time sq_plot_end(const struct sq_column *column)
{
    return (sq_time)column->n_timeline * column->timeline_width;
}

/* What a window cannot say is a gap in the line. */
static void add_duration(struct sq_strbuf *out, int64_t span)
{
    if (span < 0) {
        sq_strbuf_add(out, " NaN");
    } else {
        sq_strbuf_add_format(out, " %" PRId64, span);
    }
}

/* One row a window: start, calls, attempts, p50, p95, max, then the outcomes added up from the
 * first. The last row is written once more at the end, because steps need where they stop. */
static void add_timeline_row(struct sq_plot_figure *figure, uint32_t index, sq_time at)
{
    const struct sq_timeline_window *window = &figure->column->timeline[index];
    uint64_t sum = 0;
    sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRIu64 " %" PRIu64, SQ_PLOT_MS_OF(at),
                         window->calls, window->attempts);
    add_duration(figure->out, window->p50);
    add_duration(figure->out, window->p95);
    add_duration(figure->out, window->max);
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        sum += window->outcome[i];
        sq_strbuf_add_format(figure->out, " %" PRIu64, sum);
    }
    sq_strbuf_add_char(figure->out, '\n');
}

static void add_timeline(struct sq_plot_figure *figure)
{
    const struct sq_column *column = figure->column;
    sq_strbuf_add(figure->out, "$timeline << " END_OF_DATA);
    for (uint32_t i = 0; i < column->n_timeline; i++) {
        add_timeline_row(figure, i, (sq_time)i * column->timeline_width);
    }
    add_timeline_row(figure, column->n_timeline - 1, sq_plot_end(column));
    sq_strbuf_add(figure->out, END_OF_DATA);
}

/* A name cut to what the margin holds. */
static void add_name(struct sq_plot_figure *figure, const char *name)
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
static uint32_t lane_of(const struct sq_plot_figure *figure, uint32_t index)
{
    return sq_plot_lanes(figure) - index;
}

static void add_names(struct sq_plot_figure *figure)
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

/* A box: from, to, lane, half its height, what it is. */
static void add_box(struct sq_plot_figure *figure, sq_time from, sq_time to, uint32_t lane,
                    enum sq_plot_box box)
{
    static const char *const heights[] = {"0.32", "0.06", "0.36", "0.2"};
    if (to > sq_plot_end(figure->column)) {
        to = sq_plot_end(figure->column);
    }
    if (from < to) {
        sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRId64 " %u %s %d\n", SQ_PLOT_MS_OF(from),
                             SQ_PLOT_MS_OF(to), lane, heights[box], (int)box);
    }
}

static enum sq_plot_box box_of(uint8_t state)
{
    switch ((enum sq_breaker_state)state) {
    case SQ_BREAKER_CLOSED:
        return SQ_PLOT_CLOSED;
    case SQ_BREAKER_OPEN:
        return SQ_PLOT_OPEN;
    case SQ_BREAKER_HALF_OPEN:
        return SQ_PLOT_HALF_OPEN;
    case SQ_BREAKER_STATES:
        break;
    }
    sq_assert(false && "a breaker state without a box");
    return SQ_PLOT_CLOSED;
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

static void add_breaker_boxes(struct sq_plot_figure *figure, uint32_t breaker)
{
    const struct sq_column *column = figure->column;
    uint32_t lane = lane_of(figure, figure->n_fault_lanes + breaker);
    enum sq_plot_box box = SQ_PLOT_CLOSED;
    sq_time from = 0;
    for (uint32_t i = 0; i < column->n_transitions; i++) {
        if (is_of(column, &column->transitions[i], breaker)) {
            add_box(figure, from, column->transitions[i].at, lane, box);
            from = column->transitions[i].at;
            box = box_of(column->transitions[i].to);
        }
    }
    add_box(figure, from, sq_plot_end(column), lane, box);
}

static void add_boxes(struct sq_plot_figure *figure)
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
                add_box(figure, window->from, window->to, lane_of(figure, lane), SQ_PLOT_FAULT);
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
           threshold->when == SQ_WHEN_ALL && threshold->aggregation == SQ_AGGREGATION_P;
}

bool sq_plot_has_limits(const struct sq_scenario *scenario)
{
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        if (is_limit(&scenario->thresholds[i])) {
            return true;
        }
    }
    return false;
}

static void add_limits(struct sq_plot_figure *figure)
{
    const struct sq_scenario *scenario = figure->result->scenario;
    sq_strbuf_add(figure->out, "$limits << " END_OF_DATA);
    for (uint8_t i = 0; i < scenario->n_thresholds; i++) {
        const struct sq_threshold *threshold = &scenario->thresholds[i];
        if (is_limit(threshold)) {
            for (int end = 0; end <= 1; end++) {
                sq_strbuf_add_format(figure->out, "%" PRId64 " %" PRId64 " ",
                                     end == 0 ? 0 : SQ_PLOT_MS_OF(sq_plot_end(figure->column)),
                                     threshold->limit);
                sq_escape_plot(figure->out, end == 0 ? threshold->text : "");
                sq_strbuf_add_char(figure->out, '\n');
            }
            sq_strbuf_add_char(figure->out, '\n'); /* a blank line parts two lines */
        }
    }
    sq_strbuf_add(figure->out, END_OF_DATA);
}

void sq_plot_count_lanes(struct sq_plot_figure *figure)
{
    uint32_t breakers = figure->column->n_breakers;
    figure->n_fault_lanes = count_fault_lanes(figure);
    figure->n_breaker_lanes = breakers < BREAKER_LANES ? breakers : BREAKER_LANES;
}

void sq_plot_add_data(struct sq_plot_figure *figure)
{
    add_timeline(figure);
    add_names(figure);
    add_boxes(figure);
    add_limits(figure);
}
