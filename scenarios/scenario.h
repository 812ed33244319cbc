/* SPDX-License-Identifier: MIT */
/*
 * The scenario: everything a run needs, as one struct: complete, checked, immutable once loaded.
 * All text and tables live in its arena and die with it.
 *
 * Units: nanoseconds; Q32 shares; micro-calls per second; see metrics.h for the values of
 * thresholds.
 */
#ifndef SQ_SCENARIOS_SCENARIO_H
#define SQ_SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/curve.h"
#include "base/dist.h"
#include "base/time.h"
#include "base/zipf.h"
#include "mockprovider/script.h"
#include "policies/settings.h"
#include "scenarios/metrics.h"
#include "wire/json.h"
#include "wire/schema.h"

#define SQ_WORKLOAD_PHASES_MAX   32
#define SQ_WORKLOAD_REQUESTS_MAX 32
#define SQ_WORKLOAD_STREAMS_MAX  16      /* side by side; a call id has room for 256 */
#define SQ_WORKLOAD_USERS_MAX    1000000 /* of a stream; a call id has room for 2^24 */
#define SQ_THRESHOLDS_MAX        64
#define SQ_TAGS_MAX              16
#define SQ_SOURCES_MAX           16
#define SQ_ASSUMPTIONS_MAX       16
#define SQ_SEEDS_MAX             100000
#define SQ_POLICIES_MAX          8 /* -p, side by side */

enum sq_arrivals { SQ_ARRIVALS_POISSON, SQ_ARRIVALS_CONSTANT, SQ_ARRIVALS_GAMMA };

struct sq_workload_phase {
    char name[SQ_NAME_BYTES];
    sq_time from;
    sq_dur duration;
    enum sq_arrivals arrivals;
    struct sq_curve rate; /* micro-calls per second, from the phase's start; a pause has rate 0 */
    struct sq_dist gap;   /* of gamma arrivals: as sq_workload.gap */
};

struct sq_workload_request {
    char name[SQ_NAME_BYTES];
    uint32_t weight_q32; /* share of its stream's mix: a part of 2^32, the last takes the rest */
    bool stream;
    uint8_t role;     /* the wanted one */
    uint8_t contract; /* of the script, from 1; 0: none */
    sq_dur deadline;  /* SQ_NEVER: none */
    struct sq_dist input_tokens;
    struct sq_dist output_tokens;
};

/* One request of a trace that is replayed. */
struct sq_replay_row {
    sq_time at; /* from the first row, speed already applied; never falling */
    uint32_t input_tokens;
    uint32_t output_tokens;
};

#define SQ_REPLAY_ROWS_MAX (4u << 20) /* 64 MiB of them */

struct sq_replay {
    const struct sq_replay_row *rows;
    uint32_t n_rows; /* 0: nothing is replayed */
    sq_dur period;   /* after which it begins again; 0: never */
};

#define SQ_PROMPT_TEXTS_MAX 1000

struct sq_prompt {
    char id[SQ_NAME_BYTES];
    const char *text; /* UTF-8 as written */
    size_t length;
    uint32_t tokens;
};

/* Which question a call asks; how often a question comes back is Zipf's law. */
struct sq_prompts {
    struct sq_zipf zipf;           /* n_items 0: every question is a new one */
    const struct sq_prompt *texts; /* one an item, or NULL: only their numbers are known */
};

enum sq_stream_kind { SQ_STREAM_OPEN, SQ_STREAM_REPLAY, SQ_STREAM_CLOSED };

/* One source of calls. Its phases and kinds of request are a part of the workload's lists. */
struct sq_stream_spec {
    char name[SQ_NAME_BYTES]; /* "": the only one */
    enum sq_stream_kind kind;
    uint8_t first_phase;
    uint8_t n_phases; /* but for open streams it is one, over the whole scenario */
    uint8_t first_request;
    uint8_t n_requests;
    uint32_t first_prompt;   /* its questions are numbered from here */
    uint32_t n_users;        /* closed: each has one call at a time */
    sq_dur ramp_up;          /* closed: the users begin evenly spread over it */
    struct sq_dist think;    /* closed: from the end of a call to the same user's next */
    struct sq_replay replay; /* replay: arrivals and tokens come from its rows */
    struct sq_prompts prompts;
};

struct sq_workload {
    struct sq_stream_spec streams[SQ_WORKLOAD_STREAMS_MAX];
    uint8_t n_streams;
    struct sq_workload_phase phases[SQ_WORKLOAD_PHASES_MAX]; /* stream after stream; the rate of one
                                                                that is not open is an estimate */
    uint8_t n_phases;
    struct sq_workload_request requests[SQ_WORKLOAD_REQUESTS_MAX]; /* stream after stream */
    uint8_t n_requests;
    uint32_t n_prompts;      /* questions of all streams */
    struct sq_dist gap;      /* exponential with mean SQ_WORKLOAD_GAP_ONE: the area under the rate
                                between Poisson arrivals */
    uint32_t n_keys;         /* API keys that calls are made with; 0: none, as the next two */
    uint32_t n_tenants;      /* on whose behalf calls are made */
    uint32_t session_length; /* calls of a session */
};

/* The question of this number; NULL where only its number is known, or not even that. */
const struct sq_prompt *sq_workload_prompt(const struct sq_workload *workload, uint32_t prompt);

/* Call ids: stream x 2^56 + (ordinal in an open stream, user x 2^32 + ordinal in a closed one).
 * Ordinals count from 1, streams and users from 0. */
#define SQ_CALL_STREAM_SHIFT 56
#define SQ_CALL_USER_SHIFT   32

static inline uint8_t sq_call_stream(uint64_t call)
{
    return (uint8_t)(call >> SQ_CALL_STREAM_SHIFT);
}

/* Keys, or tenants, of a workload. */
#define SQ_IDENTITIES_MAX 10000

/* One call is this much area under the rate curve: 10^6 micro-calls/s x 10^9 ns/s. */
#define SQ_WORKLOAD_GAP_ONE INT64_C(1000000000000000)

struct sq_role {
    char name[SQ_NAME_BYTES];
    uint16_t model; /* index in the script */
};

/* What a kind of request, or a policy, asks of its answers. The script's contract of the same
 * number says how a provider meets it. */
struct sq_scenario_contract {
    bool whole; /* not cut off at its length limit */
    bool json;
    struct sq_schema *schema;        /* NULL: any JSON, or any text; owned */
    const char *schema_text;         /* as one line; NULL: no schema; in the arena */
    struct sq_json_document *source; /* what the schema points into; owned */
};

enum sq_selector { SQ_SELECT_ALL, SQ_SELECT_OUTCOME, SQ_SELECT_PHASE, SQ_SELECT_STRATEGY };

/* {phase:...}: three reserved names, then the workload's own phases. */
enum sq_phase_index { SQ_PHASE_BEFORE, SQ_PHASE_FAULTY, SQ_PHASE_AFTER, SQ_PHASE_WORKLOAD_0 };

enum sq_strategy {
    SQ_STRATEGY_SWITCH_MODEL,
    SQ_STRATEGY_RULE_BASED,
    SQ_STRATEGY_CACHE,
    SQ_STRATEGY_ASYNC,
    SQ_STRATEGY_FINAL,
    SQ_STRATEGIES
};
const char *sq_strategy_name(enum sq_strategy strategy);

enum sq_operator {
    SQ_OPERATOR_LT,
    SQ_OPERATOR_LE,
    SQ_OPERATOR_GT,
    SQ_OPERATOR_GE,
    SQ_OPERATOR_EQ,
    SQ_OPERATOR_WITHIN /* limit <= value <= upper: the tolerance of a probe */
};
const char *sq_operator_name(enum sq_operator operation);

enum sq_no_data { SQ_NO_DATA_INCONCLUSIVE, SQ_NO_DATA_PASS, SQ_NO_DATA_FAIL };
enum sq_over { SQ_OVER_POOLED, SQ_OVER_EACH_SEED };

/* When a check is judged: thresholds over all, probes of the steady state before the first fault or
 * after the last one has been recovered from. A probe never has a phase of its own. */
enum sq_when { SQ_WHEN_ALL, SQ_WHEN_BEFORE, SQ_WHEN_AFTER };
const char *sq_when_name(enum sq_when when); /* "all", "before", "after" */

struct sq_threshold {
    const char
        *text; /* as written: "call_duration{phase:faulty} p(95)<2500ms" without spaces lost */
    enum sq_metric metric;
    enum sq_selector selector;
    uint8_t selected; /* enum sq_outcome, enum sq_phase_index or enum sq_strategy */
    enum sq_aggregation aggregation;
    uint32_t per_million; /* N of p(N), in millionths: p(99.9) is 999,000 */
    enum sq_operator operation;
    int64_t limit; /* in the unit of the metric's kind */
    int64_t upper; /* of SQ_OPERATOR_WITHIN */
    enum sq_when when;
    bool strict; /* false: reported, never fails the run */
    enum sq_no_data on_no_data;
    enum sq_over over;
};

struct sq_source {
    const char *title;
    const char *url;
    char grade; /* 'A', 'B', 'C', or 0 */
};

struct sq_scenario {
    struct sq_arena arena;
    const char *name; /* file name without folder and ending, or the catalog's name */
    const char *file; /* as given, for diagnostics */
    const char *title;
    const char *description;
    const char *tags[SQ_TAGS_MAX];
    uint8_t n_tags;
    struct sq_source sources[SQ_SOURCES_MAX];
    uint8_t n_sources;
    const char *assumptions[SQ_ASSUMPTIONS_MAX];
    uint8_t n_assumptions;
    uint64_t seed;
    uint32_t n_seeds;
    bool seeds_given; /* on the command line: live then runs them all */
    sq_dur duration;
    sq_dur warmup;
    sq_dur drain;
    int64_t epoch_s;
    uint32_t max_in_flight;
    struct sq_workload workload;
    struct sq_script script;
    struct sq_scenario_contract contracts[SQ_CONTRACTS_MAX]; /* script.n_contracts of them */
    struct sq_role roles[SQ_ROLES_MAX];
    uint8_t n_roles;
    struct sq_settings
        *policies[SQ_POLICIES_MAX]; /* the scenario's own, or those of -p; in the arena */
    uint8_t n_policies;
    struct sq_threshold thresholds[SQ_THRESHOLDS_MAX]; /* then the probes of the steady state */
    uint8_t n_thresholds;
    bool has_fault_windows;
    sq_time first_fault_at; /* of windowed rules; SQ_NEVER: none */
    sq_time last_fault_end;
};

/* Whether a call intended at `at` belongs to a reserved phase: inside any window of a rule with
 * `at` (faulty), before the first, after the last, or (between two windows) none of them: returns
 * false. */
bool sq_scenario_phase_at(const struct sq_scenario *scenario, sq_time at,
                          enum sq_phase_index *phase);

/* A system is back when so many windows in a row, from the end of a fault on, are good; a window is
 * 10 s, or a thirtieth of the duration where that is less. */
#define SQ_RECOVERY_WINDOWS 3
sq_dur sq_scenario_recovery_window(sq_dur duration);

/* Frees a scenario from sq_scenario_load. Accepts NULL. */
void sq_scenario_free(struct sq_scenario *scenario);

#endif
