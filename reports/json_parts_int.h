/* SPDX-License-Identifier: MIT */
/* Parts of result.json: each writes one value, its key is the caller's. */
#ifndef SQ_REPORTS_JSON_PARTS_INT_H
#define SQ_REPORTS_JSON_PARTS_INT_H

#include "base/json_write.h"
#include "reports/writer.h"
#include "sim/result.h"

void sq_json_scenario(struct sq_json_writer *json, const struct sq_scenario *scenario);
void sq_json_column(struct sq_json_writer *json, const struct sq_result *result,
                    const struct sq_column *column);
void sq_json_agreement(struct sq_json_writer *json, const struct sq_agreement *agreement);

/* "part": writes key and value into the open object. */
void sq_json_part(struct sq_json_writer *json, const struct sq_part *part);

/* {"text": "...", "metric": ..., "limit_ns": ...} without its braces: a threshold of the scenario.
 */
void sq_json_threshold_fields(struct sq_json_writer *json, const struct sq_threshold *threshold,
                              const struct sq_scenario *scenario);

/* key + "_ns" or what else the kind's unit is: an integer. */
void sq_json_quantity(struct sq_json_writer *json, const char *key, enum sq_metric_kind kind,
                      int64_t value);

void sq_json_key_int(struct sq_json_writer *json, const char *key, int64_t value);
void sq_json_key_uint(struct sq_json_writer *json, const char *key, uint64_t value);
void sq_json_key_text(struct sq_json_writer *json, const char *key, const char *text);
void sq_json_key_bool(struct sq_json_writer *json, const char *key, bool value);
void sq_json_key_object(struct sq_json_writer *json, const char *key);
void sq_json_key_array(struct sq_json_writer *json, const char *key);

/* One element of an array on one line: begin, write the object's fields, end. */
void sq_json_line_begin(struct sq_json_writer *json);
void sq_json_line_end(struct sq_json_writer *json);

/* A span that may be SQ_NEVER: null then. */
void sq_json_key_span(struct sq_json_writer *json, const char *key, sq_dur span);

#endif
