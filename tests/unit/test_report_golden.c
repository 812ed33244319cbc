/* SPDX-License-Identifier: MIT */
/* Whole documents, byte by byte, of results made by hand. */
#include <check.h>
#include <string.h>

#include "reports/plots.h"
#include "reports/report.h"
#include "reports/text.h"
#include "tests/support/golden.h"
#include "tests/support/result_world.h"
#include "wire/text.h"

static void compare(const struct result_world *world, const char *format, const char *golden,
                    const struct sq_report_options *options)
{
    struct sq_strbuf out = {0};
    struct sq_error err = {0};
    const struct sq_report_format *row = sq_report_format_by_name(format, strlen(format));
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(row->write(&out, world->result, options, &err), SQ_OK);
    golden_compare(golden, &out);
    sq_strbuf_clear(&out);
}

/* Every format of this world: reports/<name>.txt and so on. */
static void compare_all(const struct result_world *world, const char *name)
{
    struct sq_report_options options = {0};
    for (size_t i = 0; i < sq_report_formats(); i++) {
        const struct sq_report_format *format = sq_report_format(i);
        struct sq_strbuf golden = {0};
        sq_strbuf_add_format(&golden, "reports/%s.%s", name, format->name);
        compare(world, format->name, sq_strbuf_text(&golden), &options);
        sq_strbuf_clear(&golden);
    }
}

START_TEST(test_golden_of_a_failed_run)
{
    struct result_world *world = result_world_new();
    compare_all(world, "failed");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_a_passed_run)
{
    struct result_world *world = result_world_new();
    result_world_make_passed(world);
    compare_all(world, "passed");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_hostile_names)
{
    struct result_world *world = result_world_new();
    result_world_make_hostile(world);
    compare_all(world, "hostile");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_vietnamese)
{
    struct result_world *world = result_world_new();
    struct sq_strbuf script = {0};
    result_world_make_vietnamese(world);
    compare_all(world, "vietnamese");
    sq_plot_add_script(&script, world->result, &world->result->columns[0]);
    golden_compare("reports/vietnamese.gnuplot", &script);
    sq_strbuf_clear(&script);
    result_world_free(world);
}
END_TEST

/* The sign that a line is full stands in the last column, wherever the marks are. */
START_TEST(test_text_of_vietnamese_fits_the_terminal)
{
    struct result_world *world = result_world_new();
    struct sq_report_options options = {.columns = 60};
    struct sq_strbuf out = {0};
    struct sq_error err = {0};
    result_world_make_vietnamese(world);
    world->scenario.title = world->scenario.description;
    ck_assert_int_eq(sq_text_write_summary(&out, world->result, &options, &err), SQ_OK);
    for (const char *line = sq_strbuf_text(&out); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "next", 4) != 0) {
            ck_assert_uint_le(sq_text_width(line, length), 60);
        }
        line += length + 1;
    }
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&out), "Vui lo\u0300ng lie\u0302n he\u0323\u0302"));
    sq_strbuf_clear(&out);
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_several_policies)
{
    struct result_world *world = result_world_new();
    result_world_add_policies(world);
    compare_all(world, "policies");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_several_seeds)
{
    struct result_world *world = result_world_new();
    result_world_make_seeds(world);
    compare_all(world, "seeds");
    result_world_add_policies(world);
    result_world_make_seeds(world);
    compare_all(world, "seeds_policies");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_two_clocks_that_differ)
{
    struct result_world *world = result_world_new();
    result_world_add_live(world, false);
    compare_all(world, "clocks");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_a_run_without_calls)
{
    struct result_world *world = result_world_new();
    result_world_make_empty(world);
    compare_all(world, "empty");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_a_run_without_checks)
{
    struct result_world *world = result_world_new();
    result_world_make_unjudged(world);
    compare_all(world, "unjudged");
    result_world_free(world);
}
END_TEST

START_TEST(test_golden_of_text_with_colour_and_in_ascii)
{
    struct result_world *world = result_world_new();
    struct sq_report_options options = {.color = true, .columns = 120};
    compare(world, "text", "reports/colour.text", &options);
    const char *const next[] = {"squall run my\xc3\xa9.json -p x -o report.html",
                                "squall run my\xc3\xa9.json -p x -p none", "one too many"};
    options = (struct sq_report_options){.ascii = true, .next = next, .n_next = 3};
    compare(world, "text", "reports/ascii.text", &options);
    result_world_free(world);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report_golden");
    tcase_add_test(tests, test_golden_of_a_failed_run);
    tcase_add_test(tests, test_golden_of_a_passed_run);
    tcase_add_test(tests, test_golden_of_hostile_names);
    tcase_add_test(tests, test_golden_of_vietnamese);
    tcase_add_test(tests, test_text_of_vietnamese_fits_the_terminal);
    tcase_add_test(tests, test_golden_of_several_policies);
    tcase_add_test(tests, test_golden_of_several_seeds);
    tcase_add_test(tests, test_golden_of_two_clocks_that_differ);
    tcase_add_test(tests, test_golden_of_a_run_without_calls);
    tcase_add_test(tests, test_golden_of_a_run_without_checks);
    tcase_add_test(tests, test_golden_of_text_with_colour_and_in_ascii);
    Suite *suite = suite_create("report_golden");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
