/* SPDX-License-Identifier: MIT */
/* See showing.h. */
#include "cli/showing.h"

#include <stdlib.h>

#include "cli/command.h"
#include "cli/print.h"
#include "host/child.h"
#include "host/terminal.h"
#include "reports/text.h"

#define STANDARD_OUTPUT 1
#define STANDARD_ERROR  2

static enum sq_status read_looks(const struct sq_arguments *arguments, struct sq_showing *showing,
                                 struct sq_error *err)
{
    static const char *const words[3] = {"auto", "always", "never"};
    int color = 0;
    enum sq_status status = sq_arguments_word(arguments, SQ_OPTION_COLOR, words, &color, err);
    int summary_fd = showing->outputs.stdout_taken ? STANDARD_ERROR : STANDARD_OUTPUT;
    const char *no_color = getenv("NO_COLOR");
    bool auto_color = sq_terminal_is(summary_fd) && (no_color == NULL || no_color[0] == '\0');
    showing->report.color = color == 1 || (color == 0 && auto_color);
    showing->report.columns = (uint32_t)sq_terminal_columns(summary_fd);
    showing->report.gnuplot = sq_child_exists("gnuplot") ? "gnuplot" : NULL;
    showing->quiet = sq_arguments_has(arguments, SQ_OPTION_QUIET);
    showing->verbose = sq_arguments_has(arguments, SQ_OPTION_VERBOSE);
    return status;
}

enum sq_status sq_showing_read(const struct sq_arguments *arguments, size_t n_scenarios,
                               struct sq_showing *showing, struct sq_error *err)
{
    enum sq_status status = sq_outputs_read(arguments, n_scenarios, &showing->outputs, err);
    return status == SQ_OK ? read_looks(arguments, showing, err) : status;
}

int sq_showing_load(const struct sq_showing *showing, const char *name,
                    const struct sq_load_options *options, struct sq_scenario **scenario)
{
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    enum sq_status status = sq_scenario_load(name, options, scenario, &diagnostics, &err);
    sq_diagnostics_add_text(&diagnostics, &text,
                            showing->report.color && sq_terminal_is(STANDARD_ERROR));
    sq_print_note_buffer(&text);
    if (status != SQ_OK && diagnostics.n_errors == 0) {
        sq_print_error(&err);
    }
    sq_strbuf_clear(&text);
    sq_diagnostics_clear(&diagnostics);
    return sq_print_exit_code(status);
}

void sq_showing_print(const struct sq_showing *showing, const struct sq_strbuf *text)
{
    if (showing->outputs.stdout_taken) {
        sq_print_note_buffer(text);
    } else {
        sq_print_out_buffer(text);
    }
}

static enum sq_status print_summary(const struct sq_showing *showing,
                                    const struct sq_result *result)
{
    enum sq_status status = SQ_OK;
    struct sq_strbuf text = {0};
    struct sq_error err = {0};
    if (!showing->quiet && result->n_columns > 0) {
        status = sq_text_write_summary(&text, result, &showing->report, &err);
    }
    if (status == SQ_OK) {
        sq_showing_print(showing, &text);
    } else {
        sq_print_error(&err);
    }
    sq_strbuf_clear(&text);
    return status;
}

static void print_details(const struct sq_showing *showing, const struct sq_result *result)
{
    for (uint32_t i = 0; showing->verbose && i < result->n_columns; i++) {
        const struct sq_column *column = &result->columns[i];
        sq_print_note_format(
            "%s %s: seed %llu, %u seed(s), decision digest %016llx, outcome digest "
            "%016llx, %llu events replayed\n",
            column->policy->name, sq_mode_name(column->mode),
            (unsigned long long)result->scenario->seed, column->n_seeds,
            (unsigned long long)column->decision_digest, (unsigned long long)column->outcome_digest,
            (unsigned long long)column->replayed_events);
    }
}

int sq_showing_result(const struct sq_showing *showing, const struct sq_result *result, int code)
{
    enum sq_status shown = print_summary(showing, result);
    print_details(showing, result);
    enum sq_status written =
        sq_outputs_write(&showing->outputs, result, &showing->report, !showing->quiet);
    enum sq_status status = shown == SQ_OK ? written : shown;
    return status == SQ_OK ? code : sq_exit_graver(code, sq_print_exit_code(status));
}

void sq_showing_part_line(const struct sq_showing *showing, const struct sq_shard *shard, int code)
{
    struct sq_strbuf line = {0};
    sq_text_add_part_line(&line, shard, code);
    sq_showing_print(showing, &line);
    sq_strbuf_clear(&line);
}

void sq_showing_last_line(const struct sq_showing *showing, enum sq_verdict verdict, int code)
{
    struct sq_strbuf line = {0};
    sq_text_add_last_line(&line, verdict, code);
    sq_showing_print(showing, &line);
    sq_strbuf_clear(&line);
}
