/* SPDX-License-Identifier: MIT */
/* See samples_int.h. */
#include "scenarios/samples_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/json_write.h"
#include "wire/token.h"

/* Schemas inside each other that a sample follows; one that refers to itself has no end. */
#define DEPTH_MAX 32
/* Filler that a place must take: 1 MiB, more than any model answers with. */
#define LONG_TOKENS 262144u
/* Strings that are tried with so much filler. */
#define TRIES_MAX 16

/* ---- one line of ASCII ---- */

/* The code point that begins at text (valid UTF-8), and its bytes. */
static uint32_t code_point(const char *text, size_t *bytes)
{
    unsigned char first = (unsigned char)text[0];
    *bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t point = first & (0x7fu >> *bytes);
    for (size_t i = 1; i < *bytes; i++) {
        point = point << 6 | ((unsigned char)text[i] & 0x3fu);
    }
    return point;
}

static void add_escaped(struct sq_strbuf *out, uint32_t point)
{
    if (point < 0x10000) {
        sq_strbuf_add_format(out, "\\u%04x", point);
        return;
    }
    point -= 0x10000;
    sq_strbuf_add_format(out, "\\u%04x\\u%04x", 0xd800 + (point >> 10), 0xdc00 + (point & 0x3ff));
}

/* Source text of JSON, with what is not ASCII (inside strings only) as escapes. */
static void add_ascii(struct sq_strbuf *out, const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t bytes = 1;
        if ((unsigned char)text[at] < 0x80) {
            sq_strbuf_add_char(out, text[at]);
        } else {
            add_escaped(out, code_point(text + at, &bytes));
        }
        at += bytes;
    }
}

static bool is_end(const struct sq_json_token *token)
{
    return token->event == SQ_JSON_OBJECT_END || token->event == SQ_JSON_ARRAY_END;
}

static void add_token(struct sq_strbuf *out, const struct sq_json_token *token)
{
    static const char *const words[] = {
        [SQ_JSON_OBJECT_BEGIN] = "{",  [SQ_JSON_OBJECT_END] = "}",
        [SQ_JSON_ARRAY_BEGIN] = "[",   [SQ_JSON_ARRAY_END] = "]",
        [SQ_JSON_TRUE_VALUE] = "true", [SQ_JSON_FALSE_VALUE] = "false",
        [SQ_JSON_NULL_VALUE] = "null", [SQ_JSON_MEMBER_KEY] = NULL};
    bool quoted = token->event == SQ_JSON_MEMBER_KEY || token->event == SQ_JSON_TEXT_VALUE;
    if (!quoted && token->event != SQ_JSON_NUMBER_VALUE) {
        sq_strbuf_add(out, words[token->event]);
        return;
    }
    sq_strbuf_add(out, quoted ? "\"" : "");
    add_ascii(out, token->text, token->length);
    sq_strbuf_add(out, token->event == SQ_JSON_MEMBER_KEY ? "\":" : quoted ? "\"" : "");
}

void sq_sample_add_value(struct sq_strbuf *out, const struct sq_document *document,
                         const struct sq_json *value)
{
    size_t offset = sq_json_where(value).offset;
    struct sq_json_scan scan;
    struct sq_json_token token;
    bool after_value = false;
    /* What follows the value is never looked at, so comments of a .jsonc may stand in it. */
    sq_json_scan_init(&scan, document->text + offset, document->length - offset, true);
    while (sq_json_scan_next(&scan, &token)) {
        if (after_value && !is_end(&token)) {
            sq_strbuf_add_char(out, ',');
        }
        add_token(out, &token);
        after_value = is_end(&token) || token.event >= SQ_JSON_TEXT_VALUE;
        if (scan.depth == 0) {
            return;
        }
    }
}

/* ---- from a schema ---- */

struct maker {
    const struct sq_document *document;
    const struct sq_json *root; /* what `#` means */
    struct sq_strbuf *out;
    int depth;
};

static void add_instance(struct maker *maker, const struct sq_json *schema);

static bool is_text(const struct sq_json *node, const char *text)
{
    return node != NULL && sq_json_kind(node) == SQ_JSON_STRING &&
           strcmp(sq_json_text(node, NULL), text) == 0;
}

/* The least count a keyword asks for; 0 without it. */
static int64_t least(const struct sq_json *schema, const char *keyword)
{
    const struct sq_json *node = sq_json_member(schema, keyword);
    int64_t count = 0;
    if (node == NULL || !sq_json_int64(node, &count) || count < 0) {
        return 0;
    }
    return count < SQ_SAMPLE_BYTES_MAX ? count : SQ_SAMPLE_BYTES_MAX;
}

static void add_object(struct maker *maker, const struct sq_json *schema)
{
    const struct sq_json *properties = sq_json_member(schema, "properties");
    const struct sq_json *required = sq_json_member(schema, "required");
    const char *comma = "";
    sq_strbuf_add_char(maker->out, '{');
    for (const struct sq_json *key = required == NULL ? NULL : sq_json_first(required); key != NULL;
         key = sq_json_next(key)) {
        size_t length;
        const char *name = sq_json_text(key, &length);
        sq_strbuf_add(maker->out, comma);
        sq_json_write_quoted(maker->out, name, length);
        sq_strbuf_add_char(maker->out, ':');
        add_instance(maker, properties == NULL ? NULL : sq_json_member(properties, name));
        comma = ",";
    }
    sq_strbuf_add_char(maker->out, '}');
}

static void add_array(struct maker *maker, const struct sq_json *schema)
{
    const struct sq_json *items = sq_json_member(schema, "items");
    const struct sq_json *prefix = sq_json_member(schema, "prefixItems");
    const struct sq_json *item = prefix == NULL ? NULL : sq_json_first(prefix);
    int64_t n = least(schema, "minItems");
    sq_strbuf_add_char(maker->out, '[');
    for (int64_t i = 0; i < n && maker->out->length <= SQ_SAMPLE_BYTES_MAX; i++) {
        sq_strbuf_add(maker->out, i > 0 ? "," : "");
        add_instance(maker, item != NULL ? item : items);
        item = item == NULL ? NULL : sq_json_next(item);
    }
    sq_strbuf_add_char(maker->out, ']');
}

static void add_number(struct maker *maker, const struct sq_json *schema)
{
    const struct sq_json *minimum = sq_json_member(schema, "minimum");
    const struct sq_json *above = sq_json_member(schema, "exclusiveMinimum");
    const struct sq_json *maximum = sq_json_member(schema, "maximum");
    int64_t bound = 0;
    if (minimum != NULL) {
        sq_strbuf_add(maker->out, sq_json_digits(minimum, NULL));
    } else if (above != NULL && sq_json_int64(above, &bound) && bound < INT64_MAX) {
        sq_strbuf_add_format(maker->out, "%lld", (long long)bound + 1);
    } else if (maximum != NULL && sq_json_digits(maximum, NULL)[0] == '-') {
        sq_strbuf_add(maker->out, sq_json_digits(maximum, NULL));
    } else {
        sq_strbuf_add_char(maker->out, '0');
    }
}

static void add_string(struct maker *maker, const struct sq_json *schema)
{
    sq_strbuf_add_char(maker->out, '"');
    sq_strbuf_add_repeated(maker->out, "x", (size_t)least(schema, "minLength"));
    sq_strbuf_add_char(maker->out, '"');
}

struct kind {
    const char *type;
    const char *keywords[4]; /* that speak of this type when none is named */
    void (*add)(struct maker *maker, const struct sq_json *schema);
};

static const struct kind kinds[] = {
    {"object", {"required", "properties"}, add_object},
    {"array", {"items", "prefixItems", "minItems"}, add_array},
    {"number", {"minimum", "exclusiveMinimum", "maximum", "multipleOf"}, add_number},
    {"integer", {NULL}, add_number},
    {"string", {"minLength", "maxLength", "pattern", "format"}, add_string},
};

static bool speaks_of(const struct sq_json *schema, const struct kind *kind)
{
    for (size_t i = 0; i < sizeof(kind->keywords) / sizeof(kind->keywords[0]); i++) {
        if (kind->keywords[i] != NULL && sq_json_member(schema, kind->keywords[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* The type by name, the first of several; else by what the keywords speak of. */
static void add_by_type(struct maker *maker, const struct sq_json *schema)
{
    const struct sq_json *type = sq_json_member(schema, "type");
    if (type != NULL && sq_json_kind(type) == SQ_JSON_ARRAY) {
        type = sq_json_first(type);
    }
    if (is_text(type, "boolean") || is_text(type, "null")) {
        sq_strbuf_add(maker->out, is_text(type, "null") ? "null" : "true");
        return;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (type == NULL ? speaks_of(schema, &kinds[i]) : is_text(type, kinds[i].type)) {
            kinds[i].add(maker, schema);
            return;
        }
    }
    sq_strbuf_add(maker->out, "\"\"");
}

const struct sq_json *sq_sample_resolve(const struct sq_json *root, const char *reference)
{
    const struct sq_json *at = root;
    if (*reference++ != '#') {
        return NULL;
    }
    while (at != NULL && *reference == '/') {
        char key[SQ_NAME_BYTES];
        size_t length = strcspn(++reference, "/");
        if (length >= sizeof(key)) {
            return NULL;
        }
        memcpy(key, reference, length);
        key[length] = '\0';
        at = sq_json_member(at, key);
        reference += length;
    }
    return at;
}

/* Another schema that says what this one does not; NULL: none. */
static const struct sq_json *next_schema(const struct maker *maker, const struct sq_json *schema)
{
    static const char *const lists[] = {"allOf", "anyOf", "oneOf"};
    const struct sq_json *reference = sq_json_member(schema, "$ref");
    if (reference != NULL) {
        return sq_sample_resolve(maker->root, sq_json_text(reference, NULL));
    }
    if (sq_json_member(schema, "type") != NULL || sq_json_member(schema, "required") != NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct sq_json *list = sq_json_member(schema, lists[i]);
        if (list != NULL) {
            return sq_json_first(list);
        }
    }
    return NULL;
}

static const struct sq_json *given_value(const struct sq_json *schema)
{
    const struct sq_json *list = sq_json_member(schema, "enum");
    const struct sq_json *value = sq_json_member(schema, "const");
    return value == NULL && list != NULL ? sq_json_first(list) : value;
}

/* schema NULL: nothing is asked. */
static void add_instance(struct maker *maker, const struct sq_json *schema)
{
    if (schema == NULL || sq_json_kind(schema) != SQ_JSON_OBJECT || maker->depth == DEPTH_MAX ||
        maker->out->length > SQ_SAMPLE_BYTES_MAX) {
        sq_strbuf_add(maker->out, "\"\"");
        return;
    }
    const struct sq_json *value = given_value(schema);
    const struct sq_json *next = next_schema(maker, schema);
    maker->depth++;
    if (value != NULL) {
        sq_sample_add_value(maker->out, maker->document, value);
    } else if (next != NULL) {
        add_instance(maker, next);
    } else {
        add_by_type(maker, schema);
    }
    maker->depth--;
}

void sq_sample_add_from_schema(struct sq_strbuf *out, const struct sq_document *document,
                               const struct sq_json *root, const struct sq_json *schema)
{
    struct sq_strbuf text = {0};
    struct maker maker = {.document = document, .root = root, .out = &text};
    add_instance(&maker, schema);
    add_ascii(out, sq_strbuf_text(&text), text.length);
    out->failed |= text.failed;
    sq_strbuf_clear(&text);
}

/* ---- checking ---- */

enum sq_status sq_sample_check(const char *sample, size_t length, const struct sq_schema *schema,
                               struct sq_schema_violation *first, struct sq_error *err)
{
    struct sq_json_document *document = NULL;
    *first = (struct sq_schema_violation){.found = false};
    enum sq_status status = sq_json_read(sample, length, NULL, &document, err);
    if (status == SQ_OK && schema != NULL) {
        status = sq_schema_check(schema, sq_json_root(document), first, err);
    }
    sq_json_free(document);
    return status;
}

/* ---- the place of the filler ---- */

enum sq_status sq_sample_check_filled(const char *sample, size_t at, uint32_t tokens,
                                      const struct sq_schema *schema,
                                      struct sq_schema_violation *first)
{
    struct sq_strbuf text = {0};
    struct sq_error err = {0};
    sq_strbuf_add_bytes(&text, sample, at);
    sq_token_add_filler(&text, 1, tokens);
    sq_strbuf_add(&text, sample + at);
    enum sq_status status =
        sq_strbuf_failed(&text)
            ? SQ_NO_MEMORY
            : sq_sample_check(sq_strbuf_text(&text), text.length, schema, first, &err);
    sq_strbuf_clear(&text);
    return status;
}

/* Whether the sample is as good with so much filler at a place. */
static enum sq_status try_filler(const char *sample, size_t at, uint32_t tokens,
                                 const struct sq_schema *schema, bool *good)
{
    struct sq_schema_violation first;
    enum sq_status status = sq_sample_check_filled(sample, at, tokens, schema, &first);
    *good = status == SQ_OK && !first.found;
    return status == SQ_NO_MEMORY ? SQ_NO_MEMORY : SQ_OK;
}

static enum sq_status try_place(const char *sample, size_t at, const struct sq_schema *schema,
                                bool *good)
{
    enum sq_status status = try_filler(sample, at, 1, schema, good);
    if (status == SQ_OK && *good) {
        status = try_filler(sample, at, LONG_TOKENS, schema, good);
    }
    return status;
}

enum sq_status sq_sample_find_place(const char *sample, const struct sq_schema *schema,
                                    struct sq_script_contract *contract)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    uint32_t tries = 0;
    contract->fill_blank = true;
    contract->fill_at = sample[0] == '{' || sample[0] == '[' ? 1 : 0;
    sq_json_scan_init(&scan, sample, strlen(sample), false);
    while (contract->fill_blank && tries < TRIES_MAX && sq_json_scan_next(&scan, &token)) {
        bool good = false;
        if (token.event != SQ_JSON_TEXT_VALUE) {
            continue;
        }
        tries++;
        if (try_place(sample, (size_t)(token.text - sample), schema, &good) != SQ_OK) {
            return SQ_NO_MEMORY;
        }
        if (good) {
            contract->fill_blank = false;
            contract->fill_at = (uint32_t)(token.text - sample);
        }
    }
    return SQ_OK;
}
