/* SPDX-License-Identifier: MIT */
/*
 * Our own mistakes: sq_assert stays on in release. A failed assert prints the condition, its place
 * and the crash context (seed, call, time, when set) to stderr and ends the process with exit
 * code 70. Never used for bad input (sq_error) nor for what happens to a simulated request (data).
 */
#ifndef SQ_BASE_ASSERT_H
#define SQ_BASE_ASSERT_H

#include <stdint.h>

#define SQ_EXIT_OUR_BUG 70

_Noreturn void sq_assert_failed(const char *condition, const char *file, int line);

/* Remembers what the thread works on, so that a failed assert can name it. Cheap; thread-local. */
void sq_assert_context(uint64_t seed, uint64_t call_id, int64_t now_ns);

#define sq_assert(condition)                                                                       \
    ((condition) ? (void)0 : sq_assert_failed(#condition, __FILE__, __LINE__))

#endif
