/* SPDX-License-Identifier: MIT */
/* What is measured: one function a subject. Each does its work once and returns how many things it
 * did, 0 when it could not (then a message stands on stderr). */
#ifndef SQ_BENCH_FIGURES_H
#define SQ_BENCH_FIGURES_H

#include <stdint.h>

#include "scenarios/scenario.h"

/* Quickstart's script with another length and rate. policy: a preset or file; NULL: the scenario's
 * own. NULL: this version cannot load it. Free with sq_scenario_free. */
struct sq_scenario *sq_figure_scenario(const char *policy, sq_dur duration, int64_t calls_per_s);

/* Each fault of the script comes again every 24 s, so that the weather is bad all day. */
void sq_figure_repeat_faults(struct sq_scenario *scenario);

uint64_t sq_figure_run(void *scenario);        /* one virtual run of which all is kept; calls */
uint64_t sq_figure_run_totals(void *scenario); /* the same at the level of totals; calls */
uint64_t sq_figure_small_runs(void *scenario); /* 1,000 seeds at the level of totals; runs */
uint64_t sq_figure_start(void *scenario);      /* runs without a call; runs */
uint64_t sq_figure_load(void *unused);         /* loads quickstart; loads */
uint64_t sq_figure_hold(void *pending);        /* a uint32_t; takes the head and queues it again */

#endif
