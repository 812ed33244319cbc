/* SPDX-License-Identifier: MIT */
/*
 * Policies between file and settings. fields/policy.c holds the tables; they are read straight into
 * the engine's settings, which hold the defaults first, so that a role's overrides are the same
 * tables read again over a copy. policies.c resolves a policy for the roles of a scenario.
 */
#ifndef SQ_SCENARIOS_POLICY_INT_H
#define SQ_SCENARIOS_POLICY_INT_H

#include "scenarios/contracts_int.h"
#include "scenarios/drafts_int.h"

/* Until a policy is resolved, sq_breaker.key holds which parts make its key. */
#define SQ_KEY_PROVIDER 1
#define SQ_KEY_MODEL    2

#define SQ_LEASE_DEFAULT (-1) /* half_open.lease_timeout not given: follows timeouts.attempt */

struct sq_rung_draft {
    struct sq_item at;
    char role[SQ_NAME_BYTES];
    const char *answer;
    struct sq_list rules; /* struct sq_answer_rule_draft */
    struct sq_on on;
    bool optional;
    bool counts_as_answer;
};

struct sq_policy_contract_draft {
    struct sq_contract_settings settings;
    struct sq_contract_draft own; /* with settings.required */
};

struct sq_classify_draft {
    struct sq_item at;
    uint16_t status;
    const char *code;
    enum sq_class klass;
};

struct sq_answer_rule_draft {
    struct sq_item at;
    const char *contains;
    const char *answer;
    bool word;
};

/* One layer's worth of a policy: the object as it is read. */
struct sq_policy_draft {
    const struct sq_json *node;
    struct sq_document *document;
    const char *schema_uri;
    char name[SQ_NAME_BYTES];
    const char *description;
    const char *version;
    struct sq_list sources;
    struct sq_list assumptions;
    struct sq_role_settings base;
    struct sq_list roles;    /* struct sq_item: read when they are resolved */
    struct sq_list fallback; /* struct sq_rung_draft */
    struct sq_list classify;
    struct sq_policy_contract_draft contract;
    struct sq_list layers; /* struct sq_item */
};

extern const struct sq_object sq_object_override; /* into struct sq_role_settings */
extern const struct sq_shape sq_shape_timeouts;
extern const struct sq_shape sq_shape_retry;
extern const struct sq_shape sq_shape_breaker;
extern const struct sq_shape sq_shape_classify;
extern const struct sq_shape sq_shape_answer_rules;
extern const struct sq_shape sq_shape_policy_contract;
extern const struct sq_shape sq_shape_sources;

struct sq_source_draft {
    struct sq_item at;
    const char *title;
    const char *url;
    int grade;
};

/* What holds when a policy says nothing: one attempt, no timeout, no breaker. */
struct sq_role_settings sq_policy_defaults(void);

/* What falls back when a rung says nothing. */
struct sq_on sq_on_of_fallback(void);

/* A list such as [502, "timeout"], or the word "any". */
extern const struct sq_shape sq_shape_on;

/* A policy with a contract of its own adds it to the scenario. Reads the scenario's `policy`: an
 * object, or a name; NULL: the preset "none". */
void sq_make_policy(struct sq_reader *reader, const struct sq_json *node,
                    struct sq_scenario *scenario, struct sq_settings *settings);

/* Reads the policy that is the root of the reader's document. */
void sq_make_policy_document(struct sq_reader *reader, const char *name,
                             struct sq_scenario *scenario, struct sq_settings *settings);

/* The roles a policy speaks of, for checking it by itself. */
void sq_collect_roles(struct sq_reader *reader, struct sq_scenario *scenario);

#endif
