/* SPDX-License-Identifier: MIT */
/* The rows of commands and the order of gravity of exit codes. */
#include "cli/command.h"

#include <string.h>

static const enum sq_option run_options[] = {
    SQ_OPTION_POLICY,    SQ_OPTION_BIND,       SQ_OPTION_MODE,         SQ_OPTION_SEED,
    SQ_OPTION_SEEDS,     SQ_OPTION_SET,        SQ_OPTION_THRESHOLDS,   SQ_OPTION_TAG,
    SQ_OPTION_LABEL,     SQ_OPTION_DRY_RUN,    SQ_OPTION_FAIL_FAST,    SQ_OPTION_EXIT_CODE_ON_FAIL,
    SQ_OPTION_JOBS,      SQ_OPTION_SHARD,      SQ_OPTION_OUTPUT,       SQ_OPTION_FORMAT,
    SQ_OPTION_SPEED,     SQ_OPTION_TARGET_URL, SQ_OPTION_ALLOW_REMOTE, SQ_OPTION_MAX_COST,
    SQ_OPTION_MAX_CALLS, SQ_OPTION_QUIET,      SQ_OPTION_VERBOSE,      SQ_OPTION_COLOR,
    SQ_OPTION_PROGRESS,  SQ_OPTION_HELP,
};
static const enum sq_option serve_options[] = {
    SQ_OPTION_PORT,  SQ_OPTION_PORTS,      SQ_OPTION_FOR,     SQ_OPTION_BIND,   SQ_OPTION_SEED,
    SQ_OPTION_SET,   SQ_OPTION_THRESHOLDS, SQ_OPTION_LABEL,   SQ_OPTION_OUTPUT, SQ_OPTION_FORMAT,
    SQ_OPTION_SPEED, SQ_OPTION_QUIET,      SQ_OPTION_VERBOSE, SQ_OPTION_COLOR,  SQ_OPTION_HELP,
};
static const enum sq_option merge_options[] = {
    SQ_OPTION_LABEL, SQ_OPTION_EXIT_CODE_ON_FAIL, SQ_OPTION_OUTPUT, SQ_OPTION_FORMAT,
    SQ_OPTION_QUIET, SQ_OPTION_VERBOSE,           SQ_OPTION_COLOR,  SQ_OPTION_HELP,
};
static const enum sq_option check_options[] = {SQ_OPTION_AGAINST, SQ_OPTION_SET, SQ_OPTION_QUIET,
                                               SQ_OPTION_COLOR, SQ_OPTION_HELP};
static const enum sq_option explain_options[] = {SQ_OPTION_RESOLVED, SQ_OPTION_BIND,
                                                 SQ_OPTION_HELP};
static const enum sq_option help_only[] = {SQ_OPTION_HELP};

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof((list)[0])

static const struct sq_command commands[] = {
    {.name = "run",
     .arguments = "SCENARIO...",
     .sentence = "run scenarios; virtual time unless --mode live or both",
     .details = "SCENARIO is a catalog name (see 'squall list scenarios') or a file.\n"
                "An output PATH that ends with / is a folder: one file a scenario in it.\n",
     OPTIONS(run_options),
     .run = sq_command_run},
    {.name = "serve",
     .arguments = "SCENARIO [-- COMMAND...]",
     .sentence = "the mock provider over HTTP, to test your own client; judges it when it ends",
     .details =
         "Prints one line a provider: its name and URL. COMMAND finds the URL of `primary` in the\n"
         "variable its vendor's clients read (OPENAI_BASE_URL) and that of each role in\n"
         "SQUALL_URL_<ROLE>. Ends with COMMAND, at the first SIGINT or SIGTERM, or after --for. A\n"
         "COMMAND that fails gives exit code 1 when no check failed.\n",
     OPTIONS(serve_options),
     .run = sq_command_serve},
    {.name = "merge",
     .arguments = "RESULT...",
     .sentence = "put the parts of run --shard together and judge the whole",
     .details =
         "RESULT is a part: the JSON result of one shard, in any order. Result, reports and exit\n"
         "code are those of one run of everything. A part that is missing, there twice, from\n"
         "another run or another version is an error (exit code 3).\n",
     OPTIONS(merge_options),
     .run = sq_command_merge},
    {.name = "init",
     .arguments = "[DIR]",
     .sentence = "write a commented scenario and policy to start from; overwrites nothing",
     OPTIONS(help_only),
     .run = sq_command_init},
    {.name = "check",
     .arguments = "FILE...",
     .sentence = "validate scenario and policy files: all mistakes in one go, with place and hint",
     .details =
         "With --against SCHEMA each FILE may be any JSON: exit code 0 when all are valid, 1 when\n"
         "one is not (the first violation is printed), 3 when a FILE is no JSON or SCHEMA no\n"
         "schema (draft 2020-12). Against true a FILE only has to be JSON.\n",
     OPTIONS(check_options),
     .run = sq_command_check},
    {.name = "list",
     .arguments = "[KIND]",
     .sentence = "list what is built in: scenarios, presets, thresholds, faults, classes, "
                 "outcomes, metrics, "
                 "formats",
     OPTIONS(help_only),
     .run = sq_command_list},
    {.name = "explain",
     .arguments = "WORD...",
     .sentence =
         "explain a field, class, outcome, metric, fault kind, scenario, preset or threshold set",
     .details =
         "With --resolved each WORD is a policy; ROLE=PROVIDER/MODEL of --bind names its roles.\n",
     OPTIONS(explain_options),
     .run = sq_command_explain},
    {.name = "schema",
     .arguments = "scenario|policy|result",
     .sentence = "print a JSON Schema, for editors and other tools",
     OPTIONS(help_only),
     .run = sq_command_schema},
    {.name = "version",
     .arguments = "",
     .sentence = "print the version",
     OPTIONS(help_only),
     .run = sq_command_version},
    {.name = "help",
     .arguments = "[COMMAND]",
     .sentence = "explain a command and its options",
     OPTIONS(help_only),
     .run = sq_command_help},
};

size_t sq_commands(void)
{
    return sizeof(commands) / sizeof(commands[0]);
}

const struct sq_command *sq_command_at(size_t index)
{
    return &commands[index];
}

const struct sq_command *sq_command_by_name(const char *name)
{
    for (size_t i = 0; i < sq_commands(); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

int sq_exit_graver(int a, int b)
{
    static const int order[] = {SQ_EXIT_USAGE,       SQ_EXIT_BUG,         SQ_EXIT_TERMINATED,
                                SQ_EXIT_INTERRUPTED, SQ_EXIT_INVALID,     SQ_EXIT_ENVIRONMENT,
                                SQ_EXIT_FAILED,      SQ_EXIT_INCONCLUSIVE};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return SQ_EXIT_PASSED;
}
