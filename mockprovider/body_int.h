/* SPDX-License-Identifier: MIT */
/* What the files of body.h share. */
#ifndef SQ_MOCKPROVIDER_BODY_INT_H
#define SQ_MOCKPROVIDER_BODY_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "mockprovider/provider.h"
#include "mockprovider/script.h"

const struct sq_dialect *sq_body_dialect(const struct sq_script *script,
                                         const struct sq_visit *visit);

/* The effect that shapes status, headers and body; NULL: none. */
const struct sq_effect *sq_body_effect(const struct sq_script *script,
                                       const struct sq_visit *visit);

/* Different for every attempt of a run, the same whenever the run is repeated. */
uint64_t sq_body_identity(const struct sq_visit *visit);

bool sq_body_is_content_type(const char *name);

#endif
