/* SPDX-License-Identifier: MIT */
/* Parts of a column in result.json: each writes keys with their values into the open object. */
#ifndef SQ_REPORTS_JSON_COLUMN_INT_H
#define SQ_REPORTS_JSON_COLUMN_INT_H

#include "base/json_write.h"
#include "sim/result.h"

/* "numbers": the rows every report shows. */
void sq_json_numbers(struct sq_json_writer *json, const struct sq_result *result,
                     const struct sq_column *column);
/* "calls", "attempts", "tokens": what adds up. */
void sq_json_counts(struct sq_json_writer *json, const struct sq_scenario *scenario,
                    const struct sq_column *column);
/* "durations": histograms, sparse. */
void sq_json_durations(struct sq_json_writer *json, const struct sq_scenario *scenario,
                       const struct sq_column *column);
/* "fault_windows", "breakers", "transitions". */
void sq_json_weather(struct sq_json_writer *json, const struct sq_scenario *scenario,
                     const struct sq_column *column);
void sq_json_timeline(struct sq_json_writer *json, const struct sq_column *column);

/* before, faulty, after, then the workload's own phases. */
const char *sq_json_phase_name(const struct sq_scenario *scenario, size_t phase);

#endif
