/* SPDX-License-Identifier: MIT */
/*
 * Progress on standard error: one line that is rewritten on a terminal, a line every few seconds
 * elsewhere. Threads may report at once.
 */
#ifndef SQ_CLI_PROGRESS_H
#define SQ_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/thread.h"
#include "sim/series.h"

struct sq_progress_line {
    struct sq_mutex mutex;
    const char *scenario; /* its name */
    bool rewrites;        /* a terminal */
    bool narrow;          /* too narrow for a bar: a line that wraps cannot be wiped */
    int64_t shown_at_ns;  /* real time of the last line; 0: none yet */
    bool dirty;           /* a line stands there to be wiped */
};

void sq_progress_init(struct sq_progress_line *progress, const char *scenario);
/* For struct sq_series_options; context is a struct sq_progress_line. */
void sq_progress_show(void *context, const struct sq_series_progress *report);
/* Wipes the line. */
void sq_progress_end(struct sq_progress_line *progress);

#endif
