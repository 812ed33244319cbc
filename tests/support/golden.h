/* SPDX-License-Identifier: MIT */
/*
 * Files that hold what a program must write, compared byte by byte. With SQUALL_GOLDEN=write in the
 * environment they are written instead, and the test says nothing: look at the difference in git.
 */
#ifndef SQ_TESTS_GOLDEN_H
#define SQ_TESTS_GOLDEN_H

#include "base/strbuf.h"

/* Compares with tests/golden/<name>; a difference fails the test of Check that calls and leaves
 * what came in <name>.actual in the build folder. */
void golden_compare(const char *name, const struct sq_strbuf *actual);

#endif
