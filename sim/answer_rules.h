/* SPDX-License-Identifier: MIT */
/*
 * Which rule of a policy answers which question of a scenario: both are folded once a run, so that
 * capitals and the way accents were typed make no difference. Questions known only by their number
 * have no text that a rule could fit.
 */
#ifndef SQ_SIM_ANSWER_RULES_H
#define SQ_SIM_ANSWER_RULES_H

#include <stdint.h>

#include "base/error.h"
#include "policies/settings.h"
#include "scenarios/scenario.h"

struct sq_answer_rules {
    uint32_t n_prompts; /* 0: no rule fits any question */
    uint8_t by_prompt[SQ_PROMPT_TEXTS_MAX];
};

/* SQ_NO_MEMORY, else SQ_OK. */
SQ_MUST_USE enum sq_status sq_answer_rules_init(struct sq_answer_rules *rules,
                                                const struct sq_scenario *scenario,
                                                const struct sq_settings *policy);

/* The first rule that fits the question, from 1; 0: none. Any number may be asked for. */
uint8_t sq_answer_rules_find(const struct sq_answer_rules *rules, uint32_t prompt);

#endif
