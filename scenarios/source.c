/* SPDX-License-Identifier: MIT */
/* One file of a load; what is kept is read whole, so that a pipe is read only once. */
#include "scenarios/source_int.h"

#include "host/file.h"
#include "scenarios/load.h"
#include "scenarios/sources/kept.h"

static enum sq_status not_kept(const char *path, struct sq_error *err)
{
    return sq_error_set(err, SQ_INVALID, "\"%s\" was not taken along", path);
}

static enum sq_status keep(struct sq_reader *reader, const char *path, const struct sq_strbuf *text,
                           struct sq_error *err)
{
    struct sq_kept_file file = {.path = path, .text = sq_strbuf_text(text), .length = text->length};
    return reader->keep == NULL ? SQ_OK : sq_kept_add(reader->keep, &file, err);
}

enum sq_status sq_source_read(struct sq_reader *reader, const char *path, struct sq_strbuf *text,
                              struct sq_error *err)
{
    if (reader->from == NULL) {
        enum sq_status status = sq_file_read(path, SQ_SCENARIO_BYTES_MAX, text, err);
        return status == SQ_OK ? keep(reader, path, text, err) : status;
    }
    const struct sq_kept_file *file = sq_kept_find(reader->from, path);
    if (file == NULL) {
        return not_kept(path, err);
    }
    sq_strbuf_add_bytes(text, file->text, file->length);
    return sq_strbuf_failed(text) ? sq_error_set(err, SQ_NO_MEMORY, "out of memory") : SQ_OK;
}

/* Reads the file into what is kept, unless it is there. */
static enum sq_status keep_whole(struct sq_reader *reader, const char *path, struct sq_error *err)
{
    struct sq_strbuf text = {0};
    if (sq_kept_find(reader->keep, path) != NULL) {
        return SQ_OK;
    }
    enum sq_status status = sq_file_read(path, SQ_KEPT_BYTES_MAX, &text, err);
    if (status == SQ_OK) {
        status = keep(reader, path, &text, err);
    }
    sq_strbuf_clear(&text);
    return status;
}

enum sq_status sq_source_lines(struct sq_reader *reader, const char *path, struct sq_lines **lines,
                               struct sq_error *err)
{
    *lines = NULL;
    if (reader->from == NULL && reader->keep == NULL) {
        return sq_lines_open(path, lines, err);
    }
    enum sq_status status = reader->from == NULL ? keep_whole(reader, path, err) : SQ_OK;
    if (status != SQ_OK) {
        return status;
    }
    const struct sq_kept_file *file =
        sq_kept_find(reader->from == NULL ? reader->keep : reader->from, path);
    return file == NULL ? not_kept(path, err)
                        : sq_lines_open_text(path, file->text, file->length, lines, err);
}
