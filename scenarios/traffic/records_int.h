/* SPDX-License-Identifier: MIT */
/*
 * Data files that a scenario names: comma-separated tables and lines of JSON, read line by line, so
 * that their size does not matter. Strict: what is not as it must be is a mistake with file, line
 * and column. No quoting: a table with quotation marks is refused, since its commas may mean
 * nothing.
 */
#ifndef SQ_SCENARIOS_RECORDS_INT_H
#define SQ_SCENARIOS_RECORDS_INT_H

#include "host/lines.h"
#include "scenarios/reader_int.h"

#define SQ_RECORDS_COLUMNS_MAX 64

struct sq_cell {
    const char *text;
    size_t length;
};

struct sq_records {
    struct sq_reader *reader;
    const struct sq_json *node; /* where the file is named */
    const char *path;           /* in scratch */
    struct sq_lines *lines;
    const char *text; /* the present line, valid until the next one */
    size_t length;
    uint32_t line;      /* from 1 */
    uint32_t n_columns; /* of the header */
    uint32_t n_cells;
    struct sq_cell cells[SQ_RECORDS_COLUMNS_MAX];
};

/* Opens the file named at node. False: reported. Close in any case. */
bool sq_records_open(struct sq_records *records, struct sq_reader *reader,
                     const struct sq_json *node, const char *name);
void sq_records_close(struct sq_records *records);

/* The next line that is not empty. False after the last one, or when reading failed (reported). */
bool sq_records_line(struct sq_records *records);

/* The first line as the names of the columns. False: reported. */
bool sq_records_header(struct sq_records *records);

/* The column with this name, which is written at node. False: reported. */
bool sq_records_column(struct sq_records *records, const struct sq_json *node, const char *name,
                       uint32_t *column);

/* The next row with as many cells as the header; others are reported and stepped over. False after
 * the last one. */
bool sq_records_row(struct sq_records *records);

/* A whole number of digits only, 0 to max. False: reported. */
bool sq_records_whole(struct sq_records *records, const struct sq_cell *cell, int64_t max,
                      int64_t *value);

/* Reports a mistake in the present line, at text[0..length) of it. Returns false. */
bool sq_records_complain(struct sq_records *records, const char *text, size_t length,
                         const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
