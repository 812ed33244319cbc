/* SPDX-License-Identifier: MIT */
/* The text a user sees, byte for byte: tests/unit/diagnostics/NAME.json gives NAME.txt. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

static void check_golden(const char *name)
{
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf path = {0};
    struct sq_strbuf expected = {0};
    struct sq_strbuf shown = {0};
    const char *root = getenv("SQUALL_SOURCE_DIR");
    sq_strbuf_add_format(&path, "tests/unit/diagnostics/%s.txt", name);
    read_source(sq_strbuf_text(&path), &expected);
    sq_strbuf_reset(&path);
    sq_strbuf_add_format(&path, "%s/tests/unit/diagnostics/%s.json", root == NULL ? "." : root,
                         name);
    enum sq_status status = sq_scenario_check_file(sq_strbuf_text(&path), &diagnostics, &err);
    ck_assert_int_eq(status, diagnostics.n_errors > 0 ? SQ_INVALID : SQ_OK);
    sq_diagnostics_add_text(&diagnostics, &shown, false);

    /* The file is named as it was given: take the folder out. */
    struct sq_strbuf relative = {0};
    const char *text = sq_strbuf_text(&shown);
    size_t length = root == NULL ? 1 : strlen(root);
    for (const char *at; (at = strstr(text, root == NULL ? "." : root)) != NULL && root != NULL;
         text = at + length + 1) {
        sq_strbuf_add_bytes(&relative, text, (size_t)(at - text));
    }
    sq_strbuf_add(&relative, text);
    ck_assert_str_eq(sq_strbuf_text(&relative), sq_strbuf_text(&expected));
    sq_diagnostics_clear(&diagnostics);
    sq_strbuf_clear(&path);
    sq_strbuf_clear(&expected);
    sq_strbuf_clear(&shown);
    sq_strbuf_clear(&relative);
}

static const char *const names[] = {"both-delays",
                                    "breakers-disagree",
                                    "camel-case",
                                    "count-warning",
                                    "distribution",
                                    "duration-number",
                                    "duration-words",
                                    "kind-timeout",
                                    "many",
                                    "match",
                                    "max-retries",
                                    "missing",
                                    "out-of-range",
                                    "parameter-of-another-kind",
                                    "phases-and-duration",
                                    "ratio",
                                    "recovery-without-room",
                                    "retry-after-number",
                                    "status-in-quotes",
                                    "steady-state",
                                    "steady-state-empty",
                                    "steady-state-warning",
                                    "threshold",
                                    "trace",
                                    "trailing-comma",
                                    "two-keys",
                                    "unit-in-key",
                                    "unknown-class",
                                    "unknown-field",
                                    "unknown-model",
                                    "unknown-preset",
                                    "unknown-role",
                                    "unknown-where",
                                    "unsupported",
                                    "unsupported-word",
                                    "wide-characters",
                                    "window-without-at",
                                    "wrong-schema",
                                    "wrong-type"};

START_TEST(test_text_when_a_mistake_is_made_then_it_is_said_like_this)
{
    check_golden(names[_i]);
}
END_TEST

START_TEST(test_text_when_coloured_then_the_words_are_the_same)
{
    struct loaded loaded;
    struct sq_strbuf color = {0};
    struct sq_strbuf plain = {0};
    load_with(&loaded, "\"bar\": 1");
    sq_diagnostics_add_text(&loaded.diagnostics, &color, true);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&color), "\x1b[1;31merror[S017]\x1b[0m"));
    for (size_t i = 0; i < color.length; i++) {
        if (color.text[i] == '\x1b') {
            i += strcspn(color.text + i, "m");
        } else {
            sq_strbuf_add_char(&plain, color.text[i]);
        }
    }
    ck_assert_str_eq(sq_strbuf_text(&plain), sq_strbuf_text(&loaded.text));
    sq_strbuf_clear(&color);
    sq_strbuf_clear(&plain);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_text_when_there_are_too_many_then_the_rest_is_counted)
{
    struct loaded loaded;
    struct sq_strbuf parts = {0};
    for (int i = 0; i < 150; i++) {
        sq_strbuf_add_format(&parts, "%s\"k%d\": 1", i > 0 ? ", " : "", i);
    }
    load_with(&loaded, sq_strbuf_text(&parts));
    ck_assert_uint_eq(loaded.diagnostics.n_list, SQ_DIAGNOSTICS_MAX);
    ck_assert_uint_eq(loaded.diagnostics.n_errors, 150);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "... and 50 more\n"));
    sq_strbuf_clear(&parts);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_text_when_the_line_has_control_characters_then_they_are_not_shown)
{
    struct loaded loaded;
    load_text(&loaded, "{ \"a\x1b[2J\": 1 }", NULL);
    ck_assert_ptr_null(strchr(sq_strbuf_text(&loaded.text), '\x1b'));
    loaded_clear(&loaded);
    load_text(&loaded, "{ \"a\\u001b[2J\": 1 }", NULL);
    ck_assert_ptr_null(strchr(sq_strbuf_text(&loaded.text), '\x1b'));
    ck_assert_uint_ge(loaded.diagnostics.n_errors, 1);
    loaded_clear(&loaded);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_diagnostics");
    TCase *tests = tcase_create("text");
    tcase_add_loop_test(tests, test_text_when_a_mistake_is_made_then_it_is_said_like_this, 0,
                        sizeof(names) / sizeof(names[0]));
    tcase_add_test(tests, test_text_when_coloured_then_the_words_are_the_same);
    tcase_add_test(tests, test_text_when_there_are_too_many_then_the_rest_is_counted);
    tcase_add_test(tests, test_text_when_the_line_has_control_characters_then_they_are_not_shown);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
