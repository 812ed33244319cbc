/* SPDX-License-Identifier: MIT */
/* Input that nobody writes: nested without end, cut off, empty, huge, not UTF-8. None may crash. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

static enum sq_status load_bytes(const char *text, size_t length)
{
    struct sq_scenario_text source = {text, length, "hostile.json"};
    struct sq_scenario *scenario = NULL;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_strbuf out = {0};
    enum sq_status status = sq_scenario_load_text(&source, NULL, &scenario, &diagnostics, &err);
    sq_diagnostics_add_text(&diagnostics, &out, true);
    ck_assert_msg(status == SQ_OK || diagnostics.n_errors > 0, "%s", err.text);
    sq_strbuf_clear(&out);
    sq_diagnostics_clear(&diagnostics);
    sq_scenario_free(scenario);
    return status;
}

START_TEST(test_load_when_nested_two_hundred_thousand_times_then_refused)
{
    static const char *const units[] = {"[", "{\"policy\":", "{\"workload\":{\"phases\":["};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct sq_strbuf text = {0};
        sq_strbuf_add_repeated(&text, units[i], 200000);
        ck_assert_int_eq(load_bytes(text.text, text.length), SQ_INVALID);
        sq_strbuf_clear(&text);
    }
}
END_TEST

START_TEST(test_load_when_layers_are_nested_then_refused)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "\"policy\": ");
    sq_strbuf_add_repeated(&text, "{ \"layers\": [", 200);
    sq_strbuf_add_repeated(&text, "] }", 200);
    struct loaded loaded;
    load_with(&loaded, sq_strbuf_text(&text));
    ck_assert_int_eq(loaded.status, SQ_INVALID);
    loaded_clear(&loaded);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_load_when_cut_off_anywhere_then_refused)
{
    struct sq_strbuf text = {0};
    read_source("scenarios/catalog/per-call.json", &text);
    ck_assert_int_eq(load_bytes(text.text, text.length), SQ_OK);
    while (text.length > 0 && text.text[text.length - 1] != '}') {
        text.length--;
    }
    for (size_t length = 0; length < text.length; length += 7) {
        ck_assert_int_eq(load_bytes(text.text, length), SQ_INVALID);
    }
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_load_when_any_byte_is_changed_then_it_loads_or_says_why)
{
    static const char bytes[] = {'\0', '"', '}', '[', '9', '-', (char)0xff, 'x'};
    struct sq_strbuf text = {0};
    read_source("scenarios/catalog/per-call.json", &text);
    for (size_t at = 0; at < text.length; at += 5) {
        char before = text.text[at];
        text.text[at] = bytes[at % sizeof(bytes)];
        (void)load_bytes(text.text, text.length);
        text.text[at] = before;
    }
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_load_when_ten_megabytes_of_unknown_keys_then_counted)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "{ ");
    for (int i = 0; text.length < 10u * 1024 * 1024; i++) {
        sq_strbuf_add_format(&text, "\"unknown-%d\": %d, ", i, i);
    }
    sq_strbuf_add(&text, "\"last\": 1 }");
    ck_assert_int_eq(load_bytes(text.text, text.length), SQ_INVALID);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_load_when_ten_megabytes_in_one_text_then_refused_or_kept)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "{ \"duration\": \"");
    sq_strbuf_add_repeated(&text, "x", 10u * 1024 * 1024);
    sq_strbuf_add(&text, "\" }");
    ck_assert_int_eq(load_bytes(text.text, text.length), SQ_INVALID);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_load_when_not_utf8_or_empty_then_refused)
{
    static const char *const texts[] = {
        "", " ", "null", "[]", "5", "\"x\"", "\xff\xfe", "{ \"a\xc3\" : 1 }", "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ck_assert_int_eq(load_bytes(texts[i], strlen(texts[i])), SQ_INVALID);
    }
    ck_assert_int_eq(load_bytes("{ \"seed\\u0000\": 1 }", 19), SQ_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_hostile");
    TCase *tests = tcase_create("scenario_hostile");
    tcase_add_test(tests, test_load_when_nested_two_hundred_thousand_times_then_refused);
    tcase_add_test(tests, test_load_when_layers_are_nested_then_refused);
    tcase_add_test(tests, test_load_when_cut_off_anywhere_then_refused);
    tcase_add_test(tests, test_load_when_any_byte_is_changed_then_it_loads_or_says_why);
    tcase_add_test(tests, test_load_when_ten_megabytes_of_unknown_keys_then_counted);
    tcase_add_test(tests, test_load_when_ten_megabytes_in_one_text_then_refused_or_kept);
    tcase_add_test(tests, test_load_when_not_utf8_or_empty_then_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
