/* SPDX-License-Identifier: MIT */
/* The mix of requests of a stream: what each kind asks for, and its share. */
#include <string.h>

#include "base/int128.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

/* The i-th of its stream. */
static void make_request(struct sq_reader *reader, const struct sq_request_draft *draft, uint32_t i,
                         struct sq_scenario *scenario, struct sq_workload_request *request)
{
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
        sq_complain_traffic(reader, sq_json_member(draft->at.node, "input_tokens"),
                            traced ? "is known from the trace"
                                   : "is known from the text of the prompt",
                            "remove it");
    }
    if (draft->output_tokens.given && traced) {
        sq_complain_traffic(reader, sq_json_member(draft->at.node, "output_tokens"),
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
static void share_out(const struct sq_request_draft *drafts, uint32_t n,
                      struct sq_workload_request *requests)
{
    uint64_t sum = 0;
    uint64_t taken = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (uint64_t)drafts[i].weight;
    }
    for (uint32_t i = 0; i < n; i++) {
        sq_uint128 share = ((sq_uint128)(uint64_t)drafts[i].weight << 32) / sum;
        bool last = i + 1u == n;
        uint64_t rest = (UINT64_C(1) << 32) - taken;
        /* A single request would need 2^32: the last one's number is never compared. */
        share = last ? (rest > UINT32_MAX ? UINT32_MAX : rest) : share;
        requests[i].weight_q32 = (uint32_t)share;
        taken += (uint64_t)share;
    }
}

void sq_requests_make(struct sq_reader *reader, const struct sq_workload_draft *draft,
                      struct sq_scenario *scenario, struct sq_stream_spec *stream)
{
    static const struct sq_request_draft standard = {
        .name = "request", .weight = 1000000, .deadline = SQ_NEVER};
    struct sq_workload *workload = &scenario->workload;
    const struct sq_list *list = &draft->requests;
    const struct sq_request_draft *drafts = list->n_items == 0 ? &standard : list->items;
    uint32_t n = list->n_items == 0 ? 1 : list->n_items;
    struct sq_workload_request *requests = &workload->requests[workload->n_requests];
    stream->first_request = workload->n_requests;
    if (workload->n_requests + n > SQ_WORKLOAD_REQUESTS_MAX) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_COUNT, drafts[0].at.node, false, NULL, NULL},
                    "more than %d requests in all streams", SQ_WORKLOAD_REQUESTS_MAX);
        return;
    }
    workload->n_requests = (uint8_t)(workload->n_requests + n);
    stream->n_requests = (uint8_t)n;
    for (uint32_t i = 0; i < n; i++) {
        make_request(reader, &drafts[i], i, scenario, &requests[i]);
        make_tokens(reader, &drafts[i], draft, &requests[i]);
    }
    share_out(drafts, n, requests);
}
