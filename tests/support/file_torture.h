/* SPDX-License-Identifier: MIT */
/*
 * A disk that can fail: the test double of host/file_raw.h. A test that links the CMake object
 * sq_file_torture gets real files, but can fail the n-th system call with an error of its choice
 * and make every write a short one.
 *
 *     for (size_t nth = 1;; nth++) {
 *         sq_file_torture_fail(nth, ENOSPC);
 *         ... do the work, look at what is on disk ...
 *         if (sq_file_torture_refused() == 0) {
 *             break;
 *         }
 *     }
 */
#ifndef SQ_TESTS_FILE_TORTURE_H
#define SQ_TESTS_FILE_TORTURE_H

#include <stdbool.h>
#include <stddef.h>

/* Fails the n-th call from now on (1 is the next) with that errno, that one only; 0 fails none. A
 * write that fails has stored nothing, a close that fails has closed, a rename that fails has not
 * renamed. Counts
 * start again at 0. */
void sq_file_torture_fail(size_t nth, int error_number);

/* The same, and every later call too: a disk that is gone. */
void sq_file_torture_fail_from(size_t nth, int error_number);

/* The most bytes a write takes; 0: all. */
void sq_file_torture_limit_writes(size_t bytes);

size_t sq_file_torture_requests(void); /* since sq_file_torture_fail */
size_t sq_file_torture_refused(void);  /* since sq_file_torture_fail */
/* Whether a write to standard error was among the refused: nobody can have read that message. */
bool sq_file_torture_refused_message(void);

#endif
