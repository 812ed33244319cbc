/* SPDX-License-Identifier: MIT */
/* -o FORMAT=PATH and PATH; formats are the rows of reports/report.h. */
#include "cli/output.h"

#include <string.h>

#include "base/spelling.h"
#include "cli/print.h"
#include "host/file.h"

static enum sq_status unknown_format(const char *word, size_t length, struct sq_error *err)
{
    struct sq_spelling spelling = sq_spelling_start(word, length);
    for (size_t i = 0; i < sq_report_formats(); i++) {
        sq_spelling_offer(&spelling, sq_report_format(i)->name);
    }
    sq_error_set(err, SQ_INVALID, "unknown format '%.*s' (accepted: text, json, html, junit)",
                 (int)length, word);
    if (spelling.best != NULL) {
        return sq_error_hint(err, "did you mean '%s'?", spelling.best);
    }
    return SQ_INVALID;
}

/* FORMAT=PATH when what stands before the first '=' is a word without a '/' or '.'. */
static enum sq_status read_one(const char *text, struct sq_output *output, struct sq_error *err)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    if (equals != NULL && memchr(text, '/', length) == NULL && memchr(text, '.', length) == NULL) {
        output->path = equals + 1;
        output->format = sq_report_format_by_name(text, length);
        if (output->format == NULL) {
            return unknown_format(text, length, err);
        }
    } else {
        output->path = text;
        output->format = sq_report_format_by_path(text);
        if (output->format == NULL) {
            sq_error_set(err, SQ_INVALID, "the name '%s' does not tell the format", text);
            return sq_error_hint(err, "name it: -o json=%s (see 'squall list formats')", text);
        }
    }
    if (output->path[0] == '\0') {
        return sq_error_set(err, SQ_INVALID, "option '--output' needs a path, not '%s'", text);
    }
    return SQ_OK;
}

static bool is_folder(const char *path)
{
    return path[strlen(path) - 1] == '/';
}

static enum sq_status check_path(const struct sq_output *output, size_t n_scenarios,
                                 struct sq_error *err)
{
    if (n_scenarios < 2 || strcmp(output->path, "-") == 0 || is_folder(output->path)) {
        return SQ_OK;
    }
    sq_error_set(err, SQ_INVALID, "several scenarios would write the one file '%s'", output->path);
    return sq_error_hint(err, "name a folder: -o %s=%s.d/", output->format->name, output->path);
}

enum sq_status sq_outputs_read(const struct sq_arguments *arguments, size_t n_scenarios,
                               struct sq_outputs *outputs, struct sq_error *err)
{
    const char *format = sq_arguments_value(arguments, SQ_OPTION_FORMAT, NULL);
    if (format != NULL && strcmp(format, "text") != 0) {
        struct sq_output *output = &outputs->list[outputs->n_list++];
        output->path = "-";
        output->format = sq_report_format_by_name(format, strlen(format));
        if (output->format == NULL) {
            return unknown_format(format, strlen(format), err);
        }
    }
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_OUTPUT]; i++) {
        if (outputs->n_list == SQ_OPTION_VALUES_MAX) {
            return sq_error_set(err, SQ_INVALID, "more than %d reports", SQ_OPTION_VALUES_MAX);
        }
        struct sq_output *output = &outputs->list[outputs->n_list++];
        enum sq_status status = read_one(arguments->values[SQ_OPTION_OUTPUT][i], output, err);
        if (status == SQ_OK) {
            status = check_path(output, n_scenarios, err);
        }
        if (status != SQ_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < outputs->n_list; i++) {
        outputs->stdout_taken = outputs->stdout_taken || strcmp(outputs->list[i].path, "-") == 0;
    }
    return SQ_OK;
}

/* folder/ + scenario's name + the format's first extension. */
static void add_path(struct sq_strbuf *path, const struct sq_output *output,
                     const struct sq_result *result)
{
    sq_strbuf_add(path, output->path);
    if (is_folder(output->path)) {
        const char *extensions = output->format->extensions;
        sq_strbuf_add(path, result->scenario->name);
        sq_strbuf_add_bytes(path, extensions, strcspn(extensions, " "));
    }
}

static enum sq_status put(const char *path, const struct sq_strbuf *report, bool say,
                          struct sq_error *err)
{
    if (strcmp(path, "-") == 0) {
        sq_print_out_buffer(report);
        return SQ_OK;
    }
    enum sq_status status = sq_file_write(path, sq_strbuf_text(report), report->length, err);
    if (status == SQ_OK && say) {
        sq_print_note_format("wrote %s\n", path);
    }
    return status;
}

enum sq_status sq_outputs_write(const struct sq_outputs *outputs, const struct sq_result *result,
                                const struct sq_report_options *options, bool say)
{
    enum sq_status first = SQ_OK;
    for (size_t i = 0; i < outputs->n_list; i++) {
        const struct sq_output *output = &outputs->list[i];
        struct sq_strbuf report = {0};
        struct sq_strbuf path = {0};
        struct sq_error err = {0};
        enum sq_status status = output->format->write(&report, result, options, &err);
        if (status == SQ_OK) {
            add_path(&path, output, result);
            status = sq_strbuf_failed(&path) ? sq_error_set(&err, SQ_NO_MEMORY, "out of memory")
                                             : put(sq_strbuf_text(&path), &report, say, &err);
        }
        if (status != SQ_OK) {
            sq_print_error(&err);
            first = first == SQ_OK ? status : first;
        }
        sq_strbuf_clear(&report);
        sq_strbuf_clear(&path);
    }
    return first;
}
