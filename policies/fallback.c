/* SPDX-License-Identifier: MIT */
/* The fallback ladder, upwards only: a rung that was left is never climbed again in the same call.
 */
#include "policies/fallback_int.h"

#include <stdbool.h>

static bool has_answer(const struct sq_rung *rung, uint8_t rule)
{
    return rung->kind != SQ_RUNG_RULES || rule > 0;
}

uint8_t sq_fallback_next(const struct sq_layer_settings *settings, uint8_t rung, uint8_t rule,
                         enum sq_class klass, uint16_t status)
{
    for (uint8_t i = rung; i < settings->n_rungs; i++) {
        if (has_answer(&settings->rungs[i], rule) &&
            sq_on_matches(&settings->rungs[i].on, klass, status)) {
            return (uint8_t)(i + 1);
        }
    }
    return 0;
}
