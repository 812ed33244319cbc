/* SPDX-License-Identifier: MIT */
/*
 * A program that runs beside us, as from a shell: our standard input, output and error, our folder,
 * our process group (so that it may read the terminal), our environment with additions. We can wait
 * for it with an epoll, hand on signals, and learn how it ended. For a program whose output we
 * want, see child.h.
 */
#ifndef SQ_HOST_PROCESS_H
#define SQ_HOST_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "host/child.h"

struct sq_process {
    int id;       /* 0: none runs */
    int ended_fd; /* readable when it has ended: add it to an epoll; owned */
};

struct sq_process_end {
    enum sq_child_ending ending; /* EXITED or SIGNALED */
    int exit_code;               /* when EXITED, else -1 */
    int signal_number;           /* when SIGNALED, else 0 */
};

/* argv: NULL-terminated; argv[0] is searched in PATH unless it has a slash. additions[0..n):
 * "NAME=value" each, in the place of what our environment has of that name. SQ_ENVIRONMENT when it
 * cannot be started, with a hint when it is not in PATH; SQ_NO_MEMORY. */
SQ_MUST_USE enum sq_status sq_process_start(const char *const *argv, const char *const *additions,
                                            size_t n_additions, struct sq_process *process,
                                            struct sq_error *err);

/* Sends a signal to the program itself, not to what it started. */
void sq_process_signal(const struct sq_process *process, int signal_number);

/* Waits for its end; then none runs. */
void sq_process_wait(struct sq_process *process, struct sq_process_end *end);

#endif
