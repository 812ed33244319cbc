/* SPDX-License-Identifier: MIT */
/* See next.h. */
#include "cli/next.h"

#include <string.h>

#include "base/time.h"
#include "reports/escape.h"
#include "scenarios/reference.h"

#define MORE_SEEDS "20"
/* A scenario no longer than this is worth the wait of its live run. */
#define SHORT_SCENARIO (60 * SQ_SECOND)

/* The options that say how a result is shown, not what it is of. */
static bool is_of_showing(enum sq_option option)
{
    static const enum sq_option showing[] = {SQ_OPTION_OUTPUT,   SQ_OPTION_FORMAT, SQ_OPTION_QUIET,
                                             SQ_OPTION_VERBOSE,  SQ_OPTION_COLOR,  SQ_OPTION_PORTS,
                                             SQ_OPTION_PROGRESS, SQ_OPTION_TAG};
    for (size_t i = 0; i < sizeof showing / sizeof showing[0]; i++) {
        if (showing[i] == option) {
            return true;
        }
    }
    return false;
}

static void add_option(struct sq_strbuf *line, const struct sq_arguments *arguments,
                       enum sq_option option)
{
    const struct sq_option_row *row = sq_option_row(option);
    for (size_t i = 0; i < arguments->n_values[option]; i++) {
        if (row->letter != 0) {
            sq_strbuf_add_format(line, " -%c", row->letter);
        } else {
            sq_strbuf_add_format(line, " --%s", row->name);
        }
        if (row->value != NULL) {
            sq_strbuf_add(line, " ");
            sq_escape_shell(line, arguments->values[option][i]);
        }
    }
}

/* Begins the next line with the command as it was typed, but for one option. */
static struct sq_strbuf *begin(struct sq_next *next, const struct sq_arguments *arguments,
                               const char *name, enum sq_option without)
{
    struct sq_strbuf *line = &next->lines[next->n++];
    sq_strbuf_add_format(line, "squall %s ", arguments->command);
    sq_escape_shell(line, name);
    for (int i = 0; i < SQ_OPTIONS; i++) {
        enum sq_option option = (enum sq_option)i;
        if (option != without && !is_of_showing(option)) {
            add_option(line, arguments, option);
        }
    }
    return line;
}

static bool is_preset(const char *name)
{
    for (uint32_t i = 0; i < sq_reference_built_in_count(SQ_BUILT_IN_PRESET); i++) {
        if (strcmp(name, sq_reference_built_in_name(SQ_BUILT_IN_PRESET, i)) == 0) {
            return true;
        }
    }
    return false;
}

/* The policy to put beside another: doing nothing, or for that the recommended one. */
static void add_two_policies(struct sq_strbuf *line, const char *policy)
{
    sq_strbuf_add(line, " -p ");
    sq_escape_shell(line, policy);
    sq_strbuf_add(line, strcmp(policy, "none") == 0 ? " -p recommended" : " -p none");
}

static void add_comparison(struct sq_next *next, const struct sq_arguments *arguments,
                           const char *name, const struct sq_scenario *scenario)
{
    if (scenario->n_policies > 1) {
        if (scenario->n_seeds == 1) {
            sq_strbuf_add(begin(next, arguments, name, SQ_OPTION_SEEDS), " --seeds " MORE_SEEDS);
        }
        return;
    }
    const char *policy = scenario->policies[0]->name;
    if (!is_preset(policy)) {
        policy = "recommended"; /* the scenario's own has no name that the command line knows */
    }
    add_two_policies(begin(next, arguments, name, SQ_OPTION_POLICY),
                     sq_arguments_value(arguments, SQ_OPTION_POLICY, policy));
}

/* Where the texts of the lines are, once they grow no more. */
static void finish(struct sq_next *next)
{
    for (uint32_t i = 0; i < next->n; i++) {
        const struct sq_strbuf *line = &next->lines[i];
        next->list[i] = sq_strbuf_failed(line) ? NULL : sq_strbuf_text(line);
    }
}

void sq_next_after_run(struct sq_next *next, const struct sq_arguments *arguments, const char *name,
                       const struct sq_scenario *scenario)
{
    sq_next_clear(next);
    sq_strbuf_add(begin(next, arguments, name, SQ_OPTIONS), " -o report.html");
    add_comparison(next, arguments, name, scenario);
    if (!sq_arguments_has(arguments, SQ_OPTION_MODE) && scenario->duration <= SHORT_SCENARIO) {
        sq_strbuf_add(begin(next, arguments, name, SQ_OPTION_MODE), " --mode both");
    }
    finish(next);
}

void sq_next_after_shard(struct sq_next *next)
{
    sq_next_clear(next);
    sq_strbuf_add(&next->lines[next->n++], "squall merge RESULT... -o report.html");
    finish(next);
}

void sq_next_after_serve(struct sq_next *next, const struct sq_arguments *arguments)
{
    sq_next_clear(next);
    struct sq_strbuf *line = begin(next, arguments, arguments->names[0], SQ_OPTIONS);
    sq_strbuf_add(line, " -o report.html");
    for (size_t i = arguments->rest; i < arguments->n_names; i++) {
        sq_strbuf_add(line, i == arguments->rest ? " -- " : " ");
        sq_escape_shell(line, arguments->names[i]);
    }
    line = &next->lines[next->n++];
    sq_strbuf_add(line, "squall run ");
    sq_escape_shell(line, arguments->names[0]);
    sq_strbuf_add(line, " -p recommended");
    finish(next);
}

void sq_next_show(const struct sq_next *next, struct sq_report_options *options)
{
    options->next = next->list;
    options->n_next = next->n;
}

void sq_next_clear(struct sq_next *next)
{
    for (uint32_t i = 0; i < SQ_NEXT_MAX; i++) {
        sq_strbuf_clear(&next->lines[i]);
    }
    next->n = 0;
}
