/* SPDX-License-Identifier: MIT */
/* The fallback ladder: which later rung a failure leads to. Pure. */
#ifndef SQ_POLICIES_FALLBACK_INT_H
#define SQ_POLICIES_FALLBACK_INT_H

#include <stdint.h>

#include "policies/settings.h"
#include "policies/words.h"

/* The first rung after `rung` (0: the wanted role) whose `on` matches the failure of the rung that
 * just failed, counted from 1; 0: there is none. rule: which rule fits the call's question; with 0
 * the `rules` rung is passed by. */
uint8_t sq_fallback_next(const struct sq_layer_settings *settings, uint8_t rung, uint8_t rule,
                         enum sq_class klass, uint16_t status);

#endif
