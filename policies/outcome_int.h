/* SPDX-License-Identifier: MIT */
/*
 * What the caller got: when an answer becomes the caller's, and how a call that is over is called.
 * Pure. Deadlines are not judged here: a call that ran out of time is timed_out whatever it was
 * doing (stack.c).
 */
#ifndef SQ_POLICIES_OUTCOME_INT_H
#define SQ_POLICIES_OUTCOME_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/call.h"
#include "policies/retry_int.h"
#include "policies/settings.h"
#include "policies/words.h"

/* Whether the answer that is coming in has reached the commit point. An error status is nobody's
 * answer. A contract can only be checked on the whole text, so it commits at the end. */
bool sq_outcome_is_committed(const struct sq_call *call, enum sq_commit commit_at);

/* Of the outermost layer's result; answered_by: the role of the last attempt on the wire. */
enum sq_outcome sq_outcome_of(const struct sq_call *call, const struct sq_result *result,
                              uint8_t answered_by);

#endif
