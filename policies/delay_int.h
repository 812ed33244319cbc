/* SPDX-License-Identifier: MIT */
/*
 * The delay before a retry: a pure function of the settings, the number of retries so far and one
 * 32-bit draw. Integers only, exact to the nanosecond (each step rounds down), saturating at
 * SQ_NEVER.
 */
#ifndef SQ_POLICIES_DELAY_INT_H
#define SQ_POLICIES_DELAY_INT_H

#include <stdint.h>

#include "base/time.h"
#include "policies/settings.h"

/* Before the k-th retry, k from 0; lane / 2^32 is the draw u of settings.h. */
sq_dur sq_delay(const struct sq_delay *settings, uint32_t k, uint32_t lane);

/* The same without jitter: what a wait is when nothing may be drawn. */
sq_dur sq_delay_unjittered(const struct sq_delay *settings, uint32_t k);

#endif
