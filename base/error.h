/* SPDX-License-Identifier: MIT */
/*
 * Errors: what goes wrong with squall itself. A simulated failure is data, never an error; our own
 * mistake is an assert.
 *
 * A function that can fail returns enum sq_status and, when it fails, fills *err; success leaves
 * *err alone. Text: lower case, no full stop, what is wrong first, subject in quotes, then the
 * allowed values.
 */
#ifndef SQ_BASE_ERROR_H
#define SQ_BASE_ERROR_H

#include <stdint.h>

#define SQ_MUST_USE __attribute__((warn_unused_result))

enum sq_status {
    SQ_OK = 0,
    SQ_INVALID,     /* input is wrong: exit code 3 */
    SQ_ENVIRONMENT, /* port, file, missing program, nobody at the URL: exit code 4 */
    SQ_NO_MEMORY,   /* an allocation failed: exit code 4 */
    SQ_LIMIT,       /* a named limit of ours was reached, the run is inconclusive: exit code 5 */
    SQ_INTERRUPTED  /* SIGINT or SIGTERM: exit code 130 or 143 */
};

#define SQ_ERROR_TEXT_BYTES 384
#define SQ_ERROR_NAME_BYTES 192

struct sq_error {
    enum sq_status status;
    char code[8];                   /* "S017", or empty */
    char text[SQ_ERROR_TEXT_BYTES]; /* one sentence */
    char hint[SQ_ERROR_TEXT_BYTES]; /* what to do next, or empty */
    char file[SQ_ERROR_NAME_BYTES]; /* or empty */
    char path[SQ_ERROR_NAME_BYTES]; /* JSON path such as policy.retry, or empty */
    uint32_t line;                  /* from 1; 0: none */
    uint32_t column;                /* from 1, in code points; 0: none */
    uint32_t width;                 /* code points to underline; 0: one */
};

/* Fills *err (cleared first) with status (not SQ_OK) and text, cut at the buffer's end. Returns
 * status, so that `return sq_error_set(err, SQ_INVALID, "...")` reads well. err may be NULL: only
 * the status is returned. The arguments may point into *err. */
enum sq_status sq_error_set(struct sq_error *err, enum sq_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the hint to an error that was set; err is not NULL. Returns err->status. */
enum sq_status sq_error_hint(struct sq_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
