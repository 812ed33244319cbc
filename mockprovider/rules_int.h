/* SPDX-License-Identifier: MIT */
/*
 * The rules of a script at work: which windows are open, which attempts a rule matches, its counts
 * and its draws. Part of the provider: no clock, no allocation, all in the provider's memory.
 *
 * One object judges the rules of some families and never hears of the others: those of the
 * connection family are the driver's (connection.h), since what they strike never arrives.
 *
 * Rules with a closed window cost nothing: each model has a set of the rules that are open for it,
 * made anew only when some window opens or closes.
 */
#ifndef SQ_MOCKPROVIDER_RULES_INT_H
#define SQ_MOCKPROVIDER_RULES_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/plan.h"
#include "mockprovider/script.h"

struct sq_rule_state {
    sq_time start;      /* of the window now open or open last; -1: none yet */
    sq_time strikes_at; /* next opening that hits what is in service; SQ_NEVER: none */
    uint32_t window;    /* ordinal of that window */
    uint32_t seen;      /* matching attempts in it */
};

/* How often a rule saw a call, a key, a tenant or a session, for counts by these. */
struct sq_count_key {
    uint64_t sharer;
    uint32_t window;
    uint32_t seen; /* 0: the place is free */
    uint32_t rule;
};

/* Places of one set, kept from most to least recently seen. */
#define SQ_COUNT_WAYS 8

struct sq_count_set {
    struct sq_count_key way[SQ_COUNT_WAYS];
};

#define SQ_RULES_ON_THE_WAY (UINT32_C(1) << SQ_FAMILY_CONNECTION)
#define SQ_RULES_ARRIVED    (~SQ_RULES_ON_THE_WAY)

struct sq_rules_setup {
    const struct sq_script *script;
    uint32_t families;   /* bits: which are judged here */
    uint32_t count_keys; /* rounded up to whole sets */
};

struct sq_rules {
    const struct sq_script *script;
    uint32_t families;
    uint64_t seed;
    sq_time changes_at; /* when some window opens or closes next */
    sq_time strikes_at; /* the earliest of the states */
    uint32_t n_words;   /* of one set of rules */
    uint32_t n_sets;    /* 0: no rule counts by anything but attempts */
    uint64_t forgotten;
    uint64_t *open; /* per model, n_words */
    struct sq_rule_state *states;
    struct sq_count_set *sets;
};

/* memory[0..size) is aligned for any type. */
size_t sq_rules_size(const struct sq_rules_setup *setup);
void sq_rules_init(struct sq_rules *rules, void *memory, const struct sq_rules_setup *setup,
                   uint64_t seed);

/* Brings the sets of open rules to now. To be called before the next two; almost free when nothing
 * changed. */
void sq_rules_refresh(struct sq_rules *rules, sq_time now);

/* What strikes an attempt that arrives now: rule + 1 for each family, 0 for none or hidden. Counts
 * it in every rule that matches. */
void sq_rules_judge(struct sq_rules *rules, const struct sq_plan_request *request, sq_time now,
                    uint32_t fired[SQ_FAMILIES]);

/* Whether rule `index`, whose window has just opened, strikes an attempt in service; counts it if
 * it matches. */
bool sq_rules_strikes(struct sq_rules *rules, uint32_t index, const struct sq_plan_request *request,
                      sq_time now);

/* Takes the next rule with in_flight whose window opened by now, in file order; false: none is left
 * (strikes_at is then in the future). */
bool sq_rules_next_strike(struct sq_rules *rules, sq_time now, uint32_t *index);

#endif
