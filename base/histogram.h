/* SPDX-License-Identifier: MIT */
/*
 * Log-linear histogram of non-negative whole numbers (HdrHistogram's layout): values below 128
 * exactly, above that 128 sub-buckets an octave, so a bucket is at most 1/128 = 0.78 % wide.
 * Counters are added when merging, so any order of merging gives the same object. Count, sum,
 * minimum and maximum are exact. A zeroed object is an empty histogram; 58 KB, nothing owned.
 */
#ifndef SQ_BASE_HISTOGRAM_H
#define SQ_BASE_HISTOGRAM_H

#include <stdint.h>

#include "base/int128.h"

/* The 128 exact values, then the octaves that begin at 2^7 .. 2^62: every int64_t >= 0. */
#define SQ_HISTOGRAM_SUB_BUCKETS 128
#define SQ_HISTOGRAM_BUCKETS     (SQ_HISTOGRAM_SUB_BUCKETS * 57)

struct sq_histogram {
    uint64_t count;
    sq_uint128 sum;
    int64_t min; /* meaningless while count is 0 */
    int64_t max;
    uint64_t bucket[SQ_HISTOGRAM_BUCKETS];
};

uint32_t sq_histogram_index(int64_t value); /* the bucket of a value; value >= 0 */
int64_t sq_histogram_lower(uint32_t index); /* the lowest value of a bucket */
void sq_histogram_record(struct sq_histogram *histogram, int64_t value);
void sq_histogram_merge(struct sq_histogram *into, const struct sq_histogram *from);
/* The value at rank ceil(count * per_million / 1e6), at least 1: the middle of its bucket, kept
 * within [min, max], so at most 0.4 % off. per_million 0..1e6. 0 when empty. */
int64_t sq_histogram_quantile(const struct sq_histogram *histogram, uint32_t per_million);
/* How many recorded values lie in buckets at or below the bucket of value; value >= 0. */
uint64_t sq_histogram_count_to(const struct sq_histogram *histogram, int64_t value);
int64_t
sq_histogram_mean(const struct sq_histogram *histogram); /* rounded to nearest; 0 when empty */

#endif
