/* SPDX-License-Identifier: MIT */
/* Which limit of an attempt on the wire comes next. */
#include "policies/timeouts_int.h"

#include "base/assert.h"

/* The shortest of some spans that begin together, and the class of passing it. */
struct span {
    sq_dur length;
    enum sq_class klass;
};

static void tighten(struct span *span, sq_dur length, enum sq_class klass)
{
    if (length < span->length) {
        *span = (struct span){.length = length, .klass = klass};
    }
}

static struct sq_limit after(sq_time from, const struct span *span)
{
    return (struct sq_limit){.at = sq_time_add(from, span->length), .klass = span->klass};
}

static struct sq_limit earlier(struct sq_limit a, struct sq_limit b)
{
    return b.at < a.at ? b : a;
}

static bool is_before_tokens(enum sq_progress progress)
{
    return progress >= SQ_PROGRESS_SENT && progress < SQ_PROGRESS_TOKENS;
}

struct sq_limit sq_timeouts_limit(const struct sq_timeouts *timeouts, const struct sq_phase *phase)
{
    struct span sent = {.length = SQ_NEVER, .klass = SQ_CLASS_NONE};
    struct span idle = sent;
    switch (phase->progress) {
    case SQ_PROGRESS_NONE:
    case SQ_PROGRESS_POOLED:
        break;
    case SQ_PROGRESS_SENT:
        tighten(&sent, timeouts->connect, SQ_CLASS_TIMEOUT_CONNECT);
        tighten(&sent, timeouts->first_byte, SQ_CLASS_TIMEOUT_FIRST_BYTE);
        break;
    case SQ_PROGRESS_CONNECTED:
        tighten(&sent, timeouts->first_byte, SQ_CLASS_TIMEOUT_FIRST_BYTE);
        break;
    case SQ_PROGRESS_HEADERS:
    case SQ_PROGRESS_TOKENS:
        tighten(&idle, timeouts->idle, SQ_CLASS_TIMEOUT_IDLE);
        break;
    }
    if (phase->stream && is_before_tokens(phase->progress)) {
        tighten(&sent, timeouts->first_token, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
    }
    return earlier(after(phase->sent_at, &sent), after(phase->last_byte_at, &idle));
}

bool sq_timeouts_let_news_wait(const struct sq_timeouts *timeouts, bool stream)
{
    sq_dur longest = timeouts->first_byte;
    if (stream && timeouts->first_token < longest) {
        longest = timeouts->first_token;
    }
    return timeouts->idle >= longest;
}
