/* SPDX-License-Identifier: MIT */
/* Putting the workload together: phases one after the other, or a trace as the only one; the mix.
 */
#include <string.h>

#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

static bool complain_about(struct sq_reader *reader, const struct sq_json *node, const char *text,
                           const char *hint)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL, hint},
                       "`%s` %s", sq_path_of(reader, node), text);
}

static void make_rate(struct sq_reader *reader, const struct sq_phase_draft *draft,
                      struct sq_workload_phase *phase)
{
    if (draft->ramp_to != SQ_DRAFT_NONE && draft->rate.plain == SQ_DRAFT_NONE) {
        complain_about(reader, draft->at.node, "has `ramp_to` without a plain `arrival_rate`",
                       "write the rate at the start as `arrival_rate`");
        return;
    }
    if (draft->pause != SQ_DRAFT_NONE) {
        (void)sq_curve_line(reader, 0, 0, 0, &phase->rate);
    } else if (draft->arrival_count != SQ_DRAFT_NONE) {
        /* Rounded up, so that the last call still fits. */
        sq_uint128 area = (sq_uint128)(uint64_t)draft->arrival_count * SQ_WORKLOAD_GAP_ONE;
        sq_uint128 rate = (area + (uint64_t)phase->duration - 1) / (uint64_t)phase->duration;
        if (rate > SQ_RATE_MAX) {
            complain_about(reader, draft->at.node, "has more than 1,000,000 calls per second",
                           NULL);
            return;
        }
        (void)sq_curve_line(reader, (int64_t)rate, (int64_t)rate, 0, &phase->rate);
    } else if (draft->rate.plain != SQ_DRAFT_NONE) {
        int64_t to = draft->ramp_to == SQ_DRAFT_NONE ? draft->rate.plain : draft->ramp_to;
        (void)sq_curve_line(reader, draft->rate.plain, to, phase->duration, &phase->rate);
    } else {
        (void)sq_curve_keep(reader, &draft->rate.curve, &phase->rate);
    }
}

/* The phase's duration; 0 after a mistake. */
static sq_dur phase_duration(struct sq_reader *reader, const struct sq_phase_draft *draft,
                             bool last, sq_dur rest)
{
    if (draft->pause != SQ_DRAFT_NONE) {
        if (draft->duration != SQ_DRAFT_NONE) {
            complain_about(reader, draft->at.node, "has both `pause` and `duration`",
                           "a pause is its own duration: remove `duration`");
        }
        return draft->pause;
    }
    if (draft->duration != SQ_DRAFT_NONE) {
        return draft->duration;
    }
    if (last && rest != SQ_DRAFT_NONE && rest > 0) {
        return rest;
    }
    complain_about(reader, draft->at.node, "needs a `duration`",
                   "only the last phase may leave it out, and only when the scenario's `duration` "
                   "leaves something over");
    return 0;
}

static void name_phase(struct sq_reader *reader, const struct sq_phase_draft *draft, uint8_t i,
                       struct sq_workload *workload)
{
    static const char *const reserved[] = {"before", "faulty", "after"};
    char *name = workload->phases[i].name;
    memcpy(name, draft->name, sizeof(draft->name));
    if (name[0] == '\0') {
        const char *made = sq_phrase(reader, "phase-%u", i + 1u);
        memcpy(name, made, strlen(made) + 1);
    }
    for (size_t k = 0; k < 3; k++) {
        if (strcmp(name, reserved[k]) == 0) {
            complain_about(reader, draft->at.node, "has a reserved name",
                           "before, faulty and after name the time around faults");
        }
    }
    for (uint8_t k = 0; k < i; k++) {
        if (strcmp(name, workload->phases[k].name) == 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_TWICE, draft->at.node, false, NULL, NULL},
                        "two phases are named \"%s\"", name);
        }
    }
}

static void check_total(struct sq_reader *reader, const struct sq_json *node, sq_dur total,
                        struct sq_scenario *scenario)
{
    if (scenario->duration == SQ_DRAFT_NONE) {
        scenario->duration = total;
    } else if (scenario->duration != total) {
        sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_CONFLICT, node, true, NULL,
                                   sq_phrase(reader,
                                             "write `duration: \"%s\"`, or change the phases (a "
                                             "`pause` adds time without calls)",
                                             sq_span_shown(reader, total))},
            "the phases last %s, the scenario %s", sq_span_shown(reader, total),
            sq_span_shown(reader, scenario->duration));
    }
}

static void make_arrivals(struct sq_reader *reader, const struct sq_arrivals_draft *draft,
                          struct sq_workload_phase *phase)
{
    phase->arrivals = draft->kind;
    if (draft->kind == SQ_ARRIVALS_GAMMA) {
        (void)sq_law_gaps(reader, draft->node, draft->cv_q32, SQ_WORKLOAD_GAP_ONE, &phase->gap);
    }
}

static void make_phases(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_list *list, struct sq_scenario *scenario)
{
    const struct sq_phase_draft *drafts = list->items;
    uint32_t before = reader->diagnostics->n_errors;
    sq_dur total = 0;
    for (uint8_t i = 0; i < list->n_items; i++) {
        struct sq_workload_phase *phase = &scenario->workload.phases[i];
        sq_dur rest =
            scenario->duration == SQ_DRAFT_NONE ? SQ_DRAFT_NONE : scenario->duration - total;
        name_phase(reader, &drafts[i], i, &scenario->workload);
        phase->from = total;
        phase->duration = phase_duration(reader, &drafts[i], i + 1u == list->n_items, rest);
        make_arrivals(reader, &drafts[i].arrivals, phase);
        if (phase->duration > 0) {
            make_rate(reader, &drafts[i], phase);
        }
        total = sq_time_add(total, phase->duration);
    }
    scenario->workload.n_phases = (uint8_t)list->n_items;
    if (reader->diagnostics->n_errors == before) {
        check_total(reader, sq_json_member(node, "phases"), total, scenario);
    }
}

static void make_request(struct sq_reader *reader, const struct sq_request_draft *draft, uint8_t i,
                         struct sq_scenario *scenario)
{
    struct sq_workload_request *request = &scenario->workload.requests[i];
    const char *role = draft->role[0] == '\0' ? "primary" : draft->role;
    const char *made = sq_phrase(reader, "request-%u", i + 1u);
    memcpy(request->name, draft->name[0] == '\0' ? made : draft->name,
           draft->name[0] == '\0' ? strlen(made) + 1 : sizeof(draft->name));
    request->stream = draft->stream;
    request->deadline = draft->deadline;
    request->contract = sq_make_contract(reader, &draft->contract, scenario);
    if (!sq_scenario_role(scenario, role, &request->role) && scenario->n_roles > 0) {
        sq_complain_role(reader, draft->role_node != NULL ? draft->role_node : draft->at.node, role,
                         scenario);
    }
}

static void make_tokens(struct sq_reader *reader, const struct sq_request_draft *draft,
                        const struct sq_workload_draft *workload,
                        struct sq_workload_request *request)
{
    struct sq_law law = {0};
    bool traced = workload->trace.node != NULL;
    bool texts = workload->prompts.texts.n_items > 0;
    if (draft->input_tokens.given && (traced || texts)) {
        complain_about(reader, sq_json_member(draft->at.node, "input_tokens"),
                       traced ? "is known from the trace" : "is known from the text of the prompt",
                       "remove it");
    }
    if (draft->output_tokens.given && traced) {
        complain_about(reader, sq_json_member(draft->at.node, "output_tokens"),
                       "is known from the trace", "remove it");
    }
    request->input_tokens = draft->input_tokens.dist;
    if (!draft->input_tokens.given && sq_law_fixed(reader, 100, &law)) {
        request->input_tokens = law.dist;
    }
    request->output_tokens = draft->output_tokens.dist;
    if (!draft->output_tokens.given && sq_law_fixed(reader, 50, &law)) {
        request->output_tokens = law.dist;
    }
}

/* Weights become shares of 2^32; rounding down, the last request takes the rest. */
static void share_out(const struct sq_request_draft *drafts, struct sq_workload *workload)
{
    uint64_t sum = 0;
    uint64_t taken = 0;
    for (uint8_t i = 0; i < workload->n_requests; i++) {
        sum += (uint64_t)drafts[i].weight;
    }
    for (uint8_t i = 0; i < workload->n_requests; i++) {
        sq_uint128 share = ((sq_uint128)(uint64_t)drafts[i].weight << 32) / sum;
        bool last = i + 1u == workload->n_requests;
        uint64_t rest = (UINT64_C(1) << 32) - taken;
        /* A single request would need 2^32: the last one's number is never compared. */
        share = last ? (rest > UINT32_MAX ? UINT32_MAX : rest) : share;
        workload->requests[i].weight_q32 = (uint32_t)share;
        taken += (uint64_t)share;
    }
}

static void make_requests(struct sq_reader *reader, const struct sq_workload_draft *workload,
                          struct sq_scenario *scenario)
{
    const struct sq_list *list = &workload->requests;
    static const struct sq_request_draft standard = {
        .name = "request", .weight = 1000000, .deadline = SQ_NEVER};
    const struct sq_request_draft *drafts = list->n_items == 0 ? &standard : list->items;
    scenario->workload.n_requests = list->n_items == 0 ? 1 : (uint8_t)list->n_items;
    for (uint8_t i = 0; i < scenario->workload.n_requests; i++) {
        make_request(reader, &drafts[i], i, scenario);
        make_tokens(reader, &drafts[i], workload, &scenario->workload.requests[i]);
    }
    share_out(drafts, &scenario->workload);
}

/* The one phase of a trace has its mean rate: what reports and the timeline expect of it. */
static void make_trace(struct sq_reader *reader, const struct sq_trace_draft *draft,
                       struct sq_scenario *scenario)
{
    struct sq_workload *workload = &scenario->workload;
    struct sq_workload_phase *phase = &workload->phases[0];
    struct sq_replay *replay = &workload->replay;
    sq_dur length;
    workload->n_phases = 1;
    memcpy(phase->name, "trace", sizeof("trace"));
    phase->arrivals = SQ_ARRIVALS_CONSTANT;
    if (!sq_replay_load(reader, draft, replay, &length)) {
        return;
    }
    if (scenario->duration == SQ_DRAFT_NONE) {
        scenario->duration = length;
        if (draft->loop) {
            complain_about(reader, draft->node, "has `loop` in a scenario without `duration`",
                           "say how long: \"duration\": \"10m\"");
        }
    }
    phase->duration = scenario->duration;
    sq_dur span = replay->period > 0 ? replay->period : length;
    sq_uint128 rate = (sq_uint128)replay->n_rows * SQ_WORKLOAD_GAP_ONE / (uint64_t)span;
    int64_t most = rate > SQ_RATE_MAX ? SQ_RATE_MAX : (int64_t)rate;
    (void)sq_curve_line(reader, most, most, 0, &phase->rate);
}

void sq_make_workload(struct sq_reader *reader, const struct sq_json *node,
                      struct sq_scenario *scenario)
{
    struct sq_workload_draft draft = {0};
    if (!sq_read_object(reader, &sq_object_workload, node, &draft)) {
        return;
    }
    if (draft.prompts.node != NULL) {
        sq_prompts_make(reader, &draft.prompts, &scenario->workload.prompts);
    }
    if (draft.trace.node != NULL) {
        make_trace(reader, &draft.trace, scenario);
    } else {
        make_phases(reader, node, &draft.phases, scenario);
        (void)sq_law_gaps(reader, node, 0, SQ_WORKLOAD_GAP_ONE, &scenario->workload.gap);
    }
    scenario->workload.n_keys = draft.n_keys;
    scenario->workload.n_tenants = draft.n_tenants;
    scenario->workload.session_length = draft.session_length;
    make_requests(reader, &draft, scenario);
}
