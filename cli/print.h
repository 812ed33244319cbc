/* SPDX-License-Identifier: MIT */
/*
 * The only way to standard output and standard error. Results go to standard output, all else to
 * standard error. A failure of standard output is remembered and becomes the exit code at the end
 * (SQ_EXIT_ENVIRONMENT).
 */
#ifndef SQ_CLI_PRINT_H
#define SQ_CLI_PRINT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"

void sq_print_out(const char *text);
/* A buffer that ran out of memory is a failure of standard output. */
void sq_print_out_buffer(const struct sq_strbuf *buffer);
/* Hands standard output to the system now, for whoever waits for it. */
void sq_print_flush(void);
void sq_print_note(const char *text); /* standard error */
/* Of a buffer that ran out of memory it says just that. */
void sq_print_note_buffer(const struct sq_strbuf *buffer);
void sq_print_note_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "squall: TEXT" with place and hint, to standard error. */
void sq_print_error(const struct sq_error *err);
/* "squall COMMAND: TEXT" and how to get help. */
void sq_print_usage_error(const char *command, const struct sq_error *err);

/* Flushes standard output. False when any of it was lost (closed, full); then says so on standard
 * error. */
bool sq_print_finish(void);

/* The exit code an error asks for. */
int sq_print_exit_code(enum sq_status status);

#endif
