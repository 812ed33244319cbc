/* SPDX-License-Identifier: MIT */
/* How mistakes are said: place, path and phrases. And the documents whose text they point into. */
#include "scenarios/reader_int.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "base/spelling.h"
#include "base/strbuf.h"
#include "scenarios/overrides_int.h"
#include "scenarios/values_int.h"

/* One phrase; longer ones are cut. */
#define PHRASE_BYTES 1024

bool sq_reader_failed(const struct sq_reader *reader)
{
    return reader->no_memory || reader->diagnostics->no_memory;
}

void *sq_reader_scratch(struct sq_reader *reader, size_t count, size_t size)
{
    void *memory = sq_arena_new(reader->scratch, count, size);
    reader->no_memory |= memory == NULL;
    return memory;
}

const char *sq_reader_keep(struct sq_reader *reader, const char *text, size_t length)
{
    const char *copy = sq_arena_text(reader->arena, text, length);
    reader->no_memory |= copy == NULL;
    return copy;
}

const char *sq_phrase(struct sq_reader *reader, const char *format, ...)
{
    char phrase[PHRASE_BYTES];
    va_list arguments;
    if (!sq_diagnostics_has_room(reader->diagnostics)) {
        return "";
    }
    va_start(arguments, format);
    sq_strbuf_format_cut(phrase, sizeof(phrase), format, arguments);
    va_end(arguments);
    const char *copy = sq_arena_text(reader->scratch, phrase, strlen(phrase));
    reader->no_memory |= copy == NULL;
    return copy == NULL ? "" : copy;
}

const char *sq_phrase_of(struct sq_reader *reader, struct sq_strbuf *buffer)
{
    const char *phrase = sq_phrase(reader, "%s", sq_strbuf_text(buffer));
    reader->no_memory |= sq_strbuf_failed(buffer);
    sq_strbuf_clear(buffer);
    return phrase;
}

/* The child of parent that holds what stands at offset. */
static const struct sq_json *child_at(const struct sq_json *parent, size_t offset, size_t *index)
{
    const struct sq_json *found = NULL;
    size_t i = 0;
    for (const struct sq_json *child = sq_json_first(parent);
         child != NULL && sq_json_where(child).offset <= offset; child = sq_json_next(child), i++) {
        found = child;
        *index = i;
    }
    return found;
}

const char *sq_path_of(struct sq_reader *reader, const struct sq_json *node)
{
    struct sq_strbuf path = {0};
    const struct sq_json *at = sq_json_root(reader->document->json);
    size_t offset = sq_json_where(node).offset;
    size_t index = 0;
    if (!sq_diagnostics_has_room(reader->diagnostics)) {
        return "";
    }
    while (at != node) {
        at = child_at(at, offset, &index);
        if (at == NULL) {
            break; /* of another document: only its name is lost */
        }
        if (sq_json_key(at) == NULL) {
            sq_strbuf_add_format(&path, "[%zu]", index);
        } else {
            sq_strbuf_add_format(&path, "%s%s", path.length > 0 ? "." : "", sq_json_key(at));
        }
    }
    if (path.length == 0) {
        sq_strbuf_add(&path, "the file");
    }
    return sq_phrase_of(reader, &path);
}

static void count_place(const struct sq_origin *origin, struct sq_mistake *mistake)
{
    mistake->line = 1;
    mistake->column = 1;
    for (size_t i = 0; i < origin->offset; i++) {
        bool starts = ((unsigned char)origin->source[i] & 0xc0) != 0x80;
        bool ends_line = origin->source[i] == '\n';
        mistake->line += ends_line;
        mistake->column = ends_line ? 1 : mistake->column + starts;
    }
}

/* Where a node stands: in the file, or in the option that put it there. */
static void place_mistake(const struct sq_document *document, struct sq_json_where where,
                          struct sq_mistake *mistake)
{
    struct sq_origin origin = sq_document_origin(document, where.offset, where.width);
    mistake->line = where.line;
    mistake->column = where.column;
    if (origin.of_option) {
        mistake->file = "command line";
        mistake->line = 0;
    } else if (document->pieces != NULL) {
        count_place(&origin, mistake);
    }
    mistake->width = origin.width;
    mistake->begin = origin.source;
    mistake->at = origin.source + origin.offset;
    mistake->end = origin.source + origin.source_length;
}

bool sq_complain(struct sq_reader *reader, const struct sq_complaint *complaint, const char *format,
                 ...)
{
    char text[PHRASE_BYTES];
    const struct sq_document *document = reader->document;
    struct sq_mistake mistake = {.code = complaint->code,
                                 .file = document == NULL ? "command line" : document->name,
                                 .text = text,
                                 .label = complaint->label,
                                 .hint = complaint->hint};
    va_list arguments;
    va_start(arguments, format);
    sq_strbuf_format_cut(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (complaint->node != NULL) {
        sq_assert(document != NULL);
        struct sq_json_where where =
            complaint->at_key ? sq_json_key_where(complaint->node) : sq_json_where(complaint->node);
        place_mistake(document, where, &mistake);
    }
    sq_diagnostics_add(reader->diagnostics, &mistake);
    return false;
}

static const char *kind_shown(const struct sq_json *node)
{
    switch (sq_json_kind(node)) {
    case SQ_JSON_NULL:
        return "null";
    case SQ_JSON_BOOL:
        return sq_json_bool(node) ? "true" : "false";
    case SQ_JSON_NUMBER:
        return "a number";
    case SQ_JSON_STRING:
        return "a text";
    case SQ_JSON_ARRAY:
        return "a list";
    case SQ_JSON_OBJECT:
        return "an object";
    }
    sq_assert(false && "every kind of value is listed above");
    return "";
}

bool sq_expect(struct sq_reader *reader, const struct sq_json *node, enum sq_json_kind kind,
               const char *expected)
{
    if (sq_json_kind(node) == kind) {
        return true;
    }
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_WRONG_TYPE, node, false, kind_shown(node),
                                              sq_json_kind(node) == SQ_JSON_NULL
                                                  ? "leave the field out to get its default"
                                                  : NULL},
                       "`%s` must be %s", sq_path_of(reader, node), expected);
}

const char *sq_words_listed(struct sq_reader *reader, const struct sq_word *words)
{
    struct sq_strbuf text = {0};
    for (const struct sq_word *word = words; word->word != NULL; word++) {
        if (!word->later && word->foreign == NULL) {
            sq_strbuf_add_format(&text, "%s%s", text.length > 0 ? ", " : "", word->word);
        }
    }
    return sq_phrase_of(reader, &text);
}

static const char *word_hint(struct sq_reader *reader, const struct sq_word *words,
                             const char *written)
{
    struct sq_spelling spelling = sq_spelling_start(written, strlen(written));
    for (const struct sq_word *word = words; word->word != NULL; word++) {
        if (word->foreign != NULL && strcmp(word->word, written) == 0) {
            return word->foreign;
        }
        if (word->foreign == NULL) {
            sq_spelling_offer(&spelling, word->word);
        }
    }
    return spelling.best == NULL ? sq_phrase(reader, "allowed: %s", sq_words_listed(reader, words))
                                 : sq_phrase(reader, "did you mean \"%s\"? (allowed: %s)",
                                             spelling.best, sq_words_listed(reader, words));
}

const struct sq_word *sq_read_word(struct sq_reader *reader, const struct sq_word *words,
                                   const struct sq_json *node)
{
    if (!sq_expect(reader, node, SQ_JSON_STRING,
                   sq_phrase(reader, "one of %s", sq_words_listed(reader, words)))) {
        return NULL;
    }
    size_t length;
    const char *written = sq_json_text(node, &length);
    for (const struct sq_word *word = words; word->word != NULL; word++) {
        if (word->foreign == NULL && strlen(word->word) == length &&
            strcmp(word->word, written) == 0) {
            if (!word->later) {
                return word;
            }
            sq_complain(reader,
                        &(struct sq_complaint){SQ_CODE_UNSUPPORTED, node, false,
                                               "not supported yet",
                                               sq_phrase(reader, "this version has: %s",
                                                         sq_words_listed(reader, words))},
                        "\"%s\" in `%s` is not supported by this version", written,
                        sq_path_of(reader, node));
            return NULL;
        }
    }
    sq_complain(reader,
                &(struct sq_complaint){SQ_CODE_WORD, node, false, "unknown word",
                                       word_hint(reader, words, written)},
                "`%s` cannot be \"%s\"", sq_path_of(reader, node), written);
    return NULL;
}

/* Reports what was found wrong in a document, at its place. */
static void complain_of(struct sq_reader *reader, const struct sq_document *document,
                        enum sq_code code, const struct sq_error *err)
{
    struct sq_mistake mistake = {.code = code,
                                 .file = document->name,
                                 .line = err->line,
                                 .column = err->column,
                                 .width = err->width,
                                 .begin = document->text,
                                 .end = document->text + document->length,
                                 .text = err->text,
                                 .hint = err->hint};
    const char *at = document->text;
    for (uint32_t line = 1; line < err->line && at < mistake.end; at++) {
        line += *at == '\n';
    }
    for (uint32_t column = 1; column < err->column && at < mistake.end; at++) {
        column += at + 1 == mistake.end || ((unsigned char)at[1] & 0xc0) != 0x80;
    }
    mistake.at = err->line > 0 ? at : NULL;
    sq_diagnostics_add(reader->diagnostics, &mistake);
}

void sq_complain_at(struct sq_reader *reader, enum sq_code code, const struct sq_error *err)
{
    complain_of(reader, reader->document, code, err);
}

struct sq_document *sq_reader_open(struct sq_reader *reader, const char *name, const char *text,
                                   size_t length)
{
    struct sq_document *document = sq_reader_scratch(reader, 1, sizeof(*document));
    struct sq_error err = {0};
    size_t name_length = strlen(name);
    if (document == NULL) {
        return NULL;
    }
    *document = (struct sq_document){.name = sq_arena_text(reader->scratch, name, name_length),
                                     .text = sq_arena_text(reader->scratch, text, length),
                                     .length = length,
                                     .next = reader->documents};
    if (document->name == NULL || document->text == NULL) {
        reader->no_memory = true;
        return NULL;
    }
    struct sq_json_options options = {.file = document->name,
                                      .jsonc = name_length > 6 &&
                                               strcmp(name + name_length - 6, ".jsonc") == 0};
    enum sq_status status = sq_json_read(document->text, length, &options, &document->json, &err);
    if (status != SQ_OK) {
        reader->no_memory |= status == SQ_NO_MEMORY;
        complain_of(reader, document, SQ_CODE_SYNTAX, &err);
        return NULL;
    }
    reader->documents = document;
    return document;
}

void sq_reader_close(struct sq_reader *reader)
{
    for (struct sq_document *document = reader->documents; document != NULL;
         document = document->next) {
        sq_json_free(document->json);
    }
    reader->documents = NULL;
}

bool sq_read_word_value(struct sq_reader *reader, const struct sq_shape *shape,
                        const struct sq_json *node, void *into, size_t size)
{
    const struct sq_word *word = sq_read_word(reader, shape->words, node);
    if (word == NULL) {
        return false;
    }
    sq_store_integer(into, size, word->value);
    return true;
}
