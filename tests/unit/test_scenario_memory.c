/* SPDX-License-Identifier: MIT */
/* Loading while the heap refuses, at every allocation in turn: it says so and loses nothing. */
#include <check.h>
#include <stdlib.h>

#include "scenarios/reference.h"
#include "tests/support/memory_torture.h"
#include "tests/support/scenario_text.h"

static enum sq_status load_once(const char *name)
{
    struct sq_scenario *scenario = NULL;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    enum sq_status status = sq_scenario_load(name, NULL, &scenario, &diagnostics, &err);
    ck_assert_int_eq(status == SQ_OK, scenario != NULL);
    sq_scenario_free(scenario);
    sq_diagnostics_clear(&diagnostics);
    return status;
}

static void torture(const char *name, enum sq_status whole)
{
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        sq_memory_torture_fail(nth);
        enum sq_status status = load_once(name);
        if (sq_memory_torture_refused() == 0) {
            ck_assert_int_eq(status, whole);
            break;
        }
        ck_assert_msg(status == SQ_NO_MEMORY, "allocation %zu: status %d", nth, (int)status);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
    }
    sq_memory_torture_fail(0);
    ck_assert_uint_eq(sq_memory_torture_live(), live);
}

START_TEST(test_load_when_memory_runs_out_then_said_and_nothing_leaks)
{
    torture("quickstart", SQ_OK);
    torture("all-down", SQ_OK);
}
END_TEST

START_TEST(test_load_when_memory_runs_out_over_a_trace_or_laws_then_said_and_nothing_leaks)
{
    const char *root = getenv("SQUALL_SOURCE_DIR");
    struct sq_strbuf path = {0};
    sq_strbuf_add_format(&path, "%s/tests/unit/data/replay.json", root == NULL ? "." : root);
    torture(sq_strbuf_text(&path), SQ_OK);
    sq_strbuf_clear(&path);
    torture("azure-like", SQ_OK);
}
END_TEST

START_TEST(test_load_when_memory_runs_out_over_a_mistake_then_said_and_nothing_leaks)
{
    torture("quikstart", SQ_INVALID);
}
END_TEST

START_TEST(test_schema_when_memory_runs_out_then_said)
{
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf out = {0};
        struct sq_error err = {0};
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_reference_schema("policy", &out, &err);
        bool done = sq_memory_torture_refused() == 0;
        ck_assert_int_eq(status, done ? SQ_OK : SQ_NO_MEMORY);
        sq_strbuf_clear(&out);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
        if (done) {
            break;
        }
    }
    sq_memory_torture_fail(0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_memory");
    TCase *tests = tcase_create("scenario_memory");
    tcase_add_test(tests, test_load_when_memory_runs_out_then_said_and_nothing_leaks);
    tcase_add_test(tests,
                   test_load_when_memory_runs_out_over_a_trace_or_laws_then_said_and_nothing_leaks);
    tcase_add_test(tests,
                   test_load_when_memory_runs_out_over_a_mistake_then_said_and_nothing_leaks);
    tcase_add_test(tests, test_schema_when_memory_runs_out_then_said);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
