/* SPDX-License-Identifier: MIT */
/*
 * Kept files: the files of one load by the path they were asked for, so that the same scenario can
 * be loaded again where those files are not. A load either keeps what it reads or reads what was
 * kept; then it never looks at the disk.
 *
 * Owns copies of all texts. A zeroed object is empty; clear accepts it.
 */
#ifndef SQ_SCENARIOS_SOURCES_KEPT_H
#define SQ_SCENARIOS_SOURCES_KEPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* Of all kept files together: they travel in JSON, whose reader takes 64 MiB. */
#define SQ_KEPT_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define SQ_KEPT_FILES_MAX 64

struct sq_kept_file {
    const char *path;
    const char *text; /* NUL-terminated, but may hold NUL bytes */
    size_t length;
};

struct sq_kept {
    struct sq_arena arena;
    struct sq_kept_file list[SQ_KEPT_FILES_MAX];
    uint32_t n_list;
    size_t n_bytes; /* of all texts */
};

/* A path that is there already keeps its first text. SQ_INVALID: a limit; SQ_NO_MEMORY. */
SQ_MUST_USE enum sq_status sq_kept_add(struct sq_kept *kept, const struct sq_kept_file *file,
                                       struct sq_error *err);
const struct sq_kept_file *sq_kept_find(const struct sq_kept *kept, const char *path);
void sq_kept_clear(struct sq_kept *kept);

#endif
