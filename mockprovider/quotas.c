/* SPDX-License-Identifier: MIT */
/* See quotas_int.h. Integer arithmetic only. */
#include "mockprovider/quotas_int.h"

#include "base/assert.h"
#include "base/int128.h"

/* One sort of limit of one quota, with its bucket. */
struct limit {
    struct sq_bucket *bucket;
    int64_t per_minute;
    int64_t capacity;
    int64_t takes; /* for the attempt that is looked at */
};

/* Limits of one provider: two sorts a quota. */
#define LIMITS_MAX (2 * SQ_QUOTAS_MAX)

struct limits {
    struct limit list[LIMITS_MAX];
    enum sq_limit sort[LIMITS_MAX];
    uint8_t quota[LIMITS_MAX]; /* from 1 */
    uint32_t n_list;
};

static int64_t capacity_of(int64_t per_minute, sq_dur window)
{
    sq_int128 units = (sq_int128)per_minute * window / SQ_MINUTE;
    if (units < 1) {
        return 1;
    }
    return units < INT64_MAX ? (int64_t)units : INT64_MAX;
}

static bool has_quotas(const struct sq_script *script)
{
    for (uint32_t i = 0; i < script->n_providers; i++) {
        if (script->providers[i].n_quotas > 0) {
            return true;
        }
    }
    return false;
}

size_t sq_quotas_size(const struct sq_script *script)
{
    bool any = has_quotas(script);
    return any ? sizeof(struct sq_quota_buckets) * SQ_QUOTAS_MAX * script->n_models : 0;
}

void sq_quotas_init(struct sq_quotas *quotas, void *memory, const struct sq_script *script)
{
    *quotas = (struct sq_quotas){.script = script};
    if (!has_quotas(script)) {
        return;
    }
    quotas->buckets = memory;
    for (uint32_t model = 0; model < script->n_models; model++) {
        const struct sq_provider_spec *spec = &script->providers[script->models[model].provider];
        for (uint32_t i = 0; i < spec->n_quotas; i++) {
            const struct sq_quota *quota = &spec->quotas[i];
            quotas->buckets[model * SQ_QUOTAS_MAX + i] = (struct sq_quota_buckets){
                .requests = {.level = capacity_of(quota->requests_per_minute, quota->window)},
                .tokens = {.level = capacity_of(quota->tokens_per_minute, quota->window)},
            };
        }
    }
}

int64_t sq_quota_tokens_of(const struct sq_script *script, const struct sq_quota *quota,
                           const struct sq_plan_request *request)
{
    if (quota->reserve == SQ_QUOTA_ACTUAL) {
        return (int64_t)request->input_tokens + request->output_tokens;
    }
    uint32_t standard = script->models[request->model].max_output_tokens;
    return (int64_t)request->input_tokens +
           (request->max_tokens > 0 ? request->max_tokens : standard);
}

static void add_limit(struct limits *limits, uint8_t quota, enum sq_limit sort,
                      const struct limit *limit)
{
    if (limit->per_minute > 0) {
        limits->list[limits->n_list] = *limit;
        limits->sort[limits->n_list] = sort;
        limits->quota[limits->n_list] = quota;
        limits->n_list++;
    }
}

/* A quota of the whole provider has the buckets of its first model. */
static uint32_t bucket_model(const struct sq_provider_spec *spec, const struct sq_quota *quota,
                             uint32_t model)
{
    return quota->scope == SQ_QUOTA_MODEL ? model : (uint32_t)__builtin_ctzll(spec->models);
}

static void find_limits(struct sq_quotas *quotas, const struct sq_plan_request *request,
                        struct limits *limits)
{
    const struct sq_script *script = quotas->script;
    const struct sq_provider_spec *spec =
        &script->providers[script->models[request->model].provider];
    limits->n_list = 0;
    for (uint8_t i = 0; i < spec->n_quotas; i++) {
        const struct sq_quota *quota = &spec->quotas[i];
        uint32_t model = bucket_model(spec, quota, request->model);
        struct sq_quota_buckets *buckets = &quotas->buckets[model * SQ_QUOTAS_MAX + i];
        add_limit(limits, (uint8_t)(i + 1), SQ_LIMIT_REQUESTS,
                  &(struct limit){&buckets->requests, quota->requests_per_minute,
                                  capacity_of(quota->requests_per_minute, quota->window), 1});
        add_limit(limits, (uint8_t)(i + 1), SQ_LIMIT_TOKENS,
                  &(struct limit){&buckets->tokens, quota->tokens_per_minute,
                                  capacity_of(quota->tokens_per_minute, quota->window),
                                  sq_quota_tokens_of(script, quota, request)});
    }
}

static void refill(const struct limit *limit, sq_time now)
{
    struct sq_bucket *bucket = limit->bucket;
    sq_assert(now >= bucket->at);
    sq_int128 parts = (sq_int128)limit->per_minute * (now - bucket->at) + bucket->remainder;
    sq_int128 level = bucket->level + parts / SQ_MINUTE;
    bool full = level >= limit->capacity;
    bucket->at = now;
    bucket->remainder = full ? 0 : (int64_t)(parts % SQ_MINUTE);
    bucket->level = full ? limit->capacity : (int64_t)level;
}

/* From now until the bucket, refilled already, holds so many units. */
static sq_dur time_until(const struct limit *limit, int64_t units)
{
    const struct sq_bucket *bucket = limit->bucket;
    if (units > limit->capacity) {
        return SQ_NEVER;
    }
    sq_int128 parts = (sq_int128)(units - bucket->level) * SQ_MINUTE - bucket->remainder;
    if (parts <= 0) {
        return 0;
    }
    sq_int128 span = (parts + limit->per_minute - 1) / limit->per_minute;
    return span < SQ_NEVER ? (sq_dur)span : SQ_NEVER;
}

static struct sq_limit_left left_of(const struct limit *limit, uint8_t quota)
{
    int64_t level = limit->bucket->level;
    int64_t most = limit->per_minute < UINT32_MAX ? limit->per_minute : UINT32_MAX;
    int64_t shown = level < 0 ? 0 : level < most ? level : most;
    return (struct sq_limit_left){
        .quota = quota, .remaining = (uint32_t)shown, .reset = time_until(limit, limit->capacity)};
}

/* Which of two limits of a sort is nearer to its end, by share. */
static bool is_tighter(const struct limit *limit, const struct limit *than)
{
    return (sq_int128)limit->bucket->level * than->capacity <
           (sq_int128)than->bucket->level * limit->capacity;
}

static void show_tightest(const struct limits *limits, enum sq_limit sort,
                          struct sq_limit_left *left)
{
    const struct limit *tightest = NULL;
    for (uint32_t i = 0; i < limits->n_list; i++) {
        const struct limit *limit = &limits->list[i];
        if (limits->sort[i] == sort && (tightest == NULL || is_tighter(limit, tightest))) {
            tightest = limit;
            *left = left_of(limit, limits->quota[i]);
        }
    }
}

/* The limit that makes such an attempt wait longest, and how long; n_list: none does. */
static uint32_t longest_wait(const struct limits *limits, sq_dur *wait)
{
    uint32_t found = limits->n_list;
    *wait = 0;
    for (uint32_t i = 0; i < limits->n_list; i++) {
        sq_dur needed = time_until(&limits->list[i], limits->list[i].takes);
        if (needed > *wait) {
            *wait = needed;
            found = i;
        }
    }
    return found;
}

static void take_from_all(const struct limits *limits)
{
    for (uint32_t i = 0; i < limits->n_list; i++) {
        limits->list[i].bucket->level -= limits->list[i].takes;
    }
}

void sq_quotas_admit(struct sq_quotas *quotas, const struct sq_plan_request *request, sq_time now,
                     struct sq_plan_limits *limits)
{
    struct limits all;
    *limits = (struct sq_plan_limits){.refused = SQ_LIMIT_NONE};
    if (quotas->buckets == NULL) {
        return;
    }
    find_limits(quotas, request, &all);
    for (uint32_t i = 0; i < all.n_list; i++) {
        refill(&all.list[i], now);
    }
    uint32_t refusing = longest_wait(&all, &limits->refill);
    if (refusing == all.n_list) {
        take_from_all(&all);
        (void)longest_wait(&all, &limits->refill);
    }
    show_tightest(&all, SQ_LIMIT_REQUESTS, &limits->requests);
    show_tightest(&all, SQ_LIMIT_TOKENS, &limits->tokens);
    if (refusing < all.n_list) {
        limits->refused = all.sort[refusing];
        bool of_tokens = limits->refused == SQ_LIMIT_TOKENS;
        *(of_tokens ? &limits->tokens : &limits->requests) =
            left_of(&all.list[refusing], all.quota[refusing]);
    }
}

void sq_quotas_settle(struct sq_quotas *quotas, const struct sq_plan_request *request,
                      const struct sq_bill *bill, sq_time now)
{
    struct limits all;
    if (quotas->buckets == NULL) {
        return;
    }
    const struct sq_script *script = quotas->script;
    const struct sq_provider_spec *spec =
        &script->providers[script->models[request->model].provider];
    find_limits(quotas, request, &all);
    for (uint32_t i = 0; i < all.n_list; i++) {
        struct limit *limit = &all.list[i];
        const struct sq_quota *quota = &spec->quotas[all.quota[i] - 1];
        if (all.sort[i] != SQ_LIMIT_TOKENS || quota->reserve == SQ_QUOTA_ACTUAL) {
            continue;
        }
        refill(limit, now);
        int64_t used = (int64_t)bill->input_tokens + bill->output_tokens;
        int64_t level = limit->bucket->level + limit->takes - used;
        limit->bucket->level = level < limit->capacity ? level : limit->capacity;
    }
}
