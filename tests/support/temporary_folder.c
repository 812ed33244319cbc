/* SPDX-License-Identifier: MIT */
/* mkdtemp, and nftw to take it away again; see the header. */
#include "tests/support/temporary_folder.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_SLOTS 4

static char folder[256];
static char paths[N_SLOTS][512];
static size_t n_paths;

void sq_temporary_folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    struct sq_strbuf template = {0};
    sq_strbuf_add_format(&template, "%s/squall-test-XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert(template.length < sizeof(folder));
    memcpy(folder, sq_strbuf_text(&template), template.length + 1);
    sq_strbuf_clear(&template);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    (void)where;
    return remove(path);
}

void sq_temporary_folder_remove(void)
{
    ck_assert_int_eq(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *sq_temporary_folder_path(const char *name)
{
    char *slot = paths[n_paths++ % N_SLOTS];
    struct sq_strbuf path = {0};
    sq_strbuf_add_format(&path, "%s/%s", folder, name);
    ck_assert(path.length < sizeof(paths[0]));
    memcpy(slot, sq_strbuf_text(&path), path.length + 1);
    sq_strbuf_clear(&path);
    return slot;
}

size_t sq_temporary_folder_entries(void)
{
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    size_t n_entries = 0;
    while (readdir(directory) != NULL) {
        n_entries++;
    }
    closedir(directory);
    return n_entries - 2; /* "." and ".." */
}

struct sq_strbuf sq_temporary_folder_content(const char *path)
{
    struct sq_strbuf content = {0};
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    char chunk[4096];
    for (size_t n_bytes = 1; n_bytes > 0;) {
        n_bytes = fread(chunk, 1, sizeof(chunk), file);
        sq_strbuf_add_bytes(&content, chunk, n_bytes);
    }
    fclose(file);
    return content;
}

void sq_temporary_folder_put(const char *path, const char *content)
{
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    ck_assert_uint_eq(fwrite(content, 1, strlen(content), file), strlen(content));
    ck_assert_int_eq(fclose(file), 0);
}
