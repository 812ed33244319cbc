/* SPDX-License-Identifier: MIT */
/* See wire_entries.h. */
#include "tests/fuzz/wire_entries.h"

#include <string.h>

#include "base/assert.h"
#include "base/digest.h"
#include "wire/contract.h"
#include "wire/dialect.h"
#include "wire/json.h"
#include "wire/sse.h"
#include "wire/text.h"

/* Places go forward, stay inside the text and begin at 1. */
static size_t check_node(const struct sq_json *node, size_t length)
{
    struct sq_json_where where = sq_json_where(node);
    struct sq_json_where key = sq_json_key_where(node);
    size_t text_length = 0;
    int64_t value;
    sq_assert(where.offset < length);
    sq_assert(where.line >= 1 && where.column >= 1 && where.width >= 1);
    sq_assert(key.offset <= where.offset);
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        const char *text = sq_json_text(node, &text_length);
        sq_assert(sq_text_valid(text, text_length));
    }
    if (sq_json_int64(node, &value)) {
        int64_t same;
        sq_assert(sq_json_decimal(node, 0, &same));
        sq_assert(same == value);
    }
    size_t n_nodes = 1;
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        n_nodes += check_node(child, length);
    }
    return n_nodes;
}

static void read_document(const char *text, size_t length, bool jsonc)
{
    struct sq_json_options options = {.file = "fuzz.json", .jsonc = jsonc};
    struct sq_json_document *document = NULL;
    struct sq_error err = {0};
    enum sq_status status = sq_json_read(text, length, &options, &document, &err);
    sq_assert((status == SQ_OK) == (document != NULL));
    sq_assert(status == SQ_OK || err.text[0] != '\0');
    if (document != NULL) {
        sq_assert(check_node(sq_json_root(document), length) <= length);
    }
    sq_json_free(document);
}

void sq_fuzz_json(const uint8_t *bytes, size_t length)
{
    read_document((const char *)bytes, length, false);
    read_document((const char *)bytes, length, true);
}

/* A digest over the events of the bytes, fed in chunks of this size. */
static uint64_t digest_events(const char *bytes, size_t length, size_t chunk)
{
    struct sq_sse_reader reader = {0};
    struct sq_digest digest = {0};
    for (size_t at = 0; at < length; at += chunk) {
        size_t n = length - at < chunk ? length - at : chunk;
        size_t used = 0;
        struct sq_sse_event event;
        while (sq_sse_feed(&reader, bytes + at, n, &used, &event) == SQ_SSE_EVENT) {
            sq_digest_add(&digest, sq_digest_name(event.name, event.name_length));
            sq_digest_add(&digest, sq_digest_name(event.data, event.data_length));
            sq_digest_add(&digest, event.data_length);
        }
    }
    sq_sse_clear(&reader);
    return sq_digest_value(&digest);
}

void sq_fuzz_sse(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    uint64_t whole = digest_events(text, length, length + 1);
    uint64_t single = digest_events(text, length, 1);
    sq_assert(whole == single);
}

void sq_fuzz_request(const uint8_t *bytes, size_t length)
{
    for (enum sq_dialect_id id = 0; id < SQ_DIALECTS; id++) {
        struct sq_request_reading reading;
        struct sq_error err = {0};
        enum sq_status status =
            sq_dialect_row(id)->read_request((const char *)bytes, length, &reading, &err);
        sq_assert(status == SQ_OK || err.text[0] != '\0');
        sq_assert(status != SQ_OK || reading.model[0] != '\0' || length > 0);
        sq_assert(reading.input_tokens <= length);
    }
}

static void read_stream(const struct sq_dialect *dialect, const char *bytes, size_t length)
{
    static const struct sq_contract contract = {.json = true};
    struct sq_sse_reader reader = {0};
    struct sq_sse_event event;
    struct sq_stream stream;
    size_t used = 0;
    sq_stream_init(&stream, dialect, &contract, NULL);
    while (sq_sse_feed(&reader, bytes, length, &used, &event) == SQ_SSE_EVENT) {
        sq_stream_feed(&stream, &event);
    }
    enum sq_status status = sq_stream_end(&stream);
    sq_assert(status == SQ_OK || status == SQ_NO_MEMORY);
    sq_assert(stream.answer.reading.klass < SQ_CLASSES);
    sq_stream_clear(&stream);
    sq_sse_clear(&reader);
}

void sq_fuzz_contract(const uint8_t *bytes, size_t length)
{
    static const struct sq_contract contract = {.json = true};
    for (enum sq_dialect_id id = 0; id < SQ_DIALECTS; id++) {
        struct sq_contract_bytes answer_bytes = {
            .status = 200, .body = (const char *)bytes, .length = length};
        struct sq_contract_answer answer;
        enum sq_status status =
            sq_contract_read_answer(sq_dialect_row(id), &contract, &answer_bytes, &answer);
        sq_assert(status == SQ_OK || status == SQ_NO_MEMORY);
        sq_assert(answer.reading.klass < SQ_CLASSES);
        read_stream(sq_dialect_row(id), (const char *)bytes, length);
    }
}

void sq_fuzz_text(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    size_t width = sq_text_width(text, length);
    size_t half = sq_text_cut(text, length, width / 2);
    sq_assert(half <= length);
    sq_assert(sq_text_width(text, half) <= width / 2);
    sq_assert(sq_text_cut(text, length, width) == length);
    sq_assert(!sq_text_valid(text, length) || sq_text_valid(text, half));
}
