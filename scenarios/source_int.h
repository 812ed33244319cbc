/* SPDX-License-Identifier: MIT */
/* Where a load gets its files from: the disk, or what an earlier load kept (sources/kept.h). */
#ifndef SQ_SCENARIOS_SOURCE_INT_H
#define SQ_SCENARIOS_SOURCE_INT_H

#include "host/lines.h"
#include "scenarios/reader_int.h"

/* As sq_file_read, at most SQ_SCENARIO_BYTES_MAX. */
SQ_MUST_USE enum sq_status sq_source_read(struct sq_reader *reader, const char *path,
                                          struct sq_strbuf *text, struct sq_error *err);

/* As sq_lines_open. */
SQ_MUST_USE enum sq_status sq_source_lines(struct sq_reader *reader, const char *path,
                                           struct sq_lines **lines, struct sq_error *err);

#endif
