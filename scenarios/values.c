/* SPDX-License-Identifier: MIT */
/* Plain values: text, names, numbers, durations, ratios, dates, words. */
#include "scenarios/values_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/duration.h"
#include "base/int128.h"
#include "base/spelling.h"
#include "policies/settings.h"

#define Q32_ONE (INT64_C(1) << 32)

const struct sq_shape sq_shape_text = {.kind = SQ_SHAPE_TEXT, .name = "a text"};
const struct sq_shape sq_shape_name = {.kind = SQ_SHAPE_NAME, .name = "a name"};
const struct sq_shape sq_shape_bool = {.kind = SQ_SHAPE_BOOL, .name = "true or false"};
const struct sq_shape sq_shape_later = {.kind = SQ_SHAPE_LATER, .name = "nothing yet"};
const struct sq_shape sq_shape_node = {.kind = SQ_SHAPE_NODE, .name = "any value"};
const struct sq_shape sq_shape_span = {
    .kind = SQ_SHAPE_DURATION, .name = "a duration", .min = 0, .max = SQ_SPAN_MAX};
const struct sq_shape sq_shape_positive_span = {
    .kind = SQ_SHAPE_DURATION, .name = "a duration above 0", .min = 1, .max = SQ_SPAN_MAX};
const struct sq_shape sq_shape_ratio = {
    .kind = SQ_SHAPE_RATIO, .name = "a ratio", .min = 0, .max = Q32_ONE};

/* An element that is a plain text. */
static bool read_text_item(struct sq_reader *reader, const struct sq_shape *shape,
                           const struct sq_json *node, void *into, size_t size)
{
    struct sq_text_item *item = into;
    sq_assert(size == sizeof(*item));
    item->at.node = node;
    return sq_read_text(reader, shape, node, &item->text, sizeof(item->text));
}

static const struct sq_shape text_item_shape = {
    .kind = SQ_SHAPE_TEXT, .name = "a text", .read = read_text_item};
const struct sq_shape sq_shape_texts = {.kind = SQ_SHAPE_LIST,
                                        .name = "a list of texts",
                                        .max = 16,
                                        .item = &text_item_shape,
                                        .item_bytes = sizeof(struct sq_text_item)};

void sq_store_integer(void *into, size_t size, int64_t value)
{
    uint8_t one = (uint8_t)value;
    uint16_t two = (uint16_t)value;
    uint32_t four = (uint32_t)value;
    switch (size) {
    case 1:
        memcpy(into, &one, 1);
        return;
    case 2:
        memcpy(into, &two, 2);
        return;
    case 4:
        memcpy(into, &four, 4);
        return;
    default:
        sq_assert(size == 8);
        memcpy(into, &value, 8);
    }
}

uint64_t sq_q32_of(int64_t numerator, int64_t denominator)
{
    sq_uint128 wide = (sq_uint128)(uint64_t)numerator << 32;
    return (uint64_t)((wide + (uint64_t)denominator / 2) / (uint64_t)denominator);
}

bool sq_decimal_read(const char *text, size_t length, int scale, int64_t *value)
{
    int64_t sum = 0;
    int decimals = -1; /* -1: no point yet */
    for (size_t i = 0; i < length; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (text[i] == '.' && decimals < 0 && i > 0 && i + 1 < length) {
            decimals = 0;
            continue;
        }
        if (!is_digit || decimals == scale || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, text[i] - '0', &sum)) {
            return false;
        }
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < scale; i++) {
        if (__builtin_mul_overflow(sum, 10, &sum)) {
            return false;
        }
    }
    *value = sum;
    return length > 0;
}

const char *sq_span_shown(struct sq_reader *reader, int64_t span)
{
    struct sq_strbuf text = {0};
    sq_duration_add_exact(&text, span);
    return sq_phrase_of(reader, &text);
}

bool sq_read_text(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    (void)size;
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    if (strlen(text) != length) {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_WRONG_TYPE, node, false, NULL, NULL},
                           "`%s` holds a NUL character", sq_path_of(reader, node));
    }
    text = sq_reader_keep(reader, text, length);
    memcpy(into, &text, sizeof(text));
    return true;
}

/* Text that becomes part of a header must not end the header. */
static bool read_header_text(struct sq_reader *reader, const struct sq_shape *shape,
                             const struct sq_json *node, void *into, size_t size)
{
    const char *text = NULL;
    if (!sq_read_text(reader, shape, node, &text, sizeof(text)) || text == NULL) {
        return false;
    }
    for (const char *byte = text; *byte != '\0'; byte++) {
        if ((*byte < ' ' && *byte != '\t') || *byte > '~') {
            return sq_complain(reader,
                               &(struct sq_complaint){SQ_CODE_RANGE, node, false,
                                                      "not a header's text",
                                                      "printable ASCII and tabs only"},
                               "`%s` cannot stand in a header", sq_path_of(reader, node));
        }
    }
    memcpy(into, &text, size);
    return true;
}

const struct sq_shape sq_shape_header_text = {.kind = SQ_SHAPE_TEXT,
                                              .name = "a header's text",
                                              .text = "^[ -~\\t]*$",
                                              .read = read_header_text};

bool sq_is_name(const char *text, size_t length, const char *punctuation)
{
    for (size_t i = 0; i < length; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
                      (text[i] >= '0' && text[i] <= '9');
        if (!letter && (i == 0 || text[i] == '\0' || strchr(punctuation, text[i]) == NULL)) {
            return false;
        }
    }
    return length > 0 && length < SQ_NAME_BYTES;
}

bool sq_read_name(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    sq_assert(size == SQ_NAME_BYTES);
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    if (!sq_is_name(text, length, SQ_NAME_PUNCTUATION)) {
        return sq_complain_name(reader, node, false);
    }
    memcpy(into, text, length + 1);
    return true;
}

bool sq_complain_name(struct sq_reader *reader, const struct sq_json *node, bool at_key)
{
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_NAME, node, at_key, "not a name",
                               "a name has letters, digits and `.`, `_`, `-`, begins with a letter "
                               "or digit, and has 63 bytes at most"},
        "`%s` is not a name", sq_path_of(reader, node));
}

bool sq_read_const(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    (void)into;
    (void)size;
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    if (strcmp(text, shape->text) == 0) {
        return true;
    }
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_WRONG_SCHEMA, node, false, NULL,
                                              sq_phrase(reader, "write \"%s\"", shape->text)},
                       "`%s` must be \"%s\"", sq_path_of(reader, node), shape->text);
}

bool sq_read_bool(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size)
{
    sq_assert(size == sizeof(bool));
    if (!sq_expect(reader, node, SQ_JSON_BOOL, shape->name)) {
        return false;
    }
    sq_store_integer(into, size, sq_json_bool(node));
    return true;
}

static bool complain_range(struct sq_reader *reader, const struct sq_json *node, const char *low,
                           const char *high)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_RANGE, node, false, "out of range",
                                              sq_phrase(reader, "allowed: %s to %s", low, high)},
                       "`%s` is out of range", sq_path_of(reader, node));
}

/* A number in quotes is a common slip: say how to write it. */
static bool expect_number(struct sq_reader *reader, const struct sq_json *node,
                          const char *expected)
{
    size_t length = 0;
    int64_t value;
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        const char *text = sq_json_text(node, &length);
        if (sq_decimal_read(text, length, 9, &value)) {
            return sq_complain(
                reader,
                &(struct sq_complaint){SQ_CODE_WRONG_TYPE, node, false, "a number in quotes",
                                       sq_phrase(reader, "write %s", text)},
                "`%s` must be %s, without quotes", sq_path_of(reader, node), expected);
        }
    }
    return sq_expect(reader, node, SQ_JSON_NUMBER, expected);
}

bool sq_read_integer(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size)
{
    int64_t value;
    if (!expect_number(reader, node, shape->name)) {
        return false;
    }
    if (!sq_json_int64(node, &value)) {
        return sq_complain(
            reader, &(struct sq_complaint){SQ_CODE_NUMBER, node, false, "not a whole number", NULL},
            "`%s` must be a whole number", sq_path_of(reader, node));
    }
    if (value < shape->min || value > shape->max) {
        return complain_range(reader, node, sq_phrase(reader, "%lld", (long long)shape->min),
                              sq_phrase(reader, "%lld", (long long)shape->max));
    }
    sq_store_integer(into, size, value);
    return true;
}

/* Units people write, and ours. Longest first where one begins another. */
static const struct {
    const char *theirs;
    const char *ours;
} foreign_units[] = {{"milliseconds", "ms"}, {"millis", "ms"}, {"msec", "ms"}, {"seconds", "s"},
                     {"second", "s"},        {"secs", "s"},    {"sec", "s"},   {"minutes", "m"},
                     {"minute", "m"},        {"mins", "m"},    {"min", "m"},   {"hours", "h"},
                     {"hour", "h"},          {"hrs", "h"},     {"days", "d"},  {"day", "d"}};

static const char *duration_hint(struct sq_reader *reader, const char *text, size_t length)
{
    size_t digits = strspn(text, "0123456789.");
    size_t blanks = strspn(text + digits, " ");
    const char *unit = text + digits + blanks;
    if (digits == 0) {
        return "a number and a unit: ns, us, ms, s, m, h or d, such as \"250ms\" or \"1m30s\"";
    }
    if (digits == length) {
        return sq_phrase(reader, "write the unit: \"%ss\" or \"%sms\"", text, text);
    }
    for (size_t i = 0; i < sizeof(foreign_units) / sizeof(foreign_units[0]); i++) {
        if (strcmp(unit, foreign_units[i].theirs) == 0) {
            return sq_phrase(reader, "write \"%.*s%s\"", (int)digits, text, foreign_units[i].ours);
        }
    }
    if (blanks > 0) {
        return sq_phrase(reader, "write it without spaces: \"%.*s%s\"", (int)digits, text, unit);
    }
    return "units are ns, us, ms, s, m, h and d, such as \"250ms\" or \"1m30s\"";
}

static bool complain_duration(struct sq_reader *reader, const struct sq_json *node)
{
    size_t length;
    const char *text = sq_json_text(node, &length);
    return sq_complain(
        reader,
        &(struct sq_complaint){SQ_CODE_DURATION, node, false, "not a duration",
                               sq_diagnostics_has_room(reader->diagnostics) && length < 40
                                   ? duration_hint(reader, text, length)
                                   : NULL},
        "`%s` is not a duration", sq_path_of(reader, node));
}

/* Seconds are what people mean, unless the number is large. */
static bool complain_bare_number(struct sq_reader *reader, const struct sq_json *node)
{
    const char *digits = sq_json_digits(node, NULL);
    int64_t value = 0;
    bool large = sq_json_int64(node, &value) && value >= 1000;
    return sq_complain(reader,
                       &(struct sq_complaint){
                           SQ_CODE_DURATION, node, false, "a number without a unit",
                           large ? sq_phrase(reader, "write \"%sms\" or \"%ss\"", digits, digits)
                                 : sq_phrase(reader, "write \"%ss\"", digits)},
                       "`%s` must be a duration in quotes, with its unit",
                       sq_path_of(reader, node));
}

bool sq_read_duration(struct sq_reader *reader, const struct sq_shape *shape,
                      const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    size_t bad;
    sq_dur span;
    sq_assert(size == sizeof(span));
    if (sq_json_kind(node) == SQ_JSON_NUMBER) {
        return complain_bare_number(reader, node);
    }
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    if (!sq_duration_read(text, length, &span, &bad)) {
        return complain_duration(reader, node);
    }
    if (span < shape->min || span > shape->max) {
        return complain_range(reader, node, sq_span_shown(reader, shape->min),
                              sq_span_shown(reader, shape->max));
    }
    memcpy(into, &span, sizeof(span));
    return true;
}

static bool complain_ratio(struct sq_reader *reader, const struct sq_json *node, const char *hint)
{
    return sq_complain(reader,
                       &(struct sq_complaint){SQ_CODE_NUMBER, node, false, "not a ratio",
                                              hint != NULL ? hint
                                                           : "write 0.05 or \"5%\": 0 to 1, or 0% "
                                                             "to 100%, nine decimals at most"},
                       "`%s` is not a ratio", sq_path_of(reader, node));
}

bool sq_read_ratio(struct sq_reader *reader, const struct sq_shape *shape,
                   const struct sq_json *node, void *into, size_t size)
{
    int64_t billionths;
    size_t length = 0;
    sq_assert(size == sizeof(uint64_t));
    if (sq_json_kind(node) == SQ_JSON_STRING) {
        const char *text = sq_json_text(node, &length);
        if (length < 2 || text[length - 1] != '%' ||
            !sq_decimal_read(text, length - 1, 7, &billionths)) {
            return complain_ratio(reader, node, NULL);
        }
    } else {
        if (!sq_expect(reader, node, SQ_JSON_NUMBER, shape->name)) {
            return false;
        }
        if (!sq_json_decimal(node, 9, &billionths)) {
            return complain_ratio(reader, node, NULL);
        }
    }
    if (billionths < 0 || billionths > 1000000000) {
        bool percent = length == 0 && billionths > 0 && billionths <= INT64_C(100000000000);
        return complain_ratio(
            reader, node,
            percent ? sq_phrase(reader, "write \"%s%%\"", sq_json_digits(node, NULL)) : NULL);
    }
    uint64_t share = sq_q32_of(billionths, 1000000000);
    if ((int64_t)share < shape->min) {
        return complain_ratio(reader, node, "it must be above 0");
    }
    memcpy(into, &share, sizeof(share));
    return true;
}

/* A factor's range is in Q32, as its value. */
bool sq_read_factor(struct sq_reader *reader, const struct sq_shape *shape,
                    const struct sq_json *node, void *into, size_t size)
{
    int64_t billionths;
    sq_assert(size == sizeof(uint64_t));
    if (!expect_number(reader, node, shape->name)) {
        return false;
    }
    if (!sq_json_decimal(node, 9, &billionths)) {
        return sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_NUMBER, node, false, NULL, "nine decimals at most"},
            "`%s` must be %s", sq_path_of(reader, node), shape->name);
    }
    uint64_t factor = billionths < 0 ? 0 : sq_q32_of(billionths, 1000000000);
    if (billionths < 0 || (int64_t)factor < shape->min || (int64_t)factor > shape->max) {
        return complain_range(reader, node,
                              shape->min == Q32_ONE ? "1"
                              : shape->min > 0      ? "above 0"
                                                    : "0",
                              sq_phrase(reader, "%lld", (long long)(shape->max >> 32)));
    }
    memcpy(into, &factor, sizeof(factor));
    return true;
}

bool sq_read_decimal(struct sq_reader *reader, const struct sq_shape *shape,
                     const struct sq_json *node, void *into, size_t size)
{
    int64_t millionths;
    sq_assert(size == sizeof(millionths));
    if (!expect_number(reader, node, shape->name)) {
        return false;
    }
    if (!sq_json_decimal(node, 6, &millionths)) {
        return sq_complain(
            reader,
            &(struct sq_complaint){SQ_CODE_NUMBER, node, false, NULL, "six decimals at most"},
            "`%s` must be %s", sq_path_of(reader, node), shape->name);
    }
    if (millionths < shape->min || millionths > shape->max) {
        return complain_range(reader, node, shape->min > 0 ? "above 0" : "0",
                              sq_phrase(reader, "%lld", (long long)(shape->max / 1000000)));
    }
    memcpy(into, &millionths, sizeof(millionths));
    return true;
}

bool sq_read_date(struct sq_reader *reader, const struct sq_shape *shape,
                  const struct sq_json *node, void *into, size_t size)
{
    size_t length;
    int64_t seconds;
    sq_assert(size == sizeof(seconds));
    if (!sq_expect(reader, node, SQ_JSON_STRING, shape->name)) {
        return false;
    }
    const char *text = sq_json_text(node, &length);
    if (!sq_date_read_rfc3339(text, length, &seconds)) {
        return sq_complain(reader,
                           &(struct sq_complaint){SQ_CODE_DATE, node, false, "not a date",
                                                  "write it in UTC, in whole seconds: "
                                                  "\"2026-01-01T00:00:00Z\""},
                           "`%s` is not a date", sq_path_of(reader, node));
    }
    memcpy(into, &seconds, sizeof(seconds));
    return true;
}
