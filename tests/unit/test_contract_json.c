/* SPDX-License-Identifier: MIT */
/* Contracts that look into the text: repairs, schemas, and what the reading says of both. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "tests/support/memory_torture.h"
#include "wire/contract.h"
#include "wire/json.h"
#include "wire/repair.h"
#include "wire/schema.h"

static struct sq_json_document *document;
static struct sq_schema *schema;

static void set_up(void)
{
    static const char text[] = "{\"type\":\"object\",\"required\":[\"answer\"],"
                               "\"properties\":{\"answer\":{\"type\":\"string\",\"maxLength\":5}}}";
    struct sq_error err = {0};
    ck_assert_int_eq(sq_json_read(text, strlen(text), NULL, &document, &err), SQ_OK);
    ck_assert_int_eq(sq_schema_compile(sq_json_root(document), NULL, &schema, &err), SQ_OK);
}

static void tear_down(void)
{
    sq_schema_free(schema);
    sq_json_free(document);
}

static enum sq_status try_plain(const char *content, const struct sq_contract *contract,
                                struct sq_contract_answer *answer)
{
    struct sq_strbuf body = {0};
    sq_strbuf_add(&body, "{\"choices\":[{\"message\":{\"content\":");
    sq_json_write_quoted(&body, content, strlen(content));
    sq_strbuf_add(&body, "},\"finish_reason\":\"stop\"}]}");
    struct sq_contract_bytes bytes = {
        .status = 200, .body = sq_strbuf_text(&body), .length = body.length};
    enum sq_status status =
        sq_strbuf_failed(&body)
            ? SQ_NO_MEMORY
            : sq_contract_read_answer(sq_dialect_row(SQ_DIALECT_OPENAI), contract, &bytes, answer);
    sq_strbuf_clear(&body);
    return status;
}

static enum sq_status try_stream(const char *content, const struct sq_contract *contract,
                                 struct sq_contract_answer *answer)
{
    static const char end[] = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    struct sq_strbuf data = {0};
    struct sq_stream stream;
    sq_stream_init(&stream, sq_dialect_row(SQ_DIALECT_OPENAI), contract, NULL);
    sq_strbuf_add(&data, "{\"choices\":[{\"delta\":{\"content\":");
    sq_json_write_quoted(&data, content, strlen(content));
    sq_strbuf_add(&data, "}}]}");
    sq_stream_feed(
        &stream, &(struct sq_sse_event){.data = sq_strbuf_text(&data), .data_length = data.length});
    sq_stream_feed(&stream, &(struct sq_sse_event){.data = end, .data_length = strlen(end)});
    enum sq_status status = sq_strbuf_failed(&data) ? SQ_NO_MEMORY : sq_stream_end(&stream);
    *answer = stream.answer;
    sq_stream_clear(&stream);
    sq_strbuf_clear(&data);
    return status;
}

/* The reading of this text, which is the same streamed or not. */
static struct sq_reading reading_of(const char *content, const struct sq_contract *contract)
{
    struct sq_contract_answer plain;
    struct sq_contract_answer streamed;
    ck_assert_int_eq(try_plain(content, contract, &plain), SQ_OK);
    ck_assert_int_eq(try_stream(content, contract, &streamed), SQ_OK);
    ck_assert_int_eq(plain.reading.klass, streamed.reading.klass);
    ck_assert_int_eq(plain.reading.repaired, streamed.reading.repaired);
    return plain.reading;
}

START_TEST(test_schema_when_the_text_is_json_then_it_decides)
{
    const struct sq_contract contract = {.json = true, .schema = schema};
    static const struct {
        const char *text;
        enum sq_class klass;
    } list[] = {{"{\"answer\":\"12345\"}", SQ_CLASS_NONE},
                {" {\"answer\":\"\",\"more\":1} ", SQ_CLASS_NONE},
                {"{\"answer\":\"123456\"}", SQ_CLASS_SCHEMA},
                {"{\"answer\":5}", SQ_CLASS_SCHEMA},
                {"{}", SQ_CLASS_SCHEMA},
                {"null", SQ_CLASS_SCHEMA},
                {"{\"answer\":\"1\",\"answer\":\"2\"}", SQ_CLASS_INVALID_JSON},
                {"{\"answer\":\"1\"", SQ_CLASS_INVALID_JSON},
                {"yes", SQ_CLASS_INVALID_JSON},
                {"", SQ_CLASS_EMPTY}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct sq_reading reading = reading_of(list[i].text, &contract);
        ck_assert_msg(reading.klass == list[i].klass, "%s", list[i].text);
        ck_assert_uint_eq(reading.repaired, 0);
    }
}
END_TEST

START_TEST(test_repair_when_a_step_helps_then_the_reading_notes_it)
{
    const struct sq_contract contract = {.json = true, .repair = SQ_REPAIR_ALL};
    static const struct {
        const char *text;
        enum sq_repair_step step;
    } list[] = {{"```json\n{\"a\":1}\n```", SQ_REPAIR_FENCES},
                {"Sure! {\"a\":1} Anything else?", SQ_REPAIR_FIRST_VALUE},
                {"{\"a\":1,}", SQ_REPAIR_TRAILING_COMMAS},
                {"{'a':1}", SQ_REPAIR_SINGLE_QUOTES},
                {"{\"a\":\"1\n2\"}", SQ_REPAIR_CONTROL_CHARACTERS}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct sq_reading reading = reading_of(list[i].text, &contract);
        ck_assert_msg(reading.klass == SQ_CLASS_NONE, "%s", list[i].text);
        ck_assert_msg(reading.repaired == list[i].step + 1, "%s", list[i].text);
    }
    ck_assert_uint_eq(reading_of("{\"a\":1}", &contract).repaired, 0);
}
END_TEST

START_TEST(test_repair_when_the_step_is_not_allowed_then_the_text_stays_invalid)
{
    const struct sq_contract nothing = {.json = true};
    const struct sq_contract commas = {.json = true, .repair = 1u << SQ_REPAIR_TRAILING_COMMAS};
    ck_assert_int_eq(reading_of("{\"a\":1,}", &nothing).klass, SQ_CLASS_INVALID_JSON);
    ck_assert_int_eq(reading_of("{\"a\":1,}", &commas).klass, SQ_CLASS_NONE);
    ck_assert_int_eq(reading_of("{'a':1}", &commas).klass, SQ_CLASS_INVALID_JSON);
    ck_assert_uint_eq(reading_of("{'a':1}", &commas).repaired, 0);
}
END_TEST

START_TEST(test_repair_when_it_helped_then_the_schema_still_decides)
{
    const struct sq_contract contract = {.json = true, .schema = schema, .repair = SQ_REPAIR_ALL};
    struct sq_reading good = reading_of("```\n{\"answer\":\"1\"}\n```", &contract);
    struct sq_reading bad = reading_of("```\n{\"unexpected\":\"1\"}\n```", &contract);
    ck_assert_int_eq(good.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(bad.klass, SQ_CLASS_SCHEMA);
    ck_assert_uint_eq(bad.repaired, SQ_REPAIR_FENCES + 1);
}
END_TEST

/* The text is repaired first, so that all memory of the way is asked for. */
static void torture(enum sq_status (*read)(const char *, const struct sq_contract *,
                                           struct sq_contract_answer *))
{
    const struct sq_contract contract = {.json = true, .schema = schema, .repair = SQ_REPAIR_ALL};
    struct sq_contract_answer answer;
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        sq_memory_torture_fail(nth);
        enum sq_status status = read("```\n{\"answer\":\"1\"}\n```", &contract, &answer);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
        if (sq_memory_torture_refused() == 0) {
            ck_assert_int_eq(status, SQ_OK);
            ck_assert_int_eq(answer.reading.klass, SQ_CLASS_NONE);
            break;
        }
        ck_assert_int_eq(status, SQ_NO_MEMORY);
    }
    sq_memory_torture_fail(0);
}

START_TEST(test_reading_when_memory_runs_out_then_said_and_nothing_leaks)
{
    torture(try_plain);
    torture(try_stream);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contract_json");
    TCase *tests = tcase_create("contract_json");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_schema_when_the_text_is_json_then_it_decides);
    tcase_add_test(tests, test_repair_when_a_step_helps_then_the_reading_notes_it);
    tcase_add_test(tests, test_repair_when_the_step_is_not_allowed_then_the_text_stays_invalid);
    tcase_add_test(tests, test_repair_when_it_helped_then_the_schema_still_decides);
    tcase_add_test(tests, test_reading_when_memory_runs_out_then_said_and_nothing_leaks);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
