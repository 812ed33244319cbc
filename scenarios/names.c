/* SPDX-License-Identifier: MIT */
/* Finding what a name names, and reading it. */
#include "scenarios/names_int.h"

#include <string.h>

#include "base/spelling.h"
#include "base/strbuf.h"
#include "scenarios/source_int.h"

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t tail = strlen(ending);
    return length > tail && strcmp(text + length - tail, ending) == 0;
}

static bool is_yaml(const char *name)
{
    return ends_with(name, ".yaml") || ends_with(name, ".yml");
}

bool sq_name_is_file(const char *name)
{
    return strcmp(name, "-") == 0 || strchr(name, '/') != NULL || ends_with(name, ".json") ||
           ends_with(name, ".jsonc") || is_yaml(name);
}

const char *sq_name_stem(struct sq_reader *reader, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *begin = slash == NULL ? file : slash + 1;
    const char *dot = strrchr(begin, '.');
    bool ending = dot != NULL && (strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonc") == 0);
    return sq_reader_keep(reader, begin, ending ? (size_t)(dot - begin) : strlen(begin));
}

static struct sq_document *complain_unknown(struct sq_reader *reader,
                                            const struct sq_name_request *request)
{
    struct sq_spelling spelling = sq_spelling_start(request->name, strlen(request->name));
    struct sq_strbuf known = {0};
    for (size_t i = 0; request->built_in != NULL && i < request->built_in->n_files; i++) {
        sq_spelling_offer(&spelling, request->built_in->files[i].name);
        sq_strbuf_add_format(&known, "%s%s", i > 0 ? ", " : "", request->built_in->files[i].name);
    }
    const char *all = sq_phrase(reader, "built in: %s; a file has a `/` or ends with .json",
                                sq_phrase_of(reader, &known));
    if (request->built_in == NULL) {
        all = "a file has a `/` or ends with .json or .jsonc";
    }
    const char *hint = spelling.best == NULL
                           ? all
                           : sq_phrase(reader, "did you mean \"%s\"? (%s)", spelling.best, all);
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_UNKNOWN_NAME, request->node, false, NULL, hint},
                "no %s is named \"%s\"", request->what, request->name);
    return NULL;
}

static struct sq_document *complain_yaml(struct sq_reader *reader,
                                         const struct sq_name_request *request)
{
    sq_complain(reader,
                &(struct sq_complaint){
                    SQ_CODE_FORMAT, request->node, false, NULL,
                    sq_phrase(reader, "convert it: yq -o json . %s > %.*s.json", request->name,
                              (int)(strrchr(request->name, '.') - request->name), request->name)},
                "%s files are JSON, not YAML: %s", request->what, request->name);
    return NULL;
}

void sq_name_add_path(const struct sq_reader *reader, const char *name, struct sq_strbuf *path)
{
    const struct sq_document *document = reader->document;
    const char *slash = NULL;
    if (document != NULL && !document->built_in && name[0] != '/') {
        slash = strrchr(document->name, '/');
    }
    if (slash != NULL) {
        sq_strbuf_add_bytes(path, document->name, (size_t)(slash - document->name) + 1);
    }
    sq_strbuf_add(path, name);
}

static struct sq_document *open_file(struct sq_reader *reader,
                                     const struct sq_name_request *request, enum sq_status *status,
                                     struct sq_error *err)
{
    struct sq_strbuf path = {0};
    struct sq_strbuf text = {0};
    struct sq_error why = {0};
    struct sq_document *document = NULL;
    if (request->node != NULL) {
        sq_name_add_path(reader, request->name, &path);
    } else {
        sq_strbuf_add(&path, request->name);
    }
    enum sq_status read = SQ_NO_MEMORY;
    if (!sq_strbuf_failed(&path)) {
        read = sq_source_read(reader, sq_strbuf_text(&path), &text, &why);
    }
    if (read == SQ_OK) {
        const char *shown =
            strcmp(request->name, "-") == 0 ? "standard input" : sq_strbuf_text(&path);
        document = sq_reader_open(reader, shown, sq_strbuf_text(&text), text.length);
    } else if (read == SQ_ENVIRONMENT && request->node == NULL) {
        *status = read;
        *err = why;
    } else if (read == SQ_NO_MEMORY) {
        reader->no_memory = true;
    } else {
        sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_FILE, request->node, false, NULL,
                                   why.hint[0] == '\0' ? NULL : sq_phrase(reader, "%s", why.hint)},
            "%s", why.text);
    }
    sq_strbuf_clear(&path);
    sq_strbuf_clear(&text);
    return document;
}

struct sq_document *sq_name_open(struct sq_reader *reader, const struct sq_name_request *request,
                                 enum sq_status *status, struct sq_error *err)
{
    if (is_yaml(request->name)) {
        return complain_yaml(reader, request);
    }
    if (sq_name_is_file(request->name)) {
        return open_file(reader, request, status, err);
    }
    const struct sq_embedded_file *file =
        request->built_in == NULL ? NULL : sq_embedded_find(request->built_in, request->name);
    if (file == NULL) {
        return complain_unknown(reader, request);
    }
    struct sq_document *document = sq_reader_open(reader, file->name, file->text, file->length);
    if (document != NULL) {
        document->built_in = true;
    }
    return document;
}
