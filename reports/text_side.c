/* SPDX-License-Identifier: MIT */
/*
 * Several columns side by side: a table whose rows are the same numbers as those of one column. As
 * many columns as fit stand in one block; further ones follow in blocks below.
 */
#include "base/assert.h"
#include "base/duration.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/phrases.h"
#include "reports/rows.h"
#include "reports/text_parts_int.h"
#include "wire/text.h"

#define LABEL_MAX   30 /* columns of a label: a long threshold is cut */
#define CELL_MAX    22
#define BAR_COLUMNS 16 /* of a bar: at least one for each outcome */
#define ROWS_MAX                                                                                   \
    (4 + SQ_THRESHOLDS_MAX + SQ_OUTCOMES + 16 * SQ_ROW_PARTS_MAX + 2 * SQ_FAULT_WINDOWS_MAX +      \
     SQ_REPAIR_STEPS + SQ_ROLES_MAX)

enum kind { HEAD, CLOCK, VERDICT, CHECK, BAR, OUTCOME, NUMBER, REPAIRED, OPENED, BACK, WHY };

struct line {
    enum kind kind;
    size_t index;
    size_t part; /* of a NUMBER */
};

struct side {
    const struct sq_result *result;
    struct line lines[ROWS_MAX];
    size_t n_lines;
    size_t label_columns;
    size_t cell_columns;
};

static void push(struct side *side, enum kind kind, size_t index)
{
    sq_assert(side->n_lines < ROWS_MAX);
    side->lines[side->n_lines++] = (struct line){.kind = kind, .index = index};
}

static void push_numbers(struct side *side, size_t row)
{
    for (size_t part = 0; part < sq_row(row)->n_parts; part++) {
        push(side, NUMBER, row);
        side->lines[side->n_lines - 1].part = part;
    }
}

static bool any_outcome(const struct sq_result *result, size_t outcome)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].total.outcome[outcome] > 0) {
            return true;
        }
    }
    return false;
}

static bool any_row(const struct sq_result *result, size_t row)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (sq_row_applies(sq_row(row), result, &result->columns[i])) {
            return true;
        }
    }
    return false;
}

static bool any_repaired(const struct sq_result *result, size_t step)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].repaired[step] > 0) {
            return true;
        }
    }
    return false;
}

static bool any_failure(const struct sq_result *result, size_t role)
{
    enum sq_class klass;
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (sq_phrase_class_at(result->columns[i].class_by_role[role], 0, &klass)) {
            return true;
        }
    }
    return false;
}

static void list_lines(struct side *side)
{
    const struct sq_result *result = side->result;
    push(side, HEAD, 0);
    push(side, CLOCK, 0);
    push(side, VERDICT, 0);
    for (size_t i = 0; i < result->columns[0].n_checks; i++) {
        push(side, CHECK, i);
    }
    push(side, BAR, 0);
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (any_outcome(result, i)) {
            push(side, OUTCOME, i);
        }
    }
    for (size_t i = 0; i < sq_rows(); i++) {
        if (any_row(result, i)) {
            push_numbers(side, i);
        }
    }
    for (size_t i = 0; i < SQ_REPAIR_STEPS; i++) {
        if (any_repaired(result, i)) {
            push(side, REPAIRED, i);
        }
    }
    for (size_t i = 0; i < result->columns[0].n_windows; i++) {
        push(side, OPENED, i);
        push(side, BACK, i);
    }
    for (size_t i = 0; i < result->scenario->n_roles; i++) {
        if (any_failure(result, i)) {
            push(side, WHY, i);
        }
    }
}

static void add_window_label(struct sq_strbuf *out, const struct sq_result *result, size_t index,
                             const char *what)
{
    const struct sq_fault_window *window = &result->columns[0].windows[index];
    sq_strbuf_add(out, result->scenario->script.rules[window->rule].name);
    sq_strbuf_add(out, what);
}

static void add_label(struct sq_strbuf *out, const struct side *side, const struct line *line)
{
    const struct sq_result *result = side->result;
    switch (line->kind) {
    case HEAD:
        sq_strbuf_add(out, "policy");
        return;
    case CLOCK:
        sq_strbuf_add(out, "clock");
        return;
    case VERDICT:
        sq_strbuf_add(out, "verdict");
        return;
    case CHECK:
        sq_strbuf_add(out, result->columns[0].checks[line->index].threshold->text);
        return;
    case BAR:
        sq_strbuf_add(out, "calls");
        return;
    case OUTCOME:
        sq_strbuf_add_format(out, "  %s", sq_outcome_row((enum sq_outcome)line->index)->name);
        return;
    case NUMBER:
        sq_strbuf_add_format(out, "%s %s", sq_row(line->index)->label,
                             sq_row(line->index)->parts[line->part].name);
        return;
    case REPAIRED:
        sq_strbuf_add_format(out, "repaired %s",
                             sq_repair_row((enum sq_repair_step)line->index)->name);
        return;
    case OPENED:
        add_window_label(out, result, line->index, " to open");
        return;
    case BACK:
        add_window_label(out, result, line->index, " to recover");
        return;
    case WHY:
        sq_strbuf_add_format(out, "why %s failed", result->scenario->roles[line->index].name);
        return;
    }
    sq_assert(false && "a kind of line without a label");
}

static void add_check_cell(struct sq_strbuf *out, const struct sq_column *column, size_t index,
                           enum sq_text_style *style)
{
    if (index < column->n_checks) {
        sq_strbuf_add(out, sq_text_sign(&column->checks[index], style));
        sq_strbuf_add(out, " ");
        sq_phrase_check_value(out, &column->checks[index]);
    }
}

static void add_why_cell(struct sq_strbuf *out, const struct sq_column *column, size_t role)
{
    if (!sq_phrase_why(out, column, (uint8_t)role, 1)) {
        sq_strbuf_add(out, SQ_FORMAT_NONE);
    }
}

static void add_span_cell(struct sq_strbuf *out, const struct sq_column *column, size_t window,
                          bool recover)
{
    sq_dur span = -1;
    if (window < column->n_windows) {
        span = recover ? column->windows[window].time_to_recover
                       : column->windows[window].time_to_open;
    }
    if (span < 0) {
        sq_strbuf_add(out, SQ_FORMAT_NONE);
    } else {
        sq_duration_add_rounded(out, span);
    }
}

/* The cell's text; the bar's cell is drawn by add_cell. */
static void cell_text(struct sq_strbuf *out, const struct side *side, const struct line *line,
                      const struct sq_column *column, enum sq_text_style *style)
{
    *style = SQ_TEXT_PLAIN;
    switch (line->kind) {
    case HEAD:
        *style = SQ_TEXT_STRONG;
        sq_strbuf_add(out, column->policy->name);
        return;
    case CLOCK:
        sq_strbuf_add(out, sq_phrase_mode(column->mode));
        return;
    case VERDICT:
        sq_strbuf_add(out, sq_text_verdict(column->verdict, column->n_checks > 0, style));
        return;
    case CHECK:
        add_check_cell(out, column, line->index, style);
        return;
    case BAR:
        sq_format_count(out, column->total.calls);
        return;
    case OUTCOME:
        sq_format_count(out, column->total.outcome[line->index]);
        return;
    case NUMBER:
        sq_row_add_part(out, &sq_row(line->index)->parts[line->part], side->result, column);
        return;
    case REPAIRED:
        sq_format_count(out, column->repaired[line->index]);
        return;
    case OPENED:
        add_span_cell(out, column, line->index, false);
        return;
    case BACK:
        add_span_cell(out, column, line->index, true);
        return;
    case WHY:
        add_why_cell(out, column, line->index);
        return;
    }
    sq_assert(false && "a kind of line without a cell");
}

static size_t escaped_width(struct sq_strbuf *out, const struct sq_strbuf *text)
{
    struct sq_strbuf safe = {0};
    sq_escape_line(&safe, sq_strbuf_text(text));
    size_t width = sq_text_width(sq_strbuf_text(&safe), safe.length);
    sq_report_join(out, &safe);
    return width;
}

static void widen(struct sq_strbuf *out, size_t *columns, struct sq_strbuf *text, size_t most)
{
    size_t width = escaped_width(out, text);
    width = width < most ? width : most;
    *columns = width > *columns ? width : *columns;
    sq_report_reuse(out, text);
}

/* Trouble with memory becomes that of out; nothing else is added to it. */
static void measure(struct side *side, struct sq_strbuf *out)
{
    struct sq_strbuf text = {0};
    side->cell_columns = BAR_COLUMNS;
    for (size_t i = 0; i < side->n_lines; i++) {
        add_label(&text, side, &side->lines[i]);
        widen(out, &side->label_columns, &text, LABEL_MAX);
        for (uint32_t c = 0; c < side->result->n_columns; c++) {
            enum sq_text_style style;
            cell_text(&text, side, &side->lines[i], &side->result->columns[c], &style);
            widen(out, &side->cell_columns, &text, CELL_MAX);
        }
    }
    sq_report_join(out, &text);
}

static void add_cell(struct sq_text_page *page, const struct side *side, const struct line *line,
                     const struct sq_column *column)
{
    struct sq_strbuf text = {0};
    enum sq_text_style style;
    if (line->kind == BAR) {
        sq_text_add_bar(page, &column->total, BAR_COLUMNS);
        return;
    }
    cell_text(&text, side, line, column, &style);
    sq_text_add_escaped(page, style, sq_strbuf_text(&text));
    sq_report_join(page->out, &text);
}

/* The label, cut so that it leaves room for its cells. */
static void add_row_label(struct sq_text_page *page, const struct side *side,
                          const struct line *line)
{
    struct sq_strbuf text = {0};
    size_t width = page->width;
    add_label(&text, side, line);
    page->used = 0;
    page->width = side->label_columns;
    sq_text_add_escaped(page, SQ_TEXT_FAINT, sq_strbuf_text(&text));
    page->width = width;
    sq_report_join(page->out, &text);
}

static void add_block(struct sq_text_page *page, const struct side *side, uint32_t from,
                      uint32_t to)
{
    for (size_t i = 0; i < side->n_lines; i++) {
        add_row_label(page, side, &side->lines[i]);
        for (uint32_t c = from; c < to; c++) {
            size_t at = side->label_columns + 2 + (c - from) * (side->cell_columns + 2);
            sq_text_pad(page, at);
            add_cell(page, side, &side->lines[i], &side->result->columns[c]);
        }
        sq_text_end(page);
    }
}

void sq_text_add_side_by_side(struct sq_text_page *page, const struct sq_result *result)
{
    struct side side = {.result = result};
    list_lines(&side);
    measure(&side, page->out);
    size_t room = page->width > side.label_columns ? page->width - side.label_columns : 0;
    uint32_t fit = (uint32_t)(room / (side.cell_columns + 2));
    fit = fit == 0 ? 1 : fit;
    for (uint32_t from = 0; from < result->n_columns; from += fit) {
        uint32_t to = from + fit < result->n_columns ? from + fit : result->n_columns;
        if (from > 0) {
            sq_strbuf_add_char(page->out, '\n');
        }
        add_block(page, &side, from, to);
    }
}
