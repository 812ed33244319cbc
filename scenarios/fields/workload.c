/* SPDX-License-Identifier: MIT */
/* The workload: the mix of requests, traces, questions, users, streams; phases are in phase.c. */
#include "base/assert.h"
#include "scenarios/drafts_int.h"
#include "scenarios/values_int.h"
#include "scenarios/workload_int.h"

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
static bool read_request(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_request_draft *request = into;
    sq_assert(size == sizeof(*request));
    request->weight = 1000000;
    request->deadline = SQ_NEVER;
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape request_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &request_object, .read = read_request};
static const struct sq_shape requests_shape = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of requests",
                                               .min = 1,
                                               .max = SQ_WORKLOAD_REQUESTS_MAX,
                                               .item = &request_item,
                                               .item_bytes = sizeof(struct sq_request_draft)};

static const struct sq_shape users_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a number of users", .min = 1, .max = SQ_WORKLOAD_USERS_MAX};

/* What the workload and each of its streams can say. */
#define TRAFFIC_FIELDS                                                                             \
    {"phases",                                                                                     \
     &sq_shape_phases,                                                                             \
     SQ_PLACE(struct sq_workload_draft, phases),                                                   \
     .sentence = "how many calls come when, one phase after the other",                            \
     .example = "[ { \"duration\": \"60s\", \"arrival_rate\": 5 } ]",                              \
     .flags = SQ_FIELD_ONE_OF},                                                                    \
        {"trace",                                                                                  \
         &trace_shape,                                                                             \
         SQ_PLACE(struct sq_workload_draft, trace),                                                \
         .sentence = "replays recorded requests: their times and tokens, instead of phases",       \
         .example = "{ \"file\": \"requests.csv\", \"format\": \"azure-2023\" }",                  \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"users",                                                                                  \
         &users_shape,                                                                             \
         SQ_PLACE(struct sq_workload_draft, users),                                                \
         .sentence = "so many make calls, instead of phases: each waits for the outcome, thinks, " \
                     "and makes the next",                                                         \
         .example = "10",                                                                          \
         .flags = SQ_FIELD_ONE_OF},                                                                \
        {"think_time",                                                                             \
         &sq_shape_span_law,                                                                       \
         SQ_PLACE(struct sq_workload_draft, think_time),                                           \
         .sentence = "from the end of a user's call to his next; from start to start it is a "     \
                     "millisecond at least",                                                       \
         .standard = "0s",                                                                         \
         .example = "{ \"exponential\": { \"mean\": \"10s\" } }"},                                 \
        {"ramp_up",                                                                                \
         &sq_shape_span,                                                                           \
         SQ_PLACE(struct sq_workload_draft, ramp_up),                                              \
         .sentence = "the users begin one by one, evenly spread over it",                          \
         .standard = "0s: all at once",                                                            \
         .example = "\"30s\""},                                                                    \
        {"requests",                                                                               \
         &requests_shape,                                                                          \
         SQ_PLACE(struct sq_workload_draft, requests),                                             \
         .sentence = "the mix of calls, by weight",                                                \
         .standard = "one plain request of 100 tokens, answered with 50",                          \
         .example = "[ { \"name\": \"chat\", \"stream\": true } ]"},                               \
    {                                                                                              \
        "prompts", &prompts_shape, SQ_PLACE(struct sq_workload_draft, prompts),                    \
            .sentence = "which question a call asks, and so how often one comes back",             \
            .standard = "every call asks something new",                                           \
            .example = "{ \"pool\": 1000, \"zipf\": 1.1 }"                                         \
    }

static const struct sq_foreign traffic_foreign[] = {
    {"stages", "phases", SQ_FOREIGN_RENAME, NULL},
    {"scenarios", "requests", SQ_FOREIGN_RENAME, NULL},
    {"api_keys", "keys", SQ_FOREIGN_RENAME, NULL},
    {"vus", "users", SQ_FOREIGN_RENAME, NULL},
    {"wait_time", "think_time", SQ_FOREIGN_RENAME, NULL},
    {"spawn_rate", NULL, SQ_FOREIGN_SAY, "write `ramp_up`: users divided by the rate"},
    {.key = NULL}};

static const struct sq_field stream_fields[] = {
    {"name", &sq_shape_name, SQ_PLACE(struct sq_workload_draft, name),
     .sentence = "what reports call it: its phases are NAME.PHASE there and in selectors, a single "
                 "one without a name is NAME",
     .standard = "stream-1, stream-2, ...", .example = "\"batch\""},
    TRAFFIC_FIELDS,
    {.key = NULL}};
static const struct sq_object stream_object = {.name = "stream",
                                               .sentence = "calls from one source",
                                               .fields = stream_fields,
                                               .foreign = traffic_foreign,
                                               .is_item = true,
                                               .one_needed = true};
static const struct sq_shape stream_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &stream_object};
static const struct sq_shape streams_shape = {.kind = SQ_SHAPE_LIST,
                                              .name = "a list of streams",
                                              .min = 1,
                                              .max = SQ_WORKLOAD_STREAMS_MAX,
                                              .item = &stream_item,
                                              .item_bytes = sizeof(struct sq_workload_draft)};

static const struct sq_field workload_fields[] = {
    TRAFFIC_FIELDS,
    {"streams", &streams_shape, SQ_PLACE(struct sq_workload_draft, streams),
     .sentence = "several sources side by side, each with its own phases, trace or users",
     .example = "[ { \"name\": \"chat\", \"users\": 10 }, { \"name\": \"batch\", \"phases\": [ { "
                "\"duration\": \"60s\", \"arrival_rate\": 5 } ] } ]",
     .flags = SQ_FIELD_ONE_OF},
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
const struct sq_object sq_object_workload = {.name = "workload",
                                             .sentence = "which calls are made, and when",
                                             .fields = workload_fields,
                                             .foreign = traffic_foreign,
                                             .one_needed = true};
const struct sq_shape sq_shape_workload = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sq_object_workload};
