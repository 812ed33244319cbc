/* SPDX-License-Identifier: MIT */
/*
 * The result: every number of a run, computed once by the meter, judged once; the printed text,
 * every file and the exit code come from this object alone. A column is one policy in one mode, its
 * seeds pooled.
 *
 * Units as in scenarios/metrics.h: nanoseconds, parts per billion, pico-dollars. Counts add up:
 * outcomes to calls, attempts by class and role to attempts, bills to tokens.
 */
#ifndef SQ_SIM_RESULT_H
#define SQ_SIM_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/histogram.h"
#include "base/time.h"
#include "policies/engine.h"
#include "scenarios/scenario.h"
#include "sim/parts/part.h"
#include "wire/repair.h"

#define SQ_RESULT_SCHEMA        "squall/result/1"
#define SQ_TIMELINE_WINDOWS_MAX 300
#define SQ_RESULT_PHASES_MAX    (SQ_PHASE_WORKLOAD_0 + SQ_WORKLOAD_PHASES_MAX)
#define SQ_TRANSITIONS_MAX      512 /* kept of the first seed, for lanes; all are counted */
#define SQ_FAULT_WINDOWS_MAX                                                                       \
    128 /* windows reported one by one; further ones still shape the phases */
#define SQ_COLUMNS_MAX            (2 * SQ_POLICIES_MAX)
#define SQ_RESULT_FELL_BEHIND     "the load generator fell behind its schedule"
#define SQ_ATTEMPTS_SHOWN_MAX     16 /* attempts per call, the last bucket takes the rest */
#define SQ_DIFFERENCES_MAX        50 /* calls listed by the comparison of two clocks */
#define SQ_DIFFERENCE_CAUSE_BYTES 192

enum sq_mode { SQ_MODE_VIRTUAL, SQ_MODE_LIVE };
const char *sq_mode_name(enum sq_mode mode);

struct sq_tally {
    uint64_t calls; /* started, excluded ones too */
    uint64_t outcome[SQ_OUTCOMES];
};

uint64_t sq_tally_valid(const struct sq_tally *tally);
uint64_t sq_tally_good(const struct sq_tally *tally); /* the numerator of availability */

struct sq_token_sum {
    uint64_t input;
    uint64_t cached;
    uint64_t output;
    int64_t cost; /* pico-dollars */
};

/* One window of the timeline: [index * width, (index + 1) * width). Calls count where they were
 * intended to start, attempts where they were sent, latency where the call was intended to start.
 * p50 and p95 are within 3.2 % and obey n(1-q) >= 10; max is exact.
 */
struct sq_timeline_window {
    uint64_t calls;
    uint64_t attempts;
    uint64_t outcome[SQ_OUTCOMES];
    int64_t p50; /* of call_duration; -1: no data */
    int64_t p95;
    int64_t max;
};

struct sq_transition {
    sq_time at;
    uint8_t layer;
    uint16_t breaker;
    uint8_t from; /* enum sq_breaker_state */
    uint8_t to;
};

struct sq_breaker_result {
    const char *name; /* "openai/gpt-4o" */
    uint8_t layer;
    uint64_t opened;  /* times */
    sq_dur open_time; /* open or half open */
};

struct sq_fault_window {
    uint16_t rule;
    sq_time from;
    sq_time to;
    uint64_t struck;        /* attempts a rule's effect reached within it, summed over seeds */
    sq_dur time_to_open;    /* of the first seed; -1: no breaker opened within it */
    sq_dur time_to_recover; /* of the first seed; -1: not within the run */
};

/*
 * A slice: what was added up of a part of the run, kept only where a check asks for a part that has
 * no place of its own in the column. A part is a phase, the time since the last fault was recovered
 * from, or the calls of one outcome. Calls and their durations belong to the part in which they
 * were intended; attempts, their bills and waits for them to the one in which they were sent (or
 * began); what happens after the end of the duration to the one that lasts to the end.
 */
#define SQ_SLICE_ANY       UINT8_MAX       /* phase, outcome: not chosen by it */
#define SQ_SLICE_RECOVERED (UINT8_MAX - 1) /* phase: since the recovery from the last fault */

struct sq_slice_key {
    uint8_t phase;   /* enum sq_phase_index, or one of the above */
    uint8_t outcome; /* enum sq_outcome, or SQ_SLICE_ANY */
};

enum sq_slice_histogram {
    SQ_SLICE_CALL_DURATION,
    SQ_SLICE_ATTEMPT_DURATION,
    SQ_SLICE_TTFT,
    SQ_SLICE_TPOT,
    SQ_SLICE_BACKOFF_WAIT,
    SQ_SLICE_POOL_WAIT,
    SQ_SLICE_TIME_TO_OPEN,    /* of the whole run only */
    SQ_SLICE_TIME_TO_RECOVER, /* of the whole run only */
    SQ_SLICE_HISTOGRAMS
};

struct sq_slice {
    struct sq_slice_key key;
    struct sq_tally tally;
    uint64_t strategy[SQ_STRATEGIES];
    uint64_t call_attempts; /* of its calls */
    uint64_t sent;          /* attempts sent in its time */
    struct sq_token_sum billed;
    struct sq_token_sum used;
    uint64_t peak_attempts; /* of windows of 250 ms that begin in it */
    int64_t peak_amplification;
    sq_dur span;         /* within the duration, summed over seeds */
    sq_dur counted_span; /* of that, after the warm-up */
    sq_dur *open_time;   /* one a breaker of the column; NULL: not kept */
    uint32_t n_open_time;
    uint32_t n_unrecovered; /* seeds: the part is all that came after the last fault */
    uint32_t n_unjudged;    /* seeds that have no such part */
    struct sq_histogram *histograms[SQ_SLICE_HISTOGRAMS]; /* NULL: not kept */
};

enum sq_verdict { SQ_VERDICT_PASSED, SQ_VERDICT_FAILED, SQ_VERDICT_INCONCLUSIVE };
const char *sq_verdict_name(enum sq_verdict verdict);

struct sq_check {
    const struct sq_threshold *threshold;
    bool has_value;
    int64_t value;  /* in the unit of the metric's kind */
    int64_t margin; /* how far on the good side of the limit; negative: on the bad side */
    enum sq_verdict verdict;
    const char *reason; /* why inconclusive, or "" */
};

struct sq_column {
    const struct sq_settings *policy;
    enum sq_mode mode;
    uint32_t n_seeds; /* that ran */
    bool interrupted;
    bool fell_behind;         /* the load generator, live only */
    bool estimated;           /* tokens and cost: somebody else's endpoint keeps the real books */
    const char *inconclusive; /* why the whole run says nothing; NULL: it does */

    struct sq_tally total;
    struct sq_tally phase[SQ_RESULT_PHASES_MAX];
    struct sq_tally strategy_total; /* calls answered by a strategy; other outcomes stay 0 */
    uint64_t strategy[SQ_STRATEGIES];
    uint64_t attempts;        /* on the wire */
    uint64_t refused_locally; /* judged without a send */
    uint64_t attempts_per_call[SQ_ATTEMPTS_SHOWN_MAX];
    uint64_t layer_sends[SQ_LAYERS_MAX];
    uint64_t repaired[SQ_REPAIR_STEPS]; /* answers that were usable only after this step */
    uint64_t class_by_role[SQ_ROLES_MAX][SQ_CLASSES]; /* ended attempts; SQ_CLASS_NONE: answered */
    uint64_t outcome_by_class[SQ_OUTCOMES]
                             [SQ_CLASSES]; /* why calls ended as they did: the reported class */
    uint64_t answers_by_role[SQ_ROLES_MAX];

    struct sq_token_sum billed;
    struct sq_token_sum wasted;
    struct sq_token_sum billed_by_role[SQ_ROLES_MAX];

    struct sq_histogram *call_duration;                           /* of all valid calls */
    struct sq_histogram *duration_by_outcome[SQ_OUTCOMES];        /* NULL: none */
    struct sq_histogram *duration_by_phase[SQ_RESULT_PHASES_MAX]; /* NULL: none */
    struct sq_histogram *attempt_duration;
    struct sq_histogram *ttft;
    struct sq_histogram *tpot;
    struct sq_histogram *backoff_wait;
    struct sq_histogram *pool_wait;
    struct sq_histogram *time_to_open; /* one value a fault window and seed */
    struct sq_histogram *time_to_recover;
    uint64_t windows_not_recovered;
    struct sq_histogram *start_delay; /* actual minus intended start; all 0 in virtual */

    uint64_t peak_attempts_per_250ms; /* of the seed with the most */
    uint64_t peak_attempts_sum;       /* of the seeds' own peaks */
    int64_t peak_attempts_mean;       /* of the seeds' own peaks; millionths */
    int64_t peak_amplification;       /* millionths */

    sq_dur timeline_width;
    uint32_t n_timeline;
    struct sq_timeline_window *timeline;
    struct sq_transition *transitions; /* of the first seed */
    uint32_t n_transitions;
    uint64_t transitions_counted;
    struct sq_breaker_result *breakers;
    uint32_t n_breakers;
    struct sq_fault_window *windows;
    uint32_t n_windows;
    struct sq_slice *slices;
    uint32_t n_slices;

    struct sq_check checks[SQ_THRESHOLDS_MAX]; /* one a threshold of the scenario, same order */
    uint32_t n_checks;
    enum sq_verdict verdict; /* of the checks that count; passed when there are none */

    uint64_t decision_digest; /* virtual only */
    uint64_t outcome_digest;
    uint64_t replayed_events; /* live: fed again offline with the same answers; 0 in virtual */
    bool replay_differs;      /* live: they were not the same */
};

/* The two clocks on one scenario, policy and seed. */
struct sq_difference {
    uint64_t call;
    char virtual_path[64]; /* "primary:rate_limited primary:none -> recovered" */
    char live_path[64];
    char cause[SQ_DIFFERENCE_CAUSE_BYTES]; /* the first shared state that differed: "breaker
                                              openai/gpt-4o was open in live, closed in virtual" */
};

struct sq_agreement {
    uint32_t virtual_column;
    uint32_t live_column;
    uint64_t calls;     /* in both */
    uint64_t near_edge; /* set aside: an attempt within SQ_AGREEMENT_EDGE of a window edge or
                           breaker transition, or a user's one call more */
    uint64_t compared;
    uint64_t differing;
    struct sq_difference differences[SQ_DIFFERENCES_MAX];
    uint32_t n_differences;
    int64_t availability_gap; /* parts per billion, live - virtual */
    int64_t p50_virtual;
    int64_t p50_live;
    int64_t p95_virtual;
    int64_t p95_live;
    bool agree;
};

#define SQ_AGREEMENT_EDGE (10 * SQ_MS)

#define SQ_LABELS_MAX 32

/* What the caller wants noted with the result, such as the commit. */
struct sq_label {
    const char *key;
    const char *value;
};

struct sq_result {
    const struct sq_scenario *scenario; /* borrowed */
    const struct sq_label *labels;      /* borrowed */
    uint32_t n_labels;
    struct sq_column columns[SQ_COLUMNS_MAX];
    uint32_t n_columns;
    struct sq_agreement agreements[SQ_POLICIES_MAX];
    uint32_t n_agreements;
    bool interrupted;
    struct sq_part *part; /* of a shard, owned; NULL: the result is whole */
    enum sq_verdict verdict;
    int exit_code; /* 0, 1, 5, 130 or 143: what this result alone asks for; of a part 0 or 130 */
};

/* A metric's value over a column, as checks see it; false: no data (or, for p(q), fewer than n(1-q)
 * >= 10), and *reason says why. A fault that was never recovered from counts as a time_to_recover
 * of SQ_NEVER. */
bool sq_result_value(const struct sq_result *result, const struct sq_column *column,
                     const struct sq_threshold *what, int64_t *value, const char **reason);

/* The part of the run that a check is of. */
struct sq_slice_key sq_slice_key_of(const struct sq_threshold *what);
/* Whether the meter must keep a slice for this check; else the column has the numbers. */
bool sq_slice_needed(const struct sq_threshold *what);
/* The histogram a metric is taken from; false: it has none. */
bool sq_slice_histogram_of(enum sq_metric metric, enum sq_slice_histogram *histogram);
/* The column's slice; NULL: it was not kept. */
const struct sq_slice *sq_column_slice(const struct sq_column *column,
                                       const struct sq_threshold *what);
void sq_slice_clear(struct sq_slice *slice); /* frees what it owns */

/* Availability and its kin of a tally, in parts per billion, rounded down (error_ratio is 1 -
 * availability to the last digit); -1: no valid calls. */
int64_t sq_result_ratio(const struct sq_column *column, const struct sq_tally *tally,
                        enum sq_metric metric);

/* Which strategy a call with this outcome was answered by; false: by none, the wanted role or an
 * error. */
bool sq_outcome_strategy(enum sq_outcome outcome, enum sq_strategy *strategy);

/* Whether p(per_million) of n values counts: n(1-q) >= SQ_QUANTILE_TAIL. */
#define SQ_QUANTILE_TAIL 10
bool sq_result_quantile_counts(uint64_t n, uint32_t per_million);

/* p(per_million) of a histogram where n(1-q) >= 10; false: not enough data. */
bool sq_result_quantile(const struct sq_histogram *histogram, uint32_t per_million, int64_t *value);

/* Whether every count of the column is the sum of its parts; false: *what names the first that is
 * not, a text that stays valid. Holds after every run whose calls all ended. */
bool sq_column_adds_up(const struct sq_column *column, const char **what);

void sq_column_clear(struct sq_column *column); /* accepts a zeroed column */
/* Of n columns from sq_memory_new; accepts NULL. */
void sq_columns_free(struct sq_column *columns, uint32_t n);
void sq_result_clear(struct sq_result *result); /* accepts a zeroed result */

#endif
