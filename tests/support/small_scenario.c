/* SPDX-License-Identifier: MIT */
/* The scenario of small_scenario.h, field by field. */
#include "tests/support/small_scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "mockprovider/body.h"

#define CALLS_PER_SECOND 10

static void build_script(struct small_scenario *small)
{
    struct sq_script *script = &small->scenario.script;
    struct sq_model *model = &script->models[0];
    script->n_providers = 1;
    script->n_models = 1;
    script->rules = small->rules;
    memcpy(script->providers[0].name, "openai", sizeof("openai"));
    script->providers[0].dialect = sq_dialect_row(SQ_DIALECT_OPENAI);
    script->providers[0].models = 1;
    script->providers[0].plain = SQ_ON_DISCONNECT_FINISH;
    memcpy(model->name, "gpt-4o", sizeof("gpt-4o"));
    memcpy(model->label, "openai/gpt-4o", sizeof("openai/gpt-4o"));
    model->ttft.fixed = 100 * SQ_MS;
    model->pace.fixed = 10 * SQ_MS;
    model->price = (struct sq_price){.input = 2500000, .cached_input = 1250000, .output = 10000000};
    enum sq_status status = sq_body_measure(script, 0, &model->sizes);
    sq_assert(status == SQ_OK);
}

static void build_workload(struct small_scenario *small)
{
    struct sq_workload *workload = &small->scenario.workload;
    struct sq_workload_phase *phase = &workload->phases[0];
    struct sq_workload_request *request = &workload->requests[0];
    workload->n_phases = 1;
    workload->n_requests = 1;
    workload->n_streams = 1;
    workload->streams[0].n_phases = 1;
    workload->streams[0].n_requests = 1;
    small->rate.value = CALLS_PER_SECOND * 1000000;
    memcpy(phase->name, "main", sizeof("main"));
    phase->duration = small->scenario.duration;
    phase->arrivals = SQ_ARRIVALS_CONSTANT;
    phase->rate = (struct sq_curve){.points = &small->rate, .n_points = 1};
    memcpy(request->name, "chat", sizeof("chat"));
    request->deadline = SQ_NEVER;
    request->input_tokens.fixed = 100;
    request->output_tokens.fixed = 11;
}

static void build_policy(struct small_scenario *small)
{
    struct sq_settings *policy = &small->policy;
    struct sq_role_settings *role = small_scenario_role(small);
    memcpy(policy->name, "test", sizeof("test"));
    policy->n_roles = 1;
    policy->n_layers = 1;
    role->timeouts =
        (struct sq_timeouts){SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER};
    role->retry.max_attempts = 1;
    role->retry.delay.cap = SQ_NEVER;
    role->retry.delay.factor_q32 = SQ_DRAW_ALWAYS;
    for (int i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        if (sq_class_row((enum sq_class)i)->retried == SQ_RETRY_YES) {
            role->retry.on.classes |= SQ_CLASS_BIT(i);
        }
    }
}

struct small_scenario *small_scenario_new(void)
{
    struct small_scenario *small = calloc(1, sizeof(*small));
    sq_assert(small != NULL);
    struct sq_scenario *scenario = &small->scenario;
    scenario->name = "small";
    scenario->title = "a small scenario";
    scenario->seed = 1;
    scenario->n_seeds = 1;
    scenario->duration = 10 * SQ_SECOND;
    scenario->drain = 60 * SQ_SECOND;
    scenario->max_in_flight = 1000000;
    scenario->first_fault_at = SQ_NEVER;
    scenario->n_roles = 1;
    memcpy(scenario->roles[0].name, "primary", sizeof("primary"));
    scenario->policies[0] = &small->policy;
    scenario->n_policies = 1;
    build_script(small);
    build_workload(small);
    build_policy(small);
    return small;
}

void small_scenario_free(struct small_scenario *small)
{
    if (small != NULL) {
        sq_arena_clear(&small->scenario.arena);
    }
    free(small);
}

struct sq_rule *small_scenario_rule(struct small_scenario *small, enum sq_fault_kind kind)
{
    struct sq_rule *rule = &small->rules[small->scenario.script.n_rules++];
    sq_assert(small->scenario.script.n_rules <= SMALL_SCENARIO_RULES);
    memcpy(rule->name, "rule", sizeof("rule"));
    rule->key = (uint32_t)sq_digest_mix(small->scenario.script.n_rules);
    rule->kind = kind;
    rule->models = 1;
    rule->match.stream = -1;
    rule->span = SQ_NEVER;
    rule->share_q32 = SQ_DRAW_ALWAYS;
    rule->effect = (struct sq_effect){.after_tokens = SQ_UNSET_U32,
                                      .after_bytes = SQ_UNSET_U32,
                                      .for_each = SQ_NEVER,
                                      .factor_q32 = SQ_DRAW_ALWAYS};
    return rule;
}

struct sq_role_settings *small_scenario_role(struct small_scenario *small)
{
    return &small->policy.layers[0].role[0];
}
