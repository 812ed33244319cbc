/* SPDX-License-Identifier: MIT */
/*
 * The summary for a terminal. What stands below the checks is written first, into a buffer of its
 * own, so that the checks get the lines that are left of SQ_TEXT_LINES_MAX.
 */
#include "reports/text.h"

#include <string.h>

#include "reports/escape.h"
#include "reports/format.h"
#include "reports/phrases.h"
#include "reports/rows.h"
#include "reports/text_parts_int.h"
#include "wire/text.h"

#define WINDOW_LINES      3
#define WINDOW_GAP        "; "
#define WINDOW_ROOM       15 /* columns of the gap and of "; and 99 more" */
#define ROLES_SHOWN       2
#define CLASSES_SHOWN     4
#define DIFFERENCES_SHOWN 5
#define CHECKS_MIN        3  /* lines for checks, however much there is below */
#define NEXT_MIN          2  /* commands to copy, however much there is above */
#define VALUE_COLUMNS     10 /* a short value, then its note; longer ones push the note */
#define MEASURED_COLUMNS  8  /* of a check's value */
#define CHECK_COLUMNS     34 /* of a threshold's text, at most, before its value */

/* One phrase as a whole line. */
static void add_line(struct sq_text_page *page, const char *label, enum sq_text_style style,
                     struct sq_strbuf *phrase)
{
    sq_text_begin(page, label);
    sq_text_add_escaped(page, style, sq_strbuf_text(phrase));
    sq_text_end(page);
    sq_report_reuse(page->out, phrase);
}

/* One phrase that must be read whole: a line the terminal may wrap. */
static void add_whole(struct sq_text_page *page, const char *label, enum sq_text_style style,
                      struct sq_strbuf *phrase)
{
    size_t width = page->width;
    page->width = SIZE_MAX;
    add_line(page, label, style, phrase);
    page->width = width;
}

static void add_headline(struct sq_text_page *page, const struct sq_result *result)
{
    struct sq_strbuf phrase = {0};
    enum sq_text_style style;
    const char *verdict =
        sq_text_verdict(result->verdict, result->scenario->n_thresholds > 0, &style);
    sq_text_begin(page, verdict);
    sq_text_add(page, SQ_TEXT_STRONG, sq_phrase_modes(result));
    sq_strbuf_add_format(&phrase, " \xc2\xb7 %s", result->scenario->name);
    if (result->n_columns == 1) {
        sq_strbuf_add_format(&phrase, " \xc2\xb7 policy %s", result->columns[0].policy->name);
    } else {
        sq_strbuf_add_format(&phrase, " \xc2\xb7 %u columns", result->n_columns);
    }
    sq_strbuf_add(&phrase, " \xc2\xb7 ");
    sq_phrase_seeds(&phrase, result, &result->columns[0]);
    sq_text_add_escaped(page, SQ_TEXT_PLAIN, sq_strbuf_text(&phrase));
    sq_text_end(page);
    if (result->scenario->title != NULL && result->scenario->title[0] != '\0') {
        sq_report_reuse(page->out, &phrase);
        sq_strbuf_add(&phrase, result->scenario->title);
        add_line(page, "", SQ_TEXT_PLAIN, &phrase);
    }
    if (result->n_labels > 0) {
        sq_report_reuse(page->out, &phrase);
        sq_phrase_labels(&phrase, result);
        add_line(page, "labels", SQ_TEXT_PLAIN, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

/* Columns that the longest threshold takes. */
static size_t check_columns(const struct sq_column *column)
{
    size_t columns = 0;
    for (uint32_t i = 0; i < column->n_checks; i++) {
        const char *text = column->checks[i].threshold->text;
        size_t width = sq_text_width(text, strlen(text));
        columns = width > columns ? width : columns;
    }
    return columns < CHECK_COLUMNS ? columns : CHECK_COLUMNS;
}

static void add_check(struct sq_text_page *page, const char *label, const struct sq_check *check,
                      size_t columns)
{
    struct sq_strbuf phrase = {0};
    enum sq_text_style style;
    const char *sign = sq_text_sign(check, &style);
    sq_text_begin(page, label);
    sq_text_add(page, style, sign);
    sq_text_add(page, SQ_TEXT_PLAIN, " ");
    size_t width = page->width;
    page->width = SQ_TEXT_GUTTER + 2 + columns;
    sq_text_add_escaped(page, SQ_TEXT_PLAIN, check->threshold->text);
    page->width = width;
    sq_text_pad(page, SQ_TEXT_GUTTER + 3 + columns);
    sq_phrase_check_value(&phrase, check);
    sq_text_add(page, style, sq_strbuf_text(&phrase));
    sq_report_reuse(page->out, &phrase);
    sq_phrase_margin(&phrase, check);
    sq_text_pad(page, SQ_TEXT_GUTTER + 3 + columns + MEASURED_COLUMNS);
    sq_text_add_escaped(page, SQ_TEXT_PLAIN, sq_strbuf_text(&phrase));
    sq_text_end(page);
    sq_report_join(page->out, &phrase);
}

/* At most `lines` lines; what does not fit is counted in the last one. */
static void add_checks(struct sq_text_page *page, const struct sq_column *column, uint32_t lines)
{
    struct sq_strbuf phrase = {0};
    uint32_t shown = column->n_checks <= lines ? column->n_checks : lines - 1;
    if (column->n_checks == 0) {
        sq_strbuf_add(&phrase, SQ_PHRASE_NOTHING_JUDGED);
        add_line(page, "checks", SQ_TEXT_DOUBT, &phrase);
    }
    for (uint32_t i = 0; i < shown; i++) {
        add_check(page, i == 0 ? "checks" : "", sq_phrase_check_at(column, i),
                  check_columns(column));
    }
    if (shown < column->n_checks) {
        sq_strbuf_add_format(&phrase, "and %u more; in all ", column->n_checks - shown);
        sq_phrase_checks(&phrase, column);
        add_line(page, "", SQ_TEXT_PLAIN, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

static void add_calls(struct sq_text_page *page, const struct sq_column *column)
{
    struct sq_strbuf count = {0};
    sq_format_count(&count, column->total.calls);
    sq_text_begin(page, "calls");
    uint32_t room = (uint32_t)(page->width - SQ_TEXT_GUTTER - count.length - 1);
    sq_text_add_bar(page, &column->total, room);
    sq_text_add(page, SQ_TEXT_PLAIN, page->used > SQ_TEXT_GUTTER ? " " : "");
    sq_text_add(page, SQ_TEXT_STRONG, sq_strbuf_text(&count));
    sq_text_end(page);
    if (column->total.calls > 0) {
        sq_text_add_legend(page, &column->total);
    }
    sq_report_join(page->out, &count);
}

static void add_row(struct sq_text_page *page, const struct sq_row *row,
                    const struct sq_result *result, const struct sq_column *column)
{
    struct sq_strbuf phrase = {0};
    sq_row_add_value(&phrase, row, result, column);
    sq_text_begin(page, row->label);
    sq_text_add(page, SQ_TEXT_STRONG, sq_strbuf_text(&phrase));
    sq_text_pad(page, SQ_TEXT_GUTTER + VALUE_COLUMNS);
    sq_report_reuse(page->out, &phrase);
    sq_strbuf_add(&phrase, " ");
    sq_row_add_note(&phrase, row, result, column);
    sq_text_add(page, SQ_TEXT_FAINT, sq_strbuf_text(&phrase));
    sq_text_end(page);
    sq_report_join(page->out, &phrase);
}

static void add_rows(struct sq_text_page *page, const struct sq_result *result,
                     const struct sq_column *column)
{
    for (size_t i = 0; i < sq_rows(); i++) {
        if (sq_row_applies(sq_row(i), result, column)) {
            add_row(page, sq_row(i), result, column);
        }
    }
}

/* Only where a repair helped: the caller got what the model did not write. */
static void add_repaired(struct sq_text_page *page, const struct sq_column *column)
{
    struct sq_strbuf phrase = {0};
    if (sq_phrase_repaired(&phrase, column)) {
        add_line(page, "repaired", SQ_TEXT_PLAIN, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

/* Whether one more window fits behind those of the line, and "and 99 more" behind that. */
static bool has_room(const struct sq_text_page *page, const struct sq_strbuf *line,
                     const struct sq_strbuf *phrase)
{
    size_t used = sq_text_width(sq_strbuf_text(line), line->length) +
                  sq_text_width(sq_strbuf_text(phrase), phrase->length);
    return SQ_TEXT_GUTTER + used + WINDOW_ROOM <= page->width;
}

/* As many windows to a line as it holds; the last line says how many had no room. */
static void add_windows(struct sq_text_page *page, const struct sq_result *result,
                        const struct sq_column *column)
{
    struct sq_strbuf line = {0};
    struct sq_strbuf phrase = {0};
    uint32_t shown = 0;
    for (uint32_t n_lines = 0; shown < column->n_windows && n_lines < WINDOW_LINES; n_lines++) {
        uint32_t first = shown;
        for (; shown < column->n_windows; shown++) {
            sq_report_reuse(page->out, &phrase);
            sq_phrase_window_short(&phrase, result, &column->windows[shown]);
            if (shown > first && !has_room(page, &line, &phrase)) {
                break;
            }
            sq_strbuf_add(&line, shown > first ? WINDOW_GAP : "");
            sq_strbuf_add(&line, sq_strbuf_text(&phrase));
        }
        if (n_lines + 1 == WINDOW_LINES && shown < column->n_windows) {
            sq_strbuf_add_format(&line, "; and %u more", column->n_windows - shown);
        }
        add_line(page, n_lines == 0 ? "faults" : "", SQ_TEXT_PLAIN, &line);
    }
    sq_report_join(page->out, &phrase);
    sq_report_join(page->out, &line);
}

static void add_why(struct sq_text_page *page, const struct sq_result *result,
                    const struct sq_column *column)
{
    struct sq_strbuf phrase = {0};
    size_t shown = 0;
    for (uint8_t role = 0; role < result->scenario->n_roles && shown < ROLES_SHOWN; role++) {
        sq_strbuf_add_format(&phrase, "%s: ", result->scenario->roles[role].name);
        if (sq_phrase_why(&phrase, column, role, CLASSES_SHOWN)) {
            add_line(page, shown == 0 ? "why" : "", SQ_TEXT_PLAIN, &phrase);
            shown++;
        }
        sq_report_reuse(page->out, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

static void add_troubles(struct sq_text_page *page, const struct sq_result *result)
{
    struct sq_strbuf phrase = {0};
    for (uint32_t i = 0; i < result->n_columns; i++) {
        const struct sq_column *column = &result->columns[i];
        for (uint32_t k = 0; sq_phrase_trouble(&phrase, column, k); k++) {
            if (result->n_columns > 1) {
                sq_strbuf_add_format(&phrase, " (%s, %s)", sq_phrase_mode(column->mode),
                                     column->policy->name);
            }
            add_whole(page, "beware", SQ_TEXT_DOUBT, &phrase);
        }
    }
    sq_report_join(page->out, &phrase);
}

static void add_agreement(struct sq_text_page *page, const struct sq_agreement *agreement)
{
    struct sq_strbuf phrase = {0};
    sq_phrase_agreement(&phrase, agreement);
    add_whole(page, "clocks", agreement->agree ? SQ_TEXT_GOOD : SQ_TEXT_BAD, &phrase);
    sq_phrase_agreement_numbers(&phrase, agreement);
    add_whole(page, "", SQ_TEXT_PLAIN, &phrase);
    uint32_t shown = agreement->n_differences;
    shown = shown < DIFFERENCES_SHOWN ? shown : DIFFERENCES_SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        sq_phrase_difference(&phrase, &agreement->differences[i]);
        add_whole(page, "", SQ_TEXT_PLAIN, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

/* At most so many lines; a command must be read whole. */
static void add_next(struct sq_text_page *page, const struct sq_result *result, uint32_t lines)
{
    struct sq_strbuf phrase = {0};
    const struct sq_report_options *options = page->options;
    for (uint32_t i = 0; i < options->n_next && i < lines; i++) {
        if (options->next[i] == NULL) {
            page->out->failed = true;
            break;
        }
        sq_strbuf_add(&phrase, options->next[i]);
        add_whole(page, i == 0 ? "next" : "", SQ_TEXT_PLAIN, &phrase);
    }
    if (options->n_next == 0) {
        sq_phrase_command(&phrase, result);
        sq_strbuf_add(&phrase, " -o report.html");
        add_whole(page, "next", SQ_TEXT_PLAIN, &phrase);
    }
    sq_report_join(page->out, &phrase);
}

static uint32_t count_lines(const struct sq_strbuf *text)
{
    uint32_t lines = 0;
    for (size_t i = 0; i < text->length; i++) {
        lines += text->text[i] == '\n' ? 1 : 0;
    }
    return lines;
}

/* All of one column that stands between its checks and what to do next. */
static void add_below(struct sq_strbuf *out, const struct sq_result *result,
                      const struct sq_report_options *options)
{
    const struct sq_column *column = &result->columns[0];
    struct sq_text_page page;
    sq_text_page_init(&page, out, options);
    add_calls(&page, column);
    add_rows(&page, result, column);
    add_repaired(&page, column);
    add_windows(&page, result, column);
    add_why(&page, result, column);
    add_troubles(&page, result);
}

/* Lines left of the page, but never less than a part of it needs. */
static uint32_t lines_left(uint32_t taken, uint32_t least)
{
    return taken + least > SQ_TEXT_LINES_MAX ? least : SQ_TEXT_LINES_MAX - taken;
}

static void add_single(struct sq_text_page *page, const struct sq_result *result)
{
    struct sq_strbuf below = {0};
    add_below(&below, result, page->options);
    uint32_t n_below = count_lines(&below) + 1; /* and the last line */
    uint32_t left = lines_left(count_lines(page->out) + n_below + NEXT_MIN, CHECKS_MIN);
    add_checks(page, &result->columns[0], left);
    uint32_t taken = count_lines(page->out) + n_below;
    sq_strbuf_add_bytes(page->out, sq_strbuf_text(&below), below.length);
    sq_report_join(page->out, &below);
    add_next(page, result, lines_left(taken, NEXT_MIN));
}

static void add_several(struct sq_text_page *page, const struct sq_result *result)
{
    struct sq_strbuf phrase = {0};
    sq_strbuf_add(&phrase, sq_phrase_differs(result));
    add_line(page, "differs", SQ_TEXT_PLAIN, &phrase);
    sq_report_join(page->out, &phrase);
    sq_text_add_side_by_side(page, result);
    for (uint32_t i = 0; i < result->n_agreements; i++) {
        add_agreement(page, &result->agreements[i]);
    }
    add_troubles(page, result);
    add_next(page, result, UINT32_MAX);
}

enum sq_status sq_text_write_summary(struct sq_strbuf *out, const struct sq_result *result,
                                     const struct sq_report_options *options, struct sq_error *err)
{
    struct sq_strbuf text = {0};
    struct sq_text_page page;
    sq_text_page_init(&page, &text, options);
    add_headline(&page, result);
    if (result->n_columns == 1) {
        add_single(&page, result);
    } else {
        add_several(&page, result);
    }
    sq_strbuf_add_bytes(out, sq_strbuf_text(&text), text.length);
    sq_report_join(out, &text);
    return sq_report_finish(out, err);
}

void sq_text_add_last_line(struct sq_strbuf *out, enum sq_verdict verdict, int exit_code)
{
    sq_strbuf_add_format(out, "squall: %s (exit %d)\n", sq_verdict_name(verdict), exit_code);
}

void sq_text_add_part_line(struct sq_strbuf *out, const struct sq_shard *shard, int exit_code)
{
    sq_strbuf_add_format(out, "squall: part %u of %u, for squall merge to judge (exit %d)\n",
                         shard->index, shard->n, exit_code);
}

enum sq_status sq_text_write(struct sq_strbuf *out, const struct sq_result *result,
                             const struct sq_report_options *options, struct sq_error *err)
{
    enum sq_status status = sq_text_write_summary(out, result, options, err);
    if (status != SQ_OK) {
        return status;
    }
    if (result->part != NULL) {
        sq_text_add_part_line(out, &result->part->shard, result->exit_code);
    } else {
        sq_text_add_last_line(out, result->verdict, result->exit_code);
    }
    return sq_report_finish(out, err);
}
