/* SPDX-License-Identifier: MIT */
/* Lookup in a table of embedded files: linear, because a table has at most a few dozen rows and is
 * asked once per name that a user typed. */
#include "base/embedded.h"

#include <string.h>

const struct sq_embedded_file *sq_embedded_find(const struct sq_embedded_folder *folder,
                                                const char *name)
{
    size_t bytes = strlen(name) + 1;
    for (size_t i = 0; i < folder->n_files; i++) {
        const struct sq_embedded_file *file = &folder->files[i];
        if (strlen(file->name) + 1 == bytes && memcmp(file->name, name, bytes) == 0) {
            return file;
        }
    }
    return NULL;
}
