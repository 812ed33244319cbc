/* SPDX-License-Identifier: MIT */
/* Traces and questions in files: formats, times, what is wrong with them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"
#include "tests/support/temporary_folder.h"

#define AZURE "\"format\": \"azure-2023\""
#define CSV                                                                                        \
    "\"format\": \"csv\", \"columns\": { \"time_s\": \"at\", \"input_tokens\": \"in\", "           \
    "\"output_tokens\": \"out\" }"
#define MOONCAKE "\"format\": \"mooncake\""

static const char *const three = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                                 "2023-11-16 23:59:59.6805900,374,44\r\n"
                                 "2023-11-17 00:00:00.9951690,396,109\r\n"
                                 "2023-11-17 00:00:01,1,0";

/* Loads a scenario whose trace is this content; `head` is further members of the scenario. */
static void load_trace(struct loaded *loaded, const char *head, const char *content,
                       const char *members)
{
    struct sq_strbuf parts = {0};
    const char *path = sq_temporary_folder_path("trace");
    sq_temporary_folder_put(path, content);
    sq_strbuf_add_format(&parts, "%s \"workload\": { \"trace\": { \"file\": \"%s\", %s } }", head,
                         path, members);
    load_with(loaded, sq_strbuf_text(&parts));
    sq_strbuf_clear(&parts);
}

static void check_said(const char *head, const char *content, const char *members, const char *said)
{
    struct loaded loaded;
    load_trace(&loaded, head, content, members);
    const char *text = sq_strbuf_text(&loaded.text);
    ck_assert_msg(said == NULL ? loaded.status == SQ_OK
                               : loaded.status == SQ_INVALID && strstr(text, said) != NULL,
                  "%s: not %s but\n%s", members, said == NULL ? "loaded" : said, text);
    loaded_clear(&loaded);
}

static const struct sq_workload *workload_of(const struct loaded *loaded)
{
    ck_assert_msg(loaded->status == SQ_OK, "%s", sq_strbuf_text(&loaded->text));
    return &loaded->scenario->workload;
}

START_TEST(test_trace_when_azure_then_times_count_from_the_first_row)
{
    struct loaded loaded;
    load_trace(&loaded, "", three, AZURE);
    const struct sq_replay *replay = &workload_of(&loaded)->streams[0].replay;
    ck_assert_uint_eq(replay->n_rows, 3);
    ck_assert_int_eq(replay->rows[0].at, 0);
    ck_assert_int_eq(replay->rows[1].at, 1314579000);
    ck_assert_int_eq(replay->rows[2].at, 1319410000);
    ck_assert_uint_eq(replay->rows[1].input_tokens, 396);
    ck_assert_uint_eq(replay->rows[1].output_tokens, 109);
    ck_assert_int_eq(replay->period, 0);
    ck_assert_int_eq(loaded.scenario->duration, 2 * SQ_SECOND);
    ck_assert_uint_eq(workload_of(&loaded)->n_phases, 1);
    ck_assert_str_eq(workload_of(&loaded)->phases[0].name, "trace");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_trace_when_faster_then_times_shrink)
{
    struct loaded loaded;
    load_trace(&loaded, "", three, AZURE ", \"speed\": 2, \"limit\": 2");
    const struct sq_replay *replay = &workload_of(&loaded)->streams[0].replay;
    ck_assert_uint_eq(replay->n_rows, 2);
    ck_assert_int_eq(replay->rows[1].at, 657289500);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_trace_when_looped_then_the_period_adds_a_mean_gap)
{
    struct loaded loaded;
    load_trace(&loaded, "\"duration\": \"10s\",", "at,in,out\n0,5,5\n1,5,5\n2,5,5\n",
               CSV ", \"loop\": true");
    ck_assert_int_eq(workload_of(&loaded)->streams[0].replay.period, 3 * SQ_SECOND);
    ck_assert_int_eq(workload_of(&loaded)->phases[0].rate.points[0].value, 1000000);
    ck_assert_int_eq(loaded.scenario->duration, 10 * SQ_SECOND);
    loaded_clear(&loaded);
    check_said("", "at,in,out\n0,5,5\n1,5,5\n", CSV ", \"loop\": true", "without `duration`");
    check_said("\"duration\": \"9s\",", "at,in,out\n0,5,5\n0,5,5\n", CSV ", \"loop\": true",
               "cannot loop");
}
END_TEST

START_TEST(test_trace_when_csv_then_columns_are_found_by_name)
{
    struct loaded loaded;
    load_trace(&loaded, "", "\xef\xbb\xbfout,x,at,in\n5,?,0.25,7\n6,?,0.250000001,8\n", CSV);
    const struct sq_replay *replay = &workload_of(&loaded)->streams[0].replay;
    ck_assert_int_eq(replay->rows[1].at, 1);
    ck_assert_uint_eq(replay->rows[1].input_tokens, 8);
    ck_assert_uint_eq(replay->rows[1].output_tokens, 6);
    loaded_clear(&loaded);
    check_said("", "out,at,inn\n5,0,7\n", CSV, "has no column \"in\"");
    check_said("", "at,in,out\n0.0000000001,7,5\n", CSV, "9 decimals at most");
    check_said("", "at,in,out\n0,7,5\n", "\"format\": \"csv\"", "needs `columns`");
    check_said("", three,
               AZURE ", \"columns\": { \"time_s\": \"a\", \"input_tokens\": \"b\", "
                     "\"output_tokens\": \"c\" }",
               "takes `columns`");
}
END_TEST

START_TEST(test_trace_when_mooncake_then_lines_are_objects)
{
    struct loaded loaded;
    load_trace(&loaded, "",
               "{\"timestamp\": 27000, \"input_length\": 6758, \"output_length\": 500, "
               "\"hash_ids\": [0, 1], \"deep\": {\"timestamp\": 1}}\n"
               "{\"output_length\": 5, \"input_length\": 1, \"timestamp\": 27000.5}\n",
               MOONCAKE);
    const struct sq_replay *replay = &workload_of(&loaded)->streams[0].replay;
    ck_assert_uint_eq(replay->n_rows, 2);
    ck_assert_uint_eq(replay->rows[0].input_tokens, 6758);
    ck_assert_int_eq(replay->rows[1].at, 500 * SQ_US);
    loaded_clear(&loaded);
    check_said("", "{\"timestamp\": 1, \"input_length\": 6}\n", MOONCAKE, "no \"output_length\"");
    check_said("", "{\"timestamp\": 1,", MOONCAKE, "not a line of JSON");
    check_said("", "[1, 2]\n", MOONCAKE, "no \"timestamp\"");
    check_said("", "{\"timestamp\": \"1\", \"input_length\": 6, \"output_length\": -1}\n", MOONCAKE,
               "a whole number is expected");
}
END_TEST

START_TEST(test_trace_when_something_is_wrong_then_it_is_said)
{
    const char *header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    check_said("", "", AZURE, "is empty");
    check_said("", header, AZURE, "the trace has no requests");
    check_said("", three, AZURE ", \"speed\": 0", "S012");
    check_said("", three, AZURE ", \"speed\": 1000", NULL);
    check_said("", three, AZURE ", \"speed\": 1001", "S012");
    check_said("", three, AZURE ", \"limit\": 0", "S012");
    check_said("", three, AZURE ", \"limit\": 4194304", NULL);
    check_said("", three, AZURE ", \"limit\": 4194305", "S012");
    check_said("", three, "\"format\": \"burst\"", "S016");
    struct loaded loaded;
    load_with(&loaded, "\"workload\": { \"trace\": { \"file\": \"none.csv\", " AZURE " } }");
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "cannot read \"none.csv\""));
    loaded_clear(&loaded);
    load_with(&loaded, "\"workload\": { \"trace\": { \"file\": \"a.csv\", " AZURE " }, \"phases\": "
                       "[ { \"duration\": \"1s\", \"arrival_rate\": 5 } ] }");
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "S019"));
    loaded_clear(&loaded);
}
END_TEST

#define PROMPTS(text)                                                                              \
    "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ], "              \
    "\"prompts\": { " text " } }"

static void check_prompts(const char *parts, const char *said)
{
    struct loaded loaded;
    load_with(&loaded, parts);
    const char *text = sq_strbuf_text(&loaded.text);
    ck_assert_msg(said == NULL ? loaded.status == SQ_OK : strstr(text, said) != NULL, "%s: %s",
                  parts, text);
    loaded_clear(&loaded);
}

START_TEST(test_prompts_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    check_prompts(PROMPTS("\"pool\": 1"), NULL);
    check_prompts(PROMPTS("\"pool\": 0"), "S012");
    check_prompts(PROMPTS("\"pool\": 100000, \"zipf\": 4"), NULL);
    check_prompts(PROMPTS("\"pool\": 100001"), "S012");
    check_prompts(PROMPTS("\"pool\": 10, \"zipf\": 4.1"), "S012");
    check_prompts(PROMPTS("\"zipf\": 1"), "S011");
    check_prompts(PROMPTS("\"texts\": []"), "S021");
    check_prompts(PROMPTS("\"texts\": [ { \"text\": \"\" } ]"), "is empty");
    check_prompts(PROMPTS("\"texts\": [ { \"id\": \"a\", \"text\": \"x\" }, "
                          "{ \"id\": \"a\", \"text\": \"y\" } ]"),
                  "two prompts are named \"a\"");
    check_prompts(PROMPTS("\"pool\": 5, \"texts\": [ { \"text\": \"x\" } ]"), "S019");
    check_prompts("\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ], "
                  "\"prompts\": { \"texts\": [ { \"text\": \"x\" } ] }, "
                  "\"requests\": [ { \"input_tokens\": 5 } ] }",
                  "is known from the text of the prompt");
}
END_TEST

START_TEST(test_prompts_when_texts_then_named_and_measured)
{
    struct loaded loaded;
    load_with(&loaded, PROMPTS("\"texts\": [ { \"id\": \"hours\", \"text\": \"When?\" }, "
                               "{ \"text\": \"gi\xc3\xa1\" } ]"));
    const struct sq_prompts *prompts = &workload_of(&loaded)->streams[0].prompts;
    ck_assert_uint_eq(prompts->zipf.n_items, 2);
    ck_assert_str_eq(prompts->texts[0].id, "hours");
    ck_assert_str_eq(prompts->texts[1].id, "prompt-2");
    ck_assert_uint_eq(prompts->texts[0].tokens, 2);
    ck_assert_uint_eq(prompts->texts[1].tokens, 1);
    loaded_clear(&loaded);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_replay");
    TCase *tests = tcase_create("scenario_replay");
    tcase_add_checked_fixture(tests, sq_temporary_folder_make, sq_temporary_folder_remove);
    tcase_add_test(tests, test_trace_when_azure_then_times_count_from_the_first_row);
    tcase_add_test(tests, test_trace_when_faster_then_times_shrink);
    tcase_add_test(tests, test_trace_when_looped_then_the_period_adds_a_mean_gap);
    tcase_add_test(tests, test_trace_when_csv_then_columns_are_found_by_name);
    tcase_add_test(tests, test_trace_when_mooncake_then_lines_are_objects);
    tcase_add_test(tests, test_trace_when_something_is_wrong_then_it_is_said);
    tcase_add_test(tests, test_prompts_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_prompts_when_texts_then_named_and_measured);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
