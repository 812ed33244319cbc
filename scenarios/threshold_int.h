/* SPDX-License-Identifier: MIT */
/*
 * The grammar of one threshold: `metric{selector}` and `[aggregation] operator value`. Pure but for
 * sq_metric_read, which reports what is wrong.
 */
#ifndef SQ_SCENARIOS_THRESHOLD_INT_H
#define SQ_SCENARIOS_THRESHOLD_INT_H

#include "base/strbuf.h"
#include "scenarios/reader_int.h"
#include "scenarios/scenario.h"

/* Reads text for threshold->metric: aggregation, per_million, operation, limit. NULL: done; else
 * what is wrong, and *hint what to write (or NULL). Both static. */
const char *sq_threshold_parse(const char *text, struct sq_threshold *threshold, const char **hint);

/* The two parts of it, for a limit that stands alone. An aggregation of NULL was not given. */
const char *sq_threshold_aggregation(const char *text, struct sq_threshold *threshold,
                                     const char **hint);
const char *sq_threshold_limit(const char *text, const struct sq_threshold *threshold,
                               int64_t *limit, const char **hint);

/* Where a metric is named: by a key, or by a value. */
struct sq_metric_place {
    const struct sq_json *node;
    bool at_key;
    const char *text; /* "call_duration{phase:faulty}" */
};

/* Sets metric, selector and selected. False: the mistake was reported. */
bool sq_metric_read(struct sq_reader *reader, const struct sq_metric_place *place,
                    const struct sq_scenario *scenario, struct sq_threshold *threshold);

/* What a text that is no threshold of this metric probably meant: "p(95)<2500ms" of "p95<2500".
 * False: nobody knows; guess then holds nothing of use. What is guessed can be read. */
bool sq_threshold_guess(const char *text, const struct sq_threshold *metric,
                        struct sq_strbuf *guess);

#endif
