/* SPDX-License-Identifier: MIT */
/* What reports say in words about a run and its checks. */
#include "reports/phrases.h"

#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "base/duration.h"
#include "reports/escape.h"
#include "reports/format.h"

const char *sq_phrase_mode(enum sq_mode mode)
{
    switch (mode) {
    case SQ_MODE_VIRTUAL:
        return "virtual time";
    case SQ_MODE_LIVE:
        return "live";
    }
    sq_assert(false && "a mode without a name");
    return "";
}

static bool has_mode(const struct sq_result *result, enum sq_mode mode)
{
    for (uint32_t i = 0; i < result->n_columns; i++) {
        if (result->columns[i].mode == mode) {
            return true;
        }
    }
    return false;
}

const char *sq_phrase_modes(const struct sq_result *result)
{
    if (has_mode(result, SQ_MODE_VIRTUAL) && has_mode(result, SQ_MODE_LIVE)) {
        return "virtual time and live";
    }
    return sq_phrase_mode(has_mode(result, SQ_MODE_LIVE) ? SQ_MODE_LIVE : SQ_MODE_VIRTUAL);
}

void sq_phrase_seeds(struct sq_strbuf *out, const struct sq_result *result,
                     const struct sq_column *column)
{
    uint64_t seed = result->scenario->seed;
    if (column->n_seeds > 1) {
        sq_strbuf_add_format(out, "seeds %" PRIu64 " to %" PRIu64, seed,
                             seed + column->n_seeds - 1);
    } else {
        sq_strbuf_add_format(out, "seed %" PRIu64, seed);
    }
    sq_strbuf_add(out, ", ");
    sq_duration_add_exact(out, result->scenario->duration);
}

static uint32_t count_verdicts(const struct sq_column *column, enum sq_verdict verdict)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < column->n_checks; i++) {
        count += column->checks[i].verdict == verdict ? 1 : 0;
    }
    return count;
}

void sq_phrase_checks(struct sq_strbuf *out, const struct sq_column *column)
{
    uint32_t failed = count_verdicts(column, SQ_VERDICT_FAILED);
    uint32_t open = count_verdicts(column, SQ_VERDICT_INCONCLUSIVE);
    if (column->n_checks == 0) {
        sq_strbuf_add(out, SQ_PHRASE_NOTHING_JUDGED);
        return;
    }
    if (failed == 0 && open == 0) {
        sq_strbuf_add_format(out, "%" PRIu32 " of %" PRIu32 " checks held", column->n_checks,
                             column->n_checks);
        return;
    }
    sq_strbuf_add_format(out, "%" PRIu32 " of %" PRIu32 " checks failed", failed, column->n_checks);
    if (open > 0) {
        sq_strbuf_add_format(out, ", %" PRIu32 " inconclusive", open);
    }
}

void sq_phrase_check_value(struct sq_strbuf *out, const struct sq_check *check)
{
    if (check->has_value) {
        sq_format_value(out, sq_format_kind(check->threshold), check->value);
    } else {
        sq_strbuf_add(out, SQ_FORMAT_NONE);
    }
}

void sq_phrase_margin(struct sq_strbuf *out, const struct sq_check *check)
{
    if (!check->has_value || check->verdict == SQ_VERDICT_INCONCLUSIVE) {
        bool said = check->reason != NULL && check->reason[0] != '\0';
        sq_strbuf_add(out, said ? check->reason : "no data");
    } else if (sq_format_kind(check->threshold) == SQ_METRIC_DURATION && check->value == SQ_NEVER) {
        sq_strbuf_add(out, "it did not happen within the run");
    } else if (check->margin == 0) {
        sq_strbuf_add(out, "exactly at the limit");
    } else {
        sq_strbuf_add(out, check->margin < 0 ? "misses by " : "held by ");
        sq_format_distance(out, sq_format_kind(check->threshold), check->margin);
    }
    if (!check->threshold->strict) {
        sq_strbuf_add(out, " (not strict)");
    }
}

const struct sq_check *sq_phrase_check_at(const struct sq_column *column, uint32_t k)
{
    static const enum sq_verdict order[] = {SQ_VERDICT_FAILED, SQ_VERDICT_INCONCLUSIVE,
                                            SQ_VERDICT_PASSED};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (uint32_t j = 0; j < column->n_checks; j++) {
            if (column->checks[j].verdict == order[i] && k-- == 0) {
                return &column->checks[j];
            }
        }
    }
    sq_assert(false && "a column has no such check");
    return NULL;
}

/* Whether a trouble is the very reason why the run says nothing. */
static bool is_said(const struct sq_column *column, const char *trouble)
{
    return column->inconclusive != NULL && strcmp(column->inconclusive, trouble) == 0;
}

bool sq_phrase_trouble(struct sq_strbuf *out, const struct sq_column *column, uint32_t k)
{
    const char *said[6];
    uint32_t n = 0;
    if (column->inconclusive != NULL) {
        said[n++] = column->inconclusive;
    }
    if (column->interrupted) {
        said[n++] = "interrupted: the numbers are of the part that ran";
    }
    if (column->fell_behind && !is_said(column, SQ_RESULT_FELL_BEHIND)) {
        said[n++] = SQ_RESULT_FELL_BEHIND;
    }
    if (column->replay_differs) {
        said[n++] = "fed again offline, the same answers led to other decisions";
    }
    if (column->estimated) {
        said[n++] = "tokens and cost are estimated: somebody else's endpoint keeps the books";
    }
    if (column->windows_not_recovered > 0) {
        said[n++] = "not every fault window was recovered from within the run";
    }
    if (k >= n) {
        return false;
    }
    sq_strbuf_add(out, said[k]);
    return true;
}

bool sq_phrase_repaired(struct sq_strbuf *out, const struct sq_column *column)
{
    bool any = false;
    for (int step = 0; step < SQ_REPAIR_STEPS; step++) {
        if (column->repaired[step] > 0) {
            sq_strbuf_add_format(out, "%s%s ", any ? ", " : "",
                                 sq_repair_row((enum sq_repair_step)step)->name);
            sq_format_count(out, column->repaired[step]);
            any = true;
        }
    }
    return any;
}

void sq_phrase_labels(struct sq_strbuf *out, const struct sq_result *result)
{
    for (uint32_t i = 0; i < result->n_labels; i++) {
        sq_strbuf_add_format(out, "%s%s=%s", i > 0 ? ", " : "", result->labels[i].key,
                             result->labels[i].value);
    }
}

const char *sq_phrase_differs(const struct sq_result *result)
{
    bool modes = has_mode(result, SQ_MODE_VIRTUAL) && has_mode(result, SQ_MODE_LIVE);
    bool policies = false;
    for (uint32_t i = 1; i < result->n_columns; i++) {
        policies = policies || result->columns[i].policy != result->columns[0].policy;
    }
    if (modes && policies) {
        return "policy and clock; same scenario, seeds and draws";
    }
    if (modes) {
        return "the clock; same scenario, policy, seeds and draws";
    }
    return "the policy; same scenario, seeds and draws";
}

void sq_phrase_command(struct sq_strbuf *out, const struct sq_result *result)
{
    sq_strbuf_add(out, "squall run ");
    sq_escape_shell(out, result->scenario->name);
    sq_strbuf_add_format(out, " --seed %" PRIu64, result->scenario->seed);
    if (result->scenario->n_seeds > 1) {
        sq_strbuf_add_format(out, " --seeds %" PRIu32, result->scenario->n_seeds);
    }
    if (has_mode(result, SQ_MODE_LIVE)) {
        sq_strbuf_add(out, has_mode(result, SQ_MODE_VIRTUAL) ? " --mode both" : " --mode live");
    }
}
