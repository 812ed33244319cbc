/* SPDX-License-Identifier: MIT */
/*
 * Loading: a scenario is read part by part in the order they need each other, and all mistakes are
 * kept. Only a scenario without mistakes leaves this file.
 */
#include "scenarios/load.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "mockprovider/body.h"
#include "scenarios/drafts_int.h"
#include "scenarios/names_int.h"
#include "scenarios/overrides_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/refusals_int.h"
#include "scenarios/values_int.h"

/* 2026-01-01T00:00:00Z */
#define EPOCH_S INT64_C(1767225600)

/* One load from beginning to end. */
struct load {
    struct sq_reader reader;
    struct sq_arena scratch;
    struct sq_scenario *scenario;
    const struct sq_load_options *options;
    uint32_t n_before;     /* mistakes of earlier loads into the same diagnostics */
    enum sq_status status; /* SQ_ENVIRONMENT: *err is set already */
    struct sq_error *err;
};

static bool begin(struct load *load, const struct sq_load_options *options,
                  struct sq_diagnostics *diagnostics, struct sq_error *err)
{
    static const struct sq_load_options nothing = {0};
    *load = (struct load){.options = options == NULL ? &nothing : options,
                          .scenario = sq_memory_new(1, sizeof(*load->scenario)),
                          .n_before = diagnostics->n_errors,
                          .err = err};
    if (load->scenario == NULL) {
        return false;
    }
    load->reader.diagnostics = diagnostics;
    load->reader.arena = &load->scenario->arena;
    load->reader.scratch = &load->scratch;
    load->reader.keep = load->options->keep;
    load->reader.from = load->options->from;
    return true;
}

/* Nothing was wrong so far. */
static bool is_clean(const struct load *load)
{
    return load->reader.diagnostics->n_errors == load->n_before && !sq_reader_failed(&load->reader);
}

static enum sq_status no_memory(struct sq_error *err)
{
    return sq_error_set(err, SQ_NO_MEMORY, "out of memory while loading a scenario");
}

/* Ends the load; the scenario is handed out or freed. */
static enum sq_status end(struct load *load, const char *file, struct sq_scenario **scenario)
{
    uint32_t n_errors = load->reader.diagnostics->n_errors - load->n_before;
    bool failed = sq_reader_failed(&load->reader);
    sq_reader_close(&load->reader);
    sq_arena_clear(&load->scratch);
    if (load->status == SQ_OK && n_errors == 0 && !failed && scenario != NULL) {
        *scenario = load->scenario;
        return SQ_OK;
    }
    sq_scenario_free(load->scenario);
    if (load->status != SQ_OK) {
        return load->status;
    }
    if (failed) {
        return no_memory(load->err);
    }
    if (n_errors == 0) {
        return SQ_OK;
    }
    return sq_error_set(load->err, SQ_INVALID, "%u mistake%s in \"%s\"", n_errors,
                        n_errors == 1 ? "" : "s", file);
}

/* ---- policies ---- */

static struct sq_settings *new_settings(struct load *load)
{
    struct sq_scenario *scenario = load->scenario;
    struct sq_settings *settings = sq_arena_new(&scenario->arena, 1, sizeof(*settings));
    if (settings == NULL) {
        load->reader.no_memory = true;
        return NULL;
    }
    scenario->policies[scenario->n_policies++] = settings;
    return settings;
}

/* -p NAME */
static void load_chosen_policy(struct load *load, const char *name)
{
    struct sq_reader *reader = &load->reader;
    struct sq_document *before = reader->document;
    struct sq_name_request request = {
        .name = name, .built_in = &sq_policies_presets, .what = "policy"};
    struct sq_settings *settings = new_settings(load);
    reader->document = NULL; /* mistakes in the name are the command line's */
    struct sq_document *document =
        settings == NULL ? NULL : sq_name_open(reader, &request, &load->status, load->err);
    if (document != NULL) {
        const char *stem = sq_name_stem(reader, document->name);
        sq_overrides_apply_policy(reader, document);
        reader->document = document;
        if (stem != NULL) {
            sq_make_policy_document(reader, stem, load->scenario, settings);
        }
    }
    reader->document = before;
}

static void load_policies(struct load *load, const struct sq_json *own)
{
    if (load->options->n_policies == 0) {
        struct sq_settings *settings = new_settings(load);
        if (settings != NULL) {
            sq_make_policy(&load->reader, own, load->scenario, settings);
        }
        return;
    }
    for (uint8_t i = 0; i < load->options->n_policies; i++) {
        load_chosen_policy(load, load->options->policies[i]);
    }
}

static void load_thresholds(struct load *load, const struct sq_json *own)
{
    const struct sq_load_options *options = load->options;
    if (options->n_thresholds == 0) {
        sq_make_thresholds(&load->reader, own, load->scenario);
        return;
    }
    for (uint8_t i = 0; i < options->n_thresholds && load->status == SQ_OK; i++) {
        struct sq_document *before = load->reader.document;
        load->reader.document = NULL; /* mistakes in the name are the command line's */
        load->status =
            sq_make_threshold_set(&load->reader, options->thresholds[i], load->scenario, load->err);
        load->reader.document = before;
    }
}

/* ---- overrides ---- */

static void override(struct load *load, struct sq_document *document)
{
    const struct sq_load_options *options = load->options;
    struct sq_reader *reader = &load->reader;
    static const struct {
        const char *key;
        const char *option;
    } rivals[] = {{"policy", "--policy"},
                  {"seed", "--seed"},
                  {"seeds", "--seeds"},
                  {"thresholds", "--thresholds"}};
    bool given[] = {options->n_policies > 0, options->has_seed, options->n_seeds > 0,
                    options->n_thresholds > 0};
    sq_overrides_read(reader, options->overrides, options->n_overrides);
    for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++) {
        if (given[i]) {
            sq_overrides_refuse(reader, rivals[i].key, rivals[i].option);
        }
    }
    sq_overrides_apply(reader, document, options->n_policies > 0);
}

/* ---- fault windows ---- */

/* The end of a rule's last window within the run. */
static sq_time last_end(const struct sq_rule *rule, sq_dur duration)
{
    sq_time opens = rule->at;
    if (rule->every > 0) {
        opens += (duration - 1 - rule->at) / rule->every * rule->every;
    }
    return sq_time_min(sq_time_add(opens, rule->span), duration);
}

static void note_fault_windows(struct sq_scenario *scenario)
{
    scenario->first_fault_at = SQ_NEVER;
    for (uint16_t i = 0; i < scenario->script.n_rules; i++) {
        const struct sq_rule *rule = &scenario->script.rules[i];
        if (rule->windowed && rule->at < scenario->duration) {
            scenario->has_fault_windows = true;
            scenario->first_fault_at = sq_time_min(scenario->first_fault_at, rule->at);
            scenario->last_fault_end =
                sq_time_max(scenario->last_fault_end, last_end(rule, scenario->duration));
        }
    }
}

/* ---- the scenario ---- */

static void measure_bodies(struct load *load)
{
    struct sq_script *script = &load->scenario->script;
    for (uint16_t i = 0; i < script->n_models; i++) {
        if (sq_body_measure(script, i, &script->models[i].sizes) != SQ_OK) {
            load->reader.no_memory = true;
        }
    }
}

static void read_parts(struct load *load, const struct sq_scenario_draft *draft)
{
    struct sq_reader *reader = &load->reader;
    struct sq_scenario *scenario = load->scenario;
    const char *binds[SQ_ROLES_MAX + 1] = {0};
    for (uint8_t i = 0; i < load->options->n_binds && i < SQ_ROLES_MAX; i++) {
        binds[i] = load->options->binds[i];
    }
    if (draft->providers.node != NULL) {
        sq_make_providers(reader, draft->providers.node, scenario);
    }
    sq_make_roles(reader, draft->roles.node, binds, scenario);
    if (draft->workload.node != NULL) {
        sq_make_workload(reader, draft->workload.node, scenario);
    }
    sq_make_faults(reader, draft->faults.node, scenario);
    if (is_clean(load)) {
        note_fault_windows(scenario);
    }
    load_policies(load, draft->policy.node);
    if (is_clean(load)) {
        sq_make_refusals(reader, draft->faults.node, scenario);
    }
    load_thresholds(load, draft->thresholds.node);
    sq_make_steady_state(reader, draft->steady_state.node, scenario);
}

static void check_times(struct sq_reader *reader, const struct sq_json *root,
                        const struct sq_scenario *scenario)
{
    if (scenario->duration > 0 && scenario->warmup >= scenario->duration) {
        sq_complain(reader,
                    &(struct sq_complaint){SQ_CODE_CONFLICT, sq_json_member(root, "warmup"), true,
                                           NULL, "a warm-up must end before the run does"},
                    "nothing is left after the warm-up");
    }
}

static void load_scenario(struct load *load, struct sq_document *document)
{
    struct sq_reader *reader = &load->reader;
    struct sq_scenario *scenario = load->scenario;
    struct sq_scenario_draft draft = {.seed = 1,
                                      .n_seeds = 1,
                                      .duration = SQ_DRAFT_NONE,
                                      .drain = 60 * SQ_SECOND,
                                      .epoch_s = EPOCH_S,
                                      .max_in_flight = 1000000};
    reader->document = document;
    scenario->file = sq_reader_keep(reader, document->name, strlen(document->name));
    scenario->name = sq_name_stem(reader, document->name);
    override(load, document);
    if (sq_reader_failed(reader)) {
        return;
    }
    const struct sq_json *root = sq_json_root(document->json);
    (void)sq_read_object(reader, &sq_object_scenario, root, &draft);
    sq_make_head(&draft, scenario);
    if (load->options->has_seed) {
        scenario->seed = load->options->seed;
    }
    if (load->options->n_seeds > 0) {
        scenario->n_seeds = load->options->n_seeds;
        scenario->seeds_given = true;
    }
    read_parts(load, &draft);
    check_times(reader, root, scenario);
    if (is_clean(load)) {
        measure_bodies(load);
    }
}

enum sq_status sq_scenario_load_text(const struct sq_scenario_text *text,
                                     const struct sq_load_options *options,
                                     struct sq_scenario **scenario,
                                     struct sq_diagnostics *diagnostics, struct sq_error *err)
{
    struct load load;
    *scenario = NULL;
    if (!begin(&load, options, diagnostics, err)) {
        return no_memory(err);
    }
    struct sq_document *document =
        sq_reader_open(&load.reader, text->file, text->text, text->length);
    if (document != NULL) {
        load_scenario(&load, document);
    }
    return end(&load, text->file, scenario);
}

static struct sq_document *open_argument(struct load *load, const char *name,
                                         const struct sq_embedded_folder *folder, const char *what)
{
    struct sq_name_request request = {.name = name, .built_in = folder, .what = what};
    return sq_name_open(&load->reader, &request, &load->status, load->err);
}

enum sq_status sq_scenario_load(const char *name, const struct sq_load_options *options,
                                struct sq_scenario **scenario, struct sq_diagnostics *diagnostics,
                                struct sq_error *err)
{
    struct load load;
    *scenario = NULL;
    if (!begin(&load, options, diagnostics, err)) {
        return no_memory(err);
    }
    struct sq_document *document = open_argument(&load, name, &sq_scenarios_catalog, "scenario");
    if (document != NULL) {
        load_scenario(&load, document);
    }
    return end(&load, name, scenario);
}

/* ---- checking ---- */

static bool has_any(const struct sq_json *root, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        if (sq_json_member(root, *keys) != NULL) {
            return true;
        }
    }
    return false;
}

/* By "schema", else by the keys; what is neither is checked as a scenario. */
static bool is_policy(const struct sq_json *root)
{
    static const char *const of_scenarios[] = {"workload", "providers", "faults", "thresholds",
                                               NULL};
    static const char *const of_policies[] = {"retry",    "timeouts", "breaker", "fallback",
                                              "classify", "layers",   NULL};
    const struct sq_json *schema = sq_json_member(root, "schema");
    if (schema != NULL && sq_json_kind(schema) == SQ_JSON_STRING) {
        return strncmp(sq_json_text(schema, NULL), "squall/policy/", 14) == 0;
    }
    return !has_any(root, of_scenarios) && has_any(root, of_policies);
}

static void check_policy(struct load *load, struct sq_document *document)
{
    struct sq_settings *settings = new_settings(load);
    sq_overrides_read(&load->reader, load->options->overrides, load->options->n_overrides);
    sq_overrides_apply_policy(&load->reader, document);
    load->reader.document = document;
    sq_collect_roles(&load->reader, load->scenario);
    if (settings != NULL) {
        sq_make_policy_document(&load->reader, "policy", load->scenario, settings);
    }
}

enum sq_status sq_scenario_check_file(const char *name, struct sq_diagnostics *diagnostics,
                                      struct sq_error *err)
{
    return sq_scenario_check_with(name, NULL, diagnostics, err);
}

enum sq_status sq_scenario_check_with(const char *name, const struct sq_load_options *options,
                                      struct sq_diagnostics *diagnostics, struct sq_error *err)
{
    struct load load;
    if (!begin(&load, options, diagnostics, err)) {
        return no_memory(err);
    }
    bool preset = !sq_name_is_file(name) && sq_embedded_find(&sq_policies_presets, name) != NULL;
    struct sq_document *document = open_argument(
        &load, name, preset ? &sq_policies_presets : &sq_scenarios_catalog, "scenario");
    if (document != NULL && is_policy(sq_json_root(document->json))) {
        check_policy(&load, document);
    } else if (document != NULL) {
        load_scenario(&load, document);
    }
    return end(&load, name, NULL);
}
