/* SPDX-License-Identifier: MIT */
/* Known members found by the scanner alone. */
#include "wire/json_find.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"

/* The text of what a path finds; "-" when nothing, "!" when the text is not JSON. */
static const char *find(const char *text, const char *path)
{
    static char found[64];
    struct sq_json_wanted wanted = {.path = path, .found = true};
    if (!sq_json_find(text, strlen(text), &wanted, 1)) {
        return "!";
    }
    if (!wanted.found) {
        return "-";
    }
    ck_assert_uint_lt(wanted.token.length, sizeof found);
    memcpy(found, wanted.token.text, wanted.token.length);
    found[wanted.token.length] = '\0';
    return found;
}

START_TEST(test_find_by_keys_and_indices_gives_the_value)
{
    const char *text =
        "{\"x\":[9,{\"choices\":3}],\"choices\":[{\"index\":0,\"delta\":{\"content\":"
        "\"hi\",\"more\":[[1],[2,3]]}},{\"delta\":{\"content\":\"no\"}}],\"z\":{}}";
    ck_assert_str_eq(find(text, "choices.0.delta.content"), "hi");
    ck_assert_str_eq(find(text, "choices.1.delta.content"), "no");
    ck_assert_str_eq(find(text, "choices.0.delta.more.1.1"), "3");
    ck_assert_str_eq(find(text, "choices.0.index"), "0");
    ck_assert_str_eq(find(text, "choices"), "[");
    ck_assert_str_eq(find(text, "x.1.choices"), "3");
    ck_assert_str_eq(find(text, "z"), "{");
    ck_assert_str_eq(find("[7]", "0"), "7");
}
END_TEST

START_TEST(test_find_of_what_is_not_there_finds_nothing)
{
    const char *text = "{\"a\":{\"b\":1},\"c\":{\"b\":{\"d\":2}},\"l\":[[5]]}";
    ck_assert_str_eq(find(text, "b"), "-");
    ck_assert_str_eq(find(text, "a.d"), "-");
    ck_assert_str_eq(find(text, "a.b.d"), "-");
    ck_assert_str_eq(find(text, "a.b"), "1");
    ck_assert_str_eq(find(text, "c.b.d"), "2");
    ck_assert_str_eq(find(text, "d"), "-");
    ck_assert_str_eq(find(text, "l.1"), "-");
    ck_assert_str_eq(find(text, "l.x"), "-");
    ck_assert_str_eq(find(text, "l.-1"), "-");
    ck_assert_str_eq(find(text, "l.0x"), "-");
    ck_assert_str_eq(find(text, "l."), "-");
    ck_assert_str_eq(find(text, "l.0.0"), "5");
    ck_assert_str_eq(find(text, "l.00000000000"), "-");
    ck_assert_str_eq(find("{\"0\":1}", "0"), "1");
    ck_assert_str_eq(find("3", "a"), "-");
}
END_TEST

START_TEST(test_find_in_what_is_not_json_fails)
{
    ck_assert_str_eq(find("{\"a\":1", "a"), "!");
    ck_assert_str_eq(find("{\"a\":1}x", "a"), "!");
    ck_assert_str_eq(find("", "a"), "!");
    ck_assert_str_eq(find("<html>", "a"), "!");
}
END_TEST

START_TEST(test_find_of_a_duplicate_key_gives_the_last)
{
    ck_assert_str_eq(find("{\"a\":1,\"a\":2}", "a"), "2");
}
END_TEST

START_TEST(test_find_of_an_escaped_key_compares_its_meaning)
{
    ck_assert_str_eq(find("{\"\\u0061b\":1}", "ab"), "1");
    ck_assert_str_eq(find("{\"ab\\u0000\":1}", "ab"), "-");
    ck_assert_str_eq(find("{\"ab\\u0063\":1}", "ab"), "-");
    ck_assert_str_eq(find("{\"\\b\\f\\n\\r\\t\\/\":1}", "\b\f\n\r\t/"), "1");
    ck_assert_str_eq(find("{\"\\b\":1}", "b"), "-");
    ck_assert_str_eq(find("{\"\\ud83d\\ude00\":1}", "\xF0\x9F\x98\x80"), "1");
}
END_TEST

START_TEST(test_find_below_the_longest_path_keeps_counting)
{
    ck_assert_str_eq(find("[[[[[[[[[[[1]]],2]]]]]]],[3]]", "1.0"), "3");
    ck_assert_str_eq(find("[[[[[[[[7,8]]]]]]]]", "0.0.0.0.0.0.0.1"), "8");
    ck_assert_str_eq(
        find("{\"a\":{\"b\":{\"a\":{\"b\":{\"a\":{\"b\":{\"a\":{\"b\":{\"a\":1}}}}}}}},"
             "\"c\":4}",
             "c"),
        "4");
}
END_TEST

START_TEST(test_found_uint32_of_anything_but_a_count_is_zero)
{
    static const char text[] = "{\"a\":4294967295,\"b\":4294967296,\"c\":-1,\"d\":1.5,\"e\":\"7\","
                               "\"f\":null,\"g\":2e2}";
    struct sq_json_wanted wanted[] = {{.path = "a"}, {.path = "b"}, {.path = "c"}, {.path = "d"},
                                      {.path = "e"}, {.path = "f"}, {.path = "g"}, {.path = "h"}};
    static const uint32_t expected[] = {UINT32_MAX, 0, 0, 0, 0, 0, 200, 0};
    ck_assert(sq_json_find(text, sizeof text - 1, wanted, 8));
    for (size_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(sq_json_found_uint32(&wanted[i]), expected[i]);
        ck_assert(sq_json_found_value(&wanted[i]) == (i != 5 && i != 7));
    }
}
END_TEST

START_TEST(test_find_of_a_path_with_too_many_parts_asserts)
{
    find("1", "1.2.3.4.5.6.7.8.9");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_find");
    tcase_add_test(tests, test_find_by_keys_and_indices_gives_the_value);
    tcase_add_test(tests, test_find_of_what_is_not_there_finds_nothing);
    tcase_add_test(tests, test_find_in_what_is_not_json_fails);
    tcase_add_test(tests, test_find_of_a_duplicate_key_gives_the_last);
    tcase_add_test(tests, test_find_of_an_escaped_key_compares_its_meaning);
    tcase_add_test(tests, test_find_below_the_longest_path_keeps_counting);
    tcase_add_test(tests, test_found_uint32_of_anything_but_a_count_is_zero);
    tcase_add_exit_test(tests, test_find_of_a_path_with_too_many_parts_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("json_find");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
