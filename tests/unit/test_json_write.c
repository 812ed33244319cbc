/* SPDX-License-Identifier: MIT */
/* The JSON writer: layout, escapes, repair of bad UTF-8, nesting. */
#include "base/json_write.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "tests/support/memory_torture.h"

#define REPLACED "\xef\xbf\xbd"

static void check_quoted(const char *text, size_t length, const char *expected)
{
    struct sq_strbuf buffer = {0};
    sq_json_write_quoted(&buffer, text, length);
    ck_assert_str_eq(sq_strbuf_text(&buffer), expected);
    sq_strbuf_clear(&buffer);
}

static void check_text(const char *text, const char *expected)
{
    check_quoted(text, strlen(text), expected);
}

/* One of everything, nested. */
static void write_sample(struct sq_json_writer *json)
{
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "name");
    sq_json_write_text(json, "burst");
    sq_json_write_key(json, "none");
    sq_json_write_text(json, NULL);
    sq_json_write_key(json, "list");
    sq_json_write_array_begin(json);
    sq_json_write_int(json, INT64_MIN);
    sq_json_write_uint(json, UINT64_MAX);
    sq_json_write_decimal(json, -12350, 3, 1);
    sq_json_write_object_begin(json);
    sq_json_write_object_end(json);
    sq_json_write_array_begin(json);
    sq_json_write_array_end(json);
    sq_json_write_array_end(json);
    sq_json_write_key(json, "nested");
    sq_json_write_object_begin(json);
    sq_json_write_key(json, "yes");
    sq_json_write_bool(json, true);
    sq_json_write_key(json, "no");
    sq_json_write_bool(json, false);
    sq_json_write_key(json, "null");
    sq_json_write_null(json);
    sq_json_write_key(json, "raw");
    sq_json_write_raw(json, "1e-7");
    sq_json_write_object_end(json);
    sq_json_write_object_end(json);
}

START_TEST(test_sample_indented_is_two_spaces_a_level)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    write_sample(&json);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "{\n"
                                              "  \"name\": \"burst\",\n"
                                              "  \"none\": null,\n"
                                              "  \"list\": [\n"
                                              "    -9223372036854775808,\n"
                                              "    18446744073709551615,\n"
                                              "    -12.4,\n"
                                              "    {},\n"
                                              "    []\n"
                                              "  ],\n"
                                              "  \"nested\": {\n"
                                              "    \"yes\": true,\n"
                                              "    \"no\": false,\n"
                                              "    \"null\": null,\n"
                                              "    \"raw\": 1e-7\n"
                                              "  }\n"
                                              "}");
    ck_assert_int_eq(json.depth, 0);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_sample_compact_has_no_space)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer, .compact = true};
    write_sample(&json);
    ck_assert_str_eq(sq_strbuf_text(&buffer),
                     "{\"name\":\"burst\",\"none\":null,\"list\":[-9223372036854775808,"
                     "18446744073709551615,-12.4,{},[]],\"nested\":{\"yes\":true,\"no\":false,"
                     "\"null\":null,\"raw\":1e-7}}");
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_several_values_at_depth_zero_follow_each_other)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer, .compact = true};
    for (int64_t i = 0; i < 2; i++) {
        sq_json_write_object_begin(&json);
        sq_json_write_key(&json, "call");
        sq_json_write_int(&json, i);
        sq_json_write_object_end(&json);
        sq_strbuf_add_char(&buffer, '\n');
    }
    ck_assert_str_eq(sq_strbuf_text(&buffer), "{\"call\":0}\n{\"call\":1}\n");
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_keys_are_escaped)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer, .compact = true};
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "a\"\n");
    sq_json_write_text_bytes(&json, "x\0y", 3);
    sq_json_write_object_end(&json);
    ck_assert_str_eq(sq_strbuf_text(&buffer), "{\"a\\\"\\n\":\"x\\u0000y\"}");
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_quoted_control_characters_are_escaped)
{
    check_text("", "\"\"");
    check_text("plain / text", "\"plain / text\"");
    check_text("\"\\", "\"\\\"\\\\\"");
    check_text("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
    check_text("\x01\x1f", "\"\\u0001\\u001f\"");
    check_text("\x20\x7f", "\"\x20\x7f\"");
    check_quoted("a\0b", 3, "\"a\\u0000b\"");
    check_quoted(NULL, 0, "\"\"");
}
END_TEST

START_TEST(test_quoted_well_formed_utf8_is_kept)
{
    check_text("\xc2\x80\xdf\xbf", "\"\xc2\x80\xdf\xbf\"");
    check_text("\xe0\xa0\x80\xed\x9f\xbf", "\"\xe0\xa0\x80\xed\x9f\xbf\"");
    check_text("\xee\x80\x80\xef\xbf\xbf", "\"\xee\x80\x80\xef\xbf\xbf\"");
    check_text("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"");
    check_text("caf\xc3\xa9 \xf0\x9f\x99\x82!", "\"caf\xc3\xa9 \xf0\x9f\x99\x82!\"");
}
END_TEST

START_TEST(test_quoted_stray_and_impossible_bytes_are_replaced)
{
    check_text("a\x80z", "\"a" REPLACED "z\"");
    check_text("\xbf\xbf", "\"" REPLACED REPLACED "\"");
    check_text("\xc0\xaf", "\"" REPLACED REPLACED "\"");              /* overlong */
    check_text("\xc1\xbf", "\"" REPLACED REPLACED "\"");              /* overlong */
    check_text("\xe0\x9f\xbf", "\"" REPLACED REPLACED REPLACED "\""); /* overlong */
    check_text("\xed\xa0\x80", "\"" REPLACED REPLACED REPLACED "\""); /* surrogate */
    check_text("\xf0\x8f\xbf\xbf", "\"" REPLACED REPLACED REPLACED REPLACED "\"");
    check_text("\xf4\x90\x80\x80", "\"" REPLACED REPLACED REPLACED REPLACED "\"");
    check_text("\xf5\xff", "\"" REPLACED REPLACED "\"");
}
END_TEST

START_TEST(test_quoted_cut_sequences_are_replaced_once)
{
    check_text("\xc3", "\"" REPLACED "\"");
    check_text("\xe2\x82", "\"" REPLACED "\"");
    check_text("\xf0\x9f\x99", "\"" REPLACED "\"");
    check_text("\xf0\x9f\x99\"", "\"" REPLACED "\\\"\""); /* the quote is still escaped */
    check_text("\xe2\x82\n", "\"" REPLACED "\\n\"");
    check_text("\xe2\xe2\x82\xac", "\"" REPLACED "\xe2\x82\xac\"");
    check_quoted("\xc3\xa9", 1, "\"" REPLACED "\"");
    /* Unicode 3.9, table 3-8 */
    check_text("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
               "\"a" REPLACED REPLACED REPLACED "b" REPLACED "c" REPLACED REPLACED "d\"");
}
END_TEST

START_TEST(test_failure_at_each_allocation_is_remembered_by_the_buffer)
{
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf buffer = {0};
        struct sq_json_writer json = {.out = &buffer};
        sq_memory_torture_fail(nth);
        write_sample(&json);
        bool refused = sq_memory_torture_refused() > 0;
        ck_assert_int_eq(sq_strbuf_failed(&buffer), refused);
        sq_strbuf_clear(&buffer);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (!refused) {
            ck_assert_uint_gt(nth, 2);
            break;
        }
    }
}
END_TEST

static void open_arrays(struct sq_json_writer *json, int count)
{
    for (int i = 0; i < count; i++) {
        sq_json_write_array_begin(json);
    }
}

START_TEST(test_nesting_of_the_full_depth_is_fine)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer, .compact = true};
    open_arrays(&json, SQ_JSON_WRITE_DEPTH);
    for (int i = 0; i < SQ_JSON_WRITE_DEPTH; i++) {
        sq_json_write_array_end(&json);
    }
    ck_assert_uint_eq(buffer.length, 2 * SQ_JSON_WRITE_DEPTH);
    sq_strbuf_clear(&buffer);
}
END_TEST

START_TEST(test_nesting_one_deeper_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    open_arrays(&json, SQ_JSON_WRITE_DEPTH + 1);
}
END_TEST

START_TEST(test_value_in_object_without_key_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_object_begin(&json);
    sq_json_write_int(&json, 1);
}
END_TEST

START_TEST(test_key_after_key_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "a");
    sq_json_write_key(&json, "b");
}
END_TEST

START_TEST(test_key_in_array_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_array_begin(&json);
    sq_json_write_key(&json, "a");
}
END_TEST

START_TEST(test_key_at_depth_zero_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_key(&json, "a");
}
END_TEST

START_TEST(test_object_end_after_key_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_object_begin(&json);
    sq_json_write_key(&json, "a");
    sq_json_write_object_end(&json);
}
END_TEST

START_TEST(test_array_end_of_object_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_object_begin(&json);
    sq_json_write_array_end(&json);
}
END_TEST

START_TEST(test_end_at_depth_zero_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_object_end(&json);
}
END_TEST

START_TEST(test_raw_without_text_asserts)
{
    struct sq_strbuf buffer = {0};
    struct sq_json_writer json = {.out = &buffer};
    sq_json_write_raw(&json, "");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_write");
    tcase_add_test(tests, test_sample_indented_is_two_spaces_a_level);
    tcase_add_test(tests, test_sample_compact_has_no_space);
    tcase_add_test(tests, test_several_values_at_depth_zero_follow_each_other);
    tcase_add_test(tests, test_keys_are_escaped);
    tcase_add_test(tests, test_quoted_control_characters_are_escaped);
    tcase_add_test(tests, test_quoted_well_formed_utf8_is_kept);
    tcase_add_test(tests, test_quoted_stray_and_impossible_bytes_are_replaced);
    tcase_add_test(tests, test_quoted_cut_sequences_are_replaced_once);
    tcase_add_test(tests, test_failure_at_each_allocation_is_remembered_by_the_buffer);
    tcase_add_test(tests, test_nesting_of_the_full_depth_is_fine);
    tcase_add_exit_test(tests, test_nesting_one_deeper_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_value_in_object_without_key_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_key_after_key_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_key_in_array_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_key_at_depth_zero_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_object_end_after_key_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_array_end_of_object_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_end_at_depth_zero_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_raw_without_text_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("json_write");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
