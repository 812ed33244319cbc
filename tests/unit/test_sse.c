/* SPDX-License-Identifier: MIT */
/* Server-sent events: the standard's rules, in chunks of any size. */
#include "wire/sse.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_torture.h"

/* Feeds one chunk and writes each event as name|data; (or with a number sign for the end). */
static enum sq_sse_result feed_chunk(struct sq_sse_reader *reader, const char *bytes, size_t length,
                                     struct sq_strbuf *seen)
{
    struct sq_sse_event event;
    size_t used = 0;
    enum sq_sse_result result;
    while ((result = sq_sse_feed(reader, bytes, length, &used, &event)) == SQ_SSE_EVENT) {
        ck_assert_uint_eq(event.name_length, strlen(event.name));
        ck_assert_int_eq(event.data[event.data_length], '\0');
        sq_strbuf_add(seen, event.name);
        sq_strbuf_add(seen, "|");
        sq_strbuf_add_bytes(seen, event.data, event.data_length);
        sq_strbuf_add(seen, ";");
    }
    if (result == SQ_SSE_MORE) {
        ck_assert_uint_eq(used, length);
    }
    return result;
}

/* The events of text, the same for every size of chunk. */
static void check_events(const char *text, size_t length, const char *expected)
{
    for (size_t chunk = 1; chunk <= length + 1; chunk++) {
        struct sq_sse_reader reader = {0};
        struct sq_strbuf seen = {0};
        for (size_t at = 0; at < length; at += chunk) {
            size_t bytes = length - at < chunk ? length - at : chunk;
            ck_assert_int_eq(feed_chunk(&reader, text + at, bytes, &seen), SQ_SSE_MORE);
        }
        ck_assert_msg(strcmp(sq_strbuf_text(&seen), expected) == 0, "chunks of %zu: %s", chunk,
                      sq_strbuf_text(&seen));
        sq_strbuf_clear(&seen);
        sq_sse_clear(&reader);
    }
}

#define CHECK_EVENTS(text, expected) check_events((text), sizeof(text) - 1, (expected))

START_TEST(test_feed_of_any_line_end_gives_the_same_events)
{
    CHECK_EVENTS("data: a\n\ndata: b\n\n", "|a;|b;");
    CHECK_EVENTS("data: a\r\n\r\ndata: b\r\n\r\n", "|a;|b;");
    CHECK_EVENTS("data: a\r\rdata: b\r\r", "|a;|b;");
    CHECK_EVENTS("data: a\r\n\ndata: b\n\r\n", "|a;|b;");
    CHECK_EVENTS("data: a\r\n\rdata: b\n\r", "|a;|b;");
    CHECK_EVENTS("event: e\r\ndata: a\r\ndata: b\r\n\r\n", "e|a\nb;");
}
END_TEST

START_TEST(test_feed_of_fields_follows_the_standard)
{
    CHECK_EVENTS("data:a\n\n", "|a;");
    CHECK_EVENTS("data:  a \n\n", "| a ;");
    CHECK_EVENTS("data\n\n", "|;");
    CHECK_EVENTS("data:\n\n", "|;");
    CHECK_EVENTS("data\ndata\n\n", "|\n;");
    CHECK_EVENTS("data: a\ndata:b\ndata: \n\n", "|a\nb\n;");
    CHECK_EVENTS("data: a:b: c\n\n", "|a:b: c;");
    CHECK_EVENTS(" data: a\nDATA: b\ndatas: c\ndat: d\n\n", "");
}
END_TEST

START_TEST(test_feed_of_names_comments_and_unknown_fields)
{
    CHECK_EVENTS("event: ping\ndata: {}\n\ndata: b\n\n", "ping|{};|b;");
    CHECK_EVENTS("event: a\nevent:b\ndata: c\n\n", "b|c;");
    CHECK_EVENTS("event: lost\n\ndata: c\n\n", "|c;");
    CHECK_EVENTS(": OPENROUTER PROCESSING\n\n:\n\ndata: a\n: between\ndata: b\n\n", "|a\nb;");
    CHECK_EVENTS("id: 1\nretry: 10\nx\ndata: a\nid\n\n", "|a;");
}
END_TEST

START_TEST(test_feed_without_a_last_blank_line_gives_no_event)
{
    CHECK_EVENTS("data: a\n\ndata: b\n", "|a;");
    CHECK_EVENTS("data: a", "");
    CHECK_EVENTS("\n\n\n", "");
}
END_TEST

START_TEST(test_feed_skips_one_byte_order_mark_at_the_start)
{
    CHECK_EVENTS("\xEF\xBB\xBF"
                 "data: a\n\n",
                 "|a;");
    CHECK_EVENTS("\xEF\xBB\xBF\xEF\xBB\xBF"
                 "data: a\n\n",
                 "");
    CHECK_EVENTS("data: a\n\n\xEF\xBB\xBF"
                 "data: b\n\n",
                 "|a;");
}
END_TEST

START_TEST(test_feed_of_split_utf8_and_nul_keeps_the_bytes)
{
    CHECK_EVENTS("data: \xF0\x9F\x98\x80\xE2\x82\xAC\n\n", "|\xF0\x9F\x98\x80\xE2\x82\xAC;");
    struct sq_sse_reader reader = {0};
    struct sq_sse_event event;
    size_t used = 0;
    ck_assert_int_eq(sq_sse_feed(&reader, "data: a\0b\n\n", 11, &used, &event), SQ_SSE_EVENT);
    ck_assert_uint_eq(event.data_length, 3);
    ck_assert_mem_eq(event.data, "a\0b", 4);
    sq_sse_clear(&reader);
}
END_TEST

/* Feeds "data: " and so many bytes in one line. */
static enum sq_sse_result feed_long(size_t data_bytes, size_t chunk)
{
    struct sq_sse_reader reader = {0};
    struct sq_strbuf text = {0};
    struct sq_strbuf seen = {0};
    enum sq_sse_result result = SQ_SSE_MORE;
    sq_strbuf_add(&text, "data:");
    sq_strbuf_add_repeated(&text, "x", data_bytes);
    sq_strbuf_add(&text, "\n\n");
    for (size_t at = 0; at < text.length && result == SQ_SSE_MORE; at += chunk) {
        size_t bytes = text.length - at < chunk ? text.length - at : chunk;
        result = feed_chunk(&reader, text.text + at, bytes, &seen);
    }
    if (result == SQ_SSE_MORE) {
        ck_assert_uint_eq(seen.length, data_bytes + 2);
    } else {
        ck_assert_uint_eq(seen.length, 0);
        ck_assert_int_eq(feed_chunk(&reader, "data: a\n\n", 9, &seen), SQ_SSE_TOO_LONG);
    }
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&seen);
    sq_sse_clear(&reader);
    return result;
}

START_TEST(test_feed_of_a_line_at_and_over_the_limit)
{
    size_t most = SQ_SSE_EVENT_BYTES_MAX - 5;
    ck_assert_int_eq(feed_long(most, 4096), SQ_SSE_MORE);
    ck_assert_int_eq(feed_long(most, 2 * SQ_SSE_EVENT_BYTES_MAX), SQ_SSE_MORE);
    ck_assert_int_eq(feed_long(most + 1, 4096), SQ_SSE_TOO_LONG);
    ck_assert_int_eq(feed_long(most + 1, 2 * SQ_SSE_EVENT_BYTES_MAX), SQ_SSE_TOO_LONG);
}
END_TEST

START_TEST(test_feed_of_many_data_lines_over_the_limit_stops)
{
    struct sq_sse_reader reader = {0};
    struct sq_strbuf seen = {0};
    size_t fed = 0;
    while (feed_chunk(&reader, "data: 0123456789\n", 17, &seen) == SQ_SSE_MORE) {
        fed++;
        ck_assert_uint_lt(fed, SQ_SSE_EVENT_BYTES_MAX);
    }
    ck_assert_uint_eq(fed, SQ_SSE_EVENT_BYTES_MAX / 11);
    sq_strbuf_clear(&seen);
    sq_sse_clear(&reader);
}
END_TEST

/* Feeds two lines of data of so many bytes together, without the line end between them. */
static enum sq_sse_result feed_two_lines(size_t data_bytes)
{
    struct sq_sse_reader reader = {0};
    struct sq_strbuf text = {0};
    struct sq_strbuf seen = {0};
    sq_strbuf_add(&text, "data:");
    sq_strbuf_add_repeated(&text, "x", data_bytes / 2);
    sq_strbuf_add(&text, "\ndata:");
    sq_strbuf_add_repeated(&text, "y", data_bytes - data_bytes / 2);
    sq_strbuf_add(&text, "\n\n");
    enum sq_sse_result result = feed_chunk(&reader, text.text, text.length, &seen);
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&seen);
    sq_sse_clear(&reader);
    return result;
}

START_TEST(test_feed_of_two_data_lines_at_and_over_the_limit)
{
    ck_assert_int_eq(feed_two_lines(SQ_SSE_EVENT_BYTES_MAX - 1), SQ_SSE_MORE);
    ck_assert_int_eq(feed_two_lines(SQ_SSE_EVENT_BYTES_MAX), SQ_SSE_TOO_LONG);
}
END_TEST

START_TEST(test_feed_when_an_allocation_fails_says_so)
{
    static const char text[] = "event: name\ndata: a\ndata: b\n\n";
    for (size_t nth = 1;; nth++) {
        struct sq_sse_reader reader = {0};
        struct sq_sse_event event;
        size_t used = 0;
        sq_memory_torture_fail(nth);
        enum sq_sse_result result = sq_sse_feed(&reader, text, sizeof text - 1, &used, &event);
        size_t refused = sq_memory_torture_refused();
        ck_assert_int_eq(result, refused == 0 ? SQ_SSE_EVENT : SQ_SSE_NO_MEMORY);
        sq_sse_clear(&reader);
        ck_assert_uint_eq(sq_memory_torture_live(), 0);
        if (refused == 0) {
            ck_assert_uint_gt(nth, 3);
            return;
        }
    }
}
END_TEST

static void check_written(const char *name, const char *data, const char *expected,
                          const char *events)
{
    struct sq_strbuf out = {0};
    sq_sse_write(&out, name, data, strlen(data));
    ck_assert_str_eq(sq_strbuf_text(&out), expected);
    check_events(sq_strbuf_text(&out), out.length, events);
    sq_strbuf_clear(&out);
}

START_TEST(test_write_reads_back_as_the_same_event)
{
    check_written(NULL, "{}", "data: {}\n\n", "|{};");
    check_written("ping", " a", "event: ping\ndata:  a\n\n", "ping| a;");
    check_written(NULL, "", "data: \n\n", "|;");
    check_written(NULL, "a\nb\r\nc\rd\n", "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n",
                  "|a\nb\nc\nd\n;");
    struct sq_strbuf out = {0};
    sq_sse_write_comment(&out, "keep-alive");
    ck_assert_str_eq(sq_strbuf_text(&out), ": keep-alive\n\n");
    check_events(sq_strbuf_text(&out), out.length, "");
    sq_strbuf_clear(&out);
}
END_TEST

START_TEST(test_clear_accepts_null_and_twice)
{
    struct sq_sse_reader reader = {0};
    sq_sse_clear(NULL);
    sq_sse_clear(&reader);
    sq_sse_clear(&reader);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sse");
    tcase_add_test(tests, test_feed_of_any_line_end_gives_the_same_events);
    tcase_add_test(tests, test_feed_of_fields_follows_the_standard);
    tcase_add_test(tests, test_feed_of_names_comments_and_unknown_fields);
    tcase_add_test(tests, test_feed_without_a_last_blank_line_gives_no_event);
    tcase_add_test(tests, test_feed_skips_one_byte_order_mark_at_the_start);
    tcase_add_test(tests, test_feed_of_split_utf8_and_nul_keeps_the_bytes);
    tcase_add_test(tests, test_feed_of_a_line_at_and_over_the_limit);
    tcase_add_test(tests, test_feed_of_many_data_lines_over_the_limit_stops);
    tcase_add_test(tests, test_feed_of_two_data_lines_at_and_over_the_limit);
    tcase_add_test(tests, test_feed_when_an_allocation_fails_says_so);
    tcase_add_test(tests, test_write_reads_back_as_the_same_event);
    tcase_add_test(tests, test_clear_accepts_null_and_twice);
    Suite *suite = suite_create("sse");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
