/* SPDX-License-Identifier: MIT */
/* The decision after an attempt. */
#include "policies/retry_int.h"

#include "base/draw.h"
#include "policies/delay_int.h"
#include "policies/fallback_int.h"
#include "policies/hint_int.h"

#define STATUS_FIRST_ERROR 400

static const struct sq_retry *retry_settings(const struct sq_retry_case *now_at)
{
    return &now_at->settings->role[now_at->role].retry;
}

/* The veto outranks the server's own "true": openai-python from 2.52 on gives up on a hint that is
 * too long before it looks at x-should-retry. */
static bool is_retried(const struct sq_retry_case *now_at, const struct sq_result *result,
                       const struct sq_hint *hint)
{
    if (hint->forbids || hint->should_retry == SQ_HINT_SHOULD_FALSE) {
        return false;
    }
    if (hint->should_retry == SQ_HINT_SHOULD_TRUE && result->status >= STATUS_FIRST_ERROR) {
        return true;
    }
    return sq_on_matches(&retry_settings(now_at)->on, result->klass, result->status);
}

static sq_dur computed_delay(const struct sq_retry_case *now_at, const struct sq_result *result)
{
    const struct sq_delay *delay = &retry_settings(now_at)->delay;
    if (result->refused || delay->jitter == SQ_JITTER_NONE) {
        return sq_delay_unjittered(delay, now_at->retries);
    }
    struct sq_draw draw =
        sq_draw_block(now_at->seed, SQ_DRAW_BACKOFF, now_at->call_id, now_at->layer, now_at->waits);
    return sq_delay(delay, now_at->retries, draw.lane[0]);
}

static struct sq_decision plan_retry(const struct sq_retry_case *now_at,
                                     const struct sq_result *result, const struct sq_hint *hint)
{
    struct sq_decision decision = {.verdict = SQ_VERDICT_RETRY};
    if (hint->accepted && retry_settings(now_at)->hint.combine == SQ_HINT_REPLACE) {
        decision.wait = hint->wait;
        decision.hinted = true;
        return decision;
    }
    sq_dur computed = computed_delay(now_at, result);
    decision.hinted = hint->accepted && hint->wait > computed;
    decision.wait = decision.hinted ? hint->wait : computed;
    return decision;
}

struct sq_decision sq_retry_give_up(const struct sq_retry_case *now_at,
                                    const struct sq_result *result)
{
    uint8_t rung = sq_fallback_next(now_at->settings, now_at->rung, now_at->rule, result->klass,
                                    result->status);
    return (struct sq_decision){.verdict = rung > 0 ? SQ_VERDICT_NEXT_RUNG : SQ_VERDICT_FAIL,
                                .rung = rung};
}

/* A client that sleeps before it raises sleeps the hint, whatever it raises. */
static struct sq_decision leave_rung(const struct sq_retry_case *now_at,
                                     const struct sq_result *result, const struct sq_hint *hint)
{
    bool sleeps = retry_settings(now_at)->hint.sleep_then_fail && hint->accepted;
    if (sleeps && hint->wait < now_at->time_left) {
        return (struct sq_decision){
            .verdict = SQ_VERDICT_SLEEP, .wait = hint->wait, .hinted = true};
    }
    return sq_retry_give_up(now_at, result);
}

/* The same question again would end at the same length limit, so TRUNCATED is left out. */
static bool is_reasked(const struct sq_retry_case *now_at, enum sq_class klass)
{
    return now_at->reasks < now_at->settings->contract.reask_max && klass != SQ_CLASS_TRUNCATED &&
           sq_class_row(klass)->retried == SQ_RETRY_REASK;
}

static struct sq_hint read_hint(const struct sq_retry_case *now_at, const struct sq_result *result)
{
    const struct sq_hint_settings *settings = &retry_settings(now_at)->hint;
    if (settings->listed && !sq_on_matches(&settings->on, result->klass, result->status)) {
        return (struct sq_hint){0};
    }
    return sq_hint_read(settings, result->hints, now_at->epoch_s, now_at->now);
}

static struct sq_decision decide_failure(const struct sq_retry_case *now_at,
                                         const struct sq_result *result)
{
    const struct sq_retry *retry = retry_settings(now_at);
    struct sq_hint hint = read_hint(now_at, result);
    if (hint.invalid && retry->hint.invalid == SQ_HINT_INVALID_ABORT) {
        return sq_retry_give_up(now_at, result);
    }
    if (now_at->attempts >= retry->max_attempts || !is_retried(now_at, result, &hint)) {
        return leave_rung(now_at, result, &hint);
    }
    struct sq_decision decision = plan_retry(now_at, result, &hint);
    return decision.wait < now_at->time_left ? decision : sq_retry_give_up(now_at, result);
}

struct sq_decision sq_retry_decide(const struct sq_retry_case *now_at,
                                   const struct sq_result *result)
{
    if (result->klass == SQ_CLASS_NONE) {
        return (struct sq_decision){.verdict = SQ_VERDICT_ACCEPT};
    }
    if (now_at->committed) {
        return (struct sq_decision){.verdict = SQ_VERDICT_FAIL};
    }
    if (is_reasked(now_at, result->klass)) {
        return (struct sq_decision){.verdict = SQ_VERDICT_REASK};
    }
    return decide_failure(now_at, result);
}
