/* SPDX-License-Identifier: MIT */
/* Standard output through host/file.h's writer, standard error unbuffered. */
#include "cli/print.h"

#include <stdarg.h>

#include "base/assert.h"
#include "cli/command.h"
#include "host/file.h"

#define OUTPUT 1
#define ERROR  2

/* One process, one standard output: its buffer and its first failure. */
static struct sq_file_writer output = {.fd = OUTPUT, .name = "standard output"};

void sq_print_out(const char *text)
{
    sq_file_writer_add_text(&output, text);
}

void sq_print_out_buffer(const struct sq_strbuf *buffer)
{
    if (sq_strbuf_failed(buffer)) {
        sq_file_writer_lose(&output);
        return;
    }
    sq_file_writer_add(&output, sq_strbuf_text(buffer), buffer->length);
}

void sq_print_flush(void)
{
    sq_file_writer_flush(&output);
}

void sq_print_note(const char *text)
{
    struct sq_file_writer error;
    sq_file_writer_init(&error, ERROR, "standard error");
    sq_file_writer_add_text(&error, text);
    sq_file_writer_flush(&error);
}

void sq_print_note_buffer(const struct sq_strbuf *buffer)
{
    sq_print_note(sq_strbuf_failed(buffer) ? "squall: out of memory\n" : sq_strbuf_text(buffer));
}

void sq_print_note_format(const char *format, ...)
{
    char text[1024];
    va_list values;
    va_start(values, format);
    sq_strbuf_format_cut(text, sizeof(text), format, values);
    va_end(values);
    sq_print_note(text);
}

static void add_format(struct sq_file_writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_format(struct sq_file_writer *writer, const char *format, ...)
{
    char text[64];
    va_list values;
    va_start(values, format);
    sq_strbuf_format_cut(text, sizeof(text), format, values);
    va_end(values);
    sq_file_writer_add_text(writer, text);
}

/* Straight into the writer: that memory ran out must be sayable too. */
static void print_prefixed(const char *prefix, const struct sq_error *err)
{
    struct sq_file_writer error;
    sq_file_writer_init(&error, ERROR, "standard error");
    sq_file_writer_add_text(&error, prefix);
    if (err->file[0] != '\0') {
        sq_file_writer_add_text(&error, err->file);
        if (err->line > 0) {
            add_format(&error, ":%u:%u", err->line, err->column);
        }
        sq_file_writer_add_text(&error, ": ");
    }
    sq_file_writer_add_text(&error, err->text);
    sq_file_writer_add_text(&error, "\n");
    if (err->hint[0] != '\0') {
        sq_file_writer_add_text(&error, "  = help: ");
        sq_file_writer_add_text(&error, err->hint);
        sq_file_writer_add_text(&error, "\n");
    }
    sq_file_writer_flush(&error);
}

void sq_print_error(const struct sq_error *err)
{
    print_prefixed("squall: ", err);
}

void sq_print_usage_error(const char *command, const struct sq_error *err)
{
    print_prefixed("squall: ", err);
    if (command == NULL) {
        sq_print_note("Try 'squall help'.\n");
    } else {
        sq_print_note_format("Try 'squall help %s'.\n", command);
    }
}

bool sq_print_finish(void)
{
    struct sq_error err = {0};
    if (sq_file_writer_finish(&output, &err) == SQ_OK) {
        return true;
    }
    sq_print_error(&err);
    return false;
}

int sq_print_exit_code(enum sq_status status)
{
    switch (status) {
    case SQ_OK:
        return SQ_EXIT_PASSED;
    case SQ_INVALID:
        return SQ_EXIT_INVALID;
    case SQ_ENVIRONMENT:
    case SQ_NO_MEMORY:
        return SQ_EXIT_ENVIRONMENT;
    case SQ_LIMIT:
        return SQ_EXIT_INCONCLUSIVE;
    case SQ_INTERRUPTED:
        return SQ_EXIT_INTERRUPTED;
    }
    sq_assert(false && "a status of no kind");
    return SQ_EXIT_BUG;
}
