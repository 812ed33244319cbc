/* SPDX-License-Identifier: MIT */
/* The tables of a policy: breaker, limits, fallback, and the policy as a whole. */
#include <string.h>

#include "base/assert.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"
#include "scenarios/words_int.h"

/* ---- breaker ---- */

static const struct sq_shape count_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = 1000000};
static const struct sq_shape share_shape = {
    .kind = SQ_SHAPE_RATIO, .name = "a ratio above 0", .min = 1, .max = INT64_C(1) << 32};
static const struct sq_field trip_fields[] = {
    {"consecutive", &count_shape, SQ_PLACE(struct sq_breaker_trip, consecutive),
     .sentence = "so many failures in a row open it", .example = "5"},
    {"failure_ratio", &share_shape, SQ_PLACE(struct sq_breaker_trip, failure_share_q32),
     .sentence = "this share of failures within the window opens it", .example = "0.5"},
    {"window", &sq_shape_positive_span, SQ_PLACE(struct sq_breaker_trip, window),
     .sentence = "span over which failure_ratio is counted", .standard = "10s",
     .example = "\"10s\""},
    {"minimum_attempts", &count_shape, SQ_PLACE(struct sq_breaker_trip, minimum_attempts),
     .sentence = "fewer attempts within the window never open it", .standard = "10",
     .example = "10"},
    {.key = NULL}};
static const struct sq_foreign trip_foreign[] = {
    {"failure_threshold", "consecutive", SQ_FOREIGN_RENAME, NULL},
    {"allowed_fails", "consecutive", SQ_FOREIGN_PLUS_ONE, NULL},
    {"failure_rate_threshold", NULL, SQ_FOREIGN_SAY, "write `failure_ratio: \"50%\"`"},
    {"minimum_throughput", "minimum_attempts", SQ_FOREIGN_RENAME, NULL},
    {"minimum_number_of_calls", "minimum_attempts", SQ_FOREIGN_RENAME, NULL},
    {"sampling_duration", "window", SQ_FOREIGN_SECONDS, NULL},
    {.key = NULL}};

/* A rule with 0 attempts is off: failure_ratio brings its own minimum. */
static void finish_trip(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    struct sq_breaker_trip *trip = into;
    if (trip->failure_share_q32 == 0 &&
        (sq_json_member(node, "window") != NULL || trip->minimum_attempts != 0)) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL,
                                           "add \"failure_ratio\": 0.5"},
                    "`%s` has a window without a `failure_ratio`", sq_path_of(reader, node));
    }
    if (trip->failure_share_q32 != 0 && trip->minimum_attempts == 0) {
        trip->minimum_attempts = 10;
    }
}

static const struct sq_object trip_object = {.name = "trip",
                                             .sentence = "what opens the breaker: either rule does",
                                             .fields = trip_fields,
                                             .foreign = trip_foreign,
                                             .finish = finish_trip};
static const struct sq_shape trip_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &trip_object};

static const struct sq_word key_words[] = {
    {"provider", SQ_KEY_PROVIDER, .sentence = "a breaker for each provider"},
    {"model", SQ_KEY_MODEL, .sentence = "a breaker for each model"},
    {"host", 0, .later = true},
    {"key", 0, .later = true},
    {"region", 0, .later = true},
    {"tenant", 0, .later = true},
    {.word = NULL}};
static const struct sq_shape key_word = {
    .kind = SQ_SHAPE_WORD, .name = "provider or model", .words = key_words};
static const struct sq_shape key_list = {.kind = SQ_SHAPE_LIST,
                                         .name = "a list of provider and model",
                                         .max = 2,
                                         .item = &key_word,
                                         .item_bytes = sizeof(uint32_t)};

static bool read_key(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size)
{
    struct sq_list list = {0};
    uint16_t bits = 0;
    sq_assert(size == sizeof(bits) && shape->kind == SQ_SHAPE_LIST);
    if (!sq_read_value(reader, &key_list, node, &list, sizeof(list))) {
        return false;
    }
    for (uint32_t i = 0; i < list.n_items; i++) {
        bits = (uint16_t)(bits | ((const uint32_t *)list.items)[i]);
    }
    memcpy(into, &bits, sizeof(bits));
    return true;
}

static const struct sq_shape key_shape = {.kind = SQ_SHAPE_LIST,
                                          .name = "a list of provider and model",
                                          .max = 2,
                                          .item = &key_word,
                                          .item_bytes = sizeof(uint32_t),
                                          .read = read_key};
static const struct sq_shape admit_shape = {.kind = SQ_SHAPE_INTEGER,
                                            .name = "a whole number of probes",
                                            .min = 1,
                                            .max = SQ_BREAKER_ADMIT_MAX};
static const struct sq_field half_open_fields[] = {
    {"admit", &admit_shape, SQ_PLACE(struct sq_breaker, admit),
     .sentence = "probes in flight at a time; as many successes close it", .standard = "1",
     .example = "1"},
    {"lease_timeout", &sq_shape_positive_span, SQ_PLACE(struct sq_breaker, lease_timeout),
     .sentence = "a probe without a result by then counts as a failure",
     .standard = "timeouts.attempt + 1s, or 61s", .example = "\"26s\""},
    {.key = NULL}};
static const struct sq_object half_open_object = {
    .name = "half_open", .sentence = "how the breaker tries again", .fields = half_open_fields};
static const struct sq_shape half_open_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &half_open_object};

static const struct sq_field breaker_fields[] = {
    {"key", &key_shape, SQ_PLACE(struct sq_breaker, key),
     .sentence = "which attempts share a breaker", .standard = "[\"provider\", \"model\"]",
     .example = "[\"provider\", \"model\"]"},
    {"trip", &trip_shape, SQ_PLACE(struct sq_breaker, trip), .sentence = "what opens it",
     .example = "{ \"consecutive\": 5 }"},
    {"open_for", &sq_shape_positive_span, SQ_PLACE(struct sq_breaker, open_for),
     .sentence = "how long it stays open", .standard = "60s", .example = "\"60s\""},
    {"half_open", &half_open_shape, .offset = 0, .size = sizeof(struct sq_breaker),
     .sentence = "how it tries again"},
    {"counts_as", &sq_shape_counts_as, SQ_PLACE(struct sq_breaker, mark),
     .sentence = "what each class of failure is to it", .standard = "the table of classes",
     .example = "{ \"rate_limited\": \"neutral\" }"},
    {.key = NULL}};
static const struct sq_foreign breaker_foreign[] = {
    {"failure_threshold", NULL, SQ_FOREIGN_SAY, "write `trip: { \"consecutive\": ... }`"},
    {"allowed_fails", NULL, SQ_FOREIGN_SAY,
     "write `trip: { \"consecutive\": ... }`, one more than was allowed"},
    {"failure_ratio", NULL, SQ_FOREIGN_SAY, "write `trip: { \"failure_ratio\": ... }`"},
    {"break_duration", "open_for", SQ_FOREIGN_SECONDS, NULL},
    {"reset_timeout", "open_for", SQ_FOREIGN_SECONDS, NULL},
    {"recovery_timeout", "open_for", SQ_FOREIGN_SECONDS, NULL},
    {"cooldown", "open_for", SQ_FOREIGN_SECONDS, NULL},
    {"cooldown_time", "open_for", SQ_FOREIGN_SECONDS, NULL},
    {.key = NULL}};
static const struct sq_object breaker_object = {.name = "breaker",
                                                .sentence =
                                                    "stops sending where most attempts fail",
                                                .fields = breaker_fields,
                                                .foreign = breaker_foreign};

static bool read_breaker(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_breaker *breaker = into;
    sq_assert(size == sizeof(*breaker));
    breaker->on = true;
    return sq_read_object(reader, shape->object, node, breaker);
}

const struct sq_shape sq_shape_breaker = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &breaker_object, .read = read_breaker};

/* ---- limits ---- */

#define COUNT_MAX 1000000

static const struct sq_shape limit_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = COUNT_MAX};
static const struct sq_shape keep_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 0, .max = COUNT_MAX};
static const struct sq_field limits_fields[] = {
    {"concurrency", &limit_shape, SQ_PLACE(struct sq_limits, concurrency),
     .sentence = "attempts under way, waiting for a connection or on the wire; one more is refused",
     .standard = "no limit", .example = "200"},
    {"connections", &limit_shape, SQ_PLACE(struct sq_limits, connections),
     .sentence = "attempts on the wire; one more waits, first come first served",
     .standard = "no limit", .example = "100"},
    {"keep_alive", &keep_shape, SQ_PLACE(struct sq_limits, keep_alive),
     .sentence = "idle connections kept for later attempts; only live has real ones",
     .standard = "all", .example = "20"},
    {"pool_wait", &sq_shape_span, SQ_PLACE(struct sq_limits, pool_wait),
     .sentence = "how long an attempt waits for a connection; then it is a pool_timeout",
     .standard = "without end", .example = "\"5s\""},
    {"requests_per_minute", &sq_shape_later, .sentence = ""},
    {"tokens_per_minute", &sq_shape_later, .sentence = ""},
    {.key = NULL}};
static const struct sq_foreign limits_foreign[] = {
    {"max_connections", "connections", SQ_FOREIGN_RENAME, NULL},
    {"max_keepalive_connections", "keep_alive", SQ_FOREIGN_RENAME, NULL},
    {"max_concurrent_calls", "concurrency", SQ_FOREIGN_RENAME, NULL},
    {"max_parallel_requests", "concurrency", SQ_FOREIGN_RENAME, NULL},
    {"max_concurrency", "concurrency", SQ_FOREIGN_RENAME, NULL},
    {"pool_timeout", "pool_wait", SQ_FOREIGN_SECONDS, NULL},
    {"max_wait_duration", "pool_wait", SQ_FOREIGN_SECONDS, NULL},
    {.key = NULL}};

static void need_connections(struct sq_reader *reader, const struct sq_json *node, const char *key)
{
    const struct sq_json *member = sq_json_member(node, key);
    if (member != NULL) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, member, true, NULL,
                                           "add `connections`, or remove it"},
                    "`%s` without a limit of `connections`", sq_path_of(reader, member));
    }
}

static void finish_limits(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    const struct sq_limits *limits = into;
    if (limits->connections == 0) {
        need_connections(reader, node, "keep_alive");
        need_connections(reader, node, "pool_wait");
    }
}

static const struct sq_object limits_object = {
    .name = "limits",
    .sentence = "what the client imposes on itself; those of the policy are shared by all roles "
                "that have none of their own",
    .fields = limits_fields,
    .foreign = limits_foreign,
    .finish = finish_limits};
static const struct sq_shape limits_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &limits_object};

/* ---- overrides ---- */

static const struct sq_field override_fields[] = {
    {"timeouts", &sq_shape_timeouts, SQ_PLACE(struct sq_role_settings, timeouts),
     .sentence = "in place of those of the policy"},
    {"retry", &sq_shape_retry, SQ_PLACE(struct sq_role_settings, retry),
     .sentence = "in place of those of the policy"},
    {"breaker", &sq_shape_breaker, SQ_PLACE(struct sq_role_settings, breaker),
     .sentence = "in place of those of the policy"},
    {"hedge", &sq_shape_later, .sentence = ""},
    {"limits", &limits_shape, SQ_PLACE(struct sq_role_settings, limits),
     .sentence = "the role's own, in place of the shared ones of the policy"},
    {.key = NULL}};
const struct sq_object sq_object_override = {
    .name = "override",
    .sentence = "what is different for one role: fields replace fields, lists replace lists",
    .fields = override_fields};

/* Read when the roles of the scenario are known. */
static const struct sq_shape override_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &sq_object_override};
static const struct sq_shape *const override_either[] = {&override_shape, NULL};
static const struct sq_shape override_item = {
    .kind = SQ_SHAPE_NODE, .name = "an object", .either = override_either};
static const struct sq_shape overrides_shape = {.kind = SQ_SHAPE_MAP,
                                                .name = "an object of overrides by role",
                                                .max = SQ_ROLES_MAX,
                                                .text = SQ_NAME_PUNCTUATION,
                                                .item = &override_item,
                                                .item_bytes = sizeof(struct sq_item)};

/* ---- fallback ---- */

static const struct sq_word counts_words[] = {
    {"answer", 1, .sentence = "a fixed text counts as available"}, {.word = NULL}};
static const struct sq_shape counts_shape = {
    .kind = SQ_SHAPE_WORD, .name = "answer", .words = counts_words};
static const struct sq_field rung_fields[] = {
    {"role", &sq_shape_name, SQ_PLACE(struct sq_rung_draft, role), .sentence = "ask this role",
     .example = "\"cheap\"", .flags = SQ_FIELD_ONE_OF},
    {"answer", &sq_shape_text, SQ_PLACE(struct sq_rung_draft, answer),
     .sentence = "give this text to the caller: an apology", .example = "\"Please try later.\"",
     .flags = SQ_FIELD_ONE_OF},
    {"on", &sq_shape_on, SQ_PLACE(struct sq_rung_draft, on), .sentence = "failures that lead here",
     .standard = "the classes that say so in the table", .example = "\"any\""},
    {"optional", &sq_shape_bool, SQ_PLACE(struct sq_rung_draft, optional),
     .sentence = "left out where the scenario has no such role", .standard = "false",
     .example = "true"},
    {"counts_as", &counts_shape, SQ_PLACE(struct sq_rung_draft, counts_as_answer),
     .sentence = "a fixed text counts as available, as outcome substitute",
     .standard = "an apology, an error", .example = "\"answer\""},
    {"rules", &sq_shape_answer_rules, SQ_PLACE(struct sq_rung_draft, rules),
     .sentence = "answers of the client itself, for questions with a text; else the next rung",
     .example = "[ { \"contains\": \"price\", \"answer\": \"Please call us.\" } ]",
     .flags = SQ_FIELD_ONE_OF},
    {"cache", &sq_shape_later, .sentence = "", .flags = SQ_FIELD_ONE_OF},
    {"queue", &sq_shape_later, .sentence = "", .flags = SQ_FIELD_ONE_OF},
    {.key = NULL}};
static const struct sq_foreign rung_foreign[] = {{"model", "role", SQ_FOREIGN_RENAME, NULL},
                                                 {"text", "answer", SQ_FOREIGN_RENAME, NULL},
                                                 {"message", "answer", SQ_FOREIGN_RENAME, NULL},
                                                 {.key = NULL}};

static void finish_rung(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    const struct sq_rung_draft *rung = into;
    if (rung->role[0] == '\0' && rung->optional) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, sq_json_member(node, "optional"), true,
                                           NULL, "remove it"},
                    "`%s`: only a role can be missing", sq_path_of(reader, node));
    }
    if (rung->answer == NULL && rung->counts_as_answer) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, sq_json_member(node, "counts_as"),
                                           true, NULL, "an answer of a role counts anyway"},
                    "`%s`: only a fixed answer can be counted as one", sq_path_of(reader, node));
    }
}

static const struct sq_object rung_object = {.name = "rung",
                                             .sentence = "one step of the fallback ladder",
                                             .fields = rung_fields,
                                             .foreign = rung_foreign,
                                             .is_item = true,
                                             .one_needed = true,
                                             .finish = finish_rung};

static bool read_rung(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct sq_rung_draft *rung = into;
    sq_assert(size == sizeof(*rung));
    rung->on = sq_on_of_fallback();
    return sq_read_object(reader, shape->object, node, into);
}

static const struct sq_shape rung_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &rung_object, .read = read_rung};
static const struct sq_shape rungs_shape = {.kind = SQ_SHAPE_LIST,
                                            .name = "a list of rungs",
                                            .max = SQ_RUNGS_MAX,
                                            .item = &rung_item,
                                            .item_bytes = sizeof(struct sq_rung_draft)};

/* ---- the policy ---- */

static const struct sq_shape policy_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "a policy", .object = &sq_object_policy};
static const struct sq_shape *const layer_either[] = {&policy_shape, &sq_shape_text, NULL};
static const struct sq_shape layer_item = {
    .kind = SQ_SHAPE_NODE, .name = "a policy, or the name of one", .either = layer_either};
static const struct sq_shape layers_shape = {.kind = SQ_SHAPE_LIST,
                                             .name = "a list of policies",
                                             .min = 1,
                                             .max = SQ_LAYERS_MAX,
                                             .item = &layer_item,
                                             .item_bytes = sizeof(struct sq_item)};
static const struct sq_shape schema_shape = {
    .kind = SQ_SHAPE_CONST, .name = "a text", .text = "squall/policy/1"};

#define MECHANISM(member) SQ_PLACE(struct sq_policy_draft, member)

static const struct sq_field policy_fields[] = {
    {"$schema", &sq_shape_text, MECHANISM(schema_uri),
     .sentence = "where editors find the JSON Schema",
     .example = "\"../schema/policy.schema.json\""},
    {"schema", &schema_shape, .sentence = "what the file is", .example = "\"squall/policy/1\""},
    {"name", &sq_shape_shown_name, MECHANISM(name), .sentence = "what reports call it",
     .standard = "the name of the file or preset", .example = "\"production\""},
    {"description", &sq_shape_text, MECHANISM(description), .sentence = "what it is for"},
    {"version", &sq_shape_text, MECHANISM(version),
     .sentence = "versions of the client it reproduces", .example = "\">=2.52.0\""},
    {"sources", &sq_shape_sources, MECHANISM(sources), .sentence = "where its figures come from"},
    {"assumptions", &sq_shape_texts, MECHANISM(assumptions),
     .sentence = "what no source says and was chosen"},
    {"timeouts", &sq_shape_timeouts, MECHANISM(base.timeouts),
     .sentence = "how long each part may last", .example = "{ \"attempt\": \"20s\" }"},
    {"retry", &sq_shape_retry, MECHANISM(base.retry),
     .sentence = "when and how a failure is tried again", .example = "{ \"max_attempts\": 3 }"},
    {"breaker", &sq_shape_breaker, MECHANISM(base.breaker),
     .sentence = "stops sending where most attempts fail",
     .example = "{ \"trip\": { \"consecutive\": 5 } }"},
    {"fallback", &rungs_shape, MECHANISM(fallback),
     .sentence = "what to do when a role has failed, step by step",
     .example = "[ { \"role\": \"cheap\" }, { \"answer\": \"Please try later.\" } ]"},
    {"classify", &sq_shape_classify, MECHANISM(classify),
     .sentence = "other classes for some failures",
     .example = "[ { \"status\": 500, \"code\": \"billing\", \"class\": \"quota\" } ]"},
    {"roles", &overrides_shape, MECHANISM(roles), .sentence = "what is different for a role",
     .example = "{ \"cheap\": { \"retry\": { \"max_attempts\": 2 } } }"},
    {"layers", &layers_shape, MECHANISM(layers),
     .sentence = "policies stacked in one another, the outermost first; then nothing else"},
    {"limits", &limits_shape, MECHANISM(base.limits),
     .sentence = "what the client imposes on itself, shared by all roles",
     .example = "{ \"connections\": 100, \"pool_wait\": \"5s\" }"},
    {"contract", &sq_shape_policy_contract, MECHANISM(contract),
     .sentence = "what is done with answers that break their contract",
     .example = "{ \"reask\": { \"max\": 1 } }"},
    {"hedge", &sq_shape_later, .sentence = ""},
    {"spend", &sq_shape_later, .sentence = ""},
    {"cache", &sq_shape_later, .sentence = ""},
    {"select", &sq_shape_later, .sentence = ""},
    {.key = NULL}};
static const struct sq_foreign policy_foreign[] = {
    {"max_retries", NULL, SQ_FOREIGN_SAY,
     "write `retry: { \"max_attempts\": ... }`, the first try counts"},
    {"num_retries", NULL, SQ_FOREIGN_SAY,
     "write `retry: { \"max_attempts\": ... }`, the first try counts"},
    {"timeout", NULL, SQ_FOREIGN_SAY,
     "write \"timeouts\": { \"attempt\": \"30s\" } for one attempt, `total` for the call"},
    {"circuit_breaker", "breaker", SQ_FOREIGN_RENAME, NULL},
    {"fallbacks", "fallback", SQ_FOREIGN_RENAME, NULL},
    {"cooldown_time", NULL, SQ_FOREIGN_SAY, "write `breaker: { \"open_for\": ... }`"},
    {"allowed_fails", NULL, SQ_FOREIGN_SAY, "write `breaker: { \"trip\": ... }`"},
    {"bulkhead", "limits", SQ_FOREIGN_RENAME, NULL},
    {"rate_limit", "limits", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
const struct sq_object sq_object_policy = {.name = "policy",
                                           .sentence = "what a client does when things go wrong",
                                           .fields = policy_fields,
                                           .foreign = policy_foreign};
