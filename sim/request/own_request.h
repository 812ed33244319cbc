/* SPDX-License-Identifier: MIT */
/*
 * What the driver itself sends: the body of an attempt, and on which of the script's clauses
 * (mockprovider/request/clauses.h) its headers and body will be found. Live renders the body to
 * send it; who has no wire renders it once per distinct request and remembers which clauses held,
 * in a table of bounded size. Only what some clause looks at makes requests distinct.
 */
#ifndef SQ_SIM_REQUEST_OWN_REQUEST_H
#define SQ_SIM_REQUEST_OWN_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "scenarios/scenario.h"
#include "sim/carrier.h"

#define SQ_OWN_REQUEST_CONTENT_TYPE "application/json"
/* libcurl's own. */
#define SQ_OWN_REQUEST_ACCEPT "*/*"

/* Distinct requests remembered; one beyond takes the place of another. */
#define SQ_OWN_REQUESTS_MAX 4096

/* Adds the body. foreign: it goes to somebody else's endpoint, where somebody pays for what comes
 * and nobody knows our tenants. */
void sq_own_request_body(struct sq_strbuf *out, const struct sq_scenario *scenario,
                         const struct sq_attempt *attempt, bool foreign);

struct sq_own_requests;

/* The scenario is borrowed. NULL: no memory. */
struct sq_own_requests *sq_own_requests_new(const struct sq_scenario *scenario);
void sq_own_requests_free(struct sq_own_requests *requests); /* accepts NULL */

/* How many of them were rendered. */
uint64_t sq_own_requests_rendered(const struct sq_own_requests *requests);

/* What the provider hears of the attempt, its clauses judged. SQ_LIMIT, SQ_NO_MEMORY. requests NULL
 * where the script has no clauses. */
SQ_MUST_USE enum sq_status sq_own_request(struct sq_own_requests *requests,
                                          const struct sq_attempt *attempt,
                                          struct sq_plan_request *request, struct sq_error *err);

#endif
