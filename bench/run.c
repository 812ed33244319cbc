/* SPDX-License-Identifier: MIT */
/*
 * The table of figures: what each is, its ratio to the reference loop in the same seconds, and the
 * bar it is held to. A bar holds where the reference does 20 million calls a second and scales with
 * it. Nothing here fails on speed: a shared machine would fail at random.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "bench/figures.h"
#include "bench/measure.h"
#include "policies/call.h"

#define REFERENCE_BAR 20e6 /* calls a second where the bars were set */
#define MILLION       1e6
#define MS_PER_S      1e3

enum unit {
    UNIT_MILLION_PER_S, /* more is better */
    UNIT_MS             /* for one of them; less is better */
};

struct figure {
    const char *name;
    enum unit unit;
    double bar; /* in the unit, at REFERENCE_BAR; 0: none */
    double next_bar;
    uint64_t (*run)(void *context);
    void *context; /* NULL, where one is needed: this version cannot do it */
    bool needs_context;
};

static double in_unit(enum unit unit, double per_s)
{
    return unit == UNIT_MS ? MS_PER_S / per_s : per_s / MILLION;
}

/* How far the figure is from a bar, in percent of it: 100 and more holds. */
static double share_of(const struct figure *figure, const struct sq_measured *measured, double bar)
{
    double here = measured->ratio * REFERENCE_BAR; /* on the machine of the bars */
    double value = in_unit(figure->unit, here);
    return 100 * (figure->unit == UNIT_MS ? bar / value : value / bar);
}

static void print_bar(const struct figure *figure, const struct sq_measured *measured, double bar)
{
    if (bar > 0) {
        printf("  %6g %4.0f%%", bar, share_of(figure, measured, bar));
    }
}

static void print(const struct figure *figure, const struct sq_measured *measured)
{
    const char *unit = figure->unit == UNIT_MS ? "ms" : "M/s";
    printf("%-44s %8.3f %-4s %7.4f", figure->name, in_unit(figure->unit, measured->per_s), unit,
           measured->ratio);
    print_bar(figure, measured, figure->bar);
    print_bar(figure, measured, figure->next_bar);
    printf("\n");
    fflush(stdout);
}

static void measure(struct sq_reference *reference, const struct figure *figure)
{
    if (figure->needs_context && figure->context == NULL) {
        printf("%-44s not in this version\n", figure->name);
        return;
    }
    struct sq_subject subject = {.run = figure->run, .context = figure->context};
    struct sq_measured measured = sq_measure(reference, &subject);
    if (measured.failed) {
        printf("%-44s failed\n", figure->name);
        return;
    }
    print(figure, &measured);
}

static void print_reference(struct sq_reference *reference)
{
    uint32_t pending = 256;
    struct sq_subject any = {.run = sq_figure_hold, .context = &pending};
    struct sq_measured measured = sq_measure(reference, &any);
    printf("reference loop: %.1f M calls/s; bars hold where it does %.0f M\n\n",
           measured.reference_s / MILLION, REFERENCE_BAR / MILLION);
    printf("%-44s %13s %7s  %12s  %12s\n", "figure (median of 5)", "here", "ratio", "bar, reached",
           "next bar");
}

/* The scenarios of the runs; NULL where this version cannot load one. */
struct weather {
    struct sq_scenario *simple;
    struct sq_scenario *stormy;
    struct sq_scenario *everything;
    struct sq_scenario *small;
    struct sq_scenario *empty;
};

static struct weather load_weather(const char *everything_on)
{
    struct weather weather = {
        .simple = sq_figure_scenario(NULL, 2 * SQ_HOUR, 100),
        .stormy = sq_figure_scenario(NULL, 2 * SQ_HOUR, 100),
        .everything = sq_figure_scenario(everything_on, 2 * SQ_HOUR, 100),
        .small = sq_figure_scenario(NULL, SQ_MINUTE, 5),
        .empty = sq_figure_scenario(NULL, 1, 1),
    };
    if (weather.stormy != NULL) {
        sq_figure_repeat_faults(weather.stormy);
    }
    return weather;
}

static void free_weather(struct weather *weather)
{
    sq_scenario_free(weather->simple);
    sq_scenario_free(weather->stormy);
    sq_scenario_free(weather->everything);
    sq_scenario_free(weather->small);
    sq_scenario_free(weather->empty);
}

static void measure_all(struct sq_reference *reference, const struct weather *weather)
{
    uint32_t pending[] = {256, 4096, 65536};
    const struct figure figures[] = {
        {"calls, simple policy", UNIT_MILLION_PER_S, 2, 6, sq_figure_run, weather->simple, true},
        {"calls, simple policy, only totals", UNIT_MILLION_PER_S, 0, 0, sq_figure_run_totals,
         weather->simple, true},
        {"calls, simple policy, faults every 24 s", UNIT_MILLION_PER_S, 0, 0, sq_figure_run,
         weather->stormy, true},
        {"calls, everything on", UNIT_MILLION_PER_S, 2, 5, sq_figure_run, weather->everything,
         true},
        {"queue holds, 256 pending", UNIT_MILLION_PER_S, 40, 0, sq_figure_hold, &pending[0], true},
        {"queue holds, 4,096 pending", UNIT_MILLION_PER_S, 25, 0, sq_figure_hold, &pending[1],
         true},
        {"queue holds, 65,536 pending", UNIT_MILLION_PER_S, 15, 0, sq_figure_hold, &pending[2],
         true},
        {"start and end of a run", UNIT_MS, 1, 0, sq_figure_start, weather->empty, true},
        {"a minute of 300 calls, only totals", UNIT_MS, 1, 0, sq_figure_small_runs, weather->small,
         true},
        {"loading quickstart", UNIT_MS, 10, 0, sq_figure_load, NULL, false},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        measure(reference, &figures[i]);
    }
}

int main(int argc, char **argv)
{
    struct sq_reference *reference = sq_reference_new();
    if (reference == NULL || argc != 2) {
        fprintf(stderr, "usage: squall_bench POLICY-WITH-EVERYTHING-ON\n");
        sq_reference_free(reference);
        return 2;
    }
    struct weather weather = load_weather(argv[1]);
    print_reference(reference);
    measure_all(reference, &weather);
    printf("%-44s %8zu bytes          (bar: %d)\n", "struct sq_call", sizeof(struct sq_call),
           SQ_CALL_BYTES_MAX);
    free_weather(&weather);
    sq_reference_free(reference);
    return 0;
}
