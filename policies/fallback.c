/* SPDX-License-Identifier: MIT */
/* The fallback ladder, upwards only: a rung that was left is never climbed again in the same call.
 */
#include "policies/fallback_int.h"

uint8_t sq_fallback_next(const struct sq_layer_settings *settings, uint8_t rung,
                         enum sq_class klass, uint16_t status)
{
    for (uint8_t i = rung; i < settings->n_rungs; i++) {
        if (sq_on_matches(&settings->rungs[i].on, klass, status)) {
            return (uint8_t)(i + 1);
        }
    }
    return 0;
}
