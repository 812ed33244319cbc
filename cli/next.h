/* SPDX-License-Identifier: MIT */
/*
 * What a summary tells to type next: the command that was given, and one thing more. Ready to copy
 * into a POSIX shell.
 */
#ifndef SQ_CLI_NEXT_H
#define SQ_CLI_NEXT_H

#include "cli/options.h"
#include "reports/writer.h"
#include "scenarios/scenario.h"

#define SQ_NEXT_MAX 3

struct sq_next {
    struct sq_strbuf lines[SQ_NEXT_MAX];
    const char *list[SQ_NEXT_MAX];
    uint32_t n;
};

/* After squall run: the page, the comparison that is missing, the other clock. `name` is the
 * scenario as it was named. What was there before is freed. */
void sq_next_after_run(struct sq_next *next, const struct sq_arguments *arguments, const char *name,
                       const struct sq_scenario *scenario);

/* After one shard of squall run. */
void sq_next_after_shard(struct sq_next *next);

/* After squall serve: the page; the scenario with the engine in the client's place. */
void sq_next_after_serve(struct sq_next *next, const struct sq_arguments *arguments);

/* Hands the commands to the reports; they are borrowed. */
void sq_next_show(const struct sq_next *next, struct sq_report_options *options);

void sq_next_clear(struct sq_next *next);

#endif
