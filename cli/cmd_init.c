/* SPDX-License-Identifier: MIT */
/*
 * squall init: a commented scenario and policy to start from. Writes new files only: when one of
 * them is there already, nothing is written.
 */
#include "base/embedded.h"
#include "cli/command.h"
#include "cli/print.h"
#include "host/file.h"

#include <string.h>

extern const struct sq_embedded_folder sq_cli_starter;

#define ENDING   ".jsonc"
#define SCENARIO "scenario"

static void add_path(struct sq_strbuf *path, const char *folder, const char *name)
{
    sq_strbuf_reset(path);
    if (strcmp(folder, ".") != 0) {
        sq_strbuf_add(path, folder);
        sq_strbuf_add(path, folder[strlen(folder) - 1] == '/' ? "" : "/");
    }
    sq_strbuf_add(path, name);
    sq_strbuf_add(path, ENDING);
}

static enum sq_status refuse_old_files(const char *folder, struct sq_strbuf *path,
                                       struct sq_error *err)
{
    for (size_t i = 0; i < sq_cli_starter.n_files; i++) {
        add_path(path, folder, sq_cli_starter.files[i].name);
        if (sq_file_exists(sq_strbuf_text(path))) {
            sq_error_set(err, SQ_ENVIRONMENT, "'%s' is there already and is not overwritten",
                         sq_strbuf_text(path));
            return sq_error_hint(err, "name another folder: squall init my-scenarios");
        }
    }
    return SQ_OK;
}

static enum sq_status write_files(const char *folder, struct sq_strbuf *path, struct sq_error *err)
{
    for (size_t i = 0; i < sq_cli_starter.n_files; i++) {
        const struct sq_embedded_file *file = &sq_cli_starter.files[i];
        add_path(path, folder, file->name);
        enum sq_status status = sq_file_write(sq_strbuf_text(path), file->text, file->length, err);
        if (status != SQ_OK) {
            return status;
        }
        sq_print_out("wrote ");
        sq_print_out_buffer(path);
        sq_print_out("\n");
    }
    return SQ_OK;
}

static enum sq_status init(const char *folder, struct sq_error *err)
{
    struct sq_strbuf path = {0};
    enum sq_status status = sq_file_make_folder(folder, err);
    if (status == SQ_OK) {
        status = refuse_old_files(folder, &path, err);
    }
    if (status == SQ_OK) {
        status = write_files(folder, &path, err);
    }
    if (status == SQ_OK) {
        add_path(&path, folder, SCENARIO);
        sq_print_out("next: squall run ");
        sq_print_out_buffer(&path);
        sq_print_out("\n");
    }
    sq_strbuf_clear(&path);
    return status;
}

int sq_command_init(const struct sq_arguments *arguments)
{
    struct sq_error err = {0};
    const char *folder = arguments->n_names == 0 ? "." : arguments->names[0];
    if (arguments->n_names > 1 || folder[0] == '\0') {
        sq_error_set(&err, SQ_INVALID, "one folder is made at a time");
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    enum sq_status status = init(folder, &err);
    if (status != SQ_OK) {
        sq_print_error(&err);
    }
    return sq_print_exit_code(status);
}
