/* SPDX-License-Identifier: MIT */
/*
 * Somebody else's endpoints: which roles go there, what a request to them carries, and the bills
 * nobody sends us: what the answer says it used, else an estimate (input as planned, output one
 * token for 4 bytes of text). Keeps the keys and never prints one. Every function accepts NULL for
 * "none".
 */
#ifndef SQ_SIM_LIVE_FOREIGN_INT_H
#define SQ_SIM_LIVE_FOREIGN_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sim/live.h"
#include "sim/live/bills_int.h"
#include "sim/live/curl_int.h"
#include "sim/live/transfer_int.h"

#define SQ_LIVE_URL_BYTES 512

struct sq_live_foreign;

SQ_MUST_USE enum sq_status sq_live_foreign_new(const struct sq_scenario *scenario,
                                               const struct sq_live_targets *targets,
                                               struct sq_live_foreign **foreign,
                                               struct sq_error *err);
void sq_live_foreign_free(struct sq_live_foreign *foreign);

bool sq_live_foreign_has(const struct sq_live_foreign *foreign, uint8_t role);
/* Turns a request of this role to its target, if it has one. */
void sq_live_foreign_address(const struct sq_live_foreign *foreign, uint8_t role,
                             struct sq_live_request *request);
/* An attempt of a target has ended, or is given up: enters its bill, and remembers whether anybody
 * was there. */
void sq_live_foreign_over(struct sq_live_foreign *foreign, const struct sq_live_transfer *transfer,
                          struct sq_live_bills *bills);
/* SQ_ENVIRONMENT: attempts were made and nobody was ever there. */
SQ_MUST_USE enum sq_status sq_live_foreign_health(const struct sq_live_foreign *foreign,
                                                  struct sq_error *err);

/* Text into a buffer of so many bytes, cut where it does not fit. */
void sq_live_set_text(char *text, size_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
