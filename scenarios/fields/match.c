/* SPDX-License-Identifier: MIT */
/* The tables of a fault's `match` and `per`: which attempts it looks at, and what shares a draw. */
#include "base/assert.h"
#include "scenarios/fault_int.h"
#include "scenarios/values_int.h"

/* ---- key and tenant ---- */

static const struct sq_shape number_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = SQ_IDENTITIES_MAX};
static const struct sq_shape *const who_either[] = {&number_shape, &sq_shape_text, NULL};

static bool read_who(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size)
{
    struct sq_who_draft *who = into;
    sq_assert(size == sizeof(*who) && shape->either == who_either);
    who->node = node;
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        return sq_read_value(reader, &sq_shape_text, node, &who->name, sizeof(who->name));
    }
    return sq_read_value(reader, &number_shape, node, &who->number, sizeof(who->number));
}

static const struct sq_shape who_shape = {.kind = SQ_SHAPE_EITHER,
                                          .name = "a number of the workload's, or a name",
                                          .either = who_either,
                                          .read = read_who};

/* ---- header and body ---- */

static const struct sq_field value_fields[] = {
    {"pattern", &sq_shape_text, SQ_PLACE(struct sq_clause_draft, pattern),
     .sentence = "a text in which this regular expression is found", .example = "\"^OpenAI/\"",
     .flags = SQ_FIELD_ONE_OF},
    {"present", &sq_shape_bool, SQ_PLACE(struct sq_clause_draft, present),
     .sentence = "whether it is there at all, whatever its value", .example = "false",
     .flags = SQ_FIELD_ONE_OF},
    {.key = NULL}};
static const struct sq_object value_object = {
    .name = "match_value",
    .sentence = "what a header or a value of the body must be, beside a plain value",
    .fields = value_fields,
    .is_item = true,
    .one_needed = true};
static const struct sq_shape value_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &value_object};

static const struct sq_shape *const header_either[] = {&sq_shape_header_text, &value_shape, NULL};
static const struct sq_shape *const body_either[] = {&sq_shape_node, &value_shape, NULL};

static bool read_clause(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    struct sq_clause_draft *clause = into;
    sq_assert(size == sizeof(*clause));
    *clause = (struct sq_clause_draft){.at = {node, sq_json_key(node)}, .present = -1};
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_read_object(reader, &value_object, node, clause);
    }
    if (shape->either == header_either) {
        return sq_read_value(reader, &sq_shape_header_text, node, &clause->text,
                             sizeof(clause->text));
    }
    if (sq_json_kind(node) != SQ_JSON_ARRAY) {
        return true;
    }
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_WRONG_TYPE, node, false, "one value",
                                              "let the pointer name one element, such as \"/a/0\""},
                       "`%s` is a list, and a match compares one value", sq_path_of(reader, node));
}

static const struct sq_shape header_shape = {.kind = SQ_SHAPE_EITHER,
                                             .name = "a text or a pattern",
                                             .either = header_either,
                                             .read = read_clause};
static const struct sq_shape body_shape = {.kind = SQ_SHAPE_EITHER,
                                           .name = "a value or a pattern",
                                           .either = body_either,
                                           .read = read_clause};
static const struct sq_shape headers_shape = {.kind = SQ_SHAPE_MAP,
                                              .name = "an object of headers",
                                              .min = 1,
                                              .max = SQ_CLAUSES_MAX,
                                              .text = "_-",
                                              .item = &header_shape,
                                              .item_bytes = sizeof(struct sq_clause_draft)};
static const struct sq_shape bodies_shape = {.kind = SQ_SHAPE_MAP,
                                             .name = "an object of JSON pointers",
                                             .min = 1,
                                             .max = SQ_CLAUSES_MAX,
                                             .item = &body_shape,
                                             .item_bytes = sizeof(struct sq_clause_draft)};

/* ---- match ---- */

static const struct sq_shape ordinal = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = UINT16_MAX};
static const struct sq_field match_fields[] = {
    {"model", &sq_shape_text, SQ_PLACE(struct sq_match_draft, model),
     .sentence = "only this model, by its name on the wire", .example = "\"gpt-4o\""},
    {"stream", &sq_shape_bool, SQ_PLACE(struct sq_match_draft, stream),
     .sentence = "only streamed, or only plain requests", .example = "true"},
    {"attempt", &ordinal, SQ_PLACE(struct sq_match_draft, attempt),
     .sentence = "only the n-th attempt of its call, counted from 1", .example = "1"},
    {"key", &who_shape, SQ_PLACE(struct sq_match_draft, key),
     .sentence = "only this API key: the n-th of workload.keys, or the key as a client sends it",
     .example = "7"},
    {"tenant", &who_shape, SQ_PLACE(struct sq_match_draft, tenant),
     .sentence =
         "only this tenant: the n-th of workload.tenants, or the end user a client names in the "
         "body (`user`)",
     .example = "3"},
    {"header", &headers_shape, SQ_PLACE(struct sq_match_draft, headers),
     .sentence = "only requests with these headers: each with exactly this text, or a pattern",
     .example = "{ \"user-agent\": { \"pattern\": \"^OpenAI/\" } }"},
    {"body", &bodies_shape, SQ_PLACE(struct sq_match_draft, bodies),
     .sentence = "only requests with these values in the body, each by its JSON pointer",
     .example = "{ \"/stream\": true }"},
    {.key = NULL}};
static const struct sq_foreign match_foreign[] = {{"headers", "header", SQ_FOREIGN_RENAME, NULL},
                                                  {"api_key", "key", SQ_FOREIGN_RENAME, NULL},
                                                  {"user", "tenant", SQ_FOREIGN_RENAME, NULL},
                                                  {"json", "body", SQ_FOREIGN_RENAME, NULL},
                                                  {.key = NULL}};
static const struct sq_object match_object = {.name = "match",
                                              .sentence = "which attempts a rule looks at",
                                              .fields = match_fields,
                                              .foreign = match_foreign};

static bool read_match(struct sq_reader *reader, const struct sq_shape *shape,
                       const struct sq_json *node, void *into, size_t size)
{
    struct sq_match_draft *match = into;
    sq_assert(size == sizeof(*match));
    *match = (struct sq_match_draft){.node = node, .stream = -1};
    return sq_read_object(reader, shape->object, node, into);
}

const struct sq_shape sq_shape_match = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &match_object, .read = read_match};

/* ---- per ---- */

static const struct sq_word per_words[] = {
    {"attempt", SQ_PER_ATTEMPT, .sentence = "each attempt has a draw and a count of its own"},
    {"call", SQ_PER_CALL, .sentence = "all attempts of a call share one draw, and count by call"},
    {"key", SQ_PER_KEY, .sentence = "all attempts with an API key share one draw and one count"},
    {"tenant", SQ_PER_TENANT, .sentence = "all attempts of a tenant share one draw and one count"},
    {"session", SQ_PER_SESSION,
     .sentence = "all attempts of a session share one draw and one count"},
    {"request", 0, .foreign = "write \"attempt\" or \"call\""},
    {"user", 0, .foreign = "write \"tenant\""},
    {.word = NULL}};
const struct sq_shape sq_shape_per = {
    .kind = SQ_SHAPE_WORD, .name = "attempt, call, key, tenant or session", .words = per_words};
