/* SPDX-License-Identifier: MIT */
/* See word_entries.h. */
#include "tests/fuzz/word_entries.h"

#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/duration.h"
#include "base/strbuf.h"
#include "policies/hint_int.h"
#include "scenarios/threshold_int.h"
#include "sim/hints.h"

#define EPOCH_S    INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define TEXT_BYTES 256

static void read_span(const char *text, size_t length)
{
    sq_dur span = -1;
    size_t bad = SIZE_MAX;
    if (!sq_duration_read(text, length, &span, &bad)) {
        sq_assert(bad <= length);
        sq_assert(span == -1);
        return;
    }
    sq_assert(span >= 0 && span < SQ_NEVER);
    struct sq_strbuf exact = {0};
    sq_duration_add_exact(&exact, span);
    sq_dur same = -1;
    sq_assert(sq_duration_read(sq_strbuf_text(&exact), exact.length, &same, &bad));
    sq_assert(same == span);
    sq_duration_add_rounded(&exact, span);
    sq_strbuf_clear(&exact);
}

static void read_dates(const char *text, size_t length)
{
    int64_t seconds;
    if (sq_date_read_http(text, length, &seconds)) {
        char again[SQ_DATE_HTTP_BYTES];
        sq_date_write_http(again, seconds);
        sq_assert(length == strlen(again) && memcmp(text, again, length) == 0);
    }
    if (sq_date_read_rfc3339(text, length, &seconds)) {
        char again[SQ_DATE_RFC3339_BYTES];
        sq_date_write_rfc3339(again, seconds);
        sq_assert(length == strlen(again) && memcmp(text, again, length) == 0);
    }
}

void sq_fuzz_duration(const uint8_t *bytes, size_t length)
{
    read_span((const char *)bytes, length);
    read_dates((const char *)bytes, length);
}

/* One "name: value" line of length bytes; longer ones are cut. */
static void take_line(struct sq_hints *hints, const char *line, size_t length)
{
    char header[TEXT_BYTES];
    size_t kept = length < sizeof header ? length : sizeof header - 1;
    memcpy(header, line, kept);
    header[kept] = '\0';
    char *colon = strchr(header, ':');
    if (colon != NULL) {
        *colon = '\0';
        sq_hints_take_header(hints, header, colon[1] == ' ' ? colon + 2 : colon + 1);
    }
}

void sq_fuzz_hint(const uint8_t *bytes, size_t length)
{
    if (length < 2) {
        return;
    }
    struct sq_hint_settings settings = {
        .sources = bytes[0] & 31u,
        .high = (sq_dur)(bytes[1] & 63u) * SQ_SECOND,
        .low_included = (bytes[0] & 32u) != 0,
        .high_included = (bytes[0] & 64u) != 0,
        .above = (bytes[0] & 128u) != 0 ? SQ_HINT_ABOVE_FORBID : SQ_HINT_ABOVE_IGNORE,
        .invalid = (bytes[1] & 128u) != 0 ? SQ_HINT_INVALID_ABORT : SQ_HINT_INVALID_IGNORE};
    struct sq_hints hints = {0};
    const char *line = (const char *)bytes + 2;
    const char *end = (const char *)bytes + length;
    while (line < end) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        line_end = line_end == NULL ? end : line_end;
        take_line(&hints, line, (size_t)(line_end - line));
        line = line_end + 1;
    }
    struct sq_hint hint = sq_hint_read(&settings, &hints, EPOCH_S, 1500 * SQ_MS);
    sq_assert(!hint.accepted || (hint.wait >= settings.low && hint.wait <= settings.high));
    sq_assert(!(hint.accepted && hint.forbids));
    sq_assert(!hint.forbids || settings.above == SQ_HINT_ABOVE_FORBID);
    sq_assert(settings.sources != 0 || (!hint.accepted && !hint.invalid));
}

void sq_fuzz_threshold(const uint8_t *bytes, size_t length)
{
    char text[TEXT_BYTES];
    if (length < 1 || length > sizeof text) {
        return;
    }
    memcpy(text, bytes + 1, length - 1);
    text[length - 1] = '\0';
    struct sq_threshold metric = {.metric = (enum sq_metric)(bytes[0] % SQ_METRICS)};
    struct sq_threshold threshold = metric;
    const char *hint = NULL;
    const char *wrong = sq_threshold_parse(text, &threshold, &hint);
    if (wrong == NULL) {
        sq_assert(threshold.limit >= 0);
        sq_assert(threshold.per_million < 1000000);
        return;
    }
    struct sq_strbuf guess = {0};
    if (sq_threshold_guess(text, &metric, &guess)) {
        threshold = metric;
        sq_assert(sq_threshold_parse(sq_strbuf_text(&guess), &threshold, &hint) == NULL);
    }
    sq_strbuf_clear(&guess);
}
