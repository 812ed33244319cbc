/* SPDX-License-Identifier: MIT */
/* Hints: numbers and dates to spans, then the interval and what lies above it. */
#include "policies/hint_int.h"

#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "base/int128.h"

#define AFTER_SOURCES (SQ_HINT_SECONDS | SQ_HINT_WHOLE_SECONDS | SQ_HINT_DATE)

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

static bool is_whole(struct piece piece)
{
    for (size_t i = 0; i < piece.length; i++) {
        if (!is_digit(piece.text[i])) {
            return false;
        }
    }
    return true;
}

static bool read_after(uint32_t sources, struct piece after, int64_t now_unix_s, sq_dur *span)
{
    bool is_decimal = (sources & SQ_HINT_SECONDS) != 0 ||
                      ((sources & SQ_HINT_WHOLE_SECONDS) != 0 && is_whole(after));
    if (is_decimal && sq_hint_read_decimal(after.text, after.length, SQ_SECOND, span)) {
        return true;
    }
    return (sources & SQ_HINT_DATE) != 0 && read_date(after, now_unix_s, span);
}

enum wait { WAIT_ABSENT, WAIT_READ, WAIT_INVALID };

static enum wait read_wait(uint32_t sources, const struct sq_hints *hints, int64_t now_unix_s,
                           sq_dur *span)
{
    struct piece ms = header_value(hints->retry_after_ms);
    struct piece after = header_value(hints->retry_after);
    ms.length = (sources & SQ_HINT_MILLISECONDS) != 0 ? ms.length : 0;
    after.length = (sources & AFTER_SOURCES) != 0 ? after.length : 0;
    if (sq_hint_read_decimal(ms.text, ms.length, SQ_MS, span) ||
        read_after(sources, after, now_unix_s, span)) {
        return WAIT_READ;
    }
    return ms.length > 0 || after.length > 0 ? WAIT_INVALID : WAIT_ABSENT;
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
    enum wait wait = read_wait(settings->sources, hints, epoch_s + now / SQ_SECOND, &hint.wait);
    hint.invalid = wait == WAIT_INVALID;
    if (wait != WAIT_READ || is_below(settings, hint.wait)) {
        return hint;
    }
    bool above = is_above(settings, hint.wait);
    hint.accepted = !above;
    hint.forbids = above && settings->above == SQ_HINT_ABOVE_FORBID;
    return hint;
}
