/* SPDX-License-Identifier: MIT */
/* The judge: values against limits, then the gravest of what counts. */
#include "sim/judge.h"

#include <stddef.h>

#include "base/assert.h"

#define EXIT_PASSED       0
#define EXIT_FAILED       1
#define EXIT_INCONCLUSIVE 5
#define EXIT_INTERRUPTED  130

/* What a threshold was held against: one column, or the worst of several. */
struct finding {
    bool has_value;
    int64_t value;
    int64_t margin;
    const char *missing; /* why a column had no value; NULL: all had one */
    bool unrecovered;    /* a steady state that never came back */
};

static int64_t difference(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_sub_overflow(a, b, &result)) {
        return a < b ? -INT64_MAX : INT64_MAX;
    }
    return result < -INT64_MAX ? -INT64_MAX : result;
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t margin_of(const struct sq_threshold *threshold, int64_t value)
{
    int64_t below = difference(threshold->limit, value);
    switch (threshold->operation) {
    case SQ_OPERATOR_LT:
    case SQ_OPERATOR_LE:
        return below;
    case SQ_OPERATOR_GT:
    case SQ_OPERATOR_GE:
        return -below;
    case SQ_OPERATOR_EQ:
        return below < 0 ? below : -below;
    case SQ_OPERATOR_WITHIN:
        return lesser(-below, difference(threshold->upper, value));
    }
    sq_assert(false);
    return 0;
}

static bool holds(const struct sq_threshold *threshold, int64_t margin)
{
    bool open = threshold->operation == SQ_OPERATOR_LT || threshold->operation == SQ_OPERATOR_GT;
    return open ? margin > 0 : margin >= 0;
}

static bool was_not_recovered(const struct sq_column *column, const struct sq_threshold *threshold)
{
    const struct sq_slice *slice = sq_column_slice(column, threshold);
    return slice != NULL && slice->n_unrecovered > 0;
}

static void look_at(const struct sq_result *result, const struct sq_column *column,
                    const struct sq_threshold *threshold, struct finding *finding)
{
    int64_t value;
    const char *reason;
    if (!sq_result_value(result, column, threshold, &value, &reason)) {
        finding->missing = finding->missing == NULL ? reason : finding->missing;
        return;
    }
    int64_t margin = margin_of(threshold, value);
    if (threshold->when == SQ_WHEN_AFTER && was_not_recovered(column, threshold)) {
        finding->unrecovered = true;
        if (margin >= 0) { /* the number alone would look well */
            return;
        }
    }
    if (!finding->has_value || margin < finding->margin) {
        finding->has_value = true;
        finding->value = value;
        finding->margin = margin;
    }
}

static enum sq_verdict without_data(enum sq_no_data on_no_data)
{
    switch (on_no_data) {
    case SQ_NO_DATA_INCONCLUSIVE:
        return SQ_VERDICT_INCONCLUSIVE;
    case SQ_NO_DATA_PASS:
        return SQ_VERDICT_PASSED;
    case SQ_NO_DATA_FAIL:
        return SQ_VERDICT_FAILED;
    }
    sq_assert(false);
    return SQ_VERDICT_INCONCLUSIVE;
}

/* A bad seed fails the check whatever the others lack. What was not steady before the first fault
 * tells nothing of the faults. */
static enum sq_verdict verdict_of(const struct sq_threshold *threshold,
                                  const struct finding *finding)
{
    if (finding->unrecovered) {
        return SQ_VERDICT_FAILED;
    }
    if (finding->has_value && !holds(threshold, finding->margin)) {
        return threshold->when == SQ_WHEN_BEFORE ? SQ_VERDICT_INCONCLUSIVE : SQ_VERDICT_FAILED;
    }
    return finding->missing == NULL ? SQ_VERDICT_PASSED : without_data(threshold->on_no_data);
}

static const char *reason_of(const struct sq_threshold *threshold, const struct finding *finding)
{
    if (finding->unrecovered) {
        return "availability was not back for three windows after the last fault";
    }
    if (threshold->when == SQ_WHEN_BEFORE && finding->has_value &&
        !holds(threshold, finding->margin)) {
        return "the state was not steady before the first fault";
    }
    return finding->missing == NULL ? "" : finding->missing;
}

static struct sq_check check_of(const struct sq_threshold *threshold, const struct finding *finding,
                                const char *inconclusive)
{
    struct sq_check check = {.threshold = threshold,
                             .has_value = finding->has_value,
                             .value = finding->has_value ? finding->value : 0,
                             .margin = finding->has_value ? finding->margin : 0,
                             .verdict = verdict_of(threshold, finding),
                             .reason = reason_of(threshold, finding)};
    if (inconclusive != NULL) {
        check.verdict = SQ_VERDICT_INCONCLUSIVE;
        check.reason = inconclusive;
    }
    return check;
}

static int gravity(enum sq_verdict verdict)
{
    switch (verdict) {
    case SQ_VERDICT_PASSED:
        return 0;
    case SQ_VERDICT_INCONCLUSIVE:
        return 1;
    case SQ_VERDICT_FAILED:
        return 2;
    }
    sq_assert(false);
    return 0;
}

static enum sq_verdict graver(enum sq_verdict a, enum sq_verdict b)
{
    return gravity(a) >= gravity(b) ? a : b;
}

/* Why nothing can be said of the column; NULL: it can. */
static const char *inconclusive_by_itself(const struct sq_column *column)
{
    if (column->inconclusive != NULL) {
        return column->inconclusive;
    }
    return column->interrupted ? "the run was interrupted" : NULL;
}

void sq_judge_column(const struct sq_result *result, struct sq_column *column,
                     const struct sq_column *per_seed, uint32_t n_per_seed)
{
    const struct sq_scenario *scenario = result->scenario;
    const char *inconclusive = inconclusive_by_itself(column);
    column->n_checks = scenario->n_thresholds;
    column->verdict = inconclusive == NULL ? SQ_VERDICT_PASSED : SQ_VERDICT_INCONCLUSIVE;
    for (uint32_t i = 0; i < column->n_checks; i++) {
        const struct sq_threshold *threshold = &scenario->thresholds[i];
        struct finding finding = {0};
        if (threshold->over == SQ_OVER_EACH_SEED && per_seed != NULL && n_per_seed > 0) {
            for (uint32_t seed = 0; seed < n_per_seed; seed++) {
                look_at(result, &per_seed[seed], threshold, &finding);
            }
        } else {
            look_at(result, column, threshold, &finding);
        }
        column->checks[i] = check_of(threshold, &finding, inconclusive);
        if (threshold->strict) {
            column->verdict = graver(column->verdict, column->checks[i].verdict);
        }
    }
}

static int exit_code_of(enum sq_verdict verdict)
{
    switch (verdict) {
    case SQ_VERDICT_PASSED:
        return EXIT_PASSED;
    case SQ_VERDICT_FAILED:
        return EXIT_FAILED;
    case SQ_VERDICT_INCONCLUSIVE:
        return EXIT_INCONCLUSIVE;
    }
    sq_assert(false);
    return EXIT_INCONCLUSIVE;
}

void sq_judge_result(struct sq_result *result)
{
    result->verdict = result->interrupted ? SQ_VERDICT_INCONCLUSIVE : SQ_VERDICT_PASSED;
    for (uint32_t i = 0; i < result->n_columns; i++) {
        result->verdict = graver(result->verdict, result->columns[i].verdict);
    }
    for (uint32_t i = 0; i < result->n_agreements; i++) {
        if (!result->agreements[i].agree) {
            result->verdict = graver(result->verdict, SQ_VERDICT_INCONCLUSIVE);
        }
    }
    result->exit_code = result->interrupted ? EXIT_INTERRUPTED : exit_code_of(result->verdict);
}
