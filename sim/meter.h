/* SPDX-License-Identifier: MIT */
/*
 * The meter: adds up the records of one run into a column of the result. Every number of a report
 * is computed here, once. One meter a run; meters of several seeds merge in any order to the same
 * totals.
 */
#ifndef SQ_SIM_METER_H
#define SQ_SIM_METER_H

#include <stdint.h>

#include "base/error.h"
#include "base/json_write.h"
#include "scenarios/scenario.h"
#include "sim/record.h"
#include "sim/result.h"
#include "wire/json_take.h"

struct sq_meter;

/* NULL when out of memory. The scenario and policy are borrowed. */
struct sq_meter *sq_meter_new(const struct sq_scenario *scenario, const struct sq_settings *policy,
                              enum sq_mode mode);
void sq_meter_free(struct sq_meter *meter);

void sq_meter_call_started(struct sq_meter *meter, sq_time intended_at, sq_time started_at);
void sq_meter_attempt_sent(struct sq_meter *meter, sq_time now);
/* One that is known only now, and was sent before: it is in no peak of a rate. */
void sq_meter_attempt_learnt(struct sq_meter *meter, sq_time sent_at);
void sq_meter_attempt_ended(struct sq_meter *meter, const struct sq_attempt_record *record);
/* A wait between two attempts that begins now. */
void sq_meter_wait(struct sq_meter *meter, sq_dur span, sq_time now);
/* An attempt under limits.connections was sent or gave up now; span 0: it did not have to wait. */
void sq_meter_pool_wait(struct sq_meter *meter, sq_dur span, sq_time now);
/* Every attempt on the wire is billed exactly once; the bill of the one that answered is taken out
 * of the waste by its call record. reached_at: when the attempt reached the provider, or failed on
 * its way. */
void sq_meter_bill(struct sq_meter *meter, uint8_t role, uint16_t model, const struct sq_bill *bill,
                   sq_time reached_at);
/* A fault's effect reached an attempt at `at`. */
void sq_meter_struck(struct sq_meter *meter, uint16_t rule, sq_time at);
void sq_meter_transition(struct sq_meter *meter, sq_time at, uint8_t layer, uint16_t breaker,
                         enum sq_breaker_state from, enum sq_breaker_state to);
void sq_meter_call_over(struct sq_meter *meter, const struct sq_call_record *record);

/* The run is over: closes open breakers' times, judges recoveries. Once, before merge or fill. */
void sq_meter_close(struct sq_meter *meter, sq_time now, uint64_t decision_digest,
                    uint64_t outcome_digest);

/* Adds `from` (closed, same scenario and policy) to `into` (closed). Transitions and times of
 * windows stay those of `into`, which must be the first seed. */
void sq_meter_merge(struct sq_meter *into, const struct sq_meter *from);

/* Writes all that merging and filling need of a closed meter, as one JSON object of whole numbers;
 * with_first: also what only the first seed has, transitions and times of windows. */
void sq_meter_write(const struct sq_meter *meter, bool with_first, struct sq_json_writer *json);

/* Reads into a new meter of the same scenario and policy what sq_meter_write wrote: it is closed
 * then. What is wrong with the node is the taker's; the meter may only be freed then. */
void sq_meter_read(struct sq_meter *meter, const struct sq_json *node, struct sq_json_taker *taker);

/* Fills the column's numbers (not its checks) from a closed meter. The column owns what it gets;
 * SQ_NO_MEMORY leaves it zeroed. */
SQ_MUST_USE enum sq_status sq_meter_fill(const struct sq_meter *meter, struct sq_column *column,
                                         struct sq_error *err);

#endif
