/* SPDX-License-Identifier: MIT */
/*
 * Readings for the virtual clock: what the bytes of a plan mean, asked of wire/ once per distinct
 * kind of body (model, contract, rules that shape it, streamed or not), from the very bytes the
 * server would send, and remembered. Token counts and filler text do not change a reading, so a
 * body is rendered with few tokens.
 */
#ifndef SQ_SIM_READINGS_H
#define SQ_SIM_READINGS_H

#include "base/error.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"
#include "policies/engine.h"
#include "sim/contracts.h"

#define SQ_READINGS_MAX 4096 /* kinds remembered; further ones are read again each time */

struct sq_readings;

/* NULL when out of memory. Script and contracts are borrowed; answers are remembered as those
 * contracts make them. */
struct sq_readings *sq_readings_new(const struct sq_script *script,
                                    const struct sq_contracts *contracts);
void sq_readings_free(struct sq_readings *readings);

/* The reading of a visit whose plan ends with END. */
SQ_MUST_USE enum sq_status sq_readings_get(struct sq_readings *readings,
                                           const struct sq_visit *visit, struct sq_reading *reading,
                                           struct sq_error *err);

/* The hints among the headers of a visit's answer, sent at now. */
void sq_readings_hints(const struct sq_script *script, const struct sq_visit *visit, sq_time now,
                       struct sq_hints *hints);

#endif
