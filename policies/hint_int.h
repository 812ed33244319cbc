/* SPDX-License-Identifier: MIT */
/*
 * Hints: what a server asked for in retry-after-ms, retry-after and x-should-retry, read by the
 * policy's own rules, which is where clients differ. Pure: text and time in, a wish out.
 *
 * Numbers are digits with an optional fraction; spaces around are allowed. A sign, an exponent,
 * "nan", "inf" and anything else is unreadable, and unreadable is as good as absent, unless the
 * policy says that it is the end of the rung. What is finer
 * than a nanosecond is cut off; what is too large for the clock is the largest span.
 */
#ifndef SQ_POLICIES_HINT_INT_H
#define SQ_POLICIES_HINT_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/engine.h"
#include "policies/settings.h"

enum sq_hint_should { SQ_HINT_SHOULD_UNSAID, SQ_HINT_SHOULD_TRUE, SQ_HINT_SHOULD_FALSE };

struct sq_hint {
    bool accepted; /* wait is inside the interval */
    bool forbids;  /* above the interval, and the policy takes that for "do not retry here" */
    bool invalid;  /* one of the sources' headers is there, and none of them can be read */
    sq_dur wait;
    enum sq_hint_should should_retry;
};

/*
 * hints NULL: nothing was said. The first readable of milliseconds, seconds, date counts, also
 * when it then falls outside the interval. now is the time of receipt, epoch_s scenario time zero
 * in Unix seconds; a date is compared in whole seconds, one in the past is unreadable.
 */
struct sq_hint sq_hint_read(const struct sq_hint_settings *settings, const struct sq_hints *hints,
                            int64_t epoch_s, sq_time now);

/* A decimal number of units as a span; false: unreadable. */
bool sq_hint_read_decimal(const char *text, size_t length, sq_dur unit, sq_dur *span);

#endif
