/* SPDX-License-Identifier: MIT */
/* Which limit of an attempt on the wire comes next. */
#include "policies/timeouts_int.h"

#include "base/assert.h"

static void tighten(struct sq_limit *limit, sq_time at, enum sq_class klass)
{
    if (at < limit->at) {
        limit->at = at;
        limit->klass = klass;
    }
}

struct sq_limit sq_timeouts_limit(const struct sq_timeouts *timeouts, const struct sq_phase *phase)
{
    struct sq_limit limit = {.at = SQ_NEVER, .klass = SQ_CLASS_NONE};
    sq_time first_token =
        phase->stream ? sq_time_add(phase->sent_at, timeouts->first_token) : SQ_NEVER;
    switch (phase->progress) {
    case SQ_PROGRESS_NONE:
    case SQ_PROGRESS_POOLED:
        break;
    case SQ_PROGRESS_SENT:
        tighten(&limit, sq_time_add(phase->sent_at, timeouts->connect), SQ_CLASS_TIMEOUT_CONNECT);
        tighten(&limit, sq_time_add(phase->sent_at, timeouts->first_byte),
                SQ_CLASS_TIMEOUT_FIRST_BYTE);
        tighten(&limit, first_token, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
        break;
    case SQ_PROGRESS_CONNECTED:
        tighten(&limit, sq_time_add(phase->sent_at, timeouts->first_byte),
                SQ_CLASS_TIMEOUT_FIRST_BYTE);
        tighten(&limit, first_token, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
        break;
    case SQ_PROGRESS_HEADERS:
        tighten(&limit, first_token, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
        tighten(&limit, sq_time_add(phase->last_byte_at, timeouts->idle), SQ_CLASS_TIMEOUT_IDLE);
        break;
    case SQ_PROGRESS_TOKENS:
        tighten(&limit, sq_time_add(phase->last_byte_at, timeouts->idle), SQ_CLASS_TIMEOUT_IDLE);
        break;
    }
    return limit;
}
