/* SPDX-License-Identifier: MIT */
/*
 * A folder of its own for a test that needs real files. One per process at a time.
 */
#ifndef SQ_TESTS_TEMPORARY_FOLDER_H
#define SQ_TESTS_TEMPORARY_FOLDER_H

#include <stddef.h>

#include "base/strbuf.h"

/* Made under TMPDIR or /tmp; setup and teardown of a Check test case. */
void sq_temporary_folder_make(void);
/* Removes it with the files in it. */
void sq_temporary_folder_remove(void);

/* The path of a name in it, in one of four slots used in turn. */
const char *sq_temporary_folder_path(const char *name);
/* How many entries it has. */
size_t sq_temporary_folder_entries(void);

/* The content of a file as the system has it, for comparing; fails the test when it cannot be read.
 * The caller clears it. */
struct sq_strbuf sq_temporary_folder_content(const char *path);
void sq_temporary_folder_put(const char *path, const char *content);

#endif
