/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML in the dialect that both common schemas accept: nothing on <testsuites>, times with at
 * most three decimals, a timestamp without zone, no files on cases, output at the suite's end.
 * Message in the attribute and in the text: readers look at one or the other.
 */
#include "reports/junit.h"

#include <inttypes.h>
#include <string.h>

#include "base/assert.h"
#include "base/date.h"
#include "reports/escape.h"
#include "reports/phrases.h"

/* How a case ended; PASSED has no element. */
enum ending { PASSED, FAILED, ERRORED, SKIPPED };

struct test_case {
    enum ending ending;
    const char *name;
    const char *type;
    const char *message;
    uint32_t occurrence; /* the n-th of this name in its suite, from 1 */
};

/* Cases besides the checks: the run itself, and the agreement of the clocks. */
struct suite {
    const struct sq_result *result;
    const struct sq_column *column;
    uint32_t index;
    uint32_t tests;
    uint32_t failures;
    uint32_t errors;
    uint32_t skipped;
    struct sq_strbuf cases;
};

static void add_attribute(struct sq_strbuf *out, const char *name, const char *value)
{
    sq_strbuf_add_format(out, " %s=\"", name);
    sq_escape_markup(out, value);
    sq_strbuf_add_char(out, '"');
}

static void add_number(struct sq_strbuf *out, const char *name, uint64_t value)
{
    sq_strbuf_add_format(out, " %s=\"%" PRIu64 "\"", name, value);
}

/* Both schemas want at least one character that is not a space. */
static const char *named(const char *text)
{
    return text == NULL || sq_escape_leaves_blank(text) ? "unnamed" : text;
}

/* "scenario.policy.mode": what GitLab shows as the suite, and what keeps names apart. */
static void add_suite_name(struct sq_strbuf *out, const struct suite *suite)
{
    sq_strbuf_add(out, named(suite->result->scenario->name));
    sq_strbuf_add_char(out, '.');
    sq_strbuf_add(out, named(suite->column->policy->name));
    sq_strbuf_add_char(out, '.');
    sq_strbuf_add(out, sq_mode_name(suite->column->mode));
}

static void add_suite_name_attribute(struct sq_strbuf *out, const char *attribute,
                                     const struct suite *suite)
{
    struct sq_strbuf name = {0};
    add_suite_name(&name, suite);
    add_attribute(out, attribute, sq_strbuf_text(&name));
    sq_report_join(out, &name);
}

static void add_case_name(struct sq_strbuf *out, const struct test_case *test)
{
    struct sq_strbuf name = {0};
    sq_strbuf_add(&name, named(test->name));
    if (test->occurrence > 1) {
        sq_strbuf_add_format(&name, " (%" PRIu32 ")", test->occurrence);
    }
    add_attribute(out, "name", sq_strbuf_text(&name));
    sq_report_join(out, &name);
}

static const char *element_of(enum ending ending)
{
    switch (ending) {
    case PASSED:
        return NULL;
    case FAILED:
        return "failure";
    case ERRORED:
        return "error";
    case SKIPPED:
        return "skipped";
    }
    sq_assert(false && "an ending without an element");
    return NULL;
}

static void count_case(struct suite *suite, enum ending ending)
{
    suite->tests++;
    suite->failures += ending == FAILED ? 1 : 0;
    suite->errors += ending == ERRORED ? 1 : 0;
    suite->skipped += ending == SKIPPED ? 1 : 0;
}

static void add_case(struct suite *suite, const struct test_case *test)
{
    struct sq_strbuf *out = &suite->cases;
    const char *element = element_of(test->ending);
    count_case(suite, test->ending);
    sq_strbuf_add(out, "    <testcase");
    add_case_name(out, test);
    add_suite_name_attribute(out, "classname", suite);
    sq_strbuf_add(out, " time=\"0\"");
    if (element == NULL) {
        sq_strbuf_add(out, "/>\n");
        return;
    }
    sq_strbuf_add_format(out, ">\n      <%s", element);
    add_attribute(out, "type", test->type);
    add_attribute(out, "message", test->message);
    sq_strbuf_add_char(out, '>');
    sq_escape_markup(out, test->message);
    sq_strbuf_add_format(out, "</%s>\n    </testcase>\n", element);
}

static enum ending ending_of(const struct sq_check *check)
{
    switch (check->verdict) {
    case SQ_VERDICT_PASSED:
        return PASSED;
    case SQ_VERDICT_FAILED:
        return check->threshold->strict ? FAILED : SKIPPED;
    case SQ_VERDICT_INCONCLUSIVE:
        return check->threshold->strict ? ERRORED : SKIPPED;
    }
    sq_assert(false && "a verdict without an ending");
    return ERRORED;
}

/* How many checks up to this one are written the same. */
static uint32_t occurrence_of(const struct sq_column *column, uint32_t index)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i <= index; i++) {
        const char *text = column->checks[i].threshold->text;
        count += strcmp(text, column->checks[index].threshold->text) == 0 ? 1 : 0;
    }
    return count;
}

/* "call_duration p(95)<2500ms: 2.90s, misses it by 400ms" */
static void add_message(struct sq_strbuf *out, const struct sq_check *check)
{
    sq_strbuf_add(out, check->threshold->text);
    sq_strbuf_add(out, ": ");
    sq_phrase_check_value(out, check);
    sq_strbuf_add(out, ", ");
    sq_phrase_margin(out, check);
}

static void add_check(struct suite *suite, uint32_t index)
{
    const struct sq_check *check = &suite->column->checks[index];
    struct sq_strbuf message = {0};
    add_message(&message, check);
    struct test_case test = {.ending = ending_of(check),
                             .name = check->threshold->text,
                             .type = sq_verdict_name(check->verdict),
                             .message = sq_strbuf_text(&message),
                             .occurrence = occurrence_of(suite->column, index)};
    add_case(suite, &test);
    sq_report_join(&suite->cases, &message);
}

/* What makes the column inconclusive although every check may have a value. */
static void add_run_case(struct suite *suite)
{
    const struct sq_column *column = suite->column;
    struct test_case test = {.ending = ERRORED, .name = "the run", .type = "inconclusive"};
    if (column->inconclusive != NULL) {
        test.message = column->inconclusive;
    } else if (column->interrupted) {
        test.message = "interrupted: the numbers are of the part that ran";
    } else {
        return;
    }
    add_case(suite, &test);
}

/* Clocks that disagree make the result inconclusive: an error of the live column. */
static void add_clock_cases(struct suite *suite)
{
    for (uint32_t i = 0; i < suite->result->n_agreements; i++) {
        const struct sq_agreement *agreement = &suite->result->agreements[i];
        if (agreement->live_column != suite->index) {
            continue;
        }
        struct sq_strbuf message = {0};
        sq_phrase_agreement(&message, agreement);
        struct test_case test = {.ending = agreement->agree ? PASSED : ERRORED,
                                 .name = "virtual time and live agree",
                                 .type = "inconclusive",
                                 .message = sq_strbuf_text(&message)};
        add_case(suite, &test);
        sq_report_join(&suite->cases, &message);
    }
}

static void add_property(struct sq_strbuf *out, const char *name, const char *value)
{
    sq_strbuf_add(out, "      <property");
    add_attribute(out, "name", name);
    add_attribute(out, "value", value);
    sq_strbuf_add(out, "/>\n");
}

static void add_properties(struct sq_strbuf *out, const struct suite *suite)
{
    struct sq_strbuf seeds = {0};
    sq_phrase_seeds(&seeds, suite->result, suite->column);
    sq_strbuf_add(out, "    <properties>\n");
    add_property(out, "scenario", suite->result->scenario->name);
    add_property(out, "policy", suite->column->policy->name);
    add_property(out, "mode", sq_mode_name(suite->column->mode));
    add_property(out, "seeds", sq_strbuf_text(&seeds));
    for (uint32_t i = 0; i < suite->result->n_labels; i++) {
        struct sq_strbuf name = {0};
        sq_strbuf_add_format(&name, "label.%s", suite->result->labels[i].key);
        add_property(out, sq_strbuf_text(&name), suite->result->labels[i].value);
        sq_report_join(out, &name);
    }
    if (suite->column->estimated) {
        add_property(out, "estimated", "tokens, cost");
    }
    sq_strbuf_add(out, "    </properties>\n");
    sq_report_join(out, &seeds);
}

static void add_timestamp(struct sq_strbuf *out, int64_t epoch_s)
{
    char date[SQ_DATE_RFC3339_BYTES];
    sq_date_write_rfc3339(date, epoch_s);
    sq_assert(date[SQ_DATE_RFC3339_BYTES - 2] == 'Z');
    date[SQ_DATE_RFC3339_BYTES - 2] = '\0';
    add_attribute(out, "timestamp", date);
}

static void add_suite_start(struct sq_strbuf *out, const struct suite *suite)
{
    sq_strbuf_add(out, "  <testsuite");
    add_suite_name_attribute(out, "name", suite);
    add_attribute(out, "package", "squall");
    add_number(out, "id", suite->index);
    add_number(out, "tests", suite->tests);
    add_number(out, "failures", suite->failures);
    add_number(out, "errors", suite->errors);
    add_number(out, "skipped", suite->skipped);
    sq_strbuf_add(out, " time=\"");
    sq_strbuf_add_decimal(out, suite->result->scenario->duration, 9, 3);
    sq_strbuf_add_char(out, '"');
    add_timestamp(out, suite->result->scenario->epoch_s);
    add_attribute(out, "hostname", "localhost"); /* a host's name would not be reproducible */
    sq_strbuf_add(out, ">\n");
}

static void add_suite(struct sq_strbuf *out, const struct sq_result *result, uint32_t index)
{
    struct suite suite = {.result = result, .column = &result->columns[index], .index = index};
    struct sq_strbuf said = {0};
    for (uint32_t i = 0; i < suite.column->n_checks; i++) {
        add_check(&suite, i);
    }
    add_run_case(&suite);
    add_clock_cases(&suite);
    add_suite_start(out, &suite);
    add_properties(out, &suite);
    sq_strbuf_add_bytes(out, sq_strbuf_text(&suite.cases), suite.cases.length);
    sq_phrase_checks(&said, suite.column);
    sq_strbuf_add(out, "    <system-out>");
    sq_escape_markup(out, sq_strbuf_text(&said));
    sq_strbuf_add(out, "</system-out>\n    <system-err></system-err>\n  </testsuite>\n");
    sq_report_join(out, &said);
    sq_report_join(out, &suite.cases);
}

enum sq_status sq_junit_write(struct sq_strbuf *out, const struct sq_result *result,
                              const struct sq_report_options *options, struct sq_error *err)
{
    (void)options; /* the file depends on the result alone */
    sq_strbuf_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (uint32_t i = 0; i < result->n_columns; i++) {
        add_suite(out, result, i);
    }
    sq_strbuf_add(out, "</testsuites>\n");
    return sq_report_finish(out, err);
}
