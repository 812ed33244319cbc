/* SPDX-License-Identifier: MIT */
/* Rounds of reference and subject, and their medians. */
#include "bench/measure.h"

#include <stdlib.h>
#include <time.h>

#define REFERENCE_CALLS 2000000 /* a tenth of a second: as long as most subjects */
#define NS_PER_S        1e9

static uint64_t cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

static double rate(uint64_t n, uint64_t since_ns)
{
    return (double)n * NS_PER_S / (double)(cpu_ns() - since_ns);
}

static int compare(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

static double median(double values[SQ_BENCH_ROUNDS])
{
    qsort(values, SQ_BENCH_ROUNDS, sizeof values[0], compare);
    return values[SQ_BENCH_ROUNDS / 2];
}

struct sq_measured sq_measure(struct sq_reference *reference, const struct sq_subject *subject)
{
    double reference_s[SQ_BENCH_ROUNDS];
    double per_s[SQ_BENCH_ROUNDS];
    double ratio[SQ_BENCH_ROUNDS];
    for (uint32_t i = 0; i < SQ_BENCH_ROUNDS; i++) {
        uint64_t since_ns = cpu_ns();
        if (sq_reference_run(reference, REFERENCE_CALLS) == 0) {
            return (struct sq_measured){.failed = true};
        }
        reference_s[i] = rate(REFERENCE_CALLS, since_ns);
        since_ns = cpu_ns();
        uint64_t n = subject->run(subject->context);
        if (n == 0) {
            return (struct sq_measured){.failed = true};
        }
        per_s[i] = rate(n, since_ns);
        ratio[i] = per_s[i] / reference_s[i];
    }
    return (struct sq_measured){
        .per_s = median(per_s), .ratio = median(ratio), .reference_s = median(reference_s)};
}
