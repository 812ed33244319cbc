/* SPDX-License-Identifier: MIT */
/* The workload: phases of arrivals and the mix of requests. */
#include <string.h>

#include "base/assert.h"
#include "base/int128.h"
#include "scenarios/contracts_int.h"
#include "scenarios/drafts_int.h"
#include "scenarios/values_int.h"

/* Calls per second: a million is more than any run can hold. In millionths it stays below 2^40,
 * what the area under a curve can take. */
#define RATE_MAX INT64_C(1000000000000)

struct rate_draft {
    const struct sq_json *node; /* NULL: not given */
    int64_t plain;              /* SQ_DRAFT_NONE: a curve */
    struct sq_curve_draft curve;
};

struct phase_draft {
    struct sq_item at;
    char name[SQ_NAME_BYTES];
    sq_dur duration; /* SQ_DRAFT_NONE: the rest */
    struct rate_draft rate;
    int64_t ramp_to;
    int64_t arrival_count;
    sq_dur pause;
    enum sq_arrivals arrivals;
};

struct request_draft {
    struct sq_item at;
    char name[SQ_NAME_BYTES];
    int64_t weight;
    bool stream;
    sq_dur deadline;
    char role[SQ_NAME_BYTES];
    const struct sq_json *role_node;
    struct sq_law input_tokens;
    struct sq_law output_tokens;
    struct sq_request_contract_draft contract;
};

struct workload_draft {
    struct sq_list phases;
    struct sq_list requests;
};

/* ---- phases ---- */

static const struct sq_shape rate_value = {
    .kind = SQ_SHAPE_DECIMAL, .name = "calls per second", .min = 0, .max = RATE_MAX};
static const struct sq_shape rate_curve = {
    .kind = SQ_SHAPE_CURVE, .name = "a curve of calls per second", .item = &rate_value};
static const struct sq_shape *const rate_either[] = {&rate_value, &rate_curve, NULL};

static bool read_rate(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct rate_draft *rate = into;
    sq_assert(size == sizeof(*rate) && shape->either == rate_either);
    rate->node = node;
    if (sq_json_kind(node) == SQ_JSON_ARRAY) {
        return sq_read_value(reader, &rate_curve, node, &rate->curve, sizeof(rate->curve));
    }
    return sq_read_value(reader, &rate_value, node, &rate->plain, sizeof(rate->plain));
}

static const struct sq_shape rate_shape = {.kind = SQ_SHAPE_EITHER,
                                           .name = "calls per second, or a curve of them",
                                           .either = rate_either,
                                           .read = read_rate};
static const struct sq_shape count_shape = {.kind = SQ_SHAPE_INTEGER,
                                            .name = "a whole number of calls",
                                            .min = 1,
                                            .max = INT64_C(1000000000)};

static const struct sq_word arrivals_words[] = {
    {"poisson", SQ_ARRIVALS_POISSON, .sentence = "calls come independently of each other"},
    {"constant", SQ_ARRIVALS_CONSTANT, .sentence = "calls come at equal distances"},
    {"gamma", 0, .later = true},
    {"uniform", 0, .foreign = "write \"constant\": calls come at equal distances"},
    {"exponential", 0, .foreign = "write \"poisson\": the gaps are exponential"},
    {.word = NULL}};
static const struct sq_shape arrivals_shape = {
    .kind = SQ_SHAPE_WORD, .name = "arrivals", .words = arrivals_words};

static bool read_arrivals(struct sq_reader *reader, const struct sq_shape *shape,
                          const struct sq_json *node, void *into, size_t size)
{
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_UNSUPPORTED, node, false, NULL,
                                                  "write \"poisson\" or \"constant\""},
                           "arrivals with a law in `%s` are not supported by this version",
                           sq_path_of(reader, node));
    }
    (void)shape;
    return sq_read_value(reader, &arrivals_shape, node, into, size);
}

static const struct sq_shape arrivals_or_law = {
    .kind = SQ_SHAPE_WORD, .name = "arrivals", .words = arrivals_words, .read = read_arrivals};

static const struct sq_field phase_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct phase_draft, name),
     .sentence = "what selectors such as {phase:peak} and reports call it",
     .standard = "phase-1, phase-2, ...", .example = "\"peak\""},
    {"duration", &sq_shape_positive_span, SQ_PLACE(struct phase_draft, duration),
     .sentence = "how long it lasts; the last phase may leave it out and takes the rest of the run",
     .example = "\"30s\""},
    {"arrival_rate", &rate_shape, SQ_PLACE(struct phase_draft, rate),
     .sentence = "calls per second, or a curve [[offset, rate], ...] from the phase's start",
     .example = "5", .flags = SQ_FIELD_ONE_OF},
    {"arrival_count", &count_shape, SQ_PLACE(struct phase_draft, arrival_count),
     .sentence = "calls over the whole phase, instead of a rate", .example = "300",
     .flags = SQ_FIELD_ONE_OF},
    {"pause", &sq_shape_positive_span, SQ_PLACE(struct phase_draft, pause),
     .sentence = "no calls for so long, instead of a rate and a duration", .example = "\"10s\"",
     .flags = SQ_FIELD_ONE_OF},
    {"ramp_to", &rate_value, SQ_PLACE(struct phase_draft, ramp_to),
     .sentence = "the rate at the phase's end; it changes evenly from arrival_rate",
     .example = "20"},
    {"arrivals", &arrivals_or_law, SQ_PLACE(struct phase_draft, arrivals),
     .sentence = "how calls are spread in time", .standard = "poisson", .example = "\"constant\""},
    {.key = NULL}};
static const struct sq_foreign phase_foreign[] = {
    {"rate", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"rps", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"qps", "arrival_rate", SQ_FOREIGN_RENAME, NULL},
    {"target", "ramp_to", SQ_FOREIGN_RENAME, NULL},
    {"vus", NULL, SQ_FOREIGN_SAY, "users are not supported by this version; write `arrival_rate`"},
    {.key = NULL}};
static const struct sq_object phase_object = {
    .name = "phase",
    .sentence = "a stretch of the workload with one rule of arrivals",
    .fields = phase_fields,
    .foreign = phase_foreign,
    .is_item = true,
    .one_needed = true};

/* ---- requests ---- */

static const struct sq_shape weight_shape = {
    .kind = SQ_SHAPE_DECIMAL, .name = "a number above 0", .min = 1, .max = INT64_C(1000000000000)};

static bool read_role_name(struct sq_reader *reader, const struct sq_shape *shape,
                           const struct sq_json *node, void *into, size_t size)
{
    struct request_draft *draft =
        (struct request_draft *)(void *)((char *)into - offsetof(struct request_draft, role));
    draft->role_node = node;
    return sq_read_name(reader, shape, node, into, size);
}

static const struct sq_shape role_name = {
    .kind = SQ_SHAPE_NAME, .name = "the name of a role", .read = read_role_name};

static const struct sq_field request_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct request_draft, name),
     .sentence = "what reports call it", .standard = "request-1, request-2, ...",
     .example = "\"chat\""},
    {"weight", &weight_shape, SQ_PLACE(struct request_draft, weight),
     .sentence = "its share of the mix, beside the weights of the others", .standard = "1",
     .example = "3"},
    {"stream", &sq_shape_bool, SQ_PLACE(struct request_draft, stream),
     .sentence = "ask for a stream of tokens", .standard = "false", .example = "true"},
    {"deadline", &sq_shape_positive_span, SQ_PLACE(struct request_draft, deadline),
     .sentence = "the caller waits so long from the intended start", .standard = "none",
     .example = "\"20s\""},
    {"role", &role_name, SQ_PLACE(struct request_draft, role),
     .sentence = "the role that is wanted", .standard = "primary", .example = "\"primary\""},
    {"input_tokens", &sq_shape_token_law, SQ_PLACE(struct request_draft, input_tokens),
     .sentence = "tokens of the prompt", .standard = "100",
     .example = "{ \"lognormal\": { \"p50\": 1020, \"p99\": 4142 } }"},
    {"output_tokens", &sq_shape_token_law, SQ_PLACE(struct request_draft, output_tokens),
     .sentence = "tokens of the answer", .standard = "50",
     .example = "{ \"lognormal\": { \"p50\": 129, \"p99\": 601 } }"},
    {"contract", &sq_shape_request_contract, SQ_PLACE(struct request_draft, contract),
     .sentence = "what answers must be, beside arriving", .example = "{ \"json\": true }"},
    {.key = NULL}};
static const struct sq_foreign request_foreign[] = {
    {"streaming", "stream", SQ_FOREIGN_RENAME, NULL},
    {"timeout", "deadline", SQ_FOREIGN_SECONDS, NULL},
    {"prompt_tokens", "input_tokens", SQ_FOREIGN_RENAME, NULL},
    {"completion_tokens", "output_tokens", SQ_FOREIGN_RENAME, NULL},
    {"max_tokens", "output_tokens", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object request_object = {.name = "request",
                                                .sentence = "one kind of call",
                                                .fields = request_fields,
                                                .foreign = request_foreign,
                                                .is_item = true};

/* ---- workload ---- */

/* Drafts whose numbers are not zero when absent are prepared before they are read. */
static bool read_phase(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct phase_draft *phase = into;
    sq_assert(size == sizeof(*phase));
    phase->duration = SQ_DRAFT_NONE;
    phase->ramp_to = SQ_DRAFT_NONE;
    phase->arrival_count = SQ_DRAFT_NONE;
    phase->pause = SQ_DRAFT_NONE;
    phase->rate.plain = SQ_DRAFT_NONE;
    return sq_read_object(reader, shape->object, node, into);
}

static bool read_request(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct request_draft *request = into;
    sq_assert(size == sizeof(*request));
    request->weight = 1000000;
    request->deadline = SQ_NEVER;
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape phase_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &phase_object, .read = read_phase};
static const struct sq_shape request_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &request_object, .read = read_request};
static const struct sq_shape phases_shape = {.kind = SQ_SHAPE_LIST,
                                             .name = "a list of phases",
                                             .min = 1,
                                             .max = SQ_WORKLOAD_PHASES_MAX,
                                             .item = &phase_item,
                                             .item_bytes = sizeof(struct phase_draft)};
static const struct sq_shape requests_shape = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of requests",
                                               .min = 1,
                                               .max = SQ_WORKLOAD_REQUESTS_MAX,
                                               .item = &request_item,
                                               .item_bytes = sizeof(struct request_draft)};

static const struct sq_field workload_fields[] = {
    {"phases", &phases_shape, SQ_PLACE(struct workload_draft, phases),
     .sentence = "how many calls come when, one phase after the other",
     .example = "[ { \"duration\": \"60s\", \"arrival_rate\": 5 } ]", .flags = SQ_FIELD_REQUIRED},
    {"requests", &requests_shape, SQ_PLACE(struct workload_draft, requests),
     .sentence = "the mix of calls, by weight",
     .standard = "one plain request of 100 tokens, answered with 50",
     .example = "[ { \"name\": \"chat\", \"stream\": true } ]"},
    {"users", &sq_shape_later, .sentence = "write `phases` with an `arrival_rate`"},
    {"think_time", &sq_shape_later, .sentence = "write `phases` with an `arrival_rate`"},
    {"trace", &sq_shape_later, .sentence = "write `phases` with an `arrival_rate`"},
    {"streams", &sq_shape_later, .sentence = "write one workload with `phases`"},
    {"prompts", &sq_shape_later, .sentence = ""},
    {"keys", &sq_shape_later, .sentence = ""},
    {"tenants", &sq_shape_later, .sentence = ""},
    {"sessions", &sq_shape_later, .sentence = ""},
    {.key = NULL}};
static const struct sq_foreign workload_foreign[] = {
    {"stages", "phases", SQ_FOREIGN_RENAME, NULL},
    {"scenarios", "requests", SQ_FOREIGN_RENAME, NULL},
    {"vus", NULL, SQ_FOREIGN_SAY, "users are not supported by this version; write `phases`"},
    {.key = NULL}};
const struct sq_object sq_object_workload = {.name = "workload",
                                             .sentence = "which calls are made, and when",
                                             .fields = workload_fields,
                                             .foreign = workload_foreign};
const struct sq_shape sq_shape_workload = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sq_object_workload};

/* ---- putting it together ---- */

static bool complain_phase(struct sq_reader *reader, const struct sq_json *node, const char *text,
                           const char *hint)
{
    return sq_complain(reader, &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL, hint},
                       "`%s` %s", sq_path_of(reader, node), text);
}

/* A flat or sloping rate over the phase. False: out of memory. */
static bool set_line(struct sq_reader *reader, int64_t from, int64_t to,
                     struct sq_workload_phase *phase)
{
    uint32_t n = from == to ? 1 : 2;
    struct sq_curve_point *points = sq_arena_new(reader->arena, n, sizeof(*points));
    reader->no_memory |= points == NULL;
    if (points == NULL) {
        return false;
    }
    points[0] = (struct sq_curve_point){0, from};
    if (n == 2) {
        points[1] = (struct sq_curve_point){phase->duration, to};
    }
    phase->rate = (struct sq_curve){.points = points, .n_points = n};
    return true;
}

static bool set_curve(struct sq_reader *reader, const struct sq_curve_draft *draft,
                      struct sq_workload_phase *phase)
{
    size_t n = draft->points.n_items;
    struct sq_curve_point *points = sq_arena_new(reader->arena, n, sizeof(*points));
    reader->no_memory |= points == NULL;
    if (points == NULL) {
        return false;
    }
    memcpy(points, draft->points.items, n * sizeof(*points));
    phase->rate = (struct sq_curve){.points = points, .n_points = (uint32_t)n};
    return true;
}

static void make_rate(struct sq_reader *reader, const struct phase_draft *draft,
                      struct sq_workload_phase *phase)
{
    if (draft->ramp_to != SQ_DRAFT_NONE && draft->rate.plain == SQ_DRAFT_NONE) {
        complain_phase(reader, draft->at.node, "has `ramp_to` without a plain `arrival_rate`",
                       "write the rate at the start as `arrival_rate`");
        return;
    }
    if (draft->pause != SQ_DRAFT_NONE) {
        set_line(reader, 0, 0, phase);
    } else if (draft->arrival_count != SQ_DRAFT_NONE) {
        /* Rounded up, so that the last call still fits. */
        sq_uint128 area = (sq_uint128)(uint64_t)draft->arrival_count * SQ_WORKLOAD_GAP_ONE;
        sq_uint128 rate = (area + (uint64_t)phase->duration - 1) / (uint64_t)phase->duration;
        if (rate > RATE_MAX) {
            complain_phase(reader, draft->at.node, "has over 1,000,000 calls per second", NULL);
            return;
        }
        set_line(reader, (int64_t)rate, (int64_t)rate, phase);
    } else if (draft->rate.plain != SQ_DRAFT_NONE) {
        set_line(reader, draft->rate.plain,
                 draft->ramp_to == SQ_DRAFT_NONE ? draft->rate.plain : draft->ramp_to, phase);
    } else {
        set_curve(reader, &draft->rate.curve, phase);
    }
}

/* The phase's duration; 0 after a mistake. */
static sq_dur phase_duration(struct sq_reader *reader, const struct phase_draft *draft, bool last,
                             sq_dur rest)
{
    if (draft->pause != SQ_DRAFT_NONE) {
        if (draft->duration != SQ_DRAFT_NONE) {
            complain_phase(reader, draft->at.node, "has both `pause` and `duration`",
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
    complain_phase(reader, draft->at.node, "needs a `duration`",
                   "only the last phase may leave it out, and only when the scenario's `duration` "
                   "leaves something over");
    return 0;
}

static void name_phase(struct sq_reader *reader, const struct phase_draft *draft, uint8_t i,
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
            complain_phase(reader, draft->at.node, "has a reserved name",
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

static void make_phases(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_list *list, struct sq_scenario *scenario)
{
    const struct phase_draft *drafts = list->items;
    uint32_t before = reader->diagnostics->n_errors;
    sq_dur total = 0;
    for (uint8_t i = 0; i < list->n_items; i++) {
        struct sq_workload_phase *phase = &scenario->workload.phases[i];
        sq_dur rest =
            scenario->duration == SQ_DRAFT_NONE ? SQ_DRAFT_NONE : scenario->duration - total;
        name_phase(reader, &drafts[i], i, &scenario->workload);
        phase->from = total;
        phase->duration = phase_duration(reader, &drafts[i], i + 1u == list->n_items, rest);
        phase->arrivals = drafts[i].arrivals;
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

static void make_request(struct sq_reader *reader, const struct request_draft *draft, uint8_t i,
                         struct sq_scenario *scenario)
{
    struct sq_workload_request *request = &scenario->workload.requests[i];
    struct sq_law law = {0};
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
static void share_out(const struct request_draft *drafts, struct sq_workload *workload)
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

static void make_requests(struct sq_reader *reader, const struct sq_list *list,
                          struct sq_scenario *scenario)
{
    static const struct request_draft standard = {
        .name = "request", .weight = 1000000, .deadline = SQ_NEVER};
    const struct request_draft *drafts = list->n_items == 0 ? &standard : list->items;
    scenario->workload.n_requests = list->n_items == 0 ? 1 : (uint8_t)list->n_items;
    for (uint8_t i = 0; i < scenario->workload.n_requests; i++) {
        make_request(reader, &drafts[i], i, scenario);
    }
    share_out(drafts, &scenario->workload);
}

void sq_make_workload(struct sq_reader *reader, const struct sq_json *node,
                      struct sq_scenario *scenario)
{
    struct workload_draft draft = {0};
    struct sq_error err = {0};
    struct sq_dist_spec gap = {
        .kind = SQ_DIST_EXPONENTIAL, .a = SQ_WORKLOAD_GAP_ONE, .min = 0, .max = SQ_DIST_VALUE_MAX};
    if (!sq_read_object(reader, &sq_object_workload, node, &draft)) {
        return;
    }
    make_phases(reader, node, &draft.phases, scenario);
    make_requests(reader, &draft.requests, scenario);
    enum sq_status status = sq_dist_compile(&gap, reader->arena, &scenario->workload.gap, &err);
    sq_assert(status != SQ_INVALID);
    reader->no_memory |= status == SQ_NO_MEMORY;
}
