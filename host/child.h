/* SPDX-License-Identifier: MIT */
/*
 * Runs another program to its end: arguments without a shell, text on its standard input, its
 * standard output and error captured up to a limit, killed (with what it started) when its time is
 * over. Never changes our own environment or directory.
 */
#ifndef SQ_HOST_CHILD_H
#define SQ_HOST_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/time.h"

struct sq_child_order {
    const char *const
        *argv;         /* NULL-terminated; argv[0] is searched in PATH unless it has a slash */
    const char *input; /* its standard input; NULL: nothing */
    size_t input_bytes;
    size_t output_max_bytes; /* of standard output and of standard error, each; more is dropped */
    sq_dur timeout;          /* real time; must be positive; SQ_NEVER: none */
};

enum sq_child_ending {
    SQ_CHILD_EXITED,   /* by itself: exit_code */
    SQ_CHILD_SIGNALED, /* by a signal that was not ours: signal_number */
    SQ_CHILD_TIMED_OUT /* we killed it */
};

struct sq_child_result {
    enum sq_child_ending ending;
    int exit_code;           /* when EXITED, else -1 */
    int signal_number;       /* when SIGNALED, else 0 */
    struct sq_strbuf output; /* what it printed until its end */
    struct sq_strbuf errors;
    bool cut; /* it printed more than output_max_bytes */
};

/* Fills *result (zeroed by the caller; clear it in any case). A program that fails is SQ_OK: look
 * at the result. SQ_ENVIRONMENT when it cannot be started, with a hint when it is not in PATH;
 * SQ_NO_MEMORY. SIGPIPE must be ignored (sq_signals_ignore_pipe). */
SQ_MUST_USE enum sq_status sq_child_run(const struct sq_child_order *order,
                                        struct sq_child_result *result, struct sq_error *err);
void sq_child_result_clear(struct sq_child_result *result);

/* Whether PATH has such a program, or, when the name has a slash, whether that file can be run. */
bool sq_child_exists(const char *program);

#endif
