/* SPDX-License-Identifier: MIT */
/*
 * The decision after an attempt: accept, re-ask, retry, next rung or fail. This is where to look
 * for why a call was retried. Pure: everything it depends on is in its arguments.
 *
 * In this order: success; an answer that was already the caller's fails for good; re-asks left for
 * an answer that breaks the contract; a hint that stops the client's reader; attempts left on this
 * rung; the server's veto, then its x-should-retry, then retry.on; the wait, which must end before
 * the layer's total; then the ladder, if the policy says so only after the hint was slept.
 * Whether the retry budget allows a RETRY is asked afterwards, since that changes the budget.
 */
#ifndef SQ_POLICIES_RETRY_INT_H
#define SQ_POLICIES_RETRY_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/engine.h"
#include "policies/settings.h"
#include "policies/words.h"

/* A fixed text that a layer below ended with; it is no answer of a model, so upwards it fails. */
enum sq_fixed { SQ_FIXED_NONE, SQ_FIXED_APOLOGY, SQ_FIXED_SUBSTITUTE };

/* How an attempt of a layer ended. */
struct sq_result {
    enum sq_class klass;
    uint16_t status;
    bool refused; /* locally: nothing was sent, so the wait draws nothing */
    enum sq_fixed fixed;
    const struct sq_hints *hints; /* NULL: none; borrowed */
};

/* Where the call stands in its layer. */
struct sq_retry_case {
    const struct sq_layer_settings *settings;
    uint8_t role;
    uint8_t rung;
    uint8_t attempts; /* on this rung, the one just judged included */
    uint8_t retries;  /* on this rung, so far */
    uint8_t reasks;   /* likewise */
    uint8_t rule;     /* that fits the question; 0: none */
    bool committed;
    sq_dur time_left; /* before the layer's total; SQ_NEVER: no total */
    sq_time now;
    int64_t epoch_s;
    uint64_t seed; /* the draw is keyed by seed, call, layer and waits */
    uint64_t call_id;
    uint8_t layer;
    uint32_t waits;
};

enum sq_verdict {
    SQ_VERDICT_ACCEPT,
    SQ_VERDICT_REASK,
    SQ_VERDICT_RETRY,
    SQ_VERDICT_SLEEP, /* the hint, and then sq_retry_give_up */
    SQ_VERDICT_NEXT_RUNG,
    SQ_VERDICT_FAIL
};

struct sq_decision {
    enum sq_verdict verdict;
    sq_dur wait;  /* of RETRY and SLEEP */
    bool hinted;  /* the wait is the server's */
    uint8_t rung; /* of NEXT_RUNG, from 1 */
};

struct sq_decision sq_retry_decide(const struct sq_retry_case *now_at,
                                   const struct sq_result *result);

/* No retry any more: next rung or fail, by the class of the last attempt. */
struct sq_decision sq_retry_give_up(const struct sq_retry_case *now_at,
                                    const struct sq_result *result);

#endif
