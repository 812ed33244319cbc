/* SPDX-License-Identifier: MIT */
/*
 * Measuring beside the reference loop: the machine is shared and its clock goes up and down, so a
 * figure is compared only with what the reference did in the same second. Time is the processor
 * time of this process, in nanoseconds.
 */
#ifndef SQ_BENCH_MEASURE_H
#define SQ_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/reference.h"

#define SQ_BENCH_ROUNDS 5 /* reference and subject in turn; the median round counts */

/* Something to be measured: does its work once and returns how many things it did; 0: it failed. */
struct sq_subject {
    uint64_t (*run)(void *context);
    void *context;
};

/* The median of each, over the rounds. */
struct sq_measured {
    double per_s;       /* things a second */
    double ratio;       /* to the reference loop's calls a second in the same round */
    double reference_s; /* its calls a second */
    bool failed;
};

struct sq_measured sq_measure(struct sq_reference *reference, const struct sq_subject *subject);

#endif
