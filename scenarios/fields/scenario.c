/* SPDX-License-Identifier: MIT */
/* The table of a scenario, and what heads it: title, tags, sources, seeds, times. */
#include "scenarios/drafts_int.h"
#include "scenarios/policy_int.h"
#include "scenarios/values_int.h"

/* ---- sources ---- */

static const struct sq_word grade_words[] = {{"A", 'A', .sentence = "first hand"},
                                             {"B", 'B', .sentence = "reported"},
                                             {"C", 'C', .sentence = "unverified"},
                                             {.word = NULL}};
static const struct sq_shape grade_shape = {
    .kind = SQ_SHAPE_WORD, .name = "A, B or C", .words = grade_words};
static const struct sq_field source_fields[] = {
    {"title", &sq_shape_text, SQ_PLACE(struct sq_source_draft, title),
     .sentence = "what it is called", .example = "\"status page write-up\""},
    {"url", &sq_shape_text, SQ_PLACE(struct sq_source_draft, url), .sentence = "where it is",
     .example = "\"https://example.org/x\""},
    {"grade", &grade_shape, SQ_PLACE(struct sq_source_draft, grade), .sentence = "how sure it is",
     .example = "\"A\""},
    {.key = NULL}};
static const struct sq_object source_object = {.name = "source",
                                               .sentence = "where a figure comes from",
                                               .fields = source_fields,
                                               .is_item = true};
static const struct sq_shape source_item = {
    .kind = SQ_SHAPE_OBJECT, .name = "an object", .object = &source_object};
const struct sq_shape sq_shape_sources = {.kind = SQ_SHAPE_LIST,
                                          .name = "a list of sources",
                                          .max = SQ_SOURCES_MAX,
                                          .item = &source_item,
                                          .item_bytes = sizeof(struct sq_source_draft)};

/* ---- the scenario ---- */

static const struct sq_shape *const providers_either[] = {&sq_shape_providers, NULL};
static const struct sq_shape *const roles_either[] = {&sq_shape_roles, NULL};
static const struct sq_shape *const faults_either[] = {&sq_shape_faults, NULL};
static const struct sq_shape *const workload_either[] = {&sq_shape_workload, NULL};
static const struct sq_shape policy_object_shape = {
    .kind = SQ_SHAPE_OBJECT, .name = "a policy", .object = &sq_object_policy};
static const struct sq_shape *const policy_either[] = {&policy_object_shape, &sq_shape_text, NULL};
static const struct sq_shape *const thresholds_either[] = {&sq_shape_thresholds, NULL};
static const struct sq_shape *const steady_state_either[] = {&sq_shape_steady_state, NULL};

/* Parts that need other parts first are kept as they are, and read in their turn (load.c). */
static const struct sq_shape workload_node = {
    .kind = SQ_SHAPE_NODE, .name = "a workload", .either = workload_either};
static const struct sq_shape providers_node = {
    .kind = SQ_SHAPE_NODE, .name = "an object of providers by name", .either = providers_either};
static const struct sq_shape roles_node = {
    .kind = SQ_SHAPE_NODE, .name = "an object of roles", .either = roles_either};
static const struct sq_shape faults_node = {
    .kind = SQ_SHAPE_NODE, .name = "a list of faults", .either = faults_either};
static const struct sq_shape policy_node = {
    .kind = SQ_SHAPE_NODE, .name = "a policy, or the name of one", .either = policy_either};
static const struct sq_shape thresholds_node = {
    .kind = SQ_SHAPE_NODE, .name = "thresholds", .either = thresholds_either};
static const struct sq_shape steady_state_node = {
    .kind = SQ_SHAPE_NODE, .name = "a steady state", .either = steady_state_either};

static const struct sq_shape schema_shape = {
    .kind = SQ_SHAPE_CONST, .name = "a text", .text = "squall/scenario/1"};
static const struct sq_shape seed_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 0, .max = INT64_MAX};
static const struct sq_shape seeds_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = SQ_SEEDS_MAX};
static const struct sq_shape in_flight_shape = {
    .kind = SQ_SHAPE_INTEGER, .name = "a whole number", .min = 1, .max = 16777216};
static const struct sq_shape run_span = {
    .kind = SQ_SHAPE_DURATION, .name = "a duration above 0", .min = SQ_MS, .max = 3660 * SQ_DAY};
static const struct sq_shape date_shape = {.kind = SQ_SHAPE_DATE, .name = "a date"};

#define PART(member) SQ_PLACE(struct sq_scenario_draft, member)

static const struct sq_field scenario_fields[] = {
    {"$schema", &sq_shape_text, PART(schema_uri), .sentence = "where editors find the JSON Schema",
     .example = "\"../schema/scenario.schema.json\""},
    {"schema", &schema_shape, .sentence = "what the file is", .example = "\"squall/scenario/1\""},
    {"title", &sq_shape_text, PART(title), .sentence = "one line that says what happens",
     .example = "\"Primary answers 429 for two minutes\""},
    {"description", &sq_shape_text, PART(description), .sentence = "what it shows, and why"},
    {"tags", &sq_shape_texts, PART(tags), .sentence = "words to choose scenarios by",
     .example = "[\"rate-limit\", \"ci\"]"},
    {"sources", &sq_shape_sources, PART(sources), .sentence = "where its figures come from",
     .example = "[ { \"title\": \"status page\", \"url\": \"https://example.org/x\", \"grade\": "
                "\"A\" } ]"},
    {"assumptions", &sq_shape_texts, PART(assumptions),
     .sentence = "what no source says and was chosen"},
    {"seed", &seed_shape, PART(seed), .sentence = "the first seed", .standard = "1",
     .example = "1"},
    {"seeds", &seeds_shape, PART(n_seeds), .sentence = "how many seeds, counted up from seed",
     .standard = "1", .example = "20"},
    {"duration", &run_span, PART(duration), .sentence = "after it no call starts",
     .standard = "that of the phases together", .example = "\"10m\""},
    {"warmup", &sq_shape_span, PART(warmup),
     .sentence = "calls intended before its end are made but not counted", .standard = "0s",
     .example = "\"30s\""},
    {"drain", &sq_shape_span, PART(drain),
     .sentence = "calls still open so long after the end are timed out", .standard = "60s",
     .example = "\"60s\""},
    {"epoch", &date_shape, PART(epoch_s), .sentence = "the date of scenario time zero",
     .standard = "2026-01-01T00:00:00Z", .example = "\"2026-01-01T00:00:00Z\""},
    {"max_in_flight", &in_flight_shape, PART(max_in_flight),
     .sentence = "more calls open at a time end the run, inconclusive", .standard = "1000000",
     .example = "1000000"},
    {"workload", &workload_node, PART(workload), .sentence = "which calls are made, and when",
     .example = "{ \"phases\": [ { \"duration\": \"60s\", \"arrival_rate\": 5 } ] }",
     .flags = SQ_FIELD_REQUIRED},
    {"providers", &providers_node, PART(providers), .sentence = "the mocked services by name",
     .example =
         "{ \"openai\": { \"models\": { \"gpt-4o\": { \"profile\": \"openai/gpt-4o\" } } } }",
     .flags = SQ_FIELD_REQUIRED},
    {"roles", &roles_node, PART(roles), .sentence = "which model answers to which role",
     .standard = "primary is the first model",
     .example = "{ \"primary\": \"openai/gpt-4o\", \"cheap\": \"openai/gpt-4o-mini\" }"},
    {"faults", &faults_node, PART(faults), .sentence = "what goes wrong, rule by rule",
     .standard = "nothing",
     .example = "[ { \"kind\": \"status\", \"status\": 429, \"where\": \"openai\", \"at\": \"3m\", "
                "\"for\": \"2m\" } ]"},
    {"policy", &policy_node, PART(policy),
     .sentence = "what the client does: an object, a file or a preset", .standard = "none",
     .example = "\"recommended\""},
    {"thresholds", &thresholds_node, PART(thresholds),
     .sentence = "what must hold, by metric; or the file of such an object, or a list of both",
     .standard = "nothing is judged", .example = "{ \"availability\": [\">=99.5%\"] }"},
    {"steady_state", &steady_state_node, PART(steady_state),
     .sentence = "what holds before the first fault, and again once the last one is over",
     .standard = "nothing is probed",
     .example = "{ \"probes\": [ { \"metric\": \"availability\", \"tolerance\": [0.995, 1] } ] }"},
    {"slo", &sq_shape_later, .sentence = "write a threshold on availability"},
    {.key = NULL}};
static const struct sq_foreign scenario_foreign[] = {
    {"name", "title", SQ_FOREIGN_RENAME, NULL},
    {"length", "duration", SQ_FOREIGN_SECONDS, NULL},
    {"stages", NULL, SQ_FOREIGN_SAY, "write `workload: { \"phases\": [ ... ] }`"},
    {"phases", NULL, SQ_FOREIGN_SAY, "write `workload: { \"phases\": [ ... ] }`"},
    {"rules", "faults", SQ_FOREIGN_RENAME, NULL},
    {"toxics", "faults", SQ_FOREIGN_RENAME, NULL},
    {"models", NULL, SQ_FOREIGN_SAY, "write them inside a provider, in `providers`"},
    {"checks", "thresholds", SQ_FOREIGN_RENAME, NULL},
    {"ensure", "thresholds", SQ_FOREIGN_RENAME, NULL},
    {"steady_states", "steady_state", SQ_FOREIGN_RENAME, NULL},
    {"hypothesis", NULL, SQ_FOREIGN_SAY, "write `steady_state: { \"probes\": [ ... ] }`"},
    {"steady_state_hypothesis", NULL, SQ_FOREIGN_SAY,
     "write `steady_state: { \"probes\": [ ... ] }`"},
    {"policies", "policy", SQ_FOREIGN_RENAME, NULL},
    {"retry", NULL, SQ_FOREIGN_SAY, "write `policy: { \"retry\": ... }`"},
    {"timeouts", NULL, SQ_FOREIGN_SAY, "write `policy: { \"timeouts\": ... }`"},
    {"breaker", NULL, SQ_FOREIGN_SAY, "write `policy: { \"breaker\": ... }`"},
    {"fallback", NULL, SQ_FOREIGN_SAY, "write `policy: { \"fallback\": ... }`"},
    {.key = NULL}};
const struct sq_object sq_object_scenario = {
    .name = "scenario",
    .sentence = "a workload, providers, what goes wrong, a policy, and what must hold",
    .fields = scenario_fields,
    .foreign = scenario_foreign};

/* ---- putting the head together ---- */

static void make_texts(const struct sq_list *list, const char **texts, uint8_t *n_texts)
{
    const struct sq_text_item *items = list->items;
    for (uint32_t i = 0; i < list->n_items; i++) {
        texts[i] = items[i].text;
    }
    *n_texts = (uint8_t)list->n_items;
}

static void make_sources(const struct sq_list *list, struct sq_scenario *scenario)
{
    const struct sq_source_draft *drafts = list->items;
    for (uint32_t i = 0; i < list->n_items; i++) {
        scenario->sources[i] =
            (struct sq_source){drafts[i].title, drafts[i].url, (char)drafts[i].grade};
    }
    scenario->n_sources = (uint8_t)list->n_items;
}

void sq_make_head(const struct sq_scenario_draft *draft, struct sq_scenario *scenario)
{
    scenario->title = draft->title != NULL ? draft->title : scenario->name;
    scenario->description = draft->description != NULL ? draft->description : "";
    make_texts(&draft->tags, scenario->tags, &scenario->n_tags);
    make_texts(&draft->assumptions, scenario->assumptions, &scenario->n_assumptions);
    make_sources(&draft->sources, scenario);
    scenario->seed = draft->seed;
    scenario->n_seeds = draft->n_seeds;
    scenario->duration = draft->duration;
    scenario->warmup = draft->warmup;
    scenario->drain = draft->drain;
    scenario->epoch_s = draft->epoch_s;
    scenario->max_in_flight = draft->max_in_flight;
    scenario->script.epoch_s = draft->epoch_s;
}
