/* SPDX-License-Identifier: MIT */
/*
 * A plan: what the provider will do for one attempt in service. At most six steps in time, a closed
 * formula for the tokens between, and a description of the body; no bytes (body.h renders them for
 * the server).
 *
 * Steps of a streamed answer: HEADERS and FIRST_TOKEN at the same instant, then tokens, perhaps
 * STALL and RESUME, then END, at the instant of the last token, or BROKEN. FIRST_TOKEN is there
 * only when a whole token leaves. Of a plain answer: HEADERS and END at the same instant, when the
 * last token is made. Of an error or a page: HEADERS, END. A mute answer has no FIRST_TOKEN. A hang
 * has no step at all, or starts late. SILENCE as an ending has no step either: the client hears
 * nothing more. A reset before the headers is BROKEN alone.
 *
 * Time of token k (from 0, when the pace is g ns a token): first_token_at + k*g + wobble(k) + (k >=
 * stall_token ? stall : 0), where wobble(k) in [0, g/2) is keyed by (body seed, k) and wobble(0) is
 * 0: gaps vary by at most half.
 */
#ifndef SQ_MOCKPROVIDER_PLAN_H
#define SQ_MOCKPROVIDER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "mockprovider/script.h"
#include "policies/words.h"

/* One attempt as it reaches the provider, its body already read. */
struct sq_plan_request {
    uint64_t call;
    uint16_t model;   /* index in the script */
    uint16_t nth;     /* n-th attempt of this call at this model, from 1 */
    uint16_t attempt; /* n-th attempt of this call on the wire, from 1 */
    bool stream;
    bool include_usage;
    uint8_t contract; /* of the script, from 1; 0: none */
    uint32_t input_tokens;
    uint32_t output_tokens; /* what the model would say, at least 1 */
    uint32_t max_tokens;    /* the limit it names; 0: none */
    uint32_t holds;         /* bits over the script's clauses */
    struct sq_identity whose;
};

enum sq_step_kind {
    SQ_STEP_HEADERS,
    SQ_STEP_FIRST_TOKEN,
    SQ_STEP_STALL,  /* silence begins */
    SQ_STEP_RESUME, /* silence ends */
    SQ_STEP_END,    /* the answer is complete */
    SQ_STEP_BROKEN, /* the connection ends as `ending` says */
    SQ_STEPS
};

struct sq_step {
    sq_time at;
    enum sq_step_kind kind;
};

#define SQ_PLAN_STEPS_MAX 6
#define SQ_PLAN_NO_RULE   UINT16_MAX

enum sq_body_kind {
    SQ_BODY_ANSWER,
    SQ_BODY_ERROR,   /* of the rule */
    SQ_BODY_REFUSAL, /* of a quota: the plan's limits say which */
    SQ_BODY_PAGE     /* HTML in place of an answer */
};

struct sq_body {
    enum sq_body_kind kind;
    uint32_t seed;          /* of the filler text, of ids */
    uint32_t input_tokens;  /* as billed: 0 when the model never got the request */
    uint32_t output_tokens; /* of the whole answer, sent or not */
};

/* Which limit refused an attempt. */
enum sq_limit { SQ_LIMIT_NONE, SQ_LIMIT_REQUESTS, SQ_LIMIT_TOKENS, SQ_LIMITS };

/* The tightest live limit of one sort, once this attempt was admitted or refused. */
struct sq_limit_left {
    uint8_t quota;      /* of the provider, from 1; 0: it has none of this sort */
    uint32_t remaining; /* whole ones */
    sq_dur reset;       /* until it is full again */
};

struct sq_plan_limits {
    enum sq_limit refused;
    struct sq_limit_left requests;
    struct sq_limit_left tokens;
    sq_dur refill; /* until such an attempt would be admitted (again); SQ_NEVER: never */
};

struct sq_plan {
    struct sq_step steps[SQ_PLAN_STEPS_MAX]; /* by time; equal times in this order */
    uint8_t n_steps;
    bool stream; /* the body is an event stream */
    uint16_t status;
    enum sq_ending ending;
    uint16_t rule; /* whose effect shapes status, headers and body; SQ_PLAN_NO_RULE: none */
    uint32_t fired[SQ_FAMILIES]; /* rule + 1 that fired in each family, for journal and reports; 0:
                                    none */
    sq_time first_token_at;
    sq_dur pace;          /* ns a token */
    uint32_t stall_token; /* the first token that comes after the silence; SQ_UNSET_U32: no stall */
    sq_dur stall;         /* SQ_NEVER: for good */
    uint32_t
        sent_tokens;     /* tokens made before END, BROKEN or silence; streamed: all leave, whole */
    uint32_t sent_bytes; /* exact bytes of the body before BROKEN or silence; SQ_UNSET_U32: what
                            stands before token sent_tokens */
    bool mute;           /* tokens are made and billed, none leaves: an answer without a text */
    struct sq_plan_limits limits;
    struct sq_body body;
};

/* When token k is made, and in a stream leaves; SQ_NEVER: it never does (cut off, or behind an
 * endless stall). */
sq_time sq_plan_token_at(const struct sq_plan *plan, uint32_t k);

/* How many tokens have been made by now (times at or before now), whether or not they were
 * delivered. */
uint32_t sq_plan_tokens_by(const struct sq_plan *plan, sq_time now);

/* When the last token at or before now was made, and in a stream left; SQ_NEVER: none has, or the
 * plan is mute. */
sq_time sq_plan_last_token_by(const struct sq_plan *plan, sq_time now);

/* Whether END or BROKEN has come by now. Never true of a plan that ends in silence. */
bool sq_plan_over(const struct sq_plan *plan, sq_time now);

/* What the client's transport makes of the end: OK for END; CUT, SHORT or RESET for BROKEN by
 * ending and phase. OK for silence too, of which the transport can tell nothing. */
enum sq_transport sq_plan_transport(const struct sq_plan *plan);

/* Brings BROKEN to `now` (with SILENCE: no step): the steps after it fall away. For rules with
 * in_flight, on plans that are not over. */
void sq_plan_break(struct sq_plan *plan, enum sq_ending ending, sq_time now);

#endif
