/* SPDX-License-Identifier: MIT */
/* Roles: which model answers to which name. The scenario's own, then --bind over them. And which
 * models are at a place that a rule names. */
#include <string.h>

#include "base/spelling.h"
#include "scenarios/drafts_int.h"
#include "scenarios/values_int.h"

struct role_draft {
    struct sq_item at;
    const struct sq_json *target;
};

static bool read_role(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    struct role_draft *role = into;
    (void)shape;
    (void)size;
    role->at.key = sq_json_key(node);
    role->target = node;
    if (sq_json_kind(node) == SQ_JSON_OBJECT) {
        return sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_UNSUPPORTED, node, true, "not supported yet",
                                   "write one \"provider/model\""},
            "`%s`: pools of models are not supported by this version", sq_path_of(reader, node));
    }
    return sq_expect(reader, node, SQ_JSON_STRING, "a \"provider/model\"");
}

static const struct sq_shape role_item = {
    .kind = SQ_SHAPE_TEXT, .name = "a \"provider/model\"", .read = read_role};
const struct sq_shape sq_shape_roles = {.kind = SQ_SHAPE_MAP,
                                        .name = "an object of roles",
                                        .min = 1,
                                        .max = SQ_ROLES_MAX,
                                        .text = SQ_NAME_PUNCTUATION,
                                        .item = &role_item,
                                        .item_bytes = sizeof(struct role_draft)};

bool sq_scenario_model(const struct sq_scenario *scenario, const char *label, size_t length,
                       uint16_t *model)
{
    for (uint16_t i = 0; i < scenario->script.n_models; i++) {
        const char *known = scenario->script.models[i].label;
        if (strlen(known) == length && memcmp(known, label, length) == 0) {
            *model = i;
            return true;
        }
    }
    return false;
}

bool sq_scenario_role(const struct sq_scenario *scenario, const char *name, uint8_t *role)
{
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        if (strcmp(scenario->roles[i].name, name) == 0) {
            *role = i;
            return true;
        }
    }
    return false;
}

uint64_t sq_models_at(const struct sq_script *script, const char *where)
{
    uint64_t models = 0;
    for (uint8_t i = 0; i < script->n_providers; i++) {
        if (strcmp(script->providers[i].name, where) == 0) {
            models |= script->providers[i].models;
        }
    }
    for (uint16_t i = 0; i < script->n_models; i++) {
        if (strcmp(script->models[i].label, where) == 0) {
            models |= UINT64_C(1) << i;
        }
    }
    return models;
}

void sq_complain_where(struct sq_reader *reader, const struct sq_text_item *item,
                       const struct sq_script *script)
{
    struct sq_spelling spelling = sq_spelling_start(item->text, strlen(item->text));
    struct sq_strbuf known = {0};
    for (uint8_t i = 0; i < script->n_providers; i++) {
        sq_spelling_offer(&spelling, script->providers[i].name);
        sq_strbuf_add_format(&known, "%s%s", i > 0 ? ", " : "", script->providers[i].name);
    }
    for (uint16_t i = 0; i < script->n_models; i++) {
        sq_spelling_offer(&spelling, script->models[i].label);
        sq_strbuf_add_format(&known, ", %s", script->models[i].label);
    }
    const char *all = sq_phrase(reader, "known: %s", sq_phrase_of(reader, &known));
    const char *hint = spelling.best == NULL
                           ? all
                           : sq_phrase(reader, "did you mean \"%s\"? (%s)", spelling.best, all);
    if (strncmp(item->text, "edge:", 5) == 0) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_UNSUPPORTED, item->at.node, false, NULL,
                                           "list the providers behind the edge"},
                    "edges are not supported by this version");
        return;
    }
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME, item->at.node, false, NULL, hint},
                "no provider or model is named \"%s\"", item->text);
}

const char *sq_models_listed(struct sq_reader *reader, const struct sq_scenario *scenario)
{
    struct sq_strbuf text = {0};
    for (uint16_t i = 0; i < scenario->script.n_models; i++) {
        sq_strbuf_add_format(&text, "%s%s", i > 0 ? ", " : "", scenario->script.models[i].label);
    }
    return sq_phrase_of(reader, &text);
}

const char *sq_roles_listed(struct sq_reader *reader, const struct sq_scenario *scenario)
{
    struct sq_strbuf text = {0};
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        sq_strbuf_add_format(&text, "%s%s", i > 0 ? ", " : "", scenario->roles[i].name);
    }
    return sq_phrase_of(reader, &text);
}

/* A model that no role has yet, else the last one. */
static const char *free_model(const struct sq_scenario *scenario)
{
    const struct sq_script *script = &scenario->script;
    uint64_t bound = 0;
    for (uint8_t i = 0; i < scenario->n_roles; i++) {
        bound |= UINT64_C(1) << scenario->roles[i].model;
    }
    for (uint16_t i = 0; i < script->n_models; i++) {
        if ((bound >> i & 1) == 0) {
            return script->models[i].label;
        }
    }
    return script->n_models > 0 ? script->models[script->n_models - 1].label : "PROVIDER/MODEL";
}

bool sq_complain_role(struct sq_reader *reader, const struct sq_json *node, const char *role,
                      const struct sq_scenario *scenario)
{
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_ROLE, node, false, "unknown role",
                               sq_phrase(reader, "bind it in `roles` or with --bind %s=%s", role,
                                         free_model(scenario))},
        "the scenario has no role \"%s\" (it has: %s)", role, sq_roles_listed(reader, scenario));
}

static bool complain_model(struct sq_reader *reader, const struct sq_json *node, const char *label,
                           const struct sq_scenario *scenario)
{
    struct sq_spelling spelling = sq_spelling_start(label, strlen(label));
    for (uint16_t i = 0; i < scenario->script.n_models; i++) {
        sq_spelling_offer(&spelling, scenario->script.models[i].label);
    }
    const char *known = sq_models_listed(reader, scenario);
    const char *hint = spelling.best == NULL ? sq_phrase(reader, "known: %s", known)
                                             : sq_phrase(reader, "did you mean \"%s\"? (known: %s)",
                                                         spelling.best, known);
    return sq_complain(
        reader, &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME, node, false, "unknown model", hint},
        "no model is named \"%s\"", label);
}

static void set_role(struct sq_scenario *scenario, const char *name, size_t length, uint16_t model)
{
    struct sq_role *role = &scenario->roles[scenario->n_roles];
    memcpy(role->name, name, length);
    role->name[length] = '\0';
    role->model = model;
    scenario->n_roles++;
}

static void make_own(struct sq_reader *reader, const struct sq_json *node,
                     struct sq_scenario *scenario)
{
    struct sq_list list = {0};
    if (!sq_read_value(reader, &sq_shape_roles, node, &list, sizeof(list))) {
        return;
    }
    const struct role_draft *drafts = list.items;
    for (uint32_t i = 0; i < list.n_items; i++) {
        uint16_t model = 0;
        size_t length;
        const char *label = sq_json_text(drafts[i].target, &length);
        if (!sq_scenario_model(scenario, label, length, &model) && scenario->script.n_models > 0) {
            complain_model(reader, drafts[i].target, label, scenario);
        }
        set_role(scenario, drafts[i].at.key, strlen(drafts[i].at.key), model);
    }
}

/* --bind ROLE=PROVIDER/MODEL: a mistake in it has no place in a file. */
static void bind(struct sq_reader *reader, const char *text, struct sq_scenario *scenario)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    uint16_t model = 0;
    uint8_t known = 0;
    if (equals == NULL || !sq_is_name(text, length, SQ_NAME_PUNCTUATION)) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_BIND, NULL, false, NULL,
                                           "such as --bind backup=inhouse/llama"},
                    "--bind %s is not ROLE=PROVIDER/MODEL", text);
        return;
    }
    if (!sq_scenario_model(scenario, equals + 1, strlen(equals + 1), &model)) {
        complain_model(reader, NULL, equals + 1, scenario);
        return;
    }
    const char *name = sq_phrase(reader, "%.*s", (int)length, text);
    if (sq_scenario_role(scenario, name, &known)) {
        scenario->roles[known].model = model;
    } else if (scenario->n_roles < SQ_ROLES_MAX) {
        set_role(scenario, text, length, model);
    } else {
        sq_complain(reader, &(struct sq_complaint){SQ_CODE_COUNT, NULL, false, NULL, NULL},
                    "--bind %s makes more than %d roles", text, SQ_ROLES_MAX);
    }
}

void sq_make_roles(struct sq_reader *reader, const struct sq_json *node, const char *const *binds,
                   struct sq_scenario *scenario)
{
    struct sq_document *document = reader->document;
    if (node != NULL) {
        make_own(reader, node, scenario);
    } else if (scenario->script.n_models > 0) {
        set_role(scenario, "primary", strlen("primary"), 0);
    }
    reader->document = NULL; /* what follows comes from the command line */
    for (; *binds != NULL && scenario->script.n_models > 0; binds++) {
        bind(reader, *binds, scenario);
    }
    reader->document = document;
}
