/* SPDX-License-Identifier: MIT */
/* The classifier: statuses with and without a meaning, readings, broken transports, own rules. */
#include "policies/classify_int.h"

#include <check.h>
#include <stddef.h>

struct row {
    uint16_t status;
    enum sq_meaning meaning;
    enum sq_class expected;
};

static const struct row rows[] = {
    {200, SQ_MEANING_NONE, SQ_CLASS_NONE},
    {299, SQ_MEANING_NONE, SQ_CLASS_NONE},
    {0, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
    {99, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
    {100, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
    {199, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
    {300, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
    {399, SQ_MEANING_CONTEXT_LENGTH, SQ_CLASS_MALFORMED},
    {400, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {400, SQ_MEANING_RATE, SQ_CLASS_BAD_REQUEST},
    {400, SQ_MEANING_QUOTA, SQ_CLASS_QUOTA},
    {400, SQ_MEANING_CONTEXT_LENGTH, SQ_CLASS_CONTEXT_LENGTH},
    {400, SQ_MEANING_CONTENT_FILTER, SQ_CLASS_CONTENT_FILTER},
    {400, SQ_MEANING_AUTH, SQ_CLASS_AUTH},
    {400, SQ_MEANING_NOT_FOUND, SQ_CLASS_NOT_FOUND},
    {401, SQ_MEANING_NONE, SQ_CLASS_AUTH},
    {402, SQ_MEANING_NONE, SQ_CLASS_QUOTA},
    {403, SQ_MEANING_NONE, SQ_CLASS_AUTH},
    {404, SQ_MEANING_NONE, SQ_CLASS_NOT_FOUND},
    {408, SQ_MEANING_NONE, SQ_CLASS_TIMEOUT_FIRST_BYTE},
    {409, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {410, SQ_MEANING_NOT_FOUND, SQ_CLASS_NOT_FOUND},
    {413, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {413, SQ_MEANING_CONTEXT_LENGTH, SQ_CLASS_CONTEXT_LENGTH},
    {422, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {428, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {429, SQ_MEANING_NONE, SQ_CLASS_RATE_LIMITED},
    {429, SQ_MEANING_RATE, SQ_CLASS_RATE_LIMITED},
    {429, SQ_MEANING_QUOTA, SQ_CLASS_QUOTA},
    {429, SQ_MEANING_SLOW_DOWN, SQ_CLASS_SLOW_DOWN},
    {429, SQ_MEANING_OVERLOADED, SQ_CLASS_OVERLOADED},
    {430, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {499, SQ_MEANING_NONE, SQ_CLASS_BAD_REQUEST},
    {500, SQ_MEANING_NONE, SQ_CLASS_SERVER_ERROR},
    {501, SQ_MEANING_NONE, SQ_CLASS_SERVER_ERROR},
    {502, SQ_MEANING_NONE, SQ_CLASS_GATEWAY_ERROR},
    {503, SQ_MEANING_NONE, SQ_CLASS_GATEWAY_ERROR},
    {503, SQ_MEANING_OVERLOADED, SQ_CLASS_OVERLOADED},
    {503, SQ_MEANING_SLOW_DOWN, SQ_CLASS_SLOW_DOWN},
    {504, SQ_MEANING_NONE, SQ_CLASS_GATEWAY_ERROR},
    {505, SQ_MEANING_NONE, SQ_CLASS_SERVER_ERROR},
    {529, SQ_MEANING_NONE, SQ_CLASS_OVERLOADED},
    {599, SQ_MEANING_NONE, SQ_CLASS_SERVER_ERROR},
    {600, SQ_MEANING_NONE, SQ_CLASS_MALFORMED},
};

static struct sq_event done(uint16_t status, enum sq_meaning meaning)
{
    return (struct sq_event){
        .kind = SQ_EVENT_DONE, .status = status, .reading = {.meaning = meaning}};
}

START_TEST(test_classify_of_each_status_and_meaning_is_the_table)
{
    struct sq_layer_settings layer = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sq_event event = done(rows[i].status, rows[i].meaning);
        ck_assert_msg(sq_classify(&layer, &event) == rows[i].expected, "status %u meaning %d",
                      rows[i].status, (int)rows[i].meaning);
    }
}
END_TEST

START_TEST(test_classify_of_every_class_of_a_reading_keeps_it_for_a_2xx)
{
    struct sq_layer_settings layer = {0};
    for (unsigned i = 0; i < SQ_CLASSES; i++) {
        struct sq_event event = done(200, SQ_MEANING_NONE);
        event.reading.klass = (enum sq_class)i;
        ck_assert_uint_eq(sq_classify(&layer, &event), i);
    }
}
END_TEST

START_TEST(test_classify_of_a_broken_transport_is_the_transports_class)
{
    struct sq_layer_settings layer = {.classify = {{.status = 500, .klass = SQ_CLASS_QUOTA}},
                                      .n_classify = 1};
    struct sq_event event = done(500, SQ_MEANING_NONE);
    for (unsigned i = SQ_TRANSPORT_OK + 1; i < SQ_TRANSPORTS; i++) {
        event.transport = (enum sq_transport)i;
        ck_assert_uint_eq(sq_classify(&layer, &event), sq_transport_class(event.transport));
    }
    event.transport = SQ_TRANSPORT_OK;
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_QUOTA);
}
END_TEST

START_TEST(test_classify_with_a_rule_for_status_and_code_needs_both)
{
    struct sq_layer_settings layer = {
        .classify = {{.status = 500, .code_key = 77, .klass = SQ_CLASS_QUOTA}}, .n_classify = 1};
    struct sq_event event = done(500, SQ_MEANING_NONE);
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_SERVER_ERROR);
    event.reading.code_key = 77;
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_QUOTA);
    event.status = 502;
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_GATEWAY_ERROR);
    event = done(500, SQ_MEANING_NONE);
    event.reading.type_key = 77;
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_QUOTA);
}
END_TEST

START_TEST(test_classify_with_two_matching_rules_takes_the_first)
{
    struct sq_layer_settings layer = {.classify = {{.code_key = 5, .klass = SQ_CLASS_SLOW_DOWN},
                                                   {.status = 429, .klass = SQ_CLASS_OVERLOADED}},
                                      .n_classify = 2};
    struct sq_event event = done(429, SQ_MEANING_QUOTA);
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_OVERLOADED);
    event.reading.code_key = 5;
    ck_assert_uint_eq(sq_classify(&layer, &event), SQ_CLASS_SLOW_DOWN);
}
END_TEST

START_TEST(test_event_class_is_the_table_without_any_rule)
{
    struct sq_event event = done(200, SQ_MEANING_NONE);
    ck_assert_uint_eq(sq_event_class(&event), SQ_CLASS_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        event = done(rows[i].status, rows[i].meaning);
        ck_assert_uint_eq(sq_event_class(&event), rows[i].expected);
    }
    event.transport = SQ_TRANSPORT_CUT;
    ck_assert_uint_eq(sq_event_class(&event), SQ_CLASS_CUT);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("classify");
    tcase_add_test(tests, test_classify_of_each_status_and_meaning_is_the_table);
    tcase_add_test(tests, test_classify_of_every_class_of_a_reading_keeps_it_for_a_2xx);
    tcase_add_test(tests, test_classify_of_a_broken_transport_is_the_transports_class);
    tcase_add_test(tests, test_classify_with_a_rule_for_status_and_code_needs_both);
    tcase_add_test(tests, test_classify_with_two_matching_rules_takes_the_first);
    tcase_add_test(tests, test_event_class_is_the_table_without_any_rule);
    tcase_set_timeout(tests, 240);
    Suite *suite = suite_create("classify");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
