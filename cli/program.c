/* SPDX-License-Identifier: MIT */
/* See program.h. */
#include "cli/program.h"

#include <string.h>

#include "base/memory.h"
#include "base/spelling.h"
#include "cli/command.h"
#include "cli/print.h"
#include "host/file.h"
#include "host/signal.h"

static int unknown_command(const char *name)
{
    struct sq_error err = {0};
    struct sq_spelling spelling = sq_spelling_start(name, strlen(name));
    for (size_t i = 0; i < sq_commands(); i++) {
        sq_spelling_offer(&spelling, sq_command_at(i)->name);
    }
    sq_error_set(&err, SQ_INVALID, "unknown command '%s'", name);
    if (spelling.best != NULL) {
        sq_error_hint(&err, "did you mean '%s'?", spelling.best);
    }
    sq_print_usage_error(NULL, &err);
    return SQ_EXIT_USAGE;
}

static int run_command(const struct sq_command *command, int argc, char **argv)
{
    struct sq_error err = {0};
    struct sq_arguments *arguments = sq_memory_new(1, sizeof(*arguments));
    if (arguments == NULL) {
        sq_error_set(&err, SQ_NO_MEMORY, "out of memory");
        sq_print_error(&err);
        return SQ_EXIT_ENVIRONMENT;
    }
    int code = SQ_EXIT_USAGE;
    arguments->command = command->name;
    if (sq_arguments_read(argc, argv, command->options, command->n_options, arguments, &err) !=
        SQ_OK) {
        sq_print_usage_error(command->name, &err);
    } else if (sq_arguments_has(arguments, SQ_OPTION_HELP)) {
        arguments->names[0] = command->name;
        arguments->n_names = 1;
        code = sq_command_help(arguments);
    } else {
        code = command->run(arguments);
    }
    sq_memory_free(arguments);
    return code;
}

/* The words people try first. */
static const char *real_name(const char *word)
{
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        return "help";
    }
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ? "version" : word;
}

int sq_program(int argc, char **argv)
{
    sq_file_claim_standard();
    sq_signals_ignore_pipe();
    sq_signals_ignore_size_limit();
    const char *name = argc < 2 ? "help" : real_name(argv[1]);
    const struct sq_command *command = sq_command_by_name(name);
    int code = command == NULL ? unknown_command(name)
                               : run_command(command, argc < 2 ? 0 : argc - 2, argv + 2);
    if (argc < 2) {
        code = SQ_EXIT_USAGE;
    }
    if (!sq_print_finish()) {
        code = sq_exit_graver(code, SQ_EXIT_ENVIRONMENT);
    }
    return code;
}
