/* SPDX-License-Identifier: MIT */
/*
 * The parts of the meter, one struct a noun; each adds up one kind of thing and knows nothing of
 * the others. Memory is taken in *_init and given back in *_clear, which accept a zeroed part;
 * nothing is allocated while a run goes on. Times in nanoseconds.
 */
#ifndef SQ_SIM_METER_INT_H
#define SQ_SIM_METER_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/int128.h"
#include "sim/meter.h"

/*
 * Grid: equal windows from time zero. The window of a time is found by multiplying with the
 * inverse of the width: floor(at * floor((2^64 - 1) / width) / 2^64) is exact or one too low, for
 * at < 2^63, which one compare repairs. What lies behind the last window belongs to it.
 */
struct meter_grid {
    sq_dur width;
    uint64_t inverse;
    uint32_t n;
};

struct meter_grid meter_grid_over(sq_dur span, sq_dur width);

static inline uint32_t meter_grid_index(const struct meter_grid *grid, sq_time at)
{
    uint64_t index = (uint64_t)(((sq_uint128)(uint64_t)at * grid->inverse) >> 64);
    index += (index + 1) * (uint64_t)grid->width <= (uint64_t)at;
    return index < grid->n ? (uint32_t)index : grid->n - 1;
}

/* ---- phases: the fault windows of the script in order of time, and what they make of a time */

/* Windows gathered of one script. Beyond it phases are asked of the scenario call by call, and
 * further windows leave no mark in peaks. */
#define METER_WINDOWS_MAX 100000
#define METER_NO_PHASE    UINT8_MAX /* between two fault windows */

struct meter_window {
    sq_time from;
    sq_time to;
    uint16_t rule;
};

struct meter_segment {
    sq_time from; /* until the next one's */
    uint8_t phase;
};

struct meter_phases {
    const struct sq_scenario *scenario;
    struct meter_window *windows; /* by start, end, rule */
    uint32_t n_windows;
    struct meter_segment *segments; /* the first begins at 0; empty: ask the scenario */
    uint32_t n_segments;
    uint32_t current; /* the segment found last */
};

bool meter_phases_init(struct meter_phases *phases, const struct sq_scenario *scenario);
void meter_phases_clear(struct meter_phases *phases);
/* How much of [from, to) belongs to the phase, the last one being without an end. 0 where there are
 * too many windows to tell. */
sq_dur meter_phases_overlap(const struct meter_phases *phases, uint8_t phase, sq_time from,
                            sq_time to);
/* enum sq_phase_index, or METER_NO_PHASE. */
uint8_t meter_phases_at(struct meter_phases *phases, sq_time at);

/* ---- calls: histograms and what is added up by call and by attempt */

enum meter_histogram {
    METER_CALL_DURATION, /* made of the outcomes' at the close */
    METER_ATTEMPT_DURATION,
    METER_TTFT,
    METER_TPOT,
    METER_BACKOFF_WAIT,
    METER_POOL_WAIT,
    METER_TIME_TO_OPEN,
    METER_TIME_TO_RECOVER,
    METER_START_DELAY,
    METER_BY_OUTCOME,
    METER_BY_PHASE = METER_BY_OUTCOME + SQ_OUTCOMES
};

struct meter_calls {
    struct sq_histogram *histograms; /* one block, indices as above */
    uint32_t n_histograms;
    uint8_t n_workload_phases;
    struct sq_token_sum used; /* bills of the answers that calls ended with */
};

bool meter_calls_init(struct meter_calls *calls, const struct sq_scenario *scenario);
void meter_calls_clear(struct meter_calls *calls);
/* phase: of the intended start. */
void meter_calls_over(struct meter_calls *calls, struct sq_column *sum,
                      const struct sq_call_record *record, enum sq_outcome outcome, uint8_t phase);
void meter_calls_close(struct meter_calls *calls);
void meter_calls_merge(struct meter_calls *into, const struct meter_calls *from);
/* False when out of memory; the column owns what it got until then. */
bool meter_calls_fill(const struct meter_calls *calls, struct sq_column *column);
void meter_tokens_add(struct sq_token_sum *sum, const struct sq_bill *bill, int64_t cost);
void meter_tokens_merge(struct sq_token_sum *into, const struct sq_token_sum *from);
void meter_tally_count(struct sq_tally *tally, enum sq_outcome outcome);
void meter_tally_merge(struct sq_tally *into, const struct sq_tally *from);
/* The strategy that answered such a call; false: none did. */
bool meter_strategy_of(enum sq_outcome outcome, bool by_rule, enum sq_strategy *strategy);
/* Counts of calls, attempts, tokens; digests; seeds. */
void meter_sum_merge(struct sq_column *into, const struct sq_column *from);

/* ---- timeline */

/* Latency of a window is kept with 16 sub-buckets an octave, from 1.024 us to 2.4 h: a bucket is
 * at most 1/16 wide and its middle is told, so p50 and p95 of a window are within 3.2 % (below and
 * above that range: the nearest end). The maximum is exact. */
#define METER_TIMELINE_SUB_BITS 4
#define METER_TIMELINE_LOW_BIT  10
#define METER_TIMELINE_OCTAVES  33
#define METER_TIMELINE_BUCKETS  (METER_TIMELINE_OCTAVES << METER_TIMELINE_SUB_BITS)

struct meter_timeline_latency {
    int64_t max;
    uint32_t count;
    uint32_t bucket[METER_TIMELINE_BUCKETS];
};

struct meter_timeline {
    struct meter_grid grid;
    struct sq_timeline_window *windows; /* quantiles are set in fill */
    struct meter_timeline_latency *latencies;
};

/* The smallest width that covers the span with windows that hold enough of the expected calls to
 * say a median: never more than SQ_TIMELINE_WINDOWS_MAX. */
sq_dur meter_timeline_width(sq_dur span, uint64_t calls);
bool meter_timeline_init(struct meter_timeline *timeline, const struct sq_scenario *scenario);
void meter_timeline_clear(struct meter_timeline *timeline);
/* A valid call's end; EXCLUDED ones are counted without their duration. */
void meter_timeline_call_over(struct meter_timeline *timeline, sq_time intended_at,
                              enum sq_outcome outcome, sq_dur duration);
void meter_timeline_merge(struct meter_timeline *into, const struct meter_timeline *from);
bool meter_timeline_fill(const struct meter_timeline *timeline, struct sq_column *column);

struct meter_windows;

/* ---- slices: what checks ask of a part of the run */

/* The time after the last fault is cut into at most so many spans of whole recovery windows: where
 * it was recovered is known only in the end. */
#define METER_SLICE_SPANS_MAX 64

struct meter_slice {
    struct sq_slice_key key;
    bool kept[SQ_SLICE_HISTOGRAMS];
    struct sq_slice *parts; /* one, or the spans; once closed the first is all */
    uint32_t n_parts;
    struct sq_histogram *histograms; /* those kept, part by part */
    sq_dur *open_time;               /* n_breakers a part */
};

struct meter_slices {
    const struct sq_scenario *scenario;
    struct meter_phases *phases;
    const struct meter_windows *windows;
    struct meter_slice *list;
    uint32_t n_list; /* 0: no check asks for one, and nothing else here may be called */
    uint32_t n_breakers;
    sq_time after;    /* end of the last fault */
    sq_dur span;      /* of the parts since then */
    uint32_t n_spans; /* 0: three windows do not fit in the run, or there was no fault */
};

bool meter_slices_init(struct meter_slices *slices, const struct sq_scenario *scenario,
                       struct meter_phases *phases, const struct meter_windows *windows,
                       uint32_t n_breakers);
void meter_slices_clear(struct meter_slices *slices);
/* cost: of the used bill. */
void meter_slices_call_over(struct meter_slices *slices, const struct sq_call_record *record,
                            enum sq_outcome outcome, int64_t cost);
void meter_slices_sent(struct meter_slices *slices, sq_time at);
void meter_slices_span(struct meter_slices *slices, enum sq_slice_histogram which, sq_time at,
                       sq_dur span);
void meter_slices_bill(struct meter_slices *slices, const struct sq_bill *bill, int64_t cost,
                       sq_time at);
/* A window of 250 ms that counts for peaks. */
void meter_slices_window(struct meter_slices *slices, sq_time from, uint64_t attempts,
                         uint64_t calls);
/* The breaker of this index was open or half open. */
void meter_slices_open(struct meter_slices *slices, uint32_t breaker, sq_time from, sq_time to);
void meter_slices_close(struct meter_slices *slices);
void meter_slices_merge(struct meter_slices *into, const struct meter_slices *from);
bool meter_slices_fill(const struct meter_slices *slices, struct sq_column *column);

/* How far a call's first token and pace can be told: false: it was not streamed, or no attempt of
 * it answered. tpot is -1 where there was one token only. */
bool meter_call_stream_times(const struct sq_call_record *record, sq_dur *ttft, sq_dur *tpot);

/* ---- rates: attempts and calls per 250 ms, only the present window is kept */

#define METER_RATE_WIDTH    (250 * SQ_MS)
#define METER_RATE_LEFT_OUT (500 * SQ_MS) /* from the start of a fault window */

struct meter_rates {
    const struct meter_phases *phases;
    struct meter_slices *slices; /* told of each window; NULL: none is kept */
    sq_time from;                /* of the present window */
    uint64_t attempts;
    uint64_t calls;
    uint32_t next_fault; /* the first fault window whose left out span may still matter */
    uint64_t peak_attempts;
    uint64_t peak_sum;       /* of the peaks of all seeds; set when closed */
    uint64_t ratio_attempts; /* of the window with the most attempts per call */
    uint64_t ratio_calls;    /* 0: there was none with a call */
};

void meter_rates_init(struct meter_rates *rates, const struct meter_phases *phases,
                      struct meter_slices *slices);
/* Ends the present window and begins the one of `at`. */
void meter_rates_turn(struct meter_rates *rates, sq_time at);
void meter_rates_merge(struct meter_rates *into, const struct meter_rates *from);
/* Ends the last window; once, before merge. */
void meter_rates_close(struct meter_rates *rates, sq_time now);
int64_t meter_rates_peak_amplification(const struct meter_rates *rates); /* millionths */

static inline void meter_rates_attempt(struct meter_rates *rates, sq_time at)
{
    if (at - rates->from >= METER_RATE_WIDTH) {
        meter_rates_turn(rates, at);
    }
    rates->attempts++;
}

static inline void meter_rates_call(struct meter_rates *rates, sq_time at)
{
    if (at - rates->from >= METER_RATE_WIDTH) {
        meter_rates_turn(rates, at);
    }
    rates->calls++;
}

/* ---- breakers */

struct meter_breaker {
    sq_time left_closed_at; /* SQ_NEVER: it is closed */
    uint64_t opened;
    sq_dur open_time;
};

struct meter_breakers {
    const struct sq_settings *policy;
    struct meter_slices *slices;   /* told of each time open; NULL: none is kept */
    uint32_t first[SQ_LAYERS_MAX]; /* of the layer's breakers in the list */
    struct meter_breaker *list;
    uint32_t n_list;
    struct sq_transition *transitions;
    uint32_t n_transitions;
    uint64_t counted;
};

bool meter_breakers_init(struct meter_breakers *breakers, const struct sq_settings *policy);
void meter_breakers_clear(struct meter_breakers *breakers);
void meter_breakers_transition(struct meter_breakers *breakers,
                               const struct sq_transition *transition);
void meter_breakers_close(struct meter_breakers *breakers, sq_time now);
void meter_breakers_merge(struct meter_breakers *into, const struct meter_breakers *from);
bool meter_breakers_fill(const struct meter_breakers *breakers, struct sq_column *column);

/* ---- fault windows: strikes, time to open, time to recover */

#define METER_RECOVERY_TARGET    (SQ_RATIO_ONE / 100 * 99)
#define METER_RECOVERY_CELLS_MAX (4u * 1024 * 1024)

struct meter_cell {
    uint32_t valid;
    uint32_t good;
};

/*
 * Recovery windows begin at the ends of faults, so each end has its own windows. All share one row
 * of cells: the spans between any two starts of windows. A window is n_ends + 1 cells in a row.
 */
struct meter_windows {
    struct sq_fault_window *list; /* the first SQ_FAULT_WINDOWS_MAX by start */
    uint32_t n_list;
    struct meter_grid grid;
    sq_dur ends[SQ_FAULT_WINDOWS_MAX]; /* ends of faults modulo the width, rising */
    uint32_t n_ends;
    struct meter_cell *cells;
    uint32_t n_cells;
    int64_t target; /* availability that counts as back, parts per billion */
    sq_dur duration;
    uint64_t not_recovered;
};

bool meter_windows_init(struct meter_windows *windows, const struct meter_phases *phases,
                        const struct sq_scenario *scenario);
void meter_windows_clear(struct meter_windows *windows);
void meter_windows_struck(struct meter_windows *windows, uint16_t rule, sq_time at);
void meter_windows_opened(struct meter_windows *windows, sq_time at);
/* From the end of the last fault (a steady state is probed after it) to the first of three good
 * windows; -1: not within the run. */
sq_dur meter_windows_recovery(const struct meter_windows *windows, sq_time end);
/* A valid call that ended. */
void meter_windows_call_over(struct meter_windows *windows, sq_time intended_at, bool good);
void meter_windows_close(struct meter_windows *windows, struct sq_histogram *time_to_open,
                         struct sq_histogram *time_to_recover);
void meter_windows_merge(struct meter_windows *into, const struct meter_windows *from);
bool meter_windows_fill(const struct meter_windows *windows, struct sq_column *column);

/* ---- the whole */

struct sq_meter {
    const struct sq_scenario *scenario;
    sq_dur warmup;
    bool closed;
    struct sq_column sum; /* counts only: what it could own stays NULL until fill */
    struct meter_phases phases;
    struct meter_calls calls;
    struct meter_timeline timeline;
    struct meter_rates rates;
    struct meter_breakers breakers;
    struct meter_windows windows;
    struct meter_slices slices;
};

#endif
