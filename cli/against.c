/* SPDX-License-Identifier: MIT */
/* See against.h. Violations go to standard error, one line each; the count to standard output. */
#include "cli/against.h"

#include <string.h>

#include "cli/command.h"
#include "cli/print.h"
#include "host/file.h"
#include "wire/schema.h"

struct against {
    struct sq_json_document *document;
    struct sq_schema *schema;
    bool json_only; /* the schema is `true` */
};

struct counts {
    size_t n_valid;
    size_t n_not_valid;
    size_t n_unread;
};

static enum sq_status read_word(const char *word, struct sq_strbuf *content, struct sq_error *err)
{
    if (word[0] == '{' || strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
        sq_strbuf_add(content, word);
        return SQ_OK;
    }
    return sq_file_read(word, SQ_FILE_INPUT_MAX_BYTES, content, err);
}

static enum sq_status read_schema(const char *word, struct against *against, struct sq_error *err)
{
    struct sq_strbuf content = {0};
    struct sq_json_options options = {.file = word[0] == '{' ? "--against" : word};
    enum sq_status status = read_word(word, &content, err);
    if (status == SQ_OK) {
        status = sq_json_read(sq_strbuf_text(&content), content.length, &options,
                              &against->document, err);
    }
    sq_strbuf_clear(&content);
    if (status != SQ_OK) {
        return status;
    }
    const struct sq_json *root = sq_json_root(against->document);
    against->json_only = sq_json_kind(root) == SQ_JSON_BOOL && sq_json_bool(root);
    return sq_schema_compile(root, options.file, &against->schema, err);
}

static enum sq_status scan(const char *file, const struct sq_strbuf *content, struct sq_error *err)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, sq_strbuf_text(content), content->length, false);
    while (sq_json_scan_next(&scan, &token)) {
    }
    return scan.problem == SQ_JSON_PROBLEM_NONE ? SQ_OK : sq_json_scan_error(&scan, file, err);
}

static enum sq_status check_content(const struct against *against, const char *file,
                                    const struct sq_strbuf *content,
                                    struct sq_schema_violation *first, struct sq_error *err)
{
    struct sq_json_options options = {.file = file};
    struct sq_json_document *document = NULL;
    *first = (struct sq_schema_violation){0};
    if (against->json_only) {
        return scan(file, content, err);
    }
    enum sq_status status =
        sq_json_read(sq_strbuf_text(content), content->length, &options, &document, err);
    if (status == SQ_OK) {
        status = sq_schema_check(against->schema, sq_json_root(document), first, err);
    }
    sq_json_free(document);
    return status;
}

static void print_violation(const char *file, const struct sq_schema_violation *first)
{
    struct sq_strbuf line = {0};
    sq_strbuf_add_format(&line, "%s:%u:%u: ", file, first->where.line, first->where.column);
    if (first->value_path[0] == '\0') {
        sq_strbuf_add(&line, "the whole value: ");
    } else {
        sq_strbuf_add_format(&line, "`%s`: ", first->value_path);
    }
    sq_strbuf_add_format(&line, "%s (`%s`", first->why, first->keyword);
    if (first->schema_path[0] != '\0') {
        sq_strbuf_add_format(&line, ", `%s` in the schema", first->schema_path);
    }
    sq_strbuf_add(&line, ")\n");
    sq_print_note_buffer(&line);
    sq_strbuf_clear(&line);
}

static int check_file(const struct against *against, const char *file, struct counts *counts)
{
    struct sq_error err = {0};
    struct sq_strbuf content = {0};
    struct sq_schema_violation first;
    enum sq_status status = sq_file_read(file, SQ_FILE_INPUT_MAX_BYTES, &content, &err);
    if (status == SQ_OK) {
        status = check_content(against, file, &content, &first, &err);
    }
    sq_strbuf_clear(&content);
    if (status != SQ_OK) {
        sq_print_error(&err);
        counts->n_unread++;
        return sq_print_exit_code(status);
    }
    if (first.found) {
        print_violation(file, &first);
        counts->n_not_valid++;
        return SQ_EXIT_FAILED;
    }
    counts->n_valid++;
    return SQ_EXIT_PASSED;
}

static void add_count(struct sq_strbuf *line, size_t count, const char *what)
{
    if (count > 0) {
        sq_strbuf_add_format(line, "%s%zu %s", line->length > 0 ? ", " : "", count, what);
    }
}

static void print_counts(const struct counts *counts)
{
    struct sq_strbuf line = {0};
    add_count(&line, counts->n_valid, "valid");
    add_count(&line, counts->n_not_valid, "not valid");
    add_count(&line, counts->n_unread, "could not be checked");
    sq_strbuf_add_char(&line, '\n');
    sq_print_out_buffer(&line);
    sq_strbuf_clear(&line);
}

int sq_check_against(const struct sq_arguments *arguments)
{
    struct against against = {0};
    struct counts counts = {0};
    struct sq_error err = {0};
    int code = SQ_EXIT_PASSED;
    enum sq_status status =
        read_schema(sq_arguments_value(arguments, SQ_OPTION_AGAINST, ""), &against, &err);
    if (status != SQ_OK) {
        sq_print_error(&err);
        code = sq_print_exit_code(status);
    }
    for (size_t i = 0; i < arguments->n_names && status == SQ_OK; i++) {
        code = sq_exit_graver(code, check_file(&against, arguments->names[i], &counts));
    }
    if (status == SQ_OK && !sq_arguments_has(arguments, SQ_OPTION_QUIET)) {
        print_counts(&counts);
    }
    sq_schema_free(against.schema);
    sq_json_free(against.document);
    return code;
}
