/* SPDX-License-Identifier: MIT */
/* The workload: phases of arrivals and the mix of requests. */
#include "base/assert.h"
#include "scenarios/drafts_int.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

/* ---- phases ---- */

static const struct sq_shape *const rate_either[] = {&sq_shape_rate, &sq_shape_rate_curve, NULL};

static bool read_rate(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_rate_draft *rate = into;
    sq_assert(size == sizeof(*rate) && shape->either == rate_either);
    rate->node = node;
    if (sq_json_kind(node) == SQ_JSON_ARRAY || sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_value(reader, &sq_shape_rate_curve, node, &rate->curve, sizeof(rate->curve));
    }
    return sq_read_value(reader, &sq_shape_rate, node, &rate->plain, sizeof(rate->plain));
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
    {"gamma", 0, .foreign = "write { \"gamma\": { \"cv\": 1.1 } }"},
    {"uniform", 0, .foreign = "write \"constant\": calls come at equal distances"},
    {"exponential", 0, .foreign = "write \"poisson\": the gaps are exponential"},
    {.word = NULL}};
static const struct sq_shape arrivals_word = {
    .kind = SQ_SHAPE_WORD, .name = "arrivals", .words = arrivals_words};

static const struct sq_field arrivals_gamma_fields[] = {
    {"cv", &sq_shape_cv, SQ_PLACE(struct sq_arrivals_draft, cv_q32),
     .sentence =
         "coefficient of variation of the gaps: 1 is poisson, above it calls come in bursts",
     .example = "1.1", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object arrivals_gamma = {
    .name = "arrivals_gamma", .sentence = "gaps between calls", .fields = arrivals_gamma_fields};
static const struct sq_shape arrivals_gamma_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &arrivals_gamma};
/* The one law there is writes into the same draft. */
static const struct sq_field arrivals_law_fields[] = {
    {"gamma", &arrivals_gamma_shape, 0, sizeof(struct sq_arrivals_draft),
     .sentence = "gaps follow a gamma law", .example = "{ \"cv\": 1.1 }",
     .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object arrivals_law = {
    .name = "arrivals_law", .sentence = "a law of the gaps", .fields = arrivals_law_fields};
static const struct sq_shape arrivals_law_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &arrivals_law};
static const struct sq_shape *const arrivals_either[] = {&arrivals_word, &arrivals_law_shape, NULL};

static bool read_arrivals(struct sq_reader *reader, const struct sq_shape *shape,
                          const struct sq_json *node, void *into, size_t size)
{
    struct sq_arrivals_draft *draft = into;
    sq_assert(size == sizeof(*draft) && shape->either == arrivals_either);
    draft->node = node;
    if (sq_json_kind(node) != SQ_JSON_OBJECT) {
        return sq_read_value(reader, &arrivals_word, node, &draft->kind, sizeof(draft->kind));
    }
    draft->kind = SQ_ARRIVALS_GAMMA;
    return sq_read_object(reader, &arrivals_law, node, draft);
}

static const struct sq_shape arrivals_shape = {.kind = SQ_SHAPE_EITHER,
                                               .name = "poisson, constant or a law of the gaps",
                                               .either = arrivals_either,
                                               .read = read_arrivals};

static const struct sq_field phase_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct sq_phase_draft, name),
     .sentence = "what selectors such as {phase:peak} and reports call it",
     .standard = "phase-1, phase-2, ...", .example = "\"peak\""},
    {"duration", &sq_shape_positive_span, SQ_PLACE(struct sq_phase_draft, duration),
     .sentence = "how long it lasts; the last phase may leave it out and takes the rest of the run",
     .example = "\"30s\""},
    {"arrival_rate", &rate_shape, SQ_PLACE(struct sq_phase_draft, rate),
     .sentence = "calls per second, or a curve [[offset, rate], ...] from the phase's start",
     .example = "5", .flags = SQ_FIELD_ONE_OF},
    {"arrival_count", &count_shape, SQ_PLACE(struct sq_phase_draft, arrival_count),
     .sentence = "calls over the whole phase, instead of a rate", .example = "300",
     .flags = SQ_FIELD_ONE_OF},
    {"pause", &sq_shape_positive_span, SQ_PLACE(struct sq_phase_draft, pause),
     .sentence = "no calls for so long, instead of a rate and a duration", .example = "\"10s\"",
     .flags = SQ_FIELD_ONE_OF},
    {"ramp_to", &sq_shape_rate, SQ_PLACE(struct sq_phase_draft, ramp_to),
     .sentence = "the rate at the phase's end; it changes evenly from arrival_rate",
     .example = "20"},
    {"arrivals", &arrivals_shape, SQ_PLACE(struct sq_phase_draft, arrivals),
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
    struct sq_request_draft *draft =
        (struct sq_request_draft *)(void *)((char *)into - offsetof(struct sq_request_draft, role));
    draft->role_node = node;
    return sq_read_name(reader, shape, node, into, size);
}

static const struct sq_shape role_name = {
    .kind = SQ_SHAPE_NAME, .name = "the name of a role", .read = read_role_name};

static const struct sq_field request_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct sq_request_draft, name),
     .sentence = "what reports call it", .standard = "request-1, request-2, ...",
     .example = "\"chat\""},
    {"weight", &weight_shape, SQ_PLACE(struct sq_request_draft, weight),
     .sentence = "its share of the mix, beside the weights of the others", .standard = "1",
     .example = "3"},
    {"stream", &sq_shape_bool, SQ_PLACE(struct sq_request_draft, stream),
     .sentence = "ask for a stream of tokens", .standard = "false", .example = "true"},
    {"deadline", &sq_shape_positive_span, SQ_PLACE(struct sq_request_draft, deadline),
     .sentence = "the caller waits so long from the intended start", .standard = "none",
     .example = "\"20s\""},
    {"role", &role_name, SQ_PLACE(struct sq_request_draft, role),
     .sentence = "the role that is wanted", .standard = "primary", .example = "\"primary\""},
    {"input_tokens", &sq_shape_token_law, SQ_PLACE(struct sq_request_draft, input_tokens),
     .sentence = "tokens of the prompt", .standard = "100",
     .example = "{ \"lognormal\": { \"p50\": 1020, \"p99\": 4142 } }"},
    {"output_tokens", &sq_shape_token_law, SQ_PLACE(struct sq_request_draft, output_tokens),
     .sentence = "tokens of the answer", .standard = "50",
     .example = "{ \"lognormal\": { \"p50\": 129, \"p99\": 601 } }"},
    {"contract", &sq_shape_request_contract, SQ_PLACE(struct sq_request_draft, contract),
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

/* ---- trace ---- */

static const struct sq_word format_words[] = {
    {"azure-2023", SQ_REPLAY_AZURE,
     .sentence = "columns TIMESTAMP (date and time), ContextTokens, GeneratedTokens"},
    {"mooncake", SQ_REPLAY_MOONCAKE,
     .sentence = "a line of JSON each: timestamp (ms), input_length, output_length"},
    {"csv", SQ_REPLAY_CSV, .sentence = "a table with a first line of names; `columns` picks three"},
    {.word = NULL}};
static const struct sq_shape format_shape = {
    .kind = SQ_SHAPE_WORD, .name = "a format of traces", .words = format_words};
static const struct sq_shape speed_shape = {.kind = SQ_SHAPE_FACTOR,
                                            .name = "a number above 0, to 1000",
                                            .min = 1,
                                            .max = INT64_C(1000) << 32};
static const struct sq_shape limit_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of rows", .min = 1, .max = SQ_REPLAY_ROWS_MAX};

static const struct sq_field columns_fields[] = {
    {"time_ms", &sq_shape_text, SQ_PLACE(struct sq_columns_draft, time_ms),
     .sentence = "the column of times in milliseconds", .flags = SQ_FIELD_ONE_OF},
    {"time_s", &sq_shape_text, SQ_PLACE(struct sq_columns_draft, time_s),
     .sentence = "the column of times in seconds", .flags = SQ_FIELD_ONE_OF},
    {"input_tokens", &sq_shape_text, SQ_PLACE(struct sq_columns_draft, input_tokens),
     .sentence = "the column of the prompt's tokens", .flags = SQ_FIELD_REQUIRED},
    {"output_tokens", &sq_shape_text, SQ_PLACE(struct sq_columns_draft, output_tokens),
     .sentence = "the column of the answer's tokens", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object columns_object = {.name = "columns",
                                                .sentence = "which columns of a table hold what",
                                                .fields = columns_fields,
                                                .one_needed = true};

static bool read_columns(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_columns_draft *columns = into;
    sq_assert(size == sizeof(*columns));
    columns->node = node;
    return sq_read_object(reader, shape->object, node, columns);
}

static const struct sq_shape columns_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &columns_object, .read = read_columns};

static const struct sq_field trace_fields[] = {
    {"file", &sq_shape_text, SQ_PLACE(struct sq_trace_draft, file),
     .sentence = "the file of requests, relative to this one",
     .example = "\"AzureLLMInferenceTrace_conv.csv\"", .flags = SQ_FIELD_REQUIRED},
    {"format", &format_shape, SQ_PLACE(struct sq_trace_draft, format),
     .sentence = "how it is laid out", .example = "\"azure-2023\"", .flags = SQ_FIELD_REQUIRED},
    {"columns", &columns_shape, SQ_PLACE(struct sq_trace_draft, columns),
     .sentence = "of the format csv: which columns hold what"},
    {"speed", &speed_shape, SQ_PLACE(struct sq_trace_draft, speed_q32),
     .sentence = "how many times faster than recorded", .standard = "1", .example = "2"},
    {"loop", &sq_shape_bool, SQ_PLACE(struct sq_trace_draft, loop),
     .sentence = "begin again at its end, a mean gap after the last request", .standard = "false",
     .example = "true"},
    {"limit", &limit_shape, SQ_PLACE(struct sq_trace_draft, limit),
     .sentence = "take only so many of its requests", .standard = "all", .example = "1000"},
    {.key = NULL}};
static const struct sq_object trace_object = {
    .name = "trace", .sentence = "recorded requests to replay", .fields = trace_fields};

static bool read_trace(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_trace_draft *trace = into;
    sq_assert(size == sizeof(*trace));
    *trace = (struct sq_trace_draft){
        .node = node, .speed_q32 = UINT64_C(1) << 32, .limit = SQ_DRAFT_NONE};
    return sq_read_object(reader, shape->object, node, trace);
}

static const struct sq_shape trace_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &trace_object, .read = read_trace};

/* ---- prompts ---- */

static const struct sq_shape pool_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of questions", .min = 1, .max = SQ_ZIPF_ITEMS_MAX};
static const struct sq_shape zipf_shape = {.kind = SQ_SHAPE_FACTOR,
                                           .name = "a number from 0 to 4",
                                           .min = 0,
                                           .max = (int64_t)SQ_ZIPF_EXPONENT_MAX};

static const struct sq_field text_fields[] = {
    {"id", &sq_shape_name, SQ_PLACE(struct sq_prompt_draft, id),
     .sentence = "what it is called; its text stands in no report",
     .standard = "prompt-1, prompt-2, ...", .example = "\"opening-hours\""},
    {"text", &sq_shape_text, SQ_PLACE(struct sq_prompt_draft, text),
     .sentence = "the question itself; its tokens are those of every call that asks it",
     .example = "\"When do you open?\"", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object text_object = {
    .name = "prompt", .sentence = "a question", .fields = text_fields, .is_item = true};
static const struct sq_shape text_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &text_object};
static const struct sq_shape texts_shape = {.kind = SQ_SHAPE_LIST,
                                            .name = "a list of questions",
                                            .min = 1,
                                            .max = SQ_PROMPT_TEXTS_MAX,
                                            .item = &text_item,
                                            .item_bytes = sizeof(struct sq_prompt_draft)};
static const struct sq_field prompts_fields[] = {
    {"pool", &pool_shape, SQ_PLACE(struct sq_prompts_draft, pool),
     .sentence = "so many different questions, known by number only", .example = "1000",
     .flags = SQ_FIELD_ONE_OF},
    {"texts", &texts_shape, SQ_PLACE(struct sq_prompts_draft, texts),
     .sentence = "the questions themselves, the most frequent first",
     .example = "[ { \"id\": \"hours\", \"text\": \"When do you open?\" } ]",
     .flags = SQ_FIELD_ONE_OF},
    {"zipf", &zipf_shape, SQ_PLACE(struct sq_prompts_draft, zipf_q32),
     .sentence = "the k-th question is asked in proportion to k to the power of minus this",
     .standard = "1.1", .example = "1.1"},
    {.key = NULL}};
static const struct sq_object prompts_object = {.name = "prompts",
                                                .sentence = "the questions that calls ask",
                                                .fields = prompts_fields,
                                                .one_needed = true};

static bool read_prompts(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_prompts_draft *prompts = into;
    sq_assert(size == sizeof(*prompts));
    *prompts = (struct sq_prompts_draft){
        .node = node, .pool = SQ_DRAFT_NONE, .zipf_q32 = sq_q32_of(11, 10)};
    return sq_read_object(reader, shape->object, node, prompts);
}

static const struct sq_shape prompts_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &prompts_object, .read = read_prompts};

/* ---- keys, tenants, sessions ---- */

static const struct sq_shape keys_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of keys", .min = 1, .max = SQ_IDENTITIES_MAX};
static const struct sq_shape tenants_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of tenants", .min = 1, .max = SQ_IDENTITIES_MAX};
static const struct sq_shape length_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of calls", .min = 1, .max = 1000000};
static const struct sq_field sessions_fields[] = {
    {"length", &length_shape, SQ_PLACE(struct sq_workload_draft, session_length),
     .sentence = "every session has exactly so many calls: those its tenant makes one after the "
                 "other (of a workload without tenants, all calls in turn)",
     .example = "5", .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_object sessions_object = {
    .name = "sessions", .sentence = "calls that belong together", .fields = sessions_fields};
/* The one field there is writes into the draft of the workload. */
static const struct sq_shape sessions_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sessions_object};

/* ---- workload ---- */

/* Drafts whose numbers are not zero when absent are prepared before they are read. */
static bool read_phase(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_phase_draft *phase = into;
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
    struct sq_request_draft *request = into;
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
                                             .item_bytes = sizeof(struct sq_phase_draft)};
static const struct sq_shape requests_shape = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of requests",
                                               .min = 1,
                                               .max = SQ_WORKLOAD_REQUESTS_MAX,
                                               .item = &request_item,
                                               .item_bytes = sizeof(struct sq_request_draft)};

static const struct sq_field workload_fields[] = {
    {"phases", &phases_shape, SQ_PLACE(struct sq_workload_draft, phases),
     .sentence = "how many calls come when, one phase after the other",
     .example = "[ { \"duration\": \"60s\", \"arrival_rate\": 5 } ]", .flags = SQ_FIELD_ONE_OF},
    {"trace", &trace_shape, SQ_PLACE(struct sq_workload_draft, trace),
     .sentence = "replays recorded requests: their times and tokens, instead of phases",
     .example = "{ \"file\": \"requests.csv\", \"format\": \"azure-2023\" }",
     .flags = SQ_FIELD_ONE_OF},
    {"requests", &requests_shape, SQ_PLACE(struct sq_workload_draft, requests),
     .sentence = "the mix of calls, by weight",
     .standard = "one plain request of 100 tokens, answered with 50",
     .example = "[ { \"name\": \"chat\", \"stream\": true } ]"},
    {"users", &sq_shape_later, .sentence = "write `phases` with an `arrival_rate`"},
    {"think_time", &sq_shape_later, .sentence = "write `phases` with an `arrival_rate`"},
    {"streams", &sq_shape_later, .sentence = "write one workload with `phases`"},
    {"prompts", &prompts_shape, SQ_PLACE(struct sq_workload_draft, prompts),
     .sentence = "which question a call asks, and so how often one comes back",
     .standard = "every call asks something new", .example = "{ \"pool\": 1000, \"zipf\": 1.1 }"},
    {"keys", &keys_shape, SQ_PLACE(struct sq_workload_draft, n_keys),
     .sentence = "so many API keys; each call is made with one of them, drawn evenly",
     .standard = "calls have no key", .example = "20"},
    {"tenants", &tenants_shape, SQ_PLACE(struct sq_workload_draft, n_tenants),
     .sentence = "so many tenants; each call is made on behalf of one of them, drawn evenly",
     .standard = "calls have no tenant", .example = "20"},
    {"sessions", &sessions_shape, 0, sizeof(struct sq_workload_draft),
     .sentence = "calls come in sessions, each of one tenant", .standard = "calls have no session",
     .example = "{ \"length\": 5 }"},
    {.key = NULL}};
static const struct sq_foreign workload_foreign[] = {
    {"stages", "phases", SQ_FOREIGN_RENAME, NULL},
    {"scenarios", "requests", SQ_FOREIGN_RENAME, NULL},
    {"api_keys", "keys", SQ_FOREIGN_RENAME, NULL},
    {"vus", NULL, SQ_FOREIGN_SAY, "users are not supported by this version; write `phases`"},
    {.key = NULL}};
const struct sq_object sq_object_workload = {.name = "workload",
                                             .sentence = "which calls are made, and when",
                                             .fields = workload_fields,
                                             .foreign = workload_foreign,
                                             .one_needed = true};
const struct sq_shape sq_shape_workload = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sq_object_workload};
