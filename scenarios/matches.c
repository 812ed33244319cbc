/* SPDX-License-Identifier: MIT */
/*
 * The match of a fault: names become numbers, headers and values of the body become clauses of the
 * script, and what no call of the workload can meet is named.
 */
#include <string.h>

#include "base/assert.h"
#include "base/spelling.h"
#include "scenarios/fault_int.h"
#include "wire/json_pointer.h"
#include "wire/pattern.h"

/* What is made: the rule, of a fault, in a scenario. */
struct making {
    struct sq_reader *reader;
    const struct sq_match_draft *draft;
    struct sq_scenario *scenario;
    struct sq_rule *rule;
};

/* ---- model ---- */

static uint64_t matching_model(struct sq_reader *reader, const struct sq_match_draft *draft,
                               const struct sq_script *script, uint64_t models)
{
    uint64_t named = 0;
    for (uint16_t i = 0; draft->model != NULL && i < script->n_models; i++) {
        if (strcmp(script->models[i].name, draft->model) == 0) {
            named |= UINT64_C(1) << i;
        }
    }
    if (draft->model == NULL) {
        return models;
    }
    if ((models & named) == 0) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME,
                                           sq_json_member(draft->node, "model"), false, NULL,
                                           "give the name on the wire, such as \"gpt-4o\""},
                    "no model in `where` is named \"%s\"", draft->model);
    }
    return models & named;
}

/* ---- key and tenant ---- */

/* The words of one sort of identity. */
struct sort {
    enum sq_identity_sort sort;
    const char *noun;  /* "key" */
    const char *field; /* of the workload: "keys" */
};

static const struct sort sort_of_keys = {SQ_IDENTITY_KEY, "key", "keys"};
static const struct sort sort_of_tenants = {SQ_IDENTITY_TENANT, "tenant", "tenants"};

/* One of the workload's own. */
static uint64_t own_identity(struct sq_reader *reader, const struct sort *sort, uint32_t n_own,
                             const struct sq_json *node, uint64_t number)
{
    if (n_own == 0) {
        sq_complain(reader,
                    &(struct sq_complaint){
                        SQ_CODE_CONFLICT, node, false, NULL,
                        sq_phrase(reader, "add \"%s\": 20 to the workload", sort->field)},
                    "`%s` names a %s, and the workload has none", sq_path_of(reader, node),
                    sort->noun);
    } else if (number > n_own) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_RANGE, node, false,
                                           sq_phrase(reader, "allowed: 1 to %u", n_own), NULL},
                    "`%s` is %s %llu of %u", sq_path_of(reader, node), sort->noun,
                    (unsigned long long)number, n_own);
    }
    return number;
}

static uint64_t identity_of(struct sq_reader *reader, const struct sort *sort, uint32_t n_own,
                            const struct sq_who_draft *draft)
{
    if (draft->node == NULL || (draft->number == 0 && draft->name == NULL)) {
        return 0;
    }
    if (draft->name == NULL) {
        return own_identity(reader, sort, n_own, draft->node, draft->number);
    }
    const char *name =
        sort->sort == SQ_IDENTITY_KEY ? sq_identity_credential(draft->name) : draft->name;
    uint64_t who = sq_identity_read(sort->sort, name, strlen(name));
    if (who == 0) {
        sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_RANGE, draft->node, false, NULL,
                                   sq_phrase(reader, "a number, or the name of a %s", sort->noun)},
            "`%s` is empty", sq_path_of(reader, draft->node));
        return 0;
    }
    if ((who & SQ_IDENTITY_FOREIGN) == 0) {
        return own_identity(reader, sort, n_own, draft->node, who);
    }
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_NEVER, draft->node, false, NULL,
                                       "only other clients of `squall serve` can have this name; "
                                       "name those of the workload by number"},
                "no call of the workload has this %s", sort->noun);
    return who;
}

/* ---- headers and values of the body ---- */

static bool same_text(const char *a, const char *b)
{
    return sq_spelling_distance(a, strlen(a), b, strlen(b)) == 0;
}

static bool complain_clause(struct sq_reader *reader, const struct sq_clause_draft *draft,
                            const char *hint, const char *text)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_MATCH, draft->at.node, true, NULL, hint},
                       "`%s` %s", sq_path_of(reader, draft->at.node), text);
}

/* Headers whose value depends on the wire alone, and ours, which no other client sends. */
static bool may_match_header(struct sq_reader *reader, const struct sq_clause_draft *draft)
{
    static const char *const of_wire[] = {"host", "content-length"};
    static const char ours[] = "x-squall-";
    if (strlen(draft->at.key) >= sizeof(ours) - 1 &&
        sq_spelling_distance(draft->at.key, sizeof(ours) - 1, ours, sizeof(ours) - 1) == 0) {
        return complain_clause(reader, draft, "write `attempt`, `key` or `tenant`",
                               "is a header of squall's own, not the client's");
    }
    for (size_t i = 0; i < sizeof(of_wire) / sizeof(of_wire[0]); i++) {
        if (same_text(draft->at.key, of_wire[i])) {
            return complain_clause(reader, draft, "match on another header, or on `body`",
                                   "is not known before the request is on the wire");
        }
    }
    return true;
}

/* "messages.0.role" and "$.messages.0.role" as a pointer. */
static const char *pointer_hint(struct sq_reader *reader, const char *key)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "write \"/");
    for (const char *at = key + (strncmp(key, "$.", 2) == 0 ? 2 : 0); *at != '\0'; at++) {
        sq_strbuf_add_char(&text, *at == '.' ? '/' : *at);
    }
    sq_strbuf_add_char(&text, '"');
    return sq_phrase_of(reader, &text);
}

static bool may_match_value(struct sq_reader *reader, const struct sq_clause_draft *draft)
{
    const char *mistake = strlen(draft->at.key) == sq_json_key_length(draft->at.node)
                              ? sq_json_pointer_mistake(draft->at.key)
                              : "holds a NUL character";
    if (mistake == NULL) {
        return true;
    }
    bool begun = draft->at.key[0] == '/';
    return complain_clause(reader, draft,
                           begun ? "`~0` is a tilde and `~1` a slash inside a part"
                                 : pointer_hint(reader, draft->at.key),
                           mistake);
}

static bool is_sent(const struct sq_workload *workload, const char *header)
{
    return same_text(header, "content-type") || same_text(header, "accept") ||
           (same_text(header, SQ_IDENTITY_KEY_HEADER) && workload->n_keys > 0) ||
           (same_text(header, SQ_IDENTITY_SESSION_HEADER) && workload->session_length > 0);
}

/* Whether the driver's own requests to these models have such a value. */
static bool is_said(const struct making *making, const char *pointer)
{
    const struct sq_script *script = &making->scenario->script;
    struct sq_request_body sample = {.prompt = {.kind = SQ_CONTENT_TEXT, .text = ""},
                                     .user = making->scenario->workload.n_tenants > 0 ? "" : NULL,
                                     .stream = true,
                                     .include_usage = true};
    struct sq_strbuf body = {0};
    struct sq_json_token token;
    bool said = script->n_models == 0;
    for (uint16_t i = 0; i < script->n_models && !said; i++) {
        if ((making->rule->models >> i & 1) != 0) {
            sample.model = script->models[i].name;
            sq_strbuf_reset(&body);
            script->providers[script->models[i].provider].dialect->write_request(&body, &sample);
            said = sq_json_pointer_find(sq_strbuf_text(&body), body.length, pointer, &token);
        }
    }
    making->reader->no_memory |= sq_strbuf_failed(&body);
    sq_strbuf_clear(&body);
    return said;
}

static void warn_of_others(const struct making *making, const struct sq_clause_draft *draft,
                           const struct sq_clause *clause)
{
    bool header = clause->of == SQ_CLAUSE_HEADER;
    bool said = header ? is_sent(&making->scenario->workload, clause->where)
                       : is_said(making, clause->where);
    if (clause->is != SQ_CLAUSE_ABSENT && !said) {
        sq_complain(making->reader,
                    &(struct sq_complaint){SQ_CODE_NEVER, draft->at.node, true, NULL,
                                           "only other clients of `squall serve` can match"},
                    "no call of the workload sends %s \"%s\"", header ? "the header" : "a value at",
                    clause->where);
    }
}

static bool make_pattern(struct sq_reader *reader, const struct sq_clause_draft *draft,
                         struct sq_clause *clause)
{
    struct sq_error err = {0};
    const struct sq_json *node = sq_json_member(draft->at.node, "pattern");
    enum sq_status status =
        sq_pattern_new(draft->pattern, strlen(draft->pattern), &clause->pattern, &err);
    clause->is = SQ_CLAUSE_PATTERN;
    clause->value = draft->pattern;
    if (status == SQ_INVALID) {
        sq_complain(reader, &(struct sq_complaint){SQ_CODE_MATCH, node, false, NULL, err.text},
                    "`%s` is not a regular expression", sq_path_of(reader, node));
    }
    reader->no_memory |= status == SQ_NO_MEMORY;
    return status == SQ_OK;
}

/* A plain value as it stands in the file. */
static void make_value(struct sq_reader *reader, const struct sq_json *node,
                       struct sq_clause *clause)
{
    const char *text = "";
    size_t length = 0;
    switch (sq_json_kind(node)) {
    case SQ_JSON_STRING:
        clause->is = SQ_CLAUSE_TEXT;
        text = sq_json_text(node, &length);
        break;
    case SQ_JSON_NUMBER:
        clause->is = SQ_CLAUSE_NUMBER;
        text = sq_json_digits(node, &length);
        break;
    case SQ_JSON_BOOL:
        clause->is = sq_json_bool(node) ? SQ_CLAUSE_TRUE : SQ_CLAUSE_FALSE;
        break;
    case SQ_JSON_NULL:
        clause->is = SQ_CLAUSE_NULL;
        break;
    case SQ_JSON_ARRAY:
    case SQ_JSON_OBJECT:
        sq_assert(false && "refused when it was read");
        break;
    }
    clause->value = sq_reader_keep(reader, text, length);
    clause->length = length;
}

/* The same clause of another rule, or this one. */
static void keep_clause(const struct making *making, const struct sq_clause_draft *draft,
                        struct sq_clause *clause)
{
    struct sq_script *script = &making->scenario->script;
    for (uint32_t i = 0; i < script->n_clauses; i++) {
        const struct sq_clause *other = &script->clauses[i];
        if (other->of == clause->of && other->is == clause->is &&
            strcmp(other->where, clause->where) == 0 && other->length == clause->length &&
            memcmp(other->value, clause->value, clause->length) == 0) {
            making->rule->match.clauses |= UINT32_C(1) << i;
            sq_pattern_free(clause->pattern);
            return;
        }
    }
    if (script->n_clauses == SQ_CLAUSES_MAX) {
        sq_complain(making->reader,
                    &(struct sq_complaint){SQ_CODE_COUNT, draft->at.node, true, NULL, NULL},
                    "more than %d different headers and values are matched", SQ_CLAUSES_MAX);
        sq_pattern_free(clause->pattern);
        return;
    }
    making->rule->match.clauses |= UINT32_C(1) << script->n_clauses;
    script->clauses[script->n_clauses++] = *clause;
}

static void make_clause(const struct making *making, const struct sq_clause_draft *draft,
                        enum sq_clause_of of)
{
    struct sq_reader *reader = making->reader;
    struct sq_clause clause = {.of = of, .value = ""};
    bool may =
        of == SQ_CLAUSE_HEADER ? may_match_header(reader, draft) : may_match_value(reader, draft);
    if (!may) {
        return;
    }
    clause.where = sq_reader_keep(reader, draft->at.key, strlen(draft->at.key));
    if (draft->pattern != NULL) {
        clause.length = strlen(draft->pattern);
        may = make_pattern(reader, draft, &clause);
    } else if (draft->present >= 0) {
        clause.is = draft->present != 0 ? SQ_CLAUSE_PRESENT : SQ_CLAUSE_ABSENT;
    } else {
        make_value(reader, draft->at.node, &clause);
    }
    if (!may || clause.where == NULL || clause.value == NULL) {
        sq_pattern_free(clause.pattern);
        return;
    }
    warn_of_others(making, draft, &clause);
    keep_clause(making, draft, &clause);
}

static void make_clauses(const struct making *making, const struct sq_list *list,
                         enum sq_clause_of of)
{
    const struct sq_clause_draft *drafts = list->items;
    for (uint32_t i = 0; i < list->n_items; i++) {
        make_clause(making, &drafts[i], of);
    }
}

/* ---- per ---- */

static bool is_shared_by_all(const struct sq_workload *workload, enum sq_per per)
{
    switch (per) {
    case SQ_PER_ATTEMPT:
    case SQ_PER_CALL:
        return false;
    case SQ_PER_KEY:
        return workload->n_keys == 0;
    case SQ_PER_TENANT:
        return workload->n_tenants == 0;
    case SQ_PER_SESSION:
        return workload->session_length == 0;
    }
    sq_assert(false && "shared by nobody");
    return false;
}

static void warn_of_sharing(struct sq_reader *reader, const struct sq_fault_draft *draft,
                            const struct sq_workload *workload)
{
    static const char *const hints[] = {[SQ_PER_KEY] = "add \"keys\": 20 to the workload",
                                        [SQ_PER_TENANT] = "add \"tenants\": 20 to the workload",
                                        [SQ_PER_SESSION] =
                                            "add \"sessions\": { \"length\": 5 } to the workload"};
    if (is_shared_by_all(workload, draft->per)) {
        const struct sq_json *node = sq_json_member(draft->at.node, "per");
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_SHARED, node, false, NULL, hints[draft->per]},
                    "`%s`: the calls of this workload have none, and all of them share one draw",
                    sq_path_of(reader, node));
    }
}

void sq_make_match(struct sq_reader *reader, const struct sq_fault_draft *draft,
                   struct sq_scenario *scenario, struct sq_rule *rule)
{
    const struct sq_match_draft *match = &draft->match;
    const struct sq_workload *workload = &scenario->workload;
    struct making making = {reader, match, scenario, rule};
    rule->models = matching_model(reader, match, &scenario->script, rule->models);
    rule->per = draft->per;
    rule->match = (struct sq_match){
        .stream = match->stream,
        .attempt = match->attempt,
        .key = identity_of(reader, &sort_of_keys, workload->n_keys, &match->key),
        .tenant = identity_of(reader, &sort_of_tenants, workload->n_tenants, &match->tenant),
    };
    make_clauses(&making, &match->headers, SQ_CLAUSE_HEADER);
    make_clauses(&making, &match->bodies, SQ_CLAUSE_BODY);
    warn_of_sharing(reader, draft, workload);
}
