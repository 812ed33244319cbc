/* SPDX-License-Identifier: MIT */
/* The document tree: values, places, duplicate keys, and an allocation that fails. */
#include "wire/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "tests/support/memory_torture.h"

static struct sq_json_document *read_text(const char *text)
{
    struct sq_json_document *document = NULL;
    struct sq_error err = {0};
    enum sq_status status = sq_json_read(text, strlen(text), NULL, &document, &err);
    ck_assert_msg(status == SQ_OK, "%s: %s", text, err.text);
    ck_assert_ptr_nonnull(document);
    return document;
}

/* The error of a text that must be refused. */
static struct sq_error refuse_text(const char *text, size_t length)
{
    static const struct sq_json_options options = {.file = "a.json"};
    struct sq_json_document *document = (struct sq_json_document *)&options;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_json_read(text, length, &options, &document, &err), SQ_INVALID);
    ck_assert_ptr_null(document);
    ck_assert_str_eq(err.file, "a.json");
    ck_assert_int_eq(sq_json_read(text, length, &options, &document, NULL), SQ_INVALID);
    return err;
}

START_TEST(test_read_of_each_kind_gives_its_value)
{
    struct sq_json_document *document =
        read_text("{\"s\":\"a\\u0000\\ud83d\\ude00\",\"n\":1.50,\"t\":true,\"f\":false,\"z\":null,"
                  "\"l\":[1,[],{}],\"\":\"\"}");
    const struct sq_json *root = sq_json_root(document);
    size_t length = 0;
    ck_assert_int_eq(sq_json_kind(root), SQ_JSON_OBJECT);
    ck_assert_uint_eq(sq_json_count(root), 7);
    const struct sq_json *text = sq_json_member(root, "s");
    ck_assert_int_eq(sq_json_kind(text), SQ_JSON_STRING);
    ck_assert_mem_eq(sq_json_text(text, &length), "a\0\xF0\x9F\x98\x80", 7);
    ck_assert_uint_eq(length, 6);
    ck_assert_str_eq(sq_json_digits(sq_json_member(root, "n"), &length), "1.50");
    ck_assert_uint_eq(length, 4);
    ck_assert_int_eq(sq_json_kind(sq_json_member(root, "t")), SQ_JSON_BOOL);
    ck_assert(sq_json_bool(sq_json_member(root, "t")));
    ck_assert(!sq_json_bool(sq_json_member(root, "f")));
    ck_assert_int_eq(sq_json_kind(sq_json_member(root, "z")), SQ_JSON_NULL);
    ck_assert_str_eq(sq_json_text(sq_json_member(root, ""), NULL), "");
    const struct sq_json *list = sq_json_member(root, "l");
    ck_assert_int_eq(sq_json_kind(list), SQ_JSON_ARRAY);
    ck_assert_uint_eq(sq_json_count(list), 3);
    ck_assert_ptr_null(sq_json_member(list, "s"));
    ck_assert_ptr_null(sq_json_member(root, "nothing"));
    sq_json_free(document);
}
END_TEST

START_TEST(test_read_of_half_a_pair_gives_the_replacement_character)
{
    static const char *const texts[][2] = {
        {"\"\\ud800\"", "\xEF\xBF\xBD"},
        {"\"\\udc00\\udc00\"", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\"\\ud800\\ud800\\udc00\"", "\xEF\xBF\xBD\xF0\x90\x80\x80"},
        {"\"\\udbff\\udfff\"", "\xF4\x8F\xBF\xBF"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sq_json_document *document = read_text(texts[i][0]);
        ck_assert_str_eq(sq_json_text(sq_json_root(document), NULL), texts[i][1]);
        sq_json_free(document);
    }
}
END_TEST

START_TEST(test_children_come_in_the_order_of_the_text)
{
    struct sq_json_document *document = read_text("{\"z\":1,\"a\":[7,8],\"m\":{}}");
    const struct sq_json *node = sq_json_first(sq_json_root(document));
    ck_assert_str_eq(sq_json_key(node), "z");
    ck_assert_ptr_null(sq_json_first(node));
    node = sq_json_next(node);
    ck_assert_str_eq(sq_json_key(node), "a");
    const struct sq_json *element = sq_json_first(node);
    ck_assert_ptr_null(sq_json_key(element));
    ck_assert_uint_eq(sq_json_key_length(element), 0);
    ck_assert_str_eq(sq_json_digits(element, NULL), "7");
    ck_assert_str_eq(sq_json_digits(sq_json_next(element), NULL), "8");
    ck_assert_ptr_null(sq_json_next(sq_json_next(element)));
    node = sq_json_next(node);
    ck_assert_str_eq(sq_json_key(node), "m");
    ck_assert_ptr_null(sq_json_first(node));
    ck_assert_ptr_null(sq_json_next(node));
    ck_assert_ptr_null(sq_json_next(sq_json_root(document)));
    sq_json_free(document);
}
END_TEST

START_TEST(test_where_of_values_and_keys_counts_code_points)
{
    struct sq_json_document *document =
        read_text("{\n  \"h\xC3\xA9\": \"\xE2\x82\xAC\",\n  \"l\": [1,\n22]\n}");
    const struct sq_json *first = sq_json_first(sq_json_root(document));
    struct sq_json_where key = sq_json_key_where(first);
    struct sq_json_where value = sq_json_where(first);
    ck_assert_uint_eq(key.line, 2);
    ck_assert_uint_eq(key.column, 3);
    ck_assert_uint_eq(key.width, 4);
    ck_assert_uint_eq(value.column, 9);
    ck_assert_uint_eq(value.width, 3);
    ck_assert_uint_eq(value.offset, 11);
    const struct sq_json *element = sq_json_next(sq_json_first(sq_json_next(first)));
    ck_assert_uint_eq(sq_json_where(element).line, 4);
    ck_assert_uint_eq(sq_json_where(element).column, 1);
    ck_assert_uint_eq(sq_json_where(element).width, 2);
    ck_assert_uint_eq(sq_json_key_where(element).line, 4);
    sq_json_free(document);
}
END_TEST

START_TEST(test_numbers_are_exact_or_refused)
{
    struct sq_json_document *document = read_text("[1e3, 5.0, 0.1, 9223372036854775808, \"5\"]");
    const struct sq_json *node = sq_json_first(sq_json_root(document));
    int64_t value = 0;
    ck_assert(sq_json_int64(node, &value));
    ck_assert_int_eq(value, 1000);
    node = sq_json_next(node);
    ck_assert(sq_json_int64(node, &value));
    ck_assert_int_eq(value, 5);
    node = sq_json_next(node);
    ck_assert(!sq_json_int64(node, &value));
    ck_assert(sq_json_decimal(node, 6, &value));
    ck_assert_int_eq(value, 100000);
    node = sq_json_next(node);
    ck_assert(!sq_json_int64(node, &value));
    ck_assert_str_eq(sq_json_digits(node, NULL), "9223372036854775808");
    ck_assert(!sq_json_int64(sq_json_next(node), &value));
    sq_json_free(document);
}
END_TEST

START_TEST(test_read_of_a_duplicate_key_names_both_places)
{
    static const char text[] = "{\n  \"a\": 1,\n  \"b\": {\"x\": 1},\n  \"\\u0061\": 2,\n \"b\":1}";
    struct sq_error err = refuse_text(text, sizeof text - 1);
    ck_assert_str_eq(err.text, "duplicate key `a`, given before at line 2, column 3");
    ck_assert_uint_eq(err.line, 4);
    ck_assert_uint_eq(err.column, 3);
    ck_assert_uint_eq(err.width, 8);
    ck_assert_str_eq(err.hint, "remove one of the two");
    err = refuse_text("[{\"a\":1},{\"b\":1,\"c\":1,\"b\":1}]", 30);
    ck_assert_str_eq(err.text, "duplicate key `b`, given before at line 1, column 11");
    err = refuse_text("{\"\":1,\"\":1}", 11);
    ck_assert_str_eq(err.text, "duplicate key ``, given before at line 1, column 2");
}
END_TEST

START_TEST(test_read_of_keys_that_only_begin_alike_accepts)
{
    sq_json_free(read_text("{\"a\":1,\"ab\":1,\"a\\u0000\":1,\"A\":1,\"\":1}"));
    sq_json_free(read_text("[{\"a\":1},{\"a\":{\"a\":1}}]"));
    struct sq_json_document *document = read_text("{\"a\\u0000b\":1,\"a\":2}");
    const struct sq_json *node = sq_json_member(sq_json_root(document), "a");
    ck_assert_str_eq(sq_json_digits(node, NULL), "2");
    ck_assert_uint_eq(sq_json_key_length(sq_json_first(sq_json_root(document))), 3);
    sq_json_free(document);
}
END_TEST

START_TEST(test_read_of_a_long_duplicate_key_shows_its_beginning)
{
    struct sq_strbuf text = {0};
    struct sq_strbuf key = {0};
    sq_strbuf_add_repeated(&key, "\xC3\xA9", 100);
    sq_strbuf_add_format(&text, "{\"%s\":1,\"%s\":2}", sq_strbuf_text(&key), sq_strbuf_text(&key));
    struct sq_error err = refuse_text(sq_strbuf_text(&text), text.length);
    sq_strbuf_reset(&key);
    sq_strbuf_add(&key, "duplicate key `");
    sq_strbuf_add_repeated(&key, "\xC3\xA9", 60);
    sq_strbuf_add(&key, "...`, given before at line 1, column 2");
    ck_assert_str_eq(err.text, sq_strbuf_text(&key));
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&key);
}
END_TEST

START_TEST(test_read_of_many_keys_finds_the_one_duplicate)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add(&text, "{");
    for (int i = 0; i < 20000; i++) {
        sq_strbuf_add_format(&text, "\"key%d\":%d,\n", i, i);
    }
    sq_strbuf_add(&text, "\"key7777\":1}");
    struct sq_error err = refuse_text(sq_strbuf_text(&text), text.length);
    ck_assert_str_eq(err.text, "duplicate key `key7777`, given before at line 7778, column 1");
    ck_assert_uint_eq(err.line, 20001);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_read_of_what_the_scanner_refuses_gives_its_error)
{
    struct sq_error err = refuse_text("{\n \"a\": 01}", 11);
    ck_assert_str_eq(err.text, "number with a leading zero");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 7);
    ck_assert_uint_eq(err.width, 2);
    err = refuse_text("{\"a\":1,}", 8);
    ck_assert_str_eq(err.hint, "remove it, or name the file .jsonc");
    err = refuse_text("", 0);
    ck_assert_str_eq(err.text, "text ends too early");
}
END_TEST

START_TEST(test_read_of_200000_nested_arrays_is_refused)
{
    size_t length = 200000;
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    memset(text, '[', length);
    struct sq_error err = refuse_text(text, length);
    ck_assert_str_eq(err.text, "more than 512 objects and arrays inside each other");
    ck_assert_uint_eq(err.column, SQ_JSON_DEPTH_MAX + 1);
    free(text);
}
END_TEST

START_TEST(test_read_at_the_depth_limit_accepts)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_repeated(&text, "{\"a\":", SQ_JSON_DEPTH_MAX);
    sq_strbuf_add(&text, "1");
    sq_strbuf_add_repeated(&text, "}", SQ_JSON_DEPTH_MAX);
    sq_json_free(read_text(sq_strbuf_text(&text)));
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_read_of_jsonc_only_when_asked)
{
    static const char text[] = "{\n// why\n\"a\": [1,], /* b */}";
    struct sq_json_document *document = NULL;
    struct sq_json_options options = {.jsonc = true};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_json_read(text, sizeof text - 1, &options, &document, &err), SQ_OK);
    ck_assert_uint_eq(sq_json_where(sq_json_member(sq_json_root(document), "a")).line, 3);
    sq_json_free(document);
    err = refuse_text(text, sizeof text - 1);
    ck_assert_str_eq(err.text, "comments are not JSON");
    ck_assert_uint_eq(err.line, 2);
}
END_TEST

START_TEST(test_document_outlives_its_text)
{
    char text[] = "{\"key\":[\"value\",123]}";
    struct sq_json_document *document = NULL;
    ck_assert_int_eq(sq_json_read(text, sizeof text - 1, NULL, &document, NULL), SQ_OK);
    memset(text, 'x', sizeof text);
    const struct sq_json *list = sq_json_member(sq_json_root(document), "key");
    ck_assert_str_eq(sq_json_text(sq_json_first(list), NULL), "value");
    ck_assert_str_eq(sq_json_digits(sq_json_next(sq_json_first(list)), NULL), "123");
    sq_json_free(document);
}
END_TEST

START_TEST(test_read_when_an_allocation_fails_says_so_and_leaks_nothing)
{
    static const char text[] = "{\"a\":[1,\"x\\n\",\"y\"],\"b\":{\"c\":null,\"d\":true}}";
    for (size_t nth = 1;; nth++) {
        struct sq_json_document *document = NULL;
        struct sq_error err = {0};
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_json_read(text, sizeof text - 1, NULL, &document, &err);
        size_t refused = sq_memory_torture_refused();
        ck_assert_int_eq(status, refused == 0 ? SQ_OK : SQ_NO_MEMORY);
        ck_assert_int_eq(err.status, status);
        sq_json_free(document);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (refused == 0) {
            ck_assert_uint_gt(nth, 3);
            return;
        }
    }
}
END_TEST

START_TEST(test_text_of_a_number_asserts)
{
    sq_json_text(sq_json_root(read_text("1")), NULL);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json");
    tcase_add_test(tests, test_read_of_each_kind_gives_its_value);
    tcase_add_test(tests, test_read_of_half_a_pair_gives_the_replacement_character);
    tcase_add_test(tests, test_children_come_in_the_order_of_the_text);
    tcase_add_test(tests, test_where_of_values_and_keys_counts_code_points);
    tcase_add_test(tests, test_numbers_are_exact_or_refused);
    tcase_add_test(tests, test_read_of_a_duplicate_key_names_both_places);
    tcase_add_test(tests, test_read_of_keys_that_only_begin_alike_accepts);
    tcase_add_test(tests, test_read_of_a_long_duplicate_key_shows_its_beginning);
    tcase_add_test(tests, test_read_of_many_keys_finds_the_one_duplicate);
    tcase_add_test(tests, test_read_of_what_the_scanner_refuses_gives_its_error);
    tcase_add_test(tests, test_read_of_200000_nested_arrays_is_refused);
    tcase_add_test(tests, test_read_at_the_depth_limit_accepts);
    tcase_add_test(tests, test_read_of_jsonc_only_when_asked);
    tcase_add_test(tests, test_document_outlives_its_text);
    tcase_add_test(tests, test_read_when_an_allocation_fails_says_so_and_leaks_nothing);
    tcase_add_exit_test(tests, test_text_of_a_number_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("json");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
