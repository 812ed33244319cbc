/* SPDX-License-Identifier: MIT */
/*
 * The virtual core without anything that a foreign library or another libc could change: scenarios
 * built by hand, run by the real loop, engine, provider and meter; digests and sums are printed.
 * Two builds of it that print the same decide the same. Reads no file, takes no option.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

#define N_SEEDS 5

static void compile(struct small_scenario *small, struct sq_dist *dist,
                    const struct sq_dist_spec *spec)
{
    struct sq_error err;
    enum sq_status status = sq_dist_compile(spec, &small->scenario.arena, dist, &err);
    sq_assert(status == SQ_OK);
}

/* Poisson arrivals, answers with a tail, half a minute in which most attempts fail. */
static void set_weather(struct small_scenario *small)
{
    struct sq_workload *workload = &small->scenario.workload;
    struct sq_model *model = &small->scenario.script.models[0];
    small->scenario.duration = 120 * SQ_SECOND;
    small->rate.value = 50 * 1000000;
    workload->phases[0].duration = small->scenario.duration;
    workload->phases[0].arrivals = SQ_ARRIVALS_POISSON;
    compile(small, &workload->gap,
            &(struct sq_dist_spec){
                .kind = SQ_DIST_EXPONENTIAL, .a = SQ_WORKLOAD_GAP_ONE, .max = INT64_MAX});
    compile(small, &model->ttft,
            &(struct sq_dist_spec){
                .kind = SQ_DIST_LOGNORMAL, .a = 200 * SQ_MS, .b = 2 * SQ_SECOND, .max = INT64_MAX});
    compile(small, &workload->requests[0].output_tokens,
            &(struct sq_dist_spec){
                .kind = SQ_DIST_GAMMA, .a = 80, .shape_q32 = UINT64_C(3) << 31, .max = 4000});
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 503;
    rule->share_q32 = UINT64_C(3) << 30;
    rule->windowed = true;
    rule->at = 30 * SQ_SECOND;
    rule->span = 30 * SQ_SECOND;
    small->scenario.has_fault_windows = true;
    small->scenario.first_fault_at = rule->at;
    small->scenario.last_fault_end = rule->at + rule->span;
}

static void set_retry(struct small_scenario *small)
{
    struct sq_retry *retry = &small_scenario_role(small)->retry;
    retry->max_attempts = 4;
    retry->delay = (struct sq_delay){.kind = SQ_DELAY_EXPONENTIAL,
                                     .initial = 250 * SQ_MS,
                                     .factor_q32 = UINT64_C(2) << 32,
                                     .cap = 8 * SQ_SECOND,
                                     .jitter = SQ_JITTER_FULL};
    retry->budget =
        (struct sq_retry_budget){.on = true, .ratio_q32 = UINT64_C(1) << 30, .floor_per_second = 2};
    small_scenario_role(small)->timeouts.attempt = 3 * SQ_SECOND;
}

static void set_breaker(struct small_scenario *small)
{
    struct sq_breaker *breaker = &small_scenario_role(small)->breaker;
    *breaker = (struct sq_breaker){.on = true,
                                   .trip = {.minimum_attempts = 20,
                                            .failure_share_q32 = UINT64_C(1) << 31,
                                            .window = 10 * SQ_SECOND},
                                   .open_for = 5 * SQ_SECOND,
                                   .admit = 3,
                                   .lease_timeout = 10 * SQ_SECOND};
    for (int i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        breaker->mark[i] = SQ_MARK_FAILURE;
    }
    breaker->mark[SQ_CLASS_NONE] = SQ_MARK_SUCCESS;
    small->policy.layers[0].n_breakers = 1;
}

static void run(const struct small_scenario *small, const char *name, uint64_t seed)
{
    struct sq_error err;
    struct sq_run_end end;
    struct sq_column column;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, seed);
    struct sq_meter *meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    sq_assert(carrier != NULL);
    sq_assert(meter != NULL);
    struct sq_run_setup setup = {.scenario = &small->scenario,
                                 .policy = &small->policy,
                                 .seed = seed,
                                 .carrier = sq_virtual_carrier(carrier),
                                 .meter = meter,
                                 .tick_steps = 1};
    enum sq_status status = sq_run(&setup, &end, &err);
    sq_assert(status == SQ_OK);
    status = sq_meter_fill(meter, &column, &err);
    sq_assert(status == SQ_OK);
    printf("%s seed %" PRIu64 ": decisions %016" PRIx64 " outcomes %016" PRIx64 " calls %" PRIu64
           " attempts %" PRIu64 " p95 %" PRId64 " cost %" PRId64 "\n",
           name, seed, end.decision_digest, end.outcome_digest, end.calls, end.attempts,
           sq_histogram_quantile(column.call_duration, 950000), column.billed.cost);
    sq_column_clear(&column);
    sq_meter_free(meter);
    sq_virtual_free(carrier);
}

int main(void)
{
    static const struct {
        const char *name;
        bool weather;
        bool retry;
        bool breaker;
    } cases[] = {{"calm", false, false, false},
                 {"weather", true, false, false},
                 {"retry", true, true, false},
                 {"breaker", true, true, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct small_scenario *small = small_scenario_new();
        if (cases[i].weather) {
            set_weather(small);
        }
        if (cases[i].retry) {
            set_retry(small);
        }
        if (cases[i].breaker) {
            set_breaker(small);
        }
        for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
            run(small, cases[i].name, seed);
        }
        small_scenario_free(small);
    }
    return 0;
}
