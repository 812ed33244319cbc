/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML. There is no standard, there are readers: this is what both common schemas accept
 * (Jenkins xUnit's and Ant's). One suite a column, one case a check; a failed check is a failure,
 * an inconclusive one an error, one that failed but is not strict is skipped with its reason.
 * Besides the checks a suite has a case for whatever else makes a run inconclusive, so that file
 * and exit code never disagree. Times are scenario time.
 */
#ifndef SQ_REPORTS_JUNIT_H
#define SQ_REPORTS_JUNIT_H

#include "reports/writer.h"

sq_report_write sq_junit_write;

#endif
