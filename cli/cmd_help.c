/* SPDX-License-Identifier: MIT */
/* squall help and version: printed from the rows of commands and options. */
#include "base/version.h"
#include "cli/command.h"
#include "cli/print.h"
#include "reports/writer.h"

#include <string.h>

#define OPTION_COLUMNS 32

/* left is a piece made for out, and freed. */
static void add_padded(struct sq_strbuf *out, struct sq_strbuf *left, size_t columns,
                       const char *right)
{
    sq_strbuf_add(out, sq_strbuf_text(left));
    if (left->length + 1 > columns) {
        sq_strbuf_add_char(out, '\n');
        sq_strbuf_add_repeated(out, " ", columns);
    } else {
        sq_strbuf_add_repeated(out, " ", columns - left->length);
    }
    sq_strbuf_add(out, right);
    sq_strbuf_add_char(out, '\n');
    sq_report_join(out, left);
}

static void add_overview(struct sq_strbuf *out)
{
    sq_strbuf_add(out,
                  "squall tests the resilience of LLM clients: it runs retry, backoff, breaker and "
                  "fallback\npolicies against scripted provider faults, in virtual time and over "
                  "real HTTP.\n\nUsage: squall COMMAND [OPTION...] [NAME...]\n\nCommands:\n");
    for (size_t i = 0; i < sq_commands(); i++) {
        const struct sq_command *command = sq_command_at(i);
        struct sq_strbuf left = {0};
        sq_strbuf_add_format(&left, "  %s %s", command->name, command->arguments);
        add_padded(out, &left, OPTION_COLUMNS, command->sentence);
    }
    sq_strbuf_add(out,
                  "\nExit codes: 0 every check held, 1 a check failed, 2 usage, 3 invalid input,\n"
                  "4 environment, 5 inconclusive, 70 our bug, 130 or 143 interrupted.\n"
                  "\nFirst steps: squall run quickstart; squall help run; squall list\n");
}

static void add_options(struct sq_strbuf *out, const struct sq_command *command)
{
    for (size_t i = 0; i < command->n_options; i++) {
        const struct sq_option_row *row = sq_option_row(command->options[i]);
        struct sq_strbuf left = {0};
        if (row->letter != 0) {
            sq_strbuf_add_format(&left, "  -%c, --%s", row->letter, row->name);
        } else {
            sq_strbuf_add_format(&left, "      --%s", row->name);
        }
        if (row->value != NULL) {
            sq_strbuf_add_format(&left, " %s", row->value);
        }
        add_padded(out, &left, OPTION_COLUMNS, row->sentence);
    }
}

static void add_command(struct sq_strbuf *out, const struct sq_command *command)
{
    sq_strbuf_add_format(out, "Usage: squall %s [OPTION...] %s\n\n%s\n", command->name,
                         command->arguments, command->sentence);
    if (command->details != NULL) {
        sq_strbuf_add(out, command->details);
    }
    sq_strbuf_add(out, "\nOptions:\n");
    add_options(out, command);
}

int sq_command_help(const struct sq_arguments *arguments)
{
    struct sq_strbuf out = {0};
    const struct sq_command *command = NULL;
    if (arguments->n_names == 0) {
        add_overview(&out);
    } else {
        command = sq_command_by_name(arguments->names[0]);
    }
    if (command != NULL) {
        add_command(&out, command);
    }
    bool found = arguments->n_names == 0 || command != NULL;
    if (!found) {
        struct sq_error err = {0};
        sq_error_set(&err, SQ_INVALID, "unknown command '%s'", arguments->names[0]);
        sq_print_usage_error(NULL, &err);
    }
    sq_print_out_buffer(&out);
    sq_strbuf_clear(&out);
    return found ? SQ_EXIT_PASSED : SQ_EXIT_USAGE;
}

int sq_command_version(const struct sq_arguments *arguments)
{
    (void)arguments;
    sq_print_out("squall " SQ_VERSION "\n");
    return SQ_EXIT_PASSED;
}
