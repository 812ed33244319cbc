/* SPDX-License-Identifier: MIT */
/* See schema_entries.h. */
#include "tests/fuzz/schema_entries.h"

#include <string.h>

#include "base/assert.h"
#include "wire/json.h"
#include "wire/pattern.h"
#include "wire/repair.h"
#include "wire/schema.h"

struct two_texts {
    const char *first;
    size_t first_length;
    const char *second;
    size_t second_length;
};

static struct two_texts split(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    const char *nul = length == 0 ? NULL : memchr(text, '\0', length);
    if (nul == NULL) {
        return (struct two_texts){text, length, "", 0};
    }
    size_t first_length = (size_t)(nul - text);
    return (struct two_texts){text, first_length, nul + 1, length - first_length - 1};
}

static struct sq_json_document *read_json(const char *text, size_t length)
{
    struct sq_json_document *document = NULL;
    struct sq_error err = {0};
    enum sq_status status = sq_json_read(text, length, NULL, &document, &err);
    sq_assert((status == SQ_OK) == (document != NULL));
    return document;
}

static void check_value(const struct sq_schema *schema, const struct sq_json *value)
{
    struct sq_schema_violation first = {0};
    struct sq_error err = {0};
    enum sq_status status = sq_schema_check(schema, value, &first, &err);
    sq_assert(status == SQ_OK || status == SQ_LIMIT || status == SQ_NO_MEMORY);
    sq_assert(status == SQ_OK || err.text[0] != '\0');
    sq_assert(!first.found || first.why[0] != '\0');
    sq_assert(!first.found || first.keyword[0] != '\0');
}

void sq_fuzz_schema(const uint8_t *bytes, size_t length)
{
    struct two_texts texts = split(bytes, length);
    struct sq_json_document *source = read_json(texts.first, texts.first_length);
    struct sq_json_document *value = read_json(texts.second, texts.second_length);
    struct sq_schema *schema = NULL;
    struct sq_error err = {0};
    if (source != NULL) {
        enum sq_status status = sq_schema_compile(sq_json_root(source), "s.json", &schema, &err);
        sq_assert((status == SQ_OK) == (schema != NULL));
        sq_assert(status == SQ_OK || err.text[0] != '\0');
    }
    if (schema != NULL && value != NULL) {
        check_value(schema, sq_json_root(value));
    }
    if (schema != NULL) {
        check_value(schema, sq_json_root(source));
    }
    sq_schema_free(schema);
    sq_json_free(value);
    sq_json_free(source);
}

void sq_fuzz_pattern(const uint8_t *bytes, size_t length)
{
    struct two_texts texts = split(bytes, length);
    struct sq_pattern *pattern = NULL;
    struct sq_error err = {0};
    enum sq_status status = sq_pattern_new(texts.first, texts.first_length, &pattern, &err);
    sq_assert((status == SQ_OK) == (pattern != NULL));
    sq_assert(status == SQ_OK || err.text[0] != '\0');
    if (pattern != NULL) {
        bool found = false;
        status = sq_pattern_find(pattern, texts.second, texts.second_length, &found, &err);
        sq_assert(status != SQ_OK || !found || texts.first_length <= SQ_PATTERN_BYTES_MAX);
    }
    sq_pattern_free(pattern);
}

void sq_fuzz_repair(const uint8_t *bytes, size_t length)
{
    if (length < 1) {
        return;
    }
    unsigned steps = bytes[0] & SQ_REPAIR_ALL;
    struct sq_strbuf out = {0};
    struct sq_strbuf again = {0};
    enum sq_repair_step helped = SQ_REPAIR_NONE;
    enum sq_status status =
        sq_repair_apply(steps, (const char *)bytes + 1, length - 1, &out, &helped);
    sq_assert(status == SQ_OK || status == SQ_INVALID || status == SQ_NO_MEMORY);
    if (status == SQ_OK) {
        sq_assert(helped == SQ_REPAIR_NONE || (steps & 1u << helped) != 0);
        sq_assert(sq_repair_apply(steps, sq_strbuf_text(&out), out.length, &again, &helped) ==
                  SQ_OK);
        sq_assert(helped == SQ_REPAIR_NONE);
        sq_assert(strcmp(sq_strbuf_text(&again), sq_strbuf_text(&out)) == 0);
    }
    sq_strbuf_clear(&again);
    sq_strbuf_clear(&out);
}
