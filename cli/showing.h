/* SPDX-License-Identifier: MIT */
/*
 * What every command that judges has in common: loading a scenario with its diagnostics, the
 * summary, the reports, the last line. Results go to standard output, unless a report goes there.
 */
#ifndef SQ_CLI_SHOWING_H
#define SQ_CLI_SHOWING_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/output.h"
#include "scenarios/load.h"

struct sq_showing {
    struct sq_outputs outputs;
    struct sq_report_options report;
    bool quiet;
    bool verbose;
};

/* Reads -o, --format, --color, -q and -v. SQ_INVALID: a usage error. */
SQ_MUST_USE enum sq_status sq_showing_read(const struct sq_arguments *arguments, size_t n_scenarios,
                                           struct sq_showing *showing, struct sq_error *err);

/* Loads a scenario and prints what is wrong with it. Returns an exit code; *scenario is the
 * caller's when it is SQ_EXIT_PASSED. */
int sq_showing_load(const struct sq_showing *showing, const char *name,
                    const struct sq_load_options *options, struct sq_scenario **scenario);

/* The summary and, with -v, the details; then the reports. Returns the graver of `code` and what
 * writing them gave. */
int sq_showing_result(const struct sq_showing *showing, const struct sq_result *result, int code);

/* Where the summary goes. */
void sq_showing_print(const struct sq_showing *showing, const struct sq_strbuf *text);
void sq_showing_part_line(const struct sq_showing *showing, const struct sq_shard *shard, int code);
void sq_showing_last_line(const struct sq_showing *showing, enum sq_verdict verdict, int code);

#endif
