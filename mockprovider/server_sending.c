/* SPDX-License-Identifier: MIT */
/* See server_sending_int.h. */
#include "mockprovider/server_sending_int.h"

#include <string.h>

#include "base/assert.h"
#include "mockprovider/body.h"
#include "mockprovider/plan_int.h"

void sq_sending_reset(struct sq_sending *sending)
{
    struct sq_strbuf out = sending->out;
    sq_strbuf_reset(&out);
    *sending = (struct sq_sending){.out = out};
}

void sq_sending_clear(struct sq_sending *sending)
{
    sq_strbuf_clear(&sending->out);
    *sending = (struct sq_sending){0};
}

/* When END or BROKEN comes; SQ_NEVER: it does not. */
static sq_time end_at(const struct sq_plan *plan)
{
    if (plan->n_steps == 0) {
        return SQ_NEVER;
    }
    const struct sq_step *last = &plan->steps[plan->n_steps - 1];
    return last->kind == SQ_STEP_END || last->kind == SQ_STEP_BROKEN ? last->at : SQ_NEVER;
}

/* When a piece of a token leaves before the silence: a plan that ends in silence has no step for
 * it, so it goes when that token is made. */
static sq_time silent_tail_at(const struct sq_sending *sending, const struct sq_plan *plan)
{
    if (plan->ending != SQ_ENDING_SILENCE || plan->sent_bytes == SQ_UNSET_U32) {
        return SQ_NEVER;
    }
    if (plan->sent_bytes <= sending->role_bytes) {
        return plan->first_token_at;
    }
    uint32_t last = plan->body.output_tokens - 1;
    return sq_plan_uncut_token_at(plan, plan->sent_tokens < last ? plan->sent_tokens : last);
}

static sq_time tail_at(const struct sq_sending *sending, const struct sq_plan *plan)
{
    return sq_time_min(end_at(plan), silent_tail_at(sending, plan));
}

/* The tokens of an answer whose first event left alone: rendered from 0 they would begin with it
 * once more, so those bytes are skipped. */
static void add_tokens_after_role(struct sq_sending *sending, const struct sq_script *script,
                                  const struct sq_visit *visit, uint32_t to)
{
    struct sq_strbuf fresh = {0};
    sq_body_add_tokens(&fresh, script, visit, 0, to);
    if (sq_strbuf_failed(&fresh)) {
        sending->out.failed = true;
    } else {
        sq_assert(fresh.length > sending->role_bytes);
        sq_strbuf_add_bytes(&sending->out, fresh.text + sending->role_bytes,
                            fresh.length - sending->role_bytes);
    }
    sq_strbuf_clear(&fresh);
}

static void render_tokens(struct sq_sending *sending, const struct sq_script *script,
                          const struct sq_visit *visit, uint32_t to)
{
    if (sending->begun && to <= sending->n_tokens) {
        return;
    }
    if (sending->begun && sending->n_tokens == 0) {
        add_tokens_after_role(sending, script, visit, to);
    } else {
        sq_body_add_tokens(&sending->out, script, visit, sending->n_tokens, to);
    }
    if (!sending->begun && to == 0) {
        sending->role_bytes = sending->out.length;
    }
    sending->begun = true;
    sending->n_tokens = to;
}

static uint64_t rendered_bytes(const struct sq_sending *sending)
{
    return sending->n_handed_out + (sending->out.length - sending->taken);
}

/* What stands behind the last whole token: the end of an answer, or the bytes up to an exact
 * count. */
static void render_tail(struct sq_sending *sending, const struct sq_script *script,
                        const struct sq_visit *visit)
{
    const struct sq_plan *plan = &visit->plan;
    sending->tail = true;
    if (plan->ending == SQ_ENDING_COMPLETE) {
        sq_body_add_end(&sending->out, script, visit);
        return;
    }
    if (plan->sent_bytes == SQ_UNSET_U32) {
        return;
    }
    while (rendered_bytes(sending) < plan->sent_bytes &&
           sending->n_tokens < plan->body.output_tokens && !sq_strbuf_failed(&sending->out)) {
        render_tokens(sending, script, visit, sending->n_tokens + 1);
    }
    if (rendered_bytes(sending) < plan->sent_bytes) {
        sq_body_add_end(&sending->out, script, visit);
    }
}

void sq_sending_render(struct sq_sending *sending, const struct sq_script *script,
                       const struct sq_visit *visit, sq_time now)
{
    const struct sq_plan *plan = &visit->plan;
    if (!plan->stream) {
        if (!sending->begun) {
            sq_body_add_plain(&sending->out, script, visit);
        }
        sending->begun = true;
        sending->tail = true;
        return;
    }
    render_tokens(sending, script, visit, plan->mute ? 0 : sq_plan_tokens_by(plan, now));
    if (!sending->tail && tail_at(sending, plan) <= now) {
        render_tail(sending, script, visit);
    }
}

size_t sq_sending_ready(const struct sq_sending *sending, const struct sq_plan *plan)
{
    size_t ready = sending->out.length - sending->taken;
    if (plan->sent_bytes == SQ_UNSET_U32) {
        return ready;
    }
    sq_assert(sending->n_handed_out <= plan->sent_bytes);
    uint64_t allowed = plan->sent_bytes - sending->n_handed_out;
    return ready < allowed ? ready : (size_t)allowed;
}

size_t sq_sending_take(struct sq_sending *sending, const struct sq_plan *plan, char *bytes,
                       size_t room)
{
    size_t ready = sq_sending_ready(sending, plan);
    size_t n_bytes = ready < room ? ready : room;
    if (n_bytes == 0) {
        return 0;
    }
    memcpy(bytes, sending->out.text + sending->taken, n_bytes);
    sending->taken += n_bytes;
    sending->n_handed_out += n_bytes;
    if (sending->taken == sending->out.length) {
        sq_strbuf_reset(&sending->out);
        sending->taken = 0;
    }
    return n_bytes;
}

sq_time sq_sending_due(const struct sq_sending *sending, const struct sq_plan *plan)
{
    bool shows_tokens = plan->stream && !plan->mute;
    sq_time token_at = shows_tokens ? sq_plan_token_at(plan, sending->n_tokens) : SQ_NEVER;
    sq_time silent_at = sending->tail ? SQ_NEVER : silent_tail_at(sending, plan);
    return sq_time_min(sq_time_min(token_at, silent_at), end_at(plan));
}
