/* SPDX-License-Identifier: MIT */
/* The tables of contracts: of a request, and what a policy does with answers that break theirs. */
#include <string.h>

#include "base/assert.h"
#include "scenarios/contracts_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"
#include "wire/repair.h"

/* What answers must be, in both tables. */
#define CONTRACT_FIELDS(type, draft)                                                               \
    {"schema", &sq_shape_node, SQ_PLACE(type, draft schema),                                       \
     .sentence = "a JSON Schema (draft 2020-12) that answers must meet; implies json",             \
     .example = "{ \"type\": \"object\", \"required\": [\"answer\"] }"},                           \
        {"json",                                                                                   \
         &sq_shape_bool,                                                                           \
         SQ_PLACE(type, draft json),                                                               \
         .sentence = "answers must be JSON",                                                       \
         .standard = "false",                                                                      \
         .example = "true"},                                                                       \
        {"whole",                                                                                  \
         &sq_shape_bool,                                                                           \
         SQ_PLACE(type, draft whole),                                                              \
         .sentence = "answers must not end at their length limit; implied by json",                \
         .standard = "false",                                                                      \
         .example = "true"},                                                                       \
        {"sample",                                                                                 \
         &sq_shape_node,                                                                           \
         SQ_PLACE(type, draft sample),                                                             \
         .sentence = "an answer that meets the contract: what healthy models say",                 \
         .standard = "made from the schema",                                                       \
         .example = "{ \"answer\": \"yes\" }"},

/* ---- of a request ---- */

static const struct sq_field request_fields[] = {
    CONTRACT_FIELDS(struct sq_contract_draft, ){.key = NULL}};
static const struct sq_foreign request_foreign[] = {
    {"json_schema", "schema", SQ_FOREIGN_RENAME, NULL},
    {"response_format", "schema", SQ_FOREIGN_RENAME, NULL},
    {"example", "sample", SQ_FOREIGN_RENAME, NULL},
    {.key = NULL}};
static const struct sq_object request_object = {.name = "contract",
                                                .sentence = "what a request asks of its answers",
                                                .fields = request_fields,
                                                .foreign = request_foreign};

static bool read_request(struct sq_reader *reader, const struct sq_shape *shape,
                         const struct sq_json *node, void *into, size_t size)
{
    struct sq_contract_draft *draft = into;
    sq_assert(size == sizeof(*draft));
    if (!sq_read_object(reader, shape->object, node, draft)) {
        return false;
    }
    draft->node = node;
    return true;
}

const struct sq_shape sq_shape_request_contract = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &request_object, .read = read_request};

/* ---- of a policy ---- */

static const struct sq_word from_words[] = {
    {"request", 0, .sentence = "the contract of each request"},
    {"policy", 1, .sentence = "its own contract, for every request, whatever that asks for"},
    {.word = NULL}};
static const struct sq_shape from_shape = {
    .kind = SQ_SHAPE_WORD, .name = "request", .words = from_words};
#define REPAIR_WORD(id, word, what) {(word), 1 << SQ_REPAIR_##id, .sentence = (what)},
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
static const struct sq_field policy_fields[] = {
    {"from", &from_shape, SQ_PLACE(struct sq_policy_contract_draft, settings.required),
     .sentence = "whose contract holds", .standard = "request", .example = "\"request\""},
    {"repair", &repair_shape, SQ_PLACE(struct sq_policy_contract_draft, settings.repair),
     .sentence = "what is tried with a bad answer before it counts as one", .standard = "nothing",
     .example = "[\"fences\", \"trailing_commas\"]"},
    {"reask", &reask_shape, SQ_PLACE(struct sq_policy_contract_draft, settings),
     .sentence = "when a bad answer is asked for again"},
    CONTRACT_FIELDS(struct sq_policy_contract_draft, own.){.key = NULL}};

/* A contract of the policy's own is one that is used, and the other way round. */
static void finish_policy(struct sq_reader *reader, const struct sq_json *node, void *into)
{
    static const char *const own[] = {"schema", "json", "whole", "sample"};
    struct sq_policy_contract_draft *draft = into;
    draft->own.node = node;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && !draft->settings.required; i++) {
        const struct sq_json *member = sq_json_member(node, own[i]);
        if (member != NULL) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, member, true, NULL,
                                               "add \"from\": \"policy\", or write it into the "
                                               "`contract` of a request"},
                        "`%s` counts for nothing while the contract is that of the request",
                        sq_path_of(reader, member));
        }
    }
}

static const struct sq_object policy_object = {
    .name = "policy_contract",
    .sentence = "what is done with answers that break their contract; with from \"policy\" also "
                "what that is",
    .fields = policy_fields,
    .foreign = request_foreign,
    .finish = finish_policy};
const struct sq_shape sq_shape_policy_contract = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &policy_object};
