/* SPDX-License-Identifier: MIT */
/*
 * Where reports go: the -o options, resolved before anything runs, so that a misspelt format or a
 * folder that is not there costs no run. Files are written whole or not at all (host/file.h).
 */
#ifndef SQ_CLI_OUTPUT_H
#define SQ_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/options.h"
#include "reports/report.h"

struct sq_output {
    const struct sq_report_format *format;
    const char *path; /* "-": standard output; ending with '/': a folder, one file a scenario */
};

struct sq_outputs {
    struct sq_output list[SQ_OPTION_VALUES_MAX];
    size_t n_list;
    bool
        stdout_taken; /* a report other than text goes there: the summary moves to standard error */
};

/* Resolves --format and -o. n_scenarios > 1: every path must be "-" or a folder. SQ_INVALID: a
 * usage error. */
SQ_MUST_USE enum sq_status sq_outputs_read(const struct sq_arguments *arguments, size_t n_scenarios,
                                           struct sq_outputs *outputs, struct sq_error *err);

/* How much of a run all of them and the printed summary show. */
enum sq_level sq_outputs_level(const struct sq_outputs *outputs);

/* Renders and writes all; goes on after a failure, so that one full disk does not cost the other
 * reports. The first failure is returned, each is printed. say: tell on standard error what was
 * written. */
SQ_MUST_USE enum sq_status sq_outputs_write(const struct sq_outputs *outputs,
                                            const struct sq_result *result,
                                            const struct sq_report_options *options, bool say);

#endif
