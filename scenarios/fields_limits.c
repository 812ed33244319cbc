/* SPDX-License-Identifier: MIT */
/* The tables of a policy: what a client imposes on itself, contracts, rules, retry budgets. */
#include <string.h>

#include "base/assert.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"
#include "wire/repair.h"

/* ---- limits ---- */

#define COUNT_MAX 1000000

static const struct sq_shape count_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = COUNT_MAX};
static const struct sq_shape keep_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 0, .max = COUNT_MAX};
static const struct sq_field limits_fields[] = {
    {"concurrency", &count_shape, SQ_PLACE(struct sq_limits, concurrency),
     .sentence = "attempts under way, waiting for a connection or on the wire; one more is refused",
     .standard = "no limit", .example = "200"},
    {"connections", &count_shape, SQ_PLACE(struct sq_limits, connections),
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
const struct sq_shape sq_shape_limits = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &limits_object};

/* ---- retry budget ---- */

static const struct sq_shape floor_shape = {.kind = SQ_SHAPE_INTEGER,
                                            .name = "a whole number of retries",
                                            .min = 0,
                                            .max = SQ_BUDGET_FLOOR_MAX};
static const struct sq_field budget_fields[] = {
    {"ratio", &sq_shape_ratio, SQ_PLACE(struct sq_retry_budget, ratio_q32),
     .sentence = "retries for each call that begins on the role, both counted for 10 s",
     .standard = "0.2", .example = "0.2"},
    {"floor_per_second", &floor_shape, SQ_PLACE(struct sq_retry_budget, floor_per_second),
     .sentence = "retries a second that are always allowed, ten seconds of them at once",
     .standard = "10", .example = "10"},
    {.key = NULL}};
static const struct sq_foreign budget_foreign[] = {
    {"percent", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"percent_can_retry", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"budget_percent", "ratio", SQ_FOREIGN_RENAME, NULL},
    {"min_retries_per_second", "floor_per_second", SQ_FOREIGN_RENAME, NULL},
    {"min_retries_per_sec", "floor_per_second", SQ_FOREIGN_RENAME, NULL},
    {"ttl", NULL, SQ_FOREIGN_SAY, "remove it: deposits and retries count for 10 s"},
    {.key = NULL}};
static const struct sq_object budget_object = {
    .name = "retry_budget",
    .sentence = "no more retries than a share of the calls; a retry it denies ends the rung",
    .fields = budget_fields,
    .foreign = budget_foreign};

static bool read_budget(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_retry_budget *budget = into;
    sq_assert(size == sizeof(*budget));
    budget->on = true;
    return sq_read_object(reader, shape->object, node, budget);
}

const struct sq_shape sq_shape_budget = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &budget_object, .read = read_budget};

/* ---- contract ---- */

static const struct sq_word from_words[] = {
    {"request", 0, .sentence = "the contract of each request"},
    {"policy", 0, .later = true},
    {.word = NULL}};
static const struct sq_shape from_shape = {
    .kind = SQ_SHAPE_WORD, .name = "request", .words = from_words};
#define REPAIR_WORD(id, word, what) {word, 1 << SQ_REPAIR_##id, .sentence = what},
static const struct sq_word repair_words[] = {SQ_REPAIR_STEP_LIST(REPAIR_WORD){.word = NULL}};
#undef REPAIR_WORD
static const struct sq_shape repair_word = {
    .kind = SQ_SHAPE_WORD, .name = "a repair", .words = repair_words};
static const struct sq_shape repair_list = {.kind = SQ_SHAPE_LIST,
                                            .name = "a list of repairs",
                                            .max = SQ_REPAIR_STEPS,
                                            .item = &repair_word,
                                            .item_bytes = sizeof(uint32_t)};

static bool read_repair(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_list list = {0};
    uint32_t bits = 0;
    sq_assert(size == sizeof(bits) && shape->kind == SQ_SHAPE_LIST);
    if (!sq_read_value(reader, &repair_list, node, &list, sizeof(list))) {
        return false;
    }
    for (uint32_t i = 0; i < list.n_items; i++) {
        bits |= ((const uint32_t *)list.items)[i];
    }
    memcpy(into, &bits, sizeof(bits));
    return true;
}

static const struct sq_shape repair_shape = {.kind = SQ_SHAPE_LIST,
                                             .name = "a list of repairs",
                                             .max = SQ_REPAIR_STEPS,
                                             .item = &repair_word,
                                             .item_bytes = sizeof(uint32_t),
                                             .read = read_repair};
static const struct sq_shape reask_count = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number of re-asks", .min = 0, .max = SQ_REASKS_MAX};
static const struct sq_field reask_fields[] = {
    {"max", &reask_count, SQ_PLACE(struct sq_contract_settings, reask_max),
     .sentence = "re-asks on one rung, at once, beside max_attempts; each repeats the bad answer",
     .standard = "0", .example = "1"},
    {.key = NULL}};
static const struct sq_object reask_object = {
    .name = "reask",
    .sentence = "asks again for an answer that breaks the contract, but for a truncated one",
    .fields = reask_fields};
static const struct sq_shape reask_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &reask_object};
static const struct sq_field contract_fields[] = {
    {"from", &from_shape, SQ_PLACE(struct sq_contract_settings, required),
     .sentence = "whose contract holds", .standard = "request", .example = "\"request\""},
    {"repair", &repair_shape, SQ_PLACE(struct sq_contract_settings, repair),
     .sentence = "what is tried with a bad answer before it counts as one", .standard = "nothing",
     .example = "[\"fences\", \"trailing_commas\"]"},
    {"reask", &reask_shape, .offset = 0, .size = sizeof(struct sq_contract_settings),
     .sentence = "when a bad answer is asked for again"},
    {.key = NULL}};
static const struct sq_object contract_object = {
    .name = "policy_contract",
    .sentence = "what is done with answers that break their contract",
    .fields = contract_fields};
const struct sq_shape sq_shape_contract = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &contract_object};

/* ---- rules ---- */

static const struct sq_word match_words[] = {
    {"anywhere", 0, .sentence = "the text stands anywhere in the question"},
    {"word", 1, .sentence = "the text stands in the question as a word of its own"},
    {.word = NULL}};
static const struct sq_shape match_shape = {
    .kind = SQ_SHAPE_WORD, .name = "anywhere or word", .words = match_words};
static const struct sq_field rule_fields[] = {
    {"contains", &sq_shape_text, SQ_PLACE(struct sq_answer_rule_draft, contains),
     .sentence = "a text of the question", .example = "\"price\"", .flags = SQ_FIELD_REQUIRED},
    {"match", &match_shape, SQ_PLACE(struct sq_answer_rule_draft, word),
     .sentence = "where it stands", .standard = "anywhere", .example = "\"word\""},
    {"answer", &sq_shape_text, SQ_PLACE(struct sq_answer_rule_draft, answer),
     .sentence = "what the caller gets", .example = "\"Please call us for a quote.\"",
     .flags = SQ_FIELD_REQUIRED},
    {.key = NULL}};
static const struct sq_foreign rule_foreign[] = {
    {"if_contains", "contains", SQ_FOREIGN_RENAME, NULL},
    {"pattern", NULL, SQ_FOREIGN_SAY, "patterns are not supported; write `contains`"},
    {"text", "answer", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object rule_object = {
    .name = "answer_rule",
    .sentence = "answers questions that contain a text; the first that fits counts",
    .fields = rule_fields,
    .foreign = rule_foreign,
    .is_item = true};
static const struct sq_shape rule_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &rule_object};
const struct sq_shape sq_shape_answer_rules = {.kind = SQ_SHAPE_LIST,
                                               .name = "a list of rules",
                                               .min = 1,
                                               .max = SQ_ANSWER_RULES_MAX,
                                               .item = &rule_item,
                                               .item_bytes = sizeof(struct sq_answer_rule_draft)};
