/* SPDX-License-Identifier: MIT */
/*
 * Resolving a policy: overrides are read over copies of the base, role names become numbers of the
 * scenario, breakers get their keys. What remains is one complete set per layer and role.
 */
#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "scenarios/keys_int.h"
#include "scenarios/names_int.h"
#include "scenarios/overrides_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"

struct sq_role_settings sq_policy_defaults(void)
{
    struct sq_role_settings role = {
        .timeouts = {SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER},
        .retry = {.max_attempts = 1,
                  .commit_at = SQ_COMMIT_AUTO,
                  .report = SQ_REPORT_LAST,
                  .delay = {.kind = SQ_DELAY_CONSTANT,
                            .factor_q32 = UINT64_C(2) << 32,
                            .cap = SQ_NEVER},
                  .hint = {.high = 60 * SQ_SECOND, .high_included = true},
                  .budget = {.ratio_q32 = ((UINT64_C(1) << 32) + 2) / 5, .floor_per_second = 10}},
        .breaker = {.key = SQ_KEY_PROVIDER | SQ_KEY_MODEL,
                    .trip = {.window = 10 * SQ_SECOND},
                    .open_for = 60 * SQ_SECOND,
                    .admit = 1,
                    .lease_timeout = SQ_LEASE_DEFAULT},
        .limits = {.keep_alive = SQ_KEEP_ALIVE_ALL, .pool_wait = SQ_NEVER}};
    role.breaker.mark[SQ_CLASS_NONE] = SQ_MARK_SUCCESS;
    for (int klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        const struct sq_class_row *row = sq_class_row((enum sq_class)klass);
        role.breaker.mark[klass] = (uint8_t)row->mark;
        if (row->retried == SQ_RETRY_YES) {
            role.retry.on.classes |= SQ_CLASS_BIT(klass);
        }
    }
    return role;
}

/* ---- breakers ---- */

/* "openai/gpt-4o", by the parts of the key; a policy checked by itself knows roles only. */
static void breaker_name(const struct sq_scenario *scenario, uint8_t role, uint16_t parts,
                         char out[2 * SQ_NAME_BYTES])
{
    const struct sq_script *script = &scenario->script;
    const char *name = "all";
    if (script->n_models == 0) {
        name = scenario->roles[role].name;
    } else {
        const struct sq_model *model = &script->models[scenario->roles[role].model];
        if (parts == (SQ_KEY_PROVIDER | SQ_KEY_MODEL)) {
            name = model->label;
        } else if (parts == SQ_KEY_MODEL) {
            name = model->name;
        } else if (parts == SQ_KEY_PROVIDER) {
            name = script->providers[model->provider].name;
        }
    }
    memcpy(out, name, strlen(name) + 1);
}

static bool same_breaker(const struct sq_breaker *a, const struct sq_breaker *b)
{
    return a->trip.consecutive == b->trip.consecutive &&
           a->trip.minimum_attempts == b->trip.minimum_attempts &&
           a->trip.failure_share_q32 == b->trip.failure_share_q32 &&
           a->trip.window == b->trip.window && a->open_for == b->open_for && a->admit == b->admit &&
           a->lease_timeout == b->lease_timeout && memcmp(a->mark, b->mark, sizeof(a->mark)) == 0;
}

static void complain_disagreement(struct sq_reader *reader, const struct sq_policy_draft *draft,
                                  const char *breaker, const char *one, const char *other)
{
    const struct sq_json *roles = sq_json_member(draft->node, "roles");
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_BREAKER, roles == NULL ? draft->node : roles,
                                       roles != NULL, NULL,
                                       "give both the same `breaker` and `timeouts.attempt`, or "
                                       "set `half_open.lease_timeout`, or another `key`"},
                "roles \"%s\" and \"%s\" share the breaker of %s and do not agree on it", one,
                other, breaker);
}

/* Which breaker of the layer a role's attempts share; the first role with a name makes it. */
static void bind_breaker(struct sq_reader *reader, const struct sq_policy_draft *draft,
                         const struct sq_scenario *scenario, struct sq_layer_settings *layer,
                         uint8_t role)
{
    struct sq_breaker *breaker = &layer->role[role].breaker;
    char name[2 * SQ_NAME_BYTES];
    breaker_name(scenario, role, breaker->key, name);
    breaker->key = layer->n_breakers;
    for (uint16_t i = 0; i < layer->n_breakers; i++) {
        if (strcmp(layer->breaker_name[i], name) == 0) {
            breaker->key = i;
        }
    }
    if (breaker->key == layer->n_breakers) {
        memcpy(layer->breaker_name[layer->n_breakers++], name, sizeof(name));
        return;
    }
    for (uint8_t other = 0; other < role; other++) {
        const struct sq_breaker *theirs = &layer->role[other].breaker;
        if (theirs->on && theirs->key == breaker->key && !same_breaker(theirs, breaker)) {
            complain_disagreement(reader, draft, name, scenario->roles[other].name,
                                  scenario->roles[role].name);
            return;
        }
    }
}

static void finish_breakers(struct sq_reader *reader, const struct sq_policy_draft *draft,
                            const struct sq_scenario *scenario, struct sq_layer_settings *layer)
{
    for (uint8_t role = 0; role < scenario->n_roles; role++) {
        struct sq_breaker *breaker = &layer->role[role].breaker;
        sq_dur attempt = layer->role[role].timeouts.attempt;
        if (breaker->lease_timeout == SQ_LEASE_DEFAULT) {
            breaker->lease_timeout =
                attempt == SQ_NEVER ? 61 * SQ_SECOND : sq_time_add(attempt, SQ_SECOND);
        }
        if (breaker->on) {
            bind_breaker(reader, draft, scenario, layer, role);
        } else {
            breaker->key = 0;
        }
    }
}

/* Reports a breaker without a rule at the node that should have it. */
static void check_trip(struct sq_reader *reader, const struct sq_breaker *breaker,
                       const struct sq_json *node)
{
    if (!breaker->on || breaker->trip.consecutive != 0 || breaker->trip.failure_share_q32 != 0) {
        return;
    }
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_MISSING, node, false, "no rule that opens it",
                                       "add \"trip\": { \"consecutive\": 5 }"},
                "`%s` needs `trip`", sq_path_of(reader, node));
}

/* ---- roles ---- */

static bool is_optional_rung(const struct sq_policy_draft *draft, const char *role)
{
    const struct sq_rung_draft *rungs = draft->fallback.items;
    for (uint32_t i = 0; i < draft->fallback.n_items; i++) {
        if (rungs[i].optional && strcmp(rungs[i].role, role) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_limits(const struct sq_limits *limits)
{
    return limits->concurrency > 0 || limits->connections > 0;
}

/* Overrides of a role that an optional rung would have used are checked and not used. */
static void override_roles(struct sq_reader *reader, const struct sq_policy_draft *draft,
                           const struct sq_scenario *scenario, struct sq_layer_settings *layer)
{
    const struct sq_item *items = draft->roles.items;
    for (uint32_t i = 0; i < draft->roles.n_items; i++) {
        struct sq_role_settings unused = draft->base;
        struct sq_role_settings *into = &unused;
        uint8_t role;
        if (sq_scenario_role(scenario, items[i].key, &role)) {
            into = &layer->role[role];
            if (sq_json_member(items[i].node, "limits") != NULL) {
                into->limits.key = layer->n_limits++;
            }
        } else if (!is_optional_rung(draft, items[i].key)) {
            sq_complain_role(reader, items[i].node, items[i].key, scenario);
        }
        if (sq_read_object(reader, &sq_object_override, items[i].node, into) &&
            sq_json_member(items[i].node, "breaker") != NULL) {
            check_trip(reader, &into->breaker, sq_json_member(items[i].node, "breaker"));
        }
    }
}

static void make_answer_rules(const struct sq_rung_draft *draft, struct sq_layer_settings *layer)
{
    const struct sq_answer_rule_draft *drafts = draft->rules.items;
    for (uint32_t i = 0; i < draft->rules.n_items; i++) {
        layer->rules[layer->n_rules++] = (struct sq_answer_rule){
            .contains = drafts[i].contains, .answer = drafts[i].answer, .word = drafts[i].word};
    }
}

static void complain_second_rules(struct sq_reader *reader, const struct sq_json *node)
{
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_TWICE, node, false, NULL,
                                       "put the rules into one list: the first that fits counts"},
                "`%s`: a policy has one rung of `rules`", sq_path_of(reader, node));
}

static void complain_second_contract(struct sq_reader *reader, const struct sq_json *node)
{
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_TWICE, node, false, NULL,
                                       "leave `from: \"policy\"` to one of the layers"},
                "`%s`: another layer has a contract of its own", sq_path_of(reader, node));
}

static void make_rungs(struct sq_reader *reader, const struct sq_policy_draft *draft,
                       const struct sq_scenario *scenario, struct sq_layer_settings *layer)
{
    const struct sq_rung_draft *drafts = draft->fallback.items;
    for (uint32_t i = 0; i < draft->fallback.n_items; i++) {
        struct sq_rung rung = {.kind = SQ_RUNG_ANSWER,
                               .on = drafts[i].on,
                               .counts_as_answer = drafts[i].counts_as_answer,
                               .answer = drafts[i].answer};
        if (drafts[i].rules.n_items > 0) {
            rung.kind = SQ_RUNG_RULES;
            if (layer->n_rules > 0) {
                complain_second_rules(reader, drafts[i].at.node);
                continue;
            }
            make_answer_rules(&drafts[i], layer);
        } else if (drafts[i].answer == NULL) {
            rung.kind = SQ_RUNG_ROLE;
            if (!sq_scenario_role(scenario, drafts[i].role, &rung.role)) {
                if (!drafts[i].optional) {
                    sq_complain_role(reader, sq_json_member(drafts[i].at.node, "role"),
                                     drafts[i].role, scenario);
                }
                continue;
            }
        }
        layer->rungs[layer->n_rungs++] = rung;
    }
}

static void make_classify(const struct sq_policy_draft *draft, struct sq_layer_settings *layer)
{
    const struct sq_classify_draft *drafts = draft->classify.items;
    for (uint32_t i = 0; i < draft->classify.n_items; i++) {
        const char *code = drafts[i].code;
        layer->classify[layer->n_classify++] = (struct sq_classify_rule){
            .status = drafts[i].status,
            .code_key = code == NULL ? 0 : sq_digest_name(code, strlen(code)),
            .klass = drafts[i].klass};
    }
}

static void make_layer(struct sq_reader *reader, const struct sq_policy_draft *draft,
                       struct sq_scenario *scenario, struct sq_layer_settings *layer)
{
    struct sq_document *before = reader->document;
    reader->document = draft->document;
    check_trip(reader, &draft->base.breaker, sq_json_member(draft->node, "breaker"));
    for (uint8_t role = 0; role < scenario->n_roles; role++) {
        layer->role[role] = draft->base;
    }
    layer->n_limits = has_limits(&draft->base.limits) ? 1 : 0;
    layer->contract = draft->contract.settings;
    if (layer->contract.required) {
        layer->contract.own = sq_make_contract(reader, &draft->contract.own, scenario);
    }
    override_roles(reader, draft, scenario, layer);
    make_rungs(reader, draft, scenario, layer);
    make_classify(draft, layer);
    finish_breakers(reader, draft, scenario, layer);
    reader->document = before;
}

/* ---- policies ---- */

static bool read_draft(struct sq_reader *reader, const struct sq_json *node,
                       struct sq_policy_draft *draft)
{
    *draft = (struct sq_policy_draft){.document = reader->document, .base = sq_policy_defaults()};
    draft->node = node;
    return sq_read_object(reader, &sq_object_policy, node, draft);
}

static struct sq_document *open_named(struct sq_reader *reader, const struct sq_json *node)
{
    enum sq_status status = SQ_OK;
    struct sq_error err = {0};
    struct sq_name_request request = {.name = sq_json_text(node, NULL),
                                      .node = node,
                                      .built_in = &sq_policies_presets,
                                      .what = "policy"};
    return sq_name_open(reader, &request, &status, &err);
}

/* An element of `layers`: an object here, or a policy by name. */
static void make_element(struct sq_reader *reader, const struct sq_json *node,
                         struct sq_scenario *scenario, struct sq_layer_settings *layer)
{
    struct sq_document *before = reader->document;
    struct sq_policy_draft draft;
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        struct sq_document *document = open_named(reader, node);
        if (document == NULL) {
            return;
        }
        reader->document = document;
        node = sq_json_root(document->json);
    }
    if (read_draft(reader, node, &draft)) {
        if (draft.layers.n_items > 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL,
                                               "write its layers one by one"},
                        "a layer has layers of its own");
        }
        make_layer(reader, &draft, scenario, layer);
    }
    reader->document = before;
}

static void check_alone(struct sq_reader *reader, const struct sq_policy_draft *draft)
{
    static const char *const mechanisms[] = {"timeouts", "retry", "breaker", "fallback",
                                             "classify", "roles", "limits",  "contract"};
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
        const struct sq_json *member = sq_json_member(draft->node, mechanisms[i]);
        if (member != NULL) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, member, true, NULL,
                                               "move it into one of the layers"},
                        "`%s` stands beside `layers`", sq_path_of(reader, member));
        }
    }
}

/* An outer layer has no connections: they are those of the wire. */
static void check_outer(struct sq_reader *reader, const struct sq_json *node,
                        const struct sq_layer_settings *layer)
{
    for (uint8_t role = 0; role < SQ_ROLES_MAX; role++) {
        if (layer->role[role].limits.connections > 0) {
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_CONFLICT, node, false, NULL,
                                               "move `connections` into the last layer"},
                        "`%s` limits connections and is not the innermost layer",
                        sq_path_of(reader, node));
            return;
        }
    }
}

static void make_settings(struct sq_reader *reader, const struct sq_json *node, const char *name,
                          struct sq_scenario *scenario, struct sq_settings *settings)
{
    struct sq_policy_draft draft;
    size_t length = strlen(name);
    if (!read_draft(reader, node, &draft)) {
        return;
    }
    length = length < SQ_NAME_BYTES ? length : SQ_NAME_BYTES - 1;
    memcpy(settings->name, draft.name[0] == '\0' ? name : draft.name,
           draft.name[0] == '\0' ? length : sizeof(draft.name) - 1);
    settings->n_roles = scenario->n_roles;
    settings->epoch_s = scenario->epoch_s;
    settings->n_layers = 1;
    if (draft.layers.n_items == 0) {
        make_layer(reader, &draft, scenario, &settings->layers[0]);
        return;
    }
    check_alone(reader, &draft);
    settings->n_layers = (uint8_t)draft.layers.n_items;
    bool has_rules = false;
    bool has_contract = false;
    for (uint8_t i = 0; i < settings->n_layers; i++) {
        const struct sq_json *element = ((const struct sq_item *)draft.layers.items)[i].node;
        struct sq_layer_settings *layer = &settings->layers[i];
        make_element(reader, element, scenario, layer);
        if (i + 1 < settings->n_layers) {
            check_outer(reader, element, layer);
        }
        if (has_rules && layer->n_rules > 0) {
            complain_second_rules(reader, element);
        }
        if (has_contract && layer->contract.required) {
            complain_second_contract(reader, element);
        }
        has_rules = has_rules || layer->n_rules > 0;
        has_contract = has_contract || layer->contract.required;
    }
}

void sq_make_policy_document(struct sq_reader *reader, const char *name,
                             struct sq_scenario *scenario, struct sq_settings *settings)
{
    make_settings(reader, sq_json_root(reader->document->json), name, scenario, settings);
}

void sq_make_policy(struct sq_reader *reader, const struct sq_json *node,
                    struct sq_scenario *scenario, struct sq_settings *settings)
{
    struct sq_document *before = reader->document;
    struct sq_document *document = NULL;
    if (node != NULL && sq_json_kind(node) != SQ_JSON_STRING) {
        make_settings(reader, node, "inline", scenario, settings);
        return;
    }
    if (node != NULL) {
        document = open_named(reader, node);
    } else {
        const struct sq_embedded_file *none = sq_embedded_find(&sq_policies_presets, "none");
        document = sq_reader_open(reader, none->name, none->text, none->length);
    }
    if (document == NULL) {
        return;
    }
    sq_overrides_apply_policy(reader, document);
    reader->document = document;
    const char *name = sq_name_stem(reader, document->name);
    if (name != NULL) {
        sq_make_policy_document(reader, name, scenario, settings);
    }
    reader->document = before;
}

/* ---- a policy by itself ---- */

static void add_role(struct sq_scenario *scenario, const char *name)
{
    uint8_t known;
    if (name[0] != '\0' && strlen(name) < SQ_NAME_BYTES && scenario->n_roles < SQ_ROLES_MAX &&
        !sq_scenario_role(scenario, name, &known)) {
        memcpy(scenario->roles[scenario->n_roles++].name, name, strlen(name) + 1);
    }
}

static void collect(const struct sq_json *policy, struct sq_scenario *scenario)
{
    const struct sq_json *roles = sq_json_member(policy, "roles");
    const struct sq_json *rungs = sq_json_member(policy, "fallback");
    for (const struct sq_json *role = roles == NULL ? NULL : sq_json_first(roles); role != NULL;
         role = sq_json_next(role)) {
        if (sq_json_key(role) != NULL) {
            add_role(scenario, sq_json_key(role));
        }
    }
    for (const struct sq_json *rung = rungs == NULL ? NULL : sq_json_first(rungs); rung != NULL;
         rung = sq_json_next(rung)) {
        const struct sq_json *role = sq_json_member(rung, "role");
        if (role != NULL && sq_json_kind(role) == SQ_JSON_STRING) {
            add_role(scenario, sq_json_text(role, NULL));
        }
    }
}

void sq_collect_roles(struct sq_reader *reader, struct sq_scenario *scenario)
{
    const struct sq_json *root = sq_json_root(reader->document->json);
    const struct sq_json *layers = sq_json_member(root, "layers");
    add_role(scenario, "primary");
    collect(root, scenario);
    for (const struct sq_json *layer = layers == NULL ? NULL : sq_json_first(layers); layer != NULL;
         layer = sq_json_next(layer)) {
        collect(layer, scenario);
    }
}
