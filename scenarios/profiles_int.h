/* SPDX-License-Identifier: MIT */
/*
 * Profiles: dated latency and price of models, as the fields of a model. What has no published
 * figure is not in a profile. Static memory.
 */
#ifndef SQ_SCENARIOS_PROFILES_INT_H
#define SQ_SCENARIOS_PROFILES_INT_H

#include <stdint.h>

struct sq_profile {
    const char *name;
    const char *sentence; /* dates, sources, what is left out */
    const char *json;
};

uint32_t sq_profile_count(void);
const struct sq_profile *sq_profile_at(uint32_t i);
const struct sq_profile *sq_profile_find(const char *name); /* NULL: none */

#endif
