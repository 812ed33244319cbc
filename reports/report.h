/* SPDX-License-Identifier: MIT */
/*
 * The formats a result can be written in, one row each: `-o junit=j.xml` finds a row by name, `-o
 * page.html` by extension, `squall list formats` prints them all.
 */
#ifndef SQ_REPORTS_REPORT_H
#define SQ_REPORTS_REPORT_H

#include <stddef.h>

#include "reports/writer.h"

struct sq_report_format {
    const char *name;
    const char *extensions; /* with their points, parted by spaces: ".html .htm" */
    sq_report_write *write;
    enum sq_level level; /* how much of a run it shows */
    const char *sentence;
};

size_t sq_report_formats(void);
const struct sq_report_format *sq_report_format(size_t index);

/* The row of a name; NULL: there is none. */
const struct sq_report_format *sq_report_format_by_name(const char *name, size_t length);
/* The row whose extension ends the path, whatever its case; NULL: none does. */
const struct sq_report_format *sq_report_format_by_path(const char *path);

#endif
