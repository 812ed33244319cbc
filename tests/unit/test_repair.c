/* SPDX-License-Identifier: MIT */
/* Repair of text toward JSON: each step, their order, and that good text stays as it is. */
#include "wire/repair.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "tests/support/memory_torture.h"

#define ONLY(step) (1u << SQ_REPAIR_##step)

static void becomes(unsigned steps, const char *text, const char *json, enum sq_repair_step helped)
{
    struct sq_strbuf out = {0};
    enum sq_repair_step step = SQ_REPAIR_NONE;
    enum sq_status status = sq_repair_apply(steps, text, strlen(text), &out, &step);
    ck_assert_msg(status == SQ_OK, "not repaired: %s -> %s", text, sq_strbuf_text(&out));
    ck_assert_str_eq(sq_strbuf_text(&out), json);
    ck_assert_int_eq(step, helped);
    sq_strbuf_clear(&out);
}

static void stays_broken(unsigned steps, const char *text)
{
    struct sq_strbuf out = {0};
    enum sq_repair_step step = SQ_REPAIR_FENCES;
    ck_assert_msg(sq_repair_apply(steps, text, strlen(text), &out, &step) == SQ_INVALID, "%s",
                  text);
    ck_assert_int_eq(step, SQ_REPAIR_FENCES);
    sq_strbuf_clear(&out);
}

static const char *const valid[] = {"null",
                                    "-1.5e3",
                                    "\"\"",
                                    "{}",
                                    " [ ] \n",
                                    "{\"a\":[1,2,{\"b\":null}]}",
                                    "\"{a} ```json [1,] 'x'\"",
                                    "{\"a\": \"x, ]\", \"b\": \"it's, 'quoted',}\"}",
                                    "[\"```\",\"\\n```\\n\",\"\\\"\\\\\",\"'\",\",]\"]",
                                    "\"\\u0000\\n\\t\"",
                                    "[\n  1,\n  2\n]\n"};

/* The property of the whole module: whatever steps are asked for, JSON is left alone. */
START_TEST(test_apply_to_json_with_any_set_of_steps_changes_nothing)
{
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        for (unsigned steps = 0; steps <= SQ_REPAIR_ALL; steps++) {
            becomes(steps, valid[i], valid[i], SQ_REPAIR_NONE);
        }
    }
}
END_TEST

/* And what is wrapped comes out as it went in, for every valid object or array. */
START_TEST(test_apply_to_wrapped_json_gives_back_its_bytes)
{
    static const char *const around[][2] = {{"```json\n", "\n```"},
                                            {"Here it is:\n```\n", "\n```\nAnything else?"},
                                            {"Sure! ", " Anything else?"},
                                            {"``` JSON\n", ""}};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        if (valid[i][0] != '{' && valid[i][0] != '[') {
            continue;
        }
        for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
            struct sq_strbuf text = {0};
            struct sq_strbuf out = {0};
            enum sq_repair_step step;
            sq_strbuf_add(&text, around[k][0]);
            sq_strbuf_add(&text, valid[i]);
            sq_strbuf_add(&text, around[k][1]);
            ck_assert_msg(sq_repair_apply(SQ_REPAIR_ALL, text.text, text.length, &out, &step) ==
                              SQ_OK,
                          "%s", text.text);
            ck_assert_msg(strstr(out.text, valid[i]) != NULL || strstr(valid[i], out.text) != NULL,
                          "%s -> %s", text.text, out.text);
            sq_strbuf_clear(&out);
            sq_strbuf_clear(&text);
        }
    }
}
END_TEST

START_TEST(test_fences_are_removed_with_and_without_a_language)
{
    becomes(ONLY(FENCES), "```json\n{\"a\":1}\n```", "\n{\"a\":1}\n", SQ_REPAIR_FENCES);
    becomes(ONLY(FENCES), "```\n[1]\n```\n", "\n[1]\n", SQ_REPAIR_FENCES);
    becomes(ONLY(FENCES), "  ````\n[1]\n  ````", "\n[1]\n  ", SQ_REPAIR_FENCES);
    becomes(ONLY(FENCES), "```json {\"a\":1}```", " {\"a\":1}", SQ_REPAIR_FENCES);
    becomes(ONLY(FENCES), "```json\n{\"a\":\"```\"}", "\n{\"a\":\"```\"}", SQ_REPAIR_FENCES);
    becomes(ONLY(FENCES), "Here:\n```\n[1]\n```\nand\n```\n[2]\n```", "\n[1]\n", SQ_REPAIR_FENCES);
    stays_broken(ONLY(FENCES), "```");
    stays_broken(ONLY(FENCES), "```json\n{\"a\":1\n```");
    stays_broken(ONLY(FENCES), "x {\"a\":1} x");
}
END_TEST

START_TEST(test_first_value_is_taken_out_of_prose)
{
    becomes(ONLY(FIRST_VALUE), "Sure: {\"a\":[1]} ok", "{\"a\":[1]}", SQ_REPAIR_FIRST_VALUE);
    becomes(ONLY(FIRST_VALUE), "a {\"b\":\"}\"} c", "{\"b\":\"}\"}", SQ_REPAIR_FIRST_VALUE);
    becomes(ONLY(FIRST_VALUE), "{\"a\":1}{\"b\":2}", "{\"a\":1}", SQ_REPAIR_FIRST_VALUE);
    becomes(ONLY(FIRST_VALUE), "see {name}: [1, 2]", "[1, 2]", SQ_REPAIR_FIRST_VALUE);
    becomes(ONLY(FIRST_VALUE), "a [ b {\"c\":1} d", "{\"c\":1}", SQ_REPAIR_FIRST_VALUE);
    becomes(ONLY(FIRST_VALUE), "it's \"[\" then: [3]", "[3]", SQ_REPAIR_FIRST_VALUE);
    stays_broken(ONLY(FIRST_VALUE), "I cannot do that.");
    stays_broken(ONLY(FIRST_VALUE), "{\"a\":1");
    stays_broken(ONLY(FIRST_VALUE), "");
}
END_TEST

START_TEST(test_first_value_gives_up_after_its_number_of_tries)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_repeated(&text, "{x} ", SQ_REPAIR_TRIES_MAX - 1);
    sq_strbuf_add(&text, "[7]");
    becomes(ONLY(FIRST_VALUE), text.text, "[7]", SQ_REPAIR_FIRST_VALUE);
    sq_strbuf_reset(&text);
    sq_strbuf_add_repeated(&text, "{x} ", SQ_REPAIR_TRIES_MAX);
    sq_strbuf_add(&text, "[7]");
    stays_broken(ONLY(FIRST_VALUE), text.text);
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_trailing_commas_go_but_not_those_in_strings)
{
    becomes(ONLY(TRAILING_COMMAS), "[1,2,]", "[1,2]", SQ_REPAIR_TRAILING_COMMAS);
    becomes(ONLY(TRAILING_COMMAS), "{\"a\":[1,\n],\t}", "{\"a\":[1\n]\t}",
            SQ_REPAIR_TRAILING_COMMAS);
    becomes(ONLY(TRAILING_COMMAS), "{\"a\":\",}\\\",]\",}", "{\"a\":\",}\\\",]\"}",
            SQ_REPAIR_TRAILING_COMMAS);
    stays_broken(ONLY(TRAILING_COMMAS), "[1,,]");
    stays_broken(ONLY(TRAILING_COMMAS), "[1,");
    stays_broken(ONLY(TRAILING_COMMAS), "[,]x");
}
END_TEST

START_TEST(test_single_quotes_become_double_ones)
{
    becomes(ONLY(SINGLE_QUOTES), "{'a': 'b'}", "{\"a\": \"b\"}", SQ_REPAIR_SINGLE_QUOTES);
    becomes(ONLY(SINGLE_QUOTES), "['it's', 'say \"x\"', 'a\\'b', '\\n']",
            "[\"it's\", \"say \\\"x\\\"\", \"a'b\", \"\\n\"]", SQ_REPAIR_SINGLE_QUOTES);
    becomes(ONLY(SINGLE_QUOTES), "{\"it's\": 'x', 'y': \"don't, 'really'\"}",
            "{\"it's\": \"x\", \"y\": \"don't, 'really'\"}", SQ_REPAIR_SINGLE_QUOTES);
    becomes(ONLY(SINGLE_QUOTES), "''", "\"\"", SQ_REPAIR_SINGLE_QUOTES);
    becomes(ONLY(SINGLE_QUOTES), "{\r'a'\t:\r'b'\r}", "{\r\"a\"\t:\r\"b\"\r}",
            SQ_REPAIR_SINGLE_QUOTES);
    becomes(ONLY(FENCES), "```Json5-x_Z\n[1]\n```", "\n[1]\n", SQ_REPAIR_FENCES);
    stays_broken(ONLY(FENCES), "```{{[1]\n```");
    stays_broken(ONLY(FENCES), "```[@1]\n```");
    stays_broken(ONLY(SINGLE_QUOTES), "'");
    stays_broken(ONLY(SINGLE_QUOTES), "['a");
    stays_broken(ONLY(SINGLE_QUOTES), "['\\");
}
END_TEST

START_TEST(test_control_characters_are_escaped_inside_strings_only)
{
    becomes(ONLY(CONTROL_CHARACTERS), "[\n\"a\nb\tc\r\x01\"\n]", "[\n\"a\\nb\\tc\\r\\u0001\"\n]",
            SQ_REPAIR_CONTROL_CHARACTERS);
    becomes(ONLY(CONTROL_CHARACTERS), "\"\b\f\v\x1f\\\"\n\"", "\"\\b\\f\\u000b\\u001f\\\"\\n\"",
            SQ_REPAIR_CONTROL_CHARACTERS);
    stays_broken(ONLY(CONTROL_CHARACTERS), "[\x01]");
    becomes(ONLY(CONTROL_CHARACTERS), "\"a\\\n\"", "\"a\\n\"", SQ_REPAIR_CONTROL_CHARACTERS);
    stays_broken(ONLY(CONTROL_CHARACTERS), "\"a\n\\");
}
END_TEST

START_TEST(test_apply_of_several_steps_names_the_last_one_needed)
{
    becomes(SQ_REPAIR_ALL, "Sure!\n```json\n{'a': [1,\n],}\n```\nBye", "{\"a\": [1\n]}",
            SQ_REPAIR_SINGLE_QUOTES);
    becomes(SQ_REPAIR_ALL, "{'a': 'x\ny',}", "{\"a\": \"x\\ny\"}", SQ_REPAIR_CONTROL_CHARACTERS);
    becomes(SQ_REPAIR_ALL, "so: {\"a\":1,} ok", "{\"a\":1}", SQ_REPAIR_TRAILING_COMMAS);
    becomes(SQ_REPAIR_ALL, "{'a': '}', 'b': [1]} ok", "{\"a\": \"}\", \"b\": [1]}",
            SQ_REPAIR_SINGLE_QUOTES);
    stays_broken(SQ_REPAIR_ALL, "{\"a\": [1, 2");
    stays_broken(SQ_REPAIR_ALL, "NaN");
    stays_broken(0, "[1,]");
}
END_TEST

/* Every beginning of a broken text goes through every step: nothing is read behind its end. */
START_TEST(test_apply_to_every_beginning_stays_inside_the_text)
{
    static const char text[] = "a ```json\n{'a': \"b\\\"\n\", 'it's': ['x\\'', 1,],}\n``` [`']";
    for (size_t length = 0; length < sizeof text; length++) {
        for (unsigned steps = 0; steps <= SQ_REPAIR_ALL; steps++) {
            struct sq_strbuf out = {0};
            enum sq_repair_step step;
            char *exact = sq_memory_new(length, 1);
            memcpy(exact, text, length);
            enum sq_status status = sq_repair_apply(steps, exact, length, &out, &step);
            ck_assert(status == SQ_OK || status == SQ_INVALID);
            sq_memory_free(exact);
            sq_strbuf_clear(&out);
        }
    }
}
END_TEST

START_TEST(test_every_refused_allocation_is_said_and_nothing_leaks)
{
    for (size_t nth = 1;; nth++) {
        struct sq_strbuf out = {0};
        enum sq_repair_step step;
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_repair_apply(SQ_REPAIR_ALL, "x {'a':\n[1,],}", 14, &out, &step);
        ck_assert_int_eq(status, sq_memory_torture_refused() > 0 ? SQ_NO_MEMORY : SQ_OK);
        sq_strbuf_clear(&out);
        if (sq_memory_torture_refused() == 0) {
            break;
        }
    }
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_row_of_every_step_has_the_name_of_the_files)
{
    ck_assert_str_eq(sq_repair_row(SQ_REPAIR_FENCES)->name, "fences");
    ck_assert_str_eq(sq_repair_row(SQ_REPAIR_FIRST_VALUE)->name, "first_value");
    ck_assert_str_eq(sq_repair_row(SQ_REPAIR_CONTROL_CHARACTERS)->name, "control_characters");
    for (unsigned step = 0; step < SQ_REPAIR_STEPS; step++) {
        ck_assert_uint_gt(strlen(sq_repair_row((enum sq_repair_step)step)->sentence), 10);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("repair");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_apply_to_json_with_any_set_of_steps_changes_nothing);
    tcase_add_test(all, test_apply_to_wrapped_json_gives_back_its_bytes);
    tcase_add_test(all, test_fences_are_removed_with_and_without_a_language);
    tcase_add_test(all, test_first_value_is_taken_out_of_prose);
    tcase_add_test(all, test_first_value_gives_up_after_its_number_of_tries);
    tcase_add_test(all, test_trailing_commas_go_but_not_those_in_strings);
    tcase_add_test(all, test_single_quotes_become_double_ones);
    tcase_add_test(all, test_control_characters_are_escaped_inside_strings_only);
    tcase_add_test(all, test_apply_of_several_steps_names_the_last_one_needed);
    tcase_add_test(all, test_apply_to_every_beginning_stays_inside_the_text);
    tcase_add_test(all, test_every_refused_allocation_is_said_and_nothing_leaks);
    tcase_add_test(all, test_row_of_every_step_has_the_name_of_the_files);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
