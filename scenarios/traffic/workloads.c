/* SPDX-License-Identifier: MIT */
/*
 * Putting the workload together: one stream, or several side by side; each has phases, a trace or
 * users.
 */
#include <string.h>

#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

/* What a call of users is taken to last where somebody has to guess how many there will be: the
 * width of the timeline's windows follows from it, and nothing else. */
#define CLOSED_CALL_GUESS SQ_SECOND

bool sq_complain_traffic(struct sq_reader *reader, const struct sq_json *node, const char *text,
                         const char *hint)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL, hint},
                       "`%s` %s", sq_path_of(reader, node), text);
}

/* The one phase of a stream that has none of its own. Its rate is a mean. */
static void make_whole(struct sq_reader *reader, const struct sq_json *node, const char *name,
                       sq_uint128 rate, struct sq_scenario *scenario, struct sq_stream_spec *stream)
{
    struct sq_workload_phase *phase =
        sq_phase_new(reader, node, stream->name[0] == '\0' ? name : stream->name, scenario, stream);
    if (phase == NULL) {
        return;
    }
    int64_t most = rate > SQ_RATE_MAX ? SQ_RATE_MAX : (int64_t)rate;
    phase->arrivals = SQ_ARRIVALS_CONSTANT;
    phase->duration = scenario->duration;
    (void)sq_curve_line(reader, most, most, 0, &phase->rate);
}

/* ---- a trace ---- */

/* Of its one phase reports and the timeline expect its mean rate. */
static void make_trace(struct sq_reader *reader, const struct sq_trace_draft *draft,
                       struct sq_scenario *scenario, struct sq_stream_spec *stream)
{
    struct sq_replay *replay = &stream->replay;
    sq_uint128 rate = 0;
    sq_dur length;
    stream->kind = SQ_STREAM_REPLAY;
    if (sq_replay_load(reader, draft, replay, &length)) {
        if (scenario->duration == SQ_DRAFT_NONE) {
            scenario->duration = length;
            if (draft->loop) {
                sq_complain_traffic(reader, draft->node,
                                    "has `loop` in a scenario without `duration`",
                                    "say how long: \"duration\": \"10m\"");
            }
        }
        sq_dur span = replay->period > 0 ? replay->period : length;
        rate = (sq_uint128)replay->n_rows * SQ_WORKLOAD_GAP_ONE / (uint64_t)span;
    }
    make_whole(reader, draft->node, "trace", rate, scenario, stream);
}

/* ---- users ---- */

static bool check_duration(struct sq_reader *reader, const struct sq_json *node, const char *key,
                           const struct sq_scenario *scenario)
{
    if (scenario->duration != SQ_DRAFT_NONE) {
        return true;
    }
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_MISSING, sq_json_member(node, key), true,
                                              NULL, "say how long: \"duration\": \"10m\""},
                       "`%s` need the scenario's `duration`", key);
}

static void make_users(struct sq_reader *reader, const struct sq_json *node,
                       const struct sq_workload_draft *draft, struct sq_scenario *scenario,
                       struct sq_stream_spec *stream)
{
    struct sq_law nothing = {0};
    stream->kind = SQ_STREAM_CLOSED;
    stream->n_users = (uint32_t)draft->users;
    stream->ramp_up = draft->ramp_up;
    if (draft->think_time.given) {
        stream->think = draft->think_time.dist;
    } else if (sq_law_fixed(reader, 0, &nothing)) {
        stream->think = nothing.dist;
    }
    if (!check_duration(reader, node, "users", scenario)) {
        return;
    }
    if (draft->ramp_up >= scenario->duration) {
        sq_complain_traffic(reader, sq_json_member(node, "ramp_up"),
                            "is as long as the scenario, or longer",
                            "all users have to begin before the end");
        return;
    }
    int64_t middle = sq_dist_value(&stream->think, UINT32_C(1) << 31);
    sq_uint128 turn = (sq_uint128)(uint64_t)sq_time_add(middle, CLOSED_CALL_GUESS);
    sq_assert(turn > 0);
    make_whole(reader, node, "users", (sq_uint128)stream->n_users * SQ_WORKLOAD_GAP_ONE / turn,
               scenario, stream);
}

static void check_users(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_workload_draft *draft)
{
    static const char *const keys[] = {"think_time", "ramp_up"};
    for (size_t i = 0; draft->users == 0 && i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct sq_json *given = sq_json_member(node, keys[i]);
        if (given != NULL) {
            sq_complain_traffic(reader, given, "is of users, and there are none",
                                "write `users: 10` beside it, or remove it");
        }
    }
}

/* ---- streams ---- */

static void make_stream(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_workload_draft *draft, struct sq_scenario *scenario,
                        struct sq_stream_spec *stream)
{
    struct sq_workload *workload = &scenario->workload;
    stream->first_phase = workload->n_phases;
    stream->first_prompt = workload->n_prompts;
    check_users(reader, node, draft);
    if (draft->prompts.node != NULL) {
        sq_prompts_make(reader, &draft->prompts, &stream->prompts);
        workload->n_prompts += stream->prompts.zipf.n_items;
    }
    if (draft->trace.node != NULL) {
        make_trace(reader, &draft->trace, scenario, stream);
    } else if (draft->users > 0) {
        make_users(reader, node, draft, scenario, stream);
    } else {
        sq_phases_make(reader, node, &draft->phases, scenario, stream);
    }
    sq_requests_make(reader, draft, scenario, stream);
}

static void name_stream(struct sq_reader *reader, const struct sq_workload_draft *draft, uint32_t i,
                        struct sq_workload *workload)
{
    char *name = workload->streams[i].name;
    const char *made = sq_phrase(reader, "stream-%u", i + 1u);
    memcpy(name, draft->name[0] == '\0' ? made : draft->name,
           draft->name[0] == '\0' ? strlen(made) + 1 : sizeof(draft->name));
    for (uint32_t k = 0; k < i; k++) {
        if (strcmp(name, workload->streams[k].name) == 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_TWICE, draft->at.node, false, NULL, NULL},
                        "two streams are named \"%s\"", name);
        }
    }
}

/* Without a duration of its own the scenario lasts as long as the longest phases do. */
static void settle_duration(const struct sq_workload_draft *drafts, uint32_t n,
                            struct sq_scenario *scenario)
{
    if (scenario->duration != SQ_DRAFT_NONE) {
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        sq_dur length = sq_phases_length(&drafts[i].phases);
        scenario->duration = length > scenario->duration ? length : scenario->duration;
    }
}

/* Of all streams alike: calls of one stream have the same keys as those of the others. */
static bool is_of_all(const char *key)
{
    static const char *const keys[] = {"streams", "keys", "tenants", "sessions"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What a workload of several streams cannot say for all of them. */
static void check_beside(struct sq_reader *reader, const struct sq_json *node)
{
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        if (!is_of_all(sq_json_key(child))) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, child, true, NULL,
                                               "move it into the streams it is meant for"},
                        "`%s` stands beside `streams`", sq_path_of(reader, child));
        }
    }
}

static void make_streams(struct sq_reader *reader, const struct sq_json *node,
                         const struct sq_list *list, struct sq_scenario *scenario)
{
    const struct sq_workload_draft *drafts = list->items;
    struct sq_workload *workload = &scenario->workload;
    sq_assert(list->n_items <= SQ_WORKLOAD_STREAMS_MAX);
    check_beside(reader, node);
    settle_duration(drafts, list->n_items, scenario);
    for (uint32_t i = 0; i < list->n_items; i++) {
        const struct sq_json *item = drafts[i].at.node;
        workload->n_streams++;
        name_stream(reader, &drafts[i], i, workload);
        if (drafts[i].trace.node == NULL || check_duration(reader, item, "trace", scenario)) {
            make_stream(reader, item, &drafts[i], scenario, &workload->streams[i]);
        }
    }
}

void sq_make_workload(struct sq_reader *reader, const struct sq_json *node,
                      struct sq_scenario *scenario)
{
    struct sq_workload_draft draft = {0};
    if (!sq_read_object(reader, &sq_object_workload, node, &draft)) {
        return;
    }
    (void)sq_law_gaps(reader, node, 0, SQ_WORKLOAD_GAP_ONE, &scenario->workload.gap);
    scenario->workload.n_keys = draft.n_keys;
    scenario->workload.n_tenants = draft.n_tenants;
    scenario->workload.session_length = draft.session_length;
    if (draft.streams.n_items > 0) {
        make_streams(reader, node, &draft.streams, scenario);
        return;
    }
    scenario->workload.n_streams = 1;
    make_stream(reader, node, &draft, scenario, &scenario->workload.streams[0]);
}
