/* SPDX-License-Identifier: MIT */
/*
 * result.json, "squall/result/1": the whole result, so that it can be reported again, compared and
 * merged later. Integers in the unit their key ends with (_ns, _ppb, _picodollars, _millionths,
 * _milli_per_s); beside some of them the same number as people read it, in "value". Histograms are
 * sparse: [bucket, count], buckets as in base/histogram.h. Nothing of wall time, host or paths.
 */
#ifndef SQ_REPORTS_JSON_H
#define SQ_REPORTS_JSON_H

#include <stddef.h>

#include "reports/writer.h"

sq_report_write sq_json_write;

/* The JSON Schema of what sq_json_write writes; lives as long as the program. */
const char *sq_json_result_schema(size_t *length);

#endif
