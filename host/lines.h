/* SPDX-License-Identifier: MIT */
/*
 * Large text files, line by line, without holding them in memory. Lines end with LF or CR LF; the
 * last one may end with the file. Nothing is known of what stands in them.
 */
#ifndef SQ_HOST_LINES_H
#define SQ_HOST_LINES_H

#include <stddef.h>

#include "base/error.h"

/* A longer line is an error: no record of a trace is that long. */
#define SQ_LINES_BYTES_MAX ((size_t)65536)

struct sq_lines;

/* SQ_ENVIRONMENT: the file cannot be read; SQ_NO_MEMORY. Free with sq_lines_close. path must live
 * as long. */
SQ_MUST_USE enum sq_status sq_lines_open(const char *path, struct sq_lines **lines,
                                         struct sq_error *err);

/* The same of a text in memory, which must live as long; name is its name in errors. */
SQ_MUST_USE enum sq_status sq_lines_open_text(const char *name, const char *text, size_t length,
                                              struct sq_lines **lines, struct sq_error *err);

/* The next line without its end, valid until the next call; *text is NULL after the last one.
 * SQ_INVALID: the line is longer than SQ_LINES_BYTES_MAX; SQ_ENVIRONMENT: reading failed. */
SQ_MUST_USE enum sq_status sq_lines_next(struct sq_lines *lines, const char **text, size_t *length,
                                         struct sq_error *err);

void sq_lines_close(struct sq_lines *lines); /* accepts NULL */

#endif
