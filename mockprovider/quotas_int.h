/* SPDX-License-Identifier: MIT */
/*
 * The quotas of all providers at work: buckets that refill continuously, in whole units with the
 * remainder carried, so that nothing is lost however often they are asked. Part of the provider: no
 * clock, no allocation; now never goes back.
 *
 * An attempt is admitted when every bucket of its provider holds what it takes; then all give, else
 * none does: what is refused costs nothing. One that takes more than a bucket can ever hold is
 * never admitted.
 */
#ifndef SQ_MOCKPROVIDER_QUOTAS_INT_H
#define SQ_MOCKPROVIDER_QUOTAS_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/plan.h"
#include "mockprovider/provider.h"
#include "mockprovider/script.h"

struct sq_bucket {
    int64_t level;     /* whole units; below 0 when more was billed than reserved */
    int64_t remainder; /* of a unit, in parts of a minute's nanoseconds */
    sq_time at;        /* of level and remainder */
};

/* The buckets of one quota, for one model or the whole provider. */
struct sq_quota_buckets {
    struct sq_bucket requests;
    struct sq_bucket tokens;
};

struct sq_quotas {
    const struct sq_script *script;
    struct sq_quota_buckets *buckets; /* SQ_QUOTAS_MAX a model; NULL: nobody has a quota */
};

size_t sq_quotas_size(const struct sq_script *script);
void sq_quotas_init(struct sq_quotas *quotas, void *memory, const struct sq_script *script);

/* Lets an attempt in, or says in limits->refused which limit does not; fills *limits either way. */
void sq_quotas_admit(struct sq_quotas *quotas, const struct sq_plan_request *request, sq_time now,
                     struct sq_plan_limits *limits);

/* The attempt that was admitted has left with this bill: what was reserved and not used returns. */
void sq_quotas_settle(struct sq_quotas *quotas, const struct sq_plan_request *request,
                      const struct sq_bill *bill, sq_time now);

/* What a quota takes for a request: tokens. */
int64_t sq_quota_tokens_of(const struct sq_script *script, const struct sq_quota *quota,
                           const struct sq_plan_request *request);

#endif
