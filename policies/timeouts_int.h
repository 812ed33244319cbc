/* SPDX-License-Identifier: MIT */
/*
 * The limits of the phase an attempt on the wire is in: connect until it is connected, first_byte
 * until the headers, first_token until the first token (streams only), all from the send; idle
 * from the last byte, once the headers are there. Pure. The limits of the whole attempt and of the
 * whole call are kept by the layers (stack.c).
 */
#ifndef SQ_POLICIES_TIMEOUTS_INT_H
#define SQ_POLICIES_TIMEOUTS_INT_H

#include <stdbool.h>

#include "base/time.h"
#include "policies/call.h"
#include "policies/settings.h"
#include "policies/words.h"

struct sq_limit {
    sq_time at;          /* SQ_NEVER: none */
    enum sq_class klass; /* what the attempt is when it passes */
};

struct sq_phase {
    enum sq_progress progress;
    bool stream;
    sq_time sent_at;
    sq_time last_byte_at;
};

/* The earliest limit; at equal times connect, first_byte, first_token, idle. */
struct sq_limit sq_timeouts_limit(const struct sq_timeouts *timeouts, const struct sq_phase *phase);

#endif
