/* SPDX-License-Identifier: MIT */
/*
 * A small world for tests of the meter: a scenario with two roles and one workload phase, a policy
 * with two breakers, and calls and attempts told to a meter in one line each.
 */
#ifndef SQ_TESTS_METER_WORLD_H
#define SQ_TESTS_METER_WORLD_H

#include "scenarios/scenario.h"
#include "sim/meter.h"
#include "sim/result.h"

#define METER_WORLD_RULES 300

struct meter_world {
    struct sq_scenario scenario;
    struct sq_settings policy;
    struct sq_rule rules[METER_WORLD_RULES];
    struct sq_curve_point rate;
    struct sq_result result; /* of this scenario, no columns */
};

/* Drain 60 s; input costs 2, cached input 1, output 10 pico-dollars a token. */
struct meter_world *meter_world_new(sq_dur duration);
void meter_world_free(struct meter_world *world);

/* A rule with the window [at, at + span). */
struct sq_rule *meter_world_fault(struct meter_world *world, sq_time at, sq_dur span);

struct sq_threshold *meter_world_threshold(struct meter_world *world, enum sq_metric metric,
                                           enum sq_aggregation aggregation,
                                           enum sq_operator operation, int64_t limit);

struct sq_meter *meter_world_meter(struct meter_world *world, enum sq_mode mode);

/* A call with one attempt of role 0, billed 10 tokens in and 5 out; answered when the outcome
 * counts as available. */
void meter_world_call(struct sq_meter *meter, sq_time at, sq_dur duration, enum sq_outcome outcome);

/* Closes the meter, fills a column and frees the meter. The column is the caller's. */
struct sq_column meter_world_column(struct sq_meter *meter, sq_time now);

#endif
