/* SPDX-License-Identifier: MIT */
/* The figure: its script, and what gnuplot makes of it. */
#include <check.h>
#include <string.h>

#include "host/child.h"
#include "host/signal.h"
#include "reports/html.h"
#include "reports/plots.h"
#include "tests/support/result_world.h"

static void draw(const struct result_world *world, struct sq_strbuf *svg)
{
    struct sq_error err = {0};
    enum sq_status status =
        sq_plot_add_svg(svg, world->result, &world->result->columns[0], "gnuplot", &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
}

START_TEST(test_script_holds_names_in_data_only)
{
    struct result_world *world = result_world_new();
    struct sq_strbuf script = {0};
    result_world_make_hostile(world);
    sq_plot_add_script(&script, world->result, &world->result->columns[0]);
    const char *commands = strstr(sq_strbuf_text(&script), "set terminal");
    ck_assert_ptr_nonnull(commands);
    ck_assert_ptr_null(strstr(commands, "touch"));
    ck_assert_ptr_null(strstr(commands, "script"));
    ck_assert_ptr_null(strchr(sq_strbuf_text(&script), '`'));
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&script), "touch"));
    sq_strbuf_clear(&script);
    result_world_free(world);
}
END_TEST

START_TEST(test_nothing_to_draw_is_said)
{
    struct result_world *world = result_world_new();
    ck_assert(sq_plot_has_data(&world->result->columns[0]));
    result_world_make_empty(world);
    ck_assert(!sq_plot_has_data(&world->result->columns[0]));
    result_world_free(world);
}
END_TEST

START_TEST(test_missing_program_is_an_error_and_the_page_says_so)
{
    struct result_world *world = result_world_new();
    struct sq_strbuf page = {0};
    struct sq_error err = {0};
    struct sq_report_options options = {.gnuplot = "/nonexistent/gnuplot"};
    ck_assert_int_eq(
        sq_plot_add_svg(&page, world->result, &world->result->columns[0], options.gnuplot, &err),
        SQ_ENVIRONMENT);
    sq_strbuf_reset(&page);
    ck_assert_int_eq(sq_html_write(&page, world->result, &options, &err), SQ_OK);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&page), "The figure is missing"));
    sq_strbuf_clear(&page);
    result_world_free(world);
}
END_TEST

START_TEST(test_figure_is_an_element_that_a_page_can_hold)
{
    struct result_world *world = result_world_new();
    struct sq_strbuf first = {0};
    struct sq_strbuf second = {0};
    result_world_make_hostile(world);
    draw(world, &first);
    draw(world, &second);
    const char *svg = sq_strbuf_text(&first);
    ck_assert_str_eq(svg, sq_strbuf_text(&second));
    ck_assert_int_eq(strncmp(svg, "<svg ", 5), 0);
    ck_assert_ptr_null(strstr(svg, "<script"));
    ck_assert_ptr_null(strstr(svg, " id="));
    ck_assert_ptr_null(strstr(svg, "href"));
    ck_assert_ptr_null(strstr(svg, "gnuplot"));
    ck_assert_ptr_null(strstr(svg, "GNUPLOT"));
    ck_assert_ptr_null(strstr(svg, "rgb(64,70,80)"));
    ck_assert_ptr_nonnull(strstr(svg, "var(--ink,"));
    ck_assert_ptr_nonnull(strstr(svg, "half open"));
    sq_strbuf_clear(&first);
    sq_strbuf_clear(&second);
    result_world_free(world);
}
END_TEST

START_TEST(test_page_with_figures_refers_to_nothing_outside)
{
    struct result_world *world = result_world_new();
    struct sq_strbuf page = {0};
    struct sq_error err = {0};
    struct sq_report_options options = {.gnuplot = "gnuplot"};
    result_world_make_hostile(world);
    result_world_add_policies(world);
    ck_assert_int_eq(sq_html_write(&page, world->result, &options, &err), SQ_OK);
    const char *text = sq_strbuf_text(&page);
    static const char *const never[] = {
        "<script", "<img", "<link", " src=", " href=", "url(", "@import", "The figure is missing"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        const char *found = strstr(text, never[i]);
        bool in_a_name = found != NULL && strncmp(found, " src=x onerror", 14) == 0;
        ck_assert_msg(found == NULL || in_a_name, "the page has \"%.60s\"", found);
    }
    sq_strbuf_clear(&page);
    result_world_free(world);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report_plots");
    sq_signals_ignore_pipe();
    tcase_add_test(tests, test_script_holds_names_in_data_only);
    tcase_add_test(tests, test_nothing_to_draw_is_said);
    tcase_add_test(tests, test_missing_program_is_an_error_and_the_page_says_so);
    if (sq_child_exists("gnuplot")) {
        tcase_add_test(tests, test_figure_is_an_element_that_a_page_can_hold);
        tcase_add_test(tests, test_page_with_figures_refers_to_nothing_outside);
    }
    Suite *suite = suite_create("report_plots");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
