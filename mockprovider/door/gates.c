/* SPDX-License-Identifier: MIT */
/*
 * The rules as they act on connections are a copy of the script with wider rules, judged by
 * connection.h as the driver's are. Indexes stay those of the script.
 */
#include "mockprovider/door/gates.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "base/memory.h"

struct sq_gates {
    struct sq_script script; /* rules are ours */
    struct sq_connections *connections;
    void *connections_memory;
    uint64_t who[SQ_PROVIDERS_MAX]; /* of the provider's name */
    uint64_t n_judged[SQ_PROVIDERS_MAX];
};

static bool is_ours(const struct sq_rule *rule)
{
    return sq_fault_kind_row(rule->kind)->family == SQ_FAMILY_CONNECTION;
}

/* What no connection says: whose it is, and anything of what will be sent over it. */
static bool asks_of_request(const struct sq_rule *rule)
{
    const struct sq_match *match = &rule->match;
    bool shared = rule->per != SQ_PER_ATTEMPT && rule->per != SQ_PER_CALL;
    return shared || match->stream >= 0 || match->attempt != 0 || match->clauses != 0 ||
           match->key != 0 || match->tenant != 0;
}

enum sq_gates_spared sq_gates_spare(const struct sq_rule *rule)
{
    if (!is_ours(rule)) {
        return SQ_GATES_STRIKES;
    }
    if (rule->kind == SQ_FAULT_DNS_FAIL) {
        return SQ_GATES_NO_NAME;
    }
    return asks_of_request(rule) ? SQ_GATES_NO_REQUEST : SQ_GATES_STRIKES;
}

static bool can_strike(const struct sq_rule *rule)
{
    return is_ours(rule) && sq_gates_spare(rule) == SQ_GATES_STRIKES;
}

bool sq_gates_needed(const struct sq_script *script)
{
    for (uint32_t i = 0; i < script->n_rules; i++) {
        if (can_strike(&script->rules[i])) {
            return true;
        }
    }
    return false;
}

/* All models of the providers of these. */
static uint64_t whole_providers(const struct sq_script *script, uint64_t models)
{
    uint64_t whole = 0;
    for (uint8_t i = 0; i < script->n_providers; i++) {
        uint64_t own = script->providers[i].models;
        whole |= (own & models) != 0 ? own : 0;
    }
    return whole;
}

/* A rule without a share never strikes, and keeps its place. */
static void fit_rule(const struct sq_script *script, struct sq_rule *rule)
{
    rule->models = whole_providers(script, rule->models);
    if (!can_strike(rule)) {
        rule->share_q32 = 0;
        rule->probability = (struct sq_curve){0};
    }
}

static enum sq_status open_connections(struct sq_gates *gates, uint64_t seed, struct sq_error *err)
{
    size_t bytes = sq_connections_size(&gates->script, NULL);
    gates->connections_memory = sq_memory_new(1, bytes);
    if (gates->connections_memory == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "no memory for the gates");
    }
    gates->connections =
        sq_connections_init(gates->connections_memory, bytes, &gates->script, NULL, seed);
    return SQ_OK;
}

static struct sq_rule *copy_rules(const struct sq_script *script)
{
    struct sq_rule *rules = sq_memory_new(script->n_rules, sizeof *rules);
    if (rules != NULL && script->n_rules > 0) {
        memcpy(rules, script->rules, script->n_rules * sizeof *rules);
        for (uint32_t i = 0; i < script->n_rules; i++) {
            fit_rule(script, &rules[i]);
        }
    }
    return rules;
}

struct sq_gates *sq_gates_new(const struct sq_script *script, uint64_t seed, struct sq_error *err)
{
    struct sq_gates *gates = sq_memory_new(1, sizeof *gates);
    struct sq_rule *rules = copy_rules(script);
    if (gates == NULL || rules == NULL) {
        sq_memory_free(rules);
        sq_memory_free(gates);
        (void)sq_error_set(err, SQ_NO_MEMORY, "no memory for the gates");
        return NULL;
    }
    gates->script = *script;
    gates->script.rules = rules;
    for (uint8_t i = 0; i < script->n_providers; i++) {
        const char *name = script->providers[i].name;
        gates->who[i] = sq_digest_name(name, strlen(name));
    }
    if (open_connections(gates, seed, err) != SQ_OK) {
        sq_gates_free(gates);
        return NULL;
    }
    return gates;
}

void sq_gates_free(struct sq_gates *gates)
{
    if (gates != NULL) {
        sq_memory_free(gates->connections_memory);
        sq_memory_free(gates->script.rules);
        sq_memory_free(gates);
    }
}

/* Judging */

/* A connection as the rules see it: a call of its own, at any model of the provider, since each
 * rule is about all of them or none. */
static struct sq_plan_request request_of(const struct sq_gates *gates, uint8_t provider)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, gates->who[provider]);
    sq_digest_add(&digest, gates->n_judged[provider]);
    uint64_t models = gates->script.providers[provider].models;
    return (struct sq_plan_request){.call = sq_digest_value(&digest),
                                    .model = (uint16_t)__builtin_ctzll(models),
                                    .nth = 1,
                                    .attempt = 1};
}

struct sq_connection_plan sq_gates_judge(struct sq_gates *gates, uint8_t provider, sq_time now)
{
    sq_assert(provider < gates->script.n_providers);
    gates->n_judged[provider]++;
    if (gates->script.providers[provider].models == 0) {
        return (struct sq_connection_plan){.fate = SQ_CONNECTION_MADE};
    }
    struct sq_plan_request request = request_of(gates, provider);
    return sq_plan_connection(gates->connections, &request, now);
}

uint64_t sq_gates_judged(const struct sq_gates *gates, uint8_t provider)
{
    return gates->n_judged[provider];
}

/* Shutting */

static bool spares_nobody(const struct sq_rule *rule)
{
    return sq_curve_is_empty(&rule->probability) && rule->share_q32 >= SQ_DRAW_ALWAYS &&
           rule->count.kind == SQ_COUNT_ALL;
}

static struct sq_gate shut_by(const struct sq_rule *rule, uint32_t index)
{
    struct sq_gate gate = {.fate = SQ_CONNECTION_MADE};
    if (!spares_nobody(rule)) {
        return gate;
    }
    if (rule->kind == SQ_FAULT_REFUSE) {
        gate = (struct sq_gate){.fate = SQ_CONNECTION_REFUSED, .fired = index + 1};
    } else if (rule->kind == SQ_FAULT_CONNECT_HANG) {
        gate = (struct sq_gate){.fate = SQ_CONNECTION_UNANSWERED, .fired = index + 1};
    }
    return gate;
}

struct sq_gate sq_gates_gate(const struct sq_gates *gates, uint8_t provider, sq_time now)
{
    uint64_t models = gates->script.providers[provider].models;
    for (uint32_t i = 0; i < gates->script.n_rules; i++) {
        const struct sq_rule *rule = &gates->script.rules[i];
        sq_time start;
        if (can_strike(rule) && (rule->models & models) != 0 && sq_rule_open(rule, now, &start)) {
            return shut_by(rule, i);
        }
    }
    return (struct sq_gate){.fate = SQ_CONNECTION_MADE};
}

sq_time sq_gates_change_at(const struct sq_gates *gates, sq_time now)
{
    sq_time change_at = SQ_NEVER;
    for (uint32_t i = 0; i < gates->script.n_rules; i++) {
        const struct sq_rule *rule = &gates->script.rules[i];
        sq_time start;
        if (!can_strike(rule) || !rule->windowed) {
            continue;
        }
        if (sq_rule_open(rule, now, &start)) {
            change_at = sq_time_min(change_at, sq_time_add(start, rule->span));
        }
        change_at = sq_time_min(change_at, sq_rule_next_opening(rule, sq_time_add(now, 1)));
    }
    return change_at;
}
