/* SPDX-License-Identifier: MIT */
/*
 * Commands: one row each, and the options each takes, also rows. main.c walks the rows, `help` and
 * `completion` print them; a command or option without a row does not exist, and one that does not
 * work yet has no row.
 */
#ifndef SQ_CLI_COMMAND_H
#define SQ_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

enum sq_exit {
    SQ_EXIT_PASSED = 0,
    SQ_EXIT_FAILED = 1,
    SQ_EXIT_USAGE = 2,
    SQ_EXIT_INVALID = 3,
    SQ_EXIT_ENVIRONMENT = 4,
    SQ_EXIT_INCONCLUSIVE = 5,
    SQ_EXIT_BUG = 70,
    SQ_EXIT_INTERRUPTED = 130,
    SQ_EXIT_TERMINATED = 143
};

#define SQ_EXIT_CODE_MAX 125 /* that --exit-code-on-fail may ask for */

struct sq_command {
    const char *name;
    const char *arguments; /* "SCENARIO..." */
    const char *sentence;
    const char *details; /* further lines of `help COMMAND`, or NULL */
    const enum sq_option *options;
    size_t n_options;
    int (*run)(const struct sq_arguments *arguments); /* returns an enum sq_exit */
};

size_t sq_commands(void);
const struct sq_command *sq_command_at(size_t index);
const struct sq_command *sq_command_by_name(const char *name);

/* The graver of two exit codes: 70, 143, 130, 3, 4, 1, 5, 0; 2 outranks all, since nothing ran. */
int sq_exit_graver(int a, int b);

int sq_command_run(const struct sq_arguments *arguments);
int sq_command_serve(const struct sq_arguments *arguments);
int sq_command_merge(const struct sq_arguments *arguments);
int sq_command_init(const struct sq_arguments *arguments);
int sq_command_check(const struct sq_arguments *arguments);
int sq_command_list(const struct sq_arguments *arguments);
int sq_command_explain(const struct sq_arguments *arguments);
int sq_command_schema(const struct sq_arguments *arguments);
int sq_command_version(const struct sq_arguments *arguments);
int sq_command_help(const struct sq_arguments *arguments);

#endif
