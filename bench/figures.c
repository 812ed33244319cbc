/* SPDX-License-Identifier: MIT */
/* The subjects: virtual runs with the real engine, the queue, the loader. */
#include "bench/figures.h"

#include <stdio.h>

#include "base/draw.h"
#include "base/queue.h"
#include "scenarios/load.h"
#include "sim/meter.h"
#include "sim/run.h"
#include "sim/virtual.h"

#define SCRIPT        "quickstart"
#define SCRIPT_LENGTH (24 * SQ_SECOND)
#define MICRO         1000000 /* rates are in millionths of a call a second */
#define SMALL_RUNS    1000
#define STARTS        500
#define LOADS         20
#define HOLDS         4000000

static struct sq_scenario *load(const struct sq_load_options *options)
{
    struct sq_scenario *scenario = NULL;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    if (sq_scenario_load(SCRIPT, options, &scenario, &diagnostics, &err) != SQ_OK) {
        scenario = NULL;
    }
    sq_diagnostics_clear(&diagnostics);
    return scenario;
}

struct sq_scenario *sq_figure_scenario(const char *policy, sq_dur duration, int64_t calls_per_s)
{
    struct sq_load_options options = {.policies = {policy}, .n_policies = policy != NULL};
    struct sq_scenario *scenario = load(&options);
    struct sq_curve_point *rate =
        scenario == NULL ? NULL : sq_arena_new(&scenario->arena, 1, sizeof *rate);
    if (rate == NULL) {
        sq_scenario_free(scenario);
        return NULL;
    }
    rate->value = calls_per_s * MICRO;
    scenario->duration = duration;
    scenario->workload.n_phases = 1;
    scenario->workload.streams[0].n_phases = 1;
    scenario->workload.phases[0].duration = duration;
    scenario->workload.phases[0].rate = (struct sq_curve){.points = rate, .n_points = 1};
    return scenario;
}

void sq_figure_repeat_faults(struct sq_scenario *scenario)
{
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        scenario->script.rules[i].every = SCRIPT_LENGTH;
    }
}

static uint64_t run(const struct sq_scenario *scenario, uint64_t seed)
{
    struct sq_virtual *carrier = sq_virtual_new(scenario, scenario->policies[0], seed);
    struct sq_meter *meter = sq_meter_new(scenario, scenario->policies[0], SQ_MODE_VIRTUAL);
    struct sq_run_end end = {0};
    struct sq_error err = {0};
    if (carrier != NULL && meter != NULL) {
        struct sq_run_setup setup = {.scenario = scenario,
                                     .policy = scenario->policies[0],
                                     .seed = seed,
                                     .carrier = sq_virtual_carrier(carrier),
                                     .meter = meter};
        if (sq_run(&setup, &end, &err) != SQ_OK) {
            fprintf(stderr, "bench: %s\n", err.text);
        }
    }
    sq_meter_free(meter);
    sq_virtual_free(carrier);
    return end.calls;
}

uint64_t sq_figure_run(void *scenario)
{
    return run(scenario, 1);
}

uint64_t sq_figure_small_runs(void *scenario)
{
    uint64_t calls = 0;
    for (uint64_t seed = 1; seed <= SMALL_RUNS; seed++) {
        calls += run(scenario, seed);
    }
    return calls == 0 ? 0 : SMALL_RUNS;
}

uint64_t sq_figure_start(void *scenario)
{
    for (uint64_t seed = 1; seed <= STARTS; seed++) {
        (void)run(scenario, seed);
    }
    return STARTS;
}

uint64_t sq_figure_load(void *unused)
{
    (void)unused;
    struct sq_load_options options = {0};
    uint64_t n = 0;
    for (uint32_t i = 0; i < LOADS; i++) {
        struct sq_scenario *scenario = load(&options);
        n += scenario != NULL;
        sq_scenario_free(scenario);
    }
    return n;
}

static sq_time later(sq_time now, uint64_t call)
{
    uint64_t mixed = call * UINT64_C(0x9e3779b97f4a7c15);
    return now + SQ_MS + (sq_time)(mixed >> 34); /* up to a second */
}

uint64_t sq_figure_hold(void *pending)
{
    const uint32_t *n_pending = pending;
    struct sq_queue queue = {0};
    struct sq_error err = {0};
    if (sq_queue_reserve(&queue, *n_pending, &err) != SQ_OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        return 0;
    }
    for (uint32_t slot = 0; slot < *n_pending; slot++) {
        sq_queue_set(&queue, slot, slot + 1, later(0, slot + 1));
    }
    for (uint64_t i = 0; i < HOLDS; i++) {
        const struct sq_queue_entry *head = sq_queue_head(&queue);
        sq_queue_set(&queue, head->slot, head->id, later(head->at, *n_pending + i));
    }
    sq_queue_clear(&queue);
    return HOLDS;
}
