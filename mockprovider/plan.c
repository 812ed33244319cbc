/* SPDX-License-Identifier: MIT */
/*
 * What follows from a plan: when each token is made, how many there are by now, how the end looks
 * from the client; and cutting a plan short. Integer arithmetic only, no allocation. How a plan
 * comes to be is told in plan_make.c.
 */
#include "mockprovider/plan.h"

#include "base/assert.h"
#include "base/digest.h"
#include "base/draw.h"
#include "mockprovider/plan_int.h"

/* [0, pace / 2), keyed by the body and the token; none for the first. */
static sq_dur wobble(const struct sq_plan *plan, uint32_t k)
{
    if (k == 0) {
        return 0;
    }
    uint64_t mixed = sq_digest_mix((uint64_t)plan->body.seed << 32 | k);
    return sq_draw_below((uint32_t)(mixed >> 32), plan->pace / 2);
}

/* The time of token k as if nothing were cut off or stalled. */
static sq_time smooth_token_at(const struct sq_plan *plan, uint32_t k)
{
    sq_dur offset;
    if (__builtin_mul_overflow(plan->pace, (sq_dur)k, &offset)) {
        return SQ_NEVER;
    }
    return sq_time_add(sq_time_add(plan->first_token_at, offset), wobble(plan, k));
}

/* How many tokens would be made by now if nothing were cut off or stalled. A wobble is less than
 * the pace, so only the newest token can be late for its place. */
static uint32_t smooth_tokens_by(const struct sq_plan *plan, sq_time now)
{
    if (now < plan->first_token_at) {
        return 0;
    }
    if (plan->pace == 0) {
        return UINT32_MAX;
    }
    sq_dur places = (now - plan->first_token_at) / plan->pace;
    if (places >= (sq_dur)UINT32_MAX) {
        return UINT32_MAX;
    }
    uint32_t newest = (uint32_t)places;
    return newest + (smooth_token_at(plan, newest) <= now ? 1 : 0);
}

sq_time sq_plan_uncut_token_at(const struct sq_plan *plan, uint32_t k)
{
    sq_time at = smooth_token_at(plan, k);
    return k < plan->stall_token ? at : sq_time_add(at, plan->stall);
}

sq_time sq_plan_token_at(const struct sq_plan *plan, uint32_t k)
{
    return k < plan->sent_tokens ? sq_plan_uncut_token_at(plan, k) : SQ_NEVER;
}

static uint32_t uncut_tokens_by(const struct sq_plan *plan, sq_time now)
{
    uint32_t made = smooth_tokens_by(plan, now);
    if (made <= plan->stall_token) {
        return made;
    }
    if (plan->stall == SQ_NEVER || now < plan->stall) {
        return plan->stall_token;
    }
    uint32_t after = smooth_tokens_by(plan, now - plan->stall);
    return after > plan->stall_token ? after : plan->stall_token;
}

uint32_t sq_plan_tokens_by(const struct sq_plan *plan, sq_time now)
{
    if (plan->first_token_at == SQ_NEVER) {
        return 0;
    }
    uint32_t made = uncut_tokens_by(plan, now);
    return made < plan->sent_tokens ? made : plan->sent_tokens;
}

sq_time sq_plan_last_token_by(const struct sq_plan *plan, sq_time now)
{
    uint32_t made = sq_plan_tokens_by(plan, now);
    return made > 0 && !plan->mute ? sq_plan_token_at(plan, made - 1) : SQ_NEVER;
}

bool sq_plan_over(const struct sq_plan *plan, sq_time now)
{
    if (plan->n_steps == 0) {
        return false;
    }
    const struct sq_step *last = &plan->steps[plan->n_steps - 1];
    return (last->kind == SQ_STEP_END || last->kind == SQ_STEP_BROKEN) && last->at <= now;
}

static bool has_headers(const struct sq_plan *plan)
{
    return plan->n_steps > 0 && plan->steps[0].kind == SQ_STEP_HEADERS;
}

enum sq_transport sq_plan_transport(const struct sq_plan *plan)
{
    switch (plan->ending) {
    case SQ_ENDING_COMPLETE:
    case SQ_ENDING_SILENCE:
        return SQ_TRANSPORT_OK;
    case SQ_ENDING_RST:
        return SQ_TRANSPORT_RESET;
    case SQ_ENDING_FIN:
        if (!has_headers(plan)) {
            return SQ_TRANSPORT_RESET;
        }
        return plan->stream ? SQ_TRANSPORT_CUT : SQ_TRANSPORT_SHORT;
    }
    sq_assert(false && "an ending without a transport");
    return SQ_TRANSPORT_OK;
}

void sq_plan_add_step(struct sq_plan *plan, enum sq_step_kind kind, sq_time at)
{
    if (at == SQ_NEVER) {
        return;
    }
    sq_assert(plan->n_steps < SQ_PLAN_STEPS_MAX);
    uint8_t place = plan->n_steps++;
    while (place > 0 && (plan->steps[place - 1].at > at ||
                         (plan->steps[place - 1].at == at && plan->steps[place - 1].kind > kind))) {
        plan->steps[place] = plan->steps[place - 1];
        place--;
    }
    plan->steps[place] = (struct sq_step){.at = at, .kind = kind};
}

void sq_plan_break(struct sq_plan *plan, enum sq_ending ending, sq_time now)
{
    sq_assert(ending != SQ_ENDING_COMPLETE);
    sq_assert(!sq_plan_over(plan, now));
    uint32_t made = sq_plan_tokens_by(plan, now);
    while (plan->n_steps > 0 && plan->steps[plan->n_steps - 1].at > now) {
        plan->n_steps--;
    }
    if (!has_headers(plan)) {
        plan->sent_bytes = 0;
    } else if (made < plan->sent_tokens) {
        plan->sent_bytes = SQ_UNSET_U32;
    }
    plan->sent_tokens = made;
    plan->ending = ending;
    if (ending != SQ_ENDING_SILENCE) {
        sq_plan_add_step(plan, SQ_STEP_BROKEN, now);
    }
}
