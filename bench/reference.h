/* SPDX-License-Identifier: MIT */
/*
 * The frozen reference loop: how fast this machine simulates calls when there is no engine, no
 * script and no report. Figures of squall are told as ratios to it. It was reviewed once and is
 * never slowed.
 */
#ifndef SQ_BENCH_REFERENCE_H
#define SQ_BENCH_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

struct sq_reference;

/* NULL: out of memory. */
struct sq_reference *sq_reference_new(void);
void sq_reference_free(struct sq_reference *reference);

/* Runs n_calls calls at 100 a second; returns a number that depends on all of them, the same each
 * time, so that nothing can be left out. */
uint64_t sq_reference_run(struct sq_reference *reference, uint64_t n_calls);

#endif
