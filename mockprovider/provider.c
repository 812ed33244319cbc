/* SPDX-License-Identifier: MIT */
/*
 * The provider as a machine: keeps who is in service and what is still to be told, makes plans of
 * what the rules say, breaks them when a rule with in_flight opens, writes bills. No clock, no I/O,
 * no allocation: everything lies in the caller's memory, visits in the caller's storage.
 */
#include "mockprovider/provider.h"

#include "base/assert.h"
#include "base/int128.h"
#include "mockprovider/plan_int.h"
#include "mockprovider/quotas_int.h"
#include "mockprovider/rules_int.h"

struct sq_provider {
    const struct sq_script *script;
    uint64_t seed;
    sq_time now;         /* the newest that was said */
    sq_time advanced_to; /* what happened until then was seen to; -1: nothing was */
    uint32_t in_service;
    struct sq_visit *newest; /* in service */
    struct sq_visit *oldest;
    struct sq_visit *first_notice;
    struct sq_visit *last_notice;
    struct sq_quotas quotas;
    struct sq_rules rules;
};

static size_t aligned(size_t size)
{
    size_t align = _Alignof(max_align_t);
    return (size + align - 1) / align * align;
}

/* The buckets stand behind the provider, the rules' memory behind them, aligned for any type. */
static size_t rules_at(const struct sq_script *script)
{
    return aligned(sizeof(struct sq_provider)) + aligned(sq_quotas_size(script));
}

static struct sq_rules_setup rules_setup(const struct sq_script *script,
                                         const struct sq_provider_bounds *bounds)
{
    bool given = bounds != NULL && bounds->count_keys > 0;
    return (struct sq_rules_setup){.script = script,
                                   .families = SQ_RULES_ARRIVED,
                                   .count_keys =
                                       given ? bounds->count_keys : SQ_PROVIDER_COUNT_KEYS};
}

size_t sq_provider_size(const struct sq_script *script, const struct sq_provider_bounds *bounds)
{
    struct sq_rules_setup setup = rules_setup(script, bounds);
    return rules_at(script) + sq_rules_size(&setup);
}

struct sq_provider *sq_provider_init(void *memory, size_t size, const struct sq_script *script,
                                     const struct sq_provider_bounds *bounds, uint64_t seed)
{
    sq_assert(size >= sq_provider_size(script, bounds));
    sq_assert(script->n_models <= SQ_MODELS_MAX);
    sq_assert(script->n_rules <= SQ_RULES_MAX);
    struct sq_provider *provider = memory;
    *provider = (struct sq_provider){.script = script, .seed = seed, .advanced_to = -1};
    struct sq_rules_setup setup = rules_setup(script, bounds);
    sq_quotas_init(&provider->quotas, (char *)memory + aligned(sizeof(*provider)), script);
    sq_rules_init(&provider->rules, (char *)memory + rules_at(script), &setup, seed);
    return provider;
}

static void queue_notice(struct sq_provider *provider, struct sq_visit *visit)
{
    if (visit->queued) {
        return;
    }
    visit->queued = true;
    visit->next_notice = NULL;
    if (provider->last_notice == NULL) {
        provider->first_notice = visit;
    } else {
        provider->last_notice->next_notice = visit;
    }
    provider->last_notice = visit;
}

static void drop_notice(struct sq_provider *provider, struct sq_visit *visit)
{
    struct sq_visit *before = NULL;
    struct sq_visit *at = provider->first_notice;
    while (at != visit) {
        before = at;
        at = at->next_notice;
    }
    if (before == NULL) {
        provider->first_notice = visit->next_notice;
    } else {
        before->next_notice = visit->next_notice;
    }
    if (provider->last_notice == visit) {
        provider->last_notice = before;
    }
    visit->queued = false;
    visit->next_notice = NULL;
}

static void enter_service(struct sq_provider *provider, struct sq_visit *visit)
{
    visit->state = SQ_VISIT_IN_SERVICE;
    visit->previous = NULL;
    visit->next = provider->newest;
    if (provider->newest != NULL) {
        provider->newest->previous = visit;
    } else {
        provider->oldest = visit;
    }
    provider->newest = visit;
    provider->in_service++;
}

static void leave_service(struct sq_provider *provider, struct sq_visit *visit)
{
    if (visit->previous != NULL) {
        visit->previous->next = visit->next;
    } else {
        provider->newest = visit->next;
    }
    if (visit->next != NULL) {
        visit->next->previous = visit->previous;
    } else {
        provider->oldest = visit->previous;
    }
    visit->next = NULL;
    visit->previous = NULL;
    visit->state = SQ_VISIT_AWAY;
    provider->in_service--;
}

static enum sq_ending in_flight_ending(const struct sq_rule *rule)
{
    if (rule->kind == SQ_FAULT_RESET) {
        return SQ_ENDING_RST;
    }
    if (rule->kind == SQ_FAULT_HANG) {
        return SQ_ENDING_SILENCE;
    }
    sq_assert(rule->kind == SQ_FAULT_CUT); /* no other kind takes in_flight */
    return rule->effect.ending;
}

/* The window of a rule with in_flight has opened: all in service it matches, in order of arrival.
 */
static void strike(struct sq_provider *provider, uint32_t index, sq_time now)
{
    const struct sq_rule *rule = &provider->script->rules[index];
    for (struct sq_visit *visit = provider->oldest; visit != NULL; visit = visit->previous) {
        if (sq_plan_over(&visit->plan, now) ||
            !sq_rules_strikes(&provider->rules, index, &visit->request, now)) {
            continue;
        }
        sq_plan_break(&visit->plan, in_flight_ending(rule), now);
        visit->plan.fired[sq_fault_kind_row(rule->kind)->family] = index + 1;
        queue_notice(provider, visit);
    }
}

/* Everything that happened between the last event and now. Threads of a server may bring their
 * times out of order by a little: windows never go back. */
static void advance(struct sq_provider *provider, sq_time now)
{
    if (now <= provider->advanced_to) {
        return;
    }
    provider->now = sq_time_max(provider->now, now);
    provider->advanced_to = provider->now;
    sq_rules_refresh(&provider->rules, provider->now);
    uint32_t index;
    while (sq_rules_next_strike(&provider->rules, provider->now, &index)) {
        strike(provider, index, provider->now);
    }
}

void sq_provider_arrive(struct sq_provider *provider, struct sq_visit *visit,
                        const struct sq_plan_request *request, sq_time now)
{
    sq_assert(visit->state == SQ_VISIT_AWAY);
    sq_assert(!visit->queued);
    sq_assert(!visit->noticed);
    sq_assert(request->model < provider->script->n_models);
    advance(provider, now);
    visit->request = *request;
    visit->arrived_at = now;
    uint32_t fired[SQ_FAMILIES] = {0};
    struct sq_plan_limits limits;
    sq_rules_judge(&provider->rules, request, provider->now, fired);
    sq_quotas_admit(&provider->quotas, request, provider->now, &limits);
    sq_plan_make(&visit->plan, &(struct sq_plan_making){.script = provider->script,
                                                        .request = &visit->request,
                                                        .seed = provider->seed,
                                                        .fired = fired,
                                                        .limits = &limits,
                                                        .now = now});
    if (limits.refused == SQ_LIMIT_NONE && fired[SQ_FAMILY_STATUS] == 0) {
        enter_service(provider, visit);
    }
    queue_notice(provider, visit);
}

static struct sq_bill bill_of(const struct sq_provider *provider, const struct sq_visit *visit,
                              sq_time now)
{
    const struct sq_plan *plan = &visit->plan;
    uint8_t owner = provider->script->models[visit->request.model].provider;
    const struct sq_provider_spec *spec = &provider->script->providers[owner];
    enum sq_on_disconnect on_disconnect = visit->request.stream ? spec->stream : spec->plain;
    bool finished = sq_plan_over(plan, now) || on_disconnect == SQ_ON_DISCONNECT_FINISH;
    return (struct sq_bill){
        .input_tokens = plan->body.input_tokens,
        .output_tokens = finished ? plan->sent_tokens : sq_plan_tokens_by(plan, now),
    };
}

void sq_provider_leave(struct sq_provider *provider, struct sq_visit *visit, sq_time now,
                       struct sq_bill *bill)
{
    if (visit->queued) {
        drop_notice(provider, visit);
    }
    if (visit->state == SQ_VISIT_IN_SERVICE) {
        leave_service(provider, visit);
    }
    *bill = bill_of(provider, visit, now);
    if (visit->plan.limits.refused == SQ_LIMIT_NONE) {
        provider->now = sq_time_max(provider->now, now);
        sq_quotas_settle(&provider->quotas, &visit->request, bill, provider->now);
    }
}

bool sq_provider_next(struct sq_provider *provider, sq_time now, struct sq_notice *notice)
{
    advance(provider, now);
    struct sq_visit *visit = provider->first_notice;
    if (visit == NULL) {
        return false;
    }
    drop_notice(provider, visit);
    notice->visit = visit;
    notice->kind = SQ_NOTICE_BROKEN;
    if (!visit->noticed) {
        visit->noticed = true;
        bool served = visit->state == SQ_VISIT_IN_SERVICE;
        notice->kind = served ? SQ_NOTICE_STARTED : SQ_NOTICE_REFUSED;
    }
    return true;
}

sq_time sq_provider_deadline(const struct sq_provider *provider)
{
    if (provider->first_notice != NULL) {
        return provider->now;
    }
    return provider->in_service > 0 ? provider->rules.strikes_at : SQ_NEVER;
}

uint32_t sq_provider_in_service(const struct sq_provider *provider)
{
    return provider->in_service;
}

uint64_t sq_provider_forgotten(const struct sq_provider *provider)
{
    return provider->rules.forgotten;
}

int64_t sq_bill_cost(const struct sq_bill *bill, const struct sq_price *price)
{
    sq_assert(bill->cached_tokens <= bill->input_tokens);
    uint32_t fresh = bill->input_tokens - bill->cached_tokens;
    sq_int128 cost = (sq_int128)price->input * fresh +
                     (sq_int128)price->cached_input * bill->cached_tokens +
                     (sq_int128)price->output * bill->output_tokens;
    return cost < INT64_MAX ? (int64_t)cost : INT64_MAX;
}
