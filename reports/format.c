/* SPDX-License-Identifier: MIT */
/* Numbers as people read them. Allocates only in the buffer it adds to. */
#include "reports/format.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/duration.h"

#define RATIO_PERCENT_SCALE 7  /* parts per billion are 10^-7 % */
#define MONEY_SCALE         12 /* pico-dollars are 10^-12 $ */

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;
    for (int i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

/* Whether value, rounded half away from zero to `digits` of `scale` decimals, reads as whole (which
 * is not negative). */
static bool rounds_to(int64_t value, int64_t whole, int scale, int digits)
{
    int64_t half = power_of_ten(scale - digits) / 2;
    if (value < whole && whole > 0) {
        return whole - value <= half;
    }
    int64_t away = value < whole ? whole - value : value - whole;
    return away < half;
}

void sq_format_ratio(struct sq_strbuf *out, int64_t ppb)
{
    int digits = 2;
    if (ppb == 0 || ppb == SQ_RATIO_ONE) {
        digits = 0;
    }
    while (digits > 0 && digits < RATIO_PERCENT_SCALE &&
           (rounds_to(ppb, 0, RATIO_PERCENT_SCALE, digits) ||
            rounds_to(ppb, SQ_RATIO_ONE, RATIO_PERCENT_SCALE, digits))) {
        digits++;
    }
    sq_strbuf_add_decimal(out, ppb, RATIO_PERCENT_SCALE, digits);
    sq_strbuf_add_char(out, '%');
}

void sq_format_count(struct sq_strbuf *out, uint64_t count)
{
    uint64_t group = 1;
    while (count / group >= 1000) {
        group *= 1000;
    }
    sq_strbuf_add_format(out, "%" PRIu64, count / group);
    for (group /= 1000; group > 0; group /= 1000) {
        sq_strbuf_add_format(out, ",%03" PRIu64, count / group % 1000);
    }
}

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Decimals that leave three significant digits of an amount below one dollar. */
static int cent_digits(uint64_t picodollars)
{
    int digits = MONEY_SCALE;
    while (picodollars >= 1000 && digits > 2) {
        picodollars /= 10;
        digits--;
    }
    return digits;
}

static void add_dollars(struct sq_strbuf *out, uint64_t picodollars)
{
    uint64_t cent = (uint64_t)SQ_MONEY_ONE / 100;
    uint64_t cents = picodollars / cent + (picodollars % cent >= cent / 2 ? 1 : 0);
    sq_format_count(out, cents / 100);
    sq_strbuf_add_format(out, ".%02" PRIu64, cents % 100);
}

void sq_format_money(struct sq_strbuf *out, int64_t picodollars)
{
    uint64_t magnitude = magnitude_of(picodollars);
    sq_strbuf_add(out, picodollars < 0 ? "-$" : "$");
    if (magnitude == 0) {
        sq_strbuf_add_char(out, '0');
    } else if (magnitude >= (uint64_t)SQ_MONEY_ONE) {
        add_dollars(out, magnitude);
    } else {
        sq_strbuf_add_decimal(out, (int64_t)magnitude, MONEY_SCALE, cent_digits(magnitude));
    }
}

void sq_format_factor(struct sq_strbuf *out, int64_t millionths)
{
    sq_strbuf_add_decimal(out, millionths, 6, 2);
}

static void add_count(struct sq_strbuf *out, int64_t value)
{
    if (value < 0) {
        sq_strbuf_add_char(out, '-');
    }
    sq_format_count(out, magnitude_of(value));
}

void sq_format_value(struct sq_strbuf *out, enum sq_metric_kind kind, int64_t value)
{
    switch (kind) {
    case SQ_METRIC_RATIO:
        sq_format_ratio(out, value);
        return;
    case SQ_METRIC_DURATION:
        sq_duration_add_rounded(out, value);
        return;
    case SQ_METRIC_RATE:
        sq_strbuf_add_decimal(out, value, 3, 2);
        sq_strbuf_add(out, "/s");
        return;
    case SQ_METRIC_FACTOR:
        sq_format_factor(out, value);
        return;
    case SQ_METRIC_MONEY:
        sq_format_money(out, value);
        return;
    case SQ_METRIC_COUNT:
        add_count(out, value);
        return;
    }
    sq_assert(false && "a kind of metric without a format");
}

void sq_format_distance(struct sq_strbuf *out, enum sq_metric_kind kind, int64_t margin)
{
    int64_t distance = margin == INT64_MIN ? INT64_MAX : margin < 0 ? -margin : margin;
    if (kind == SQ_METRIC_RATIO) {
        size_t start = out->length;
        sq_format_ratio(out, distance);
        if (!sq_strbuf_failed(out)) {
            sq_assert(out->length > start);
            out->text[--out->length] = '\0'; /* the % */
        }
        sq_strbuf_add(out, " points");
        return;
    }
    sq_format_value(out, kind, distance);
}

enum sq_metric_kind sq_format_kind(const struct sq_threshold *what)
{
    if (what->aggregation == SQ_AGGREGATION_COUNT) {
        return SQ_METRIC_COUNT;
    }
    return sq_metric_row(what->metric)->kind;
}
