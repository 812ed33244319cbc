/* SPDX-License-Identifier: MIT */
/* Reading data files. What is wrong with a line goes to the diagnostics with an excerpt of it. */
#include "scenarios/traffic/records_int.h"

#include <stdarg.h>
#include <string.h>

#include "scenarios/names_int.h"
#include "scenarios/source_int.h"
#include "scenarios/values_int.h"

#define TEXT_BYTES      256 /* of a message */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A failure of the file as a whole: reported where it is named. */
static bool complain_file(struct sq_records *records, enum sq_status status,
                          const struct sq_error *err)
{
    records->reader->no_memory |= status == SQ_NO_MEMORY;
    if (status == SQ_NO_MEMORY) {
        return false;
    }
    return sq_complain(records->reader,
                       &(struct sq_complaint){SQ_CODE_FILE, records->node, false, NULL, NULL}, "%s",
                       err->text);
}

bool sq_records_open(struct sq_records *records, struct sq_reader *reader,
                     const struct sq_json *node, const char *name)
{
    struct sq_strbuf path = {0};
    struct sq_error err = {0};
    *records = (struct sq_records){.reader = reader, .node = node};
    sq_name_add_path(reader, name, &path);
    records->path = sq_strbuf_failed(&path)
                        ? NULL
                        : sq_arena_text(reader->scratch, sq_strbuf_text(&path), path.length);
    sq_strbuf_clear(&path);
    if (records->path == NULL) {
        reader->no_memory = true;
        return false;
    }
    enum sq_status status = sq_source_lines(reader, records->path, &records->lines, &err);
    return status == SQ_OK || complain_file(records, status, &err);
}

void sq_records_close(struct sq_records *records)
{
    sq_lines_close(records->lines);
    records->lines = NULL;
}

bool sq_records_line(struct sq_records *records)
{
    struct sq_error err = {0};
    do {
        enum sq_status status =
            sq_lines_next(records->lines, &records->text, &records->length, &err);
        records->line++;
        if (status != SQ_OK) {
            return complain_file(records, status, &err);
        }
        if (records->line == 1 && records->length >= 3 &&
            memcmp(records->text, BYTE_ORDER_MARK, 3) == 0) {
            records->text += 3;
            records->length -= 3;
        }
    } while (records->text != NULL && records->length == 0);
    return records->text != NULL;
}

bool sq_records_complain(struct sq_records *records, const char *text, size_t length,
                         const char *hint, const char *format, ...)
{
    char message[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct sq_mistake mistake = {.code = SQ_CODE_DATA,
                                 .file = records->path,
                                 .begin = records->text,
                                 .at = text,
                                 .end = records->text + records->length,
                                 .line = records->line,
                                 .column = 1,
                                 .width = (uint32_t)length,
                                 .text = message,
                                 .hint = hint};
    for (const char *byte = records->text; byte < text; byte++) {
        mistake.column += ((unsigned char)*byte & 0xc0) != 0x80;
    }
    sq_diagnostics_add(records->reader->diagnostics, &mistake);
    return false;
}

/* Cells of the present line; more than fit are counted, not kept. */
static bool split(struct sq_records *records)
{
    const char *from = records->text;
    const char *end = records->text + records->length;
    const char *quote = memchr(from, '"', records->length);
    records->n_cells = 0;
    if (quote != NULL) {
        return sq_records_complain(records, quote, 1,
                                   "write the file again without quotation marks",
                                   "quoted cells are not read");
    }
    for (;;) {
        const char *comma = memchr(from, ',', (size_t)(end - from));
        const char *to = comma == NULL ? end : comma;
        if (records->n_cells < SQ_RECORDS_COLUMNS_MAX) {
            records->cells[records->n_cells] = (struct sq_cell){from, (size_t)(to - from)};
        }
        records->n_cells++;
        if (comma == NULL) {
            return true;
        }
        from = comma + 1;
    }
}

bool sq_records_header(struct sq_records *records)
{
    uint32_t n_errors = records->reader->diagnostics->n_errors;
    if (!sq_records_line(records)) {
        return records->reader->diagnostics->n_errors != n_errors
                   ? false
                   : sq_complain(
                         records->reader,
                         &(struct sq_complaint){SQ_CODE_FILE, records->node, false, NULL, NULL},
                         "\"%s\" is empty", records->path);
    }
    if (!split(records)) {
        return false;
    }
    records->n_columns = records->n_cells;
    if (records->n_columns > SQ_RECORDS_COLUMNS_MAX) {
        return sq_records_complain(records, records->text, 1, NULL,
                                   "%u columns, allowed: %d at most", records->n_columns,
                                   SQ_RECORDS_COLUMNS_MAX);
    }
    return true;
}

static const char *columns_listed(const struct sq_records *records)
{
    struct sq_strbuf known = {0};
    for (uint32_t i = 0; i < records->n_columns; i++) {
        const struct sq_cell *cell = &records->cells[i];
        sq_strbuf_add_format(&known, "%s%.*s", i > 0 ? ", " : "",
                             cell->length < 64 ? (int)cell->length : 64, cell->text);
    }
    return sq_phrase_of(records->reader, &known);
}

bool sq_records_column(struct sq_records *records, const struct sq_json *node, const char *name,
                       uint32_t *column)
{
    size_t length = strlen(name);
    for (*column = 0; *column < records->n_columns; ++*column) {
        const struct sq_cell *cell = &records->cells[*column];
        if (cell->length == length && memcmp(cell->text, name, length) == 0) {
            return true;
        }
    }
    const char *hint = sq_phrase(records->reader, "its columns: %s", columns_listed(records));
    return sq_complain(records->reader,
                       &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME, node, false, NULL, hint},
                       "\"%s\" has no column \"%s\"", records->path, name);
}

bool sq_records_row(struct sq_records *records)
{
    while (sq_records_line(records)) {
        if (!split(records)) {
            continue;
        }
        if (records->n_cells == records->n_columns) {
            return true;
        }
        sq_records_complain(records, records->text, records->length, NULL,
                            "%u cells where the first line has %u", records->n_cells,
                            records->n_columns);
    }
    return false;
}

bool sq_records_whole(struct sq_records *records, const struct sq_cell *cell, int64_t max,
                      int64_t *value)
{
    int64_t number = 0;
    size_t i = 0;
    for (; i < cell->length && cell->text[i] >= '0' && cell->text[i] <= '9'; i++) {
        number = number > max ? number : number * 10 + (cell->text[i] - '0');
    }
    if (i == 0 || i < cell->length) {
        return sq_records_complain(records, cell->text, cell->length, NULL,
                                   "a whole number is expected here");
    }
    if (number > max) {
        return sq_records_complain(records, cell->text, cell->length, NULL,
                                   "the number is out of range, allowed: 0 to %lld",
                                   (long long)max);
    }
    *value = number;
    return true;
}
