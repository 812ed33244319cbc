/* SPDX-License-Identifier: MIT */
/*
 * See refusals_int.h. A place is where a value stands: the whole answer, a member, an item. At each
 * place that the schema speaks of, values of all types and those just beyond its bounds are tried.
 */
#include "scenarios/refusals_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/json_write.h"
#include "scenarios/samples_int.h"

/* Places inside each other; a schema that refers to itself has no end. */
#define DEPTH_MAX 8
/* Values that are tried for one schema: some ten milliseconds. */
#define TRIES_MAX 4000
/* More items, members or letters are not made: they would not fit a sample. */
#define COUNT_MAX 1000
/* Filler that must not make it good: 1 MiB, more than any model answers with. */
#define LONG_TOKENS 262144u

/* What the fault has always said, tried first: with filler inside its string. */
#define USUAL         "{\"unexpected\":\"\"}"
#define USUAL_FILL_AT 15

struct hunt {
    const struct sq_document *document; /* of the schema's text */
    const struct sq_json *root;
    const struct sq_schema *schema;
    struct sq_strbuf found;
    bool done;
    bool no_memory;
    uint32_t n_tries;
};

struct place {
    const char *before;         /* JSON in front of the value */
    char after[DEPTH_MAX + 1];  /* what closes it */
    const struct sq_json *with; /* objects here are such that this schema holds too; or NULL */
    int depth;
};

/* Whether the text is JSON that the schema refuses. */
static bool is_refused(struct hunt *hunt, const struct sq_strbuf *text)
{
    struct sq_schema_violation first;
    struct sq_error err = {0};
    if (sq_strbuf_failed(text)) {
        hunt->no_memory = true;
        return false;
    }
    enum sq_status status =
        sq_sample_check(sq_strbuf_text(text), text->length, hunt->schema, &first, &err);
    hunt->no_memory |= status == SQ_NO_MEMORY;
    return status == SQ_OK && first.found;
}

static void try_value(struct hunt *hunt, const struct place *place, const char *value)
{
    struct sq_strbuf text = {0};
    if (hunt->done || hunt->no_memory || hunt->n_tries == TRIES_MAX) {
        return;
    }
    hunt->n_tries++;
    sq_strbuf_add(&text, place->before);
    sq_strbuf_add(&text, value);
    for (size_t i = strlen(place->after); i > 0; i--) {
        sq_strbuf_add_char(&text, place->after[i - 1]);
    }
    if (text.length <= SQ_SAMPLE_BYTES_MAX && is_refused(hunt, &text)) {
        hunt->done = true;
        sq_strbuf_add(&hunt->found, sq_strbuf_text(&text));
    }
    sq_strbuf_clear(&text);
}

static void try_buffer(struct hunt *hunt, const struct place *place, struct sq_strbuf *value)
{
    hunt->no_memory |= sq_strbuf_failed(value);
    try_value(hunt, place, sq_strbuf_text(value));
    sq_strbuf_clear(value);
}

/* ---- values ---- */

/* One of each type, and what bounds, patterns, formats and distinct items are most often broken by.
 */
static void try_types(struct hunt *hunt, const struct place *place)
{
    static const char *const values[] = {
        USUAL,   "\"\"",  "0",      "null",  "true",        "false",  "[]",
        "{}",    "0.5",   "-1e300", "1e300", "-1",          "1e-300", "\"x\"",
        "\" \"", "[0,0]", "[0]",    "[[]]",  "[\"\",\"\"]", "\"0\"",  "\"X_\\u0001\""};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        try_value(hunt, place, values[i]);
    }
}

/* One more than the keyword allows; 0: it is not there, or allows too many to try. */
static int64_t beyond(const struct sq_json *schema, const char *keyword)
{
    const struct sq_json *node = sq_json_member(schema, keyword);
    int64_t count;
    if (node == NULL || !sq_json_int64(node, &count) || count < 0 || count >= COUNT_MAX) {
        return 0;
    }
    return count + 1;
}

static void try_too_many(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    struct sq_strbuf text = {0};
    int64_t letters = beyond(schema, "maxLength");
    int64_t items = beyond(schema, "maxItems");
    int64_t members = beyond(schema, "maxProperties");
    sq_strbuf_add(&text, "\"");
    sq_strbuf_add_repeated(&text, "x", (size_t)letters);
    sq_strbuf_add(&text, "\"");
    try_buffer(hunt, place, &text);
    sq_strbuf_add(&text, "[0");
    sq_strbuf_add_repeated(&text, ",0", items > 0 ? (size_t)items - 1 : 0);
    sq_strbuf_add(&text, "]");
    try_buffer(hunt, place, &text);
    sq_strbuf_add(&text, "{");
    for (int64_t i = 0; i < members; i++) {
        sq_strbuf_add_format(&text, "%s\"m%d\":0", i > 0 ? "," : "", (int)i);
    }
    sq_strbuf_add(&text, "}");
    try_buffer(hunt, place, &text);
}

/* Items that are each what `contains` asks for, one too many. */
static void try_contained(struct hunt *hunt, const struct place *place,
                          const struct sq_json *schema)
{
    const struct sq_json *contained = sq_json_member(schema, "contains");
    int64_t items = beyond(schema, "maxContains");
    struct sq_strbuf text = {0};
    sq_strbuf_add_char(&text, '[');
    for (int64_t i = 0; contained != NULL && i < items; i++) {
        sq_strbuf_add(&text, i > 0 ? "," : "");
        sq_sample_add_from_schema(&text, hunt->document, hunt->root, contained);
    }
    sq_strbuf_add_char(&text, ']');
    try_buffer(hunt, place, &text);
}

/* Objects whose one member has another name than `propertyNames` wants. */
static void try_names(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    static const char *const names[] = {"", "x", " ", "0", "X_"};
    const struct sq_json *wanted = sq_json_member(schema, "propertyNames");
    if (wanted == NULL || sq_json_kind(wanted) != SQ_JSON_OBJECT) {
        return;
    }
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "{\"");
    sq_strbuf_add_repeated(&text, "x", (size_t)beyond(wanted, "maxLength"));
    sq_strbuf_add(&text, "\":0}");
    try_buffer(hunt, place, &text);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        sq_strbuf_add_format(&text, "{\"%s\":0}", names[i]);
        try_buffer(hunt, place, &text);
    }
}

/* What a schema asks for: the very thing that a `not`, an `if` or a second `oneOf` refuses. */
static void try_instance(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    struct sq_strbuf text = {0};
    sq_sample_add_from_schema(&text, hunt->document, hunt->root, schema);
    try_buffer(hunt, place, &text);
}

/* Members that bring others with them, alone. */
static void try_dependents(struct hunt *hunt, const struct place *place,
                           const struct sq_json *schema, const char *keyword)
{
    const struct sq_json *list = sq_json_member(schema, keyword);
    for (const struct sq_json *one = list == NULL ? NULL : sq_json_first(list); one != NULL;
         one = sq_json_next(one)) {
        struct sq_strbuf text = {0};
        sq_strbuf_add_char(&text, '{');
        sq_json_write_quoted(&text, sq_json_key(one), sq_json_key_length(one));
        sq_strbuf_add(&text, ":0}");
        try_buffer(hunt, place, &text);
    }
}

/* ---- places ---- */

static void walk(struct hunt *hunt, const struct place *place, const struct sq_json *schema);

static void walk_inside(struct hunt *hunt, const struct place *place, struct sq_strbuf *before,
                        char closing, const struct sq_json *schema)
{
    struct place inner = {.before = sq_strbuf_text(before), .depth = place->depth + 1};
    size_t n = strlen(place->after);
    sq_assert(n < DEPTH_MAX);
    memcpy(inner.after, place->after, n);
    inner.after[n] = closing;
    hunt->no_memory |= sq_strbuf_failed(before);
    if (!hunt->no_memory) {
        walk(hunt, &inner, schema);
    }
}

/* A member of the object here; those that place->with asks for stand before it. */
static void walk_member(struct hunt *hunt, const struct place *place, const char *name,
                        size_t length, const struct sq_json *schema)
{
    struct sq_strbuf before = {0};
    struct sq_strbuf with = {0};
    sq_strbuf_add(&before, place->before);
    if (place->with != NULL) {
        sq_sample_add_from_schema(&with, hunt->document, hunt->root, place->with);
    }
    hunt->no_memory |= sq_strbuf_failed(&with);
    if (with.length > 2 && with.text[0] == '{') {
        sq_strbuf_add_bytes(&before, with.text, with.length - 1);
        sq_strbuf_add_char(&before, ',');
    } else {
        sq_strbuf_add_char(&before, '{');
    }
    sq_json_write_quoted(&before, name, length);
    sq_strbuf_add_char(&before, ':');
    walk_inside(hunt, place, &before, '}', schema);
    sq_strbuf_clear(&before);
    sq_strbuf_clear(&with);
}

static void walk_members(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    static const char *const others[] = {"additionalProperties", "unevaluatedProperties",
                                         "patternProperties"};
    static const char *const names[] = {"unexpected", "x", "0"};
    const struct sq_json *list = sq_json_member(schema, "properties");
    for (const struct sq_json *one = list == NULL ? NULL : sq_json_first(list); one != NULL;
         one = sq_json_next(one)) {
        walk_member(hunt, place, sq_json_key(one), sq_json_key_length(one), one);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const struct sq_json *other = sq_json_member(schema, others[i]);
        for (size_t k = 0; other != NULL && k < sizeof(names) / sizeof(names[0]); k++) {
            bool by_name = i == 2 && sq_json_kind(other) == SQ_JSON_OBJECT;
            walk_member(hunt, place, names[k], strlen(names[k]),
                        by_name ? sq_json_first(other) : other);
        }
    }
}

static void walk_items(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    static const char *const keywords[] = {"items", "contains", "unevaluatedItems"};
    const struct sq_json *list = sq_json_member(schema, "prefixItems");
    struct sq_strbuf before = {0};
    sq_strbuf_add(&before, place->before);
    sq_strbuf_add_char(&before, '[');
    for (const struct sq_json *one = list == NULL ? NULL : sq_json_first(list); one != NULL;
         one = sq_json_next(one)) {
        walk_inside(hunt, place, &before, ']', one);
        sq_sample_add_from_schema(&before, hunt->document, hunt->root, one);
        sq_strbuf_add_char(&before, ',');
    }
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        const struct sq_json *item = sq_json_member(schema, keywords[i]);
        if (item != NULL) {
            walk_inside(hunt, place, &before, ']', item);
        }
    }
    sq_strbuf_clear(&before);
}

/* Schemas that speak of the same value. */
static void walk_beside(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    static const char *const lists[] = {"allOf", "anyOf", "oneOf", "dependentSchemas"};
    static const char *const single[] = {"not", "if", "else", "then"};
    const struct sq_json *reference = sq_json_member(schema, "$ref");
    struct place same = *place;
    same.depth++;
    if (reference != NULL) {
        walk(hunt, &same, sq_sample_resolve(hunt->root, sq_json_text(reference, NULL)));
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct sq_json *list = sq_json_member(schema, lists[i]);
        for (const struct sq_json *one = list == NULL ? NULL : sq_json_first(list); one != NULL;
             one = sq_json_next(one)) {
            walk(hunt, &same, one);
        }
    }
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        bool is_then = strcmp(single[i], "then") == 0;
        same.with = is_then ? sq_json_member(schema, "if") : place->with;
        walk(hunt, &same, sq_json_member(schema, single[i]));
    }
}

/* schema NULL: nothing is said of this place. */
static void walk(struct hunt *hunt, const struct place *place, const struct sq_json *schema)
{
    if (schema == NULL || hunt->done || hunt->no_memory || place->depth == DEPTH_MAX) {
        return;
    }
    try_types(hunt, place);
    if (sq_json_kind(schema) != SQ_JSON_OBJECT) {
        return;
    }
    try_too_many(hunt, place, schema);
    try_contained(hunt, place, schema);
    try_names(hunt, place, schema);
    try_instance(hunt, place, schema);
    try_dependents(hunt, place, schema, "dependentRequired");
    try_dependents(hunt, place, schema, "dependentSchemas");
    walk_members(hunt, place, schema);
    walk_items(hunt, place, schema);
    walk_beside(hunt, place, schema);
}

/* ---- one contract ---- */

/* The usual one will do when no filler makes it good. */
static bool usual_is_refused(struct hunt *hunt)
{
    static const uint32_t fillers[] = {0, 1, LONG_TOKENS};
    bool refused = true;
    for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]) && refused; i++) {
        struct sq_schema_violation first;
        enum sq_status status =
            sq_sample_check_filled(USUAL, USUAL_FILL_AT, fillers[i], hunt->schema, &first);
        hunt->no_memory |= status == SQ_NO_MEMORY;
        refused = status == SQ_OK && first.found;
    }
    return refused;
}

/* Spaces around the value never make it good. */
static void keep_found(struct sq_reader *reader, const struct sq_strbuf *found,
                       struct sq_script_contract *contract)
{
    char first = sq_strbuf_text(found)[0];
    contract->wrong = sq_reader_keep(reader, sq_strbuf_text(found), found->length);
    contract->wrong_fill_at = first == '{' || first == '[' ? 1 : 0;
    contract->wrong_fill_blank = true;
}

static void find_refusal(struct sq_reader *reader, const struct sq_scenario_contract *contract,
                         struct sq_script_contract *script)
{
    struct sq_document *document =
        sq_reader_open(reader, "schema", contract->schema_text, strlen(contract->schema_text));
    if (document == NULL) {
        return;
    }
    const struct place whole = {.before = ""};
    struct hunt hunt = {
        .document = document, .root = sq_json_root(document->json), .schema = contract->schema};
    if (usual_is_refused(&hunt)) {
        script->wrong = USUAL;
        script->wrong_fill_at = USUAL_FILL_AT;
    } else {
        walk(&hunt, &whole, hunt.root);
    }
    hunt.no_memory |= sq_strbuf_failed(&hunt.found);
    if (hunt.done && !hunt.no_memory) {
        keep_found(reader, &hunt.found, script);
    }
    reader->no_memory |= hunt.no_memory;
    sq_strbuf_clear(&hunt.found);
}

/* ---- warnings ---- */

/* What a policy's calls are held against. */
struct in_force {
    bool any_refusal;
    bool any_json;
    bool any_open_schema; /* one that seems to accept all JSON */
};

static void note(const struct sq_scenario *scenario, uint8_t contract, struct in_force *in_force)
{
    if (contract == 0 || !scenario->contracts[contract - 1].json) {
        return;
    }
    bool refusal = scenario->script.contracts[contract - 1].wrong != NULL;
    in_force->any_json = true;
    in_force->any_refusal |= refusal;
    in_force->any_open_schema |= !refusal && scenario->contracts[contract - 1].schema != NULL;
}

static struct in_force in_force_of(const struct sq_scenario *scenario,
                                   const struct sq_settings *policy)
{
    struct in_force in_force = {0};
    bool own = false;
    for (uint8_t i = 0; i < policy->n_layers; i++) {
        note(scenario, policy->layers[i].contract.own, &in_force);
        own = own || policy->layers[i].contract.own != 0;
    }
    for (uint8_t i = 0; i < scenario->workload.n_requests && !own; i++) {
        note(scenario, scenario->workload.requests[i].contract, &in_force);
    }
    return in_force;
}

static void warn_of_rule(struct sq_reader *reader, const struct sq_json *node,
                         const struct sq_scenario *scenario)
{
    for (uint8_t i = 0; i < scenario->n_policies; i++) {
        struct in_force in_force = in_force_of(scenario, scenario->policies[i]);
        if (in_force.any_open_schema || (in_force.any_json && !in_force.any_refusal)) {
            sq_complain(
                reader,
                &(struct sq_complaint){SQ_CODE_NEVER, node, false, "changes nothing",
                                       "give the contract a `schema` that some JSON breaks, "
                                       "such as one with `type` and `required`"},
                "`%s` answers with JSON that %s accepts", sq_path_of(reader, node),
                in_force.any_open_schema ? "a contract's schema" : "every contract");
            return;
        }
    }
}

void sq_make_refusals(struct sq_reader *reader, const struct sq_json *faults,
                      struct sq_scenario *scenario)
{
    const struct sq_json *node = faults == NULL ? NULL : sq_json_first(faults);
    bool made = false;
    for (uint16_t i = 0; i < scenario->script.n_rules; i++, node = sq_json_next(node)) {
        if (scenario->script.rules[i].kind != SQ_FAULT_WRONG_SCHEMA) {
            continue;
        }
        for (uint8_t k = 0; k < scenario->script.n_contracts && !made; k++) {
            if (scenario->contracts[k].schema != NULL) {
                find_refusal(reader, &scenario->contracts[k], &scenario->script.contracts[k]);
            }
        }
        made = true;
        warn_of_rule(reader, node, scenario);
    }
}
