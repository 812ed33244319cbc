/* SPDX-License-Identifier: MIT */
/* Hints: numbers and dates to spans, then the interval and what lies above it. */
#include "policies/hint_int.h"

#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/int128.h"

/* A header's value without the spaces around it; it stays the caller's. */
struct piece {
    const char *text;
    size_t length;
};

static bool is_space(char character)
{
    return character == ' ' || character == '\t';
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static struct piece trim(const char *text, size_t length)
{
    while (length > 0 && is_space(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_space(text[length - 1])) {
        length--;
    }
    return (struct piece){.text = text, .length = length};
}

static struct piece header_value(const char text[SQ_HINT_TEXT_BYTES])
{
    size_t length = 0;
    while (length < SQ_HINT_TEXT_BYTES && text[length] != '\0') {
        length++;
    }
    return trim(text, length);
}

static bool is_word(struct piece piece, const char *word)
{
    return piece.length == strlen(word) && memcmp(piece.text, word, piece.length) == 0;
}

/* x * 10 + digit, staying at the largest span once it is reached. */
static sq_int128 append_digit(sq_int128 x, char digit)
{
    return x >= SQ_NEVER ? SQ_NEVER : x * 10 + (digit - '0');
}

bool sq_hint_read_decimal(const char *text, size_t length, sq_dur unit, sq_dur *span)
{
    sq_assert(unit > 0);
    struct piece piece = trim(text, length);
    sq_int128 whole = 0;
    sq_dur fraction = 0;
    sq_dur place = unit;
    size_t n_digits = 0;
    size_t i = 0;
    for (; i < piece.length && is_digit(piece.text[i]); i++) {
        whole = append_digit(whole, piece.text[i]);
        n_digits++;
    }
    if (i < piece.length && piece.text[i] == '.') {
        for (i++; i < piece.length && is_digit(piece.text[i]); i++) {
            place /= 10; /* exact: units are powers of ten nanoseconds; then 0 */
            fraction += place * (piece.text[i] - '0');
            n_digits++;
        }
    }
    if (i < piece.length || n_digits == 0) {
        return false;
    }
    sq_int128 sum = whole * unit + fraction;
    *span = sum >= SQ_NEVER ? SQ_NEVER : (sq_dur)sum;
    return true;
}

static bool read_date(struct piece piece, int64_t now_unix_s, sq_dur *span)
{
    int64_t date_s;
    if (!sq_date_read_http(piece.text, piece.length, &date_s) || date_s < now_unix_s) {
        return false;
    }
    sq_int128 ns = (sq_int128)(date_s - now_unix_s) * SQ_SECOND;
    *span = ns >= SQ_NEVER ? SQ_NEVER : (sq_dur)ns;
    return true;
}

static bool read_wait(uint32_t sources, const struct sq_hints *hints, int64_t now_unix_s,
                      sq_dur *span)
{
    struct piece ms = header_value(hints->retry_after_ms);
    if ((sources & SQ_HINT_MILLISECONDS) != 0 &&
        sq_hint_read_decimal(ms.text, ms.length, SQ_MS, span)) {
        return true;
    }
    struct piece after = header_value(hints->retry_after);
    if ((sources & SQ_HINT_SECONDS) != 0 &&
        sq_hint_read_decimal(after.text, after.length, SQ_SECOND, span)) {
        return true;
    }
    return (sources & SQ_HINT_DATE) != 0 && read_date(after, now_unix_s, span);
}

static enum sq_hint_should read_should(const char text[SQ_HINT_TEXT_BYTES])
{
    struct piece piece = header_value(text);
    if (is_word(piece, "true")) {
        return SQ_HINT_SHOULD_TRUE;
    }
    return is_word(piece, "false") ? SQ_HINT_SHOULD_FALSE : SQ_HINT_SHOULD_UNSAID;
}

static bool is_below(const struct sq_hint_settings *settings, sq_dur wait)
{
    return settings->low_included ? wait < settings->low : wait <= settings->low;
}

static bool is_above(const struct sq_hint_settings *settings, sq_dur wait)
{
    return settings->high_included ? wait > settings->high : wait >= settings->high;
}

struct sq_hint sq_hint_read(const struct sq_hint_settings *settings, const struct sq_hints *hints,
                            int64_t epoch_s, sq_time now)
{
    struct sq_hint hint = {0};
    if (hints == NULL || settings->sources == 0) {
        return hint;
    }
    if ((settings->sources & SQ_HINT_SHOULD_RETRY) != 0) {
        hint.should_retry = read_should(hints->should_retry);
    }
    if (!read_wait(settings->sources, hints, epoch_s + now / SQ_SECOND, &hint.wait) ||
        is_below(settings, hint.wait)) {
        return hint;
    }
    bool above = is_above(settings, hint.wait);
    hint.accepted = !above;
    hint.forbids = above && settings->above == SQ_HINT_ABOVE_FORBID;
    return hint;
}
