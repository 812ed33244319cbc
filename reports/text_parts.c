/* SPDX-License-Identifier: MIT */
/* Signs, bar and legend of the text summary. */
#include "reports/text_parts_int.h"

#include "base/assert.h"
#include "reports/bar.h"
#include "reports/format.h"
#include "wire/text.h"

/* Every outcome has a shade, a letter and a colour, so that the bar is read without colour too. */
struct outcome_sign {
    const char *block;
    const char *ascii;
    enum sq_text_style style;
};

#define FULL_BLOCK   "\xe2\x96\x88"
#define DARK_SHADE   "\xe2\x96\x93"
#define MEDIUM_SHADE "\xe2\x96\x92"
#define LIGHT_SHADE  "\xe2\x96\x91"
#define HALF_BLOCK   "\xe2\x96\x84"
#define QUARTER      "\xe2\x96\x82"
#define CHEQUER      "\xe2\x96\x9a"
#define CHEQUER_BACK "\xe2\x96\x9e"
#define LOW_BLOCK    "\xe2\x96\x81"
#define SMALL_SQUARE "\xe2\x96\xaa"

static const struct outcome_sign signs[SQ_OUTCOMES] = {
    [SQ_OUTCOME_FIRST_TRY] = {FULL_BLOCK, "#", SQ_TEXT_BLUE},
    [SQ_OUTCOME_RECOVERED] = {DARK_SHADE, "R", SQ_TEXT_CYAN},
    [SQ_OUTCOME_FALLBACK] = {MEDIUM_SHADE, "F", SQ_TEXT_DOUBT},
    [SQ_OUTCOME_SUBSTITUTE] = {LIGHT_SHADE, "S", SQ_TEXT_DOUBT},
    [SQ_OUTCOME_LATE] = {HALF_BLOCK, "L", SQ_TEXT_DOUBT},
    [SQ_OUTCOME_LOST] = {SMALL_SQUARE, "l", SQ_TEXT_BAD},
    [SQ_OUTCOME_APOLOGY] = {LOW_BLOCK, "a", SQ_TEXT_BAD},
    [SQ_OUTCOME_REJECTED] = {CHEQUER_BACK, "r", SQ_TEXT_BAD},
    [SQ_OUTCOME_TIMED_OUT] = {CHEQUER, "t", SQ_TEXT_BAD},
    [SQ_OUTCOME_FAILED] = {"\xe2\x95\xb3", "x", SQ_TEXT_BAD},
    [SQ_OUTCOME_INVALID] = {QUARTER, "i", SQ_TEXT_BAD},
    [SQ_OUTCOME_EXCLUDED] = {"\xc2\xb7", ".", SQ_TEXT_FAINT},
};

const char *sq_text_outcome_sign(enum sq_outcome outcome, bool ascii, enum sq_text_style *style)
{
    sq_assert(outcome < SQ_OUTCOMES);
    *style = signs[outcome].style;
    return ascii ? signs[outcome].ascii : signs[outcome].block;
}

const char *sq_text_verdict(enum sq_verdict verdict, bool judged, enum sq_text_style *style)
{
    *style = SQ_TEXT_DOUBT;
    switch (verdict) {
    case SQ_VERDICT_PASSED:
        *style = judged ? SQ_TEXT_GOOD : SQ_TEXT_PLAIN;
        return judged ? sq_verdict_name(verdict) : "not judged";
    case SQ_VERDICT_FAILED:
        *style = SQ_TEXT_BAD;
        return sq_verdict_name(verdict);
    case SQ_VERDICT_INCONCLUSIVE:
        return sq_verdict_name(verdict);
    }
    sq_assert(false && "a verdict without a style");
    return "";
}

const char *sq_text_sign(const struct sq_check *check, enum sq_text_style *style)
{
    *style = SQ_TEXT_DOUBT;
    switch (check->verdict) {
    case SQ_VERDICT_PASSED:
        *style = SQ_TEXT_GOOD;
        return "\xe2\x9c\x93";
    case SQ_VERDICT_FAILED:
        *style = check->threshold->strict ? SQ_TEXT_BAD : SQ_TEXT_DOUBT;
        return check->threshold->strict ? "\xe2\x9c\x97" : "!";
    case SQ_VERDICT_INCONCLUSIVE:
        return "?";
    }
    sq_assert(false && "a verdict without a sign");
    return "";
}

void sq_text_add_bar(struct sq_text_page *page, const struct sq_tally *tally, uint32_t width)
{
    uint32_t cells[SQ_OUTCOMES];
    sq_bar_cells(tally->outcome, SQ_OUTCOMES, width, cells);
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        enum sq_text_style style;
        const char *sign = sq_text_outcome_sign((enum sq_outcome)i, page->options->ascii, &style);
        struct sq_strbuf piece = {0};
        sq_strbuf_add_repeated(&piece, sign, cells[i]);
        sq_text_add(page, style, sq_strbuf_text(&piece));
        sq_report_join(page->out, &piece);
    }
}

static void add_legend_entry(struct sq_text_page *page, enum sq_outcome outcome, uint64_t count)
{
    struct sq_strbuf entry = {0};
    enum sq_text_style style;
    const char *sign = sq_text_outcome_sign(outcome, page->options->ascii, &style);
    sq_strbuf_add_format(&entry, " %s ", sq_outcome_row(outcome)->name);
    sq_format_count(&entry, count);
    size_t columns = 3 + sq_text_width(sq_strbuf_text(&entry), entry.length);
    if (page->used > SQ_TEXT_GUTTER && page->used + columns > page->width) {
        sq_text_end(page);
        sq_text_begin(page, "");
    } else if (page->used > SQ_TEXT_GUTTER) {
        sq_text_add(page, SQ_TEXT_PLAIN, "  ");
    }
    sq_text_add(page, style, sign);
    sq_text_add(page, SQ_TEXT_PLAIN, sq_strbuf_text(&entry));
    sq_report_join(page->out, &entry);
}

void sq_text_add_legend(struct sq_text_page *page, const struct sq_tally *tally)
{
    sq_text_begin(page, "");
    for (size_t i = 0; i < SQ_OUTCOMES; i++) {
        if (tally->outcome[i] > 0) {
            add_legend_entry(page, (enum sq_outcome)i, tally->outcome[i]);
        }
    }
    sq_text_end(page);
}
