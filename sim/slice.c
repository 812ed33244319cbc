/* SPDX-License-Identifier: MIT */
/* Which part of a run a check is of, and where that part is found in a column. */
#include <stddef.h>

#include "base/assert.h"
#include "base/memory.h"
#include "sim/result.h"

struct sq_slice_key sq_slice_key_of(const struct sq_threshold *what)
{
    struct sq_slice_key key = {.phase = SQ_SLICE_ANY, .outcome = SQ_SLICE_ANY};
    if (what->selector == SQ_SELECT_PHASE) {
        sq_assert(what->selected < SQ_RESULT_PHASES_MAX);
        key.phase = what->selected;
    }
    if (what->selector == SQ_SELECT_OUTCOME) {
        sq_assert(what->selected < SQ_OUTCOMES);
        key.outcome = what->selected;
    }
    if (what->when == SQ_WHEN_BEFORE) {
        key.phase = SQ_PHASE_BEFORE;
    } else if (what->when == SQ_WHEN_AFTER) {
        key.phase = SQ_SLICE_RECOVERED;
    }
    return key;
}

static bool is_call_ratio(enum sq_metric metric)
{
    return metric <= SQ_METRIC_FALLBACK_RATIO;
}

bool sq_slice_needed(const struct sq_threshold *what)
{
    struct sq_slice_key key = sq_slice_key_of(what);
    if (key.phase == SQ_SLICE_RECOVERED) {
        return true;
    }
    if (key.phase != SQ_SLICE_ANY && key.outcome != SQ_SLICE_ANY) {
        return true;
    }
    if (key.phase == SQ_SLICE_ANY && key.outcome == SQ_SLICE_ANY) {
        return false;
    }
    bool strategy = what->selector == SQ_SELECT_STRATEGY;
    return what->metric != SQ_METRIC_CALL_DURATION &&
           (strategy || key.phase == SQ_SLICE_ANY || !is_call_ratio(what->metric));
}

bool sq_slice_histogram_of(enum sq_metric metric, enum sq_slice_histogram *histogram)
{
    static const enum sq_metric metrics[SQ_SLICE_HISTOGRAMS] = {
        [SQ_SLICE_CALL_DURATION] = SQ_METRIC_CALL_DURATION,
        [SQ_SLICE_ATTEMPT_DURATION] = SQ_METRIC_ATTEMPT_DURATION,
        [SQ_SLICE_TTFT] = SQ_METRIC_TTFT,
        [SQ_SLICE_TPOT] = SQ_METRIC_TPOT,
        [SQ_SLICE_BACKOFF_WAIT] = SQ_METRIC_BACKOFF_WAIT,
        [SQ_SLICE_POOL_WAIT] = SQ_METRIC_POOL_WAIT,
        [SQ_SLICE_TIME_TO_OPEN] = SQ_METRIC_TIME_TO_OPEN,
        [SQ_SLICE_TIME_TO_RECOVER] = SQ_METRIC_TIME_TO_RECOVER,
    };
    for (int i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        if (metrics[i] == metric) {
            *histogram = (enum sq_slice_histogram)i;
            return true;
        }
    }
    return false;
}

const struct sq_slice *sq_column_slice(const struct sq_column *column,
                                       const struct sq_threshold *what)
{
    struct sq_slice_key key = sq_slice_key_of(what);
    for (uint32_t i = 0; i < column->n_slices; i++) {
        const struct sq_slice *slice = &column->slices[i];
        if (slice->key.phase == key.phase && slice->key.outcome == key.outcome) {
            return slice;
        }
    }
    return NULL;
}

void sq_slice_clear(struct sq_slice *slice)
{
    for (int i = 0; i < SQ_SLICE_HISTOGRAMS; i++) {
        sq_memory_free(slice->histograms[i]);
    }
    sq_memory_free(slice->open_time);
    *slice = (struct sq_slice){0};
}
