/* SPDX-License-Identifier: MIT */
/* See the header. */
#include "tests/support/meter_world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct meter_world *meter_world_new(sq_dur duration)
{
    struct meter_world *world = calloc(1, sizeof *world);
    ck_assert_ptr_nonnull(world);
    struct sq_scenario *scenario = &world->scenario;
    scenario->duration = duration;
    scenario->drain = SQ_MINUTE;
    scenario->workload.n_phases = 1;
    scenario->workload.phases[0].duration = duration;
    /* A rate that fills every window: tests feed the calls themselves. */
    world->rate.value = SQ_CURVE_VALUE_MAX;
    scenario->workload.phases[0].rate = (struct sq_curve){.points = &world->rate, .n_points = 1};
    scenario->script.rules = world->rules;
    scenario->script.n_models = 1;
    scenario->script.models[0].price =
        (struct sq_price){.input = 2, .cached_input = 1, .output = 10};
    scenario->n_roles = 2;
    scenario->first_fault_at = SQ_NEVER;
    world->policy.n_layers = 2;
    for (uint8_t layer = 0; layer < 2; layer++) {
        world->policy.layers[layer].n_breakers = 1;
        memcpy(world->policy.layers[layer].breaker_name[0], layer == 0 ? "outer" : "inner", 6);
    }
    world->result.scenario = scenario;
    return world;
}

void meter_world_free(struct meter_world *world)
{
    free(world);
}

struct sq_rule *meter_world_fault(struct meter_world *world, sq_time at, sq_dur span)
{
    struct sq_scenario *scenario = &world->scenario;
    ck_assert_uint_lt(scenario->script.n_rules, METER_WORLD_RULES);
    struct sq_rule *rule = &world->rules[scenario->script.n_rules++];
    *rule = (struct sq_rule){.windowed = true, .at = at, .span = span};
    sq_time end = sq_time_min(sq_time_add(at, span), scenario->duration);
    scenario->has_fault_windows = true;
    scenario->first_fault_at = sq_time_min(scenario->first_fault_at, at);
    scenario->last_fault_end = sq_time_max(scenario->last_fault_end, end);
    return rule;
}

struct sq_threshold *meter_world_threshold(struct meter_world *world, enum sq_metric metric,
                                           enum sq_aggregation aggregation,
                                           enum sq_operator operation, int64_t limit)
{
    struct sq_scenario *scenario = &world->scenario;
    ck_assert_uint_lt(scenario->n_thresholds, SQ_THRESHOLDS_MAX);
    struct sq_threshold *threshold = &scenario->thresholds[scenario->n_thresholds++];
    *threshold = (struct sq_threshold){.text = "check",
                                       .metric = metric,
                                       .aggregation = aggregation,
                                       .operation = operation,
                                       .limit = limit,
                                       .strict = true};
    return threshold;
}

struct sq_meter *meter_world_meter(struct meter_world *world, enum sq_mode mode)
{
    struct sq_meter *meter = sq_meter_new(&world->scenario, &world->policy, mode);
    ck_assert_ptr_nonnull(meter);
    return meter;
}

void meter_world_call(struct sq_meter *meter, sq_time at, sq_dur duration, enum sq_outcome outcome)
{
    struct sq_bill bill = {.input_tokens = 10, .output_tokens = 5};
    bool answered = sq_outcome_row(outcome)->answered_by_model;
    enum sq_class klass = answered ? SQ_CLASS_NONE : SQ_CLASS_SERVER_ERROR;
    sq_meter_call_started(meter, at, at);
    sq_meter_attempt_sent(meter, at);
    struct sq_attempt_record attempt = {
        .attempt = 1, .klass = klass, .sent_at = at, .ended_at = at + duration};
    sq_meter_attempt_ended(meter, &attempt);
    sq_meter_bill(meter, 0, 0, &bill, at);
    struct sq_call_record call = {.intended_at = at,
                                  .started_at = at,
                                  .ended_at = at + duration,
                                  .first_token_at = SQ_NEVER,
                                  .outcome = outcome,
                                  .klass = klass,
                                  .attempts = 1,
                                  .answered = answered,
                                  .used_bill = bill,
                                  .used_reached_at = at,
                                  .layer_sends = {1, 1}};
    sq_meter_call_over(meter, &call);
}

struct sq_column meter_world_column(struct sq_meter *meter, sq_time now)
{
    struct sq_column column;
    sq_meter_close(meter, now, 1, 2);
    ck_assert_int_eq(sq_meter_fill(meter, &column, NULL), SQ_OK);
    sq_meter_free(meter);
    const char *what = "";
    ck_assert_msg(sq_column_adds_up(&column, &what), "%s do not add up", what);
    return column;
}
