/* SPDX-License-Identifier: MIT */
/*
 * A trace: the events of one run as fed to the engine, with a hash of the actions each one caused.
 * Fed again offline to a fresh engine of the same settings and seed they must give the same
 * actions, byte for byte: that is the replay every live run ends with.
 */
#ifndef SQ_SIM_TRACE_H
#define SQ_SIM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "policies/engine.h"
#include "policies/settings.h"

#define SQ_TRACE_EVENTS_MAX 4000000 /* kept; a longer run is replayed up to here */

struct sq_trace;

struct sq_trace *sq_trace_new(void); /* NULL when out of memory */
void sq_trace_free(struct sq_trace *trace);

/* Before the event is fed. Copies what the event points to. */
SQ_MUST_USE enum sq_status sq_trace_event(struct sq_trace *trace, uint64_t call,
                                          const struct sq_event *event, struct sq_error *err);
/* For each action taken after it. */
void sq_trace_action(struct sq_trace *trace, const struct sq_action *action);

/* Feeds all again. *same: every event caused the same actions; *n_events: how many were fed. */
SQ_MUST_USE enum sq_status sq_trace_replay(const struct sq_trace *trace,
                                           const struct sq_settings *settings, uint64_t seed,
                                           bool *same, uint64_t *n_events, struct sq_error *err);

/* The words of an action that decisions are made of, for this hash and for the decision digest: no
 * pointers, no padding. */
uint64_t sq_trace_action_hash(const struct sq_action *action);

#endif
