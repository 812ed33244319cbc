/* SPDX-License-Identifier: MIT */
/* squall check: validates files; says all mistakes of all files in one go. */
#include "cli/against.h"
#include "cli/command.h"
#include "cli/print.h"
#include "host/terminal.h"
#include "scenarios/load.h"

#include <stdlib.h>
#include <string.h>

#define STANDARD_ERROR 2

struct totals {
    uint32_t errors;
    uint32_t warnings;
    int code;
};

static bool color_wanted(const struct sq_arguments *arguments)
{
    const char *color = sq_arguments_value(arguments, SQ_OPTION_COLOR, "auto");
    const char *no_color = getenv("NO_COLOR");
    if (strcmp(color, "auto") == 0) {
        return sq_terminal_is(STANDARD_ERROR) && (no_color == NULL || no_color[0] == '\0');
    }
    return strcmp(color, "always") == 0;
}

static void check_one(const char *name, const struct sq_load_options *options, bool color,
                      struct totals *totals)
{
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf text = {0};
    enum sq_status status = sq_scenario_check_with(name, options, &diagnostics, &err);
    sq_diagnostics_add_text(&diagnostics, &text, color);
    sq_print_note_buffer(&text);
    if (status != SQ_OK && diagnostics.n_errors == 0) {
        sq_print_error(&err);
    }
    totals->errors += diagnostics.n_errors + (status != SQ_OK && diagnostics.n_errors == 0);
    totals->warnings += diagnostics.n_warnings;
    totals->code = sq_exit_graver(totals->code, sq_print_exit_code(status));
    sq_strbuf_clear(&text);
    sq_diagnostics_clear(&diagnostics);
}

int sq_command_check(const struct sq_arguments *arguments)
{
    struct totals totals = {0};
    struct sq_strbuf line = {0};
    if (arguments->n_names == 0) {
        struct sq_error err = {0};
        sq_error_set(&err, SQ_INVALID, "no file was named");
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    if (sq_arguments_has(arguments, SQ_OPTION_AGAINST)) {
        return sq_check_against(arguments);
    }
    struct sq_load_options options = {.n_overrides = (uint8_t)arguments->n_values[SQ_OPTION_SET]};
    for (uint8_t i = 0; i < options.n_overrides; i++) {
        options.overrides[i] = arguments->values[SQ_OPTION_SET][i];
    }
    for (size_t i = 0; i < arguments->n_names; i++) {
        check_one(arguments->names[i], &options, color_wanted(arguments), &totals);
    }
    if (totals.errors == 0) {
        sq_strbuf_add_format(&line, "%zu file%s valid", arguments->n_names,
                             arguments->n_names == 1 ? "" : "s");
    } else {
        sq_strbuf_add_format(&line, "%u mistake%s", totals.errors, totals.errors == 1 ? "" : "s");
    }
    if (totals.warnings > 0) {
        sq_strbuf_add_format(&line, ", %u warning%s", totals.warnings,
                             totals.warnings == 1 ? "" : "s");
    }
    sq_strbuf_add_char(&line, '\n');
    if (!sq_arguments_has(arguments, SQ_OPTION_QUIET)) {
        sq_print_out_buffer(&line);
    }
    sq_strbuf_clear(&line);
    return totals.code;
}
