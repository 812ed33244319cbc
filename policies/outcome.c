/* SPDX-License-Identifier: MIT */
/* What the caller got. */
#include "policies/outcome_int.h"

#include "base/assert.h"

static enum sq_commit resolve(const struct sq_call *call, enum sq_commit commit_at)
{
    if ((call->flags & SQ_CALL_CONTRACT) != 0) {
        return SQ_COMMIT_END;
    }
    if (commit_at == SQ_COMMIT_AUTO) {
        return (call->flags & SQ_CALL_STREAM) != 0 ? SQ_COMMIT_FIRST_TOKEN : SQ_COMMIT_END;
    }
    return commit_at;
}

bool sq_outcome_is_committed(const struct sq_call *call, enum sq_commit commit_at)
{
    if (call->status < 200 || call->status > 299) {
        return false;
    }
    switch (resolve(call, commit_at)) {
    case SQ_COMMIT_HEADERS:
        return call->progress >= SQ_PROGRESS_HEADERS;
    case SQ_COMMIT_FIRST_TOKEN:
        return call->progress >= SQ_PROGRESS_TOKENS;
    case SQ_COMMIT_END:
        return false; /* then the attempt is over, and judged as a whole */
    case SQ_COMMIT_AUTO:
        break; /* resolved above */
    }
    sq_assert(false);
    return false;
}

static enum sq_outcome outcome_of_answer(const struct sq_call *call, uint8_t answered_by)
{
    if (answered_by != call->wanted_role) {
        return SQ_OUTCOME_FALLBACK;
    }
    return call->attempt == 1 ? SQ_OUTCOME_FIRST_TRY : SQ_OUTCOME_RECOVERED;
}

static enum sq_outcome outcome_of_class(enum sq_class klass)
{
    switch (sq_class_row(klass)->group) {
    case SQ_GROUP_LOCAL:
        return SQ_OUTCOME_REJECTED;
    case SQ_GROUP_CONTENT:
        return klass == SQ_CLASS_MALFORMED ? SQ_OUTCOME_FAILED : SQ_OUTCOME_INVALID;
    case SQ_GROUP_NONE:
    case SQ_GROUP_THROTTLED:
    case SQ_GROUP_TRANSIENT:
    case SQ_GROUP_TIMEOUT:
    case SQ_GROUP_CONNECTION:
    case SQ_GROUP_CALLER:
    case SQ_GROUPS:
        break;
    }
    return SQ_OUTCOME_FAILED;
}

enum sq_outcome sq_outcome_of(const struct sq_call *call, const struct sq_result *result,
                              uint8_t answered_by)
{
    if (result->klass == SQ_CLASS_NONE) {
        return outcome_of_answer(call, answered_by);
    }
    switch (result->fixed) {
    case SQ_FIXED_APOLOGY:
        return SQ_OUTCOME_APOLOGY;
    case SQ_FIXED_SUBSTITUTE:
        return SQ_OUTCOME_SUBSTITUTE;
    case SQ_FIXED_NONE:
        break;
    }
    return call->layer[0].committed != 0 ? SQ_OUTCOME_FAILED : outcome_of_class(result->klass);
}
