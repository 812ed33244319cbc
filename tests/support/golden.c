/* SPDX-License-Identifier: MIT */
/* Files that hold what a program must write. */
#include "tests/support/golden.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"

static void add_path(struct sq_strbuf *path, const char *variable, const char *folder,
                     const char *name)
{
    const char *root = getenv(variable);
    ck_assert_msg(root != NULL, "%s is not set", variable);
    sq_strbuf_add_format(path, "%s/%s%s", root, folder, name);
}

static void write_file(const char *path, const struct sq_strbuf *text)
{
    struct sq_error err = {0};
    enum sq_status status = sq_file_write(path, sq_strbuf_text(text), text->length, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
}

/* Where the difference begins, for the message. */
static size_t first_difference(const struct sq_strbuf *a, const struct sq_strbuf *b)
{
    size_t at = 0;
    while (at < a->length && at < b->length && a->text[at] == b->text[at]) {
        at++;
    }
    return at;
}

/* What came, beside the build: its name has no folders. */
static void keep_actual(const char *name, const struct sq_strbuf *actual)
{
    struct sq_strbuf path = {0};
    const char *file = strrchr(name, '/');
    add_path(&path, "SQUALL_BUILD_DIR", file == NULL ? name : file + 1, ".actual");
    write_file(sq_strbuf_text(&path), actual);
    sq_strbuf_clear(&path);
}

void golden_compare(const char *name, const struct sq_strbuf *actual)
{
    struct sq_strbuf path = {0};
    struct sq_strbuf expected = {0};
    struct sq_error err = {0};
    const char *mode = getenv("SQUALL_GOLDEN");
    add_path(&path, "SQUALL_SOURCE_DIR", "tests/golden/", name);
    if (mode != NULL && strcmp(mode, "write") == 0) {
        write_file(sq_strbuf_text(&path), actual);
    } else {
        enum sq_status status =
            sq_file_read(sq_strbuf_text(&path), SQ_FILE_INPUT_MAX_BYTES, &expected, &err);
        ck_assert_msg(status == SQ_OK, "%s", err.text);
        size_t at = first_difference(&expected, actual);
        if (at != expected.length || at != actual->length) {
            keep_actual(name, actual);
            ck_abort_msg("%s differs from byte %zu on: \"%.60s\" instead of \"%.60s\"", name, at,
                         sq_strbuf_text(actual) + at, sq_strbuf_text(&expected) + at);
        }
    }
    sq_strbuf_clear(&path);
    sq_strbuf_clear(&expected);
}
