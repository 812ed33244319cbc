/* SPDX-License-Identifier: MIT */
/*
 * A heap that can refuse: the test double of base/memory.h. A test that links the CMake object
 * sq_memory_torture gets these three functions instead of memory.c and can fail the n-th
 * allocation, count the blocks in use, and finds stale pointers, because every resize moves the
 * block and new bytes are filled with garbage.
 *
 *     for (size_t nth = 1;; nth++) {
 *         sq_memory_torture_fail(nth);
 *         ... do the work, expect it to succeed or to say that memory ran out ...
 *         if (sq_memory_torture_refused() == 0) {
 *             break;
 *         }
 *     }
 *     ck_assert_uint_eq(sq_memory_torture_live(), 0);
 */
#ifndef SQ_TESTS_MEMORY_TORTURE_H
#define SQ_TESTS_MEMORY_TORTURE_H

#include <stddef.h>

/* Refuses the n-th request from now on (1 is the next; a resize is a request), that one only; 0
 * refuses none. Counts of requests and refusals start again at 0. */
void sq_memory_torture_fail(size_t nth);

/* The same, and every later request too: a heap that is used up. */
void sq_memory_torture_fail_from(size_t nth);

size_t sq_memory_torture_requests(void); /* since sq_memory_torture_fail */
size_t sq_memory_torture_refused(void);  /* since sq_memory_torture_fail */
size_t sq_memory_torture_live(void);     /* blocks not yet freed, since the program began */

#endif
