/* SPDX-License-Identifier: MIT */
/* Log-linear histogram: a bucket's index is found from the position of the value's leading bit. */
#include "base/histogram.h"

#include <stdbool.h>

#include "base/assert.h"

#define SUB_BITS    7
#define PER_MILLION 1000000

_Static_assert(SQ_HISTOGRAM_SUB_BUCKETS == 1 << SUB_BITS, "sub-buckets are a power of two");

uint32_t sq_histogram_index(int64_t value)
{
    sq_assert(value >= 0);
    if (value < SQ_HISTOGRAM_SUB_BUCKETS) {
        return (uint32_t)value;
    }
    uint32_t octave = 63 - SUB_BITS - (uint32_t)__builtin_clzll((uint64_t)value);
    return octave * SQ_HISTOGRAM_SUB_BUCKETS + (uint32_t)(value >> octave);
}

/* By how many bits the values of a bucket are shifted: a bucket is 2^shift wide. */
static uint32_t shift_of(uint32_t index)
{
    uint32_t octave = index >> SUB_BITS;
    return octave == 0 ? 0 : octave - 1;
}

int64_t sq_histogram_lower(uint32_t index)
{
    sq_assert(index < SQ_HISTOGRAM_BUCKETS);
    uint32_t shift = shift_of(index);
    return (int64_t)(index - shift * SQ_HISTOGRAM_SUB_BUCKETS) << shift;
}

static int64_t middle_of(uint32_t index)
{
    int64_t width = (int64_t)1 << shift_of(index);
    return sq_histogram_lower(index) + (width - 1) / 2;
}

static void widen(struct sq_histogram *histogram, int64_t min, int64_t max)
{
    if (histogram->count == 0 || min < histogram->min) {
        histogram->min = min;
    }
    if (histogram->count == 0 || max > histogram->max) {
        histogram->max = max;
    }
}

void sq_histogram_record(struct sq_histogram *histogram, int64_t value)
{
    histogram->bucket[sq_histogram_index(value)] += 1;
    widen(histogram, value, value);
    histogram->count += 1;
    histogram->sum += (uint64_t)value;
}

void sq_histogram_merge(struct sq_histogram *into, const struct sq_histogram *from)
{
    if (from->count == 0) {
        return;
    }
    widen(into, from->min, from->max);
    into->count += from->count;
    into->sum += from->sum;
    for (uint32_t i = 0; i < SQ_HISTOGRAM_BUCKETS; i++) {
        into->bucket[i] += from->bucket[i];
    }
}

static int64_t within(int64_t value, int64_t min, int64_t max)
{
    if (value < min) {
        return min;
    }
    return value > max ? max : value;
}

int64_t sq_histogram_quantile(const struct sq_histogram *histogram, uint32_t per_million)
{
    sq_assert(per_million <= PER_MILLION);
    if (histogram->count == 0) {
        return 0;
    }
    sq_uint128 product = (sq_uint128)histogram->count * per_million;
    uint64_t rank = (uint64_t)((product + PER_MILLION - 1) / PER_MILLION);
    rank = rank == 0 ? 1 : rank;
    uint64_t counted = 0;
    uint32_t last = sq_histogram_index(histogram->max);
    for (uint32_t i = sq_histogram_index(histogram->min); i <= last; i++) {
        counted += histogram->bucket[i];
        if (counted >= rank) {
            return within(middle_of(i), histogram->min, histogram->max);
        }
    }
    sq_assert(false);
    return histogram->max;
}

uint64_t sq_histogram_count_to(const struct sq_histogram *histogram, int64_t value)
{
    uint32_t last = sq_histogram_index(value);
    uint64_t counted = 0;
    for (uint32_t i = 0; i <= last; i++) {
        counted += histogram->bucket[i];
    }
    return counted;
}

int64_t sq_histogram_mean(const struct sq_histogram *histogram)
{
    if (histogram->count == 0) {
        return 0;
    }
    return (int64_t)((histogram->sum + histogram->count / 2) / histogram->count);
}
