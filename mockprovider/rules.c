/* SPDX-License-Identifier: MIT */
/*
 * Matching, counting and firing of rules. Every matching attempt counts, whatever other rules do,
 * and every draw is keyed by the rule's own name: a rule more or less changes nothing for the
 * others. No clock, no allocation.
 */
#include "mockprovider/rules_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "base/int128.h"

#define WORD_BITS 64

static uint32_t words_of(const struct sq_script *script)
{
    return ((uint32_t)script->n_rules + WORD_BITS - 1) / WORD_BITS;
}

static bool is_ours(const struct sq_rule *rule, uint32_t families)
{
    return (families >> sq_fault_kind_row(rule->kind)->family & 1) != 0;
}

static uint32_t sets_of(const struct sq_rules_setup *setup)
{
    for (uint32_t i = 0; i < setup->script->n_rules; i++) {
        const struct sq_rule *rule = &setup->script->rules[i];
        if (is_ours(rule, setup->families) && rule->per != SQ_PER_ATTEMPT &&
            rule->count.kind != SQ_COUNT_ALL) {
            return (setup->count_keys - 1) / SQ_COUNT_WAYS + 1;
        }
    }
    return 0;
}

size_t sq_rules_size(const struct sq_rules_setup *setup)
{
    const struct sq_script *script = setup->script;
    return sizeof(uint64_t) * words_of(script) * script->n_models +
           sizeof(struct sq_rule_state) * script->n_rules +
           sizeof(struct sq_count_set) * sets_of(setup);
}

static sq_time next_strike(const struct sq_rule *rule, sq_time from)
{
    return rule->effect.in_flight ? sq_rule_next_opening(rule, from) : SQ_NEVER;
}

static void find_earliest_strike(struct sq_rules *rules)
{
    rules->strikes_at = SQ_NEVER;
    for (uint32_t i = 0; i < rules->script->n_rules; i++) {
        rules->strikes_at = sq_time_min(rules->strikes_at, rules->states[i].strikes_at);
    }
}

void sq_rules_init(struct sq_rules *rules, void *memory, const struct sq_rules_setup *setup,
                   uint64_t seed)
{
    const struct sq_script *script = setup->script;
    memset(memory, 0, sq_rules_size(setup));
    *rules = (struct sq_rules){
        .script = script,
        .families = setup->families,
        .seed = seed,
        .n_words = words_of(script),
        .n_sets = sets_of(setup),
    };
    /* Three arrays of 8-byte aligned things, one behind the other. */
    rules->open = memory;
    rules->states = (void *)(rules->open + (size_t)rules->n_words * script->n_models);
    rules->sets = (void *)(rules->states + script->n_rules);
    for (uint32_t i = 0; i < script->n_rules; i++) {
        rules->states[i].start = -1;
        rules->states[i].strikes_at = next_strike(&script->rules[i], 0);
    }
    find_earliest_strike(rules);
}

/* Counts begin anew with each window. */
static void enter_window(const struct sq_rule *rule, struct sq_rule_state *state, sq_time start)
{
    if (state->start == start) {
        return;
    }
    state->start = start;
    state->seen = 0;
    bool repeated = rule->windowed && rule->every > 0;
    state->window = repeated ? (uint32_t)((start - rule->at) / rule->every) : 0;
}

static void add_open(struct sq_rules *rules, uint32_t index)
{
    uint64_t models = rules->script->rules[index].models;
    uint64_t bit = UINT64_C(1) << (index % WORD_BITS);
    for (uint32_t model = 0; model < rules->script->n_models; model++) {
        if ((models >> model & 1) != 0) {
            rules->open[model * rules->n_words + index / WORD_BITS] |= bit;
        }
    }
}

static sq_time open_until(const struct sq_rule *rule, sq_time start)
{
    return rule->windowed ? sq_time_add(start, rule->span) : SQ_NEVER;
}

static void make_open_sets(struct sq_rules *rules, sq_time now)
{
    memset(rules->open, 0, sizeof(uint64_t) * rules->n_words * rules->script->n_models);
    rules->changes_at = SQ_NEVER;
    for (uint32_t i = 0; i < rules->script->n_rules; i++) {
        const struct sq_rule *rule = &rules->script->rules[i];
        if (!is_ours(rule, rules->families)) {
            continue;
        }
        sq_time changes_at = sq_rule_next_opening(rule, sq_time_add(now, 1));
        sq_time start;
        if (sq_rule_open(rule, now, &start)) {
            enter_window(rule, &rules->states[i], start);
            add_open(rules, i);
            changes_at = sq_time_min(changes_at, open_until(rule, start));
        }
        rules->changes_at = sq_time_min(rules->changes_at, changes_at);
    }
}

void sq_rules_refresh(struct sq_rules *rules, sq_time now)
{
    if (now >= rules->changes_at) {
        make_open_sets(rules, now);
    }
}

static bool matches(const struct sq_rule *rule, const struct sq_plan_request *request)
{
    if (!request->stream && sq_fault_kind_row(rule->kind)->needs == SQ_NEEDS_STREAM) {
        return false;
    }
    if (rule->match.stream >= 0 && (rule->match.stream == 1) != request->stream) {
        return false;
    }
    if (rule->match.attempt != 0 && rule->match.attempt != request->attempt) {
        return false;
    }
    if ((rule->match.key != 0 && rule->match.key != request->whose.key) ||
        (rule->match.tenant != 0 && rule->match.tenant != request->whose.tenant)) {
        return false;
    }
    return (rule->match.clauses & ~request->holds) == 0;
}

/* Who shares draws and counts. */
static uint64_t sharer_of(const struct sq_rule *rule, const struct sq_plan_request *request)
{
    switch (rule->per) {
    case SQ_PER_ATTEMPT:
    case SQ_PER_CALL:
        return request->call;
    case SQ_PER_KEY:
        return request->whose.key;
    case SQ_PER_TENANT:
        return request->whose.tenant;
    case SQ_PER_SESSION:
        return request->whose.session;
    }
    sq_assert(false && "shared by nobody");
    return 0;
}

/* Finds the key in its set, or makes room for it, and moves it to the front. */
static struct sq_count_key *count_key(struct sq_rules *rules, uint32_t rule, uint64_t sharer,
                                      uint32_t window)
{
    uint64_t mixed = sq_digest_mix(sharer + sq_digest_mix((uint64_t)window << 32 | rule));
    struct sq_count_set *set = &rules->sets[(uint32_t)((sq_uint128)mixed * rules->n_sets >> 64)];
    uint32_t place = 0;
    while (place < SQ_COUNT_WAYS && set->way[place].seen != 0) {
        const struct sq_count_key *key = &set->way[place];
        if (key->sharer == sharer && key->rule == rule && key->window == window) {
            break;
        }
        place++;
    }
    struct sq_count_key found = {.sharer = sharer, .window = window, .rule = rule};
    if (place == SQ_COUNT_WAYS) {
        rules->forgotten++;
        place--;
    } else if (set->way[place].seen != 0) {
        found = set->way[place];
    }
    memmove(&set->way[1], &set->way[0], sizeof(struct sq_count_key) * place);
    set->way[0] = found;
    return &set->way[0];
}

static uint32_t count_up(uint32_t *seen)
{
    if (*seen < UINT32_MAX) {
        (*seen)++;
    }
    return *seen;
}

/* Counts a matching attempt; returns its ordinal, from 1. */
static uint32_t count_attempt(struct sq_rules *rules, uint32_t index,
                              const struct sq_plan_request *request)
{
    struct sq_rule_state *state = &rules->states[index];
    const struct sq_rule *rule = &rules->script->rules[index];
    if (rule->count.kind == SQ_COUNT_ALL || rule->per == SQ_PER_ATTEMPT) {
        return count_up(&state->seen);
    }
    return count_up(&count_key(rules, index, sharer_of(rule, request), state->window)->seen);
}

static bool count_hits(const struct sq_count *count, uint32_t ordinal)
{
    switch (count->kind) {
    case SQ_COUNT_ALL:
        return true;
    case SQ_COUNT_FIRST:
        return ordinal <= count->first;
    case SQ_COUNT_EVERY:
        return count->first > 0 && ordinal % count->first == 0;
    case SQ_COUNT_RANGE:
        return ordinal >= count->first && ordinal <= count->last;
    case SQ_COUNT_SEQUENCE:
        return ordinal <= count->n_sequence && (count->sequence >> (ordinal - 1) & 1) != 0;
    }
    sq_assert(false && "a count of no kind");
    return false;
}

static uint64_t share_at(const struct sq_rule *rule, sq_dur offset)
{
    if (sq_curve_is_empty(&rule->probability)) {
        return rule->share_q32;
    }
    int64_t share = sq_curve_value(&rule->probability, offset);
    return share > 0 ? (uint64_t)share : 0;
}

static bool draw_hits(const struct sq_rules *rules, const struct sq_rule *rule,
                      const struct sq_plan_request *request, sq_dur offset)
{
    uint64_t share = share_at(rule, offset);
    if (share >= SQ_DRAW_ALWAYS || share == 0) {
        return share != 0;
    }
    uint32_t minor = 0;
    if (rule->per == SQ_PER_ATTEMPT) {
        minor = (uint32_t)request->model << 16 | request->nth;
    }
    struct sq_draw draw =
        sq_draw_block(rules->seed, SQ_DRAW_RULE, sharer_of(rule, request), minor, rule->key);
    return sq_draw_happens(draw.lane[0], share);
}

/* A rule that matches: counts the attempt and says whether it fires. */
static bool fires(struct sq_rules *rules, uint32_t index, const struct sq_plan_request *request,
                  sq_time now)
{
    const struct sq_rule *rule = &rules->script->rules[index];
    uint32_t ordinal = count_attempt(rules, index, request);
    return count_hits(&rule->count, ordinal) &&
           draw_hits(rules, rule, request, now - rules->states[index].start);
}

/* Whether the attempt ends with this rule, so that later families are out of its reach. */
static bool ends_attempt(const struct sq_rule *rule)
{
    switch (sq_fault_kind_row(rule->kind)->family) {
    case SQ_FAMILY_CONNECTION:
    case SQ_FAMILY_STATUS:
    case SQ_FAMILY_TRANSPORT:
        return true;
    case SQ_FAMILY_LATENCY:
        return rule->kind == SQ_FAULT_HANG && rule->effect.for_each == SQ_NEVER;
    case SQ_FAMILY_STREAM:
        return rule->kind == SQ_FAULT_CUT || rule->effect.for_each == SQ_NEVER;
    case SQ_FAMILY_CONTENT:
        return false;
    case SQ_FAMILIES:
        break;
    }
    sq_assert(false && "a rule of no family");
    return false;
}

/* The first that ends the attempt hides the rest. */
static void hide_unreached(const struct sq_script *script, uint32_t fired[SQ_FAMILIES])
{
    bool ended = false;
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        if (ended) {
            fired[family] = 0;
        } else if (fired[family] != 0) {
            ended = ends_attempt(&script->rules[fired[family] - 1]);
        }
    }
}

void sq_rules_judge(struct sq_rules *rules, const struct sq_plan_request *request, sq_time now,
                    uint32_t fired[SQ_FAMILIES])
{
    const uint64_t *open = &rules->open[request->model * rules->n_words];
    for (uint32_t word = 0; word < rules->n_words; word++) {
        for (uint64_t bits = open[word]; bits != 0; bits &= bits - 1) {
            uint32_t index = word * WORD_BITS + (uint32_t)__builtin_ctzll(bits);
            const struct sq_rule *rule = &rules->script->rules[index];
            if (!matches(rule, request) || !fires(rules, index, request, now)) {
                continue;
            }
            enum sq_family family = sq_fault_kind_row(rule->kind)->family;
            if (fired[family] == 0) {
                fired[family] = index + 1;
            }
        }
    }
    hide_unreached(rules->script, fired);
}

bool sq_rules_strikes(struct sq_rules *rules, uint32_t index, const struct sq_plan_request *request,
                      sq_time now)
{
    const struct sq_rule *rule = &rules->script->rules[index];
    bool here = (rule->models >> request->model & 1) != 0;
    return here && matches(rule, request) && fires(rules, index, request, now);
}

bool sq_rules_next_strike(struct sq_rules *rules, sq_time now, uint32_t *index)
{
    if (now < rules->strikes_at) {
        return false;
    }
    for (uint32_t i = 0; i < rules->script->n_rules; i++) {
        struct sq_rule_state *state = &rules->states[i];
        if (state->strikes_at <= now) {
            const struct sq_rule *rule = &rules->script->rules[i];
            enter_window(rule, state, sq_time_max(state->strikes_at, state->start));
            state->strikes_at = next_strike(rule, sq_time_add(now, 1));
            *index = i;
            return true;
        }
    }
    find_earliest_strike(rules);
    return false;
}
