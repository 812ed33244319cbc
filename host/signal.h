/* SPDX-License-Identifier: MIT */
/*
 * SIGINT and SIGTERM as something to read instead of something that happens: while a struct
 * sq_signals is open both are blocked and arrive on a descriptor, so no handler runs and no global
 * is needed. Open it before the first thread starts: threads inherit the mask. Signals are caught
 * even if the parent ignored them (a shell starts background jobs so), because `kill -INT` is how
 * scripts end a mock server.
 */
#ifndef SQ_HOST_SIGNAL_H
#define SQ_HOST_SIGNAL_H

#include <stdbool.h>

#include "base/error.h"

struct sq_signals {
    int fd;                 /* readable when a signal came: add it to an epoll; owned */
    bool blocked_before[2]; /* SIGINT, SIGTERM, when opened */
    bool from_terminal;     /* the signal taken last: a key was pressed, so that every program in
                               the foreground got it too */
};

SQ_MUST_USE enum sq_status sq_signals_open(struct sq_signals *signals, struct sq_error *err);

/* The number of a signal that came since the last asking (SIGINT or SIGTERM), else 0. Never waits;
 * one system call. */
int sq_signals_take(struct sq_signals *signals);

/* Ends the catching: from now on a signal ends the process, as does one that was not taken. Call it
 * after the first signal, so that a second one always works. */
void sq_signals_close(struct sq_signals *signals);

/* Writing to a reader who left gives an error (EPIPE) instead of the end of the process. Once, at
 * the start of the program; what sq_child_run starts does not inherit it. */
void sq_signals_ignore_pipe(void);

/* The same for writing beyond the shell's limit of file sizes (ulimit -f): EFBIG, so that no half
 * of a file is left. */
void sq_signals_ignore_size_limit(void);

#endif
