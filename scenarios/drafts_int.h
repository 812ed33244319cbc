/* SPDX-License-Identifier: MIT */
/*
 * Drafts: what a scenario file says, field by field, before it is put together. Filled by the
 * reader along the tables of fields/; turned into struct sq_scenario by the sq_make_ functions,
 * in the order they stand here. All in scratch.
 */
#ifndef SQ_SCENARIOS_DRAFTS_INT_H
#define SQ_SCENARIOS_DRAFTS_INT_H

#include "scenarios/laws_int.h"
#include "scenarios/reader_int.h"
#include "scenarios/scenario.h"
#include "scenarios/values_int.h"

#define SQ_DRAFT_NONE INT64_MIN /* a number that was not given */

struct sq_scenario_draft {
    const char *title;
    const char *description;
    struct sq_list tags; /* struct sq_text_item */
    struct sq_list sources;
    struct sq_list assumptions;
    uint64_t seed;
    uint32_t n_seeds;
    sq_dur duration; /* SQ_DRAFT_NONE: that of the phases */
    sq_dur warmup;
    sq_dur drain;
    int64_t epoch_s;
    uint32_t max_in_flight;
    struct sq_item workload;
    struct sq_item providers;
    struct sq_item roles;
    struct sq_item faults;
    struct sq_item policy;
    struct sq_item thresholds;
    struct sq_item steady_state;
    const char *schema_uri;
};

extern const struct sq_object sq_object_scenario;
extern const struct sq_object sq_object_workload;
extern const struct sq_object sq_object_policy;
extern const struct sq_object sq_object_fault;
extern const struct sq_shape sq_shape_providers;
extern const struct sq_shape sq_shape_roles;
extern const struct sq_shape sq_shape_faults;
extern const struct sq_shape sq_shape_thresholds;
extern const struct sq_shape sq_shape_steady_state;
extern const struct sq_shape sq_shape_workload;

/* Each fills its part of *scenario from the draft's node; NULL nodes are allowed where the part has
 * a default. Mistakes are reported. */
void sq_make_head(const struct sq_scenario_draft *draft, struct sq_scenario *scenario);
void sq_make_providers(struct sq_reader *reader, const struct sq_json *node,
                       struct sq_scenario *scenario);
void sq_make_roles(struct sq_reader *reader, const struct sq_json *node, const char *const *binds,
                   struct sq_scenario *scenario);
void sq_make_workload(struct sq_reader *reader, const struct sq_json *node,
                      struct sq_scenario *scenario);
void sq_make_faults(struct sq_reader *reader, const struct sq_json *node,
                    struct sq_scenario *scenario);
void sq_make_thresholds(struct sq_reader *reader, const struct sq_json *node,
                        struct sq_scenario *scenario);
/* Adds its probes to the thresholds; after them and the faults. */
void sq_make_steady_state(struct sq_reader *reader, const struct sq_json *node,
                          struct sq_scenario *scenario);

/* The set that --thresholds names, a built-in one or a file. SQ_ENVIRONMENT: unreadable, in *err.
 */
SQ_MUST_USE enum sq_status sq_make_threshold_set(struct sq_reader *reader, const char *name,
                                                 struct sq_scenario *scenario,
                                                 struct sq_error *err);

/* The model "openai/gpt-4o"; false: there is none. */
bool sq_scenario_model(const struct sq_scenario *scenario, const char *label, size_t length,
                       uint16_t *model);
/* "openai/gpt-4o, openai/gpt-4o-mini". As sq_phrase. */
const char *sq_models_listed(struct sq_reader *reader, const struct sq_scenario *scenario);
/* The models of "openai" or "openai/gpt-4o" as bits; 0: there is no such place. */
uint64_t sq_models_at(const struct sq_script *script, const char *where);
void sq_complain_where(struct sq_reader *reader, const struct sq_text_item *item,
                       const struct sq_script *script);
bool sq_scenario_role(const struct sq_scenario *scenario, const char *name, uint8_t *role);
const char *sq_roles_listed(struct sq_reader *reader, const struct sq_scenario *scenario);

/* Reports that `role` is unknown, with the --bind that would make it known. */
bool sq_complain_role(struct sq_reader *reader, const struct sq_json *node, const char *role,
                      const struct sq_scenario *scenario);

#endif
