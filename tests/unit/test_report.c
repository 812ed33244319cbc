/* SPDX-License-Identifier: MIT */
/* The table of formats, and what holds of every writer. */
#include <check.h>
#include <string.h>

#include "reports/json.h"
#include "reports/phrases.h"
#include "reports/report.h"
#include "reports/text.h"
#include "tests/support/memory_torture.h"
#include "tests/support/result_world.h"

START_TEST(test_format_is_found_by_name)
{
    ck_assert_str_eq(sq_report_format_by_name("junit", 5)->name, "junit");
    ck_assert_str_eq(sq_report_format_by_name("textual", 4)->name, "text");
    ck_assert_ptr_null(sq_report_format_by_name("pdf", 3));
    ck_assert_ptr_null(sq_report_format_by_name("", 0));
    ck_assert_ptr_null(sq_report_format_by_name("jun", 3));
}
END_TEST

static void check_path(const char *path, const char *expected)
{
    const struct sq_report_format *format = sq_report_format_by_path(path);
    if (expected == NULL) {
        ck_assert_ptr_null(format);
    } else {
        ck_assert_ptr_nonnull(format);
        ck_assert_str_eq(format->name, expected);
    }
}

START_TEST(test_format_is_found_by_extension)
{
    check_path("out/j.xml", "junit");
    check_path("a.b.HTML", "html");
    check_path("r.htm", "html");
    check_path("result.json", "json");
    check_path("x.txt", "text");
}
END_TEST

START_TEST(test_path_without_a_known_extension_has_no_format)
{
    check_path("report", NULL);
    check_path("report.pdf", NULL);
    check_path("html", NULL);
    check_path(".json", NULL);
    check_path("dir/.json", NULL);
    check_path("a.jsonc", NULL);
    check_path("-", NULL);
    check_path("", NULL);
}
END_TEST

START_TEST(test_every_format_has_a_sentence_and_its_own_name)
{
    for (size_t i = 0; i < sq_report_formats(); i++) {
        const struct sq_report_format *format = sq_report_format(i);
        ck_assert_uint_gt(strlen(format->sentence), 10);
        ck_assert_ptr_eq(sq_report_format_by_name(format->name, strlen(format->name)), format);
    }
}
END_TEST

START_TEST(test_every_writer_says_when_memory_runs_out)
{
    struct result_world *world = result_world_new();
    result_world_make_hostile(world);
    result_world_add_live(world, false);
    size_t before = sq_memory_torture_live();
    const struct sq_report_options options = {.ascii = true};
    for (size_t i = 0; i < sq_report_formats(); i++) {
        size_t nth = 1;
        for (;; nth++) {
            struct sq_strbuf out = {0};
            struct sq_error err = {0};
            sq_memory_torture_fail(nth);
            enum sq_status status = sq_report_format(i)->write(&out, world->result, &options, &err);
            bool refused = sq_memory_torture_refused() > 0;
            sq_memory_torture_fail(0);
            sq_strbuf_clear(&out);
            ck_assert_uint_eq(sq_memory_torture_live(), before);
            if (!refused) {
                ck_assert_int_eq(status, SQ_OK);
                break;
            }
            ck_assert_msg(status == SQ_NO_MEMORY, "%s: request %zu was refused without a word",
                          sq_report_format(i)->name, nth);
        }
        ck_assert_uint_gt(nth, 1);
    }
    result_world_free(world);
}
END_TEST

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++) {
        lines += *text == '\n' ? 1 : 0;
    }
    return lines;
}

START_TEST(test_text_of_one_column_fits_a_screen_however_many_checks_there_are)
{
    struct result_world *world = result_world_new();
    struct sq_column *column = &world->result->columns[0];
    result_world_make_seeds(world);
    while (column->n_checks < SQ_THRESHOLDS_MAX) {
        column->checks[column->n_checks] = column->checks[column->n_checks % 5];
        column->n_checks++;
    }
    struct sq_strbuf out = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_text_write(&out, world->result, &(struct sq_report_options){0}, &err),
                     SQ_OK);
    ck_assert_uint_le(count_lines(sq_strbuf_text(&out)), SQ_TEXT_LINES_MAX);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&out), "of 64 checks failed"));
    sq_strbuf_clear(&out);
    result_world_free(world);
}
END_TEST

/* The load generator's trouble is also the reason why the run says nothing: it is said once. */
START_TEST(test_trouble_that_is_the_reason_is_said_once)
{
    struct sq_column column = {.fell_behind = true, .inconclusive = SQ_RESULT_FELL_BEHIND};
    struct sq_strbuf out = {0};
    ck_assert(sq_phrase_trouble(&out, &column, 0));
    ck_assert_str_eq(sq_strbuf_text(&out), SQ_RESULT_FELL_BEHIND);
    ck_assert(!sq_phrase_trouble(&out, &column, 1));
    column.inconclusive = "max_in_flight was reached";
    ck_assert(sq_phrase_trouble(&out, &column, 1));
    ck_assert(!sq_phrase_trouble(&out, &column, 2));
    sq_strbuf_clear(&out);
}
END_TEST

START_TEST(test_margin_of_what_never_happened_is_said_in_words)
{
    struct sq_threshold threshold = {.metric = SQ_METRIC_TIME_TO_RECOVER, .strict = true};
    struct sq_check check = {.threshold = &threshold,
                             .has_value = true,
                             .value = SQ_NEVER,
                             .margin = -SQ_NEVER,
                             .verdict = SQ_VERDICT_FAILED};
    struct sq_strbuf out = {0};
    sq_phrase_check_value(&out, &check);
    sq_strbuf_add(&out, ", ");
    sq_phrase_margin(&out, &check);
    ck_assert_str_eq(sq_strbuf_text(&out), "never, it did not happen within the run");
    sq_strbuf_clear(&out);
}
END_TEST

START_TEST(test_last_line_names_verdict_and_code)
{
    struct sq_strbuf out = {0};
    sq_text_add_last_line(&out, SQ_VERDICT_PASSED, 0);
    sq_text_add_last_line(&out, SQ_VERDICT_INCONCLUSIVE, 143);
    ck_assert_str_eq(sq_strbuf_text(&out),
                     "squall: passed (exit 0)\nsquall: inconclusive (exit 143)\n");
    sq_strbuf_clear(&out);
}
END_TEST

START_TEST(test_schema_of_results_is_in_the_program)
{
    size_t length = 0;
    const char *schema = sq_json_result_schema(&length);
    ck_assert_uint_eq(strlen(schema), length);
    ck_assert_ptr_nonnull(strstr(schema, SQ_RESULT_SCHEMA));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report");
    tcase_add_test(tests, test_format_is_found_by_name);
    tcase_add_test(tests, test_format_is_found_by_extension);
    tcase_add_test(tests, test_path_without_a_known_extension_has_no_format);
    tcase_add_test(tests, test_every_format_has_a_sentence_and_its_own_name);
    tcase_add_test(tests, test_every_writer_says_when_memory_runs_out);
    tcase_add_test(tests, test_text_of_one_column_fits_a_screen_however_many_checks_there_are);
    tcase_add_test(tests, test_trouble_that_is_the_reason_is_said_once);
    tcase_add_test(tests, test_margin_of_what_never_happened_is_said_in_words);
    tcase_add_test(tests, test_last_line_names_verdict_and_code);
    tcase_add_test(tests, test_schema_of_results_is_in_the_program);
    Suite *suite = suite_create("report");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
