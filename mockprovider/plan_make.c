/* SPDX-License-Identifier: MIT */
/*
 * Making a plan: one attempt, the rules that fired for it and one block of draws become times,
 * counts and an ending. Integer arithmetic only, no allocation; nanoseconds and bytes.
 *
 * The story of an answer: service starts (a hang may delay it), the model needs ttft to the first
 * token, then a pace; a transport or stream fault takes away the end, or puts a silence inside.
 */
#include "mockprovider/plan_int.h"

#include "base/dist.h"
#include "base/draw.h"
#include "base/int128.h"
#include "mockprovider/answer_text.h"
#include "wire/token.h"

/* Where the bytes of a streamed or plain body stand: tokens are alike but for what JSON escapes add
 * to the fixed parts of a text. */
struct layout {
    const struct sq_answer_text *text;
    uint32_t n_tokens;
    uint64_t first_bytes; /* before the first token */
    uint64_t token_bytes;
    uint64_t total_bytes;
};

/* The effect that fired in a family, with its kind; NULL: none did. */
static const struct sq_rule *fired_rule(const struct sq_plan_making *making, enum sq_family family)
{
    uint32_t fired = making->fired[family];
    return fired == 0 ? NULL : &making->script->rules[fired - 1];
}

/* Says no at once. */
static void lay_refusal(struct sq_plan *plan, const struct sq_plan_making *making)
{
    plan->first_token_at = SQ_NEVER;
    sq_plan_add_step(plan, SQ_STEP_HEADERS, making->now);
    sq_plan_add_step(plan, SQ_STEP_END, making->now);
}

static void make_quota_refusal(struct sq_plan *plan, const struct sq_plan_making *making)
{
    plan->status = 429;
    plan->body.kind = SQ_BODY_REFUSAL;
    lay_refusal(plan, making);
}

static void make_status_fault(struct sq_plan *plan, const struct sq_plan_making *making)
{
    plan->status = fired_rule(making, SQ_FAMILY_STATUS)->effect.status;
    plan->rule = (uint16_t)(making->fired[SQ_FAMILY_STATUS] - 1);
    plan->body.kind = SQ_BODY_ERROR;
    lay_refusal(plan, making);
}

/* The model never says anything: a hang for good, or a connection that dies before it could. */
static void make_mute(struct sq_plan *plan, enum sq_ending ending)
{
    plan->ending = ending;
    plan->first_token_at = SQ_NEVER;
    plan->sent_tokens = 0;
    plan->sent_bytes = 0;
}

static sq_dur stretched(sq_dur span, uint64_t factor_q32)
{
    sq_uint128 product = ((sq_uint128)(uint64_t)span * factor_q32) >> 32;
    return product >= (sq_uint128)SQ_NEVER ? SQ_NEVER : (sq_dur)product;
}

static sq_dur time_to_first_token(const struct sq_plan_making *making, uint32_t lane)
{
    const struct sq_model *model = &making->script->models[making->request->model];
    const struct sq_rule *late = fired_rule(making, SQ_FAMILY_LATENCY);
    sq_dur ttft = sq_dist_value(&model->ttft, lane);
    if (late != NULL && late->kind == SQ_FAULT_LATENCY) {
        ttft = sq_time_add(stretched(ttft, late->effect.factor_q32), late->effect.add);
    }
    sq_dur prefill;
    if (__builtin_mul_overflow(model->prefill, (sq_dur)making->request->input_tokens, &prefill)) {
        return SQ_NEVER;
    }
    return sq_time_add(ttft, prefill);
}

static uint32_t digits(uint64_t number)
{
    uint32_t n_digits = 1;
    while (number >= 10) {
        number /= 10;
        n_digits++;
    }
    return n_digits;
}

static struct sq_answer_text text_of(const struct sq_plan_making *making)
{
    struct sq_answer_text text;
    uint8_t contract = making->request->contract;
    sq_answer_text_init(&text, contract == 0 ? NULL : &making->script->contracts[contract - 1],
                        fired_rule(making, SQ_FAMILY_CONTENT));
    return text;
}

static struct layout body_layout(const struct sq_plan *plan, const struct sq_plan_making *making,
                                 const struct sq_answer_text *text)
{
    const struct sq_body_sizes *sizes = &making->script->models[making->request->model].sizes;
    uint64_t input = plan->body.input_tokens;
    uint64_t output = plan->body.output_tokens;
    uint64_t totals = digits(input) + digits(output) + digits(input + output);
    uint64_t escapes = sq_answer_text_escapes(text, (uint32_t)output, SQ_TOKEN_BYTES * output);
    if (!plan->stream) {
        return (struct layout){.total_bytes = sizes->plain_fixed_bytes + SQ_TOKEN_BYTES * output +
                                              escapes + totals};
    }
    int usage = making->request->include_usage ? 1 : 0;
    struct layout layout = {
        .text = text,
        .n_tokens = (uint32_t)output,
        .first_bytes = sizes->stream_first_bytes[usage],
        .token_bytes = sizes->stream_token_bytes[usage],
    };
    layout.total_bytes = layout.first_bytes + layout.token_bytes * output + escapes +
                         sizes->stream_end_bytes[usage] + (usage == 1 ? totals : 0);
    return layout;
}

/* Bytes of a streamed body up to the end of its k-th token, from 1. */
static uint64_t bytes_through(const struct layout *layout, uint32_t k)
{
    return layout->first_bytes + layout->token_bytes * k +
           sq_answer_text_escapes(layout->text, layout->n_tokens, (uint64_t)SQ_TOKEN_BYTES * k);
}

/* How many tokens fit into so many bytes, whole; at most those of the answer. */
static uint32_t tokens_within(const struct layout *layout, uint64_t n_bytes)
{
    uint32_t within = 0;
    uint32_t beyond = layout->n_tokens + 1;
    while (beyond - within > 1) {
        uint32_t middle = within + (beyond - within) / 2;
        if (bytes_through(layout, middle) <= n_bytes) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    return within;
}

/* The whole body is out; behind a stall that comes after the last token, too. */
static sq_time complete_at(const struct sq_plan *plan)
{
    sq_time last = sq_plan_uncut_token_at(plan, plan->body.output_tokens - 1);
    return plan->stall_token == plan->body.output_tokens ? sq_time_add(last, plan->stall) : last;
}

/* Leaves exactly n_bytes of the body; returns when the last of them leaves. All bytes of a plain
 * body leave together; of a stream, those before the first token leave with it. */
static sq_time cut_after_bytes(struct sq_plan *plan, const struct layout *layout, uint32_t n_bytes)
{
    plan->sent_bytes = n_bytes;
    if (!plan->stream) {
        return complete_at(plan);
    }
    if (n_bytes <= layout->first_bytes) {
        plan->sent_tokens = 0;
        return plan->first_token_at;
    }
    uint32_t whole = tokens_within(layout, n_bytes);
    uint32_t begun = whole + (bytes_through(layout, whole) < n_bytes ? 1 : 0);
    if (begun > plan->body.output_tokens) {
        return complete_at(plan);
    }
    plan->sent_tokens = whole;
    return sq_plan_uncut_token_at(plan, begun - 1);
}

static sq_time cut_after_tokens(struct sq_plan *plan, uint32_t n_tokens)
{
    plan->sent_tokens = n_tokens;
    return n_tokens == 0 ? plan->first_token_at : sq_plan_uncut_token_at(plan, n_tokens - 1);
}

/* Takes the end away where the rule says; returns when the answer ends, one way or the other.
 * A limit beyond the body leaves it whole. Bytes win over tokens when both are given. */
static sq_time cut_body(struct sq_plan *plan, const struct sq_plan_making *making,
                        const struct sq_effect *effect, enum sq_ending ending)
{
    if (effect->after_bytes != SQ_UNSET_U32) {
        struct sq_answer_text text = text_of(making);
        struct layout layout = body_layout(plan, making, &text);
        if (effect->after_bytes >= layout.total_bytes) {
            return complete_at(plan);
        }
        plan->ending = ending;
        return cut_after_bytes(plan, &layout, effect->after_bytes);
    }
    uint32_t n_tokens = effect->after_tokens == SQ_UNSET_U32 ? 0 : effect->after_tokens;
    if (n_tokens > plan->body.output_tokens) {
        return complete_at(plan);
    }
    plan->ending = ending;
    return cut_after_tokens(plan, n_tokens);
}

/* Puts the silence in; returns when the answer ends. */
static sq_time stall_body(struct sq_plan *plan, const struct sq_effect *effect)
{
    uint32_t token = effect->after_tokens == SQ_UNSET_U32 ? 1 : effect->after_tokens;
    if (token > plan->body.output_tokens || effect->for_each <= 0) {
        return complete_at(plan);
    }
    plan->stall_token = token;
    plan->stall = effect->for_each;
    if (plan->stall == SQ_NEVER) {
        plan->sent_tokens = token;
        plan->ending = SQ_ENDING_SILENCE;
    }
    return complete_at(plan);
}

/* Applies the transport and stream faults; returns when the answer ends. */
static sq_time shape_end(struct sq_plan *plan, const struct sq_plan_making *making)
{
    const struct sq_rule *transport = fired_rule(making, SQ_FAMILY_TRANSPORT);
    if (transport != NULL) {
        return cut_body(plan, making, &transport->effect, SQ_ENDING_RST);
    }
    const struct sq_rule *stream = fired_rule(making, SQ_FAMILY_STREAM);
    if (stream == NULL) {
        return complete_at(plan);
    }
    if (stream->kind == SQ_FAULT_CUT) {
        return cut_body(plan, making, &stream->effect, stream->effect.ending);
    }
    return stall_body(plan, &stream->effect);
}

static void lay_stall(struct sq_plan *plan, sq_time end_at)
{
    uint32_t token = plan->stall_token;
    if (token == SQ_UNSET_U32) {
        return;
    }
    sq_plan_add_step(plan, SQ_STEP_STALL,
                     token == 0 ? plan->first_token_at : sq_plan_token_at(plan, token - 1));
    sq_plan_add_step(plan, SQ_STEP_RESUME,
                     token < plan->body.output_tokens ? sq_plan_token_at(plan, token) : end_at);
}

static void lay_steps(struct sq_plan *plan, sq_time end_at)
{
    sq_plan_add_step(plan, SQ_STEP_HEADERS, plan->stream ? plan->first_token_at : end_at);
    if (plan->stream) {
        sq_plan_add_step(plan, SQ_STEP_FIRST_TOKEN,
                         plan->mute ? SQ_NEVER : sq_plan_token_at(plan, 0));
        lay_stall(plan, end_at);
    }
    if (plan->ending == SQ_ENDING_COMPLETE) {
        sq_plan_add_step(plan, SQ_STEP_END, end_at);
    } else if (plan->ending != SQ_ENDING_SILENCE) {
        sq_plan_add_step(plan, SQ_STEP_BROKEN, end_at);
    }
}

static struct sq_draw service_draw(const struct sq_plan_making *making)
{
    const struct sq_plan_request *request = making->request;
    uint32_t minor = (uint32_t)request->model << 16 | request->nth;
    return sq_draw_block(making->seed, SQ_DRAW_SERVICE, request->call, minor, 0);
}

static bool resets_before_headers(const struct sq_rule *transport)
{
    return transport != NULL && transport->effect.after_bytes == SQ_UNSET_U32;
}

/* Prose, which is what most ask for, has no words that must be there. */
static uint32_t least_tokens(const struct sq_plan_making *making)
{
    if (making->request->contract == 0 && making->fired[SQ_FAMILY_CONTENT] == 0) {
        return 1;
    }
    struct sq_answer_text text = text_of(making);
    return sq_answer_text_tokens(&text);
}

/* How long the answer is, and whether any of it can be seen. A text that has to hold certain words
 * has the tokens for them. */
static void size_answer(struct sq_plan *plan, const struct sq_plan_making *making)
{
    const struct sq_rule *content = fired_rule(making, SQ_FAMILY_CONTENT);
    uint32_t wanted = making->request->output_tokens > 0 ? making->request->output_tokens : 1;
    uint32_t least = least_tokens(making);
    uint32_t whole = wanted > least ? wanted : least;
    uint32_t half = wanted > 1 ? wanted / 2 : 1;
    bool halved = content != NULL &&
                  (content->kind == SQ_FAULT_LENGTH || content->kind == SQ_FAULT_CONTENT_FILTER);
    bool refuses = content != NULL && content->kind == SQ_FAULT_REFUSAL;
    plan->mute = refuses || (content != NULL && (content->kind == SQ_FAULT_EMPTY ||
                                                 content->kind == SQ_FAULT_NULL_CONTENT));
    plan->body.output_tokens = refuses      ? sq_token_count(sizeof(SQ_ANSWER_REFUSAL) - 1)
                               : halved     ? half
                               : plan->mute ? wanted
                                            : whole;
    plan->sent_tokens = plan->body.output_tokens;
}

/* Something in between answers when the model would have begun to; the model is never asked. */
static void make_page(struct sq_plan *plan, sq_time at)
{
    plan->stream = false;
    plan->body.kind = SQ_BODY_PAGE;
    plan->body.input_tokens = 0;
    plan->body.output_tokens = 0;
    plan->sent_tokens = 0;
    plan->first_token_at = SQ_NEVER;
    plan->fired[SQ_FAMILY_STREAM] = 0;
    sq_plan_add_step(plan, SQ_STEP_HEADERS, at);
    sq_plan_add_step(plan, SQ_STEP_END, at);
}

static bool is_page(const struct sq_plan_making *making)
{
    const struct sq_rule *content = fired_rule(making, SQ_FAMILY_CONTENT);
    return content != NULL && content->kind == SQ_FAULT_WRONG_CONTENT_TYPE;
}

static void make_answer(struct sq_plan *plan, const struct sq_plan_making *making)
{
    const struct sq_plan_request *request = making->request;
    struct sq_draw draw = service_draw(making);
    plan->status = 200;
    plan->stream = request->stream;
    plan->body.seed = draw.lane[2];
    plan->body.input_tokens = request->input_tokens;
    size_answer(plan, making);

    sq_time start = making->now;
    const struct sq_rule *late = fired_rule(making, SQ_FAMILY_LATENCY);
    if (late != NULL && late->kind == SQ_FAULT_HANG) {
        start = sq_time_add(start, late->effect.for_each);
    }
    if (start == SQ_NEVER) {
        make_mute(plan, SQ_ENDING_SILENCE);
        return;
    }
    if (resets_before_headers(fired_rule(making, SQ_FAMILY_TRANSPORT))) {
        plan->body.input_tokens = 0;
        make_mute(plan, SQ_ENDING_RST);
        sq_plan_add_step(plan, SQ_STEP_BROKEN, start);
        return;
    }
    plan->first_token_at = sq_time_add(start, time_to_first_token(making, draw.lane[0]));
    if (is_page(making)) {
        make_page(plan, plan->first_token_at);
        return;
    }
    plan->pace = sq_dist_value(&making->script->models[request->model].pace, draw.lane[1]);
    lay_steps(plan, shape_end(plan, making));
}

void sq_plan_make(struct sq_plan *plan, const struct sq_plan_making *making)
{
    *plan = (struct sq_plan){
        .rule = SQ_PLAN_NO_RULE,
        .stall_token = SQ_UNSET_U32,
        .sent_bytes = SQ_UNSET_U32,
        .limits = *making->limits,
    };
    if (plan->limits.refused != SQ_LIMIT_NONE) {
        make_quota_refusal(plan, making);
        return;
    }
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        plan->fired[family] = making->fired[family];
    }
    if (making->fired[SQ_FAMILY_STATUS] != 0) {
        make_status_fault(plan, making);
        return;
    }
    make_answer(plan, making);
}
