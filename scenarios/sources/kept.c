/* SPDX-License-Identifier: MIT */
/* A short list of files, looked through from its start. */
#include "scenarios/sources/kept.h"

#include <string.h>

const struct sq_kept_file *sq_kept_find(const struct sq_kept *kept, const char *path)
{
    for (uint32_t i = 0; i < kept->n_list; i++) {
        if (strcmp(kept->list[i].path, path) == 0) {
            return &kept->list[i];
        }
    }
    return NULL;
}

enum sq_status sq_kept_add(struct sq_kept *kept, const struct sq_kept_file *file,
                           struct sq_error *err)
{
    if (sq_kept_find(kept, file->path) != NULL) {
        return SQ_OK;
    }
    if (kept->n_list == SQ_KEPT_FILES_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d files to take along", SQ_KEPT_FILES_MAX);
    }
    if (file->length > SQ_KEPT_BYTES_MAX - kept->n_bytes) {
        return sq_error_set(err, SQ_INVALID,
                            "more than %zu MiB of files to take along, with \"%s\"",
                            SQ_KEPT_BYTES_MAX >> 20, file->path);
    }
    struct sq_kept_file copy = {
        .path = sq_arena_text(&kept->arena, file->path, strlen(file->path)),
        .text = sq_arena_text(&kept->arena, file->text, file->length),
        .length = file->length,
    };
    if (copy.path == NULL || copy.text == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    kept->list[kept->n_list++] = copy;
    kept->n_bytes += copy.length;
    return SQ_OK;
}

void sq_kept_clear(struct sq_kept *kept)
{
    sq_arena_clear(&kept->arena);
    *kept = (struct sq_kept){0};
}
