/* SPDX-License-Identifier: MIT */
/* Tables of the page. */
#include "reports/html_parts_int.h"

#include "base/assert.h"
#include "base/duration.h"
#include "reports/bar.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/phrases.h"
#include "reports/plots.h"
#include "reports/rows.h"

#define BAR_UNITS     1000
#define CLASSES_SHOWN 6

void sq_html_add_heads(struct sq_strbuf *out, const struct sq_result *result, const char *label)
{
    sq_strbuf_add_format(out, "<th scope=\"col\">%s</th>", label);
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add(out, "<th scope=\"col\">");
        sq_escape_markup(out, result->columns[i].policy->name);
        sq_strbuf_add_format(out, "<br><small>%s</small></th>",
                             sq_phrase_mode(result->columns[i].mode));
    }
}

static void begin_section(struct sq_strbuf *out, const char *heading)
{
    sq_strbuf_add_format(out, "<section>\n<h2>%s</h2>\n", heading);
}

static void begin_table(struct sq_strbuf *out, const struct sq_result *result, const char *label)
{
    sq_strbuf_add(out, "<div class=\"wide\"><table>\n<thead><tr>");
    sq_html_add_heads(out, result, label);
    sq_strbuf_add(out, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct sq_strbuf *out)
{
    sq_strbuf_add(out, "</tbody>\n</table></div>\n");
}

static const char *class_of(const struct sq_check *check)
{
    switch (check->verdict) {
    case SQ_VERDICT_PASSED:
        return "good";
    case SQ_VERDICT_FAILED:
        return check->threshold->strict ? "bad" : "doubt";
    case SQ_VERDICT_INCONCLUSIVE:
        return "doubt";
    }
    sq_assert(false && "a verdict without a class");
    return "";
}

static const char *operator_sign(enum sq_operator operation)
{
    switch (operation) {
    case SQ_OPERATOR_LT:
        return "&lt;";
    case SQ_OPERATOR_LE:
        return "&le;";
    case SQ_OPERATOR_GT:
        return "&gt;";
    case SQ_OPERATOR_GE:
        return "&ge;";
    case SQ_OPERATOR_EQ:
        return "=";
    case SQ_OPERATOR_WITHIN:
        return "within";
    }
    sq_assert(false && "an operator without a sign");
    return "";
}

static void add_check(struct sq_strbuf *out, const struct sq_check *check)
{
    struct sq_strbuf phrase = {0};
    enum sq_metric_kind kind = sq_format_kind(check->threshold);
    sq_strbuf_add_format(out, "<tr class=\"%s\"><td><span class=\"tag\">%s</span></td>",
                         class_of(check), sq_verdict_name(check->verdict));
    sq_strbuf_add(out, "<th scope=\"row\"><code>");
    sq_escape_markup(out, check->threshold->text);
    sq_strbuf_add(out, "</code></th><td class=\"n\">");
    sq_strbuf_add_format(out, "%s ", operator_sign(check->threshold->operation));
    sq_format_value(out, kind, check->threshold->limit);
    if (check->threshold->operation == SQ_OPERATOR_WITHIN) {
        sq_strbuf_add(out, " to ");
        sq_format_value(out, kind, check->threshold->upper);
    }
    sq_strbuf_add(out, "</td><td class=\"n\">");
    sq_phrase_check_value(out, check);
    sq_strbuf_add(out, "</td><td>");
    sq_phrase_margin(&phrase, check);
    sq_html_add_phrase(out, &phrase);
    sq_strbuf_add(out, "</td></tr>\n");
    sq_report_join(out, &phrase);
}

static void add_column_checks(struct sq_strbuf *out, const struct sq_result *result,
                              const struct sq_column *column)
{
    if (result->n_columns > 1) {
        sq_strbuf_add(out, "<h3>");
        sq_escape_markup(out, column->policy->name);
        sq_strbuf_add_format(out, ", %s</h3>\n", sq_phrase_mode(column->mode));
    }
    if (column->n_checks == 0) {
        sq_strbuf_add(out, "<p>" SQ_PHRASE_NOTHING_JUDGED ".</p>\n");
        return;
    }
    sq_strbuf_add(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Verdict</th>"
                       "<th scope=\"col\">Check</th><th scope=\"col\" class=\"n\">Limit</th>"
                       "<th scope=\"col\" class=\"n\">Measured</th><th scope=\"col\">Margin</th>"
                       "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < column->n_checks; i++) {
        add_check(out, sq_phrase_check_at(column, i));
    }
    end_table(out);
}

void sq_html_add_checks(struct sq_strbuf *out, const struct sq_result *result)
{
    begin_section(out, "Checks");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        add_column_checks(out, result, &result->columns[i]);
    }
    sq_strbuf_add(out, "</section>\n");
}

/* One bar of rectangles; drawn here, so that the page has it without gnuplot. */
static void add_bar(struct sq_strbuf *out, const struct sq_column *column)
{
    uint32_t units[SQ_OUTCOMES];
    uint32_t from = 0;
    sq_bar_cells(column->total.outcome, SQ_OUTCOMES, BAR_UNITS, units);
    sq_strbuf_add_format(out,
                         "<svg class=\"bar\" viewBox=\"0 0 %d 20\" preserveAspectRatio=\"none\" "
                         "role=\"img\" aria-label=\"outcomes of calls as one bar, the table "
                         "has the counts\">",
                         BAR_UNITS);
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (units[i] > 0) {
            sq_strbuf_add_format(out,
                                 "<rect x=\"%u\" y=\"0\" width=\"%u\" height=\"20\" fill=\"%s\"/>",
                                 from, units[i], sq_plot_outcome_color((enum sq_outcome)i));
            from += units[i];
        }
    }
    sq_strbuf_add(out, "</svg>");
}

static bool any_call(const struct sq_result *result, size_t outcome)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].total.outcome[outcome] > 0) {
            return true;
        }
    }
    return false;
}

static void add_outcome(struct sq_strbuf *out, const struct sq_result *result,
                        enum sq_outcome outcome)
{
    sq_strbuf_add_format(out,
                         "<tr><th scope=\"row\"><svg class=\"dot\" viewBox=\"0 0 10 10\" "
                         "aria-hidden=\"true\"><rect width=\"10\" height=\"10\" rx=\"2\" "
                         "fill=\"%s\"/></svg> %s <small>",
                         sq_plot_outcome_color(outcome), sq_outcome_row(outcome)->name);
    sq_escape_markup(out, sq_outcome_row(outcome)->sentence);
    sq_strbuf_add(out, "</small></th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add(out, "<td class=\"n\">");
        sq_format_count(out, result->columns[i].total.outcome[outcome]);
        sq_strbuf_add(out, "</td>");
    }
    sq_strbuf_add(out, "</tr>\n");
}

void sq_html_add_outcomes(struct sq_strbuf *out, const struct sq_result *result)
{
    begin_section(out, "What callers got");
    begin_table(out, result, "Outcome");
    sq_strbuf_add(out, "<tr><th scope=\"row\">calls</th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add(out, "<td class=\"n\"><b>");
        sq_format_count(out, result->columns[i].total.calls);
        sq_strbuf_add(out, "</b>");
        add_bar(out, &result->columns[i]);
        sq_strbuf_add(out, "</td>");
    }
    sq_strbuf_add(out, "</tr>\n");
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (any_call(result, i)) {
            add_outcome(out, result, (enum sq_outcome)i);
        }
    }
    end_table(out);
    sq_strbuf_add(out, "</section>\n");
}

static void add_number(struct sq_strbuf *out, const struct sq_result *result,
                       const struct sq_row *row)
{
    struct sq_strbuf phrase = {0};
    sq_strbuf_add_format(out, "<tr><th scope=\"row\">%s <small>%s (<code>%s</code>)</small></th>",
                         row->label, row->note, sq_metric_row(row->parts[0].metric)->name);
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add(out, "<td class=\"n\">");
        sq_row_add_value(&phrase, row, result, &result->columns[i]);
        sq_html_add_phrase(out, &phrase);
        if (sq_row_add_count(&phrase, row, result, &result->columns[i])) {
            sq_strbuf_add(out, "<br><small>");
            sq_html_add_phrase(out, &phrase);
            sq_strbuf_add(out, "</small>");
        }
        sq_strbuf_add(out, "</td>");
    }
    sq_strbuf_add(out, "</tr>\n");
    sq_report_join(out, &phrase);
}

static bool any_applies(const struct sq_result *result, const struct sq_row *row)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (sq_row_applies(row, result, &result->columns[i])) {
            return true;
        }
    }
    return row->kind != SQ_ROW_OF_SEEDS;
}

static bool any_repaired(const struct sq_result *result, int step)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].repaired[step] > 0) {
            return true;
        }
    }
    return false;
}

/* Answers that a repair step made usable; a step that never helped has no row. */
static void add_repaired(struct sq_strbuf *out, const struct sq_result *result)
{
    for (int step = 0; step < SQ_REPAIR_STEPS; step++) {
        const struct sq_repair_row *row = sq_repair_row((enum sq_repair_step)step);
        if (!any_repaired(result, step)) {
            continue;
        }
        sq_strbuf_add_format(out,
                             "<tr><th scope=\"row\">repaired <small>answers usable only after "
                             "<code>%s</code>: %s</small></th>",
                             row->name, row->sentence);
        for (uint32_t i = 0; i < result->n_columns; i++) {
            sq_strbuf_add(out, "<td class=\"n\">");
            sq_format_count(out, result->columns[i].repaired[step]);
            sq_strbuf_add(out, "</td>");
        }
        sq_strbuf_add(out, "</tr>\n");
    }
}

void sq_html_add_numbers(struct sq_strbuf *out, const struct sq_result *result)
{
    begin_section(out, "The numbers");
    if (result->n_columns > 1) {
        sq_strbuf_add_format(out, "<p>What differs: %s.</p>\n", sq_phrase_differs(result));
    }
    begin_table(out, result, "Number");
    for (size_t i = 0; i < sq_rows(); i++) {
        if (any_applies(result, sq_row(i))) {
            add_number(out, result, sq_row(i));
        }
    }
    add_repaired(out, result);
    end_table(out);
    sq_strbuf_add(out, "<p><small>A dash stands where too few values were measured: p(q) is shown "
                       "only where n(1-q) is at least 10.</small></p>\n</section>\n");
}

static void add_window(struct sq_strbuf *out, const struct sq_result *result, uint32_t index)
{
    struct sq_strbuf phrase = {0};
    sq_phrase_window(&phrase, result, &result->columns[0].windows[index]);
    sq_strbuf_add(out, "<tr><th scope=\"row\">");
    sq_html_add_phrase(out, &phrase);
    sq_strbuf_add(out, "</th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        const struct sq_column *column = &result->columns[i];
        sq_strbuf_add(out, "<td>");
        if (index < column->n_windows) {
            sq_phrase_window_effect(&phrase, &column->windows[index]);
        }
        sq_html_add_phrase(out, &phrase);
        sq_strbuf_add(out, "</td>");
    }
    sq_strbuf_add(out, "</tr>\n");
    sq_report_join(out, &phrase);
}

void sq_html_add_faults(struct sq_strbuf *out, const struct sq_result *result)
{
    if (result->n_columns == 0 || result->columns[0].n_windows == 0) {
        return;
    }
    begin_section(out, "Faults");
    begin_table(out, result, "Fault window");
    for (uint32_t i = 0; i < result->columns[0].n_windows; i++) {
        add_window(out, result, i);
    }
    end_table(out);
    sq_strbuf_add(out, "</section>\n");
}

static void add_role(struct sq_strbuf *out, const struct sq_result *result, uint8_t role)
{
    struct sq_strbuf phrase = {0};
    sq_strbuf_add(out, "<tr><th scope=\"row\">");
    sq_escape_markup(out, result->scenario->roles[role].name);
    sq_strbuf_add(out, "</th>");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        sq_strbuf_add(out, "<td>");
        if (!sq_phrase_why(&phrase, &result->columns[i], role, CLASSES_SHOWN)) {
            sq_strbuf_add(&phrase, "no attempt failed");
        }
        sq_html_add_phrase(out, &phrase);
        sq_strbuf_add(out, "</td>");
    }
    sq_strbuf_add(out, "</tr>\n");
    sq_report_join(out, &phrase);
}

void sq_html_add_why(struct sq_strbuf *out, const struct sq_result *result)
{
    begin_section(out, "Why attempts failed");
    begin_table(out, result, "Role");
    for (uint8_t i = 0; i < result->scenario->n_roles; i++) {
        add_role(out, result, i);
    }
    end_table(out);
    sq_strbuf_add(out, "</section>\n");
}

static void add_agreement(struct sq_strbuf *out, const struct sq_agreement *agreement)
{
    struct sq_strbuf phrase = {0};
    sq_phrase_agreement(&phrase, agreement);
    sq_strbuf_add_format(out, "<p class=\"%s\"><b>", agreement->agree ? "good" : "bad");
    sq_html_add_phrase(out, &phrase);
    sq_strbuf_add(out, "</b><br>");
    sq_phrase_agreement_numbers(&phrase, agreement);
    sq_html_add_phrase(out, &phrase);
    sq_strbuf_add(out, "</p>\n");
    if (agreement->n_differences > 0) {
        sq_strbuf_add(out, "<ul>\n");
        for (uint32_t i = 0; i < agreement->n_differences; i++) {
            sq_phrase_difference(&phrase, &agreement->differences[i]);
            sq_strbuf_add(out, "<li>");
            sq_html_add_phrase(out, &phrase);
            sq_strbuf_add(out, "</li>\n");
        }
        sq_strbuf_add(out, "</ul>\n");
    }
    sq_report_join(out, &phrase);
}

void sq_html_add_clocks(struct sq_strbuf *out, const struct sq_result *result)
{
    if (result->n_agreements == 0) {
        return;
    }
    begin_section(out, "The two clocks");
    for (uint32_t i = 0; i < result->n_agreements; i++) {
        add_agreement(out, &result->agreements[i]);
    }
    sq_strbuf_add(out, "</section>\n");
}
