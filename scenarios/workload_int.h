/* SPDX-License-Identifier: MIT */
/* What a file says of its workload, between the tables (fields/workload.c) and its making
 * (workloads.c, replay.c, prompts.c). All in scratch. */
#ifndef SQ_SCENARIOS_WORKLOAD_INT_H
#define SQ_SCENARIOS_WORKLOAD_INT_H

#include "scenarios/contracts_int.h"
#include "scenarios/curves_int.h"
#include "scenarios/drafts_int.h"

struct sq_rate_draft {
    const struct sq_json *node; /* NULL: not given */
    int64_t plain;              /* SQ_DRAFT_NONE: a curve */
    struct sq_curve_draft curve;
};

struct sq_arrivals_draft {
    const struct sq_json *node; /* NULL: not given */
    enum sq_arrivals kind;
    uint64_t cv_q32; /* of gamma */
};

struct sq_phase_draft {
    struct sq_item at;
    char name[SQ_NAME_BYTES];
    sq_dur duration; /* SQ_DRAFT_NONE: the rest */
    struct sq_rate_draft rate;
    int64_t ramp_to;
    int64_t arrival_count;
    sq_dur pause;
    struct sq_arrivals_draft arrivals;
};

struct sq_request_draft {
    struct sq_item at;
    char name[SQ_NAME_BYTES];
    int64_t weight;
    bool stream;
    sq_dur deadline;
    char role[SQ_NAME_BYTES];
    const struct sq_json *role_node;
    struct sq_law input_tokens;
    struct sq_law output_tokens;
    struct sq_contract_draft contract;
};

enum sq_replay_format { SQ_REPLAY_AZURE, SQ_REPLAY_MOONCAKE, SQ_REPLAY_CSV };

struct sq_columns_draft {
    const struct sq_json *node; /* NULL: not given */
    const char *time_ms;        /* this or the next; NULL: not given */
    const char *time_s;
    const char *input_tokens;
    const char *output_tokens;
};

struct sq_trace_draft {
    const struct sq_json *node; /* NULL: not given */
    const char *file;
    enum sq_replay_format format;
    struct sq_columns_draft columns;
    uint64_t speed_q32;
    bool loop;
    int64_t limit;
};

struct sq_prompt_draft {
    struct sq_item at;
    char id[SQ_NAME_BYTES];
    const char *text;
};

struct sq_prompts_draft {
    const struct sq_json *node; /* NULL: not given */
    int64_t pool;
    struct sq_list texts; /* struct sq_prompt_draft */
    uint64_t zipf_q32;
};

/* The workload, or one of its streams. */
struct sq_workload_draft {
    struct sq_item at;        /* of a stream */
    char name[SQ_NAME_BYTES]; /* of a stream */
    struct sq_list phases;    /* struct sq_phase_draft */
    struct sq_trace_draft trace;
    int64_t users; /* 0: not given */
    sq_dur ramp_up;
    struct sq_law think_time;
    struct sq_list requests; /* struct sq_request_draft */
    struct sq_prompts_draft prompts;
    uint32_t n_keys; /* 0: not given, as the others */
    uint32_t n_tenants;
    uint32_t session_length;
    struct sq_list streams; /* struct sq_workload_draft; of the workload */
};

extern const struct sq_shape sq_shape_phases;

/* Reports a conflict; returns false. */
bool sq_complain_traffic(struct sq_reader *reader, const struct sq_json *node, const char *text,
                         const char *hint);

/* The stream's next phase. NULL: reported. */
struct sq_workload_phase *sq_phase_new(struct sq_reader *reader, const struct sq_json *node,
                                       const char *name, struct sq_scenario *scenario,
                                       struct sq_stream_spec *stream);

/* How long phases last together; SQ_DRAFT_NONE: there are none, or one does not say it. */
sq_dur sq_phases_length(const struct sq_list *list);

/* The phases and the mix of a stream; node: the object that holds them. Mistakes are reported. */
void sq_phases_make(struct sq_reader *reader, const struct sq_json *node,
                    const struct sq_list *list, struct sq_scenario *scenario,
                    struct sq_stream_spec *stream);
void sq_requests_make(struct sq_reader *reader, const struct sq_workload_draft *draft,
                      struct sq_scenario *scenario, struct sq_stream_spec *stream);

/* The rows of a trace, and its length: the last request's time and, where it does not loop, up to
 * the next whole second. False: reported. */
bool sq_replay_load(struct sq_reader *reader, const struct sq_trace_draft *draft,
                    struct sq_replay *replay, sq_dur *length);

/* The questions. Mistakes are reported. */
void sq_prompts_make(struct sq_reader *reader, const struct sq_prompts_draft *draft,
                     struct sq_prompts *prompts);

#endif
