/* SPDX-License-Identifier: MIT */
/* See answer_text.h. */
#include "mockprovider/answer_text.h"

#include <string.h>

#include "base/assert.h"
#include "wire/token.h"

/* What a fault breaks when nobody asked for JSON. */
static const struct sq_script_contract own_sample = {.sample = "{\"answer\":\"\"}", .fill_at = 11};
/* Another object than most contracts ask for: where none is known that this one refuses. */
static const struct sq_script_contract foreign_sample = {.sample = "{\"unexpected\":\"\"}",
                                                         .fill_at = 15};

static void add_segment(struct sq_answer_text *text, enum sq_segment_kind kind, const char *bytes,
                        size_t length)
{
    sq_assert(text->n_segments < SQ_SEGMENTS_MAX);
    text->segments[text->n_segments++] =
        (struct sq_segment){.kind = kind, .text = bytes, .length = (uint32_t)length};
    text->fixed_bytes += (uint32_t)length;
}

static void add_words(struct sq_answer_text *text, const char *words)
{
    add_segment(text, SQ_SEGMENT_TEXT, words, strlen(words));
}

static void add_fill(struct sq_answer_text *text, const struct sq_script_contract *contract)
{
    add_segment(text, contract->fill_blank ? SQ_SEGMENT_BLANK : SQ_SEGMENT_PROSE, NULL, 0);
}

/* The sample from byte `from` on, filled up, without its last `cut` bytes. */
static void add_sample(struct sq_answer_text *text, const struct sq_script_contract *contract,
                       uint32_t from, uint32_t cut)
{
    const char *sample = contract->sample;
    size_t end = strlen(sample) - cut;
    sq_assert(from <= contract->fill_at && contract->fill_at <= end);
    add_segment(text, SQ_SEGMENT_TEXT, sample + from, contract->fill_at - from);
    add_fill(text, contract);
    add_segment(text, SQ_SEGMENT_TEXT, sample + contract->fill_at, end - contract->fill_at);
}

/* The sample up to its filler: its end is missing. */
static void add_open_sample(struct sq_answer_text *text, const struct sq_script_contract *contract)
{
    add_segment(text, SQ_SEGMENT_TEXT, contract->sample, contract->fill_at);
    add_fill(text, contract);
}

static bool is_closing(char letter)
{
    return letter == '}' || letter == ']';
}

static void add_trailing_comma(struct sq_answer_text *text,
                               const struct sq_script_contract *contract)
{
    size_t length = strlen(contract->sample);
    bool closes = is_closing(contract->sample[length - 1]) && contract->fill_at < length;
    add_sample(text, contract, 0, closes ? 1 : 0);
    add_words(text, ",");
    if (closes) {
        add_segment(text, SQ_SEGMENT_TEXT, contract->sample + length - 1, 1);
    }
}

static void add_single_quotes(struct sq_answer_text *text,
                              const struct sq_script_contract *contract)
{
    uint32_t first = text->n_segments;
    add_sample(text, contract, 0, 0);
    text->segments[first].kind = SQ_SEGMENT_REQUOTED;
    text->segments[first + 2].kind = SQ_SEGMENT_REQUOTED;
}

/* No string and no white space may hold this byte. */
static void add_control_character(struct sq_answer_text *text,
                                  const struct sq_script_contract *contract)
{
    const char *sample = contract->sample;
    add_segment(text, SQ_SEGMENT_TEXT, sample, contract->fill_at);
    add_words(text, "\v");
    add_fill(text, contract);
    add_words(text, sample + contract->fill_at);
}

static void add_nan(struct sq_answer_text *text, const struct sq_script_contract *contract)
{
    bool object = contract->sample[0] == '{' && contract->fill_at > 0;
    add_words(text, object ? "{\"score\":NaN," : "NaN,");
    add_sample(text, contract, object ? 1 : 0, 0);
}

static void add_broken(struct sq_answer_text *text, const struct sq_script_contract *contract,
                       enum sq_json_shape shape)
{
    switch (shape) {
    case SQ_JSON_SHAPE_FENCED:
        add_words(text, "```json\n");
        add_sample(text, contract, 0, 0);
        add_words(text, "\n```");
        return;
    case SQ_JSON_SHAPE_PROSE:
        add_words(text, "Here is the JSON: ");
        add_sample(text, contract, 0, 0);
        add_words(text, " I hope this helps.");
        return;
    case SQ_JSON_SHAPE_PLAIN_TEXT:
        return;
    case SQ_JSON_SHAPE_TRUNCATED:
        add_open_sample(text, contract);
        return;
    case SQ_JSON_SHAPE_TRAILING_COMMA:
        add_trailing_comma(text, contract);
        return;
    case SQ_JSON_SHAPE_SINGLE_QUOTES:
        add_single_quotes(text, contract);
        return;
    case SQ_JSON_SHAPE_CONTROL_CHARACTER:
        add_control_character(text, contract);
        return;
    case SQ_JSON_SHAPE_NAN:
        add_nan(text, contract);
        return;
    case SQ_JSON_SHAPES:
        break;
    }
    sq_assert(false && "a shape of no kind");
}

/* Segments point into its text only. */
static struct sq_script_contract wrong_of(const struct sq_script_contract *contract)
{
    if (contract == NULL || contract->wrong == NULL) {
        return foreign_sample;
    }
    return (struct sq_script_contract){.sample = contract->wrong,
                                       .fill_at = contract->wrong_fill_at,
                                       .fill_blank = contract->wrong_fill_blank};
}

void sq_answer_text_init(struct sq_answer_text *text, const struct sq_script_contract *contract,
                         const struct sq_rule *rule)
{
    *text = (struct sq_answer_text){.n_segments = 0};
    if (contract != NULL && contract->sample == NULL) {
        contract = NULL;
    }
    if (rule != NULL && rule->kind == SQ_FAULT_INVALID_JSON) {
        add_broken(text, contract == NULL ? &own_sample : contract, rule->effect.shape);
    } else if (rule != NULL && rule->kind == SQ_FAULT_WRONG_SCHEMA) {
        struct sq_script_contract wrong = wrong_of(contract);
        add_sample(text, &wrong, 0, 0);
    } else if (contract != NULL && rule != NULL) {
        add_open_sample(text, contract); /* of those that stop half way; the others say nothing */
    } else if (contract != NULL) {
        add_sample(text, contract, 0, 0);
    }
}

uint32_t sq_answer_text_tokens(const struct sq_answer_text *text)
{
    uint32_t tokens = sq_token_count(text->fixed_bytes);
    return tokens > 0 ? tokens : 1;
}

static uint64_t fill_bytes(const struct sq_answer_text *text, uint32_t tokens)
{
    uint64_t length = (uint64_t)tokens * SQ_TOKEN_BYTES;
    return length > text->fixed_bytes ? length - text->fixed_bytes : 0;
}

static bool is_filler(enum sq_segment_kind kind)
{
    return kind == SQ_SEGMENT_PROSE || kind == SQ_SEGMENT_BLANK;
}

static char byte_of(const struct sq_segment *segment, uint32_t seed, uint64_t at)
{
    char token[SQ_TOKEN_BYTES];
    switch (segment->kind) {
    case SQ_SEGMENT_TEXT:
        return segment->text[at];
    case SQ_SEGMENT_REQUOTED:
        return segment->text[at] == '"' ? '\'' : segment->text[at];
    case SQ_SEGMENT_PROSE:
        sq_token_filler(seed, (uint32_t)(at / SQ_TOKEN_BYTES), token);
        return token[at % SQ_TOKEN_BYTES];
    case SQ_SEGMENT_BLANK:
        return ' ';
    }
    sq_assert(false && "a segment of no kind");
    return ' ';
}

/* What a writer of JSON adds to one ASCII byte: a backslash, or six bytes for one. */
static uint64_t escape_of(char byte)
{
    bool short_one = byte == '"' || byte == '\\' || (byte >= '\b' && byte <= '\r' && byte != '\v');
    if (short_one) {
        return 1;
    }
    return byte >= 0 && byte < ' ' ? 5 : 0;
}

uint64_t sq_answer_text_escapes(const struct sq_answer_text *text, uint32_t tokens,
                                uint64_t n_bytes)
{
    uint64_t escapes = 0;
    uint64_t left = n_bytes;
    for (uint32_t i = 0; i < text->n_segments && left > 0; i++) {
        const struct sq_segment *segment = &text->segments[i];
        bool filler = is_filler(segment->kind);
        uint64_t length = filler ? fill_bytes(text, tokens) : segment->length;
        length = length < left ? length : left;
        for (uint64_t k = 0; k < length && !filler; k++) {
            escapes += escape_of(byte_of(segment, 0, k));
        }
        left -= length;
    }
    return escapes;
}

/* Bytes [from, to) of one segment, or of prose without any. */
static void add_bytes(struct sq_strbuf *out, const struct sq_segment *segment, uint32_t seed,
                      uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to; at++) {
        sq_strbuf_add_char(out, byte_of(segment, seed, at));
    }
}

void sq_answer_text_add(struct sq_strbuf *out, const struct sq_answer_text *text, uint32_t seed,
                        uint32_t tokens, uint64_t from, uint64_t to)
{
    static const struct sq_segment prose = {.kind = SQ_SEGMENT_PROSE};
    uint64_t begin = 0;
    sq_assert(from <= to && to <= (uint64_t)tokens * SQ_TOKEN_BYTES);
    if (text->n_segments == 0) {
        add_bytes(out, &prose, seed, from, to);
        return;
    }
    for (uint32_t i = 0; i < text->n_segments && begin < to; i++) {
        const struct sq_segment *segment = &text->segments[i];
        uint64_t length = is_filler(segment->kind) ? fill_bytes(text, tokens) : segment->length;
        uint64_t end = begin + length;
        if (end > from) {
            add_bytes(out, segment, seed, from > begin ? from - begin : 0,
                      (end < to ? end : to) - begin);
        }
        begin = end;
    }
}
