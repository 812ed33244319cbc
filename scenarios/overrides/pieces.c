/* SPDX-License-Identifier: MIT */
/* A document's text as pieces of different origin, and putting in new ones. */
#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "scenarios/overrides/overrides_int.h"
#include "scenarios/overrides_int.h"

static bool is_jsonc(const struct sq_document *document)
{
    size_t length = strlen(document->name);
    return length > 6 && strcmp(document->name + length - 6, ".jsonc") == 0;
}

size_t sq_document_value_bytes(const struct sq_document *document, size_t offset)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, document->text + offset, document->length - offset,
                      is_jsonc(document));
    bool good = sq_json_scan_next(&scan, &token) && sq_json_scan_skip(&scan, &token);
    sq_assert(good && "the document was read before");
    return scan.at;
}

static const struct sq_piece *piece_at(const struct sq_document *document, size_t offset)
{
    const struct sq_piece *found = &document->pieces[0];
    for (uint32_t i = 1; i < document->n_pieces && document->pieces[i].at <= offset; i++) {
        found = &document->pieces[i];
    }
    return found;
}

struct sq_origin sq_document_origin(const struct sq_document *document, size_t offset,
                                    uint32_t width)
{
    if (document->pieces == NULL) {
        return (struct sq_origin){.source = document->text,
                                  .source_length = document->length,
                                  .offset = offset,
                                  .width = width};
    }
    const struct sq_piece *piece = piece_at(document, offset);
    return (struct sq_origin){.source = piece->source,
                              .source_length = piece->source_length,
                              .offset = piece->offset + (piece->fixed ? 0 : offset - piece->at),
                              .width = piece->fixed && piece->width > 0 ? piece->width : width,
                              .of_option = piece->of_option};
}

/* ---- splicing ---- */

struct splicing {
    struct sq_piece *pieces;
    uint32_t n_pieces;
    struct sq_strbuf text;
};

static void add_piece(struct splicing *splicing, struct sq_piece piece, const char *text)
{
    if (piece.length > 0) {
        piece.at = splicing->text.length;
        splicing->pieces[splicing->n_pieces++] = piece;
        sq_strbuf_add_bytes(&splicing->text, text, piece.length);
    }
}

/* What is left of the old pieces within [from, to). */
static void add_old(struct splicing *splicing, const struct sq_document *document, size_t from,
                    size_t to)
{
    for (uint32_t i = 0; i < document->n_pieces; i++) {
        struct sq_piece piece = document->pieces[i];
        size_t begin = piece.at > from ? piece.at : from;
        size_t end = piece.at + piece.length < to ? piece.at + piece.length : to;
        if (begin < end) {
            piece.offset += piece.fixed ? 0 : begin - piece.at;
            piece.length = end - begin;
            add_piece(splicing, piece, document->text + begin);
        }
    }
}

/* A document that was not touched yet is one piece. */
static bool begin_pieces(struct sq_reader *reader, struct sq_document *document)
{
    if (document->pieces != NULL) {
        return true;
    }
    struct sq_piece *whole = sq_reader_scratch(reader, 1, sizeof(*whole));
    if (whole == NULL) {
        return false;
    }
    *whole = (struct sq_piece){
        .length = document->length, .source = document->text, .source_length = document->length};
    document->pieces = whole;
    document->n_pieces = 1;
    return true;
}

static bool read_again(struct sq_reader *reader, struct sq_document *document,
                       const struct splicing *splicing)
{
    struct sq_json_document *json = NULL;
    struct sq_error err = {0};
    struct sq_json_options options = {.file = document->name, .jsonc = is_jsonc(document)};
    const char *text =
        sq_arena_text(reader->scratch, sq_strbuf_text(&splicing->text), splicing->text.length);
    if (text == NULL || sq_strbuf_failed(&splicing->text) ||
        sq_json_read(text, splicing->text.length, &options, &json, &err) == SQ_NO_MEMORY) {
        reader->no_memory = true;
        return false;
    }
    if (json == NULL) {
        const struct sq_complaint complaint = {SQ_CODE_OVERRIDE, NULL, false, NULL, NULL};
        return sq_complain(reader, &complaint, "--set makes the text unreadable: %s", err.text);
    }
    sq_json_free(document->json);
    document->json = json;
    document->text = text;
    document->length = splicing->text.length;
    document->pieces = splicing->pieces;
    document->n_pieces = splicing->n_pieces;
    return true;
}

bool sq_document_splice(struct sq_reader *reader, struct sq_document *document,
                        const struct sq_override_splice *splice)
{
    struct splicing splicing = {0};
    if (!begin_pieces(reader, document)) {
        return false;
    }
    /* A cut piece becomes two. */
    splicing.pieces = sq_reader_scratch(reader, document->n_pieces + splice->n_pieces + 1,
                                        sizeof(*splicing.pieces));
    if (splicing.pieces == NULL) {
        return false;
    }
    add_old(&splicing, document, 0, splice->at);
    for (size_t i = 0; i < splice->n_pieces; i++) {
        add_piece(&splicing, splice->pieces[i], splice->texts[i]);
    }
    add_old(&splicing, document, splice->at + splice->removed, document->length);
    bool good = read_again(reader, document, &splicing);
    sq_strbuf_clear(&splicing.text);
    return good;
}
